//! Labelled text: documents of labelled paragraphs, from labelled articles and rows.

mod duplicates;
mod forms;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

pub use self::duplicates::{DuplicateKey, Duplicates};
pub use self::forms::LabelledRow;
use self::forms::{Labels, documents_of};
use crate::error::{Error, Warning};
use crate::read::{ColumnNames, find_inputs};

/// Labelled documents, in an order that depends on what they say and not on where they stood.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(crate) documents: Vec<Document>,
    /// Files of the folders and patterns given that hold no labelled text.
    pub skipped: Vec<PathBuf>,
    /// What else is in the folders: pipes and devices, and links to folders or to nothing.
    pub special: Vec<PathBuf>,
    /// Files and rows that could not be read.
    pub errors: Vec<Error>,
    /// What was read, but not as it stands in its file.
    pub warnings: Vec<Warning>,
}

/// One labelled article, or a window of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) outlet: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) paragraphs: Vec<Labelled>,
    /// Hex SHA-1 over labels, texts and weights: the same text has the same identity anywhere.
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
    /// whole, and files without labels in them, or that a pattern brings along, are listed in [`Corpus::skipped`].
    ///
    /// `names` says which columns of a table hold what. Bad rows and unreadable files are listed in
    /// [`Corpus::errors`].
    pub fn read(paths: &[PathBuf], names: &ColumnNames) -> Corpus {
        let mut corpus = Corpus::default();
        for path in paths {
            let inputs = find_inputs(std::slice::from_ref(path));
            corpus.skipped.extend(inputs.skipped);
            corpus.special.extend(inputs.special);
            corpus.errors.extend(inputs.errors);
            for file in inputs.files {
                corpus.read_file(&file, names, inputs.named.contains(&file));
            }
        }
        corpus.sort();
        corpus
    }

    fn sort(&mut self) {
        let order = |document: &Document| {
            (document.identity.clone(), document.outlet.clone(), document.topic.clone())
        };
        self.documents.sort_by_cached_key(order);
    }

    fn read_file(&mut self, path: &Path, names: &ColumnNames, is_named: bool) {
        let Labels { documents, mut errors, warnings } = documents_of(path, names)
            .unwrap_or_else(|error| Labels { errors: vec![error], ..Labels::default() });
        let no_labels = |error: &Error| matches!(error, Error::NoLabels { .. } | Error::NoTexts { .. });
        if !is_named && documents.is_empty() && errors.iter().any(no_labels) {
            self.skipped.push(path.to_path_buf());
            errors.retain(|error| !no_labels(error));
        }
        self.documents.extend(documents);
        self.errors.extend(errors);
        self.warnings.extend(warnings);
    }

    /// How many paragraphs have each label.
    pub fn label_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for paragraph in self.documents.iter().flat_map(|document| &document.paragraphs) {
            *counts.entry(paragraph.label.clone()).or_default() += 1;
        }
        counts
    }

    /// The group of each document, and the names of the groups.
    pub(crate) fn groups(&self, group_by: GroupBy) -> (Vec<usize>, Vec<String>) {
        let mut indices: BTreeMap<String, usize> = BTreeMap::new();
        let mut names = Vec::new();
        let mut groups = Vec::with_capacity(self.documents.len());
        for document in &self.documents {
            let group = *indices.entry(document.group(group_by)).or_insert_with(|| {
                names.push(document.group_name(group_by));
                names.len() - 1
            });
            groups.push(group);
        }
        (groups, names)
    }

    /// The groups in which each label occurs.
    pub(crate) fn groups_by_label(&self, group_by: GroupBy) -> BTreeMap<String, BTreeSet<String>> {
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for document in &self.documents {
            let group = document.group(group_by);
            for paragraph in &document.paragraphs {
                groups.entry(paragraph.label.clone()).or_default().insert(group.clone());
            }
        }
        groups
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

    /// The fold of each document: groups go whole to one fold, the folds are of nearly one size,
    /// and as far as can be no label has all its groups in one fold. There are at most as many folds as groups.
    pub(crate) fn folds(&self, n_folds: usize, group_by: GroupBy, seed: u64) -> Vec<usize> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for document in &self.documents {
            *sizes.entry(document.group(group_by)).or_default() += document.paragraphs.len();
        }
        const N_ROUNDS: usize = 8;
        let n_folds = n_folds.min(sizes.len()).max(1);
        let mut groups: Vec<(String, String, usize)> = sizes
            .into_iter()
            .map(|(key, size)| (hex(&Sha256::digest(format!("{seed}\n{key}"))), key, size))
            .collect();
        // Large groups first, each to the smallest fold: an outlet may be a tenth of a corpus.
        groups.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let mut filled = vec![0usize; n_folds];
        let mut fold_of: BTreeMap<String, usize> = BTreeMap::new();
        for (_, key, size) in groups {
            let smallest = (0..n_folds).min_by_key(|&fold| filled[fold]).unwrap_or(0);
            filled[smallest] += size;
            fold_of.insert(key, smallest);
        }
        // Moving one label's group may gather another label's; a few rounds settle what can be.
        let by_label = self.groups_by_label(group_by);
        for _ in 0..N_ROUNDS {
            for groups in by_label.values() {
                let folds: BTreeSet<usize> = groups.iter().map(|group| fold_of[group]).collect();
                if let (Some(moved), 1, 2..) = (groups.first(), folds.len(), groups.len()) {
                    fold_of.insert(moved.clone(), (fold_of[moved] + 1) % n_folds);
                }
            }
        }
        self.documents.iter().map(|document| fold_of[&document.group(group_by)]).collect()
    }
}

