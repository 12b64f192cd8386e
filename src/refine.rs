//! Discriminative refinement: naive Bayes tables moved towards a lower log loss.
//!
//! Naive Bayes models each class by its words and never looks at what separates the classes. The refined tables start
//! from the weighted naive Bayes tables and lower the log loss of the training paragraphs by L-BFGS, with an L2 penalty
//! on the distance from the start (Greiner and Zhou 2002, "Structural extension to logistic regression"; Raina et al.
//! 2003, "Classification with hybrid generative/discriminative models"). A paragraph's score stays a sum over its
//! features, so evidence stays exact.

use crate::bayes::FeatureTable;
use crate::combination::{Combination, cross_entropy, scale};
use crate::error::{Error, Result};
use crate::features::FeatureLists;
use crate::minimise::{Loss, minimise};

/// The most L-BFGS steps: with half as many, held-out log loss is .01 higher; with more, the same.
const MAX_STEPS: u64 = 60;

/// A training paragraph: the index of its feature lists, its class and its weight.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The index of its feature lists.
    pub row: usize,
    /// The index of its class.
    pub class: usize,
    /// Its weight.
    pub weight: f64,
}

/// Tables that start from `tables`, one for each group, weighted by `combination`, and lower the log loss of
/// `examples`.
///
/// Moving one value by one costs half of `l2_penalty`, in paragraphs of loss. The result needs no group weights other
/// than 1. Takes time linear in the features of all examples and in the number of steps, and as much memory as 20
/// copies of the tables.
pub fn refine(
    tables: &[FeatureTable],
    combination: &Combination,
    lists: &FeatureLists,
    examples: &[Example],
    l2_penalty: f64,
) -> Result<Vec<FeatureTable>> {
    let why = |why: String| Error::Fit { what: "the refined tables", why };
    let n_classes = combination.offsets.len();
    let start = start_of(tables, combination);
    let loss = RefinementLoss::new(tables, lists, examples, &start, n_classes, l2_penalty);
    let best = minimise(start.clone(), MAX_STEPS, |point| loss.evaluate(point)).map_err(why)?;
    let mut rest = best.as_slice();
    let mut table = |table: &FeatureTable| {
        let (values, after) = rest.split_at(table.values().len());
        rest = after;
        FeatureTable::new(n_classes, values.iter().map(|&value| value as f32).collect())
    };
    Ok(tables.iter().map(&mut table).collect())
}

/// The rows of all tables, centred and weighted, then the offsets.
fn start_of(tables: &[FeatureTable], combination: &Combination) -> Vec<f64> {
    let mut start = Vec::new();
    for (table, weight) in tables.iter().zip(&combination.weights) {
        for row in table.rows() {
            let mean = row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64;
            start.extend(row.iter().map(|&value| weight * (f64::from(value) - mean)));
        }
    }
    start.extend(&combination.offsets);
    start
}

/// The mean log loss of the examples and the penalty; the parameters are the tables' values, then the offsets.
struct RefinementLoss<'a> {
    lists: &'a FeatureLists,
    examples: &'a [Example],
    start: &'a [f64],
    /// Where the table of each group starts among the parameters.
    firsts: Vec<usize>,
    n_classes: usize,
    l2_penalty: f64,
    total: f64,
}

impl<'a> RefinementLoss<'a> {
    fn new(
        tables: &[FeatureTable],
        lists: &'a FeatureLists,
        examples: &'a [Example],
        start: &'a [f64],
        n_classes: usize,
        l2_penalty: f64,
    ) -> Self {
        let mut next = 0;
        let first = |table: &FeatureTable| {
            next += table.values().len();
            next - table.values().len()
        };
        let firsts = tables.iter().map(first).collect();
        let total = examples.iter().map(|example| example.weight).sum();
        RefinementLoss { lists, examples, start, firsts, n_classes, l2_penalty, total }
    }

