//! From a corpus to a model: tables, smoothing, pooling, context, gate.
//!
//! Everything that is not a table is chosen on predictions out of fold, with whole articles (or
//! outlets, or topics) held out together.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::bayes;
use crate::bayes::ClassTotals;
use crate::bayes::FeatureLogProb;
use crate::calibration::HeldOut;
use crate::calibration::Pool;
use crate::calibration::softmax;
use crate::context::Context;
use crate::corpus::Corpus;
use crate::corpus::GroupBy;
use crate::error::Error;
use crate::error::Result;
use crate::features::Block;
use crate::features::Vocabulary;
use crate::features::feature_names;
use crate::gate::Gate;
use crate::gate::LearnedGate;
use crate::metrics::Evaluation;
use crate::metrics::Prediction;
use crate::metrics::threshold_for;
use crate::model::BlockTable;
use crate::model::Card;
use crate::model::Model;

/// The smoothing that `auto` tries, in the order in which ties are broken.
const ALPHAS: [f64; 7] = [1.0, 0.3, 3.0, 0.1, 0.03, 10.0, 0.01];
/// Labels that are not `unsure` are right this often, out of fold.
const SURE_ACCURACY: f64 = 0.85;
/// How far the class offsets lean from the corpus's class shares (0) to even ones (1).
const EVEN_PRIORS: f64 = 1.0;

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
    /// In how many paragraphs a feature must occur; default 2.
    pub min_count: u32,
    /// How many folds, from 2 to 100; default 10.
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
            min_count: 2,
            n_folds: 10,
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
    /// Predictions for held-out paragraphs by models that had not seen their group. Smoothing,
    /// pooling and context were chosen on the same predictions: a few dozen numbers, so the figures
    /// are slightly kind.
    pub cross_validated: Evaluation,
    /// What was learned for the gate, or why nothing was.
    pub n_clutter: usize,
}

/// One paragraph as features.
struct Row {
    features: Vec<Vec<u32>>,
    class: usize,
    weight: f64,
    document: usize,
    follows: bool,
}

/// Fits a model on a corpus.
///
/// The same corpus and options give the same model to the last bit, whatever the number of threads
/// and the order of files. Time grows linearly with the text; 16,000 paragraphs take seconds.
///
/// # Errors
///
/// When an option is out of its range; when the corpus has fewer than two labels, or a label that
/// occurs in one document only; when a fit fails.
pub fn train(corpus: &Corpus, options: &TrainOptions) -> Result<Trained> {
    check_options(options)?;
    let labels = labels_of(corpus, options)?;
    let folds = corpus.folds(options.n_folds, options.group_by, options.seed);
    let (rows, vocabularies) = encode(corpus, &labels, options);
    let fold_of: Vec<usize> = rows.iter().map(|row| folds[row.document]).collect();
    let fitter = Fitter { rows: &rows, fold_of: &fold_of, n_folds: options.n_folds, n_classes: labels.len() };

    let (alphas, held_out) = fitter.choose_smoothing(&vocabularies, options.smoothing)?;
    let pool = Pool::fit(&held_out)?;
    let context = choose_context(&rows, &held_out, &pool, labels.len());
    let predictions = held_out_predictions(&rows, &held_out, &pool, &context);

    let mut blocks = Vec::with_capacity(Block::ALL.len());
    for (index, (block, vocabulary)) in Block::ALL.into_iter().zip(vocabularies).enumerate() {
        let table = fitter.table(index, vocabulary.len(), alphas[index], None)?;
        blocks.push(BlockTable { block, alpha: alphas[index], vocabulary, table });
    }
    let (gate, n_clutter) = learn_gate(corpus, &folds, options)?;

    let group_names: Vec<String> = (0..corpus.documents.len()).map(|index| index.to_string()).collect();
    let cross_validated = Evaluation::of(&labels, &predictions, &group_names, options.seed);
    let model = Model {
        unsure_below: threshold_for(&predictions, SURE_ACCURACY),
        card: card(corpus, options, &alphas, &cross_validated),
        labels,
        max_ngram: options.max_ngram,
        blocks,
        pool,
        context,
        gate,
    };
    Ok(Trained { model, cross_validated, n_clutter })
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
    check(options.min_count >= 1, "minimum count", "0".to_string(), "a number from 1")
}

