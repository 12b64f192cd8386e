//! Discriminative refinement: naive Bayes tables moved towards a lower log loss.
//!
//! Naive Bayes fits each class to its words; what separates the classes it never looks at. The
//! refined tables start where the pooled naive Bayes tables are and move by L-BFGS on the weighted
//! log loss of the training paragraphs, held back by a ridge on the way they have gone (Greiner and
//! Zhou 2002, "Structural extension to logistic regression"; Raina et al. 2003, "Classification
//! with hybrid generative/discriminative models"). A paragraph's score stays a sum over its
//! features, so evidence stays exact.

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

use crate::bayes::FeatureTable;
use crate::calibration::Pool;
use crate::calibration::log_sum_exp;
use crate::error::Error;
use crate::error::Result;

/// How many steps L-BFGS may take; the ridge makes most of the way short.
const MAX_STEPS: u64 = 40;
/// How many earlier steps L-BFGS remembers.
const MEMORY: usize = 7;

/// A training paragraph: its features by block, its class and weight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example<'a> {
    pub(crate) features: &'a [Vec<u32>],
    pub(crate) class: usize,
    pub(crate) weight: f64,
}

/// Tables that start from `pool`'s weighting of `tables` and lower the log loss of `examples`.
///
/// `ridge` holds them back: moving one entry by one costs half of it, in paragraphs of loss. The result needs no block weights other than 1; `scale` is the factor on a block with so
/// many features. Time is linear in the features of all examples and in the steps.
///
/// # Errors
///
/// When the optimiser fails.
pub(crate) fn refine(
    tables: &[FeatureTable],
    pool: &Pool,
    examples: &[Example<'_>],
    scale: fn(usize) -> f64,
    ridge: f64,
) -> Result<Vec<FeatureTable>> {
    let why = |why: String| Error::Fit { what: "the refined tables", why };
    let n_classes = pool.class_offsets.len();
    let start = start_of(tables, pool);
    let total: f64 = examples.iter().map(|example| example.weight).sum();
    let sizes: Vec<usize> = tables.iter().map(|table| table.values().len()).collect();
    let problem = Refinement {
        start: &start,
        sizes: sizes.clone(),
        examples,
        scale,
        n_classes,
        ridge,
        total,
        last: RefCell::default(),
    };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY);
    let outcome = Executor::new(problem, solver)
        .configure(|state| state.param(start.clone()).max_iters(MAX_STEPS))
        .run()
        .map_err(|err| why(err.to_string()))?;
    let best = outcome.state().get_best_param().ok_or_else(|| why("no minimum was found".to_string()))?;
    let mut refined = Vec::with_capacity(tables.len());
    let mut from = 0;
    for size in sizes {
        let values = best[from..from + size].iter().map(|&value| value as f32).collect();
        let table = FeatureTable::new(n_classes, values);
        refined.push(table.ok_or_else(|| why("a table has no whole rows".to_string()))?);
        from += size;
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

/// Parameters, their loss and its slope.
type Point = (Vec<f64>, f64, Vec<f64>);

/// The function that refinement minimises; its parameters are all tables and the offsets.
struct Refinement<'a> {
    start: &'a [f64],
    /// How many values each block's table has.
    sizes: Vec<usize>,
    examples: &'a [Example<'a>],
    scale: fn(usize) -> f64,
    n_classes: usize,
    ridge: f64,
    /// The examples' weights, added up.
    total: f64,
    /// The last point with its loss and slope: the line search asks for both, one after the other.
    last: RefCell<Option<Point>>,
}

