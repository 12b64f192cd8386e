//! JSON values in a file of whatever layout, one by one.

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::mended::repaired;
use crate::error::{Error, Result, Warning};
use crate::read::lines::{Line, Lines, MAX_ROW};

/// How much of a file is looked at in one go.
const PIECE: usize = 1 << 20;

/// The values of a `.json` file, one by one: the elements of an array, or values that follow one
/// another. Where a value ends is told by its brackets, and where one of them is missing, by the next line
/// that begins an object as this one began: a bad value costs no other.
pub(super) struct Values {
    path: PathBuf,
    lines: Lines,
    /// What was read and not given yet.
    buffer: String,
    /// The first byte of the buffer that is not part of a value given.
    start: usize,
    /// The line of `start`.
    line: usize,
    /// How many bytes of that line stand before `start`.
    column: usize,
    /// The line on which the open array begins.
    array: Option<usize>,
    ended: bool,
}

impl Values {
    pub(super) fn new(path: &Path, lines: Lines) -> Values {
        let path = path.to_path_buf();
        Values { path, lines, buffer: String::new(), start: 0, line: 1, column: 0, array: None, ended: false }
    }

    /// What was noted since this was last asked.
    pub(super) fn take_warnings(&mut self) -> Vec<Warning> {
        self.lines.take_warnings()
    }

    /// The next value and the line on which it begins; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the file cannot be read to its end, or ends inside of an array; then it ends there.
    pub(super) fn next_value(&mut self) -> Result<Option<(usize, Line<'_>)>> {
        if !self.find_start()? {
            let Some(line) = self.array.take() else { return Ok(None) };
            let (found, expected) =
                ("an array that is not closed".to_string(), "a `]` at its end".to_string());
            return Err(Error::Row { path: self.path.clone(), line, found, expected });
        }
        let line = self.line;
        let (n_value, is_whole) = self.value_end()?;
        let start = self.start;
        self.pass_over(n_value);
        let value = &self.buffer[start..start + n_value];
        Ok(Some((line, if is_whole { Line::Whole(value) } else { Line::TooLong })))
    }

    /// The bytes of the value at `start`, and whether they are all of it; what is too long is passed over.
    fn value_end(&mut self) -> Result<(usize, bool)> {
        let mut scan = Scan::default();
        let (mut n_scanned, mut n_checked, mut is_whole) = (0, 0, true);
        loop {
            let rest = &self.buffer.as_bytes()[self.start + n_scanned..];
            let n_line = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1);
            if let Some(end) = scan.end_of(&rest[..n_line]) {
                return Ok((n_scanned + end, is_whole));
            }
            n_scanned += n_line;
            let is_all_scanned = n_line == rest.len();
            if n_scanned > MAX_ROW {
                is_whole = false;
                self.pass_over(n_scanned);
                n_scanned = 0;
            }
            if is_all_scanned && !self.read_more()? {
                return Ok((n_scanned, is_whole));
            }
            // At every doubling, so that the checks of one value take linear time.
            if is_whole
                && n_scanned >= 2 * n_checked
                && let Some(n_next) = self.next_object(n_scanned)
            {
                n_checked = n_scanned;
                if is_broken(&self.buffer[self.start..][..n_scanned + n_next]) {
                    return Ok((n_scanned, true));
                }
            }
        }
    }

    /// The bytes up to and with the brace of an object that begins the line `n_before` bytes after `start`,
    /// no deeper than the value at `start` begins.
    fn next_object(&self, n_before: usize) -> Option<usize> {
        let (before, line) = self.buffer[self.start..].split_at(n_before);
        let n_between = line.find(|sign: char| !matches!(sign, ' ' | '\t' | ','))?;
        let begins = before.ends_with('\n') && line[n_between..].starts_with('{');
        let depth = line[..n_between].bytes().filter(|byte| *byte != b',').count();
        (begins && depth <= self.column).then_some(n_between + 1)
    }

    /// Goes to where the next value begins; `false` at the end.
    fn find_start(&mut self) -> Result<bool> {
        loop {
            let rest = &self.buffer[self.start..];
            let between = |sign: char| sign.is_whitespace() || sign == ',' || sign == '\u{feff}';
            let n_between = rest.find(|sign| !between(sign)).unwrap_or(rest.len());
            let sign = rest[n_between..].chars().next();
            self.pass_over(n_between);
            match sign {
                None if !self.read_more()? => return Ok(false),
                None => {}
                Some('[') if self.array.is_none() => {
                    self.array = Some(self.line);
                    self.pass_over(1);
                }
                Some(']') if self.array.is_some() => {
                    self.array = None;
                    self.pass_over(1);
                }
                Some(_) => return Ok(true),
            }
        }
    }

    fn pass_over(&mut self, n_bytes: usize) {
        let end = self.start + n_bytes;
        let passed = &self.buffer[self.start..end];
        self.line += passed.matches('\n').count();
        self.column = passed.rfind('\n').map_or(self.column + n_bytes, |at| n_bytes - at - 1);
        self.start = end;
    }

    /// Reads another piece; `false` at the end of the file.
    fn read_more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.shrink_to(2 * PIECE);
        let part = self.lines.next_part(PIECE).inspect_err(|_| {
            // The error says it all: what is left is neither a value nor an open array.
            (self.ended, self.array) = (true, None);
            self.buffer.clear();
        })?;
        self.ended = part.is_none();
        if let Some(part) = part {
            self.buffer.push_str(&part.text);
            self.lines.reuse(part);
        }
        Ok(!self.ended)
    }
}

