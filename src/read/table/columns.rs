//! Delimited columns (CSV, TSV and the like): records one by one, of whatever bytes.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

use crate::error::{Error, Result, Warning};
use crate::read::lines::{Line, Lines, MAX_ROW};

/// What may part columns; of two that fit as well, the first.
const DELIMITERS: [u8; 4] = *b",\t;|";
/// How many records tell the delimiter.
const N_SNIFFED: usize = 50;
/// How much is read again, all in all, to find the rows that runaway quotation marks swallowed:
/// bounds the time that a hostile table takes.
const MAX_REREAD: usize = 4 * MAX_ROW;
/// Buffers that grew beyond this for one large record are given back.
const MAX_SPARE: usize = 1 << 20;

/// One record of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// The line on which it begins.
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// The records of a table. A quotation mark that is never closed costs its own line: the lines
/// that it swallows are read again as records.
pub(super) struct Records {
    path: PathBuf,
    lines: Lines,
    parser: csv_core::Reader,
    delimiter: u8,
    /// Lines from the start of the current record on; more than that after a runaway.
    window: String,
    at: usize,
    at_line: usize,
    /// The byte after the line at `at`: lone carriage returns make many records of one line, which is
    /// looked through once for its end.
    line_end: usize,
    n_reread: usize,
    /// Whether quotation marks in cells stand behind backslashes, as Spark and MySQL write them: known from
    /// the first record in which nothing else makes sense.
    has_backslashes: bool,
}

impl Records {
    pub(super) fn new(path: &Path, lines: Lines, delimiter: u8) -> Records {
        let parser = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let window = String::new();
        let path = path.to_path_buf();
        Records {
            path,
            lines,
            parser,
            delimiter,
            window,
            at: 0,
            at_line: 1,
            line_end: 0,
            n_reread: 0,
            has_backslashes: false,
        }
    }

    /// What was noted since this was last asked.
    pub(super) fn take_warnings(&mut self) -> Vec<Warning> {
        self.lines.take_warnings()
    }

    /// Makes the next line stand at `at` in the window; `false` at the end.
    fn next_line(&mut self) -> Result<bool> {
        if self.at < self.window.len() {
            return Ok(true);
        }
        match self.lines.next_line()? {
            None => Ok(false),
            Some((line, Line::TooLong)) => {
                self.at_line = line + 1;
                let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                Err(self.bad(line, found, "rows that fit into memory"))
            }
            Some((line, Line::Whole(text))) => {
                self.at_line = line;
                self.window.push_str(text);
                // The parser takes the end of the text for the end of a quotation; a line break it
                // takes as it is.
                if !text.ends_with('\n') {
                    self.window.push('\n');
                }
                Ok(true)
            }
        }
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    ///
    /// When a row cannot be read (the next call goes on behind it), or the rest of the file cannot.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>> {
        self.parser.reset();
        let mut cells = Cells::default();
        let mut start = None;
        loop {
            // Blank lines before a record are none of its own.
            if cells.is_empty() {
                start = None;
                self.forget_given();
            }
            if !self.next_line()? {
                return match start {
                    Some((start, line)) => Err(self.runaway(start, line)),
                    None => Ok(None),
                };
            }
            let (start, line) = *start.get_or_insert((self.at, self.at_line));
            if self.take_line(&mut cells) {
                if self.is_misread(start) {
                    return self.read_again(start, line);
                }
                return self.checked(start, line, &cells).map(Some);
            }
            if self.at - start > MAX_ROW {
                return Err(self.runaway(start, line));
            }
        }
    }

    /// Whether the record since `start` shows for the first time that marks stand behind backslashes.
    fn is_misread(&self, start: usize) -> bool {
        !self.has_backslashes && has_marked_quote(&self.window[start..self.at], self.delimiter)
    }

    /// The record at `start` and all after it with the marks behind backslashes doubled.
    fn read_again(&mut self, start: usize, line: usize) -> Result<Option<Record>> {
        self.has_backslashes = true;
        (self.at, self.at_line, self.line_end) = (start, line, 0);
        self.next_record()
    }

    /// Empties the window when all of it was given.
    fn forget_given(&mut self) {
        if self.at == self.window.len() {
            self.window.clear();
            self.window.shrink_to(MAX_SPARE);
            (self.at, self.line_end) = (0, 0);
        }
    }

