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
/// a table for each of `blocks`; the result needs no block weights other than 1. Features that fewer
/// than `min_examples` have stay where they start. Time is linear in the features of all examples and in
/// the steps, memory in the features that move.
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
    min_examples: u32,
    ridge: f64,
) -> Result<Vec<FeatureTable>> {
    let why = |why: String| Error::Fit { what: "the refined tables", why };
    let n_classes = pool.class_offsets.len();
    let moving: Vec<Moving> = blocks
        .iter()
        .zip(tables)
        .map(|(&block, table)| {
            let rows = runs.iter().flatten().map(|example| lists.of(example.row, block));
            Moving::new(rows, table.values().len() / n_classes, min_examples)
        })
        .collect();
    let start = start_of(tables, &moving, pool);
    let examples = Examples::new(blocks, tables, pool, &moving, lists, runs);
    let problem = Refinement::new(blocks, &moving, examples, &start, n_classes, ridge);
    let best = minimise(start.clone(), MAX_STEPS, |point| problem.evaluate(point)).map_err(why)?;
    let mut best = best.chunks_exact(n_classes);
    let mut refined = Vec::with_capacity(tables.len());
    for ((table, &weight), moving) in tables.iter().zip(&pool.block_weights).zip(&moving) {
        let mut values = Vec::with_capacity(table.values().len());
        for (row, &place) in table.values().chunks_exact(n_classes).zip(&moving.places) {
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

/// The features of a block that refinement moves: those that enough examples have.
struct Moving {
    /// By feature: its place among them, or [`NONE`].
    places: Vec<u32>,
    n: usize,
}

impl Moving {
    fn new<'a>(rows: impl Iterator<Item = &'a [u32]>, n_features: usize, min_examples: u32) -> Moving {
        let mut counts = vec![0u32; n_features];
        rows.flatten().for_each(|&feature| counts[feature as usize] += 1);
        let mut n = 0;
        let mut places = counts;
        for place in &mut places {
            let moves = *place >= min_examples;
            *place = if moves { n } else { NONE };
            n += u32::from(moves);
        }
        Moving { places, n: n as usize }
    }
}

/// A row of a table as its block weighs it, less its mean.
fn start_of_row(row: &[f32], weight: f64) -> impl Iterator<Item = f64> {
    let mean = row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64;
    row.iter().map(move |&value| weight * (f64::from(value) - mean))
}

/// The pooled tables' rows of the features that move, each less its mean, and the offsets at the end.
fn start_of(tables: &[FeatureTable], moving: &[Moving], pool: &Pool) -> Vec<f64> {
    let n_classes = pool.class_offsets.len();
    let n_rows: usize = moving.iter().map(|moving| moving.n).sum();
    let mut start = Vec::with_capacity((n_rows + 1) * n_classes);
    for ((table, &weight), moving) in tables.iter().zip(&pool.block_weights).zip(moving) {
        let rows = table.values().chunks_exact(n_classes).zip(&moving.places);
        for (row, _) in rows.filter(|(_, place)| **place != NONE) {
            start.extend(start_of_row(row, weight));
        }
    }
    start.extend(&pool.class_offsets);
    start
}

/// What refinement needs of its examples.
struct Examples {
    /// Their rows are now their places among all examples.
    runs: Vec<Vec<Example>>,
    /// By block: for each example the places of those of its features that move.
    lists: Vec<Lists>,
    /// By block: for each example the scale of its features.
    scales: Vec<Vec<f64>>,
    /// What the features that do not move give each example, class by class: those of its own blocks, and
    /// those of the near ones.
    fixed: [Vec<f64>; 2],
    /// Their weights, added up.
    total: f64,
}

impl Examples {
    fn new(
        blocks: &[Block],
        tables: &[FeatureTable],
        pool: &Pool,
        moving: &[Moving],
        lists: &FeatureLists,
        runs: &[Vec<Example>],
    ) -> Examples {
        let all = || runs.iter().flatten();
        let (n, n_examples) = (pool.class_offsets.len(), all().count());
        let mut row = 0;
        let mut placed = |example: &Example| {
            row += 1;
            Example { row: row - 1, ..*example }
        };
        let mut examples = Examples {
            runs: runs.iter().map(|run| run.iter().map(&mut placed).collect()).collect(),
            lists: Vec::with_capacity(blocks.len()),
            scales: Vec::with_capacity(blocks.len()),
            fixed: [vec![0.0; n * n_examples], vec![0.0; n * n_examples]],
            total: all().map(|example| example.weight).sum(),
        };
        for (number, (&block, moving)) in blocks.iter().zip(moving).enumerate() {
            let fixed = examples.fixed[usize::from(block.is_near())].chunks_exact_mut(n);
            let rows = all().map(|example| lists.of(example.row, block));
            let (mut of_block, mut scales) = (Lists::default(), Vec::with_capacity(n_examples));
            let mut list = Vec::new();
            for (row, fixed) in rows.zip(fixed) {
                let scale = scale(row.len());
                for &feature in row {
                    match moving.places[feature as usize] {
                        NONE => {
                            let start = start_of_row(tables[number].row(feature), pool.block_weights[number]);
                            fixed.iter_mut().zip(start).for_each(|(sum, value)| *sum += scale * value);
                        }
                        place => list.push(place),
                    }
                }
                of_block.push(&list);
                list.clear();
                scales.push(scale);
            }
            examples.lists.push(of_block);
            examples.scales.push(scales);
        }
        examples
    }
}

/// The function that refinement minimises; its parameters are the rows of the features that move, and the
/// offsets.
struct Refinement<'a> {
    start: &'a [f64],
    /// Of each block, where its table starts among the parameters.
    blocks: Vec<(Block, usize)>,
    examples: Examples,
    /// By length of a run: what each paragraph hears of which.
    shares: BTreeMap<usize, Vec<Vec<(usize, f64)>>>,
    n_classes: usize,
    ridge: f64,
}

impl<'a> Refinement<'a> {
    fn new(
        blocks: &[Block],
        moving: &[Moving],
        examples: Examples,
        start: &'a [f64],
        n_classes: usize,
        ridge: f64,
    ) -> Self {
        let mut first = 0;
        let mut firsts = Vec::with_capacity(blocks.len());
        for (&block, moving) in blocks.iter().zip(moving) {
            firsts.push((block, first));
            first += moving.n * n_classes;
        }
        let lengths: BTreeSet<usize> = examples.runs.iter().map(Vec::len).collect();
        let of_length = |n: usize| (n, (0..n).map(|of| shares(n, of)).collect());
        let shares = lengths.into_iter().map(of_length).collect();
        Refinement { start, blocks: firsts, examples, shares, n_classes, ridge }
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
        for run in &self.examples.runs {
            self.scores(n, run, parameters, &mut near, &mut slopes);
            for (example, scores) in run.iter().zip(slopes.chunks_exact_mut(n)) {
                let log_total = log_sum_exp(scores);
                loss += example.weight * (log_total - scores[example.class]);
                let share = example.weight / self.examples.total;
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
            let ridge = part * self.ridge / self.examples.total;
            let entries = gradient[first..last].iter_mut().zip(&parameters[first..last]);
            for ((slope, parameter), start) in entries.zip(&self.start[first..last]) {
                let moved = parameter - start;
                penalty += 0.5 * ridge * moved * moved;
                *slope += ridge * moved;
            }
        }
        (loss / self.examples.total + penalty, gradient)
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
                self.sum_rows(n, example, true, parameters, sums);
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
            self.sum_rows(n, example, false, parameters, near);
            for ((score, own), offset) in scores.iter_mut().zip(&*near).zip(offsets) {
                *score += own + offset;
            }
        }
    }

    /// The sums of an example's features' rows, in the near blocks or in the others.
    #[inline(always)]
    fn sum_rows(&self, n: usize, example: &Example, near: bool, parameters: &[f64], sums: &mut [f64]) {
        sums[..n].copy_from_slice(&self.examples.fixed[usize::from(near)][example.row * n..][..n]);
        self.for_each_row(n, example, near, |first, scale| {
            let row = &parameters[first..][..n];
            sums[..n].iter_mut().zip(row).for_each(|(sum, value)| *sum += scale * value);
        });
    }

    /// Calls `visit` with the start of each feature's row among the parameters and its scale, in the
    /// near blocks or in the others.
    #[inline(always)]
    fn for_each_row(&self, n: usize, example: &Example, near: bool, mut visit: impl FnMut(usize, f64)) {
        let Examples { lists, scales, .. } = &self.examples;
        for ((&(block, first), lists), scales) in self.blocks.iter().zip(lists).zip(scales) {
            if block.is_near() == near {
                let scale = scales[example.row];
                for &feature in lists.get(example.row) {
                    visit(first + feature as usize * n, scale);
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

    /// The other way round than [`Refinement::sum_rows`].
    #[inline(always)]
    fn add_to_rows(&self, n: usize, example: &Example, near: bool, slopes: &[f64], gradient: &mut [f64]) {
        self.for_each_row(n, example, near, |first, scale| {
            let row = gradient[first..][..n].iter_mut();
            row.zip(slopes).for_each(|(entry, slope)| *entry += scale * slope);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbours::log_likelihoods;

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

    fn moving(min_examples: u32) -> Vec<Moving> {
        let features = features();
        let moving = |(&block, table): (&Block, FeatureTable)| {
            let rows = (0..4).map(|row| features.of(row, block));
            Moving::new(rows, table.values().len() / 2, min_examples)
        };
        BLOCKS.iter().zip(tables()).map(moving).collect()
    }

    #[track_caller]
    fn check_gradient(min_examples: u32) {
        let moving = moving(min_examples);
        let start = start_of(&tables(), &moving, &pool());
        let examples = Examples::new(&BLOCKS, &tables(), &pool(), &moving, &features(), &runs());
        let problem = Refinement::new(&BLOCKS, &moving, examples, &start, 2, 0.7);
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
    fn the_gradient_is_the_slope_of_the_loss() {
        check_gradient(1);
        check_gradient(3);
    }

    #[test]
    fn the_loss_does_not_depend_on_which_features_move() {
        let loss = |min_examples: u32| {
            let moving = moving(min_examples);
            let start = start_of(&tables(), &moving, &pool());
            let examples = Examples::new(&BLOCKS, &tables(), &pool(), &moving, &features(), &runs());
            Refinement::new(&BLOCKS, &moving, examples, &start, 2, 0.7).evaluate(&start).0
        };
        for min_examples in [2, 3, 9] {
            assert!((loss(1) - loss(min_examples)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_strong_ridge_keeps_the_naive_bayes_tables() {
        let refined = refine(&BLOCKS, &tables(), &pool(), &features(), &runs(), 1, 1e9).unwrap();
        let start = start_of(&tables(), &moving(1), &pool());
        for (refined, start) in refined.iter().flat_map(|table| table.values()).zip(&start) {
            assert!((f64::from(*refined) - start).abs() < 1e-4);
        }
    }

    #[test]
    fn features_that_few_examples_have_stay_where_they_are() {
        // Three paragraphs have feature 2 of the words, two have each of the others.
        let refined = refine(&BLOCKS, &tables(), &pool(), &features(), &runs(), 3, 0.01).unwrap();
        let gone = |feature: u32| {
            let start = start_of_row(tables()[0].row(feature), 0.5).next().unwrap();
            (f64::from(refined[0].row(feature)[0]) - start).abs()
        };
        assert!(gone(0) < 1e-6 && gone(1) < 1e-6 && gone(2) > 0.1);
    }

    #[test]
    fn a_weak_ridge_learns_the_examples() {
        let features = features();
        let refined = refine(&BLOCKS, &tables(), &pool(), &features, &runs(), 1, 0.01).unwrap();
        for run in &runs() {
            let columns: Vec<Vec<Vec<f64>>> = BLOCKS
                .iter()
                .zip(&refined)
                .map(|(&block, table)| {
                    let lists = run.iter().map(|example| features.of(example.row, block));
                    log_likelihoods(block, table, lists)
                })
                .collect();
            for (index, example) in run.iter().enumerate() {
                let score = |class: usize| columns.iter().map(|column| column[index][class]).sum::<f64>();
                assert!(score(example.class) > score(1 - example.class));
            }
        }
    }
}
