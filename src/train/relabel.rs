//! The labels of an adapted model, and the user's rows with these labels.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::{Corpus, folded};
use crate::error::{Error, Result};
use crate::label_map::LabelMap;
use crate::model::Model;

/// The labels of a model after some are renamed or merged.
pub struct Relabelled {
    /// The new labels, in the order of the model's.
    pub labels: Vec<String>,
    /// The new label of each class.
    pub label_map: LabelMap,
    /// The new label of each old one, by its name without case.
    new_of_old: BTreeMap<String, String>,
}

impl Relabelled {
    /// The labels of `base` with `renamed`: old labels, in any case, and what they become.
    ///
    /// # Errors
    ///
    /// When an old label is not one of the base's, or fewer than two labels remain.
    pub fn new(base: &Model, renamed: &BTreeMap<String, String>) -> Result<Relabelled> {
        let old = base.labels();
        let wrong = |found: String| Err(Error::BaseLabels { found, expected: old.join(", ") });
        let new_of_old: BTreeMap<String, String> =
            renamed.iter().map(|(old, new)| (folded(old), new.trim().to_string())).collect();
        let known: BTreeSet<String> = old.iter().map(|label| folded(label)).collect();
        if let Some(label) = new_of_old.keys().find(|label| !known.contains(*label)) {
            return wrong(format!("`{label}` among the labels to rename"));
        }
        let new = |label: &String| new_of_old.get(&folded(label)).unwrap_or(label).clone();
        let (mut labels, mut of_old): (Vec<String>, Vec<usize>) = (Vec::new(), Vec::new());
        for label in old.iter().map(new) {
            let known = labels.iter().position(|known| folded(known) == folded(&label));
            of_old.push(known.unwrap_or(labels.len()));
            if known.is_none() {
                labels.push(label);
            }
        }
        if labels.len() < 2 || labels.iter().any(String::is_empty) {
            return wrong(format!("{} left after renaming: {}", labels.len(), labels.join(", ")));
        }
        let of_class = base.parts().label_map.label_of().iter().map(|&label| of_old[label]).collect();
        let label_map = LabelMap::new(of_class, labels.len());
        let why = "a label has no class".to_string();
        let label_map = label_map.ok_or(Error::Fit { what: "the labels", why })?;
        Ok(Relabelled { labels, label_map, new_of_old })
    }

    /// The corpus with these labels; rows may have the new labels or the old ones, in any case.
    ///
    /// # Errors
    ///
    /// When a row has another label that is not `boilerplate`.
    pub fn corpus(&self, corpus: &Corpus, boilerplate: Option<&str>) -> Result<Corpus> {
        let spelling = |label: &str| {
            let own = |name: &str| self.labels.iter().find(|known| folded(known) == folded(name));
            own(label).or_else(|| own(self.new_of_old.get(&folded(label))?)).cloned()
        };
        let counts = corpus.label_counts();
        let unknown: Vec<String> = counts
            .iter()
            .filter(|(label, _)| spelling(label).is_none() && Some(label.as_str()) != boilerplate)
            .map(|(label, n)| format!("`{label}` ({n} rows)"))
            .collect();
        if !unknown.is_empty() {
            let found = format!("{} in the rows", unknown.join(", "));
            return Err(Error::BaseLabels { found, expected: self.labels.join(", ") });
        }
        let mut documents = corpus.documents.clone();
        for paragraph in documents.iter_mut().flat_map(|document| &mut document.paragraphs) {
            if Some(paragraph.label.as_str()) != boilerplate {
                paragraph.label = spelling(&paragraph.label).unwrap_or_default();
            }
        }
        Ok(Corpus { documents, ..Corpus::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relabelled(renamed: &[(&str, &str)]) -> Result<Relabelled> {
        let renamed = renamed.iter().map(|(old, new)| (old.to_string(), new.to_string())).collect();
        Relabelled::new(&Model::embedded().unwrap(), &renamed)
    }

    #[test]
    fn labels_are_renamed_and_merged() {
        let found = relabelled(&[("Advocacy", "opinion"), ("analysis", "opinion")]).unwrap();
        assert_eq!(found.labels, ["report", "opinion"]);
        assert_eq!(found.label_map.label_of(), [0, 1, 1]);
        let swapped = relabelled(&[("advocacy", "report"), ("report", "advocacy")]).unwrap();
        assert_eq!(swapped.labels, ["advocacy", "report", "analysis"]);
        assert!(swapped.label_map.is_identity());
    }

    #[test]
    fn unknown_and_too_few_labels_are_errors() {
        let message = |renamed: &[(&str, &str)]| relabelled(renamed).err().unwrap().to_string();
        assert!(message(&[("news", "report")]).contains("`news`"));
        let all = [("report", "x"), ("advocacy", "x"), ("analysis", "x")];
        assert!(message(&all).contains("1 left"));
    }
}
