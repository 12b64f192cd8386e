//! Reliability of probabilities: how often the label is right at each level of its probability, and above it.

use serde::{Deserialize, Serialize};

use super::Prediction;
use crate::combination::argmax;

/// How many bins of equal width the best probability is divided into, as usual in the literature.
const N_BINS: usize = 15;

/// The paragraphs whose best probability lies in one bin, and how often their label is right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// The lower end of the bin.
    pub low: f64,
    /// The upper end of the bin.
    pub high: f64,
    /// How many paragraphs are in it, at least 1.
    pub n_paragraphs: usize,
    /// The mean of their best probabilities.
    pub mean_probability: f64,
    /// The share of them whose label is right.
    pub accuracy: f64,
}

/// The best probability of each labelled real paragraph and whether its label is right, highest probability first.
pub fn sorted_by_confidence(predictions: &[Prediction]) -> Vec<(f64, bool)> {
    let mut labelled: Vec<(f64, bool)> = predictions
        .iter()
        .filter_map(|prediction| {
            let probabilities = prediction.probabilities.as_ref()?;
            let best = argmax(probabilities);
            Some((probabilities[best], best == prediction.truth?))
        })
        .collect();
    labelled.sort_by(|a, b| b.0.total_cmp(&a.0));
    labelled
}

/// `coverage`, and the accuracy on that share of the paragraphs with the highest best probability.
pub fn accuracy_at(labelled: &[(f64, bool)], coverage: f64) -> (f64, f64) {
    let n = ((labelled.len() as f64 * coverage) as usize).max(1).min(labelled.len());
    let right = labelled[..n].iter().filter(|(_, right)| *right).count();
    (coverage, right as f64 / n.max(1) as f64)
}

/// The lowest best probability at and above which predictions reach `accuracy`, or the median if that is lower, so
/// that at most half of the paragraphs are `unsure`.
#[cfg(feature = "train")]
pub fn threshold_for(predictions: &[Prediction], accuracy: f64) -> f64 {
    let labelled = sorted_by_confidence(predictions);
    let mut right = 0;
    let mut last_good = None;
    for (n, (probability, hit)) in labelled.iter().enumerate() {
        right += usize::from(*hit);
        if right as f64 >= accuracy * (n + 1) as f64 {
            last_good = Some(*probability);
        }
    }
    let middle = labelled.get(labelled.len() / 2).map_or(0.0, |(probability, _)| *probability);
    last_good.map_or(middle, |good| good.min(middle))
}

/// The non-empty bins, lowest first, of best probabilities and whether their labels are right.
pub fn bins(labelled: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let mut sums = [(0, 0.0, 0_usize); N_BINS];
    for (probability, right) in labelled {
        let sum = &mut sums[((probability * N_BINS as f64) as usize).min(N_BINS - 1)];
        sum.0 += 1;
        sum.1 += probability;
        sum.2 += usize::from(*right);
    }
    let bin = |(index, (n_paragraphs, sum, n_right)): (usize, (usize, f64, usize))| ReliabilityBin {
        low: index as f64 / N_BINS as f64,
        high: (index + 1) as f64 / N_BINS as f64,
        n_paragraphs,
        mean_probability: sum / n_paragraphs as f64,
        accuracy: n_right as f64 / n_paragraphs as f64,
    };
    sums.into_iter().enumerate().filter(|(_, (n, _, _))| *n > 0).map(bin).collect()
}

/// The mean over paragraphs of the difference between the mean probability and the accuracy of their bin; 0 without
/// bins.
pub fn expected_calibration_error(bins: &[ReliabilityBin]) -> f64 {
    let n_paragraphs: usize = bins.iter().map(|bin| bin.n_paragraphs).sum();
    let gap = |bin: &ReliabilityBin| bin.n_paragraphs as f64 * (bin.mean_probability - bin.accuracy).abs();
    bins.iter().map(gap).sum::<f64>() / n_paragraphs.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_counted_in_the_bin_of_their_best_probability() {
        let found = bins(&[(1.0, true), (0.95, false), (0.35, true)]);
        let counts: Vec<usize> = found.iter().map(|bin| bin.n_paragraphs).collect();
        assert_eq!(counts, [1, 2]);
        assert!((found[1].mean_probability - 0.975).abs() < 1e-12);
        assert_eq!((found[1].accuracy, found[1].high), (0.5, 1.0));
        assert!(found[0].low <= 0.35 && 0.35 < found[0].high);
        assert_eq!(expected_calibration_error(&[]), 0.0);
    }

    #[test]
    fn predictions_above_the_threshold_reach_the_accuracy() {
        let prediction = |is_second: bool, first: f64| Prediction {
            truth: Some(usize::from(is_second)),
            probabilities: Some(vec![first, 1.0 - first]),
            group: 0,
        };
        let rows: Vec<Prediction> =
            (0..100).map(|i| prediction(i >= 70 && i % 2 == 0, 1.0 - 0.004 * f64::from(i))).collect();
        let threshold = threshold_for(&rows, 0.9);
        let sure: Vec<_> = sorted_by_confidence(&rows).into_iter().filter(|(p, _)| *p >= threshold).collect();
        assert!(sure.iter().filter(|(_, right)| *right).count() as f64 >= 0.9 * sure.len() as f64);
        assert!(sure.len() >= 70);
    }
}
