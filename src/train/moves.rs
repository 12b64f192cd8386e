//! How labelled paragraphs move the tables of a model: a maximum-a-posteriori fit in which the model is the prior.

use super::seen::Seen;
use crate::combination::centre;
use crate::error::{Error, Result};
use crate::minimise::{Loss, minimise};

/// The most L-BFGS steps of a fit; each fit starts from that with the next higher penalty.
const MAX_STEPS: u64 = 30;
/// The L2 penalty on the offset of a class: moving it by one costs half of this, in paragraphs of loss.
const OFFSET_PENALTY: f64 = 20.0;

/// A labelled paragraph of [`Seen`].
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The index of its label.
    pub label: usize,
    /// Its weight in the loss.
    pub weight: f64,
}

/// What is fitted, and to what.
pub struct MovesProblem<'a> {
    /// All paragraphs.
    pub seen: &'a Seen,
    /// Their labels.
    pub targets: &'a [Target],
    /// The label of each class.
    pub label_of: &'a [usize],
    /// Whether the offsets of classes move.
    pub moves_offsets: bool,
    /// The factor on all scores in the loss. Wrong labels in the rows make the base look too confident. Without this
    /// factor the tables would move to lower its confidence, and would lose what they know.
    pub confidence: f64,
}

impl MovesProblem<'_> {
    /// The moves that fit the paragraphs at these indices best: the values of all features, then an offset for each
    /// class. Starts from `start`.
    pub fn fit(&self, paragraphs: &[usize], l2_penalty: f64, start: Vec<f64>) -> Result<Vec<f64>> {
        let total = paragraphs.iter().map(|&i| self.targets[i].weight).sum();
        let loss = MovesLoss { problem: self, paragraphs, l2_penalty, total };
        let why = |why: String| Error::Fit { what: "the adapted tables", why };
        minimise(start, MAX_STEPS, |point| loss.evaluate(point)).map_err(why)
    }

    /// The weighted log loss of a paragraph whose classes have these scores.
    pub fn log_loss(&self, paragraph: usize, scores: &[f64], confidence: f64) -> f64 {
        let Target { label, weight } = self.targets[paragraph];
        let mut scores: Vec<f64> = scores.iter().map(|score| confidence * score).collect();
        label_loss(&mut scores, self.label_of, label, weight)
    }
}

/// The mean log loss of some paragraphs and the penalty on the moves.
struct MovesLoss<'a> {
    problem: &'a MovesProblem<'a>,
    paragraphs: &'a [usize],
    l2_penalty: f64,
    total: f64,
}

impl Loss for MovesLoss<'_> {
    fn n_classes(&self) -> usize {
        self.problem.seen.n_classes
    }

    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let MovesProblem { seen, targets, label_of, moves_offsets, confidence } = *self.problem;
        let (values, offsets) = parameters.split_at(parameters.len() - n);
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let (mut own, mut errors) = (vec![0.0; n], vec![0.0; n]);
        for &paragraph in self.paragraphs {
            own.fill(0.0);
            seen.for_each_row(n, paragraph, |first, factor| {
                own[..n]
                    .iter_mut()
                    .zip(&values[first..][..n])
                    .for_each(|(sum, value)| *sum += factor * value);
            });
            centre(&mut own);
            let weighed = &seen.weighed[paragraph];
            let factors = || weighed.own_factors.chunks_exact(n);
            for (class, factors) in factors().enumerate() {
                let moved: f64 = factors.iter().zip(&own).map(|(factor, own)| factor * own).sum();
                errors[class] = confidence * (weighed.scores[class] + offsets[class] + moved);
            }
            let Target { label, weight } = targets[paragraph];
            loss += label_loss(&mut errors, label_of, label, weight / self.total);
            errors.iter_mut().for_each(|error| *error *= confidence);
            own.fill(0.0);
            for (error, factors) in errors.iter().zip(factors()) {
                own.iter_mut().zip(factors).for_each(|(sum, factor)| *sum += factor * error);
            }
            centre(&mut own);
            seen.for_each_row(n, paragraph, |first, factor| {
                let row = gradient[first..][..n].iter_mut();
                row.zip(&own[..n]).for_each(|(entry, error)| *entry += factor * error);
            });
            let of_offsets = gradient[values.len()..].iter_mut().filter(|_| moves_offsets);
            of_offsets.zip(&errors).for_each(|(entry, error)| *entry += error);
        }
        for (index, (entry, parameter)) in gradient.iter_mut().zip(parameters).enumerate() {
            let penalty = if index < values.len() { self.l2_penalty } else { OFFSET_PENALTY } / self.total;
            loss += 0.5 * penalty * parameter * parameter;
            *entry += penalty * parameter;
        }
        (loss, gradient)
    }
}

/// The log loss of a paragraph with a label that counts `share`; replaces the scores of the classes by the gradient of
/// the loss.
#[inline(always)]
fn label_loss(scores: &mut [f64], label_of: &[usize], label: usize, share: f64) -> f64 {
    let log_sum = |scores: &[f64], takes: &dyn Fn(usize) -> bool| {
        let of = || scores.iter().enumerate().filter(|(class, _)| takes(*class)).map(|(_, score)| *score);
        let largest = of().fold(f64::NEG_INFINITY, f64::max);
        largest + of().map(|score| (score - largest).exp()).sum::<f64>().ln()
    };
    let has_label = |class: usize| label_of[class] == label;
    let (all, own) = (log_sum(scores, &|_| true), log_sum(scores, &has_label));
    for (class, score) in scores.iter_mut().enumerate() {
        let of_label = if has_label(class) { (*score - own).exp() } else { 0.0 };
        *score = share * ((*score - all).exp() - of_label);
    }
    share * (all - own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let model = Model::embedded().unwrap();
        let texts = ["We must act now.", "We must say why, because it matters.", "He said it."];
        let seen = Seen::new(&model, &texts, vec![0..2, 2..3]);
        let targets = [0, 1, 0].map(|label| Target { label, weight: 1.0 + label as f64 });
        let problem = MovesProblem {
            seen: &seen,
            targets: &targets,
            label_of: &[0, 1, 1],
            moves_offsets: true,
            confidence: 0.6,
        };
        let loss = MovesLoss { problem: &problem, paragraphs: &[0, 1, 2], l2_penalty: 0.7, total: 4.0 };
        let at: Vec<f64> = (0..seen.n_values() + 3).map(|i| 0.1 * (i as f64).sin()).collect();
        crate::minimise::check_gradient(&loss, &at);
    }

    #[test]
    fn moved_scores_are_those_of_the_model_without_moves() {
        let model = Model::embedded().unwrap();
        let texts = ["We must act now.", "We must say why, because it matters."];
        let seen = Seen::new(&model, &texts, std::iter::once(0..2).collect());
        let scores = seen.scores(&model.parts().neighbours, &vec![0.0; seen.n_values()], |_| true);
        for (scores, weighed) in scores.iter().zip(&seen.weighed) {
            assert_eq!(*scores, weighed.scores);
        }
    }
}
