//! A model, or a way of training one, against labelled text.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{NO_LABEL, TrainOptions, train};
use crate::article::{Article, Paragraph, SpanOf};
use crate::corpus::{Corpus, Document, GroupBy, Labelled};
use crate::error::{Error, Result};
use crate::metrics::{Evaluation, Prediction};
use crate::model::Model;
use crate::score::{Outcome, ScoreOptions};

/// How well `model`, filter and context included, labels a corpus that it was not trained on.
///
/// Intervals draw whole groups: articles, outlets or topics.
///
/// # Errors
///
/// When the corpus is empty or has a label that the model does not know.
pub fn evaluate(model: &Model, corpus: &Corpus, group_by: GroupBy, seed: u64) -> Result<Evaluation> {
    let boilerplate = model.card().options.get("boilerplate-label").map(String::as_str);
    let boilerplate = boilerplate.filter(|label| *label != NO_LABEL);
    check_labels(model, corpus, boilerplate)?;
    let (groups, names) = corpus.groups(group_by);
    let predictions: Vec<Vec<Prediction>> = corpus
        .documents
        .par_iter()
        .zip(&groups)
        .map(|(document, group)| predict(model, document, boilerplate, *group))
        .collect();
    Ok(Evaluation::of(model.labels(), &predictions.concat(), &names, seed))
}

/// How well models trained with `options` on all folds but one label that one; `n_folds` of them.
///
/// Everything is fitted anew without the fold: vocabulary, smoothing, pooling, context and filter.
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
    let boilerplate = options.boilerplate_label.as_deref();
    check_groups(corpus, boilerplate, group_by)?;
    let folds = corpus.folds(n_folds, group_by, options.seed);
    let (groups, names) = corpus.groups(group_by);
    let mut labels = Vec::new();
    let mut predictions = Vec::new();
    for fold in 0..folds.iter().max().map_or(0, |last| last + 1) {
        let rest = corpus
            .documents
            .iter()
            .zip(&folds)
            .filter(|(_, f)| **f != fold)
            .map(|(document, _)| document.clone());
        let part = Corpus { documents: rest.collect(), ..Corpus::default() };
        let model = train(&part, options)?.model;
        check_labels(&model, corpus, boilerplate)?;
        labels = model.labels().to_vec();
        for ((document, _), group) in
            corpus.documents.iter().zip(&folds).zip(&groups).filter(|((_, f), _)| **f == fold)
        {
            predictions.extend(predict(&model, document, boilerplate, *group));
        }
    }
    Ok(Evaluation::of(&labels, &predictions, &names, options.seed))
}

fn check_labels(model: &Model, corpus: &Corpus, boilerplate: Option<&str>) -> Result<()> {
    if corpus.documents.is_empty() {
        let expected = "labelled text to evaluate on".to_string();
        return Err(Error::Corpus { found: "no labelled paragraphs".to_string(), expected });
    }
    for document in &corpus.documents {
        for paragraph in &document.paragraphs {
            if Some(paragraph.label.as_str()) != boilerplate && !model.labels().contains(&paragraph.label) {
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

/// Each label needs a group to learn from, two folds over, and one to be measured on.
fn check_groups(corpus: &Corpus, boilerplate: Option<&str>, group_by: GroupBy) -> Result<()> {
    const MIN_GROUPS: usize = 3;
    for (label, groups) in corpus.groups_by_label(group_by) {
        if Some(label.as_str()) != boilerplate && groups.len() < MIN_GROUPS {
            let found = format!("label `{label}` in {} {}(s)", groups.len(), group_by.name());
            let expected = format!("at least {MIN_GROUPS} for cross-validation");
            return Err(Error::Corpus { found, expected });
        }
    }
    Ok(())
}

fn predict(model: &Model, document: &Document, boilerplate: Option<&str>, group: usize) -> Vec<Prediction> {
    let outcomes = model.score(&article_of(document), ScoreOptions::default());
    let predict = |(paragraph, outcome): (&Labelled, Outcome)| {
        let is_boilerplate = Some(paragraph.label.as_str()) == boilerplate;
        let truth = model.labels().iter().position(|label| *label == paragraph.label && !is_boilerplate);
        let probabilities = match outcome {
            Outcome::Labelled(labelling) => Some(labelling.probabilities),
            Outcome::Dropped(_) => None,
        };
        Prediction { truth, probabilities, group }
    };
    document.paragraphs.iter().zip(outcomes).map(predict).collect()
}

/// The article that a labelled document is.
fn article_of(document: &Document) -> Article {
    let paragraph = |labelled: &Labelled| Paragraph {
        end: labelled.text.len(),
        text: labelled.text.clone(),
        follows: labelled.follows,
        ..Paragraph::default()
    };
    Article {
        source: document.path.display().to_string(),
        metadata: BTreeMap::new(),
        span_of: SpanOf::Field,
        first_paragraph: 0,
        paragraphs: document.paragraphs.iter().map(paragraph).collect(),
    }
}
