//! From a corpus to a model: tables, smoothing, pooling, context, filter.
//!
//! Everything that is not a table is chosen on predictions out of fold, with whole articles (or
//! outlets, or topics) held out together.

mod card;
mod chain;
mod fit;
mod held_out;
mod options;
mod rows;
mod unfolded;

use self::card::{bayes_strongest, card};
use self::chain::{choose_context, held_out_predictions};
use self::fit::Fitter;
use self::held_out::Plan;
use self::options::check_options;
pub use self::options::{Folds, Smoothing, TrainOptions};
use self::rows::{labels_of, rows, runs};
use crate::bayes::FeatureTable;
use crate::calibration::{Pool, Pools};
use crate::context::Context;
use crate::corpus::Corpus;
use crate::error::Result;
use crate::features::{Block, FeatureMaker, WordClasses, encode};
use crate::filter::{Filter, LearnedFilter};
use crate::metrics::{Evaluation, threshold_for};
use crate::model::{BlockTable, LazyEngine, Model};

/// Labels that are not `unsure` are right this often, out of fold.
const SURE_ACCURACY: f64 = 0.85;

/// What a card says in place of the label of boilerplate where there is none.
pub(crate) const NO_LABEL: &str = "none";

/// A fitted model and how well it did out of fold.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, fitted on all of the corpus but what [`Folds::Auto`] held out.
    pub model: Model,
    /// Predictions for held-out paragraphs by tables that had not seen their group, the filter not
    /// applied; `None` where there were no folds. Vocabulary, smoothing, pooling and context were chosen
    /// on the same paragraphs, so the figures are slightly kind; [`crate::cross_validate`] holds
    /// everything out.
    pub cross_validated: Option<Evaluation>,
    /// How many blocks of boilerplate the corpus has.
    pub n_boilerplate: usize,
}

/// What is fitted to labelled paragraphs alone.
struct Fitted {
    /// By block of [`Block::ALL`].
    alphas: Vec<f64>,
    bayes_pool: Pool,
    bayes_tables: Vec<FeatureTable>,
    /// The naive Bayes tables, or what refinement made of them.
    tables: Vec<FeatureTable>,
    pools: Pools,
    context: Context,
    unsure_below: f64,
    cross_validated: Option<Evaluation>,
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
    let classes = options.word_classes.clone().map_or_else(WordClasses::embedded, Ok)?;
    let maker = FeatureMaker { max_ngram: options.max_ngram, classes };
    let (rows, sources) = rows(corpus, &labels);
    let (vocabularies, lists) = encode(&maker, &sources, options.min_count)?;
    drop(sources);
    let runs = runs(&rows);
    let plan = Plan::new(corpus, options, &rows);
    plan.check(&labels, &rows)?;
    let n_features = Block::ALL.iter().map(|block| vocabularies[block.source()].len()).collect();
    let fitter = Fitter::new(&rows, lists, &runs, &plan, labels.len(), n_features, options.min_count);
    let fitted = match (options.folds, options.smoothing) {
        (Folds::None, Smoothing::Fixed(alpha)) => unfolded::fit(&fitter, alpha)?,
        _ => fit(&fitter, corpus, options, &labels)?,
    };
    drop(fitter);
    let (filter, n_boilerplate) = learn_filter(corpus, &plan, options, &maker.classes)?;
    let Fitted { alphas, bayes_pool, bayes_tables, tables, pools, context, unsure_below, cross_validated } =
        fitted;
    let mut card = card(corpus, options, plan.name(options), &alphas, cross_validated.as_ref());
    card.naive_bayes_strongest = bayes_strongest(&labels, &vocabularies, &bayes_tables, &bayes_pool);
    let blocks = Block::ALL.into_iter().zip(tables).zip(alphas);
    let model = Model {
        blocks: blocks.map(|((block, table), alpha)| BlockTable { block, alpha, table }).collect(),
        vocabularies,
        unsure_below,
        card,
        labels,
        maker,
        pools,
        context,
        filter,
        engine: LazyEngine::default(),
    };
    Ok(Trained { model, cross_validated, n_boilerplate })
}

/// Tables, and all else that is chosen on the predictions for the paragraphs that are held out.
fn fit(fitter: &Fitter<'_>, corpus: &Corpus, options: &TrainOptions, labels: &[String]) -> Result<Fitted> {
    let (alphas, mut held_out) = fitter.choose_smoothing(options.smoothing)?;
    let bayes_pool = Pool::fit(&held_out)?;
    let bayes_tables = fitter.final_tables(&alphas)?;
    let tables = match options.refine {
        None => bayes_tables.clone(),
        Some(ridge) => {
            let (tables, refined) = fitter.refine(&alphas, &bayes_tables, &bayes_pool, &held_out, ridge)?;
            held_out = refined;
            tables
        }
    };
    let pools = Pools::fit(&held_out, |block| Block::ALL[block].is_near())?;
    let (rows, runs) = fitter.tested();
    let context = choose_context(&runs, &held_out, &pools, labels.len());
    let (group_of, groups) = corpus.groups(options.group_by);
    let predictions = held_out_predictions(&rows, &runs, &held_out, &pools, &context, &group_of);
    let cross_validated = Evaluation::of(labels, &predictions, &groups, options.seed);
    Ok(Fitted {
        alphas,
        bayes_pool,
        bayes_tables,
        tables,
        pools,
        context,
        unsure_below: threshold_for(&predictions, SURE_ACCURACY),
        cross_validated: Some(cross_validated),
    })
}

/// The filter learned from boilerplate, and how many blocks of boilerplate there were.
fn learn_filter(
    corpus: &Corpus,
    plan: &Plan,
    options: &TrainOptions,
    classes: &WordClasses,
) -> Result<(Filter, usize)> {
    let n_boilerplate = |label: &String| corpus.label_counts().get(label).copied().unwrap_or(0);
    let boilerplate = options.boilerplate_label.as_ref().map(|label| (label, n_boilerplate(label)));
    let Some((boilerplate, n_boilerplate)) = boilerplate.filter(|(_, n_boilerplate)| *n_boilerplate > 0)
    else {
        return Ok((Filter::default(), 0));
    };
    let mut texts = Vec::new();
    let mut fold_of = Vec::new();
    for (document, fold) in corpus.documents.iter().zip(plan.filter_folds()) {
        let Some(fold) = fold else { continue };
        for paragraph in &document.paragraphs {
            texts.push((paragraph.text.as_str(), paragraph.label == *boilerplate));
            fold_of.push(fold);
        }
    }
    Ok((Filter { learned: LearnedFilter::fit(&texts, &fold_of, classes)? }, n_boilerplate))
}
