//! What the neighbouring paragraphs say: forward-backward over an article, by kinds of article.
//!
//! Paragraphs of one act stand together, in some articles more than in others: a wire report is
//! report from end to end, a magazine piece changes its act with every other paragraph. So the chain
//! has several kinds of article, each with its own first paragraph and its own neighbours, learned
//! from label sequences by expectation maximisation. For an article the kinds are weighed by how
//! well they explain its paragraphs' own scores (a mixture of hidden Markov models; Rabiner 1989, "A
//! tutorial on hidden Markov models", section III, gives forward-backward).

use crate::calibration::{log_sum_exp, softmax};

/// How many unseen articles, and unseen neighbours of each class by its share, are added to the counts
/// of each kind, so that what was never seen stays possible.
const SMOOTHING: f64 = 1.0;
/// Rounds of expectation maximisation; the likelihood hardly moves after twenty.
const N_ROUNDS: usize = 40;

/// The chain over paragraphs that follow one another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Context {
    n_classes: usize,
    /// The share of each class over all articles.
    shares: Vec<f64>,
    kinds: Vec<Kind>,
    /// The factor on starts and affinities; 0 leaves every paragraph alone.
    strength: f64,
    /// The factor on a paragraph's own scores inside the chain. Under 1 where neighbours repeat
    /// each other's mistakes.
    own_weight: f64,
}

/// One kind of article.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kind {
    /// Natural log of its share among articles.
    pub(crate) log_share: f64,
    /// `ln(P(first) / P(class))` by class.
    pub(crate) log_start: Vec<f64>,
    /// `ln(P(next | this) / P(next))` by row `this` and column `next`: 0 where neighbours do not
    /// depend on each other.
    pub(crate) log_affinity: Vec<f64>,
}

/// What one kind makes of an article: log of how well it explains it, and the log marginals.
struct Explained {
    log_likelihood: f64,
    marginals: Vec<Vec<f64>>,
}

impl Context {
    /// A chain from its parts; `None` when they have the wrong sizes or are not finite.
    pub(crate) fn new(shares: Vec<f64>, kinds: Vec<Kind>, strength: f64, own_weight: f64) -> Option<Context> {
        let n_classes = shares.len();
        let whole = |kind: &Kind| {
            let values = kind.log_start.iter().chain(&kind.log_affinity).chain([&kind.log_share]);
            let sized = kind.log_start.len() == n_classes && kind.log_affinity.len() == n_classes * n_classes;
            sized && values.into_iter().all(|value| value.is_finite())
        };
        let shared = shares.iter().all(|share| *share > 0.0 && *share <= 1.0);
        let finite = strength.is_finite() && own_weight.is_finite();
        let fine = shared && !kinds.is_empty() && kinds.iter().all(whole) && finite;
        fine.then_some(Context { n_classes, shares, kinds, strength, own_weight })
    }

    /// The kinds of article in `sequences` of class indices, at strength 0: one in which each class
    /// leads, and one in which none does.
    pub(crate) fn from_sequences(n_classes: usize, sequences: &[Vec<usize>]) -> Context {
        let mut counts = vec![SMOOTHING; n_classes];
        sequences.iter().flatten().for_each(|&class| counts[class] += 1.0);
        let total: f64 = counts.iter().sum();
        let shares: Vec<f64> = counts.iter().map(|count| count / total).collect();
        let mut kinds: Vec<Kind> =
            (0..=n_classes).map(|leader| Counts::first(n_classes, leader).kind(&shares)).collect();
        for _ in 0..N_ROUNDS {
            let mut sums = vec![Counts::zeros(n_classes); kinds.len()];
            for sequence in sequences {
                let likelihoods: Vec<f64> = kinds.iter().map(|kind| kind.log_likelihood(sequence)).collect();
                for (sum, weight) in sums.iter_mut().zip(softmax(&likelihoods)) {
                    sum.add(sequence, weight);
                }
            }
            let n_articles: f64 = sums.iter().map(|sum| sum.n_articles + SMOOTHING).sum();
            kinds = sums
                .iter()
                .map(|sum| Kind {
                    log_share: ((sum.n_articles + SMOOTHING) / n_articles).ln(),
                    ..sum.kind(&shares)
                })
                .collect();
        }
        Context { n_classes, shares, kinds, strength: 0.0, own_weight: 1.0 }
    }

