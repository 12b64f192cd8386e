//! Many articles: what they are made of together, by outlet and over time, and a row for each.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::entry::Links;
use super::label::percent;
use super::page::Page;
use super::periods::Times;
use super::profile::shares;
use super::rows::{Columns, NO_WORDS, counted};
use super::{HtmlReport, article, compare, groups, periods, plots, rows};
use crate::summary::Digest;
use crate::summary::{Profile, Tally};

/// The style of overviews.
pub(super) const STYLE: &str = include_str!("overview.css");
/// What pages, sorts and filters their tables.
pub(super) const SCRIPT: &str = include_str!("overview.js");
/// How many outlets are shown, those with the most articles.
const MOST_OUTLETS: usize = 20;

/// The page of an overview. Behind its table stand `articles`, which may be none.
pub(super) fn page(report: &HtmlReport, digests: &[Digest], links: Links, articles: Markup) -> String {
    let title = rows::counted(digests.len(), "article");
    let body = html! {
        (contents(report, digests, links))
        main id="main" {
            h1 { (title) }
            (summary(&report.labels, digests))
            (over_time(&report.labels, digests))
            (outlets(&report.labels, digests))
            @if let Some(column) = report.options.tag_column.as_ref().filter(|_| links != Links::Pages) {
                section #comparison { (compare::section(report, column, digests, links, 2)) }
            }
            section #articles {
                h2 { "Articles" }
                (rows::table(&columns(report, digests), &report.entries(digests, links)))
            }
            (articles)
        }
    };
    let style = format!("{}{STYLE}", if links == Links::Anchors { article::STYLE } else { "" });
    Page { title: &title, style: &style, script: SCRIPT, body }.text()
}

/// Links to the parts of the report.
fn contents(report: &HtmlReport, digests: &[Digest], links: Links) -> Markup {
    html! {
        nav.beside.noprint aria-label="Report" {
            a href="#articles" { "Articles" }
            @if periods::by_period(digests).is_some() { " " a href="#time" { "Over time" } }
            @if by_outlet(digests).len() > 1 { " " a href="#outlets" { "By outlet" } }
            @if let Some(column) = &report.options.tag_column {
                @let href = if links == Links::Pages { compare::PAGE } else { "#comparison" };
                " " a href=(href) { "Against " bdi { (column) } }
            }
        }
    }
}

/// What the whole run is made of.
fn summary(labels: &[String], digests: &[Digest]) -> Markup {
    let whole = group(String::new(), digests.iter());
    let Tally { n_kept, n_dropped, .. } = whole.tally;
    let n_empty = digests.iter().filter(|digest| digest.n_words() == 0).count();
    html! {
        div.profile { (shares(labels, &whole)) }
        p.soft {
            (counted(whole.tally.n_words(), "word")) " in " (counted(n_kept, "labelled paragraph"))
            @if n_kept > 0 { ", of which " (percent(whole.tally.unsure_share())) " are unsure" }
            "; " (counted(n_dropped, "block")) " left out (menus, captions, credits and the like). "
            @if n_empty > 0 { (counted(n_empty, "article")) " with " (NO_WORDS) ", and so in no share. " }
            "Intervals are over the articles: they say what other articles like these could be made of, not how often labels err."
        }
    }
}

fn group<'a>(name: String, digests: impl Iterator<Item = &'a Digest>) -> Profile {
    Profile::of_group(name, digests.map(|digest| digest.tally.clone()).collect())
}

fn over_time(labels: &[String], digests: &[Digest]) -> Markup {
    let Some(Times { period, periods, n_undated, n_impossible, n_empty }) = periods::by_period(digests)
    else {
        return html! {};
    };
    let n_dated: usize = periods.values().map(Vec::len).sum();
    let profiles: Vec<Profile> =
        periods.into_iter().map(|(name, digests)| group(name.to_string(), digests.into_iter())).collect();
    let drawn = periods::drawn(&profiles);
    let n_far = n_dated - drawn.iter().map(|profile| profile.n_articles).sum::<usize>();
    let caption = format!("Share of words by label, by {}, with 95 % intervals", period.name());
    html! {
        section #time {
            h2 { "Over time" }
            p.soft {
                "Share of words by " (period.name()) "; upright lines are 95 % intervals over its articles. "
                "Each label has its own scale."
                @for (n, what) in [
                    (n_undated, "Left out, without a date like 2024-05-01"),
                    (n_impossible, "Left out, with a date that is in no calendar"),
                    (n_empty, "Left out, with no labelled words"),
                    (n_far, "Far from all others in time, and in the numbers alone"),
                ] {
                    @if n > 0 { " " (what) ": " (rows::count(n)) "." }
                }
            }
            div.times { @for label in 0..labels.len() { (plots::over_time(labels, label, drawn)) } }
            details { summary { "The numbers" } (groups::table(labels, &caption, period.name(), &profiles)) }
        }
    }
}

fn outlets(labels: &[String], digests: &[Digest]) -> Markup {
    let by_outlet = by_outlet(digests);
    let n_outlets = by_outlet.len();
    let mut outlets: Vec<(&str, Vec<&Digest>)> = by_outlet.into_iter().collect();
    outlets.sort_by_key(|(_, digests)| std::cmp::Reverse(digests.len()));
    let largest = outlets.into_iter().take(MOST_OUTLETS);
    let profiles: Vec<Profile> =
        largest.map(|(name, digests)| group(name.to_string(), digests.into_iter())).collect();
    let caption = match n_outlets > MOST_OUTLETS {
        true => format!("The {MOST_OUTLETS} outlets with the most articles, of {}", rows::count(n_outlets)),
        false => "All outlets".to_string(),
    };
    let caption = format!("{caption}: share of words by label, with 95 % intervals over the articles");
    html! {
        @if n_outlets > 1 {
            section #outlets { h2 { "By outlet" } (groups::table(labels, &caption, "outlet", &profiles)) }
        }
    }
}

fn by_outlet(digests: &[Digest]) -> BTreeMap<&str, Vec<&Digest>> {
    let mut outlets: BTreeMap<&str, Vec<&Digest>> = BTreeMap::new();
    for digest in digests {
        digest.outlet.iter().for_each(|outlet| outlets.entry(outlet).or_default().push(digest));
    }
    outlets
}

fn columns<'a>(report: &'a HtmlReport, digests: &[Digest]) -> Columns<'a> {
    Columns {
        labels: &report.labels,
        strongest: report.options.strongest,
        tag: report.options.tag_column.as_deref(),
        has_outlets: digests.iter().any(|digest| digest.outlet.is_some()),
        has_dates: digests.iter().any(|digest| digest.date.is_some()),
    }
}
