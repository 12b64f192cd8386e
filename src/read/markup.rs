//! HTML in fields and texts that are not pages: tags, and character references such as `&rsquo;`.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use dom_query::Document;
use regex::Regex;
use rustc_hash::FxHashMap;

/// Elements that occur in the body of an article, except links: forum posts and Markdown have lone links in plain text.
const NAMES: &str = "abbr|article|b|blockquote|body|br|cite|code|dd|del|div|dl|dt|em|figcaption|figure|font|footer|\
     h[1-6]|header|hr|html|i|iframe|img|ins|li|mark|ol|p|pre|q|s|script|section|small|span|strong|style|sub|sup|table|\
     tbody|td|th|thead|tr|u|ul";

/// An end tag, a tag that needs none, or two links, with their `<` and `>` as they are or as references.
static TAGS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let tag = |open: &str, close: &str| {
        let attributes = format!(r"(\s[^<>]*?)?\s*/?{close}");
        let pattern = format!(
            r"(?is){open}(/({NAMES})\s*{close}|(p|br|hr){attributes}|/a\s*{close}.*{open}/a\s*{close})"
        );
        Regex::new(&pattern).expect("a test uses the pattern")
    };
    [tag("<", ">"), tag("&lt;", "&gt;")]
});

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"&(#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z][a-zA-Z0-9]{1,24});")
        .expect("a test uses the pattern")
});

/// The HTML in `text`, unescaped if its tags are escaped; `None` if it has no tags.
pub fn markup_of(text: &str) -> Option<Cow<'_, str>> {
    let [tag, escaped] = &*TAGS;
    let has = |tag: &Regex| tag.find_iter(text).any(|found| !is_mention(text, found.range()));
    if text.contains('<') && has(tag) {
        return Some(Cow::Borrowed(text));
    }
    let may_be_escaped = text.contains('&') && text.contains("&lt;");
    (may_be_escaped && has(escaped)).then(|| Cow::Owned(unescaped(text).into_owned()))
}

/// Words before the name of a tag that a sentence mentions.
const ARTICLES: [&str; 7] = ["a", "an", "the", "The", "this", "each", "every"];

/// Whether a sentence mentions the tag at `range`, as in "close it with </p>, please": it stands apart from the words
/// around it, or in quotation marks, and the sentence goes on after it.
fn is_mention(text: &str, range: Range<usize>) -> bool {
    let (before, after) = (&text[..range.start], &text[range.end..]);
    // Between words, `<br>` breaks a line, unless they speak of it: "the <br> tag".
    let is_named = || before.split_whitespace().next_back().is_some_and(|word| ARTICLES.contains(&word));
    let is_break = text[range.start..].get(..3).is_some_and(|tag| tag.eq_ignore_ascii_case("<br"));
    let is_apart = before.ends_with(['`', '"', '\'', '“', '‘', '«', '('])
        || before.ends_with(' ') && (!is_break || is_named());
    let goes_on = match after.strip_prefix(' ') {
        Some(rest) => rest.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit()),
        None if after.trim().is_empty() => !text.trim_start().starts_with('<'),
        None => after.starts_with(|c: char| "`\"'”’»).,;:?!".contains(c)),
    };
    is_apart && goes_on
}

/// `text` with its character references replaced by their characters. References that HTML does not know stay.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') || !REFERENCE.is_match(text) {
        return Cow::Borrowed(text);
    }
    // The HTML parser knows the two thousand names. It sees one reference at a time, because in the rest, such as
    // `?x=1&copy=2` in an address, it would also replace references without a semicolon. It sees each only once.
    let mut characters: FxHashMap<String, String> = FxHashMap::default();
    REFERENCE.replace_all(text, |found: &regex::Captures<'_>| {
        let parsed = || Document::fragment(&found[0]).text().to_string();
        characters.entry(found[0].to_string()).or_insert_with(parsed).clone()
    })
}

/// The fewest line breaks in letters that show that a text was escaped.
const MIN_ESCAPED: usize = 2;

/// `text` with line breaks for `\n` in letters, if it has several of these and no line breaks; `None` otherwise.
pub fn with_line_breaks(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    // A path may have `\n` after a colon or inside a name.
    let is_break = |(at, _): &(usize, &str)| text[..*at].ends_with(['.', '!', '?', '”', '"', '’', '…', ' ']);
    let n_escaped = text.match_indices("\\n").filter(is_break).take(MIN_ESCAPED).count();
    let is_escaped = (n_escaped == MIN_ESCAPED || text.contains("\\n\\n")) && !text.trim().contains('\n');
    is_escaped
        .then(|| text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", " ").replace("\\\"", "\""))
}

/// A string in a list of Python.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?s)^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*([,\]])"#)
        .expect("a test uses the pattern")
});

/// The paragraphs in a list of Python, `['One.', "Two."]`, as pandas writes them, separated by blank lines; `None` if
/// `text` is something else.
pub fn listed_paragraphs(text: &str) -> Option<String> {
    let mut rest = text.trim().strip_prefix('[')?;
    let mut paragraphs = Vec::new();
    loop {
        let item = ITEM.captures(rest)?;
        let string = item.get(1).or(item.get(2))?.as_str();
        paragraphs.push(string.replace("\\n", "\n").replace("\\'", "'").replace("\\\"", "\""));
        rest = &rest[item[0].len()..];
        if &item[3] == "]" {
            return rest.is_empty().then(|| paragraphs.join("\n\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_recognised() {
        for text in [
            "<p>One.",
            "One.<br />Two.",
            "<a href='x'>One</a>, <a href='y'>two</a>.",
            "&lt;p&gt;One.&lt;/p&gt;",
            "<EM>a</EM>",
            "It was <em>late</em> again.",
            "One <br> <br> two.",
            "One. </p> ",
        ] {
            assert!(markup_of(text).is_some(), "{text}");
        }
        for text in [
            "a < b and b > c",
            "<3",
            "See <https://a.b/c>.",
            "&lt;3",
            "<ann@a.b>",
            "<a",
            "See <a href='x'>one</a>.",
            "Use an <h1> for titles, and close it with </h1>, please.",
            "The `<p>` tag, the \"<br>\" tag and a <hr> are old.",
            "A heading is closed with </h1>",
            "An &lt;h1&gt; is closed by &lt;/h1&gt;.",
        ] {
            assert!(markup_of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn escaped_line_breaks_and_lists_are_recognised() {
        assert_eq!(with_line_breaks("One.\\n\\nTwo.").as_deref(), Some("One.\n\nTwo."));
        for text in ["One.\n\nTwo \\n three \\n.", "C:\\new", ""] {
            assert_eq!(with_line_breaks(text), None, "{text}");
        }
        let list = r#"['It\'s one.', "Two.", 'Three.']"#;
        assert_eq!(listed_paragraphs(list).as_deref(), Some("It's one.\n\nTwo.\n\nThree."));
        for text in ["[report] One.", "['One.'", "[]", "['One.'] and more", "[1, 2]"] {
            assert_eq!(listed_paragraphs(text), None, "{text}");
        }
    }

    #[test]
    fn references_are_replaced() {
        for (text, expected) in [
            ("&ldquo;No&rdquo;, she said&#8217;s &amp; &#x2019;", "“No”, she said’s & ’"),
            ("a &lt; b\n\n  c&nbsp;d", "a < b\n\n  c\u{a0}d"),
            ("AT&T; R&D <b> & c; &nosuch;", "AT&T; R&D <b> & c; &nosuch;"),
        ] {
            assert_eq!(unescaped(text), expected);
        }
    }
}
