//! The fitted parts, saved to one safetensors file and loaded from it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bayes::FeatureLogProb;
use crate::calibration::Pool;
use crate::context::Context;
use crate::error::Error;
use crate::error::MODEL_FORMAT;
use crate::error::Result;
use crate::features::Block;
use crate::features::Vocabulary;
use crate::gate::Gate;
use crate::gate::LearnedGate;

/// The bytes of the default model, part of every build.
static EMBEDDED: &[u8] = include_bytes!("../models/default.safetensors");

/// A fitted model: scores articles, says why, and knows what it was trained on.
///
/// Made by [`crate::train`], [`Model::load`] or [`Model::embedded`].
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(crate) labels: Vec<String>,
    pub(crate) max_ngram: usize,
    /// In the order of [`Block::ALL`].
    pub(crate) blocks: Vec<BlockTable>,
    pub(crate) pool: Pool,
    pub(crate) context: Context,
    pub(crate) gate: Gate,
    /// A paragraph whose best probability is lower is `unsure`.
    pub(crate) unsure_below: f64,
    pub(crate) card: Card,
}

/// One block's vocabulary and table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BlockTable {
    pub(crate) block: Block,
    /// The smoothing that the table was fitted with.
    pub(crate) alpha: f64,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) table: FeatureLogProb,
}

impl BlockTable {
    /// The factor on a sum over `n_features` features: one over the square root of their number.
    ///
    /// Words of one paragraph are no independent witnesses; without it a long paragraph would be
    /// surer than it is right.
    pub(crate) fn scale(n_features: usize) -> f64 {
        1.0 / (n_features.max(1) as f64).sqrt()
    }

    /// The scaled log-likelihoods of known features, less their mean over the classes.
    pub(crate) fn log_likelihoods(table: &FeatureLogProb, features: &[u32], n_classes: usize) -> Vec<f64> {
        let mut sums = vec![0.0; n_classes];
        for &feature in features {
            for (sum, log_prob) in sums.iter_mut().zip(table.row(feature)) {
                *sum += f64::from(*log_prob);
            }
        }
        let mean = sums.iter().sum::<f64>() / n_classes as f64;
        let scale = BlockTable::scale(features.len());
        sums.iter().map(|sum| (sum - mean) * scale).collect()
    }
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
    /// Cross-validated figures, by name; shares from 0 to 1.
    pub cross_validated: BTreeMap<String, f64>,
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
    context: ContextFile,
    gate: Option<GateFile>,
    unsure_below: f64,
    card: Card,
    tensors_sha256: String,
}

#[derive(Serialize, Deserialize)]
struct BlockFile {
    name: String,
    alpha: f64,
    weight: f64,
}

#[derive(Serialize, Deserialize)]
struct ContextFile {
    log_affinity: Vec<f64>,
    strength: f64,
    own_weight: f64,
}

#[derive(Serialize, Deserialize)]
struct GateFile {
    weight: f64,
    offsets: Vec<f64>,
    threshold: f64,
}

