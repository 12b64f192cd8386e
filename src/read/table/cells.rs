//! Rows of delimited columns under a header.

use std::path::{Path, PathBuf};

use super::records::Records;
use crate::error::{Result, Warning};
use crate::read::columns::{ColumnNames, Header, Row, bad_row, no_column};
use crate::read::lines::Lines;

/// The delimiters; of two that fit equally well, the first.
const DELIMITERS: [u8; 4] = *b",\t;|";
/// The number of records that the delimiter is detected from.
const N_SNIFFED: usize = 50;

/// The rows of a table whose header names the text.
pub struct CellRows {
    path: PathBuf,
    records: Records,
    header: Header,
}

impl CellRows {
    /// Reads the header. Fails if it has no column for the text.
    pub fn open(path: &Path, mut lines: Lines, names: &ColumnNames) -> Result<CellRows> {
        let detected = || delimiter_of(lines.head(), |name| names.is_text(name));
        let delimiter = names.delimiter.unwrap_or_else(detected);
        let mut records = Records::new(path, lines, delimiter);
        let header = match records.next_record()? {
            Some(record) => {
                let columns: Vec<String> = record.cells.iter().map(|name| name.trim().to_string()).collect();
                let missing = |name: String| no_column(path, &name, record.cells.into_iter());
                Header::new(columns, names).map_err(missing)?
            }
            // A table without a header has no rows either.
            None => Header::default(),
        };
        Ok(CellRows { path: path.to_path_buf(), records, header })
    }

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        self.records.take_warnings()
    }

    /// The next row; `None` at the end. Fails if it has too few cells or too many, or cannot be read; the next call
    /// continues after it.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        let Some(mut record) = self.records.next_record()? else { return Ok(None) };
        let (width, n_cells) = (self.header.columns.len(), record.cells.len());
        // Superfluous delimiters at the end leave empty cells.
        let extra = record.cells.get(width..).unwrap_or_default();
        if n_cells < width || extra.iter().any(|cell| !cell.trim().is_empty()) {
            let found = format!("{n_cells} {}", if n_cells == 1 { "column" } else { "columns" });
            return Err(bad_row(&self.path, record.line, found, format!("{width} as in the header")));
        }
        let text = std::mem::take(&mut record.cells[self.header.text]);
        Ok(Some(self.header.row(record.line, text, |column| Some(record.cells[column].clone()))))
    }
}

/// The delimiter of the table that begins with `head`: the one with which the header has a wanted column, then the
/// one with which most rows are as wide as the header, then the one with the widest header.
fn delimiter_of(head: &str, is_wanted: impl Fn(&str) -> bool) -> u8 {
    let whole_lines = head.rfind('\n').map_or(head, |end| &head[..end]);
    let fit = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(whole_lines.as_bytes());
        let mut records = reader.records().take(N_SNIFFED).filter_map(std::result::Result::ok);
        let header = records.next().unwrap_or_default();
        let (n_same, n_all) =
            records.fold((0, 0), |(same, all), row| (same + usize::from(row.len() == header.len()), all + 1));
        let is_table = header.len() > 1;
        let has_text = header.iter().any(|name| is_wanted(name.trim()));
        (is_table && has_text, if is_table { n_same * 100 / n_all.max(1) } else { 0 }, header.len())
    };
    // `max_by_key` returns the last of equals.
    DELIMITERS.into_iter().rev().max_by_key(|&delimiter| fit(delimiter)).unwrap_or(DELIMITERS[0])
}
