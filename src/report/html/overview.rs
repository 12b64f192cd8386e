//! Many articles or groups: shares over time and by outlet, and tables of articles and groups.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::article::shares;
use super::compare;
use super::packed::{PACKED_SCRIPT, Sections};
use super::page::{
    ARTICLE_SCRIPT, ARTICLE_STYLE, NO_WORDS, OVERVIEW_SCRIPT, OVERVIEW_STYLE, Page, count, counted, percent,
};
use super::periods::{self, Times, over_time};
use super::tables::{self, Links, interval_cell};
use crate::report::origin::Origin;
use crate::summary::{Digest, DigestOptions, MIN_ARTICLES, Profile, Tally, by_key, shown_name};

/// How many outlets are shown: those with the most articles.
const MOST_OUTLETS: usize = 20;

/// The page of an overview, with `articles` after its table if they are on the same page.
pub fn page(
    labels: &[String],
    options: &DigestOptions,
    digests: &[Digest],
    links: Links,
    articles: Sections,
    origin: &Origin,
) -> String {
    let title = counted(digests.len(), "article");
    // The corrections come first, because they wait for the articles that the other script shows.
    let corrections = if links == Links::Anchors { ARTICLE_SCRIPT } else { "" };
    let packed = if articles.is_packed() { PACKED_SCRIPT } else { "" };
    let script = [OVERVIEW_SCRIPT, corrections, packed].concat();
    let body = html! {
        (contents(options, digests, links))
        main id="main" {
            h1 { (title) }
            (summary(labels, digests))
            (time_section(labels, digests))
            (outlet_section(labels, digests))
            @if let Some(column) = options.tag_column.as_ref().filter(|_| links != Links::Pages) {
                section #comparison { (compare::section(labels, column, digests, links, 2)) }
            }
            section #articles {
                h2 { "Articles" }
                (tables::articles(labels, options, digests, links))
            }
            @if links == Links::Anchors { (articles.markup(labels)) }
        }
    };
    let style = format!("{}{OVERVIEW_STYLE}", if links == Links::Anchors { ARTICLE_STYLE } else { "" });
    Page { title: &title, style: &style, script: &script, origin, body }.text()
}

/// The page of groups by `keys`, a column for each.
pub fn groups_page(labels: &[String], keys: &[String], groups: &[Profile], origin: &Origin) -> String {
    let n_articles: usize = groups.iter().map(|group| group.n_articles).sum();
    let (names, counts, last) = group_columns(keys);
    let title = format!("{} by {}", counted(n_articles, "article"), keys.join(" and "));
    let body = html! {
        main id="main" {
            h1 { (title) }
            p.soft { (what_intervals_are()) }
            (tables::controls("Find a group", html! {}))
            (tables::scrolled("Groups", html! {
                table.groups.rows data-of="groups" {
                    caption { "Share of words by label, with 95 % intervals" }
                    (tables::group_head(labels, &names, &counts, &last))
                    (tables::bodies(groups, group_row))
                }
            }))
            (tables::pages())
        }
    };
    Page { title: &title, style: OVERVIEW_STYLE, script: OVERVIEW_SCRIPT, origin, body }.text()
}

/// Links to the parts of the report.
fn contents(options: &DigestOptions, digests: &[Digest], links: Links) -> Markup {
    html! {
        nav.beside.noprint aria-label="Report" {
            a href="#articles" { "Articles" }
            @if periods::by_period(digests).is_some() { " " a href="#time" { "Over time" } }
            @if by_outlet(digests).len() > 1 { " " a href="#outlets" { "By outlet" } }
            @if let Some(column) = &options.tag_column {
                @let href = if links == Links::Pages { compare::PAGE } else { "#comparison" };
                " " a href=(href) { "Compared by " bdi { (column) } }
            }
        }
    }
}

/// The shares and counts of all articles together.
fn summary(labels: &[String], digests: &[Digest]) -> Markup {
    let whole = group("", digests.iter());
    let Tally { n_kept, n_dropped, .. } = whole.tally;
    let n_empty = digests.iter().filter(|digest| digest.n_words() == 0).count();
    html! {
        div.profile { (shares(labels, &whole)) }
        p.soft {
            (counted(whole.tally.n_words(), "word")) " in " (counted(n_kept, "labelled paragraph"))
            @if n_kept > 0 { ", " (percent(whole.tally.unsure_share())) " of them unsure" }
            "; " (counted(n_dropped, "block")) " dropped (menus, captions, credits and the like). "
            @if n_empty > 0 { "Not counted in the shares: " (counted(n_empty, "article")) " with " (NO_WORDS) ". " }
            (what_intervals_are())
        }
    }
}

