//! Multinomial naive Bayes: class totals in, a table of log-probabilities out. The only file that
//! knows linfa.
//!
//! Multinomial naive Bayes sees its training rows only through the sum of each feature in each
//! class. So the counts are added up here, exactly, and linfa fits one row a class: the same table as
//! from one row a paragraph, without the dense matrix that would need.

use std::borrow::Cow;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::MultinomialNb;
use ndarray::{Array1, Array2};

use crate::error::{Error, Result};

/// How often each feature occurs in each class: `n_classes` rows of `n_features` sums.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassTotals {
    n_classes: usize,
    n_features: usize,
    /// Row by row.
    sums: Vec<f64>,
}

impl ClassTotals {
    /// Totals of nothing.
    pub(crate) fn zeros(n_classes: usize, n_features: usize) -> Self {
        ClassTotals { n_classes, n_features, sums: vec![0.0; n_classes * n_features] }
    }

    /// Adds one paragraph of `class` that has `features`, counted `weight` times.
    pub(crate) fn add(&mut self, class: usize, features: &[u32], weight: f64) {
        let row = &mut self.sums[class * self.n_features..(class + 1) * self.n_features];
        for &feature in features {
            row[feature as usize] += weight;
        }
    }
}

/// How many values lie between two whole numbers.
const STEPS: f32 = (1 << 24) as f32;

/// One value for each feature and class, feature by feature: natural logs of the probability of the
/// feature given the class as naive Bayes fits them, or what refinement made of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FeatureTable {
    n_classes: usize,
    /// `n_features` rows of `n_classes` values, which may be those of a model file.
    values: Cow<'static, [f32]>,
}

impl FeatureTable {
    /// A table of `values`, feature by feature, each rounded to a multiple of 2^-24; `None` when they do not
    /// fill whole rows.
    ///
    /// Sums of such values are exact, so that they do not depend on the order in which they are added.
    pub(crate) fn new(n_classes: usize, mut values: Vec<f32>) -> Option<Self> {
        values.iter_mut().for_each(|value| *value = (*value * STEPS).round_ties_even() / STEPS);
        FeatureTable::of_rounded(n_classes, values.into())
    }

    /// The same of values that are such multiples already.
    pub(crate) fn of_rounded(n_classes: usize, values: Cow<'static, [f32]>) -> Option<Self> {
        (n_classes > 0 && values.len().is_multiple_of(n_classes))
            .then_some(FeatureTable { n_classes, values })
    }

    /// How many classes it tells apart.
    pub(crate) fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// The values of `feature` in all classes.
    pub(crate) fn row(&self, feature: u32) -> &[f32] {
        let start = feature as usize * self.n_classes;
        &self.values[start..start + self.n_classes]
    }

    /// The `n` features that speak most for `class`, strongest first, each with `weight` times its
    /// value less the mean of its row; `names` has a name for every feature.
    pub(crate) fn strongest<'a>(
        &self,
        names: impl Iterator<Item = &'a str>,
        class: usize,
        weight: f64,
        n: usize,
    ) -> Vec<(&'a str, f64)> {
        let mut features: Vec<(&str, f64)> = names
            .zip(self.values.chunks_exact(self.n_classes))
            .map(|(name, row)| (name, weight * centred(row, class)))
            .collect();
        features.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        features.truncate(n);
        features
    }

    /// The sums of the features' rows.
    pub(crate) fn sums(&self, features: &[u32]) -> Vec<f64> {
        match self.n_classes {
            2 => self.sums_of::<2>(features),
            3 => self.sums_of::<3>(features),
            4 => self.sums_of::<4>(features),
            5 => self.sums_of::<5>(features),
            _ => {
                let mut sums = vec![0.0; self.n_classes];
                for &feature in features {
                    sums.iter_mut().zip(self.row(feature)).for_each(|(sum, value)| *sum += f64::from(*value));
                }
                sums
            }
        }
    }

    /// As [`FeatureTable::sums`], for a number of classes that the compiler knows.
    fn sums_of<const N: usize>(&self, features: &[u32]) -> Vec<f64> {
        let (rows, _) = self.values.as_chunks::<N>();
        let mut sums = [0.0; N];
        for &feature in features {
            let row = &rows[feature as usize];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        sums.to_vec()
    }

    /// What a paragraph with these features has of a block: their sums, as [`centred_sums`] makes them.
    pub(crate) fn log_likelihoods(&self, features: &[u32]) -> Vec<f64> {
        let mut sums = self.sums(features);
        centred_sums(&mut sums, features.len());
        sums
    }

    /// All values, feature by feature.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }
}