    /// Feeds the line at `at`, or what a lone carriage return left of it; whether that ends the
    /// record.
    fn take_line(&mut self, cells: &mut Cells) -> bool {
        if self.line_end <= self.at {
            self.line_end = line_end(&self.window, self.at);
        }
        let line = doubled(&self.window[self.at..self.line_end], self.has_backslashes);
        let line = line.as_bytes();
        let (is_whole, n_taken) = cells.take(&mut self.parser, line);
        let is_rest_blank = line[n_taken..].iter().all(u8::is_ascii_whitespace);
        self.at = if is_rest_blank { self.line_end } else { self.at + n_taken };
        self.at_line += usize::from(is_rest_blank);
        is_whole
    }

    fn checked(&mut self, start: usize, line: usize, cells: &Cells) -> Result<Record> {
        let text = &self.window[start..self.at];
        let n_lines = text.trim_end().matches('\n').count();
        if n_lines > 0 && has_stray_quote(&doubled(text, self.has_backslashes), self.delimiter) {
            return Err(self.runaway(start, line));
        }
        Ok(Record { line, cells: cells.strings() })
    }

    /// The error for a quotation mark that swallows lines; they are read again as rows of their own.
    fn runaway(&mut self, start: usize, line: usize) -> Error {
        let swallowed = &self.window[start..self.at];
        let n_lines = swallowed.trim_end().matches('\n').count();
        let expected = "cells whose quotation marks are closed or doubled";
        let found = match n_lines {
            0 => "a quotation mark that is not closed".to_string(),
            1 => "a quotation mark that swallows 1 line of the table".to_string(),
            _ => format!("a quotation mark that swallows {n_lines} lines of the table"),
        };
        if self.n_reread + swallowed.len() > MAX_REREAD {
            return self.bad(line, format!("{found} (they are left out)"), expected);
        }
        self.n_reread += swallowed.len();
        self.at = line_end(&self.window, start).min(self.at);
        self.line_end = 0;
        self.at_line = line + 1;
        self.bad(line, found, expected)
    }

    fn bad(&self, line: usize, found: String, expected: &str) -> Error {
        Error::Row { path: self.path.clone(), line, found, expected: expected.to_string() }
    }
}

/// The byte after the line of `text` that `start` stands in.
fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |end| start + end + 1)
}

/// The cells of one record, end to end.
#[derive(Default)]
struct Cells {
    bytes: Vec<u8>,
    n_bytes: usize,
    ends: Vec<usize>,
    n_ends: usize,
}

