//! Rows of JSON objects: one on each line, or the values of a file in any layout. JSON that is nearly valid is
//! repaired.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::values::Values;
use crate::error::{Error, Result, Warning};
use crate::read::chunk::MAX_ROW;
use crate::read::columns::{ColumnNames, Role, Row, bad_row};
use crate::read::lines::{Line, Lines};
use crate::read::sniff::{Form, form_by_name};

/// The errors for values without a text that are held until the file is known to be a table, in bytes.
const MAX_HELD: usize = 4 << 20;

/// The rows of a file of JSON.
pub struct ObjectRows {
    path: PathBuf,
    source: Source,
    repaired: Repaired,
    /// Rows and errors not returned yet.
    ready: VecDeque<Result<Row>>,
    /// The errors for valid JSON without a text, until the file is known to be a table; `None` from then on. A single
    /// row with a text makes it a table. A file of settings has no such row.
    held: Option<Vec<Error>>,
    n_held: usize,
    ended: bool,
}

enum Source {
    Lines(Lines),
    Values(Values),
}

/// Why there is no row.
struct Rejected {
    error: Error,
    /// Whether it is valid JSON that has no text.
    is_valid: bool,
}

impl From<Error> for Rejected {
    fn from(error: Error) -> Rejected {
        Rejected { error, is_valid: false }
    }
}

impl ObjectRows {
    /// The objects in `lines`. A file that is not named as JSON Lines is only a table if one of its objects has a
    /// text.
    pub fn new(path: &Path, lines: Lines, form: Form) -> ObjectRows {
        let is_table = form == Form::JsonLines && form_by_name(path) != Some(Form::Json);
        let source = match form {
            Form::JsonLines => Source::Lines(lines),
            _ => Source::Values(Values::new(path, lines)),
        };
        let (path, repaired, ready) = (path.to_path_buf(), Repaired::default(), VecDeque::new());
        let held = (!is_table).then(Vec::new);
        ObjectRows { path, source, repaired, ready, held, n_held: 0, ended: false }
    }

    /// The warnings since the last call; those about repairs come at the end.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = match &mut self.source {
            Source::Lines(lines) => lines.take_warnings(),
            Source::Values(values) => values.take_warnings(),
        };
        if self.ended {
            warnings.extend(self.repaired.take_warnings(&self.path));
        }
        warnings
    }

    /// The next row; `None` at the end. Fails if a value is not an object with a text, and the next call continues
    /// after it; or if the file has no text at all, or its rest cannot be read.
    pub fn next_row(&mut self, names: &ColumnNames) -> Result<Option<Row>> {
        while self.ready.is_empty() && !self.ended {
            match self.next_object(names) {
                Ok(Some(row)) => self.push(Ok(row)),
                Ok(None) => self.end(),
                Err(Rejected { error, is_valid }) => self.reject(error, is_valid),
            }
        }
        self.ready.pop_front().transpose()
    }

    fn next_object(&mut self, names: &ColumnNames) -> std::result::Result<Option<Row>, Rejected> {
        loop {
            let next = match &mut self.source {
                Source::Lines(lines) => lines.next_line()?,
                Source::Values(values) => values.next_value()?,
            };
            let (line, text) = match next {
                None => return Ok(None),
                Some((line, Line::Whole(text))) => (line, text),
                Some((line, Line::TooLong)) => {
                    let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                    return Err(bad_row(&self.path, line, found, expected(names)).into());
                }
            };
            if !text.trim().is_empty() {
                // With a line break the parser would place an error at the end on the next line.
                return self.repaired.row(&self.path, line, text.trim_end(), names).map(Some);
            }
        }
    }

    /// Adds a row or an error of the table that the file is now known to be.
    fn push(&mut self, row: Result<Row>) {
        self.ready.extend(self.held.take().unwrap_or_default().into_iter().map(Err));
        self.ready.push_back(row);
    }

    /// Holds the error for valid JSON without a text; any other one shows that the file is a table.
    fn reject(&mut self, error: Error, is_valid: bool) {
        match &mut self.held {
            Some(held) if is_valid && self.n_held < MAX_HELD => {
                self.n_held += error.to_string().len();
                held.push(error);
            }
            _ => self.push(Err(error)),
        }
    }

    fn end(&mut self) {
        self.ended = true;
        let first = self.held.take().and_then(|held| held.into_iter().next());
        self.ready.extend(first.map(|error| match error {
            Error::Row { path, line, found, expected } => Err(Error::NoTexts { path, line, found, expected }),
            error => Err(error),
        }));
    }
}

