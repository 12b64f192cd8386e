//! Rows of paragraphs that people label: what a sample consists of, and what coders give back.

use std::path::{Path, PathBuf};

use super::forms::corpus_of;
use super::rivals::Rivals;
use super::unlabelled::{UnlabelledRows, is_missing, label_name};
use crate::error::{Error, Result, Warning};
use crate::read::{ColumnNames, Opened, Row, normalise};

/// A paragraph with or without a label, and the article that it is from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabelRow {
    /// The line of the file that it was read from, from 1; 0 if it was not read from a file.
    pub line: usize,
    /// The paragraph's identifier.
    pub id: Option<String>,
    /// The article that it belongs to.
    pub doc: Option<String>,
    /// Its number in the article. Paragraphs with consecutive numbers are neighbours.
    pub index: Option<i64>,
    /// The outlet of the article.
    pub outlet: Option<String>,
    /// The text.
    pub text: String,
    /// The label, unless it is still to be given.
    pub label: Option<String>,
    /// How sure the coder was.
    pub confidence: Option<String>,
    /// The coder's note.
    pub note: Option<String>,
    /// Who gave the label.
    pub coder: Option<String>,
    /// Whether it only shows what stands beside a paragraph that is to be labelled.
    pub context: bool,
    /// The place in which it should be labelled, from 1.
    pub rank: Option<usize>,
    /// How many paragraphs of the input it stands for.
    pub sampling_weight: Option<f64>,
}

/// The label rows of one file.
#[derive(Debug, Default)]
pub struct LabelFile {
    /// The file.
    pub path: PathBuf,
    /// Its rows in order, with or without a label.
    pub rows: Vec<LabelRow>,
    /// The rows that could not be read.
    pub errors: Vec<Error>,
    /// Warnings about text that was changed.
    pub warnings: Vec<Warning>,
}

impl LabelFile {
    /// Reads a table, the export of an annotation tool, a labelled article or fastText lines.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or has neither rows nor labels.
    pub fn read(path: &Path, names: &ColumnNames) -> Result<LabelFile> {
        let mut file = LabelFile { path: path.to_path_buf(), ..LabelFile::default() };
        let Opened::Rows(mut rows) = Opened::open(path, names)? else {
            return LabelFile::of_text(path, names);
        };
        rows.read_annotations();
        let (mut rivals, mut skipped) = (Rivals::default(), UnlabelledRows::default());
        for row in &mut *rows {
            match row {
                Ok(row) => {
                    rivals.see(&row, names);
                    // An empty label is still to be given.
                    let word = row.label.as_deref().map(label_name).filter(|name| !name.is_empty());
                    word.filter(|name| is_missing(name)).iter().for_each(|word| skipped.add(row.line, word));
                    file.rows.push(LabelRow::of(row));
                }
                Err(error) => file.errors.push(error),
            }
        }
        file.warnings = rows.take_warnings();
        file.warnings.extend(rivals.warning(path));
        file.warnings.extend(skipped.warning(path, "not counted"));
        file.unlabel_several();
        Ok(file)
    }

    /// The labelled blocks of an article, or fastText lines, which are articles of their own.
    fn of_text(path: &Path, names: &ColumnNames) -> Result<LabelFile> {
        let corpus = corpus_of(path, names)?;
        let rows = corpus.documents.iter().flat_map(|document| {
            // The name is the same in the files of all coders.
            let doc = (document.paragraphs.len() > 1).then(|| "article".to_string());
            document.paragraphs.iter().map(move |paragraph| LabelRow {
                line: paragraph.line,
                doc: doc.clone(),
                outlet: document.outlet.clone(),
                text: paragraph.text.clone(),
                label: Some(paragraph.label.clone()),
                ..LabelRow::default()
            })
        });
        let (path, rows) = (path.to_path_buf(), rows.collect());
        let mut file = LabelFile { path, rows, errors: corpus.errors, warnings: corpus.warnings };
        file.unlabel_several();
        Ok(file)
    }
}

impl LabelRow {
    fn of(row: Row) -> LabelRow {
        let field =
            |name: &str| row.fields.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
        let text_of = |name: &str| field(name).map(str::to_string);
        let label = row.label.as_deref().map(label_name).filter(|label| !is_missing(label));
        LabelRow {
            line: row.line,
            id: row.id.clone().filter(|id| !id.is_empty()),
            doc: row.doc.clone(),
            // A spreadsheet may have written the number with a fraction.
            index: field("index").and_then(|index| index.strip_suffix(".0").unwrap_or(index).parse().ok()),
            outlet: text_of("outlet"),
            text: normalise(&row.text),
            label,
            confidence: text_of("confidence"),
            note: text_of("note"),
            coder: text_of("coder"),
            context: field("context").is_some_and(|value| value.eq_ignore_ascii_case("true")),
            rank: field("rank").and_then(|rank| rank.parse().ok()),
            sampling_weight: field("sampling_weight").and_then(|weight| weight.parse().ok()),
        }
    }
}
