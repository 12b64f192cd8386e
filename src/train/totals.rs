//! Class totals of parts of a corpus, which add up to those of the whole.

use rayon::prelude::*;

use super::predictions::{boilerplate_label, check_known};
use super::rows::examples;
use crate::bayes::ClassTotals;
use crate::corpus::Corpus;
use crate::error::Result;
use crate::features::{FeatureGroup, Names, keys_of};
use crate::model::Model;

/// How often each feature of a model occurs in the paragraphs of each label.
///
/// Naive Bayes tables depend on a corpus only through these totals, and the totals of parts add up exactly. So a corpus
/// that is too large for one machine can be counted in parts, with the vocabulary of a model that was trained on a
/// sample of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTotals {
    model: Model,
    /// By group: the keys of the model's features in the order of its table, and their totals.
    groups: Vec<(Vec<u64>, ClassTotals)>,
}

impl FeatureTotals {
    /// The totals of a corpus. Boilerplate does not count.
    ///
    /// # Errors
    ///
    /// When the corpus is empty or has a label that the model does not have.
    pub fn of(model: &Model, corpus: &Corpus) -> Result<FeatureTotals> {
        check_known(model, corpus, boilerplate_label(model))?;
        let parts = model.parts();
        let (examples, texts) = examples(corpus, &parts.labels);
        let all_keys: Vec<Vec<Vec<u64>>> =
            texts.par_iter().map(|text| keys_of(&parts.lexicon, &parts.extractor, text)).collect();
        let of_group = |group: FeatureGroup| {
            let mut keys: Vec<u64> = parts.tables[group as usize].features().map(|(key, _)| key).collect();
            keys.sort_unstable();
            let mut totals = ClassTotals::zeros(parts.labels.len(), keys.len());
            for (example, found) in examples.iter().zip(&all_keys) {
                let index = |key: &u64| keys.binary_search(key).ok().map(|index| index as u32);
                let known: Vec<u32> = found[group as usize].iter().filter_map(index).collect();
                totals.add(example.class, &known, example.weight);
            }
            (keys, totals)
        };
        let groups = FeatureGroup::ALL.into_par_iter().map(of_group).collect();
        Ok(FeatureTotals { model: model.clone(), groups })
    }

    /// Adds the totals of another part of the corpus.
    ///
    /// # Panics
    ///
    /// When they were counted with another model.
    pub fn add(&mut self, other: &FeatureTotals) {
        assert!(self.model == other.model, "totals of different models have different features");
        let pairs = self.groups.iter_mut().zip(&other.groups);
        pairs.for_each(|((_, totals), (_, others))| totals.add_all(others, 1.0));
    }

    /// The group and name of each feature, with its total in the paragraphs of each label.
    pub fn features(&self) -> impl Iterator<Item = (FeatureGroup, String, Vec<f64>)> {
        let names = Names::new(&self.model.parts().lexicon);
        FeatureGroup::ALL.into_iter().zip(&self.groups).flat_map(move |(group, (keys, totals))| {
            let feature = |(index, key): (usize, &u64)| (group, names.name(group, *key), totals.of(index));
            keys.iter().enumerate().map(feature).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::bayes;
    use crate::corpus::LabelledRow;
    use crate::train::{Folds, Smoothing, TrainOptions, train};

    #[test]
    fn totals_of_parts_add_up_to_the_naive_bayes_tables_of_the_whole() {
        let whole = Corpus::read(&["seeds/contrasts".into()], &Default::default());
        let (folds, smoothing) = (Folds::None, Smoothing::Fixed(0.5));
        let options = TrainOptions { folds, smoothing, l2_penalty: None, ..TrainOptions::default() };
        let model = train(&whole, &options).unwrap().model;
        let paragraphs: Vec<_> = whole.documents.iter().flat_map(|document| &document.paragraphs).collect();
        let part = |number: usize| {
            let rows = paragraphs.iter().skip(number).step_by(3).map(|paragraph| LabelledRow {
                text: paragraph.text.clone(),
                label: paragraph.label.clone(),
                ..LabelledRow::default()
            });
            FeatureTotals::of(&model, &Corpus::from_rows(rows)).unwrap()
        };
        let mut sum = part(0);
        sum.add(&part(1));
        sum.add(&part(2));
        for (table, (keys, totals)) in model.parts().tables.iter().zip(&sum.groups) {
            let expected: BTreeMap<u64, &[f32]> = table.features().collect();
            let fitted = bayes::fit(totals, 0.5).unwrap();
            assert!(keys.iter().copied().zip(fitted.rows()).eq(expected));
        }
        let named: BTreeMap<_, _> =
            sum.features().map(|(group, name, totals)| ((group.name(), name), totals)).collect();
        assert_eq!(named.len(), sum.groups.iter().map(|(keys, _)| keys.len()).sum::<usize>());
    }
}
