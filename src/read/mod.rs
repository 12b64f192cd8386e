//! Reading: from paths to articles, that is, the files to read, their forms, and their blocks.
//!
//! A file is decompressed (`archive`), decoded (`encoding`) and split into lines or parts (`lines`) before its form is
//! known. So any form may be compressed and in any encoding, and no file has to fit into memory.

mod archive;
mod binary;
mod breaks;
mod charset;
mod containers;
mod date;
mod document;
mod drop_cap;
mod encoding;
mod exports;
mod form;
mod front_matter;
mod html;
mod inputs;
mod json_text;
mod kind;
mod known;
mod label;
mod layout;
mod lines;
mod markdown;
mod markup;
mod mojibake;
mod opened;
mod paragraph;
mod rows;
mod saved_page;
mod table;
mod text;
mod turn;
mod wrap;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::archive::Bytes;
use self::document::TextArticles;
use self::rows::RowArticles;
use crate::article::{Article, SpanOf};
use crate::error::{Error, Result, Warning};

pub use inputs::{Inputs, find_inputs};
pub use table::{KeptColumns, TextRow};

#[cfg(feature = "train")]
pub(crate) use document::{is_sequence, label_of, labelled_blocks};
pub(crate) use form::Form;
#[cfg(feature = "train")]
pub(crate) use front_matter::front_matter;
#[cfg(feature = "train")]
pub(crate) use html::extracted_text;
#[cfg(feature = "train")]
pub(crate) use label::{label_in_cell, visible};
#[cfg(feature = "train")]
pub(crate) use markup::unescaped;
pub(crate) use opened::Opened;
#[cfg(feature = "train")]
pub(crate) use paragraph::normalise;
#[cfg(feature = "train")]
pub(crate) use table::{Row, Rows, bad_row, no_column};
#[cfg(feature = "train")]
pub(crate) use turn::mark_turns;
pub(crate) use turn::{NameForm, name_and_rest};

// Memory use stays flat because everything that is held at once has a limit. Text beyond a limit is split, or skipped
// with a warning or an error.

/// The longest row of a table, in bytes. A longer one is skipped with an error.
const MAX_ROW: usize = 64 << 20;
/// The longest web page, in bytes; articles of 100,000 words take less than a tenth of it. The rest of a longer page is
/// not read.
const MAX_PAGE: usize = 8 << 20;
/// The longest article, in bytes: a very long novel. A longer one is split between paragraphs.
const MAX_ARTICLE: usize = 4 << 20;
/// The longest paragraph, in bytes: ten thousand words. A longer one is split at white space.
const MAX_PARAGRAPH: usize = 64 << 10;
/// The amount of text from table rows that is read in one step, in bytes.
const BATCH: usize = 1 << 20;
/// The most bad rows that are reported in one step.
const MAX_ERRORS: usize = 1000;

/// The settings of reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether each row of a table is a paragraph. A row with a `doc` always is one.
    pub rows_are_paragraphs: bool,
    /// The columns of a table.
    pub columns: ColumnNames,
}

/// The names of the columns that have a role; `None` means the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnNames {
    /// The text. By default the first column found of `text`, `body`, `content`, `article`, `paragraph`, `sentence`
    /// and some others.
    pub text: Option<String>,
    /// The label. By default the first found of `label`, `class`, `category`, `annotation`, `labels`.
    pub label: Option<String>,
    /// The id of the row. By default the first found of `rhetor_id` (which annotation tools keep beside their own id),
    /// `id`, `uid`, `guid`, `url`, `link`.
    pub id: Option<String>,
    /// The article that the row belongs to. By default `doc`.
    pub doc: Option<String>,
    /// The delimiter, an ASCII character. By default it is detected from the first rows.
    pub delimiter: Option<u8>,
    /// The encoding of all files, by a label of the WHATWG standard such as `windows-1252`; unknown labels are ignored.
    /// By default it is detected.
    pub encoding: Option<String>,
    /// The columns that records pass through.
    pub kept: KeptColumns,
}

/// The role of a column.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Text,
    Label,
    Id,
    Doc,
}

impl ColumnNames {
    /// The names that the column of this role may have, in order of preference.
    fn candidates(&self, role: Role) -> Vec<&str> {
        let (named, usual) = match role {
            Role::Text => (&self.text, TEXT),
            Role::Label => (&self.label, "label class category annotation labels"),
            Role::Id => (&self.id, "rhetor_id id uid guid url link"),
            Role::Doc => (&self.doc, "doc"),
        };
        named.as_deref().map_or_else(|| usual.split(' ').collect(), |name| vec![name])
    }

