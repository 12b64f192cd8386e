//! Which label each class of a model's tables has. In most models these are the same; a model that was adapted to other
//! labels can have several classes with one label.

use crate::combination::log_sum_exp;
use crate::neighbours::Weighed;

/// The label of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelMap {
    label_of: Vec<usize>,
    n_labels: usize,
}

impl LabelMap {
    /// The map that gives class `i` the label `label_of[i]`; `None` if one of the `n_labels` labels has no class.
    pub fn new(label_of: Vec<usize>, n_labels: usize) -> Option<LabelMap> {
        let is_known = label_of.iter().all(|&label| label < n_labels);
        let is_used = |label: usize| label_of.contains(&label);
        (is_known && (0..n_labels).all(is_used)).then_some(LabelMap { label_of, n_labels })
    }

    /// The map of a list as [`LabelMap::to_list`] makes it.
    pub fn of_list(list: &[usize], n_labels: usize) -> Option<LabelMap> {
        if list.is_empty() {
            Some(LabelMap::identity(n_labels))
        } else {
            LabelMap::new(list.to_vec(), n_labels)
        }
    }

    /// The label of each class, or an empty list if each class has a label of its own.
    pub fn to_list(&self) -> Vec<usize> {
        if self.is_identity() { Vec::new() } else { self.label_of.clone() }
    }

    /// The map that gives each class a label of its own.
    pub fn identity(n_classes: usize) -> LabelMap {
        LabelMap { label_of: (0..n_classes).collect(), n_labels: n_classes }
    }

    /// Whether each class has a label of its own, in the same order.
    pub fn is_identity(&self) -> bool {
        self.label_of.iter().copied().eq(0..self.n_labels)
    }

    /// How many classes there are.
    pub fn n_classes(&self) -> usize {
        self.label_of.len()
    }

    /// The label of each class.
    pub fn label_of(&self) -> &[usize] {
        &self.label_of
    }

    /// The classes that have a label.
    pub fn classes_of(&self, label: usize) -> Vec<usize> {
        (0..self.n_classes()).filter(|&class| self.label_of[class] == label).collect()
    }

    /// The scores of the labels, from those of the classes.
    ///
    /// The score of a label is the log of the sum of its classes' exponentials. It is also the mean of its classes'
    /// scores weighted by their shares of the label, plus the entropy of these shares. So it stays an exact sum of
    /// contributions, in which the entropy belongs to the offsets.
    pub fn merge(&self, weighed: Weighed) -> Weighed {
        if self.is_identity() {
            return weighed;
        }
        let n = self.n_classes();
        let mut merged =
            Weighed { scores: Vec::new(), own_factors: vec![0.0; self.n_labels * n], offsets: Vec::new() };
        for label in 0..self.n_labels {
            let classes = self.classes_of(label);
            let scores: Vec<f64> = classes.iter().map(|&class| weighed.scores[class]).collect();
            let score = log_sum_exp(&scores);
            let mut offset = 0.0;
            for (&class, own) in classes.iter().zip(&scores) {
                let log_share = own - score;
                let share = log_share.exp();
                // A share of 0 has no entropy, though its log may be infinite.
                offset += if share > 0.0 { share * (weighed.offsets[class] - log_share) } else { 0.0 };
                let factors = merged.own_factors[label * n..][..n].iter_mut();
                factors.zip(&weighed.own_factors[class * n..]).for_each(|(sum, own)| *sum += share * own);
            }
            merged.scores.push(score);
            merged.offsets.push(offset);
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::combination::softmax;

    fn weighed() -> Weighed {
        let own_factors = vec![1.0, 0.2, 0.0, 0.1, 0.9, 0.0, 0.0, 0.0, 1.1];
        let own = [0.5, -1.0, 0.7];
        let offsets = vec![0.3, -0.1, 0.0];
        let row = |class: usize| (0..3).map(|k| own_factors[3 * class + k] * own[k]).sum::<f64>();
        Weighed { scores: (0..3).map(|class| offsets[class] + row(class)).collect(), own_factors, offsets }
    }

    #[test]
    fn the_probability_of_a_label_is_the_sum_of_its_classes() {
        let of_classes = softmax(&weighed().scores);
        let of_labels = softmax(&LabelMap::new(vec![0, 1, 1], 2).unwrap().merge(weighed()).scores);
        assert!((of_labels[1] - of_classes[1] - of_classes[2]).abs() < 1e-12);
    }

    #[test]
    fn a_merged_score_is_the_sum_of_its_offset_and_its_factors() {
        let Weighed { scores, own_factors, offsets } =
            LabelMap::new(vec![0, 1, 1], 2).unwrap().merge(weighed());
        for label in 0..2 {
            let own = own_factors[3 * label..].iter().zip([0.5, -1.0, 0.7]).map(|(a, b)| a * b).sum::<f64>();
            assert!((scores[label] - offsets[label] - own).abs() < 1e-12);
        }
    }

    #[test]
    fn every_label_needs_a_class() {
        assert_eq!(LabelMap::new(vec![0, 2], 3), None);
        assert_eq!(LabelMap::new(vec![0, 2], 2), None);
        assert!(LabelMap::new(vec![0, 1], 2).unwrap().is_identity());
        assert!(!LabelMap::new(vec![1, 0], 2).unwrap().is_identity());
    }
}
