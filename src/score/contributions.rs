//! What each feature of a paragraph contributes to the score of its label.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::combination::{argmax, scale};
use crate::features::{FeatureGroup, N_GROUPS, Sink, Table};
use crate::model::Model;
use crate::neighbours::Weighed;

/// A feature of a paragraph.
pub struct Feature {
    pub group: FeatureGroup,
    slot: u32,
    pub key: u64,
    /// What it contributes. Set by [`Contributions::weigh`].
    pub weight: f64,
}

/// Collects the known features of a paragraph, each once.
pub struct Contributions<'a> {
    tables: &'a [Table],
    pub features: Vec<Feature>,
    /// The index of a feature and the tokens that it is made of, for every occurrence of a feature that has tokens;
    /// empty unless asked for.
    pub occurrences: Vec<(usize, Range<u32>)>,
    keeps_occurrences: bool,
    places: FxHashMap<(FeatureGroup, u32), usize>,
    counts: [usize; N_GROUPS],
}

impl<'a> Contributions<'a> {
    pub fn new(tables: &'a [Table], keeps_occurrences: bool) -> Contributions<'a> {
        Contributions {
            tables,
            features: Vec::new(),
            occurrences: Vec::new(),
            keeps_occurrences,
            places: FxHashMap::default(),
            counts: [0; N_GROUPS],
        }
    }

    /// Forgets the paragraph before.
    pub fn clear(&mut self) {
        self.features.clear();
        self.occurrences.clear();
        self.places.clear();
        self.counts = [0; N_GROUPS];
    }

    /// Sets the contribution of each feature.
    pub fn weigh(&mut self, model: &Model, factors: &Factors) {
        let scales = self.counts.map(scale);
        let weights = &model.parts().combination.weights;
        for feature in &mut self.features {
            let group = feature.group as usize;
            let row = self.tables[group].row(feature.slot);
            feature.weight = weights[group] * scales[group] * factors.of(row.iter().copied().map(f64::from));
        }
    }
}

impl Sink for Contributions<'_> {
    fn feature(&mut self, group: FeatureGroup, key: u64, tokens: Range<u32>) {
        let Some(slot) = self.tables[group as usize].slot(key) else { return };
        let place = *self.places.entry((group, slot)).or_insert(self.features.len());
        if place == self.features.len() {
            self.counts[group as usize] += 1;
            self.features.push(Feature { group, slot, key, weight: 0.0 });
        }
        if self.keeps_occurrences && !tokens.is_empty() {
            self.occurrences.push((place, tokens));
        }
    }
}

/// How the centred score of the winning label depends on the paragraph's own scores.
pub struct Factors {
    pub label: usize,
    /// One factor for each class.
    own: Vec<f64>,
}

impl Factors {
    pub fn new(weighed: &Weighed) -> Factors {
        let label = argmax(&weighed.scores);
        // A row for each label, with a factor for each class.
        let n_labels = weighed.scores.len();
        let n = weighed.own_factors.len() / n_labels;
        let rows = || weighed.own_factors.chunks_exact(n);
        let mean = |class: usize| rows().map(|row| row[class]).sum::<f64>() / n_labels as f64;
        let own = (0..n).map(|class| weighed.own_factors[label * n + class] - mean(class)).collect();
        Factors { label, own }
    }

    /// What centred own scores contribute, from values that need not be centred.
    pub fn of(&self, values: impl Iterator<Item = f64> + Clone) -> f64 {
        let mean = values.clone().sum::<f64>() / self.own.len() as f64;
        values.zip(&self.own).map(|(value, factor)| factor * (value - mean)).sum()
    }
}

/// The score of a paragraph's label in three parts, which add up to it together with its features.
pub struct Terms {
    /// The label's log-probability minus the mean of all labels' log-probabilities.
    pub score: f64,
    /// What the model expects before any word is read.
    pub baseline: f64,
    /// What the neighbouring paragraphs contribute.
    pub neighbours: f64,
}

impl Terms {
    /// The terms of a paragraph from its scores alone and with its neighbours.
    pub fn new(model: &Model, factors: &Factors, alone: &[f64], weighed: &Weighed) -> Terms {
        let centred =
            |values: &[f64]| values[factors.label] - values.iter().sum::<f64>() / values.len() as f64;
        let (score, offset) = (centred(&weighed.scores), centred(&weighed.offsets));
        Terms {
            score,
            baseline: offset + factors.of(model.parts().combination.offsets.iter().copied()),
            neighbours: score - factors.of(alone.iter().copied()) - offset,
        }
    }
}
