//! Why a paragraph has its label: the addends of its score, from all that is heard.

use std::ops::Range;

use super::ways::Heard;
use crate::bayes::{centred, scale};
use crate::calibration::{argmax, softmax};
use crate::features::Block;
use crate::model::Model;
use crate::neighbours::shares;

/// Why a paragraph got its label: addends whose sum is its score.
///
/// `score` is the label's log-probability less the mean of all labels' log-probabilities, and
/// `score = offset + context + rest + the sum of the features' weights`, to rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The label's score.
    pub score: f64,
    /// What the label has before any word is read.
    pub offset: f64,
    /// What the neighbours' labels add; what their words add is among the features.
    pub context: f64,
    /// The sum of all features that are not named.
    pub rest: f64,
    /// The features that pushed hardest for the label and against it, strongest first.
    pub features: Vec<Contribution>,
    /// The words of the paragraph that add to the score or take from it, in order, where that was asked for.
    /// They add up to what the features make that are made of words; cues of style, and what stands around the
    /// paragraph, are not among them.
    pub words: Vec<Word>,
}

/// One feature's share in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The block it belongs to.
    pub block: &'static str,
    /// The word, n-gram or cue.
    pub feature: String,
    /// Its addend; above 0 it speaks for the label.
    pub weight: f64,
}

/// One word's share in a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Its byte range in the paragraph's text.
    pub place: Range<usize>,
    /// What it adds to the score: an even part of every feature that it makes, alone or with other words.
    pub weight: f64,
}

/// What a feature adds to a score, before it has a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addend {
    block: Block,
    feature: u32,
    weight: f64,
}

impl Model {
    /// The addends of the winning label's score: the strongest of `all`, and what the others, the
    /// offset and the chain make together. `own_scores` are the scores before the chain, `scores` those
    /// after it.
    pub(super) fn evidence(
        &self,
        all: Vec<Addend>,
        class_offsets: &[f64],
        own_scores: &[f64],
        scores: &[f64],
        own_factor: f64,
        n_evidence: usize,
    ) -> Evidence {
        let n_classes = scores.len() as f64;
        let label = argmax(&softmax(scores));
        let less_mean = |values: &[f64]| values[label] - values.iter().sum::<f64>() / n_classes;
        let score = less_mean(scores);
        let offset = own_factor * less_mean(class_offsets);
        let own_sum: f64 = all.iter().map(|addend| addend.weight).sum();
        let context = score - own_factor * less_mean(own_scores);
        let features: Vec<Contribution> =
            self.strongest_of(all, n_evidence).into_iter().map(|addend| self.named(addend)).collect();
        let named: f64 = features.iter().map(|contribution| contribution.weight).sum();
        Evidence { score, offset, context, rest: own_sum - named, features, words: Vec::new() }
    }

    /// The `n` addends that speak most for the label, strongest first, and the `n` that speak most against it,
    /// strongest first. Of equal ones those come first whose names do.
    fn strongest_of(&self, mut all: Vec<Addend>, n: usize) -> Vec<Addend> {
        let name = |addend: &Addend| self.vocabulary_of(addend.block).name(addend.feature);
        let order = |a: &Addend, b: &Addend| {
            let by_weight = b.weight.total_cmp(&a.weight);
            by_weight.then_with(|| name(a).cmp(name(b))).then_with(|| a.block.cmp(&b.block))
        };
        // Of hundreds of addends no more than these need to be in order.
        if all.len() > 2 * n {
            all.select_nth_unstable_by(n, order);
            let n_rest = all.len() - n;
            let (_, _, last) = all[n..].select_nth_unstable_by(n_rest - n - 1, order);
            last.sort_unstable_by(order);
            all[..n].sort_unstable_by(order);
        } else {
            all.sort_unstable_by(order);
        }
        let n_for = all.iter().take(n).filter(|addend| addend.weight > 0.0).count();
        let last = all[n_for..].iter().rev().take(n);
        let against: Vec<Addend> = last.filter(|addend| addend.weight < 0.0).copied().collect();
        all.truncate(n_for);
        all.extend(against);
        all
    }

    fn named(&self, addend: Addend) -> Contribution {
        Contribution {
            block: addend.block.name(),
            feature: self.vocabulary_of(addend.block).name(addend.feature).to_string(),
            weight: addend.weight,
        }
    }

    /// The addend of every known feature to the score of `label` for paragraph `of` of a run: its own,
    /// and its neighbours' by their shares.
    pub(super) fn addends(&self, run: &[Heard], of: usize, label: usize, own_factor: f64) -> Vec<Addend> {
        let neighbours = shares(run.len(), of);
        let mut all = Vec::new();
        for (block, weight) in self.blocks.iter().zip(&self.pools.of_run(run.len()).block_weights) {
            let start = all.len();
            let heard = if block.block.is_near() { neighbours.as_slice() } else { &[(of, 1.0)] };
            for &(paragraph, share) in heard {
                let features = run[paragraph].features.as_ref();
                let features = features.map_or(&[][..], |features| &features[block.block.source()]);
                let factor = own_factor * weight * share * scale(features.len());
                all.extend(features.iter().map(|&feature| Addend {
                    block: block.block,
                    feature,
                    weight: factor * centred(block.table.row(feature), label),
                }));
            }
            add_up(&mut all, start);
        }
        all
    }
}

/// Makes one addend of those of a feature from `start` on, all of one block, in the order of the features.
fn add_up(all: &mut Vec<Addend>, start: usize) {
    // Stable: sums depend on the order in which they are made.
    all[start..].sort_by_key(|addend| addend.feature);
    let mut end = start;
    for index in start..all.len() {
        let addend = all[index];
        if end > start && all[end - 1].feature == addend.feature {
            all[end - 1].weight += addend.weight;
        } else {
            // A sum that begins with nothing is never -0.
            all[end] = Addend { weight: 0.0 + addend.weight, ..addend };
            end += 1;
        }
    }
    all.truncate(end);
}
