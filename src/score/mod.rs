//! A model and an article in; a label, probabilities and exact evidence for each paragraph out.

mod evidence;
mod paragraph;

pub use self::evidence::{Contribution, Evidence, Word};
use self::paragraph::{Alone, Reader};
use crate::article::{Article, Paragraph};
use crate::combination::{argmax, softmax};
use crate::filter::{Filter, Reason, Verdict};
use crate::model::Model;
use crate::neighbours::Weighed;

/// A paragraph is out of domain when the model knows a smaller share of its words.
///
/// Measured on the default model: English news knows more than nine words in ten, German and French text less
/// than half.
const MIN_KNOWN_SHARE: f64 = 0.7;

/// Settings of scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether neighbouring paragraphs count. Without them each paragraph is scored alone.
    pub context: bool,
    /// Whether boilerplate is dropped. Without the filter every block with words is labelled.
    pub filter: bool,
    /// How many features to name for a paragraph's label, and how many against it; 0 builds no evidence.
    pub n_evidence: usize,
    /// Whether evidence includes the contribution of every word.
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
    /// It is not article prose.
    Dropped(Reason),
}

/// The label of a paragraph and what it is based on.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelling {
    /// The index of the most probable label; of several, the first.
    pub label: usize,
    /// Probabilities in the order of [`Model::labels`]; they add up to 1. Calibrated out of fold, with rare labels
    /// weighted half way towards equal shares.
    pub probabilities: Vec<f64>,
    /// Whether the best probability is below the model's threshold.
    pub unsure: bool,
    /// Whether the model knows too few of the words to be trusted.
    pub out_of_domain: bool,
    /// Why, where that was asked for.
    pub evidence: Option<Evidence>,
}

/// The runs of an article: indices of kept paragraphs that follow one another, scored together.
type Run = Vec<usize>;

impl Model {
    /// What each block of an article is, in the article's order.
    ///
    /// Depends on the article, the model and the options alone. Linear in the text; safe to call from many
    /// threads.
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
        let mut reader = Reader::new(self);
        let verdicts = match options.filter {
            true => self.parts().filter.by_rules(&article.paragraphs),
            false => keep_all(article).into_iter().map(Verdict::of).collect(),
        };
        let mut outcomes = Vec::with_capacity(verdicts.len());
        let mut run = Run::new();
        let mut alone: Vec<Alone> = Vec::new();
        // A dropped block between two paragraphs does not end a run; a gap in the source does.
        let mut is_interrupted = true;
        for (index, (paragraph, verdict)) in article.paragraphs.iter().zip(verdicts).enumerate() {
            is_interrupted |= !paragraph.follows;
            let reason = reader.reason(paragraph, verdict);
            outcomes.push(Outcome::Dropped(reason.unwrap_or(Reason::Fragment)));
            if reason.is_some() {
                continue;
            }
            if is_interrupted || !options.context {
                self.label(article, &run, &alone, options, &mut outcomes);
                run.clear();
                alone.clear();
                reader.start_run();
            }
            alone.push(reader.alone(paragraph));
            run.push(index);
            is_interrupted = false;
        }
        self.label(article, &run, &alone, options, &mut outcomes);
        outcomes
    }

    /// Why each block of an article is dropped, or `None` where it is kept; labels nothing.
    pub fn filter(&self, article: &Article) -> Vec<Option<Reason>> {
        let mut reader = Reader::new(self);
        let verdicts = self.parts().filter.by_rules(&article.paragraphs);
        article
            .paragraphs
            .iter()
            .zip(verdicts)
            .map(|(paragraph, verdict)| reader.reason(paragraph, verdict))
            .collect()
    }

    /// Labels the paragraphs of a run.
    fn label(
        &self,
        article: &Article,
        run: &[usize],
        alone: &[Alone],
        options: ScoreOptions,
        outcomes: &mut [Outcome],
    ) {
        let scores: Vec<Vec<f64>> = alone.iter().map(|alone| alone.scores.clone()).collect();
        let weighed = self.parts().neighbours.weigh(&scores);
        let evidence = match options.n_evidence {
            0 => Vec::new(),
            _ => {
                let paragraphs: Vec<&Paragraph> =
                    run.iter().map(|&index| &article.paragraphs[index]).collect();
                evidence::of_run(self, &paragraphs, &scores, &weighed, options)
            }
        };
        let mut evidence = evidence.into_iter();
        for ((&index, alone), weighed) in run.iter().zip(alone).zip(&weighed) {
            outcomes[index] = Outcome::Labelled(self.labelling(alone, weighed, evidence.next()));
        }
    }

    fn labelling(&self, alone: &Alone, weighed: &Weighed, evidence: Option<Evidence>) -> Labelling {
        let probabilities = softmax(&weighed.scores);
        let label = argmax(&probabilities);
        Labelling {
            label,
            unsure: probabilities[label] < self.unsure_below(),
            out_of_domain: alone.known_share < MIN_KNOWN_SHARE,
            probabilities,
            evidence,
        }
    }
}

/// Why each block of an article is dropped when no filter is used: only a block without words is.
pub fn keep_all(article: &Article) -> Vec<Option<Reason>> {
    let is_empty = |paragraph: &Paragraph| !paragraph.text.contains(char::is_alphabetic);
    article.paragraphs.iter().map(|paragraph| is_empty(paragraph).then_some(Reason::Fragment)).collect()
}

/// Why each block of an article is dropped by the rules alone; needs no model.
pub fn filter_by_rules(article: &Article) -> Vec<Option<Reason>> {
    let verdicts = Filter::default().by_rules(&article.paragraphs).into_iter();
    verdicts.map(Verdict::reason).collect()
}
