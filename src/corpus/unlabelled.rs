//! Rows of labelled text that have no label, and the warning that counts them.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization;

use crate::error::Warning;
use crate::read::{label_in_cell, unescaped, visible};

/// What spreadsheets, pandas, R and annotators write where there is no label, in lower case.
const MISSING: [&str; 18] = [
    "nan",
    "n/a",
    "#n/a",
    "<na>",
    "null",
    "?",
    "-",
    "--",
    "–",
    "—",
    "unlabelled",
    "unlabeled",
    "not labelled",
    "not labeled",
    "no label",
    "unknown",
    "todo",
    "tbd",
];

/// The name of the label in a cell: composed (NFC), with character references replaced, and without invisible
/// characters or separators around it.
pub fn label_name(cell: &str) -> String {
    let is_around = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '|');
    let plain = unescaped(&label_in_cell(cell)).into_owned();
    visible(&plain).trim_matches(is_around).nfc().collect()
}

/// Whether the name of a label stands for a missing one.
pub fn is_missing(name: &str) -> bool {
    // In lower case these two can be labels: `none` of some stances, and `na` of a language.
    name.is_empty() || name == "NA" || name == "None" || MISSING.contains(&name.to_lowercase().as_str())
}

/// The rows with a text but without a label.
#[derive(Debug, Default)]
pub struct UnlabelledRows {
    n_rows: usize,
    first_line: usize,
    /// How often each word stood in place of a label.
    words: BTreeMap<String, usize>,
}

impl UnlabelledRows {
    /// Adds a row and the word in place of its label, if any.
    pub fn add(&mut self, line: usize, word: &str) {
        self.first_line = if self.n_rows == 0 { line } else { self.first_line };
        self.n_rows += 1;
        if !word.is_empty() {
            *self.words.entry(word.to_string()).or_default() += 1;
        }
    }

    /// Says how many rows there are and what they have for a label; `None` if there are none. `fate` is what becomes of
    /// them.
    pub fn warning(&self, path: &Path, fate: &str) -> Option<Warning> {
        let n_words: usize = self.words.values().sum();
        let n_empty = self.n_rows - n_words;
        let empty = (n_empty > 0).then(|| format!("empty, rejected or several: {n_empty}"));
        let words = self.words.iter().map(|(word, n)| format!("`{word}`: {n}"));
        let found: Vec<String> = empty.into_iter().chain(words).collect();
        let rows = if self.n_rows == 1 { "row has" } else { "rows have" };
        let cure = if self.words.is_empty() { "" } else { "; to learn such a label, give it another name" };
        let what = format!("{} {rows} no label ({}): {fate}{cure}", self.n_rows, found.join("; "));
        (self.n_rows > 0).then(|| Warning { path: path.to_path_buf(), line: self.first_line, what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_place_of_a_label_are_counted() {
        let mut rows = UnlabelledRows::default();
        for (line, label) in [(2, ""), (3, "None"), (5, "\u{200b}"), (7, "TODO"), (8, "None")] {
            let name = label_name(label);
            assert!(is_missing(&name), "{label}");
            rows.add(line, &name);
        }
        let warning = rows.warning(Path::new("a.csv"), "not counted").unwrap().to_string();
        assert_eq!(
            warning,
            "a.csv:2: 5 rows have no label (empty, rejected or several: 2; `None`: 2; `TODO`: 1): not counted; \
             to learn such a label, give it another name"
        );
        assert!(UnlabelledRows::default().warning(Path::new("a.csv"), "").is_none());
    }

    #[test]
    fn the_same_label_in_other_characters_has_one_name() {
        for label in
            ["e\u{301}dito", "&eacute;dito", "\u{feff}\u{e9}dito;", " \u{e9}dito\u{a0}", "['\u{e9}dito']"]
        {
            assert_eq!(label_name(label), "\u{e9}dito", "{label:?}");
        }
        assert!(!is_missing("na") && !is_missing("nonexistent") && is_missing("NA"));
    }
}
