//! Context, chosen out of fold, and the predictions that it gives.

use rayon::prelude::*;

use super::fit::Row;
use crate::calibration::HeldOut;
use crate::calibration::Pool;
use crate::calibration::softmax;
use crate::context::Context;
use crate::metrics::Prediction;

/// The strongest chain that is tried, in twentieths. Windows of real articles would take twice as
/// much (a point of macro-F1 on real_dev); but on whole articles that change their act with every
/// other paragraph, a chain learned without them costs accuracy, the more the stronger it is
/// (`models/README.md` has the figures).
const MAX_STRENGTH: u8 = 4;

/// The chain's affinities from neighbours in the corpus, and the strength and own weight with the
/// least log loss out of fold; strength 0 where the corpus has no neighbours or they do not help.
pub(super) fn choose_context(rows: &[Row], held_out: &[HeldOut], pool: &Pool, n_classes: usize) -> Context {
    let runs: Vec<Vec<(Vec<f64>, usize, f64)>> = runs(rows)
        .map(|(start, run)| {
            let held_out = &held_out[start..start + run.len()];
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

/// Probabilities for every row out of fold, with context; `group_of` has a group for each document.
pub(super) fn held_out_predictions(
    rows: &[Row],
    held_out: &[HeldOut],
    pool: &Pool,
    context: &Context,
    group_of: &[usize],
) -> Vec<Prediction> {
    let mut predictions = Vec::with_capacity(rows.len());
    for (start, run) in runs(rows) {
        let held_out = &held_out[start..start + run.len()];
        let scores: Vec<Vec<f64>> = held_out.iter().map(|row| pool.scores(&row.log_likelihoods)).collect();
        for (row, marginal) in run.iter().zip(context.marginals(&scores)) {
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

/// The runs of rows that follow one another, each with the index of its first row.
fn runs(rows: &[Row]) -> impl Iterator<Item = (usize, &[Row])> {
    let mut start = 0;
    rows.chunk_by(|_, next| next.follows).map(move |run| {
        start += run.len();
        (start - run.len(), run)
    })
}
