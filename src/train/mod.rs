//! Training: from a corpus to a model.
//!
//! Tables are fitted to the whole corpus; smoothing, combination, neighbour weights and thresholds are chosen on
//! out-of-fold predictions, with whole articles, outlets or topics held out together.

mod adapt;
mod boilerplate;
mod card;
mod check;
mod choice;
mod evaluate;
mod moves;
mod options;
mod relabel;
mod predictions;
mod rows;
mod seen;
mod tables;
mod totals;

use std::ops::Range;

pub use self::adapt::{Adapted, adapt};
use self::card::{bayes_strongest, card};
pub use self::check::{Doubt, Finding, Judge, LabelledPlace, check_labels};
pub use self::evaluate::{cross_validate, evaluate, learning_curve};
use self::options::check_options;
pub use self::options::{AdaptOptions, Folds, Smoothing, TrainOptions};
pub use self::predictions::{PredictedRow, Predictions, predict};
use self::rows::{Example, examples, labels_of, runs};
use self::tables::{Problem, Row, Tables};
pub use self::totals::FeatureTotals;
use crate::combination::{Combination, softmax};
use crate::corpus::{Corpus, Fingerprints};
use crate::error::{Error, Result};
pub use crate::features::WordCodes;
use crate::features::{
    Extractor, FeatureGroup, FeatureLists, Lexicon, MAX_WORDS, N_GROUPS, Table, Vocabulary, count, keys_of,
    lexicon_of,
};
use crate::filter::Filter;
use crate::label_map::LabelMap;
use crate::metrics::{Evaluation, Prediction, threshold_for};
use crate::model::{Model, Parts};
use crate::neighbours::Neighbours;

/// The out-of-fold accuracy of labels that are not `unsure`.
const SURE_ACCURACY: f64 = 0.85;
/// How far the class weights in the loss are moved from the corpus's class shares (0) to equal shares (1). On held-out
/// outlets, 0.5 had the same macro-F1 as equal shares, with better log loss and accuracy.
const EVEN_PRIORS: f64 = 0.5;
/// Class totals are those of all paragraphs; refinement and held-out predictions use at most about this many, in whole
/// documents in the order of their hashes. More would change little, and this way a large corpus costs little more than
/// counting.
const MAX_SAMPLED: usize = 100_000;

/// The boilerplate label on the card of a model trained without one.
pub(crate) const NO_LABEL: &str = "none";

/// A model and its out-of-fold measures.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, fitted to the whole corpus.
    pub model: Model,
    /// The measures of out-of-fold predictions, without the filter; `None` without folds. Each paragraph is predicted
    /// by tables that have not seen its group. But vocabulary, smoothing, combination and neighbour weights were chosen
    /// on all groups, so the measures are slightly optimistic; [`cross_validate`] holds everything out.
    pub cross_validated: Option<Evaluation>,
    /// How many paragraphs of boilerplate the corpus has.
    pub n_boilerplate: usize,
}

/// The features of a corpus.
struct Features {
    lexicon: Lexicon,
    extractor: Extractor,
    vocabularies: Vec<Vocabulary>,
    lists: FeatureLists,
}

/// Everything that is fitted except the filter.
struct Fitted {
    tables: Tables,
    combination: Combination,
    neighbours: Neighbours,
    unsure_below: f64,
    cross_validated: Option<Evaluation>,
}

