//! Two models on the same paragraphs.

use serde::{Deserialize, Serialize};

use super::{Confusion, Interval, Prediction, bootstrap};

/// A measure of two models and the difference between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// The measure of the first model.
    pub a: f64,
    /// The measure of the second.
    pub b: f64,
    /// The second minus the first, with its 95 % interval.
    pub difference: Interval,
}

/// What two models, A and B, do on the same paragraphs. Intervals resample groups, the same for both models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairedComparison {
    /// The unweighted mean of the labels' F1.
    pub macro_f1: Pair,
    /// The share of real paragraphs with the right label.
    pub accuracy: Pair,
    /// The mean negative natural log of the probability of the true label, over the paragraphs that both models label.
    pub log_loss: Pair,
    /// How many groups of real paragraphs there are.
    pub n_groups: usize,
}

/// The counts and losses of one group.
#[derive(Clone)]
struct Counts {
    models: [Confusion; 2],
    losses: [f64; 2],
    n_losses: f64,
}

impl Counts {
    fn zeros(n_classes: usize) -> Counts {
        let zeros = || Confusion::zeros(n_classes);
        Counts { models: [zeros(), zeros()], losses: [0.0; 2], n_losses: 0.0 }
    }

    fn add(&mut self, pair: [&Prediction; 2]) {
        self.models.iter_mut().zip(pair).for_each(|(confusion, prediction)| confusion.add(prediction));
        let loss = |prediction: &Prediction| {
            Some(-prediction.probabilities.as_ref()?[prediction.truth?].max(super::LEAST).ln())
        };
        if let [Some(a), Some(b)] = pair.map(loss) {
            self.losses[0] += a;
            self.losses[1] += b;
            self.n_losses += 1.0;
        }
    }

    fn merge(&mut self, other: &Counts) {
        self.models.iter_mut().zip(&other.models).for_each(|(a, b)| a.merge(b));
        self.losses.iter_mut().zip(other.losses).for_each(|(a, b)| *a += b);
        self.n_losses += other.n_losses;
    }

    fn clear(&mut self) {
        self.models.iter_mut().flat_map(|confusion| &mut confusion.counts).for_each(|row| row.fill(0));
        (self.losses, self.n_losses) = ([0.0; 2], 0.0);
    }

    /// Macro-F1, accuracy and log loss of both models.
    fn measures(&self) -> [[f64; 2]; 3] {
        let of = |measure: fn(&Confusion) -> f64| [measure(&self.models[0]), measure(&self.models[1])];
        let losses = self.losses.map(|loss| loss / self.n_losses.max(1.0));
        [of(Confusion::macro_f1), of(Confusion::accuracy), losses]
    }
}

impl PairedComparison {
    /// The comparison of the predictions of two models, which are for the same paragraphs in the same order. Samples are
    /// drawn with `seed`.
    pub fn of(
        n_classes: usize,
        a: &[Prediction],
        b: &[Prediction],
        n_groups: usize,
        seed: u64,
    ) -> PairedComparison {
        let mut groups = vec![Counts::zeros(n_classes); n_groups];
        a.iter().zip(b).for_each(|(a, b)| groups[a.group].add([a, b]));
        groups.retain(|group| group.models[0].n_paragraphs() > 0);
        let mut drawn = Counts::zeros(n_classes);
        groups.iter().for_each(|group| drawn.merge(group));
        let whole = drawn.measures();
        let difference = |[a, b]: [f64; 2]| b - a;
        let intervals = bootstrap(&whole.map(difference), groups.len(), seed, |sample, statistics| {
            drawn.clear();
            sample.iter().for_each(|&group| drawn.merge(&groups[group]));
            statistics.copy_from_slice(&drawn.measures().map(difference));
        });
        let pair = |at: usize| Pair { a: whole[at][0], b: whole[at][1], difference: intervals[at] };
        PairedComparison { macro_f1: pair(0), accuracy: pair(1), log_loss: pair(2), n_groups: groups.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictions(firsts: &[f64]) -> Vec<Prediction> {
        let prediction = |(at, first): (usize, &f64)| Prediction {
            truth: Some(at % 2),
            probabilities: Some(vec![*first, 1.0 - first]),
            group: at / 2,
        };
        firsts.iter().enumerate().map(prediction).collect()
    }

    #[test]
    fn differences_are_those_computed_by_hand() {
        let (a, b) = (predictions(&[0.9, 0.8, 0.6, 0.2]), predictions(&[0.9, 0.2, 0.6, 0.2]));
        let found = PairedComparison::of(2, &a, &b, 2, 1);
        assert_eq!((found.accuracy.a, found.accuracy.b, found.accuracy.difference.value), (0.75, 1.0, 0.25));
        // The model A: x has precision 2/3 and recall 1, y precision 1 and recall 1/2.
        assert!((found.macro_f1.a - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        let gain = (0.8f64.ln() - 0.2f64.ln()) / 4.0;
        assert!((found.log_loss.difference.value + gain).abs() < 1e-12);
        assert_eq!(found.n_groups, 2);
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let a = predictions(&[0.9, 0.8, 0.6, 0.2]);
        let zero = Interval { value: 0.0, low: 0.0, high: 0.0 };
        assert_eq!(PairedComparison::of(2, &a, &a, 2, 1).macro_f1.difference, zero);
    }
}
