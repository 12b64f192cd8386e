//! A model and an article in, a label, probabilities and exact reasons for each paragraph out.

use crate::article::Article;
use crate::article::Paragraph;
use crate::bayes::centred;
use crate::calibration::argmax;
use crate::calibration::softmax;
use crate::features::Names;
use crate::gate::Gate;
use crate::gate::Reason;
use crate::model::BlockTable;
use crate::model::Model;

/// A paragraph is out of the model's domain when it knows a smaller share of its words.
///
/// Measured on the default model: English news knows nine words in ten, German and French text
/// less than four in ten.
const MIN_KNOWN_SHARE: f64 = 0.6;

/// How to score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether neighbouring paragraphs are heard: their labels, and whether they introduce a
    /// quotation.
    pub context: bool,
    /// How many features to name for and against a paragraph's label; 0 builds no evidence.
    pub n_evidence: usize,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        ScoreOptions { context: true, n_evidence: 0 }
    }
}

/// What became of one block of an article.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is article prose and has a label.
    Labelled(Labelling),
    /// It is no article prose.
    Dropped(Reason),
}

/// The label of a paragraph and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelling {
    /// The index of the most probable label; of several, the first.
    pub label: usize,
    /// Probabilities in the order of [`Model::labels`]; they add up to 1. Calibrated out of fold, with
    /// rare labels given more weight than the training corpus has of them (half way to even).
    pub probabilities: Vec<f64>,
    /// Whether the best probability is under the model's threshold.
    pub unsure: bool,
    /// Whether the model knows too few of the words to be trusted.
    pub out_of_domain: bool,
    /// Why, when it was asked for.
    pub evidence: Option<Evidence>,
}

/// Why a paragraph got its label: addends whose sum is its score.
///
/// `score` is the label's log-probability less the mean of all labels' log-probabilities, and
/// `score = offset + context + rest + the sum of the features' weights`, to rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The label's score.
    pub score: f64,
    /// What the label has before any word is read.
    pub offset: f64,
    /// What the neighbours add.
    pub context: f64,
    /// The sum of all features that are not named.
    pub rest: f64,
    /// The features that pushed hardest for the label and against it, strongest first.
    pub features: Vec<Contribution>,
}

/// One feature's share in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The block it belongs to.
    pub block: &'static str,
    /// The word, n-gram or cue.
    pub feature: String,
    /// Its addend; above 0 it speaks for the label.
    pub weight: f64,
}

/// A paragraph's own side, before its neighbours are heard.
struct Own {
    names: Names,
    features: Vec<Vec<u32>>,
    scores: Vec<f64>,
}

impl Model {
    /// What each block of an article is, in the article's order.
    ///
    /// Depends on the article, the model and the options alone. Linear in the text; safe to call
    /// from many threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::{Model, Outcome, ScoreOptions, article_from_text};
    ///
    /// let model = Model::embedded()?;
    /// let article = article_from_text("We must stop this shameful waste now. It is time to act!");
    /// let outcomes = model.score(&article, ScoreOptions::default());
    /// let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("a paragraph was dropped") };
    /// assert_eq!(model.labels()[labelling.label], "advocacy");
    /// # Ok::<(), rhetor::Error>(())
    /// ```
    pub fn score(&self, article: &Article, options: ScoreOptions) -> Vec<Outcome> {
        let reasons = self.gate.judge(&article.paragraphs);
        let mut labellings = Vec::with_capacity(reasons.len());
        for run in kept_runs(&article.paragraphs, &reasons) {
            if options.context {
                self.label_run(&run, options.n_evidence, &mut labellings);
            } else {
                run.chunks(1).for_each(|alone| self.label_run(alone, options.n_evidence, &mut labellings));
            }
        }
        let mut labellings = labellings.into_iter();
        let outcome = |reason: Option<Reason>| match reason {
            Some(reason) => Outcome::Dropped(reason),
            // There is one for each paragraph that was kept.
            None => labellings.next().map_or(Outcome::Dropped(Reason::Fragment), Outcome::Labelled),
        };
        reasons.into_iter().map(outcome).collect()
    }

    /// Labels paragraphs that follow one another.
    fn label_run(&self, texts: &[&str], n_evidence: usize, labellings: &mut Vec<Labelling>) {
        let previous = std::iter::once(None).chain(texts.iter().map(Some));
        let own: Vec<Own> =
            texts.iter().zip(previous).map(|(text, previous)| self.own(text, previous.copied())).collect();
        let scores: Vec<Vec<f64>> = own.iter().map(|own| own.scores.clone()).collect();
        let own_factor = self.context.own_factor(texts.len());
        for (own, marginal) in own.iter().zip(self.context.marginals(&scores)) {
            let evidence = (n_evidence > 0).then(|| self.evidence(own, &marginal, own_factor, n_evidence));
            labellings.push(self.labelling(own, &marginal, evidence));
        }
    }

