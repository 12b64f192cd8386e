//! The model file: one safetensors file, whose one metadata entry is JSON.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::tensor::SafeTensors;
use serde::{Deserialize, Serialize};

use super::keep::{Borrowed, Copied, Keep};
use super::tensor::{Tensor, checksum, read_classes, read_table, read_vocabulary};
use super::{BlockTable, Card, LazyEngine, Model};
use crate::calibration::{Pool, Pools};
use crate::context::{Context, Kind};
use crate::error::{Error, Result};
use crate::features::{Block, FeatureMaker};
use crate::filter::{Filter, LearnedFilter};

/// The format number of the model files that this version writes and reads.
const MODEL_FORMAT: u64 = 2;

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
    filter: Option<FilterFile>,
    unsure_below: f64,
    card: Card,
    /// Hex SHA-256 over this entry, with nothing here, and over the names and bytes of the tensors.
    sha256: String,
}

/// What the metadata of every format has.
#[derive(Deserialize)]
struct Numbered {
    format: Option<serde_json::Value>,
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
struct FilterFile {
    weight: f64,
    offsets: Vec<f64>,
    threshold: f64,
}

/// The one metadata entry: safetensors writes several in the order of a hash map.
const METADATA_KEY: &str = "rhetor";
/// The largest weight, offset or logarithm that a model may hold. Those of trained models stay under 100; with
/// much larger ones the sums in a score lose the digits that probabilities are made of.
const LARGEST: f64 = 1000.0;
/// The name of the filter's tensors.
const FILTER: &str = "filter";
/// The name of the word classes' tensor.
const CLASSES: &str = "word_classes";

/// The model of the bytes of a model file; `name` stands in errors.
///
/// # Errors
///
/// When they are cut short or changed, or have another format.
pub(super) fn checked_model(bytes: &[u8], name: &Path) -> Result<Model> {
    let (file, tensors) = parts_of(bytes, name)?;
    let broken = |what: String| Error::Model { path: name.to_path_buf(), what };
    file.check(&tensors).map_err(broken)?;
    file.into_model(&tensors, &Copied).map_err(broken)
}

/// The model of bytes that a test has checked.
///
/// # Errors
///
/// When they have another format.
pub(super) fn embedded_model(bytes: &'static [u8], name: &Path) -> Result<Model> {
    let (file, tensors) = parts_of(bytes, name)?;
    let broken = |what: String| Error::Model { path: name.to_path_buf(), what };
    file.into_model(&tensors, &Borrowed).map_err(broken)
}

fn parts_of<'a>(bytes: &'a [u8], name: &Path) -> Result<(ModelFile, SafeTensors<'a>)> {
    let broken = |what: String| Error::Model { path: name.to_path_buf(), what };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|err| broken(err.to_string()))?;
    let json = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
    let json = json.ok_or_else(|| broken("it has no entry `rhetor`".to_string()))?;
    let numbered: Numbered = serde_json::from_str(json).map_err(|err| broken(err.to_string()))?;
    let found = numbered.format.as_ref().and_then(serde_json::Value::as_u64);
    let found = found.ok_or_else(|| broken("it has no format number".to_string()))?;
    if found != MODEL_FORMAT {
        return Err(Error::ModelFormat { path: name.to_path_buf(), found, expected: MODEL_FORMAT });
    }
    let file: ModelFile = serde_json::from_str(json).map_err(|err| broken(err.to_string()))?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|err| broken(err.to_string()))?;
    Ok((file, tensors))
}

impl Model {
    fn tensors(&self) -> BTreeMap<String, Tensor> {
        let mut tensors = BTreeMap::new();
        tensors.insert(CLASSES.to_string(), Tensor::text(self.maker.classes.table()));
        let filter = self.filter.learned.as_ref();
        let own = Block::OWN.iter().map(|block| (block.name(), self.vocabulary_of(*block)));
        for (name, vocabulary) in own.chain(filter.map(|filter| (FILTER, &filter.vocabulary))) {
            // No feature holds a line break.
            tensors.insert(format!("{name}.names"), Tensor::text(vocabulary.lines()));
        }
        let blocks = self.blocks.iter().map(|block| (block.block.name(), &block.table));
        for (name, table) in blocks.chain(filter.map(|filter| (FILTER, &filter.table))) {
            tensors.insert(format!("{name}.table"), Tensor::table(table));
        }
        tensors
    }

    pub(super) fn to_bytes(&self) -> std::result::Result<Vec<u8>, String> {
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
            filter: self.filter.learned.as_ref().map(|filter| FilterFile {
                weight: filter.pool.block_weights[0],
                offsets: filter.pool.class_offsets.clone(),
                threshold: filter.threshold,
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
        let of_filter = |filter: &FilterFile| [&filter.offsets[..], &[filter.weight]].concat();
        let of_blocks = self.blocks.iter().flat_map(|block| [block.weight, block.weight_alone]);
        let of_context = kinds.iter().flat_map(of_kind).chain([*strength, *own_weight]);
        let of_filter = self.filter.iter().flat_map(of_filter);
        let offsets = self.class_offsets.iter().chain(&self.class_offsets_alone).copied();
        of_blocks.chain(offsets).chain(of_context).chain(of_filter)
    }

    /// Whether nothing was changed since the file was written.
    fn check(&self, tensors: &SafeTensors<'_>) -> std::result::Result<(), String> {
        let mut named: Vec<(&str, &[u8])> = tensors.iter().map(|(name, view)| (name, view.data())).collect();
        named.sort_unstable_by_key(|(name, _)| *name);
        let found = checksum(&self.without_checksum()?, named.into_iter());
        if found == self.sha256 {
            Ok(())
        } else {
            Err("its checksum does not agree with its content".to_string())
        }
    }

    fn into_model<'a>(
        self,
        tensors: &SafeTensors<'a>,
        keep: &impl Keep<'a>,
    ) -> std::result::Result<Model, String> {
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
        if self.card.out_of_fold.as_ref().is_some_and(|figures| !figures.is_of(n_classes)) {
            return Err("its figures out of fold are of another number of labels".to_string());
        }
        let vocabularies = Block::OWN.iter().map(|block| read_vocabulary(tensors, block.name(), keep));
        let vocabularies = vocabularies.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (block, file) in Block::ALL.into_iter().zip(&self.blocks) {
            let vocabulary = &vocabularies[block.source()];
            let table = read_table(tensors, block.name(), keep, vocabulary, n_classes)?;
            blocks.push(BlockTable { block, alpha: file.alpha, table });
        }
        let classes = read_classes(tensors, CLASSES, keep)?;
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
        let learned = match self.filter {
            Some(filter) => {
                if filter.offsets.len() != 2 {
                    return Err("its filter has not two classes".to_string());
                }
                let vocabulary = read_vocabulary(tensors, FILTER, keep)?;
                let table = read_table(tensors, FILTER, keep, &vocabulary, 2)?;
                let pool = Pool { block_weights: vec![filter.weight], class_offsets: filter.offsets };
                Some(LearnedFilter { vocabulary, table, pool, threshold: filter.threshold })
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
            filter: Filter { learned },
            unsure_below: self.unsure_below,
            card: self.card,
            engine: LazyEngine::default(),
        })
    }
}

pub(super) fn is_in_range(number: f64) -> bool {
    number.abs() <= LARGEST
}
