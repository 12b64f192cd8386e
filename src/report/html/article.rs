//! One article: its profile, its paragraphs with their labels, and the evidence for each label.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::label::{bar, look, percent, signed, tag};
use super::profile::{heading, profile};
use crate::article::{Article, Paragraph};
use crate::features::FeatureGroup;
use crate::filter::Reason;
use crate::score::{Contribution, Evidence, Labelling, Outcome, Word};

/// The bytes of a paragraph without its text, if none of its words is marked.
const BYTES_UNMARKED: usize = 480;
/// The additional bytes for each word that is marked and each feature that is named for and against.
const BYTES_MARKED: usize = 80;
/// What an article's page may take in addition to its text: twice the text, and this.
const BYTES_SPARE: usize = 45_000;
/// The most words and features that are shown of a paragraph by default.
const MAX_NAMED: usize = 8;
/// Words whose weight would be shown as 0.00 are not marked.
const MIN_MARKED: f64 = 0.005;

/// How many words and features of each paragraph are shown by default: fewer if paragraphs are many and short, so that
/// pages stay small.
pub fn n_named(article: &Article, outcomes: &[Outcome]) -> usize {
    let n_bytes: usize = article.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
    let n_kept = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Labelled(_))).count();
    let room = (2 * n_bytes + BYTES_SPARE) / n_kept.max(1);
    (room.saturating_sub(BYTES_UNMARKED) / BYTES_MARKED).min(MAX_NAMED)
}

/// How an article stands in its page.
pub struct Place<'a> {
    /// Comes before the ids of paragraphs, so that several articles fit on one page.
    pub anchor: &'a str,
    /// The level of the article's heading, 1 or 2.
    pub level: u8,
    /// How many words and features of each paragraph are shown.
    pub n_named: usize,
}

/// An article and its paragraphs.
pub fn article(labels: &[String], article: &Article, outcomes: &[Outcome], place: &Place<'_>) -> Markup {
    html! {
        (heading(article, place.level))
        (profile(labels, article, outcomes))
        @if place.level == 1 { (legend(labels)) }
        ol.paragraphs {
            @for piece in pieces(article, outcomes) {
                @match piece {
                    Piece::Labelled(index, labelling) => (paragraph(labels, article, index, labelling, place)),
                    Piece::Dropped(blocks) => (dropped(&blocks)),
                }
            }
        }
    }
}

/// A labelled paragraph, or all dropped blocks between two of them.
enum Piece<'a> {
    Labelled(usize, &'a Labelling),
    Dropped(Vec<(Reason, &'a Paragraph)>),
}

fn pieces<'a>(article: &'a Article, outcomes: &'a [Outcome]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for (index, (paragraph, outcome)) in article.paragraphs.iter().zip(outcomes).enumerate() {
        match (outcome, pieces.last_mut()) {
            (Outcome::Labelled(labelling), _) => pieces.push(Piece::Labelled(index, labelling)),
            (Outcome::Dropped(reason), Some(Piece::Dropped(blocks))) => blocks.push((*reason, paragraph)),
            (Outcome::Dropped(reason), _) => pieces.push(Piece::Dropped(vec![(*reason, paragraph)])),
        }
    }
    pieces
}

fn paragraph(
    labels: &[String],
    article: &Article,
    index: usize,
    labelling: &Labelling,
    place: &Place<'_>,
) -> Markup {
    let paragraph = &article.paragraphs[index];
    let number = article.first_paragraph + index;
    let id = format!("{}p{number}", place.anchor);
    let label = &labels[labelling.label];
    html! {
        li.{ "k" (look(labelling.label)) } id=(id) {
            div {
                a href={ "#" (id) } { (number) }
                " " b { (label) } " " (percent(labelling.probabilities[labelling.label]))
                (bar(&labelling.probabilities, None))
                (chips(paragraph, labelling))
            }
            div {
                p { (marked_text(&paragraph.text, labelling.evidence.as_ref(), place.n_named)) }
                details { summary { "Why " (label) } (reasons(labels, labelling, place.n_named)) }
            }
        }
    }
}

/// What a reader should know before relying on the label.
fn chips(paragraph: &Paragraph, labelling: &Labelling) -> Markup {
    let chips = [
        (labelling.unsure, "unsure"),
        (labelling.out_of_domain, "out of domain"),
        (paragraph.duplicate, "duplicate"),
        (paragraph.quoted, "quotation"),
    ];
    html! {
        @for (_, chip) in chips.iter().filter(|(is_set, _)| *is_set) { span.chip { (chip) } " " }
        @if let Some(speaker) = &paragraph.speaker { span.chip { "speaker: " bdi { (speaker) } } }
    }
}