    /// Calls `visit` with the place of each feature's row among the parameters and the scale of its group.
    #[inline(always)]
    fn for_each_row(&self, n: usize, example: &Example, mut visit: impl FnMut(usize, f64)) {
        for (group, first) in self.firsts.iter().enumerate() {
            let list = self.lists.get(example.row, group);
            let scale = scale(list.len());
            list.iter().for_each(|&feature| visit(first + feature as usize * n, scale));
        }
    }
}

impl Loss for RefinementLoss<'_> {
    fn n_classes(&self) -> usize {
        self.n_classes
    }

    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let offsets = parameters.len() - n;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let mut errors = vec![0.0; n];
        for example in self.examples {
            errors.copy_from_slice(&parameters[offsets..]);
            self.for_each_row(n, example, |first, scale| {
                let row = &parameters[first..][..n];
                errors[..n].iter_mut().zip(row).for_each(|(score, value)| *score += scale * value);
            });
            loss += cross_entropy(&mut errors, example.class, example.weight / self.total);
            self.for_each_row(n, example, |first, scale| {
                let row = gradient[first..][..n].iter_mut();
                row.zip(&errors[..n]).for_each(|(entry, error)| *entry += scale * error);
            });
            gradient[offsets..].iter_mut().zip(&errors).for_each(|(entry, error)| *entry += error);
        }
        let l2_penalty = self.l2_penalty / self.total;
        let tables = gradient[..offsets].iter_mut().zip(parameters).zip(self.start);
        for ((entry, parameter), start) in tables {
            let moved = parameter - start;
            loss += 0.5 * l2_penalty * moved * moved;
            *entry += l2_penalty * moved;
        }
        (loss, gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Lists;

    fn features() -> FeatureLists {
        let lists = |of_group: [&[u32]; 4]| {
            let mut lists = Lists::default();
            of_group.iter().for_each(|list| lists.push(list));
            lists
        };
        FeatureLists::new(vec![lists([&[0, 1], &[1, 2], &[2], &[0, 2]]), lists([&[0], &[], &[1], &[0, 1]])])
    }

    fn examples() -> Vec<Example> {
        let example = |(row, class)| Example { row, class, weight: 1.0 + class as f64 };
        (0..).zip([0, 1, 1, 0]).map(example).collect()
    }

    fn tables() -> Vec<FeatureTable> {
        let table = |values: &[f32]| FeatureTable::new(2, values.to_vec());
        vec![table(&[-1.0, -2.0, -1.5, -1.4, -3.0, -1.0]), table(&[-0.5, -0.7, -1.0, -0.9])]
    }

    fn combination() -> Combination {
        Combination { weights: vec![0.5, 0.8], offsets: vec![0.1, -0.1] }
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let start = start_of(&tables(), &combination());
        let (features, examples) = (features(), examples());
        let loss = RefinementLoss::new(&tables(), &features, &examples, &start, 2, 0.7);
        let at: Vec<f64> = start.iter().zip(0..).map(|(value, i)| value + 0.1 * f64::from(i).sin()).collect();
        crate::minimise::check_gradient(&loss, &at);
    }

    #[test]
    fn a_large_penalty_keeps_the_naive_bayes_tables() {
        let refined = refine(&tables(), &combination(), &features(), &examples(), 1e9).unwrap();
        let start = start_of(&tables(), &combination());
        for (refined, start) in refined.iter().flat_map(|table| table.values()).zip(&start) {
            assert!((f64::from(*refined) - start).abs() < 1e-4);
        }
    }

    #[test]
    fn a_small_penalty_fits_the_examples() {
        let features = features();
        let refined = refine(&tables(), &combination(), &features, &examples(), 0.01).unwrap();
        for example in examples() {
            let sums = |group: usize| refined[group].log_likelihoods(features.get(example.row, group));
            let scores: Vec<f64> = sums(0).iter().zip(sums(1)).map(|(a, b)| a + b).collect();
            assert!(scores[example.class] > scores[1 - example.class]);
        }
    }
}
