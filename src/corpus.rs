//! Labelled text: documents of labelled paragraphs, from labelled articles and rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::error::Result;
use crate::read::Form;
use crate::read::find_inputs;
use crate::read::form_of;
use crate::read::front_matter;
use crate::read::labelled_blocks;
use crate::read::normalise;
use crate::read::read_text;
use crate::read::rows;

/// The weight of a paragraph by its column `confidence`: 1 says that it could well have another
/// label.
const CONFIDENCE_WEIGHTS: [(&str, f64); 3] = [("1", 0.5), ("2", 1.0), ("3", 1.0)];

/// Labelled documents, in an order that depends on what they say and not on where they stood.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(crate) documents: Vec<Document>,
    /// Files of the folders given that hold no labelled text.
    pub skipped: Vec<PathBuf>,
    /// Files and rows that could not be read.
    pub errors: Vec<Error>,
}

/// One labelled article, or a window of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) outlet: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) paragraphs: Vec<Labelled>,
    /// Hex SHA-1 over labels and fingerprints: the same text has the same identity anywhere.
    pub(crate) identity: String,
}

/// One labelled paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Labelled {
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) label: String,
    /// How much it counts in training.
    pub(crate) weight: f64,
    /// Whether it follows the paragraph before it in the article.
    pub(crate) follows: bool,
}

/// What keeps paragraphs in one fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// The article, or the event of a contrast.
    Article,
    /// The outlet; articles that name none are groups of their own.
    Outlet,
    /// The topic; articles that name none are groups of their own.
    Topic,
}

impl GroupBy {
    /// The name that options and cards use.
    pub fn name(self) -> &'static str {
        match self {
            GroupBy::Article => "article",
            GroupBy::Outlet => "outlet",
            GroupBy::Topic => "topic",
        }
    }
}

impl Corpus {
    /// Reads labelled articles, JSONL, CSV and TSV rows, and fastText lines; folders are read
    /// whole, and files in them without labels are listed in [`Corpus::skipped`].
    ///
    /// Bad rows and unreadable files are listed in [`Corpus::errors`].
    pub fn read(paths: &[PathBuf]) -> Corpus {
        let mut corpus = Corpus::default();
        for path in paths {
            let inputs = find_inputs(std::slice::from_ref(path));
            corpus.skipped.extend(inputs.skipped);
            corpus.errors.extend(inputs.errors);
            let in_folder = path.is_dir();
            for file in inputs.files {
                corpus.read_file(&file, in_folder);
            }
        }
        let order = |document: &Document| {
            (document.identity.clone(), document.outlet.clone(), document.topic.clone())
        };
        corpus.documents.sort_by_cached_key(order);
        corpus
    }

    fn read_file(&mut self, path: &Path, in_folder: bool) {
        let (documents, mut errors) = match documents_of(path) {
            Ok(found) => found,
            Err(error) => (Vec::new(), vec![error]),
        };
        let no_labels = |error: &Error| matches!(error, Error::Row { expected, .. } if expected == LABELS);
        if in_folder && documents.is_empty() && errors.iter().any(no_labels) {
            self.skipped.push(path.to_path_buf());
            errors.retain(|error| !no_labels(error));
        }
        self.documents.extend(documents);
        self.errors.extend(errors);
    }

    /// How many paragraphs have each label.
    pub fn label_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for paragraph in self.documents.iter().flat_map(|document| &document.paragraphs) {
            *counts.entry(paragraph.label.clone()).or_default() += 1;
        }
        counts
    }

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.documents.len()
    }

    /// Hex SHA-256 over the identities of all documents: two corpora with the same labelled text
    /// have the same hash, whatever their files are named.
    pub fn sha256(&self) -> String {
        let mut hasher = Sha256::new();
        for document in &self.documents {
            hasher.update(document.identity.as_bytes());
        }
        hex(&hasher.finalize())
    }

    /// The fold of each document: groups go whole to one fold, the folds are of nearly one size.
    pub(crate) fn folds(&self, n_folds: usize, group_by: GroupBy, seed: u64) -> Vec<usize> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        let keys: Vec<String> = self.documents.iter().map(|document| document.group(group_by)).collect();
        for (document, key) in self.documents.iter().zip(&keys) {
            *sizes.entry(key.clone()).or_default() += document.paragraphs.len();
        }
        let mut groups: Vec<(String, &String, usize)> = sizes
            .iter()
            .map(|(key, &size)| (hex(&Sha256::digest(format!("{seed}\n{key}"))), key, size))
            .collect();
        // Large groups first, each to the smallest fold: an outlet may be a tenth of a corpus.
        groups.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let mut filled = vec![0usize; n_folds];
        let mut fold_of: BTreeMap<&String, usize> = BTreeMap::new();
        for (_, key, size) in groups {
            let smallest = (0..n_folds).min_by_key(|&fold| filled[fold]).unwrap_or(0);
            filled[smallest] += size;
            fold_of.insert(key, smallest);
        }
        keys.iter().map(|key| fold_of[key]).collect()
    }
}

