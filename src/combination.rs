//! The log-linear combination of the feature groups: one weight for each group, one offset for each class.
//!
//! Naive Bayes counts correlated words as independent evidence, so its posteriors are far too confident.
//! Weights and offsets fitted on predictions for paragraphs that the tables have not seen turn them into
//! calibrated probabilities.

#[cfg(feature = "train")]
use crate::error::{Error, Result};
#[cfg(feature = "train")]
use crate::minimise::{Loss, minimise};

/// L2 penalty on all weights and offsets, added to the mean loss. It keeps them finite if the classes can be separated
/// without error.
#[cfg(feature = "train")]
const L2_PENALTY: f64 = 1e-3;
/// The most L-BFGS steps of a fit; a few dozen are usual.
#[cfg(feature = "train")]
const MAX_STEPS: u64 = 200;

/// Natural log of the sum of the exponentials of `log_weights`; `-inf` when there are none.
///
/// Subtracting the largest first keeps the sum between 1 and `log_weights.len()`, where `exp` alone would
/// underflow. Linear time, no allocation.
pub fn log_sum_exp(log_weights: &[f64]) -> f64 {
    let largest = log_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    largest + log_weights.iter().map(|log_weight| (log_weight - largest).exp()).sum::<f64>().ln()
}

/// The probabilities whose logs are `scores` up to a constant; they add up to 1.
pub fn softmax(scores: &[f64]) -> Vec<f64> {
    let log_total = log_sum_exp(scores);
    scores.iter().map(|score| (score - log_total).exp()).collect()
}

/// The index of the largest value; the first in a tie.
pub fn argmax(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// The factor on a sum over `n_features` features of a group: one over the square root of their number.
///
/// The words of one paragraph are not independent. Without this factor, a long paragraph would get probabilities that
/// are too high.
pub fn scale(n_features: usize) -> f64 {
    1.0 / (n_features.max(1) as f64).sqrt()
}

/// Subtracts the mean.
pub fn centre(values: &mut [f64]) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
}

/// The log-likelihoods of a group: sums over `n_features` rows of its table, centred and scaled.
pub fn log_likelihoods(sums: &mut [f64], n_features: usize) {
    centre(sums);
    let scale = scale(n_features);
    sums.iter_mut().for_each(|sum| *sum *= scale);
}

/// How the groups' log-likelihoods become one score for each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// One factor for each group.
    pub weights: Vec<f64>,
    /// One offset for each class, in place of the class priors.
    pub offsets: Vec<f64>,
}

/// Paragraphs that the tables have not seen.
#[cfg(feature = "train")]
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// How many groups there are.
    pub n_groups: usize,
    /// How many classes there are.
    pub n_classes: usize,
    /// Paragraph by paragraph, group by group, one value for each class.
    pub log_likelihoods: Vec<f64>,
    /// The class of each paragraph.
    pub classes: Vec<usize>,
    /// The weight of each paragraph.
    pub weights: Vec<f64>,
}

#[cfg(feature = "train")]
impl HeldOut {
    /// Paragraphs of classes and weights whose log-likelihoods are all 0.
    pub fn new(n_groups: usize, n_classes: usize, classes: Vec<usize>, weights: Vec<f64>) -> HeldOut {
        let log_likelihoods = vec![0.0; classes.len() * n_groups * n_classes];
        HeldOut { n_groups, n_classes, log_likelihoods, classes, weights }
    }

    /// Replaces the values of one group by those of a column: paragraph by paragraph, one value for each class.
    pub fn set_group(&mut self, group: usize, column: &[f64]) {
        let n = self.n_classes;
        let rows = self.log_likelihoods.chunks_exact_mut(self.n_groups * n);
        rows.zip(column.chunks_exact(n))
            .for_each(|(row, values)| row[group * n..][..n].copy_from_slice(values));
    }

    /// The log-likelihoods of each paragraph, group by group.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.log_likelihoods.chunks_exact(self.n_groups * self.n_classes)
    }
}

impl Combination {
    /// The unnormalised log-probabilities of the classes, from log-likelihoods group by group.
    pub fn scores(&self, log_likelihoods: &[f64]) -> Vec<f64> {
        let mut scores = self.offsets.clone();
        for (weight, group) in self.weights.iter().zip(log_likelihoods.chunks_exact(scores.len())) {
            scores.iter_mut().zip(group).for_each(|(score, value)| *score += weight * value);
        }
        scores
    }

    /// The weighted mean log loss on `held_out`.
    #[cfg(feature = "train")]
    pub fn log_loss(&self, held_out: &HeldOut) -> f64 {
        let mut loss = 0.0;
        for ((row, &class), weight) in held_out.rows().zip(&held_out.classes).zip(&held_out.weights) {
            let scores = self.scores(row);
            loss += weight * (log_sum_exp(&scores) - scores[class]);
        }
        loss / held_out.weights.iter().sum::<f64>()
    }

