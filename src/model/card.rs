//! The model card: what a model was trained on, how, and how well it did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{CurvePoint, OutOfFold};

/// What a model was trained on, how, and how well it did on paragraphs that it had not seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Card {
    /// The version of rhetor that trained it.
    pub rhetor: String,
    /// Hex SHA-256 over the labelled text, whatever the names of its files.
    pub corpus_sha256: String,
    /// The number of labelled documents.
    pub n_documents: usize,
    /// Paragraphs by label, boilerplate included.
    pub label_counts: BTreeMap<String, usize>,
    /// The training options, by name.
    pub options: BTreeMap<String, String>,
    /// Cross-validated figures without the filter, by name; shares are from 0 to 1.
    pub cross_validated: BTreeMap<String, f64>,
    /// The tables behind those figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_fold: Option<OutOfFold>,
    /// By group and label the strongest features of the naive Bayes tables from which refinement started,
    /// strongest first.
    pub naive_bayes_strongest: BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>>,
    /// How good models of growing shares of the corpus were, where that was asked for.
    pub learning_curve: Vec<CurvePoint>,
}
