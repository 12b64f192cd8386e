//! Tables: rows of JSON or of delimited columns, one by one.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::columns::{Record, Records, delimiter_of};
use super::json::{Repairs, Values, repaired};
use super::lines::{Line, Lines, MAX_ROW};
use super::names::Role;
#[cfg(feature = "parquet")]
use super::parquet::ParquetRows;
use super::{ColumnNames, Form, Metadata};
use crate::error::Error;
use crate::error::Result;
use crate::error::Warning;

/// One row that has a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
    /// Its label, if it has one.
    pub(crate) label: Option<String>,
    /// Its identifier.
    pub(crate) id: Option<String>,
    /// What the rows of its article have in common; never empty.
    pub(crate) doc: Option<String>,
    /// All other columns that hold a string, number or truth value.
    pub(crate) fields: Metadata,
    /// Whether it goes on where the row before it ended: the same `doc`, and the next `index` where
    /// there is one.
    pub(crate) follows: bool,
}

/// The rows of a table: bad ones are errors, and the rest go on.
pub(crate) struct Rows {
    path: PathBuf,
    names: ColumnNames,
    source: Source,
    mended: Mended,
    /// `doc` and `index` of the row before.
    before: (Option<String>, Option<i64>),
}

enum Source {
    JsonLines(Box<Lines>),
    Json(Box<Values>),
    Columns {
        records: Box<Records>,
        header: Vec<String>,
        text: usize,
    },
    #[cfg(feature = "parquet")]
    Parquet(Box<ParquetRows>),
}

impl Rows {
    /// The rows of the table in `lines`.
    ///
    /// # Errors
    ///
    /// When delimited columns have no header that names the text.
    pub(crate) fn new(path: &Path, lines: Lines, form: Form, names: &ColumnNames) -> Result<Rows> {
        let source = match form {
            Form::JsonLines => Source::JsonLines(Box::new(lines)),
            Form::Json => Source::Json(Box::new(Values::new(path, lines))),
            _ => columns_source(path, lines, names)?,
        };
        Ok(Rows::of(path, names, source))
    }

    /// The rows of a Parquet table.
    ///
    /// # Errors
    ///
    /// When it is none, or has no column for the text.
    #[cfg(feature = "parquet")]
    pub(crate) fn of_parquet(path: &Path, names: &ColumnNames) -> Result<Rows> {
        let rows = ParquetRows::open(path, names)?;
        Ok(Rows::of(path, names, Source::Parquet(Box::new(rows))))
    }

    fn of(path: &Path, names: &ColumnNames, source: Source) -> Rows {
        let (path, names) = (path.to_path_buf(), names.clone());
        Rows { path, names, source, mended: Mended::default(), before: (None, None) }
    }

    /// What was noted since this was last asked.
    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        let mut warnings = match &mut self.source {
            Source::JsonLines(lines) => lines.take_warnings(),
            Source::Json(values) => values.take_warnings(),
            Source::Columns { records, .. } => records.take_warnings(),
            #[cfg(feature = "parquet")]
            Source::Parquet(_) => Vec::new(),
        };
        warnings.append(&mut self.mended.warnings);
        warnings
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        let names = &self.names;
        match &mut self.source {
            Source::JsonLines(lines) => {
                while let Some(line) = lines.next_line()? {
                    if let Some(row) = row_of_json(&self.path, line, names, &mut self.mended) {
                        return row.map(Some);
                    }
                }
                Ok(None)
            }
            Source::Json(values) => match values.next_value()? {
                Some(value) => row_of_json(&self.path, value, names, &mut self.mended).transpose(),
                None => Ok(None),
            },
            #[cfg(feature = "parquet")]
            Source::Parquet(rows) => rows.next_row(names),
            Source::Columns { records, header, text } => {
                let Some(record) = records.next_record()? else { return Ok(None) };
                let width = header.len();
                let found = record.cells.len();
                // Columns that are empty and have no name are what a delimiter too many leaves.
                let extra = record.cells.get(width..).unwrap_or_default();
                if found < width || extra.iter().any(|cell| !cell.trim().is_empty()) {
                    let columns =
                        if found == 1 { "1 column".to_string() } else { format!("{found} columns") };
                    return Err(bad_row(
                        &self.path,
                        record.line,
                        columns,
                        format!("{width} as in the header"),
                    ));
                }
                Ok(Some(row_of_record(record, header, *text, names)))
            }
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        let mut row = match self.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => {
                self.mended.tell(&self.path);
                return None;
            }
            Err(error) => return Some(Err(error)),
        };
        let index: Option<i64> = row.fields.get("index").and_then(|index| index.parse().ok());
        let next = index.zip(self.before.1).is_none_or(|(index, last)| last.checked_add(1) == Some(index));
        row.follows = row.doc.is_some() && row.doc == self.before.0 && next;
        self.before = (row.doc.clone(), index);
        Some(Ok(row))
    }
}