/// Sums over `n_features` features, less their mean over the classes, times [`scale`].
pub(crate) fn centred_sums(sums: &mut [f64], n_features: usize) {
    let mean = sums.iter().sum::<f64>() / sums.len() as f64;
    let scale = scale(n_features);
    sums.iter_mut().for_each(|sum| *sum = (*sum - mean) * scale);
}

/// The factor on a sum over `n_features` features: one over the square root of their number.
///
/// Words of one paragraph are no independent witnesses; without it a long paragraph would be surer
/// than it is right.
pub(crate) fn scale(n_features: usize) -> f64 {
    1.0 / (n_features.max(1) as f64).sqrt()
}

/// The value of `class` in a row less the row's mean.
pub(crate) fn centred(row: &[f32], class: usize) -> f64 {
    let mean = row.iter().copied().map(f64::from).sum::<f64>() / row.len() as f64;
    f64::from(row[class]) - mean
}

/// The table of multinomial naive Bayes with additive smoothing `alpha`, as linfa-bayes fits it:
/// `ln((sum + alpha) / (sum of the class + alpha * n_features))`.
///
/// `alpha` must be above 0: linfa-bayes divides by nothing at 0.
///
/// # Errors
///
/// When linfa refuses the fit.
pub(crate) fn fit(totals: &ClassTotals, alpha: f64) -> Result<FeatureTable> {
    let (n_classes, n_features) = (totals.n_classes, totals.n_features);
    if n_features == 0 {
        return Ok(FeatureTable { n_classes, values: Cow::default() });
    }
    let why = |why: String| Error::Fit { what: "naive Bayes", why };
    let mut values = vec![0.0; n_classes * n_features];
    // Linfa fits each class by itself, and the form that its table is read in takes many times the table's memory.
    for (class, sums) in totals.sums.chunks_exact(n_features).enumerate() {
        let of_class = values.iter_mut().skip(class).step_by(n_classes);
        let log_probabilities = log_probabilities(sums, alpha).map_err(why)?;
        of_class.zip(log_probabilities).for_each(|(value, log_probability)| *value = log_probability);
    }
    FeatureTable::new(n_classes, values).ok_or_else(|| why("a table has no whole rows".to_string()))
}

