//! The loss that refinement lowers, and its slope.

use std::collections::{BTreeMap, BTreeSet};

use super::Example;
use super::examples::{Examples, Moving};
use crate::calibration::log_sum_exp;
use crate::features::Block;
use crate::minimise::Loss;
use crate::neighbours::shares;

/// The part of the ridge that holds back what neighbours' words say: they are many and shared by the
/// paragraphs around them, and naive Bayes knows less of them. Half of it was better than all of it on
/// outlets held out.
const NEAR_RIDGE: f64 = 0.5;

/// The function that refinement minimises; its parameters are the rows of the features that move, and the
/// offsets.
pub(super) struct Refinement<'a> {
    start: &'a [f64],
    /// Of each block, where its table starts among the parameters.
    blocks: Vec<(Block, usize)>,
    examples: Examples,
    /// By length of a run: what each paragraph hears of which.
    shares: BTreeMap<usize, Vec<Vec<(usize, f64)>>>,
    n_classes: usize,
    ridge: f64,
}

impl Loss for Refinement<'_> {
    fn n_classes(&self) -> usize {
        self.n_classes
    }

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
}

impl<'a> Refinement<'a> {
    pub(super) fn new(
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
