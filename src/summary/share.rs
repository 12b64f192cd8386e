//! Shares of labels, with intervals for which articles were sampled and for how uncertain their labels are.
//!
//! The share of a label is the mean of its probabilities. Counting each paragraph under its most probable label would
//! be further from the annotated shares: for the outlets of `real_dev` by .126 instead of .111 (root mean square), for
//! those of `world_dev` by .168 instead of .140.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::metrics::{Interval, bootstrap};

/// The mean of fewer articles says little: tables show only its intervals, and articles with such a tag are not ranked.
pub const MIN_ARTICLES: usize = 5;
/// The seed of every interval. It is fixed, so that intervals depend only on the articles.
const SEED: u64 = 0;
/// How alike the errors of two paragraphs of an article are: the intraclass correlation of the differences between
/// annotated labels and probabilities. It was .306 on `real_dev` and .313 on `world_dev`.
const IN_ARTICLE: f64 = 0.3;
/// The same for paragraphs of different articles of an outlet. It was .075 on `real_dev` and .099 on `world_dev`.
const IN_OUTLET: f64 = 0.08;
/// No label of a paragraph is taken to be more certain than this variance allows: calibration is not known better than
/// to half a percent.
const MIN_VARIANCE: f64 = 0.005;
/// The standard normal quantile of a 95 % interval.
const Z: f64 = 1.96;

/// The expected amount of text with each label, in words or in paragraphs, and how uncertain it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// By label, the sum of the amounts times the label's probability.
    sums: Vec<f64>,
    /// By label, the variance of that sum if labels were independent.
    variances: Vec<f64>,
    /// By label, its standard deviation if all errors went the same way.
    spreads: Vec<f64>,
}

impl Expected {
    pub(super) fn zeros(n_labels: usize) -> Expected {
        let zeros = || vec![0.0; n_labels];
        Expected { sums: zeros(), variances: zeros(), spreads: zeros() }
    }

    /// Adds a paragraph.
    pub(super) fn add(&mut self, amount: f64, probabilities: &[f64]) {
        for (label, &probability) in probabilities.iter().enumerate() {
            let variance = (probability * (1.0 - probability)).max(MIN_VARIANCE);
            self.sums[label] += amount * probability;
            self.variances[label] += amount * amount * variance;
            self.spreads[label] += amount * variance.sqrt();
        }
    }

    /// Adds the text of another article.
    pub(super) fn merge(&mut self, other: &Expected) {
        for (sums, others) in [
            (&mut self.sums, &other.sums),
            (&mut self.variances, &other.variances),
            (&mut self.spreads, &other.spreads),
        ] {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        }
    }

    /// The same text as a part of a whole in which each article has the weight 1.
    pub(super) fn normalised(&self) -> Expected {
        let total = self.total();
        let by = |values: &[f64], divisor: f64| values.iter().map(|value| value / divisor).collect();
        Expected {
            sums: by(&self.sums, total),
            variances: by(&self.variances, total * total),
            spreads: by(&self.spreads, total),
        }
    }

    /// The amount of text; probabilities sum to 1.
    fn total(&self) -> f64 {
        self.sums.iter().sum()
    }

    /// The expected share of each label; all 0 without text.
    pub fn shares(&self) -> Vec<f64> {
        let total = self.total();
        self.sums.iter().map(|sum| if total > 0.0 { sum / total } else { 0.0 }).collect()
    }

    /// A key that sorts independently of the order of files.
    pub(super) fn sort_key(&self) -> Vec<u64> {
        self.sums.iter().chain(&self.variances).map(|sum| sum.to_bits()).collect()
    }

    /// An amount of text for each label, without any uncertainty.
    #[cfg(test)]
    pub(crate) fn certain(amounts: &[usize]) -> Expected {
        let zeros = Expected::zeros(amounts.len());
        Expected { sums: amounts.iter().map(|&amount| amount as f64).collect(), ..zeros }
    }
}

/// The shares of one article, all of whose paragraphs are known: intervals are for its labels alone.
pub(super) fn of_article(article: &Expected) -> Vec<Interval> {
    let shares = article.shares().into_iter().zip(deviations(&[(None, article)]));
    shares.map(|(value, deviation)| around(value, value - Z * deviation, value + Z * deviation)).collect()
}

/// The shares of a sample of articles, each with its outlet and its expected amounts; none of them is empty.
///
/// Each of 1,000 bootstrap samples draws articles with replacement from those that are there and one whose labels are
/// unknown, which stands for what so small a sample has missed. Then it draws the sum of the labels of their paragraphs:
/// the normal distribution of a sum of draws from the calibrated probabilities, with the correlation that errors have
/// within an article and within an outlet. This costs one random number for each label, and none for each paragraph.
pub(super) fn of_sample(articles: &[(Option<&str>, &Expected)]) -> Vec<Interval> {
    let Some((_, first)) = articles.first() else { return Vec::new() };
    let mut total = Expected::zeros(first.sums.len());
    articles.iter().for_each(|(_, article)| total.merge(article));
    let mean = total.total() / articles.len() as f64;
    let deviations = deviations(articles);
    let mut generator = Pcg64Mcg::seed_from_u64(SEED);
    let shares = total.shares();
    let drawn = bootstrap(&shares, articles.len() + 1, SEED, |sample, sums| {
        sums.fill(0.0);
        for &index in sample {
            match articles.get(index) {
                Some((_, article)) => sums.iter_mut().zip(&article.sums).for_each(|(sum, own)| *sum += own),
                None => add_unknown(mean, sums, &mut generator),
            }
        }
        let total: f64 = sums.iter().sum();
        for (sum, deviation) in sums.iter_mut().zip(&deviations) {
            *sum = *sum / total + deviation * normal(&mut generator);
        }
    });
    drawn.into_iter().map(|share| around(share.value, share.low, share.high)).collect()
}

