//! The forms of labelled text: articles, rows in tables or in memory, and fastText lines.

use std::collections::BTreeSet;
use std::path::Path;

use super::Corpus;
use super::rivals::Rivals;
use super::windows::{UNLABELLED, Windows};
use crate::article::Metadata;
use crate::error::{Error, Result, Warning};
use crate::read::{
    ColumnNames, Form, Opened, Row, Rows, bad_row, extracted_text, front_matter, is_sequence, label_of,
    labelled_blocks, no_column, normalise,
};

/// The most labelled text in one file, in bytes. Rows have no such limit.
const MAX_TEXT: usize = 1 << 30;

/// A labelled paragraph in memory.
///
/// # Examples
///
/// ```
/// use rhetor::corpus::{Corpus, LabelledRow};
///
/// let row = |text: &str, label: &str| LabelledRow {
///     text: text.to_string(),
///     label: label.to_string(),
///     doc: Some("article 1".to_string()),
///     ..LabelledRow::default()
/// };
/// let corpus = Corpus::from_rows([row("It rained.", "report"), row("Stop the rain!", "advocacy")]);
/// assert_eq!(corpus.n_documents(), 1);
/// assert_eq!(corpus.label_counts()["report"], 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelledRow {
    /// The paragraph.
    pub text: String,
    /// Its label.
    pub label: String,
    /// The article that the row belongs to. Rows of the same article are one document, and consecutive rows are
    /// neighbours; a row without an article is a document of its own.
    pub doc: Option<String>,
    /// The outlet of the article.
    pub outlet: Option<String>,
    /// The topic of the article.
    pub topic: Option<String>,
    /// How sure the annotator was. A paragraph with confidence 1 has half the weight in training, any other the full
    /// weight.
    pub confidence: Option<u8>,
}

impl Corpus {
    /// A corpus of rows in memory. It equals the corpus of a table with these columns.
    ///
    /// Rows with a blank text or label are listed in [`Corpus::errors`], as lines (row numbers from 1) of a file named
    /// `rows`.
    pub fn from_rows(rows: impl IntoIterator<Item = LabelledRow>) -> Corpus {
        let path = Path::new("rows");
        let (mut corpus, mut windows) = (Corpus::default(), Windows::default());
        let mut doc_before = None;
        for (number, row) in (1..).zip(rows) {
            let mut row = row.into_row(number);
            row.follows = row.doc.is_some() && row.doc == doc_before;
            doc_before.clone_from(&row.doc);
            corpus.errors.extend(windows.add(path, row).err());
        }
        corpus.warnings.extend(windows.unlabelled_warning(path));
        windows.end_unlabelled();
        corpus.documents = windows.documents;
        corpus.complete();
        corpus
    }
}

impl LabelledRow {
    fn into_row(self, number: usize) -> Row {
        let confidence = self.confidence.map(|confidence| confidence.to_string());
        let fields = [("outlet", self.outlet), ("topic", self.topic), ("confidence", confidence)];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_string(), value?)));
        Row::new(number, self.text, [Some(self.label), None, self.doc], fields.collect())
    }
}

/// Reads the labelled text of one file.
pub fn corpus_of(path: &Path, names: &ColumnNames) -> Result<Corpus> {
    let (mut lines, form) = match Opened::open(path, names)? {
        Opened::Rows(rows) => return Ok(corpus_of_rows(path, *rows, names)),
        Opened::Text(lines, form) => (lines, form),
        Opened::Collection(..) => return Err(Error::NoLabels { path: path.to_path_buf(), line: 1 }),
    };
    let too_large = || Error::TooLarge { path: path.to_path_buf(), most_mb: MAX_TEXT >> 20 };
    let text = lines.rest(MAX_TEXT)?.ok_or_else(too_large)?;
    let warnings = lines.take_warnings();
    let text = if form == Form::Html { extracted_text(path, &text) } else { text };
    let mut corpus = Corpus { warnings, ..Corpus::default() };
    let rows = if text.trim_start().starts_with("__label__") {
        fasttext_rows(path, &text, &mut corpus.errors)
    } else {
        labelled_article(path, &text, &mut corpus.errors)?
    };
    let mut windows = Windows::default();
    corpus.errors.extend(rows.into_iter().filter_map(|row| windows.add(path, row).err()));
    corpus.warnings.extend(windows.unlabelled_warning(path));
    if windows.n_labelled == 0 && corpus.errors.is_empty() {
        corpus.errors.push(Error::NoLabels { path: path.to_path_buf(), line: 1 });
    }
    windows.end_unlabelled();
    corpus.documents = windows.documents;
    Ok(corpus)
}

