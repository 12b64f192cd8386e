//! Which reader reads a file: its first bytes decide, then its first characters and its extension.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::archive::Bytes;
use super::containers::{self, N_HEAD, form_of_bytes};
use super::exports::{Database, ExportArticles, Heads, PageArticles, PageExport, repeated_sign};
use super::form::{Form, form_by_name, form_of};
use super::kind::{foreign_text, is_feed, xml_root};
use super::lines::Lines;
use super::table::Rows;
use super::{ColumnNames, Reading};
use crate::error::{Error, Result};

/// A file whose form is known.
pub(crate) enum Opened {
    /// A text or a page.
    Text(Box<Lines>, Form),
    /// A table.
    Rows(Box<Rows>),
    /// A file with articles among other things, or an export of many; and the number of bytes read from it.
    Collection(Box<dyn Iterator<Item = Reading> + Send>, Arc<AtomicU64>),
}

impl Opened {
    /// Opens a file and fails as [`Articles::open`](super::Articles::open) does.
    pub(crate) fn open(path: &Path, names: &ColumnNames) -> Result<Opened> {
        #[cfg(feature = "parquet")]
        if super::table::is_parquet_file(path) {
            return Ok(Opened::Rows(Box::new(Rows::of_parquet(path, names)?)));
        }
        Opened::of_bytes(Bytes::open(path)?, names)
    }

    /// The first bytes decide first, then the first characters and the extension.
    pub(crate) fn of_bytes(mut bytes: Bytes, names: &ColumnNames) -> Result<Opened> {
        let (path, n_read) = (bytes.path.clone(), Arc::clone(&bytes.n_read));
        match form_of_bytes(&path, bytes.head(N_HEAD)) {
            None => Opened::of_text(Lines::with_encoding(bytes, names.encoding())?, names),
            #[cfg(feature = "forms")]
            Some(Form::Package) => match containers::open_package(bytes)? {
                containers::OpenedPackage::Members(members) => {
                    Ok(Opened::Collection(Box::new(members), n_read))
                }
                containers::OpenedPackage::Sheet(package) => {
                    Ok(Opened::Rows(Box::new(Rows::of_sheet(package, names)?)))
                }
            },
            Some(form) => Ok(Opened::Collection(Box::new(containers::open(bytes, form)?), n_read)),
        }
    }

    fn of_text(mut lines: Lines, names: &ColumnNames) -> Result<Opened> {
        let (path, n_read) = (lines.path().to_path_buf(), lines.n_read());
        let form = form_of(&path, lines.head(), names);
        match form {
            Form::Parquet => Err(Error::Parquet { path, what: "it does not begin with `PAR1`".to_string() }),
            Form::Feed if !is_feed(lines.head()) => Err(no_articles(path, lines.head())),
            Form::Feed => Ok(Opened::Collection(containers::feed(lines)?, n_read)),
            Form::Html => {
                let Some(export) = PageExport::of(lines.head_of(PageExport::N_HEAD)) else {
                    return Ok(Opened::Text(Box::new(lines), form));
                };
                Ok(Opened::Collection(Box::new(PageArticles::new(lines, export)), n_read))
            }
            Form::Text | Form::Markdown => {
                if form == Form::Text && xml_root(lines.head()).is_some() {
                    return Err(no_articles(path, lines.head()));
                }
                if let Some((found, cure)) = foreign_text(lines.head()).filter(|_| form == Form::Text) {
                    return Err(Error::Binary { path, found, cure });
                }
                let database = if form == Form::Text { Database::of(lines.head()) } else { None };
                let put_together = || Some(Database::Texts(Heads::of(lines.head())?, form));
                if let Some(database) = database.or_else(put_together) {
                    let articles = Box::new(ExportArticles::new(lines, database));
                    return Ok(Opened::Collection(articles, n_read));
                }
                if let Some(sign) = repeated_sign(lines.head(), form == Form::Markdown) {
                    lines.warn(format!(
                        "this looks like many articles ({sign}), read as one; split it into files"
                    ));
                }
                Ok(Opened::Text(Box::new(lines), form))
            }
            Form::JsonLines | Form::Json | Form::Columns => {
                if form_by_name(&path) == Some(Form::Text) {
                    lines.warn("this text file holds a table, read as rows".to_string());
                }
                Ok(Opened::Rows(Box::new(Rows::new(lines, form, names)?)))
            }
            Form::Mail | Form::Mbox | Form::WebArchive | Form::Warc | Form::Package => {
                Err(Error::Damaged { path, form: form.name(), what: beginning(lines.head()) })
            }
        }
    }
}

/// What a file begins with that has the name of another form.
fn beginning(head: &str) -> String {
    const MOST: usize = 40;
    let Some(first) = head.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return "it is empty".to_string();
    };
    let more = if first.chars().nth(MOST).is_some() { "…" } else { "" };
    let first: String = first.chars().take(MOST).collect();
    format!("it does not begin like one, but with `{first}{more}`")
}

/// The error for XML that is neither a feed nor a page, or for a file with the name of XML that is none.
fn no_articles(path: PathBuf, head: &str) -> Error {
    let root = xml_root(head).map(|root| format!("XML with the root element `{root}`"));
    let other = if head.trim().is_empty() { "an empty file" } else { "a text that is not XML" };
    let found = root.unwrap_or_else(|| other.to_string());
    Error::NoArticles { path, found, expected: "RSS, Atom or a web page" }
}