    /// Why each block of an article is dropped, or `None` where it is kept; labels nothing.
    pub fn gate(&self, article: &Article) -> Vec<Option<Reason>> {
        self.gate.judge(&article.paragraphs)
    }

    fn own(&self, text: &str, previous: Option<&str>) -> Own {
        let names = self.maker.names(text, previous);
        let features: Vec<Vec<u32>> =
            self.blocks.iter().zip(&names).map(|(block, names)| block.vocabulary.indices_of(names)).collect();
        let scores = self.pool.scores(&self.log_likelihoods(&features));
        Own { names, features, scores }
    }

    /// One list of class log-likelihoods for each block.
    fn log_likelihoods(&self, features: &[Vec<u32>]) -> Vec<Vec<f64>> {
        let pairs = self.blocks.iter().zip(features);
        pairs
            .map(|(block, features)| BlockTable::log_likelihoods(&block.table, features, self.labels.len()))
            .collect()
    }

    fn labelling(&self, own: &Own, scores: &[f64], evidence: Option<Evidence>) -> Labelling {
        let probabilities = softmax(scores);
        let label = argmax(&probabilities);
        let known = own.features[0].len() as f64 / own.names[0].len().max(1) as f64;
        Labelling {
            label,
            unsure: probabilities[label] < self.unsure_below,
            out_of_domain: known < MIN_KNOWN_SHARE && own.names[0].len() > 2,
            probabilities,
            evidence,
        }
    }

    /// The addends of the winning label's score.
    fn evidence(&self, own: &Own, scores: &[f64], own_factor: f64, n_evidence: usize) -> Evidence {
        let n_classes = scores.len() as f64;
        let label = argmax(&softmax(scores));
        let less_mean = |values: &[f64]| values[label] - values.iter().sum::<f64>() / n_classes;
        let score = less_mean(scores);
        let offset = own_factor * less_mean(&self.pool.class_offsets);
        let mut all = self.contributions(own, label, own_factor);
        let own_sum: f64 = all.iter().map(|contribution| contribution.weight).sum();
        let context = score - own_factor * less_mean(&own.scores);
        all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.feature.cmp(&b.feature)));
        let n_for = all.iter().take(n_evidence).filter(|contribution| contribution.weight > 0.0).count();
        let against: Vec<Contribution> = all[n_for..]
            .iter()
            .rev()
            .take(n_evidence)
            .filter(|contribution| contribution.weight < 0.0)
            .cloned()
            .collect();
        all.truncate(n_for);
        all.extend(against);
        let named: f64 = all.iter().map(|contribution| contribution.weight).sum();
        Evidence { score, offset, context, rest: own_sum - named, features: all }
    }

    /// The addend of every known feature of a paragraph to the score of `label`.
    fn contributions(&self, own: &Own, label: usize, own_factor: f64) -> Vec<Contribution> {
        let mut all = Vec::new();
        for ((block, features), weight) in self.blocks.iter().zip(&own.features).zip(&self.pool.block_weights)
        {
            let factor = own_factor * weight * BlockTable::scale(features.len());
            for &feature in features {
                let row = block.table.row(feature);
                all.push(Contribution {
                    block: block.block.name(),
                    feature: block.vocabulary.names()[feature as usize].clone(),
                    weight: factor * centred(row, label),
                });
            }
        }
        all
    }
}

/// The texts of the paragraphs that are kept, in runs that follow one another. A dropped block
/// between two paragraphs does not part them; one after a gap does.
fn kept_runs<'a>(paragraphs: &'a [Paragraph], reasons: &[Option<Reason>]) -> Vec<Vec<&'a str>> {
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut parted = true;
    for (paragraph, reason) in paragraphs.iter().zip(reasons) {
        parted |= !paragraph.follows;
        if reason.is_none() {
            match runs.last_mut() {
                Some(run) if !parted => run.push(&paragraph.text),
                _ => runs.push(vec![&paragraph.text]),
            }
            parted = false;
        }
    }
    runs
}

/// Why each block of an article is dropped by the plain rules alone; needs no model.
pub fn gate_by_rules(article: &Article) -> Vec<Option<Reason>> {
    Gate::default().judge(&article.paragraphs)
}
