//! Two models compared on the same paragraphs.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Interval, bootstrap};
use super::{Confusion, Prediction, log_loss};

/// One measure of two models.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The measure of the first model.
    pub first: f64,
    /// That of the second.
    pub second: f64,
    /// The second minus the first, with a 95 % interval.
    pub difference: Interval,
}

/// What the intervals of a [`PairedEvaluation`] show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Macro-F1 or log loss of the second model is better, and neither is worse.
    Better,
    /// The data show no difference, or one measure is better and the other worse.
    NoDifference,
    /// Macro-F1 or log loss of the second model is worse, and neither is better.
    Worse,
}

/// The measures of two models on the same paragraphs, and the intervals of their differences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PairedEvaluation {
    /// How many real paragraphs there are.
    pub n_paragraphs: usize,
    /// How many groups they belong to; intervals resample them.
    pub n_groups: usize,
    /// The unweighted mean of the labels' F1.
    pub macro_f1: Difference,
    /// The share of real paragraphs with the right label.
    pub accuracy: Difference,
    /// The mean negative natural log of the probability of the true label; lower is better.
    pub log_loss: Difference,
}

impl PairedEvaluation {
    /// The measures of two lists of predictions for the same paragraphs in the same order, with `n_labels` labels.
    ///
    /// Intervals are percentile bootstrap intervals over groups, drawn together for both models.
    ///
    /// # Panics
    ///
    /// When the lists have different lengths.
    pub fn of(n_labels: usize, first: &[Prediction], second: &[Prediction], seed: u64) -> PairedEvaluation {
        assert_eq!(first.len(), second.len(), "both models predict the same paragraphs");
        let n_groups = first.iter().map(|prediction| prediction.group + 1).max().unwrap_or(0);
        let mut groups = vec![Group::new(n_labels); n_groups];
        for (a, b) in first.iter().zip(second).filter(|(a, _)| a.truth.is_some()) {
            groups[a.group].add(a, b);
        }
        groups.retain(|group| group.models[0].0.n_paragraphs() > 0);
        let mut total = Group::new(n_labels);
        groups.iter().for_each(|group| total.merge(group));
        let intervals = bootstrap(&total.differences(), groups.len(), seed, |sample, statistics| {
            let mut drawn = Group::new(n_labels);
            sample.iter().for_each(|&group| drawn.merge(&groups[group]));
            statistics.copy_from_slice(&drawn.differences());
        });
        let [a, b] = [0, 1].map(|model| total.measures(model));
        let of = |i: usize| Difference { first: a[i], second: b[i], difference: intervals[i] };
        PairedEvaluation {
            n_paragraphs: total.models[0].0.n_paragraphs(),
            n_groups: groups.len(),
            macro_f1: of(0),
            accuracy: of(1),
            log_loss: of(2),
        }
    }

    /// Whether the second model is better or worse than the first, by the intervals of macro-F1 and log loss.
    pub fn verdict(&self) -> Verdict {
        let (f1, loss) = (self.macro_f1.difference, self.log_loss.difference);
        let (better, worse) = (f1.low > 0.0 || loss.high < 0.0, f1.high < 0.0 || loss.low > 0.0);
        match (better, worse) {
            (true, false) => Verdict::Better,
            (false, true) => Verdict::Worse,
            _ => Verdict::NoDifference,
        }
    }
}

/// The counts and the summed loss of both models on some paragraphs.
#[derive(Clone)]
struct Group {
    models: [(Confusion, f64, usize); 2],
}

impl Group {
    fn new(n_labels: usize) -> Group {
        Group { models: std::array::from_fn(|_| (Confusion::zeros(n_labels), 0.0, 0)) }
    }

    fn add(&mut self, first: &Prediction, second: &Prediction) {
        for ((confusion, loss, n_labelled), prediction) in self.models.iter_mut().zip([first, second]) {
            confusion.add(prediction);
            if prediction.probabilities.is_some() {
                *loss += log_loss(std::slice::from_ref(prediction));
                *n_labelled += 1;
            }
        }
    }

    fn merge(&mut self, other: &Group) {
        for (model, other) in self.models.iter_mut().zip(&other.models) {
            model.0.merge(&other.0);
            model.1 += other.1;
            model.2 += other.2;
        }
    }

    /// Macro-F1, accuracy and log loss of a model.
    fn measures(&self, model: usize) -> [f64; 3] {
        let (confusion, loss, n_labelled) = &self.models[model];
        [confusion.macro_f1(), confusion.accuracy(), loss / (*n_labelled).max(1) as f64]
    }

    fn differences(&self) -> [f64; 3] {
        let [a, b] = [0, 1].map(|model| self.measures(model));
        std::array::from_fn(|i| b[i] - a[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Predictions for 60 paragraphs of 20 groups; every `n`th is wrong.
    fn predictions(n: usize) -> Vec<Prediction> {
        let prediction = |i: usize| {
            let right = if i.is_multiple_of(n) { 0.3 } else { 0.8 };
            let first = if i.is_multiple_of(2) { right } else { 1.0 - right };
            Prediction { truth: Some(i % 2), probabilities: Some(vec![first, 1.0 - first]), group: i / 3 }
        };
        (0..60).map(prediction).collect()
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let found = PairedEvaluation::of(2, &predictions(4), &predictions(4), 1);
        assert_eq!(found.macro_f1.difference, Interval { value: 0.0, low: 0.0, high: 0.0 });
        assert_eq!((found.verdict(), found.n_paragraphs, found.n_groups), (Verdict::NoDifference, 60, 20));
    }

    #[test]
    fn the_better_model_is_better_in_either_order() {
        let (bad, good) = (predictions(3), predictions(20));
        let found = PairedEvaluation::of(2, &bad, &good, 1);
        assert_eq!(found.verdict(), Verdict::Better);
        assert!((found.accuracy.difference.value - 17.0 / 60.0).abs() < 1e-12);
        assert_eq!(PairedEvaluation::of(2, &good, &bad, 1).verdict(), Verdict::Worse);
    }
}
