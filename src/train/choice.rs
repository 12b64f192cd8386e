//! How far the tables of a model move: the choice of the L2 penalty by cross-validation.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::moves::MovesProblem;
use crate::error::{Error, Result};
use crate::minimise::minimise;
use crate::neighbours::Neighbours;

/// The L2 penalties that are tried, highest first.
const PENALTIES: [f64; 6] = [1000.0, 300.0, 100.0, 30.0, 10.0, 3.0];
/// The base's tables stay unless the lowest loss is better by more than this many standard errors of the difference: a
/// gain by chance would cost quality on other articles.
const N_TO_MOVE: f64 = 2.0;
/// A higher penalty is chosen if its loss is at most this many standard errors of the difference above the lowest (the
/// one-standard-error rule of Breiman et al. 1984, "Classification and regression trees", on paired losses).
const N_STANDARD_ERRORS: f64 = 1.0;
/// The L2 penalty on the log of the confidence, in paragraphs of loss.
const CONFIDENCE_PENALTY: f64 = 20.0;

/// The folds and groups of some paragraphs.
pub struct Split<'a> {
    /// The fold that holds each paragraph out.
    pub folds: &'a [usize],
    /// The group of each paragraph.
    pub groups: &'a [usize],
}

/// The penalties that were tried and their out-of-fold predictions.
pub struct Choice {
    /// The chosen penalty; `None` if the base's tables stay.
    pub l2_penalty: Option<f64>,
    /// The scores of each paragraph's classes, by tables that have not seen its group. The penalty was chosen without
    /// its fold.
    pub scores: Vec<Vec<f64>>,
}

impl Choice {
    /// The choice for a problem, among all penalties or `fixed`.
    pub fn of(
        problem: &MovesProblem<'_>,
        neighbours: &Neighbours,
        split: &Split<'_>,
        fixed: Option<f64>,
    ) -> Result<Choice> {
        let base: Vec<Vec<f64>> = problem.seen.weighed.iter().map(|weighed| weighed.scores.clone()).collect();
        let penalties: Vec<f64> = fixed.map_or(PENALTIES.to_vec(), |penalty| vec![penalty]);
        let tried = held_out(problem, neighbours, split.folds, &penalties)?;
        if fixed.is_some() {
            return Ok(Choice { l2_penalty: fixed, scores: tried.concat() });
        }
        let candidates: Vec<Option<f64>> =
            std::iter::once(None).chain(penalties.into_iter().map(Some)).collect();
        let tried: Vec<Vec<Vec<f64>>> = std::iter::once(base).chain(tried).collect();
        let losses: Vec<Vec<f64>> = tried.iter().map(|scores| losses(problem, scores)).collect();
        let n_folds = split.folds.iter().max().map_or(0, |last| last + 1);
        let of_fold: Vec<usize> = (0..n_folds)
            .map(|fold| best(&losses, split, |paragraph| split.folds[paragraph] != fold))
            .collect();
        let chosen = best(&losses, split, |_| true);
        // If the base's tables stay, they are also what is measured.
        let of_row = |i: usize| if chosen == 0 { 0 } else { of_fold[split.folds[i]] };
        let scores = (0..split.folds.len()).map(|i| tried[of_row(i)][i].clone()).collect();
        Ok(Choice { l2_penalty: candidates[chosen], scores })
    }
}

/// The factor on the scores of all paragraphs with the lowest log loss.
pub fn confidence(problem: &MovesProblem<'_>, scores: &[Vec<f64>]) -> Result<f64> {
    let total: f64 = problem.targets.iter().map(|target| target.weight).sum();
    let loss = |log_factor: f64| {
        let of_row = |(i, scores): (usize, &Vec<f64>)| problem.log_loss(i, scores, log_factor.exp());
        let sum: f64 = scores.iter().enumerate().map(of_row).sum();
        (sum + 0.5 * CONFIDENCE_PENALTY * log_factor * log_factor) / total
    };
    const STEP: f64 = 1e-4;
    let evaluate = |at: &[f64]| {
        let slope = (loss(at[0] + STEP) - loss(at[0] - STEP)) / (2.0 * STEP);
        (loss(at[0]), vec![slope])
    };
    let why = |why: String| Error::Fit { what: "the confidence", why };
    Ok(minimise(vec![0.0], 30, evaluate).map_err(why)?[0].clamp(-2.0, 1.0).exp())
}

