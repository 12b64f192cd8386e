//! How inputs of any size become articles of bounded size.
//!
//! Memory stays flat because everything that is held at once has a limit: a row, a page, a paragraph, an article,
//! and the rows between two steps of a reader. Text beyond a limit is split, or skipped with a warning or an error.

use std::ops::Range;
use std::path::Path;

use crate::article::{Article, Paragraph};
use crate::error::{Error, Warning};

/// The longest row of a table, in bytes. A longer one is skipped with an error.
pub const MAX_ROW: usize = 64 << 20;
/// The longest web page, in bytes; articles of 100,000 words take less than a tenth of it. The rest of a longer one
/// is not read.
pub const MAX_PAGE: usize = 8 << 20;
/// The longest article, in bytes: a very long novel. A longer one is split between paragraphs.
pub const MAX_ARTICLE: usize = 4 << 20;
/// The longest paragraph, in bytes: ten thousand words. A longer one is split at white space.
pub const MAX_PARAGRAPH: usize = 64 << 10;
/// The text of table rows that is read in one step, in bytes.
pub const BATCH: usize = 1 << 20;
/// The bad rows that are reported in one step.
pub const MAX_ERRORS: usize = 1000;

/// The articles read in one step, and what could not be read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The articles in the order of the source.
    pub articles: Vec<Article>,
    /// The rows that were skipped, each with its line.
    pub errors: Vec<Error>,
    /// Text that was changed or only partly read.
    pub warnings: Vec<Warning>,
}

impl Reading {
    pub(super) fn warn(&mut self, path: &Path, line: usize, what: impl Into<String>) {
        self.warnings.push(Warning { path: path.to_path_buf(), line, what: what.into() });
    }

    pub(super) fn warn_of_long_paragraph(&mut self, path: &Path, line: usize) {
        let limit = MAX_PARAGRAPH >> 10;
        self.warn(path, line, format!("a paragraph of more than {limit} KB, split at white space"));
    }

    pub(super) fn warn_of_long_article(&mut self, path: &Path, line: usize) {
        let limit = MAX_ARTICLE >> 20;
        self.warn(path, line, format!("more than {limit} MB of text, read in parts"));
    }
}

/// An article that grows by paragraphs and is released in parts of at most [`MAX_ARTICLE`] bytes.
pub struct GrowingArticle {
    article: Article,
    n_bytes: usize,
}

impl GrowingArticle {
    /// Starts with `article`, which has no paragraphs yet.
    pub fn new(article: Article) -> GrowingArticle {
        GrowingArticle { article, n_bytes: 0 }
    }

    /// Adds paragraphs and moves the parts that are full to `full`. Returns whether there were any.
    pub fn extend(&mut self, paragraphs: Vec<Paragraph>, full: &mut Vec<Article>) -> bool {
        let n_before = full.len();
        for paragraph in paragraphs {
            let size = paragraph.end - paragraph.start;
            if self.n_bytes + size > MAX_ARTICLE && !self.article.paragraphs.is_empty() {
                full.push(self.take_part());
            }
            self.n_bytes += size;
            self.article.paragraphs.push(paragraph);
        }
        full.len() > n_before
    }

    fn take_part(&mut self) -> Article {
        self.n_bytes = 0;
        let paragraphs = std::mem::take(&mut self.article.paragraphs);
        let part = Article { paragraphs, ..self.article.clone() };
        self.article.first_paragraph += part.paragraphs.len();
        part
    }

    /// The article so far.
    pub fn article(&self) -> &Article {
        &self.article
    }

    /// The last part.
    pub fn finish(self) -> Article {
        self.article
    }
}

/// Splits the paragraphs of `source` that are too long; also returns where in `source` those begin.
///
/// `plain` makes the text of a paragraph from its slice of the source.
pub fn split_paragraphs(
    source: &str,
    paragraphs: Vec<Paragraph>,
    plain: impl Fn(&str) -> String,
) -> (Vec<Paragraph>, Vec<usize>) {
    let is_long = |paragraph: &Paragraph| paragraph.end - paragraph.start > MAX_PARAGRAPH;
    if !paragraphs.iter().any(is_long) {
        return (paragraphs, Vec::new());
    }
    let mut pieces = Vec::with_capacity(paragraphs.len());
    let mut long = Vec::new();
    for paragraph in paragraphs {
        if !is_long(&paragraph) {
            pieces.push(paragraph);
            continue;
        }
        long.push(paragraph.start);
        let bare = Paragraph { text: String::new(), ..paragraph };
        for range in paragraph_pieces(source, bare.start..bare.end) {
            let (follows, text) = (bare.follows || range.start > bare.start, plain(&source[range.clone()]));
            pieces.push(Paragraph { start: range.start, end: range.end, text, follows, ..bare.clone() });
        }
    }
    (pieces, long)
}

