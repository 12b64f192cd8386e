//! The JSON values in a file, one at a time.

use super::bad_row;
use crate::error::Result;
use crate::read::lines::{Line, Lines};
use crate::read::{BATCH, MAX_ROW};

/// The values of a file: one on each line, or in any layout. In any layout they are the elements of an array, or they
/// follow one another, and the end of a value is found by its brackets. A bracket or quotation mark that is missing
/// costs only its own value if the next value is an object on a line of its own, indented no more than the broken one.
pub struct Values {
    pub lines: Lines,
    by_line: bool,
    buffer: String,
    /// The first byte of the buffer that was not returned yet.
    start: usize,
    /// The line of `start`.
    line: usize,
    /// The bytes before `start` on its line.
    column: usize,
    /// The line on which the open array begins.
    array: Option<usize>,
    ended: bool,
}

impl Values {
    pub fn new(lines: Lines, by_line: bool) -> Values {
        let buffer = String::new();
        Values { lines, by_line, buffer, start: 0, line: 1, column: 0, array: None, ended: false }
    }

    /// The next value and the line on which it begins; `None` at the end. Fails, at the end, if the file cannot be
    /// read or ends inside an array.
    pub fn next_value(&mut self) -> Result<Option<(usize, Line<'_>)>> {
        if self.by_line {
            return self.lines.next_line();
        }
        if !self.find_start()? {
            let Some(line) = self.array.take() else { return Ok(None) };
            return Err(bad_row(self.lines.path(), line, "an array that is not closed", "a `]` at its end"));
        }
        let line = self.line;
        let (n_bytes, is_whole) = self.value_end()?;
        let start = self.start;
        self.skip(n_bytes);
        let value = &self.buffer[start..self.start];
        Ok(Some((line, if is_whole { Line::Whole(value) } else { Line::TooLong })))
    }

    /// The length of the value at `start`, and whether it is complete: a value that is too long is skipped.
    fn value_end(&mut self) -> Result<(usize, bool)> {
        let mut scan = Scan { column: self.column, ..Scan::default() };
        let mut is_whole = true;
        loop {
            let value = &self.buffer.as_bytes()[self.start..];
            let n_bytes = value.len();
            if let Some(end) = scan.end_of(value) {
                return Ok((end, is_whole));
            }
            if n_bytes > MAX_ROW {
                is_whole = false;
                scan.n_scanned = 0;
                self.skip(n_bytes);
            }
            if !self.read_more()? {
                return Ok((self.buffer.len() - self.start, is_whole));
            }
        }
    }

    /// Goes to the start of the next value; `false` at the end.
    fn find_start(&mut self) -> Result<bool> {
        loop {
            let rest = &self.buffer[self.start..];
            let is_between = |c: char| c.is_whitespace() || c == ',' || c == '\u{feff}';
            let n_between = rest.find(|c| !is_between(c)).unwrap_or(rest.len());
            let first = rest[n_between..].chars().next();
            self.skip(n_between);
            match first {
                None if !self.read_more()? => return Ok(false),
                None => {}
                Some('[') if self.array.is_none() => self.array = Some(self.line),
                Some(']') if self.array.is_some() => self.array = None,
                Some(_) => return Ok(true),
            }
            self.skip(usize::from(first.is_some()));
        }
    }

    fn skip(&mut self, n_bytes: usize) {
        let end = self.start + n_bytes;
        let skipped = &self.buffer.as_bytes()[self.start..end];
        self.line += memchr::memchr_iter(b'\n', skipped).count();
        self.column = memchr::memrchr(b'\n', skipped).map_or(self.column + n_bytes, |at| n_bytes - at - 1);
        self.start = end;
    }

