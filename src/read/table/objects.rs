//! Rows of JSON objects: one on each line, or the values of a file in any layout. JSON that is nearly valid is
//! repaired.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

use super::values::Values;
use super::{Row, Source, bad_row};
use crate::error::{Error, Result, Warning};
use crate::read::inputs::{Form, form_by_name};
use crate::read::lines::{Line, Lines};
use crate::read::{ColumnNames, MAX_ROW, Role};

/// The most errors, in bytes, for values without a text that are held until the file is known to be a table.
const MAX_HELD: usize = 4 << 20;

/// The rows of a file of JSON.
pub struct ObjectRows {
    path: PathBuf,
    names: ColumnNames,
    values: Values,
    repaired: Repaired,
    /// Rows and errors not returned yet.
    ready: VecDeque<Result<Row>>,
    /// The errors for valid JSON without a text, until the file is known to be a table; `None` from then on. A single
    /// row with a text makes it a table. A file of settings has no such row.
    held: Option<Vec<Error>>,
    n_held: usize,
    /// Whether a row had an id, and whether one had a `doc`; `None` before the first row.
    seen: Option<(bool, bool)>,
    ended: bool,
}

/// Why there is no row, and whether that is because valid JSON has no text.
type Rejected = (Error, bool);

impl ObjectRows {
    /// The objects in `lines`. A file that is not named as JSON Lines is only a table if one of its objects has a
    /// text.
    pub fn new(lines: Lines, form: Form, names: &ColumnNames) -> ObjectRows {
        let by_line = form == Form::JsonLines;
        let is_table = by_line && form_by_name(lines.path()) != Some(Form::Json);
        ObjectRows {
            path: lines.path().to_path_buf(),
            names: names.clone(),
            values: Values::new(lines, by_line),
            repaired: Repaired::default(),
            ready: VecDeque::new(),
            held: (!is_table).then(Vec::new),
            n_held: 0,
            seen: None,
            ended: false,
        }
    }

    fn next_object(&mut self) -> std::result::Result<Option<Row>, Rejected> {
        loop {
            let (line, text) = match self.values.next_value().map_err(|error| (error, false))? {
                None => return Ok(None),
                Some((line, Line::Whole(text))) => (line, text),
                Some((line, Line::TooLong)) => {
                    let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                    return Err((bad_row(&self.path, line, found, expected(&self.names)), false));
                }
            };
            if !text.trim().is_empty() {
                // If the line break were kept, the parser would report an error at the end as one on the next line.
                return self.repaired.row(&self.path, line, text.trim_end(), &self.names).map(Some);
            }
        }
    }

    /// Adds a row or an error of the table that the file is now known to be.
    fn push(&mut self, row: Result<Row>) {
        self.ready.extend(self.held.take().unwrap_or_default().into_iter().map(Err));
        self.ready.push_back(row);
    }

    /// Adds the error for a file without a text, or for a key that the user named but no object has.
    fn end(&mut self) {
        self.ended = true;
        let first = self.held.take().and_then(|held| held.into_iter().next());
        self.ready.extend(first.map(|error| match error {
            Error::Row { path, line, found, expected } => Err(Error::NoTexts { path, line, found, expected }),
            error => Err(error),
        }));
        let exists = |role, (id, doc)| if role == Role::Id { id } else { doc };
        let missing = self.seen.and_then(|seen| self.names.missing(|role| exists(role, seen)));
        let found = missing.map(|name| format!("no row with a key `{name}`"));
        self.ready.extend(found.map(|found| Err(bad_row(&self.path, 1, found, "at least one"))));
    }
}

impl Source for ObjectRows {
    /// Also fails if the file has no text at all.
    fn next_row(&mut self) -> Result<Option<Row>> {
        while self.ready.is_empty() && !self.ended {
            match (self.next_object(), &mut self.held) {
                (Ok(Some(row)), _) => {
                    let (has_id, has_doc) = self.seen.unwrap_or_default();
                    self.seen = Some((has_id || row.id.is_some(), has_doc || row.doc.is_some()));
                    self.push(Ok(row));
                }
                (Ok(None), _) => self.end(),
                (Err((error, true)), Some(held)) if self.n_held < MAX_HELD => {
                    self.n_held += error.to_string().len();
                    held.push(error);
                }
                // Any other error shows that the file is a table.
                (Err((error, _)), _) => self.push(Err(error)),
            }
        }
        self.ready.pop_front().transpose()
    }

