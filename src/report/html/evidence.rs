//! Why a paragraph has its label: the words that moved its score, in place and in a list.

use maud::{Markup, html};

use super::label::percent;
use crate::score::{Contribution, Evidence, Labelling, Word};

/// Words whose weight would be shown as nothing are not marked.
const MIN_MARKED: f64 = 0.005;

/// The paragraph's text, its `n_marked` strongest words marked with what they add to the score.
pub(super) fn marked_text(text: &str, evidence: Option<&Evidence>, n_marked: usize) -> Markup {
    let mut end = 0;
    let piece = |word: &Word| {
        let piece = (&text[end..word.place.start], &text[word.place.clone()], word.weight);
        end = word.place.end;
        piece
    };
    let words = evidence.map_or(&[][..], |evidence| &evidence.words);
    let pieces: Vec<_> = strongest(words, n_marked).map(piece).collect();
    html! {
        @for (before, word, weight) in pieces { (before) mark data-w=(signed(weight)) { (word) } }
        (text[end..])
    }
}

/// The words that add or take most, in the order of the text.
fn strongest(words: &[Word], n: usize) -> impl Iterator<Item = &Word> {
    let mut words: Vec<&Word> = words.iter().filter(|word| word.weight.abs() >= MIN_MARKED).collect();
    words.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    words.truncate(n);
    words.sort_by_key(|word| word.place.start);
    words.into_iter()
}

/// All scores, the sum that makes the label's, and the strongest `n_named` features for and against it.
pub(super) fn reasons(labels: &[String], labelling: &Labelling, n_named: usize) -> Markup {
    let chances = labels.iter().zip(&labelling.probabilities);
    let chances: Vec<String> = chances.map(|(label, &p)| format!("{label} {}", percent(p))).collect();
    html! {
        p { (chances.join(", ")) }
        @if let Some(evidence) = &labelling.evidence { (addends(evidence, n_named)) }
    }
}

fn addends(evidence: &Evidence, n_named: usize) -> Markup {
    let (pro, contra): (Vec<&Contribution>, Vec<&Contribution>) =
        evidence.features.iter().partition(|feature| feature.weight > 0.0);
    let words: f64 = evidence.words.iter().map(|word| word.weight).sum();
    let around = evidence.score - evidence.offset - evidence.context - words;
    html! {
        p {
            "Score " (signed(evidence.score)) ": its words " (signed(words)) ", style and words around "
            (signed(around)) ", labels around " (signed(evidence.context)) ", to begin with "
            (signed(evidence.offset))
        }
        (listed("For", &pro[..pro.len().min(n_named)]))
        (listed("Against", &contra[..contra.len().min(n_named)]))
    }
}

fn listed(side: &str, features: &[&Contribution]) -> Markup {
    html! {
        @if !features.is_empty() {
            p {
                (side)
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
        "words" | "ngrams" => format!("“{name}”"),
        "class ngrams" => format!("words like “{name}”"),
        "quoted" => format!("quoted “{name}”"),
        "classes" => format!("words like {name}"),
        "near words" => format!("“{name}” nearby"),
        "near classes" => format!("words like {name} nearby"),
        "near style" => format!("style {name} nearby"),
        _ => format!("style {name}"),
    }
}

/// A weight with its sign; a true minus, which is as wide as a plus.
fn signed(weight: f64) -> String {
    format!("{weight:+.2}").replace('-', "−")
}