impl Document {
    /// The name of the group that the document belongs to.
    pub(crate) fn group(&self, group_by: GroupBy) -> String {
        let named = match group_by {
            GroupBy::Article => None,
            GroupBy::Outlet => self.outlet.as_deref().map(|name| format!("outlet {name}")),
            GroupBy::Topic => self.topic.as_deref().map(|name| format!("topic {name}")),
        };
        named.unwrap_or_else(|| self.identity.clone())
    }

    /// The runs of paragraphs that follow one another.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[Labelled]> {
        self.paragraphs.chunk_by(|_, next| next.follows)
    }

    fn new(
        path: &Path,
        outlet: Option<String>,
        topic: Option<String>,
        paragraphs: Vec<Labelled>,
    ) -> Document {
        let mut hasher = Sha1::new();
        for paragraph in &paragraphs {
            hasher.update(format!("{}\t{}\t{}\n", paragraph.label, paragraph.text, paragraph.weight));
        }
        let identity = hex(&hasher.finalize());
        let named = |name: Option<String>| name.filter(|name| !name.is_empty());
        Document {
            path: path.to_path_buf(),
            outlet: named(outlet),
            topic: named(topic),
            paragraphs,
            identity,
        }
    }
}

/// The fingerprint of a paragraph: hex SHA-1 of its letters and digits after NFC and lower-casing.
pub fn fingerprint(text: &str) -> String {
    let normalised: String = text.nfc().collect::<String>().to_lowercase();
    let kept: String = normalised.chars().filter(|c| c.is_alphanumeric()).collect();
    hex(&Sha1::digest(kept.as_bytes()))
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a file without labels should have had.
const LABELS: &str =
    "labelled text: `[label] paragraph` blocks, rows with `text` and `label`, or fastText lines";

/// The documents of one file, and the rows that could not be read.
fn documents_of(path: &Path) -> Result<(Vec<Document>, Vec<Error>)> {
    let text = read_text(path)?;
    let form = form_of(path, &text)?;
    match form {
        Form::Text | Form::Markdown if text.trim_start().starts_with("__label__") => {
            Ok(fasttext_documents(path, &text))
        }
        Form::Text | Form::Markdown => Ok((vec![labelled_article(path, &text)?], Vec::new())),
        Form::JsonLines | Form::Columns => Ok(row_documents(path, &text, form)),
    }
}

fn labelled_article(path: &Path, text: &str) -> Result<Document> {
    let (mut metadata, body) = front_matter(text);
    let bad = |line: usize, found: String, expected: &str| Error::Row {
        path: path.to_path_buf(),
        line,
        found,
        expected: expected.to_string(),
    };
    let first_line = 1 + text[..body].matches('\n').count();
    let blocks = labelled_blocks(text, body)
        .ok_or_else(|| bad(first_line, "text without labels".to_string(), LABELS))?;
    let blocks = blocks.map_err(|(line, words)| {
        bad(line, format!("a block without a label ({words} …)"), "a label in brackets at its start")
    })?;
    let sequence = metadata.get("sequence").is_none_or(|value| value != "no");
    let paragraphs = blocks.into_iter().enumerate().map(|(index, block)| Labelled {
        line: block.line,
        text: block.paragraph.text,
        label: block.label,
        weight: 1.0,
        follows: sequence && index > 0,
    });
    let paragraphs = paragraphs.collect();
    Ok(Document::new(path, metadata.remove("outlet"), metadata.remove("topic"), paragraphs))
}

fn fasttext_documents(path: &Path, text: &str) -> (Vec<Document>, Vec<Error>) {
    let mut documents = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let labelled =
            line.trim().strip_prefix("__label__").and_then(|rest| rest.split_once(char::is_whitespace));
        match labelled {
            Some((label, text)) if !text.trim_start().starts_with("__label__") => {
                let paragraph = Labelled {
                    line: index + 1,
                    text: normalise(text),
                    label: label.to_string(),
                    weight: 1.0,
                    follows: false,
                };
                documents.push(Document::new(path, None, None, vec![paragraph]));
            }
            _ => errors.push(Error::Row {
                path: path.to_path_buf(),
                line: index + 1,
                found: "a line without exactly one label and a text".to_string(),
                expected: "`__label__NAME text`".to_string(),
            }),
        }
    }
    (documents, errors)
}

