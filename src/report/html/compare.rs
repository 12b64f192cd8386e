//! Articles against their publisher's own tag: the mix of each tag, and the articles that differ most.

use maud::{Markup, html};

use super::entry::{Entry, Links};
use super::label::{bar, percent, tag};
use super::page::Page;
use super::plots::interval_cell;
use super::rows::{count, counted};
use super::{HtmlReport, overview};
use crate::summary::{Comparison, Deviation, MIN_ARTICLES, MIN_PARAGRAPHS, TagMix};
use crate::summary::{Digest, shown_name};

/// The file of a comparison, beside the overview.
pub(super) const PAGE: &str = "compare.html";
/// How many articles are shown.
const MOST_ARTICLES: usize = 50;
/// How many paragraphs of each are shown.
const MOST_PARAGRAPHS: usize = 3;

/// A page of the comparison alone.
pub(super) fn page(report: &HtmlReport, column: &str, digests: &[Digest], links: Links) -> String {
    let title = format!("Articles against their {column}");
    let body = html! {
        nav.beside.noprint aria-label="Report" { a href="index.html" { "All articles" } }
        main id="main" { (section(report, column, digests, links, 1)) }
    };
    Page { title: &title, style: overview::STYLE, script: "", body }.text()
}

/// The comparison by `column`; `level` is that of its heading, 1 or 2.
pub(super) fn section(
    report: &HtmlReport,
    column: &str,
    digests: &[Digest],
    links: Links,
    level: u8,
) -> Markup {
    let comparison = Comparison::of(digests, report.labels.len());
    let shown = Shown { labels: &report.labels, column, comparison: &comparison };
    let heading = html! { "Articles against their " bdi { (column) } };
    html! {
        @if level == 1 { h1 { (heading) } } @else { h2 { (heading) } }
        (shown.mixes())
        (shown.notes())
        @if level == 1 { h2 { (shown.differing()) } } @else { h3 { (shown.differing()) } }
        (shown.ranking(&report.entries(digests, links)))
    }
}

struct Shown<'a> {
    labels: &'a [String],
    /// What the publisher's tag is called.
    column: &'a str,
    comparison: &'a Comparison,
}

impl Shown<'_> {
    /// The tags with enough articles to say something, and behind them, folded, those without.
    fn mixes(&self) -> Markup {
        let (known, few): (Vec<&TagMix>, Vec<&TagMix>) =
            self.comparison.tags.iter().partition(|mix| mix.is_known());
        let caption =
            "Mean share of words by label, each article counted once, with 95 % intervals over the articles";
        html! {
            @if !known.is_empty() { (self.table(caption, &known)) }
            @if !few.is_empty() {
                details open[known.is_empty()] {
                    summary { (count(few.len())) " with fewer than " (MIN_ARTICLES) " articles, which say little and are not ranked below" }
                    (self.table("The same for few articles", &few))
                }
            }
        }
    }

    fn table(&self, caption: &str, mixes: &[&TagMix]) -> Markup {
        html! {
            div.scroll role="region" aria-label=(caption) tabindex="0" {
                table.groups {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" { (self.column) }
                            th.num scope="col" { "articles" }
                            @for label in 0..self.labels.len() { th.num.ci scope="col" { (tag(self.labels, label)) } }
                        }
                    }
                    tbody { @for mix in mixes { (self.mix(mix)) } }
                }
            }
        }
    }

    fn mix(&self, mix: &TagMix) -> Markup {
        html! {
            tr {
                th scope="row" { (shown_name(&mix.tag)) }
                td.num { (count(mix.n_articles)) }
                @for (label, share) in mix.shares.iter().enumerate() { (interval_cell(label, share, mix.n_articles)) }
            }
        }
    }

    fn notes(&self) -> Markup {
        html! {
            @if self.comparison.n_untagged > 0 {
                p.soft { "Left out: " (count(self.comparison.n_untagged)) " without " bdi { (self.column) } "." }
            }
            @if self.comparison.n_empty > 0 {
                p.soft { "Left out: " (count(self.comparison.n_empty)) " without a labelled paragraph." }
            }
        }
    }

    fn differing(&self) -> Markup {
        html! { "Articles that differ most from others of their " bdi { (self.column) } }
    }

    fn ranking(&self, entries: &[Entry<'_>]) -> Markup {
        let n_ranked = self.comparison.ranked().count();
        html! {
            @if n_ranked == 0 {
                p { "None can be ranked: that takes " (MIN_ARTICLES) " articles with the same " bdi { (self.column) }
                    ", and " (MIN_PARAGRAPHS) " labelled paragraphs in an article." }
            } @else {
                p.soft {
                    "Ranked by the share of an article's words that would have to change their label for its mix to be that of "
                    "the other articles with its " bdi { (self.column) } ". "
                    (count(n_ranked.min(MOST_ARTICLES))) " of the " (count(n_ranked)) " articles with at least "
                    (MIN_PARAGRAPHS) " labelled paragraphs. That an article differs does not say which of the two is wrong: the tag, "
                    "the model, or neither."
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
                    b.num { (percent(deviation.distance)) } " of its words would have to change their label to match the "
                    (count(self.comparison.n_others(deviation))) " other articles of " b { bdi { (&own) } } "."
                    @if deviation.nearest == deviation.tag {
                        " No other " bdi { (self.column) } " is nearer."
                    } @else {
                        " It is nearest to " b { bdi { (tag_of(deviation.nearest)) } } " (" (percent(deviation.nearest_distance)) ")."
                    }
                }
                (self.mixes_beside(&own, deviation))
                (self.paragraphs(entry, deviation))
            }
        }
    }

    /// The article's mix above that of the others of its tag.
    fn mixes_beside(&self, own: &str, deviation: &Deviation) -> Markup {
        let line = |shares: &[f64]| {
            let said =
                self.labels.iter().zip(shares).map(|(label, share)| format!("{label} {}", percent(*share)));
            said.collect::<Vec<_>>().join(", ")
        };
        html! {
            dl.mixes {
                @for (name, shares) in [("this article", &deviation.shares), (own, &deviation.others)] {
                    dt { bdi { (name) } }
                    dd { (bar(shares, None)) span.soft.num { (line(shares)) } }
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
                        (entry.paragraph(excerpt.paragraph, &format!("paragraph {}", excerpt.paragraph)))
                        ": " bdi { (excerpt.text) }
                    }
                }
            }
        }
    }
}