    /// The same kinds at another strength and own weight.
    pub(crate) fn with(&self, strength: f64, own_weight: f64) -> Context {
        Context { strength, own_weight, ..self.clone() }
    }

    /// How strongly neighbours are heard, and how much a paragraph's own scores weigh beside them.
    pub(crate) fn strength(&self) -> (f64, f64) {
        (self.strength, self.own_weight)
    }

    /// The share of each class over all articles.
    pub(crate) fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The kinds of article.
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The factor on the own scores of a paragraph among `n` that are chained: 1 for one alone.
    pub(crate) fn own_factor(&self, n: usize) -> f64 {
        if self.strength == 0.0 || n < 2 { 1.0 } else { self.own_weight }
    }

    /// Unnormalised log marginals of each paragraph of a run, given the paragraphs' own scores,
    /// which come back as they are where nothing is chained. Linear in the number of paragraphs,
    /// quadratic in that of classes.
    pub(crate) fn marginals(&self, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        if self.strength == 0.0 || scores.len() < 2 {
            return scores.to_vec();
        }
        let own: Vec<Vec<f64>> = scores.iter().map(|row| self.own(row)).collect();
        let explained: Vec<Explained> = self.kinds.iter().map(|kind| self.explain(kind, &own)).collect();
        let weights: Vec<f64> = explained.iter().map(|explained| explained.log_likelihood).collect();
        let log_total = log_sum_exp(&weights);
        let mixed = |paragraph: usize, class: usize| {
            let terms: Vec<f64> = explained
                .iter()
                .zip(&weights)
                .map(|(explained, weight)| weight - log_total + explained.marginals[paragraph][class])
                .collect();
            log_sum_exp(&terms)
        };
        let of_paragraph = |paragraph| (0..self.n_classes).map(|class| mixed(paragraph, class)).collect();
        (0..own.len()).map(of_paragraph).collect()
    }

    /// A paragraph's own log-probabilities, as the chain weighs them.
    fn own(&self, scores: &[f64]) -> Vec<f64> {
        let log_total = log_sum_exp(scores);
        scores.iter().map(|score| self.own_weight * (score - log_total)).collect()
    }

    /// Log ratios at the chain's strength, scaled so that the probabilities that they stand for add up
    /// to 1 again: a kind of article must not gain or lose by its mere length.
    fn tempered(&self, log_ratios: &[f64]) -> Vec<f64> {
        let scaled: Vec<f64> = log_ratios.iter().map(|ratio| self.strength * ratio).collect();
        let weighed: Vec<f64> =
            scaled.iter().zip(&self.shares).map(|(ratio, share)| ratio + share.ln()).collect();
        let level = log_sum_exp(&weighed);
        scaled.iter().map(|ratio| ratio - level).collect()
    }

