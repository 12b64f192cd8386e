//! From a corpus to a model: tables, smoothing, pooling, context, gate.
//!
//! Everything that is not a table is chosen on predictions out of fold, with whole articles (or
//! outlets, or topics) held out together.

mod chain;
mod fit;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::chain::choose_context;
use self::chain::held_out_predictions;
use self::fit::Fitter;
use self::fit::Row;
use self::fit::runs;
use crate::bayes::FeatureTable;
use crate::calibration::Pool;
use crate::calibration::Pools;
use crate::corpus::Corpus;
use crate::corpus::GroupBy;
use crate::error::Error;
use crate::error::Result;
use crate::features::Block;
use crate::features::FeatureMaker;
use crate::features::Names;
use crate::features::Vocabulary;
use crate::features::WordClasses;
use crate::gate::Gate;
use crate::gate::LearnedGate;
use crate::metrics::Evaluation;
use crate::metrics::OutOfFold;
use crate::metrics::threshold_for;
use crate::model::BlockTable;
use crate::model::Card;
use crate::model::LazyEngine;
use crate::model::Model;

/// Labels that are not `unsure` are right this often, out of fold.
const SURE_ACCURACY: f64 = 0.85;
/// How many of naive Bayes' own strongest features a card keeps for each label and block.
const N_STRONGEST: usize = 30;

/// What a card says in place of the label of clutter where there is none.
pub(crate) const NO_LABEL: &str = "none";

/// How much is added to each feature count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Smoothing {
    /// Chosen for each block by cross-validation.
    Auto,
    /// The same number for all blocks.
    Fixed(f64),
}

/// The settings of training. [`TrainOptions::default`] is what the default model was made with.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Smoothing of the naive Bayes tables; default [`Smoothing::Auto`].
    pub smoothing: Smoothing,
    /// The longest n-gram, from 1 (words alone) to 5; default 2.
    pub max_ngram: usize,
    /// In how many paragraphs a feature must occur; default 3.
    pub min_count: u32,
    /// The ridge that holds refined tables back to naive Bayes, or `None` for plain naive Bayes
    /// tables; default 3, in paragraphs of loss for an entry moved by one.
    pub refine: Option<f64>,
    /// The classes of words; by default those of [`WordClasses::embedded`], taken for `None`.
    pub word_classes: Option<WordClasses>,
    /// How many folds, from 2 to 100; default 5.
    pub n_folds: usize,
    /// What is held out together; default [`GroupBy::Article`].
    pub group_by: GroupBy,
    /// The seed of folds and bootstrap; default 0.
    pub seed: u64,
    /// The label that marks clutter and trains the gate; `None` makes it a label like others.
    /// Default `other`.
    pub clutter_label: Option<String>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            smoothing: Smoothing::Auto,
            max_ngram: 2,
            min_count: 3,
            refine: Some(3.0),
            word_classes: None,
            n_folds: 5,
            group_by: GroupBy::Article,
            seed: 0,
            clutter_label: Some("other".to_string()),
        }
    }
}

/// A fitted model and how well it did out of fold.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, fitted on all of the corpus.
    pub model: Model,
    /// Predictions for held-out paragraphs by tables that had not seen their group, the gate not
    /// applied. Vocabulary, smoothing, pooling and context were chosen on the same paragraphs, so
    /// the figures are slightly kind; [`crate::cross_validate`] holds everything out.
    pub cross_validated: Evaluation,
    /// How many blocks of clutter the corpus has.
    pub n_clutter: usize,
}