    /// Reads another part; `false` at the end of the file.
    fn read_more(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.shrink_to(2 * BATCH);
        let part = self.lines.next_part_before_failure(BATCH).inspect_err(|_| {
            // The error is enough, because what is left is neither a value nor an open array.
            (self.ended, self.array) = (true, None);
            self.buffer.clear();
        })?;
        self.ended = part.is_none();
        self.buffer.extend(part.map(|part| part.text));
        Ok(!self.ended)
    }
}

/// The brackets and quotation marks of one value.
#[derive(Default)]
struct Scan {
    /// The bytes before the value on its line.
    column: usize,
    n_scanned: usize,
    depth: usize,
    /// The innermost open brackets: 1 for an object, 0 for an array.
    objects: u128,
    in_string: bool,
    escaped: bool,
    /// Whether a bracket was closed by a bracket of the other kind.
    is_mismatched: bool,
    /// Whether it is neither an object nor an array nor a string.
    is_bare: bool,
}

impl Scan {
    /// The end of the value in `value`, which begins with the bytes of the last call; `None` if it is not in there.
    fn end_of(&mut self, value: &[u8]) -> Option<usize> {
        for index in std::mem::replace(&mut self.n_scanned, value.len())..value.len() {
            let byte = value[index];
            if byte == b'{'
                && let Some(end) = line_start(value, index, self.column)
                && self.is_broken(&value[..index])
            {
                return Some(end);
            }
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
                b'{' | b'[' => {
                    self.depth += 1;
                    self.objects = self.objects << 1 | u128::from(byte == b'{');
                }
                b'}' | b']' => {
                    self.is_mismatched |= (self.objects & 1 == 1) != (byte == b'}');
                    self.objects >>= 1;
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

    /// Whether no object can begin after the bytes `before`.
    fn is_broken(&self, before: &[u8]) -> bool {
        let last = before.trim_ascii_end().last().copied();
        let allowed: &[u8] = if self.objects & 1 == 1 { b":" } else { b"[," };
        self.in_string || self.is_mismatched || last.is_some_and(|last| !allowed.contains(&last))
    }
}

/// The start of the line of `value` that contains `index`, if there are only commas and at most `max_indent` blanks
/// between.
fn line_start(value: &[u8], index: usize, max_indent: usize) -> Option<usize> {
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b',');
    let start = value[..index].iter().rposition(|byte| !is_between(byte))? + 1;
    let n_blanks = value[start..index].iter().filter(|byte| **byte != b',').count();
    (n_blanks <= max_indent && value[..start].ends_with(b"\n")).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::archive::Bytes;

    fn values(content: &str) -> (Vec<(usize, String)>, Option<String>) {
        let lines = Lines::new(Bytes::of_text("a.json", content)).unwrap();
        let mut values = Values::new(lines, false);
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
        let (found, last) = values(content);
        let found: Vec<_> = found.iter().map(|(line, value)| (*line, value.as_str())).collect();
        assert_eq!((found.as_slice(), last.as_deref()), (expected, error), "{content:?}");
    }

    #[test]
    fn values_end_at_their_brackets() {
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
    fn a_missing_bracket_costs_its_own_value() {
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
    fn a_truncated_array_is_reported() {
        let error = Some("a.json:2: found an array that is not closed, expected a `]` at its end");
        check("\n[{\"a\":1},\n", &[(2, "{\"a\":1}")], error);
        check("\n[{\"a\":1},\n{\"b\"", &[(2, "{\"a\":1}"), (3, "{\"b\"")], error);
    }

    #[test]
    fn a_value_may_be_larger_than_a_part_but_not_than_memory() {
        let long = format!("{{\"a\":\"{}\"}}", "b ".repeat(BATCH));
        check(&format!("[{long},\n{{}}]"), &[(1, &long), (2, "{}")], None);
        let too_long = format!("{{\"a\":\"{}\"}}", "b\n".repeat(MAX_ROW / 2 + BATCH));
        let line = MAX_ROW / 2 + BATCH + 1;
        check(&format!("[{too_long},{{}}]"), &[(1, "too long"), (line, "{}")], None);
    }
}
