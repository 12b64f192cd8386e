//! The forms of labelled text: articles, rows and fastText lines.

use std::path::Path;

use super::Document;
use super::Labelled;
use crate::error::Error;
use crate::error::Result;
use crate::read::Form;
use crate::read::extracted_text;
use crate::read::form_of;
use crate::read::front_matter;
use crate::read::labelled_blocks;
use crate::read::normalise;
use crate::read::read_text;
use crate::read::rows;

/// The weight of a paragraph whose column `confidence` is 1: it could well have another label. On
/// held-out outlets a half did better than nothing and than one.
const DOUBTFUL_WEIGHT: f64 = 0.5;

/// The documents of one file, and the rows that could not be read.
pub(super) fn documents_of(path: &Path) -> Result<(Vec<Document>, Vec<Error>)> {
    let text = read_text(path)?;
    let form = form_of(path, &text)?;
    match form {
        Form::Text | Form::Markdown if text.trim_start().starts_with("__label__") => {
            Ok(fasttext_documents(path, &text))
        }
        Form::Text | Form::Markdown => labelled_article(path, &text),
        Form::Html => labelled_article(path, &extracted_text(path, &text)),
        Form::JsonLines | Form::Columns => Ok(row_documents(path, &text, form)),
    }
}

fn bad_row(path: &Path, line: usize, found: impl Into<String>, expected: &str) -> Error {
    Error::Row { path: path.to_path_buf(), line, found: found.into(), expected: expected.to_string() }
}

fn labelled_article(path: &Path, text: &str) -> Result<(Vec<Document>, Vec<Error>)> {
    let (mut metadata, body) = front_matter(text);
    let line = 1 + text[..body].matches('\n').count();
    let no_labels = || Error::NoLabels { path: path.to_path_buf(), line };
    let blocks = labelled_blocks(text, body).ok_or_else(no_labels)?;
    let blocks = blocks.map_err(|(line, words)| {
        let found = format!("a block without a label ({words} …)");
        bad_row(path, line, found, "a label in brackets and a space at its start")
    })?;
    let sequence = metadata.get("sequence").is_none_or(|value| value != "no");
    let mut errors = Vec::new();
    let mut paragraphs: Vec<Labelled> = Vec::with_capacity(blocks.len());
    for block in blocks {
        // A label inside a block is one whose blank line is missing.
        let inside = &text[block.paragraph.start..block.paragraph.end];
        if let Some(n) = inside.lines().skip(1).position(begins_with_label) {
            errors.push(bad_row(
                path,
                block.line + n + 1,
                "a label inside a block",
                "a blank line before each label",
            ));
            continue;
        }
        let follows = sequence && !paragraphs.is_empty();
        paragraphs.push(Labelled {
            line: block.line,
            text: block.paragraph.text,
            label: block.label,
            weight: 1.0,
            follows,
        });
    }
    Ok((vec![Document::new(path, metadata.remove("outlet"), metadata.remove("topic"), paragraphs)], errors))
}

/// Whether a line begins as the block of a labelled article does.
fn begins_with_label(line: &str) -> bool {
    let name = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let fine = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    name.is_some_and(|(name, _)| !name.is_empty() && name.chars().all(fine))
}

fn fasttext_documents(path: &Path, text: &str) -> (Vec<Document>, Vec<Error>) {
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let labelled =
            line.trim().strip_prefix("__label__").and_then(|rest| rest.split_once(char::is_whitespace));
        match labelled {
            Some((label, text)) if !label.is_empty() && !text.trim_start().starts_with("__label__") => {
                let (label, text) = (label.to_string(), normalise(text));
                let paragraph = Labelled { line: index + 1, text, label, weight: 1.0, follows: false };
                documents.push(Document::new(path, None, None, vec![paragraph]));
            }
            _ => {
                let found = "a line without exactly one label and a text";
                errors.push(bad_row(path, index + 1, found, "`__label__NAME text`"));
            }
        }
    }
    (documents, errors)
}

/// The rows of one `doc`, while they are read.
struct Window {
    doc: Option<String>,
    outlet: Option<String>,
    topic: Option<String>,
    paragraphs: Vec<Labelled>,
}

fn row_documents(path: &Path, text: &str, form: Form) -> (Vec<Document>, Vec<Error>) {
    let table = rows(path, text, form);
    let mut errors = table.errors;
    if !table.rows.is_empty() && table.rows.iter().all(|row| !row.fields.contains_key("label")) {
        errors.push(Error::NoLabels { path: path.to_path_buf(), line: 1 });
        return (Vec::new(), errors);
    }
    let mut windows: Vec<Window> = Vec::new();
    for mut row in table.rows {
        let text = normalise(&row.text);
        let label = row.fields.remove("label").filter(|label| !label.trim().is_empty());
        let Some(label) = label.filter(|_| !text.is_empty()) else {
            errors.push(bad_row(path, row.line, "a row without a label or a text", "a `label` and a `text`"));
            continue;
        };
        let doubtful = row.fields.get("confidence").is_some_and(|confidence| confidence == "1");
        let weight = if doubtful { DOUBTFUL_WEIGHT } else { 1.0 };
        let paragraph =
            Labelled { line: row.line, text, label: label.trim().to_string(), weight, follows: row.follows };
        let doc = row.fields.remove("doc").filter(|doc| !doc.is_empty());
        match windows.last_mut() {
            Some(window) if doc.is_some() && window.doc == doc => window.paragraphs.push(paragraph),
            _ => windows.push(Window {
                doc,
                outlet: row.fields.remove("outlet"),
                topic: row.fields.remove("topic"),
                paragraphs: vec![paragraph],
            }),
        }
    }
    let document = |window: Window| Document::new(path, window.outlet, window.topic, window.paragraphs);
    (windows.into_iter().map(document).collect(), errors)
}
