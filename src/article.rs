//! An article, its paragraphs, and whose voice a word is in.

use std::collections::BTreeMap;
use std::ops::Range;

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
    /// All blocks, boilerplate included, in the order of the source.
    pub paragraphs: Vec<Paragraph>,
}

impl Article {
    /// What its front matter or row has under `key`, as it is written or in small letters, where that is more than
    /// white space; the path it was read from for `source`.
    pub fn known(&self, key: &str) -> Option<&str> {
        if key == "source" {
            return Some(&self.source);
        }
        let lower = key.to_lowercase();
        let values = [key, &lower].into_iter().filter_map(|key| self.metadata.get(key));
        values.map(|value| value.trim()).find(|value| !value.is_empty())
    }
}

/// The text that `start..end` of a [`Paragraph`] points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanOf {
    /// The decoded file.
    Source,
    /// What the HTML reader took out of a page: its blocks, joined by blank lines.
    Extracted,
    /// The text of one table cell or JSON string.
    Field,
}

impl SpanOf {
    /// The name that the records use: `source`, `extracted` or `field`.
    pub fn name(self) -> &'static str {
        match self {
            SpanOf::Source => "source",
            SpanOf::Extracted => "extracted",
            SpanOf::Field => "field",
        }
    }
}

/// One block of an article: a paragraph, a heading or a piece of boilerplate.
///
/// `text` is the slice `start..end` after normalisation: line breaks inside the block joined, and
/// words that one parted; soft hyphens, zero-width characters and the marks of quoted mail removed,
/// white space and ASCII control characters folded to spaces, Markdown markup removed in Markdown files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paragraph {
    /// The identifier of its row, where it was read from a table.
    pub id: Option<String>,
    /// The number of its row in the table, from 1, where the row has no id.
    pub row: Option<usize>,
    /// The first byte of the block.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The range `start..end` counted in Unicode characters, as records have it.
    pub characters: Range<usize>,
    /// The normalised text.
    pub text: String,
    /// Whether the source marks it up as a heading.
    pub heading: bool,
    /// Whether it goes on where the block before it ended; `false` after a gap, and in collections
    /// of unrelated paragraphs.
    pub follows: bool,
    /// Whether the source marks all of it up as a quotation: a block quote is not the author's voice.
    pub quoted: bool,
    /// Who says it, where it is a turn of an interview or a transcript; the name stays in `text`.
    pub speaker: Option<String>,
    /// The part of a page that its markup puts it in; `None` where a source has no such markup.
    pub part: Option<Part>,
    /// Whether a paragraph before it in a run has the same letters and digits; always `false` until
    /// [`Duplicates`](crate::Duplicates) were asked.
    pub duplicate: bool,
}

/// What the markup of a page says a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// The article itself.
    Body,
    /// A caption or the credit of a picture.
    Caption,
    /// Author and date lines.
    Byline,
    /// Who the author is.
    Biography,
    /// Links to other pages and nothing else, and what stands among them.
    Related,
    /// Share buttons and calls to follow.
    Share,
    /// Calls to subscribe or sign up.
    Newsletter,
    /// Adverts and their marks.
    Advert,
    /// Comments of readers.
    Comment,
    /// Lists of topics.
    Tags,
    /// Breadcrumbs, menus and other controls of the page.
    Navigation,
    /// Copyright, terms, disclaimers.
    Legal,
}

/// Who is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The author of the article.
    Author,
    /// Somebody whom the author quotes.
    Quoted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_trimmed_and_found_by_its_name_in_any_case() {
        let pairs = [("outlet", " Post\n"), ("Date", "2024"), ("title", " \t"), ("author", ""), ("URL", " ")];
        let article = Article {
            source: "a.txt".to_string(),
            metadata: pairs.map(|(key, value)| (key.to_string(), value.to_string())).into(),
            span_of: SpanOf::Source,
            first_paragraph: 0,
            paragraphs: Vec::new(),
        };
        for (key, expected) in [
            ("outlet", Some("Post")),
            ("Outlet", Some("Post")),
            ("Date", Some("2024")),
            ("date", None),
            ("title", None),
            ("author", None),
            ("URL", None),
            ("section", None),
            ("source", Some("a.txt")),
        ] {
            assert_eq!(article.known(key), expected, "{key}");
        }
    }
}
