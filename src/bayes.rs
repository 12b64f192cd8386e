//! Multinomial naive Bayes: class totals in, a table of log-probabilities out. The only file that
//! knows linfa.
//!
//! Multinomial naive Bayes sees its training rows only through the sum of each feature in each
//! class. So the counts are added up here, exactly, and linfa fits a matrix with one row a class:
//! the same table as from one row a paragraph, without the dense matrix that would need.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::MultinomialNb;
use ndarray::{Array1, Array2};

use crate::error::Error;
use crate::error::Result;

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

    /// Adds one paragraph of `class` that has `features`, counted `weight` times (negative: takes
    /// it away).
    pub(crate) fn add(&mut self, class: usize, features: &[u32], weight: f64) {
        let row = &mut self.sums[class * self.n_features..(class + 1) * self.n_features];
        for &feature in features {
            row[feature as usize] += weight;
        }
    }
}

/// Natural logs of the probability of each feature given each class, feature by feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FeatureLogProb {
    n_classes: usize,
    /// `n_features` rows of `n_classes` values.
    values: Vec<f32>,
}

impl FeatureLogProb {
    /// A table of `values`, feature by feature; `None` when they do not fill whole rows.
    pub(crate) fn new(n_classes: usize, values: Vec<f32>) -> Option<Self> {
        (n_classes > 0 && values.len().is_multiple_of(n_classes))
            .then_some(FeatureLogProb { n_classes, values })
    }

    /// The log-probabilities of `feature` in all classes.
    pub(crate) fn row(&self, feature: u32) -> &[f32] {
        let start = feature as usize * self.n_classes;
        &self.values[start..start + self.n_classes]
    }

    /// All values, feature by feature.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }
}

/// The table of multinomial naive Bayes with additive smoothing `alpha`, as linfa-bayes fits it:
/// `ln((sum + alpha) / (sum of the class + alpha * n_features))`.
///
/// `alpha` must be above 0: linfa-bayes divides by nothing at 0.
///
/// # Errors
///
/// When linfa refuses the fit.
pub(crate) fn fit(totals: &ClassTotals, alpha: f64) -> Result<FeatureLogProb> {
    let (n_classes, n_features) = (totals.n_classes, totals.n_features);
    if n_features == 0 {
        return Ok(FeatureLogProb { n_classes, values: Vec::new() });
    }
    let why = |why: String| Error::Fit { what: "naive Bayes", why };
    let records = Array2::from_shape_vec((n_classes, n_features), totals.sums.clone());
    let records = records.map_err(|err| why(err.to_string()))?;
    let classes: Array1<usize> = Array1::from_iter(0..n_classes);
    let fitted = MultinomialNb::<f64, usize>::params()
        .alpha(alpha)
        .fit(&Dataset::new(records, classes))
        .map_err(|err| why(err.to_string()))?;
    // The table is private in linfa-bayes; its serde form is the only way to read it. Classes are
    // taken by name, for linfa keeps them in a hash map.
    let form = serde_json::to_value(&fitted).map_err(|err| why(err.to_string()))?;
    let mut values = vec![0.0f32; n_classes * n_features];
    for class in 0..n_classes {
        let row = form["class_info"][class.to_string()]["feature_log_prob"]["data"].as_array();
        let row = row.filter(|row| row.len() == n_features);
        let row = row.ok_or_else(|| why("linfa-bayes keeps its table in another form".to_string()))?;
        for (feature, value) in row.iter().enumerate() {
            let value = value.as_f64().ok_or_else(|| why("a log-probability is not finite".to_string()))?;
            values[feature * n_classes + class] = value as f32;
        }
    }
    Ok(FeatureLogProb { n_classes, values })
}
