//! Files that hold articles among other things: feeds, mail, web archives, office documents and books.
//!
//! Each form has a [`Source`], which returns the [`Member`]s of a file one by one; here they become articles. The bodies
//! of members go through the readers of pages and texts.

#[cfg(feature = "forms")]
mod blocks;
#[cfg(feature = "forms")]
mod documents;
#[cfg(feature = "forms")]
mod docx;
#[cfg(feature = "forms")]
mod epub;
#[cfg(feature = "forms")]
mod feed;
mod form;
#[cfg(feature = "forms")]
mod mail;
#[cfg(feature = "forms")]
mod mbox;
#[cfg(feature = "forms")]
mod odt;
#[cfg(feature = "forms")]
mod package;
mod pieces;
#[cfg(feature = "forms")]
mod prefixes;
mod warc;
#[cfg(feature = "forms")]
mod webarchive;
#[cfg(feature = "forms")]
mod xml;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use self::warc::WarcRecords;
use super::archive::Bytes;
use super::document::TextArticles;
use super::form::Form;
use super::html;
use super::lines::Lines;
use super::markup::unescaped;
use super::paragraph::joined;
use super::{BATCH, MAX_ERRORS, Reading};
use crate::article::{Article, Metadata, Paragraph, SpanOf};
use crate::error::{Error, Result};

#[cfg(feature = "forms")]
pub use self::documents::{Opened as OpenedPackage, open as open_package};
#[cfg(feature = "forms")]
use self::feed::FeedItems;
pub use self::form::{N_HEAD, form_of_bytes};
#[cfg(feature = "forms")]
pub use self::package::Package;

/// One item of a feed, message, page or chapter.
pub struct Member {
    pub id: Option<String>,
    pub metadata: Metadata,
    pub body: Body,
}

/// The body of a member.
#[cfg_attr(not(feature = "forms"), expect(dead_code, reason = "WARC has pages and texts only"))]
pub enum Body {
    /// A web page, as bytes in any encoding. What it says about itself counts more than what its container does.
    Page(Vec<u8>),
    /// A piece of HTML that is all article.
    Fragment(String),
    /// A text, as bytes in any encoding.
    Text(Vec<u8>),
    /// Blocks, each with its text, and whether it is a heading or a quotation.
    Blocks(Vec<Paragraph>),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Body::Page(bytes) | Body::Text(bytes) => bytes.len(),
            Body::Fragment(html) => html.len(),
            Body::Blocks(blocks) => blocks.iter().map(|block| block.text.len()).sum(),
        }
    }
}

/// The members of one file.
pub trait Source: Send {
    /// The next member; `None` at the end. Fails if a member cannot be read, in which case the next call continues
    /// after it, or if the rest of the file cannot.
    fn next_member(&mut self) -> Result<Option<Member>>;

    /// How many parts of the file were skipped, by the reason.
    fn skipped(&self) -> BTreeMap<String, usize> {
        BTreeMap::new()
    }

    /// What was changed or only partly read since the last call: the number of the member and a message.
    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        Vec::new()
    }
}

/// The articles of a file, a few at a time.
pub struct Members {
    path: PathBuf,
    source: Box<dyn Source>,
    /// What a member is called in messages.
    name: &'static str,
    /// Whether the file can hold several members, so that each needs a number.
    is_collection: bool,
    /// How many members have been read, and how many of them have no text.
    n_members: usize,
    n_empty: usize,
    ended: bool,
}

impl Members {
    pub fn new(path: &Path, source: Box<dyn Source>, name: &'static str, is_collection: bool) -> Members {
        let path = path.to_path_buf();
        Members { path, source, name, is_collection, n_members: 0, n_empty: 0, ended: false }
    }

    /// The next members with their numbers, of about [`BATCH`] bytes.
    fn next_batch(&mut self, reading: &mut Reading) -> Vec<(usize, Member)> {
        let (mut batch, mut n_bytes) = (Vec::new(), 0);
        while n_bytes < BATCH && reading.errors.len() < MAX_ERRORS && !self.ended {
            match self.source.next_member() {
                Ok(Some(member)) => {
                    n_bytes += member.body.len();
                    self.n_members += 1;
                    batch.push((self.n_members, member));
                }
                Ok(None) => self.ended = true,
                Err(error) => reading.errors.push(error),
            }
        }
        for (number, what) in self.source.take_warnings() {
            reading.warn(&self.path, number, what);
        }
        batch
    }

    fn warn_of_skipped(&mut self, reading: &mut Reading) {
        let mut skipped = self.source.skipped();
        if self.n_empty > 0 && !self.is_collection {
            return reading.warn(&self.path, 1, format!("no text in this {}", self.name));
        }
        if self.n_empty > 0 {
            skipped.insert("without text".to_string(), self.n_empty);
        }
        let counts: Vec<String> = skipped.iter().map(|(why, n)| format!("{n} {why}")).collect();
        let names = self.name;
        if !counts.is_empty() {
            reading.warn(&self.path, 1, format!("skipped {names}s: {}", counts.join(", ")));
        } else if self.n_members == 0 && reading.errors.is_empty() {
            reading.warn(&self.path, 1, format!("no {names} in this file"));
        }
    }
}