/// The blocks of a labelled article as rows of one `doc`.
fn labelled_article(path: &Path, text: &str, errors: &mut Vec<Error>) -> Result<Vec<Row>> {
    let (metadata, body) = front_matter(text);
    let line = 1 + text[..body].matches('\n').count();
    let no_labels = || Error::NoLabels { path: path.to_path_buf(), line };
    let blocks = labelled_blocks(text, body).ok_or_else(no_labels)?;
    let blocks = blocks.map_err(|(line, words)| {
        let found = format!("a block without a label ({words} …)");
        bad_row(path, line, found, "a label in brackets and a space at its start")
    })?;
    let fields = metadata.iter().filter(|(key, _)| ["outlet", "topic"].contains(&key.as_str()));
    let fields: Metadata = fields.map(|(key, value)| (key.clone(), value.clone())).collect();
    let is_sequence = is_sequence(&metadata);
    let mut rows: Vec<Row> = Vec::with_capacity(blocks.len());
    for block in blocks {
        // A label inside a block means that a blank line is missing.
        let inside = &text[block.paragraph.start..block.paragraph.end];
        let has_label = |line: &str| label_of(line.trim_start()).is_some();
        if let Some(n) = inside.lines().skip(1).position(has_label) {
            let line = block.line + n + 1;
            errors.push(bad_row(path, line, "a label inside a block", "a blank line before each label"));
            continue;
        }
        let follows = is_sequence && !rows.is_empty();
        let roles = [Some(block.label), None, Some(path.display().to_string())];
        rows.push(Row { follows, ..Row::new(block.line, block.paragraph.text, roles, fields.clone()) });
    }
    Ok(rows)
}

/// The lines of a fastText file as rows without a `doc`.
fn fasttext_rows(path: &Path, text: &str, errors: &mut Vec<Error>) -> Vec<Row> {
    let lines: Vec<(usize, &str)> =
        (1..).zip(text.lines().map(str::trim)).filter(|(_, text)| !text.is_empty()).collect();
    let colon_ends_label = colon_ends_label(&lines);
    // Some exports put a comma or a colon after the label.
    let ends_label = |c: char| c == ',' || c.is_whitespace() || (colon_ends_label && c == ':');
    let mut rows = Vec::new();
    for (line, text) in lines {
        let rest = text.strip_prefix("__label__").and_then(|rest| rest.split_once(ends_label));
        match rest.map(|(label, text)| (label.trim_end_matches(':'), text.trim_start())) {
            Some((label, text)) if !label.is_empty() && !text.starts_with("__label__") => {
                let roles = [Some(label.to_string()), None, None];
                rows.push(Row::new(line, normalise(text), roles, Metadata::new()));
            }
            _ => {
                let found = "a line without exactly one label and a text";
                errors.push(bad_row(path, line, found, "`__label__NAME text`"));
            }
        }
    }
    rows
}

/// Whether the first colon of fastText lines is between the label and the text: `__label__report:The council met`, not
/// `__label__topic:sport The council met`. The rest of a label occurs again and again, the first word of a text does
/// not, or it begins with a capital.
fn colon_ends_label(lines: &[(usize, &str)]) -> bool {
    let divided = lines
        .iter()
        .filter_map(|(_, text)| text.strip_prefix("__label__")?.split_whitespace().next()?.split_once(':'));
    let divided: Vec<(&str, &str)> = divided.filter(|(_, rest)| !rest.is_empty()).collect();
    let is_upper = |(_, rest): &&(&str, &str)| !rest.starts_with(char::is_lowercase);
    let n_upper = divided.iter().filter(is_upper).count();
    let n_distinct = divided.iter().collect::<BTreeSet<_>>().len();
    2 * n_upper > divided.len() || 2 * n_distinct > divided.len()
}

