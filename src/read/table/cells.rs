//! Rows of delimited columns (CSV, TSV and the like) under a header.

use super::delimiter::{delimiter_of, named_delimiter};
use super::header::{Header, no_column};
use super::records::Records;
use super::{Row, Source, bad_row};
use crate::error::{Result, Warning};
use crate::read::ColumnNames;
use crate::read::lines::Lines;

/// The rows of a table whose header names the text.
pub struct CellRows {
    records: Records,
    header: Header,
    /// The last open quotation mark, while the lines that it swallowed are read as rows.
    open: Option<OpenQuotation>,
    n_skipped: usize,
    has_second_header: bool,
    warnings: Vec<Warning>,
}

/// A quotation mark that is not closed. It is one error, however many of the lines that it swallowed are no rows.
struct OpenQuotation {
    line: usize,
    /// The last line that it swallowed.
    end: usize,
    n_bad: usize,
}

impl CellRows {
    /// Reads the header. Fails if it has no column for the text.
    pub fn open(mut lines: Lines, names: &ColumnNames) -> Result<CellRows> {
        let given = named_delimiter(lines.head());
        if given.is_some() {
            lines.next_line()?;
        }
        let detected = || delimiter_of(lines.head(), |name| names.is_text(name));
        let delimiter = names.delimiter.or(given).unwrap_or_else(detected);
        let mut records = Records::new(lines, delimiter);
        // A table without a header has no rows either.
        let Some((_, cells)) = records.next_record()? else {
            return Ok(CellRows::new(records, Header::default()));
        };
        let columns: Vec<String> = cells.iter().map(|name| name.trim().to_string()).collect();
        let missing = |name: String| no_column(records.lines.path(), &name, cells.into_iter());
        let header = Header::new(columns, names).map_err(missing)?;
        let rivals = names.rivals(header.text, &header.columns).join("`, `");
        let what = format!("the text is column `{}`, not `{rivals}`", header.columns[header.text]);
        let mut rows = CellRows::new(records, header);
        if !rivals.is_empty() {
            rows.warn(1, what);
        }
        Ok(rows)
    }

    fn new(records: Records, header: Header) -> CellRows {
        CellRows { records, header, open: None, n_skipped: 0, has_second_header: false, warnings: Vec::new() }
    }

    fn warn(&mut self, line: usize, what: String) {
        self.warnings.push(Warning { path: self.records.lines.path().to_path_buf(), line, what });
    }

    /// The next record that is not blank; `None` at the end. Fails once for an open quotation mark, although each of
    /// the lines that it swallowed may be broken, too.
    fn next_record(&mut self) -> Result<Option<(usize, Vec<String>)>> {
        loop {
            let record = self.records.next_record();
            let line = match &record {
                Ok(Some((line, _))) => *line,
                Ok(None) => usize::MAX,
                Err(_) => self.records.swallowed.map_or(usize::MAX, |(first, _)| first),
            };
            if let Some(OpenQuotation { line, n_bad, .. }) = self.open.take_if(|open| line > open.end)
                && n_bad > 0
            {
                self.warn(line, format!("after this unclosed quotation mark, lines are skipped because they are not rows: {n_bad}"));
            }
            let Some((first, end)) = self.records.swallowed.take() else { return record };
            match &mut self.open {
                Some(open) => (open.end, open.n_bad) = (end, open.n_bad + 1),
                None => {
                    self.open = Some(OpenQuotation { line: first, end, n_bad: 0 });
                    return record;
                }
            }
            self.n_skipped += 1;
        }
    }

    /// Whether the cells are those of the header again, as in tables that were concatenated.
    fn is_header(&self, cells: &[String]) -> bool {
        cells.len() > 1 && cells.iter().map(|cell| cell.trim()).eq(self.header.columns.iter())
    }
}