/// Fits a model to a corpus.
///
/// The same corpus and options give the same bytes with any number of threads and any order of files. Time is linear in
/// the text; up to 100,000 paragraphs, most of it is spent on refinement.
///
/// # Errors
///
/// When an option is out of range; when the corpus has fewer than two labels, or a label that occurs in only one group;
/// when a fit fails.
pub fn train(corpus: &Corpus, options: &TrainOptions) -> Result<Trained> {
    check_options(options)?;
    let labels = labels_of(corpus, options)?;
    let (examples, texts) = examples(corpus, &labels);
    let runs = runs(&examples);
    let features = features(corpus, options, &texts)?;
    let fold_of = corpus.folds(options.folds.count(), options.group_by, options.seed);
    let n_folds = fold_of.iter().max().map_or(0, |last| last + 1);
    let n_sampled = sampled(&examples);
    check_sample(&labels, &examples[..n_sampled])?;
    let rows = loss_rows(&examples, &fold_of, labels.len());
    let n_features: Vec<usize> =
        features.vocabularies.iter().map(|vocabulary| vocabulary.keys.len()).collect();
    let problem = Problem {
        rows: &rows,
        lists: &features.lists,
        n_features: &n_features,
        n_classes: labels.len(),
        n_folds,
        n_sampled,
    };
    let fitted = match (options.folds, options.smoothing) {
        (Folds::None, Smoothing::Fixed(alpha)) => without_folds(&problem, alpha)?,
        _ => with_folds(&problem, &runs, &examples, corpus, options, &labels)?,
    };
    let (filter, n_boilerplate) = learn_filter(corpus, options, &features.lexicon, &fold_of, n_folds)?;
    let Fitted { tables, combination, neighbours, unsure_below, cross_validated } = fitted;
    let mut card = card(corpus, options, &tables.alphas, cross_validated.as_ref());
    card.naive_bayes_strongest = bayes_strongest(&labels, &features.lexicon, &features.vocabularies, &tables);
    let n_classes = labels.len();
    let Features { lexicon, extractor, vocabularies, .. } = features;
    let table = |(group, vocabulary): (FeatureGroup, &Vocabulary)| {
        let values = tables.tables[group as usize].values();
        match extractor.n_keys(group) {
            Some(n_keys) => Table::indexed(&vocabulary.keys, values, n_classes, n_keys),
            None => Table::of_keys(&vocabulary.keys, values, n_classes),
        }
    };
    let model = Model::new(Parts {
        name: options.name.clone(),
        version: options.version.clone(),
        labels,
        label_map: LabelMap::identity(n_classes),
        tables: FeatureGroup::ALL.into_iter().zip(&vocabularies).map(table).collect(),
        alphas: tables.alphas,
        extractor,
        lexicon,
        combination,
        neighbours,
        filter,
        unsure_below,
        fingerprints: Fingerprints::of(texts.iter().copied()).to_bytes().into(),
        card,
        checksum: String::new(),
    })?;
    Ok(Trained { model, cross_validated, n_boilerplate })
}

/// The lexicon, the vocabularies and the features of all paragraphs.
fn features(corpus: &Corpus, options: &TrainOptions, texts: &[&str]) -> Result<Features> {
    let codes = options.word_codes.clone().map_or_else(WordCodes::embedded, Ok)?;
    // The filter's table also needs the words of boilerplate.
    let all = corpus.documents.iter().flat_map(|document| &document.paragraphs);
    let words_of: Vec<&str> = all.map(|paragraph| paragraph.text.as_str()).collect();
    let lexicon = lexicon_of(&words_of, options.min_count.min(2), &codes).ok_or_else(|| Error::Corpus {
        found: "too many distinct words".to_string(),
        expected: format!("at most {MAX_WORDS} that occur in two paragraphs or more"),
    })?;
    let extractor = Extractor::new(&lexicon, options.max_ngram, codes.n_words() > 0);
    let min_counts = FeatureGroup::ALL.map(|group| options.min_count + group.extra_count());
    let (vocabularies, lists) = count(texts, &min_counts, |text| keys_of(&lexicon, &extractor, text));
    Ok(Features { lexicon, extractor, vocabularies, lists })
}

/// How many examples, counted from the first, are sampled. Documents are sampled whole.
fn sampled(examples: &[Example]) -> usize {
    match examples.get(MAX_SAMPLED) {
        None => examples.len(),
        Some(cut) => match examples.partition_point(|example| example.document < cut.document) {
            // One document is larger than the sample.
            0 => examples.partition_point(|example| example.document == cut.document),
            n_sampled => n_sampled,
        },
    }
}

/// Fails if a label has no sampled paragraph: nothing would be known about its probabilities.
fn check_sample(labels: &[String], sampled: &[Example]) -> Result<()> {
    let is_missing = |class: &usize| sampled.iter().all(|example| example.class != *class);
    match (0..labels.len()).find(is_missing) {
        None => Ok(()),
        Some(class) => Err(Error::Corpus {
            found: format!("label `{}` in none of the {} sampled paragraphs", labels[class], sampled.len()),
            expected: "more paragraphs with it".to_string(),
        }),
    }
}

/// The rows of the fit. In every loss, rare classes have more weight than their share of the corpus.
fn loss_rows(examples: &[Example], fold_of: &[usize], n_classes: usize) -> Vec<Row> {
    let mut class_weights = vec![0.0; n_classes];
    examples.iter().for_each(|example| class_weights[example.class] += example.weight);
    let mean = class_weights.iter().sum::<f64>() / n_classes as f64;
    let even = |class: usize| (mean / class_weights[class]).powf(EVEN_PRIORS);
    let row = |&Example { class, weight, document, .. }: &Example| Row {
        class,
        weight,
        class_weight: even(class),
        fold: fold_of[document],
    };
    examples.iter().map(row).collect()
}

