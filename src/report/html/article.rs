//! One article: what it is made of, its paragraphs with their labels, and why.

use std::collections::BTreeMap;

use maud::Markup;
use maud::html;

use super::evidence::marked_text;
use super::evidence::reasons;
use super::label::bar;
use super::label::look;
use super::label::percent;
use super::label::tag;
use super::profile::heading;
use super::profile::profile;
use crate::article::Article;
use crate::article::Paragraph;
use crate::gate::Reason;
use crate::score::Labelling;
use crate::score::Outcome;

/// The style of articles.
pub(super) const STYLE: &str = include_str!("article.css");

/// The width of a paragraph's bar, in pixels.
const BAR_WIDTH: u32 = 144;

/// An article and its paragraphs. `anchor` goes before the names that paragraphs have in the page, so that
/// several articles can stand in one; `level` is the level of its heading.
pub(super) fn article(
    labels: &[String],
    article: &Article,
    outcomes: &[Outcome],
    anchor: &str,
    level: u8,
) -> Markup {
    html! {
        (heading(article, level))
        (profile(labels, article, outcomes, anchor))
        ol.paragraphs {
            @for piece in pieces(article, outcomes) {
                @match piece {
                    Piece::Labelled(index, labelling) => {
                        (paragraph(labels, article, index, labelling, anchor))
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
) -> Markup {
    let paragraph = &article.paragraphs[index];
    let number = article.first_paragraph + index;
    let id = format!("{anchor}p{number}");
    let label = &labels[labelling.label];
    html! {
        li.{ "k" (look(labelling.label)) } id=(id) {
            div.side {
                a.no href={ "#" (id) } aria-label={ "Paragraph " (number) } { (number) }
                " " (tag(labels, labelling.label)) " "
                span.num { (percent(labelling.probabilities[labelling.label])) }
                (bar(&labelling.probabilities, BAR_WIDTH, 6, None))
                (chips(paragraph, labelling))
            }
            div {
                p.text { (marked_text(&paragraph.text, labelling.evidence.as_ref())) }
                details { summary { "Why " (label) } (reasons(labels, labelling)) }
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
        @if let Some(speaker) = &paragraph.speaker { span.chip { "said by " (speaker) } }
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
