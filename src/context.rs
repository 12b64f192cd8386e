//! What the neighbouring paragraphs say: forward-backward over an article.
//!
//! Paragraphs of one act stand together. The chain multiplies each paragraph's own probabilities
//! with pairwise potentials between neighbours and takes the marginals (Rabiner 1989, "A tutorial
//! on hidden Markov models", section III, with potentials in place of transition probabilities).

use crate::calibration::{log_sum_exp, softmax};

/// The chain over an article's kept paragraphs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Context {
    n_classes: usize,
    /// `ln(P(next | this) / P(next))` by row `this` and column `next`: 0 where neighbours do not
    /// depend on each other.
    log_affinity: Vec<f64>,
    /// The factor on the affinities; 0 leaves every paragraph alone.
    strength: f64,
    /// The factor on a paragraph's own scores inside the chain. Under 1 where neighbours repeat
    /// each other's mistakes.
    own_weight: f64,
}

/// Added to each count of neighbours (Laplace), so that pairs never seen stay possible.
const PAIR_SMOOTHING: f64 = 1.0;

impl Context {
    /// A chain from its parts; `None` when `log_affinity` is not square or not finite.
    pub(crate) fn new(
        n_classes: usize,
        log_affinity: Vec<f64>,
        strength: f64,
        own_weight: f64,
    ) -> Option<Context> {
        let square = log_affinity.len() == n_classes * n_classes;
        let finite = log_affinity.iter().chain([&strength, &own_weight]).all(|value| value.is_finite());
        (square && finite).then_some(Context { n_classes, log_affinity, strength, own_weight })
    }

    /// The affinities between neighbours in `sequences` of class indices, at strength 0.
    pub(crate) fn from_sequences(n_classes: usize, sequences: &[Vec<usize>]) -> Context {
        let mut pairs = vec![PAIR_SMOOTHING; n_classes * n_classes];
        for sequence in sequences {
            for pair in sequence.windows(2) {
                pairs[pair[0] * n_classes + pair[1]] += 1.0;
            }
        }
        let total: f64 = pairs.iter().sum();
        let share_before = |class: usize| pairs[class * n_classes..][..n_classes].iter().sum::<f64>() / total;
        let share_after =
            |class: usize| (0..n_classes).map(|c| pairs[c * n_classes + class]).sum::<f64>() / total;
        let affinity = |index: usize| {
            let (this, next) = (index / n_classes, index % n_classes);
            (pairs[index] / total / (share_before(this) * share_after(next))).ln()
        };
        let log_affinity = (0..pairs.len()).map(affinity).collect();
        Context { n_classes, log_affinity, strength: 0.0, own_weight: 1.0 }
    }

    /// The same affinities at another strength and own weight.
    pub(crate) fn with(&self, strength: f64, own_weight: f64) -> Context {
        Context { strength, own_weight, ..self.clone() }
    }

    /// How strongly neighbours are heard, and how much a paragraph's own scores weigh beside them.
    pub(crate) fn strength(&self) -> (f64, f64) {
        (self.strength, self.own_weight)
    }

    /// The affinities, row by row.
    pub(crate) fn log_affinity(&self) -> &[f64] {
        &self.log_affinity
    }

    /// The factor on the own scores of a paragraph among `n` that are chained: 1 for one alone.
    pub(crate) fn own_factor(&self, n: usize) -> f64 {
        if self.strength == 0.0 || n < 2 { 1.0 } else { self.own_weight }
    }

    /// Unnormalised log marginals of each paragraph of a run, given the paragraphs' own scores,
    /// which come back as they are where nothing is chained. Linear in the number of paragraphs, quadratic in that of classes.
    pub(crate) fn marginals(&self, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        if self.strength == 0.0 || scores.len() < 2 {
            return scores.to_vec();
        }
        let own: Vec<Vec<f64>> = scores.iter().map(|row| self.own(row)).collect();
        let forward = self.messages(own.iter(), |from, to| from * self.n_classes + to);
        let mut backward = self.messages(own.iter().rev(), |from, to| to * self.n_classes + from);
        backward.reverse();
        let add = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(x, y)| x + y).collect::<Vec<f64>>();
        own.iter().zip(forward.iter().zip(&backward)).map(|(own, (f, b))| add(own, &add(f, b))).collect()
    }

    /// A paragraph's own log-probabilities, as the chain weighs them.
    fn own(&self, scores: &[f64]) -> Vec<f64> {
        let log_total = log_sum_exp(scores);
        scores.iter().map(|score| self.own_weight * (score - log_total)).collect()
    }

    /// What each paragraph hears from those before it, in the order of `own`.
    fn messages<'a>(
        &self,
        own: impl Iterator<Item = &'a Vec<f64>>,
        pair: impl Fn(usize, usize) -> usize,
    ) -> Vec<Vec<f64>> {
        let mut messages = Vec::new();
        let mut message = vec![0.0; self.n_classes];
        for scores in own {
            let heard: Vec<f64> = message.iter().zip(scores).map(|(m, s)| m + s).collect();
            messages.push(std::mem::take(&mut message));
            let hears = |to: usize| {
                let terms: Vec<f64> = (0..self.n_classes)
                    .map(|from| heard[from] + self.strength * self.log_affinity[pair(from, to)])
                    .collect();
                log_sum_exp(&terms)
            };
            message = (0..self.n_classes).map(hears).collect();
            // Kept near 0, whatever the article's length.
            let level = log_sum_exp(&message);
            message.iter_mut().for_each(|value| *value -= level);
        }
        messages
    }

    /// The weighted mean log loss over articles of (own scores, class, weight).
    pub(crate) fn log_loss(&self, articles: &[Vec<(Vec<f64>, usize, f64)>]) -> f64 {
        let mut loss = 0.0;
        let mut total = 0.0;
        for article in articles {
            let scores: Vec<Vec<f64>> = article.iter().map(|(scores, ..)| scores.clone()).collect();
            for (marginal, (_, class, weight)) in self.marginals(&scores).iter().zip(article) {
                loss -= weight * softmax(marginal)[*class].max(1e-300).ln();
                total += weight;
            }
        }
        loss / total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Context {
        let mut context = Context::from_sequences(2, &[vec![0, 0, 0, 0], vec![1, 1, 1], vec![0, 1, 1]]);
        context.strength = 0.7;
        context
    }

    /// Sums over all labellings, the slow and obvious way.
    fn brute_force(context: &Context, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let n = scores.len();
        let mut totals = vec![vec![0.0; 2]; n];
        for labelling in 0..1usize << n {
            let class = |i: usize| labelling >> i & 1;
            let own: f64 = (0..n).map(|i| context.own(&scores[i])[class(i)]).sum();
            let pairs: f64 = (1..n).map(|i| context.log_affinity[class(i - 1) * 2 + class(i)]).sum();
            for (i, total) in totals.iter_mut().enumerate() {
                total[class(i)] += (own + context.strength * pairs).exp();
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
    fn strength_zero_leaves_paragraphs_alone() {
        let mut context = chain();
        context.strength = 0.0;
        let scores = vec![vec![0.3, -0.1], vec![2.0, 0.0]];
        for (marginal, own) in context.marginals(&scores).iter().zip(&scores) {
            assert!((softmax(marginal)[0] - softmax(own)[0]).abs() < 1e-12);
        }
    }

    #[test]
    fn like_follows_like() {
        let context = chain();
        assert!(context.log_affinity[0] > 0.0 && context.log_affinity[1] < 0.0);
    }
}