    /// Forward-backward over an article of one kind.
    fn explain(&self, kind: &Kind, own: &[Vec<f64>]) -> Explained {
        let k = self.n_classes;
        let start = self.tempered(&kind.log_start);
        let affinity: Vec<f64> =
            kind.log_affinity.chunks_exact(k).flat_map(|row| self.tempered(row)).collect();
        let pair = |from: usize, to: usize| affinity[from * k + to];
        let mut forward: Vec<Vec<f64>> = Vec::with_capacity(own.len());
        for scores in own {
            let heard = |to: usize| match forward.last() {
                None => start[to],
                Some(last) => {
                    log_sum_exp(&(0..k).map(|from| last[from] + pair(from, to)).collect::<Vec<_>>())
                }
            };
            let row = (0..k).map(|to| scores[to] + heard(to)).collect();
            forward.push(row);
        }
        let mut marginals = Vec::with_capacity(own.len());
        let mut backward = vec![0.0; k];
        let log_evidence = forward.last().map_or(0.0, |last| log_sum_exp(last));
        for (scores, before) in own.iter().zip(&forward).rev() {
            marginals.push((0..k).map(|class| before[class] + backward[class] - log_evidence).collect());
            let heard = |from: usize| {
                let terms: Vec<f64> = (0..k).map(|to| pair(from, to) + scores[to] + backward[to]).collect();
                log_sum_exp(&terms)
            };
            backward = (0..k).map(heard).collect();
        }
        marginals.reverse();
        Explained { log_likelihood: kind.log_share + log_evidence, marginals }
    }

    /// The weighted mean log loss over runs of (own scores, class, weight).
    pub(crate) fn log_loss(&self, runs: &[Vec<(Vec<f64>, usize, f64)>]) -> f64 {
        let mut loss = 0.0;
        let mut total = 0.0;
        for run in runs {
            let scores: Vec<Vec<f64>> = run.iter().map(|(scores, ..)| scores.clone()).collect();
            for (marginal, (_, class, weight)) in self.marginals(&scores).iter().zip(run) {
                loss -= weight * softmax(marginal)[*class].max(1e-300).ln();
                total += weight;
            }
        }
        loss / total
    }
}

impl Kind {
    /// How well the kind explains a label sequence: the log of its share and of the sequence's
    /// probability relative to one of independent labels.
    fn log_likelihood(&self, sequence: &[usize]) -> f64 {
        let k = self.log_start.len();
        let start = sequence.first().map_or(0.0, |&class| self.log_start[class]);
        let pairs: f64 = sequence.windows(2).map(|pair| self.log_affinity[pair[0] * k + pair[1]]).sum();
        self.log_share + start + pairs
    }
}

/// Weighted counts of one kind.
#[derive(Debug, Clone)]
struct Counts {
    n_articles: f64,
    starts: Vec<f64>,
    pairs: Vec<f64>,
}

impl Counts {
    fn zeros(n_classes: usize) -> Counts {
        Counts { n_articles: 0.0, starts: vec![0.0; n_classes], pairs: vec![0.0; n_classes * n_classes] }
    }

    /// Where expectation maximisation starts: `leader` is most of the article; none leads when it is
    /// no class.
    fn first(n_classes: usize, leader: usize) -> Counts {
        let lean = |class: usize| if class == leader { 8.0 } else { 1.0 };
        Counts {
            n_articles: 1.0,
            starts: (0..n_classes).map(lean).collect(),
            pairs: (0..n_classes * n_classes).map(|index| lean(index % n_classes)).collect(),
        }
    }

    fn add(&mut self, sequence: &[usize], weight: f64) {
        let k = self.starts.len();
        self.n_articles += weight;
        sequence.first().into_iter().for_each(|&class| self.starts[class] += weight);
        sequence.windows(2).for_each(|pair| self.pairs[pair[0] * k + pair[1]] += weight);
    }

