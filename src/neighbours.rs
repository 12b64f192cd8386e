//! A paragraph's scores combined with those of its neighbours: a multinomial logistic regression on the paragraph's own
//! scores and on the own scores of the surrounding paragraphs. Paragraphs without neighbours have a regression of their
//! own.
//!
//! The surrounding paragraphs show what kind of article this is: a column, a wire report, an explainer.

mod influence;

pub use influence::Surrounding;

#[cfg(feature = "train")]
use crate::combination::cross_entropy;
use crate::combination::{centre, softmax};
#[cfg(feature = "train")]
use crate::error::{Error, Result};
#[cfg(feature = "train")]
use crate::minimise::{Loss, minimise};

/// The weight of a neighbour falls by this factor with each further step.
const DECAY: f64 = 0.8;
/// Neighbours further away have no weight.
const REACH: usize = 8;
/// The weight of the classes' mean probabilities among those of the neighbours, because few neighbours say less than
/// many.
const PRIOR_WEIGHT: f64 = 1.0;
/// Mean probabilities are raised to at least this, so that their logs stay small.
const MIN_MEAN: f64 = 1e-4;
/// L2 penalty on the distance from the paragraph's own scores, in paragraphs of loss; from 1 to 100 it changes
/// little.
#[cfg(feature = "train")]
const L2_PENALTY: f64 = 1.0;
/// The most L-BFGS steps of a fit.
#[cfg(feature = "train")]
const MAX_STEPS: u64 = 200;

/// The weights of both regressions.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// For a paragraph alone: its own centred scores.
    alone: Regression,
    /// For one with neighbours: its own centred scores, the centred log of its neighbours' weighted mean
    /// probabilities, the probabilities of the paragraph before and of the one after.
    among: Regression,
    /// The mean probability of each class, towards which the mean of the neighbours is shrunk.
    prior: Vec<f64>,
}

/// A paragraph's final scores and how they depend on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// Unnormalised log-probabilities.
    pub scores: Vec<f64>,
    /// The factors on the paragraph's own centred scores: `n_classes` rows of `n_classes`.
    pub own_factors: Vec<f64>,
    /// The offset of each class, which does not depend on the paragraph and its neighbours.
    pub offsets: Vec<f64>,
}

/// A linear function of some inputs for each class.
#[derive(Debug, Clone, PartialEq)]
struct Regression {
    n_classes: usize,
    /// For each class one weight for each input, then its offset.
    weights: Vec<f64>,
}

impl Regression {
    /// The regression on `n_blocks` inputs of each class that returns the first block.
    fn identity(n_classes: usize, n_blocks: usize) -> Regression {
        let width = n_blocks * n_classes + 1;
        let mut weights = vec![0.0; n_classes * width];
        (0..n_classes).for_each(|class| weights[class * width + class] = 1.0);
        Regression { n_classes, weights }
    }

    /// The final scores of inputs, the last of which is 1.
    fn weigh(&self, inputs: &[f64]) -> Weighed {
        let rows = || self.weights.chunks_exact(inputs.len());
        let score = |row: &[f64]| row.iter().zip(inputs).map(|(weight, input)| weight * input).sum();
        Weighed {
            scores: rows().map(score).collect(),
            own_factors: rows().flat_map(|row| row[..self.n_classes].to_vec()).collect(),
            offsets: rows().filter_map(|row| row.last().copied()).collect(),
        }
    }

    /// The regression with the lowest weighted mean log loss on inputs with their class and weight; `self` if there are
    /// none.
    #[cfg(feature = "train")]
    fn fit(self, rows: &[(Vec<f64>, (usize, f64))]) -> Result<Regression> {
        if rows.is_empty() {
            return Ok(self);
        }
        let total = rows.iter().map(|(_, (_, weight))| weight).sum();
        let loss = RegressionLoss { rows, start: &self.weights, n_classes: self.n_classes, total };
        let why = |why: String| Error::Fit { what: "the neighbour weights", why };
        let weights = minimise(self.weights.clone(), MAX_STEPS, |point| loss.evaluate(point)).map_err(why)?;
        Ok(Regression { weights, ..self })
    }
}

impl Neighbours {
    /// The regressions with these weights; `None` if their number does not fit `n_classes`.
    pub fn new(alone: Vec<f64>, among: Vec<f64>, prior: Vec<f64>) -> Option<Neighbours> {
        let n_classes = prior.len();
        let fits = |weights: &[f64], n_blocks: usize| {
            n_classes.checked_mul(n_blocks * n_classes + 1) == Some(weights.len())
        };
        (fits(&alone, 1) && fits(&among, 4)).then_some(Neighbours {
            alone: Regression { n_classes, weights: alone },
            among: Regression { n_classes, weights: among },
            prior,
        })
    }