fn bad_row(path: &Path, line: usize, found: String, expected: String) -> Error {
    Error::Row { path: path.to_path_buf(), line, found, expected }
}

/// What was mended in the JSON of a table: each kind is told once, for a dump may have it in every row.
#[derive(Default)]
struct Mended {
    surrogates: Places,
    numbers: Places,
    warnings: Vec<Warning>,
}

/// In how many places something stands, and the line of the first.
#[derive(Default)]
struct Places {
    n: usize,
    first_line: usize,
}

impl Places {
    fn add(&mut self, n: usize, line: usize) {
        if self.n == 0 {
            self.first_line = line;
        }
        self.n += n;
    }
}

impl Mended {
    fn add(&mut self, repairs: Repairs, line: usize) {
        self.surrogates.add(repairs.n_surrogates, line);
        self.numbers.add(repairs.n_numbers, line);
    }

    fn tell(&mut self, path: &Path) {
        let kinds = [
            (&mut self.surrogates, "a half of a surrogate pair", "U+FFFD"),
            (&mut self.numbers, "NaN or Infinity", "null"),
        ];
        for (places, found, read_as) in kinds {
            let Places { n, first_line: line } = std::mem::take(places);
            if n > 0 {
                let noun = if n == 1 { "place" } else { "places" };
                let what = format!("{found} in {n} {noun}, read as {read_as}");
                self.warnings.push(Warning { path: path.to_path_buf(), line, what });
            }
        }
    }
}

/// The row of a line or of a value; `None` for a blank line.
fn row_of_json(
    path: &Path,
    (line, content): (usize, Line<'_>),
    names: &ColumnNames,
    mended: &mut Mended,
) -> Option<Result<Row>> {
    let row = match content {
        Line::Whole(text) if text.trim().is_empty() => return None,
        // A line break would give its errors another line and column.
        Line::Whole(text) => json_row(line, text.trim_end(), names, mended),
        Line::TooLong => Err(format!("a line of more than {} MB", MAX_ROW >> 20)),
    };
    let expected = || format!("a JSON object with a string {}", names.wanted_text());
    Some(row.map_err(|found| bad_row(path, line, found, expected())))
}

/// The object in `text`, mended where it is none as it stands.
fn parse_object(line: usize, text: &str, mended: &mut Mended) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_str(text).or_else(|error| {
        let (fixed, repairs) = repaired(text).ok_or(error)?;
        let object = serde_json::from_str(&fixed)?;
        mended.add(repairs, line);
        Ok(object)
    })
}

