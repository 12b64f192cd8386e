//! Labels that are several in one: `report; analysis`. They are no class of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::labels::folded;
use super::{Corpus, Document, LabelFile, Labelled, Unlabelled};
use crate::error::Warning;

/// Separators that the name of one label may have, too: `News/Sport`.
const UNSURE: [char; 6] = ['|', ',', '/', '&', '+', '\n'];

/// The paragraphs of a file with several labels: their number, the line of the first, and its label.
type Found = (usize, usize, String);

/// Whether a label is several: its parts are between semicolons; or between bars, and one of them is also a label by
/// itself; or between other separators, and all of them are and occur at least as often as the whole. `known` are the
/// labels, folded, and how often each occurs.
fn is_several(label: &str, known: &BTreeMap<String, usize>) -> bool {
    let label = folded(label);
    let parts = |marks: &[char]| -> Vec<String> {
        let parts = label.split(marks).flat_map(|part| part.split(" and "));
        parts.map(|part| part.trim().to_string()).filter(|part| !part.is_empty()).collect()
    };
    let n_whole = known.get(&label).copied().unwrap_or_default();
    let is_as_frequent = |part: &String| known.get(part).is_some_and(|n| *n >= n_whole);
    let parts_of_all = parts(&UNSURE);
    label.contains(';')
        || label.contains('|') && label.split('|').any(|part| known.contains_key(part.trim()))
        || parts_of_all.len() > 1 && parts_of_all.iter().all(is_as_frequent)
}

/// The warning about the paragraphs with several labels in a file.
pub fn several_warning(path: PathBuf, (n, line, label): Found) -> Warning {
    let rows = if n == 1 { "row has" } else { "rows have" };
    let what = format!(
        "{n} {rows} several labels in one, such as `{label}`, and count as rows without a label; give each one label"
    );
    Warning { path, line, what }
}

impl Corpus {
    /// Takes the label from paragraphs that have several in one, with a warning for each file. `known` are the labels
    /// that stand for themselves, folded, and how often each occurs. Returns whether there were any.
    pub(super) fn unlabel_several(&mut self, known: &BTreeMap<String, usize>) -> bool {
        let labels = self.label_counts().into_keys();
        let several: BTreeSet<String> = labels.filter(|label| is_several(label, known)).collect();
        if several.is_empty() {
            return false;
        }
        let mut found: BTreeMap<PathBuf, Found> = BTreeMap::new();
        for document in &mut self.documents {
            for Labelled { line, label, .. } in
                document.paragraphs.iter().filter(|p| several.contains(&p.label))
            {
                let place = (0, usize::MAX, String::new());
                let (n, first, of_first) = found.entry(document.path.clone()).or_insert(place);
                *n += 1;
                if line < first {
                    (*first, *of_first) = (*line, label.clone());
                }
            }
            document.unlabel(|label| several.contains(label));
        }
        self.documents.retain(|document| !document.paragraphs.is_empty());
        self.warnings.extend(found.into_iter().map(|(path, found)| several_warning(path, found)));
        true
    }
}

impl Document {
    /// Turns the paragraphs with one of these labels into paragraphs without a label.
    fn unlabel(&mut self, is_one: impl Fn(&str) -> bool) {
        let mut context = std::mem::take(&mut self.context).into_iter().peekable();
        for (index, mut paragraph) in std::mem::take(&mut self.paragraphs).into_iter().enumerate() {
            let at = self.paragraphs.len();
            while let Some(before) = context.next_if(|unlabelled| unlabelled.at <= index) {
                self.context.push(Unlabelled { at, ..before });
            }
            // What it follows has no label, or lost it.
            let before = self.context.last_mut().filter(|before| before.at == at);
            if is_one(&paragraph.label) {
                let follows =
                    paragraph.follows || before.is_some_and(|before| std::mem::take(&mut before.is_followed));
                let text = paragraph.text;
                self.context.push(Unlabelled { text, at, follows, is_followed: false });
                continue;
            }
            if let Some(before) = before {
                before.is_followed |= std::mem::take(&mut paragraph.follows);
            }
            self.paragraphs.push(paragraph);
        }
        let at = self.paragraphs.len();
        self.context.extend(context.map(|unlabelled| Unlabelled { at, ..unlabelled }));
    }
}

impl LabelFile {
    /// Takes the label from rows that have several in one, with a warning.
    pub(super) fn unlabel_several(&mut self) {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for label in self.rows.iter().filter_map(|row| row.label.as_deref()) {
            *known.entry(folded(label)).or_default() += 1;
        }
        let several: BTreeSet<&String> = known.keys().filter(|label| is_several(label, &known)).collect();
        let mut found: Option<Found> = None;
        for row in &mut self.rows {
            if let Some(label) = row.label.take_if(|label| several.contains(&folded(label))) {
                found.get_or_insert((0, row.line, label)).0 += 1;
            }
        }
        self.warnings.extend(found.map(|found| several_warning(self.path.clone(), found)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_of_labels_is_several() {
        let counts = [("report", 9), ("analysis", 9), ("arts, culture", 2), ("science", 3), ("art", 1)];
        let known = counts.into_iter().chain([("science and art", 2)]);
        let known = known.map(|(label, count)| (label.to_string(), count)).collect();
        for label in [
            "report; analysis",
            "Report|other",
            "report, analysis",
            "report/Analysis",
            "report and analysis",
            "a;b",
        ] {
            assert!(is_several(label, &known), "{label}");
        }
        for label in
            ["report", "News|Sport", "News/report", "arts, culture", "report and more", "science and art"]
        {
            assert!(!is_several(label, &known), "{label}");
        }
    }

    #[test]
    fn a_paragraph_that_loses_its_label_still_stands_between_its_neighbours() {
        let labelled = |label: &str, follows| Labelled {
            line: 1,
            id: None,
            text: label.to_string(),
            label: label.to_string(),
            weight: 1.0,
            follows,
        };
        let unlabelled = |text: &str, at, follows, is_followed| Unlabelled {
            text: text.to_string(),
            at,
            follows,
            is_followed,
        };
        let paragraphs =
            vec![labelled("a", false), labelled("-", true), labelled("b", true), labelled("c", false)];
        let mut document = Document::new("a".as_ref(), None, None, paragraphs);
        document.context = vec![unlabelled("u", 3, true, true), unlabelled("v", 4, true, false)];
        document.unlabel(|label| label == "-");
        let left: Vec<(&str, bool)> =
            document.paragraphs.iter().map(|p| (p.text.as_str(), p.follows)).collect();
        assert_eq!(left, [("a", false), ("b", false), ("c", false)]);
        let expected =
            [unlabelled("-", 1, true, true), unlabelled("u", 2, true, true), unlabelled("v", 3, true, false)];
        assert_eq!(document.context, expected);
    }
}
