//! The article of a saved web page: its blocks in order, and its metadata.
//!
//! A page is brought within [`limits`], parsed once, and searched for its metadata. Then readability finds the part of
//! the tree that is the article, and [`blocks`] walks it. Boilerplate inside the article stays: each block says which
//! part of a page it is, and the filter gives the reason for dropping it.

mod blocks;
mod elements;
mod limits;
mod metadata;
mod parts;

use std::path::{Path, PathBuf};

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use self::blocks::{Block, blocks};
use self::limits::{limited, split_long_texts};
use self::metadata::metadata;
use self::parts::mark_parts;
use super::chunk::{MAX_PAGE, MAX_PARAGRAPH, Reading, paragraph_pieces};
use super::fold::normalise;
use super::lines::Lines;
use crate::article::{Article, Paragraph, SpanOf};

/// The most elements of a page in which an article is searched: the search can take quadratic time. News pages have up
/// to about 10,000.
const MAX_ELEMENTS: usize = 30_000;

/// A page; its only article. A page of more than [`MAX_PAGE`] bytes is cut with a warning.
pub struct Page {
    path: PathBuf,
    lines: Option<Lines>,
}

impl Page {
    pub fn new(path: &Path, lines: Lines) -> Page {
        Page { path: path.to_path_buf(), lines: Some(lines) }
    }
}

impl Iterator for Page {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        let mut lines = self.lines.take()?;
        let mut reading = Reading::default();
        let (text, is_cut) = match lines.next_part(MAX_PAGE) {
            Ok(part) => part.map_or_else(Default::default, |part| (part.text.to_string(), part.goes_on)),
            Err(error) => {
                reading.errors.push(error);
                return Some(reading);
            }
        };
        reading.warnings.extend(lines.take_warnings());
        let (article, n_split, is_found) = read(&self.path, &text);
        if is_cut {
            let what = format!("a page of more than {} MB; the rest was not read", MAX_PAGE >> 20);
            reading.warn(&self.path, 1, what);
        }
        if n_split > 0 {
            let limit = MAX_PARAGRAPH >> 10;
            let what = format!("{n_split} paragraphs of more than {limit} KB, split at white space");
            reading.warn(&self.path, 1, what);
        }
        if !is_found {
            reading.warn(&self.path, 1, "no article found in this page; all of it was read");
        }
        reading.articles.push(article);
        Some(reading)
    }
}

/// The article of the page `text`, the number of blocks that were split, and whether readability found an article.
fn read(path: &Path, text: &str) -> (Article, usize, bool) {
    let page = limited(text);
    let document = Document::from(page.as_ref());
    let metadata = metadata(&document);
    let (blocks, is_found) = article_blocks(document, &page);
    let source = path.display().to_string();
    let (paragraphs, n_split) = paragraphs(&blocks);
    let article = Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
    (article, n_split, is_found)
}

/// The text that the spans of a page's paragraphs point into.
#[cfg(feature = "train")]
pub fn extracted_text(path: &Path, text: &str) -> String {
    let (article, ..) = read(path, text);
    let texts: Vec<String> = article.paragraphs.into_iter().map(|paragraph| paragraph.text).collect();
    texts.join("\n\n")
}

/// The blocks of the article, and whether readability found one. Otherwise, and for a page of more than
/// [`MAX_ELEMENTS`] elements, these are the blocks of the whole body.
fn article_blocks(document: Document, page: &str) -> (Vec<Block>, bool) {
    mark_parts(&document);
    split_long_texts(&document);
    // JSON-LD is read in `metadata`.
    let config = Config { disable_json_ld: true, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut page| page.parse());
    // Readability may find an article and then clean away all of it.
    let found = found.map(|article| blocks(&Document::from(article.content))).unwrap_or_default();
    if !found.is_empty() {
        return (found, true);
    }
    // Readability has changed the first tree.
    let document = Document::from(page);
    mark_parts(&document);
    (blocks(&document), false)
}

/// Paragraphs whose spans point into the texts of the blocks joined by blank lines, and the number of blocks that were
/// split because they are too long.
fn paragraphs(blocks: &[Block]) -> (Vec<Paragraph>, usize) {
    let (mut start, mut character, mut n_split) = (0, 0, 0);
    let mut paragraphs = Vec::with_capacity(blocks.len());
    for block in blocks {
        let text = normalise(&block.text);
        let pieces = paragraph_pieces(&text, 0..text.len());
        n_split += usize::from(pieces.len() > 1);
        for piece in pieces {
            let end = start + piece.len();
            let characters = character..character + text[piece.clone()].chars().count();
            character = characters.end + "\n\n".len();
            paragraphs.push(Paragraph {
                start,
                end,
                characters,
                text: text[piece].to_string(),
                heading: block.heading,
                follows: start > 0,
                quoted: block.quoted,
                part: Some(block.part),
                ..Paragraph::default()
            });
            start = end + "\n\n".len();
        }
    }
    (paragraphs, n_split)
}
