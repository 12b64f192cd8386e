//! The fitted parts, saved to one safetensors file and loaded from it.

mod engine;
mod file;
mod keep;
mod tensor;

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use self::engine::{Engine, LazyEngine};
use crate::bayes::FeatureTable;
use crate::calibration::Pools;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::features::{Block, FeatureMaker, Vocabulary};
use crate::filter::Filter;
use crate::metrics::{CurvePoint, OutOfFold};
use crate::output::OutputFile;

/// The bytes of the default model, part of every build.
static EMBEDDED: &[u8] = &Aligned(*include_bytes!("../../models/default.safetensors")).0;

/// Bytes that begin where the numbers among them can be read in place.
#[repr(C, align(64))]
struct Aligned<Bytes: ?Sized>(Bytes);

/// A fitted model: scores articles, says why, and knows what it was trained on.
///
/// Made by [`crate::train`], [`Model::load`] or [`Model::embedded`].
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) labels: Vec<String>,
    pub(crate) maker: FeatureMaker,
    /// In the order of [`Block::OWN`].
    pub(crate) vocabularies: Vec<Vocabulary>,
    /// In the order of [`Block::ALL`].
    pub(crate) blocks: Vec<BlockTable>,
    pub(crate) pools: Pools,
    pub(crate) context: Context,
    pub(crate) filter: Filter,
    /// A paragraph whose best probability is lower is `unsure`.
    pub(crate) unsure_below: f64,
    pub(crate) card: Card,
    pub(crate) engine: LazyEngine,
}

/// One block's table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BlockTable {
    pub(crate) block: Block,
    /// The smoothing that the table was fitted with.
    pub(crate) alpha: f64,
    /// Over the vocabulary of the block's source.
    pub(crate) table: FeatureTable,
}

/// What a model was trained on, how, and how well it did on paragraphs that it had not seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Card {
    /// The version of rhetor that trained it.
    pub rhetor: String,
    /// Hex SHA-256 over the labelled text, whatever its files were named.
    pub corpus_sha256: String,
    /// Labelled documents.
    pub n_documents: usize,
    /// Paragraphs by label, boilerplate included.
    pub label_counts: BTreeMap<String, usize>,
    /// The options of training, by name.
    pub options: BTreeMap<String, String>,
    /// Cross-validated figures of the labels, the filter not applied, by name; shares from 0 to 1.
    pub cross_validated: BTreeMap<String, f64>,
    /// The tables behind those figures. A model that was trained before they were kept has none; nothing is then written
    /// in their place, so that the checksum of such a file stays what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_fold: Option<OutOfFold>,
    /// By block and label the features that weighed most in the naive Bayes tables from which
    /// refinement started, strongest first.
    pub naive_bayes_strongest: BTreeMap<String, BTreeMap<String, Vec<(String, f64)>>>,
    /// How good models of growing shares of the corpus were, where that was asked for.
    pub learning_curve: Vec<CurvePoint>,
}

/// What a block is, in figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockSummary {
    /// Its name.
    pub name: &'static str,
    /// Features in its vocabulary.
    pub n_features: usize,
    /// The smoothing of its table.
    pub alpha: f64,
    /// Its factor in the pool.
    pub weight: f64,
}

impl Model {
    /// The default model, which every build carries: report, advocacy and analysis in English.
    ///
    /// # Errors
    ///
    /// When the build was made with a broken model file.
    pub fn embedded() -> Result<Model> {
        file::embedded_model(EMBEDDED, Path::new("the embedded model"))
    }

    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is cut short or changed, or has another format.
    pub fn load(path: &Path) -> Result<Model> {
        let bytes = std::fs::read(path).map_err(Error::io(path, "read"))?;
        Model::from_bytes(&bytes, path)
    }

    /// Reads the bytes of a model file, for models that do not lie in a file of their own; `name` stands in
    /// errors.
    ///
    /// Any bytes are a model or an error, those of a file made to do harm too: lengths are checked before
    /// they are used, and no number in a model can make a probability that is none.
    ///
    /// # Errors
    ///
    /// When they are cut short or changed, or have another format.
    pub fn from_bytes(bytes: &[u8], name: &Path) -> Result<Model> {
        file::checked_model(bytes, name)
    }

    /// Writes the model whole, or not at all. The same model gives the same bytes.
    ///
    /// # Errors
    ///
    /// When the folder is missing or cannot be written to.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = self.to_bytes().map_err(|what| Error::Model { path: path.to_path_buf(), what })?;
        let mut file = OutputFile::create(path)?;
        file.write(&bytes)?;
        file.finish()
    }

    /// The labels, in the order of every list of probabilities.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What the model was trained on and how well it did.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The same model with a learning curve in its card.
    pub fn with_learning_curve(mut self, learning_curve: Vec<CurvePoint>) -> Model {
        self.card.learning_curve = learning_curve;
        self
    }

    /// The lowest best probability at which a label is not `unsure`.
    pub fn unsure_below(&self) -> f64 {
        self.unsure_below
    }

    /// Whether the filter has a table learned from boilerplate beside its rules.
    pub fn has_learned_filter(&self) -> bool {
        self.filter.learned.is_some()
    }

    /// How strongly neighbours are heard, and how much a paragraph's own scores weigh beside them.
    pub fn context_strength(&self) -> (f64, f64) {
        self.context.strength()
    }

    /// The blocks of features, in order.
    pub fn blocks(&self) -> Vec<BlockSummary> {
        let summary = |(block, &weight): (&BlockTable, &f64)| BlockSummary {
            name: block.block.name(),
            n_features: self.vocabulary_of(block.block).len(),
            alpha: block.alpha,
            weight,
        };
        self.blocks.iter().zip(&self.pools.among.block_weights).map(summary).collect()
    }

    /// For each block the `n` features that speak most for the label at `index`, strongest first,
    /// with what one of them alone in its block would add to the score of a paragraph without
    /// neighbours.
    ///
    /// # Panics
    ///
    /// When the model has no label at `index`.
    pub fn strongest(&self, index: usize, n: usize) -> Vec<(&'static str, Vec<(&str, f64)>)> {
        assert!(index < self.labels.len(), "the model has {} labels", self.labels.len());
        let blocks = self.blocks.iter().zip(&self.pools.among.block_weights);
        blocks
            .map(|(block, &weight)| {
                let names = self.vocabulary_of(block.block).names();
                (block.block.name(), block.table.strongest(names, index, weight, n))
            })
            .collect()
    }

    /// The vocabulary of a block's source.
    pub(crate) fn vocabulary_of(&self, block: Block) -> &Vocabulary {
        &self.vocabularies[block.source()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_whole() {
        assert_eq!(Model::from_bytes(EMBEDDED, Path::new("m")).unwrap(), Model::embedded().unwrap());
    }

    #[test]
    fn the_parts_of_the_embedded_model_lie_in_its_bytes() {
        let model = Model::embedded().unwrap();
        let lies_there = |start: *const u8| EMBEDDED.as_ptr_range().contains(&start);
        assert!(model.blocks.iter().all(|block| lies_there(block.table.values().as_ptr().cast())));
        assert!(model.vocabularies.iter().all(|vocabulary| lies_there(vocabulary.lines().as_ptr())));
        assert!(lies_there(model.maker.classes.table().as_ptr()));
    }
}
