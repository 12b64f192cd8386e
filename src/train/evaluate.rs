//! Evaluation of a model, or of training options, on labelled text.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{NO_LABEL, TrainOptions, train};
use crate::article::{Article, Paragraph, SpanOf};
use crate::corpus::{Corpus, Document, GroupBy, Labelled};
use crate::error::{Error, Result};
use crate::metrics::{Evaluation, Prediction};
use crate::model::Model;
use crate::score::{Outcome, ScoreOptions};

/// The measures of a model, with its filter and neighbours, on a corpus that it was not trained on.
///
/// Intervals resample whole groups: articles, outlets or topics.
///
/// # Errors
///
/// When the corpus is empty or has a label that the model does not have.
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

/// The measures of models trained with `options` by cross-validation: each of `n_folds` folds is labelled by a model
/// trained on the others.
///
/// Nothing that is fitted has seen the fold: vocabulary, tables, smoothing, combination, neighbours and filter. Costs
/// about `n_folds` times one [`train`].
///
/// # Errors
///
/// When `n_folds` is not from 2 to 100, when a label occurs in fewer than three groups, and when training fails on a
/// part of the corpus.
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

/// Every label needs a group in the test fold, and two in the rest: training holds one of them out.
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

/// A labelled document as an article.
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
