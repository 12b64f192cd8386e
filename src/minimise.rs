//! The minimum of a smooth function by L-BFGS; the only file that uses argmin.

use std::cell::RefCell;

use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;

/// How many earlier steps L-BFGS remembers.
const MEMORY: usize = 7;

/// The point with the lowest value that L-BFGS finds from `start` in at most `max_steps` steps.
///
/// `evaluate` returns the value and the gradient at a point, and is called once for each point (Liu and Nocedal 1989,
/// "On the limited memory BFGS method for large scale optimization").
pub fn minimise(
    start: Vec<f64>,
    max_steps: u64,
    evaluate: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> std::result::Result<Vec<f64>, String> {
    let evaluate = Function { evaluate, last: RefCell::default() };
    if !evaluate.at(&start, |value, _| value).is_finite() {
        return Err("the loss is not a finite number".to_string());
    }
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY);
    let outcome = Executor::new(evaluate, solver)
        .configure(|state| state.param(start).max_iters(max_steps))
        .run()
        .map_err(|err| err.to_string())?;
    outcome.state().get_best_param().cloned().ok_or_else(|| "no minimum was found".to_string())
}

/// A loss over labelled examples.
pub trait Loss {
    /// How many classes the examples have.
    fn n_classes(&self) -> usize;

    /// The loss at `parameters` and its gradient; `n` is [`Loss::n_classes`]. Implementations are marked `inline(always)`.
    fn evaluate_for(&self, n: usize, parameters: &[f64]) -> (f64, Vec<f64>);

    /// The loss at `parameters` and its gradient.
    fn evaluate(&self, parameters: &[f64]) -> (f64, Vec<f64>) {
        // Loops over few classes take half the time if the compiler knows their number.
        match self.n_classes() {
            2 => self.evaluate_for(2, parameters),
            3 => self.evaluate_for(3, parameters),
            4 => self.evaluate_for(4, parameters),
            n => self.evaluate_for(n, parameters),
        }
    }
}

/// A point, its value and gradient.
type Point = (Vec<f64>, f64, Vec<f64>);

/// A function that remembers its last point: the line search asks for the value, then for the gradient.
struct Function<F> {
    evaluate: F,
    last: RefCell<Option<Point>>,
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Function<F> {
    fn at<T>(&self, point: &[f64], take: impl Fn(f64, &[f64]) -> T) -> T {
        let mut last = self.last.borrow_mut();
        if last.as_ref().is_none_or(|(known, ..)| known != point) {
            let (value, gradient) = (self.evaluate)(point);
            *last = Some((point.to_vec(), value, gradient));
        }
        let (_, value, gradient) = last.as_ref().expect("just set");
        take(*value, gradient)
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> CostFunction for Function<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> std::result::Result<f64, argmin::core::Error> {
        Ok(self.at(point, |value, _| value))
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Gradient for Function<F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> std::result::Result<Vec<f64>, argmin::core::Error> {
        Ok(self.at(point, |_, gradient| gradient.to_vec()))
    }
}

/// Compares the gradient of a loss with central differences.
#[cfg(test)]
#[track_caller]
pub fn check_gradient(loss: &impl Loss, at: &[f64]) {
    let (_, gradient) = loss.evaluate(at);
    for parameter in 0..at.len() {
        let moved = |by: f64| {
            let mut moved = at.to_vec();
            moved[parameter] += by;
            loss.evaluate(&moved).0
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!((slope - gradient[parameter]).abs() < 1e-8, "parameter {parameter}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minimum_of_a_paraboloid_is_found() {
        let bowl = |at: &[f64]| {
            let (x, y) = (at[0] - 3.0, at[1] + 1.0);
            (x * x + 10.0 * y * y, vec![2.0 * x, 20.0 * y])
        };
        let bottom = minimise(vec![0.0, 0.0], 50, bowl).unwrap();
        assert!((bottom[0] - 3.0).abs() < 1e-6 && (bottom[1] + 1.0).abs() < 1e-6, "{bottom:?}");
    }
}
