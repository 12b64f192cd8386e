//! A scored article.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use rhetor::report::{HtmlReport, Origin};
use rhetor::summary::DigestOptions;
use rhetor::{Model, Outcome, ScoreOptions};

use crate::results::{Results, Source};

/// An article and what became of its paragraphs.
#[pyclass(frozen, module = "pyrhetor._engine")]
pub struct Article {
    pub model: Model,
    pub article: rhetor::Article,
    pub outcomes: Vec<Outcome>,
    pub options: ScoreOptions,
}

#[pymethods]
impl Article {
    /// Where it was read from.
    #[getter]
    fn source(&self) -> &str {
        &self.article.source
    }

    /// What is known about it: title, author, date and the like.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let metadata = PyDict::new(py);
        self.article.metadata.iter().try_for_each(|(key, value)| metadata.set_item(key, value))?;
        Ok(metadata)
    }

    /// A row for each paragraph, in one batch or more.
    fn table<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut results = Results::new(&self.model, Source::Article, self.options);
        results.add(&self.article, &self.outcomes)?;
        results.into_pyarrow(py)
    }

    /// A page for a browser.
    fn html(&self) -> String {
        let labels = self.model.labels();
        let options = DigestOptions { n_labels: labels.len(), strongest: 0, tag_column: None };
        HtmlReport::new(labels, options, Origin::new(&self.model, Vec::new()))
            .article(&self.article, &self.outcomes)
    }

    fn __len__(&self) -> usize {
        self.outcomes.len()
    }
}
