//! The model card that training writes.

use std::collections::BTreeMap;

use super::tables::Tables;
use super::{AdaptOptions, Folds, NO_LABEL, Smoothing, TrainOptions};
use crate::corpus::Corpus;
use crate::features::{FeatureGroup, Lexicon, Names, Vocabulary};
use crate::metrics::{Evaluation, OutOfFold};
use crate::model::{Base, Card, strongest};

/// How many of the strongest naive Bayes features a card keeps for each label and group.
const N_STRONGEST: usize = 30;

/// The strongest features of the naive Bayes tables before refinement, by group and label.
pub fn bayes_strongest(
    labels: &[String],
    lexicon: &Lexicon,
    vocabularies: &[Vocabulary],
    tables: &Tables,
) -> BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>> {
    let names = Names::new(lexicon);
    let of_group = |(index, group): (usize, FeatureGroup)| {
        let weight = tables.bayes_combination.weights[index];
        let of_class = |class: usize| {
            let features = vocabularies[index].keys.iter().copied().zip(tables.bayes[index].rows());
            let features = strongest(&names, group, features, weight, &[class], N_STRONGEST);
            features.into_iter().map(|(name, value)| (name, rounded(value))).collect()
        };
        let by_label = labels.iter().cloned().zip((0..labels.len()).map(of_class)).collect();
        (group.name().to_string(), by_label)
    };
    FeatureGroup::ALL.into_iter().enumerate().map(of_group).collect()
}

/// A value to six decimal places: cards are for display, not for computation.
fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

/// The card of a model.
pub fn card(
    corpus: &Corpus,
    options: &TrainOptions,
    alphas: &[f64],
    cross_validated: Option<&Evaluation>,
) -> Card {
    let smoothing = match options.smoothing {
        Smoothing::Auto => "auto".to_string(),
        Smoothing::Fixed(alpha) => alpha.to_string(),
    };
    let word_codes = match &options.word_codes {
        None => "default".to_string(),
        Some(codes) if codes.n_words() == 0 => "none".to_string(),
        Some(codes) => format!("of {} words", codes.n_words()),
    };
    let folds = match options.folds {
        Folds::None => "none".to_string(),
        folds => folds.count().to_string(),
    };
    let alphas: Vec<String> = FeatureGroup::ALL
        .iter()
        .zip(alphas)
        .map(|(group, alpha)| format!("{} {alpha}", group.name()))
        .collect();
    let factors = corpus.factors().into_iter();
    let factors: Vec<String> = factors.map(|(factor, n)| format!("{factor} for {n} documents")).collect();
    let named = [
        ("smoothing", smoothing),
        ("ngrams", options.max_ngram.to_string()),
        ("min-count", options.min_count.to_string()),
        ("l2-penalty", options.l2_penalty.map_or("none".to_string(), |penalty| penalty.to_string())),
        ("word-codes", word_codes),
        ("folds", folds),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
        ("boilerplate-label", options.boilerplate_label.clone().unwrap_or(NO_LABEL.to_string())),
        ("alphas", alphas.join(", ")),
        ("weight", if factors.is_empty() { "1".to_string() } else { factors.join(", ") }),
    ];
    Card { about: options.about.clone(), ..card_of(corpus, named, cross_validated) }
}

/// The card of a model that was adapted to the rows of a corpus.
pub fn adapted_card(
    corpus: &Corpus,
    options: &AdaptOptions,
    l2_penalty: Option<f64>,
    held_out: Option<&Evaluation>,
    base: Base,
) -> Card {
    let renamed: Vec<String> = options.renamed.iter().map(|(old, new)| format!("{old} to {new}")).collect();
    let named = [
        ("l2-penalty", l2_penalty.map_or("base".to_string(), |penalty| penalty.to_string())),
        ("folds", options.folds.count().to_string()),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
        ("boilerplate-label", options.boilerplate_label.clone().unwrap_or(NO_LABEL.to_string())),
        ("renamed", if renamed.is_empty() { "none".to_string() } else { renamed.join(", ") }),
    ];
    Card { base: Some(base), ..card_of(corpus, named, held_out) }
}

fn card_of(
    corpus: &Corpus,
    options: impl IntoIterator<Item = (&'static str, String)>,
    held_out: Option<&Evaluation>,
) -> Card {
    Card {
        rhetor: env!("CARGO_PKG_VERSION").to_string(),
        corpus_sha256: corpus.sha256(),
        n_documents: corpus.n_documents(),
        label_counts: corpus.label_counts(),
        options: options.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        cross_validated: held_out.map(figures).unwrap_or_default(),
        out_of_fold: held_out.map(OutOfFold::of),
        ..Card::default()
    }
}

/// The measures of a card, by name.
fn figures(cross_validated: &Evaluation) -> BTreeMap<String, f64> {
    let Evaluation { macro_f1, accuracy, log_loss, expected_calibration_error, .. } = cross_validated;
    let named = [
        ("macro_f1", macro_f1.value),
        ("macro_f1_low", macro_f1.low),
        ("macro_f1_high", macro_f1.high),
        ("accuracy", accuracy.value),
        ("log_loss", *log_loss),
        ("expected_calibration_error", *expected_calibration_error),
    ];
    let labels = cross_validated.labels.iter().zip(&cross_validated.per_label);
    let per_label = labels.map(|(label, scores)| (format!("f1 {label}"), scores.f1));
    let figures = named.map(|(name, value)| (name.to_string(), value)).into_iter().chain(per_label);
    figures.map(|(name, value)| (name, rounded(value))).collect()
}
