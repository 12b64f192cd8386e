//! Discriminative refinement: naive Bayes tables moved towards a lower log loss.
//!
//! Naive Bayes fits each class to its words; what separates the classes it never looks at. The
//! refined tables start where the pooled naive Bayes tables are and move by L-BFGS on the weighted
//! log loss of the training paragraphs, held back by a ridge on the way they have gone (Greiner and
//! Zhou 2002, "Structural extension to logistic regression"; Raina et al. 2003, "Classification
//! with hybrid generative/discriminative models"). A paragraph's score stays a sum over its
//! features, so evidence stays exact.

use std::collections::{BTreeMap, BTreeSet};

use crate::bayes::FeatureTable;
use crate::bayes::scale;
use crate::calibration::Pool;
use crate::calibration::log_sum_exp;
use crate::error::Error;
use crate::error::Result;
use crate::features::Block;
use crate::features::FeatureLists;
use crate::features::Lists;
use crate::features::NONE;
use crate::minimise::minimise;
use crate::neighbours::shares;

/// How many steps L-BFGS may take; the ridge makes most of the way short.
const MAX_STEPS: u64 = 40;
/// The part of the ridge that holds back what neighbours' words say: they are many and shared by the
/// paragraphs around them, and naive Bayes knows less of them. Half of it was better than all of it on
/// outlets held out.
const NEAR_RIDGE: f64 = 0.5;

/// A training paragraph: its place among the lists of features, its class and weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    pub(crate) row: usize,
    pub(crate) class: usize,
    pub(crate) weight: f64,
}

/// Tables that start from `pool`'s weighting of `tables` and lower the log loss of `runs`, which are
/// paragraphs that follow one another; `lists` has their features.
///
/// `ridge` holds them back: moving one entry by one costs half of it, in paragraphs of loss. There is
/// a table for each of `blocks`; the result needs no block weights other than 1. Time is linear in
/// the features of all examples and in the steps; features that none of them has stay where they are
/// and cost nothing.
///
/// # Errors
///
/// When the optimiser fails.
pub(crate) fn refine(
    blocks: &[Block],
    tables: &[FeatureTable],
    pool: &Pool,
    lists: &FeatureLists,
    runs: &[Vec<Example>],
    ridge: f64,
) -> Result<Vec<FeatureTable>> {
    let why = |why: String| Error::Fit { what: "the refined tables", why };
    let n_classes = pool.class_offsets.len();
    let seen: Vec<Seen> = blocks
        .iter()
        .zip(tables)
        .map(|(&block, table)| {
            let rows = runs.iter().flatten().map(|example| lists.of(example.row, block));
            Seen::new(rows, table.values().len() / n_classes)
        })
        .collect();
    let start = start_of(tables, &seen, pool);
    let problem = Refinement::new(blocks, &seen, lists, &start, runs, ridge);
    let best = minimise(start.clone(), MAX_STEPS, |point| problem.evaluate(point)).map_err(why)?;
    let mut best = best.chunks_exact(n_classes);
    let mut refined = Vec::with_capacity(tables.len());
    for ((table, &weight), seen) in tables.iter().zip(&pool.block_weights).zip(&seen) {
        let mut values = Vec::with_capacity(table.values().len());
        for (row, &place) in table.values().chunks_exact(n_classes).zip(&seen.places) {
            match place {
                NONE => values.extend(start_of_row(row, weight).map(|value| value as f32)),
                _ => values.extend(best.next().into_iter().flatten().map(|&value| value as f32)),
            }
        }
        let table = FeatureTable::new(n_classes, values);
        refined.push(table.ok_or_else(|| why("a table has no whole rows".to_string()))?);
    }
    Ok(refined)
}

/// The features of a block that some example has.
struct Seen {
    /// By feature: its place among them, or [`NONE`].
    places: Vec<u32>,
    n_seen: usize,
}

impl Seen {
    fn new<'a>(rows: impl Iterator<Item = &'a [u32]>, n_features: usize) -> Seen {
        let mut places = vec![NONE; n_features];
        rows.flatten().for_each(|&feature| places[feature as usize] = 0);
        let mut n_seen = 0;
        for place in places.iter_mut().filter(|place| **place != NONE) {
            *place = n_seen;
            n_seen += 1;
        }
        Seen { places, n_seen: n_seen as usize }
    }
}

/// A row of a table as its block weighs it, less its mean.
fn start_of_row(row: &[f32], weight: f64) -> impl Iterator<Item = f64> {
    let mean = row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64;
    row.iter().map(move |&value| weight * (f64::from(value) - mean))
}

