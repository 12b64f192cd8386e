//! Groups of articles in a table: outlets, months, or whatever column was asked for.

use maud::{Markup, html};

use super::label::{percent, tag};
use super::page::Page;
use super::plots::interval_cell;
use super::{overview, rows};
use crate::summary::Profile;
use crate::summary::shown_name;

/// A table with a row for each group: its name, its articles, and its share of words with each label.
pub(super) fn table(labels: &[String], caption: &str, column: &str, groups: &[Profile]) -> Markup {
    html! {
        div.scroll role="region" aria-label=(caption) tabindex="0" {
            table.groups {
                caption { (caption) }
                (head(labels, column))
                tbody { @for group in groups { (row(group)) } }
            }
        }
    }
}

/// The page of groups by `column`.
pub(super) fn page(labels: &[String], column: &str, groups: &[Profile]) -> String {
    let n_articles: usize = groups.iter().map(|group| group.n_articles).sum();
    let title = format!("{} by {column}", rows::counted(n_articles, "article"));
    let caption = "Share of words by label, with 95 % intervals over the articles of a group";
    let body = html! {
        main id="main" {
            h1 { (title) }
            (rows::controls("Find a group"))
            div.scroll role="region" aria-label="Groups" tabindex="0" {
                table.groups.rows data-of="groups" {
                    caption { (caption) }
                    (head(labels, column))
                    (rows::bodies(groups, row))
                }
            }
            (rows::pages())
        }
    };
    Page { title: &title, style: overview::STYLE, script: overview::SCRIPT, body }.text()
}

fn head(labels: &[String], column: &str) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { (column) }
                th.num scope="col" { "articles" }
                th.num scope="col" { "words" }
                @for label in 0..labels.len() { th.num.ci scope="col" { (tag(labels, label)) } }
                th.num scope="col" { "unsure" }
            }
        }
    }
}

fn row(group: &Profile) -> Markup {
    html! {
        tr {
            th scope="row" { (shown_name(&group.name)) }
            td.num { (rows::count(group.n_articles)) }
            td.num { (rows::count(group.tally.n_words())) }
            @for (label, share) in group.word_shares.iter().enumerate() {
                @match (group.tally.n_words(), label) {
                    (0, 0) => td.ci { span.soft { (rows::NO_WORDS) } },
                    (0, _) => td.ci {},
                    _ => (interval_cell(label, share, group.n_articles)),
                }
            }
            td.num { @if group.tally.n_kept > 0 { (percent(group.tally.unsure_share())) } }
        }
    }
}
