//! Context, chosen out of fold, and the predictions that it gives.

use std::ops::Range;

use rayon::prelude::*;

use super::rows::Row;
use crate::calibration::{HeldOut, Pools, softmax};
use crate::context::Context;
use crate::metrics::Prediction;

/// The strongest chain that is tried, in twentieths. The near blocks hear the neighbours' words and do
/// most of the work without harm; on whole articles that change their act with every other paragraph
/// a stronger chain costs accuracy (`models/README.md` has the figures).
const MAX_STRENGTH: u8 = 2;

/// The chain's affinities from neighbours in the corpus, and the strength and own weight with the
/// least log loss out of fold; strength 0 where the corpus has no neighbours or they do not help.
pub(super) fn choose_context(
    runs: &[Range<usize>],
    held_out: &[HeldOut],
    pools: &Pools,
    n_classes: usize,
) -> Context {
    let runs: Vec<Vec<(Vec<f64>, usize, f64)>> = runs
        .iter()
        .map(|run| {
            let held_out = &held_out[run.clone()];
            let pool = pools.of_run(run.len());
            held_out.iter().map(|row| (pool.scores(&row.log_likelihoods), row.class, row.weight)).collect()
        })
        .collect();
    let sequences: Vec<Vec<usize>> =
        runs.iter().map(|run| run.iter().map(|(_, class, _)| *class).collect()).collect();
    let alone = Context::from_sequences(n_classes, &sequences);
    let candidates: Vec<(f64, f64)> = (1..=MAX_STRENGTH)
        .flat_map(|strength| (10..=20).map(move |own| (f64::from(strength) / 20.0, f64::from(own) / 20.0)))
        .collect();
    let losses: Vec<f64> = candidates
        .par_iter()
        .map(|&(strength, own_weight)| alone.with(strength, own_weight).log_loss(&runs))
        .collect();
    let mut best = (alone.log_loss(&runs), alone.clone());
    for ((strength, own_weight), loss) in candidates.into_iter().zip(losses) {
        if loss < best.0 {
            best = (loss, alone.with(strength, own_weight));
        }
    }
    best.1
}

/// Probabilities for every row out of fold, with context; `rows` are those of `held_out`, and `group_of` has
/// a group for each document.
pub(super) fn held_out_predictions(
    rows: &[&Row],
    runs: &[Range<usize>],
    held_out: &[HeldOut],
    pools: &Pools,
    context: &Context,
    group_of: &[usize],
) -> Vec<Prediction> {
    let mut predictions = Vec::with_capacity(rows.len());
    for run in runs {
        let held_out = &held_out[run.clone()];
        let pool = pools.of_run(run.len());
        let scores: Vec<Vec<f64>> = held_out.iter().map(|row| pool.scores(&row.log_likelihoods)).collect();
        for (row, marginal) in rows[run.clone()].iter().zip(context.marginals(&scores)) {
            let probabilities = Some(softmax(&marginal));
            predictions.push(Prediction {
                truth: Some(row.class),
                probabilities,
                group: group_of[row.document],
            });
        }
    }
    predictions
}