/// Fits a model on a corpus.
///
/// The same corpus and options give the same model to the last bit, whatever the number of threads
/// and the order of files. Time grows linearly with the text; most of it goes into refinement.
///
/// # Errors
///
/// When an option is out of its range; when the corpus has fewer than two labels, or a label that
/// occurs in one group only; when a fit fails.
pub fn train(corpus: &Corpus, options: &TrainOptions) -> Result<Trained> {
    check_options(options)?;
    let labels = labels_of(corpus, options)?;
    let folds = corpus.folds(options.n_folds, options.group_by, options.seed);
    let classes = options.word_classes.clone().map_or_else(WordClasses::embedded, Ok)?;
    let maker = FeatureMaker { max_ngram: options.max_ngram, classes };
    let (rows, vocabularies) = encode(corpus, &labels, options, &maker);
    let runs = runs(&rows);
    let fitter = Fitter {
        rows: &rows,
        runs: &runs,
        fold_of: &rows.iter().map(|row| folds[row.document]).collect::<Vec<usize>>(),
        n_folds: folds.iter().max().map_or(0, |last| last + 1),
        n_classes: labels.len(),
        n_features: Block::ALL.iter().map(|block| vocabularies[block.source()].len()).collect(),
    };
    let (alphas, mut held_out) = fitter.choose_smoothing(options.smoothing)?;
    let bayes_pool = Pool::fit(&held_out)?;
    let bayes_tables = fitter.tables(&alphas, None)?;
    let tables = match options.refine {
        None => bayes_tables.clone(),
        Some(ridge) => {
            let (tables, refined) = rayon::join(
                || fitter.refined_tables(&alphas, &bayes_pool, &held_out, ridge, None),
                || fitter.refined_held_out(&alphas, &bayes_pool, &held_out, ridge),
            );
            held_out = refined?;
            tables?
        }
    };
    let pools = Pools::fit(&held_out, |block| Block::ALL[block].is_near())?;
    let context = choose_context(&runs, &held_out, &pools, labels.len());
    let (group_of, groups) = corpus.groups(options.group_by);
    let predictions = held_out_predictions(&rows, &runs, &held_out, &pools, &context, &group_of);
    let cross_validated = Evaluation::of(&labels, &predictions, &groups, options.seed);
    let (gate, n_clutter) = learn_gate(corpus, &folds, options, &maker.classes)?;

    let mut card = card(corpus, options, &alphas, &cross_validated);
    card.naive_bayes_strongest = bayes_strongest(&labels, &vocabularies, &bayes_tables, &bayes_pool);
    let blocks = Block::ALL.into_iter().zip(tables).zip(alphas);
    let model = Model {
        blocks: blocks.map(|((block, table), alpha)| BlockTable { block, alpha, table }).collect(),
        vocabularies,
        unsure_below: threshold_for(&predictions, SURE_ACCURACY),
        card,
        labels,
        maker,
        pools,
        context,
        gate,
        engine: LazyEngine::default(),
    };
    Ok(Trained { model, cross_validated, n_clutter })
}

