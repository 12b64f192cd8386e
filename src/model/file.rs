//! The model file, format 3: one safetensors file with a single metadata entry in JSON. Its tensors are little-endian
//! arrays, read in place if the bytes are part of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::tensor::{Checked, Tensor, numbers};
use super::{Card, MODEL_FORMAT, Parts};
use crate::combination::Combination;
use crate::error::{Error, Result};
use crate::features::{Extractor, FeatureGroup, Lexicon, LexiconParts, MAX_NGRAM, Table};
use crate::filter::{Filter, LearnedFilter};
use crate::label_map::LabelMap;
use crate::neighbours::Neighbours;

/// The metadata of the model file, written as JSON with sorted keys.
#[derive(Serialize, Deserialize)]
struct Metadata {
    format: u64,
    name: String,
    version: String,
    labels: Vec<String>,
    /// The label of each class of the tables; empty if each class has its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    label_of: Vec<usize>,
    max_ngram: usize,
    word_codes: bool,
    groups: Vec<Group>,
    offsets: Vec<f64>,
    /// The weights of the regression for a paragraph alone, those for one with neighbours, and the prior.
    neighbours: [Vec<f64>; 3],
    filter: Option<FilterNumbers>,
    unsure_below: f64,
    card: Card,
    /// Hex SHA-256 over this entry, with this field empty, and over the names and bytes of the tensors.
    sha256: String,
}

/// What the metadata of every format has.
#[derive(Deserialize)]
struct AnyFormat {
    format: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Group {
    name: String,
    alpha: f64,
    weight: f64,
}

#[derive(Serialize, Deserialize)]
struct FilterNumbers {
    weight: f64,
    offsets: Vec<f64>,
    threshold: f64,
}

/// The only metadata entry, because safetensors writes several entries in hash order.
const METADATA_KEY: &str = "rhetor";
/// The largest weight, offset or table value that a model may have. Values in trained models stay below 100; with much
/// larger values, sums would lose the digits that probabilities depend on.
const LARGEST: f64 = 1000.0;
/// The names of the tensors that are not a group's.
const LEXICON: &str = "lexicon";
const PLAIN: &str = "lexicon.plain";
const LONG: &str = "lexicon.long";
const LONG_TRAITS: &str = "lexicon.long.traits";
const FILTER: &str = "filter";
/// Optional: older files of this format do not have it.
const FINGERPRINTS: &str = "fingerprints";

/// The parts of a model in `bytes`; `name` is used in errors.
///
/// `keep` returns a tensor's bytes with a static lifetime if they have one. Set `check` for bytes from outside the
/// program: any change since they were written is then an error.
pub fn read<'a>(
    bytes: &'a [u8],
    name: &Path,
    keep: impl Fn(&'a [u8]) -> Option<&'static [u8]> + Copy,
    check: bool,
) -> Result<Parts> {
    let broken = |what: String| Error::Model { path: name.to_path_buf(), what };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|err| broken(err.to_string()))?;
    let json = header.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
    let json = json.ok_or_else(|| broken("it has no entry `rhetor`".to_string()))?;
    let AnyFormat { format } = serde_json::from_str(json).map_err(|err| broken(err.to_string()))?;
    let found = format.and_then(|format| format.as_u64());
    let found = found.ok_or_else(|| broken("it has no format number".to_string()))?;
    if found != MODEL_FORMAT {
        return Err(Error::ModelFormat { path: name.to_path_buf(), found, expected: MODEL_FORMAT });
    }
    let parts = || -> Checked<Parts> {
        let metadata: Metadata = serde_json::from_str(json).map_err(|err| err.to_string())?;
        let tensors = SafeTensors::deserialize(bytes).map_err(|err| err.to_string())?;
        if check {
            metadata.check(&tensors)?;
        }
        let parts = metadata.into_parts(&tensors, keep)?;
        if check { check_tables(&parts).map(|()| parts) } else { Ok(parts) }
    };
    parts().map_err(broken)
}

/// Fails if a value of a table could make a score that is not finite.
fn check_tables(parts: &Parts) -> Checked<()> {
    let filter = parts.filter.learned.iter().map(|learned| &learned.table);
    let mut values = parts.tables.iter().chain(filter).flat_map(Table::values);
    let bad = values.find(|value| !is_in_range(f64::from(**value)));
    bad.map_or(Ok(()), |value| Err(format!("a table has the value {value}, out of range")))
}

fn is_in_range(number: f64) -> bool {
    number.abs() <= LARGEST
}

/// The parts with the checksum of their file.
pub fn with_checksum(mut parts: Parts) -> Checked<Parts> {
    let tensors = tensors(&parts);
    let bytes = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor.bytes.as_slice()));
    parts.checksum = checksum(&Metadata::of(&parts).without_checksum()?, bytes);
    Ok(parts)
}

