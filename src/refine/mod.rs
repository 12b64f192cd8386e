//! Discriminative refinement: naive Bayes tables moved towards a lower log loss.
//!
//! Naive Bayes fits each class to its words; what separates the classes it never looks at. The
//! refined tables start where the pooled naive Bayes tables are and move by L-BFGS on the weighted
//! log loss of the training paragraphs, held back by a ridge on the way they have gone (Greiner and
//! Zhou 2002, "Structural extension to logistic regression"; Raina et al. 2003, "Classification
//! with hybrid generative/discriminative models"). A paragraph's score stays a sum over its
//! features, so evidence stays exact.

mod examples;
mod loss;

use self::examples::{Examples, Moving};
use self::loss::Refinement;
use crate::bayes::FeatureTable;
use crate::calibration::Pool;
use crate::error::{Error, Result};
use crate::features::{Block, FeatureLists, NONE};
use crate::minimise::{Loss, minimise};

/// How many steps L-BFGS may take; the ridge makes most of the way short.
const MAX_STEPS: u64 = 40;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Lists;
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
