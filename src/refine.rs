//! Discriminative refinement: naive Bayes tables moved towards a lower log loss.
//!
//! Naive Bayes fits each class to its words; what separates the classes it never looks at. The
//! refined tables start where the pooled naive Bayes tables are and move by L-BFGS on the weighted
//! log loss of the training paragraphs, held back by a ridge on the way they have gone (Greiner and
//! Zhou 2002, "Structural extension to logistic regression"; Raina et al. 2003, "Classification
//! with hybrid generative/discriminative models"). A paragraph's score stays a sum over its
//! features, so evidence stays exact.

use crate::bayes::FeatureTable;
use crate::bayes::scale;
use crate::calibration::Pool;
use crate::calibration::log_sum_exp;
use crate::error::Error;
use crate::error::Result;
use crate::features::Block;
use crate::minimise::minimise;
use crate::neighbours::heard;
use crate::neighbours::spread;

/// How many steps L-BFGS may take; the ridge makes most of the way short.
const MAX_STEPS: u64 = 40;
/// The part of the ridge that holds back what neighbours' words say: they are many and shared by the
/// paragraphs around them, and naive Bayes knows less of them. Half of it was better than all of it on
/// outlets held out.
const NEAR_RIDGE: f64 = 0.5;

/// A training paragraph: its features by block of [`Block::OWN`], its class and weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example<'a> {
    pub(crate) features: &'a [Vec<u32>],
    pub(crate) class: usize,
    pub(crate) weight: f64,
}

/// Tables that start from `pool`'s weighting of `tables` and lower the log loss of `runs`, which are
/// paragraphs that follow one another.
///
/// `ridge` holds them back: moving one entry by one costs half of it, in paragraphs of loss. There is
/// a table for each of `blocks`; the result needs no block weights other than 1. Time is linear in
/// the features of all examples and in the steps.
///
/// # Errors
///
/// When the optimiser fails.
pub(crate) fn refine(
    blocks: &[Block],
    tables: &[FeatureTable],
    pool: &Pool,
    runs: &[Vec<Example<'_>>],
    ridge: f64,
) -> Result<Vec<FeatureTable>> {
    let why = |why: String| Error::Fit { what: "the refined tables", why };
    let n_classes = pool.class_offsets.len();
    let start = start_of(tables, pool);
    let problem = Refinement::new(blocks, tables, &start, runs, ridge);
    let best = minimise(start.clone(), MAX_STEPS, |point| problem.evaluate(point)).map_err(why)?;
    let mut refined = Vec::with_capacity(tables.len());
    let mut from = 0;
    for table in tables {
        let to = from + table.values().len();
        let values = best[from..to].iter().map(|&value| value as f32).collect();
        let table = FeatureTable::new(n_classes, values);
        refined.push(table.ok_or_else(|| why("a table has no whole rows".to_string()))?);
        from = to;
    }
    Ok(refined)
}

/// The pooled tables, each row less its mean, and the offsets at the end.
fn start_of(tables: &[FeatureTable], pool: &Pool) -> Vec<f64> {
    let n_classes = pool.class_offsets.len();
    let mut start = Vec::new();
    for (table, weight) in tables.iter().zip(&pool.block_weights) {
        for row in table.values().chunks_exact(n_classes) {
            let mean = row.iter().copied().map(f64::from).sum::<f64>() / n_classes as f64;
            start.extend(row.iter().map(|&value| weight * (f64::from(value) - mean)));
        }
    }
    start.extend(&pool.class_offsets);
    start
}

/// The function that refinement minimises; its parameters are all tables and the offsets.
struct Refinement<'a> {
    start: &'a [f64],
    /// Of each block, where its table starts among the parameters.
    blocks: Vec<(Block, usize)>,
    runs: &'a [Vec<Example<'a>>],
    n_classes: usize,
    ridge: f64,
    /// The examples' weights, added up.
    total: f64,
}

