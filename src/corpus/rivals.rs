//! Tables with two columns of labels.

use std::collections::BTreeMap;
use std::path::Path;

use super::labels::folded;
use super::unlabelled::label_name;
use crate::error::Warning;
use crate::read::{ColumnNames, Row};

/// What columns of labels are called besides `label` and the same with a number or letter (`label_2`), without what
/// separates words.
const NAMES: [&str; 14] = [
    "annotation",
    "annotations",
    "class",
    "correctedlabel",
    "finallabel",
    "gold",
    "goldlabel",
    "goldstandard",
    "groundtruth",
    "humanlabel",
    "label",
    "labels",
    "manuallabel",
    "truelabel",
];

/// The columns of a table that may hold the labels, too, and the number of rows in which each has another label.
#[derive(Debug, Default)]
pub struct Rivals {
    /// The column that the labels were read from.
    column: Option<String>,
    n_unlike: BTreeMap<String, usize>,
    first_line: usize,
}

impl Rivals {
    /// Compares the columns of a row, unless the user named one of them.
    pub fn see(&mut self, row: &Row, names: &ColumnNames) {
        let Some(label) = row.label.as_deref().filter(|_| names.label.is_none() && !row.is_scored()) else {
            return;
        };
        let column = self.column.get_or_insert_with(|| names.label_column(&row.fields).unwrap_or_default());
        for (name, value) in row.fields.iter().filter(|(name, _)| *name != column && is_label_column(name)) {
            let value = label_name(value);
            if !value.is_empty() && folded(&value) != folded(&label_name(label)) {
                self.first_line = if self.n_unlike.is_empty() { row.line } else { self.first_line };
                *self.n_unlike.entry(name.clone()).or_default() += 1;
            }
        }
    }

    /// Names both columns; `None` if there is only one.
    pub fn warning(&self, path: &Path) -> Option<Warning> {
        let column = self.column.as_deref()?;
        let other = |(name, n): (&String, &usize)| {
            format!("`{name}`, which has another label in {n} {}", if *n == 1 { "row" } else { "rows" })
        };
        let others: Vec<String> = self.n_unlike.iter().map(other).collect();
        let what = format!("the label is column `{column}`, not {}", others.join(", or "));
        let line = self.first_line;
        (!others.is_empty()).then(|| Warning { path: path.to_path_buf(), line, what })
    }
}

fn is_label_column(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_numbered = letters.strip_prefix("label").is_some_and(|rest| rest.chars().count() == 1);
    is_numbered || NAMES.contains(&letters.as_str())
}
