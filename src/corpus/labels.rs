//! Labels that are probably mistakes: spellings of one label, and texts with several labels.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use super::{Corpus, Document, Labelled, fingerprint};
use crate::error::Warning;
use crate::read::visible;

/// How many examples a warning names.
const MAX_NAMED: usize = 3;

/// The place of a paragraph: its document and its number in it.
type Place = (usize, usize);

/// For each text with several labels, its first place and the others.
type Conflicts = BTreeMap<Place, Vec<Place>>;

/// A label without its case, white space and invisible characters, composed (NFC).
pub(crate) fn folded(label: &str) -> String {
    visible(label).nfc().collect::<String>().to_lowercase()
}

/// Sorts labels: those of the codebook in its order, then the others by name.
pub(crate) fn sort_labels(labels: &mut [String]) {
    const CODEBOOK: [&str; 3] = ["report", "advocacy", "analysis"];
    let place = |label: &String| CODEBOOK.iter().position(|known| known == label).unwrap_or(CODEBOOK.len());
    labels.sort_by(|a, b| (place(a), a).cmp(&(place(b), b)));
}

impl Corpus {
    /// Gives labels that differ only in case or white space the most frequent of their spellings, with a warning.
    pub(super) fn merge_labels(&mut self) {
        let mut spellings: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
        for (label, count) in self.label_counts() {
            spellings.entry(folded(&label)).or_default().push((count, label));
        }
        let kept_and_others = |(name, mut spellings): (String, Vec<(usize, String)>)| {
            // In a tie, the spelling in lower case, then the first.
            spellings.sort_by(|(n, a), (m, b)| (m, *b == name, a).cmp(&(n, *a == name, b)));
            let (_, kept) = spellings.remove(0);
            (kept, spellings.into_iter().map(|(_, label)| label).collect())
        };
        let spellings = spellings.into_iter().filter(|(_, spellings)| spellings.len() > 1);
        self.rename(spellings.map(kept_and_others).collect());
    }

    /// Gives labels the spelling that `labels` have, if they differ only in case or white space, with a warning. Labels
    /// that are several of `labels` in one are taken away.
    pub fn match_labels(&mut self, labels: &[String]) {
        // A whole is longer than its parts, so none of `labels` is rarer than its parts and taken for several.
        let known = labels.iter().map(|label| (folded(label), label.len())).collect();
        let is_unlabelled = self.unlabel_several(&known);
        let mut others: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for label in self.label_counts().into_keys().filter(|label| !labels.contains(label)) {
            others.entry(folded(&label)).or_default().insert(label);
        }
        let others_of = |label: &String| Some((label.clone(), others.remove(&folded(label))?));
        let renamed: Vec<(String, BTreeSet<String>)> = labels.iter().filter_map(others_of).collect();
        if is_unlabelled || !renamed.is_empty() {
            self.rename(renamed);
            self.sort();
            self.hold_together();
        }
    }

