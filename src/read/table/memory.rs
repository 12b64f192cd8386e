//! Rows of a table in memory.

use std::path::{Path, PathBuf};

use super::{Row, Source, bad_row};
use crate::article::Metadata;
use crate::error::{Result, Warning};

/// A row of a table in memory, such as a data frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextRow {
    /// The text; a row without one is an error, after which the other rows follow.
    pub text: Option<String>,
    /// The article that the row belongs to. Consecutive rows of one `doc` are neighbours.
    pub doc: Option<String>,
    /// The number of the paragraph in its article: a row whose index is not the next one does not follow the row before.
    pub index: Option<i64>,
}

/// The rows of an iterator.
pub struct MemoryRows<I> {
    path: PathBuf,
    rows: I,
    n_rows: usize,
}

impl<I: Iterator<Item = TextRow> + Send> MemoryRows<I> {
    /// The rows of a table called `path`.
    pub fn new(path: &Path, rows: I) -> MemoryRows<I> {
        MemoryRows { path: path.to_path_buf(), rows, n_rows: 0 }
    }
}

impl<I: Iterator<Item = TextRow> + Send> Source for MemoryRows<I> {
    /// Also fails if a row has no text.
    fn next_row(&mut self) -> Result<Option<Row>> {
        let Some(TextRow { text, doc, index }) = self.rows.next() else { return Ok(None) };
        self.n_rows += 1;
        let missing =
            || bad_row(&self.path, self.n_rows, "a row without a text", "a string, which may be empty");
        let fields: Metadata =
            index.into_iter().map(|index| ("index".to_string(), index.to_string())).collect();
        Ok(Some(Row::new(self.n_rows, text.ok_or_else(missing)?, [None, None, doc], fields)))
    }

    fn take_warnings(&mut self) -> Vec<Warning> {
        Vec::new()
    }
}