/// Fits the tables and everything that is chosen on out-of-fold predictions.
fn with_folds(
    problem: &Problem<'_>,
    runs: &[Range<usize>],
    examples: &[Example],
    corpus: &Corpus,
    options: &TrainOptions,
    labels: &[String],
) -> Result<Fitted> {
    let tables = problem.fit(options.smoothing, options.l2_penalty)?;
    let combination = Combination::fit(&tables.held_out)?;
    let alone: Vec<Vec<f64>> = tables.held_out.rows().map(|row| combination.scores(row)).collect();
    let sampled = runs.iter().filter(|run| run.end <= problem.n_sampled);
    let alone: Vec<&[Vec<f64>]> = sampled.map(|run| &alone[run.clone()]).collect();
    let rows = &problem.rows[..problem.n_sampled];
    // The last step calibrates. Here doubtful labels count like all others, because they are as frequent in real text.
    let classes: Vec<(usize, f64)> = rows.iter().map(|row| (row.class, row.class_weight)).collect();
    let neighbours = Neighbours::fit(labels.len(), &alone, &classes)?;
    let (group_of, groups) = corpus.groups(options.group_by);
    let weighed = alone.iter().flat_map(|run| neighbours.weigh(run));
    let predictions: Vec<Prediction> = examples
        .iter()
        .zip(weighed)
        .map(|(example, weighed)| Prediction {
            truth: Some(example.class),
            probabilities: Some(softmax(&weighed.scores)),
            group: group_of[example.document],
        })
        .collect();
    let cross_validated = Some(Evaluation::of(labels, &predictions, &groups, options.seed));
    let unsure_below = threshold_for(&predictions, SURE_ACCURACY);
    Ok(Fitted { tables, combination, neighbours, unsure_below, cross_validated })
}

/// The threshold of `unsure` without folds: the one that the project's own corpus gives with folds, to one digit.
const UNSURE_BELOW: f64 = 0.6;

/// The weight of a group without folds: the one that naive Bayes tables get on the project's own corpus with folds, to
/// one digit.
fn plain_weight(group: FeatureGroup) -> f64 {
    match group {
        FeatureGroup::Words => 0.6,
        FeatureGroup::Ngrams => 0.4,
        FeatureGroup::Style | FeatureGroup::Openings => 0.3,
        FeatureGroup::Codes => 0.2,
        FeatureGroup::CodePairs => 0.1,
    }
}

/// Naive Bayes tables with fixed weights and no neighbours. The offsets are half the logs of the class shares: half way
/// to equal shares, as in the weighted loss that offsets are otherwise fitted to.
fn without_folds(problem: &Problem<'_>, alpha: f64) -> Result<Fitted> {
    let bayes = problem.plain_tables(alpha)?;
    let mut shares = vec![0.0; problem.n_classes];
    problem.rows.iter().for_each(|row| shares[row.class] += row.weight);
    let total: f64 = shares.iter().sum();
    let combination = Combination {
        weights: FeatureGroup::ALL.map(plain_weight).to_vec(),
        offsets: shares.iter().map(|share| EVEN_PRIORS * (share / total).ln()).collect(),
    };
    let held_out = crate::combination::HeldOut::new(N_GROUPS, problem.n_classes, Vec::new(), Vec::new());
    let alphas = vec![alpha; N_GROUPS];
    let tables =
        Tables { alphas, tables: bayes.clone(), bayes, bayes_combination: combination.clone(), held_out };
    let neighbours = Neighbours::none(problem.n_classes);
    Ok(Fitted { tables, combination, neighbours, unsure_below: UNSURE_BELOW, cross_validated: None })
}

/// The filter fitted to the corpus, and how many paragraphs of boilerplate the corpus has.
fn learn_filter(
    corpus: &Corpus,
    options: &TrainOptions,
    lexicon: &Lexicon,
    fold_of: &[usize],
    n_folds: usize,
) -> Result<(Filter, usize)> {
    let Some(boilerplate) = &options.boilerplate_label else { return Ok((Filter::default(), 0)) };
    let n_boilerplate = corpus.label_counts().get(boilerplate).copied().unwrap_or(0);
    let mut blocks = Vec::new();
    for (document, &fold) in corpus.documents.iter().zip(fold_of) {
        if blocks.len() >= MAX_SAMPLED {
            break;
        }
        for paragraph in &document.paragraphs {
            let is_boilerplate = paragraph.label == *boilerplate;
            blocks.push(boilerplate::Block { text: &paragraph.text, is_boilerplate, fold });
        }
    }
    let learned = boilerplate::fit(&blocks, n_folds, lexicon)?;
    Ok((Filter { learned }, n_boilerplate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_without_a_sampled_paragraph_is_an_error() {
        let labels = ["report", "advocacy"].map(str::to_string);
        let example = |class| Example { class, weight: 1.0, document: 0, follows: false };
        assert!(check_sample(&labels, &[example(1), example(0)]).is_ok());
        let error = check_sample(&labels, &[example(0)]).unwrap_err().to_string();
        assert!(error.contains("label `advocacy` in none of the 1 sampled paragraphs"), "{error}");
    }
}
