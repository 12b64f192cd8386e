//! Adaptation: a model moved by the user's rows.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::SURE_ACCURACY;
use super::card::adapted_card;
use super::choice::{Choice, Split, confidence};
use super::moves::{MovesProblem, Target};
use super::options::{AdaptOptions, check_adapt_options};
use super::relabel::Relabelled;
use super::rows::{Example, examples, runs};
use super::seen::Seen;
use crate::bayes::FeatureTable;
use crate::combination::softmax;
use crate::corpus::{Corpus, Fingerprints};
use crate::error::Result;
use crate::features::{FeatureGroup, Table};
use crate::metrics::{Evaluation, PairedEvaluation, Prediction, threshold_for};
use crate::model::{About, Base, Model, Parts};
use crate::neighbours::Neighbours;

/// With fewer paragraphs or groups, nothing can be held out that would show anything, and the base stays as it is.
const MIN_PARAGRAPHS: usize = 30;
const MIN_GROUPS: usize = 5;
/// The fewest paragraphs of every label in the rows with which the offsets of classes move.
const MIN_FOR_OFFSETS: usize = 30;
/// The fewest paragraphs of every label with which the confidence of all probabilities and the threshold of `unsure`
/// are fitted again.
const MIN_FOR_CONFIDENCE: usize = 150;

/// An adapted model and how it compares with its base.
#[derive(Debug, Clone)]
pub struct Adapted {
    /// The adapted model.
    pub model: Model,
    /// The base (first) and the adapted model (second) on the rows, held out by group and without the filter; `None` if
    /// the rows are too few to hold any out.
    ///
    /// The penalty for each fold is chosen on the other folds, so that the figures are not optimistic.
    pub held_out: Option<PairedEvaluation>,
    /// How many labelled paragraphs there were, without boilerplate.
    pub n_paragraphs: usize,
    /// How many rows were skipped because they are boilerplate.
    pub n_boilerplate: usize,
    /// The L2 penalty on the distance from the base's tables; `None` if the tables are the base's.
    pub l2_penalty: Option<f64>,
}

/// A model moved by the rows of a corpus.
///
/// Vocabulary, classes, neighbour weights and filter stay those of `base`, whose tables are the prior of a
/// maximum-a-posteriori fit: the features in the rows move as far as the rows' log loss justifies against an L2 penalty.
/// The penalty is chosen by cross-validation, and the base's tables stay unless the rows show that moving them helps.
/// Offsets of classes and the confidence of probabilities are fitted only if there are enough rows of every label.
///
/// Without rows, the result is the base, with its labels renamed. The same corpus and options give the same bytes with
/// any number of threads. Time is linear in the text of the rows.
///
/// # Errors
///
/// When an option is out of range, when the rows have labels that the base does not have after renaming, when fewer than
/// two labels remain, and when a fit fails.
pub fn adapt(base: &Model, corpus: &Corpus, options: &AdaptOptions) -> Result<Adapted> {
    check_adapt_options(options)?;
    let relabelled = Relabelled::new(base, &options.renamed)?;
    let boilerplate = options.boilerplate_label.as_deref();
    let corpus = relabelled.corpus(corpus, boilerplate)?;
    let rows = Rows::new(base, &corpus, &relabelled, options);
    let n_boilerplate = corpus.label_counts().values().sum::<usize>() - rows.examples.len();
    let n_paragraphs = rows.examples.len();
    if n_paragraphs == 0 && options.renamed.is_empty() {
        let model = base.clone();
        return Ok(Adapted { model, held_out: None, n_paragraphs, n_boilerplate, l2_penalty: None });
    }
    let Fitted { moves, confidence, l2_penalty, scores } = rows.fit(base, options)?;
    let mut parts = moved_parts(base, &rows.seen, moves.as_deref(), confidence);
    let n_labels = relabelled.labels.len();
    let compared = scores.map(|scores| {
        let base_scores = rows.seen.weighed.iter().map(|weighed| &weighed.scores);
        (rows.predictions(base_scores), rows.predictions(scores.iter()))
    });
    let held_out = compared.as_ref().map(|(a, b)| PairedEvaluation::of(n_labels, a, b, options.seed));
    let adapted = compared.as_ref().map(|(_, adapted)| adapted.as_slice());
    if let Some(predictions) = adapted.filter(|_| rows.fewest >= MIN_FOR_CONFIDENCE) {
        parts.unsure_below = threshold_for(predictions, SURE_ACCURACY);
    }
    let evaluation =
        adapted.map(|adapted| Evaluation::of(&relabelled.labels, adapted, &rows.group_names, options.seed));
    let of_base = Base {
        name: base.name().to_string(),
        version: base.version().to_string(),
        id: base.id().to_string(),
        n_paragraphs,
        held_out: held_out.clone(),
    };
    parts.card = adapted_card(&corpus, options, l2_penalty, evaluation.as_ref(), of_base);
    parts.card.about = base.card().about.as_ref().map(|about| adapted_about(about, options, n_paragraphs));
    let paragraphs = corpus.documents.iter().flat_map(|document| &document.paragraphs);
    let texts = paragraphs.filter(|p| Some(p.label.as_str()) != boilerplate).map(|p| p.text.as_str());
    parts.fingerprints = Fingerprints::from_bytes(&parts.fingerprints).and(texts).to_bytes().into();
    (parts.name, parts.version) = (options.name.clone(), options.version.clone());
    (parts.labels, parts.label_map) = (relabelled.labels, relabelled.label_map);
    Ok(Adapted { model: Model::new(parts)?, held_out, n_paragraphs, n_boilerplate, l2_penalty })
}