/// The log-probability of each feature in one class, of which `sums` says how often it has each.
fn log_probabilities(sums: &[f64], alpha: f64) -> std::result::Result<Vec<f32>, String> {
    let records = Array2::from_shape_vec((1, sums.len()), sums.to_vec()).map_err(|err| err.to_string())?;
    let class = Array1::from_elem(1, 0usize);
    let fitted = MultinomialNb::<f64, usize>::params().alpha(alpha).fit(&Dataset::new(records, class));
    // The table is private in linfa-bayes; its serde form is the only way to read it.
    let form = fitted.map_err(|err| err.to_string()).map(serde_json::to_value)?;
    let form = form.map_err(|err| err.to_string())?;
    let row = form["class_info"]["0"]["feature_log_prob"]["data"].as_array();
    let row = row.filter(|row| row.len() == sums.len());
    let row = row.ok_or("linfa-bayes keeps its table in another form")?;
    let value = |value: &serde_json::Value| value.as_f64().map(|value| value as f32);
    let values: Option<Vec<f32>> = row.iter().map(value).collect();
    values.ok_or_else(|| "a log-probability is not finite".to_string())
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Random counts of `n_rows` paragraphs with few features each, and their classes.
    fn example(n_rows: usize, n_features: usize, n_classes: usize) -> (Array2<f64>, Vec<usize>) {
        let mut generator = rand_pcg::Pcg64Mcg::seed_from_u64(7);
        let mut counts = Array2::zeros((n_rows, n_features));
        let mut classes = Vec::new();
        for row in 0..n_rows {
            for _ in 0..12 {
                counts[[row, generator.random_range(0..n_features)]] += 1.0;
            }
            classes.push(row % n_classes);
        }
        (counts, classes)
    }

    fn totals(counts: &Array2<f64>, classes: &[usize], n_classes: usize) -> ClassTotals {
        let mut totals = ClassTotals::zeros(n_classes, counts.ncols());
        for (row, &class) in counts.rows().into_iter().zip(classes) {
            for (feature, &count) in row.iter().enumerate() {
                totals.add(class, &[feature as u32], count);
            }
        }
        totals
    }

    fn dense_fit(counts: &Array2<f64>, classes: &[usize], alpha: f64) -> MultinomialNb<f64, usize> {
        let dataset = Dataset::new(counts.clone(), Array1::from_vec(classes.to_vec()));
        MultinomialNb::<f64, usize>::params().alpha(alpha).fit(&dataset).unwrap()
    }

    #[test]
    fn the_table_from_totals_is_linfas_from_all_rows() {
        let (counts, classes) = example(60, 40, 3);
        for alpha in [1.0, 0.1, 0.01] {
            let ours = fit(&totals(&counts, &classes, 3), alpha).unwrap();
            let dense = serde_json::to_value(dense_fit(&counts, &classes, alpha)).unwrap();
            for class in 0..3 {
                let row =
                    dense["class_info"][class.to_string()]["feature_log_prob"]["data"].as_array().unwrap();
                for (feature, value) in row.iter().enumerate() {
                    assert_eq!(ours.row(feature as u32)[class], value.as_f64().unwrap() as f32);
                }
            }
        }
    }

    #[test]
    fn the_table_is_scikit_learns() {
        // Computed with scikit-learn by tests/fixtures/multinomial_nb.py.
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../tests/fixtures/multinomial_nb.json")).unwrap();
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let mut sums = ClassTotals::zeros(3, 5);
        for (row, class) in file["counts"].as_array().unwrap().iter().zip(file["classes"].as_array().unwrap())
        {
            for (feature, count) in row.as_array().unwrap().iter().enumerate() {
                sums.add(class.as_u64().unwrap() as usize, &[feature as u32], number(count));
            }
        }
        for example in file["examples"].as_array().unwrap() {
            let ours = fit(&sums, number(&example["alpha"])).unwrap();
            for class in 0..3 {
                for feature in 0..5 {
                    let theirs = number(&example["feature_log_prob"][class][feature]);
                    assert!((f64::from(ours.row(feature as u32)[class]) - theirs).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn our_label_is_linfas_where_there_is_no_tie() {
        let (counts, classes) = example(90, 30, 3);
        let ours = fit(&totals(&counts, &classes, 3), 0.5).unwrap();
        let theirs = dense_fit(&counts, &classes, 0.5).predict(&counts);
        let mut n_compared = 0;
        for (row, their_class) in counts.rows().into_iter().zip(&theirs) {
            // Classes are equally frequent, so priors change nothing.
            let mut scores = [0.0f64; 3];
            for (feature, &count) in row.iter().enumerate() {
                for (score, log_prob) in scores.iter_mut().zip(ours.row(feature as u32)) {
                    *score += count * f64::from(*log_prob);
                }
            }
            let best = crate::calibration::argmax(&scores);
            let margin =
                scores[best] - (0..3).filter(|&c| c != best).map(|c| scores[c]).fold(f64::MIN, f64::max);
            if margin > 1e-4 {
                assert_eq!(best, *their_class);
                n_compared += 1;
            }
        }
        assert!(n_compared > 80, "{n_compared} rows without a tie");
    }

    #[test]
    fn a_class_without_a_feature_gets_the_smoothing_alone() {
        let mut sums = ClassTotals::zeros(2, 2);
        sums.add(0, &[0], 3.0);
        sums.add(1, &[1], 1.0);
        let table = fit(&sums, 0.5).unwrap();
        assert!((f64::from(table.row(0)[1]) - (0.5f64 / 2.0).ln()).abs() < 1e-6);
        assert_eq!(fit(&ClassTotals::zeros(2, 0), 1.0).unwrap().values(), &[] as &[f32]);
    }
}
