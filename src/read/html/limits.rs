//! Limits that let a page be parsed and searched in linear time.
//!
//! An HTML parser takes time proportional to the depth of the tree for every tag, and the walks after it recurse to
//! that depth, so deeper tags are removed and their text stays. A parser reopens unclosed formatting in every later
//! paragraph and compares a tag's attributes with one another; both are limited, too. A page that a browser shows as
//! its author intended is within the limits and is not changed.
//!
//! The article that readability finds is serialised and parsed again, and the serialiser searches the rest of a text
//! at each `&` or non-breaking space in it, so long texts are split into several.

use std::borrow::Cow;
use std::sync::LazyLock;

use dom_query::{Document, NodeRef};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most elements that are open at once; browsers stop at 512.
const MAX_DEPTH: usize = 256;
/// The most formatting elements that are open at once.
const MAX_FORMATTING: usize = 24;
/// Attributes are counted only in tags of more than this many bytes.
const LONG_TAG: usize = 4096;
/// The most attributes of a long tag.
const MAX_ATTRIBUTES: usize = 256;
/// Tags of more than this many bytes lose their attributes, because serialising a value can take quadratic time. In
/// practice only tags with embedded pictures are this long.
const MAX_TAG: usize = 64 << 10;
/// Text nodes of more than this many bytes are split. On news pages they hardly ever are longer.
const MAX_TEXT: usize = 4 << 10;
/// The most elements that are open inside one with an implied end: a row, a cell, a paragraph in it.
const MAX_IMPLIED: usize = 4;

type Elements = LazyLock<FxHashSet<&'static str>>;

fn set(names: &'static str) -> FxHashSet<&'static str> {
    names.split(' ').collect()
}

/// Elements without an end tag.
static VOID: Elements =
    LazyLock::new(|| set("area base br col embed hr img input link meta param source track wbr"));

/// Elements whose content is text up to their end tag.
static RAW: Elements = LazyLock::new(|| set("script style textarea title xmp iframe noembed noframes"));

/// Formatting elements, which a parser reopens in every later paragraph until they are closed.
static FORMATTING: Elements = LazyLock::new(|| set("a b big code em font i nobr s small strike strong tt u"));

/// Elements that end where the next one of their kind begins, unless it is inside one of [`CONTAINERS`].
static IMPLIED_END: Elements = LazyLock::new(|| set("p li dt dd td th tr option tbody thead"));

/// Elements inside which an open element has no implied end.
static CONTAINERS: Elements = LazyLock::new(|| set("table ul ol dl select div"));

/// One tag.
struct Tag<'a> {
    name: &'a str,
    is_end: bool,
    /// The byte after its `>`.
    end: usize,
    /// An upper bound on the number of attributes: slashes, and white space between words, outside quotes.
    n_attributes: usize,
}

impl Tag<'_> {
    /// Whether the tag, which begins at byte `start`, is too long or has too many attributes.
    fn is_too_wide(&self, start: usize) -> bool {
        let length = self.end - start;
        length > MAX_TAG || (length > LONG_TAG && self.n_attributes > MAX_ATTRIBUTES)
    }
}

/// The page without the tags that exceed the limits; the page itself if none does.
pub fn limited(page: &str) -> Cow<'_, str> {
    let mut open = Open::default();
    let mut kept = String::new();
    let mut copied = 0;
    let mut position = 0;
    while let Some(start) = page[position..].find('<').map(|at| position + at) {
        let Some(tag) = tag_at(page, start) else {
            position = after_markup(page, start);
            continue;
        };
        let is_kept = open.keeps(&tag);
        // The page in a frame is in an attribute, which is never serialised.
        let is_frame = tag.name.eq_ignore_ascii_case("iframe") && page[start..tag.end].contains("srcdoc=");
        if !is_kept || (tag.is_too_wide(start) && !is_frame) {
            kept.push_str(&page[copied..start]);
            kept.extend(is_kept.then(|| format!("<{}>", tag.name)));
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

/// The elements that are open at a point of a page.
#[derive(Default)]
struct Open {
    stack: Vec<String>,
    /// How many start tags of each name were removed and still have an end tag to come.
    n_removed: FxHashMap<String, usize>,
    /// Formatting elements that were not closed by their own end tag.
    n_formatting: usize,
}

impl Open {
    /// Whether a tag stays in the page.
    fn keeps(&mut self, tag: &Tag<'_>) -> bool {
        let name = tag.name.to_ascii_lowercase();
        let is_formatting = FORMATTING.contains(name.as_str());
        if tag.is_end {
            if let Some(n) = self.n_removed.get_mut(&name).filter(|n| **n > 0) {
                *n -= 1;
                return false;
            }
            self.n_formatting = self.n_formatting.saturating_sub(usize::from(is_formatting));
            self.close(&name);
            return true;
        }
        if VOID.contains(name.as_str()) {
            return true;
        }
        // The last element of this name has an implied end, unless a container was opened since.
        let inside = self.stack.iter().rev().take(MAX_IMPLIED);
        let mut inside = inside.take_while(|open| !CONTAINERS.contains(open.as_str()));
        if IMPLIED_END.contains(name.as_str()) && inside.any(|open| *open == name) {
            self.close(&name);
        }
        if self.stack.len() >= MAX_DEPTH || (is_formatting && self.n_formatting >= MAX_FORMATTING) {
            *self.n_removed.entry(name).or_default() += 1;
            return false;
        }
        self.n_formatting += usize::from(is_formatting);
        self.stack.push(name);
        true
    }

    /// Closes the innermost element of this name, if any, and all elements inside it.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.stack.iter().rposition(|open| open == name) {
            self.stack.truncate(at);
        }
    }
}

