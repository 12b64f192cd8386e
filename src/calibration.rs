//! Pooling of the blocks into probabilities: one weight a block, one offset a class.
//!
//! Naive Bayes counts correlated words as independent witnesses, so its posteriors are far too
//! sure. Weights and offsets fitted on predictions for paragraphs that the tables have not seen
//! turn them into probabilities that hold.

use crate::error::{Error, Result};
use crate::minimise::{Loss, minimise};

/// Ridge on all weights and offsets, added to the mean loss: it keeps them finite where the classes
/// can be told apart without a mistake.
const RIDGE: f64 = 1e-3;
/// How many steps L-BFGS may take to fit a pool; a few dozen are enough.
const MAX_STEPS: u64 = 200;

/// Natural log of the sum of the exponentials of `log_weights`; `-inf` when there are none.
///
/// Subtracting the largest first keeps the sum between 1 and `log_weights.len()`, where `exp`
/// alone would underflow. Linear time, no allocation.
///
/// # Examples
///
/// ```
/// let even = [-1000.0, -1000.0];
/// assert!((rhetor::log_sum_exp(&even) - (2_f64.ln() - 1000.0)).abs() < 1e-9);
/// ```
pub fn log_sum_exp(log_weights: &[f64]) -> f64 {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    largest + log_weights.iter().map(|log_weight| (log_weight - largest).exp()).sum::<f64>().ln()
}

/// The probabilities whose logs are `scores` up to one constant; they add up to 1.
pub(crate) fn softmax(scores: &[f64]) -> Vec<f64> {
    let log_total = log_sum_exp(scores);
    scores.iter().map(|score| (score - log_total).exp()).collect()
}

/// The index of the largest value; of several, the first.
pub(crate) fn argmax(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// How the blocks' log-likelihoods become one score a class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pool {
    /// One factor a block.
    pub(crate) block_weights: Vec<f64>,
    /// One addend a class; they stand for the class priors.
    pub(crate) class_offsets: Vec<f64>,
}

/// The pool for paragraphs with neighbours, and the one for a paragraph alone, for which the blocks of
/// neighbours have nothing to say: what they say on average has to come from the offsets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pools {
    pub(crate) among: Pool,
    pub(crate) alone: Pool,
}

impl Pools {
    /// Both pools with the least loss on `held_out`; `is_near` tells which blocks are those of
    /// neighbours.
    ///
    /// # Errors
    ///
    /// As [`Pool::fit`].
    pub(crate) fn fit(held_out: &[HeldOut], is_near: impl Fn(usize) -> bool) -> Result<Pools> {
        let mut bare = held_out.to_vec();
        for (block, values) in bare.iter_mut().flat_map(|row| row.log_likelihoods.iter_mut().enumerate()) {
            if is_near(block) {
                values.fill(0.0);
            }
        }
        Ok(Pools { among: Pool::fit(held_out)?, alone: Pool::fit(&bare)? })
    }

    /// The pool for a run of `n` paragraphs.
    pub(crate) fn of_run(&self, n: usize) -> &Pool {
        if n < 2 { &self.alone } else { &self.among }
    }
}

/// What the pool is fitted on: a paragraph that the tables have not seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldOut {
    /// Log-likelihoods, block by block, each with one value a class.
    pub(crate) log_likelihoods: Vec<Vec<f64>>,
    /// The label's index.
    pub(crate) class: usize,
    /// How much it counts.
    pub(crate) weight: f64,
}

impl Pool {
    /// The unnormalised log-probabilities of the classes.
    pub(crate) fn scores(&self, log_likelihoods: &[Vec<f64>]) -> Vec<f64> {
        let mut scores = self.class_offsets.clone();
        for (weight, block) in self.block_weights.iter().zip(log_likelihoods) {
            for (score, log_likelihood) in scores.iter_mut().zip(block) {
                *score += weight * log_likelihood;
            }
        }
        scores
    }

    /// The weighted mean log loss on `held_out`.
    pub(crate) fn log_loss(&self, held_out: &[HeldOut]) -> f64 {
        let loss = |row: &HeldOut| {
            let scores = self.scores(&row.log_likelihoods);
            row.weight * (log_sum_exp(&scores) - scores[row.class])
        };
        let total: f64 = held_out.iter().map(|row| row.weight).sum();
        held_out.iter().map(loss).sum::<f64>() / total
    }

    /// The pool with the least weighted mean log loss on `held_out` whose block weights are not
    /// negative: a word that a class has more of never speaks against it.
    ///
    /// The loss is convex in weights and offsets; L-BFGS finds the minimum. A block whose weight
    /// would be negative is left out and the others are fitted again.
    ///
    /// # Errors
    ///
    /// When `held_out` is empty or the optimiser fails.
    pub(crate) fn fit(held_out: &[HeldOut]) -> Result<Pool> {
        let why = |why: String| Error::Fit { what: "the pooling of the blocks", why };
        let first = held_out.first().ok_or_else(|| why("there are no held-out predictions".to_string()))?;
        let n_blocks = first.log_likelihoods.len();
        let n_classes = first.log_likelihoods.first().map_or(0, Vec::len);
        let mut active = vec![true; n_blocks];
        loop {
            let loss = PoolLoss::new(held_out, active.clone(), n_classes);
            let mut start: Vec<f64> = active.iter().map(|&active| if active { 0.5 } else { 0.0 }).collect();
            start.resize(n_blocks + n_classes, 0.0);
            let best = minimise(start, MAX_STEPS, |point| loss.evaluate(point)).map_err(why)?;
            let (weights, offsets) = best.split_at(n_blocks);
            let negative: Vec<usize> =
                (0..n_blocks).filter(|&block| active[block] && weights[block] < 0.0).collect();
            if negative.is_empty() {
                return Ok(Pool { block_weights: weights.to_vec(), class_offsets: offsets.to_vec() });
            }
            negative.into_iter().for_each(|block| active[block] = false);
        }
    }
}