impl Document {
    /// The key of the group that the document belongs to.
    pub(crate) fn group(&self, group_by: GroupBy) -> String {
        let named = match group_by {
            GroupBy::Article => None,
            GroupBy::Outlet => self.outlet.as_deref().map(|name| format!("outlet {name}")),
            GroupBy::Topic => self.topic.as_deref().map(|name| format!("topic {name}")),
        };
        named.unwrap_or_else(|| self.identity.clone())
    }

    /// The name of that group as a reader knows it.
    fn group_name(&self, group_by: GroupBy) -> String {
        let named = match group_by {
            GroupBy::Article => None,
            GroupBy::Outlet => self.outlet.clone(),
            GroupBy::Topic => self.topic.clone(),
        };
        let line = self.paragraphs.first().map_or(1, |paragraph| paragraph.line);
        named.unwrap_or_else(|| format!("{}:{line}", self.path.display()))
    }

    /// A document of `paragraphs`, with its identity.
    fn new(
        path: &Path,
        outlet: Option<String>,
        topic: Option<String>,
        paragraphs: Vec<Labelled>,
    ) -> Document {
        let mut hasher = Sha1::new();
        for paragraph in &paragraphs {
            let Labelled { label, text, weight, follows, .. } = paragraph;
            hasher.update(format!("{label}\t{text}\t{weight}\t{follows}\n"));
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
    hex(&digest(text))
}

/// The bytes of a paragraph's fingerprint.
pub(crate) fn digest(text: &str) -> [u8; 20] {
    let normalised: String = text.nfc().collect::<String>().to_lowercase();
    let kept: String = normalised.chars().filter(|c| c.is_alphanumeric()).collect();
    Sha1::digest(kept.as_bytes()).into()
}

/// Bytes as small hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, content: &str) -> Corpus {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        Corpus::read(&[path], &ColumnNames::default())
    }

    #[test]
    fn the_forms_of_labelled_text_say_the_same() {
        let article = read("a.txt", "---\nsequence: no\n---\n[x] One two.\n\n[y] Three.\n");
        let jsonl = read(
            "a.jsonl",
            "{\"text\":\"One two.\",\"label\":\"x\",\"doc\":\"d\"}\n{\"text\":\"Three.\",\"label\":\"y\",\"doc\":\"d\"}\n",
        );
        let csv = read("a.csv", "doc,text,label\nd,One two.,x\nd,Three.,y\n");
        assert_eq!(jsonl.sha256(), csv.sha256());
        assert_eq!(article.label_counts(), csv.label_counts());
        let lines = read("a.txt", "__label__x One two.\n__label__y Three.\n");
        assert_eq!(lines.label_counts(), article.label_counts());
        assert_eq!((lines.n_documents(), article.n_documents()), (2, 1));
    }

    #[test]
    fn rows_of_one_article_that_stand_apart_are_one_document() {
        let corpus =
            read("a.csv", "doc,text,label\nd,One.,x\ne,Two.,y\nd,Three.,y\nd,Four.,x\n,Five.,x\n,Six.,x\n");
        let documents = corpus.documents.iter().map(|document| {
            document.paragraphs.iter().map(|p| (p.text.as_str(), p.follows)).collect::<Vec<_>>()
        });
        let expected = [
            vec![("One.", false), ("Three.", false), ("Four.", true)],
            vec![("Two.", false)],
            vec![("Five.", false)],
            vec![("Six.", false)],
        ];
        assert!(documents.eq(expected));
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