fn dropped(blocks: &[(Reason, &Paragraph)]) -> Markup {
    let mut counts: BTreeMap<Reason, usize> = BTreeMap::new();
    blocks.iter().for_each(|(reason, _)| *counts.entry(*reason).or_default() += 1);
    let counted = counts.iter().map(|(reason, count)| match count {
        1 => reason.name().to_string(),
        _ => format!("{count} {}", reason.name()),
    });
    let counted: Vec<String> = counted.collect();
    html! {
        li.out {
            details {
                summary { "Dropped: " (counted.join(", ")) }
                ul { @for (reason, paragraph) in blocks { li { b { (reason.name()) } " " (paragraph.text) } } }
            }
        }
    }
}

/// The paragraph's text, with its `n_marked` strongest words marked by what they add to the score.
fn marked_text(text: &str, evidence: Option<&Evidence>, n_marked: usize) -> Markup {
    let mut end = 0;
    let piece = |word: &Word| {
        let piece = (&text[end..word.place.start], &text[word.place.clone()], word.weight);
        end = word.place.end;
        piece
    };
    let words = evidence.map_or(&[][..], |evidence| &evidence.words);
    let pieces: Vec<_> = strongest(words, n_marked).map(piece).collect();
    html! {
        @for (before, word, weight) in pieces { (before) mark data-w=(signed(weight, 2)) { (word) } }
        (text[end..])
    }
}

/// The words with the largest weights, positive or negative, in the order of the text.
fn strongest(words: &[Word], n: usize) -> impl Iterator<Item = &Word> {
    let mut words: Vec<&Word> = words.iter().filter(|word| word.weight.abs() >= MIN_MARKED).collect();
    words.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    words.truncate(n);
    words.sort_by_key(|word| word.place.start);
    words.into_iter()
}

/// All probabilities, the terms of the label's score, and the strongest features for and against the label.
fn reasons(labels: &[String], labelling: &Labelling, n_named: usize) -> Markup {
    let scores = labels.iter().zip(&labelling.probabilities);
    let scores: Vec<String> = scores.map(|(label, &p)| format!("{label} {}", percent(p))).collect();
    html! {
        p { (scores.join(", ")) }
        @if let Some(evidence) = &labelling.evidence {
            @let words: f64 = evidence.words.iter().map(|word| word.weight).sum();
            p {
                "Score " (signed(evidence.score, 2)) ": baseline " (signed(evidence.baseline, 2)) ", words " (signed(words, 2))
                ", style and word counts " (signed(evidence.score - evidence.baseline - evidence.neighbours - words, 2))
                ", neighbouring paragraphs " (signed(evidence.neighbours, 2))
            }
            @let (pro, contra): (Vec<_>, Vec<_>) = evidence.features.iter().partition(|feature| feature.weight > 0.0);
            (listed("For", &pro[..pro.len().min(n_named)]))
            (listed("Against", &contra[..contra.len().min(n_named)]))
        }
    }
}

fn listed(side: &str, features: &[&Contribution]) -> Markup {
    let features = features.iter().map(|feature| format!("{} {}", shown(feature), signed(feature.weight, 2)));
    let features: Vec<String> = features.collect();
    html! { @if !features.is_empty() { p { (side) " " (features.join(", ")) } } }
}

/// A feature as a reader knows it: one that is not a word of the paragraph says what it is.
fn shown(feature: &Contribution) -> String {
    let name = &feature.feature;
    match feature.group {
        FeatureGroup::Words | FeatureGroup::Ngrams => format!("“{name}”"),
        FeatureGroup::CodePairs => format!("kinds of words “{name}”"),
        FeatureGroup::Codes | FeatureGroup::Openings => name.clone(),
        FeatureGroup::Style => format!("style {name}"),
    }
}

/// How to read the page.
pub fn legend(labels: &[String]) -> Markup {
    html! {
        details.legend {
            summary { "How to read this page" }
            p {
                "The bar at the top shows the share of words in paragraphs of each label; the strip below it shows where they "
                "are. Beside each paragraph are its number, its label with the label's probability, and a bar of all "
                "probabilities. Open “Why” to see the terms of the label's score; the words that add or subtract most are then "
                "marked in the text, + for the label and − against it. "
                b { "unsure" } ": no label is probable enough to rely on. " b { "out of domain" }
                ": the model knows too few of the words."
            }
            ul {
                @for (index, label) in labels.iter().enumerate() {
                    @if let Some(meaning) = meaning(label) { li { (tag(labels, index)) ": " (meaning) } }
                }
            }
        }
    }
}

/// What a label of the built-in model means.
fn meaning(label: &str) -> Option<&'static str> {
    match label {
        "report" => Some("says what happened, or what somebody said, without taking a side"),
        "advocacy" => Some("argues for or against something in the author's own voice"),
        "analysis" => Some("explains causes, background or what may follow"),
        _ => None,
    }
}