impl Cells {
    /// Feeds a line; whether the record is whole, and how much of the line it took.
    fn take(&mut self, parser: &mut csv_core::Reader, line: &[u8]) -> (bool, usize) {
        let mut n_taken = 0;
        loop {
            let (outcome, n_in, n_out, n_ends) = parser.read_record(
                &line[n_taken..],
                &mut self.bytes[self.n_bytes..],
                &mut self.ends[self.n_ends..],
            );
            n_taken += n_in;
            self.n_bytes += n_out;
            self.n_ends += n_ends;
            match outcome {
                ReadRecordResult::OutputFull => {
                    // Not by the length of the line, of which this record may be a small part.
                    self.bytes.resize((2 * self.bytes.len()).max(1024), 0)
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize((2 * self.ends.len()).max(16), 0),
                ReadRecordResult::Record => return (true, n_taken),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return (false, n_taken),
            }
            if n_taken == line.len() {
                // An empty input would mean the end of the table.
                return (false, n_taken);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.n_bytes == 0 && self.n_ends == 0
    }

    fn strings(&self) -> Vec<String> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ranges = starts.zip(&self.ends[..self.n_ends]);
        // Delimiters and quotation marks are ASCII: what stands between them is UTF-8 as the line is.
        ranges.map(|(start, &end)| String::from_utf8_lossy(&self.bytes[start..end]).into_owned()).collect()
    }
}

/// A line with each quotation mark behind a backslash doubled instead, where a table has such; as long as
/// it was.
fn doubled(line: &str, has_backslashes: bool) -> Cow<'_, str> {
    if !has_backslashes || !line.contains("\\\"") {
        return Cow::Borrowed(line);
    }
    // Two backslashes are one of the text: the mark behind them ends the cell.
    Cow::Owned(line.split("\\\\").map(|piece| piece.replace("\\\"", "\"\"")).collect::<Vec<_>>().join("\\\\"))
}

/// Whether a quotation is closed within a cell by a mark behind a backslash: `"a \"b"`. Such a mark before
/// a delimiter may close the cell: `"C:\"`.
fn has_marked_quote(record: &str, delimiter: u8) -> bool {
    record.contains("\\\"") && stray_quotes(record, delimiter).any(|at| record[..at].ends_with("\\\""))
}

/// Whether a quotation that opens a cell is closed within it: `"one" more`.
fn has_stray_quote(record: &str, delimiter: u8) -> bool {
    stray_quotes(record, delimiter).next().is_some()
}

/// Where in a record stands what follows the end of a quotation, but is no end of its cell.
fn stray_quotes(record: &str, delimiter: u8) -> impl Iterator<Item = usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let mut at = At::Start;
    record.bytes().enumerate().filter_map(move |(index, byte)| {
        let ends_cell = byte == delimiter || byte == b'\n' || byte == b'\r';
        let is_stray = at == At::Closed && byte != b'"' && !ends_cell;
        at = match (at, byte) {
            (At::Start, b'"') | (At::Closed, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            _ if ends_cell => At::Start,
            _ => At::Plain,
        };
        is_stray.then_some(index)
    })
}

/// The delimiter of the table that `head` begins: the one with which the header names the column
/// wanted, then the one with which most rows are as wide as the header, then the widest.
pub(super) fn delimiter_of(head: &str, is_wanted: impl Fn(&str) -> bool) -> u8 {
    let whole_lines = head.rfind('\n').map_or(head, |end| &head[..end]);
    let fit = |&delimiter: &u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(whole_lines.as_bytes());
        let mut records = reader.records().take(N_SNIFFED).filter_map(std::result::Result::ok);
        let header = records.next().unwrap_or_default();
        let (n_same, n_all) =
            records.fold((0, 0), |(same, all), row| (same + usize::from(row.len() == header.len()), all + 1));
        let names_it = header.iter().any(|name| is_wanted(name.trim()));
        let is_table = header.len() > 1;
        (is_table && names_it, if is_table { n_same * 100 / n_all.max(1) } else { 0 }, header.len())
    };
    let mut best = (DELIMITERS[0], fit(&DELIMITERS[0]));
    for delimiter in &DELIMITERS[1..] {
        let found = fit(delimiter);
        if found > best.1 {
            best = (*delimiter, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second cells of the records, or what is said of them.
    #[track_caller]
    fn check(content: &str, expected: &[&str]) {
        let reader = std::io::Cursor::new(content.to_string());
        let lines = Lines::from_reader(Path::new("a.csv"), Box::new(reader)).unwrap();
        let mut records = Records::new(Path::new("a.csv"), lines, b',');
        let mut found = Vec::new();
        loop {
            match records.next_record() {
                Ok(Some(record)) => found.push(record.cells[1].clone()),
                Ok(None) => break,
                Err(error) => found.push(error.to_string()),
            }
        }
        assert_eq!(found, expected, "{content}");
    }

    #[test]
    fn marks_behind_backslashes_are_read_as_the_table_writes_them() {
        check(
            "1,\"He said \\\"no\\\" on Friday\"\n2,\"no \\\"\"\n3,\"a\\\\\",b\n",
            &["He said \"no\" on Friday", "no \"", "a\\\\"],
        );
        check(
            "1,\"one \\\"two\nthree\\\" four\"\n2,\"a, \\\"b\\\"\"\n",
            &["one \"two\nthree\" four", "a, \"b\""],
        );
        check("1,\"C:\\\"\n2,\"C:\\dir\\\",x\n3,C:\\\n", &["C:\\", "C:\\dir\\", "C:\\"]);
        check("1,\"a \"\"b\"\" c\\\"\"d\"\n", &["a \"b\" c\\\"d"]);
    }

    #[test]
    fn one_line_swallowed_is_one_line() {
        check(
            "1,\"one\n2,\"two\"\n",
            &[
                "a.csv:1: found a quotation mark that swallows 1 line of the table, expected cells whose quotation marks are closed or doubled",
                "two",
            ],
        );
    }
}