    /// Regressions that return every paragraph's own scores.
    pub fn none(n_classes: usize) -> Neighbours {
        Neighbours {
            alone: Regression::identity(n_classes, 1),
            among: Regression::identity(n_classes, 4),
            prior: vec![1.0 / n_classes as f64; n_classes],
        }
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.prior.len()
    }

    /// The weights of both regressions and the prior, as [`Neighbours::new`] takes them.
    pub fn weights(&self) -> [&[f64]; 3] {
        [&self.alone.weights, &self.among.weights, &self.prior]
    }

    /// The final scores of the paragraphs of a run, from the scores that each has alone. Linear in the number of
    /// paragraphs.
    pub fn weigh(&self, alone: &[Vec<f64>]) -> Vec<Weighed> {
        match alone {
            [scores] => vec![self.alone.weigh(&own_inputs(scores))],
            _ => self.inputs(alone).iter().map(|inputs| self.among.weigh(inputs)).collect(),
        }
    }

    /// The inputs of every paragraph of a run of two or more.
    fn inputs(&self, alone: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let probabilities: Vec<Vec<f64>> = alone.iter().map(|scores| softmax(scores)).collect();
        let inputs = |(of, scores): (usize, &Vec<f64>)| {
            let mut inputs = own_inputs(scores);
            inputs.pop();
            inputs.extend(self.log_mean(&probabilities, of, None));
            for neighbour in [of.checked_sub(1), Some(of + 1)] {
                match neighbour.and_then(|neighbour| probabilities.get(neighbour)) {
                    Some(probabilities) => inputs.extend(probabilities),
                    None => inputs.extend(std::iter::repeat_n(0.0, scores.len())),
                }
            }
            inputs.push(1.0);
            inputs
        };
        alone.iter().enumerate().map(inputs).collect()
    }

    /// The centred log of the distance-weighted mean of the neighbours' probabilities, shrunk towards the prior;
    /// `without` is a neighbour that does not count.
    fn log_mean(&self, probabilities: &[Vec<f64>], of: usize, without: Option<usize>) -> Vec<f64> {
        let mut mean: Vec<f64> = self.prior.iter().map(|prior| PRIOR_WEIGHT * prior).collect();
        let mut total = PRIOR_WEIGHT;
        let near = of.saturating_sub(REACH)..probabilities.len().min(of + REACH + 1);
        for neighbour in near.filter(|&neighbour| neighbour != of && Some(neighbour) != without) {
            let weight = DECAY.powi(neighbour.abs_diff(of) as i32);
            mean.iter_mut().zip(&probabilities[neighbour]).for_each(|(sum, value)| *sum += weight * value);
            total += weight;
        }
        mean.iter_mut().for_each(|sum| *sum = (*sum / total).max(MIN_MEAN).ln());
        centre(&mut mean);
        mean
    }

    /// The regressions with the lowest weighted mean log loss over runs of paragraphs with their scores alone;
    /// `labels` has the class and weight of each paragraph of the runs, in order. All paragraphs count for the
    /// regression of a paragraph alone, those of runs of two or more for the other.
    #[cfg(feature = "train")]
    pub fn fit(n_classes: usize, runs: &[&[Vec<f64>]], labels: &[(usize, f64)]) -> Result<Neighbours> {
        let mut neighbours = Neighbours::none(n_classes);
        neighbours.prior = mean_probabilities(n_classes, runs);
        let (mut alone, mut among) = (Vec::new(), Vec::new());
        let mut rest = labels;
        for run in runs {
            let (labels, after) = rest.split_at(run.len());
            rest = after;
            alone.extend(run.iter().map(|scores| own_inputs(scores)).zip(labels.iter().copied()));
            if run.len() > 1 {
                among.extend(neighbours.inputs(run).into_iter().zip(labels.iter().copied()));
            }
        }
        neighbours.alone = neighbours.alone.fit(&alone)?;
        neighbours.among = neighbours.among.fit(&among)?;
        Ok(neighbours)
    }
}

/// A paragraph's own centred scores, and 1.
fn own_inputs(scores: &[f64]) -> Vec<f64> {
    let mut inputs = scores.to_vec();
    centre(&mut inputs);
    inputs.push(1.0);
    inputs
}

#[cfg(feature = "train")]
fn mean_probabilities(n_classes: usize, runs: &[&[Vec<f64>]]) -> Vec<f64> {
    let mut mean = vec![0.0; n_classes];
    let mut n = 0.0;
    for scores in runs.iter().copied().flatten() {
        mean.iter_mut().zip(softmax(scores)).for_each(|(sum, value)| *sum += value);
        n += 1.0;
    }
    mean.iter_mut().for_each(|sum| *sum /= f64::max(n, 1.0));
    mean
}

/// The mean log loss of a regression and the penalty on the distance from the start.
#[cfg(feature = "train")]
struct RegressionLoss<'a> {
    /// The inputs of each paragraph, its class and its weight.
    rows: &'a [(Vec<f64>, (usize, f64))],
    start: &'a [f64],
    n_classes: usize,
    total: f64,
}

