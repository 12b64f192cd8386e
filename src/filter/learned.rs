//! The learned part of the filter: a table that tells boilerplate from prose.

use rayon::prelude::*;

use super::form;
use crate::bayes;
use crate::bayes::{ClassTotals, FeatureTable};
use crate::calibration::{HeldOut, Pool, softmax};
use crate::error::Result;
use crate::features::{Block, FeatureLists, Lists, Vocabulary, WordClasses};
use crate::refine::{Example, refine};

/// The fewest blocks of boilerplate that a table is learned from: with fewer, every word is a rule.
const MIN_BOILERPLATE: usize = 20;
/// The share of real paragraphs, and of short sentences of real paragraphs, out of fold, that the
/// table may drop.
const MAX_LOST: f64 = 0.03;
/// The lowest threshold: boilerplate is one block in twenty of the corpus and one in three of a saved
/// page, so that a block with a quarter's chance by the corpus is more likely boilerplate than not.
const MIN_THRESHOLD: f64 = 0.1;
/// Blocks longer than this are never dropped by the table: boilerplate is short, a lost paragraph dear.
const MAX_WORDS: usize = 90;
/// Smoothing of the naive Bayes table; from 0.1 to 1 the boilerplate dropped out of fold changes little.
const ALPHA: f64 = 0.3;
/// The ridge of its refinement.
const RIDGE: f64 = 1.0;
/// How often a feature must occur to be kept.
const MIN_COUNT: u32 = 2;
/// What a short sentence of a real paragraph weighs beside a whole block.
const SENTENCE_WEIGHT: f64 = 0.25;
/// The one block of features that the table has.
const BLOCKS: [Block; 1] = [Block::Words];
/// The classes of the table.
const PROSE: usize = 0;
const BOILERPLATE: usize = 1;

/// A table over form and words, naive Bayes refined on the log loss, that tells boilerplate from prose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LearnedFilter {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) table: FeatureTable,
    pub(crate) pool: Pool,
    /// A block goes when its probability of being boilerplate is above this.
    pub(crate) threshold: f64,
}

/// A block to learn from.
struct Row {
    class: usize,
    weight: f64,
    fold: usize,
}

/// All blocks, and their features.
struct Rows {
    rows: Vec<Row>,
    /// One list a row, that of [`BLOCKS`].
    features: FeatureLists,
}

impl LearnedFilter {
    /// Whether the table may drop a block of so many words at all.
    pub(super) fn judges(&self, n_words: usize) -> bool {
        n_words <= MAX_WORDS
    }

    /// The features that the table has of a block, by their names.
    pub(crate) fn features(&self, text: &str, classes: &WordClasses) -> Vec<u32> {
        self.vocabulary.indices_of(&form::names(text, classes))
    }

    /// Whether a block with these features goes.
    pub(crate) fn is_boilerplate(&self, features: &[u32]) -> bool {
        let log_likelihoods = self.table.log_likelihoods(features);
        softmax(&self.pool.scores(&[log_likelihoods]))[BOILERPLATE] > self.threshold
    }

    /// What a feature says for boilerplate less what it says for prose, or a little more.
    pub(super) fn for_boilerplate(&self, feature: u32) -> f32 {
        let row = self.table.row(feature);
        let exact = f64::from(row[BOILERPLATE]) - f64::from(row[PROSE]);
        let rounded = exact as f32;
        if f64::from(rounded) < exact { rounded.next_up() } else { rounded }
    }

    /// The sum of [`LearnedFilter::for_boilerplate`] over the features of a block, divided by the root of their
    /// number, above which it goes; not a number where sums say nothing.
    pub(super) fn cutoff(&self) -> f64 {
        let offsets = &self.pool.class_offsets;
        let log_odds = (self.threshold / (1.0 - self.threshold)).ln();
        let weight = Some(self.pool.block_weights[0]).filter(|weight| *weight > 0.0);
        weight.map_or(f64::NAN, |weight| (log_odds - (offsets[BOILERPLATE] - offsets[PROSE])) / weight)
    }

    /// A table learned from texts and whether each is boilerplate, with a threshold that loses few real
    /// paragraphs out of fold; `None` when there is too little boilerplate to learn from.
    ///
    /// `folds` has a number for each text.
    ///
    /// # Errors
    ///
    /// When a fit fails.
    pub(crate) fn fit(
        texts: &[(&str, bool)],
        folds: &[usize],
        classes: &WordClasses,
    ) -> Result<Option<LearnedFilter>> {
        let n_boilerplate = texts.iter().filter(|(_, boilerplate)| *boilerplate).count();
        if n_boilerplate < MIN_BOILERPLATE || n_boilerplate == texts.len() {
            return Ok(None);
        }
        let (vocabulary, rows) = encode(texts, folds, classes);
        let n_folds = folds.iter().max().map_or(0, |last| last + 1);
        let naive_bayes = rows.held_out(&tables(n_folds, |fold| rows.bayes_table(&vocabulary, fold))?);
        let pool = Pool::fit(&naive_bayes)?;
        let refined_table = |fold: Option<usize>| rows.refined(&vocabulary, &pool, fold);
        let refined = rows.held_out(&tables(n_folds, refined_table)?);
        let pool = Pool::fit(&refined)?;
        let (whole, sentences) = refined.split_at(texts.len());
        let threshold = threshold_of(&pool, whole).max(threshold_of(&pool, sentences));
        Ok(Some(LearnedFilter { table: refined_table(None)?, vocabulary, pool, threshold }))
    }
}

