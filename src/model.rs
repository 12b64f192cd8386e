//! The fitted parts, saved to one safetensors file and loaded from it.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bayes::FeatureTable;
use crate::calibration::Pool;
use crate::calibration::Pools;
use crate::context::Context;
use crate::context::Kind;
use crate::error::Error;
use crate::error::MODEL_FORMAT;
use crate::error::Result;
use crate::features::Block;
use crate::features::FeatureMaker;
use crate::features::Vocabulary;
use crate::features::WordClasses;
use crate::gate::Gate;
use crate::gate::LearnedGate;
use crate::metrics::CurvePoint;
use crate::output::OutputFile;

/// The bytes of the default model, part of every build.
static EMBEDDED: &[u8] = include_bytes!("../models/default.safetensors");

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
    pub(crate) gate: Gate,
    /// A paragraph whose best probability is lower is `unsure`.
    pub(crate) unsure_below: f64,
    pub(crate) card: Card,
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
    /// Paragraphs by label, clutter included.
    pub label_counts: BTreeMap<String, usize>,
    /// The options of training, by name.
    pub options: BTreeMap<String, String>,
    /// Cross-validated figures of the labels, the gate not applied, by name; shares from 0 to 1.
    pub cross_validated: BTreeMap<String, f64>,
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

/// The metadata of the model file. Its fields are written in the order of their names.
#[derive(Serialize, Deserialize)]
struct ModelFile {
    format: u64,
    labels: Vec<String>,
    max_ngram: usize,
    blocks: Vec<BlockFile>,
    class_offsets: Vec<f64>,
    /// Those for a paragraph without neighbours.
    class_offsets_alone: Vec<f64>,
    context: ContextFile,
    gate: Option<GateFile>,
    unsure_below: f64,
    card: Card,
    /// Hex SHA-256 over this entry, with nothing here, and over the names and bytes of the tensors.
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct BlockFile {
    name: String,
    alpha: f64,
    weight: f64,
    weight_alone: f64,
}

#[derive(Serialize, Deserialize)]
struct ContextFile {
    shares: Vec<f64>,
    kinds: Vec<KindFile>,
    strength: f64,
    own_weight: f64,
}

#[derive(Serialize, Deserialize)]
struct KindFile {
    log_share: f64,
    log_start: Vec<f64>,
    log_affinity: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
struct GateFile {
    weight: f64,
    offsets: Vec<f64>,
    threshold: f64,
}

/// The one metadata entry: safetensors writes several in the order of a hash map.
const METADATA_KEY: &str = "rhetor";
/// The largest weight, offset or logarithm that a model may hold. Those of trained models stay under 100; with
/// much larger ones the sums in a score lose the digits that probabilities are made of.
const LARGEST: f64 = 1000.0;
/// The name of the gate's tensors.
const GATE: &str = "gate";
/// The name of the word classes' tensor.
const CLASSES: &str = "word_classes";

impl Model {
    /// The default model, which every build carries: report, advocacy and analysis in English.
    ///
    /// # Errors
    ///
    /// When the build was made with a broken model file.
    pub fn embedded() -> Result<Model> {
        Model::from_bytes(EMBEDDED, Path::new("the embedded model"))
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
        let broken = |what: String| Error::Model { path: name.to_path_buf(), what };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|err| broken(err.to_string()))?;
        let json = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
        let json = json.ok_or_else(|| broken("it has no entry `rhetor`".to_string()))?;
        let value: serde_json::Value = serde_json::from_str(json).map_err(|err| broken(err.to_string()))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        let found = format.ok_or_else(|| broken("it has no format number".to_string()))?;
        if found != MODEL_FORMAT {
            return Err(Error::ModelFormat { path: name.to_path_buf(), found });
        }
        let file: ModelFile = serde_json::from_value(value).map_err(|err| broken(err.to_string()))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|err| broken(err.to_string()))?;
        file.into_model(&tensors).map_err(broken)
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

    /// Whether the gate has a table learned from clutter beside its rules.
    pub fn has_learned_gate(&self) -> bool {
        self.gate.learned.is_some()
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

    fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::new();
        tensors.insert(CLASSES.to_string(), Tensor::text(self.maker.classes.table()));
        let gate = self.gate.learned.as_ref();
        let own = Block::OWN.iter().map(|block| (block.name(), self.vocabulary_of(*block)));
        for (name, vocabulary) in own.chain(gate.map(|gate| (GATE, &gate.vocabulary))) {
            // No feature holds a line break.
            tensors.insert(format!("{name}.names"), Tensor::text(&vocabulary.names().join("\n")));
        }
        let blocks = self.blocks.iter().map(|block| (block.block.name(), &block.table));
        for (name, table) in blocks.chain(gate.map(|gate| (GATE, &gate.table))) {
            tensors.insert(format!("{name}.table"), Tensor::table(table));
        }
        tensors
    }

