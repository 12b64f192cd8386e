//! Pages made shallow and narrow enough to parse in linear time, before anything parses them.
//!
//! A parser of HTML takes time in proportion to the depth of the tree for every tag, and the walks
//! behind it recurse as deep as the tree is. So tags below [`MAX_DEPTH`] are left out here, and their
//! text stays. Formatting left open is opened again by a parser in every later paragraph, and a tag's
//! attributes are compared with one another: both have their caps. A page within the caps, which is
//! every page that a browser shows as its author meant it, is not changed.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

/// Elements that may be open at once; browsers stop at 512.
const MAX_DEPTH: usize = 256;
/// Formatting elements that may be open at once.
const MAX_FORMATTING: usize = 24;
/// The length of a tag from which its attributes are counted, in bytes, and how many it may have.
const LONG_TAG: usize = 4096;
const MAX_ATTRIBUTES: usize = 256;
/// The length of a tag from which it loses its attributes, in bytes: a value is written out in time that can go
/// with the square of its length. Only pictures inside a page are longer.
const MAX_TAG: usize = 64 << 10;

/// Elements without an end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
/// Elements whose content is text up to their own end tag.
const RAW: &[&str] = &["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];
/// Elements that a parser opens again where they were not closed.
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that end where the next one of their kind begins, and those that such an end stops at.
const IMPLIED_END: &[&str] = &["p", "li", "dt", "dd", "td", "th", "tr", "option", "tbody", "thead"];
const CONTAINERS: &[&str] = &["table", "ul", "ol", "dl", "select", "div"];
/// How many elements may be open inside one whose end is implied: a row, a cell, a paragraph in it.
const MAX_IMPLIED: usize = 4;

/// One tag of a page.
struct Tag<'a> {
    name: &'a str,
    is_end: bool,
    /// The byte after its `>`.
    end: usize,
}

/// The page without the tags that go over the caps; the page itself where none does.
pub(super) fn limited(page: &str) -> Cow<'_, str> {
    let mut open = Open::default();
    let mut kept = String::new();
    let mut copied = 0;
    let mut position = 0;
    while let Some(start) = page[position..].find('<').map(|at| position + at) {
        let Some(tag) = tag_at(page, start) else {
            position = after_markup(page, start);
            continue;
        };
        if !open.takes(&tag) {
            kept.push_str(&page[copied..start]);
            copied = tag.end;
        } else if is_too_wide(&page[start..tag.end]) {
            kept.push_str(&page[copied..start]);
            kept.push_str(&format!("<{}>", tag.name));
            copied = tag.end;
        }
        position = if tag.is_end { tag.end } else { after_raw_text(page, &tag) };
    }
    if copied == 0 {
        return Cow::Borrowed(page);
    }
    kept.push_str(&page[copied..]);
    Cow::Owned(kept)
}

/// What is open at a point of a page.
#[derive(Default)]
struct Open {
    stack: Vec<String>,
    /// How often each name is on the stack.
    n_open: FxHashMap<String, usize>,
    /// How often each name was left out and waits for its end tag.
    n_left_out: FxHashMap<String, usize>,
    /// Formatting elements that began and were not ended by their own end tag.
    n_formatting: usize,
}

impl Open {
    /// Whether a tag stays in the page.
    fn takes(&mut self, tag: &Tag<'_>) -> bool {
        let name = tag.name.to_ascii_lowercase();
        let is_formatting = FORMATTING.contains(&name.as_str());
        if tag.is_end {
            return self.takes_end(&name, is_formatting);
        }
        if VOID.contains(&name.as_str()) {
            return true;
        }
        if IMPLIED_END.contains(&name.as_str()) {
            self.end_implied(&name);
        }
        if self.stack.len() >= MAX_DEPTH || (is_formatting && self.n_formatting >= MAX_FORMATTING) {
            *self.n_left_out.entry(name).or_default() += 1;
            return false;
        }
        self.n_formatting += usize::from(is_formatting);
        *self.n_open.entry(name.clone()).or_default() += 1;
        self.stack.push(name);
        true
    }

    /// Ends the last element of this name, unless a container began since.
    fn end_implied(&mut self, name: &str) {
        let inside = self.stack.iter().rev().take(MAX_IMPLIED);
        let mut inside = inside.take_while(|open| !CONTAINERS.contains(&open.as_str()));
        if inside.any(|open| open == name) {
            self.pop_to(name);
        }
    }

    /// Takes the innermost element of this name off the stack, and all that was opened inside it.
    fn pop_to(&mut self, name: &str) {
        while let Some(last) = self.stack.pop() {
            let n = self.n_open.entry(last.clone()).or_default();
            *n = n.saturating_sub(1);
            if last == name {
                break;
            }
        }
    }

