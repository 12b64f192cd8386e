//! The fits of training: tables with and without folds, smoothing, refinement.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::Smoothing;
use super::held_out::Plan;
use super::rows::Row;
use crate::bayes;
use crate::bayes::{ClassTotals, FeatureTable};
use crate::combination::{HeldOut, Pool};
use crate::error::Result;
use crate::features::{Block, FeatureLists};
use crate::neighbours::{log_likelihoods, spread};
use crate::refine::{Example, refine};

/// The smoothing that `auto` tries, in the order in which ties are broken.
const ALPHAS: [f64; 7] = [1.0, 0.3, 3.0, 0.1, 0.03, 10.0, 0.01];
/// How far the weights of classes lean from the corpus's shares (0) to even ones (1). The shares of a
/// training corpus are nobody's prior, and even ones are no newspaper's: half way, macro-F1 was that
/// of even shares and log loss and accuracy were better, on held-out outlets, too.
pub(super) const EVEN_PRIORS: f64 = 0.5;

/// The rows of a corpus, their features, and how many features each block has.
pub(super) struct Fitter<'a> {
    rows: &'a [Row],
    lists: FeatureLists,
    /// As [`runs`](super::rows::runs) has them.
    runs: &'a [Range<usize>],
    plan: &'a Plan,
    n_classes: usize,
    /// By block of [`Block::ALL`].
    n_features: Vec<usize>,
    /// In how many of the paragraphs that are refined on a feature must occur to move.
    min_examples: u32,
    /// By row: what it counts beside others where rare classes weigh more than their share.
    even_weights: Vec<f64>,
    /// The sums that the model's tables are fitted to, where no others are needed.
    known: Vec<ClassTotals>,
}

/// What one smoothing of a block gives.
struct Smoothed {
    alpha: f64,
    /// The log loss of the pooled predictions.
    loss: f64,
    held_out: Vec<HeldOut>,
}

