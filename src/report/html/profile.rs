//! The top of an article: its title, its shares by label, and the order of its labels.

use maud::{Markup, html};

use super::label::{NO_WORDS, bar, count, counted, look, percent, short, tag};
use crate::article::Article;
use crate::score::Outcome;
use crate::summary::{Profile, Tally, title};

/// The width of the strip of labels, in pixels; it shrinks on narrow screens.
const WIDTH: f64 = 960.0;
/// The height of one label's lane in the strip.
const LANE: usize = 16;

/// The article's title and metadata; `level` is that of the heading, 1 or 2.
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
    let n_words = |index: usize| article.paragraphs[index].text.split_whitespace().count() as f64;
    let labelled = outcomes.iter().enumerate().filter_map(|(index, outcome)| match outcome {
        Outcome::Labelled(labelling) => Some((labelling.label, n_words(index))),
        Outcome::Dropped(_) => None,
    });
    let labelled: Vec<(usize, f64)> = labelled.collect();
    let per_word = WIDTH / labelled.iter().map(|(_, n_words)| n_words).sum::<f64>().max(1.0);
    let mut lanes = vec![String::new(); n_labels];
    let mut left = 0.0;
    for (label, n_words) in labelled {
        let width = n_words * per_word;
        let drawn = short((width - 1.0).max(0.5));
        lanes[label] += &format!("M{} {}h{drawn}v{LANE}h-{drawn}z", short(left), LANE * label);
        left += width;
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;

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

    #[test]
    fn a_title_is_the_best_name_that_is_known() {
        let mut article = article_from_text("One.\n\nTwo.");
        article.source = "in/a.txt".into();
        assert_eq!(title(&article), "a.txt");
        article.paragraphs[1].heading = true;
        assert_eq!(title(&article), "Two.");
        article.metadata.insert("title".into(), "Three".into());
        assert_eq!(title(&article), "Three");
    }
}
