//! What an article is made of, before its text: shares by label and the run of labels.

use maud::Markup;
use maud::html;

use super::label::bar;
use super::label::look;
use super::label::percent;
use super::label::short;
use super::label::tag;
use crate::article::Article;
use crate::digest::title;
use crate::metrics::Interval;
use crate::profile::Profile;
use crate::profile::Tally;
use crate::score::Labelling;
use crate::score::Outcome;

/// The width of drawings over the whole page, in pixels; they shrink on narrow screens.
const WIDTH: f64 = 960.0;
/// The height of one label's lane in the run of labels.
const LANE: u32 = 16;

/// The article's title and what else is known of it; `level` is that of the heading, 1 or 2.
pub(super) fn heading(article: &Article, level: u8) -> Markup {
    let known = |key: &str| article.metadata.get(key).filter(|value| !value.trim().is_empty());
    let facts: Vec<&String> = ["outlet", "author", "date"].into_iter().filter_map(known).collect();
    html! {
        @if level == 1 { h1 { (title(article)) } } @else { h2 { (title(article)) } }
        p.soft {
            @for fact in facts { bdi { (fact) } " · " }
            bdi { (article.source) }
            @if let Some(url) = known("url") { " · " (link(url)) }
        }
    }
}

/// A link where the address is one of the web; text where it could be anything else.
fn link(url: &str) -> Markup {
    let is_web = ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
    html! {
        @if is_web { a href=(url) rel="noreferrer noopener" { (url) } } @else { (url) }
    }
}

/// The shares of words by label with their intervals, the run of labels, and the counts.
pub(super) fn profile(labels: &[String], article: &Article, outcomes: &[Outcome], anchor: &str) -> Markup {
    let profile = Profile::of_article(article, outcomes, labels.len());
    let shares = profile.tally.word_shares();
    html! {
        div.profile {
            (bar(&shares, WIDTH as u32, 18, None))
            (listed_shares(labels, &profile.word_shares))
            (run_of_labels(labels, article, outcomes, anchor))
            p.soft { (counts(&profile.tally, outcomes)) }
        }
    }
}

/// The shares of words by label with their intervals.
pub(super) fn listed_shares(labels: &[String], shares: &[Interval]) -> Markup {
    html! {
        ul.shares {
            @for (label, share) in shares.iter().enumerate() {
                li {
                    (tag(labels, label)) " " b.num { (percent(share.value)) } " of words "
                    span.soft.num { "(95 %: " (percent(share.low)) " to " (percent(share.high)) ")" }
                }
            }
        }
    }
}

fn counts(tally: &Tally, outcomes: &[Outcome]) -> String {
    let is_foreign = |outcome: &&Outcome| matches!(outcome, Outcome::Labelled(l) if l.out_of_domain);
    let n_foreign = outcomes.iter().filter(is_foreign).count();
    let mut counts = vec![
        format!("{} words", tally.words.iter().sum::<usize>()),
        format!("{} paragraphs labelled", tally.n_kept),
        format!("{} of them unsure", tally.n_unsure),
        format!("{} blocks left out", tally.n_dropped),
    ];
    if n_foreign > 0 {
        counts.insert(3, format!("{n_foreign} out of domain"));
    }
    counts.join(", ") + "."
}

/// Each paragraph as a box, as wide as its words are many, in the lane of its label.
fn run_of_labels(labels: &[String], article: &Article, outcomes: &[Outcome], anchor: &str) -> Markup {
    let boxes = boxes(article, outcomes);
    let height = LANE * labels.len() as u32;
    html! {
        @if !boxes.is_empty() {
            svg.run viewBox={ "0 0 " (WIDTH) " " (height) } preserveAspectRatio="none" role="group"
                aria-label="The run of labels along the article" {
                @for (index, labelling, x, width) in boxes {
                    @let number = article.first_paragraph + index;
                    @let chance = percent(labelling.probabilities[labelling.label]);
                    a href={ "#" (anchor) "p" (number) } tabindex="-1" aria-label={ (number) " " (labels[labelling.label]) " " (chance) } {
                        rect.{ "f" (look(labelling.label)) } x=(short(x)) y=(LANE * labelling.label as u32)
                            width=(short(width)) height=(LANE) {
                            @if labelling.unsure { }
                        }
                    }
                }
            }
        }
    }
}

/// The labelled paragraphs with where their boxes begin and how wide they are.
fn boxes<'a>(article: &Article, outcomes: &'a [Outcome]) -> Vec<(usize, &'a Labelling, f64, f64)> {
    let labelled = outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
        Outcome::Labelled(labelling) => {
            Some((index, labelling, article.paragraphs[index].text.split_whitespace().count() as f64))
        }
        Outcome::Dropped(_) => None,
    });
    let labelled: Vec<_> = labelled.collect();
    let n_words: f64 = labelled.iter().map(|(_, _, n_words)| n_words).sum();
    let per_word = WIDTH / n_words.max(1.0);
    let mut left = 0.0;
    let boxed = |(index, labelling, n_words): (usize, &'a Labelling, f64)| {
        let x = left;
        left += n_words * per_word;
        (index, labelling, x, (left - x - 1.0).max(0.5))
    };
    labelled.into_iter().map(boxed).collect()
}
