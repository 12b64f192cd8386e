//! The records of a table of delimited columns (CSV, TSV and the like). Any bytes can be read.

use super::bad_row;
use crate::error::{Error, Result};
use crate::read::MAX_ROW;
use crate::read::lines::{Line, Lines};

/// The most bytes of a table that are read again in total to find the rows that unclosed quotation marks swallowed.
/// Bounds the time that a hostile table takes.
const MAX_REREAD: usize = 4 * MAX_ROW;
/// A buffer that grew beyond this for one large record is shrunk again, in bytes.
const MAX_SPARE: usize = 1 << 20;

/// The records of a table. An unclosed quotation mark costs its own line; the lines that it swallows are read again as
/// records.
pub struct Records {
    pub lines: Lines,
    delimiter: u8,
    /// The lines of the current record, followed by lines to be read again.
    window: String,
    at: usize,
    at_line: usize,
    /// The byte after the line at `at`. It is kept so that the end of a line that lone carriage returns divide into
    /// many records is searched for only once.
    line_end: usize,
    n_reread: usize,
    /// Whether quotation marks in cells are escaped by backslashes, as Spark and MySQL do. Set by the first record that
    /// makes no sense otherwise.
    has_backslashes: bool,
    /// The line of the quotation mark that the last error was about, if it was, and the last line that it swallowed.
    pub swallowed: Option<(usize, usize)>,
}

impl Records {
    pub fn new(lines: Lines, delimiter: u8) -> Records {
        let (window, has_backslashes) = (String::new(), false);
        Records {
            lines,
            delimiter,
            window,
            at: 0,
            at_line: 1,
            line_end: 0,
            n_reread: 0,
            has_backslashes,
            swallowed: None,
        }
    }

    /// Puts the next line at `at` in the window; `false` at the end.
    fn next_line(&mut self) -> Result<bool> {
        if self.at < self.window.len() {
            return Ok(true);
        }
        let Some((line, text)) = self.lines.next_line()? else { return Ok(false) };
        let Line::Whole(text) = text else {
            self.at_line = line + 1;
            let found = format!("a line of more than {} MB", MAX_ROW >> 20);
            return Err(bad_row(self.lines.path(), line, found, "rows that fit into memory"));
        };
        self.at_line = line;
        self.window.push_str(text);
        if !text.ends_with('\n') {
            self.window.push('\n');
        }
        Ok(true)
    }

    /// The next record and the line on which it begins; `None` at the end. Fails if a row cannot be read, in which case
    /// the next call continues after it, or if the rest of the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<(usize, Vec<String>)>> {
        let mut cells = Cells::default();
        let mut start = None;
        loop {
            // Blank lines before a record do not belong to it.
            if cells.is_empty() {
                start = None;
                if self.at == self.window.len() {
                    self.window.clear();
                    self.window.shrink_to(MAX_SPARE);
                    (self.at, self.line_end) = (0, 0);
                }
            }
            if !self.next_line()? {
                return start.map_or(Ok(None), |(start, line)| Err(self.unclosed(start, line)));
            }
            let (start, line) = *start.get_or_insert((self.at, self.at_line));
            let is_whole = self.take_line(&mut cells);
            let text = &self.window[start..self.at];
            if !is_whole && text.len() <= MAX_ROW {
                continue;
            }
            if is_whole && cells.is_escaped && !self.has_backslashes {
                // The first such record is read again with its escaped quotation marks doubled, as in all records from
                // here on.
                self.has_backslashes = true;
                (self.at, self.at_line, self.line_end) = (start, line, 0);
                return self.next_record();
            }
            if !is_whole || (cells.is_stray && text.trim_end().contains('\n')) {
                return Err(self.unclosed(start, line));
            }
            return Ok(Some((line, cells.strings())));
        }
    }

    /// Reads the line at `at`, or what a lone carriage return left of it; returns whether that ends the record.
    fn take_line(&mut self, cells: &mut Cells) -> bool {
        if self.line_end <= self.at {
            self.line_end = line_end(&self.window, self.at);
            if let Some(line) = doubled(&self.window[self.at..self.line_end], self.has_backslashes) {
                self.window.replace_range(self.at..self.line_end, &line);
            }
        }
        let line = &self.window[self.at..self.line_end];
        let end = cells.take(line, self.delimiter);
        let rest = &line[end.unwrap_or(line.len())..];
        let is_rest_blank = rest.bytes().all(|byte| byte.is_ascii_whitespace());
        self.at = self.line_end - if is_rest_blank { 0 } else { rest.len() };
        self.at_line += usize::from(is_rest_blank);
        end.is_some()
    }

    /// The error for a quotation mark that swallows lines; they are read again as records.
    fn unclosed(&mut self, start: usize, line: usize) -> Error {
        let swallowed = &self.window[start..self.at];
        let expected = "cells whose quotation marks are closed or doubled";
        let n_lines = swallowed.trim_end().matches('\n').count();
        self.swallowed = Some((line, line + n_lines));
        let mut found = match n_lines {
            0 => "a quotation mark that is not closed".to_string(),
            1 => "a quotation mark that swallows 1 line of the table".to_string(),
            n => format!("a quotation mark that swallows {n} lines of the table"),
        };
        if self.n_reread + swallowed.len() > MAX_REREAD {
            found += " (they are skipped)";
        } else {
            self.n_reread += swallowed.len();
            self.at = line_end(&self.window, start).min(self.at);
            self.line_end = 0;
            self.at_line = line + 1;
        }
        bad_row(self.lines.path(), line, found, expected)
    }
}

