//! The text of a field without its markup.

use std::borrow::Cow;

use crate::article::{Paragraph, Part};
use crate::read::html::field_blocks;
use crate::read::markup::{listed_paragraphs, unescaped, with_line_breaks};

/// The markup of a text.
#[derive(Clone, Copy)]
pub enum Markup {
    Html,
    References,
    LineBreaks,
    List,
}

impl Markup {
    /// How many kinds there are.
    pub const N: usize = Markup::List as usize + 1;

    /// What a column with it holds, in a warning.
    pub fn name(self) -> &'static str {
        match self {
            Markup::Html => "HTML, which is read as a part of a page",
            Markup::References => {
                "character references such as `&rsquo;`, which are replaced by their characters"
            }
            Markup::LineBreaks => "`\\n` in letters, which is read as a line break",
            Markup::List => "lists of strings, which are read as paragraphs",
        }
    }
}

/// A text without its markup, and its blocks if it is HTML; `None` if it has no markup.
pub fn without_markup(text: &str) -> Option<(Markup, String, Option<Vec<Paragraph>>)> {
    let has_signs = memchr::memchr3(b'<', b'&', b'\\', text.as_bytes()).is_some();
    if !has_signs && !text.trim_start().starts_with('[') {
        return None;
    }
    let whole = listed_paragraphs(text).map(|text| (Markup::List, text));
    let whole = whole.or_else(|| with_line_breaks(text).map(|text| (Markup::LineBreaks, text)));
    let inner = whole.as_ref().map_or(text, |(_, text)| text.as_str());
    if let Some(blocks) = field_blocks(inner).filter(|blocks| holds_most(inner, blocks)) {
        let inside = blocks.iter().filter(|block| block.part != Some(Part::Outside));
        let text = inside.map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n\n");
        return Some((Markup::Html, text, Some(blocks)));
    }
    if let Cow::Owned(text) = unescaped(inner) {
        return Some((Markup::References, text, None));
    }
    whole.map(|(kind, text)| (kind, text, None))
}

/// Whether blocks have at least half of the letters of a text outside its tags. A text that only mentions a tag such as
/// `<title>` would lose what follows it.
fn holds_most(text: &str, blocks: &[Paragraph]) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    let outside: usize =
        text.split('<').map(|piece| letters(piece.split_once('>').map_or(piece, |(_, after)| after))).sum();
    let held: usize = blocks.iter().map(|block| letters(&block.text)).sum();
    2 * held >= outside
}
