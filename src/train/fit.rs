//! The fits of training: tables with and without folds, smoothing, refinement.

use std::ops::Range;

use rayon::prelude::*;

use super::Smoothing;
use crate::bayes;
use crate::bayes::ClassTotals;
use crate::bayes::FeatureTable;
use crate::calibration::HeldOut;
use crate::calibration::Pool;
use crate::error::Result;
use crate::features::Block;
use crate::neighbours::log_likelihoods;
use crate::neighbours::spread;
use crate::refine::Example;
use crate::refine::refine;

/// The smoothing that `auto` tries, in the order in which ties are broken.
const ALPHAS: [f64; 7] = [1.0, 0.3, 3.0, 0.1, 0.03, 10.0, 0.01];
/// How far the weights of classes lean from the corpus's shares (0) to even ones (1). The shares of a
/// training corpus are nobody's prior, and even ones are no newspaper's: half way, macro-F1 was that
/// of even shares and log loss and accuracy were better, on held-out outlets, too.
const EVEN_PRIORS: f64 = 0.5;

/// One paragraph as features.
pub(super) struct Row {
    /// By block of [`Block::OWN`].
    pub(super) features: Vec<Vec<u32>>,
    pub(super) class: usize,
    pub(super) weight: f64,
    pub(super) document: usize,
    /// Whether the row before it is the paragraph before it.
    pub(super) follows: bool,
}

/// The runs of rows that follow one another.
pub(super) fn runs(rows: &[Row]) -> Vec<Range<usize>> {
    let mut start = 0;
    let run = |run: &[Row]| {
        start += run.len();
        start - run.len()..start
    };
    rows.chunk_by(|_, next| next.follows).map(run).collect()
}

/// The rows of a corpus, their folds, and how many features each block has.
pub(super) struct Fitter<'a> {
    pub(super) rows: &'a [Row],
    /// As [`runs`] has them; the rows of a run are in one fold.
    pub(super) runs: &'a [Range<usize>],
    pub(super) fold_of: &'a [usize],
    pub(super) n_folds: usize,
    pub(super) n_classes: usize,
    /// By block of [`Block::ALL`].
    pub(super) n_features: Vec<usize>,
}

