//! The table of articles: a row for each, which its script sorts, searches and pages.
//!
//! All rows are in the page, so that it can be read without a script; with one, only a hundred are laid out at a time.

use maud::{Markup, html};

use super::label::{NO_WORDS, bar, count, percent, tag};
use crate::summary::{Digest, shown_name};

/// How many rows are laid out at a time; the script has the same number.
const ROWS_AT_ONCE: usize = 100;
/// The most bytes of a title in a file name.
const SLUG_LENGTH: usize = 40;

/// Where the articles of an overview are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// On pages of their own, in a folder next to the overview.
    Pages,
    /// On the same page.
    Anchors,
    /// Nowhere.
    None,
}

/// One of many articles.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub digest: &'a Digest,
    /// Its place in the run, from 1.
    number: usize,
    links: Links,
}

impl<'a> Entry<'a> {
    /// The entries of all articles of a run.
    pub fn all(digests: &'a [Digest], links: Links) -> Vec<Entry<'a>> {
        let entry = |(index, digest)| Entry { digest, number: index + 1, links };
        digests.iter().enumerate().map(entry).collect()
    }

    /// Its title, which links to the article if it is anywhere.
    pub fn title(&self) -> Markup {
        let title = self.digest.title.as_str();
        match self.links {
            Links::Pages => html! { a href=(page_name(self.number, title)) { (title) } },
            Links::Anchors => html! { a href={ "#a" (self.number) } { (title) } },
            Links::None => html! { (title) },
        }
    }

    /// `text`, which links to one of its paragraphs if the article is anywhere.
    pub fn paragraph(&self, paragraph: usize, text: &str) -> Markup {
        match self.links {
            Links::Pages => {
                html! { a href={ (page_name(self.number, &self.digest.title)) "#p" (paragraph) } { (text) } }
            }
            Links::Anchors => html! { a href={ "#a" (self.number) "-p" (paragraph) } { (text) } },
            Links::None => html! { (text) },
        }
    }
}

/// The file of an article's page: its number, and the ASCII words at the beginning of its title.
pub fn page_name(number: usize, title: &str) -> String {
    let mut slug = String::new();
    for word in title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= SLUG_LENGTH {
            break;
        }
        slug.push('-');
        slug.push_str(&word.to_ascii_lowercase());
    }
    format!("articles/{number:05}{slug}.html")
}

/// The columns of a table of articles; those that no article fills are omitted.
pub struct Columns<'a> {
    pub labels: &'a [String],
    /// The label whose strongest paragraph is shown.
    pub strongest: usize,
    /// The column of the publisher's tag.
    pub tag: Option<&'a str>,
    pub has_outlets: bool,
    pub has_dates: bool,
}

impl Columns<'_> {
    /// How many columns identify the article; those after them hold numbers.
    fn n_names(&self) -> usize {
        1 + [self.has_outlets, self.has_dates, self.tag.is_some()].into_iter().map(usize::from).sum::<usize>()
    }
}

/// The table of articles with its controls.
pub fn table(columns: &Columns<'_>, entries: &[Entry<'_>]) -> Markup {
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

/// The search box, which the script makes visible.
pub fn controls(name: &str) -> Markup {
    html! {
        form.controls hidden role="search" {
            label for="find" { (name) }
            input #find type="search" autocomplete="off" spellcheck="false";
        }
        p.soft #count role="status" {}
    }
}

/// The buttons for more rows, which the script makes visible.
pub fn pages() -> Markup {
    html! {
        nav.pages hidden aria-label="Pages of the table" {
            button #previous type="button" { "Previous" }
            span #page {}
            button #next type="button" { "Next" }
        }
    }
}

/// All rows: the first in a body that is laid out, the others in one that is not if there is a script.
pub fn bodies<T>(all: &[T], row: impl Fn(&T) -> Markup) -> Markup {
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
                th.mix scope="col" { "Shares" }
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
    let shown = |name: &Option<String>| name.as_deref().map(shown_name).unwrap_or_default();
    html! {
        tr {
            th scope="row" { (entry.title()) }
            @if columns.has_outlets { td { (shown(outlet)) } }
            @if columns.has_dates { td { (shown(date)) } }
            @if columns.tag.is_some() { td { (shown(tag)) } }
            td { (count(tally.n_words())) }
            td { @if has_words { (bar(&shares, None)) } @else { span.soft { (NO_WORDS) } } }
            // Empty cells are sorted to the end.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_number_and_ascii_words() {
        for (title, expected) in [
            ("Council approves tram line", "articles/00007-council-approves-tram-line.html"),
            ("../../etc/passwd\"><script>", "articles/00007-etc-passwd-script.html"),
            ("日本語", "articles/00007.html"),
            (&"a".repeat(80), "articles/00007.html"),
        ] {
            assert_eq!(page_name(7, title), expected);
        }
    }

    #[test]
    fn rows_after_the_first_hundred_are_not_laid_out_at_once() {
        let rows = |n: usize| bodies(&vec![(); n], |()| html! { tr {} }).into_string();
        assert_eq!(rows(100).matches("<tbody").count(), 1);
        let more = rows(101);
        assert_eq!(
            (more.matches("<tr>").count(), more.matches("<tbody class=\"rest\"><tr>").count()),
            (101, 1)
        );
    }
}
