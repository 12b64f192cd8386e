//! Exports of Nexis and Factiva that are web pages.

use std::ops::Range;
use std::path::PathBuf;

use dom_query::{Document, NodeRef};
use rayon::prelude::*;

use super::factiva::key_of;
use super::{Record, export_of, outside_warning, pattern};
use crate::article::{Article, Metadata, Paragraph, SpanOf};
use crate::read::html::fragment;
use crate::read::lines::Lines;
use crate::read::paragraph::{joined, normalise};
use crate::read::{BATCH, MAX_ROW, Reading};

pattern!(DOCUMENT, r"(?i)<DOCFULL>\s*(?:-->)?");
pattern!(ARTICLE, r#"<div\b[^<>]{0,200}\bclass=["']article (?:[a-z]{2}|zh[a-z]{2})Article["'][^<>]{0,200}>"#);
pattern!(CENTRED, r"\.(c\d{1,3}) \{[^{}]*text-align: center");
pattern!(BREAK, r"(?i)<br\s*/?>");
pattern!(LABEL, r"^\s*([\p{Lu}][\p{Lu} -]{2,30}):\s*$");
pattern!(NUMBERED, r"^\d{1,5} \p{L}+ \d{1,5} \p{L}+$");
pattern!(COPYRIGHT, r"^(?i:copyright\b|\(c\)|©|all rights reserved)");
pattern!(N_WORDS, r"^[\d.,]+\s\S{1,12}$");
pattern!(TIME, r"^\d{1,2}[:.]\d{2}");
pattern!(YEAR, r"\b(?:1[6-9]|20)\d{2}\b");
pattern!(ACCESSION, r"^\S+ [A-Za-z][A-Za-z0-9]{0,10}0\d{8,}[A-Za-z0-9]{4,}$");

/// The databases whose pages are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageExport {
    Nexis,
    Factiva,
}

/// The metadata of an article, and its text as HTML.
type Parsed = (Record, String);

impl PageExport {
    /// Scripts and styles come first in these pages, so the first article is looked for in this many bytes.
    pub const N_HEAD: usize = 512 << 10;

    /// The database that a page was exported from, by its first [`PageExport::N_HEAD`] bytes.
    pub fn of(head: &str) -> Option<PageExport> {
        match () {
            _ if head.contains("<DOC NUMBER=") && DOCUMENT.is_match(head) => Some(PageExport::Nexis),
            _ if head.contains("Factiva") && ARTICLE.is_match(head) => Some(PageExport::Factiva),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            PageExport::Nexis => "Nexis",
            PageExport::Factiva => "Factiva",
        }
    }

    /// Where the articles are.
    fn pieces(self, page: &str) -> Vec<Range<usize>> {
        let starts: Vec<usize> = match self {
            PageExport::Nexis => DOCUMENT.find_iter(page).map(|mark| mark.end()).collect(),
            PageExport::Factiva => ARTICLE.find_iter(page).map(|mark| mark.start()).collect(),
        };
        let ends = starts.iter().skip(1).copied().chain([page.len()]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }

    fn parsed(self, piece: &str, centred: &[String]) -> Option<Parsed> {
        let document = Document::fragment(BREAK.replace_all(piece, "<br> ").as_ref());
        match self {
            PageExport::Nexis => Some(nexis(&document, centred)),
            PageExport::Factiva => {
                let article = document.select("div").nodes().first().copied()?;
                let is_table = !document.select("td.index").is_empty();
                Some(if is_table { factiva_table(&document) } else { factiva(&article) })
            }
        }
    }
}

/// The articles of a page, a few at a time.
pub struct PageArticles {
    path: PathBuf,
    lines: Lines,
    export: PageExport,
    page: String,
    pieces: Vec<Range<usize>>,
    /// The classes of centred text.
    centred: Vec<String>,
    /// How many pieces have been read; `None` before the page has been.
    n_read: Option<usize>,
}

impl PageArticles {
    pub fn new(lines: Lines, export: PageExport) -> PageArticles {
        let (path, page) = (lines.path().to_path_buf(), String::new());
        PageArticles { path, lines, export, page, pieces: Vec::new(), centred: Vec::new(), n_read: None }
    }