/// The pooled tables' rows of seen features, each less its mean, and the offsets at the end.
fn start_of(tables: &[FeatureTable], seen: &[Seen], pool: &Pool) -> Vec<f64> {
    let n_classes = pool.class_offsets.len();
    let n_rows: usize = seen.iter().map(|seen| seen.n_seen).sum();
    let mut start = Vec::with_capacity((n_rows + 1) * n_classes);
    for ((table, &weight), seen) in tables.iter().zip(&pool.block_weights).zip(seen) {
        let rows = table.values().chunks_exact(n_classes).zip(&seen.places);
        for (row, _) in rows.filter(|(_, place)| **place != NONE) {
            start.extend(start_of_row(row, weight));
        }
    }
    start.extend(&pool.class_offsets);
    start
}

/// The function that refinement minimises; its parameters are the rows of all seen features and the offsets.
struct Refinement<'a> {
    start: &'a [f64],
    /// Of each block, where its table starts among the parameters.
    blocks: Vec<(Block, usize)>,
    /// By block: for each example the places of its features among those seen.
    lists: Vec<Lists>,
    /// Runs of examples, whose rows are now their places among all examples.
    runs: Vec<Vec<Example>>,
    /// By length of a run: what each paragraph hears of which.
    shares: BTreeMap<usize, Vec<Vec<(usize, f64)>>>,
    n_classes: usize,
    ridge: f64,
    /// The examples' weights, added up.
    total: f64,
}

impl<'a> Refinement<'a> {
    fn new(
        blocks: &[Block],
        seen: &[Seen],
        lists: &FeatureLists,
        start: &'a [f64],
        runs: &[Vec<Example>],
        ridge: f64,
    ) -> Self {
        let n_rows: usize = seen.iter().map(|seen| seen.n_seen).sum();
        // The offsets are one row more.
        let n_classes = start.len() / (n_rows + 1);
        let mut first = 0;
        let mut firsts = Vec::with_capacity(blocks.len());
        for (&block, seen) in blocks.iter().zip(seen) {
            firsts.push((block, first));
            first += seen.n_seen * n_classes;
        }
        let examples = || runs.iter().flatten();
        let mut row = 0;
        let mut placed = |example: &Example| {
            row += 1;
            Example { row: row - 1, ..*example }
        };
        Refinement {
            start,
            blocks: firsts,
            lists: blocks
                .iter()
                .zip(seen)
                .map(|(&block, seen)| {
                    let rows = examples().map(|example| lists.of(example.row, block));
                    places_of(rows, seen)
                })
                .collect(),
            runs: runs.iter().map(|run| run.iter().map(&mut placed).collect()).collect(),
            shares: runs
                .iter()
                .map(|run| run.len())
                .collect::<BTreeSet<usize>>()
                .into_iter()
                .map(|n| (n, (0..n).map(|of| shares(n, of)).collect()))
                .collect(),
            n_classes,
            ridge,
            total: examples().map(|example| example.weight).sum(),
        }
    }

    /// The loss at `parameters` and its slope.
    fn evaluate(&self, parameters: &[f64]) -> (f64, Vec<f64>) {
        // Loops over so few classes take half of the time where the compiler knows how many.
        match self.n_classes {
            2 => self.evaluate_for(2, parameters),
            3 => self.evaluate_for(3, parameters),
            4 => self.evaluate_for(4, parameters),
            n => self.evaluate_for(n, parameters),
        }
    }