/// The bytes of the model file.
pub fn to_bytes(parts: &Parts) -> Checked<Vec<u8>> {
    let tensors = tensors(parts);
    let json = serde_json::to_value(Metadata::of(parts)).map_err(|err| err.to_string())?.to_string();
    let views = tensors.iter().map(|(name, tensor)| Ok((name, tensor.view()?)));
    let views = views.collect::<Checked<Vec<_>>>()?;
    let metadata = [(METADATA_KEY.to_string(), json)].into_iter().collect();
    safetensors::serialize(views, Some(metadata)).map_err(|err| err.to_string())
}

fn tensors(parts: &Parts) -> BTreeMap<String, Tensor> {
    let mut tensors = BTreeMap::new();
    let LexiconParts { slots, plain, long, long_traits } = parts.lexicon.parts();
    tensors.insert(LEXICON.to_string(), Tensor::of(Dtype::U64, &slots, 1));
    tensors.insert(PLAIN.to_string(), Tensor::of(Dtype::U32, &plain, 1));
    tensors.insert(LONG.to_string(), Tensor::of(Dtype::U8, long.as_bytes(), 1));
    tensors.insert(LONG_TRAITS.to_string(), Tensor::of(Dtype::U64, &long_traits, 1));
    if !parts.fingerprints.is_empty() {
        tensors.insert(FINGERPRINTS.to_string(), Tensor::of(Dtype::U8, &parts.fingerprints, 1));
    }
    let groups = FeatureGroup::ALL.iter().map(|group| group.name()).zip(&parts.tables);
    let filter = parts.filter.learned.iter().map(|learned| (FILTER, &learned.table));
    for (name, table) in groups.chain(filter) {
        let index = match table.keys() {
            Some(keys) => (format!("{name}.keys"), Tensor::of(Dtype::U64, keys, 1)),
            None => (format!("{name}.known"), Tensor::of(Dtype::U8, table.known(), 1)),
        };
        let values = Tensor::of(Dtype::F32, table.values(), table.n_classes());
        tensors.extend([index, (format!("{name}.values"), values)]);
    }
    tensors
}

impl Metadata {
    fn of(parts: &Parts) -> Metadata {
        let figures = parts.alphas.iter().zip(&parts.combination.weights);
        let groups = FeatureGroup::ALL.iter().zip(figures);
        Metadata {
            format: MODEL_FORMAT,
            name: parts.name.clone(),
            version: parts.version.clone(),
            labels: parts.labels.clone(),
            label_of: parts.label_map.to_list(),
            max_ngram: parts.extractor.max_ngram(),
            word_codes: parts.extractor.has_codes(),
            groups: groups
                .map(|(group, (&alpha, &weight))| Group { name: group.name().to_string(), alpha, weight })
                .collect(),
            offsets: parts.combination.offsets.clone(),
            neighbours: parts.neighbours.weights().map(<[f64]>::to_vec),
            filter: parts.filter.learned.as_ref().map(|learned| FilterNumbers {
                weight: learned.combination.weights[0],
                offsets: learned.combination.offsets.clone(),
                threshold: learned.threshold,
            }),
            unsure_below: parts.unsure_below,
            card: parts.card.clone(),
            sha256: parts.checksum.clone(),
        }
    }

    /// The part of the entry that the checksum covers.
    fn without_checksum(&self) -> Checked<String> {
        let mut value = serde_json::to_value(self).map_err(|err| err.to_string())?;
        value["sha256"] = serde_json::Value::String(String::new());
        Ok(value.to_string())
    }

    /// Fails if the content has changed since the file was written.
    fn check(&self, tensors: &SafeTensors<'_>) -> Checked<()> {
        let named: BTreeMap<&str, &[u8]> = tensors.iter().map(|(name, view)| (name, view.data())).collect();
        let is_same = checksum(&self.without_checksum()?, named.into_iter()) == self.sha256;
        if is_same { Ok(()) } else { Err("its checksum does not match its content".to_string()) }
    }

