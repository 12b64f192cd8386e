//! Labelled columns and files as a corpus; training.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3_arrow::PyChunkedArray;
use rhetor::corpus::{Corpus, GroupBy, LabelledRow};
use rhetor::read::ColumnNames;
use rhetor::train::{FeatureTotals, Folds, Smoothing, TrainOptions, train};

use crate::errors::{RhetorError, exception};
use crate::model::{Engine, Notes};
use crate::results::totals_batch;
use crate::rows::Strings;
use crate::threads::run;

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

/// The settings of training.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Options {
    smoothing: Option<f64>,
    max_ngram: usize,
    min_count: u32,
    l2_penalty: Option<f64>,
    folds: Option<usize>,
    group_by: String,
    seed: u64,
    boilerplate_label: Option<String>,
    name: String,
    version: String,
    threads: usize,
}

impl Options {
    fn options(self) -> PyResult<(usize, TrainOptions)> {
        let options = TrainOptions {
            smoothing: self.smoothing.map_or(Smoothing::Auto, Smoothing::Fixed),
            max_ngram: self.max_ngram,
            min_count: self.min_count,
            l2_penalty: self.l2_penalty,
            folds: match self.folds {
                Some(0) => Folds::None,
                Some(n) => Folds::Count(n),
                None => Folds::Auto,
            },
            group_by: group_by(&self.group_by)?,
            seed: self.seed,
            boilerplate_label: self.boilerplate_label,
            name: self.name,
            version: self.version,
            ..TrainOptions::default()
        };
        Ok((self.threads, options))
    }
}

/// What is held out together, by its name.
pub fn group_by(name: &str) -> PyResult<GroupBy> {
    let all = [GroupBy::Article, GroupBy::Outlet, GroupBy::Topic];
    all.into_iter().find(|group_by| group_by.name() == name).ok_or_else(|| {
        RhetorError::new_err(format!("group_by: found `{name}`, expected `article`, `outlet` or `topic`"))
    })
}

/// The corpus of labelled columns, with the rows that were skipped.
pub fn corpus_of(py: Python<'_>, threads: usize, columns: LabelledColumns) -> PyResult<(Corpus, Notes)> {
    let rows = labelled_rows(columns)?;
    run(py, threads, move || with_notes(Corpus::from_rows(rows)))
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

/// The corpus in labelled files, with what could not be read.
pub fn read_corpus(py: Python<'_>, threads: usize, paths: Vec<PathBuf>) -> PyResult<(Corpus, Notes)> {
    run(py, threads, move || with_notes(Corpus::read(&paths, &ColumnNames::default())))
}

fn with_notes(corpus: Corpus) -> (Corpus, Notes) {
    let warnings = corpus.warnings.iter().map(ToString::to_string);
    let skipped = corpus.skipped.iter().map(|path| format!("{}: no labelled text", path.display()));
    let errors = corpus.errors.iter().map(ToString::to_string);
    let notes = warnings.chain(skipped).chain(errors).collect();
    (corpus, notes)
}

fn fit(py: Python<'_>, (corpus, notes): (Corpus, Notes), options: Options) -> PyResult<(Engine, Notes)> {
    let (threads, options) = options.options()?;
    let trained = run(py, threads, move || train(&corpus, &options))?;
    let model = trained.map_err(|err| exception(&err))?.model;
    Ok((Engine { model }, notes))
}

/// A model trained on labelled columns, with the rows that were skipped.
#[pyfunction]
pub fn train_columns(
    py: Python<'_>,
    columns: LabelledColumns,
    options: Options,
) -> PyResult<(Engine, Notes)> {
    let corpus = corpus_of(py, options.threads, columns)?;
    fit(py, corpus, options)
}

/// A model trained on labelled files, with what could not be read.
#[pyfunction]
pub fn train_paths(py: Python<'_>, paths: Vec<PathBuf>, options: Options) -> PyResult<(Engine, Notes)> {
    let corpus = read_corpus(py, options.threads, paths)?;
    fit(py, corpus, options)
}

/// How often each feature of a model occurs in the paragraphs of each label, and the rows that were skipped.
#[pyfunction]
pub fn class_totals<'py>(
    py: Python<'py>,
    engine: &Engine,
    columns: LabelledColumns,
    threads: usize,
) -> PyResult<(Bound<'py, PyAny>, Notes)> {
    let (mut corpus, notes) = corpus_of(py, threads, columns)?;
    corpus.match_labels(engine.model.labels());
    let model = engine.model.clone();
    let totals = run(py, threads, move || FeatureTotals::of(&model, &corpus))?;
    let totals = totals.map_err(|err| exception(&err))?;
    Ok((totals_batch(&totals, engine.model.labels())?.into_pyarrow(py)?, notes))
}