    /// The combination with the lowest weighted mean log loss on `held_out` whose weights are not negative: a
    /// word that a class uses more often never counts against it.
    ///
    /// The loss is convex; L-BFGS finds the minimum. Groups whose weight would be negative get 0, and the others
    /// are fitted again.
    #[cfg(feature = "train")]
    pub fn fit(held_out: &HeldOut) -> Result<Combination> {
        let why = |why: String| Error::Fit { what: "the combination of the feature groups", why };
        if held_out.classes.is_empty() {
            return Err(why("there are no held-out predictions".to_string()));
        }
        let (n_groups, n_classes) = (held_out.n_groups, held_out.n_classes);
        let total = held_out.weights.iter().sum();
        let mut active = vec![true; n_groups];
        loop {
            let loss = CombinationLoss { held_out, active: &active, total };
            let mut start: Vec<f64> = active.iter().map(|&active| if active { 0.5 } else { 0.0 }).collect();
            start.resize(n_groups + n_classes, 0.0);
            let best = minimise(start, MAX_STEPS, |point| loss.evaluate(point)).map_err(why)?;
            let (weights, offsets) = best.split_at(n_groups);
            let negative: Vec<usize> =
                (0..n_groups).filter(|&group| active[group] && weights[group] < 0.0).collect();
            if negative.is_empty() {
                return Ok(Combination { weights: weights.to_vec(), offsets: offsets.to_vec() });
            }
            negative.into_iter().for_each(|group| active[group] = false);
        }
    }
}

/// The weighted mean log loss of a combination whose parameters are its weights, then its offsets.
#[cfg(feature = "train")]
struct CombinationLoss<'a> {
    held_out: &'a HeldOut,
    /// Which groups take part; the weights of the others stay at 0.
    active: &'a [bool],
    total: f64,
}

#[cfg(feature = "train")]
impl Loss for CombinationLoss<'_> {
    fn n_classes(&self) -> usize {
        self.held_out.n_classes
    }

    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let n_groups = self.active.len();
        let (weights, offsets) = parameters.split_at(n_groups);
        let HeldOut { classes, weights: row_weights, .. } = self.held_out;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let mut errors = vec![0.0; n];
        for ((row, &class), weight) in self.held_out.rows().zip(classes).zip(row_weights) {
            errors.copy_from_slice(offsets);
            for (weight, group) in weights.iter().zip(row.chunks_exact(n)) {
                errors.iter_mut().zip(group).for_each(|(score, value)| *score += weight * value);
            }
            loss += cross_entropy(&mut errors, class, weight / self.total);
            for (entry, group) in gradient.iter_mut().zip(row.chunks_exact(n)) {
                *entry += group.iter().zip(&errors).map(|(value, error)| value * error).sum::<f64>();
            }
            gradient[n_groups..].iter_mut().zip(&errors).for_each(|(entry, error)| *entry += error);
        }
        for (index, (entry, parameter)) in gradient.iter_mut().zip(parameters).enumerate() {
            *entry += L2_PENALTY * parameter;
            loss += 0.5 * L2_PENALTY * parameter * parameter;
            if self.active.get(index) == Some(&false) {
                *entry = 0.0;
            }
        }
        (loss, gradient)
    }
}

/// The log loss of a paragraph of `class` that counts `share`; replaces its scores by the gradient of the loss.
#[cfg(feature = "train")]
#[inline(always)]
pub fn cross_entropy(scores: &mut [f64], class: usize, share: f64) -> f64 {
    let log_total = log_sum_exp(scores);
    let loss = share * (log_total - scores[class]);
    scores.iter_mut().for_each(|score| *score = share * (*score - log_total).exp());
    scores[class] -= share;
    loss
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;

    #[test]
    fn log_sum_exp_does_not_underflow() {
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
        assert!((log_sum_exp(&[-2000.0, -2000.0]) - (2f64.ln() - 2000.0)).abs() < 1e-9);
        assert!((softmax(&[1e4, 1e4 - 1.0]).iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_go_to_the_first() {
        assert_eq!(argmax(&[1.0, 2.0, 2.0]), 1);
        assert_eq!(argmax(&[0.0, 0.0]), 0);
    }

    /// One group whose log odds are ±2 where 3 in 4 are right (log odds 1.1), and its negative times `second`.
    fn held_out(second: f64) -> HeldOut {
        let side = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let classes: Vec<usize> = (0..40).map(|i| usize::from((side(i) > 0.0) != (i % 8 < 6))).collect();
        let mut held_out = HeldOut::new(2, 2, classes.clone(), vec![1.0; 40]);
        let column: Vec<f64> = (0..40).flat_map(|i| [side(i), -side(i)]).collect();
        held_out.set_group(0, &column);
        let misleading = |class: &usize| if *class == 0 { [-second, second] } else { [second, -second] };
        held_out.set_group(1, &classes.iter().flat_map(misleading).collect::<Vec<_>>());
        held_out
    }

    #[test]
    fn the_weights_correct_probabilities_that_are_too_high() {
        let combination = Combination::fit(&held_out(0.0)).unwrap();
        let probability = softmax(&combination.scores(&[1.0, -1.0, 0.0, 0.0]))[0];
        assert!((probability - 0.75).abs() < 0.01, "{probability}");
    }

    #[test]
    fn a_misleading_group_gets_no_weight() {
        let combination = Combination::fit(&held_out(1.0)).unwrap();
        assert!(combination.weights[0] > 0.0 && combination.weights[1] == 0.0);
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let loss = CombinationLoss { held_out: &held_out(0.5), active: &[true, true], total: 40.0 };
        crate::minimise::check_gradient(&loss, &[0.3, 0.2, 0.1, -0.2]);
    }
}
