//! Rows of JSON: an object each, a line of a file or a value in it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::mended::Mended;
use super::values::Values;
use super::{Row, bad_row, new_row};
use crate::error::Result;
use crate::error::Warning;
use crate::read::ColumnNames;
use crate::read::lines::{Line, Lines, MAX_ROW};
use crate::read::names::Role;

/// The rows of a file of JSON.
pub(super) struct ObjectRows {
    path: PathBuf,
    source: Source,
    mended: Mended,
    ended: bool,
}

/// What parts the objects.
enum Source {
    Lines(Lines),
    Values(Values),
}

impl ObjectRows {
    /// The objects in `lines`, one in each.
    pub(super) fn of_lines(path: &Path, lines: Lines) -> ObjectRows {
        ObjectRows::of(path, Source::Lines(lines))
    }

    /// The objects in a file of whatever layout.
    pub(super) fn of_values(path: &Path, lines: Lines) -> ObjectRows {
        ObjectRows::of(path, Source::Values(Values::new(path, lines)))
    }

    fn of(path: &Path, source: Source) -> ObjectRows {
        ObjectRows { path: path.to_path_buf(), source, mended: Mended::default(), ended: false }
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
    /// When a value is no object with a text (the next call goes on behind it), or the rest of the file
    /// cannot be read.
    pub(super) fn next_row(&mut self, names: &ColumnNames) -> Result<Option<Row>> {
        loop {
            let next = match &mut self.source {
                Source::Lines(lines) => lines.next_line()?,
                Source::Values(values) => values.next_value()?,
            };
            let Some((line, content)) = next else {
                self.ended = true;
                return Ok(None);
            };
            let row = match content {
                Line::Whole(text) if text.trim().is_empty() => continue,
                // A line break would give its errors another line and column.
                Line::Whole(text) => row_of(line, text.trim_end(), names, &mut self.mended),
                Line::TooLong => Err(format!("a line of more than {} MB", MAX_ROW >> 20)),
            };
            let expected = || format!("a JSON object with a string {}", names.wanted_text());
            return row.map(Some).map_err(|found| bad_row(&self.path, line, found, expected()));
        }
    }
}

/// The row in the JSON that begins on `line`, or what was found instead.
fn row_of(
    line: usize,
    json: &str,
    names: &ColumnNames,
    mended: &mut Mended,
) -> std::result::Result<Row, String> {
    let mut object = mended.parse(line, json).map_err(|error| bad_json(line, &error))?;
    let keys: Vec<String> = object.keys().take(8).cloned().collect();
    let Some(Value::String(text)) = value_of(&mut object, names, Role::Text) else {
        let wanted = names.wanted_text();
        return Err(format!("an object without a string {wanted} (it has {})", keys.join(", ")));
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
        let key = object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && fits(value));
        if let Some(key) = key.map(|(key, _)| key.clone()) {
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