    fn to_bytes(&self) -> std::result::Result<Vec<u8>, String> {
        let tensors = self.tensors();
        let mut file = ModelFile {
            format: MODEL_FORMAT,
            labels: self.labels.clone(),
            max_ngram: self.maker.max_ngram,
            blocks: self
                .blocks
                .iter()
                .zip(&self.pools.among.block_weights)
                .zip(&self.pools.alone.block_weights)
                .map(|((block, &weight), &weight_alone)| BlockFile {
                    name: block.block.name().to_string(),
                    alpha: block.alpha,
                    weight,
                    weight_alone,
                })
                .collect(),
            class_offsets: self.pools.among.class_offsets.clone(),
            class_offsets_alone: self.pools.alone.class_offsets.clone(),
            context: ContextFile {
                shares: self.context.shares().to_vec(),
                kinds: self
                    .context
                    .kinds()
                    .iter()
                    .cloned()
                    .map(|Kind { log_share, log_start, log_affinity }| KindFile {
                        log_share,
                        log_start,
                        log_affinity,
                    })
                    .collect(),
                strength: self.context.strength().0,
                own_weight: self.context.strength().1,
            },
            gate: self.gate.learned.as_ref().map(|gate| GateFile {
                weight: gate.pool.block_weights[0],
                offsets: gate.pool.class_offsets.clone(),
                threshold: gate.threshold,
            }),
            unsure_below: self.unsure_below,
            card: self.card.clone(),
            sha256: String::new(),
        };
        let bytes = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.bytes.as_slice()));
        file.sha256 = checksum(&file.without_checksum()?, bytes);
        let json = file.to_json()?;
        let views = tensors.iter().map(|(name, tensor)| Ok((name.as_str(), tensor.view()?)));
        let views = views.collect::<std::result::Result<Vec<_>, String>>()?;
        let metadata = [(METADATA_KEY.to_string(), json)].into_iter().collect();
        safetensors::serialize(views, Some(metadata)).map_err(|err| err.to_string())
    }
}

impl ModelFile {
    /// The entry as JSON; by way of a value, whose keys are sorted.
    fn to_json(&self) -> std::result::Result<String, String> {
        serde_json::to_value(self).map(|value| value.to_string()).map_err(|err| err.to_string())
    }

    /// What the checksum covers of the entry.
    fn without_checksum(&self) -> std::result::Result<String, String> {
        let mut value = serde_json::to_value(self).map_err(|err| err.to_string())?;
        value["sha256"] = serde_json::Value::String(String::new());
        Ok(value.to_string())
    }

    /// All numbers that scores are made of, those of the tables aside.
    fn numbers(&self) -> impl Iterator<Item = f64> {
        let ContextFile { kinds, strength, own_weight, .. } = &self.context;
        let of_kind = |kind: &KindFile| [&kind.log_start[..], &kind.log_affinity, &[kind.log_share]].concat();
        let of_gate = |gate: &GateFile| [&gate.offsets[..], &[gate.weight]].concat();
        let of_blocks = self.blocks.iter().flat_map(|block| [block.weight, block.weight_alone]);
        let of_context = kinds.iter().flat_map(of_kind).chain([*strength, *own_weight]);
        let of_gate = self.gate.iter().flat_map(of_gate);
        let offsets = self.class_offsets.iter().chain(&self.class_offsets_alone).copied();
        of_blocks.chain(offsets).chain(of_context).chain(of_gate)
    }

