//! Naive Bayes without folds: everything that is chosen out of fold elsewhere has a fixed value here.

use super::Fitted;
use super::fit::{EVEN_PRIORS, Fitter};
use crate::calibration::{Pool, Pools};
use crate::context::Context;
use crate::error::Result;
use crate::features::Block;

/// A label is `unsure` below this: the value that the project's own corpus gives, to one digit.
const UNSURE_BELOW: f64 = 0.6;

/// The weight of a block: what cross-validation gives plain naive Bayes on the project's own corpus, to
/// one digit. Neighbours are not heard, for whether they help depends on the corpus.
fn weight(block: Block) -> f64 {
    match block {
        Block::Words => 0.6,
        Block::Ngrams | Block::Style => 0.4,
        Block::ClassNgrams => 0.2,
        Block::Quoted | Block::Classes => 0.0,
        Block::NearWords | Block::NearStyle | Block::NearClasses => 0.0,
    }
}

/// Naive Bayes tables with fixed weights. The offsets stand for the classes' shares, half way to even
/// ones, as the weights of paragraphs do where offsets are fitted.
///
/// # Errors
///
/// When a fit fails.
pub(super) fn fit(fitter: &Fitter<'_>, alpha: f64) -> Result<Fitted> {
    let alphas = vec![alpha; Block::ALL.len()];
    let tables = fitter.final_tables(&alphas)?;
    let shares = fitter.class_shares();
    let pool = Pool {
        block_weights: Block::ALL.map(weight).to_vec(),
        class_offsets: shares.iter().map(|share| EVEN_PRIORS * share.ln()).collect(),
    };
    Ok(Fitted {
        alphas,
        bayes_tables: tables.clone(),
        tables,
        bayes_pool: pool.clone(),
        pools: Pools { among: pool.clone(), alone: pool },
        context: Context::from_sequences(shares.len(), &[]),
        unsure_below: UNSURE_BELOW,
        cross_validated: None,
    })
}
