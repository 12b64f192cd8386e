//! Articles compared by the publisher's tag: the mean shares of each tag, and the articles that differ most.

use maud::{Markup, html};

use super::page::{OVERVIEW_STYLE, Page, bar, count, counted, listed, percent, tag};
use super::tables::{self, Entry, Links, interval_cell};
use crate::report::origin::Origin;
use crate::summary::{Comparison, Deviation, Digest, MIN_ARTICLES, MIN_PARAGRAPHS, TagMix, shown_name};

/// The file of a comparison, next to the overview.
pub const PAGE: &str = "compare.html";
/// How many articles are shown.
const MOST_ARTICLES: usize = 50;
/// How many paragraphs of each article are shown.
const MOST_PARAGRAPHS: usize = 3;

/// The comparison as a page of its own.
pub fn page(labels: &[String], column: &str, digests: &[Digest], links: Links, origin: &Origin) -> String {
    let title = format!("Articles compared by {column}");
    let body = html! {
        nav.beside.noprint aria-label="Report" { a href="index.html" { "All articles" } }
        main id="main" { (section(labels, column, digests, links, 1)) }
    };
    Page { title: &title, style: OVERVIEW_STYLE, script: "", origin, body }.text()
}

/// The comparison by `column`; `level` is the level of its heading, 1 or 2.
pub fn section(labels: &[String], column: &str, digests: &[Digest], links: Links, level: u8) -> Markup {
    let comparison = Comparison::of(digests, labels.len());
    let shown = Shown { labels, column, comparison: &comparison };
    let heading = html! { "Articles compared by " bdi { (column) } };
    let differing = html! { "Articles that differ most from others with the same " bdi { (column) } };
    html! {
        @if level == 1 { h1 { (heading) } } @else { h2 { (heading) } }
        (shown.mixes())
        (shown.notes())
        @if level == 1 { h2 { (differing) } } @else { h3 { (differing) } }
        (shown.ranking(&Entry::all(digests, links)))
    }
}

struct Shown<'a> {
    labels: &'a [String],
    /// The name of the publisher's tag.
    column: &'a str,
    comparison: &'a Comparison,
}

impl Shown<'_> {
    /// The tags with enough articles, and the others in a collapsed section.
    fn mixes(&self) -> Markup {
        let (known, few): (Vec<&TagMix>, Vec<&TagMix>) =
            self.comparison.tags.iter().partition(|mix| mix.is_known());
        let caption =
            "Mean share of words by label, with 95 % intervals over the articles; each article counts once";
        html! {
            @if !known.is_empty() { (self.table(caption, &known)) }
            @if !few.is_empty() {
                details open[known.is_empty()] {
                    summary { (count(few.len())) " with fewer than " (MIN_ARTICLES) " articles: too few to rank" }
                    (self.table("Mean share of words by label, of tags with few articles", &few))
                }
            }
        }
    }

    fn table(&self, caption: &str, mixes: &[&TagMix]) -> Markup {
        tables::groups(self.labels, caption, (&[self.column], &["articles"], &[]), mixes, |mix| {
            html! {
                tr {
                    th scope="row" { (shown_name(&mix.tag)) }
                    td.num { (count(mix.n_articles)) }
                    @for (label, share) in mix.shares.iter().enumerate() {
                        (interval_cell(label, share, !mix.is_known()))
                    }
                }
            }
        })
    }

    fn notes(&self) -> Markup {
        html! {
            @if self.comparison.n_untagged > 0 {
                p.soft { "Not compared: " (count(self.comparison.n_untagged)) " without " bdi { (self.column) } "." }
            }
            @if self.comparison.n_empty > 0 {
                p.soft { "Not compared: " (count(self.comparison.n_empty)) " without labelled words." }
            }
        }
    }

    fn ranking(&self, entries: &[Entry<'_>]) -> Markup {
        let n_ranked = self.comparison.ranked().count();
        html! {
            @if n_ranked == 0 {
                p {
                    "No article can be ranked: that takes " (MIN_ARTICLES) " articles with the same " bdi { (self.column) }
                    ", and " (MIN_PARAGRAPHS) " labelled paragraphs in an article."
                }
            } @else {
                p.soft {
                    "Ranked by the share of an article's words whose label would have to change to give it the mean shares of "
                    "the other articles with its " bdi { (self.column) } ". Shown: " (count(n_ranked.min(MOST_ARTICLES)))
                    " of " (count(n_ranked)) " articles with at least " (MIN_PARAGRAPHS) " labelled paragraphs. "
                    "A difference does not say whether the tag is wrong, or the model, or neither."
                }
                ol.ranking {
                    @for deviation in self.comparison.ranked().take(MOST_ARTICLES) {
                        (self.article(&entries[deviation.article], deviation))
                    }
                }
            }
        }
    }

    fn article(&self, entry: &Entry<'_>, deviation: &Deviation) -> Markup {
        let tag_of = |index: usize| shown_name(&self.comparison.tags[index].tag);
        let own = tag_of(deviation.tag);
        html! {
            li {
                p {
                    b { bdi { (entry.title()) } }
                    @for fact in [&entry.digest.outlet, &entry.digest.date].into_iter().flatten() {
                        " · " span.soft { bdi { (shown_name(fact)) } }
                    }
                }
                p {
                    b.num { (percent(deviation.distance)) } " of its words would need another label to match the "
                    (counted(self.comparison.n_others(deviation), "other article")) " in " b { bdi { (&own) } } "."
                    @if deviation.nearest == deviation.tag {
                        " No other " bdi { (self.column) } " is nearer."
                    } @else {
                        " Nearest by " bdi { (self.column) } ": " b { bdi { (tag_of(deviation.nearest)) } }
                        " (" (percent(deviation.nearest_distance)) ")."
                    }
                }
                (self.mixes_beside(&own, deviation))
                (self.paragraphs(entry, deviation))
            }
        }
    }

    /// The article's shares above the mean shares of the others with its tag.
    fn mixes_beside(&self, own: &str, deviation: &Deviation) -> Markup {
        html! {
            dl.mixes {
                @for (name, shares) in [("this article", &deviation.shares), (own, &deviation.others)] {
                    dt { bdi { (name) } }
                    dd { (bar(shares, None)) span.soft.num { (listed(self.labels, shares)) } }
                }
            }
        }
    }

    fn paragraphs(&self, entry: &Entry<'_>, deviation: &Deviation) -> Markup {
        html! {
            ul.excerpts {
                @for (label, excerpt) in deviation.paragraphs(entry.digest).into_iter().take(MOST_PARAGRAPHS) {
                    li {
                        (tag(self.labels, label)) " " span.num { (percent(excerpt.probability)) } ", "
                        (counted(excerpt.n_words, "word")) ", "
                        (entry.link(Some(excerpt.paragraph), &format!("paragraph {}", excerpt.paragraph + 1)))
                        ": " bdi { (excerpt.text) }
                    }
                }
            }
        }
    }
}
