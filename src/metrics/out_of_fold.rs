//! The measures of out-of-fold predictions that a model card keeps.

use serde::{Deserialize, Serialize};

#[cfg(feature = "train")]
use super::Evaluation;
use super::{LabelScores, ReliabilityBin};

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
    /// The kept part of an evaluation in which the filter dropped nothing.
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
