//! Measures of predictions (macro-F1, accuracy, log loss and calibration) and of the agreement between coders, with
//! bootstrap intervals over groups.

mod agreement;
mod bootstrap;
mod json;
mod paired;
mod reliability;

use serde::{Deserialize, Serialize};

pub use self::agreement::{Agreement, PairAgreement, Ratings};
pub use self::bootstrap::{Interval, bootstrap};
pub use self::paired::{Difference, PairedEvaluation, Verdict};
pub use self::reliability::ReliabilityBin;
#[cfg(feature = "train")]
pub(crate) use self::reliability::threshold_for;
use self::reliability::{accuracy_at, sorted_by_confidence};
use crate::combination::argmax;

/// The prediction for a labelled paragraph.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The index of the true label, or `None` for boilerplate.
    pub truth: Option<usize>,
    /// Probabilities by label, or `None` when the filter dropped the paragraph.
    pub probabilities: Option<Vec<f64>>,
    /// The group that the paragraph belongs to: its article, outlet or topic.
    pub group: usize,
}

/// A point of a learning curve: a model trained on a share of a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The share of the groups that it was trained on, from 0 to 1.
    pub share: f64,
    /// How many paragraphs it was trained on, without boilerplate.
    pub n_paragraphs: usize,
    /// Its macro-F1 on the test text.
    pub macro_f1: Interval,
}

/// The measures of one label.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LabelScores {
    /// The share of the paragraphs predicted to have the label that have it, from 0 to 1.
    pub precision: f64,
    /// The share of the paragraphs with the label that are predicted to have it, from 0 to 1.
    pub recall: f64,
    /// The harmonic mean of precision and recall; 0 if no prediction is right.
    pub f1: f64,
    /// How many paragraphs have the label.
    pub support: usize,
}

/// All measures of a set of predictions.
///
/// Real paragraphs are those that are not boilerplate. One that the filter dropped counts as wrong, except in log
/// loss, calibration error and accuracy by coverage, which consider labelled paragraphs only.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The labels, in the order of every list of labels.
    pub labels: Vec<String>,
    /// How many real paragraphs there are.
    pub n_paragraphs: usize,
    /// How many groups of real paragraphs there are; intervals resample them.
    pub n_groups: usize,
    /// The unweighted mean of the labels' F1.
    pub macro_f1: Interval,
    /// The share of real paragraphs with the right label.
    pub accuracy: Interval,
    /// The measures of each label.
    pub per_label: Vec<LabelScores>,
    /// Counts: a row for each true label, a column for each predicted label and a last column for dropped paragraphs.
    pub confusion: Vec<Vec<usize>>,
    /// The mean negative natural log of the probability of the true label.
    pub log_loss: f64,
    /// The expected calibration error over 15 bins of equal width of the best probability.
    pub expected_calibration_error: f64,
    /// These bins, without empty ones.
    pub reliability: Vec<ReliabilityBin>,
    /// Selective accuracy as (coverage, accuracy): the accuracy on the share of paragraphs with the highest best
    /// probability.
    pub coverage: Vec<(f64, f64)>,
    /// How many boilerplate paragraphs the filter dropped, and how many there are.
    pub boilerplate_dropped: (usize, usize),
    /// How many real paragraphs the filter dropped.
    pub real_lost: usize,
    /// The measures of each group, largest first.
    pub groups: Vec<GroupScores>,
}

/// The measures of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupScores {
    /// The name of the article, outlet or topic.
    pub name: String,
    /// How many real paragraphs it has.
    pub n_paragraphs: usize,
    /// The share of them with the right label.
    pub accuracy: f64,
}

