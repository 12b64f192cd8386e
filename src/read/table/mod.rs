//! Tables: rows of JSON objects, of delimited columns or of Parquet, one by one.

mod cells;
mod objects;
#[cfg(feature = "parquet")]
mod parquet;
mod records;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use self::cells::CellRows;
use self::objects::ObjectRows;
#[cfg(feature = "parquet")]
use self::parquet::ParquetRows;
use super::columns::{ColumnNames, Role, Row, bad_row};
use super::lines::Lines;
use super::sniff::Form;
use crate::error::{Error, Result, Warning};

#[cfg(feature = "parquet")]
pub use self::parquet::is_parquet_file;

/// The rows of a table. A bad row is an error, after which the other rows follow.
pub struct Rows {
    path: PathBuf,
    names: ColumnNames,
    source: Source,
    /// The `doc` and `index` of the row before.
    before: (Option<String>, Option<i64>),
    seen: Seen,
    n_read: Arc<AtomicU64>,
}

/// What at least one row so far had.
#[derive(Default)]
struct Seen {
    text: bool,
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
    /// The rows of the table in `lines`. Fails if a header has no column for the text.
    pub fn new(path: &Path, lines: Lines, form: Form, names: &ColumnNames) -> Result<Rows> {
        let n_read = lines.n_read();
        let source = match form {
            Form::JsonLines | Form::Json => Source::Objects(Box::new(ObjectRows::new(path, lines, form))),
            _ => Source::Cells(Box::new(CellRows::open(path, lines, names)?)),
        };
        Ok(Rows::from_source(path, names, source, n_read))
    }

    /// The rows of a Parquet table. Fails if it is damaged or has no column for the text.
    #[cfg(feature = "parquet")]
    pub fn of_parquet(path: &Path, names: &ColumnNames) -> Result<Rows> {
        let source = Source::Parquet(Box::new(ParquetRows::open(path, names)?));
        Ok(Rows::from_source(path, names, source, Arc::default()))
    }

    fn from_source(path: &Path, names: &ColumnNames, source: Source, n_read: Arc<AtomicU64>) -> Rows {
        let (path, names) = (path.to_path_buf(), names.clone());
        Rows { path, names, source, before: (None, None), seen: Seen::default(), n_read }
    }

    /// The error for a key that the user named but no object has, returned once, at the end. For other tables the
    /// header is checked when they are opened.
    fn missing_key(&mut self) -> Option<Error> {
        let seen = std::mem::take(&mut self.seen);
        let exists = |role| if role == Role::Id { seen.id } else { seen.doc };
        let is_objects = matches!(self.source, Source::Objects(_));
        let name = self.names.missing(exists).filter(|_| seen.text && is_objects)?;
        Some(bad_row(&self.path, 1, format!("no row with a key `{name}`"), "at least one"))
    }

    /// The number of bytes read from the file so far, as it is stored; the counter is live. It stays 0 for Parquet,
    /// which is not read in order.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
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
            Source::Cells(rows) => rows.next_row(),
            #[cfg(feature = "parquet")]
            Source::Parquet(rows) => rows.next_row(),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        let mut row = match self.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => return self.missing_key().map(Err),
            Err(error) => return Some(Err(error)),
        };
        self.seen.text = true;
        self.seen.id |= row.id.is_some();
        self.seen.doc |= row.doc.is_some();
        let index: Option<i64> = row.fields.get("index").and_then(|index| index.parse().ok());
        let is_next = index.zip(self.before.1).is_none_or(|(index, last)| last.checked_add(1) == Some(index));
        row.follows = row.doc.is_some() && row.doc == self.before.0 && is_next;
        self.before = (row.doc.clone(), index);
        Some(Ok(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &str, names: &ColumnNames) -> (Vec<Row>, Vec<String>) {
        let form = if name.ends_with("jsonl") { Form::JsonLines } else { Form::Columns };
        let reader = std::io::Cursor::new(content.to_string());
        let lines = Lines::from_reader(Path::new(name), Box::new(reader)).unwrap();
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

    #[test]
    fn delimiters_are_detected() {
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
    fn ragged_rows_and_a_missing_column_are_reported() {
        check(
            "t.csv",
            "id,text\n1,a\n\n2\n3,c,,\n4,d,e\n",
            &[(2, "a"), (5, "c")],
            &[
                "t.csv:4: found 1 column, expected 2 as in the header",
                "t.csv:6: found 3 columns, expected 2 as in the header",
            ],
        );
        check("t.csv", "id,words\n1,a\n", &[], &["t.csv: no column `text`; columns are: id, words"]);
        for (name, content) in [("t.csv", ""), ("t.csv", "\n\n"), ("t.jsonl", ""), ("t.jsonl", "\n\n")] {
            check(name, content, &[], &[]);
        }
    }

    #[test]
    fn cells_may_hold_line_breaks_and_quotation_marks() {
        check(
            "t.csv",
            "id,text\r\n1,\"one\r\n\r\ntwo \"\"three\"\"\"\r\n2,it's 5\" wide\r\n",
            &[(2, "one\r\n\r\ntwo \"three\""), (5, "it's 5\" wide")],
            &[],
        );
    }

    #[test]
    fn an_unclosed_quotation_mark_costs_one_row() {
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
    fn lone_carriage_returns_end_rows() {
        check("t.csv", "id,text\r1,a\r2,b\r", &[(1, "a"), (1, "b")], &[]);
    }

    #[test]
    fn many_rows_on_one_line_take_linear_time() {
        let (rows, errors) =
            read("t.csv", &"text,id\r".replace('\r', &"\ra,1".repeat(300_000)), &ColumnNames::default());
        assert_eq!((rows.len(), errors.len()), (300_000, 0));
    }

    #[test]
    fn known_columns_match_in_any_case_but_exact_ones_first() {
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
    fn a_missing_column_that_the_user_named_is_reported() {
        let id = ColumnNames { id: Some("key".to_string()), ..ColumnNames::default() };
        let doc = ColumnNames { doc: Some("page".to_string()), ..ColumnNames::default() };
        for (names, csv, json) in [
            (
                id,
                "no column `key`; columns are: text, id",
                "found no row with a key `key`, expected at least one",
            ),
            (
                doc,
                "no column `page`; columns are: text, id",
                "found no row with a key `page`, expected at least one",
            ),
        ] {
            let (rows, errors) = read("t.csv", "text,id\na,1\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (0, &[format!("t.csv: {csv}")][..]));
            let (rows, errors) = read("t.jsonl", "{\"text\":\"a\",\"id\":1}\n{\"text\":\"b\"}\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (2, &[format!("t.jsonl:1: {json}")][..]));
            assert!(
                read("t.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"key\":1,\"page\":\"p\"}", &names)
                    .1
                    .is_empty()
            );
            assert!(read("t.jsonl", "", &names).1.is_empty() && read("t.csv", "", &names).1.is_empty());
        }
    }

    #[test]
    fn columns_have_the_usual_names_or_those_of_the_user() {
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
        assert!(errors[0].contains("no column `title`"), "{errors:?}");
    }
}
