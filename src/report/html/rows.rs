//! A row for each of many articles, in a table that its script pages, sorts and filters.
//!
//! All rows stand in the page, so that it can be read without a script; those past the first hundred are not
//! laid out where there is one.

use maud::{Markup, html};

use super::entry::Entry;
use super::label::{bar, percent, tag};
use crate::summary::{Digest, shown_name};

/// What stands in place of shares that nothing has.
pub(super) const NO_WORDS: &str = "no labelled words";
/// How many rows are laid out at once; the script has the same number.
const ROWS_AT_ONCE: usize = 100;

/// The columns that a table of articles has; those that no article fills are left out.
pub(super) struct Columns<'a> {
    pub(super) labels: &'a [String],
    /// The label of the paragraph that stands for an article.
    pub(super) strongest: usize,
    /// The column of the publisher's tag.
    pub(super) tag: Option<&'a str>,
    pub(super) has_outlets: bool,
    pub(super) has_dates: bool,
}

impl Columns<'_> {
    /// How many columns say which article a row is of; those behind them hold numbers.
    fn n_names(&self) -> usize {
        1 + [self.has_outlets, self.has_dates, self.tag.is_some()]
            .into_iter()
            .filter(|is_there| *is_there)
            .count()
    }
}

/// The table of articles with what finds, sorts and pages its rows.
pub(super) fn table(columns: &Columns<'_>, entries: &[Entry<'_>]) -> Markup {
    html! {
        (controls("Find an article"))
        div.scroll role="region" aria-label="Articles" tabindex="0" {
            table class={ "articles rows n" (columns.n_names()) " d" (2 + usize::from(columns.has_outlets)) } data-of="articles" {
                caption { "Words, share of words by label, and share of paragraphs that are unsure" }
                (head(columns))
                (bodies(entries, |entry| row(columns, entry)))
            }
        }
        (pages())
    }
}

/// What finds rows, which the script makes visible.
pub(super) fn controls(name: &str) -> Markup {
    html! {
        form.controls hidden role="search" {
            label for="find" { (name) }
            input #find type="search" autocomplete="off" spellcheck="false";
        }
        p.soft #count role="status" {}
    }
}

/// What leads to more rows, which the script makes visible.
pub(super) fn pages() -> Markup {
    html! {
        nav.pages hidden aria-label="Pages of the table" {
            button #previous type="button" { "Previous" }
            span #page {}
            button #next type="button" { "Next" }
        }
    }
}

/// All rows: the first in a body that is laid out, the others in one that is not where a script pages.
pub(super) fn bodies<T>(all: &[T], row: impl Fn(&T) -> Markup) -> Markup {
    let (first, rest) = all.split_at(all.len().min(ROWS_AT_ONCE));
    html! {
        tbody { @for item in first { (row(item)) } }
        @if !rest.is_empty() { tbody.rest { @for item in rest { (row(item)) } } }
    }
}

fn head(columns: &Columns<'_>) -> Markup {
    html! {
        thead {
            tr {
                th scope="col" { "Title" }
                @if columns.has_outlets { th scope="col" { "Outlet" } }
                @if columns.has_dates { th scope="col" { "Date" } }
                @if let Some(tag) = columns.tag { th scope="col" { (tag) } }
                th.num scope="col" { "Words" }
                th.mix scope="col" { "Mix" }
                @for label in 0..columns.labels.len() { th.num scope="col" { (tag(columns.labels, label)) } }
                th.num scope="col" { "Unsure" }
                th.num scope="col" { "Strongest " (columns.labels[columns.strongest]) }
            }
        }
    }
}

fn row(columns: &Columns<'_>, entry: &Entry<'_>) -> Markup {
    let Digest { outlet, date, tag, tally, strongest, .. } = entry.digest;
    let has_words = tally.n_words() > 0;
    let shares = tally.word_shares();
    html! {
        tr {
            th scope="row" { (entry.title()) }
            @if columns.has_outlets { td { (shown(outlet)) } }
            @if columns.has_dates { td { (shown(date)) } }
            @if columns.tag.is_some() { td { (shown(tag)) } }
            td { (count(tally.n_words())) }
            td { @if has_words { (bar(&shares, None)) } @else { span.soft { (NO_WORDS) } } }
            // Empty cells are sorted behind all others.
            @for share in &shares { td { @if has_words { (percent(*share)) } } }
            td { @if tally.n_kept > 0 { (percent(tally.unsure_share())) } }
            td {
                @if let Some(excerpt) = strongest {
                    b { (percent(excerpt.probability)) } " " (entry.paragraph(excerpt.paragraph, &excerpt.text))
                }
            }
        }
    }
}

/// A name in its cell, which is empty where there is none.
fn shown(name: &Option<String>) -> String {
    name.as_deref().map(shown_name).unwrap_or_default()
}

/// How many of what a noun names: `1 article`, `7,338 articles`.
pub(super) fn counted(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A number with a comma between its thousands.
pub(super) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(count(n), expected);
        }
        assert_eq!([0, 1, 1000].map(|n| counted(n, "block")), ["0 blocks", "1 block", "1,000 blocks"]);
    }

    #[test]
    fn rows_past_the_first_hundred_are_not_laid_out_at_once() {
        let rows = |n: usize| bodies(&vec![(); n], |()| html! { tr {} }).into_string();
        assert_eq!(rows(100).matches("<tbody").count(), 1);
        let more = rows(101);
        assert_eq!(
            (more.matches("<tr>").count(), more.matches("<tbody class=\"rest\"><tr>").count()),
            (101, 1)
        );
    }
}
