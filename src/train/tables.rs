//! Fits the tables of feature groups: smoothing, refinement and predictions for held-out paragraphs.
//!
//! The code does not depend on what the groups are: the model's six groups and the filter's single group are fitted in
//! the same way.

use rayon::prelude::*;

use super::Smoothing;
use crate::bayes::{self, ClassTotals, FeatureTable};
use crate::combination::{Combination, HeldOut};
use crate::error::Result;
use crate::features::FeatureLists;
use crate::refine::{Example, refine};

/// The smoothing that `auto` tries, in the order in which ties are broken.
const ALPHAS: [f64; 7] = [1.0, 0.3, 3.0, 0.1, 0.03, 10.0, 0.01];

/// One paragraph of a [`Problem`].
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The index of its class.
    pub class: usize,
    /// Its weight in class totals.
    pub weight: f64,
    /// The weight of its class in every loss.
    pub class_weight: f64,
    /// The fold that holds it out.
    pub fold: usize,
}

impl Row {
    /// Its weight in the losses of refinement and combination.
    fn loss_weight(&self) -> f64 {
        self.weight * self.class_weight
    }
}

/// Paragraphs to fit tables on.
pub struct Problem<'a> {
    /// The paragraphs.
    pub rows: &'a [Row],
    /// Their features.
    pub lists: &'a FeatureLists,
    /// The size of each group's vocabulary.
    pub n_features: &'a [usize],
    /// How many classes there are.
    pub n_classes: usize,
    /// How many folds there are.
    pub n_folds: usize,
    /// Refinement and predictions use only the first `n_sampled` rows; class totals use all rows.
    pub n_sampled: usize,
}

/// The result of a fit.
pub struct Tables {
    /// The smoothing of each group.
    pub alphas: Vec<f64>,
    /// The naive Bayes tables.
    pub bayes: Vec<FeatureTable>,
    /// Their combination.
    pub bayes_combination: Combination,
    /// The refined tables; the naive Bayes tables without refinement.
    pub tables: Vec<FeatureTable>,
    /// Out-of-fold predictions for the sampled rows, by tables fitted in the same way as `tables`.
    pub held_out: HeldOut,
}

impl<'a> Problem<'a> {
    /// Fits the tables of all groups; `l2_penalty` is that of refinement, `None` for no refinement.
    pub fn fit(&self, smoothing: Smoothing, l2_penalty: Option<f64>) -> Result<Tables> {
        let totals = self.totals();
        let (alphas, mut held_out) = self.choose_smoothing(&totals, smoothing)?;
        let bayes_combination = Combination::fit(&held_out)?;
        let bayes = self.bayes_tables(&totals, &alphas, None)?;
        let mut tables = bayes.clone();
        if let Some(l2_penalty) = l2_penalty {
            let refined = |without: Option<usize>| {
                let start = self.bayes_tables(&totals, &alphas, without)?;
                refine(&start, &bayes_combination, self.lists, &self.examples(without), l2_penalty)
            };
            let without =
                (0..=self.n_folds).into_par_iter().map(|fold| Some(fold).filter(|&f| f < self.n_folds));
            let mut by_fold = without.map(refined).collect::<Result<Vec<_>>>()?;
            tables = by_fold.pop().unwrap_or(tables);
            let column = |group: usize| self.column(group, |fold| &by_fold[fold][group]);
            (0..self.n_features.len()).for_each(|group| held_out.set_group(group, &column(group)));
        }
        Ok(Tables { alphas, bayes, bayes_combination, tables, held_out })
    }

    /// Naive Bayes tables of all rows with one smoothing.
    pub fn plain_tables(&self, alpha: f64) -> Result<Vec<FeatureTable>> {
        self.bayes_tables(&self.totals(), &vec![alpha; self.n_features.len()], None)
    }

    /// For each group, the class totals of each fold, followed by those of all rows.
    fn totals(&self) -> Vec<Vec<ClassTotals>> {
        let of_group = |group: usize| {
            let mut totals =
                vec![ClassTotals::zeros(self.n_classes, self.n_features[group]); self.n_folds + 1];
            for (index, row) in self.rows.iter().enumerate() {
                totals[row.fold].add(row.class, self.lists.get(index, group), row.weight);
            }
            let (folds, all) = totals.split_at_mut(self.n_folds);
            folds.iter().for_each(|fold| all[0].add_all(fold, 1.0));
            totals
        };
        (0..self.n_features.len()).into_par_iter().map(of_group).collect()
    }

