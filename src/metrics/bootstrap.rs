//! Percentile bootstrap intervals (Efron and Tibshirani 1993, chapter 13).

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// How many samples are drawn. With 1,000 samples, the ends of a 95 % interval are stable to about a hundredth.
const N_DRAWS: usize = 1000;
/// The share of samples inside an interval.
const INTERVAL: f64 = 0.95;

/// A value and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The value on all rows.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// Intervals for `values`, which are the statistics of all `n_units` units. Without units, both ends are the value.
///
/// Each of 1,000 samples consists of `n_units` units drawn with replacement. `statistic` gets their indices in the
/// order of drawing and writes one number for each value. The same seed gives the same intervals.
pub fn bootstrap(
    values: &[f64],
    n_units: usize,
    seed: u64,
    mut statistic: impl FnMut(&[usize], &mut [f64]),
) -> Vec<Interval> {
    let n_draws = if n_units == 0 { 0 } else { N_DRAWS };
    let mut generator = Pcg64Mcg::seed_from_u64(seed);
    let mut sample = vec![0; n_units];
    let mut statistics = vec![0.0; values.len()];
    let mut draws = vec![vec![0.0; n_draws]; values.len()];
    for draw in 0..n_draws {
        sample.iter_mut().for_each(|unit| *unit = generator.random_range(0..n_units));
        statistic(&sample, &mut statistics);
        draws.iter_mut().zip(&statistics).for_each(|(draws, value)| draws[draw] = *value);
    }
    values.iter().zip(draws).map(|(&value, draws)| interval(value, draws)).collect()
}

/// The ends of the middle [`INTERVAL`] of `draws`.
fn interval(value: f64, mut draws: Vec<f64>) -> Interval {
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - INTERVAL) / 2.0;
    let last = draws.len().saturating_sub(1) as f64;
    let at = |share: f64| draws.get((last * share).round() as usize).copied().unwrap_or(value);
    Interval { value, low: at(tail), high: at(1.0 - tail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors_wide() {
        let units: Vec<f64> = (0..400).map(|unit| f64::from(unit % 2)).collect();
        let mean = |sample: &[usize], out: &mut [f64]| {
            out[0] = sample.iter().map(|&unit| units[unit]).sum::<f64>() / sample.len() as f64;
        };
        let found = bootstrap(&[0.5], units.len(), 7, mean)[0];
        // The standard error is 0.5 / sqrt(400) = 0.025.
        assert!((found.low - 0.451).abs() < 0.01 && (found.high - 0.549).abs() < 0.01, "{found:?}");
        assert_eq!(bootstrap(&[0.5], units.len(), 7, mean)[0], found);
    }

    #[test]
    fn without_units_the_interval_is_the_value() {
        let found = bootstrap(&[0.25], 0, 0, |_, _| unreachable!());
        assert_eq!(found, [Interval { value: 0.25, low: 0.25, high: 0.25 }]);
    }
}