/// The weighted mean log loss of a pool whose parameters are its weights, then its offsets.
struct PoolLoss {
    /// The log-likelihoods of all rows, block by block and class by class, in one piece: the loss is
    /// asked for a thousand times in a training.
    log_likelihoods: Vec<f64>,
    /// The class and the share of the total weight of each row.
    rows: Vec<(usize, f64)>,
    /// Which blocks take part; the weights of the others stay at 0.
    active: Vec<bool>,
    n_classes: usize,
}

impl PoolLoss {
    fn new(held_out: &[HeldOut], active: Vec<bool>, n_classes: usize) -> PoolLoss {
        let total: f64 = held_out.iter().map(|row| row.weight).sum();
        PoolLoss {
            log_likelihoods: held_out
                .iter()
                .flat_map(|row| &row.log_likelihoods)
                .flatten()
                .copied()
                .collect(),
            rows: held_out.iter().map(|row| (row.class, row.weight / total)).collect(),
            active,
            n_classes,
        }
    }
}

impl Loss for PoolLoss {
    fn n_classes(&self) -> usize {
        self.n_classes
    }

    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let n_blocks = self.active.len();
        let (weights, offsets) = parameters.split_at(n_blocks);
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let mut slopes = vec![0.0; n];
        for (&(class, share), row) in self.rows.iter().zip(self.log_likelihoods.chunks_exact(n_blocks * n)) {
            slopes.copy_from_slice(offsets);
            for (weight, block) in weights.iter().zip(row.chunks_exact(n)) {
                slopes.iter_mut().zip(block).for_each(|(score, value)| *score += weight * value);
            }
            let log_total = log_sum_exp(&slopes);
            loss += share * (log_total - slopes[class]);
            slopes.iter_mut().for_each(|score| *score = share * (*score - log_total).exp());
            slopes[class] -= share;
            for (entry, block) in gradient.iter_mut().zip(row.chunks_exact(n)) {
                *entry += block.iter().zip(&slopes).map(|(value, slope)| value * slope).sum::<f64>();
            }
            gradient[n_blocks..].iter_mut().zip(&slopes).for_each(|(entry, slope)| *entry += slope);
        }
        for (index, (slope, parameter)) in gradient.iter_mut().zip(parameters).enumerate() {
            *slope += RIDGE * parameter;
            loss += 0.5 * RIDGE * parameter * parameter;
            if self.active.get(index) == Some(&false) {
                *slope = 0.0;
            }
        }
        (loss, gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_sum_exp_survives_what_exp_does_not() {
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert!((log_sum_exp(&[-2000.0, -2000.0]) - (2f64.ln() - 2000.0)).abs() < 1e-9);
        assert!((softmax(&[1e4, 1e4 - 1.0]).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(argmax(&[1.0, 2.0, 2.0]), 1);
        assert_eq!(argmax(&[0.0, 0.0]), 0);
    }

    fn held_out() -> Vec<HeldOut> {
        // Twice too sure: the log odds are ±2, but 3 in 4 are right (log odds 1.1).
        (0..40)
            .map(|i| {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                let right = i % 8 < 6;
                let class = usize::from((side > 0.0) != right);
                HeldOut { log_likelihoods: vec![vec![side, -side]], class, weight: 1.0 }
            })
            .collect()
    }

    #[test]
    fn the_pool_finds_the_right_temperature() {
        let pool = Pool::fit(&held_out()).unwrap();
        let probability = softmax(&pool.scores(&[vec![1.0, -1.0]]))[0];
        assert!((probability - 0.75).abs() < 0.01, "{probability}");
    }

    #[test]
    fn a_block_that_misleads_is_left_out() {
        let mut rows = held_out();
        rows.iter_mut().for_each(|row| {
            let sign = if row.class == 0 { -1.0 } else { 1.0 };
            row.log_likelihoods.push(vec![sign, -sign]);
        });
        let pool = Pool::fit(&rows).unwrap();
        assert!(pool.block_weights[0] > 0.0 && pool.block_weights[1] == 0.0);
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let rows = held_out();
        let loss = PoolLoss::new(&rows, vec![true], 2);
        let at = vec![0.3, 0.1, -0.2];
        let (_, gradient) = loss.evaluate(&at);
        for parameter in 0..at.len() {
            let mut up = at.clone();
            up[parameter] += 1e-5;
            let mut down = at.clone();
            down[parameter] -= 1e-5;
            let slope = (loss.evaluate(&up).0 - loss.evaluate(&down).0) / 2e-5;
            assert!((slope - gradient[parameter]).abs() < 1e-8);
        }
    }
}
