//! The paragraphs of several files of labels: which rows are the same one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{LabelRow, fingerprint};

/// A paragraph while files are matched.
pub struct Unit {
    pub row: LabelRow,
    /// The row in which each coder labelled it last, by coder.
    pub rows: BTreeMap<usize, Option<String>>,
    /// The files that have it.
    files: BTreeSet<usize>,
}

/// Whether paragraphs are looked for in all articles, or in those of one `doc`, or without a `doc`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum In {
    All,
    Doc(Option<String>),
}

/// The paragraphs with one text in the order of their first rows, and how many of them from the first on each coder has
/// labelled, so that many rows with one text take linear time.
#[derive(Default)]
struct Equals {
    units: Vec<usize>,
    n_taken: HashMap<usize, usize>,
}

/// The paragraphs so far, and the indices by which rows find them.
#[derive(Default)]
pub struct Units {
    pub units: Vec<Unit>,
    /// The first paragraph with an id and a text.
    of_id: HashMap<(String, [u8; 20], In), usize>,
    /// The first paragraph at a place with a text.
    of_place: HashMap<(String, i64, [u8; 20]), usize>,
    of_text: HashMap<([u8; 20], In), Equals>,
    /// How many paragraphs have an id, and how many of them each file has.
    n_of_id: HashMap<String, usize>,
    n_in_file: HashMap<(String, usize), usize>,
}

impl Unit {
    /// A paragraph that no coder has labelled.
    pub fn new(row: LabelRow, file: Option<usize>) -> Unit {
        Unit { row, rows: BTreeMap::new(), files: file.into_iter().collect() }
    }

    /// Gives the unit the label of a coder; whether it replaces another label of the same coder.
    pub fn replaces(&mut self, coder: usize, label: Option<String>) -> bool {
        let before = self.rows.insert(coder, label);
        before.flatten().is_some_and(|before| self.rows[&coder].as_ref() != Some(&before))
    }
}

impl Units {
    /// The paragraph of a row, which is new if no earlier row has it, and whether its id stands for another text
    /// elsewhere.
    pub fn take(&mut self, row: &LabelRow, coder: usize, file: usize) -> (usize, bool) {
        let key = fingerprint(&row.text);
        let place = row.doc.clone().zip(row.index).map(|(doc, index)| (doc, index, key));
        let fitting = fitting(row);
        let with_id = |id: &String| {
            fitting.iter().filter_map(|place| self.of_id.get(&(id.clone(), key, place.clone()))).min()
        };
        let found = row.id.as_ref().and_then(with_id).or_else(|| self.of_place.get(place.as_ref()?)).copied();
        let found = found.or_else(|| fitting.iter().filter_map(|place| self.free(key, place, coder)).min());
        if let Some(at) = found {
            if self.units[at].files.insert(file) {
                self.count_in_file(at, file);
            }
            return (at, false);
        }
        let is_other_text = row.id.as_ref().is_some_and(|id| {
            let n_here = self.n_in_file.get(&(id.clone(), file)).copied().unwrap_or_default();
            self.n_of_id.get(id).is_some_and(|n| *n > n_here)
        });
        let at = self.units.len();
        self.units.push(Unit::new(row.clone(), Some(file)));
        for place in [In::All, In::Doc(row.doc.clone())] {
            if let Some(id) = &row.id {
                self.of_id.entry((id.clone(), key, place.clone())).or_insert(at);
            }
            self.of_text.entry((key, place)).or_default().units.push(at);
        }
        if let Some(place) = place {
            self.of_place.entry(place).or_insert(at);
        }
        row.id.iter().for_each(|id| *self.n_of_id.entry(id.clone()).or_default() += 1);
        self.count_in_file(at, file);
        (at, is_other_text)
    }

    fn count_in_file(&mut self, at: usize, file: usize) {
        if let Some(id) = &self.units[at].row.id {
            *self.n_in_file.entry((id.clone(), file)).or_default() += 1;
        }
    }

    /// The first paragraph with a text that a coder has not labelled.
    fn free(&mut self, key: [u8; 20], place: &In, coder: usize) -> Option<usize> {
        let Equals { units, n_taken } = self.of_text.get_mut(&(key, place.clone()))?;
        let n_taken = n_taken.entry(coder).or_default();
        *n_taken +=
            units[*n_taken..].iter().take_while(|at| self.units[**at].rows.contains_key(&coder)).count();
        units.get(*n_taken).copied()
    }
}

/// Where the paragraph of a row may be: a row without a `doc` may belong to any.
fn fitting(row: &LabelRow) -> Vec<In> {
    match &row.doc {
        Some(doc) => vec![In::Doc(Some(doc.clone())), In::Doc(None)],
        None => vec![In::All],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The paragraph of each row, the obvious way: every earlier paragraph is looked at.
    fn slowly_matched(rows: &[(LabelRow, usize)]) -> Vec<usize> {
        let mut units: Vec<(&LabelRow, Vec<usize>)> = Vec::new();
        let mut matched = Vec::new();
        for (row, coder) in rows {
            let is_same_doc =
                |unit: &LabelRow| unit.doc.is_none() || row.doc.is_none() || unit.doc == row.doc;
            let first = |fits: &dyn Fn(&LabelRow, &[usize]) -> bool| {
                units.iter().position(|(unit, coders)| {
                    fingerprint(&unit.text) == fingerprint(&row.text) && fits(unit, coders)
                })
            };
            let at = first(&|unit, _| row.id.is_some() && unit.id == row.id && is_same_doc(unit))
                .or_else(|| {
                    first(&|unit, _| {
                        row.doc.is_some()
                            && row.index.is_some()
                            && (&unit.doc, unit.index) == (&row.doc, row.index)
                    })
                })
                .or_else(|| first(&|unit, coders| !coders.contains(coder) && is_same_doc(unit)))
                .unwrap_or(units.len());
            if at == units.len() {
                units.push((row, Vec::new()));
            }
            units[at].1.push(*coder);
            matched.push(at);
        }
        matched
    }

    proptest! {
        #[test]
        fn rows_are_matched_as_if_all_were_compared(
            rows in prop::collection::vec((0..3usize, 0..4usize, 0..2i64, 0..2usize, 0..3usize), 0..40),
        ) {
            let of = |(id, doc, index, text, coder): (usize, usize, i64, usize, usize)| {
                let place = ["", "d", "e", "f"][doc];
                let place = Some((place, index)).filter(|(doc, _)| !doc.is_empty());
                let row = LabelRow {
                    id: Some(["", "1", "2"][id].to_string()).filter(|id| !id.is_empty()),
                    doc: place.map(|(doc, _)| doc.to_string()),
                    index: place.map(|(_, index)| index),
                    text: ["One.", "Two."][text].to_string(),
                    ..LabelRow::default()
                };
                (row, coder)
            };
            let rows: Vec<(LabelRow, usize)> = rows.into_iter().map(of).collect();
            let mut units = Units::default();
            let found: Vec<usize> = rows
                .iter()
                .map(|(row, coder)| {
                    let (at, _) = units.take(row, *coder, 0);
                    units.units[at].rows.insert(*coder, row.label.clone());
                    at
                })
                .collect();
            prop_assert_eq!(found, slowly_matched(&rows));
        }
    }
}
