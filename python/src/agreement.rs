//! The agreement of coders.

use pyo3::prelude::*;
use pyo3_arrow::PyChunkedArray;
use rhetor::corpus::{CoderLabel, Coding};
use rhetor::metrics::Agreement;

use crate::errors::RhetorError;
use crate::rows::Strings;
use crate::threads::run;

/// The columns of a table in which each row is the label that a coder gave to a unit. All have one value per row.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct CodedColumns {
    coder: PyChunkedArray,
    unit: PyChunkedArray,
    label: PyChunkedArray,
    doc: Option<PyChunkedArray>,
}

/// How well coders agree, as JSON, and how many labels a later row of the same coder and unit replaced.
#[pyfunction]
pub fn agreement(py: Python<'_>, columns: CodedColumns, seed: u64) -> PyResult<(String, usize)> {
    let labels = labels(columns)?;
    run(py, 0, move || {
        let coding = Coding::from_labels(labels);
        if coding.coders.len() < 2 {
            let found = coding.coders.len();
            return Err(format!("found the labels of {found} coder, expected those of two or more"));
        }
        let agreement = Agreement::of(coding.labels.len(), coding.coders.len(), &coding.ratings(), seed);
        if agreement.n_paragraphs == 0 {
            return Err("found no unit that two coders labelled, expected the same units".to_string());
        }
        Ok((coding.as_json(&agreement).to_string(), coding.n_replaced))
    })?
    .map_err(RhetorError::new_err)
}

fn labels(columns: CodedColumns) -> PyResult<impl Iterator<Item = CoderLabel> + Send + 'static> {
    let coders = Strings::new("coder", columns.coder)?.into_values();
    let units = Strings::new("unit", columns.unit)?.into_values();
    let labels = Strings::new("label", columns.label)?.into_values();
    let docs = columns.doc.map(|doc| Strings::new("doc", doc)).transpose()?;
    let mut docs = docs.map(Strings::into_values);
    Ok(coders.zip(units).zip(labels).map(move |((coder, unit), label)| CoderLabel {
        coder: coder.unwrap_or_default(),
        unit: unit.unwrap_or_default(),
        label,
        doc: docs.as_mut().and_then(|docs| docs.next().flatten()),
    }))
}
