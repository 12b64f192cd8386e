//! The forms of labelled text: articles, rows and fastText lines.

use std::collections::HashMap;
use std::path::Path;

use super::{Document, Labelled};
use crate::error::{Error, Result, Warning};
use crate::read::{
    ColumnNames, Form, Opened, Row, Rows, extracted_text, front_matter, labelled_blocks, normalise,
};

/// The weight of a paragraph whose column `confidence` is 1: it could well have another label. On
/// held-out outlets a half did better than nothing and than one.
const DOUBTFUL_WEIGHT: f64 = 0.5;

/// The most labelled text that one file may hold, in bytes; rows have no such bound.
const MAX_TEXT: usize = 1 << 30;

/// What one file gave.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) documents: Vec<Document>,
    /// The rows that could not be read.
    pub(super) errors: Vec<Error>,
    pub(super) warnings: Vec<Warning>,
}

/// The documents of one file.
pub(super) fn documents_of(path: &Path, names: &ColumnNames) -> Result<Labels> {
    let (mut lines, form) = match Opened::open(path, names)? {
        Opened::Rows(rows) => return row_documents(path, *rows, names),
        Opened::Text(lines, form) => (lines, form),
    };
    let too_large = || Error::TooLarge { path: path.to_path_buf(), most_mb: MAX_TEXT >> 20 };
    let text = lines.rest(MAX_TEXT)?.ok_or_else(too_large)?;
    let warnings = lines.take_warnings();
    let text = if form == Form::Html { extracted_text(path, &text) } else { text };
    let (documents, errors) = if text.trim_start().starts_with("__label__") {
        fasttext_documents(path, &text)
    } else {
        labelled_article(path, &text)?
    };
    Ok(Labels { documents, errors, warnings })
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
    if paragraphs.is_empty() {
        return Ok((Vec::new(), errors));
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

/// Documents while their rows are read, in the order of their first rows.
#[derive(Default)]
struct Windows {
    windows: Vec<Window>,
    /// Where the window of a `doc` is: rows of one that stand apart are one document all the same, or folds would
    /// learn from one part of an article what they are tested on in another.
    of_doc: HashMap<String, usize>,
}

/// The rows of one `doc`.
struct Window {
    outlet: Option<String>,
    topic: Option<String>,
    paragraphs: Vec<Labelled>,
}

fn row_documents(path: &Path, mut rows: Rows, names: &ColumnNames) -> Result<Labels> {
    let mut labels = Labels::default();
    let mut windows = Windows::default();
    let (mut first_row, mut n_labelled) = (None, 0);
    for row in &mut rows {
        match row {
            Ok(row) => {
                if first_row.is_none() {
                    labels.warnings.extend(is_scored(&row).then(|| scored(path, row.line)));
                    first_row = Some((row.line, columns_of(&row)));
                }
                n_labelled += usize::from(row.label.is_some());
                labels.errors.extend(take_row(path, row, &mut windows).err());
            }
            Err(error) => labels.errors.push(error),
        }
    }
    labels.warnings.extend(rows.take_warnings());
    if let Some((line, columns)) = first_row.filter(|_| n_labelled == 0) {
        // One line says it all.
        labels.errors.retain(|error| !is_unlabelled(error));
        labels.errors.push(match &names.label {
            Some(label) => bad_row(path, line, columns, &format!("labels in a column `{label}`")),
            None => Error::NoLabels { path: path.to_path_buf(), line: 1 },
        });
    }
    let document = |window: Window| Document::new(path, window.outlet, window.topic, window.paragraphs);
    labels.documents = windows.windows.into_iter().map(document).collect();
    Ok(labels)
}

/// Whether a row has the columns of our own results.
fn is_scored(row: &Row) -> bool {
    ["paragraph", "start", "end", "span_of"].iter().all(|name| row.fields.contains_key(*name))
}

fn scored(path: &Path, line: usize) -> Warning {
    let what = "results of `rhetor score`; if nobody corrected their labels, they say what a model says, not what is right";
    Warning { path: path.to_path_buf(), line, what: what.to_string() }
}

/// What a row has, in words; its text, identifier and `doc` may go by any names.
fn columns_of(row: &Row) -> String {
    const MOST: usize = 12;
    let names: Vec<&str> = row.fields.keys().map(String::as_str).take(MOST).collect();
    let others = format!("the columns {}", names.join(", "));
    let pieces = [
        (true, "a text"),
        (row.id.is_some(), "an identifier"),
        (row.doc.is_some(), "a `doc`"),
        (!names.is_empty(), others.as_str()),
    ];
    let pieces: Vec<&str> =
        pieces.into_iter().filter(|(is_there, _)| *is_there).map(|(_, piece)| piece).collect();
    format!("a row of {}", pieces.join(", "))
}

/// What a row without a label or a text is called.
const UNLABELLED: &str = "a row without a label or a text";

fn is_unlabelled(error: &Error) -> bool {
    matches!(error, Error::Row { found, .. } if found == UNLABELLED)
}

/// Adds a row to the window of its article.
fn take_row(path: &Path, mut row: Row, windows: &mut Windows) -> Result<()> {
    let text = normalise(&row.text);
    let label = row.label.filter(|label| !label.trim().is_empty());
    let Some(label) = label.filter(|_| !text.is_empty()) else {
        return Err(bad_row(path, row.line, UNLABELLED, "a `label` and a `text`"));
    };
    let doubtful = row.fields.get("confidence").is_some_and(|confidence| confidence == "1");
    let weight = if doubtful { DOUBTFUL_WEIGHT } else { 1.0 };
    let label = label.trim().to_string();
    let paragraph = Labelled { line: row.line, text, label, weight, follows: row.follows };
    let known = row.doc.as_ref().and_then(|doc| windows.of_doc.get(doc));
    if let Some(&place) = known {
        windows.windows[place].paragraphs.push(paragraph);
        return Ok(());
    }
    windows.of_doc.extend(row.doc.map(|doc| (doc, windows.windows.len())));
    let (outlet, topic) = (row.fields.remove("outlet"), row.fields.remove("topic"));
    windows.windows.push(Window { outlet, topic, paragraphs: vec![paragraph] });
    Ok(())
}
