//! How much a paragraph hears of its neighbours' words: shares that fall with the distance.
//!
//! What surrounds a paragraph says what kind of article it stands in: a column, a wire report, an
//! explainer. A chain over labels hears only how the neighbours were labelled; the words
//! themselves say more, and a table learns what they say, so that an article that changes its act
//! with every paragraph is not smoothed over.

use std::sync::LazyLock;

use crate::bayes::FeatureTable;
use crate::features::Block;

/// The share of a neighbour falls to this part with each further step.
const DECAY: f64 = 0.7;
/// Neighbours further away are not heard: their share would be under a twentieth of the next one's.
const REACH: usize = 8;

/// The shares of paragraph `of`'s neighbours in a run of `n`, as (neighbour, share); they add up to
/// 1, and a paragraph alone has none.
pub(crate) fn shares(n: usize, of: usize) -> Vec<(usize, f64)> {
    let first = of.saturating_sub(REACH);
    let last = n.min(of + REACH + 1);
    let mut shares: Vec<(usize, f64)> = (first..last)
        .filter(|&neighbour| neighbour != of)
        .map(|neighbour| (neighbour, DECAY.powi(neighbour.abs_diff(of) as i32)))
        .collect();
    let total: f64 = shares.iter().map(|(_, share)| share).sum();
    shares.iter_mut().for_each(|(_, share)| *share /= total);
    shares
}

/// What each paragraph of a run has of one block: its own features' log-likelihoods, or, of a near block, its
/// neighbours' by their shares. `lists` holds the features of the block's source, a list a paragraph.
pub(crate) fn log_likelihoods<'a>(
    block: Block,
    table: &FeatureTable,
    lists: impl Iterator<Item = &'a [u32]>,
) -> Vec<Vec<f64>> {
    let own: Vec<Vec<f64>> = lists.map(|list| table.log_likelihoods(list)).collect();
    if block.is_near() { heard(&own) } else { own }
}

/// What each paragraph of a run hears: its neighbours' values by their shares, 0 for one alone.
pub(crate) fn heard(values: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mix = |of: usize| {
        let mut sums = vec![0.0; values[of].len()];
        for (neighbour, share) in shares(values.len(), of) {
            sums.iter_mut().zip(&values[neighbour]).for_each(|(sum, value)| *sum += share * value);
        }
        sums
    };
    (0..values.len()).map(mix).collect()
}

/// As [`heard`], without a list for each paragraph: `row` has the `n_classes` values of each of `n`, and `take`
/// gets what each hears.
pub(crate) fn each_heard<'a>(
    n: usize,
    n_classes: usize,
    row: impl Fn(usize) -> &'a [f64],
    mut take: impl FnMut(usize, &[f64]),
) {
    let mut sums = vec![0.0; n_classes];
    for of in 0..n {
        sums.fill(0.0);
        let (first, shares) = known_shares(n, of);
        // The paragraph itself is none of its neighbours.
        let neighbours = (first..of).chain(of + 1..);
        for (neighbour, share) in neighbours.zip(shares) {
            sums.iter_mut().zip(row(neighbour)).for_each(|(sum, value)| *sum += share * value);
        }
        take(of, &sums);
    }
}

/// The first neighbour that paragraph `of` of `n` hears, and the shares of all that it hears. They depend on
/// how many stand before and after it alone, which are few.
fn known_shares(n: usize, of: usize) -> (usize, &'static [f64]) {
    static SHARES: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
        let of_places = |(before, after): (usize, usize)| -> Vec<f64> {
            shares(before + 1 + after, before).into_iter().map(|(_, share)| share).collect()
        };
        let places = (0..=REACH).flat_map(|before| (0..=REACH).map(move |after| (before, after)));
        places.map(of_places).collect()
    });
    let (before, after) = (of.min(REACH), (n - of - 1).min(REACH));
    (of - before, &SHARES[before * (REACH + 1) + after])
}

/// The other way round: what all paragraphs together hear of each one's values, which is the slope
/// of [`heard`].
pub(crate) fn spread(values: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = values.iter().map(|row| vec![0.0; row.len()]).collect();
    for (of, row) in values.iter().enumerate() {
        for (neighbour, share) in shares(values.len(), of) {
            sums[neighbour].iter_mut().zip(row).for_each(|(sum, value)| *sum += share * value);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_all_neighbours_add_up_to_one() {
        for n in 2..30 {
            for of in 0..n {
                let shares = shares(n, of);
                assert!((shares.iter().map(|(_, share)| share).sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(shares.iter().all(|(neighbour, _)| *neighbour < n && *neighbour != of));
            }
        }
    }

    #[test]
    fn nearer_neighbours_are_heard_more() {
        assert_eq!(shares(1, 0), []);
        assert_eq!(shares(3, 1), [(0, 0.5), (2, 0.5)]);
        let [(1, near), (2, far)] = shares(3, 0)[..] else { panic!("there are two neighbours") };
        assert!((far / near - DECAY).abs() < 1e-12);
    }

    #[test]
    fn both_ways_of_hearing_hear_the_same() {
        for n in 1..30 {
            let values: Vec<Vec<f64>> = (0..n).map(|i| vec![i as f64, 1.0 / (1.0 + i as f64)]).collect();
            let mut flat = Vec::new();
            let take = |of: usize, heard: &[f64]| {
                assert_eq!(of, flat.len());
                flat.push(heard.to_vec());
            };
            each_heard(n, 2, |of| &values[of], take);
            assert_eq!(flat, heard(&values));
        }
    }

    #[test]
    fn spread_is_heard_turned_round() {
        let values = vec![vec![1.0, 0.0], vec![-2.0, 0.5], vec![0.3, 4.0], vec![0.0, 1.0]];
        let weights = vec![vec![0.2, 1.0], vec![3.0, -1.0], vec![1.0, 1.0], vec![-0.5, 2.0]];
        let product = |a: &[Vec<f64>], b: &[Vec<f64>]| -> f64 {
            a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| a * b).sum()
        };
        let left = product(&heard(&values), &weights);
        assert!((left - product(&values, &spread(&weights))).abs() < 1e-12);
    }
}