    /// Warnings about repairs come at the end.
    fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = self.values.lines.take_warnings();
        if self.ended {
            warnings.extend(self.repaired.take_warnings(&self.path));
        }
        warnings
    }
}

fn expected(names: &ColumnNames) -> String {
    format!("a JSON object with a string {}", names.text_name())
}

/// The message of the parser, with the place in the file.
fn bad_json(line: usize, error: &serde_json::Error) -> String {
    let place = match error.line() {
        0 | 1 => "the line".to_string(),
        more => format!("line {}", line + more - 1),
    };
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
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
        let nested = name.split_once('.').filter(|(_, path)| !path.is_empty());
        let inner = nested.and_then(|(first, path)| {
            path.split('.').try_fold(object.get(first)?, |value, key| value.get(key))
        });
        if let Some(value) = inner {
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
            // An array or a number is valid JSON, too.
            (bad_row(path, line, bad_json(line, &error), expected(names)), error.is_data())
        })?;
        let Some(Value::String(text)) = value_of(&mut object, names, Role::Text) else {
            let (wanted, keys) = (names.text_name(), object.keys().take(8).cloned().collect::<Vec<_>>());
            let found = format!("an object without a string {wanted} (it has {})", keys.join(", "));
            return Err((bad_row(path, line, found, expected(names)), true));
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
        let mut warnings = Vec::new();
        for ((n, line), (found, read_as)) in std::mem::take(&mut self.0).into_iter().zip(REPAIRS) {
            let places = if n == 1 { "place" } else { "places" };
            let what = format!("{found} in {n} {places}, read as {read_as}");
            warnings.extend((n > 0).then(|| Warning { path: path.to_path_buf(), line, what }));
        }
        warnings
    }
}

/// A pair of surrogates, an unpaired one, another escape, a quotation mark, or a number that JSON does not have.
static REPAIRABLE: LazyLock<Regex> = LazyLock::new(|| {
    let (high, low) = (r"\\u[dD][89abAB][[:xdigit:]]{2}", r"\\u[dD][c-fC-F][[:xdigit:]]{2}");
    let pattern = format!(r#"(?s){high}{low}|({high}|{low})|\\.|"|(NaN|-?Infinity)"#);
    Regex::new(&pattern).expect("a test uses the pattern")
});

/// `json` with each unpaired surrogate (`\ud83d` alone) as `\ufffd` and each number that JSON does not have as null,
/// and the counts of both.
fn repair(json: &str) -> (Cow<'_, str>, [usize; 2]) {
    let [mut n_surrogates, mut n_numbers] = [0, 0];
    let mut in_string = false;
    let fixed = REPAIRABLE.replace_all(json, |found: &Captures<'_>| {
        in_string ^= &found[0] == "\"";
        if in_string && found.get(1).is_some() {
            n_surrogates += 1;
            return "\\ufffd".to_string();
        }
        if !in_string && found.get(2).is_some() {
            n_numbers += 1;
            return "null".to_string();
        }
        found[0].to_string()
    });
    (fixed, [n_surrogates, n_numbers])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::table::tests::check;

    #[test]
    fn a_broken_row_is_reported_and_the_rest_are_read() {
        let rows = check(
            "t.jsonl",
            "{\"text\":\"a\",\"n\":1}\r\n{\"text\":\n\n{\"text\":2}\n{\"text\":\"b\",\"x\":nan}\n{\"text\":\"\\ud8\"}\n{\"text\":\"c\"}",
            &[(1, "a"), (7, "c")],
            &[
                "t.jsonl:2: found bad JSON at column 8 of the line (EOF while parsing",
                "t.jsonl:4: found an object without a string `text` (it has text)",
                "t.jsonl:5: found bad JSON",
                "t.jsonl:6: found bad JSON at column",
            ],
        );
        assert_eq!(rows[0].fields["n"], "1");
    }

    #[track_caller]
    fn check_repair(json: &str, expected: (&str, usize, usize)) {
        let (fixed, [n_surrogates, n_numbers]) = repair(json);
        assert_eq!((fixed.as_ref(), n_surrogates, n_numbers), expected, "{json}");
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
