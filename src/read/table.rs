//! Tables: JSONL and delimited columns, a row an article or a paragraph.

use std::path::Path;

use super::{Form, Metadata, normalise, text};
use crate::article::Article;
use crate::article::Paragraph;
use crate::article::SpanOf;
use crate::error::Error;

/// One row that has a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// The column `text`.
    pub(crate) text: String,
    /// All other columns that hold a string, number or truth value.
    pub(crate) fields: Metadata,
    /// Whether it goes on where the row before it ended: the same `doc`, and the next `index` where
    /// there is one.
    pub(crate) follows: bool,
}

/// The rows of a table, and those that could not be read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    pub(crate) errors: Vec<Error>,
}

/// The rows of a table in `form`; bad ones are listed apart and the rest are read.
pub(crate) fn rows(path: &Path, text: &str, form: Form) -> Table {
    let mut table = match form {
        Form::JsonLines => json_rows(path, text),
        _ => column_rows(path, text),
    };
    let key = |row: &Row, name: &str| row.fields.get(name).filter(|value| !value.is_empty()).cloned();
    let mut before: (Option<String>, Option<i64>) = (None, None);
    for row in &mut table.rows {
        let doc = key(row, "doc");
        let index: Option<i64> = key(row, "index").and_then(|index| index.parse().ok());
        let next = index.zip(before.1).is_none_or(|(index, last)| last.checked_add(1) == Some(index));
        row.follows = doc.is_some() && doc == before.0 && next;
        before = (doc, index);
    }
    table
}

fn json_rows(path: &Path, text: &str) -> Table {
    let mut table = Table::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match json_row(line) {
            Ok((text, fields)) => table.rows.push(Row { line: index + 1, text, fields, follows: false }),
            Err(found) => table.errors.push(Error::Row {
                path: path.to_path_buf(),
                line: index + 1,
                found,
                expected: "a JSON object with a string `text`".to_string(),
            }),
        }
    }
    table
}

fn json_row(line: &str) -> Result<(String, Metadata), String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line)
        .map_err(|err| format!("bad JSON at column {} of the line", err.column()))?;
    let mut row_text = None;
    let mut fields = Metadata::new();
    for (key, value) in object {
        match value {
            serde_json::Value::String(string) if key == "text" => row_text = Some(string),
            serde_json::Value::String(string) => drop(fields.insert(key, string)),
            serde_json::Value::Number(number) => drop(fields.insert(key, number.to_string())),
            serde_json::Value::Bool(truth) => drop(fields.insert(key, truth.to_string())),
            _ => {}
        }
    }
    let text = row_text.ok_or_else(|| {
        let keys: Vec<&str> = fields.keys().map(String::as_str).take(8).collect();
        format!("an object without a string `text` (it has {})", keys.join(", "))
    })?;
    Ok((text, fields))
}

fn column_rows(path: &Path, text: &str) -> Table {
    let mut table = Table::default();
    let header_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = delimiter_of(header_line);
    // An odd number of quotation marks says that one is not closed.
    let unclosed = text.matches('"').count() % 2 == 1;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let bad = |line: usize, found: String, expected: String| Error::Row {
        path: path.to_path_buf(),
        line,
        found,
        expected,
    };
    let Some(text_column) = header.iter().position(|name| name.trim() == "text") else {
        let names: Vec<&str> = header.iter().take(12).collect();
        let found = format!("the columns {}", names.join(", "));
        table.errors.push(bad(1, found, "a header line with a column `text`".to_string()));
        return table;
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(err) => {
                let line = err.position().map_or(1, |position| position.line() as usize);
                table.errors.push(bad(line, format!("a bad row ({err})"), "a row of the table".to_string()));
                continue;
            }
        };
        let line = record.position().map_or(1, |position| position.line() as usize);
        if let Some(cell) =
            record.iter().find(|cell| unclosed && is_runaway(cell, delimiter as char, header.len()))
        {
            let n_lines = cell.matches('\n').count();
            let found = format!("a quotation mark that swallows {n_lines} lines of the table");
            table.errors.push(bad(
                line,
                found,
                "cells whose quotation marks are closed or doubled".to_string(),
            ));
            continue;
        }
        if record.len() != header.len() {
            let found = format!("{} columns", record.len());
            table.errors.push(bad(line, found, format!("{} as in the header", header.len())));
            continue;
        }
        let named = header.iter().zip(&record).enumerate();
        let others = named.filter(|&(column, _)| column != text_column);
        let fields = others.map(|(_, (name, value))| (name.trim().to_string(), value.to_string()));
        table.rows.push(Row {
            line,
            text: record[text_column].to_string(),
            fields: fields.collect(),
            follows: false,
        });
    }
    table
}

/// Whether a line is the header of a table of ours: several columns, one of them `text`.
pub(super) fn is_header(line: &str) -> bool {
    let mut columns = line.split(delimiter_of(line) as char).map(|name| name.trim().trim_matches('"'));
    columns.clone().count() > 1 && columns.any(|name| name == "text")
}

/// Whether a cell holds lines that are themselves rows of the table: an opening quotation mark that
/// nothing closed.
fn is_runaway(cell: &str, delimiter: char, n_columns: usize) -> bool {
    let mut inner = cell.split('\n').skip(1).filter(|line| !line.trim().is_empty()).peekable();
    let whole_rows = inner.peek().is_some() && n_columns > 1;
    whole_rows && inner.all(|line| line.matches(delimiter).count() + 1 >= n_columns)
}

