//! Groups of documents that are held out together, and the folds that they are distributed over.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{Corpus, Document, hex};

/// What paragraphs that are held out together have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// The document: an article, or a contrast (one event written in several ways).
    Article,
    /// The outlet; a document without one is a group of its own.
    Outlet,
    /// The topic; a document without one is a group of its own.
    Topic,
}

impl GroupBy {
    /// The name used in options and model cards.
    pub fn name(self) -> &'static str {
        match self {
            GroupBy::Article => "article",
            GroupBy::Outlet => "outlet",
            GroupBy::Topic => "topic",
        }
    }
}

impl Corpus {
    /// The group of each document as an index, and the names of the groups.
    pub(crate) fn groups(&self, group_by: GroupBy) -> (Vec<usize>, Vec<String>) {
        let (mut indices, mut names) = (BTreeMap::new(), Vec::new());
        let index = |document: &Document| {
            *indices.entry(document.group(group_by)).or_insert_with(|| {
                names.push(document.group_name(group_by));
                names.len() - 1
            })
        };
        (self.documents.iter().map(index).collect(), names)
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

    /// The fold of each document. All documents of a group are in the same fold, folds have nearly the same number of
    /// paragraphs, and where possible every label occurs in two folds. There are at most as many folds as groups.
    pub(crate) fn folds(&self, n_folds: usize, group_by: GroupBy, seed: u64) -> Vec<usize> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for document in &self.documents {
            *sizes.entry(document.group(group_by)).or_default() += document.paragraphs.len();
        }
        let n_folds = n_folds.min(sizes.len()).max(1);
        let mut groups: Vec<(String, String, usize)> = sizes
            .into_iter()
            .map(|(key, size)| (hex(&Sha256::digest(format!("{seed}\n{key}"))), key, size))
            .collect();
        // Large groups come first, each in the smallest fold, because an outlet can be a tenth of a corpus.
        groups.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        let mut filled = vec![0usize; n_folds];
        let mut fold_of: BTreeMap<String, usize> = BTreeMap::new();
        for (_, key, size) in groups {
            let smallest = (0..n_folds).min_by_key(|&fold| filled[fold]).unwrap_or(0);
            filled[smallest] += size;
            fold_of.insert(key, smallest);
        }
        // Moving a group for one label can put all groups of another label into one fold, so there are several rounds.
        let by_label = self.groups_by_label(group_by);
        for _ in 0..8 {
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
    /// The key of the document's group; it has a prefix, so that an outlet and a topic of the same name differ.
    pub fn group(&self, group_by: GroupBy) -> String {
        let key = |name: &str| format!("{} {name}", group_by.name());
        let own = || self.together.as_ref().unwrap_or(&self.identity).clone();
        self.named_group(group_by).map_or_else(own, key)
    }

    /// The name of the document's group in reports.
    fn group_name(&self, group_by: GroupBy) -> String {
        let line = self.paragraphs.first().map_or(1, |paragraph| paragraph.line);
        let place = || format!("{}:{line}", self.path.display());
        self.named_group(group_by).map_or_else(place, str::to_string)
    }

    fn named_group(&self, group_by: GroupBy) -> Option<&str> {
        match group_by {
            GroupBy::Article => None,
            GroupBy::Outlet => self.outlet.as_deref(),
            GroupBy::Topic => self.topic.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::LabelledRow;

    #[test]
    fn groups_are_not_split_and_folds_have_the_same_size() {
        let row = |index: usize| LabelledRow {
            text: format!("t{index}"),
            label: "x".to_string(),
            outlet: Some(format!("o{}", index % 8)),
            ..LabelledRow::default()
        };
        let corpus = Corpus::from_rows((0..40).map(row));
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