#[cfg(feature = "train")]
impl Loss for RegressionLoss<'_> {
    fn n_classes(&self) -> usize {
        self.n_classes
    }

    #[inline(always)]
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>) {
        let width = parameters.len() / n;
        let mut loss = 0.0;
        let mut gradient = vec![0.0; parameters.len()];
        let mut errors = vec![0.0; n];
        for (inputs, (class, weight)) in self.rows {
            for (score, row) in errors.iter_mut().zip(parameters.chunks_exact(width)) {
                *score = row.iter().zip(inputs).map(|(weight, input)| weight * input).sum();
            }
            loss += cross_entropy(&mut errors, *class, weight / self.total);
            for (error, row) in errors.iter().zip(gradient.chunks_exact_mut(width)) {
                row.iter_mut().zip(inputs).for_each(|(entry, input)| *entry += error * input);
            }
        }
        let l2_penalty = L2_PENALTY / self.total;
        for ((entry, parameter), start) in gradient.iter_mut().zip(parameters).zip(self.start) {
            let moved = parameter - start;
            loss += 0.5 * l2_penalty * moved * moved;
            *entry += l2_penalty * moved;
        }
        (loss, gradient)
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;

    /// Runs of paragraphs with their scores alone, and the class and weight of each paragraph.
    type Runs = (Vec<Vec<Vec<f64>>>, Vec<(usize, f64)>);

    /// Runs of two acts: in most the act does not change, and every fifth paragraph says nothing alone.
    fn runs() -> Runs {
        let (mut runs, mut labels) = (Vec::new(), Vec::new());
        for article in 0..40 {
            let class = |place: usize| if article % 10 == 9 { place % 2 } else { article % 2 };
            let scores = |place: usize| match (article + place) % 5 {
                0 => vec![0.0, 0.0],
                _ if class(place) == 0 => vec![1.0, -1.0],
                _ => vec![-1.0, 1.0],
            };
            runs.push((0..6).map(scores).collect());
            labels.extend((0..6).map(|place| (class(place), 1.0)));
        }
        (runs, labels)
    }

    pub(super) fn fitted() -> Neighbours {
        let (runs, labels) = runs();
        let runs: Vec<&[Vec<f64>]> = runs.iter().map(Vec::as_slice).collect();
        Neighbours::fit(2, &runs, &labels).unwrap()
    }

    #[test]
    fn an_undecided_paragraph_takes_the_label_of_its_neighbours() {
        let run = vec![vec![1.0, -1.0], vec![0.0, 0.0], vec![1.0, -1.0]];
        assert!(softmax(&fitted().weigh(&run)[1].scores)[0] > 0.8);
    }

    #[test]
    fn a_paragraph_with_strong_evidence_keeps_its_label() {
        let run = vec![vec![1.0, -1.0], vec![-4.0, 4.0], vec![1.0, -1.0]];
        assert!(softmax(&fitted().weigh(&run)[1].scores)[1] > 0.5);
    }

    #[test]
    fn without_a_fit_scores_stay_as_they_are() {
        let run = vec![vec![0.3, -0.3], vec![-1.0, 1.0]];
        for n in [1, 2] {
            for (weighed, own) in Neighbours::none(2).weigh(&run[..n]).iter().zip(&run) {
                assert_eq!(weighed.scores, *own);
                assert_eq!(weighed.own_factors, [1.0, 0.0, 0.0, 1.0]);
            }
        }
    }

    #[test]
    fn final_scores_are_linear_in_the_own_scores() {
        let neighbours = fitted();
        let at = |own: f64| neighbours.weigh(&[vec![1.0, -1.0], vec![own, -own]])[1].clone();
        let (some, none) = (at(0.4), at(0.0));
        for class in 0..2 {
            let factors = &some.own_factors[2 * class..];
            let own = 0.4 * factors[0] - 0.4 * factors[1];
            assert!((some.scores[class] - none.scores[class] - own).abs() < 1e-12);
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let (runs, labels) = runs();
        let inputs = Neighbours::none(2).inputs(&runs[9]);
        let rows: Vec<_> = inputs.into_iter().zip(labels[54..60].iter().copied()).collect();
        let start = Regression::identity(2, 4).weights;
        let at: Vec<f64> = (0..start.len()).map(|i| (i as f64).sin()).collect();
        let loss = RegressionLoss { rows: &rows, start: &start, n_classes: 2, total: 6.0 };
        crate::minimise::check_gradient(&loss, &at);
    }

    #[test]
    fn weights_of_another_size_are_refused() {
        assert_eq!(Neighbours::new(vec![0.0; 5], vec![0.0; 5], vec![0.5; 3]), None);
        let none = Neighbours::none(3);
        let [alone, among, prior] = none.weights().map(<[f64]>::to_vec);
        assert_eq!(Neighbours::new(alone, among, prior), Some(none));
    }
}
