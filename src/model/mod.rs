//! The fitted parts, saved to one safetensors file and loaded from it.

mod card;
mod file;
mod tensor;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

pub use self::card::{About, Base, Card};

use crate::combination::Combination;
use crate::error::{Error, Result};
use crate::features::{Extractor, FeatureGroup, Lexicon, Names, Table};
use crate::filter::Filter;
use crate::label_map::LabelMap;
use crate::metrics::CurvePoint;
use crate::neighbours::Neighbours;
use crate::output::OutputFile;

#[cfg(target_endian = "big")]
compile_error!("model files hold little-endian numbers, which this build would read in its own order");

/// The format number of the model files that this build writes and reads.
pub const MODEL_FORMAT: u64 = 3;

/// The bytes of the default model, part of every build.
static EMBEDDED: &[u8] = &Aligned(*include_bytes!("../../models/default.safetensors")).0;

/// Bytes aligned so that the numbers among them can be read in place.
#[repr(C, align(64))]
struct Aligned<Bytes: ?Sized>(Bytes);

/// A fitted model. It scores articles, explains labels, and knows what it was trained on.
///
/// Made by [`crate::train`], [`Model::load`] or [`Model::embedded`]. A clone shares everything with its original
/// and costs nothing.
#[derive(Debug, Clone)]
pub struct Model {
    parts: Arc<Parts>,
}

/// Everything that a model consists of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The name shown to users.
    pub name: String,
    /// The version shown to users.
    pub version: String,
    /// The labels, in the order of every list of probabilities.
    pub labels: Vec<String>,
    /// The label of each class of the tables.
    pub label_map: LabelMap,
    /// The words that features are made of.
    pub lexicon: Lexicon,
    /// Finds the features of a paragraph.
    pub extractor: Extractor,
    /// A table for each of [`FeatureGroup::ALL`].
    pub tables: Vec<Table>,
    /// The smoothing that each table was fitted with.
    pub alphas: Vec<f64>,
    /// How the groups become one score.
    pub combination: Combination,
    /// How a paragraph is weighed against its neighbours.
    pub neighbours: Neighbours,
    /// Which blocks are dropped.
    pub filter: Filter,
    /// A paragraph whose best probability is lower is `unsure`.
    pub unsure_below: f64,
    /// The fingerprints of the paragraphs that the model was trained on, in the form that the corpus gives them; empty in
    /// a model without them.
    pub fingerprints: Cow<'static, [u8]>,
    /// What the model was trained on and how well it did.
    pub card: Card,
    /// Hex SHA-256 over everything else.
    pub checksum: String,
}

/// Two models are equal if their checksums are equal.
impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.parts.checksum == other.parts.checksum
    }
}

/// The key figures of a feature group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupSummary {
    /// The group.
    pub group: FeatureGroup,
    /// How many features it has.
    pub n_features: usize,
    /// The smoothing of its naive Bayes table.
    pub alpha: f64,
    /// Its weight in the log-linear combination.
    pub weight: f64,
}

impl Model {
    /// A model of these parts, whose checksum is computed.
    ///
    /// # Errors
    ///
    /// When the parts cannot be written as a file.
    pub(crate) fn new(parts: Parts) -> Result<Model> {
        let parts = file::with_checksum(parts).map_err(|why| Error::Fit { what: "the model file", why })?;
        Ok(Model { parts: Arc::new(parts) })
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The default model, built into the library. It labels English text as report, advocacy or analysis.
    ///
    /// # Errors
    ///
    /// When the model file in the build is damaged.
    pub fn embedded() -> Result<Model> {
        // A test has checked these bytes.
        let parts = file::read(EMBEDDED, Path::new("the embedded model"), Some, false)?;
        Ok(Model { parts: Arc::new(parts) })
    }

    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is truncated or modified, or has another format.
    pub fn load(path: &Path) -> Result<Model> {
        let bytes = std::fs::read(path).map_err(Error::io(path, "read"))?;
        Model::from_bytes(&bytes, path)
    }

    /// Reads the bytes of a model file; `name` is used in errors.
    ///
    /// Safe for untrusted bytes: lengths are checked before they are used, and no number in a model can make a
    /// probability that is not finite.
    ///
    /// # Errors
    ///
    /// When they are truncated or modified, or have another format.
    pub fn from_bytes(bytes: &[u8], name: &Path) -> Result<Model> {
        Ok(Model { parts: Arc::new(file::read(bytes, name, |_| None, true)?) })
    }

    /// Writes the model completely or not at all. The same model gives the same bytes.
    ///
    /// # Errors
    ///
    /// When the folder does not exist or cannot be written to.
    pub fn save(&self, path: &Path) -> Result<()> {
        let bytes = self.bytes_for(path)?;
        let mut file = OutputFile::create(path)?;
        file.write(&bytes)?;
        file.finish()
    }

    /// The bytes of the model's file, which [`Model::from_bytes`] reads.
    ///
    /// # Errors
    ///
    /// When the model cannot be written as a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.bytes_for(Path::new("the model"))
    }

