//! The model card that training writes.

use std::collections::BTreeMap;

use super::tables::Tables;
use super::{Folds, NO_LABEL, Smoothing, TrainOptions};
use crate::corpus::Corpus;
use crate::features::{FeatureGroup, Lexicon, Names, Vocabulary};
use crate::metrics::{Evaluation, OutOfFold};
use crate::model::Card;

/// How many of the strongest naive Bayes features a card keeps for each label and group.
const N_STRONGEST: usize = 30;

/// The strongest features of the naive Bayes tables, which refinement has changed since, by group and label.
pub fn bayes_strongest(
    labels: &[String],
    lexicon: &Lexicon,
    vocabularies: &[Vocabulary],
    tables: &Tables,
) -> BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>> {
    let names = Names::new(lexicon);
    let mut strongest = BTreeMap::new();
    for (index, group) in FeatureGroup::ALL.into_iter().enumerate() {
        let weight = tables.bayes_combination.weights[index];
        let keys = &vocabularies[index].keys;
        let of_class = |class: usize| {
            let centred = |row: &[f32]| {
                f64::from(row[class]) - row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64
            };
            let mut features: Vec<(u64, f64)> = keys
                .iter()
                .copied()
                .zip(tables.bayes[index].rows().map(|row| weight * centred(row)))
                .collect();
            features.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let named = |(key, value): (u64, f64)| (names.name(group, key), rounded(value));
            features.into_iter().take(N_STRONGEST).map(named).collect()
        };
        let by_label = labels.iter().cloned().zip((0..labels.len()).map(of_class)).collect();
        strongest.insert(group.name().to_string(), by_label);
    }
    strongest
}

/// A value to six decimal places; cards are shown, not computed with.
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
    let mut named = vec![
        ("smoothing", smoothing),
        ("ngrams", options.max_ngram.to_string()),
        ("min-count", options.min_count.to_string()),
        ("l2-penalty", options.l2_penalty.map_or("none".to_string(), |penalty| penalty.to_string())),
        ("word-codes", word_codes),
        ("folds", folds),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
    ];
    named.push(("boilerplate-label", options.boilerplate_label.clone().unwrap_or(NO_LABEL.to_string())));
    let alphas: Vec<String> = FeatureGroup::ALL
        .iter()
        .zip(alphas)
        .map(|(group, alpha)| format!("{} {alpha}", group.name()))
        .collect();
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

/// The measures of a card, by name.
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
