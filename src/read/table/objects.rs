//! Rows of JSON objects: one on each line, or the values of a file in any layout. JSON that is nearly valid is
//! repaired.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::annotations::annotated_rows;
use super::nested::{NestedRow, NoRows, rows_in};
use super::repair::Repaired;
use super::values::Values;
use super::{Row, Source, bad_row};
use crate::error::{Error, Result, Warning};
use crate::read::form::{Form, form_by_name};
use crate::read::json_text::json_names;
use crate::read::known::is_known;
use crate::read::label::only_label;
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
    reads_annotations: bool,
}

/// Why there is no row, and whether that is because valid JSON has no text.
type Rejected = (Error, bool);

impl ObjectRows {
    /// The objects in `lines`. A file that is not named as JSON Lines is only a table if one of its objects has a
    /// text.
    pub fn new(mut lines: Lines, form: Form, names: &ColumnNames) -> ObjectRows {
        let is_table = form == Form::JsonLines && form_by_name(lines.path()) != Some(Form::Json);
        let by_line = form == Form::JsonLines && !is_indented(lines.head());
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
            reads_annotations: false,
        }
    }

    /// The rows of the next value; `None` at the end.
    fn next_rows(&mut self) -> std::result::Result<Option<Vec<Result<Row>>>, Rejected> {
        loop {
            let (line, text) = match self.values.next_value().map_err(|error| (error, false))? {
                None => return Ok(None),
                Some((line, Line::Whole(text))) => (line, text),
                Some((line, Line::TooLong)) => {
                    let found = format!("a line of more than {} MB", MAX_ROW >> 20);
                    return Err((bad_row(&self.path, line, found, expected(&self.names)), false));
                }
            };
            // Files that were concatenated have byte order marks between their lines.
            let text = text.trim_start_matches('\u{feff}');
            if !text.trim().is_empty() {
                // If the line break were kept, the parser would report an error at the end as one on the next line.
                let object = self.repaired.parse(line, text.trim_end()).map_err(|error| {
                    // An array or a number is valid JSON, too.
                    let found = bad_json(line, &error);
                    (bad_row(&self.path, line, found, expected(&self.names)), error.is_data())
                })?;
                let annotated = self.reads_annotations.then(|| annotated_rows(&object, line)).flatten();
                return match annotated {
                    Some(objects) => {
                        let rows =
                            objects.into_iter().map(|object| rows_of(&self.path, line, object, &self.names));
                        let rows: std::result::Result<Vec<_>, Rejected> = rows.collect();
                        Ok(Some(rows?.into_iter().flatten().collect()))
                    }
                    None => rows_of(&self.path, line, object, &self.names).map(Some),
                };
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
            match (self.next_rows(), &mut self.held) {
                (Ok(Some(rows)), _) => {
                    for row in rows {
                        if let Ok(row) = &row {
                            let (has_id, has_doc) = self.seen.unwrap_or_default();
                            self.seen = Some((has_id || row.id.is_some(), has_doc || row.doc.is_some()));
                        }
                        self.push(row);
                    }
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

    #[cfg(feature = "train")]
    fn read_annotations(&mut self) {
        self.reads_annotations = true;
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

/// Whether the first value of a file goes on after its first line.
fn is_indented(head: &str) -> bool {
    let first = head.trim_start().lines().next().unwrap_or_default().trim_end();
    first.starts_with(['{', '[']) && first.ends_with(['{', '[', ',']) && head.trim().len() > first.len()
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
fn value_of(object: &mut Map<String, Value>, names: &ColumnNames, role: Role) -> Option<(String, Value)> {
    let fits = |value: &Value| if role == Role::Text { value.is_string() } else { !value.is_null() };
    for name in names.candidates(role) {
        // An object may have both `Text` and `text`.
        let exact = object.get_key_value(name).filter(|(_, value)| fits(value));
        let alike = || object.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && fits(value));
        if let Some(key) = exact.or_else(alike).map(|(key, _)| key.clone()) {
            let value = if role == Role::Text { object.remove(&key) } else { object.get(&key).cloned() };
            return value.map(|value| (key, value));
        }
        let nested = name.split_once('.').filter(|(_, path)| !path.is_empty());
        let inner = nested.and_then(|(first, path)| {
            path.split('.').try_fold(object.get(first)?, |value, key| value.get(key))
        });
        if let Some(value) = inner.filter(|value| fits(value)) {
            return Some((name.to_string(), value.clone()));
        }
    }
    None
}

/// The most arrays that an error names.
const MAX_NAMED: usize = 3;

/// The rows in an object: one, unless it is an object around an array of rows.
fn rows_of(
    path: &Path,
    line: usize,
    mut object: Map<String, Value>,
    names: &ColumnNames,
) -> std::result::Result<Vec<Result<Row>>, Rejected> {
    if let Some(found) = value_of(&mut object, names, Role::Text) {
        return Ok(vec![Ok(row(line, found, object, names))]);
    }
    let keys = keys_of(&object);
    let objects = rows_in(object, names).map_err(|why| {
        let found = match why {
            NoRows::NoText => no_text(&keys, names),
            NoRows::Several(paths) => {
                let more = if paths.len() > MAX_NAMED { ", …" } else { "" };
                let named = paths[..paths.len().min(MAX_NAMED)].join(", ");
                let places = if paths.iter().all(|path| path.ends_with(']')) { "arrays" } else { "places" };
                format!("texts in {} {places} ({named}{more})", paths.len())
            }
        };
        (bad_row(path, line, found, expected(names)), true)
    })?;
    let row_of = |NestedRow { text, mut fields }| {
        let text = text.map(|(name, text)| (name, Value::String(text)));
        match text.or_else(|| value_of(&mut fields, names, Role::Text)) {
            Some(found) => Ok(row(line, found, fields, names)),
            None => Err(bad_row(path, line, no_text(&keys_of(&fields), names), expected(names))),
        }
    };
    Ok(objects.into_iter().map(row_of).collect())
}

/// The row of an object without its text.
fn row(
    line: usize,
    (column, text): (String, Value),
    mut object: Map<String, Value>,
    names: &ColumnNames,
) -> Row {
    let id = value_of(&mut object, names, Role::Id);
    let id_is_number = id.as_ref().is_some_and(|(_, id)| id.is_number());
    let mut value = |role| value_of(&mut object, names, role).map(|(_, value)| value);
    let label = value(Role::Label).and_then(|label| only_label(&label));
    let doc = value(Role::Doc).and_then(scalar);
    let (id_name, id) = id.map_or((None, None), |(name, id)| (Some(name), scalar(id)));
    let has = |name: &str| object.contains_key(name);
    let passed = object
        .iter()
        .filter(|(name, value)| !value.is_null() && names.kept.passes(name, id_name.as_deref(), has));
    let columns = passed.map(|(name, value)| (name.clone(), value.clone())).collect();
    let text_in = |key: &str, value: Value| match value {
        Value::Array(_) | Value::Object(_) if is_known(key) => {
            Some(json_names(&value)).filter(|names| !names.is_empty())
        }
        value => scalar(value),
    };
    let fields = object.into_iter().filter_map(|(key, value)| text_in(&key, value).map(|text| (key, text)));
    let fields = fields.collect();
    let row = Row::new(line, scalar(text).unwrap_or_default(), [label, id, doc], fields);
    Row { column, id_is_number, columns, ..row }
}

fn keys_of(object: &Map<String, Value>) -> String {
    object.keys().take(8).cloned().collect::<Vec<_>>().join(", ")
}

fn no_text(keys: &str, names: &ColumnNames) -> String {
    format!("an object without a string {} (it has {keys})", names.text_name())
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

#[cfg(test)]
mod tests {
    use crate::read::table::tests::check;

    #[test]
    fn a_broken_row_is_reported_and_the_rest_are_read() {
        let rows = check(
            "t.jsonl",
            "\u{feff}{\"text\":\"a\",\"n\":1}\r\n{\"text\":\n\n{\"text\":2}\n{\"text\":\"b\",\"x\":nan}\n{\"text\":\"\\ud8\"}\n\u{feff}{\"text\":\"c\"}",
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
}
