//! Why a paragraph has its label: the words that moved its score, in place and in a list.

use std::collections::BTreeMap;

use maud::Markup;
use maud::html;

use super::label::percent;
use super::label::tag;
use crate::score::Contribution;
use crate::score::Evidence;
use crate::score::Labelling;

/// What the named features on one word add up to, when it rounds to less, is not shown: the list has it.
const MIN_SHOWN: f64 = 0.005;

/// The paragraph's text; words of named features are marked with what they add to the score.
///
/// A feature's weight is shared evenly by the words that make it. So the marks of a paragraph add up to its
/// named features that have a place in it.
pub(super) fn marked_text(text: &str, evidence: Option<&Evidence>) -> Markup {
    let words = word_weights(evidence.map_or(&[], |evidence| &evidence.features));
    let mut end = 0;
    let pieces: Vec<(&str, &str, f64)> = words
        .into_iter()
        .filter(|(_, weight)| weight.abs() >= MIN_SHOWN)
        .map(|((from, to), weight)| {
            let before = &text[end..from];
            end = to;
            (before, &text[from..to], weight)
        })
        .collect();
    html! {
        @for (before, word, weight) in pieces { (before) mark data-w=(signed(weight)) { (word) } }
        (text[end..])
    }
}

/// The weights of the words of `features` by their place.
fn word_weights(features: &[Contribution]) -> BTreeMap<(usize, usize), f64> {
    let mut weights = BTreeMap::new();
    for feature in features {
        let share = feature.weight / feature.places.len() as f64;
        for place in &feature.places {
            *weights.entry((place.start, place.end)).or_default() += share;
        }
    }
    weights
}

/// All scores, the features for and against the label, and the sum that makes its score.
pub(super) fn reasons(labels: &[String], labelling: &Labelling) -> Markup {
    html! {
        p {
            @for (label, &probability) in labelling.probabilities.iter().enumerate() {
                @if label > 0 { ", " }
                (tag(labels, label)) " " (percent(probability))
            }
        }
        @if let Some(evidence) = &labelling.evidence { (addends(evidence)) }
    }
}

fn addends(evidence: &Evidence) -> Markup {
    let (pro, contra): (Vec<&Contribution>, Vec<&Contribution>) =
        evidence.features.iter().partition(|feature| feature.weight > 0.0);
    let named: f64 = evidence.features.iter().map(|feature| feature.weight).sum();
    let sums = [
        (named, "named words"),
        (evidence.rest, "all other words"),
        (evidence.context, "neighbours"),
        (evidence.offset, "offset"),
    ];
    html! {
        (listed("For", &pro))
        (listed("Against", &contra))
        p {
            b { "Score" } " " (signed(evidence.score)) " ="
            @for (index, (sum, name)) in sums.iter().enumerate() {
                @if index > 0 { ", " } " " (signed(*sum)) " " (name)
            }
        }
    }
}

fn listed(side: &str, features: &[&Contribution]) -> Markup {
    html! {
        @if !features.is_empty() {
            p {
                b { (side) }
                @for (index, feature) in features.iter().enumerate() {
                    @if index > 0 { "," } " " (shown(feature)) " " (signed(feature.weight))
                }
            }
        }
    }
}

/// A feature as a reader knows it: what is no word of the paragraph says what it is.
fn shown(feature: &Contribution) -> String {
    let name = &feature.feature;
    match feature.block {
        "ngrams" | "class ngrams" => format!("“{name}”"),
        "quoted" => format!("quoted “{name}”"),
        block if block.starts_with("near") => format!("{block} {name}"),
        "style" => format!("style {name}"),
        _ => name.clone(),
    }
}

/// A weight with its sign; a true minus, which is as wide as a plus.
fn signed(weight: f64) -> String {
    format!("{weight:+.2}").replace('-', "−")
}