fn expected(names: &ColumnNames) -> String {
    format!("a JSON object with a string {}", names.text_name())
}

/// The message of the parser, with the place in the file.
fn bad_json(line: usize, error: &serde_json::Error) -> String {
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    let place = match error.line() {
        0 | 1 => "the line".to_string(),
        more => format!("line {}", line + more - 1),
    };
    format!("bad JSON at column {} of {place} ({why})", error.column())
}

/// The value of a role, moved out of the object if it is the text and copied otherwise. The name `a.b` means the
/// key `b` of the object `a` if there is no key `a.b`.
fn value_of(object: &mut Map<String, Value>, names: &ColumnNames, role: Role) -> Option<Value> {
    let fits = |value: &Value| if role == Role::Text { value.is_string() } else { !value.is_null() };
    for name in names.candidates(role) {
        // An object may have both `Text` and `text`.
        let exact = object.get_key_value(name).filter(|(_, value)| fits(value));
        let alike = || object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && fits(value));
        if let Some(key) = exact.or_else(alike).map(|(key, _)| key.clone()) {
            return if role == Role::Text { object.remove(&key) } else { object.get(&key).cloned() };
        }
        let (first, path) = name.split_once('.').unwrap_or((name, ""));
        let inner = object.get(first).filter(|_| !path.is_empty());
        if let Some(value) =
            inner.and_then(|value| path.split('.').try_fold(value, |value, key| value.get(key)))
        {
            return Some(value.clone());
        }
    }
    None
}

/// A value that a record can hold as a string.
fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(string) => Some(string),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The repairs so far, by kind: the number of places and the line of the first. Each kind is reported once: Python
/// writes both by default, so a dump may have them in every row.
#[derive(Default)]
struct Repaired([(usize, usize); 2]);

/// The kinds of repairs, and the replacement.
const REPAIRS: [(&str, &str); 2] = [("unpaired surrogates", "U+FFFD"), ("NaN or Infinity", "null")];

impl Repaired {
    /// The row in the JSON that begins on `line`.
    fn row(
        &mut self,
        path: &Path,
        line: usize,
        json: &str,
        names: &ColumnNames,
    ) -> std::result::Result<Row, Rejected> {
        let mut object = self.parse(line, json).map_err(|error| {
            // An array or a number is as valid as an object.
            let is_valid = error.is_data();
            Rejected { error: bad_row(path, line, bad_json(line, &error), expected(names)), is_valid }
        })?;
        let Some(Value::String(text)) = value_of(&mut object, names, Role::Text) else {
            let (wanted, keys) = (names.text_name(), object.keys().take(8).cloned().collect::<Vec<_>>());
            let found = format!("an object without a string {wanted} (it has {})", keys.join(", "));
            return Err(Rejected { error: bad_row(path, line, found, expected(names)), is_valid: true });
        };
        let mut value = |role| value_of(&mut object, names, role).and_then(scalar);
        let roles = [value(Role::Label), value(Role::Id), value(Role::Doc)];
        let fields = object.into_iter().filter_map(|(key, value)| Some((key, scalar(value)?)));
        Ok(Row::new(line, text, roles, fields.collect()))
    }

