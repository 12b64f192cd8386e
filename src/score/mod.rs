//! A model and an article in, a label, probabilities and exact reasons for each paragraph out.

mod evidence;
mod ways;
mod words;

pub use self::evidence::{Contribution, Evidence, Word};
use self::ways::{ByEngine, ByName, Hear, Heard};

use crate::article::{Article, Paragraph};
use crate::calibration::{argmax, softmax};
use crate::features::NWords;
use crate::filter::{Filter, LearnedFilter, Reason, Verdict};
use crate::model::Model;
use crate::neighbours::each_heard;

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
    /// Whether boilerplate is dropped; without the filter every block that has words is labelled.
    pub filter: bool,
    /// How many features to name for and against a paragraph's label; 0 builds no evidence.
    pub n_evidence: usize,
    /// Whether evidence says what each word adds, too.
    pub weigh_words: bool,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        ScoreOptions { context: true, filter: true, n_evidence: 0, weigh_words: false }
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
        let paragraphs = article.paragraphs.as_slice();
        match self.engine_for(paragraphs.len()) {
            Some(engine) => {
                let hearing = ByEngine::new(self, engine, paragraphs, options.n_evidence > 0);
                self.score_by(hearing, article, options)
            }
            None => self.score_by(ByName::new(self, paragraphs), article, options),
        }
    }

    /// As [`Model::score`], with paragraphs heard in the way of `hearing`.
    fn score_by(&self, mut hearing: impl Hear, article: &Article, options: ScoreOptions) -> Vec<Outcome> {
        let verdicts = match options.filter {
            true => self.filter.by_rules(&article.paragraphs),
            false => keep_all(article).into_iter().map(Verdict::of).collect(),
        };
        let mut reasons = Vec::with_capacity(verdicts.len());
        let mut labellings = Vec::with_capacity(verdicts.len());
        // Paragraphs that follow one another. A dropped block between two does not part them; one after a gap
        // does.
        let mut run: Vec<Heard> = Vec::new();
        let mut indices: Vec<usize> = Vec::new();
        let mut parted = true;
        for (index, (paragraph, verdict)) in article.paragraphs.iter().zip(verdicts).enumerate() {
            parted |= !paragraph.follows;
            let reason = self.reason(verdict, |learned| hearing.is_boilerplate(index, learned));
            reasons.push(reason);
            if reason.is_some() {
                continue;
            }
            if parted || !options.context {
                self.label_run(&run, options.n_evidence, &mut labellings);
                self.weigh_words_of(article, &indices, options, &mut labellings);
                run.clear();
                indices.clear();
            }
            run.push(hearing.hear(index, !run.is_empty()));
            indices.push(index);
            parted = false;
        }
        self.label_run(&run, options.n_evidence, &mut labellings);
        self.weigh_words_of(article, &indices, options, &mut labellings);
        let mut labellings = labellings.into_iter();
        let outcome = |reason: Option<Reason>| match reason {
            Some(reason) => Outcome::Dropped(reason),
            // There is one for each paragraph that was kept.
            None => labellings.next().map_or(Outcome::Dropped(Reason::Fragment), Outcome::Labelled),
        };
        reasons.into_iter().map(outcome).collect()
    }

    /// Why a block goes by what the rules say and, where they ask it, the learned filter.
    fn reason(
        &self,
        verdict: Verdict,
        is_boilerplate: impl FnOnce(&LearnedFilter) -> bool,
    ) -> Option<Reason> {
        match (verdict, &self.filter.learned) {
            (Verdict::Ask, Some(learned)) => is_boilerplate(learned).then_some(Reason::Boilerplate),
            _ => verdict.reason(),
        }
    }

    /// Labels paragraphs that follow one another.
    fn label_run(&self, run: &[Heard], n_evidence: usize, labellings: &mut Vec<Labelling>) {
        let scores = self.scores(run);
        let own_factor = self.context.own_factor(run.len());
        for (index, marginal) in self.context.marginals(&scores).iter().enumerate() {
            let evidence = (n_evidence > 0).then(|| {
                let label = argmax(&softmax(marginal));
                let addends = self.addends(run, index, label, own_factor);
                let offsets = &self.pools.of_run(run.len()).class_offsets;
                self.evidence(addends, offsets, &scores[index], marginal, own_factor, n_evidence)
            });
            labellings.push(self.labelling(run[index].n_words, marginal, evidence));
        }
    }

    /// Tells in the evidence of a run, whose labellings are the last ones, what each word adds, where that was
    /// asked for.
    fn weigh_words_of(
        &self,
        article: &Article,
        run: &[usize],
        options: ScoreOptions,
        labellings: &mut [Labelling],
    ) {
        if !options.weigh_words {
            return;
        }
        let own_factor = self.context.own_factor(run.len());
        let first = labellings.len() - run.len();
        for (&index, labelling) in run.iter().zip(&mut labellings[first..]) {
            let label = labelling.label;
            if let Some(evidence) = &mut labelling.evidence {
                evidence.words = self.weigh_words(&article.paragraphs[index], label, run.len(), own_factor);
            }
        }
    }

    /// Why each block of an article is dropped, or `None` where it is kept; labels nothing.
    pub fn filter(&self, article: &Article) -> Vec<Option<Reason>> {
        let mut hearing = ByName::new(self, &article.paragraphs);
        let verdicts = self.filter.by_rules(&article.paragraphs).into_iter().enumerate();
        let reason =
            |(index, verdict)| self.reason(verdict, |learned| hearing.is_boilerplate(index, learned));
        verdicts.map(reason).collect()
    }

    /// The unnormalised log-probabilities of each paragraph of a run, before the chain.
    fn scores(&self, run: &[Heard]) -> Vec<Vec<f64>> {
        let n_classes = self.labels.len();
        let pool = self.pools.of_run(run.len());
        let mut scores = vec![pool.class_offsets.clone(); run.len()];
        for (place, (block, weight)) in self.blocks.iter().zip(&pool.block_weights).enumerate() {
            let row = |of: usize| &run[of].log_likelihoods[place * n_classes..(place + 1) * n_classes];
            let mut add = |of: usize, values: &[f64]| {
                scores[of].iter_mut().zip(values).for_each(|(score, value)| *score += weight * value);
            };
            if block.block.is_near() {
                each_heard(run.len(), n_classes, row, add);
            } else {
                (0..run.len()).for_each(|of| add(of, row(of)));
            }
        }
        scores
    }

    fn labelling(&self, n_words: NWords, scores: &[f64], evidence: Option<Evidence>) -> Labelling {
        let probabilities = softmax(scores);
        let label = argmax(&probabilities);
        let known = n_words.known as f64 / n_words.all.max(1) as f64;
        Labelling {
            label,
            unsure: probabilities[label] < self.unsure_below,
            out_of_domain: known < MIN_KNOWN_SHARE && n_words.all > 2,
            probabilities,
            evidence,
        }
    }
}