impl<'a> Fitter<'a> {
    pub(super) fn new(
        rows: &'a [Row],
        lists: FeatureLists,
        runs: &'a [Range<usize>],
        plan: &'a Plan,
        n_classes: usize,
        n_features: Vec<usize>,
        min_count: u32,
    ) -> Fitter<'a> {
        // Where all are refined on, what is in the vocabulary moves.
        let min_examples = if plan.never_seen().is_some() { min_count } else { 1 };
        let class_weights = class_weights(rows, n_classes);
        let mean = class_weights.iter().sum::<f64>() / n_classes as f64;
        let even = |class: usize| (mean / class_weights[class]).powf(EVEN_PRIORS);
        let even_weights = rows.iter().map(|row| row.weight * even(row.class)).collect();
        let known = Vec::new();
        let mut fitter =
            Fitter { rows, lists, runs, plan, n_classes, n_features, min_examples, even_weights, known };
        if plan.fits_once() {
            let blocks = (0..Block::ALL.len()).into_par_iter();
            fitter.known = blocks.map(|block| fitter.sums(block, plan.never_seen())).collect();
            fitter.lists.forget(|row| plan.is_used_alone(row));
        }
        fitter
    }

    /// The share of each class, by weight.
    pub(super) fn class_shares(&self) -> Vec<f64> {
        let class_weights = class_weights(self.rows, self.n_classes);
        let total: f64 = class_weights.iter().sum();
        class_weights.iter().map(|weight| weight / total).collect()
    }

    /// The rows that are held out from some table, and the runs among them.
    pub(super) fn tested(&self) -> (Vec<&'a Row>, Vec<Range<usize>>) {
        let rows = self.plan.tested_runs(self.runs).flat_map(|run| &self.rows[run.clone()]);
        (rows.collect(), self.plan.tested_places(self.runs))
    }

    /// The fold of a run.
    fn fold_of(&self, run: &Range<usize>) -> usize {
        self.plan.fold_of[run.start]
    }

    /// The sums of one block, without the rows of one fold.
    fn totals(&self, block: usize, without: Option<usize>) -> Cow<'_, ClassTotals> {
        match self.known.get(block) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.sums(block, without)),
        }
    }

    /// The same, added up.
    fn sums(&self, block: usize, without: Option<usize>) -> ClassTotals {
        let mut totals = ClassTotals::zeros(self.n_classes, self.n_features[block]);
        let block = Block::ALL[block];
        for run in self.runs.iter().filter(|run| Some(self.fold_of(run)) != without) {
            if !block.is_near() {
                for row in run.clone() {
                    let Row { class, weight, .. } = self.rows[row];
                    totals.add(class, self.lists.of(row, block), weight);
                }
            } else if run.len() > 1 {
                // A paragraph counts for the classes of its neighbours, by its share in them.
                for (row, weights) in run.clone().zip(spread(&self.class_weights(run))) {
                    for (class, weight) in weights.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0)
                    {
                        totals.add(class, self.lists.of(row, block), weight);
                    }
                }
            }
        }
        totals
    }

    /// How much each paragraph of a run counts for each class: its weight for its own.
    fn class_weights(&self, run: &Range<usize>) -> Vec<Vec<f64>> {
        let own = self.rows[run.clone()].iter().map(|row| {
            let mut weights = vec![0.0; self.n_classes];
            weights[row.class] = row.weight;
            weights
        });
        own.collect()
    }

    /// The naive Bayes tables of all blocks, without the rows of one fold.
    fn tables(&self, alphas: &[f64], without: Option<usize>) -> Result<Vec<FeatureTable>> {
        let table = |(block, &alpha): (usize, &f64)| bayes::fit(&self.totals(block, without), alpha);
        alphas.par_iter().enumerate().map(|(block, alpha)| table((block, alpha))).collect()
    }

    /// The naive Bayes tables of a model.
    pub(super) fn final_tables(&self, alphas: &[f64]) -> Result<Vec<FeatureTable>> {
        self.tables(alphas, self.plan.never_seen())
    }

    /// For each fold that is held out the sums of one block without its rows.
    fn held_out_totals(&self, block: usize) -> Vec<Cow<'_, ClassTotals>> {
        self.plan.tested().into_par_iter().map(|fold| self.totals(block, Some(fold))).collect()
    }

    /// The log-likelihoods of one block for every row that is held out, by tables that have not seen its
    /// fold.
    fn held_out_block(
        &self,
        block: usize,
        totals: &[Cow<'_, ClassTotals>],
        alpha: f64,
    ) -> Result<Vec<Vec<f64>>> {
        let tables: Vec<FeatureTable> =
            totals.par_iter().map(|totals| bayes::fit(totals, alpha)).collect::<Result<_>>()?;
        Ok(self.by_held_out_tables(block, |fold| &tables[fold]))
    }

    /// The log-likelihoods of one block for every row that is held out, by its fold's table.
    fn by_held_out_tables<'t>(
        &self,
        block: usize,
        table_of: impl Fn(usize) -> &'t FeatureTable + Sync,
    ) -> Vec<Vec<f64>> {
        let of_run = |run: &Range<usize>| {
            let lists = run.clone().map(|row| self.lists.of(row, Block::ALL[block]));
            log_likelihoods(Block::ALL[block], table_of(self.fold_of(run)), lists)
        };
        let runs: Vec<&Range<usize>> = self.plan.tested_runs(self.runs).collect();
        let by_run: Vec<Vec<Vec<f64>>> = runs.into_par_iter().map(of_run).collect();
        by_run.into_iter().flatten().collect()
    }

    /// The smoothing of each block and the predictions out of fold that it gives.
    ///
    /// One block after the other takes the value that gives the pooled predictions the least log
    /// loss, the others as they stand.
    pub(super) fn choose_smoothing(&self, smoothing: Smoothing) -> Result<(Vec<f64>, Vec<HeldOut>)> {
        let first = match smoothing {
            Smoothing::Auto => ALPHAS[0],
            Smoothing::Fixed(alpha) => alpha,
        };
        let mut alphas = vec![first; self.n_features.len()];
        let columns: Vec<Vec<Vec<f64>>> = (0..alphas.len())
            .into_par_iter()
            .map(|block| self.held_out_block(block, &self.held_out_totals(block), first))
            .collect::<Result<_>>()?;
        let mut held_out = self.held_out(columns);
        if smoothing == Smoothing::Auto {
            let mut loss = Pool::fit(&held_out)?.log_loss(&held_out);
            for (block, chosen) in
                alphas.iter_mut().enumerate().filter(|(block, _)| self.n_features[*block] > 0)
            {
                if let Some(better) = self.better_smoothing(block, loss, &held_out)? {
                    (*chosen, loss, held_out) = (better.alpha, better.loss, better.held_out);
                }
            }
        }
        Ok((alphas, held_out))
    }

    /// The smoothing of one block that gives the least log loss; `None` where none gives less than `loss`,
    /// which is that of `held_out`.
    fn better_smoothing(&self, block: usize, loss: f64, held_out: &[HeldOut]) -> Result<Option<Smoothed>> {
        let totals = self.held_out_totals(block);
        let smoothed = |&alpha: &f64| {
            let mut held_out = held_out.to_vec();
            replace(&mut held_out, block, self.held_out_block(block, &totals, alpha)?);
            Ok(Smoothed { alpha, loss: Pool::fit(&held_out)?.log_loss(&held_out), held_out })
        };
        let tried: Vec<Smoothed> = ALPHAS[1..].par_iter().map(smoothed).collect::<Result<_>>()?;
        let mut best = None;
        let mut least = loss;
        for smoothed in tried {
            if smoothed.loss < least {
                least = smoothed.loss;
                best = Some(smoothed);
            }
        }
        Ok(best)
    }

    /// Rows of log-likelihoods from one column a block, for the rows that are held out.
    fn held_out(&self, columns: Vec<Vec<Vec<f64>>>) -> Vec<HeldOut> {
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let row = |row: usize| HeldOut {
            log_likelihoods: columns.iter_mut().filter_map(Iterator::next).collect(),
            class: self.rows[row].class,
            weight: self.even_weights[row],
        };
        self.plan.tested_runs(self.runs).flat_map(Range::clone).map(row).collect()
    }

    /// The tables of all blocks, refined from naive Bayes on all rows but those of one fold. `pool` is that
    /// of naive Bayes.
    fn refined_tables(
        &self,
        tables: &[FeatureTable],
        pool: &Pool,
        ridge: f64,
        without: Option<usize>,
    ) -> Result<Vec<FeatureTable>> {
        let sees = |fold: usize| Some(fold) != without && self.plan.is_refined_on(fold);
        let example =
            |row: usize| Example { row, class: self.rows[row].class, weight: self.even_weights[row] };
        let runs = self.runs.iter().filter(|run| sees(self.fold_of(run)));
        let examples: Vec<Vec<Example>> = runs.map(|run| run.clone().map(example).collect()).collect();
        refine(&Block::ALL, tables, pool, &self.lists, &examples, self.min_examples, ridge)
    }

    /// The model's tables, refined from `bayes_tables`, and the predictions of refined tables for the rows
    /// that are held out from them.
    pub(super) fn refine(
        &self,
        alphas: &[f64],
        bayes_tables: &[FeatureTable],
        pool: &Pool,
        held_out: &[HeldOut],
        ridge: f64,
    ) -> Result<(Vec<FeatureTable>, Vec<HeldOut>)> {
        let never_seen = self.plan.never_seen();
        let of_model = || self.refined_tables(bayes_tables, pool, ridge, never_seen);
        if never_seen.is_some() {
            let tables = of_model()?;
            let refined = self.refined_held_out(held_out, |_| &tables);
            return Ok((tables, refined));
        }
        let of_fold =
            |fold: usize| self.refined_tables(&self.tables(alphas, Some(fold))?, pool, ridge, Some(fold));
        let of_folds = || self.plan.tested().into_par_iter().map(of_fold).collect::<Result<Vec<_>>>();
        let (tables, by_fold) = rayon::join(of_model, of_folds);
        let by_fold = by_fold?;
        let refined = self.refined_held_out(held_out, |fold| &by_fold[fold]);
        Ok((tables?, refined))
    }

    /// The predictions of each held-out fold's refined tables.
    fn refined_held_out<'t>(
        &self,
        held_out: &[HeldOut],
        tables_of: impl Fn(usize) -> &'t Vec<FeatureTable> + Sync,
    ) -> Vec<HeldOut> {
        let mut refined = held_out.to_vec();
        for block in 0..Block::ALL.len() {
            replace(&mut refined, block, self.by_held_out_tables(block, |fold| &tables_of(fold)[block]));
        }
        refined
    }
}

/// The paragraphs' weights by class, added up.
fn class_weights(rows: &[Row], n_classes: usize) -> Vec<f64> {
    let mut class_weights = vec![0.0; n_classes];
    rows.iter().for_each(|row| class_weights[row.class] += row.weight);
    class_weights
}

/// Puts another column in the place of one block's.
fn replace(held_out: &mut [HeldOut], block: usize, column: Vec<Vec<f64>>) {
    held_out.iter_mut().zip(column).for_each(|(row, values)| row.log_likelihoods[block] = values);
}
