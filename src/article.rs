//! An article, its paragraphs, and whose voice a word is in.

use std::collections::BTreeMap;

/// One article as it was read: where it came from, what is known of it, and its blocks in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// The path it was read from, as the user wrote it; `-` is standard input.
    pub source: String,
    /// Title, outlet, date and whatever else stood in the front matter or in the columns of a row.
    pub metadata: BTreeMap<String, String>,
    /// The text that the byte ranges of the paragraphs point into.
    pub span_of: SpanOf,
    /// How many blocks of the source stand before these: 0, but for the later parts of a text that
    /// is too large to be one article.
    pub first_paragraph: usize,
    /// All blocks, clutter included, in the order of the source.
    pub paragraphs: Vec<Paragraph>,
}

/// The text that `start..end` of a [`Paragraph`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanOf {
    /// The decoded file.
    Source,
    /// The text of one table cell or JSON string.
    Field,
}

impl SpanOf {
    /// The name that the records use: `source` or `field`.
    pub fn name(self) -> &'static str {
        match self {
            SpanOf::Source => "source",
            SpanOf::Field => "field",
        }
    }
}

/// One block of an article: a paragraph, a heading or a piece of clutter.
///
/// `text` is the slice `start..end` after normalisation: line breaks inside the block joined, and
/// words that one parted; soft hyphens, zero-width characters and the marks of quoted mail removed,
/// white space folded, Markdown markup removed in Markdown files.
#[derive(Debug, Clone, PartialEq)]
pub struct Paragraph {
    /// The identifier of its row, where it was read from a table.
    pub id: Option<String>,
    /// The first byte of the block.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The normalised text.
    pub text: String,
    /// Whether the source marks it up as a heading.
    pub heading: bool,
    /// Whether it goes on where the block before it ended; `false` after a gap, and in collections
    /// of unrelated paragraphs.
    pub follows: bool,
}

/// Who is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The author of the article.
    Author,
    /// Somebody whom the author quotes.
    Quoted,
}