/// Why each block of an article is dropped when no filter is asked: only a block without words is, for
/// there is nothing in it to label.
pub fn keep_all(article: &Article) -> Vec<Option<Reason>> {
    let is_empty = |paragraph: &Paragraph| !paragraph.text.contains(char::is_alphabetic);
    article.paragraphs.iter().map(|paragraph| is_empty(paragraph).then_some(Reason::Fragment)).collect()
}

/// Why each block of an article is dropped by the plain rules alone; needs no model.
pub fn filter_by_rules(article: &Article) -> Vec<Option<Reason>> {
    let verdicts = Filter::default().by_rules(&article.paragraphs).into_iter();
    verdicts.map(Verdict::reason).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::article_from_text;

    fn check(model: &Model, text: &str) {
        let article = article_from_text(text);
        let paragraphs = article.paragraphs.as_slice();
        let engine = model.engine_for(usize::MAX).unwrap();
        for n_evidence in [0, 9] {
            let options = ScoreOptions { n_evidence, ..ScoreOptions::default() };
            let by_name = model.score_by(ByName::new(model, paragraphs), &article, options);
            let by_engine = ByEngine::new(model, engine, paragraphs, n_evidence > 0);
            assert_eq!(by_name, model.score_by(by_engine, &article, options));
        }
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
