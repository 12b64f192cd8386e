//! Why a paragraph has its label: its phrases marked in the text, and the terms of the score in words.

use maud::{Markup, html};

use super::page::{Place, listed, signed};
use crate::features::FeatureGroup;
use crate::report::reasons::{Kind, Line, lines, shown};
use crate::score::{Contribution, Evidence, Labelling, Phrase, Reasons};

/// The paragraph's text with its phrases marked according to what they contribute to the score.
pub fn marked_text(text: &str, reasons: Option<&Reasons>) -> Markup {
    let mut phrases: Vec<&Phrase> = reasons.iter().flat_map(|reasons| &reasons.phrases).collect();
    phrases.sort_by_key(|phrase| phrase.place.start);
    let mut end = 0;
    let piece = |phrase: &Phrase| {
        let piece = (&text[end..phrase.place.start], &text[phrase.place.clone()], phrase.weight);
        end = phrase.place.end;
        piece
    };
    let pieces: Vec<_> = phrases.into_iter().map(piece).collect();
    html! {
        @for (before, phrase, weight) in pieces { (before) mark data-w=(signed(weight, 2)) { (phrase) } }
        (text[end..])
    }
}

/// All probabilities, and what explains the label.
pub fn why(
    labels: &[String],
    labelling: &Labelling,
    reasons: Option<&Reasons>,
    first_paragraph: usize,
    place: &Place<'_>,
) -> Markup {
    html! {
        p { (listed(labels, &labelling.probabilities)) }
        @if let Some(reasons) = reasons {
            @let (terms, score) = shown(lines(labels, labelling.label, first_paragraph, reasons), reasons.score);
            @let is_shown = |term: &&Line| place.lists_phrases || !matches!(term.kind, Kind::For | Kind::Against);
            ul.why { @for term in terms.iter().filter(is_shown) { (item(term, place.anchor)) } }
            @if place.lists_phrases { p { "Score " (signed(score, 2)) ", the sum of these." } }
        }
        @if let Some(evidence) = &labelling.evidence { (features(evidence, place.n_named)) }
    }
}

fn item(term: &Line, anchor: &str) -> Markup {
    let class = match term.kind {
        Kind::For => Some("p"),
        Kind::Against => Some("m"),
        _ => None,
    };
    let numbered = term.text.rsplit_once(' ').filter(|_| term.kind == Kind::Neighbours);
    html! {
        li {
            i class=[class] { (signed(term.weight, 2)) } " "
            @match numbered {
                Some((text, number)) => { (text) " " a href={ "#" (anchor) "p" (number) } { (number) } }
                None => (term.text),
            }
        }
    }
}

/// The terms of a score and the strongest features for and against the label.
fn features(evidence: &Evidence, n_named: usize) -> Markup {
    let terms = [
        ("baseline", evidence.baseline),
        ("neighbouring paragraphs", evidence.neighbours),
        ("other features", evidence.rest),
    ];
    let terms = terms.map(|(name, value)| format!("{name} {}", signed(value, 2)));
    let (pro, contra): (Vec<_>, Vec<_>) = evidence.features.iter().partition(|feature| feature.weight > 0.0);
    html! {
        p { "Score " (signed(evidence.score, 2)) ": " (terms.join(", ")) }
        (side("For", &pro[..pro.len().min(n_named)]))
        (side("Against", &contra[..contra.len().min(n_named)]))
    }
}

fn side(name: &str, features: &[&Contribution]) -> Markup {
    let features = features.iter().map(|feature| format!("{} {}", named(feature), signed(feature.weight, 2)));
    let features: Vec<String> = features.collect();
    html! { @if !features.is_empty() { p { (name) " " (features.join(", ")) } } }
}

/// The name of a feature. If the feature is not a word of the paragraph, the name says what it is.
fn named(feature: &Contribution) -> String {
    let name = &feature.feature;
    match feature.group {
        FeatureGroup::Words | FeatureGroup::Ngrams => format!("“{name}”"),
        FeatureGroup::CodePairs => format!("kinds of words “{name}”"),
        FeatureGroup::Codes | FeatureGroup::Openings => name.clone(),
        FeatureGroup::Style => format!("style {name}"),
    }
}
