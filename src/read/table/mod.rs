//! Tables: rows of JSON objects, delimited columns or Parquet, one at a time.

mod annotations;
mod cells;
mod delimiter;
mod field;
mod header;
mod kept;
mod memory;
mod nested;
mod objects;
#[cfg(feature = "parquet")]
mod parquet;
mod records;
mod repair;
mod row;
mod values;
#[cfg(feature = "forms")]
mod xlsx;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use self::cells::CellRows;
use self::field::{Markup, without_markup};
pub use self::kept::KeptColumns;
use self::memory::MemoryRows;
use self::objects::ObjectRows;
#[cfg(feature = "parquet")]
use self::parquet::ParquetRows;
pub use self::row::{Row, bad_row};
use super::ColumnNames;
use super::form::Form;
use super::lines::Lines;
use crate::error::{Result, Warning};

#[cfg(any(feature = "train", feature = "forms"))]
pub use self::header::no_column;
pub use self::memory::TextRow;
#[cfg(feature = "parquet")]
pub use self::parquet::is_parquet_file;

/// The rows of a table. A bad row is an error, after which the other rows follow.
pub struct Rows {
    source: Box<dyn Source>,
    /// The `doc` and `index` of the previous row.
    before: (Option<String>, Option<i64>),
    n_read: Arc<AtomicU64>,
    path: PathBuf,
    /// Whether a row had each kind of [`Markup`], which is reported once.
    has_markup: [bool; Markup::N],
    kept: KeptColumns,
    /// The columns whose values are too long to be kept, which are reported once.
    too_long: BTreeSet<String>,
    warnings: Vec<Warning>,
}

/// The rows of one kind of table.
trait Source: Send {
    /// The next row; `None` at the end. Fails if a row cannot be used, in which case the next call continues after it,
    /// or if the rest of the file cannot be read.
    fn next_row(&mut self) -> Result<Option<Row>>;

    /// The warnings since the last call.
    fn take_warnings(&mut self) -> Vec<Warning>;

    /// The number of lines since the last call that were skipped as no rows, which count as rows.
    fn take_skipped(&mut self) -> usize {
        0
    }

    /// Lets rows have labels as annotation tools export them.
    #[cfg(feature = "train")]
    fn read_annotations(&mut self) {}
}

impl Rows {
    /// The rows of the table in `lines`. Fails if a header has no column for the text.
    pub fn new(lines: Lines, form: Form, names: &ColumnNames) -> Result<Rows> {
        let (n_read, path) = (lines.n_read(), lines.path().to_path_buf());
        let source: Box<dyn Source> = match form {
            Form::JsonLines | Form::Json => Box::new(ObjectRows::new(lines, form, names)),
            _ => Box::new(CellRows::open(lines, names)?),
        };
        Ok(Rows::of(source, path, n_read, names))
    }

    /// The rows of a Parquet table. Fails if it is damaged or has no column for the text.
    #[cfg(feature = "parquet")]
    pub fn of_parquet(path: &Path, names: &ColumnNames) -> Result<Rows> {
        let source = Box::new(ParquetRows::open(path, names)?);
        Ok(Rows::of(source, path.to_path_buf(), Arc::default(), names))
    }

    /// The rows of a table in memory, which is called `path`.
    pub fn in_memory(path: &Path, rows: impl Iterator<Item = TextRow> + Send + 'static) -> Rows {
        Rows::of(
            Box::new(MemoryRows::new(path, rows)),
            path.to_path_buf(),
            Arc::default(),
            &ColumnNames::default(),
        )
    }

    fn of(source: Box<dyn Source>, path: PathBuf, n_read: Arc<AtomicU64>, names: &ColumnNames) -> Rows {
        Rows {
            source,
            before: (None, None),
            n_read,
            path,
            has_markup: [false; Markup::N],
            kept: names.kept.clone(),
            too_long: BTreeSet::new(),
            warnings: Vec::new(),
        }
    }