/// The byte after the line of `text` that contains `start`.
fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |end| start + end + 1)
}

/// A line with each escaped quotation mark doubled instead, if the table escapes them and the line has one. Its length
/// stays the same, and nothing is left to double.
fn doubled(line: &str, has_backslashes: bool) -> Option<String> {
    if !has_backslashes || !line.contains("\\\"") {
        return None;
    }
    // Two backslashes are one backslash of the text: a mark after them ends the cell.
    Some(line.split("\\\\").map(|piece| piece.replace("\\\"", "\"\"")).collect::<Vec<_>>().join("\\\\"))
}

/// The cells of one record, as RFC 4180 quotes them. A record may also end with a lone carriage return.
///
/// The crates for CSV do not report a quotation that ends before its cell, and without that an open quotation mark could
/// swallow the rest of a table.
#[derive(Default)]
struct Cells {
    bytes: Vec<u8>,
    /// The ends of the cells in `bytes`.
    ends: Vec<usize>,
    at: At,
    /// Whether a quotation ended before its cell did: `"one" more`.
    is_stray: bool,
    /// Whether a quotation ended in this way at an escaped quotation mark: `"a \"b"`. Before a delimiter such a mark
    /// may close the cell: `"C:\"`.
    is_escaped: bool,
}

/// A place in a cell.
#[derive(Default, Clone, Copy, PartialEq)]
enum At {
    #[default]
    Start,
    Plain,
    Quoted,
    /// After a quotation mark that closes the quotation, unless another one follows.
    Closed,
}

impl Cells {
    /// Reads a line; returns how much of it belongs to the record, if that ends here.
    fn take(&mut self, line: &str, delimiter: u8) -> Option<usize> {
        // Tables that were put together can have a byte order mark at the start of any record.
        let mark = if self.is_empty() && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        for (index, byte) in line.bytes().enumerate().skip(mark) {
            match (self.at, byte) {
                (At::Start, b'"') => self.at = At::Quoted,
                (At::Quoted, b'"') => self.at = At::Closed,
                (At::Closed, b'"') | (At::Quoted, _) => {
                    self.bytes.push(byte);
                    self.at = At::Quoted;
                }
                (_, b'\n' | b'\r') if self.is_empty() => {}
                (_, b'\n' | b'\r') => {
                    self.ends.push(self.bytes.len());
                    return Some(index + 1);
                }
                _ if byte == delimiter => {
                    self.ends.push(self.bytes.len());
                    self.at = At::Start;
                }
                _ => {
                    self.is_stray |= self.at == At::Closed;
                    self.is_escaped |= self.at == At::Closed && line.as_bytes()[..index].ends_with(b"\\\"");
                    self.bytes.push(byte);
                    self.at = At::Plain;
                }
            }
        }
        None
    }

    fn is_empty(&self) -> bool {
        self.at == At::Start && self.ends.is_empty()
    }

    fn strings(&self) -> Vec<String> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        // Delimiters and quotation marks are ASCII, so the bytes between them are UTF-8, like the line.
        let cell =
            |(start, end): (usize, &usize)| String::from_utf8_lossy(&self.bytes[start..*end]).into_owned();
        starts.zip(&self.ends).map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::archive::Bytes;

    /// Compares the second cells of the records, or their errors.
    #[track_caller]
    fn check(content: &str, expected: &[&str]) {
        let lines = Lines::new(Bytes::of_text("a.csv", content)).unwrap();
        let mut records = Records::new(lines, b',');
        let mut found = Vec::new();
        loop {
            match records.next_record() {
                Ok(Some((_, cells))) => found.push(cells[1].clone()),
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