/// The one metadata entry: safetensors writes several in the order of a hash map.
const METADATA_KEY: &str = "rhetor";
/// The name of the gate's tensors.
const GATE: &str = "gate";

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

    /// Writes the model whole, or not at all. The same model gives the same bytes.
    ///
    /// # Errors
    ///
    /// When the folder is missing or cannot be written to.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = self.to_bytes().map_err(|what| Error::Model { path: path.to_path_buf(), what })?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(path, "write"))?;
        file.write_all(&bytes).map_err(Error::io(path, "write"))?;
        make_readable(&file).map_err(Error::io(path, "write"))?;
        file.persist(path).map_err(|err| Error::io(path, "write")(err.error))?;
        Ok(())
    }

    /// The labels, in the order of every list of probabilities.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// What the model was trained on and how well it did.
    pub fn card(&self) -> &Card {
        &self.card
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
        (self.context.strength, self.context.own_weight)
    }

    /// The blocks of features, in order.
    pub fn blocks(&self) -> Vec<BlockSummary> {
        let summary = |(block, &weight): (&BlockTable, &f64)| BlockSummary {
            name: block.block.name(),
            n_features: block.vocabulary.len(),
            alpha: block.alpha,
            weight,
        };
        self.blocks.iter().zip(&self.pool.block_weights).map(summary).collect()
    }

    /// For each block the `n` features that speak most for the label at `index`, strongest first,
    /// with what one of them alone in its block would add to the label's score.
    ///
    /// # Panics
    ///
    /// When the model has no label at `index`.
    pub fn strongest(&self, index: usize, n: usize) -> Vec<(&'static str, Vec<(&str, f64)>)> {
        assert!(index < self.labels.len(), "the model has {} labels", self.labels.len());
        let mut strongest = Vec::with_capacity(self.blocks.len());
        for (block, weight) in self.blocks.iter().zip(&self.pool.block_weights) {
            let mut features: Vec<(&str, f64)> = Vec::with_capacity(block.vocabulary.len());
            for (feature, name) in block.vocabulary.names().iter().enumerate() {
                let row = block.table.row(feature as u32);
                let mean = row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64;
                features.push((name, weight * (f64::from(row[index]) - mean)));
            }
            features.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            features.truncate(n);
            strongest.push((block.block.name(), features));
        }
        strongest
    }

    fn tensors(&self) -> BTreeMap<String, Tensor<'_>> {
        let mut tensors = BTreeMap::new();
        let blocks = self.blocks.iter().map(|block| (block.block.name(), &block.vocabulary, &block.table));
        let gate = self.gate.learned.iter().map(|gate| (GATE, &gate.vocabulary, &gate.table));
        for (name, vocabulary, table) in blocks.chain(gate) {
            tensors.insert(format!("{name}.names"), Tensor::names(vocabulary));
            tensors.insert(format!("{name}.feature_log_prob"), Tensor::table(vocabulary, table));
        }
        tensors
    }

    fn to_bytes(&self) -> std::result::Result<Vec<u8>, String> {
        let tensors = self.tensors();
        let file = ModelFile {
            format: MODEL_FORMAT,
            labels: self.labels.clone(),
            max_ngram: self.max_ngram,
            blocks: self
                .blocks
                .iter()
                .zip(&self.pool.block_weights)
                .map(|(block, &weight)| BlockFile {
                    name: block.block.name().to_string(),
                    alpha: block.alpha,
                    weight,
                })
                .collect(),
            class_offsets: self.pool.class_offsets.clone(),
            context: ContextFile {
                log_affinity: self.context.log_affinity().to_vec(),
                strength: self.context.strength,
                own_weight: self.context.own_weight,
            },
            gate: self.gate.learned.as_ref().map(|gate| GateFile {
                weight: gate.pool.block_weights[0],
                offsets: gate.pool.class_offsets.clone(),
                threshold: gate.threshold,
            }),
            unsure_below: self.unsure_below,
            card: self.card.clone(),
            tensors_sha256: checksum(tensors.iter().map(|(name, tensor)| (name.as_str(), &*tensor.bytes))),
        };
        // By way of a value, whose keys are sorted.
        let json = serde_json::to_value(&file).map_err(|err| err.to_string())?.to_string();
        let views = tensors.iter().map(|(name, tensor)| Ok((name.as_str(), tensor.view()?)));
        let views = views.collect::<std::result::Result<Vec<_>, String>>()?;
        let metadata = [(METADATA_KEY.to_string(), json)].into_iter().collect();
        safetensors::serialize(views, Some(metadata)).map_err(|err| err.to_string())
    }

    pub(crate) fn from_bytes(bytes: &[u8], path: &Path) -> Result<Model> {
        let broken = |what: String| Error::Model { path: path.to_path_buf(), what };
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|err| broken(err.to_string()))?;
        let json = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
        let json = json.ok_or_else(|| broken("it has no entry `rhetor`".to_string()))?;
        let value: serde_json::Value = serde_json::from_str(json).map_err(|err| broken(err.to_string()))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        let found = format.ok_or_else(|| broken("it has no format number".to_string()))?;
        if found != MODEL_FORMAT {
            return Err(Error::ModelFormat { path: path.to_path_buf(), found });
        }
        let file: ModelFile = serde_json::from_value(value).map_err(|err| broken(err.to_string()))?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|err| broken(err.to_string()))?;
        file.into_model(&tensors).map_err(broken)
    }
}