    /// How many paragraphs of `test` have a text that this corpus has, too, and the place of the first.
    pub fn shared_with(&self, test: &Corpus) -> (usize, Option<String>) {
        let paragraphs = |corpus: &'_ Corpus| -> Vec<_> {
            let all = corpus.documents.iter();
            all.flat_map(|document| {
                document.paragraphs.iter().map(|p| (fingerprint(&p.text), document.path.clone(), p.line))
            })
            .collect()
        };
        let own: FxHashSet<[u8; 20]> = paragraphs(self).into_iter().map(|(key, ..)| key).collect();
        let mut shared: Vec<(PathBuf, usize)> = paragraphs(test)
            .into_iter()
            .filter(|(key, ..)| own.contains(key))
            .map(|(_, path, line)| (path, line))
            .collect();
        shared.sort();
        (shared.len(), shared.first().map(|(path, line)| format!("{}:{line}", path.display())))
    }

    /// Gives labels another spelling, with a warning: each kept one, and the others that become it.
    fn rename(&mut self, spellings: Vec<(String, BTreeSet<String>)>) {
        let of_kept = |(number, (_, others)): (usize, &(String, BTreeSet<String>))| {
            others.iter().map(|other| (other.clone(), number)).collect::<Vec<_>>()
        };
        let number_of: BTreeMap<String, usize> = spellings.iter().enumerate().flat_map(of_kept).collect();
        let mut found: BTreeMap<usize, (usize, PathBuf, usize)> = BTreeMap::new();
        for document in &mut self.documents {
            for paragraph in &mut document.paragraphs {
                let Some(&number) = number_of.get(&paragraph.label) else { continue };
                found.entry(number).or_insert_with(|| (0, document.path.clone(), paragraph.line)).0 += 1;
                paragraph.label.clone_from(&spellings[number].0);
            }
        }
        for (number, (n_renamed, path, line)) in found {
            let (kept, others) = &spellings[number];
            let names: Vec<String> = others.iter().map(|label| format!("`{label}`")).collect();
            let (labels, differ) = if n_renamed == 1 { ("label", "differs") } else { ("labels", "differ") };
            let what = format!(
                "{n_renamed} {labels} {} {differ} from `{kept}` only in case or white space, read as `{kept}`",
                names.join(", ")
            );
            self.warnings.push(Warning { path, line, what });
        }
    }

    /// Finds texts that have several labels, and lets their documents be held out together: otherwise the same text could
    /// be in training and in the test. Returns a warning that names the texts.
    pub(super) fn hold_together(&mut self) -> Option<Warning> {
        let mut of_text: FxHashMap<[u8; 20], Place> = FxHashMap::default();
        let mut conflicts = Conflicts::new();
        let label = |(document, index): Place, documents: &[Document]| {
            documents[document].paragraphs[index].label.clone()
        };
        for (number, document) in self.documents.iter().enumerate() {
            for (index, Labelled { text, label: own, .. }) in document.paragraphs.iter().enumerate() {
                let first = *of_text.entry(fingerprint(text)).or_insert((number, index));
                if first != (number, index)
                    && (conflicts.contains_key(&first) || label(first, &self.documents) != *own)
                {
                    conflicts.entry(first).or_default().push((number, index));
                }
            }
        }
        let mut group: Vec<usize> = (0..self.documents.len()).collect();
        for (first, others) in &conflicts {
            for other in others {
                let (a, b) = (root(&mut group, first.0), root(&mut group, other.0));
                group[a.max(b)] = a.min(b);
            }
        }
        let roots: Vec<usize> = (0..group.len()).map(|document| root(&mut group, document)).collect();
        let identities: Vec<String> =
            roots.iter().map(|&root| self.documents[root].identity.clone()).collect();
        for (document, identity) in self.documents.iter_mut().zip(identities) {
            document.together = (identity != document.identity).then_some(identity);
        }
        self.warning_of(&conflicts)
    }

    fn warning_of(&self, conflicts: &Conflicts) -> Option<Warning> {
        let place = |&(document, index): &Place| {
            let document = &self.documents[document];
            (document.path.clone(), &document.paragraphs[index])
        };
        let mut named: Vec<_> = conflicts
            .iter()
            .map(|(first, others)| {
                let other = others.iter().map(place).find(|(_, other)| other.label != place(first).1.label);
                (place(first), other.unwrap_or_else(|| place(first)))
            })
            .collect();
        named.sort_by(|(a, _), (b, _)| (&a.0, a.1.line).cmp(&(&b.0, b.1.line)));
        let ((path, first), _) = named.first()?;
        let one =
            |(path, of): &(PathBuf, &Labelled)| format!("{}:{} `{}`", path.display(), of.line, of.label);
        let example = |(a, b): &(_, _)| format!("{} and {}", one(a), one(b));
        let examples: Vec<String> = named.iter().take(MAX_NAMED).map(example).collect();
        let (n, line) = (named.len(), first.line);
        let texts = if n == 1 { "text has" } else { "texts have" };
        let what = format!(
            "{n} {texts} several labels, such as {}; each is held out as a whole",
            examples.join("; ")
        );
        Some(Warning { path: path.clone(), line, what })
    }
}

/// The first document of the group of `document`. Halves the paths on its way, so that they stay short.
fn root(group: &mut [usize], mut document: usize) -> usize {
    while group[document] != document {
        group[document] = group[group[document]];
        document = group[document];
    }
    document
}