fn corpus_of_rows(path: &Path, mut rows: Rows, names: &ColumnNames) -> Corpus {
    let (mut corpus, mut windows) = (Corpus::default(), Windows::default());
    let (mut first_columns, mut rivals) = (None, Rivals::default());
    rows.read_annotations();
    for row in &mut rows {
        match row {
            Ok(row) => {
                if first_columns.is_none() {
                    let is_own = names.label.as_deref().is_none_or(|label| label == "label");
                    corpus.warnings.extend((is_own && row.is_scored()).then(|| scored_warning(path, &row)));
                    first_columns = Some(columns_of(&row, names));
                }
                rivals.see(&row, names);
                corpus.errors.extend(windows.add(path, row).err());
            }
            Err(error) => corpus.errors.push(error),
        }
    }
    corpus.warnings.extend(rows.take_warnings());
    corpus.warnings.extend(rivals.warning(path));
    corpus.warnings.extend(windows.unlabelled_warning(path).filter(|_| windows.n_labelled > 0));
    if let Some(columns) = first_columns.filter(|_| windows.n_labelled == 0) {
        // A single error instead of one for each row.
        corpus.errors.retain(|error| !matches!(error, Error::Row { found, .. } if found == UNLABELLED));
        corpus.errors.push(match &names.label {
            Some(label) => no_column(path, &format!("`{label}`"), columns.into_iter()),
            None => Error::NoLabels { path: path.to_path_buf(), line: 1 },
        });
    }
    windows.end_unlabelled();
    corpus.documents = windows.documents;
    corpus
}

fn scored_warning(path: &Path, row: &Row) -> Warning {
    let more =
        if row.fields.contains_key("input_label") { "; those of its input are in `input_label`" } else { "" };
    let what = format!(
        "these are results of `rhetor score`: unless somebody corrected them, the labels come from a model{more}"
    );
    Warning { path: path.to_path_buf(), line: row.line, what }
}

/// The columns of a row; a row does not keep the name of its text column.
fn columns_of(row: &Row, names: &ColumnNames) -> Vec<String> {
    let text = names.text.clone().unwrap_or_else(|| "text".to_string());
    let id = row.id.as_ref().map(|_| names.id.clone().unwrap_or_else(|| "id".to_string()));
    let id = id.filter(|id| !row.fields.contains_key(id));
    std::iter::once(text).chain(id).chain(row.fields.keys().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Document;

    fn row(text: &str, label: &str, doc: &str, confidence: Option<u8>) -> LabelledRow {
        let of = |name: &str| Some(name.to_string()).filter(|_| !doc.is_empty());
        let (text, label) = (text.to_string(), label.to_string());
        LabelledRow { text, label, doc: of(doc), outlet: of("o"), topic: of("t"), confidence }
    }

    #[test]
    fn rows_in_memory_are_the_corpus_of_the_same_rows_in_a_file() {
        let rows = [
            row("One  two.", "x", "d", Some(3)),
            row("Three.", "y", "d", Some(1)),
            row("Four.", "y", "e", None),
            row(" ", "y", "e", None),
            row("Five.", " x", "d", Some(2)),
            row("Six.", "x", "", None),
            row("Seven.", "NaN", "", None),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let line = |row: &LabelledRow| {
            let LabelledRow { text, label, doc, outlet, topic, confidence } = row;
            let row = serde_json::json!({
                "text": text, "label": label, "doc": doc, "outlet": outlet, "topic": topic,
                "confidence": confidence,
            });
            format!("{row}\n")
        };
        std::fs::write(&path, rows.iter().map(line).collect::<String>()).unwrap();
        let of_file = Corpus::read(std::slice::from_ref(&path), &ColumnNames::default());
        let corpus = Corpus::from_rows(rows);
        assert_eq!(corpus.sha256(), of_file.sha256());
        let documents: Vec<Document> = of_file
            .documents
            .into_iter()
            .map(|document| Document { path: "rows".into(), ..document })
            .collect();
        assert_eq!(corpus.documents, documents);
        let messages = |corpus: &[Error]| corpus.iter().map(Error::to_string).collect::<Vec<_>>();
        let of_file: Vec<String> = messages(&of_file.errors)
            .into_iter()
            .map(|message| message.replace(&path.display().to_string(), "rows"))
            .collect();
        assert_eq!(messages(&corpus.errors), of_file);
        assert_eq!((corpus.errors.len(), corpus.warnings.len()), (1, 1));
    }
}
