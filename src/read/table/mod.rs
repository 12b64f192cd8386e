//! Tables: rows of JSON or of delimited columns, one by one.

mod cells;
mod columns;
mod mended;
mod objects;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use self::cells::CellRows;
use self::objects::ObjectRows;
#[cfg(feature = "parquet")]
use self::parquet::ParquetRows;
pub(crate) use self::row::Row;
use self::row::new_row;
use super::lines::Lines;
use super::names::Role;
use super::{ColumnNames, Form, form_by_name};
use crate::error::{Error, Result, Warning};

/// The rows of a table: bad ones are errors, and the rest go on.
pub(crate) struct Rows {
    path: PathBuf,
    names: ColumnNames,
    source: Source,
    /// `doc` and `index` of the row before.
    before: (Option<String>, Option<i64>),
    seen: Seen,
    n_read: Arc<AtomicU64>,
}

/// What the rows so far had.
#[derive(Default)]
struct Seen {
    row: bool,
    id: bool,
    doc: bool,
}

enum Source {
    Objects(Box<ObjectRows>),
    Cells(Box<CellRows>),
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
        let n_read = lines.n_read();
        let source = match form {
            Form::JsonLines | Form::Json => {
                // Only JSON Lines are a table by their name.
                let is_table = form == Form::JsonLines && form_by_name(path) != Some(Form::Json);
                Source::Objects(Box::new(ObjectRows::new(path, lines, form, is_table)))
            }
            _ => Source::Cells(Box::new(CellRows::open(path, lines, names)?)),
        };
        Ok(Rows::of(path, names, source, n_read))
    }

    /// The rows of a Parquet table.
    ///
    /// # Errors
    ///
    /// When it is none, or has no column for the text.
    #[cfg(feature = "parquet")]
    pub(crate) fn of_parquet(path: &Path, names: &ColumnNames) -> Result<Rows> {
        let rows = ParquetRows::open(path, names)?;
        Ok(Rows::of(path, names, Source::Parquet(Box::new(rows)), Arc::default()))
    }

    fn of(path: &Path, names: &ColumnNames, source: Source, n_read: Arc<AtomicU64>) -> Rows {
        let (path, names) = (path.to_path_buf(), names.clone());
        Rows { path, names, source, before: (None, None), seen: Seen::default(), n_read }
    }

    /// The error for a column that was named and that no row has; given once, at the end. Delimited columns
    /// tell it by their header.
    fn missing_column(&mut self) -> Option<Error> {
        let Seen { row, id, doc } = std::mem::take(&mut self.seen);
        let is_there = |role| if role == Role::Id { id } else { doc };
        let (name, option) = self.names.missing(is_there).filter(|_| row)?;
        let is_objects = matches!(self.source, Source::Objects(_));
        let found = format!("no row with a `{name}`");
        is_objects.then(|| bad_row(&self.path, 1, found, format!("the key that {option} names")))
    }

    /// How many bytes of the file were read, as it is stored; the count goes on. Stays 0 for Parquet, which
    /// is not read from its beginning to its end.
    pub(super) fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// What was noted since this was last asked.
    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        match &mut self.source {
            Source::Objects(rows) => rows.take_warnings(),
            Source::Cells(rows) => rows.take_warnings(),
            #[cfg(feature = "parquet")]
            Source::Parquet(_) => Vec::new(),
        }
    }

    fn next_row(&mut self) -> Result<Option<Row>> {
        match &mut self.source {
            Source::Objects(rows) => rows.next_row(&self.names),
            Source::Cells(rows) => rows.next_row(&self.names),
            #[cfg(feature = "parquet")]
            Source::Parquet(rows) => rows.next_row(&self.names),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        let mut row = match self.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => return self.missing_column().map(Err),
            Err(error) => return Some(Err(error)),
        };
        self.seen.row = true;
        self.seen.id |= row.id.is_some();
        self.seen.doc |= row.doc.is_some();
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
        for (name, content) in [("t.csv", ""), ("t.csv", "\n\n"), ("t.jsonl", ""), ("t.jsonl", "\n\n")] {
            check(name, content, &[], &[]);
        }
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
    fn known_columns_are_known_in_any_case_and_the_exact_one_first() {
        for (name, content) in [
            ("t.csv", "Text,text,Outlet,Date,date,Index,Section,ID\nb,a,wire,d,e,7,S,u\n"),
            (
                "t.jsonl",
                "{\"Text\":\"b\",\"text\":\"a\",\"Outlet\":\"wire\",\"Date\":\"d\",\"date\":\"e\",\"Index\":7,\"Section\":\"S\",\"ID\":\"u\"}",
            ),
        ] {
            let (rows, errors) = read(name, content, &ColumnNames::default());
            assert_eq!((rows[0].text.as_str(), errors.len()), ("a", 0));
            assert_eq!(rows[0].id.as_deref(), Some("u"));
            let fields: Vec<(&str, &str)> =
                rows[0].fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let expected = [
                ("Date", "d"),
                ("Section", "S"),
                ("Text", "b"),
                ("date", "e"),
                ("index", "7"),
                ("outlet", "wire"),
            ];
            assert_eq!(fields, expected, "{name}");
        }
    }

    #[test]
    fn a_column_that_was_named_and_is_not_there_is_told() {
        let id = ColumnNames { id: Some("key".to_string()), ..ColumnNames::default() };
        let doc = ColumnNames { doc: Some("page".to_string()), ..ColumnNames::default() };
        for (names, csv, json) in [
            (
                id,
                "the columns text, id, expected a column `key` (--id-column)",
                "no row with a `key`, expected the key that --id-column names",
            ),
            (
                doc,
                "the columns text, id, expected a column `page` (--doc-column)",
                "no row with a `page`, expected the key that --doc-column names",
            ),
        ] {
            let (rows, errors) = read("t.csv", "text,id\na,1\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (0, &[format!("t.csv:1: found {csv}")][..]));
            let (rows, errors) = read("t.jsonl", "{\"text\":\"a\",\"id\":1}\n{\"text\":\"b\"}\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (2, &[format!("t.jsonl:1: found {json}")][..]));
            assert!(
                read("t.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"key\":1,\"page\":\"p\"}", &names)
                    .1
                    .is_empty()
            );
            assert!(read("t.jsonl", "", &names).1.is_empty() && read("t.csv", "", &names).1.is_empty());
        }
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