    /// The same for `n` classes.
    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let offsets = parameters.len() - n;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let (mut near, mut slopes) = (Vec::new(), Vec::new());
        for run in &self.runs {
            self.scores(n, run, parameters, &mut near, &mut slopes);
            for (example, scores) in run.iter().zip(slopes.chunks_exact_mut(n)) {
                let log_total = log_sum_exp(scores);
                loss += example.weight * (log_total - scores[example.class]);
                let share = example.weight / self.total;
                scores.iter_mut().for_each(|score| *score = share * (*score - log_total).exp());
                scores[example.class] -= share;
                gradient[offsets..].iter_mut().zip(scores).for_each(|(entry, slope)| *entry += *slope);
            }
            self.add_slopes(n, run, &slopes, &mut near, &mut gradient);
        }
        let mut penalty = 0.0;
        for (number, &(block, first)) in self.blocks.iter().enumerate() {
            let last = self.blocks.get(number + 1).map_or(offsets, |(_, next)| *next);
            let part = if block.is_near() { NEAR_RIDGE } else { 1.0 };
            let ridge = part * self.ridge / self.total;
            let entries = gradient[first..last].iter_mut().zip(&parameters[first..last]);
            for ((slope, parameter), start) in entries.zip(&self.start[first..last]) {
                let moved = parameter - start;
                penalty += 0.5 * ridge * moved * moved;
                *slope += ridge * moved;
            }
        }
        (loss / self.total + penalty, gradient)
    }

    /// The scores of a run's paragraphs, row by row; `near` is room to work in.
    #[inline(always)]
    fn scores(
        &self,
        n: usize,
        run: &[Example],
        parameters: &[f64],
        near: &mut Vec<f64>,
        scores: &mut Vec<f64>,
    ) {
        scores.clear();
        scores.resize(run.len() * n, 0.0);
        // A paragraph alone hears nothing.
        if run.len() > 1 {
            near.clear();
            near.resize(run.len() * n, 0.0);
            for (example, sums) in run.iter().zip(near.chunks_exact_mut(n)) {
                self.add_rows(n, example, true, parameters, sums);
            }
            for (shares, sums) in self.shares[&run.len()].iter().zip(scores.chunks_exact_mut(n)) {
                for &(neighbour, share) in shares {
                    let values = &near[neighbour * n..][..n];
                    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += share * value);
                }
            }
        }
        let offsets = &parameters[parameters.len() - n..];
        near.clear();
        near.resize(n, 0.0);
        for (example, scores) in run.iter().zip(scores.chunks_exact_mut(n)) {
            near.fill(0.0);
            self.add_rows(n, example, false, parameters, near);
            for ((score, own), offset) in scores.iter_mut().zip(&*near).zip(offsets) {
                *score += own + offset;
            }
        }
    }

    /// Adds the rows of an example's features, in the near blocks or in the others, to `sums`.
    #[inline(always)]
    fn add_rows(&self, n: usize, example: &Example, near: bool, parameters: &[f64], sums: &mut [f64]) {
        for ((block, first), lists) in self.blocks.iter().zip(&self.lists) {
            if block.is_near() == near {
                let features = lists.get(example.row);
                let scale = scale(features.len());
                for &feature in features {
                    let row = &parameters[first + feature as usize * n..][..n];
                    sums[..n].iter_mut().zip(row).for_each(|(sum, value)| *sum += scale * value);
                }
            }
        }
    }

    /// Adds the slopes of a run's scores to those of the rows that they are sums of; `spread` is room to
    /// work in.
    #[inline(always)]
    fn add_slopes(
        &self,
        n: usize,
        run: &[Example],
        slopes: &[f64],
        spread: &mut Vec<f64>,
        gradient: &mut [f64],
    ) {
        for (example, slopes) in run.iter().zip(slopes.chunks_exact(n)) {
            self.add_to_rows(n, example, false, slopes, gradient);
        }
        if run.len() < 2 {
            return;
        }
        // What all paragraphs together hear of each one: the slope of what they hear.
        spread.clear();
        spread.resize(run.len() * n, 0.0);
        for (shares, slopes) in self.shares[&run.len()].iter().zip(slopes.chunks_exact(n)) {
            for &(neighbour, share) in shares {
                let sums = spread[neighbour * n..][..n].iter_mut();
                sums.zip(slopes).for_each(|(sum, slope)| *sum += share * slope);
            }
        }
        for (example, slopes) in run.iter().zip(spread.chunks_exact(n)) {
            self.add_to_rows(n, example, true, slopes, gradient);
        }
    }

    /// The other way round than [`Refinement::add_rows`].
    #[inline(always)]
    fn add_to_rows(&self, n: usize, example: &Example, near: bool, slopes: &[f64], gradient: &mut [f64]) {
        for ((block, first), lists) in self.blocks.iter().zip(&self.lists) {
            if block.is_near() == near {
                let features = lists.get(example.row);
                let scale = scale(features.len());
                for &feature in features {
                    let row = gradient[first + feature as usize * n..][..n].iter_mut();
                    row.zip(slopes).for_each(|(entry, slope)| *entry += scale * slope);
                }
            }
        }
    }
}

