//! Labelled columns and files as a corpus.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3_arrow::PyChunkedArray;
use rhetor::corpus::{Corpus, GroupBy, LabelledRow};
use rhetor::read::ColumnNames;

use crate::errors::{Notes, RhetorError};
use crate::rows::Strings;
use crate::threads::run;

/// Labelled text.
#[derive(FromPyObject)]
pub enum Labelled {
    /// Files and folders.
    #[pyo3(transparent)]
    Paths(Vec<PathBuf>),
    /// The columns of a table.
    #[pyo3(transparent)]
    Columns(LabelledColumns),
}

/// The columns of labelled text.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct LabelledColumns {
    text: PyChunkedArray,
    label: PyChunkedArray,
    doc: Option<PyChunkedArray>,
    outlet: Option<PyChunkedArray>,
    topic: Option<PyChunkedArray>,
}

/// What is held out together, by its name.
pub fn group_by(name: &str) -> PyResult<GroupBy> {
    let all = [GroupBy::Article, GroupBy::Outlet, GroupBy::Topic];
    all.into_iter().find(|group_by| group_by.name() == name).ok_or_else(|| {
        RhetorError::new_err(format!("group_by: found `{name}`, expected `article`, `outlet` or `topic`"))
    })
}

impl Labelled {
    /// The corpus, with what was skipped or could not be read.
    pub fn corpus(self, py: Python<'_>, threads: usize) -> PyResult<(Corpus, Notes)> {
        match self {
            Labelled::Paths(paths) => {
                run(py, threads, move || with_notes(Corpus::read(&paths, &ColumnNames::default())))
            }
            Labelled::Columns(columns) => {
                let rows = labelled_rows(columns)?;
                run(py, threads, move || with_notes(Corpus::from_rows(rows)))
            }
        }
    }
}

fn labelled_rows(columns: LabelledColumns) -> PyResult<impl Iterator<Item = LabelledRow> + Send + 'static> {
    let LabelledColumns { text, label, doc, outlet, topic } = columns;
    let text = Strings::of_texts("text", text)?;
    let n_rows = text.len();
    let optional = |name, column: Option<PyChunkedArray>| -> PyResult<_> {
        let column = column.map(|column| Strings::new(name, column)).transpose()?;
        let is_short = column.as_ref().is_some_and(|column| column.len() != n_rows);
        if is_short {
            return Err(RhetorError::new_err(format!("column `{name}`: expected one value per text")));
        }
        let mut values = column.map(Strings::into_values);
        Ok(move || values.as_mut().and_then(|values| values.next().flatten()))
    };
    let mut label = optional("label", Some(label))?;
    let mut doc = optional("doc", doc)?;
    let mut outlet = optional("outlet", outlet)?;
    let mut topic = optional("topic", topic)?;
    Ok(text.into_values().map(move |text| LabelledRow {
        text: text.unwrap_or_default(),
        label: label().unwrap_or_default(),
        doc: doc(),
        outlet: outlet(),
        topic: topic(),
        confidence: None,
    }))
}

fn with_notes(corpus: Corpus) -> (Corpus, Notes) {
    let warnings = corpus.warnings.iter().map(ToString::to_string);
    let skipped = corpus.skipped.iter().map(|path| format!("{}: no labelled text", path.display()));
    let no_file = "a pipe, a device or a link that is not followed; to read it, name it";
    let special = corpus.special.iter().map(|path| format!("{}: {no_file}", path.display()));
    let errors = corpus.errors.iter().map(ToString::to_string);
    let notes = warnings.chain(skipped).chain(special).chain(errors).collect();
    (corpus, notes)
}