    /// The naive Bayes table of one group, without the rows of one fold.
    fn bayes_table(
        &self,
        totals: &[ClassTotals],
        alpha: f64,
        without: Option<usize>,
    ) -> Result<FeatureTable> {
        match without {
            None => bayes::fit(&totals[self.n_folds], alpha),
            Some(fold) => {
                let mut rest = totals[self.n_folds].clone();
                rest.add_all(&totals[fold], -1.0);
                bayes::fit(&rest, alpha)
            }
        }
    }

    fn bayes_tables(
        &self,
        totals: &[Vec<ClassTotals>],
        alphas: &[f64],
        without: Option<usize>,
    ) -> Result<Vec<FeatureTable>> {
        totals.iter().zip(alphas).map(|(totals, &alpha)| self.bayes_table(totals, alpha, without)).collect()
    }

    /// The examples of refinement, without the rows of one fold.
    fn examples(&self, without: Option<usize>) -> Vec<Example> {
        let rows = self.rows[..self.n_sampled].iter().enumerate();
        rows.filter(|(_, row)| Some(row.fold) != without)
            .map(|(index, row)| Example { row: index, class: row.class, weight: row.loss_weight() })
            .collect()
    }

    /// The log-likelihoods of one group for every sampled row, by the table of its fold.
    fn column<'t>(&self, group: usize, table_of: impl Fn(usize) -> &'t FeatureTable + Sync) -> Vec<f64> {
        let rows = self.rows[..self.n_sampled].par_iter().enumerate();
        let of_row =
            |(index, row): (usize, &Row)| table_of(row.fold).log_likelihoods(self.lists.get(index, group));
        rows.map(of_row).collect::<Vec<_>>().concat()
    }

    /// The column of naive Bayes tables with one smoothing.
    fn bayes_column(&self, group: usize, totals: &[ClassTotals], alpha: f64) -> Result<Vec<f64>> {
        let tables = (0..self.n_folds).map(|fold| self.bayes_table(totals, alpha, Some(fold)));
        let tables = tables.collect::<Result<Vec<_>>>()?;
        Ok(self.column(group, |fold| &tables[fold]))
    }

    /// The smoothing of each group, and the out-of-fold predictions with it. The groups take turns; each takes the
    /// value that gives the combined predictions the lowest log loss.
    fn choose_smoothing(
        &self,
        totals: &[Vec<ClassTotals>],
        smoothing: Smoothing,
    ) -> Result<(Vec<f64>, HeldOut)> {
        let first = match smoothing {
            Smoothing::Auto => ALPHAS[0],
            Smoothing::Fixed(alpha) => alpha,
        };
        let n_groups = self.n_features.len();
        let sampled = &self.rows[..self.n_sampled];
        let classes = sampled.iter().map(|row| row.class).collect();
        let weights = sampled.iter().map(Row::loss_weight).collect();
        let mut held_out = HeldOut::new(n_groups, self.n_classes, classes, weights);
        let column = |group: usize| self.bayes_column(group, &totals[group], first);
        let columns = (0..n_groups).into_par_iter().map(column).collect::<Result<Vec<_>>>()?;
        columns.iter().enumerate().for_each(|(group, column)| held_out.set_group(group, column));
        let mut alphas = vec![first; n_groups];
        if smoothing == Smoothing::Auto {
            let mut loss = Combination::fit(&held_out)?.log_loss(&held_out);
            for group in (0..n_groups).filter(|&group| self.n_features[group] > 0) {
                (alphas[group], loss) = self.better_smoothing(group, &totals[group], loss, &mut held_out)?;
            }
        }
        Ok((alphas, held_out))
    }

    /// The smoothing of one group with the lowest log loss, and that loss. Sets the group's predictions in `held_out`.
    fn better_smoothing(
        &self,
        group: usize,
        totals: &[ClassTotals],
        loss: f64,
        held_out: &mut HeldOut,
    ) -> Result<(f64, f64)> {
        let try_alpha = |&alpha: &f64| {
            let mut tried = held_out.clone();
            tried.set_group(group, &self.bayes_column(group, totals, alpha)?);
            Ok((alpha, Combination::fit(&tried)?.log_loss(&tried), tried))
        };
        let tried = ALPHAS[1..].par_iter().map(try_alpha).collect::<Result<Vec<_>>>()?;
        let mut best = (ALPHAS[0], loss);
        for (alpha, loss, predictions) in tried {
            if loss < best.1 {
                best = (alpha, loss);
                *held_out = predictions;
            }
        }
        Ok(best)
    }
}
