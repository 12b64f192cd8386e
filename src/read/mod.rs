//! From paths to articles: the files to read, their forms, and their blocks.
//!
//! A file passes through `archive` (decompressed), `encoding` (decoded) and `lines` (by the line or the part) before its
//! form is known. So any form may be compressed and in any encoding, and no file has to fit into memory; `chunk` has the
//! limits.

mod archive;
mod chunk;
mod columns;
mod document;
mod encoding;
mod fold;
mod html;
mod inputs;
mod lines;
mod markdown;
mod rows;
mod sniff;
mod table;
mod text;
mod turn;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::document::TextArticles;
use self::html::Page;
use self::rows::RowArticles;
use self::sniff::form_of;
use crate::article::Article;
use crate::error::{Error, Result};

pub use chunk::Reading;
pub use columns::ColumnNames;
pub use inputs::{Inputs, find_inputs};

#[cfg(feature = "train")]
pub(crate) use columns::{Row, bad_row, no_column};
#[cfg(feature = "train")]
pub(crate) use document::{front_matter, is_sequence, label_of, labelled_blocks};
#[cfg(feature = "train")]
pub(crate) use fold::normalise;
#[cfg(feature = "train")]
pub(crate) use html::extracted_text;
pub(crate) use lines::Lines;
pub(crate) use sniff::Form;
pub(crate) use table::Rows;
pub(crate) use turn::{NameForm, name_and_rest};

/// How to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether each row of a table is a paragraph. A row with a `doc` always is.
    pub rows_are_paragraphs: bool,
    /// The columns of a table.
    pub columns: ColumnNames,
}

/// The articles of one file, some at a time: a file of any size is read in little memory.
///
/// A text, a Markdown file or a web page is one article; a text of more than 4 MB is read in parts, and each part is an
/// article whose paragraphs continue the count. Each row of a table is an article, unless the table has a `doc` column
/// or [`ReadOptions::rows_are_paragraphs`] is set. Then each row is a paragraph, and consecutive rows of one `doc` are
/// an article. A bad row is listed in [`Reading::errors`], and the other rows are read.
pub struct Articles {
    readings: Box<dyn Iterator<Item = Reading> + Send>,
    n_read: Arc<AtomicU64>,
}

impl Articles {
    /// Opens a file, compressed or not; `-` is standard input.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not text, or is a table without a column for the text.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Articles> {
        Ok(Articles::new(path, Opened::open(path, &options.columns)?, options))
    }

    /// Reads from `reader` as from a file called `name`: a page just fetched, a member of an archive, a text in memory.
    /// The form is detected from the extension of the name, which also appears in records and errors.
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
        let lines = Lines::from_reader(name, Box::new(reader))?;
        Ok(Articles::new(name, Opened::new(name, lines, &options.columns)?, options))
    }

    fn new(path: &Path, opened: Opened, options: &ReadOptions) -> Articles {
        match opened {
            Opened::Text(lines, form) => {
                let n_read = lines.n_read();
                match form {
                    Form::Html => Articles { n_read, readings: Box::new(Page::new(path, *lines)) },
                    _ => Articles { n_read, readings: Box::new(TextArticles::new(path, *lines, form)) },
                }
            }
            Opened::Rows(rows) => {
                let n_read = rows.n_read();
                let articles = RowArticles::new(path, *rows, options.rows_are_paragraphs);
                Articles { n_read, readings: Box::new(articles) }
            }
        }
    }

    /// The number of bytes read from the file so far, as it is stored: compressed bytes of a compressed file. It is
    /// meant for progress, as reading runs ahead of the articles returned. Stays 0 for Parquet.
    pub fn n_bytes_read(&self) -> u64 {
        self.n_read.load(Ordering::Relaxed)
    }
}

impl Iterator for Articles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        let mut reading = self.readings.next()?;
        reading.articles.iter_mut().for_each(|article| turn::mark_turns(&mut article.paragraphs));
        Some(reading)
    }
}

/// A file whose form is known.
pub(crate) enum Opened {
    /// A text or a page.
    Text(Box<Lines>, Form),
    /// A table.
    Rows(Box<Rows>),
}

impl Opened {
    /// Opens a file, compressed or not; `-` is standard input. Fails if it cannot be read, is not text, or is a table
    /// without a column for the text.
    pub(crate) fn open(path: &Path, names: &ColumnNames) -> Result<Opened> {
        #[cfg(feature = "parquet")]
        if table::is_parquet_file(path) {
            return Ok(Opened::Rows(Box::new(Rows::of_parquet(path, names)?)));
        }
        Opened::new(path, Lines::open(path)?, names)
    }

    fn new(path: &Path, mut lines: Lines, names: &ColumnNames) -> Result<Opened> {
        Ok(match form_of(path, lines.head(), names) {
            Form::Parquet => {
                let what = "it does not begin with `PAR1`".to_string();
                return Err(Error::Parquet { path: path.to_path_buf(), what });
            }
            form @ (Form::Text | Form::Markdown | Form::Html) => Opened::Text(Box::new(lines), form),
            form @ (Form::JsonLines | Form::Json | Form::Columns) => {
                Opened::Rows(Box::new(Rows::new(path, lines, form, names)?))
            }
        })
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

/// The article in a plain text, as in a `.txt` file.
pub fn article_from_text(text: &str) -> Article {
    let mut article = document::article_from_text(text);
    turn::mark_turns(&mut article.paragraphs);
    article
}