    fn takes_end(&mut self, name: &str, is_formatting: bool) -> bool {
        if let Some(n) = self.n_left_out.get_mut(name).filter(|n| **n > 0) {
            *n -= 1;
            return false;
        }
        if is_formatting {
            self.n_formatting = self.n_formatting.saturating_sub(1);
        }
        // An end tag closes all that was opened inside its element; one without a start, nothing.
        if self.n_open.get(name).is_some_and(|n| *n > 0) {
            self.pop_to(name);
        }
        true
    }
}

/// The tag that begins at the `<` at byte `start`, or `None` when something else does.
fn tag_at(page: &str, start: usize) -> Option<Tag<'_>> {
    let bytes = page.as_bytes();
    let is_end = bytes.get(start + 1) == Some(&b'/');
    let name_start = start + 1 + usize::from(is_end);
    if !bytes.get(name_start)?.is_ascii_alphabetic() {
        return None;
    }
    let ends_name = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | 0);
    let name_end = name_start + bytes[name_start..].iter().position(ends_name)?;
    let end = tag_end(bytes, name_end)?;
    Some(Tag { name: &page[name_start..name_end], is_end, end })
}

/// The byte after the `>` that ends a tag; one inside a quoted value does not.
fn tag_end(bytes: &[u8], name_end: usize) -> Option<usize> {
    let mut quote = None;
    let mut before = b' ';
    for (at, &byte) in bytes.iter().enumerate().skip(name_end) {
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some(at + 1),
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

/// The byte after a comment, a declaration or a lonely `<`.
fn after_markup(page: &str, start: usize) -> usize {
    let rest = &page[start..];
    let end_of = |mark: &str| rest.find(mark).map_or(page.len(), |at| start + at + mark.len());
    match () {
        _ if rest.starts_with("<!--") => end_of("-->"),
        _ if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") => end_of(">"),
        // A tag that the end of the page cuts off swallows the rest of it.
        _ if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => page.len(),
        _ => start + 1,
    }
}

/// The byte where markup goes on after a start tag: behind the text of a script and the like.
fn after_raw_text(page: &str, tag: &Tag<'_>) -> usize {
    let name = tag.name.to_ascii_lowercase();
    if !RAW.contains(&name.as_str()) {
        return tag.end;
    }
    let mut position = tag.end;
    while let Some(at) = page[position..].find("</") {
        position += at;
        let rest = &page.as_bytes()[position + 2..];
        if rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes())) {
            return position;
        }
        position += 2;
    }
    page.len()
}

/// Whether a tag has more attributes, or longer ones, than a parser should see.
fn is_too_wide(tag: &str) -> bool {
    tag.len() > MAX_TAG || (tag.len() > LONG_TAG && n_attributes(tag) > MAX_ATTRIBUTES)
}

/// How many attributes a tag has at most: its `=` and the white space between its words.
fn n_attributes(tag: &str) -> usize {
    let mut quote = None;
    let mut n = 0;
    let mut before = b' ';
    for byte in tag.bytes() {
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(byte),
            None if byte.is_ascii_whitespace() && !before.is_ascii_whitespace() => n += 1,
            None => n += usize::from(byte == b'/'),
        }
        before = byte;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_is_not_changed() {
        let page = "<!DOCTYPE html><!-- <div> --><p a='>'>One<br>two<li>x<li>y<script>'<div>' < 3</script></p> 1 < 2 <";
        assert!(matches!(limited(page), Cow::Borrowed(_)));
    }

    #[test]
    fn deep_tags_go_and_their_text_stays() {
        let page = format!("{}text{}<p>after</p>", "<div>".repeat(1000), "</div>".repeat(1000));
        let shallow = limited(&page);
        assert_eq!(shallow.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(shallow.matches("</div>").count(), MAX_DEPTH);
        assert!(shallow.contains(">text<") && shallow.ends_with("<p>after</p>"));
    }

    #[test]
    fn paragraphs_left_open_are_not_deep() {
        assert!(matches!(limited(&"<p>one".repeat(5000)), Cow::Borrowed(_)));
        assert!(matches!(limited(&format!("<ul>{}</ul>", "<li>one".repeat(5000))), Cow::Borrowed(_)));
        assert!(matches!(limited(&format!("<table>{}", "<tr><td>a<td>b".repeat(5000))), Cow::Borrowed(_)));
    }

    #[test]
    fn formatting_left_open_is_limited() {
        let page: String = (0..5000).map(|n| format!("<p><font size={n}>one</p>")).collect();
        assert_eq!(limited(&page).matches("<font").count(), MAX_FORMATTING);
        assert!(matches!(limited(&"<p><b>one</b></p>".repeat(5000)), Cow::Borrowed(_)));
    }

    #[test]
    fn a_tag_of_many_attributes_loses_them() {
        let attributes: String = (0..5000).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(limited(&format!("<p{attributes}>one</p>")), "<p>one</p>");
    }
}