/// What shares and their intervals mean.
fn what_intervals_are() -> Markup {
    html! {
        "A share is the mean of the label's probabilities. Its 95 % interval allows for which articles were sampled and for "
        "wrong labels, which tend to err in the same direction within an article and an outlet. For fewer than " (MIN_ARTICLES) " articles, "
        "only the interval is shown."
    }
}

fn group<'a>(name: &str, digests: impl IntoIterator<Item = &'a Digest>) -> Profile {
    Profile::of_group(
        vec![name.to_string()],
        digests.into_iter().map(|digest| digest.tally.clone()).collect(),
    )
}

fn time_section(labels: &[String], digests: &[Digest]) -> Markup {
    let Some(Times { period, periods, n_undated, n_impossible, n_empty }) = periods::by_period(digests)
    else {
        return html! {};
    };
    let n_dated: usize = periods.values().map(Vec::len).sum();
    let profiles: Vec<Profile> = periods.into_iter().map(|(name, digests)| group(name, digests)).collect();
    let drawn = periods::drawn(&profiles);
    let n_far = n_dated - drawn.iter().map(|profile| profile.n_articles).sum::<usize>();
    let caption = format!("Share of words by label and {period}, with 95 % intervals");
    html! {
        section #time {
            h2 { "Over time" }
            p.soft {
                "Points are the shares of words by " (period) " with their 95 % intervals, for each " (period) " with at least "
                (MIN_ARTICLES) " articles; the line is smoothed over all articles. Each label has its own scale."
                @for (n, what) in [
                    (n_undated, "Not shown, for lack of a date such as 2024-05-01"),
                    (n_impossible, "Not shown, because their date does not exist"),
                    (n_empty, "Not shown, for lack of labelled words"),
                    (n_far, "Only in the table, because they are far from all other dates"),
                ] {
                    @if n > 0 { " " (what) ": " (count(n)) "." }
                }
            }
            div.times { @for label in 0..labels.len() { (over_time(labels, label, drawn)) } }
            details { summary { "Table" } (group_table(labels, &caption, period, &profiles)) }
        }
    }
}

fn outlet_section(labels: &[String], digests: &[Digest]) -> Markup {
    let by_outlet = by_outlet(digests);
    let n_outlets = by_outlet.len();
    let mut outlets: Vec<(&str, Vec<&Digest>)> = by_outlet.into_iter().collect();
    outlets.sort_by_key(|(_, digests)| std::cmp::Reverse(digests.len()));
    let largest = outlets.into_iter().take(MOST_OUTLETS);
    let profiles: Vec<Profile> = largest.map(|(name, digests)| group(name, digests)).collect();
    let which = match n_outlets > MOST_OUTLETS {
        true => format!("The {MOST_OUTLETS} outlets with the most articles, of {}", count(n_outlets)),
        false => "All outlets".to_string(),
    };
    let caption = format!("{which}: share of words by label, with 95 % intervals");
    html! {
        @if n_outlets > 1 {
            section #outlets { h2 { "By outlet" } (group_table(labels, &caption, "outlet", &profiles)) }
        }
    }
}

fn by_outlet(digests: &[Digest]) -> BTreeMap<&str, Vec<&Digest>> {
    by_key(digests, |digest| digest.outlet.as_deref())
}

/// The columns of a table of groups by `keys`: names, counts before the shares, and counts after them.
fn group_columns(keys: &[String]) -> (Vec<&str>, [&str; 2], [&str; 1]) {
    (keys.iter().map(String::as_str).collect(), ["articles", "words"], ["unsure"])
}

fn group_table(labels: &[String], caption: &str, key: &str, groups: &[Profile]) -> Markup {
    let keys = [key.to_string()];
    let (names, counts, last) = group_columns(&keys);
    tables::groups(labels, caption, (&names, &counts, &last), groups, group_row)
}

fn group_row(group: &Profile) -> Markup {
    html! {
        tr {
            @for (index, value) in group.values.iter().enumerate() {
                @if index == 0 { th scope="row" { (shown_name(value)) } } @else { td { (shown_name(value)) } }
            }
            td.num { (count(group.n_articles)) }
            td.num { (count(group.tally.n_words())) }
            @for (label, share) in group.word_shares.iter().enumerate() {
                @match (group.tally.n_words(), label) {
                    (0, 0) => td.ci { span.soft { (NO_WORDS) } },
                    (0, _) => td.ci {},
                    _ => (interval_cell(label, share, group.has_few_articles())),
                }
            }
            td.num { @if group.tally.n_kept > 0 { (percent(group.tally.unsure_share())) } }
        }
    }
}
