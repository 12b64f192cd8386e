//! Labelled paragraphs as a model sees them: its scores for each, and the features that can move these scores.

use std::ops::Range;

use rayon::prelude::*;

use crate::combination::{log_likelihoods, scale};
use crate::features::{FeatureGroup, FeatureLists, Lists, N_GROUPS, ParagraphKeys, keys_of};
use crate::model::{Model, Parts};
use crate::neighbours::{Neighbours, Weighed};

/// The minimum number of paragraphs that a feature must occur in to be moved: one paragraph shows nothing about others.
const MIN_COUNT: u32 = 2;

/// The paragraphs of a corpus and their scores in a model.
pub struct Seen {
    /// How many classes the model's tables have.
    pub n_classes: usize,
    /// By group: where its features start among the features of all groups.
    pub firsts: Vec<usize>,
    /// By group: the keys of its features in the model's table.
    pub keys: Vec<Vec<u64>>,
    /// The features of each paragraph.
    pub lists: FeatureLists,
    /// For each paragraph, the factor on the sum of each group's rows.
    pub factors: Vec<[f64; N_GROUPS]>,
    /// The scores of each paragraph's classes with its neighbours.
    pub weighed: Vec<Weighed>,
    /// The scores that each paragraph has alone.
    alone: Vec<Vec<f64>>,
    /// The runs of paragraphs that follow one another.
    runs: Vec<Range<usize>>,
}

impl Seen {
    /// The paragraphs with these texts, in these runs.
    pub fn new(model: &Model, texts: &[&str], runs: Vec<Range<usize>>) -> Seen {
        let parts = model.parts();
        let keys: Vec<ParagraphKeys> = texts.par_iter().map(|text| known_keys(parts, text)).collect();
        let own = keys.par_iter().map(|keys| alone(parts, keys)).collect::<Vec<_>>();
        let (alone, factors): (Vec<Vec<f64>>, Vec<[f64; N_GROUPS]>) = own.into_iter().unzip();
        let weighed = runs.iter().flat_map(|run| parts.neighbours.weigh(&alone[run.clone()])).collect();
        let mut seen = Seen {
            n_classes: parts.label_map.n_classes(),
            firsts: Vec::new(),
            keys: Vec::new(),
            lists: FeatureLists::default(),
            factors,
            weighed,
            alone,
            runs,
        };
        seen.number(parts, &keys);
        seen
    }

    /// Numbers the features that occur often enough, in the order of their first occurrence.
    fn number(&mut self, parts: &Parts, keys: &[ParagraphKeys]) {
        let (mut lists, mut first) = (Vec::new(), 0);
        for (group, table) in parts.tables.iter().enumerate() {
            let slots: Vec<Vec<u32>> = keys
                .par_iter()
                .map(|keys| keys[group].iter().filter_map(|&key| table.slot(key)).collect())
                .collect();
            let mut counts = vec![0u32; table.n_slots()];
            slots.iter().flatten().for_each(|&slot| counts[slot as usize] += 1);
            let (mut numbers, mut of_group) = (vec![u32::MAX; table.n_slots()], Vec::new());
            let mut of_paragraphs = Lists::default();
            for (slots, keys) in slots.iter().zip(keys) {
                let often =
                    slots.iter().zip(&keys[group]).filter(|(slot, _)| counts[**slot as usize] >= MIN_COUNT);
                let list: Vec<u32> = often
                    .map(|(&slot, &key)| {
                        let number = &mut numbers[slot as usize];
                        if *number == u32::MAX {
                            *number = of_group.len() as u32;
                            of_group.push(key);
                        }
                        *number
                    })
                    .collect();
                of_paragraphs.push(&list);
            }
            lists.push(of_paragraphs);
            self.firsts.push(first);
            first += of_group.len();
            self.keys.push(of_group);
        }
        self.lists = FeatureLists::new(lists);
    }

    /// How many values the rows of all features have.
    pub fn n_values(&self) -> usize {
        self.n_classes * self.keys.iter().map(Vec::len).sum::<usize>()
    }

    /// Calls `visit` with the place of each of a paragraph's features among `n` values each, and its factor.
    #[inline(always)]
    pub fn for_each_row(&self, n: usize, paragraph: usize, mut visit: impl FnMut(usize, f64)) {
        for (group, first) in self.firsts.iter().enumerate() {
            let factor = self.factors[paragraph][group];
            let list = self.lists.get(paragraph, group);
            list.iter().for_each(|&feature| visit((first + feature as usize) * n, factor));
        }
    }

    /// The scores of the paragraphs of the runs for which `takes` holds, if the rows of their features are moved by
    /// `values` and `neighbours` weigh them. Other paragraphs have no scores.
    pub fn scores(
        &self,
        neighbours: &Neighbours,
        values: &[f64],
        takes: impl Fn(usize) -> bool,
    ) -> Vec<Vec<f64>> {
        let n = self.n_classes;
        let mut scores = vec![Vec::new(); self.alone.len()];
        for run in self.runs.iter().filter(|run| takes(run.start)) {
            let moved = |paragraph: usize| {
                let mut alone = self.alone[paragraph].clone();
                self.for_each_row(n, paragraph, |first, factor| {
                    let row = &values[first..][..n];
                    alone.iter_mut().zip(row).for_each(|(score, value)| *score += factor * value);
                });
                alone
            };
            let alone: Vec<Vec<f64>> = run.clone().map(moved).collect();
            run.clone().zip(neighbours.weigh(&alone)).for_each(|(i, weighed)| scores[i] = weighed.scores);
        }
        scores
    }
}

/// The keys of a paragraph that the model's tables have.
fn known_keys(parts: &Parts, text: &str) -> ParagraphKeys {
    let mut keys = keys_of(&parts.lexicon, &parts.extractor, text);
    keys.iter_mut()
        .zip(&parts.tables)
        .for_each(|(keys, table)| keys.retain(|&key| table.slot(key).is_some()));
    keys
}

/// The scores of a paragraph alone, and the factors on the rows of each group. Rows are moved in units of the score, so
/// the weight of a group is not among the factors, unless it is 0.
fn alone(parts: &Parts, keys: &ParagraphKeys) -> (Vec<f64>, [f64; N_GROUPS]) {
    let n = parts.label_map.n_classes();
    let (mut all, mut factors) = (Vec::with_capacity(N_GROUPS * n), [0.0; N_GROUPS]);
    for group in FeatureGroup::ALL.map(|group| group as usize) {
        let table = &parts.tables[group];
        let mut sums = vec![0.0; n];
        for slot in keys[group].iter().filter_map(|&key| table.slot(key)) {
            sums.iter_mut().zip(table.row(slot)).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        log_likelihoods(&mut sums, keys[group].len());
        all.extend(sums);
        factors[group] = if parts.combination.weights[group] == 0.0 { 0.0 } else { scale(keys[group].len()) };
    }
    (parts.combination.scores(&all), factors)
}
