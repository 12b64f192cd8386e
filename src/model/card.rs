//! The card of a model: what it was trained on, how, and how well it did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::metrics::{CurvePoint, OutOfFold, PairedEvaluation};

/// What a model was trained on, how, and how well it did on paragraphs that it had not seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Card {
    /// The version of rhetor that trained it.
    pub rhetor: String,
    /// Hex SHA-256 over the labelled text; file names do not matter.
    pub corpus_sha256: String,
    /// The number of labelled documents.
    pub n_documents: usize,
    /// Paragraphs by label, boilerplate included.
    pub label_counts: BTreeMap<String, usize>,
    /// The training options, by name.
    pub options: BTreeMap<String, String>,
    /// Cross-validated figures without the filter, by name; shares are from 0 to 1.
    pub cross_validated: BTreeMap<String, f64>,
    /// The detailed tables behind those figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_fold: Option<OutOfFold>,
    /// What its author says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// By group and label, the strongest features of the naive Bayes tables that refinement started from, strongest
    /// first.
    pub naive_bayes_strongest: BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>>,
    /// The model that this one was adapted from, if it was. The corpus and the figures above are then those of the rows
    /// that it was adapted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// The learning curve: the quality of models trained on growing shares of the corpus, if it was requested.
    pub learning_curve: Vec<CurvePoint>,
}

/// What the author of a model says about it, for its card and for everything made with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Who gave the labels that it was trained on, such as `a language model under a codebook`.
    pub labelled_by: String,
    /// What each label means, by label.
    #[serde(default)]
    pub definitions: BTreeMap<String, String>,
    /// How well the labels agree with each other and with people.
    #[serde(default)]
    pub agreement: Vec<String>,
    /// The licence of the model and of its training data.
    #[serde(default)]
    pub licence: String,
    /// What the model should not be used for, and what it does badly.
    #[serde(default)]
    pub limits: Vec<String>,
}

/// The model that another was adapted from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Base {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its id, as [`Model::id`](super::Model::id) returns it.
    pub id: String,
    /// How many labelled paragraphs, boilerplate excluded, the adaptation had.
    pub n_paragraphs: usize,
    /// The base (first) and the adapted model (second) on these paragraphs, held out by group; `None` if they were too
    /// few to hold any out.
    pub held_out: Option<PairedEvaluation>,
}
