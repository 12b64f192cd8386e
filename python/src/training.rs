//! Training, adaptation, and the counts that training consists of.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use rhetor::metrics::{Difference, Interval, PairedEvaluation, Verdict};
use rhetor::train::{AdaptOptions, Adapted, FeatureTotals, Folds, Smoothing, TrainOptions};

use crate::errors::{Notes, RhetorError, exception};
use crate::labelled::{Labelled, group_by};
use crate::model::Engine;
use crate::results::totals_batch;
use crate::threads::run;

/// The settings of training and adaptation.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Options {
    l2_penalty: Option<f64>,
    /// 0 for none.
    folds: Option<usize>,
    group_by: String,
    seed: u64,
    boilerplate_label: Option<String>,
    name: String,
    version: String,
    threads: usize,
}

impl Options {
    fn folds(&self) -> Folds {
        match self.folds {
            Some(0) => Folds::None,
            Some(n) => Folds::Count(n),
            None => Folds::Auto,
        }
    }
}

/// The settings that only training from scratch has.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Vocabulary {
    smoothing: Option<f64>,
    max_ngram: usize,
    min_count: u32,
}

/// A model trained on labelled text, with what was skipped or could not be read.
#[pyfunction]
pub fn train(
    py: Python<'_>,
    data: Labelled,
    vocabulary: Vocabulary,
    options: Options,
) -> PyResult<(Engine, Notes)> {
    let threads = options.threads;
    let options = TrainOptions {
        smoothing: vocabulary.smoothing.map_or(Smoothing::Auto, Smoothing::Fixed),
        max_ngram: vocabulary.max_ngram,
        min_count: vocabulary.min_count,
        l2_penalty: options.l2_penalty,
        folds: options.folds(),
        group_by: group_by(&options.group_by)?,
        seed: options.seed,
        boilerplate_label: options.boilerplate_label,
        name: options.name,
        version: options.version,
        ..TrainOptions::default()
    };
    let (corpus, notes) = data.corpus(py, threads)?;
    let trained = run(py, threads, move || rhetor::train::train(&corpus, &options))?;
    let model = trained.map_err(|err| exception(&err))?.model;
    Ok((Engine { model }, notes))
}

/// A model adapted to labelled text, with what was skipped or could not be read. `renamed` has the new names of labels
/// of the base. Fails if the model is worse than its base, unless `force` is set.
#[pyfunction]
pub fn adapt(
    py: Python<'_>,
    base: &Engine,
    data: Labelled,
    renamed: BTreeMap<String, String>,
    force: bool,
    options: Options,
) -> PyResult<(Engine, Notes)> {
    let threads = options.threads;
    let options = AdaptOptions {
        l2_penalty: options.l2_penalty,
        renamed,
        folds: options.folds(),
        group_by: group_by(&options.group_by)?,
        seed: options.seed,
        boilerplate_label: options.boilerplate_label,
        name: options.name,
        version: options.version,
    };
    let (corpus, mut notes) = data.corpus(py, threads)?;
    let base = base.model.clone();
    let adapted = run(py, threads, move || rhetor::train::adapt(&base, &corpus, &options))?;
    let adapted = adapted.map_err(|err| with_hint(&err))?;
    notes.extend(unused(&adapted));
    match adapted.held_out.filter(|held_out| held_out.verdict() == Verdict::Worse && !force) {
        Some(held_out) => Err(worse(&held_out)),
        None => Ok((Engine { model: adapted.model }, notes)),
    }
}

/// What an adaptation did not learn from.
fn unused(adapted: &Adapted) -> Notes {
    let (n, n_boilerplate) = (adapted.n_paragraphs, adapted.n_boilerplate);
    let mut notes = Notes::new();
    if n_boilerplate > 0 {
        notes.push(format!("skipped {n_boilerplate} rows of boilerplate: the filter is the base's"));
    }
    if adapted.held_out.is_none() {
        notes.push(format!(
            "{n} labelled rows are too few to measure an adaptation: the tables are the base's"
        ));
    }
    notes
}

/// The exception for an adapted model that is worse than its base.
fn worse(held_out: &PairedEvaluation) -> PyErr {
    let figure = |name: &str, found: &Difference| {
        let Difference { first, second, difference: Interval { low, high, .. } } = found;
        format!("{name} {second:.3} instead of {first:.3} ({low:+.3} to {high:+.3})")
    };
    RhetorError::new_err(format!(
        "the adapted model is worse than its base on {} held-out rows: {}, {}; force=True returns it anyway",
        held_out.n_paragraphs,
        figure("macro-F1", &held_out.macro_f1),
        figure("log loss", &held_out.log_loss),
    ))
}

/// The exception for an error, with what can be done about labels that the base does not have.
fn with_hint(error: &rhetor::Error) -> PyErr {
    match error {
        rhetor::Error::BaseLabels { .. } => RhetorError::new_err(format!(
            "{error}; rename labels of the base with `map`, or train without a base"
        )),
        error => exception(error),
    }
}

/// How often each feature of a model occurs in the paragraphs of each label, and what was skipped.
#[pyfunction]
pub fn class_totals<'py>(
    py: Python<'py>,
    engine: &Engine,
    data: Labelled,
    threads: usize,
) -> PyResult<(Bound<'py, PyAny>, Notes)> {
    let (mut corpus, notes) = data.corpus(py, threads)?;
    corpus.match_labels(engine.model.labels());
    let model = engine.model.clone();
    let totals = run(py, threads, move || FeatureTotals::of(&model, &corpus))?;
    let totals = totals.map_err(|err| exception(&err))?;
    Ok((totals_batch(&totals, engine.model.labels())?.into_pyarrow(py)?, notes))
}