/// The pieces of at most [`MAX_PARAGRAPH`] bytes that a paragraph of `text` is split into, without the white space
/// around them.
pub fn paragraph_pieces(text: &str, paragraph: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = paragraph;
    while rest.len() > MAX_PARAGRAPH {
        let end = rest.start + word_end(&text[rest.clone()], MAX_PARAGRAPH);
        let piece = text[rest.start..end].trim_end();
        pieces.push(rest.start..rest.start + piece.len());
        rest.start = rest.end - text[end..rest.end].trim_start().len();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// The byte at which a text of more than `most` bytes is split: after the last blank line in the second half of the
/// first `most` bytes, or after the last line there, or before the last white space, or between two characters.
pub fn part_end(text: &str, most: usize) -> usize {
    let (half, second_half) = second_half(text, most);
    let blank_lines = ["\n\n", "\n\r\n"].iter();
    let blank_line = blank_lines.filter_map(|mark| Some(second_half.rfind(mark)? + mark.len())).max();
    let line = || second_half.rfind('\n').map(|end| end + 1);
    blank_line.or_else(line).map_or_else(|| word_end(text, most), |end| half + end)
}

/// The same, but without a regard for lines.
fn word_end(text: &str, most: usize) -> usize {
    let (half, second_half) = second_half(text, most);
    half + second_half.rfind(char::is_whitespace).unwrap_or(second_half.len())
}

/// The second half of the first `most` bytes, and where it begins.
fn second_half(text: &str, most: usize) -> (usize, &str) {
    let most = text.floor_char_boundary(most);
    let half = text.floor_char_boundary(most / 2);
    (half, &text[half..most])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SpanOf;
    use crate::read::fold::{normalise, paragraph};

    #[test]
    fn a_long_paragraph_is_split_at_white_space_and_nothing_is_lost() {
        for source in ["word ".repeat(50_000), "é".repeat(100_000), "short".to_string()] {
            let paragraph = paragraph(&source, 0..source.len());
            let (pieces, long) = split_paragraphs(&source, vec![paragraph], normalise);
            assert_eq!(long.len(), usize::from(source.len() > MAX_PARAGRAPH));
            for piece in &pieces {
                assert!(piece.end - piece.start <= MAX_PARAGRAPH);
                assert_eq!(normalise(&source[piece.start..piece.end]), piece.text);
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let n_letters: usize = pieces.iter().map(|piece| letters(&piece.text)).sum();
            assert_eq!(n_letters, letters(&source));
        }
    }

    #[test]
    fn the_parts_of_a_long_article_continue_the_count() {
        let source = "word ".repeat(1_000_000);
        let (paragraphs, _) = split_paragraphs(&source, vec![paragraph(&source, 0..source.len())], normalise);
        let n_all = paragraphs.len();
        let mut growing = GrowingArticle::new(Article {
            source: "a".into(),
            metadata: Default::default(),
            span_of: SpanOf::Source,
            first_paragraph: 0,
            paragraphs: Vec::new(),
        });
        let mut parts = Vec::new();
        assert!(growing.extend(paragraphs, &mut parts));
        parts.push(growing.finish());
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].first_paragraph, parts[0].paragraphs.len());
        assert_eq!(parts.iter().map(|part| part.paragraphs.len()).sum::<usize>(), n_all);
    }

    #[test]
    fn parts_end_at_blank_lines_lines_or_words() {
        assert_eq!(part_end("aaaa bbbb\n\ncc\ndd", 14), 11);
        assert_eq!(part_end("aaaa bbbb\ncc dd", 13), 10);
        assert_eq!(part_end("aaaa bbbb cc", 8), 4);
        assert_eq!(part_end("ééééééé", 5), 4);
    }
}