impl Iterator for Members {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let mut reading = Reading::default();
        let batch = self.next_batch(&mut reading);
        let (path, is_collection) = (&self.path, self.is_collection);
        let read = |(number, member)| reading_of(path, member, number, is_collection);
        let readings: Vec<Reading> = batch.into_par_iter().map(read).collect();
        for mut one in readings {
            one.articles.retain(|article| !article.paragraphs.is_empty());
            self.n_empty += usize::from(one.articles.is_empty() && one.errors.is_empty());
            reading.articles.append(&mut one.articles);
            reading.errors.append(&mut one.errors);
            reading.warnings.append(&mut one.warnings);
        }
        if self.ended {
            self.warn_of_skipped(&mut reading);
        }
        Some(reading)
    }
}

/// The article of a member, or its parts if it is long. In warnings its number takes the place of the line.
fn reading_of(path: &Path, member: Member, number: usize, is_collection: bool) -> Reading {
    let Member { id, metadata, body } = member;
    let is_own = matches!(body, Body::Page(_));
    let mut reading = match body {
        Body::Blocks(blocks) => {
            let (paragraphs, n_split) =
                joined(blocks.into_iter().map(|block| Paragraph { follows: true, ..block }));
            let mut reading = reading_of_blocks(path, paragraphs);
            if n_split > 0 {
                reading.warn_of_long_paragraph(path, number);
            }
            reading
        }
        Body::Page(bytes) => read_bytes(path, bytes, true),
        Body::Fragment(html) => match html::field_blocks(&html) {
            Some(paragraphs) => reading_of_blocks(path, paragraphs),
            None => read_bytes(path, unescaped(&html).into_owned().into_bytes(), false),
        },
        Body::Text(bytes) => read_bytes(path, bytes, false),
    };
    for warning in &mut reading.warnings {
        warning.line = number;
    }
    for article in &mut reading.articles {
        for (key, value) in &metadata {
            let of_page = article.metadata.get(key).is_some_and(|value| !value.trim().is_empty());
            if !(value.trim().is_empty() || is_own && of_page) {
                article.metadata.insert(key.clone(), value.trim().to_string());
            }
        }
        for paragraph in &mut article.paragraphs {
            paragraph.id.clone_from(&id);
            paragraph.row = is_collection.then_some(number);
        }
    }
    reading
}

fn reading_of_blocks(path: &Path, paragraphs: Vec<Paragraph>) -> Reading {
    let (source, metadata) = (path.display().to_string(), Metadata::new());
    let article = Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
    Reading { articles: vec![article], ..Reading::default() }
}

/// Reads a page or a text in memory. One that is not text, whatever its container says, is a warning.
fn read_bytes(path: &Path, bytes: Vec<u8>, is_page: bool) -> Reading {
    let lines = Bytes::from_reader(path, Box::new(Cursor::new(bytes))).and_then(Lines::new);
    let lines = match lines {
        Ok(lines) => lines,
        Err(Error::Binary { found, .. }) => {
            let mut reading = Reading::default();
            reading.warn(path, 1, format!("found {found} in place of a text; skipped"));
            return reading;
        }
        Err(error) => return Reading { errors: vec![error], ..Reading::default() },
    };
    if is_page {
        return html::read_whole(lines);
    }
    let mut whole = Reading::default();
    for mut reading in TextArticles::new(lines, Form::Text) {
        reading.articles.iter_mut().for_each(|article| article.span_of = SpanOf::Field);
        whole.articles.append(&mut reading.articles);
        whole.errors.append(&mut reading.errors);
        whole.warnings.append(&mut reading.warnings);
    }
    whole
}

/// The members of a file whose form is known from its first bytes; `None` for forms that are read as decoded text.
pub fn open(bytes: Bytes, form: Form) -> Result<Members> {
    let path = bytes.path.clone();
    let path = path.as_path();
    Ok(match form {
        Form::Warc => Members::new(path, Box::new(WarcRecords::new(bytes)), "record", true),
        #[cfg(feature = "forms")]
        Form::Mail => Members::new(path, Box::new(mail::one(bytes)?), "message", false),
        #[cfg(feature = "forms")]
        Form::Mbox => Members::new(path, Box::new(mbox::Mailbox::new(bytes)), "message", true),
        #[cfg(feature = "forms")]
        Form::WebArchive => Members::new(path, Box::new(webarchive::open(bytes)?), "page", false),
        _ => return Err(not_built(path, form)),
    })
}

/// The items of a feed.
#[cfg(feature = "forms")]
pub fn feed(lines: Lines) -> Result<Box<Members>> {
    let path = lines.path().to_path_buf();
    Ok(Box::new(Members::new(&path, Box::new(FeedItems::new(lines)), "item", true)))
}

/// Fails: this build cannot read feeds.
#[cfg(not(feature = "forms"))]
pub fn feed(lines: Lines) -> Result<Box<Members>> {
    Err(not_built(lines.path(), Form::Feed))
}

/// The error for a form that this build cannot read.
pub fn not_built(path: &Path, form: Form) -> Error {
    Error::Binary { path: path.to_path_buf(), found: form.name(), cure: form::NOT_BUILT }
}

/// Members that were read all at once, and warnings about them.
#[cfg(feature = "forms")]
pub struct Ready(std::vec::IntoIter<Member>, Vec<(usize, String)>);

#[cfg(feature = "forms")]
impl Ready {
    pub fn new(members: Vec<Member>) -> Ready {
        Ready(members.into_iter(), Vec::new())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn warn(&mut self, what: String) {
        self.1.push((1, what));
    }
}

#[cfg(feature = "forms")]
impl Source for Ready {
    fn next_member(&mut self) -> Result<Option<Member>> {
        Ok(self.0.next())
    }

    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        std::mem::take(&mut self.1)
    }
}
