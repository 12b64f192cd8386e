//! What a model keeps of the figures that training took.

use serde::{Deserialize, Serialize};

use super::{Evaluation, LabelScores, ReliabilityBin};

/// How good the predictions for held-out paragraphs were, the filter not applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutOfFold {
    /// The paragraphs that were predicted, by models that had not seen their group.
    pub n_paragraphs: usize,
    /// How many groups they stand in.
    pub n_groups: usize,
    /// One entry a label.
    pub per_label: Vec<LabelScores>,
    /// Rows: the true label; columns: the predicted one.
    pub confusion: Vec<Vec<usize>>,
    /// (coverage, accuracy): how often the surest share of paragraphs is right.
    pub coverage: Vec<(f64, f64)>,
    /// Whether probabilities hold; bins without paragraphs are left out.
    pub reliability: Vec<ReliabilityBin>,
}

impl OutOfFold {
    /// What is kept of an evaluation of predictions of which the filter dropped none.
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

    /// Whether it has as many entries as there are labels.
    pub(crate) fn is_of(&self, n_labels: usize) -> bool {
        let is_square = self.confusion.iter().all(|row| row.len() == n_labels);
        is_square && self.confusion.len() == n_labels && self.per_label.len() == n_labels
    }
}