    /// The kind with these counts; `shares` are those of the classes over all articles.
    fn kind(&self, shares: &[f64]) -> Kind {
        let k = shares.len();
        let log_ratios = |counts: &[f64]| -> Vec<f64> {
            let total = counts.iter().sum::<f64>() + SMOOTHING;
            let smoothed =
                counts.iter().zip(shares).map(|(count, share)| (count + SMOOTHING * share) / total);
            smoothed.zip(shares).map(|(share, overall)| (share / overall).ln()).collect()
        };
        Kind {
            log_share: -((k + 1) as f64).ln(),
            log_start: log_ratios(&self.starts),
            log_affinity: self.pairs.chunks_exact(k).flat_map(log_ratios).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Context {
        let sequences = [vec![0, 0, 0, 0], vec![1, 1, 1], vec![0, 1, 1], vec![1, 0, 1, 0, 1]];
        Context::from_sequences(2, &sequences).with(0.7, 0.9)
    }

    /// Sums over all kinds and labellings, the slow and obvious way.
    fn brute_force(context: &Context, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let n = scores.len();
        let mut totals = vec![vec![0.0; 2]; n];
        for kind in &context.kinds {
            for labelling in 0..1usize << n {
                let class = |i: usize| labelling >> i & 1;
                let own: f64 = (0..n).map(|i| context.own(&scores[i])[class(i)]).sum();
                let row = |from: usize| context.tempered(&kind.log_affinity[from * 2..from * 2 + 2]);
                let pairs: f64 = (1..n).map(|i| row(class(i - 1))[class(i)]).sum();
                let chain = context.tempered(&kind.log_start)[class(0)] + pairs;
                for (i, total) in totals.iter_mut().enumerate() {
                    total[class(i)] += (kind.log_share + own + chain).exp();
                }
            }
        }
        totals.iter().map(|t| vec![t[0] / (t[0] + t[1]), t[1] / (t[0] + t[1])]).collect()
    }

    #[test]
    fn marginals_are_those_of_the_sum_over_all_labellings() {
        let scores = vec![vec![0.3, -0.1], vec![2.0, 0.0], vec![-1.0, 1.5], vec![0.0, 0.1]];
        let context = chain();
        for (marginal, expected) in context.marginals(&scores).iter().zip(brute_force(&context, &scores)) {
            let found = softmax(marginal);
            assert!((found[0] - expected[0]).abs() < 1e-12, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn a_kind_gains_nothing_by_length() {
        let context = chain();
        // Paragraphs that say nothing: their scores are the shares, on which every kind agrees.
        let silent: Vec<f64> = context.shares.iter().map(|share| share.ln()).collect();
        for kind in &context.kinds {
            let explained = context.explain(kind, &vec![silent.clone(); 30]);
            assert!((explained.log_likelihood - kind.log_share).abs() < 1e-9);
        }
    }

    #[test]
    fn a_kind_that_no_article_has_stays_finite() {
        let sequences: Vec<Vec<usize>> = (0..10).map(|i| vec![i % 2; 40]).collect();
        let context = Context::from_sequences(2, &sequences);
        let kinds = context.kinds.clone();
        assert!(Context::new(context.shares.clone(), kinds, 0.3, 1.0).is_some());
    }

    #[test]
    fn a_paragraph_alone_and_strength_zero_change_nothing() {
        let scores = vec![vec![0.3, -0.1], vec![2.0, 0.0]];
        assert_eq!(chain().with(0.0, 1.0).marginals(&scores), scores);
        assert_eq!(chain().marginals(&scores[..1]), scores[..1]);
    }

    #[test]
    fn articles_of_one_act_and_of_changing_acts_are_told_apart() {
        let mut sequences = vec![vec![0; 8]; 30];
        sequences.extend(vec![vec![1; 8]; 30]);
        sequences.extend(vec![vec![0, 1, 0, 1, 0, 1, 0, 1]; 30]);
        let context = Context::from_sequences(2, &sequences).with(1.0, 1.0);
        let sure = |class: usize| if class == 0 { vec![1.5, 0.0] } else { vec![0.0, 1.5] };
        let doubtful = vec![0.0, 0.0];
        // Among paragraphs of class 0 a doubtful one is of class 0 …
        let same = context.marginals(&[sure(0), sure(0), doubtful.clone(), sure(0), sure(0)]);
        assert!(softmax(&same[2])[0] > 0.9);
        // … and where the acts change, it is what its neighbours are not.
        let changing = context.marginals(&[sure(0), sure(1), doubtful, sure(1), sure(0)]);
        assert!(softmax(&changing[2])[0] > 0.7, "{:?}", softmax(&changing[2]));
    }
}