    /// Lets rows have labels as annotation tools export them; call it before the first row.
    #[cfg(feature = "train")]
    pub fn read_annotations(&mut self) {
        self.source.read_annotations();
    }

    /// See [`Lines::n_read`]. Stays 0 for Parquet, which is not read in order.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    pub fn take_warnings(&mut self) -> Vec<Warning> {
        // Those of the source come first: they are about the header and the file as a whole.
        let mut warnings = self.source.take_warnings();
        warnings.append(&mut self.warnings);
        warnings
    }

    /// See [`Source::take_skipped`].
    pub fn take_skipped(&mut self) -> usize {
        self.source.take_skipped()
    }

    /// Leaves the columns of a row that are passed through.
    fn keep_columns(&mut self, row: &mut Row) {
        let kept = &self.kept;
        row.columns.retain(|(name, value)| {
            let is_short = kept.has_room_for(value);
            // A long object or array is often what holds the row, with the text in it.
            if !is_short && value.is_string() && self.too_long.insert(name.clone()) {
                let what =
                    format!("column `{name}` has values of more than 1 KB, which records do not repeat");
                self.warnings.push(Warning { path: self.path.clone(), line: row.line, what });
            }
            is_short
        });
    }

    /// Reads the text of a row without its markup.
    fn read_markup(&mut self, row: &mut Row) {
        let Some((kind, text, blocks)) = without_markup(&row.text) else { return };
        (row.text, row.blocks, row.is_extracted) = (text, blocks, true);
        if !std::mem::replace(&mut self.has_markup[kind as usize], true) {
            let what = format!("column `{}` holds {}", row.column, kind.name());
            self.warnings.push(Warning { path: self.path.clone(), line: row.line, what });
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        let mut row = self.source.next_row().transpose()?;
        if let Ok(row) = &mut row {
            row.name_article_of_record();
            let index = row.index();
            let last: Option<i64> = self.before.1;
            let is_next = index.zip(last).is_none_or(|(index, last)| last.checked_add(1) == Some(index));
            row.follows = row.doc.is_some() && row.doc == self.before.0 && is_next;
            self.before = (row.doc.clone(), index);
            self.read_markup(row);
            self.keep_columns(row);
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::archive::Bytes;

    fn read(name: &str, content: &str, names: &ColumnNames) -> (Vec<Row>, Vec<String>) {
        let form = if name.ends_with("jsonl") { Form::JsonLines } else { Form::Columns };
        let lines = Lines::new(Bytes::of_text(name, content)).unwrap();
        let rows = match Rows::new(lines, form, names) {
            Ok(rows) => rows,
            Err(error) => return (Vec::new(), vec![error.to_string()]),
        };
        let (rows, errors): (Vec<_>, Vec<_>) = rows.partition(Result::is_ok);
        let errors = errors.into_iter().map(|error| error.unwrap_err().to_string());
        (rows.into_iter().map(Result::unwrap).collect(), errors.collect())
    }

    /// Checks the lines and texts of the rows, and how the errors begin.
    #[track_caller]
    pub fn check(name: &str, content: &str, expected: &[(usize, &str)], errors: &[&str]) -> Vec<Row> {
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
        for (names, name) in [(id, "key"), (doc, "page")] {
            let csv = format!("no column `{name}`; columns are: text, id");
            let json = format!("found no row with a key `{name}`, expected at least one");
            let (rows, errors) = read("t.csv", "text,id\na,1\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (0, &[format!("t.csv: {csv}")][..]));
            let (rows, errors) = read("t.jsonl", "{\"text\":\"a\",\"id\":1}\n{\"text\":\"b\"}\n", &names);
            assert_eq!((rows.len(), errors.as_slice()), (2, &[format!("t.jsonl:1: {json}")][..]));
            let both = "{\"text\":\"a\"}\n{\"text\":\"b\",\"key\":1,\"page\":\"p\"}";
            assert!(read("t.jsonl", both, &names).1.is_empty());
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
            ..ColumnNames::default()
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