    fn read_page(&mut self, reading: &mut Reading) {
        match self.lines.next_part(MAX_ROW) {
            Ok(Some(part)) => {
                self.page = part.text;
                if part.goes_on {
                    let what = format!("an export of more than {} MB; the rest was not read", MAX_ROW >> 20);
                    reading.warn(&self.path, 1, what);
                }
            }
            Ok(None) => {}
            Err(error) => reading.errors.push(error),
        }
        self.pieces = self.export.pieces(&self.page);
        let cover = self.pieces.first().map_or("", |first| &self.page[..first.start]);
        self.centred = CENTRED.captures_iter(cover).map(|class| class[1].to_string()).collect();
        let what = export_of(self.export.name());
        reading.warn(&self.path, 1, what);
        let n_outside = fragment(cover).unwrap_or_default().len();
        if n_outside > 0 {
            let what = outside_warning(n_outside);
            reading.warn(&self.path, 1, what);
        }
    }
}

impl Iterator for PageArticles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        let mut reading = Reading::default();
        let first = self.n_read.unwrap_or_else(|| {
            self.read_page(&mut reading);
            0
        });
        if first == self.pieces.len() && self.n_read.is_some() {
            return None;
        }
        let (mut end, mut n_bytes) = (first, 0);
        while end < self.pieces.len() && n_bytes < BATCH {
            n_bytes += self.pieces[end].len();
            end += 1;
        }
        self.n_read = Some(end);
        let (export, page, centred) = (self.export, self.page.as_str(), self.centred.as_slice());
        let pieces = self.pieces[first..end].par_iter();
        let articles: Vec<_> = pieces.map(|piece| article(export, &page[piece.clone()], centred)).collect();
        for (index, (metadata, mut paragraphs, n_split)) in articles.into_iter().enumerate() {
            let number = first + index + 1;
            if n_split > 0 {
                reading.warn_of_long_paragraph(&self.path, number);
            }
            paragraphs.iter_mut().for_each(|paragraph| paragraph.row = Some(number));
            if paragraphs.is_empty() {
                reading.warn(&self.path, 1, format!("article {number} has no text, skipped"));
                continue;
            }
            let (source, span_of) = (self.path.display().to_string(), SpanOf::Extracted);
            reading.articles.push(Article { source, metadata, span_of, first_paragraph: 0, paragraphs });
        }
        reading.warnings.extend(self.lines.take_warnings());
        Some(reading)
    }
}

/// What is known of the article in a piece of a page, its paragraphs, and how many blocks were split.
fn article(export: PageExport, piece: &str, centred: &[String]) -> (Metadata, Vec<Paragraph>, usize) {
    let (record, body) = export.parsed(piece, centred).unwrap_or_default();
    let blocks = fragment(&format!("<div>{body}</div>")).unwrap_or_default();
    let (paragraphs, n_split) = joined(blocks.into_iter().map(|block| Paragraph { follows: true, ..block }));
    (record.metadata, paragraphs, n_split)
}