/// The texts as features, then the short sentences of those that are prose.
///
/// Paragraphs of one short sentence are rare in any corpus and common in the world: without the
/// sentences of the longer ones, the table would take shortness itself for boilerplate.
fn encode(texts: &[(&str, bool)], folds: &[usize], classes: &WordClasses) -> (Vocabulary, Rows) {
    let mut blocks: Vec<(&str, usize, f64, usize)> = Vec::new();
    for ((text, boilerplate), fold) in texts.iter().zip(folds) {
        blocks.push((text, if *boilerplate { BOILERPLATE } else { PROSE }, 1.0, *fold));
    }
    for ((text, _), fold) in texts.iter().zip(folds).filter(|((_, boilerplate), _)| !boilerplate) {
        let sentences = form::short_sentences(text).into_iter();
        blocks.extend(sentences.map(|sentence| (sentence, PROSE, SENTENCE_WEIGHT, *fold)));
    }
    let names: Vec<Vec<String>> = blocks.par_iter().map(|(text, ..)| form::names(text, classes)).collect();
    let vocabulary = Vocabulary::from_texts(names.iter(), MIN_COUNT);
    let mut lists = Lists::default();
    names.iter().for_each(|names| lists.push(&vocabulary.indices_of(names)));
    let row = |&(_, class, weight, fold): &(&str, usize, f64, usize)| Row { class, weight, fold };
    let rows = Rows { rows: blocks.iter().map(row).collect(), features: FeatureLists::new(vec![lists]) };
    (vocabulary, rows)
}

/// A table for each fold, fitted without it.
fn tables(
    n_folds: usize,
    table: impl Fn(Option<usize>) -> Result<FeatureTable> + Sync,
) -> Result<Vec<FeatureTable>> {
    (0..n_folds).into_par_iter().map(|fold| table(Some(fold))).collect()
}

impl Rows {
    /// The features of a row.
    fn features(&self, row: usize) -> &[u32] {
        self.features.of(row, BLOCKS[0])
    }

    /// The rows but those of one fold, with their places.
    fn seen(&self, without: Option<usize>) -> impl Iterator<Item = (usize, &Row)> {
        self.rows.iter().enumerate().filter(move |(_, row)| Some(row.fold) != without)
    }

    fn bayes_table(&self, vocabulary: &Vocabulary, without: Option<usize>) -> Result<FeatureTable> {
        let mut totals = ClassTotals::zeros(2, vocabulary.len());
        for (place, row) in self.seen(without) {
            totals.add(row.class, self.features(place), row.weight);
        }
        bayes::fit(&totals, ALPHA)
    }

    /// The naive Bayes table, refined; `pool` is that of naive Bayes.
    fn refined(&self, vocabulary: &Vocabulary, pool: &Pool, without: Option<usize>) -> Result<FeatureTable> {
        let table = self.bayes_table(vocabulary, without)?;
        let alone = |(row, &Row { class, weight, .. }): (usize, &Row)| vec![Example { row, class, weight }];
        let examples: Vec<Vec<Example>> = self.seen(without).map(alone).collect();
        let tables = std::slice::from_ref(&table);
        let mut refined = refine(&BLOCKS, tables, pool, &self.features, &examples, 1, RIDGE)?;
        Ok(refined.pop().unwrap_or(table))
    }

    /// The rows by the table of their fold.
    fn held_out(&self, tables: &[FeatureTable]) -> Vec<HeldOut> {
        let predict = |(place, row): (usize, &Row)| HeldOut {
            log_likelihoods: vec![tables[row.fold].log_likelihoods(self.features(place))],
            class: row.class,
            weight: row.weight,
        };
        self.rows.par_iter().enumerate().map(predict).collect()
    }
}

/// The lowest probability, at least [`MIN_THRESHOLD`], above which no more than [`MAX_LOST`] of the real
/// paragraphs lie.
fn threshold_of(pool: &Pool, held_out: &[HeldOut]) -> f64 {
    let probability = |row: &HeldOut| softmax(&pool.scores(&row.log_likelihoods))[BOILERPLATE];
    let mut real: Vec<f64> = held_out.iter().filter(|row| row.class == PROSE).map(probability).collect();
    real.sort_by(|a, b| b.total_cmp(a));
    let allowed = (real.len() as f64 * MAX_LOST) as usize;
    real.get(allowed).copied().unwrap_or(MIN_THRESHOLD).max(MIN_THRESHOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_boilerplate_teaches_nothing() {
        assert_eq!(
            LearnedFilter::fit(&[("Share", true), ("He came.", false)], &[0, 1], &WordClasses::default())
                .unwrap(),
            None
        );
    }

    #[test]
    fn the_table_tells_boilerplate_from_prose_it_has_not_seen() {
        let mut texts: Vec<(String, bool)> = Vec::new();
        for i in 0..40 {
            texts.push((format!("Ticket office {i} | Map | Contact"), true));
            texts.push((
                format!("The mayor said on day {i} that the harbour would be closed to cars until spring."),
                false,
            ));
        }
        let borrowed: Vec<(&str, bool)> =
            texts.iter().map(|(text, boilerplate)| (text.as_str(), *boilerplate)).collect();
        let folds: Vec<usize> = (0..texts.len()).map(|i| i / 2 % 4).collect();
        let filter = LearnedFilter::fit(&borrowed, &folds, &WordClasses::default()).unwrap().unwrap();
        let is_boilerplate =
            |text: &str| filter.is_boilerplate(&filter.features(text, &WordClasses::default()));
        assert!(is_boilerplate("Ticket office | Contact | Parking"));
        assert!(!is_boilerplate("The mayor said that the office would be closed until spring."));
    }
}