impl Source for CellRows {
    /// Also fails if a row has too few or too many cells.
    fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            let Some((line, mut cells)) = self.next_record()? else { return Ok(None) };
            let (width, n_cells) = (self.header.columns.len(), cells.len());
            // Superfluous delimiters at the end leave empty cells.
            if n_cells < width || cells[width..].iter().any(|cell| !cell.trim().is_empty()) {
                if let Some(open) = &mut self.open {
                    open.n_bad += 1;
                    self.n_skipped += 1;
                    continue;
                }
                let found = format!("{n_cells} {}", if n_cells == 1 { "column" } else { "columns" });
                let expected = format!("{width} as in the header");
                return Err(bad_row(self.records.lines.path(), line, found, expected));
            }
            if self.is_header(&cells) {
                if !std::mem::replace(&mut self.has_second_header, true) {
                    self.warn(
                        line,
                        "the header again, skipped; other such lines are skipped, too".to_string(),
                    );
                }
                continue;
            }
            let text = std::mem::take(&mut cells[self.header.text]);
            return Ok(Some(self.header.row(line, text, |column| Some(cells[column].clone()))));
        }
    }

    fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.records.lines.take_warnings());
        warnings
    }

    fn take_skipped(&mut self) -> usize {
        std::mem::take(&mut self.n_skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::archive::Bytes;
    use crate::read::table::tests::check;

    #[test]
    fn cells_may_hold_line_breaks_and_quotation_marks() {
        check(
            "t.csv",
            "id,text\r\n1,\"one\r\n\r\ntwo \"\"three\"\"\"\r\n2,it's 5\" wide\r\n",
            &[(2, "one\r\n\r\ntwo \"three\""), (5, "it's 5\" wide")],
            &[],
        );
    }

    #[test]
    fn an_unclosed_quotation_mark_costs_one_row() {
        check(
            "t.csv",
            "id,text\n1,\"one\n2,two\n3,three\n",
            &[(3, "two"), (4, "three")],
            &["t.csv:2: found a quotation mark that swallows 2 lines of the table"],
        );
        check(
            "t.csv",
            "id,text\n1,\"one\n2,\"two\"\n3,three\n",
            &[(3, "two"), (4, "three")],
            &["t.csv:2: found a quotation mark that swallows 1 line of"],
        );
        check("t.csv", "id,text\n1,\"one", &[], &["t.csv:2: found a quotation mark that is not closed"]);
    }

    #[test]
    fn lone_carriage_returns_end_rows() {
        check("t.csv", "id,text\r1,a\r2,b\r", &[(1, "a"), (1, "b")], &[]);
    }

    #[test]
    fn one_open_quotation_mark_is_one_error() {
        let lines = "A line of the text.\n".repeat(1000);
        for (rows, n_bad) in [(format!("1,\"one\n{lines}"), 1000), ("1,\"one\n".repeat(1000), 999)] {
            let found = "t.csv:2: found a quotation mark that swallows";
            check("t.csv", &format!("id,text\n{rows}"), &[], &[found]);
            let lines = Lines::new(Bytes::of_text("t.csv", format!("id,text\n{rows}2,two\n"))).unwrap();
            let mut rows = CellRows::open(lines, &ColumnNames::default()).unwrap();
            assert!(rows.next_row().is_err());
            assert_eq!(
                (rows.next_row().unwrap().unwrap().text, rows.take_skipped()),
                ("two".to_string(), n_bad)
            );
            assert!(rows.next_row().unwrap().is_none());
            let warnings: Vec<String> = rows.take_warnings().iter().map(ToString::to_string).collect();
            let what = format!(
                "t.csv:2: after this unclosed quotation mark, lines are skipped because they are not rows: {n_bad}"
            );
            assert_eq!(warnings, [what]);
        }
    }

    #[test]
    fn tables_that_were_put_together_are_read() {
        check(
            "t.csv",
            "\u{feff}id,text\n1,a\n\u{feff}id,text\n2,b\n\u{feff}\"3\",c\n",
            &[(2, "a"), (4, "b"), (5, "c")],
            &[],
        );
    }
}