/// What the base's author says about it, with the source of the new labels. Definitions are of the base's labels.
fn adapted_about(about: &About, options: &AdaptOptions, n_paragraphs: usize) -> About {
    let mut about = about.clone();
    about.labelled_by += &format!(" and, for {n_paragraphs} paragraphs, by whoever adapted the model");
    if !options.renamed.is_empty() {
        about.definitions.clear();
    }
    about
}

/// The labelled rows, and the base's view of them.
struct Rows<'a> {
    examples: Vec<Example>,
    seen: Seen,
    targets: Vec<Target>,
    label_of: &'a [usize],
    n_labels: usize,
    /// How many rows the rarest label in the rows has.
    fewest: usize,
    folds: Vec<usize>,
    groups: Vec<usize>,
    group_names: Vec<String>,
}

/// What was fitted to the rows.
struct Fitted {
    /// `None` if the base's tables stay.
    moves: Option<Vec<f64>>,
    confidence: f64,
    l2_penalty: Option<f64>,
    /// The out-of-fold scores of each row's classes; `None` without folds.
    scores: Option<Vec<Vec<f64>>>,
}

impl<'a> Rows<'a> {
    fn new(base: &Model, corpus: &Corpus, relabelled: &'a Relabelled, options: &AdaptOptions) -> Rows<'a> {
        let n_labels = relabelled.labels.len();
        let (examples, texts) = examples(corpus, &relabelled.labels);
        let mut counts = vec![0; n_labels];
        examples.iter().for_each(|example| counts[example.class] += 1);
        let folds = corpus.folds(options.folds.count(), options.group_by, options.seed);
        let (groups, group_names) = corpus.groups(options.group_by);
        Rows {
            seen: Seen::new(base, &texts, runs(&examples)),
            targets: examples.iter().map(target).collect(),
            label_of: relabelled.label_map.label_of(),
            n_labels,
            fewest: counts.into_iter().filter(|count| *count > 0).min().unwrap_or(0),
            folds: examples.iter().map(|example| folds[example.document]).collect(),
            groups: examples.iter().map(|example| groups[example.document]).collect(),
            group_names,
            examples,
        }
    }

    /// Chooses the penalty and fits as much as there are rows for.
    fn fit(&self, base: &Model, options: &AdaptOptions) -> Result<Fitted> {
        let mut problem = MovesProblem {
            seen: &self.seen,
            targets: &self.targets,
            label_of: self.label_of,
            moves_offsets: self.fewest >= MIN_FOR_OFFSETS,
            confidence: 1.0,
        };
        let (n, n_groups) = (self.examples.len(), self.groups.iter().collect::<BTreeSet<_>>().len());
        if n < MIN_PARAGRAPHS || n_groups < MIN_GROUPS {
            return Ok(Fitted { moves: None, confidence: 1.0, l2_penalty: None, scores: None });
        }
        let of_base: Vec<Vec<f64>> = self.seen.weighed.iter().map(|weighed| weighed.scores.clone()).collect();
        problem.confidence = confidence(&problem, &of_base)?;
        let split = Split { folds: &self.folds, groups: &self.groups };
        let choice = Choice::of(&problem, &base.parts().neighbours, &split, options.l2_penalty)?;
        let Some(l2_penalty) = choice.l2_penalty else {
            return Ok(Fitted {
                moves: None,
                confidence: 1.0,
                l2_penalty: None,
                scores: Some(choice.scores),
            });
        };
        let all: Vec<usize> = (0..n).collect();
        let start = vec![0.0; self.seen.n_values() + self.seen.n_classes];
        let moves = Some(problem.fit(&all, l2_penalty, start)?);
        let is_enough = self.fewest >= MIN_FOR_CONFIDENCE;
        let confidence = if is_enough { confidence(&problem, &choice.scores)? } else { 1.0 };
        let mut scores = choice.scores;
        scores.iter_mut().flatten().for_each(|score| *score *= confidence);
        Ok(Fitted { moves, confidence, l2_penalty: Some(l2_penalty), scores: Some(scores) })
    }

    /// The predictions for the rows, from the scores of their classes.
    fn predictions<'s>(&self, scores: impl Iterator<Item = &'s Vec<f64>>) -> Vec<Prediction> {
        let rows = self.examples.iter().zip(scores).zip(&self.groups);
        rows.map(|((example, scores), &group)| {
            let mut probabilities = vec![0.0; self.n_labels];
            let of_classes = softmax(scores).into_iter().zip(self.label_of);
            of_classes.for_each(|(probability, &label)| probabilities[label] += probability);
            Prediction { truth: Some(example.class), probabilities: Some(probabilities), group }
        })
        .collect()
    }
}

