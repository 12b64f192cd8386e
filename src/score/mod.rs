//! Scoring: from a model and an article to a label, probabilities and exact evidence for each paragraph.

mod contributions;
mod evidence;
mod explain;
mod function_words;
mod paragraph;
mod phrase;
mod reasons;

pub use self::evidence::{Contribution, Evidence};
use self::explain::Explanation;
use self::paragraph::{Alone, Reader};
pub use self::reasons::{Around, Phrase, Reasons, Style};
use crate::article::{Article, Paragraph, Part};
use crate::combination::{argmax, softmax};
use crate::filter::{Filter, Reason, Verdict};
use crate::model::Model;
use crate::neighbours::Weighed;
use crate::read::article_from_text;

/// A paragraph is out of domain if the model knows a smaller share of its words than this.
///
/// The default model knows more than nine in ten words of English news, and less than half of German and French text.
const MIN_KNOWN_SHARE: f64 = 0.7;

/// The settings of scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether neighbouring paragraphs count. Without them each paragraph is scored alone.
    pub context: bool,
    /// Whether boilerplate is dropped. Without the filter every block with words is labelled.
    pub filter: bool,
    /// How many features to list for a paragraph's label, and how many against it. With 0 there is no evidence.
    pub n_evidence: usize,
    /// How many phrases to list for a paragraph's label, and how many against it. With 0 there are no reasons.
    pub n_reasons: usize,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        ScoreOptions { context: true, filter: true, n_evidence: 0, n_reasons: 0 }
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
    /// The index of the most probable label; the first in a tie.
    pub label: usize,
    /// Probabilities in the order of [`Model::labels`]; they add up to 1. Calibrated out of fold, with rare labels
    /// weighted half way towards equal shares.
    pub probabilities: Vec<f64>,
    /// Whether the best probability is below the model's threshold.
    pub unsure: bool,
    /// Whether the model knows too few of the words to be trusted.
    pub out_of_domain: bool,
    /// The evidence for the label, if requested.
    pub evidence: Option<Evidence>,
    /// The reasons for the label, if requested.
    pub reasons: Option<Reasons>,
}

/// A paragraph of a text that [`Model::label`] has split.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledParagraph<'a> {
    /// The paragraph; `start..end` is its byte range in the text.
    pub paragraph: Paragraph,
    /// The name of its most probable label and that label's probability, or the reason why it was dropped.
    pub label: Result<(&'a str, f64), Reason>,
}

/// The runs of an article: indices of kept paragraphs that follow one another, scored together.
type Run = Vec<usize>;

