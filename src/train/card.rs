//! The card of a fresh model.

use std::collections::BTreeMap;

use super::{NO_LABEL, Smoothing, TrainOptions};
use crate::bayes::FeatureTable;
use crate::calibration::Pool;
use crate::corpus::Corpus;
use crate::features::{Block, Vocabulary};
use crate::metrics::{Evaluation, OutOfFold};
use crate::model::Card;

/// How many of naive Bayes' own strongest features a card keeps for each label and block.
const N_STRONGEST: usize = 30;

/// The features that weigh most in the naive Bayes tables, by block and label, as they were before
/// refinement.
pub(super) fn bayes_strongest(
    labels: &[String],
    vocabularies: &[Vocabulary],
    tables: &[FeatureTable],
    pool: &Pool,
) -> BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>> {
    let mut strongest = BTreeMap::new();
    for ((block, table), &weight) in Block::ALL.iter().zip(tables).zip(&pool.block_weights) {
        let vocabulary = &vocabularies[block.source()];
        let mut by_label = BTreeMap::new();
        for (class, label) in labels.iter().enumerate() {
            let features = table.strongest(vocabulary.names(), class, weight, N_STRONGEST);
            let named = features.into_iter().map(|(name, value)| (name.to_string(), rounded(value)));
            by_label.insert(label.clone(), named.collect());
        }
        strongest.insert(block.name().to_string(), by_label);
    }
    strongest
}

/// Figures of the card are shown, not computed with: six digits are enough.
fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

/// The card of a model; `folds` says what its choices were made on.
pub(super) fn card(
    corpus: &Corpus,
    options: &TrainOptions,
    folds: String,
    alphas: &[f64],
    cross_validated: Option<&Evaluation>,
) -> Card {
    let smoothing = match options.smoothing {
        Smoothing::Auto => "auto".to_string(),
        Smoothing::Fixed(alpha) => alpha.to_string(),
    };
    let word_classes = match &options.word_classes {
        None => "default".to_string(),
        Some(classes) if classes.n_words() == 0 => "none".to_string(),
        Some(classes) => format!("of {} words", classes.n_words()),
    };
    let mut named = vec![
        ("smoothing", smoothing),
        ("ngrams", options.max_ngram.to_string()),
        ("min-count", options.min_count.to_string()),
        ("refine", options.refine.map_or("none".to_string(), |ridge| ridge.to_string())),
        ("word-classes", word_classes),
        ("folds", folds),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
    ];
    named.push(("boilerplate-label", options.boilerplate_label.clone().unwrap_or(NO_LABEL.to_string())));
    let alphas: Vec<String> =
        Block::ALL.iter().zip(alphas).map(|(block, alpha)| format!("{} {alpha}", block.name())).collect();
    named.push(("alphas", alphas.join(", ")));
    Card {
        rhetor: env!("CARGO_PKG_VERSION").to_string(),
        corpus_sha256: corpus.sha256(),
        n_documents: corpus.n_documents(),
        label_counts: corpus.label_counts(),
        options: named.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        cross_validated: cross_validated.map(figures).unwrap_or_default(),
        out_of_fold: cross_validated.map(OutOfFold::of),
        naive_bayes_strongest: BTreeMap::new(),
        learning_curve: Vec::new(),
    }
}

/// The figures of a card, by name.
fn figures(cross_validated: &Evaluation) -> BTreeMap<String, f64> {
    let mut figures: BTreeMap<String, f64> = BTreeMap::new();
    figures.insert("macro_f1".into(), cross_validated.macro_f1.value);
    figures.insert("macro_f1_low".into(), cross_validated.macro_f1.low);
    figures.insert("macro_f1_high".into(), cross_validated.macro_f1.high);
    figures.insert("accuracy".into(), cross_validated.accuracy.value);
    figures.insert("log_loss".into(), cross_validated.log_loss);
    figures.insert("expected_calibration_error".into(), cross_validated.expected_calibration_error);
    for (label, scores) in cross_validated.labels.iter().zip(&cross_validated.per_label) {
        figures.insert(format!("f1 {label}"), scores.f1);
    }
    figures.values_mut().for_each(|figure| *figure = rounded(*figure));
    figures
}