/// The lists of rows, each feature by its place among those seen.
fn places_of<'a>(rows: impl Iterator<Item = &'a [u32]>, seen: &Seen) -> Lists {
    let mut lists = Lists::default();
    let mut list = Vec::new();
    for row in rows {
        list.clear();
        list.extend(row.iter().map(|&feature| seen.places[feature as usize]));
        lists.push(&list);
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbours::log_likelihoods_of;

    const BLOCKS: [Block; 3] = [Block::Words, Block::Ngrams, Block::NearWords];

    fn features() -> FeatureLists {
        let lists = |of_block: [&[u32]; 4]| {
            let mut lists = Lists::default();
            of_block.iter().for_each(|list| lists.push(list));
            lists
        };
        FeatureLists::new(vec![lists([&[0, 1], &[1, 2], &[2], &[0, 2]]), lists([&[0], &[], &[1], &[0, 1]])])
    }

    /// A run of three paragraphs, and one paragraph alone.
    fn runs() -> Vec<Vec<Example>> {
        let example = |(row, class)| Example { row, class, weight: 1.0 + class as f64 };
        let examples: Vec<Example> = (0..).zip([0, 1, 1, 0]).map(example).collect();
        vec![examples[..3].to_vec(), examples[3..].to_vec()]
    }

    fn seen(features: &FeatureLists) -> Vec<Seen> {
        let seen = |(&block, table): (&Block, FeatureTable)| {
            Seen::new((0..4).map(|row| features.of(row, block)), table.values().len() / 2)
        };
        BLOCKS.iter().zip(tables()).map(seen).collect()
    }

    fn tables() -> Vec<FeatureTable> {
        let table = |values: &[f32]| FeatureTable::new(2, values.to_vec()).unwrap();
        vec![
            table(&[-1.0, -2.0, -1.5, -1.4, -3.0, -1.0]),
            table(&[-0.5, -0.7, -1.0, -0.9]),
            table(&[-1.0, -1.1, -0.5, -1.4, -1.0, -0.7]),
        ]
    }

    fn pool() -> Pool {
        Pool { block_weights: vec![0.5, 0.8, 0.3], class_offsets: vec![0.1, -0.1] }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let features = features();
        let seen = seen(&features);
        let start = start_of(&tables(), &seen, &pool());
        let problem = Refinement::new(&BLOCKS, &seen, &features, &start, &runs(), 0.7);
        let mut at = start.clone();
        at.iter_mut().enumerate().for_each(|(i, value)| *value += 0.1 * (i as f64).sin());
        let (_, gradient) = problem.evaluate(&at);
        for parameter in 0..at.len() {
            let moved = |by: f64| {
                let mut moved = at.clone();
                moved[parameter] += by;
                problem.evaluate(&moved).0
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - gradient[parameter]).abs() < 1e-8, "{parameter}");
        }
    }

    #[test]
    fn a_strong_ridge_keeps_the_naive_bayes_tables() {
        let features = features();
        let refined = refine(&BLOCKS, &tables(), &pool(), &features, &runs(), 1e9).unwrap();
        let start = start_of(&tables(), &seen(&features), &pool());
        for (refined, start) in refined.iter().flat_map(|table| table.values()).zip(&start) {
            assert!((f64::from(*refined) - start).abs() < 1e-4);
        }
    }

    #[test]
    fn features_that_no_example_has_stay_where_they_are() {
        let features = features();
        // Without the last two paragraphs nobody has feature 1 of the n-grams.
        let runs = vec![runs()[0][..2].to_vec()];
        let refined = refine(&BLOCKS, &tables(), &pool(), &features, &runs, 0.01).unwrap();
        let start: Vec<f32> = start_of_row(tables()[1].row(1), 0.8).map(|value| value as f32).collect();
        for (refined, start) in refined[1].row(1).iter().zip(start) {
            assert!((refined - start).abs() < 1e-6);
        }
        assert!((refined[1].row(0)[0] - 0.08).abs() > 0.1);
    }

    #[test]
    fn a_weak_ridge_learns_the_examples() {
        let features = features();
        let refined = refine(&BLOCKS, &tables(), &pool(), &features, &runs(), 0.01).unwrap();
        for run in &runs() {
            let columns: Vec<Vec<Vec<f64>>> = BLOCKS
                .iter()
                .zip(&refined)
                .map(|(&block, table)| {
                    let lists = run.iter().map(|example| features.of(example.row, block));
                    log_likelihoods_of(block, table, lists)
                })
                .collect();
            for (index, example) in run.iter().enumerate() {
                let score = |class: usize| columns.iter().map(|column| column[index][class]).sum::<f64>();
                assert!(score(example.class) > score(1 - example.class));
            }
        }
    }
}