impl Refinement<'_> {
    /// The loss at `parameters` and its slope.
    fn evaluate(&self, parameters: &[f64]) -> (f64, Vec<f64>) {
        let n = self.n_classes;
        let offsets = parameters.len() - n;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let mut scores = vec![0.0; n];
        for example in self.examples {
            scores.copy_from_slice(&parameters[offsets..]);
            self.for_each_row(example, |row, scale| {
                for (score, value) in scores.iter_mut().zip(&parameters[row..row + n]) {
                    *score += scale * value;
                }
            });
            let log_total = log_sum_exp(&scores);
            loss += example.weight * (log_total - scores[example.class]);
            let share = example.weight / self.total;
            scores.iter_mut().for_each(|score| *score = share * (*score - log_total).exp());
            scores[example.class] -= share;
            self.for_each_row(example, |row, scale| {
                for (entry, slope) in gradient[row..row + n].iter_mut().zip(&scores) {
                    *entry += scale * slope;
                }
            });
            gradient[offsets..].iter_mut().zip(&scores).for_each(|(entry, slope)| *entry += slope);
        }
        let ridge = self.ridge / self.total;
        let mut way = 0.0;
        for index in 0..offsets {
            let moved = parameters[index] - self.start[index];
            way += moved * moved;
            gradient[index] += ridge * moved;
        }
        (loss / self.total + 0.5 * ridge * way, gradient)
    }

    /// The same, from memory where it was the last point asked for.
    fn at<T>(&self, parameters: &[f64], take: impl Fn(f64, &[f64]) -> T) -> T {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(point, ..)| point != parameters) {
            let (loss, gradient) = self.evaluate(parameters);
            *last = Some((parameters.to_vec(), loss, gradient));
        }
        let (_, loss, gradient) = last.as_ref().expect("just set");
        take(*loss, gradient)
    }

    /// Calls `visit` with the start of each feature's row among the parameters and its scale.
    fn for_each_row(&self, example: &Example<'_>, mut visit: impl FnMut(usize, f64)) {
        let mut base = 0;
        for (features, size) in example.features.iter().zip(&self.sizes) {
            let scale = (self.scale)(features.len());
            for &feature in features {
                visit(base + feature as usize * self.n_classes, scale);
            }
            base += size;
        }
    }
}

impl CostFunction for Refinement<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> std::result::Result<f64, argmin::core::Error> {
        Ok(self.at(parameters, |loss, _| loss))
    }
}

impl Gradient for Refinement<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> std::result::Result<Vec<f64>, argmin::core::Error> {
        Ok(self.at(parameters, |_, gradient| gradient.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(n: usize) -> f64 {
        1.0 / (n.max(1) as f64).sqrt()
    }

    fn features() -> Vec<Vec<Vec<u32>>> {
        vec![
            vec![vec![0, 1], vec![0]],
            vec![vec![1, 2], vec![]],
            vec![vec![2], vec![1]],
            vec![vec![0, 2], vec![0, 1]],
        ]
    }

    fn examples(features: &[Vec<Vec<u32>>]) -> Vec<Example<'_>> {
        let classes = [0, 1, 1, 0];
        features
            .iter()
            .zip(classes)
            .map(|(features, class)| Example { features, class, weight: 1.0 + class as f64 })
            .collect()
    }

    fn tables() -> Vec<FeatureTable> {
        let table = |values: &[f32]| FeatureTable::new(2, values.to_vec()).unwrap();
        vec![table(&[-1.0, -2.0, -1.5, -1.4, -3.0, -1.0]), table(&[-0.5, -0.7, -1.0, -0.9])]
    }

    fn pool() -> Pool {
        Pool { block_weights: vec![0.5, 0.8], class_offsets: vec![0.1, -0.1] }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let features = features();
        let examples = examples(&features);
        let start = start_of(&tables(), &pool());
        let problem = Refinement {
            start: &start,
            sizes: vec![6, 4],
            examples: &examples,
            scale,
            n_classes: 2,
            ridge: 0.7,
            total: 6.0,
            last: RefCell::default(),
        };
        let mut at = start.clone();
        at.iter_mut().enumerate().for_each(|(i, value)| *value += 0.1 * (i as f64).sin());
        let gradient = problem.gradient(&at).unwrap();
        for parameter in 0..at.len() {
            let moved = |by: f64| {
                let mut moved = at.clone();
                moved[parameter] += by;
                problem.cost(&moved).unwrap()
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - gradient[parameter]).abs() < 1e-8, "{parameter}");
        }
    }

    #[test]
    fn a_strong_ridge_keeps_the_naive_bayes_tables() {
        let features = features();
        let refined = refine(&tables(), &pool(), &examples(&features), scale, 1e9).unwrap();
        let start = start_of(&tables(), &pool());
        for (refined, start) in refined.iter().flat_map(|table| table.values()).zip(&start) {
            assert!((f64::from(*refined) - start).abs() < 1e-4);
        }
    }

    #[test]
    fn a_weak_ridge_learns_the_examples() {
        let features = features();
        let examples = examples(&features);
        let refined = refine(&tables(), &pool(), &examples, scale, 0.01).unwrap();
        for example in &examples {
            let mut scores = [0.0; 2];
            for (table, features) in refined.iter().zip(example.features) {
                for &feature in features {
                    scores
                        .iter_mut()
                        .zip(table.row(feature))
                        .for_each(|(s, v)| *s += scale(features.len()) * f64::from(*v));
                }
            }
            assert!(scores[example.class] > scores[1 - example.class]);
        }
    }
}