    /// Fails if there are too few or too many numbers, or if one is out of range.
    fn check_numbers(&self) -> Checked<()> {
        let n_labels = self.labels.len();
        let distinct: BTreeSet<&String> = self.labels.iter().collect();
        let label_map = LabelMap::of_list(&self.label_of, n_labels);
        let n_classes = label_map.map(|map| map.n_classes());
        if n_labels < 2 || distinct.len() != n_labels || n_classes != Some(self.offsets.len()) {
            return Err(format!("it has {n_labels} labels and {} offsets", self.offsets.len()));
        }
        if !(1..=MAX_NGRAM).contains(&self.max_ngram) {
            return Err(format!("its n-grams have up to {} words", self.max_ngram));
        }
        let names = self.groups.iter().map(|group| group.name.as_str());
        if !names.eq(FeatureGroup::ALL.iter().map(|group| group.name())) {
            return Err("its feature groups are not those of this version".to_string());
        }
        if self.filter.as_ref().is_some_and(|filter| filter.offsets.len() != 2) {
            return Err("its filter does not have two classes".to_string());
        }
        if self.card.out_of_fold.as_ref().is_some_and(|figures| !figures.is_of(n_labels)) {
            return Err("its out-of-fold figures are for a different number of labels".to_string());
        }
        if self.sha256.len() != 64 || !self.sha256.is_ascii() {
            return Err("it has no checksum".to_string());
        }
        let of_filter = self.filter.iter().flat_map(|filter| filter.offsets.iter().chain([&filter.weight]));
        let weights = self.groups.iter().map(|group| &group.weight);
        let mut numbers =
            weights.chain(&self.offsets).chain(self.neighbours.iter().flatten()).chain(of_filter);
        match numbers.find(|number| !is_in_range(**number)) {
            Some(number) => Err(format!("it has the number {number}, out of range")),
            None => Ok(()),
        }
    }

    fn into_parts<'a>(
        self,
        tensors: &SafeTensors<'a>,
        keep: impl Fn(&'a [u8]) -> Option<&'static [u8]> + Copy,
    ) -> Checked<Parts> {
        self.check_numbers()?;
        let n_classes = self.offsets.len();
        let label_map =
            LabelMap::of_list(&self.label_of, self.labels.len()).ok_or("one of its labels has no class")?;
        let long = numbers(tensors, LONG, Dtype::U8, keep)?.into_owned();
        let lexicon = Lexicon::new(LexiconParts {
            slots: numbers(tensors, LEXICON, Dtype::U64, keep)?,
            plain: numbers(tensors, PLAIN, Dtype::U32, keep)?,
            long: String::from_utf8(long).map_err(|_| "its long words are not UTF-8")?.into(),
            long_traits: numbers(tensors, LONG_TRAITS, Dtype::U64, keep)?,
        })
        .ok_or("its lexicon is not sound")?;
        let extractor = Extractor::new(&lexicon, self.max_ngram, self.word_codes);
        let table_of =
            |group: &FeatureGroup| table(tensors, group.name(), n_classes, extractor.n_keys(*group), keep);
        let tables = FeatureGroup::ALL.iter().map(table_of).collect::<Checked<Vec<_>>>()?;
        let learned = match self.filter {
            None => None,
            Some(FilterNumbers { weight, offsets, threshold }) => Some(LearnedFilter {
                table: table(tensors, FILTER, 2, None, keep)?,
                combination: Combination { weights: vec![weight], offsets },
                threshold,
            }),
        };
        let has_fingerprints = tensors.names().contains(&FINGERPRINTS);
        let fingerprints = has_fingerprints.then(|| numbers(tensors, FINGERPRINTS, Dtype::U8, keep));
        let [alone, among, prior] = self.neighbours;
        let neighbours = Neighbours::new(alone, among, prior).filter(|new| new.n_classes() == n_classes);
        Ok(Parts {
            extractor,
            lexicon,
            tables,
            alphas: self.groups.iter().map(|group| group.alpha).collect(),
            combination: Combination {
                weights: self.groups.iter().map(|group| group.weight).collect(),
                offsets: self.offsets,
            },
            neighbours: neighbours.ok_or("its neighbour weights are for a different number of labels")?,
            filter: Filter { learned },
            name: self.name,
            version: self.version,
            labels: self.labels,
            label_map,
            unsure_below: self.unsure_below,
            fingerprints: fingerprints.transpose()?.unwrap_or_default(),
            card: self.card,
            checksum: self.sha256,
        })
    }
}

/// The table of a name; `n_keys` is given for one that is indexed by its keys.
fn table<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    n_classes: usize,
    n_keys: Option<usize>,
    keep: impl Fn(&'a [u8]) -> Option<&'static [u8]> + Copy,
) -> Checked<Table> {
    let values = numbers(tensors, &format!("{name}.values"), Dtype::F32, keep)?;
    let table = match n_keys {
        None => {
            Table::hashed(numbers(tensors, &format!("{name}.keys"), Dtype::U64, keep)?, values, n_classes)
        }
        Some(n_keys) => {
            let known = numbers(tensors, &format!("{name}.known"), Dtype::U8, keep)?;
            Table::direct(known, values, n_classes).filter(|table| table.n_slots() == n_keys)
        }
    };
    table.ok_or_else(|| format!("the table `{name}` has inconsistent lengths"))
}

/// Hex SHA-256 over the metadata entry and over names and bytes in the order given.
fn checksum<'a>(entry: &str, tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(entry.as_bytes());
    for (name, bytes) in tensors {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
