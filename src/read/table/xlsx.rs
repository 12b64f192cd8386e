//! The rows of the first sheet of an Excel workbook (XLSX).

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};

use super::header::Header;
use super::{Row, Rows, Source, no_column};
use crate::error::{Error, Result, Warning};
use crate::read::ColumnNames;
use crate::read::containers::Package;

/// The most text of all cells, in bytes. A text that cells share is counted for each of them.
const MAX_TEXT: usize = 256 << 20;

/// A row of a sheet: its number, from 1, and its cells by their column.
type Cells = (usize, Vec<(usize, String)>);

/// The rows of a sheet, which is read as a whole. In errors, row numbers take the place of line numbers.
pub struct SheetRows {
    path: PathBuf,
    header: Header,
    /// The columns of the sheet that the header names, in order.
    columns: Vec<usize>,
    rows: std::vec::IntoIter<Cells>,
    /// The columns without a name that have been reported.
    unnamed: BTreeSet<usize>,
    warnings: Vec<Warning>,
}

impl SheetRows {
    /// Fails if the workbook is damaged, or its first sheet has no column for the text.
    pub fn open(package: Package, names: &ColumnNames) -> Result<SheetRows> {
        let path = package.path.clone();
        let damaged = |what: String| Error::Damaged { path: path.clone(), form: "Excel workbook", what };
        let workbook = Xlsx::new(Cursor::new(package.into_inner().into_inner()));
        let mut workbook = workbook.map_err(|err| damaged(err.to_string()))?;
        let sheets = workbook.sheet_names();
        let first = sheets.first().cloned().ok_or_else(|| damaged("it has no sheet".to_string()))?;
        let rows = rows_of(&mut workbook, &first).map_err(damaged)?;
        let mut warnings = Vec::new();
        if let Some(others) = sheets.get(1..).filter(|others| !others.is_empty()) {
            let what = format!("only the first sheet, `{first}`, was read, not {}", others.join(", "));
            warnings.push(Warning { path: path.clone(), line: 1, what });
        }
        let mut rows = rows.into_iter();
        // A sheet without a header has no rows either.
        let Some((_, cells)) = rows.next() else {
            let (header, columns) = (Header::default(), Vec::new());
            return Ok(SheetRows { path, header, columns, rows, unnamed: BTreeSet::new(), warnings });
        };
        let (columns, header): (Vec<usize>, Vec<String>) = cells.into_iter().unzip();
        let header: Vec<String> = header.into_iter().map(|name| name.trim().to_string()).collect();
        let missing = |name: String| no_column(&path, &name, header.iter().cloned());
        let header = Header::new(header.clone(), names).map_err(missing)?;
        Ok(SheetRows { path, header, columns, rows, unnamed: BTreeSet::new(), warnings })
    }
}

/// The rows of a sheet that have a cell which is not empty.
fn rows_of(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> std::result::Result<Vec<Cells>, String> {
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|err| err.to_string())?;
    let (mut rows, mut n_bytes): (Vec<Cells>, usize) = (Vec::new(), 0);
    while let Some(cell) = cells.next_cell().map_err(|err| err.to_string())? {
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize + 1, column as usize);
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        n_bytes += text.len();
        if n_bytes > MAX_TEXT {
            return Err(format!("more than {} MB of text in one sheet", MAX_TEXT >> 20));
        }
        match rows.last_mut() {
            Some((last, cells)) if *last == row => cells.push((column, text)),
            _ => rows.push((row, vec![(column, text)])),
        }
    }
    Ok(rows)
}

/// The text of a cell as a table in CSV has it.
fn text_of(value: &DataRef) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => text.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) => date_of(date),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A date in ISO 8601, with the time unless it is midnight; a duration as its number of days.
fn date_of(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return date.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day}T{hour:02}:{minute:02}:{second:02}") }
}

impl Rows {
    /// The rows of the first sheet of a workbook. Fails if it is damaged or has no column for the text.
    pub fn of_sheet(package: Package, names: &ColumnNames) -> Result<Rows> {
        let path = package.path.clone();
        let source = Box::new(SheetRows::open(package, names)?);
        Ok(Rows::of(source, path, Arc::default(), names))
    }
}

impl Source for SheetRows {
    /// Cells in columns without a name are left out, with one warning for each column.
    fn next_row(&mut self) -> Result<Option<Row>> {
        let Some((number, cells)) = self.rows.next() else { return Ok(None) };
        let mut values: Vec<Option<String>> = vec![None; self.columns.len()];
        for (column, text) in cells {
            match self.columns.binary_search(&column) {
                Ok(at) => values[at] = Some(text),
                Err(_) if self.unnamed.insert(column) => {
                    let what = format!("column {} has no name and is not read", letters_of(column));
                    self.warnings.push(Warning { path: self.path.clone(), line: number, what });
                }
                Err(_) => {}
            }
        }
        let text = values.get_mut(self.header.text).and_then(Option::take).unwrap_or_default();
        let cell = |index: usize| values.get(index).cloned().flatten();
        Ok(Some(self.header.row(number, text, cell)))
    }

    fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }
}

/// The name of a column in Excel: A, B, ..., Z, AA.
fn letters_of(column: usize) -> String {
    let (mut rest, mut letters) = (column + 1, Vec::new());
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_excel() {
        let letters = [0, 25, 26, 701, 702].map(letters_of);
        assert_eq!(letters, ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
