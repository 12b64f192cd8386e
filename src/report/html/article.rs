//! One article: its profile, its paragraphs with their labels, and the evidence for each label.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::explanation::{marked_text, why};
use super::page::{NO_WORDS, Place, bar, count, counted, look, percent, tag};
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::score::{Labelling, Outcome};
use crate::summary::{Profile, Tally, labelled, title};
use crate::token::n_words;

/// The bytes that a paragraph takes without its text, if nothing is named.
const BYTES_UNNAMED: usize = 760;
/// The additional bytes for a phrase for and one against its label, listed and marked, and for a line about style.
const BYTES_NAMED: usize = 260;
/// In addition to its text, an article's page may take twice the size of the text plus this many bytes.
const BYTES_SPARE: usize = 45_000;
/// The most phrases for and against a label that are shown by default.
const MAX_NAMED: usize = 5;
/// The width of the strip of labels, in pixels; it shrinks on narrow screens.
const WIDTH: f64 = 960.0;
/// The height of one label's lane in the strip.
const LANE: usize = 16;

/// How many phrases for and against the label of each paragraph are shown by default: fewer for many short paragraphs, so that pages
/// stay small.
pub fn n_named(article: &Article, outcomes: &[Outcome]) -> usize {
    let n_bytes: usize = article.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
    let n_kept = labelled(article, outcomes).count();
    let room = (2 * n_bytes + BYTES_SPARE) / n_kept.max(1);
    (room.saturating_sub(BYTES_UNNAMED) / BYTES_NAMED).min(MAX_NAMED)
}

/// An article and its paragraphs.
pub fn article(labels: &[String], article: &Article, outcomes: &[Outcome], place: &Place<'_>) -> Markup {
    let blocks: Vec<(usize, &Outcome)> = outcomes.iter().enumerate().collect();
    let is_dropped = |outcome: &Outcome| matches!(outcome, Outcome::Dropped(_));
    html! {
        (heading(article, place.level))
        (profile(labels, article, outcomes))
        @if place.level == 1 { (legend(labels)) }
        // The script that keeps corrections reads these.
        ol.paragraphs data-doc=(doc(article)) data-source=(article.source) data-model=(place.model)
            data-labels=(serde_json::json!(labels)) {
            // All dropped blocks between two labelled paragraphs are one item.
            @for piece in blocks.chunk_by(|(_, a), (_, b)| is_dropped(a) && is_dropped(b)) {
                @match piece {
                    [(index, Outcome::Labelled(labelling))] => (paragraph(labels, article, *index, labelling, place)),
                    blocks => (dropped(article, blocks)),
                }
            }
        }
    }
}

/// What identifies an article among others: its `doc`, or its path with the id or number of its row.
fn doc(article: &Article) -> String {
    let row = article.paragraphs.first().and_then(|first| first.id.clone().or(Some(first.row?.to_string())));
    match (article.known("doc"), row) {
        (Some(doc), _) => doc.to_string(),
        (None, Some(row)) => format!("{}#{row}", article.source),
        (None, None) => article.source.clone(),
    }
}

/// The article's title and metadata; `level` is the level of the heading, 1 or 2.
pub fn heading(article: &Article, level: u8) -> Markup {
    let facts = ["outlet", "author", "date"].into_iter().filter_map(|key| article.known(key));
    html! {
        @if level == 1 { h1 { (title(article)) } } @else { h2 { (title(article)) } }
        p.soft {
            @for fact in facts { bdi { (fact) } " · " }
            bdi { (article.source) }
            @if let Some(url) = article.known("url") { " · " (link(url)) }
        }
    }
}

/// A link if the address is a web address; otherwise text.
fn link(url: &str) -> Markup {
    let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    html! {
        @if is_web { a href=(url) rel="noreferrer noopener" { bdi { (url) } } } @else { bdi { (url) } }
    }
}

/// The shares of words by label with their intervals, the strip of labels, and the counts.
pub fn profile(labels: &[String], article: &Article, outcomes: &[Outcome]) -> Markup {
    let profile = Profile::of_article(article, outcomes, labels.len());
    html! {
        div.profile {
            (shares(labels, &profile))
            (strip(labels.len(), article, outcomes))
            p.soft { (counts(&profile.tally)) }
        }
    }
}

/// The shares of words by label with their intervals.
pub fn shares(labels: &[String], profile: &Profile) -> Markup {
    if profile.tally.n_words() == 0 {
        return html! { p { "There are " (NO_WORDS) "." } };
    }
    html! {
        (bar(&profile.tally.word_shares(), None))
        ul.shares {
            @for (label, share) in profile.word_shares.iter().enumerate() {
                li {
                    (tag(labels, label)) " " b.num { (percent(share.value)) } " of words "
                    span.soft.num { "(95 %: " (percent(share.low)) " to " (percent(share.high)) ")" }
                }
            }
        }
    }
}