fn row_documents(path: &Path, text: &str, form: Form) -> (Vec<Document>, Vec<Error>) {
    let table = rows(path, text, form);
    let mut errors = table.errors;
    if !table.rows.is_empty() && table.rows.iter().all(|row| !row.fields.contains_key("label")) {
        let found = "rows without `label`".to_string();
        errors.push(Error::Row { path: path.to_path_buf(), line: 1, found, expected: LABELS.to_string() });
        return (Vec::new(), errors);
    }
    let mut documents: Vec<(Option<String>, Document)> = Vec::new();
    let mut last_index: Option<i64> = None;
    for mut row in table.rows {
        let Some(label) = row.fields.remove("label").filter(|label| !label.is_empty()) else {
            errors.push(Error::Row {
                path: path.to_path_buf(),
                line: row.line,
                found: "a row without a label".to_string(),
                expected: "a `label`".to_string(),
            });
            continue;
        };
        let doc = row.fields.remove("doc").filter(|doc| !doc.is_empty());
        let index: Option<i64> = row.fields.get("index").and_then(|index| index.parse().ok());
        let confidence = row.fields.get("confidence").map_or("3", String::as_str);
        let weight = CONFIDENCE_WEIGHTS
            .iter()
            .find(|(name, _)| *name == confidence)
            .map_or(1.0, |(_, weight)| *weight);
        let same_doc = doc.is_some() && documents.last().is_some_and(|(last, _)| *last == doc);
        // Where rows have an index, a gap in it is a gap in the article.
        let next = index.zip(last_index).is_none_or(|(index, last)| index == last + 1);
        last_index = index;
        let paragraph =
            Labelled { line: row.line, text: normalise(&row.text), label, weight, follows: same_doc && next };
        match documents.last_mut() {
            Some((_, document)) if same_doc => document.paragraphs.push(paragraph),
            _ => {
                let document = Document::new(
                    path,
                    row.fields.remove("outlet"),
                    row.fields.remove("topic"),
                    vec![paragraph],
                );
                documents.push((doc, document));
            }
        }
    }
    let whole = |(_, d): (_, Document)| Document::new(path, d.outlet, d.topic, d.paragraphs);
    (documents.into_iter().map(whole).collect(), errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &str) -> Corpus {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Corpus::read(&[path])
    }

    #[test]
    fn the_forms_of_labelled_text_say_the_same() {
        let article = read("a.txt", "---\nsequence: no\n---\n[x] One two.\n\n[y] Three.\n");
        let jsonl = read(
            "a.jsonl",
            "{\"text\":\"One two.\",\"label\":\"x\",\"doc\":\"d\"}\n{\"text\":\"Three.\",\"label\":\"y\",\"doc\":\"d\"}\n",
        );
        let csv = read("a.csv", "doc,text,label\nd,One two.,x\nd,Three.,y\n");
        assert_eq!(article.sha256(), jsonl.sha256());
        assert_eq!(article.sha256(), csv.sha256());
        let lines = read("a.txt", "__label__x One two.\n__label__y Three.\n");
        assert_eq!(lines.label_counts(), article.label_counts());
        assert_eq!((lines.n_documents(), article.n_documents()), (2, 1));
    }

    #[test]
    fn gaps_in_the_index_part_neighbours() {
        let rows = "{\"text\":\"a\",\"label\":\"x\",\"doc\":\"d\",\"index\":1}\n{\"text\":\"b\",\"label\":\"x\",\"doc\":\"d\",\"index\":2}\n{\"text\":\"c\",\"label\":\"x\",\"doc\":\"d\",\"index\":9}";
        let corpus = read("a.jsonl", rows);
        let follows: Vec<bool> = corpus.documents[0].paragraphs.iter().map(|p| p.follows).collect();
        assert_eq!(follows, [false, true, false]);
    }

    #[test]
    fn a_named_file_without_labels_is_an_error_with_its_line() {
        let corpus = read("a.txt", "---\ntitle: x\n---\nNo label here.\n");
        assert!(
            corpus.errors[0].to_string().contains("a.txt:4: found text without labels"),
            "{}",
            corpus.errors[0]
        );
        let corpus = read("a.txt", "[x] One.\n\nTwo.\n");
        assert!(corpus.errors[0].to_string().contains("a.txt:3: found a block without a label"));
    }

    #[test]
    fn fingerprints_ignore_all_but_letters_and_digits() {
        assert_eq!(fingerprint("Caf\u{e9}, 42!"), fingerprint("cafe\u{301} 42"));
        assert_ne!(fingerprint("a"), fingerprint("b"));
        // Made with: printf 'café42' | sha1sum
        assert_eq!(fingerprint("Café 42"), "90b18a30b416b756712db2545df04761a173a35a");
    }

    #[test]
    fn groups_stay_whole_and_folds_are_even() {
        let lines: String = (0..40)
            .map(|i| format!("{{\"text\":\"t{i}\",\"label\":\"x\",\"outlet\":\"o{}\"}}\n", i % 8))
            .collect();
        let corpus = read("a.jsonl", &lines);
        let folds = corpus.folds(4, GroupBy::Outlet, 1);
        for (document, fold) in corpus.documents.iter().zip(&folds) {
            let mate = corpus.documents.iter().position(|d| d.outlet == document.outlet).unwrap();
            assert_eq!(folds[mate], *fold);
        }
        for fold in 0..4 {
            assert_eq!(folds.iter().filter(|&&f| f == fold).count(), 10);
        }
    }
}
