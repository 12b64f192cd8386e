//! The labels of several coders for the same paragraphs, matched across their files.

use std::collections::{BTreeMap, HashMap};

use super::labels::folded;
use super::matching::{Unit, Units};
use super::unlabelled::label_name;
use super::{LabelFile, LabelRow};
use crate::metrics::Ratings;

/// Paragraphs and the labels that coders gave them.
///
/// The coders of a file are the values of its column `coder`; a file without that column is one coder. A name that
/// an earlier file has, too, is followed by the number of the file. Rows of
/// different coders are the same paragraph if they have the same text (letters and digits after NFC and lower-casing)
/// and the same id; or else the same `doc` and `index`; or else no `doc` that tells them apart. If a coder labelled a
/// paragraph several times, the last label counts.
#[derive(Debug, Default)]
pub struct Coding {
    /// The names of the coders, in the order of the files and of their first rows.
    pub coders: Vec<String>,
    /// All labels: those of the codebook, then the others by name.
    pub labels: Vec<String>,
    /// The paragraphs that at least one coder labelled, in the order of their first rows.
    pub paragraphs: Vec<CodedParagraph>,
    /// How many paragraphs each coder alone labelled.
    pub n_unmatched: Vec<usize>,
    /// How many rows have an id that stands for another text in another file.
    pub n_other_text: usize,
    /// How many labels a later row of the same coder replaced.
    pub n_replaced: usize,
}

/// A paragraph and the labels that coders gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedParagraph {
    /// Its first row.
    pub row: LabelRow,
    /// The index of each coder's label.
    pub labels: Vec<Option<usize>>,
}

/// The label that a coder gave to a unit, such as a paragraph, in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CoderLabel {
    /// The coder.
    pub coder: String,
    /// The unit; rows with the same unit are about the same text.
    pub unit: String,
    /// The label; `None` or an empty one if the coder gave none. Unlike in files, no word stands for a missing label.
    pub label: Option<String>,
    /// The article that the unit belongs to; that of its first row counts.
    pub doc: Option<String>,
}

impl Coding {
    /// The paragraphs of all files. Rows of context are no paragraphs of a coder.
    pub fn of(files: &[LabelFile]) -> Coding {
        let mut coding = Coding::default();
        let mut units = Units::default();
        let mut coder_of: HashMap<(usize, Option<&str>), usize> = HashMap::new();
        for (number, file) in files.iter().enumerate() {
            for row in file.rows.iter().filter(|row| !row.context) {
                let coder = *coder_of.entry((number, row.coder.as_deref())).or_insert_with(|| {
                    let name = row.coder.clone().unwrap_or_else(|| file.path.display().to_string());
                    let is_taken = coding.coders.contains(&name);
                    coding.coders.push(if is_taken { format!("{name} ({})", number + 1) } else { name });
                    coding.coders.len() - 1
                });
                let (unit, is_other_text) = units.take(row, coder, number);
                coding.n_other_text += usize::from(is_other_text);
                let is_replaced = units.units[unit].replaces(coder, row.label.clone());
                coding.n_replaced += usize::from(is_replaced);
            }
        }
        coding.complete(units.units);
        coding
    }

    /// The units of labels in memory, which are matched by their names alone: [`LabelRow::id`] is the name.
    pub fn from_labels(labels: impl IntoIterator<Item = CoderLabel>) -> Coding {
        let mut coding = Coding::default();
        let mut units: Vec<Unit> = Vec::new();
        let (mut coder_of, mut unit_of) = (HashMap::new(), HashMap::new());
        for CoderLabel { coder, unit, label, doc } in labels {
            let coder = *coder_of.entry(coder).or_insert_with_key(|name: &String| {
                coding.coders.push(name.clone());
                coding.coders.len() - 1
            });
            let at = *unit_of.entry(unit).or_insert_with_key(|name: &String| {
                let row = LabelRow { id: Some(name.clone()), doc, ..LabelRow::default() };
                units.push(Unit::new(row, None));
                units.len() - 1
            });
            let label = label.map(|label| label_name(&label)).filter(|label| !label.is_empty());
            coding.n_replaced += usize::from(units[at].replaces(coder, label));
        }
        coding.complete(units);
        coding
    }

    /// Numbers the labels, and drops paragraphs that nobody labelled.
    fn complete(&mut self, units: Vec<Unit>) {
        let mut spellings: BTreeMap<String, String> = BTreeMap::new();
        for label in units.iter().flat_map(|unit| unit.rows.values()).flatten() {
            spellings.entry(folded(label)).or_insert_with(|| label.clone());
        }
        self.labels = spellings.into_values().collect();
        super::sort_labels(&mut self.labels);
        let index: HashMap<String, usize> =
            self.labels.iter().enumerate().map(|(index, label)| (folded(label), index)).collect();
        self.n_unmatched = vec![0; self.coders.len()];
        for unit in units {
            let mut labels = vec![None; self.coders.len()];
            for (coder, label) in unit.rows {
                labels[coder] = label.map(|label| index[&folded(&label)]);
            }
            let mut coders = labels.iter().enumerate().filter(|(_, label)| label.is_some());
            let Some((first, _)) = coders.next() else { continue };
            self.n_unmatched[first] += usize::from(coders.next().is_none());
            self.paragraphs.push(CodedParagraph { row: unit.row, labels });
        }
    }