    fn bytes_for(&self, path: &Path) -> Result<Vec<u8>> {
        file::to_bytes(&self.parts).map_err(|what| Error::Model { path: path.to_path_buf(), what })
    }

    /// The model's name, such as `default`.
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The model's version.
    pub fn version(&self) -> &str {
        &self.parts.version
    }

    /// The first 12 hex digits of the model's checksum. Models with the same id are equal.
    pub fn id(&self) -> &str {
        &self.parts.checksum[..12]
    }

    /// The labels, in the order of every list of probabilities.
    pub fn labels(&self) -> &[String] {
        &self.parts.labels
    }

    /// What the model was trained on and how well it did.
    pub fn card(&self) -> &Card {
        &self.parts.card
    }

    /// The same model with a learning curve in its card.
    ///
    /// # Errors
    ///
    /// When the model cannot be written as a file.
    pub fn with_learning_curve(&self, learning_curve: Vec<CurvePoint>) -> Result<Model> {
        let mut parts = Parts::clone(&self.parts);
        parts.card.learning_curve = learning_curve;
        Model::new(parts)
    }

    /// The same model with what its author says about it in its card.
    ///
    /// # Errors
    ///
    /// When the model cannot be written as a file.
    pub fn with_about(&self, about: About) -> Result<Model> {
        let mut parts = Parts::clone(&self.parts);
        parts.card.about = Some(about);
        Model::new(parts)
    }

    /// The probability below which the most probable label is `unsure`.
    pub fn unsure_below(&self) -> f64 {
        self.parts.unsure_below
    }

    /// Whether the filter has a table learned from boilerplate, in addition to its rules.
    pub fn has_learned_filter(&self) -> bool {
        self.parts.filter.learned.is_some()
    }

    /// Whether neighbouring paragraphs influence each other's labels.
    pub fn uses_neighbours(&self) -> bool {
        self.parts.neighbours != Neighbours::none(self.parts.label_map.n_classes())
    }

    /// The feature groups, in order.
    pub fn groups(&self) -> Vec<GroupSummary> {
        let Parts { tables, alphas, combination, .. } = &*self.parts;
        let figures = tables.iter().zip(alphas).zip(&combination.weights);
        let summary = |(group, ((table, &alpha), &weight)): (FeatureGroup, ((&Table, &f64), &f64))| {
            GroupSummary { group, n_features: table.features().count(), alpha, weight }
        };
        FeatureGroup::ALL.into_iter().zip(figures).map(summary).collect()
    }

    /// For each feature group, the `n` features that count most for the label at `index`, strongest first. Each comes
    /// with what it would add to the score of a paragraph without neighbours if it were the only feature of its group.
    ///
    /// # Panics
    ///
    /// When the model has no label at `index`.
    pub fn strongest(&self, index: usize, n: usize) -> Vec<(FeatureGroup, Vec<(String, f64)>)> {
        assert!(index < self.labels().len(), "the model has {} labels", self.labels().len());
        let Parts { tables, combination, lexicon, label_map, .. } = &*self.parts;
        let classes = label_map.classes_of(index);
        let names = Names::new(lexicon);
        let groups = FeatureGroup::ALL.into_iter().zip(tables).zip(&combination.weights);
        let strongest = |((group, table), &weight): ((FeatureGroup, &Table), &f64)| {
            (group, strongest(&names, group, table.features(), weight, &classes, n))
        };
        groups.map(strongest).collect()
    }
}

/// The names of the `n` features that count most for some classes, strongest first, with the mean of their weighted and
/// centred values. `features` are the keys and rows of a group's table.
pub(crate) fn strongest<'a>(
    names: &Names,
    group: FeatureGroup,
    features: impl Iterator<Item = (u64, &'a [f32])>,
    weight: f64,
    classes: &[usize],
    n: usize,
) -> Vec<(String, f64)> {
    let centred = |row: &[f32]| {
        let own = classes.iter().map(|&class| f64::from(row[class])).sum::<f64>() / classes.len() as f64;
        own - row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64
    };
    let mut features: Vec<(u64, f64)> = features.map(|(key, row)| (key, weight * centred(row))).collect();
    features.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    features.into_iter().take(n).map(|(key, value)| (names.name(group, key), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_is_whole() {
        let model = Model::from_bytes(EMBEDDED, Path::new("m")).unwrap();
        assert_eq!(model.id(), Model::embedded().unwrap().id());
        assert_eq!(file::to_bytes(model.parts()).unwrap(), EMBEDDED);
    }

    #[test]
    fn the_tables_of_the_embedded_model_are_not_copied() {
        let model = Model::embedded().unwrap();
        let is_borrowed = |start: *const u8| EMBEDDED.as_ptr_range().contains(&start);
        for table in &model.parts().tables {
            assert!(is_borrowed(table.values().as_ptr().cast()));
        }
        assert!(is_borrowed(model.parts().lexicon.parts().slots.as_ptr().cast()));
    }
}