fn json_row(
    line: usize,
    text: &str,
    names: &ColumnNames,
    mended: &mut Mended,
) -> std::result::Result<Row, String> {
    let mut object = parse_object(line, text, mended).map_err(|err| {
        let why = err.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        let place = match err.line() {
            0 | 1 => "the line".to_string(),
            more => format!("line {}", line + more - 1),
        };
        format!("bad JSON at column {} of {place} ({why})", err.column())
    })?;
    let keys: Vec<String> = object.keys().take(8).cloned().collect();
    let text = match value_of(&mut object, names, Role::Text) {
        Some(Value::String(text)) => text,
        _ => {
            let wanted = names.wanted_text();
            return Err(format!("an object without a string {wanted} (it has {})", keys.join(", ")));
        }
    };
    let mut taken = |role| value_of(&mut object, names, role).and_then(scalar);
    let (label, id, doc) = (taken(Role::Label), taken(Role::Id), taken(Role::Doc));
    let fields = object.into_iter().filter_map(|(key, value)| Some((key, scalar(value)?)));
    Ok(new_row(line, text, (label, id, doc), fields.collect()))
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

fn columns_source(path: &Path, mut lines: Lines, names: &ColumnNames) -> Result<Source> {
    let delimiter = names.delimiter.unwrap_or_else(|| delimiter_of(lines.head(), |name| names.is_text(name)));
    let mut records = Records::new(path, lines, delimiter);
    let (line, header) = match records.next_record()? {
        Some(Record { line, cells }) => (line, cells.iter().map(|name| name.trim().to_string()).collect()),
        None => (1, Vec::new()),
    };
    let Some(text) = names.find(Role::Text, &header) else {
        let columns: Vec<&str> = header.iter().map(String::as_str).take(12).collect();
        let found = format!("the columns {}", columns.join(", "));
        return Err(bad_row(
            path,
            line,
            found,
            format!("a header line with a column {}", names.wanted_text()),
        ));
    };
    Ok(Source::Columns { records: Box::new(records), header, text })
}

fn row_of_record(record: Record, header: &[String], text_column: usize, names: &ColumnNames) -> Row {
    let Record { line, mut cells } = record;
    let text = std::mem::take(&mut cells[text_column]);
    let cell_of = |role| names.find(role, header).map(|column| cells[column].clone());
    let roles = (cell_of(Role::Label), cell_of(Role::Id), cell_of(Role::Doc));
    let named = header.iter().cloned().zip(cells).enumerate();
    let others = named.filter(|&(column, _)| column != text_column);
    new_row(line, text, roles, others.map(|(_, field)| field).collect())
}

pub(super) fn new_row(
    line: usize,
    text: String,
    (label, id, doc): (Option<String>, Option<String>, Option<String>),
    mut fields: Metadata,
) -> Row {
    let doc = doc.filter(|doc| !doc.is_empty());
    // Whatever its column is named, records know an article's `doc` by this name.
    fields.extend(doc.clone().map(|doc| ("doc".to_string(), doc)));
    fields.remove("id");
    Row { line, text, label, id, doc, fields, follows: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of a table and the errors, as text.
    fn read(name: &str, content: &str, names: &ColumnNames) -> (Vec<Row>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let form = if name.ends_with("jsonl") { Form::JsonLines } else { Form::Columns };
        let lines = Lines::open(&path).unwrap();
        let rows = match Rows::new(Path::new(name), lines, form, names) {
            Ok(rows) => rows,
            Err(error) => return (Vec::new(), vec![error.to_string()]),
        };
        let (rows, errors): (Vec<_>, Vec<_>) = rows.partition(Result::is_ok);
        let errors = errors.into_iter().map(|error| error.unwrap_err().to_string());
        (rows.into_iter().map(Result::unwrap).collect(), errors.collect())
    }

    /// Checks the lines and texts of the rows, and how the errors begin.
    #[track_caller]
    fn check(name: &str, content: &str, expected: &[(usize, &str)], errors: &[&str]) -> Vec<Row> {
        let (rows, found) = read(name, content, &ColumnNames::default());
        let texts: Vec<_> = rows.iter().map(|row| (row.line, row.text.as_str())).collect();
        assert_eq!(texts, expected, "{content:?}");
        assert_eq!(found.len(), errors.len(), "{found:?}");
        for (found, error) in found.iter().zip(errors) {
            assert!(found.starts_with(error), "{found}");
        }
        rows
    }

    #[test]
    fn a_broken_row_is_told_and_the_rest_are_read() {
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

    #[test]
    fn delimiters_are_found_in_the_first_rows() {
        for content in [
            "id,text\n1,\"a, b\"\n",
            "id;text\n1;\"a, b\"\n",
            "id;text\n1;a, b\n2;c, d\n",
            "id\ttext\n1\ta, b\n",
            "id|text\n1|a, b\n",
            "text\n\"a, b\"\n",
            "\"id\";\"text\";\"of, which, more\"\n1;a, b;\n",
            "text,id\r\n\"a, b\",1\r\n",
        ] {
            let (rows, errors) = read("t.csv", content, &ColumnNames::default());
            assert_eq!(rows[0].text, "a, b", "{content:?} {errors:?}");
        }
    }

    #[test]
    fn ragged_rows_and_a_missing_column_are_told() {
        check(
            "t.csv",
            "id,text\n1,a\n\n2\n3,c,,\n4,d,e\n",
            &[(2, "a"), (5, "c")],
            &[
                "t.csv:4: found 1 column, expected 2 as in the header",
                "t.csv:6: found 3 columns, expected 2 as in the header",
            ],
        );
        check("t.csv", "id,words\n1,a\n", &[], &["t.csv:1: found the columns id, words, expected a header"]);
        check("t.csv", "", &[], &["t.csv:1: found the columns , expected a header"]);
    }

    #[test]
    fn cells_may_hold_lines_and_quotation_marks() {
        check(
            "t.csv",
            "id,text\r\n1,\"one\r\n\r\ntwo \"\"three\"\"\"\r\n2,it's 5\" wide\r\n",
            &[(2, "one\r\n\r\ntwo \"three\""), (5, "it's 5\" wide")],
            &[],
        );
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_costs_one_row() {
        check(
            "t.csv",
            "id,text\n1,\"one\n2,two\n3,three\n",
            &[(3, "two"), (4, "three")],
            &["t.csv:2: found a quotation mark that swallows 2 lines of the table"],
        );
        check(
            "t.csv",
            "id,text\n1,\"one\n2,\"two\"\n3,three\n",
            &[(3, "two"), (4, "three")],
            &["t.csv:2: found a quotation mark that swallows 1 line of"],
        );
        check("t.csv", "id,text\n1,\"one", &[], &["t.csv:2: found a quotation mark that is not closed"]);
    }

    #[test]
    fn lone_carriage_returns_part_rows() {
        check("t.csv", "id,text\r1,a\r2,b\r", &[(1, "a"), (1, "b")], &[]);
    }

    #[test]
    fn many_rows_in_one_line_take_linear_time() {
        let (rows, errors) =
            read("t.csv", &"text,id\r".replace('\r', &"\ra,1".repeat(300_000)), &ColumnNames::default());
        assert_eq!((rows.len(), errors.len()), (300_000, 0));
    }

    #[test]
    fn columns_have_their_usual_names_or_those_given() {
        let rows = check("t.csv", "URL,Body,class\nu,a,x\n", &[(2, "a")], &[]);
        assert_eq!((rows[0].id.as_deref(), rows[0].label.as_deref()), (Some("u"), Some("x")));
        let rows = check("t.jsonl", "{\"url\":\"u\",\"content\":\"a\",\"title\":\"t\"}", &[(1, "a")], &[]);
        assert_eq!((rows[0].id.as_deref(), rows[0].fields["title"].as_str()), (Some("u"), "t"));
        let names = ColumnNames {
            text: Some("page.words".to_string()),
            label: Some("y".to_string()),
            id: Some("key".to_string()),
            doc: Some("page.no".to_string()),
            delimiter: None,
        };
        let object = "{\"page\":{\"words\":\"a\",\"no\":7},\"y\":1,\"key\":\"k\",\"text\":\"b\"}";
        let (rows, errors) = read("t.jsonl", object, &names);
        assert_eq!(errors, Vec::<String>::new());
        let row = &rows[0];
        assert_eq!((row.text.as_str(), row.label.as_deref()), ("a", Some("1")));
        assert_eq!((row.id.as_deref(), row.doc.as_deref()), (Some("k"), Some("7")));
        let names = ColumnNames { text: Some("title".to_string()), ..ColumnNames::default() };
        let (_, errors) = read("t.csv", "id,text\n1,a\n", &names);
        assert!(errors[0].contains("expected a header line with a column `title`"), "{errors:?}");
    }
}
