//! A model and an article in, a label, probabilities and exact reasons for each paragraph out.

mod ways;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;

use self::ways::{ByEngine, ByName, FindFeatures};

use crate::article::Article;
use crate::article::Paragraph;
use crate::bayes::centred;
use crate::bayes::scale;
use crate::calibration::argmax;
use crate::calibration::softmax;
use crate::features::Indices;
use crate::gate::Gate;
use crate::gate::Reason;
use crate::model::Model;
use crate::neighbours::log_likelihoods;
use crate::neighbours::shares;

/// A paragraph is out of the model's domain when it knows a smaller share of its words.
///
/// Measured on the default model: English news knows nine words in ten, German and French text
/// less than four in ten.
const MIN_KNOWN_SHARE: f64 = 0.6;

/// How to score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether neighbouring paragraphs are heard: their labels, words, cues and word classes, and whether
    /// the one before introduces a quotation. Without it each paragraph is judged alone, by block weights
    /// of its own.
    pub context: bool,
    /// Whether clutter is dropped; without the gate every block that has words is labelled.
    pub gate: bool,
    /// How many features to name for and against a paragraph's label; 0 builds no evidence.
    pub n_evidence: usize,
    /// Whether evidence says what each word adds, too.
    pub weigh_words: bool,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        ScoreOptions { context: true, gate: true, n_evidence: 0, weigh_words: false }
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
    /// What the neighbours' labels add; what their words add is among the features.
    pub context: f64,
    /// The sum of all features that are not named.
    pub rest: f64,
    /// The features that pushed hardest for the label and against it, strongest first.
    pub features: Vec<Contribution>,
    /// The words of the paragraph that add to the score or take from it, in order, where that was asked for.
    /// They add up to what the features make that are made of words; cues of style, and what stands around the
    /// paragraph, are not among them.
    pub words: Vec<Word>,
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