    fn into_model(self, tensors: &SafeTensors<'_>) -> std::result::Result<Model, String> {
        let mut named: Vec<(&str, &[u8])> = tensors.iter().map(|(name, view)| (name, view.data())).collect();
        named.sort_unstable_by_key(|(name, _)| *name);
        let expected = self.sha256.clone();
        if checksum(&self.without_checksum()?, named.into_iter()) != expected {
            return Err("its checksum does not agree with its content".to_string());
        }
        let n_classes = self.labels.len();
        if !(1..=5).contains(&self.max_ngram) {
            return Err(format!("its n-grams have up to {} words", self.max_ngram));
        }
        let distinct: std::collections::BTreeSet<&String> = self.labels.iter().collect();
        let n_offsets = [self.class_offsets.len(), self.class_offsets_alone.len()];
        if n_classes < 2 || distinct.len() != n_classes || n_offsets.iter().any(|&n| n != n_classes) {
            return Err(format!("it has {n_classes} labels and {} offsets", self.class_offsets.len()));
        }
        let known = self
            .blocks
            .iter()
            .map(|block| block.name.as_str())
            .eq(Block::ALL.iter().map(|block| block.name()));
        if !known {
            return Err("it has other blocks of features".to_string());
        }
        if let Some(number) = self.numbers().find(|number| !is_in_range(*number)) {
            return Err(format!("it has the number {number}, beyond {LARGEST}"));
        }
        let vocabularies = Block::OWN.iter().map(|block| read_vocabulary(tensors, block.name()));
        let vocabularies = vocabularies.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (block, file) in Block::ALL.into_iter().zip(&self.blocks) {
            let vocabulary = &vocabularies[block.source()];
            let table = read_table(tensors, block.name(), vocabulary, n_classes)?;
            blocks.push(BlockTable { block, alpha: file.alpha, table });
        }
        let classes = tensors.tensor(CLASSES).map_err(|err| format!("{CLASSES}: {err}"))?;
        let classes = std::str::from_utf8(classes.data()).map_err(|err| format!("{CLASSES}: {err}"))?;
        let classes = WordClasses::parse(Path::new(CLASSES), classes).map_err(|err| err.to_string())?;
        let block_weights: Vec<f64> = self.blocks.iter().map(|block| block.weight).collect();
        let weights_alone: Vec<f64> = self.blocks.iter().map(|block| block.weight_alone).collect();
        let ContextFile { shares, kinds, strength, own_weight } = self.context;
        if shares.len() != n_classes {
            return Err("its context has another number of labels".to_string());
        }
        let kinds = kinds.into_iter().map(|KindFile { log_share, log_start, log_affinity }| Kind {
            log_share,
            log_start,
            log_affinity,
        });
        let context = Context::new(shares, kinds.collect(), strength, own_weight);
        let context = context.ok_or_else(|| "its context table has another size".to_string())?;
        let learned = match self.gate {
            Some(gate) => {
                if gate.offsets.len() != 2 {
                    return Err("its gate has not two classes".to_string());
                }
                let vocabulary = read_vocabulary(tensors, GATE)?;
                let table = read_table(tensors, GATE, &vocabulary, 2)?;
                let pool = Pool { block_weights: vec![gate.weight], class_offsets: gate.offsets };
                Some(LearnedGate { vocabulary, table, pool, threshold: gate.threshold })
            }
            None => None,
        };
        Ok(Model {
            labels: self.labels,
            maker: FeatureMaker { max_ngram: self.max_ngram, classes },
            vocabularies,
            blocks,
            pools: Pools {
                among: Pool { block_weights, class_offsets: self.class_offsets },
                alone: Pool { block_weights: weights_alone, class_offsets: self.class_offsets_alone },
            },
            context,
            gate: Gate { learned },
            unsure_below: self.unsure_below,
            card: self.card,
        })
    }
}

fn is_in_range(number: f64) -> bool {
    number.abs() <= LARGEST
}

/// A tensor of the type that its part has.
fn tensor_of<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    dtype: Dtype,
) -> std::result::Result<TensorView<'a>, String> {
    let view = tensors.tensor(name).map_err(|err| format!("{name}: {err}"))?;
    if view.dtype() == dtype { Ok(view) } else { Err(format!("{name} has another type")) }
}

/// A block's names, in order.
fn read_vocabulary(tensors: &SafeTensors<'_>, name: &str) -> std::result::Result<Vocabulary, String> {
    let names = tensor_of(tensors, &format!("{name}.names"), Dtype::U8)?;
    let names = std::str::from_utf8(names.data()).map_err(|err| format!("{name}.names: {err}"))?;
    let names: Vec<String> = names.lines().map(str::to_string).collect();
    if !names.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(format!("{name}.names is not in order"));
    }
    Ok(Vocabulary::new(names))
}

/// A block's table over `vocabulary`, with its length checked.
fn read_table(
    tensors: &SafeTensors<'_>,
    name: &str,
    vocabulary: &Vocabulary,
    n_classes: usize,
) -> std::result::Result<FeatureTable, String> {
    let table = tensor_of(tensors, &format!("{name}.table"), Dtype::F32)?;
    let chunks = table.data().chunks_exact(4);
    let values: Vec<f32> =
        chunks.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    let (n_names, n_values) = (vocabulary.len(), values.len());
    if n_values != n_names * n_classes || !values.iter().all(|value| is_in_range(f64::from(*value))) {
        return Err(format!("{name} has {n_names} names, {n_values} values, {n_classes} classes"));
    }
    FeatureTable::new(n_classes, values).ok_or_else(|| format!("{name} has no whole rows"))
}

/// Hex SHA-256 over the entry and over names and bytes in the order given.
fn checksum<'a>(entry: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(entry.as_bytes());
    for (name, bytes) in tensors {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    crate::corpus::hex(&hasher.finalize())
}

/// A tensor's bytes before they are written.
struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensor {
    /// Lines of text.
    fn text(text: &str) -> Tensor {
        Tensor { dtype: Dtype::U8, shape: vec![text.len()], bytes: text.as_bytes().to_vec() }
    }

    fn table(table: &FeatureTable) -> Tensor {
        let values = table.values();
        let shape = vec![values.len() / table.n_classes(), table.n_classes()];
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Tensor { dtype: Dtype::F32, shape, bytes }
    }

    fn view(&self) -> std::result::Result<TensorView<'_>, String> {
        TensorView::new(self.dtype, self.shape.clone(), &self.bytes).map_err(|err| err.to_string())
    }
}