/// The standard deviation of each label's share, given the articles.
fn deviations(articles: &[(Option<&str>, &Expected)]) -> Vec<f64> {
    let n_labels = articles.first().map_or(0, |(_, article)| article.sums.len());
    let total: f64 = articles.iter().map(|(_, article)| article.total()).sum();
    let of_label = |label: usize| {
        let mut by_outlet: BTreeMap<Option<&str>, f64> = BTreeMap::new();
        let mut variance = 0.0;
        for (outlet, article) in articles {
            let spread = article.spreads[label];
            *by_outlet.entry(*outlet).or_default() += spread;
            variance += (1.0 - IN_ARTICLE) * article.variances[label];
            variance += (IN_ARTICLE - IN_OUTLET) * spread * spread;
        }
        variance += IN_OUTLET * by_outlet.values().map(|spread| spread * spread).sum::<f64>();
        if total > 0.0 { variance.sqrt() / total } else { 0.0 }
    };
    (0..n_labels).map(of_label).collect()
}

/// Adds an article of `amount` whose shares are any shares, all equally likely.
fn add_unknown(amount: f64, sums: &mut [f64], generator: &mut Pcg64Mcg) {
    let parts: Vec<f64> = sums.iter().map(|_| -(1.0 - generator.random::<f64>()).ln()).collect();
    let total: f64 = parts.iter().sum();
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += amount * part / total);
}

/// A standard normal number (Box and Muller 1958).
fn normal(generator: &mut Pcg64Mcg) -> f64 {
    let radius = (-2.0 * (1.0 - generator.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * generator.random::<f64>()).cos()
}

/// An interval of shares that includes its value.
fn around(value: f64, low: f64, high: f64) -> Interval {
    Interval { value, low: low.clamp(0.0, value), high: high.clamp(value.min(1.0), 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(n_paragraphs: usize, probabilities: &[f64]) -> Expected {
        let mut expected = Expected::zeros(probabilities.len());
        (0..n_paragraphs).for_each(|_| expected.add(50.0, probabilities));
        expected
    }

    fn widths(shares: &[Interval]) -> Vec<f64> {
        shares.iter().map(|share| share.high - share.low).collect()
    }

    #[test]
    fn no_interval_has_zero_width() {
        let sure = article(20, &[1.0, 0.0]);
        assert!(widths(&of_article(&sure)).iter().all(|width| *width > 0.01));
        for n in [1, 2, 5, 50] {
            let shares = of_sample(&vec![(None, &sure); n]);
            assert!(widths(&shares).iter().all(|width| *width > 0.01), "{n}: {shares:?}");
            assert!(shares.iter().all(|share| share.low <= share.value && share.value <= share.high));
        }
        assert!(of_sample(&[]).is_empty());
    }

    #[test]
    fn more_articles_and_more_outlets_make_an_interval_narrower() {
        let one = article(10, &[0.7, 0.3]);
        let width = |n: usize, n_outlets: usize| {
            let outlets: Vec<String> = (0..n).map(|number| (number % n_outlets).to_string()).collect();
            let articles: Vec<_> = outlets.iter().map(|outlet| (Some(outlet.as_str()), &one)).collect();
            widths(&of_sample(&articles))[0]
        };
        assert!(width(1, 1) > width(4, 1) && width(4, 1) > width(40, 1) && width(40, 1) > width(40, 20));
        // The errors that an outlet's articles have in common do not average out: 2 * 1.96 * sqrt(.08 * .7 * .3).
        assert!((width(4000, 1) - 0.508).abs() < 0.04, "{}", width(4000, 1));
    }

    #[test]
    fn an_articles_interval_is_the_one_computed_by_hand() {
        // Two paragraphs of 10 and 30 words: the standard deviation of the share of the first label is
        // sqrt(.7 * (10² + 30²) * .0475 + .3 * (10 + 30)² * .0475) / 40.
        let mut two = Expected::zeros(2);
        two.add(10.0, &[0.05, 0.95]);
        two.add(30.0, &[0.95, 0.05]);
        let share = of_article(&two)[0];
        let deviation = ((0.7 * 1000.0 + 0.3 * 1600.0) * 0.0475_f64).sqrt() / 40.0;
        assert!((share.value - 29.0 / 40.0).abs() < 1e-12);
        assert!((share.low - (29.0 / 40.0 - 1.96 * deviation)).abs() < 1e-12, "{share:?}");
        assert_eq!(share.high, 1.0);
    }
}
