//! Labelled text: documents of labelled paragraphs, read from articles and tables or made from rows in memory.

mod coding;
mod duplicates;
mod fingerprints;
mod forms;
mod groups;
mod json;
mod label_row;
mod labels;
mod matching;
mod near;
mod rivals;
mod several;
mod unlabelled;
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};

use sha1::Sha1;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

pub use self::coding::{CodedParagraph, CoderLabel, Coding};
pub use self::duplicates::{DuplicateKey, Duplicates};
pub(crate) use self::fingerprints::Fingerprints;
pub use self::forms::LabelledRow;
pub use self::groups::GroupBy;
pub use self::label_row::{LabelFile, LabelRow};
pub(crate) use self::labels::{folded, sort_labels};
pub(crate) use self::near::{NEAR, Shingles, near_duplicates, words};
use crate::error::{Error, Warning};
use crate::read::{ColumnNames, find_inputs};

/// Labelled documents, in an order that depends on their content and not on the order of files or rows.
#[derive(Debug, Default)]
pub struct Corpus {
    pub(crate) documents: Vec<Document>,
    /// Files without labelled text that were found through a folder or pattern.
    pub skipped: Vec<PathBuf>,
    /// Pipes, devices, links to folders and broken links that were found in folders.
    pub special: Vec<PathBuf>,
    /// Files and rows that could not be read.
    pub errors: Vec<Error>,
    /// Warnings about text that was changed or only partly read.
    pub warnings: Vec<Warning>,
}

/// A labelled article or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub path: PathBuf,
    pub outlet: Option<String>,
    pub topic: Option<String>,
    pub paragraphs: Vec<Labelled>,
    /// The paragraphs without a label among them, in order.
    pub context: Vec<Unlabelled>,
    /// How many times its paragraphs count in training.
    pub factor: NonZeroU8,
    /// Hex SHA-1 over labels, texts, weights and adjacency; it does not depend on the file. Set when the corpus is
    /// complete.
    pub identity: String,
    /// The identity of another document with which it is held out, because they label the same text differently.
    pub together: Option<String>,
}

/// A labelled paragraph.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Labelled {
    pub line: usize,
    /// The id of its row.
    pub id: Option<String>,
    pub text: String,
    pub label: String,
    /// Its weight in training: 0.5 for a doubtful label, otherwise 1.
    pub weight: f64,
    /// Whether it directly follows the paragraph before it.
    pub follows: bool,
}

/// A paragraph without a label beside labelled ones of its article. It is neither learned from nor measured, but
/// [`crate::train::evaluate`] scores its neighbours with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unlabelled {
    pub text: String,
    /// How many labelled paragraphs of the document come before it.
    pub at: usize,
    /// Whether it directly follows the paragraph before it, labelled or not.
    pub follows: bool,
    /// Whether the labelled paragraph after it directly follows it.
    pub is_followed: bool,
}

impl Corpus {
    /// Reads labelled articles, rows of JSONL, CSV and TSV, and fastText lines from files and whole folders.
    ///
    /// `names` are the columns of tables. Bad rows and unreadable files are listed in [`Corpus::errors`].
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
        corpus.complete();
        corpus
    }

    /// Lets the documents in a file or below a folder count `factor` times when tables and the combination are fitted,
    /// whatever factor they had. Returns the number of these documents.
    ///
    /// Use it for text of a kind that is rare in the rest of the corpus: a few articles would drown in many rows. Folds
    /// and measures do not change, and the boilerplate filter counts every block once.
    pub fn weigh(&mut self, path: &Path, factor: NonZeroU8) -> usize {
        let absolute = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let path = absolute(path);
        let files: BTreeSet<&PathBuf> = self.documents.iter().map(|document| &document.path).collect();
        let below: BTreeSet<PathBuf> =
            files.into_iter().filter(|file| absolute(file).starts_with(&path)).cloned().collect();
        let mut n_documents = 0;
        for document in self.documents.iter_mut().filter(|document| below.contains(&document.path)) {
            document.factor = factor;
            n_documents += 1;
        }
        n_documents
    }

    /// The factors of [`Corpus::weigh`] above 1, each with the number of its documents.
    pub(crate) fn factors(&self) -> BTreeMap<u8, usize> {
        let mut factors = BTreeMap::new();
        for factor in self.documents.iter().map(|document| document.factor.get()).filter(|factor| *factor > 1)
        {
            *factors.entry(factor).or_default() += 1;
        }
        factors
    }

    /// Completes a corpus whose documents have been read.
    fn complete(&mut self) {
        let mut counts = BTreeMap::new();
        for (label, count) in self.label_counts() {
            *counts.entry(folded(&label)).or_default() += count;
        }
        self.unlabel_several(&counts);
        self.merge_labels();
        self.sort();
        let warning = self.hold_together();
        self.warnings.extend(warning);
    }

    /// Gives the documents their identities, and an order that depends on nothing else.
    fn sort(&mut self) {
        self.documents.iter_mut().for_each(Document::identify);
        let order = |document: &Document| {
            (document.identity.clone(), document.outlet.clone(), document.topic.clone())
        };
        self.documents.sort_by_cached_key(order);
    }

    fn read_file(&mut self, path: &Path, names: &ColumnNames, is_named: bool) {
        let Corpus { documents, mut errors, warnings, .. } = forms::corpus_of(path, names)
            .unwrap_or_else(|error| Corpus { errors: vec![error], ..Corpus::default() });
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

    /// How many documents there are.
    pub fn n_documents(&self) -> usize {
        self.documents.len()
    }

    /// Hex SHA-256 over the content of all documents; file names do not matter.
    pub fn sha256(&self) -> String {
        let mut hasher = Sha256::new();
        for document in &self.documents {
            hasher.update(document.identity.as_bytes());
            if document.factor > NonZeroU8::MIN {
                hasher.update([document.factor.get()]);
            }
        }
        hex(&hasher.finalize())
    }
}

