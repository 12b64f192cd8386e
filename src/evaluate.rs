//! A model, or a way of training one, against labelled text.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::article::Article;
use crate::article::Paragraph;
use crate::article::SpanOf;
use crate::corpus::Corpus;
use crate::corpus::Document;
use crate::corpus::GroupBy;
use crate::corpus::Labelled;
use crate::error::Error;
use crate::error::Result;
use crate::metrics::Evaluation;
use crate::metrics::Prediction;
use crate::model::Model;
use crate::score::Outcome;
use crate::score::ScoreOptions;
use crate::train::TrainOptions;
use crate::train::train;

/// How well `model`, gate and context included, labels a corpus that it was not trained on.
///
/// Intervals draw whole groups: articles, outlets or topics.
///
/// # Errors
///
/// When the corpus is empty or has a label that the model does not know.
pub fn evaluate(model: &Model, corpus: &Corpus, group_by: GroupBy, seed: u64) -> Result<Evaluation> {
    let clutter = model.card().options.get("clutter-label").map(String::as_str).unwrap_or("other");
    check_labels(model, corpus, clutter)?;
    let (groups, names) = groups(corpus, group_by);
    let predictions: Vec<Vec<Prediction>> = corpus
        .documents
        .par_iter()
        .zip(&groups)
        .map(|(document, group)| predict(model, document, clutter, *group))
        .collect();
    Ok(Evaluation::of(model.labels(), &predictions.concat(), &names, seed))
}

/// How well models trained with `options` on all folds but one label that one; `n_folds` of them.
///
/// Everything is fitted anew without the fold: vocabulary, smoothing, pooling, context and gate.
///
/// # Errors
///
/// When training fails on the corpus or on a part of it.
pub fn cross_validate(
    corpus: &Corpus,
    options: &TrainOptions,
    n_folds: usize,
    group_by: GroupBy,
) -> Result<Evaluation> {
    if !(2..=100).contains(&n_folds) {
        let found = n_folds.to_string();
        return Err(Error::Setting { setting: "folds", found, expected: "a number from 2 to 100" });
    }
    let clutter = options.clutter_label.as_deref().unwrap_or("");
    let folds = corpus.folds(n_folds, group_by, options.seed);
    let (groups, names) = groups(corpus, group_by);
    let mut labels = Vec::new();
    let mut predictions = Vec::new();
    for fold in 0..n_folds {
        let rest = corpus
            .documents
            .iter()
            .zip(&folds)
            .filter(|(_, f)| **f != fold)
            .map(|(document, _)| document.clone());
        let part = Corpus { documents: rest.collect(), ..Corpus::default() };
        let model = train(&part, options)?.model;
        check_labels(&model, corpus, clutter)?;
        labels = model.labels().to_vec();
        for ((document, _), group) in
            corpus.documents.iter().zip(&folds).zip(&groups).filter(|((_, f), _)| **f == fold)
        {
            predictions.extend(predict(&model, document, clutter, *group));
        }
    }
    Ok(Evaluation::of(&labels, &predictions, &names, options.seed))
}

fn check_labels(model: &Model, corpus: &Corpus, clutter: &str) -> Result<()> {
    if corpus.documents.is_empty() {
        let expected = "labelled text to evaluate on".to_string();
        return Err(Error::Corpus { found: "no labelled paragraphs".to_string(), expected });
    }
    for document in &corpus.documents {
        for paragraph in &document.paragraphs {
            if paragraph.label != clutter && !model.labels().contains(&paragraph.label) {
                return Err(Error::UnknownLabel {
                    path: document.path.clone(),
                    line: paragraph.line,
                    found: paragraph.label.clone(),
                    expected: model.labels().join(", "),
                });
            }
        }
    }
    Ok(())
}

/// The group of each document, and the names of the groups.
fn groups(corpus: &Corpus, group_by: GroupBy) -> (Vec<usize>, Vec<String>) {
    let mut indices: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::new();
    let mut groups = Vec::with_capacity(corpus.documents.len());
    for document in &corpus.documents {
        let group = *indices.entry(document.group(group_by)).or_insert_with(|| {
            names.push(group_name(document, group_by));
            names.len() - 1
        });
        groups.push(group);
    }
    (groups, names)
}

fn group_name(document: &Document, group_by: GroupBy) -> String {
    let named = match group_by {
        GroupBy::Article => None,
        GroupBy::Outlet => document.outlet.clone(),
        GroupBy::Topic => document.topic.clone(),
    };
    let line = document.paragraphs.first().map_or(1, |paragraph| paragraph.line);
    named.unwrap_or_else(|| format!("{}:{line}", document.path.display()))
}

fn predict(model: &Model, document: &Document, clutter: &str, group: usize) -> Vec<Prediction> {
    let mut predictions = Vec::with_capacity(document.paragraphs.len());
    for run in document.runs() {
        let outcomes = model.score(&article_of(run), ScoreOptions::default());
        for (paragraph, outcome) in run.iter().zip(outcomes) {
            let truth =
                model.labels().iter().position(|label| *label == paragraph.label && *label != clutter);
            let probabilities = match outcome {
                Outcome::Labelled(labelling) => Some(labelling.probabilities),
                Outcome::Dropped(_) => None,
            };
            predictions.push(Prediction { truth, probabilities, group });
        }
    }
    predictions
}

/// The article that a run of labelled paragraphs is.
fn article_of(run: &[Labelled]) -> Article {
    let paragraph = |labelled: &Labelled| Paragraph {
        id: None,
        start: 0,
        end: labelled.text.len(),
        text: labelled.text.clone(),
        heading: false,
    };
    Article {
        source: String::new(),
        metadata: BTreeMap::new(),
        span_of: SpanOf::Field,
        paragraphs: run.iter().map(paragraph).collect(),
    }
}
