//! Which of its neighbours a paragraph's score depends on most.

use super::{Neighbours, REACH};
use crate::combination::{argmax, softmax};

/// What the paragraphs around one are like.
#[derive(Debug, Clone, PartialEq)]
pub struct Surrounding {
    /// The class that they have on the whole, nearer ones counting more.
    pub class: usize,
    /// The index of the one that matters most in the direction of the sum of all.
    pub strongest: usize,
}

impl Neighbours {
    /// What the neighbours of each paragraph of a run are like, from the scores that each has alone; `None` for a
    /// paragraph without neighbours.
    ///
    /// `decided` has the winning class of each paragraph and what its neighbours contribute to its centred score.
    pub fn surroundings(&self, alone: &[Vec<f64>], decided: &[(usize, f64)]) -> Vec<Option<Surrounding>> {
        let probabilities: Vec<Vec<f64>> = alone.iter().map(|scores| softmax(scores)).collect();
        let surrounding = |(of, &(class, sum)): (usize, &(usize, f64))| {
            let influence = self.influence(&probabilities, of, class);
            let signed = |&(_, change): &(usize, f64)| if sum < 0.0 { -change } else { change };
            let strongest = influence.iter().rev().max_by(|a, b| signed(a).total_cmp(&signed(b)));
            let class = argmax(&self.log_mean(&probabilities, of, None));
            strongest.map(|&(strongest, _)| Surrounding { class, strongest })
        };
        decided.iter().enumerate().map(surrounding).collect()
    }

    /// For each neighbour within reach: how much lower the centred score of `class` would be without it.
    fn influence(&self, probabilities: &[Vec<f64>], of: usize, class: usize) -> Vec<(usize, f64)> {
        let n = self.n_classes();
        let width = 4 * n + 1;
        let rows = || self.among.weights.chunks_exact(width);
        let factor = |input: usize| {
            self.among.weights[class * width + input] - rows().map(|row| row[input]).sum::<f64>() / n as f64
        };
        let factors: Vec<f64> = (n..4 * n).map(factor).collect();
        let sum = |block: usize, values: &[f64]| -> f64 {
            values.iter().zip(&factors[block * n..]).map(|(value, factor)| value * factor).sum()
        };
        let with = sum(0, &self.log_mean(probabilities, of, None));
        let near = of.saturating_sub(REACH)..probabilities.len().min(of + REACH + 1);
        let change = |neighbour: usize| {
            let own = &probabilities[neighbour];
            let beside = match neighbour {
                before if before + 1 == of => sum(1, own),
                after if after == of + 1 => sum(2, own),
                _ => 0.0,
            };
            (neighbour, with - sum(0, &self.log_mean(probabilities, of, Some(neighbour))) + beside)
        };
        near.filter(|&neighbour| neighbour != of).map(change).collect()
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::super::tests::fitted;
    use super::*;

    #[test]
    fn the_neighbour_that_differs_matters_most_against() {
        let (one, other) = (vec![2.0, -2.0], vec![-2.0, 2.0]);
        let run = [one.clone(), one.clone(), one.clone(), other];
        let decided = |sum: f64| vec![(0, sum); run.len()];
        let around = fitted().surroundings(&run, &decided(-1.0));
        assert_eq!(around[2], Some(Surrounding { class: 0, strongest: 3 }));
        let around = fitted().surroundings(&run, &decided(1.0));
        assert!(around[2].as_ref().is_some_and(|around| around.class == 0 && around.strongest < 2));
        assert_eq!(fitted().surroundings(&run[..1], &decided(0.0)[..1]), [None]);
    }
}