impl Model {
    /// The outcome for each block of an article, in the article's order.
    ///
    /// Depends only on the article, the model and the options. Linear in the text; safe to call from many threads.
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
        // A dropped block between two paragraphs does not end a run, but a gap in the source does.
        let mut is_interrupted = true;
        for (index, (paragraph, verdict)) in article.paragraphs.iter().zip(verdicts).enumerate() {
            is_interrupted |= !paragraph.follows;
            let reason = reader.reason(paragraph, verdict);
            outcomes.push(Outcome::Dropped(reason.unwrap_or(Reason::Fragment)));
            if reason.is_some() {
                continue;
            }
            if is_interrupted || !options.context {
                self.label_run(article, &run, &mut alone, options, &mut outcomes);
                run.clear();
                alone.clear();
            }
            alone.push(reader.alone(paragraph));
            run.push(index);
            is_interrupted = false;
        }
        self.label_run(article, &run, &mut alone, options, &mut outcomes);
        outcomes
    }

    /// Splits a plain text into paragraphs and labels each of them, with the default [`ScoreOptions`].
    ///
    /// [`Model::score`] gives the probabilities of all labels, and evidence.
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::{Model, Reason};
    ///
    /// let model = Model::embedded()?;
    /// let paragraphs = model.label("We must stop this shameful waste now. It is time to act!\n\nShare on Facebook");
    /// let (label, probability) = paragraphs[0].label.unwrap();
    /// assert_eq!(label, "advocacy");
    /// assert!(probability > 0.5);
    /// assert_eq!(paragraphs[1].label, Err(Reason::Share));
    /// # Ok::<(), rhetor::Error>(())
    /// ```
    pub fn label(&self, text: &str) -> Vec<LabelledParagraph<'_>> {
        let article = article_from_text(text);
        let outcomes = self.score(&article, ScoreOptions::default());
        let labelled = |(paragraph, outcome): (Paragraph, Outcome)| {
            let label = match outcome {
                Outcome::Labelled(Labelling { label, probabilities, .. }) => {
                    Ok((self.labels()[label].as_str(), probabilities[label]))
                }
                Outcome::Dropped(reason) => Err(reason),
            };
            LabelledParagraph { paragraph, label }
        };
        article.paragraphs.into_iter().zip(outcomes).map(labelled).collect()
    }

    /// Why each block of an article is dropped, or `None` for blocks that are kept. Labels nothing.
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
    fn label_run(
        &self,
        article: &Article,
        run: &[usize],
        alone: &mut [Alone],
        options: ScoreOptions,
        outcomes: &mut [Outcome],
    ) {
        let scores: Vec<Vec<f64>> = alone.iter_mut().map(|alone| std::mem::take(&mut alone.scores)).collect();
        let weighed = self.parts().neighbours.weigh(&scores).into_iter();
        let weighed: Vec<Weighed> = weighed.map(|weighed| self.parts().label_map.merge(weighed)).collect();
        let explained = match options.n_evidence == 0 && options.n_reasons == 0 {
            true => Vec::new(),
            false => {
                let paragraphs: Vec<(usize, &Paragraph)> =
                    run.iter().map(|&index| (index, &article.paragraphs[index])).collect();
                explain::of_run(self, &paragraphs, &scores, &weighed, options)
            }
        };
        let mut explained = explained.into_iter();
        for ((&index, alone), weighed) in run.iter().zip(&*alone).zip(&weighed) {
            let explanation = explained.next().unwrap_or_default();
            outcomes[index] = Outcome::Labelled(self.labelling(alone, weighed, explanation));
        }
    }

    fn labelling(&self, alone: &Alone, weighed: &Weighed, explanation: Explanation) -> Labelling {
        let probabilities = softmax(&weighed.scores);
        let label = argmax(&probabilities);
        let (evidence, reasons) = explanation;
        Labelling {
            label,
            unsure: probabilities[label] < self.unsure_below(),
            out_of_domain: alone.known_share < MIN_KNOWN_SHARE,
            probabilities,
            evidence,
            reasons,
        }
    }
}

/// Why each block of an article is dropped without a filter: only blocks without words are.
pub fn keep_all(article: &Article) -> Vec<Option<Reason>> {
    let reason = |paragraph: &Paragraph| match paragraph.part {
        Some(Part::Outside) => Some(Reason::OutsideArticle),
        _ => (!paragraph.text.contains(char::is_alphabetic)).then_some(Reason::Fragment),
    };
    article.paragraphs.iter().map(reason).collect()
}