/// The scores of all paragraphs with each penalty, by tables fitted without their fold.
fn held_out(
    problem: &MovesProblem<'_>,
    neighbours: &Neighbours,
    folds: &[usize],
    penalties: &[f64],
) -> Result<Vec<Vec<Vec<f64>>>> {
    let n_folds = folds.iter().max().map_or(0, |last| last + 1);
    let of_fold = |fold: usize| -> Result<Vec<Vec<Vec<f64>>>> {
        let rest: Vec<usize> = (0..folds.len()).filter(|&i| folds[i] != fold).collect();
        let mut moves = vec![0.0; problem.seen.n_values() + problem.seen.n_classes];
        let mut of_penalties = Vec::new();
        for &penalty in penalties {
            moves = problem.fit(&rest, penalty, moves)?;
            of_penalties.push(problem.seen.scores(neighbours, &moves, |i| folds[i] == fold));
        }
        Ok(of_penalties)
    };
    let by_fold = (0..n_folds).into_par_iter().map(of_fold).collect::<Result<Vec<_>>>()?;
    let of_penalty = |penalty: usize| {
        folds.iter().enumerate().map(|(i, &fold)| by_fold[fold][penalty][i].clone()).collect()
    };
    Ok((0..penalties.len()).map(of_penalty).collect())
}

/// The weighted log loss of each paragraph.
fn losses(problem: &MovesProblem<'_>, scores: &[Vec<f64>]) -> Vec<f64> {
    scores.iter().enumerate().map(|(i, scores)| problem.log_loss(i, scores, problem.confidence)).collect()
}

/// The first candidate whose loss on some paragraphs is not above the lowest by more than its standard errors allow. The
/// base comes first, then the penalties from the highest.
fn best(losses: &[Vec<f64>], split: &Split<'_>, takes: impl Fn(usize) -> bool) -> usize {
    let sum = |losses: &[f64]| -> f64 {
        losses.iter().enumerate().filter(|(i, _)| takes(*i)).map(|(_, loss)| loss).sum()
    };
    let sums: Vec<f64> = losses.iter().map(|losses| sum(losses)).collect();
    let lowest = (0..sums.len()).min_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or(0);
    let is_close = |candidate: usize| {
        let mut of_group: BTreeMap<usize, f64> = BTreeMap::new();
        for i in (0..split.groups.len()).filter(|&i| takes(i)) {
            *of_group.entry(split.groups[i]).or_default() += losses[candidate][i] - losses[lowest][i];
        }
        let mean = of_group.values().sum::<f64>() / of_group.len() as f64;
        let variance: f64 = of_group.values().map(|difference| (difference - mean).powi(2)).sum();
        let n_errors = if candidate == 0 { N_TO_MOVE } else { N_STANDARD_ERRORS };
        sums[candidate] - sums[lowest] <= n_errors * variance.sqrt()
    };
    (0..=lowest).find(|&candidate| is_close(candidate)).unwrap_or(lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_stays_unless_another_is_clearly_better() {
        let groups: Vec<usize> = (0..40).collect();
        let split = Split { folds: &groups, groups: &groups };
        let base = vec![1.0; 40];
        let noisy: Vec<f64> = groups.iter().map(|i| if i % 2 == 0 { 0.0 } else { 1.7 }).collect();
        let good: Vec<f64> = groups.iter().map(|i| if i % 2 == 0 { 0.0 } else { 1.1 }).collect();
        assert_eq!(best(&[base.clone(), noisy.clone()], &split, |_| true), 0);
        assert_eq!(best(&[base.clone(), good.clone()], &split, |_| true), 1);
        assert_eq!(best(&[base, good.clone(), good], &split, |_| true), 1);
    }
}
