//! The article of a saved web page: its blocks in order, and its metadata.
//!
//! A page is brought within [`limits`], parsed once, and searched for its metadata. Then readability finds the part of
//! the tree that is the article, and [`blocks`] walks that part. Boilerplate inside the article stays: each block says
//! which part of a page it is, and the filter gives the reason for dropping it. What readability left out follows the
//! article, so that no text of a page is lost without a record ([`outside`]). If the page shows much less text than one
//! of its scripts has, the article is read from the script ([`embedded`]).

mod limits;
mod parts;
mod number;
mod display;
mod blocks;
mod outside;
mod metadata;
mod embedded;

use std::borrow::Cow;
use std::path::Path;

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use self::blocks::blocks;
use self::display::{flatten_divs, show_as_displayed};
use self::embedded::embedded_article;
use self::limits::{limited, split_long_texts};
use self::metadata::metadata;
use self::number::{number_texts, show_hidden_texts};
use self::outside::Found;
use self::parts::mark_parts;
use super::form::{Form, form_by_name};
use super::kind::is_page;
use super::lines::Lines;
use super::markup::markup_of;
use super::paragraph::{joined, normalise};
use super::text;
use super::wrap::ends_sentence;
use super::{MAX_PAGE, MAX_PARAGRAPH, Reading};
use crate::article::{Article, Metadata, Paragraph, Part, SpanOf};
use crate::error::Warning;

/// The most elements of a page that is searched for its article: the search can take quadratic time. News pages have up
/// to about 10,000.
const MAX_ELEMENTS: usize = 30_000;

/// The article of a file that is a page by its name or its beginning, or the blocks of a piece of a page.
pub fn read(mut lines: Lines) -> Reading {
    let is_page = form_by_name(lines.path()) == Some(Form::Html) || is_page(lines.head());
    read_markup(lines, is_page)
}

/// The article of a page.
pub fn read_whole(lines: Lines) -> Reading {
    read_markup(lines, true)
}

/// A page of more than [`MAX_PAGE`] bytes is cut with a warning.
fn read_markup(mut lines: Lines, is_page: bool) -> Reading {
    let path = lines.path().to_path_buf();
    let mut reading = Reading::default();
    let page = match lines.next_part(MAX_PAGE) {
        Ok(part) => part.unwrap_or_default(),
        Err(error) => {
            reading.errors.push(error);
            return reading;
        }
    };
    reading.warnings = lines.take_warnings();
    if page.goes_on {
        let what = format!("a page of more than {} MB; the rest was not read", MAX_PAGE >> 20);
        reading.warn(&path, 1, what);
    }
    let read = match (!is_page).then(|| field_blocks(&page.text)).flatten() {
        Some(paragraphs) => ReadPage::of_fragment(&path, paragraphs),
        None => read_page(&path, &page.text),
    };
    let ReadPage { article, n_split, origin } = read;
    if n_split > 0 {
        let limit = MAX_PARAGRAPH >> 10;
        let what = format!("{n_split} paragraphs of more than {limit} KB, split at white space");
        reading.warn(&path, 1, what);
    }
    reading.warnings.extend(origin.warning().map(|what| Warning { path, line: 1, what: what.to_string() }));
    reading.articles.push(article);
    reading
}

/// A page that was read.
struct ReadPage {
    article: Article,
    /// The number of blocks that were split.
    n_split: usize,
    origin: Origin,
}

impl ReadPage {
    /// A text with markup that is not a page.
    fn of_fragment(path: &Path, paragraphs: Vec<Paragraph>) -> ReadPage {
        let (source, metadata) = (path.display().to_string(), Metadata::new());
        let article =
            Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
        ReadPage { article, n_split: 0, origin: Origin::Fragment }
    }
}

/// Where the article of a page comes from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Readability,
    /// No article was found, so the whole body was read.
    Body,
    /// A script of the page, such as JSON-LD.
    Script,
    /// A text that is a piece of a page.
    Fragment,
    /// The page has no text that could be an article.
    Nothing,
}

impl Origin {
    fn warning(self) -> Option<&'static str> {
        match self {
            Origin::Readability => None,
            Origin::Body => Some("no article found in this page; the whole page was read"),
            Origin::Nothing => Some("no article text found in this page"),
            Origin::Fragment => Some("this text holds HTML, which is read as a part of a page"),
            Origin::Script => Some("the page shows little text; the article was read from a script in it"),
        }
    }
}

/// A page without the HTTP headers that `curl -i` saves before it.
fn without_headers(text: &str) -> &str {
    let head = &text[..text.floor_char_boundary(1 << 14)];
    let ends = ["\r\n\r\n", "\n\n"].iter().filter_map(|end| Some(head.find(end)? + end.len()));
    ends.min().filter(|_| head.starts_with("HTTP/")).map_or(text, |end| &text[end..])
}

