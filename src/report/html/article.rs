//! One article: what it is made of, its paragraphs with their labels, and why.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::evidence::{marked_text, reasons};
use super::label::{bar, look, percent, tag};
use super::profile::{heading, profile};
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::score::{Labelling, Outcome};

/// The style of articles.
pub(super) const STYLE: &str = include_str!("article.css");

/// How many bytes a paragraph takes beside its text when no word of it is named.
const BYTES_UNNAMED: usize = 480;
/// How many more it takes for each word that is marked and each feature that is named for and against it.
const BYTES_NAMED: usize = 80;
/// What an article's page may take beside its text: twice the text, and this.
const BYTES_SPARE: usize = 45_000;
/// The most words and features that are named of a paragraph where nobody asked for more.
const MAX_NAMED: usize = 8;

/// How many words and features of each paragraph are named: fewer where paragraphs are many and short, so
/// that pages stay small.
pub(super) fn n_named(article: &Article, outcomes: &[Outcome]) -> usize {
    let n_bytes: usize = article.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
    let n_kept = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Labelled(_))).count();
    let room = (2 * n_bytes + BYTES_SPARE) / n_kept.max(1);
    (room.saturating_sub(BYTES_UNNAMED) / BYTES_NAMED).min(MAX_NAMED)
}

/// An article and its paragraphs. `anchor` goes before the names that paragraphs have in the page, so that
/// several articles can stand in one; `level` is the level of its heading, and `n_named` how many words and
/// features of each paragraph are named.
pub(super) fn article(
    labels: &[String],
    article: &Article,
    outcomes: &[Outcome],
    anchor: &str,
    level: u8,
    n_named: usize,
) -> Markup {
    html! {
        (heading(article, level))
        (profile(labels, article, outcomes))
        @if level == 1 { (legend(labels)) }
        ol.paragraphs {
            @for piece in pieces(article, outcomes) {
                @match piece {
                    Piece::Labelled(index, labelling) => {
                        (paragraph(labels, article, index, labelling, anchor, n_named))
                    }
                    Piece::Dropped(blocks) => (dropped(&blocks)),
                }
            }
        }
    }
}

/// What stands between two labelled paragraphs is folded as one.
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
    anchor: &str,
    n_named: usize,
) -> Markup {
    let paragraph = &article.paragraphs[index];
    let number = article.first_paragraph + index;
    let id = format!("{anchor}p{number}");
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
                p { (marked_text(&paragraph.text, labelling.evidence.as_ref(), n_named)) }
                details { summary { "Why " (label) } (reasons(labels, labelling, n_named)) }
            }
        }
    }
}

/// What a reader should know before trusting the label.
fn chips(paragraph: &Paragraph, labelling: &Labelling) -> Markup {
    let chips = [
        (labelling.unsure, "unsure"),
        (labelling.out_of_domain, "out of domain"),
        (paragraph.duplicate, "duplicate"),
        (paragraph.quoted, "quotation"),
    ];
    html! {
        @for (_, chip) in chips.iter().filter(|(is_set, _)| *is_set) { span.chip { (chip) } " " }
        @if let Some(speaker) = &paragraph.speaker { span.chip { "said by " bdi { (speaker) } } }
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
                summary { "Left out: " (counted.join(", ")) }
                ul {
                    @for (reason, paragraph) in blocks {
                        li { b { (reason.name()) } " " (paragraph.text) }
                    }
                }
            }
        }
    }
}

/// What the signs of the page mean.
pub(super) fn legend(labels: &[String]) -> Markup {
    html! {
        details.legend {
            summary { "How to read this page" }
            p {
                "The bar on top and the run below it show how many words of the article stand in paragraphs of each label, "
                "and where. Beside each paragraph: its number, its label and how probable that is, and a bar of all labels. "
                "Open “Why” for the sums that make the score; the words that moved it most are then marked in place, + for the "
                "label and − against it, each with all that it adds, alone and together with its neighbours. "
                b { "unsure" } " means that no label is probable enough to rely on; " b { "out of domain" }
                " that the model knows too few of the words."
            }
            ul {
                @for (index, label) in labels.iter().enumerate() {
                    @if let Some(meaning) = meaning(label) { li { (tag(labels, index)) ": " (meaning) } }
                }
            }
        }
    }
}

/// What a label means, where it is one of the default model's.
fn meaning(label: &str) -> Option<&'static str> {
    match label {
        "report" => Some("tells what happened, or what somebody said, without taking a side"),
        "advocacy" => Some("argues for or against something in the author's own voice"),
        "analysis" => Some("explains: causes, background, what may follow"),
        _ => None,
    }
}