impl<'a> Refinement<'a> {
    fn new(
        blocks: &[Block],
        tables: &[FeatureTable],
        start: &'a [f64],
        runs: &'a [Vec<Example<'a>>],
        ridge: f64,
    ) -> Self {
        let mut first = 0;
        let mut firsts = Vec::with_capacity(blocks.len());
        for (&block, table) in blocks.iter().zip(tables) {
            firsts.push((block, first));
            first += table.values().len();
        }
        let total = runs.iter().flatten().map(|example| example.weight).sum();
        let n_classes = start.len() - first;
        Refinement { start, blocks: firsts, runs, n_classes, ridge, total }
    }

    /// The loss at `parameters` and its slope.
    fn evaluate(&self, parameters: &[f64]) -> (f64, Vec<f64>) {
        let offsets = parameters.len() - self.n_classes;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        for run in self.runs {
            let mut slopes = self.scores(run, parameters);
            for (example, scores) in run.iter().zip(&mut slopes) {
                let log_total = log_sum_exp(scores);
                loss += example.weight * (log_total - scores[example.class]);
                let share = example.weight / self.total;
                scores.iter_mut().for_each(|score| *score = share * (*score - log_total).exp());
                scores[example.class] -= share;
                gradient[offsets..].iter_mut().zip(scores).for_each(|(entry, slope)| *entry += *slope);
            }
            self.add_slopes(run, &slopes, &mut gradient);
        }
        let mut penalty = 0.0;
        for (number, &(block, first)) in self.blocks.iter().enumerate() {
            let last = self.blocks.get(number + 1).map_or(offsets, |(_, next)| *next);
            let part = if block.is_near() { NEAR_RIDGE } else { 1.0 };
            let ridge = part * self.ridge / self.total;
            for index in first..last {
                let moved = parameters[index] - self.start[index];
                penalty += 0.5 * ridge * moved * moved;
                gradient[index] += ridge * moved;
            }
        }
        (loss / self.total + penalty, gradient)
    }

    /// The scores of a run's paragraphs.
    fn scores(&self, run: &[Example<'_>], parameters: &[f64]) -> Vec<Vec<f64>> {
        let n = self.n_classes;
        let sums = |example: &Example<'_>, near: bool| {
            let mut sums = vec![0.0; n];
            self.for_each_row(example, near, |row, scale| {
                sums.iter_mut().zip(&parameters[row..row + n]).for_each(|(sum, value)| *sum += scale * value);
            });
            sums
        };
        let near: Vec<Vec<f64>> = run.iter().map(|example| sums(example, true)).collect();
        let mut scores = heard(&near);
        for (example, scores) in run.iter().zip(&mut scores) {
            let offsets = &parameters[parameters.len() - n..];
            for ((score, own), offset) in scores.iter_mut().zip(sums(example, false)).zip(offsets) {
                *score += own + offset;
            }
        }
        scores
    }

    /// Adds the slopes of a run's scores to those of the rows that they are sums of.
    fn add_slopes(&self, run: &[Example<'_>], slopes: &[Vec<f64>], gradient: &mut [f64]) {
        let n = self.n_classes;
        for (near, slopes) in [(false, slopes), (true, &spread(slopes))] {
            for (example, slopes) in run.iter().zip(slopes) {
                self.for_each_row(example, near, |row, scale| {
                    let entries = gradient[row..row + n].iter_mut();
                    entries.zip(slopes).for_each(|(entry, slope)| *entry += scale * slope);
                });
            }
        }
    }

    /// Calls `visit` with the start of each feature's row among the parameters and its scale, in the
    /// near blocks or in the others.
    fn for_each_row(&self, example: &Example<'_>, near: bool, mut visit: impl FnMut(usize, f64)) {
        for &(block, first) in self.blocks.iter().filter(|(block, _)| block.is_near() == near) {
            let features = &example.features[block.source()];
            let scale = scale(features.len());
            for &feature in features {
                visit(first + feature as usize * self.n_classes, scale);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neighbours::log_likelihoods;

    const BLOCKS: [Block; 3] = [Block::Words, Block::Ngrams, Block::NearWords];

    fn features() -> Vec<Vec<Vec<u32>>> {
        vec![
            vec![vec![0, 1], vec![0]],
            vec![vec![1, 2], vec![]],
            vec![vec![2], vec![1]],
            vec![vec![0, 2], vec![0, 1]],
        ]
    }

    /// A run of three paragraphs, and one paragraph alone.
    fn runs(features: &[Vec<Vec<u32>>]) -> Vec<Vec<Example<'_>>> {
        let example = |(features, class)| Example { features, class, weight: 1.0 + class as f64 };
        let examples: Vec<Example<'_>> =
            features.iter().map(Vec::as_slice).zip([0, 1, 1, 0]).map(example).collect();
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

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let features = features();
        let runs = runs(&features);
        let start = start_of(&tables(), &pool());
        let problem = Refinement::new(&BLOCKS, &tables(), &start, &runs, 0.7);
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
        let refined = refine(&BLOCKS, &tables(), &pool(), &runs(&features), 1e9).unwrap();
        let start = start_of(&tables(), &pool());
        for (refined, start) in refined.iter().flat_map(|table| table.values()).zip(&start) {
            assert!((f64::from(*refined) - start).abs() < 1e-4);
        }
    }

    #[test]
    fn a_weak_ridge_learns_the_examples() {
        let features = features();
        let runs = runs(&features);
        let refined = refine(&BLOCKS, &tables(), &pool(), &runs, 0.01).unwrap();
        for run in &runs {
            let of_run: Vec<&[Vec<u32>]> = run.iter().map(|example| example.features).collect();
            let columns: Vec<Vec<Vec<f64>>> = BLOCKS
                .iter()
                .zip(&refined)
                .map(|(&block, table)| log_likelihoods(block, table, &of_run))
                .collect();
            for (index, example) in run.iter().enumerate() {
                let score = |class: usize| columns.iter().map(|column| column[index][class]).sum::<f64>();
                assert!(score(example.class) > score(1 - example.class));
            }
        }
    }
}
