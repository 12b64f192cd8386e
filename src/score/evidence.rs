//! Why a paragraph has its label, for people who know the model: what its features contribute to the score.

use super::contributions::{Feature, Terms};
use crate::features::{FeatureGroup, Names};
use crate::model::Model;

/// Why a paragraph got its label: contributions of features that add up to its score.
///
/// `score` is the label's log-probability minus the mean of all labels' log-probabilities, and
/// `score = baseline + neighbours + rest + the sum of the features' weights`, up to rounding.
/// [`Reasons`](super::Reasons) say the same in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The label's score.
    pub score: f64,
    /// The label's score before any word is read.
    pub baseline: f64,
    /// What the neighbouring paragraphs contribute.
    pub neighbours: f64,
    /// The sum of the weights of all features that are not listed.
    pub rest: f64,
    /// The features that count most for the label, strongest first, then those that count most against it,
    /// strongest last.
    pub features: Vec<Contribution>,
}

/// One feature's contribution to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// Its group.
    pub group: FeatureGroup,
    /// The word, n-gram or cue.
    pub feature: String,
    /// Its contribution. A positive one counts for the label.
    pub weight: f64,
}

impl Evidence {
    /// The evidence of a paragraph, with the `n` strongest features for its label and as many against it.
    pub(super) fn new(model: &Model, terms: &Terms, features: &[Feature], n: usize) -> Evidence {
        let all: f64 = features.iter().map(|feature| feature.weight).sum();
        let features = strongest(model, features, n);
        let named: f64 = features.iter().map(|contribution| contribution.weight).sum();
        let &Terms { score, baseline, neighbours } = terms;
        Evidence { score, baseline, neighbours, rest: all - named, features }
    }
}

/// The `n` features that count most for the label, strongest first, then the `n` that count most against it, strongest
/// last. Equal ones are in the order of groups and keys.
fn strongest(model: &Model, features: &[Feature], n: usize) -> Vec<Contribution> {
    let mut order: Vec<&Feature> = features.iter().collect();
    let compare = |a: &&Feature, b: &&Feature| {
        let by_weight = b.weight.total_cmp(&a.weight);
        by_weight.then_with(|| (a.group, a.key).cmp(&(b.group, b.key)))
    };
    // Only these need sorting, out of hundreds of features.
    if order.len() > n.saturating_mul(2) {
        order.select_nth_unstable_by(n, compare);
        let n_rest = order.len() - n;
        order[n..].select_nth_unstable_by(n_rest - n - 1, compare);
        let last = order.split_off(order.len() - n);
        order.truncate(n);
        order.extend(last);
    }
    order.sort_unstable_by(compare);
    let (n_for, n_all) = (order.iter().filter(|f| f.weight > 0.0).count().min(n), order.len());
    let n_against = order.iter().filter(|f| f.weight < 0.0).count().min(n);
    let names = Names::new(&model.parts().lexicon);
    let contribution = |feature: &&Feature| Contribution {
        group: feature.group,
        feature: names.name(feature.group, feature.key),
        weight: feature.weight,
    };
    order[..n_for].iter().chain(&order[n_all - n_against..]).map(contribution).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::read::article_from_text;
    use crate::score::{Outcome, ScoreOptions};

    #[test]
    fn contributions_add_up() {
        let model = Model::embedded().unwrap();
        let text =
            "It rained on Monday.\n\nWe must stop this shameful waste now, we must. She said “it must” go.";
        for n_evidence in [1, 5, 9999] {
            let options = ScoreOptions { n_evidence, filter: false, ..ScoreOptions::default() };
            let Some(Outcome::Labelled(labelling)) = model.score(&article_from_text(text), options).pop()
            else {
                panic!("a paragraph was dropped")
            };
            let evidence = labelling.evidence.unwrap();
            let sum: f64 = evidence.features.iter().map(|feature| feature.weight).sum();
            let all = evidence.baseline + evidence.neighbours + evidence.rest + sum;
            assert!((evidence.score - all).abs() < 1e-9, "{} {all}", evidence.score);
        }
    }
}