    /// The index of the column of this role. Case and the separators of
    /// words are ignored, but a column with exactly the name takes precedence.
    fn find(&self, role: Role, header: &[String]) -> Option<usize> {
        let exact = |name: &str| header.iter().position(|column| column.trim() == name);
        let alike = |name: &str| header.iter().position(|column| is_alike(column.trim(), name));
        self.candidates(role).into_iter().find_map(|name| exact(name).or_else(|| alike(name)))
    }

    /// The id or `doc` column that the user named but that does not exist.
    fn missing(&self, exists: impl Fn(Role) -> bool) -> Option<&str> {
        let named = [(Role::Id, &self.id), (Role::Doc, &self.doc)];
        named.into_iter().find_map(|(role, name)| name.as_deref().filter(|_| !exists(role)))
    }

    /// Whether a column of this name may hold the text.
    fn is_text(&self, column: &str) -> bool {
        self.candidates(Role::Text).iter().any(|name| is_alike(column, name))
    }

    /// The columns of `header` other than `text` that are just as likely to be the text.
    fn rivals<'a>(&self, text: usize, header: &'a [String]) -> Vec<&'a str> {
        const SUREST: [&str; 7] =
            ["text", "body", "content", "article", "full_text", "fulltext", "article_text"];
        let is_one = |column: &str| self.text.is_none() && SUREST.iter().any(|name| is_alike(column, name));
        let others = header.iter().enumerate().filter(|(index, _)| *index != text);
        others
            .map(|(_, column)| column.as_str())
            .filter(|column| is_one(column) && is_one(&header[text]))
            .collect()
    }

    /// The column that the label is in, among those of a row.
    #[cfg(feature = "train")]
    pub(crate) fn label_column(&self, fields: &crate::article::Metadata) -> Option<String> {
        let columns: Vec<String> = fields.keys().cloned().collect();
        self.find(Role::Label, &columns).map(|index| columns[index].clone())
    }

    /// The encoding that the user named.
    fn encoding(&self) -> Option<&'static encoding_rs::Encoding> {
        encoding_of(self.encoding.as_deref()?)
    }

    /// The name of the text column in backticks, for error messages.
    fn text_name(&self) -> String {
        format!("`{}`", self.text.as_deref().unwrap_or("text"))
    }
}

/// Whether two names differ only in case and in what separates their words: `Article Text`, `article_text`.
fn is_alike(column: &str, name: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars().filter(|c| !" _-".contains(*c)).map(|c| c.to_ascii_lowercase()).collect()
    };
    column.eq_ignore_ascii_case(name) || (column.len() <= 32 && letters(column) == letters(name))
}

/// The encoding with a label of the WHATWG standard, or with a common name of the encoding of old Macs.
fn encoding_of(label: &str) -> Option<&'static encoding_rs::Encoding> {
    let is_mac = label.to_ascii_lowercase().replace(['-', '_', ' '], "") == "macroman";
    encoding_rs::Encoding::for_label(if is_mac { b"macintosh" } else { label.as_bytes() })
}

/// Whether there is an encoding with this name.
pub fn is_encoding(label: &str) -> bool {
    encoding_of(label).is_some()
}

/// The usual names of the text column. A title is not the text.
const TEXT: &str = "text body content article paragraph sentence passage full_text fulltext article_text \
     article_body articlebody body_text main_text maintext plain_text story text_content content_text plaintext \
     content_html body_html bodyhtml html post_content post_text story_text selftext lead_paragraph";

/// The articles read in one step, and what could not be read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The articles in the order of the source.
    pub articles: Vec<Article>,
    /// The rows that were skipped, each with its line.
    pub errors: Vec<Error>,
    /// Warnings about text that was changed or only partly read.
    pub warnings: Vec<Warning>,
}

impl Reading {
    fn warn(&mut self, path: &Path, line: usize, what: impl Into<String>) {
        self.warnings.push(Warning { path: path.to_path_buf(), line, what: what.into() });
    }

    fn warn_of_long_paragraph(&mut self, path: &Path, line: usize) {
        let limit = MAX_PARAGRAPH >> 10;
        self.warn(path, line, format!("a paragraph of more than {limit} KB, split at white space"));
    }

    fn warn_of_long_article(&mut self, path: &Path, line: usize) {
        let limit = MAX_ARTICLE >> 20;
        self.warn(path, line, format!("more than {limit} MB of text, read in parts"));
    }
}