impl Evaluation {
    /// The measures of `predictions`; `group_names` has a name for every group index.
    ///
    /// Intervals are percentile bootstrap intervals over groups, from samples drawn with `seed`.
    pub fn of(
        labels: &[String],
        predictions: &[Prediction],
        group_names: &[String],
        seed: u64,
    ) -> Evaluation {
        let n_classes = labels.len();
        let mut by_group = vec![Confusion::zeros(n_classes); group_names.len()];
        for prediction in predictions {
            by_group[prediction.group].add(prediction);
        }
        let mut total = Confusion::zeros(n_classes);
        by_group.iter().for_each(|confusion| total.merge(confusion));
        let groups = group_scores(&by_group, group_names);
        by_group.retain(|confusion| confusion.n_paragraphs() > 0);
        let values = [total.macro_f1(), total.accuracy()];
        let mut drawn = Confusion::zeros(n_classes);
        let intervals = bootstrap(&values, by_group.len(), seed, |sample, statistics| {
            drawn.counts.iter_mut().for_each(|row| row.fill(0));
            sample.iter().for_each(|&group| drawn.merge(&by_group[group]));
            statistics.copy_from_slice(&[drawn.macro_f1(), drawn.accuracy()]);
        });
        let boilerplate: Vec<bool> =
            predictions.iter().filter(|p| p.truth.is_none()).map(|p| p.probabilities.is_none()).collect();
        let labelled = sorted_by_confidence(predictions);
        let reliability = reliability::bins(&labelled);
        Evaluation {
            labels: labels.to_vec(),
            n_paragraphs: total.n_paragraphs(),
            n_groups: by_group.len(),
            macro_f1: intervals[0],
            accuracy: intervals[1],
            per_label: (0..n_classes).map(|class| total.label_scores(class)).collect(),
            log_loss: log_loss(predictions),
            expected_calibration_error: reliability::expected_calibration_error(&reliability),
            reliability,
            coverage: (1..=10).rev().map(|tenth| accuracy_at(&labelled, tenth as f64 / 10.0)).collect(),
            boilerplate_dropped: (boilerplate.iter().filter(|dropped| **dropped).count(), boilerplate.len()),
            real_lost: total.counts.iter().map(|row| row[n_classes]).sum(),
            groups,
            confusion: total.counts,
        }
    }
}

/// The measures of predictions for held-out paragraphs, without the filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutOfFold {
    /// How many paragraphs were predicted, each by tables that had not seen its group.
    pub n_paragraphs: usize,
    /// How many groups they belong to.
    pub n_groups: usize,
    /// The measures of each label.
    pub per_label: Vec<LabelScores>,
    /// Counts: a row for each true label, a column for each predicted label.
    pub confusion: Vec<Vec<usize>>,
    /// Selective accuracy as (coverage, accuracy): the accuracy on the share of paragraphs with the highest best
    /// probability.
    pub coverage: Vec<(f64, f64)>,
    /// The reliability diagram, without empty bins.
    pub reliability: Vec<ReliabilityBin>,
}

impl OutOfFold {
    /// The measures to keep from an evaluation in which the filter dropped nothing.
    #[cfg(feature = "train")]
    pub(crate) fn of(evaluation: &Evaluation) -> OutOfFold {
        let n_labels = evaluation.labels.len();
        OutOfFold {
            n_paragraphs: evaluation.n_paragraphs,
            n_groups: evaluation.n_groups,
            per_label: evaluation.per_label.clone(),
            confusion: evaluation.confusion.iter().map(|row| row[..n_labels].to_vec()).collect(),
            coverage: evaluation.coverage.clone(),
            reliability: evaluation.reliability.clone(),
        }
    }

    /// Whether its lists have the lengths that `n_labels` need.
    pub(crate) fn is_of(&self, n_labels: usize) -> bool {
        let is_square = self.confusion.iter().all(|row| row.len() == n_labels);
        is_square && self.confusion.len() == n_labels && self.per_label.len() == n_labels
    }
}

/// Counts by true and predicted label; the last column is for dropped paragraphs.
#[derive(Debug, Clone)]
struct Confusion {
    counts: Vec<Vec<usize>>,
}

impl Confusion {
    fn zeros(n_classes: usize) -> Self {
        Confusion { counts: vec![vec![0; n_classes + 1]; n_classes] }
    }

    fn add(&mut self, prediction: &Prediction) {
        if let Some(truth) = prediction.truth {
            let dropped = self.counts.len();
            let predicted = prediction.probabilities.as_deref().map_or(dropped, argmax);
            self.counts[truth][predicted] += 1;
        }
    }

    fn merge(&mut self, other: &Confusion) {
        for (row, other_row) in self.counts.iter_mut().zip(&other.counts) {
            row.iter_mut().zip(other_row).for_each(|(count, other)| *count += other);
        }
    }

