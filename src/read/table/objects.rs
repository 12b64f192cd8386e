//! Rows of JSON: an object each, a line of a file or a value in it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::mended::Mended;
use super::values::Values;
use super::{Row, bad_row, new_row};
use crate::error::{Error, Result, Warning};
use crate::read::lines::{Line, Lines, MAX_ROW};
use crate::read::names::Role;
use crate::read::{ColumnNames, Form};

/// The most that is held of what rows without a text are called, in bytes.
const MAX_HELD: usize = 4 << 20;

/// The rows of a file of JSON.
pub(super) struct ObjectRows {
    path: PathBuf,
    source: Source,
    mended: Mended,
    /// What was read and not given yet.
    read: VecDeque<Result<Row>>,
    /// The values without a text, until it is known that the file is a table: that of one row with a
    /// text is, and each of them is an error then. Settings have no such row.
    held: Option<Vec<NoRow>>,
    n_held: usize,
    ended: bool,
}

/// What parts the objects.
enum Source {
    Lines(Lines),
    Values(Values),
}

/// A value that is no row.
struct NoRow {
    line: usize,
    found: String,
    /// Whether it is sound JSON that has no text.
    is_sound: bool,
}

impl ObjectRows {
    /// The objects in `lines`: one in each, or those of a file in whatever layout. What is not known
    /// to be a table is one error when it has no text at all.
    pub(super) fn new(path: &Path, lines: Lines, form: Form, is_table: bool) -> ObjectRows {
        let source = match form {
            Form::JsonLines => Source::Lines(lines),
            _ => Source::Values(Values::new(path, lines)),
        };
        ObjectRows {
            path: path.to_path_buf(),
            source,
            mended: Mended::default(),
            read: VecDeque::new(),
            held: (!is_table).then(Vec::new),
            n_held: 0,
            ended: false,
        }
    }

    /// What was noted since this was last asked; what was mended is told at the end.
    pub(super) fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = match &mut self.source {
            Source::Lines(lines) => lines.take_warnings(),
            Source::Values(values) => values.take_warnings(),
        };
        if self.ended {
            warnings.extend(self.mended.take_warnings(&self.path));
        }
        warnings
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// When a value is no object with a text (the next call goes on behind it), when the file has no
    /// text at all, or when the rest of it cannot be read.
    pub(super) fn next_row(&mut self, names: &ColumnNames) -> Result<Option<Row>> {
        while self.read.is_empty() && !self.ended {
            match self.next_object(names) {
                Ok(Some(Err(no_row))) => self.hold(no_row, names),
                Ok(Some(Ok(row))) => {
                    self.release(names);
                    self.read.push_back(Ok(row));
                }
                Ok(None) => self.end(names),
                Err(error) => {
                    self.release(names);
                    self.read.push_back(Err(error));
                }
            }
        }
        self.read.pop_front().transpose()
    }

    /// The next object as a row, or what it is instead; `None` at the end.
    fn next_object(&mut self, names: &ColumnNames) -> Result<Option<std::result::Result<Row, NoRow>>> {
        loop {
            let next = match &mut self.source {
                Source::Lines(lines) => lines.next_line()?,
                Source::Values(values) => values.next_value()?,
            };
            return Ok(match next {
                None => None,
                Some((_, Line::Whole(text))) if text.trim().is_empty() => continue,
                // A line break would give its errors another line and column.
                Some((line, Line::Whole(text))) => {
                    Some(row_of(line, text.trim_end(), names, &mut self.mended))
                }
                Some((line, Line::TooLong)) => {
                    let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                    Some(Err(NoRow { line, found, is_sound: false }))
                }
            });
        }
    }

    /// Keeps what is no row until more is known of the file.
    fn hold(&mut self, no_row: NoRow, names: &ColumnNames) {
        self.n_held += no_row.found.len();
        let is_sound = no_row.is_sound;
        match &mut self.held {
            Some(held) => held.push(no_row),
            None => self.read.push_back(Err(self.error_of(no_row, names))),
        }
        if !is_sound || self.n_held > MAX_HELD {
            self.release(names);
        }
    }

    /// Takes the file for a table: what was held are errors of its rows.
    fn release(&mut self, names: &ColumnNames) {
        for no_row in self.held.take().unwrap_or_default() {
            self.read.push_back(Err(self.error_of(no_row, names)));
        }
    }

    fn end(&mut self, names: &ColumnNames) {
        self.ended = true;
        let first = self.held.take().and_then(|held| held.into_iter().next());
        self.read.extend(first.map(|NoRow { line, found, .. }| {
            let (path, expected) = (self.path.clone(), expected(names));
            Err(Error::NoTexts { path, line, found, expected })
        }));
    }

    fn error_of(&self, NoRow { line, found, .. }: NoRow, names: &ColumnNames) -> Error {
        bad_row(&self.path, line, found, expected(names))
    }
}

fn expected(names: &ColumnNames) -> String {
    format!("a JSON object with a string {}", names.wanted_text())
}

/// The row in the JSON that begins on `line`, or what it is instead.
fn row_of(
    line: usize,
    json: &str,
    names: &ColumnNames,
    mended: &mut Mended,
) -> std::result::Result<Row, NoRow> {
    let mut object = mended.parse(line, json).map_err(|error| NoRow {
        line,
        found: bad_json(line, &error),
        // An array or a number is as sound as an object.
        is_sound: error.is_data(),
    })?;
    let keys: Vec<String> = object.keys().take(8).cloned().collect();
    let Some(Value::String(text)) = value_of(&mut object, names, Role::Text) else {
        let wanted = names.wanted_text();
        let found = format!("an object without a string {wanted} (it has {})", keys.join(", "));
        return Err(NoRow { line, found, is_sound: true });
    };
    let mut taken = |role| value_of(&mut object, names, role).and_then(scalar);
    let roles = (taken(Role::Label), taken(Role::Id), taken(Role::Doc));
    let fields = object.into_iter().filter_map(|(key, value)| Some((key, scalar(value)?)));
    Ok(new_row(line, text, roles, fields.collect()))
}

/// What the parser said, with the place in the file.
fn bad_json(line: usize, error: &serde_json::Error) -> String {
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    let place = match error.line() {
        0 | 1 => "the line".to_string(),
        more => format!("line {}", line + more - 1),
    };
    format!("bad JSON at column {} of {place} ({why})", error.column())
}

/// The value of a role, taken out of the object where it is its text and copied elsewhere; `a.b`
/// reaches into an object when there is no key `a.b`.
fn value_of(object: &mut Map<String, Value>, names: &ColumnNames, role: Role) -> Option<Value> {
    let fits = |value: &Value| if role == Role::Text { value.is_string() } else { !value.is_null() };
    for name in names.candidates(role) {
        // Spelled as the name is, first: an object may have both `Text` and `text`.
        let exact = object.get_key_value(name).filter(|(_, value)| fits(value));
        let alike = || object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && fits(value));
        if let Some(key) = exact.or_else(alike).map(|(key, _)| key.clone()) {
            return if role == Role::Text { object.remove(&key) } else { object.get(&key).cloned() };
        }
        let path: Vec<&str> = name.split('.').collect();
        let mut value = object.get(path[0]);
        for key in &path[1..] {
            value = value.and_then(|value| value.get(key));
        }
        if path.len() > 1 && value.is_some() {
            return value.cloned();
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
