//! HTML: the article of a saved web page, its blocks in order, and what its head says of it.
//!
//! A page is made shallow ([`nesting`]), parsed once, and asked for its metadata; then readability's
//! rules choose the article's part of the tree, and [`blocks`] walks that part. Boilerplate inside it is
//! not thrown away here: each block says which part of a page it is, and the filter gives the reason.

mod blocks;
mod metadata;
mod nesting;
mod parts;
mod texts;

use std::path::{Path, PathBuf};

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use self::blocks::Block;
use super::lines::Lines;
use super::parts::{MAX_PARAGRAPH, pieces_of};
use super::{Reading, normalise};
use crate::article::{Article, Paragraph, SpanOf};
use crate::error::Warning;

/// The bytes of a page that are read; articles of 100,000 words have less than a tenth of it.
const MAX_BYTES: usize = 8 << 20;

/// The elements of a page in which an article is looked for; the time that the search takes can go
/// with their square. News pages have up to some 10,000.
const MAX_ELEMENTS: usize = 30_000;

/// Whether a text begins as a web page does: with a doctype, or with the first tags of one.
pub(super) fn is_page(text: &str) -> bool {
    const OPENINGS: [&str; 4] = ["<!doctype html", "<html", "<head", "<body"];
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // Comments and an XML declaration may come first.
    while rest.starts_with("<!--") || rest.starts_with("<?xml") {
        let end = if rest.starts_with("<?") { "?>" } else { "-->" };
        let Some(at) = rest.find(end) else { return false };
        rest = rest[at + end.len()..].trim_start();
    }
    OPENINGS.iter().any(|opening| {
        let head = rest.as_bytes().get(..opening.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(opening.as_bytes()))
    })
}

/// A page that is still to be read.
pub(super) struct Page {
    path: PathBuf,
    lines: Option<Lines>,
}

impl Page {
    pub(super) fn new(path: &Path, lines: Lines) -> Page {
        Page { path: path.to_path_buf(), lines: Some(lines) }
    }

    /// The article of the page; a page over [`MAX_BYTES`] is cut there, and the cut is told.
    pub(super) fn next_article(&mut self) -> Option<Reading> {
        let mut lines = self.lines.take()?;
        let mut reading = Reading::default();
        let part = match lines.next_part(MAX_BYTES) {
            Ok(part) => part.unwrap_or_default(),
            Err(error) => {
                reading.errors.push(error);
                return Some(reading);
            }
        };
        reading.warnings.extend(lines.take_warnings());
        let (article, n_cut, is_found) = read(&self.path, &part.text);
        let mut warn = |what: String| {
            reading.warnings.push(Warning { path: self.path.clone(), line: 1, what });
        };
        if part.goes_on {
            warn(format!("a page of more than {} MB; what comes after was not read", MAX_BYTES >> 20));
        }
        if n_cut > 0 {
            warn(format!("{n_cut} paragraphs of more than {} KB, cut at white space", MAX_PARAGRAPH >> 10));
        }
        if !is_found {
            warn("a page in which no article stands out; all of it was read".to_string());
        }
        reading.articles.push(article);
        Some(reading)
    }
}

/// The article of the page `text`, how many of its blocks were cut, and whether one stood out.
fn read(path: &Path, text: &str) -> (Article, usize, bool) {
    let page = nesting::limited(text);
    let document = Document::from(page.as_ref());
    let metadata = metadata::of(&document);
    let (blocks, is_found) = article_blocks(document, &page);
    let source = path.display().to_string();
    let (paragraphs, n_cut) = paragraphs(&blocks);
    let article = Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
    (article, n_cut, is_found)
}

/// The text that the spans of a page's paragraphs point into.
pub(crate) fn extracted_text(path: &Path, text: &str) -> String {
    let (article, ..) = read(path, text);
    let texts: Vec<String> = article.paragraphs.into_iter().map(|paragraph| paragraph.text).collect();
    texts.join("\n\n")
}

/// The blocks of the article's part of a page, and whether there is one; those of all its body where no
/// part stands out, and where it has over [`MAX_ELEMENTS`] elements.
fn article_blocks(document: Document, page: &str) -> (Vec<Block>, bool) {
    parts::mark(&document);
    texts::part_long(&document);
    // JSON-LD is read by our own parser.
    let config = Config { disable_json_ld: true, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut page| page.parse());
    // It may choose a part and then clean all of it away.
    let blocks = found.map(|article| blocks::of(&Document::from(article.content))).unwrap_or_default();
    if !blocks.is_empty() {
        return (blocks, true);
    }
    // The search changes the tree that it looks through.
    let document = Document::from(page);
    parts::mark(&document);
    (blocks::of(&document), false)
}

/// Paragraphs whose spans point into the blocks' texts joined by blank lines; blocks beyond
/// [`MAX_PARAGRAPH`] are cut at white space.
fn paragraphs(blocks: &[Block]) -> (Vec<Paragraph>, usize) {
    let (mut start, mut character, mut n_cut) = (0, 0, 0);
    let mut paragraphs = Vec::with_capacity(blocks.len());
    for block in blocks {
        let text = normalise(&block.text);
        n_cut += usize::from(text.len() > MAX_PARAGRAPH);
        for piece in pieces_of(&text, 0..text.len()) {
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
    (paragraphs, n_cut)
}