    fn n_paragraphs(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    fn accuracy(&self) -> f64 {
        let right: usize = (0..self.counts.len()).map(|class| self.counts[class][class]).sum();
        right as f64 / self.n_paragraphs().max(1) as f64
    }

    fn label_scores(&self, class: usize) -> LabelScores {
        let hits = self.counts[class][class] as f64;
        let support: usize = self.counts[class].iter().sum();
        let given: usize = self.counts.iter().map(|row| row[class]).sum();
        let precision = hits / given.max(1) as f64;
        let recall = hits / support.max(1) as f64;
        let f1 = if hits > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        LabelScores { precision, recall, f1, support }
    }

    fn macro_f1(&self) -> f64 {
        let n_classes = self.counts.len();
        (0..n_classes).map(|class| self.label_scores(class).f1).sum::<f64>() / n_classes as f64
    }
}

/// A probability of 0 counts as this one, so that the log loss stays finite.
const LEAST: f64 = 1e-12;

fn log_loss(predictions: &[Prediction]) -> f64 {
    let losses = predictions.iter().filter_map(|prediction| {
        let probability = prediction.probabilities.as_ref()?[prediction.truth?];
        Some(-probability.max(LEAST).ln())
    });
    let losses: Vec<f64> = losses.collect();
    losses.iter().sum::<f64>() / losses.len().max(1) as f64
}

/// The scores of the groups that have real paragraphs.
fn group_scores(by_group: &[Confusion], names: &[String]) -> Vec<GroupScores> {
    let scores = by_group.iter().zip(names).map(|(confusion, name)| GroupScores {
        name: name.clone(),
        n_paragraphs: confusion.n_paragraphs(),
        accuracy: confusion.accuracy(),
    });
    let mut scores: Vec<GroupScores> = scores.filter(|group| group.n_paragraphs > 0).collect();
    scores.sort_by(|a, b| b.n_paragraphs.cmp(&a.n_paragraphs).then_with(|| a.name.cmp(&b.name)));
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prediction(truth: Option<usize>, first: f64, group: usize) -> Prediction {
        Prediction { truth, probabilities: Some(vec![first, 1.0 - first]), group }
    }

    fn evaluation() -> Evaluation {
        let mut predictions = vec![
            prediction(Some(0), 0.9, 0),
            prediction(Some(0), 0.6, 0),
            prediction(Some(0), 0.2, 1),
            prediction(Some(1), 0.3, 1),
            prediction(Some(1), 0.1, 2),
            prediction(None, 0.1, 2),
        ];
        predictions.push(Prediction { truth: Some(1), probabilities: None, group: 2 });
        predictions.push(Prediction { truth: None, probabilities: None, group: 2 });
        let names = ["a", "b", "c"].map(str::to_string);
        Evaluation::of(&["x".to_string(), "y".to_string()], &predictions, &names, 1)
    }

    #[test]
    fn measures_are_those_computed_by_hand() {
        let found = evaluation();
        assert_eq!(found.confusion, [[2, 1, 0], [0, 2, 1]]);
        assert_eq!(found.n_paragraphs, 6);
        // x: precision 2/2, recall 2/3, F1 4/5. y: precision 2/3, recall 2/3, F1 2/3.
        assert!((found.macro_f1.value - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert!((found.accuracy.value - 4.0 / 6.0).abs() < 1e-12);
        let losses: f64 = [0.9f64, 0.6, 0.2, 0.7, 0.9].iter().map(|p| -p.ln()).sum();
        assert!((found.log_loss - losses / 5.0).abs() < 1e-12);
        assert_eq!((found.boilerplate_dropped, found.real_lost), ((1, 2), 1));
    }

    #[test]
    fn calibration_error_is_the_weighted_mean_gap_of_the_bins() {
        // Bins: .9 .9 (both right) | .8 (wrong) | .7 (right) | .6 (right).
        let expected = (0.2 + 0.8 + 0.3 + 0.4) / 5.0;
        assert!((evaluation().expected_calibration_error - expected).abs() < 1e-12);
    }

    #[test]
    fn intervals_contain_the_value_and_are_reproducible() {
        let found = evaluation();
        assert!(found.macro_f1.low <= found.macro_f1.value && found.macro_f1.value <= found.macro_f1.high);
        assert_eq!(found, evaluation());
    }
}
