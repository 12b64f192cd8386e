//! The records of delimited columns (CSV, TSV and the like), whatever bytes they consist of.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

use crate::error::{Error, Result, Warning};
use crate::read::chunk::MAX_ROW;
use crate::read::columns::bad_row;
use crate::read::lines::{Line, Lines};

/// The bytes of a table that are read again in total, to find the rows that unclosed quotation marks swallowed: bounds
/// the time that a hostile table takes.
const MAX_REREAD: usize = 4 * MAX_ROW;
/// A buffer that grew beyond this for one large record is shrunk again, in bytes.
const MAX_SPARE: usize = 1 << 20;

/// One record of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The line on which it begins.
    pub line: usize,
    pub cells: Vec<String>,
}

/// The records of a table. An unclosed quotation mark costs its own line; the lines that it swallows are read again as
/// records.
pub struct Records {
    path: PathBuf,
    lines: Lines,
    parser: csv_core::Reader,
    delimiter: u8,
    /// The lines of the current record, followed by lines to be read again.
    window: String,
    at: usize,
    at_line: usize,
    /// The byte after the line at `at`. It is kept because lone carriage returns make many records of one line, whose
    /// end is searched once.
    line_end: usize,
    n_reread: usize,
    /// Whether quotation marks in cells are escaped by backslashes, as Spark and MySQL do it. Set by the first record
    /// that makes no sense otherwise.
    has_backslashes: bool,
}

impl Records {
    pub fn new(path: &Path, lines: Lines, delimiter: u8) -> Records {
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

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        self.lines.take_warnings()
    }

    /// Puts the next line at `at` in the window; `false` at the end.
    fn next_line(&mut self) -> Result<bool> {
        if self.at < self.window.len() {
            return Ok(true);
        }
        match self.lines.next_line()? {
            None => Ok(false),
            Some((line, Line::TooLong)) => {
                self.at_line = line + 1;
                let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                Err(bad_row(&self.path, line, found, "rows that fit into memory"))
            }
            Some((line, Line::Whole(text))) => {
                self.at_line = line;
                self.window.push_str(text);
                // At the end of the text the parser would close a quotation, but not at a line break.
                if !text.ends_with('\n') {
                    self.window.push('\n');
                }
                Ok(true)
            }
        }
    }

    /// The next record; `None` at the end. Fails if a row cannot be read, and the next call continues after it, or if
    /// the rest of the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<Record>> {
        self.parser.reset();
        let mut cells = Cells::default();
        let mut start = None;
        loop {
            // Blank lines before a record do not belong to it.
            if cells.is_empty() {
                start = None;
                self.drop_read_lines();
            }
            if !self.next_line()? {
                return match start {
                    Some((start, line)) => Err(self.unclosed(start, line)),
                    None => Ok(None),
                };
            }
            let (start, line) = *start.get_or_insert((self.at, self.at_line));
            if self.take_line(&mut cells) {
                let text = &self.window[start..self.at];
                if !self.has_backslashes && has_escaped_quote(text, self.delimiter) {
                    // The first such record is read again, and so escaped quotation marks are doubled from here on.
                    self.has_backslashes = true;
                    (self.at, self.at_line, self.line_end) = (start, line, 0);
                    return self.next_record();
                }
                return self.checked(start, line, &cells).map(Some);
            }
            if self.at - start > MAX_ROW {
                return Err(self.unclosed(start, line));
            }
        }
    }

    /// Empties the window once all of it was read.
    fn drop_read_lines(&mut self) {
        if self.at == self.window.len() {
            self.window.clear();
            self.window.shrink_to(MAX_SPARE);
            (self.at, self.line_end) = (0, 0);
        }
    }

    /// Parses the line at `at`, or what a lone carriage return left of it; returns whether that ends the record.
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
        let has_stray_quote = || {
            let text = doubled(text, self.has_backslashes);
            stray_quotes(&text, self.delimiter).next().is_some()
        };
        if text.trim_end().contains('\n') && has_stray_quote() {
            return Err(self.unclosed(start, line));
        }
        Ok(Record { line, cells: cells.strings() })
    }

    /// The error for a quotation mark that swallows lines; they are read again as records.
    fn unclosed(&mut self, start: usize, line: usize) -> Error {
        let swallowed = &self.window[start..self.at];
        let n_lines = swallowed.trim_end().matches('\n').count();
        let expected = "cells whose quotation marks are closed or doubled";
        let found = match n_lines {
            0 => "a quotation mark that is not closed".to_string(),
            1 => "a quotation mark that swallows 1 line of the table".to_string(),
            _ => format!("a quotation mark that swallows {n_lines} lines of the table"),
        };
        if self.n_reread + swallowed.len() > MAX_REREAD {
            return bad_row(&self.path, line, format!("{found} (they are skipped)"), expected);
        }
        self.n_reread += swallowed.len();
        self.at = line_end(&self.window, start).min(self.at);
        self.line_end = 0;
        self.at_line = line + 1;
        bad_row(&self.path, line, found, expected)
    }
}

/// The byte after the line of `text` that contains `start`.
fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |end| start + end + 1)
}

/// The cells of one record, one after another.
#[derive(Default)]
struct Cells {
    bytes: Vec<u8>,
    n_bytes: usize,
    ends: Vec<usize>,
    n_ends: usize,
}

impl Cells {
    /// Parses a line; returns whether the record is complete, and how much of the line belongs to it.
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
                    // Not by the length of the line: this record may be a small part of it.
                    self.bytes.resize((2 * self.bytes.len()).max(1024), 0)
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize((2 * self.ends.len()).max(16), 0),
                ReadRecordResult::Record => return (true, n_taken),
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return (false, n_taken),
            }
            if n_taken == line.len() {
                // The parser takes an empty input for the end of the table.
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
        // Delimiters and quotation marks are ASCII, so the bytes between them are UTF-8, like the line.
        ranges.map(|(start, &end)| String::from_utf8_lossy(&self.bytes[start..end]).into_owned()).collect()
    }
}

/// A line with each escaped quotation mark doubled instead, if the table escapes them. Its length stays the same.
fn doubled(line: &str, has_backslashes: bool) -> Cow<'_, str> {
    if !has_backslashes || !line.contains("\\\"") {
        return Cow::Borrowed(line);
    }
    // Two backslashes are one backslash of the text: a mark after them ends the cell.
    Cow::Owned(line.split("\\\\").map(|piece| piece.replace("\\\"", "\"\"")).collect::<Vec<_>>().join("\\\\"))
}

/// Whether an escaped quotation mark would close its quotation within the cell: `"a \"b"`. Before a delimiter such a
/// mark may close the cell: `"C:\"`.
fn has_escaped_quote(record: &str, delimiter: u8) -> bool {
    record.contains("\\\"") && stray_quotes(record, delimiter).any(|at| record[..at].ends_with("\\\""))
}

/// The bytes after quotations that end before their cell does: `"one" more`.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the second cells of the records, or their errors.
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
    fn escaped_quotation_marks_are_read() {
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
    fn one_swallowed_line_is_counted() {
        check(
            "1,\"one\n2,\"two\"\n",
            &[
                "a.csv:1: found a quotation mark that swallows 1 line of the table, expected cells whose quotation marks are closed or doubled",
                "two",
            ],
        );
    }
}
