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
}

/// The rows of a table, and those that could not be read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    pub(crate) errors: Vec<Error>,
}

/// The rows of a table in `form`; bad ones are listed apart and the rest are read.
pub(crate) fn rows(path: &Path, text: &str, form: Form) -> Table {
    match form {
        Form::JsonLines => json_rows(path, text),
        _ => column_rows(path, text),
    }
}

fn json_rows(path: &Path, text: &str) -> Table {
    let mut table = Table::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match json_row(line) {
            Ok((text, fields)) => table.rows.push(Row { line: index + 1, text, fields }),
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
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(line).map_err(|err| format!("bad JSON ({err})"))?;
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
    let text = row_text.ok_or_else(|| "an object without a string `text`".to_string())?;
    Ok((text, fields))
}

fn column_rows(path: &Path, text: &str) -> Table {
    let mut table = Table::default();
    let header_line = text.lines().next().unwrap_or_default();
    let delimiter = delimiter_of(header_line);
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
        if record.len() != header.len() {
            let found = format!("{} columns", record.len());
            table.errors.push(bad(line, found, format!("{} as in the header", header.len())));
            continue;
        }
        let named = header.iter().zip(&record).enumerate();
        let others = named.filter(|&(column, _)| column != text_column);
        let fields = others.map(|(_, (name, value))| (name.trim().to_string(), value.to_string()));
        table.rows.push(Row { line, text: record[text_column].to_string(), fields: fields.collect() });
    }
    table
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
    let by_row = rows_are_paragraphs || rows.iter().any(|row| row.fields.contains_key("doc"));
    let mut articles: Vec<Article> = Vec::new();
    for mut row in rows {
        let id = row.fields.remove("id");
        let same_doc = |article: &Article| {
            let doc = row.fields.get("doc");
            doc.is_some() && article.metadata.get("doc") == doc
        };
        if !by_row {
            articles.push(article_of_row(path, row, id));
        } else if articles.last().is_some_and(same_doc) {
            let article = articles.last_mut().expect("just seen");
            article.paragraphs.push(paragraph_of_row(&row.text, id));
        } else {
            let paragraphs = vec![paragraph_of_row(&row.text, id)];
            articles.push(new_article(path, row.fields, paragraphs));
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
        paragraphs.push(paragraph_of_row(&row.text, id));
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
fn paragraph_of_row(text: &str, id: Option<String>) -> Paragraph {
    let start = text.len() - text.trim_start().len();
    let end = start + text.trim().len();
    Paragraph { id, start, end, text: normalise(text), heading: false }
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
        assert!(table.errors[0].to_string().starts_with("t.jsonl:2: found bad JSON"));
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