/// The label of a row and its weight. Unlike in training, rare labels have no more weight than their share of the rows:
/// that would undo the base's calibration.
fn target(example: &Example) -> Target {
    Target { label: example.class, weight: example.weight }
}

/// The base's parts with the rows of tables moved, offsets added to the scores, and all scores multiplied by
/// `confidence`.
fn moved_parts(base: &Model, seen: &Seen, moves: Option<&[f64]>, confidence: f64) -> Parts {
    let mut parts = base.parts().clone();
    let Some(moves) = moves else { return parts };
    let n = seen.n_classes;
    let (values, offsets) = moves.split_at(moves.len() - n);
    for (group, keys) in seen.keys.iter().enumerate().filter(|(_, keys)| !keys.is_empty()) {
        let weight = parts.combination.weights[group];
        let of_key =
            |i: usize| values[(seen.firsts[group] + i) * n..][..n].iter().map(|value| value / weight);
        let moves = keys.iter().enumerate().map(|(i, &key)| (key, of_key(i).collect())).collect();
        if weight != 0.0 {
            parts.tables[group] = moved_table(&parts, FeatureGroup::ALL[group], &moves);
        }
    }
    let [alone, among, prior] = parts.neighbours.weights().map(<[f64]>::to_vec);
    let recalibrated = |mut weights: Vec<f64>| {
        let width = weights.len() / n;
        for (row, offset) in weights.chunks_exact_mut(width).zip(offsets) {
            row[width - 1] += offset;
            row.iter_mut().for_each(|weight| *weight *= confidence);
        }
        weights
    };
    let neighbours = Neighbours::new(recalibrated(alone), recalibrated(among), prior);
    parts.neighbours = neighbours.unwrap_or(parts.neighbours);
    parts
}

/// The table of a group with some rows moved.
fn moved_table(parts: &Parts, group: FeatureGroup, moves: &FxHashMap<u64, Vec<f64>>) -> Table {
    let table = &parts.tables[group as usize];
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for (key, row) in table.features() {
        keys.push(key);
        match moves.get(&key) {
            None => values.extend(row),
            Some(moves) => {
                values.extend(row.iter().zip(moves).map(|(value, by)| (f64::from(*value) + by) as f32))
            }
        }
    }
    let values = FeatureTable::new(table.n_classes(), values);
    match parts.extractor.n_keys(group) {
        Some(n_keys) => Table::indexed(&keys, values.values(), table.n_classes(), n_keys),
        None => Table::of_keys(&keys, values.values(), table.n_classes()),
    }
}
