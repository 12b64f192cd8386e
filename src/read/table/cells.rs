//! Rows of delimited columns: a header, and records as wide as it.

use std::path::{Path, PathBuf};

use super::columns::{Record, Records, delimiter_of};
use super::{Row, bad_row, new_row};
use crate::error::{Result, Warning};
use crate::read::ColumnNames;
use crate::read::lines::Lines;
use crate::read::names::Role;

/// The rows of a table whose header names the text.
pub(super) struct CellRows {
    path: PathBuf,
    records: Records,
    header: Vec<String>,
    /// The column of the text.
    text: usize,
}

impl CellRows {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// When it names no column for the text.
    pub(super) fn open(path: &Path, mut lines: Lines, names: &ColumnNames) -> Result<CellRows> {
        let found = || delimiter_of(lines.head(), |name| names.is_text(name));
        let delimiter = names.delimiter.unwrap_or_else(found);
        let mut records = Records::new(path, lines, delimiter);
        let (line, header): (usize, Vec<String>) = match records.next_record()? {
            Some(Record { line, cells }) => {
                (line, cells.iter().map(|name| name.trim().to_string()).collect())
            }
            // A table without a header has no rows either.
            None => return Ok(CellRows { path: path.to_path_buf(), records, header: Vec::new(), text: 0 }),
        };
        let Some(text) = names.find(Role::Text, &header) else {
            let expected = format!("a header line with a column {}", names.wanted_text());
            return Err(bad_row(path, line, columns(&header), expected));
        };
        if let Some((name, option)) = names.missing(|role| names.find(role, &header).is_some()) {
            return Err(bad_row(path, line, columns(&header), format!("a column `{name}` ({option})")));
        }
        Ok(CellRows { path: path.to_path_buf(), records, header, text })
    }

    /// What was noted since this was last asked.
    pub(super) fn take_warnings(&mut self) -> Vec<Warning> {
        self.records.take_warnings()
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// When it has too few cells or too many (the next call goes on behind it), or cannot be read.
    pub(super) fn next_row(&mut self, names: &ColumnNames) -> Result<Option<Row>> {
        let Some(record) = self.records.next_record()? else { return Ok(None) };
        let (width, n_cells) = (self.header.len(), record.cells.len());
        // Columns that are empty and have no name are what a delimiter too many leaves.
        let extra = record.cells.get(width..).unwrap_or_default();
        if n_cells < width || extra.iter().any(|cell| !cell.trim().is_empty()) {
            let found = format!("{n_cells} {}", if n_cells == 1 { "column" } else { "columns" });
            return Err(bad_row(&self.path, record.line, found, format!("{width} as in the header")));
        }
        Ok(Some(self.row_of(record, names)))
    }

    fn row_of(&self, record: Record, names: &ColumnNames) -> Row {
        let Record { line, mut cells } = record;
        let text = std::mem::take(&mut cells[self.text]);
        let cell_of = |role| names.find(role, &self.header).map(|column| cells[column].clone());
        let roles = (cell_of(Role::Label), cell_of(Role::Id), cell_of(Role::Doc));
        let named = self.header.iter().cloned().zip(cells).enumerate();
        let others = named.filter(|&(column, _)| column != self.text);
        new_row(line, text, roles, others.map(|(_, field)| field).collect())
    }
}

/// The first columns of a header, in words.
fn columns(header: &[String]) -> String {
    let columns: Vec<&str> = header.iter().map(String::as_str).take(12).collect();
    format!("the columns {}", columns.join(", "))
}