/// The features that weigh most in the naive Bayes tables, by block and label, as they were before
/// refinement.
fn bayes_strongest(
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

fn check_options(options: &TrainOptions) -> Result<()> {
    let check = |fine: bool, setting: &'static str, found: String, expected: &'static str| {
        if fine { Ok(()) } else { Err(Error::Setting { setting, found, expected }) }
    };
    if let Smoothing::Fixed(alpha) = options.smoothing {
        let fine = alpha.is_finite() && (1e-9..=1e6).contains(&alpha);
        check(fine, "smoothing", alpha.to_string(), "`auto` or a number from 1e-9 to 1e6")?;
    }
    let n = options.max_ngram;
    check((1..=5).contains(&n), "n-gram order", n.to_string(), "a number from 1 to 5")?;
    let n = options.n_folds;
    check((2..=100).contains(&n), "folds", n.to_string(), "a number from 2 to 100")?;
    if let Some(ridge) = options.refine {
        let fine = ridge.is_finite() && (1e-6..=1e9).contains(&ridge);
        check(fine, "refinement", ridge.to_string(), "`none` or a ridge from 1e-6 to 1e9")?;
    }
    check(options.min_count >= 1, "minimum count", "0".to_string(), "a number from 1")
}

/// The labels of the model: those of the corpus but clutter, each in at least two groups.
///
/// The order is that of the codebook where it knows the labels, else that of their names.
fn labels_of(corpus: &Corpus, options: &TrainOptions) -> Result<Vec<String>> {
    let mut groups = corpus.groups_by_label(options.group_by);
    if let Some(clutter) = &options.clutter_label {
        groups.remove(clutter);
    }
    let bad = |found: String, expected: &str| Err(Error::Corpus { found, expected: expected.to_string() });
    let mut names = groups.keys();
    match (names.next(), names.next()) {
        (None, _) => {
            return bad("no labelled paragraphs".to_string(), "labelled text with at least two labels");
        }
        (Some(label), None) => return bad(format!("one label only (`{label}`)"), "at least two labels"),
        _ => {}
    }
    if let Some((label, _)) = groups.iter().find(|(_, groups)| groups.len() < 2) {
        let n = corpus.label_counts().get(label).copied().unwrap_or(0);
        let plural = if n == 1 { "" } else { "s" };
        let group = options.group_by.name();
        let found = format!("{n} paragraph{plural} of label `{label}` in one {group}");
        return bad(
            found,
            &format!("every label in at least two {group}s, one to learn from and one to test on"),
        );
    }
    const CODEBOOK: [&str; 3] = ["report", "advocacy", "analysis"];
    let mut labels: Vec<String> = groups.into_keys().collect();
    labels.sort_by_key(|label| CODEBOOK.iter().position(|known| known == label).unwrap_or(CODEBOOK.len()));
    Ok(labels)
}

/// All labelled paragraphs as features, and the vocabularies.
fn encode(
    corpus: &Corpus,
    labels: &[String],
    options: &TrainOptions,
    maker: &FeatureMaker,
) -> (Vec<Row>, Vec<Vocabulary>) {
    let mut paragraphs = Vec::new();
    for (index, document) in corpus.documents.iter().enumerate() {
        let mut previous_kept = false;
        let mut previous = None;
        for paragraph in &document.paragraphs {
            let class = labels.iter().position(|label| *label == paragraph.label);
            // Clutter between two paragraphs does not part them; the document's start does.
            let follows = paragraph.follows && previous_kept;
            previous_kept = if class.is_some() { true } else { previous_kept && paragraph.follows };
            if let Some(class) = class {
                paragraphs.push((index, paragraph, class, follows, previous.filter(|_| follows)));
                previous = Some(paragraph.text.as_str());
            }
        }
    }
    let names: Vec<Names> = paragraphs
        .par_iter()
        .map(|(_, paragraph, _, _, previous)| maker.names(&paragraph.text, *previous))
        .collect();
    let vocabularies: Vec<Vocabulary> = (0..Block::OWN.len())
        .into_par_iter()
        .map(|block| Vocabulary::from_texts(names.iter().map(|names| &names[block]), options.min_count))
        .collect();
    let rows = paragraphs
        .par_iter()
        .zip(&names)
        .map(|((document, paragraph, class, follows, _), names)| Row {
            features: vocabularies
                .iter()
                .zip(names)
                .map(|(vocabulary, names)| vocabulary.indices_of(names))
                .collect(),
            class: *class,
            weight: paragraph.weight,
            document: *document,
            follows: *follows,
        })
        .collect();
    (rows, vocabularies)
}

/// The gate learned from clutter, and how many blocks of clutter there were.
fn learn_gate(
    corpus: &Corpus,
    folds: &[usize],
    options: &TrainOptions,
    classes: &WordClasses,
) -> Result<(Gate, usize)> {
    let Some(clutter) = &options.clutter_label else { return Ok((Gate::default(), 0)) };
    let mut texts = Vec::new();
    let mut fold_of = Vec::new();
    for (document, &fold) in corpus.documents.iter().zip(folds) {
        for paragraph in &document.paragraphs {
            texts.push((paragraph.text.as_str(), paragraph.label == *clutter));
            fold_of.push(fold);
        }
    }
    let n_clutter = texts.iter().filter(|(_, is_clutter)| *is_clutter).count();
    Ok((Gate { learned: LearnedGate::fit(&texts, &fold_of, classes)? }, n_clutter))
}

fn card(corpus: &Corpus, options: &TrainOptions, alphas: &[f64], cross_validated: &Evaluation) -> Card {
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
        ("folds", options.n_folds.to_string()),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
    ];
    named.push(("clutter-label", options.clutter_label.clone().unwrap_or(NO_LABEL.to_string())));
    let alphas: Vec<String> =
        Block::ALL.iter().zip(alphas).map(|(block, alpha)| format!("{} {alpha}", block.name())).collect();
    named.push(("alphas", alphas.join(", ")));
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
    Card {
        rhetor: env!("CARGO_PKG_VERSION").to_string(),
        corpus_sha256: corpus.sha256(),
        n_documents: corpus.n_documents(),
        label_counts: corpus.label_counts(),
        options: named.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        cross_validated: figures,
        out_of_fold: Some(OutOfFold::of(cross_validated)),
        naive_bayes_strongest: BTreeMap::new(),
        learning_curve: Vec::new(),
    }
}