/// The tag that begins with the `<` at byte `start`; `None` if it is something else.
fn tag_at(page: &str, start: usize) -> Option<Tag<'_>> {
    let bytes = page.as_bytes();
    let is_end = bytes.get(start + 1) == Some(&b'/');
    let name_start = start + 1 + usize::from(is_end);
    if !bytes.get(name_start)?.is_ascii_alphabetic() {
        return None;
    }
    let ends_name = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | 0);
    let name_end = name_start + bytes[name_start..].iter().position(ends_name)?;
    let (end, n_attributes) = tag_end(bytes, name_end)?;
    Some(Tag { name: &page[name_start..name_end], is_end, end, n_attributes })
}

/// The byte after the `>` that ends a tag, and its attributes. A `>` inside a quoted value does not end the tag.
fn tag_end(bytes: &[u8], name_end: usize) -> Option<(usize, usize)> {
    let mut quote = None;
    let mut n_attributes = 0;
    // The last byte, and the last byte that is not white space.
    let (mut before, mut last) = (b'a', b' ');
    for (at, &byte) in bytes.iter().enumerate().skip(name_end) {
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if byte == b'>' => return Some((at + 1, n_attributes)),
            None if matches!(byte, b'"' | b'\'') && last == b'=' => quote = Some(byte),
            None if byte.is_ascii_whitespace() => n_attributes += usize::from(!before.is_ascii_whitespace()),
            None => n_attributes += usize::from(byte == b'/'),
        }
        before = byte;
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    None
}

/// The byte after a comment, a declaration or a single `<`.
fn after_markup(page: &str, start: usize) -> usize {
    let rest = &page[start..];
    let end_of = |mark: &str| rest.find(mark).map_or(page.len(), |at| start + at + mark.len());
    match () {
        _ if rest.starts_with("<!--") => end_of("-->"),
        _ if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") => end_of(">"),
        // A tag without an end swallows the rest of the page.
        _ if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => page.len(),
        _ => start + 1,
    }
}

/// The byte after a start tag, or after the text of a script and the like.
fn after_raw_text(page: &str, tag: &Tag<'_>) -> usize {
    let name = tag.name.to_ascii_lowercase();
    if !RAW.contains(name.as_str()) {
        return tag.end;
    }
    let is_end = |at: &usize| {
        let head = page.as_bytes()[at + 2..].get(..name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
    };
    let mut ends = page[tag.end..].match_indices("</").map(|(at, _)| tag.end + at);
    ends.find(is_end).unwrap_or(page.len())
}

/// Splits texts of more than [`MAX_TEXT`] bytes between two characters.
pub fn split_long_texts(document: &Document) {
    // A walk borrows the tree, so its results are collected before the tree is changed.
    let is_long = |node: &NodeRef<'_>| node.is_text() && node.text().len() > MAX_TEXT;
    let texts: Vec<NodeRef<'_>> = document.root().descendants_it().filter(is_long).collect();
    for node in texts {
        let text = node.text();
        let mut rest: &str = text.as_ref();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_TEXT));
            node.insert_before(&document.tree.new_text(piece));
            rest = after;
        }
        node.remove_from_parent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_stays_the_same() {
        let page = "<!DOCTYPE html><!-- <div> --><p a='>'>One<br>two<li>x<li>y<script>'<div>' < 3</script></p> 1 < 2 <";
        assert!(matches!(limited(page), Cow::Borrowed(_)));
    }

    #[test]
    fn deep_tags_are_removed_and_their_text_stays() {
        let page = format!("{}text{}<p>after</p>", "<div>".repeat(1000), "</div>".repeat(1000));
        let shallow = limited(&page);
        assert_eq!(shallow.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(shallow.matches("</div>").count(), MAX_DEPTH);
        assert!(shallow.contains(">text<") && shallow.ends_with("<p>after</p>"));
    }

    #[test]
    fn unclosed_paragraphs_are_not_deep() {
        assert!(matches!(limited(&"<p>one".repeat(5000)), Cow::Borrowed(_)));
        assert!(matches!(limited(&format!("<ul>{}</ul>", "<li>one".repeat(5000))), Cow::Borrowed(_)));
        assert!(matches!(limited(&format!("<table>{}", "<tr><td>a<td>b".repeat(5000))), Cow::Borrowed(_)));
    }

    #[test]
    fn unclosed_formatting_is_limited() {
        let page: String = (0..5000).map(|n| format!("<p><font size={n}>one</p>")).collect();
        assert_eq!(limited(&page).matches("<font").count(), MAX_FORMATTING);
        assert!(matches!(limited(&"<p><b>one</b></p>".repeat(5000)), Cow::Borrowed(_)));
    }

    #[test]
    fn a_tag_of_many_attributes_loses_them() {
        let attributes: String = (0..5000).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(limited(&format!("<p{attributes}>one</p>")), "<p>one</p>");
    }

    #[test]
    fn a_long_text_stays_the_same_when_split() {
        let text = "é& ".repeat(20_000);
        let document = Document::from(format!("<p>{text}<b>end</b></p><p>short</p>"));
        let before = document.text();
        split_long_texts(&document);
        assert_eq!(document.text(), before);
        let paragraph = document.select_single("p").nodes()[0];
        assert_eq!(paragraph.children_it(false).count(), text.len().div_ceil(MAX_TEXT) + 1);
    }
}
