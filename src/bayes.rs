//! Multinomial naive Bayes: class totals in, a table of log-probabilities out. The only file that uses linfa.
//!
//! Multinomial naive Bayes sees its training rows only through the sum of each feature in each class. So the counts are
//! added up here, exactly, and linfa fits one row per class. The table is the same as from one row per paragraph, but
//! needs no dense matrix.

use std::collections::BTreeMap;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::MultinomialNb;
use ndarray::{Array1, Array2};
use serde::Deserialize;

use crate::combination;
use crate::error::{Error, Result};

/// How often each feature occurs in each class: `n_classes` rows of `n_features` sums.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassTotals {
    n_classes: usize,
    n_features: usize,
    /// Row by row.
    sums: Vec<f64>,
}

impl ClassTotals {
    /// All totals 0.
    pub fn zeros(n_classes: usize, n_features: usize) -> Self {
        ClassTotals { n_classes, n_features, sums: vec![0.0; n_classes * n_features] }
    }

    /// Adds one paragraph of `class` with these `features` and this `weight`.
    pub fn add(&mut self, class: usize, features: &[u32], weight: f64) {
        let row = &mut self.sums[class * self.n_features..(class + 1) * self.n_features];
        for &feature in features {
            row[feature as usize] += weight;
        }
    }

    /// The totals of a feature in all classes.
    pub fn of(&self, feature: usize) -> Vec<f64> {
        (0..self.n_classes).map(|class| self.sums[class * self.n_features + feature]).collect()
    }

    /// Adds other totals of the same shape, `factor` times. Weights are multiples of one half, so sums are exact
    /// in any order and subtracting a part gives the totals of the rest.
    pub fn add_all(&mut self, other: &ClassTotals, factor: f64) {
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, other)| *sum += factor * other);
    }
}

/// The table values are multiples of one over this.
const STEPS: f32 = (1 << 24) as f32;

/// One value for each feature and class, feature by feature: natural logs of the probability of the feature given the
/// class, as naive Bayes fits them or as refinement has changed them.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    n_classes: usize,
    values: Vec<f32>,
}

impl FeatureTable {
    /// A table of whole rows, each value rounded to a multiple of 2^-24: sums of such values are exact, so that
    /// they do not depend on the order of addition.
    pub fn new(n_classes: usize, mut values: Vec<f32>) -> Self {
        values.iter_mut().for_each(|value| *value = (*value * STEPS).round_ties_even() / STEPS);
        FeatureTable { n_classes, values }
    }

    /// The values of each feature in all classes.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.n_classes)
    }

    /// All values, feature by feature.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The log-likelihoods of a paragraph with these features, centred and scaled.
    pub fn log_likelihoods(&self, features: &[u32]) -> Vec<f64> {
        let mut sums = vec![0.0; self.n_classes];
        for &feature in features {
            let row = &self.values[feature as usize * self.n_classes..][..self.n_classes];
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        combination::log_likelihoods(&mut sums, features.len());
        sums
    }
}

/// The table of multinomial naive Bayes with additive smoothing `alpha`, as linfa-bayes fits it:
/// `ln((sum + alpha) / (sum of the class + alpha * n_features))`.
///
/// `alpha` must be above 0: linfa-bayes divides by zero at 0.
pub fn fit(totals: &ClassTotals, alpha: f64) -> Result<FeatureTable> {
    let (n_classes, n_features) = (totals.n_classes, totals.n_features);
    if n_features == 0 {
        return Ok(FeatureTable { n_classes, values: Vec::new() });
    }
    let why = |why: String| Error::Fit { what: "naive Bayes", why };
    let counts = Array2::from_shape_vec((n_classes, n_features), totals.sums.clone())
        .map_err(|err| why(err.to_string()))?;
    let dataset = Dataset::new(counts, Array1::from_iter(0..n_classes));
    let fitted = MultinomialNb::<f64, usize>::params().alpha(alpha).fit(&dataset);
    let fitted = fitted.map_err(|err| why(err.to_string()))?;
    let rows = log_probabilities(&fitted, n_classes, n_features)
        .ok_or_else(|| why("linfa-bayes returned a table of another form".to_string()))?;
    let by_feature = (0..n_features).flat_map(|feature| rows.iter().map(move |row| row[feature] as f32));
    Ok(FeatureTable::new(n_classes, by_feature.collect()))
}

/// The table of a fitted model, class by class. It is private in linfa-bayes and can be read only by serialising the
/// model.
fn log_probabilities(
    model: &MultinomialNb<f64, usize>,
    n_classes: usize,
    n_features: usize,
) -> Option<Vec<Array1<f64>>> {
    /// The fields of linfa-bayes' model, in its order.
    #[derive(Deserialize)]
    struct Fields {
        class_info: BTreeMap<usize, ClassFields>,
    }
    #[derive(Deserialize)]
    struct ClassFields {
        _class_count: usize,
        _prior: f64,
        _feature_count: Array1<f64>,
        feature_log_prob: Array1<f64>,
    }
    let bytes = postcard::to_allocvec(model).ok()?;
    let fields: Fields = postcard::from_bytes(&bytes).ok()?;
    let rows: Vec<Array1<f64>> =
        fields.class_info.into_values().map(|class| class.feature_log_prob).collect();
    let is_whole = rows.len() == n_classes && rows.iter().all(|row| row.len() == n_features);
    (is_whole && rows.iter().flatten().all(|value| value.is_finite())).then_some(rows)
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
                    assert_eq!(ours.values()[3 * feature + class], value.as_f64().unwrap() as f32);
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
                    assert!((f64::from(ours.values()[3 * feature + class]) - theirs).abs() < 1e-6);
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
                for (score, log_prob) in scores.iter_mut().zip(&ours.values()[3 * feature..]) {
                    *score += count * f64::from(*log_prob);
                }
            }
            let best = crate::combination::argmax(&scores);
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
        assert!((f64::from(table.values()[1]) - (0.5f64 / 2.0).ln()).abs() < 1e-6);
        assert_eq!(fit(&ClassTotals::zeros(2, 0), 1.0).unwrap().values(), &[] as &[f32]);
    }
}