/// The article of Nexis: divs with the number, the outlet and the date, which are centred, then the title, fields with a
/// label, the text, and more fields.
fn nexis(document: &Document, centred: &[String]) -> Parsed {
    let (mut record, mut body) = Parsed::default();
    let mut has_title = false;
    let divs = document.select("div");
    for div in divs.nodes().iter().filter(|div| !is_in_div(div)) {
        let text = normalise(&div.text());
        let is_centred = div.class().is_some_and(|class| centred.iter().any(|name| class.as_ref() == name));
        match label_of(div) {
            // A date may look like the number of a document, too.
            _ if text.is_empty() || record.metadata.is_empty() && NUMBERED.is_match(&text) => {}
            Some(label) if matches!(label.as_str(), "body" | "text") => body.push_str(&div.html()),
            Some(label) => {
                let value = text.split_once(':').map_or("", |(_, value)| value);
                record.set(nexis_key(&label), value);
            }
            None if !body.is_empty() && COPYRIGHT.is_match(&text) => record.set("copyright", &text),
            None if is_centred && !has_title && body.is_empty() => {
                let is_date = YEAR.is_match(&text) && record.metadata.contains_key("outlet");
                let key = if is_date { "date" } else { "outlet" };
                let is_known = record.metadata.contains_key(key);
                record.set(if is_known { "edition" } else { key }, &text);
            }
            None if !has_title && body.is_empty() => {
                record.set("title", &text);
                has_title = true;
            }
            None => body.push_str(&div.html()),
        }
    }
    (record, body)
}

fn is_in_div(div: &NodeRef<'_>) -> bool {
    div.ancestors_it(None).any(|outer| outer.has_name("div"))
}

/// The label in the first words of a div.
fn label_of(div: &NodeRef<'_>) -> Option<String> {
    let first = div.descendants_it().find(|node| node.is_text() && !node.text().trim().is_empty())?;
    Some(LABEL.captures(&first.text())?[1].to_lowercase())
}

fn nexis_key(label: &str) -> &str {
    match label {
        "headline" | "titre" => "title",
        "byline" | "autor" | "auteur" | "author" => "author",
        other => other,
    }
}

/// The article of Factiva with the codes of its fields in a table.
fn factiva_table(document: &Document) -> Parsed {
    let (mut record, mut body) = Parsed::default();
    for row in document.select("tr").nodes() {
        let cells = row.element_children();
        let [code, value, ..] = cells.as_slice() else { continue };
        match key_of(normalise(&code.text()).as_str()) {
            "" => body.push_str(&value.inner_html()),
            key => record.set(&key.to_lowercase(), &value.text()),
        }
    }
    (record, body)
}

/// The article of Factiva without codes: divs with what is known of it, and paragraphs.
fn factiva(article: &NodeRef<'_>) -> Parsed {
    let (mut record, mut body) = Parsed::default();
    let (mut heads, mut texts) = (Vec::new(), Vec::new());
    for child in article.element_children() {
        let text = normalise(&child.text());
        match child.node_name().unwrap_or_default().as_ref() {
            _ if text.is_empty() => {}
            _ if child.id_attr().is_some_and(|id| id.as_ref() == "hd") => record.set("title", &text),
            "div" if child.has_class("author") => record.set("author", &text),
            "div" if texts.is_empty() => heads.push(text),
            _ => texts.push((child, text)),
        }
    }
    let is_plain = |child: &NodeRef<'_>| !child.has_class("articleParagraph");
    if let Some((_, id)) = texts.pop_if(|(child, text)| is_plain(child) && ACCESSION.is_match(text)) {
        record.set("factiva_id", &id);
        let publisher = texts.pop_if(|(child, _)| is_plain(child) && child.has_name("p"));
        record.set("publisher", &publisher.map(|(_, name)| name).unwrap_or_default());
    }
    texts.iter().for_each(|(child, _)| body.push_str(&child.html()));
    // The section stands above the number of words; the date, maybe the time, and the outlet stand below.
    if let Some(at) = heads.iter().position(|head| N_WORDS.is_match(head)) {
        let is_time = heads.get(at + 2).is_some_and(|head| TIME.is_match(head));
        let places = [("length", at), ("date", at + 1), ("outlet", at + 2 + usize::from(is_time))];
        places.iter().for_each(|(key, at)| record.set(key, heads.get(*at).map_or("", String::as_str)));
        record.set("section", &heads[..at].join("; "));
        let copyright = heads[at..].iter().rfind(|head| COPYRIGHT.is_match(head));
        record.set("copyright", copyright.map_or("", String::as_str));
    }
    (record, body)
}
