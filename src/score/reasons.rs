//! Why a paragraph has its label, for readers: its strongest phrases, its style and the paragraphs around it.

use std::ops::Range;

use super::contributions::{Contributions, Feature, Terms};
use super::phrase::{strongest, token_weights};
use crate::features::{Buffers, Extractor, FeatureGroup, ParagraphWords, Topic};

/// The most lines about style.
const MAX_STYLE: usize = 3;
/// A line about style contributes at least this much in either direction.
const MIN_STYLE: f64 = 0.08;
/// What the share of quoted words is worth when lines are chosen, because words tell a reader more.
const STEP: f64 = 0.5;

/// Why a paragraph got its label, in terms that a reader knows.
///
/// `score` is the label's log-probability minus the mean of all labels' log-probabilities. It is the sum of `baseline`,
/// `rest` and the weights of all phrases, style lines and neighbours, up to rounding.
///
/// # Examples
///
/// ```
/// use rhetor::{Model, Outcome, ScoreOptions, article_from_text};
///
/// let model = Model::embedded()?;
/// let article = article_from_text("We must stop this shameful waste now. It is time to act!");
/// let outcomes = model.score(&article, ScoreOptions { n_reasons: 3, ..ScoreOptions::default() });
/// let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("a paragraph was dropped") };
/// let reasons = labelling.reasons.as_ref().expect("they were asked for");
/// assert!(reasons.phrases[0].text.contains("shameful"));
/// assert!((reasons.score - reasons.sum()).abs() < 1e-9);
/// # Ok::<(), rhetor::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// The label's score.
    pub score: f64,
    /// The phrases that count most for the label, strongest first, then those that count most against it, strongest
    /// last.
    pub phrases: Vec<Phrase>,
    /// What counts most about the style, in either direction, strongest first; at most three.
    pub style: Vec<Style>,
    /// The paragraphs around it; `None` if it was labelled alone.
    pub neighbours: Option<Around>,
    /// The label's score before any word is read.
    pub baseline: f64,
    /// The sum of everything else.
    pub rest: f64,
}

/// Words of a paragraph that follow one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// The words as the paragraph has them.
    pub text: String,
    /// Their byte range in the paragraph's text.
    pub place: Range<usize>,
    /// What they contribute: the sum of their words' equal parts of every feature that is made of them. Positive
    /// phrases count for the label.
    pub weight: f64,
}

/// Something about the style of a paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// What it is: `first sentence uses duty words: must, have to`.
    pub text: String,
    /// What it contributes: the sum of all style features about it.
    pub weight: f64,
}

/// What the paragraphs around one contribute to its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// Their contribution.
    pub weight: f64,
    /// The index of the label that they have on the whole, nearer ones counting more.
    pub label: usize,
    /// The index in the article of the paragraph that matters most in the direction of `weight`.
    pub strongest: usize,
}

impl Reasons {
    /// The sum of all parts: the score, up to rounding.
    pub fn sum(&self) -> f64 {
        let phrases: f64 = self.phrases.iter().map(|phrase| phrase.weight).sum();
        let style: f64 = self.style.iter().map(|style| style.weight).sum();
        let neighbours = self.neighbours.as_ref().map_or(0.0, |around| around.weight);
        phrases + style + neighbours + self.baseline + self.rest
    }

    /// The same reasons with at most `n` phrases for the label, `n` against it and `n` lines about style. What is left
    /// out is part of the rest.
    pub fn shortened(&self, n: usize) -> Reasons {
        let (pro, contra): (Vec<_>, Vec<_>) =
            self.phrases.iter().cloned().partition(|phrase| phrase.weight > 0.0);
        let last = contra.len().saturating_sub(n);
        let phrases = pro.into_iter().take(n).chain(contra.into_iter().skip(last)).collect();
        let style = self.style.iter().take(n).cloned().collect();
        let short = Reasons { phrases, style, ..self.clone() };
        Reasons { rest: self.rest + self.sum() - short.sum(), ..short }
    }

    /// The reasons of a paragraph with the `n` strongest phrases for its label and as many against it. `n_before` bytes
    /// of the words' text come before the paragraph's own text.
    pub(super) fn new(
        paragraph: &Explained<'_>,
        terms: &Terms,
        found: &Contributions<'_>,
        around: Option<Around>,
        n: usize,
    ) -> Reasons {
        let weights = token_weights(paragraph.words, found);
        let runs = strongest(paragraph.words, &weights, n);
        let phrases = runs.into_iter().map(|run| paragraph.phrase(run.tokens, run.weight)).collect();
        let style = paragraph.style(&found.features);
        let &Terms { score, baseline, .. } = terms;
        let reasons = Reasons { score, phrases, style, neighbours: around, baseline, rest: 0.0 };
        Reasons { rest: score - reasons.sum(), ..reasons }
    }
}

/// A paragraph whose label is explained.
pub struct Explained<'a> {
    pub words: &'a ParagraphWords<'a>,
    pub extractor: &'a Extractor,
    /// As the extractor left them.
    pub buffers: &'a Buffers,
    /// How many bytes come before the paragraph's own text: a block quote is read inside quotation marks that are not in
    /// its text.
    pub n_before: usize,
}

impl Explained<'_> {
    fn phrase(&self, tokens: Range<usize>, weight: f64) -> Phrase {
        let tokens = &self.words.tokens[tokens];
        let start = tokens.first().map_or(0, |token| token.start);
        let end = tokens.last().map_or(start, |token| token.start + token.text.len());
        let place = start.saturating_sub(self.n_before)..end.saturating_sub(self.n_before);
        Phrase { text: self.words.text[start..end].to_string(), place, weight }
    }

    /// The topics of style that contribute most, strongest first.
    fn style(&self, features: &[Feature]) -> Vec<Style> {
        let style = features.iter().filter(|feature| feature.group == FeatureGroup::Style);
        let mut by_topic: Vec<(Topic, &Feature)> =
            style.filter_map(|feature| Some((Topic::of(feature.key)?, feature))).collect();
        by_topic.sort_unstable_by_key(|(topic, feature)| (*topic, feature.key));
        let mut sums: Vec<(Topic, f64, u64)> =
            by_topic.chunk_by(|(a, _), (b, _)| a == b).map(topic_sum).collect();
        let worth = |&(topic, sum, _): &(Topic, f64, u64)| match topic {
            Topic::Step(_) => STEP * sum.abs(),
            _ => sum.abs(),
        };
        sums.retain(|(_, sum, _)| sum.abs() >= MIN_STYLE);
        sums.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
        let line = |&(_, weight, key): &(Topic, f64, u64)| {
            let text = self.extractor.style_in_words(self.words, self.buffers, key)?;
            Some(Style { text, weight })
        };
        let mut lines: Vec<Style> = sums.iter().filter_map(line).take(MAX_STYLE).collect();
        lines.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        lines
    }
}

/// A topic, the sum of its features, and the key of the one that counts most in the direction of the sum.
fn topic_sum(features: &[(Topic, &Feature)]) -> (Topic, f64, u64) {
    let sum: f64 = features.iter().map(|(_, feature)| feature.weight).sum();
    let signed = |feature: &Feature| if sum < 0.0 { -feature.weight } else { feature.weight };
    let strongest = features.iter().rev().max_by(|(_, a), (_, b)| signed(a).total_cmp(&signed(b)));
    (features[0].0, sum, strongest.map_or(0, |(_, feature)| feature.key))
}
