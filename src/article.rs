//! An article, its paragraphs and their voices.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// What is known about an article, by key: title, outlet, date and anything else in its front matter or row.
pub type Metadata = BTreeMap<String, String>;

/// Columns of a row with their values, in the order of the table. JSON keeps its types; other tables have text.
pub type Columns = Option<Arc<Vec<(String, serde_json::Value)>>>;

/// One article: where it comes from, what is known about it, and its blocks in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// The path it was read from, as the user wrote it; `-` is standard input.
    pub source: String,
    /// The front matter of a text, the metadata of a page, or the other columns of a row.
    pub metadata: Metadata,
    /// The text that the byte ranges of the paragraphs point into.
    pub span_of: SpanOf,
    /// The number of blocks before these in the same source: 0 except in the later parts of a text that is too large
    /// for one article.
    pub first_paragraph: usize,
    /// All blocks, boilerplate included, in the order of the source.
    pub paragraphs: Vec<Paragraph>,
}

impl Article {
    /// The trimmed value of `key` in the metadata, looked up as written and then in lower case. `None` if it is
    /// missing or blank. The key `source` gives the path that the article was read from.
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
    /// The text extracted from HTML, a page or a field: its blocks, joined by blank lines. Also the text of a field
    /// without other markup, such as character references.
    Extracted,
    /// The text of one table cell or JSON string.
    Field,
}

impl SpanOf {
    /// The name used in records: `source`, `extracted` or `field`.
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
/// `text` is the slice `start..end`, normalised: lines are joined, words hyphenated across lines are restored, a drop
/// cap is joined with its word, soft hyphens, zero-width characters, marks of text direction and the `>` marks of quoted
/// mail are removed, character references are replaced, runs of white space and ASCII control characters become one
/// space, and Markdown markup is removed: all of it in Markdown files, targets of links and marks of footnotes elsewhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paragraph {
    /// The id of its row, if it was read from a table.
    pub id: Option<String>,
    /// Whether the table has the id as a number and not as text.
    pub id_is_number: bool,
    /// The number of its row in the table, or of its item, message or record, from 1.
    pub row: Option<usize>,
    /// The `index` of its row, if the row is a paragraph and has one.
    pub index: Option<i64>,
    /// The other columns of its row, which records pass through; the paragraphs of a row share them.
    pub columns: Columns,
    /// The byte where the block starts.
    pub start: usize,
    /// The byte after its end.
    pub end: usize,
    /// The range `start..end` in Unicode characters, as in records.
    pub characters: Range<usize>,
    /// The normalised text.
    pub text: String,
    /// Whether the source marks it up as a heading.
    pub heading: bool,
    /// Whether it directly follows the block before it; `false` after a gap, and in collections of unrelated
    /// paragraphs.
    pub follows: bool,
    /// Whether the source marks up the whole block as a quotation: a block quote is not in the author's voice.
    pub quoted: bool,
    /// The speaker, if the block is a turn of an interview or a transcript. The name stays in `text`.
    pub speaker: Option<String>,
    /// The part of a page that the markup assigns it to; `None` if the source has no such markup.
    pub part: Option<Part>,
    /// Whether an earlier paragraph of the run has the same letters and digits. Set by
    /// [`Duplicates::mark`](crate::corpus::Duplicates::mark).
    pub duplicate: bool,
}

/// The part of a page that a block belongs to, according to the markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// The article itself.
    Body,
    /// A caption or picture credit.
    Caption,
    /// Author and date lines.
    Byline,
    /// A note about the author.
    Biography,
    /// Links to other pages, and text between them.
    Related,
    /// Share buttons and calls to follow.
    Share,
    /// Calls to subscribe or sign up.
    Newsletter,
    /// Advertisements and their labels.
    Advert,
    /// Reader comments.
    Comment,
    /// Lists of topics.
    Tags,
    /// Breadcrumbs, menus and other controls.
    Navigation,
    /// Copyright, terms and disclaimers.
    Legal,
    /// Rows of tables.
    Table,
    /// Footnotes and references.
    Note,
    /// Anything outside the article. These blocks follow those of the article.
    Outside,
}

/// Who is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The author of the article.
    Author,
    /// Somebody whom the author quotes.
    Quoted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_trimmed_and_found_in_any_case() {
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