fn read_page(path: &Path, text: &str) -> ReadPage {
    let page = limited(without_headers(text));
    let document = Document::from(page.as_ref());
    let metadata = metadata(&document);
    let (mut found, mut origin) = article_blocks(document);
    if let Some(paragraphs) = embedded_article(&page, &found.article, found.n_letters()) {
        found.replace(paragraphs);
        origin = Origin::Script;
    }
    if found.article.is_empty() || origin == Origin::Readability && !found.article.iter().any(is_text) {
        origin = Origin::Nothing;
    }
    let source = path.display().to_string();
    let (paragraphs, n_split) = paragraphs(found);
    let article = Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
    ReadPage { article, n_split, origin }
}

/// Whether a block may be a sentence of an article: a page without an article has a copyright notice at most.
fn is_text(block: &Paragraph) -> bool {
    let text = block.text.trim();
    let is_notice =
        text.starts_with('©') || ["rights reserved", "JavaScript"].iter().any(|words| text.contains(words));
    block.part == Some(Part::Body) && ends_sentence(text) && text.contains(' ') && !is_notice
}

/// The text of a page's article, which the spans of its paragraphs point into.
#[cfg(feature = "train")]
pub fn extracted_text(path: &Path, text: &str) -> String {
    let paragraphs = read_page(path, text).article.paragraphs.into_iter();
    let inside = paragraphs.filter(|paragraph| paragraph.part != Some(Part::Outside));
    inside.map(|paragraph| paragraph.text).collect::<Vec<_>>().join("\n\n")
}

/// The blocks of the page, divided into the article and the rest. If readability finds no article, and for a page of
/// more than [`MAX_ELEMENTS`] elements, the article is the whole body.
fn article_blocks(document: Document) -> (Found, Origin) {
    show_as_displayed(&document);
    mark_parts(&document);
    flatten_divs(&document);
    split_long_texts(&document);
    number_texts(&document);
    show_hidden_texts(&document);
    let all = blocks(&document);
    // JSON-LD is read in `metadata`.
    let config = Config { disable_json_ld: true, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut page| page.parse());
    // Readability may find an article and then remove all of it as boilerplate.
    let found = found.map(|article| blocks(&Document::from(article.content))).unwrap_or_default();
    if !found.list.is_empty() {
        return (Found::new(found, all), Origin::Readability);
    }
    (Found::whole(all), Origin::Body)
}

/// The fields of blogs and forums may have line breaks between their paragraphs instead of tags.
fn with_paragraphs(markup: Cow<'_, str>) -> Cow<'_, str> {
    let has = |tags: &[&str]| tags.iter().any(|tag| markup.contains(tag));
    let has_breaks = has(&["<br", "<BR"]) && !markup.contains("\n\n");
    if has_breaks || has(&["<p>", "<p ", "<P>", "<div", "<DIV"]) {
        return markup;
    }
    let paragraphs = text::paragraphs(&markup, 0);
    let slices: Vec<&str> =
        paragraphs.iter().map(|paragraph| &markup[paragraph.start..paragraph.end]).collect();
    Cow::Owned(slices.join("<br><br>"))
}

/// The blocks of a field that holds HTML: a page or a piece of one; `None` if the field has no markup.
pub fn field_blocks(text: &str) -> Option<Vec<Paragraph>> {
    if is_page(text) {
        return Some(read_page(Path::new("field"), text).article.paragraphs);
    }
    let found = Found { article: fragment(text)?, outside: Vec::new() };
    Some(paragraphs(found).0)
}

/// The blocks of a piece of a page, such as the body of an article that an export has, without ranges; `None` if `text`
/// has no markup.
pub fn fragment(text: &str) -> Option<Vec<Paragraph>> {
    let markup = with_paragraphs(markup_of(text)?);
    let document = Document::from(limited(&markup).as_ref());
    show_as_displayed(&document);
    mark_parts(&document);
    split_long_texts(&document);
    let shown = blocks(&document).list.into_iter().filter(|block| !block.is_noscript);
    let blocks = shown.map(|block| block.paragraph);
    Some(blocks.map(|block| Paragraph { text: normalise(&block.text), ..block }).collect())
}

/// The blocks of the article and those outside it as paragraphs, and how many were split.
fn paragraphs(Found { article, outside }: Found) -> (Vec<Paragraph>, usize) {
    let blocks = |blocks: Vec<Paragraph>, follows: bool| {
        blocks.into_iter().map(move |block| Paragraph { follows, ..block })
    };
    joined(blocks(article, true).chain(blocks(outside, false)))
}