impl ModelFile {
    fn into_model(self, tensors: &SafeTensors<'_>) -> std::result::Result<Model, String> {
        let mut named: Vec<(&str, &[u8])> = tensors.iter().map(|(name, view)| (name, view.data())).collect();
        named.sort_unstable_by_key(|(name, _)| *name);
        if checksum(named.into_iter()) != self.tensors_sha256 {
            return Err("its checksum does not agree with its tables".to_string());
        }
        let n_classes = self.labels.len();
        if n_classes < 2 || self.class_offsets.len() != n_classes {
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
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (block, file) in Block::ALL.into_iter().zip(&self.blocks) {
            let (vocabulary, table) = read_table(tensors, block.name(), n_classes)?;
            blocks.push(BlockTable { block, alpha: file.alpha, vocabulary, table });
        }
        let block_weights: Vec<f64> = self.blocks.iter().map(|block| block.weight).collect();
        let ContextFile { log_affinity, strength, own_weight } = self.context;
        let context = Context::new(n_classes, log_affinity, strength, own_weight);
        let context = context.ok_or_else(|| "its context table has another size".to_string())?;
        let learned = match self.gate {
            Some(gate) => {
                if gate.offsets.len() != 2 {
                    return Err("its gate has not two classes".to_string());
                }
                let (vocabulary, table) = read_table(tensors, GATE, 2)?;
                let pool = Pool { block_weights: vec![gate.weight], class_offsets: gate.offsets };
                Some(LearnedGate { vocabulary, table, pool, threshold: gate.threshold })
            }
            None => None,
        };
        Ok(Model {
            labels: self.labels,
            max_ngram: self.max_ngram,
            blocks,
            pool: Pool { block_weights, class_offsets: self.class_offsets },
            context,
            gate: Gate { learned },
            unsure_below: self.unsure_below,
            card: self.card,
        })
    }
}

/// A block's names and table, with every length checked.
fn read_table(
    tensors: &SafeTensors<'_>,
    name: &str,
    n_classes: usize,
) -> std::result::Result<(Vocabulary, FeatureLogProb), String> {
    let tensor = |part: &str, dtype: Dtype| {
        let full_name = format!("{name}.{part}");
        let view = tensors.tensor(&full_name).map_err(|err| format!("{full_name}: {err}"))?;
        if view.dtype() == dtype { Ok(view) } else { Err(format!("{full_name} has another type")) }
    };
    let names = tensor("names", Dtype::U8)?;
    let names = std::str::from_utf8(names.data()).map_err(|err| format!("{name}.names: {err}"))?;
    let names: Vec<String> = names.lines().map(str::to_string).collect();
    if !names.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(format!("{name}.names is not in order"));
    }
    let table = tensor("feature_log_prob", Dtype::F32)?;
    let chunks = table.data().chunks_exact(4);
    let values: Vec<f32> =
        chunks.map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
    if values.len() != names.len() * n_classes || !values.iter().all(|value| value.is_finite()) {
        return Err(format!(
            "{name} has {} names, {} values, {n_classes} classes",
            names.len(),
            values.len()
        ));
    }
    let table = FeatureLogProb::new(n_classes, values).ok_or_else(|| format!("{name} has no whole rows"))?;
    Ok((Vocabulary::new(names), table))
}

/// Lets others read the file, as any file that is not made by way of a temporary one.
fn make_readable(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

/// Hex SHA-256 over names and bytes in the order given.
fn checksum<'a>(tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    for (name, bytes) in tensors {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    crate::corpus::hex(&hasher.finalize())
}

/// A tensor's bytes before they are written.
struct Tensor<'a> {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Cow<'a, [u8]>,
}

impl Tensor<'_> {
    /// Names in order, one a line: no feature holds a line break.
    fn names(vocabulary: &Vocabulary) -> Tensor<'_> {
        let bytes = vocabulary.names().join("\n").into_bytes();
        Tensor { dtype: Dtype::U8, shape: vec![bytes.len()], bytes: bytes.into() }
    }

    fn table<'a>(vocabulary: &Vocabulary, table: &'a FeatureLogProb) -> Tensor<'a> {
        let values = table.values();
        let n_features = vocabulary.len();
        let shape = vec![n_features, values.len() / n_features.max(1)];
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Tensor { dtype: Dtype::F32, shape, bytes: bytes.into() }
    }

    fn view(&self) -> std::result::Result<TensorView<'_>, String> {
        TensorView::new(self.dtype, self.shape.clone(), &self.bytes).map_err(|err| err.to_string())
    }
}