/// Tab, semicolon or comma: the one that the header line has most of outside quotation marks.
fn delimiter_of(header: &str) -> u8 {
    let mut inside = false;
    let mut counts = [0usize; 3];
    for byte in header.bytes() {
        match byte {
            b'"' => inside = !inside,
            b'\t' if !inside => counts[0] += 1,
            b';' if !inside => counts[1] += 1,
            b',' if !inside => counts[2] += 1,
            _ => {}
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    match counts.iter().position(|&count| count == most) {
        _ if most == 0 => b',',
        Some(0) => b'\t',
        Some(1) => b';',
        _ => b',',
    }
}

/// Articles made of rows: one a row, or one for consecutive rows of the same `doc`.
pub(super) fn articles(path: &Path, rows: Vec<Row>, rows_are_paragraphs: bool) -> Vec<Article> {
    let has_doc = |row: &Row| row.fields.get("doc").is_some_and(|doc| !doc.is_empty());
    let by_row = rows_are_paragraphs || rows.iter().any(has_doc);
    let mut articles: Vec<Article> = Vec::new();
    for mut row in rows {
        let id = row.fields.remove("id");
        let doc = row.fields.get("doc").filter(|doc| !doc.is_empty());
        match articles.last_mut() {
            _ if !by_row => articles.push(article_of_row(path, row, id)),
            Some(article) if doc.is_some() && article.metadata.get("doc") == doc => {
                article.paragraphs.push(paragraph_of_row(&row.text, id, row.follows));
            }
            _ => {
                let paragraphs = vec![paragraph_of_row(&row.text, id, false)];
                articles.push(new_article(path, row.fields, paragraphs));
            }
        }
    }
    articles
}

fn article_of_row(path: &Path, row: Row, id: Option<String>) -> Article {
    let mut paragraphs = text::paragraphs(&row.text, 0);
    for paragraph in &mut paragraphs {
        paragraph.id = id.clone();
    }
    if paragraphs.is_empty() {
        paragraphs.push(paragraph_of_row(&row.text, id, false));
    }
    new_article(path, row.fields, paragraphs)
}

fn new_article(path: &Path, mut metadata: Metadata, paragraphs: Vec<Paragraph>) -> Article {
    // These belong to one row and not to the article.
    for key in ["label", "index", "confidence"] {
        metadata.remove(key);
    }
    Article { source: path.display().to_string(), metadata, span_of: SpanOf::Field, paragraphs }
}

/// A row that is one paragraph, whatever line breaks it has.
fn paragraph_of_row(text: &str, id: Option<String>, follows: bool) -> Paragraph {
    let start = text.len() - text.trim_start().len();
    let end = (start + text.trim().len()).max(start);
    Paragraph { id, start, end, text: normalise(text), follows, ..Paragraph::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_row_is_told_and_the_rest_are_read() {
        let text = "{\"text\":\"a\",\"n\":1}\n{\"text\":\n\n{\"text\":2}\n{\"text\":\"b\",\"x\":NaN}\n{\"text\":\"c\"}";
        let table = rows(Path::new("t.jsonl"), text, Form::JsonLines);
        let texts: Vec<_> = table.rows.iter().map(|row| (row.line, row.text.as_str())).collect();
        assert_eq!(texts, [(1, "a"), (6, "c")]);
        assert_eq!(table.rows[0].fields["n"], "1");
        assert_eq!(table.errors.len(), 3);
        assert!(table.errors[0].to_string().starts_with("t.jsonl:2: found bad JSON at column"));
    }

    #[test]
    fn delimiters_are_found_in_the_header() {
        for (text, delimiter) in [
            ("id,text\n1,\"a, b\"\n", b','),
            ("id;text\n1;\"a, b\"\n", b';'),
            ("id\ttext\n1\ta, b\n", b'\t'),
            ("text\n\"a, b\"\n", b','),
        ] {
            assert_eq!(delimiter_of(text.lines().next().unwrap()), delimiter, "{text}");
            let table = rows(Path::new("t.csv"), text, Form::Columns);
            assert_eq!(table.rows[0].text, "a, b", "{text}");
        }
    }

    #[test]
    fn ragged_rows_and_a_missing_column_are_told() {
        let table = rows(Path::new("t.csv"), "id,text\n1,a\n2\n3,c\n", Form::Columns);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.errors[0].to_string(), "t.csv:3: found 1 columns, expected 2 as in the header");
        let table = rows(Path::new("t.csv"), "id,body\n1,a\n", Form::Columns);
        assert!(table.errors[0].to_string().contains("the columns id, body"));
    }

    #[test]
    fn rows_of_one_doc_are_neighbours() {
        let text =
            "{\"text\":\"a\",\"doc\":\"1\"}\n{\"text\":\"b\",\"doc\":\"1\"}\n{\"text\":\"\",\"doc\":\"2\"}";
        let table = rows(Path::new("t.jsonl"), text, Form::JsonLines);
        let articles = articles(Path::new("t.jsonl"), table.rows, false);
        let lens: Vec<_> = articles.iter().map(|article| article.paragraphs.len()).collect();
        assert_eq!(lens, [2, 1]);
    }
}