    /// The labels of each paragraph for [`Agreement::of`](crate::metrics::Agreement::of). Paragraphs without a `doc`
    /// are articles of their own.
    pub fn ratings(&self) -> Vec<Ratings> {
        let mut groups: HashMap<&str, usize> = HashMap::new();
        let paragraphs = self.paragraphs.iter().enumerate();
        paragraphs
            .map(|(number, paragraph)| {
                let doc = paragraph.row.doc.as_deref();
                let group = doc.map_or(number, |doc| *groups.entry(doc).or_insert(number));
                Ratings { labels: paragraph.labels.clone(), group }
            })
            .collect()
    }

    /// The paragraphs to which coders gave different labels.
    pub fn disagreements(&self) -> impl Iterator<Item = &CodedParagraph> {
        self.paragraphs.iter().filter(|paragraph| {
            let mut labels = paragraph.labels.iter().flatten();
            labels.next().is_some_and(|first| labels.any(|label| label != first))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, place: Option<(&str, i64)>, text: &str, label: &str) -> LabelRow {
        LabelRow {
            id: Some(id.to_string()).filter(|id| !id.is_empty()),
            doc: place.map(|(doc, _)| doc.to_string()),
            index: place.map(|(_, index)| index),
            text: text.to_string(),
            label: Some(label.to_string()).filter(|label| !label.is_empty()),
            ..LabelRow::default()
        }
    }

    /// Compares the labels of the paragraphs; `-` is no label.
    #[track_caller]
    fn check(files: &[&[LabelRow]], expected: &[&str]) -> Coding {
        let file = |(number, rows): (usize, &&[LabelRow])| LabelFile {
            path: format!("{number}.jsonl").into(),
            rows: rows.to_vec(),
            ..LabelFile::default()
        };
        let files: Vec<LabelFile> = files.iter().enumerate().map(file).collect();
        let coding = Coding::of(&files);
        let name = |label: &Option<usize>| label.map_or("-", |label| coding.labels[label].as_str());
        let found: Vec<String> = coding
            .paragraphs
            .iter()
            .map(|paragraph| paragraph.labels.iter().map(name).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found, expected);
        coding
    }

    #[test]
    fn rows_are_matched_by_id_then_place_then_text() {
        check(
            &[
                &[row("1", None, "One.", "x"), row("2", None, "Two.", "y")],
                &[row("2", None, "Two", "y"), row("1", None, "one", "y")],
            ],
            &["x y", "y y"],
        );
        check(&[&[row("", Some(("d", 0)), "One.", "x")], &[row("7", Some(("d", 0)), "One.", "Y")]], &["x Y"]);
        check(
            &[
                &[row("", None, "One.", "x"), row("", None, "One.", "y")],
                &[row("", None, "One.", "x"), row("", None, "One.", "x")],
            ],
            &["x x", "y x"],
        );
        check(
            &[&[row("", Some(("d", 0)), "One.", "x")], &[row("", Some(("e", 0)), "One.", "x")]],
            &["x -", "- x"],
        );
    }

    #[test]
    fn an_id_of_another_text_does_not_match() {
        let coding =
            check(&[&[row("1", None, "One.", "x")], &[row("1", None, "Two.", "x")]], &["x -", "- x"]);
        assert_eq!((coding.n_other_text, coding.n_unmatched), (1, vec![1, 1]));
    }

    #[test]
    fn the_last_label_of_a_coder_counts_and_spellings_are_merged() {
        let rows = [
            row("1", None, "One.", "x"),
            row("1", None, "One.", "y"),
            row("2", None, "Two.", "x"),
            row("2", None, "Two.", ""),
        ];
        let coding = check(&[&rows, &[row("1", None, "One.", "Y"), row("2", None, "Two.", "")]], &["y y"]);
        assert_eq!((coding.n_replaced, coding.labels.len()), (2, 1));
    }

    #[test]
    fn a_file_may_have_several_coders() {
        let by = |coder: &str, row: LabelRow| LabelRow { coder: Some(coder.to_string()), ..row };
        let rows = [by("ann", row("1", None, "One.", "x")), by("bob", row("1", None, "One.", "y"))];
        assert_eq!(check(&[&rows], &["x y"]).coders, ["ann", "bob"]);
    }

    #[test]
    fn labels_in_memory_are_matched_by_the_names_of_their_units() {
        let label = |coder: &str, unit: &str, label: &str| CoderLabel {
            coder: coder.to_string(),
            unit: unit.to_string(),
            label: Some(label.to_string()),
            doc: Some("d".to_string()),
        };
        let coding = Coding::from_labels([
            label("ann", "a-1", "x"),
            label("ann", "a1", " "),
            label("bob", "a1", "y"),
            label("bob", "a-1", " y"),
            label("bob", "a-1", "X"),
        ]);
        assert_eq!((&coding.coders[..], coding.n_replaced), (&["ann".to_string(), "bob".to_string()][..], 1));
        let labels: Vec<_> = coding.paragraphs.iter().map(|unit| unit.labels.clone()).collect();
        assert_eq!(labels, [[Some(0), Some(0)], [None, Some(1)]]);
        assert_eq!(coding.ratings()[0].group, coding.ratings()[1].group);
    }
}