/// The articles of one file, a few at a time, so that a file of any size can be read with little memory.
///
/// A text, a Markdown file or a web page is one article; a text of more than 4 MB is read in parts, and each part is an
/// article whose paragraph numbers continue those of the part before. Each row of a table is an article, unless the
/// table has a `doc` column or [`ReadOptions::rows_are_paragraphs`] is set. Then each row is a paragraph, and
/// consecutive rows of one `doc` are an article. A bad row is listed in [`Reading::errors`], and the other rows are
/// read.
pub struct Articles {
    readings: Box<dyn Iterator<Item = Reading> + Send>,
    n_read: Arc<AtomicU64>,
}

impl Articles {
    /// Opens a file, compressed or not; `-` is standard input.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not text, or is a table without a text column.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Articles> {
        Ok(Articles::new(path, Opened::open(path, &options.columns)?, options))
    }

    /// Reads from `reader` as from a file called `name`. Use it for a page just fetched, a member of an archive, or a
    /// text in memory. The form is detected from the extension of the name, which also appears in records and errors.
    ///
    /// # Errors
    ///
    /// As for [`Articles::open`].
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::read::{Articles, ReadOptions};
    ///
    /// let page = "<p>The council met on Tuesday.</p><p>It voted.</p>";
    /// let mut articles = Articles::from_reader("a.html".as_ref(), page.as_bytes(), &ReadOptions::default())?;
    /// assert_eq!(articles.next().unwrap().articles[0].paragraphs[1].text, "It voted.");
    /// # Ok::<(), rhetor::Error>(())
    /// ```
    pub fn from_reader(
        name: &Path,
        reader: impl Read + Send + 'static,
        options: &ReadOptions,
    ) -> Result<Articles> {
        let bytes = Bytes::from_reader(name, Box::new(reader))?;
        Ok(Articles::new(name, Opened::of_bytes(bytes, &options.columns)?, options))
    }

    fn new(path: &Path, opened: Opened, options: &ReadOptions) -> Articles {
        let (n_read, readings): (_, Box<dyn Iterator<Item = Reading> + Send>) = match opened {
            Opened::Rows(rows) => {
                (rows.n_read(), Box::new(RowArticles::new(path, *rows, options.rows_are_paragraphs)))
            }
            Opened::Text(lines, Form::Html) => {
                (lines.n_read(), Box::new(std::iter::once_with(|| html::read(*lines))))
            }
            Opened::Text(lines, form) => (lines.n_read(), Box::new(TextArticles::new(*lines, form))),
            Opened::Collection(articles, n_read) => (n_read, articles),
        };
        Articles { readings, n_read }
    }

    /// The number of bytes read from the file so far; for a compressed file, compressed bytes. It is meant for showing
    /// progress, because reading runs ahead of the articles returned. It stays 0 for Parquet.
    pub fn n_bytes_read(&self) -> u64 {
        self.n_read.load(Ordering::Relaxed)
    }
}

impl Iterator for Articles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        let mut reading = self.readings.next()?;
        reading.articles.iter_mut().for_each(finish);
        Some(reading)
    }
}

/// All the articles of one file.
///
/// # Errors
///
/// If nothing can be read.
pub fn read_path(path: &Path, options: &ReadOptions) -> Result<Reading> {
    let mut whole = Reading::default();
    for batch in Articles::open(path, options)? {
        whole.articles.extend(batch.articles);
        whole.errors.extend(batch.errors);
        whole.warnings.extend(batch.warnings);
    }
    if whole.articles.is_empty() && whole.errors.len() == 1 && !matches!(whole.errors[0], Error::Row { .. }) {
        return Err(whole.errors.remove(0));
    }
    Ok(whole)
}

/// The article in a plain text, read like a `.txt` file.
pub fn article_from_text(text: &str) -> Article {
    let mut article = document::article_from_text(text);
    finish(&mut article);
    article
}

/// What is done with the paragraphs of every form.
fn finish(article: &mut Article) {
    article.paragraphs.iter_mut().for_each(|paragraph| paragraph::remove_directions(&mut paragraph.text));
    let n_blocks = article.paragraphs.len();
    drop_cap::join_drop_caps(&mut article.paragraphs);
    if article.paragraphs.len() < n_blocks && article.span_of == SpanOf::Extracted {
        paragraph::set_joined_ranges(&mut article.paragraphs);
    }
    turn::mark_turns(&mut article.paragraphs);
}
