//! Texts that look like many articles, but are no export of a known database.

use super::pattern;
use crate::read::wrap::ends_sentence;

/// How many times a label or a rule occurs in a text of many articles, at least.
const MIN_REPEATS: usize = 3;
pattern!(
    HEAD_LINE,
    r"^(?i:title|headline|byline|author|source|publication|published|date|url|link)\s?:\s*\S"
);
pattern!(LONG_RULE, r"^(?:-{8,}|={5,}|\*{5,}|#{5,}|~{5,}|_{8,}|(?:\* ?){5,})$");

pattern!(SHORT_RULE, r"^(?:-{3,7}|={3,4}|\*{3,4}|#{3,4}|~{3,4}|_{3,7}|\*(?: \*){2,3}|-(?: -){2,})$");
/// An article has at least this many words.
const MIN_WORDS: usize = 20;
/// A section with a heading of the first level that has this many words may be an article.
const MIN_WORDS_HEADED: usize = 100;
/// The most words of a title.
const MAX_TITLE: usize = 15;

/// What makes a text look like many articles, if something does: a label that begins several blocks, or rules between
/// blocks, long ones or short ones with a title below. In Markdown, rules may underline headings, and headings of the
/// first level are what counts.
pub fn repeated_sign(head: &str, is_markdown: bool) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut n_words = 0;
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let is_title = lines.peek().is_some_and(|next| is_title(next));
        let sign = sign_of(line, is_title, is_markdown);
        n_words += line.split_whitespace().count();
        let Some(sign) = sign else { continue };
        // Two signs in a row are one: a rule above and one below a title.
        let least = if sign == "# " { MIN_WORDS_HEADED } else { MIN_WORDS };
        if n_words < least && !counts.is_empty() {
            continue;
        }
        n_words = 0;
        match counts.iter_mut().find(|(known, _)| *known == sign) {
            Some((_, n)) => *n += 1,
            None => counts.push((sign, 1)),
        }
    }
    let (sign, n) = counts.into_iter().max_by_key(|(_, n)| *n)?;
    (n >= MIN_REPEATS).then(|| format!("`{}` {n} times", sign.trim_end()))
}

/// The sign of an article that a line is; `is_title` says whether the next line may be a title.
fn sign_of(line: &str, is_title: bool, is_markdown: bool) -> Option<String> {
    match line.split_once(':') {
        _ if is_markdown && line.starts_with("# ") => Some("# ".to_string()),
        Some((label, _)) if label.len() < 12 && HEAD_LINE.is_match(line) => {
            Some(label.trim_end().to_lowercase())
        }
        _ if is_markdown || !line.starts_with(['-', '=', '*', '#', '~', '_']) => None,
        _ if LONG_RULE.is_match(line) || is_title && SHORT_RULE.is_match(line) => {
            Some(line.chars().take(5).collect())
        }
        _ => None,
    }
}

/// Whether a line may be a title: it is short and ends like no sentence.
fn is_title(line: &str) -> bool {
    let is_short = line.split_whitespace().nth(MAX_TITLE).is_none();
    is_short && line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !ends_sentence(line)
}