/// Whether nothing that could follow makes JSON of a text.
fn is_broken(json: &str) -> bool {
    let is_wrong = |json: &str| serde_json::from_str::<IgnoredAny>(json).is_err_and(|error| !error.is_eof());
    is_wrong(json) && repaired(json).is_none_or(|(fixed, _)| is_wrong(&fixed))
}

/// How far the brackets and quotation marks of one value are.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Whether it is neither an object nor an array nor a string.
    is_bare: bool,
}

impl Scan {
    /// Where the value ends in `bytes`, which go on where those of the last call ended; `None` when
    /// it goes on behind them.
    fn end_of(&mut self, bytes: &[u8]) -> Option<usize> {
        for (index, &byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => {
                    self.in_string = !self.in_string;
                    if !self.in_string && self.depth == 0 {
                        return Some(index + 1);
                    }
                }
                _ if self.in_string => {}
                b',' | b']' | b'}' if self.is_bare => return Some(index),
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(index + 1);
                    }
                }
                _ => self.is_bare |= self.depth == 0,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a file with their lines, and the error it ends with.
    fn values(content: &str) -> (Vec<(usize, String)>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, content).unwrap();
        let mut values = Values::new(Path::new("a.json"), Lines::open(&path).unwrap());
        let mut found = Vec::new();
        loop {
            match values.next_value() {
                Ok(Some((line, Line::Whole(value)))) => found.push((line, value.to_string())),
                Ok(Some((line, Line::TooLong))) => found.push((line, "too long".to_string())),
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.to_string())),
            }
        }
    }

    #[track_caller]
    fn check(content: &str, expected: &[(usize, &str)], error: Option<&str>) {
        let (found, told) = values(content);
        let found: Vec<_> = found.iter().map(|(line, value)| (*line, value.as_str())).collect();
        assert_eq!((found.as_slice(), told.as_deref()), (expected, error), "{content:?}");
    }

    #[test]
    fn values_are_parted_by_their_brackets() {
        check(
            "[{\"a\":\"]}\\\"\"},\n {\"b\":[{}]}]\n",
            &[(1, "{\"a\":\"]}\\\"\"}"), (2, "{\"b\":[{}]}")],
            None,
        );
        check("\n{\n\"a\": {}\n}\n", &[(2, "{\n\"a\": {}\n}")], None);
        check("{}{}\n{}", &[(1, "{}"), (1, "{}"), (2, "{}")], None);
        check("[1, \"a,b\", [2], nul]", &[(1, "1"), (1, "\"a,b\""), (1, "[2]"), (1, "nul")], None);
        check("[]", &[], None);
        check("", &[], None);
    }

    #[test]
    fn a_bracket_that_is_missing_costs_its_own_value() {
        check(
            "[{\"a\":1,\n {\"b\":2},\n {\"c\":3}]",
            &[(1, "{\"a\":1,\n"), (2, "{\"b\":2}"), (3, "{\"c\":3}")],
            None,
        );
        check(
            "{\"a\":1\n{\"b\":2\n,{\"c\":3}",
            &[(1, "{\"a\":1\n"), (2, "{\"b\":2\n"), (3, "{\"c\":3}")],
            None,
        );
        check("{\"a\":\"1}\n{\"b\":2}\n", &[(1, "{\"a\":\"1}\n"), (2, "{\"b\":2}")], None);
        check(
            "[\n  {\n    \"a\": [\n      {\n      }\n    ]\n  ,\n  {\n  }\n]",
            &[(2, "{\n    \"a\": [\n      {\n      }\n    ]\n  ,\n"), (8, "{\n  }")],
            None,
        );
        let [flat, odd] = ["{\n\"a\": [\n{\n},\n{\n}\n]\n}", "{\"a\": [NaN,\n{}]}"];
        check(&format!("{flat}\n{odd}"), &[(1, flat), (9, odd)], None);
    }

    #[test]
    fn an_array_that_is_cut_short_is_told() {
        let error = Some("a.json:2: found an array that is not closed, expected a `]` at its end");
        check("\n[{\"a\":1},\n", &[(2, "{\"a\":1}")], error);
        check("\n[{\"a\":1},\n{\"b\"", &[(2, "{\"a\":1}"), (3, "{\"b\"")], error);
    }

    #[test]
    fn a_value_may_be_larger_than_a_piece_but_not_than_memory() {
        let long = format!("{{\"a\":\"{}\"}}", "b ".repeat(PIECE));
        check(&format!("[{long},\n{{}}]"), &[(1, &long), (2, "{}")], None);
        let too_long = format!("{{\"a\":\"{}\"}}", "b\n".repeat(MAX_ROW / 2 + PIECE));
        let line = MAX_ROW / 2 + PIECE + 1;
        check(&format!("[{too_long},{{}}]"), &[(1, "too long"), (line, "{}")], None);
    }
}