impl Document {
    fn new(path: &Path, outlet: Option<String>, topic: Option<String>, paragraphs: Vec<Labelled>) -> Self {
        let [outlet, topic] = [outlet, topic].map(|name| name.filter(|name| !name.is_empty()));
        Document {
            path: path.to_path_buf(),
            outlet,
            topic,
            paragraphs,
            context: Vec::new(),
            factor: NonZeroU8::MIN,
            identity: String::new(),
            together: None,
        }
    }

    fn identify(&mut self) {
        let mut hasher = Sha1::new();
        for Labelled { label, text, weight, follows, .. } in &self.paragraphs {
            hasher.update(format!("{label}\t{text}\t{weight}\t{follows}\n"));
        }
        self.identity = hex(&hasher.finalize());
    }
}

/// The fingerprint of a paragraph: the SHA-1 of its letters and digits after NFC and lower-casing.
pub(crate) fn fingerprint(text: &str) -> [u8; 20] {
    let normalised: String = text.nfc().collect::<String>().to_lowercase();
    let kept: String = normalised.chars().filter(|c| c.is_alphanumeric()).collect();
    Sha1::digest(kept.as_bytes()).into()
}

/// Bytes as lower-case hexadecimal digits.
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
    fn all_forms_of_labelled_text_give_the_same_corpus() {
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
    fn documents_below_a_path_count_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "doc,text,label\nd,One.,x\nd,Two.,y\n").unwrap();
        let mut corpus = Corpus::read(std::slice::from_ref(&path), &ColumnNames::default());
        let group = |corpus: &Corpus| corpus.documents[0].group(GroupBy::Article);
        let (sha256, group_before, three) = (corpus.sha256(), group(&corpus), NonZeroU8::new(3).unwrap());
        assert_eq!(corpus.weigh(Path::new("elsewhere"), three), 0);
        assert_eq!(corpus.sha256(), sha256);
        for _ in 0..2 {
            assert_eq!(corpus.weigh(&folder.path().join(".").join("a.csv"), three), 1);
            assert_eq!(corpus.factors(), BTreeMap::from([(3, 1)]));
        }
        assert_ne!(corpus.sha256(), sha256);
        assert_eq!(group(&corpus), group_before);
    }

    #[test]
    fn rows_of_one_article_are_one_document_even_if_not_consecutive() {
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
    fn a_gap_in_the_index_separates_neighbours() {
        let rows = "{\"text\":\"a\",\"label\":\"x\",\"doc\":\"d\",\"index\":1}\n{\"text\":\"b\",\"label\":\"x\",\"doc\":\"d\",\"index\":2}\n{\"text\":\"c\",\"label\":\"x\",\"doc\":\"d\",\"index\":9}";
        let corpus = read("a.jsonl", rows);
        let follows: Vec<bool> = corpus.documents[0].paragraphs.iter().map(|p| p.follows).collect();
        assert_eq!(follows, [false, true, false]);
    }

    #[test]
    fn a_named_file_without_labels_is_an_error_with_its_line() {
        for (content, expected) in [
            ("---\ntitle: x\n---\nNo label here.\n", "a.txt:4: found text without labels"),
            ("[x] One.\n\nTwo.\n", "a.txt:3: found a block without a label"),
        ] {
            let message = read("a.txt", content).errors[0].to_string();
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn fingerprints_depend_on_letters_and_digits_only() {
        assert_eq!(fingerprint("Caf\u{e9}, 42!"), fingerprint("cafe\u{301} 42"));
        assert_ne!(fingerprint("a"), fingerprint("b"));
        // From: printf 'café42' | sha1sum
        assert_eq!(hex(&fingerprint("Café 42")), "90b18a30b416b756712db2545df04761a173a35a");
    }
}