/// The labels of the model: those of the corpus but clutter, each in at least two documents.
///
/// The order is that of the codebook where it knows the labels, else that of their names.
fn labels_of(corpus: &Corpus, options: &TrainOptions) -> Result<Vec<String>> {
    let mut n_documents: BTreeMap<&str, usize> = BTreeMap::new();
    for document in &corpus.documents {
        let mut labels: Vec<&str> = document.paragraphs.iter().map(|p| p.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        labels.into_iter().for_each(|label| *n_documents.entry(label).or_default() += 1);
    }
    if let Some(clutter) = &options.clutter_label {
        n_documents.remove(clutter.as_str());
    }
    let bad = |found: String, expected: &str| Err(Error::Corpus { found, expected: expected.to_string() });
    match n_documents.len() {
        0 => return bad("no labelled paragraphs".to_string(), "labelled text with at least two labels"),
        1 => {
            let label = n_documents.keys().next().copied().unwrap_or_default();
            return bad(format!("one label only (`{label}`)"), "at least two labels");
        }
        _ => {}
    }
    if let Some((label, _)) = n_documents.iter().find(|&(_, &n)| n < 2) {
        let n = corpus.label_counts().get(*label).copied().unwrap_or(0);
        let found =
            format!("{n} paragraph{} of label `{label}` in one article", if n == 1 { "" } else { "s" });
        return bad(found, "every label in at least two articles, one to learn from and one to test on");
    }
    const CODEBOOK: [&str; 3] = ["report", "advocacy", "analysis"];
    let mut labels: Vec<String> = n_documents.into_keys().map(str::to_string).collect();
    labels.sort_by_key(|label| CODEBOOK.iter().position(|known| known == label).unwrap_or(CODEBOOK.len()));
    Ok(labels)
}

/// All labelled paragraphs as features, and the vocabularies.
fn encode(corpus: &Corpus, labels: &[String], options: &TrainOptions) -> (Vec<Row>, Vec<Vocabulary>) {
    let mut paragraphs = Vec::new();
    for (index, document) in corpus.documents.iter().enumerate() {
        let mut previous_kept = false;
        for paragraph in &document.paragraphs {
            let class = labels.iter().position(|label| *label == paragraph.label);
            // Clutter between two paragraphs does not part them; the document's start does.
            let follows = paragraph.follows && previous_kept;
            previous_kept = if class.is_some() { true } else { previous_kept && paragraph.follows };
            if let Some(class) = class {
                paragraphs.push((index, paragraph, class, follows));
            }
        }
    }
    let names: Vec<[Vec<String>; 4]> = paragraphs
        .par_iter()
        .map(|(_, paragraph, ..)| feature_names(&paragraph.text, options.max_ngram))
        .collect();
    let vocabularies: Vec<Vocabulary> = (0..Block::ALL.len())
        .into_par_iter()
        .map(|block| Vocabulary::from_texts(names.iter().map(|names| &names[block]), options.min_count))
        .collect();
    let rows = paragraphs
        .par_iter()
        .zip(&names)
        .map(|((document, paragraph, class, follows), names)| Row {
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

/// Fits tables with and without folds.
struct Fitter<'a> {
    rows: &'a [Row],
    fold_of: &'a [usize],
    n_folds: usize,
    n_classes: usize,
}

impl Fitter<'_> {
    /// The class totals of one block, without the rows of one fold.
    fn totals(&self, block: usize, n_features: usize, without: Option<usize>) -> ClassTotals {
        let mut totals = ClassTotals::zeros(self.n_classes, n_features);
        for (row, &fold) in self.rows.iter().zip(self.fold_of) {
            if Some(fold) != without {
                totals.add(row.class, &row.features[block], row.weight);
            }
        }
        totals
    }

    /// The table of one block, without the rows of one fold.
    fn table(
        &self,
        block: usize,
        n_features: usize,
        alpha: f64,
        without: Option<usize>,
    ) -> Result<FeatureLogProb> {
        bayes::fit(&self.totals(block, n_features, without), alpha)
    }

    /// The log-likelihoods of one block for every row, by tables that have not seen its fold.
    fn held_out(&self, block: usize, n_features: usize, alpha: f64) -> Result<Vec<Vec<f64>>> {
        let tables: Vec<FeatureLogProb> = (0..self.n_folds)
            .into_par_iter()
            .map(|fold| self.table(block, n_features, alpha, Some(fold)))
            .collect::<Result<_>>()?;
        let score = |(row, &fold): (&Row, &usize)| {
            BlockTable::log_likelihoods(&tables[fold], &row.features[block], self.n_classes)
        };
        Ok(self.rows.par_iter().zip(self.fold_of).map(score).collect())
    }

    /// The smoothing of each block and the predictions out of fold that it gives.
    ///
    /// One block after the other takes the value that gives the pooled predictions the least log
    /// loss, the others as they stand.
    fn choose_smoothing(
        &self,
        vocabularies: &[Vocabulary],
        smoothing: Smoothing,
    ) -> Result<(Vec<f64>, Vec<HeldOut>)> {
        let first = match smoothing {
            Smoothing::Auto => ALPHAS[0],
            Smoothing::Fixed(alpha) => alpha,
        };
        let mut alphas = vec![first; vocabularies.len()];
        let sizes: Vec<usize> = vocabularies.iter().map(Vocabulary::len).collect();
        let columns = (0..sizes.len()).map(|block| self.held_out(block, sizes[block], first));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let mut held_out = self.held_out_rows(columns);
        if smoothing == Smoothing::Auto {
            for block in 0..sizes.len() {
                let mut best = (Pool::fit(&held_out)?.log_loss(&held_out), alphas[block]);
                let mut best_rows = held_out.clone();
                for &alpha in &ALPHAS[1..] {
                    let column = self.held_out(block, sizes[block], alpha)?;
                    held_out
                        .iter_mut()
                        .zip(column)
                        .for_each(|(row, values)| row.log_likelihoods[block] = values);
                    let loss = Pool::fit(&held_out)?.log_loss(&held_out);
                    if loss < best.0 {
                        best = (loss, alpha);
                        best_rows.clone_from(&held_out);
                    }
                }
                alphas[block] = best.1;
                held_out = best_rows;
            }
        }
        Ok((alphas, held_out))
    }

    /// Rows of log-likelihoods from one column a block. Rare classes weigh as much as common ones,
    /// for the shares of a training corpus are nobody's prior.
    fn held_out_rows(&self, columns: Vec<Vec<Vec<f64>>>) -> Vec<HeldOut> {
        let mut class_weights = vec![0.0; self.n_classes];
        self.rows.iter().for_each(|row| class_weights[row.class] += row.weight);
        let mean = class_weights.iter().sum::<f64>() / self.n_classes as f64;
        let even = |class: usize| (mean / class_weights[class]).powf(EVEN_PRIORS);
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let log_likelihoods = columns.iter_mut().filter_map(Iterator::next).collect();
            rows.push(HeldOut { log_likelihoods, class: row.class, weight: row.weight * even(row.class) });
        }
        rows
    }
}

/// The chain's affinities from neighbours in the corpus, and the strength and own weight with the
/// least log loss out of fold; strength 0 where the corpus has no neighbours or they do not help.
fn choose_context(rows: &[Row], held_out: &[HeldOut], pool: &Pool, n_classes: usize) -> Context {
    let mut articles: Vec<Vec<(Vec<f64>, usize, f64)>> = Vec::new();
    for (row, held_out) in rows.iter().zip(held_out) {
        let scored = (pool.scores(&held_out.log_likelihoods), held_out.class, held_out.weight);
        match articles.last_mut() {
            Some(article) if row.follows => article.push(scored),
            _ => articles.push(vec![scored]),
        }
    }
    let sequences: Vec<Vec<usize>> =
        articles.iter().map(|article| article.iter().map(|(_, class, _)| *class).collect()).collect();
    let alone = Context::from_sequences(n_classes, &sequences);
    let candidates: Vec<(f64, f64)> = (1..=12)
        .flat_map(|strength| (5..=10).map(move |own| (f64::from(strength) / 10.0, f64::from(own) / 10.0)))
        .collect();
    let losses: Vec<f64> = candidates
        .par_iter()
        .map(|&(strength, own_weight)| alone.with(strength, own_weight).log_loss(&articles))
        .collect();
    let mut best = (alone.log_loss(&articles), alone.clone());
    for ((strength, own_weight), loss) in candidates.into_iter().zip(losses) {
        if loss < best.0 {
            best = (loss, alone.with(strength, own_weight));
        }
    }
    best.1
}

/// Probabilities for every row out of fold, with context.
fn held_out_predictions(
    rows: &[Row],
    held_out: &[HeldOut],
    pool: &Pool,
    context: &Context,
) -> Vec<Prediction> {
    let mut predictions = Vec::with_capacity(rows.len());
    let mut start = 0;
    while start < rows.len() {
        let end = (start + 1..rows.len()).find(|&next| !rows[next].follows).unwrap_or(rows.len());
        let scores: Vec<Vec<f64>> =
            held_out[start..end].iter().map(|row| pool.scores(&row.log_likelihoods)).collect();
        for (row, marginal) in rows[start..end].iter().zip(context.marginals(&scores)) {
            let probabilities = Some(softmax(&marginal));
            predictions.push(Prediction { truth: Some(row.class), probabilities, group: row.document });
        }
        start = end;
    }
    predictions
}

/// The gate learned from clutter, and how many blocks of clutter there were.
fn learn_gate(corpus: &Corpus, folds: &[usize], options: &TrainOptions) -> Result<(Gate, usize)> {
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
    Ok((Gate { learned: LearnedGate::fit(&texts, &fold_of)? }, n_clutter))
}

fn card(corpus: &Corpus, options: &TrainOptions, alphas: &[f64], cross_validated: &Evaluation) -> Card {
    let smoothing = match options.smoothing {
        Smoothing::Auto => "auto".to_string(),
        Smoothing::Fixed(alpha) => alpha.to_string(),
    };
    let mut named = vec![
        ("smoothing", smoothing),
        ("ngrams", options.max_ngram.to_string()),
        ("min-count", options.min_count.to_string()),
        ("folds", options.n_folds.to_string()),
        ("group-by", options.group_by.name().to_string()),
        ("seed", options.seed.to_string()),
        ("clutter-label", options.clutter_label.clone().unwrap_or_else(|| "none".to_string())),
    ];
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
    // Figures of the card are shown, not computed with: six digits are enough.
    figures.values_mut().for_each(|figure| *figure = (*figure * 1e6).round() / 1e6);
    Card {
        rhetor: env!("CARGO_PKG_VERSION").to_string(),
        corpus_sha256: corpus.sha256(),
        n_documents: corpus.n_documents(),
        label_counts: corpus.label_counts(),
        options: named.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        cross_validated: figures,
    }
}