    /// The object in `json`, repaired if necessary.
    fn parse(&mut self, line: usize, json: &str) -> serde_json::Result<Map<String, Value>> {
        serde_json::from_str(json).or_else(|error| {
            let (fixed, counts) = repair(json);
            if counts == [0, 0] {
                return Err(error);
            }
            let object = serde_json::from_str(&fixed)?;
            for ((n, first_line), count) in self.0.iter_mut().zip(counts) {
                *first_line = if *n == 0 { line } else { *first_line };
                *n += count;
            }
            Ok(object)
        })
    }

    fn take_warnings(&mut self, path: &Path) -> Vec<Warning> {
        let kinds = std::mem::take(&mut self.0).into_iter().zip(REPAIRS).filter(|((n, _), _)| *n > 0);
        let warning = |((n, line), (found, read_as)): ((usize, usize), (&str, &str))| {
            let places = if n == 1 { "place" } else { "places" };
            let what = format!("{found} in {n} {places}, read as {read_as}");
            Warning { path: path.to_path_buf(), line, what }
        };
        kinds.map(warning).collect()
    }
}

/// Numbers that JSON does not have.
const NO_NUMBERS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// `json` with each unpaired surrogate (`\ud83d` alone) as `\ufffd` and each number that JSON does not have as null,
/// and the counts of both.
fn repair(json: &str) -> (String, [usize; 2]) {
    let [mut n_surrogates, mut n_numbers] = [0, 0];
    let mut fixed = String::with_capacity(json.len());
    let mut rest = json;
    let mut in_string = false;
    while let Some(c) = rest.chars().next() {
        let n_bytes = match c {
            '\\' if in_string => push_escape(rest, &mut fixed, &mut n_surrogates),
            _ => {
                in_string ^= c == '"';
                let number = NO_NUMBERS.iter().find(|name| !in_string && rest.starts_with(**name));
                n_numbers += usize::from(number.is_some());
                let n_bytes = number.map_or(c.len_utf8(), |name| name.len());
                fixed.push_str(number.map_or(&rest[..n_bytes], |_| "null"));
                n_bytes
            }
        };
        rest = &rest[n_bytes..];
    }
    (fixed, [n_surrogates, n_numbers])
}

/// Copies the escape at the start of `rest`, or a pair of surrogates; returns its length.
fn push_escape(rest: &str, fixed: &mut String, n_surrogates: &mut usize) -> usize {
    let unit = |at: usize| {
        let digits = rest.get(at..).and_then(|rest| rest.strip_prefix("\\u"))?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let n_bytes = match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(0xd800..=0xdfff), _) => {
            *n_surrogates += 1;
            fixed.push_str("\\ufffd");
            return 6;
        }
        (Some(_), _) => 6,
        (None, _) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
    };
    fixed.push_str(&rest[..n_bytes]);
    n_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_repair(json: &str, expected: (&str, usize, usize)) {
        let (fixed, [n_surrogates, n_numbers]) = repair(json);
        assert_eq!((fixed.as_str(), n_surrogates, n_numbers), expected, "{json}");
    }

    #[test]
    fn unpaired_surrogates_and_numbers_outside_json_are_repaired() {
        check_repair(r#"{"a":"\ud83d x"}"#, (r#"{"a":"\ufffd x"}"#, 1, 0));
        check_repair(r#"{"a":"\uDE00\ud83d\ud83d\ude00"}"#, (r#"{"a":"\ufffd\ufffd\ud83d\ude00"}"#, 2, 0));
        check_repair(r#"{"a":[NaN,-Infinity,Infinity]}"#, (r#"{"a":[null,null,null]}"#, 0, 3));
    }

    #[test]
    fn nothing_else_is_changed() {
        for json in [r#"{"a":"NaN \\ud83d \ud83d\ude00"}"#, r#"{"a":"\u12"#, r#"{"é":"\é"#, "\"\\", ""] {
            check_repair(json, (json, 0, 0));
        }
    }
}