/// One word's share in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Its byte range in the paragraph's text.
    pub place: Range<usize>,
    /// What it adds to the score: an even part of every feature that it makes, alone or with other words.
    pub weight: f64,
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
        match self.engine_for(article.paragraphs.len()) {
            Some(engine) => self.score_by(&ByEngine::new(engine, &article.paragraphs), article, options),
            None => self.score_by(&ByName { model: self, paragraphs: &article.paragraphs }, article, options),
        }
    }

    /// As [`Model::score`], with the features that `features` finds.
    fn score_by(
        &self,
        features: &impl FindFeatures,
        article: &Article,
        options: ScoreOptions,
    ) -> Vec<Outcome> {
        let reasons = if options.gate {
            self.gate.judge(&article.paragraphs, |index, learned| features.of_gate(index, learned))
        } else {
            keep_all(article)
        };
        let mut labellings = Vec::with_capacity(reasons.len());
        for run in kept_runs(&article.paragraphs, &reasons) {
            let together = if options.context { run.len() } else { 1 };
            for run in run.chunks(together) {
                let first = labellings.len();
                self.label_run(&features.of_run(run), options.n_evidence, &mut labellings);
                if options.weigh_words {
                    self.weigh_words_of(&article.paragraphs, run, &mut labellings[first..]);
                }
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
    fn label_run(&self, own: &[Indices], n_evidence: usize, labellings: &mut Vec<Labelling>) {
        let scores = self.scores(own);
        let own_factor = self.context.own_factor(own.len());
        for (index, marginal) in self.context.marginals(&scores).iter().enumerate() {
            let evidence = (n_evidence > 0).then(|| {
                let label = argmax(&softmax(marginal));
                let contributions = self.contributions(own, index, label, own_factor);
                let offsets = &self.pools.of_run(own.len()).class_offsets;
                Model::evidence(contributions, offsets, &scores[index], marginal, own_factor, n_evidence)
            });
            labellings.push(self.labelling(&own[index], marginal, evidence));
        }
    }

    /// Tells in the evidence of a run what each word adds.
    fn weigh_words_of(&self, paragraphs: &[Paragraph], run: &[usize], labellings: &mut [Labelling]) {
        let own_factor = self.context.own_factor(run.len());
        for (&index, labelling) in run.iter().zip(labellings) {
            let label = labelling.label;
            if let Some(evidence) = &mut labelling.evidence {
                evidence.words = self.weigh_words(&paragraphs[index], label, run.len(), own_factor);
            }
        }
    }

    /// Why each block of an article is dropped, or `None` where it is kept; labels nothing.
    pub fn gate(&self, article: &Article) -> Vec<Option<Reason>> {
        self.gate.judge(&article.paragraphs, |index, learned| {
            learned.features(&article.paragraphs[index].text, &self.maker.classes)
        })
    }

    /// The unnormalised log-probabilities of each paragraph of a run, before the chain.
    fn scores(&self, run: &[Indices]) -> Vec<Vec<f64>> {
        let features: Vec<&[Vec<u32>]> = run.iter().map(|own| own.features.as_slice()).collect();
        let columns = self.blocks.iter().map(|block| log_likelihoods(block.block, &block.table, &features));
        let mut columns: Vec<_> = columns.map(Vec::into_iter).collect();
        let of_paragraph = |_: &Indices| {
            let by_block: Vec<Vec<f64>> = columns.iter_mut().filter_map(Iterator::next).collect();
            self.pools.of_run(run.len()).scores(&by_block)
        };
        run.iter().map(of_paragraph).collect()
    }

    fn labelling(&self, own: &Indices, scores: &[f64], evidence: Option<Evidence>) -> Labelling {
        let probabilities = softmax(scores);
        let label = argmax(&probabilities);
        let known = own.features[0].len() as f64 / own.n_words.max(1) as f64;
        Labelling {
            label,
            unsure: probabilities[label] < self.unsure_below,
            out_of_domain: known < MIN_KNOWN_SHARE && own.n_words > 2,
            probabilities,
            evidence,
        }
    }

    /// The addends of the winning label's score: the strongest of `all`, and what the others, the
    /// offset and the chain make together. `own_scores` are the scores before the chain, `scores` those
    /// after it.
    fn evidence(
        mut all: Vec<Contribution>,
        class_offsets: &[f64],
        own_scores: &[f64],
        scores: &[f64],
        own_factor: f64,
        n_evidence: usize,
    ) -> Evidence {
        let n_classes = scores.len() as f64;
        let label = argmax(&softmax(scores));
        let less_mean = |values: &[f64]| values[label] - values.iter().sum::<f64>() / n_classes;
        let score = less_mean(scores);
        let offset = own_factor * less_mean(class_offsets);
        let own_sum: f64 = all.iter().map(|contribution| contribution.weight).sum();
        let context = score - own_factor * less_mean(own_scores);
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
        Evidence { score, offset, context, rest: own_sum - named, features: all, words: Vec::new() }
    }

    /// The addend of every known feature to the score of `label` for paragraph `of` of a run: its own,
    /// and its neighbours' by their shares.
    fn contributions(&self, run: &[Indices], of: usize, label: usize, own_factor: f64) -> Vec<Contribution> {
        let neighbours = shares(run.len(), of);
        let mut all = Vec::new();
        for (block, weight) in self.blocks.iter().zip(&self.pools.of_run(run.len()).block_weights) {
            let vocabulary = self.vocabulary_of(block.block);
            let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
            let heard = if block.block.is_near() { neighbours.as_slice() } else { &[(of, 1.0)] };
            for &(paragraph, share) in heard {
                let features = &run[paragraph].features[block.block.source()];
                let factor = own_factor * weight * share * scale(features.len());
                for &feature in features {
                    *sums.entry(feature).or_default() += factor * centred(block.table.row(feature), label);
                }
            }
            all.extend(sums.into_iter().map(|(feature, weight)| Contribution {
                block: block.block.name(),
                feature: vocabulary.name(feature).to_string(),
                weight,
            }));
        }
        all
    }
}

/// The numbers of the paragraphs that are kept, in runs that follow one another. A dropped block
/// between two paragraphs does not part them; one after a gap does.
fn kept_runs(paragraphs: &[Paragraph], reasons: &[Option<Reason>]) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut parted = true;
    for (index, (paragraph, reason)) in paragraphs.iter().zip(reasons).enumerate() {
        parted |= !paragraph.follows;
        if reason.is_none() {
            match runs.last_mut() {
                Some(run) if !parted => run.push(index),
                _ => runs.push(vec![index]),
            }
            parted = false;
        }
    }
    runs
}

/// Why each block of an article is dropped when no gate is asked: only a block without words is, for
/// there is nothing in it to label.
pub fn keep_all(article: &Article) -> Vec<Option<Reason>> {
    let reason = |paragraph: &Paragraph| {
        let has_words = paragraph.text.contains(char::is_alphabetic);
        (!has_words).then_some(Reason::Fragment)
    };
    article.paragraphs.iter().map(reason).collect()
}

/// Why each block of an article is dropped by the plain rules alone; needs no model.
pub fn gate_by_rules(article: &Article) -> Vec<Option<Reason>> {
    Gate::default().judge(&article.paragraphs, |_, _| Vec::new())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::article_from_text;

    fn check(model: &Model, text: &str) {
        let article = article_from_text(text);
        let paragraphs = article.paragraphs.as_slice();
        let options = ScoreOptions { n_evidence: 9, ..ScoreOptions::default() };
        let by_name = model.score_by(&ByName { model, paragraphs }, &article, options);
        let engine = model.engine_for(usize::MAX).unwrap();
        let by_engine = model.score_by(&ByEngine::new(engine, paragraphs), &article, options);
        assert_eq!(by_name, by_engine);
    }

    fn any_article() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[A-Za-z]{1,9}",
            "\\PC{1,4}",
            "[“”‘’\"'.,:;!?()%$—–…-]{1,3}",
            prop::sample::select(crate::features::cue_words()),
            "[0-9]{1,5}(th|[.,][0-9])?",
            Just("said according to Mr. Smith. It is time to act".to_string()),
            Just("\n\n".to_string()),
        ];
        let pair = (piece, prop_oneof![Just(" "), Just(" "), Just("")]);
        let concat = |pieces: Vec<(String, &str)>| pieces.into_iter().map(|(a, b)| a + b).collect();
        prop::collection::vec(pair, 0..80).prop_map(concat)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn both_ways_to_the_features_give_the_same_bits(text in any_article()) {
            static MODEL: std::sync::LazyLock<Model> = std::sync::LazyLock::new(|| Model::embedded().unwrap());
            check(&MODEL, &text);
        }
    }
}