/// Why each block of an article is dropped by the rules alone, without a model.
pub fn filter_by_rules(article: &Article) -> Vec<Option<Reason>> {
    let verdicts = Filter::default().by_rules(&article.paragraphs).into_iter();
    verdicts.map(Verdict::reason).collect()
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use super::*;
    use crate::corpus::Corpus;
    use crate::features::reference::Reference;
    use crate::features::{FeatureGroup, Names, WordCodes};
    use crate::train::{Folds, Smoothing, TrainOptions, train};

    /// Computes log-probabilities from the names of features.
    struct Formula<'a> {
        model: &'a Model,
        reference: Reference,
        /// By group and name: the row of the feature's table.
        rows: Vec<BTreeMap<String, Vec<f64>>>,
    }

    impl Formula<'_> {
        fn new(model: &Model, reference: Reference) -> Formula<'_> {
            let names = Names::new(&model.parts().lexicon);
            let rows_of = |group: FeatureGroup| {
                let features = model.parts().tables[group as usize].features();
                let row = |row: &[f32]| row.iter().copied().map(f64::from).collect();
                features.map(|(key, values)| (names.name(group, key), row(values))).collect()
            };
            Formula { model, reference, rows: FeatureGroup::ALL.map(rows_of).to_vec() }
        }

        /// Log-probabilities of a paragraph without neighbours.
        fn log_probabilities(&self, text: &str) -> Vec<f64> {
            let n_classes = self.model.labels().len();
            let mean = |values: &[f64]| values.iter().sum::<f64>() / n_classes as f64;
            let combination = &self.model.parts().combination;
            let mut scores = combination.offsets.clone();
            for (group, names) in self.reference.names(text).iter().enumerate() {
                let rows: Vec<&Vec<f64>> =
                    names.iter().filter_map(|name| self.rows[group].get(name)).collect();
                let sum = |class: usize| rows.iter().map(|row| row[class]).sum();
                let sums: Vec<f64> = (0..n_classes).map(sum).collect();
                let factor = combination.weights[group] / (rows.len().max(1) as f64).sqrt();
                scores.iter_mut().zip(&sums).for_each(|(score, sum)| *score += factor * (sum - mean(&sums)));
            }
            let mean_score = mean(&scores);
            let [regression, ..] = self.model.parts().neighbours.weights();
            let weighed = regression.chunks_exact(n_classes + 1).map(|row| {
                let sum: f64 =
                    row.iter().zip(&scores).map(|(weight, score)| weight * (score - mean_score)).sum();
                sum + row[n_classes]
            });
            let weighed: Vec<f64> = weighed.collect();
            let log_total = weighed.iter().map(|score| score.exp()).sum::<f64>().ln();
            weighed.iter().map(|score| score - log_total).collect()
        }
    }

    fn corpus(path: &str) -> Corpus {
        Corpus::read(&[path.into()], &Default::default())
    }

    fn texts(corpus: &Corpus) -> Vec<&str> {
        let paragraphs = corpus.documents.iter().flat_map(|document| &document.paragraphs);
        paragraphs.map(|paragraph| paragraph.text.as_str()).collect()
    }

    static MODEL: LazyLock<Model> = LazyLock::new(|| {
        let (smoothing, folds) = (Smoothing::Fixed(0.3), Folds::Count(2));
        let options = TrainOptions { l2_penalty: None, smoothing, folds, ..TrainOptions::default() };
        train(&corpus("seeds/contrasts"), &options).unwrap().model
    });

    #[test]
    fn the_paragraphs_of_a_text_have_the_names_of_their_labels_or_reasons() {
        let text = "The council voted 31 to 12 on Tuesday, officials said.\n\nShare on Facebook";
        let labelled = MODEL.label(text);
        let labels: Vec<_> = labelled.iter().map(|of| of.label.map(|(label, _)| label)).collect();
        assert_eq!(labels, [Ok("report"), Err(Reason::Share)]);
        assert!(labelled[0].label.unwrap().1 > 1.0 / 3.0);
        let paragraph = &labelled[1].paragraph;
        assert_eq!(&text[paragraph.start..paragraph.end], "Share on Facebook");
    }

    #[test]
    fn probabilities_without_context_are_those_of_the_formula() {
        let contrasts = corpus("seeds/contrasts");
        let (codes, max_ngram) = (WordCodes::embedded().unwrap(), TrainOptions::default().max_ngram);
        let formula = Formula::new(&MODEL, Reference::new(&texts(&contrasts), 2, &codes, max_ngram));
        let options = ScoreOptions { context: false, filter: false, ..ScoreOptions::default() };
        let mut n_checked = 0;
        for text in texts(&corpus("seeds/articles")) {
            let article = article_from_text(text);
            let outcomes = MODEL.score(&article, options);
            for (paragraph, outcome) in article.paragraphs.iter().zip(outcomes) {
                let Outcome::Labelled(labelling) = outcome else { continue };
                let expected = formula.log_probabilities(&paragraph.text);
                for (probability, expected) in labelling.probabilities.iter().zip(expected) {
                    assert!((probability.ln() - expected).abs() < 1e-9, "{}", paragraph.text);
                }
                n_checked += 1;
            }
        }
        assert!(n_checked > 100, "{n_checked} paragraphs");
    }
}