impl Fitter<'_> {
    /// The naive Bayes table of one block, without the rows of one fold.
    fn table(&self, block: usize, alpha: f64, without: Option<usize>) -> Result<FeatureTable> {
        let mut totals = ClassTotals::zeros(self.n_classes, self.n_features[block]);
        let source = Block::ALL[block].source();
        for run in self.runs.iter().filter(|run| Some(self.fold_of[run.start]) != without) {
            for (row, weights) in self.rows[run.clone()].iter().zip(self.class_weights(block, run)) {
                for (class, weight) in weights.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0) {
                    totals.add(class, &row.features[source], weight);
                }
            }
        }
        bayes::fit(&totals, alpha)
    }

    /// How much each paragraph of a run counts for each class in a block: its weight for its own
    /// class, or in a near block its share in its neighbours' weights for theirs.
    fn class_weights(&self, block: usize, run: &Range<usize>) -> Vec<Vec<f64>> {
        let own = self.rows[run.clone()].iter().map(|row| {
            let mut weights = vec![0.0; self.n_classes];
            weights[row.class] = row.weight;
            weights
        });
        let own: Vec<Vec<f64>> = own.collect();
        if Block::ALL[block].is_near() { spread(&own) } else { own }
    }

    /// The naive Bayes tables of all blocks, without the rows of one fold.
    pub(super) fn tables(&self, alphas: &[f64], without: Option<usize>) -> Result<Vec<FeatureTable>> {
        alphas.iter().enumerate().map(|(block, &alpha)| self.table(block, alpha, without)).collect()
    }

    /// The log-likelihoods of one block for every row, by tables that have not seen its fold.
    fn held_out_block(&self, block: usize, alpha: f64) -> Result<Vec<Vec<f64>>> {
        let folds = (0..self.n_folds).into_par_iter();
        let tables: Vec<FeatureTable> =
            folds.map(|fold| self.table(block, alpha, Some(fold))).collect::<Result<_>>()?;
        Ok(self.by_held_out_tables(block, |fold| &tables[fold]))
    }

    /// The log-likelihoods of one block for every row, by its fold's table.
    fn by_held_out_tables<'t>(
        &self,
        block: usize,
        table_of: impl Fn(usize) -> &'t FeatureTable + Sync,
    ) -> Vec<Vec<f64>> {
        let of_run = |run: &Range<usize>| {
            let features: Vec<&[Vec<u32>]> =
                self.rows[run.clone()].iter().map(|row| row.features.as_slice()).collect();
            log_likelihoods(Block::ALL[block], table_of(self.fold_of[run.start]), &features)
        };
        let by_run: Vec<Vec<Vec<f64>>> = self.runs.par_iter().map(of_run).collect();
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
        let columns = (0..alphas.len()).map(|block| self.held_out_block(block, first));
        let mut held_out = self.held_out_rows(columns.collect::<Result<Vec<_>>>()?);
        if smoothing == Smoothing::Auto {
            for (block, chosen) in
                alphas.iter_mut().enumerate().filter(|(block, _)| self.n_features[*block] > 0)
            {
                let mut best_loss = Pool::fit(&held_out)?.log_loss(&held_out);
                let mut best = held_out.clone();
                for &alpha in &ALPHAS[1..] {
                    let column = self.held_out_block(block, alpha)?;
                    held_out
                        .iter_mut()
                        .zip(column)
                        .for_each(|(row, values)| row.log_likelihoods[block] = values);
                    let loss = Pool::fit(&held_out)?.log_loss(&held_out);
                    if loss < best_loss {
                        (best_loss, *chosen) = (loss, alpha);
                        best.clone_from(&held_out);
                    }
                }
                held_out = best;
            }
        }
        Ok((alphas, held_out))
    }

    /// Rows of log-likelihoods from one column a block, rare classes weighing as much as common ones.
    fn held_out_rows(&self, columns: Vec<Vec<Vec<f64>>>) -> Vec<HeldOut> {
        let mut class_weights = vec![0.0; self.n_classes];
        self.rows.iter().for_each(|row| class_weights[row.class] += row.weight);
        let mean = class_weights.iter().sum::<f64>() / self.n_classes as f64;
        let even = |class: usize| (mean / class_weights[class]).powf(EVEN_PRIORS);
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let log_likelihoods = columns.iter_mut().filter_map(Iterator::next).collect();
            rows.push(HeldOut { log_likelihoods, class: row.class, weight: row.weight * even(row.class) });
        }
        rows
    }

    /// The tables of all blocks, refined from naive Bayes on all rows but those of one fold. `pool`
    /// and the weights of `held_out` are those of naive Bayes.
    pub(super) fn refined_tables(
        &self,
        alphas: &[f64],
        pool: &Pool,
        held_out: &[HeldOut],
        ridge: f64,
        without: Option<usize>,
    ) -> Result<Vec<FeatureTable>> {
        let example = |index: usize| {
            let row = &self.rows[index];
            Example { features: &row.features, class: row.class, weight: held_out[index].weight }
        };
        let runs = self.runs.iter().filter(|run| Some(self.fold_of[run.start]) != without);
        let examples: Vec<Vec<Example<'_>>> = runs.map(|run| run.clone().map(example).collect()).collect();
        refine(&Block::ALL, &self.tables(alphas, without)?, pool, &examples, ridge)
    }

    /// The predictions out of fold of refined tables.
    pub(super) fn refined_held_out(
        &self,
        alphas: &[f64],
        pool: &Pool,
        held_out: &[HeldOut],
        ridge: f64,
    ) -> Result<Vec<HeldOut>> {
        let folds = (0..self.n_folds).into_par_iter();
        let tables: Vec<Vec<FeatureTable>> = folds
            .map(|fold| self.refined_tables(alphas, pool, held_out, ridge, Some(fold)))
            .collect::<Result<_>>()?;
        let mut refined = held_out.to_vec();
        let table = |fold: usize, block: usize| &tables[fold][block];
        for block in 0..Block::ALL.len() {
            let column = self.by_held_out_tables(block, |fold| table(fold, block));
            refined.iter_mut().zip(column).for_each(|(row, values)| row.log_likelihoods[block] = values);
        }
        Ok(refined)
    }
}