fn counts(tally: &Tally) -> String {
    let mut counts = vec![
        counted(tally.n_words(), "word"),
        counted(tally.n_kept, "labelled paragraph"),
        format!("{} of them unsure", count(tally.n_unsure)),
        format!("{} dropped", counted(tally.n_dropped, "block")),
    ];
    if tally.n_out_of_domain > 0 {
        counts.insert(3, format!("{} out of domain", count(tally.n_out_of_domain)));
    }
    counts.join(", ") + "."
}

/// Each paragraph as a box in the lane of its label, as wide as its number of words.
fn strip(n_labels: usize, article: &Article, outcomes: &[Outcome]) -> Markup {
    let lanes = lanes(n_labels, article, outcomes);
    html! {
        @if lanes.iter().any(|lane| !lane.is_empty()) {
            svg.run viewBox={ "0 0 " (WIDTH) " " (LANE * n_labels) } preserveAspectRatio="none" role="img"
                aria-label="Labels in the order of the article" {
                @for (label, lane) in lanes.iter().enumerate() {
                    path.{ "f" (look(label)) } d=(lane) {}
                }
            }
        }
    }
}

/// For each label, the outline of the boxes of its paragraphs.
fn lanes(n_labels: usize, article: &Article, outcomes: &[Outcome]) -> Vec<String> {
    let n_words = |paragraph: &Paragraph| n_words(&paragraph.text) as f64;
    let labelled = labelled(article, outcomes);
    let labelled: Vec<(usize, f64)> =
        labelled.map(|(_, p, labelling)| (labelling.label, n_words(p))).collect();
    let per_word = WIDTH / labelled.iter().map(|(_, n_words)| n_words).sum::<f64>().max(1.0);
    let mut lanes = vec![String::new(); n_labels];
    let mut left = 0.0f64;
    for (label, n_words) in labelled {
        let width = n_words * per_word;
        let (from, drawn) = (left.round(), (width - 1.0).round().max(1.0));
        lanes[label] += &format!("M{from} {}h{drawn}v{LANE}h-{drawn}z", LANE * label);
        left += width;
    }
    lanes
}

fn paragraph(
    labels: &[String],
    article: &Article,
    index: usize,
    labelling: &Labelling,
    place: &Place<'_>,
) -> Markup {
    let paragraph = &article.paragraphs[index];
    let number = article.first_paragraph + index + 1;
    let id = format!("{}p{number}", place.anchor);
    let label = &labels[labelling.label];
    let reasons = labelling.reasons.as_ref().map(|reasons| reasons.shortened(place.n_named));
    let first = article.first_paragraph;
    html! {
        li.{ "k" (look(labelling.label)) } id=(id) data-id=[&paragraph.id] {
            div {
                a href={ "#" (id) } { (number) }
                " " b { (label) } " " (percent(labelling.probabilities[labelling.label]))
                (bar(&labelling.probabilities, None))
                (chips(paragraph, labelling))
            }
            div {
                p { (marked_text(&paragraph.text, reasons.as_ref())) }
                details {
                    summary { "Why " (label) }
                    (why(labels, labelling, reasons.as_ref(), first, place))
                }
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

fn dropped(article: &Article, blocks: &[(usize, &Outcome)]) -> Markup {
    let blocks = blocks.iter().filter_map(|&(index, outcome)| match outcome {
        Outcome::Dropped(reason) => Some((reason, &article.paragraphs[index].text)),
        Outcome::Labelled(_) => None,
    });
    let blocks: Vec<(&Reason, &String)> = blocks.collect();
    let mut counts: BTreeMap<&Reason, usize> = BTreeMap::new();
    blocks.iter().for_each(|(reason, _)| *counts.entry(reason).or_default() += 1);
    let counted = counts.iter().map(|(reason, count)| match count {
        1 => reason.name().to_string(),
        _ => format!("{count} {}", reason.name()),
    });
    let counted: Vec<String> = counted.collect();
    html! {
        li.out {
            details {
                summary { "Dropped: " (counted.join(", ")) }
                ul { @for (reason, text) in &blocks { li { b { (reason.name()) } " " (text) } } }
            }
        }
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
                "probabilities. Open “Why” to see what the label's score is made of: phrases of the paragraph, which are then "
                "marked in the text, + for the label and − against it, its style, and the paragraphs around it. With scripts, "
                "“Wrong label?” lets you choose another label and save your corrections as a file. "
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        assert!(
            link("https://a.b/c?d=\"><script>")
                .into_string()
                .starts_with("<a href=\"https://a.b/c?d=&quot;&gt;&lt;script&gt;\"")
        );
        for url in ["javascript:alert(1)", " https://a.b", "data:text/html,x", "//a.b"] {
            assert!(!link(url).into_string().contains("<a"), "{url}");
        }
    }

    #[test]
    fn an_address_does_not_change_the_direction_of_the_text_around_it() {
        for url in ["https://a.b", "a.b"] {
            assert!(link(url).into_string().contains(&format!("<bdi>{url}</bdi>")));
        }
    }
}
