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
    /// One for each kind.
    chains: Vec<Chain>,
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

/// What one kind makes of an article: log of how well it explains it, and for each paragraph a row of
/// marginals.
struct Explained {
    log_likelihood: f64,
    marginals: Vec<f64>,
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
        fine.then(|| Context::of(shares, kinds, strength, own_weight))
    }

    fn of(shares: Vec<f64>, kinds: Vec<Kind>, strength: f64, own_weight: f64) -> Context {
        let chains = kinds.iter().map(|kind| Chain::new(kind, &shares, strength)).collect();
        Context { n_classes: shares.len(), shares, kinds, strength, own_weight, chains }
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
        Context::of(shares, kinds, 0.0, 1.0)
    }

    /// The same kinds at another strength and own weight.
    pub(crate) fn with(&self, strength: f64, own_weight: f64) -> Context {
        Context::of(self.shares.clone(), self.kinds.clone(), strength, own_weight)
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

    /// Log marginals of each paragraph of a run, given the paragraphs' own scores, which come back as they
    /// are where nothing is chained. Linear in the number of paragraphs, quadratic in that of classes.
    pub(crate) fn marginals(&self, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        if self.strength == 0.0 || scores.len() < 2 {
            return scores.to_vec();
        }
        let own: Vec<f64> = scores.iter().flat_map(|row| self.own(row)).collect();
        let explained: Vec<Explained> = self.chains.iter().map(|chain| chain.explain(&own)).collect();
        let evidence: Vec<f64> = explained.iter().map(|explained| explained.log_likelihood).collect();
        let mut mixed = vec![0.0; own.len()];
        for (explained, weight) in explained.iter().zip(softmax(&evidence)) {
            mixed.iter_mut().zip(&explained.marginals).for_each(|(sum, share)| *sum += weight * share);
        }
        let log = |row: &[f64]| row.iter().map(|share| share.max(f64::MIN_POSITIVE).ln()).collect();
        mixed.chunks_exact(self.n_classes).map(log).collect()
    }

    /// How well each class fits a paragraph by itself, as the chain weighs that; the best has 1.
    fn own<'a>(&self, scores: &'a [f64]) -> impl Iterator<Item = f64> + use<'a> {
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let own_weight = self.own_weight;
        scores.iter().map(move |score| (own_weight * (score - best)).exp())
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

/// One kind's factors at the strength of its [`Context`].
#[derive(Debug, Clone, PartialEq)]
struct Chain {
    log_share: f64,
    start: Vec<f64>,
    /// From each class to each.
    pairs: Vec<f64>,
}

impl Chain {
    fn new(kind: &Kind, shares: &[f64], strength: f64) -> Chain {
        let rows = kind.log_affinity.chunks_exact(shares.len());
        Chain {
            log_share: kind.log_share,
            start: tempered(&kind.log_start, shares, strength),
            pairs: rows.flat_map(|row| tempered(row, shares, strength)).collect(),
        }
    }

    /// Forward-backward over an article of one kind, each step scaled to a sum of 1 (Rabiner 1989,
    /// section V.A); `own` has a row for each paragraph.
    fn explain(&self, own: &[f64]) -> Explained {
        let k = self.start.len();
        let mut log_likelihood = self.log_share;
        // The forward shares, which become the marginals.
        let mut marginals: Vec<f64> = Vec::with_capacity(own.len());
        let mut scales: Vec<f64> = Vec::with_capacity(own.len() / k);
        for (place, own) in own.chunks_exact(k).enumerate() {
            for (to, own) in own.iter().enumerate() {
                let heard = match place {
                    0 => self.start[to],
                    _ => {
                        let before = &marginals[(place - 1) * k..place * k];
                        before.iter().enumerate().map(|(from, share)| share * self.pairs[from * k + to]).sum()
                    }
                };
                marginals.push(own * heard);
            }
            let row = &mut marginals[place * k..];
            let scale: f64 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= scale);
            scales.push(scale);
            log_likelihood += scale.ln();
        }
        let mut backward = vec![1.0; k];
        let mut ahead = vec![0.0; k];
        for (place, scale) in scales.iter().enumerate().rev() {
            let row = &mut marginals[place * k..(place + 1) * k];
            row.iter_mut().zip(&backward).for_each(|(share, after)| *share *= after);
            let own = &own[place * k..(place + 1) * k];
            for ((ahead, own), after) in ahead.iter_mut().zip(own).zip(&backward) {
                *ahead = own * after / scale;
            }
            for (from, after) in backward.iter_mut().enumerate() {
                let pairs = &self.pairs[from * k..(from + 1) * k];
                *after = pairs.iter().zip(&ahead).map(|(pair, ahead)| pair * ahead).sum();
            }
        }
        Explained { log_likelihood, marginals }
    }
}

/// The least factor between two classes, and one over the largest: sums stay above 0 and finite whatever a
/// model file says.
const MIN_FACTOR: f64 = 1e-30;

/// Ratios at the chain's strength, scaled so that the probabilities that they stand for add up to 1 again: a
/// kind of article must not gain or lose by its mere length.
fn tempered(log_ratios: &[f64], shares: &[f64], strength: f64) -> Vec<f64> {
    let scaled: Vec<f64> = log_ratios.iter().map(|ratio| strength * ratio).collect();
    let weighed: Vec<f64> = scaled.iter().zip(shares).map(|(ratio, share)| ratio + share.ln()).collect();
    let level = log_sum_exp(&weighed);
    scaled.iter().map(|ratio| (ratio - level).exp().clamp(MIN_FACTOR, 1.0 / MIN_FACTOR)).collect()
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
                let own: f64 = (0..n).map(|i| context.own_weight * scores[i][class(i)]).sum();
                let tempered = |ratios: &[f64]| tempered(ratios, &context.shares, context.strength);
                let row = |from: usize| tempered(&kind.log_affinity[from * 2..from * 2 + 2]);
                let pairs: f64 = (1..n).map(|i| row(class(i - 1))[class(i)].ln()).sum();
                let chain = tempered(&kind.log_start)[class(0)].ln() + pairs;
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
        // Paragraphs that say nothing: they fit the classes by the shares, on which every kind agrees.
        let silent = context.shares.repeat(30);
        for chain in &context.chains {
            assert!((chain.explain(&silent).log_likelihood - chain.log_share).abs() < 1e-9);
        }
    }

    #[test]
    fn scores_and_factors_of_any_size_give_finite_marginals() {
        let kind = |sign: f64| Kind {
            log_share: 0.0,
            log_start: vec![sign * 1e3, sign * -1e3],
            log_affinity: vec![1e3, -1e3, -1e3, 1e3],
        };
        let context = Context::new(vec![0.5, 0.5], vec![kind(1.0), kind(-1.0)], 1e3, 1e3).unwrap();
        let scores: Vec<Vec<f64>> = (0..9).map(|i| vec![if i % 2 == 0 { 1e3 } else { -1e3 }, 0.0]).collect();
        assert!(context.marginals(&scores).iter().flatten().all(|value| value.is_finite()));
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
