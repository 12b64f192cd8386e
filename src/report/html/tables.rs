//! Tables of articles, which a script sorts, searches and pages, and tables of groups of articles.
//!
//! All rows are in the page, so that it can be read without a script; with a script, only a hundred are laid out at a
//! time.

use maud::{Markup, html};

use super::page::{NO_WORDS, bar, count, look, percent, short, tag};
use crate::metrics::Interval;
use crate::summary::{Digest, DigestOptions, shown_name};

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
        self.link(None, &self.digest.title)
    }

    /// `text`, which links to the article or its paragraph with this index if the article is anywhere.
    pub fn link(&self, paragraph: Option<usize>, text: &str) -> Markup {
        let (article, before) = match self.links {
            Links::Pages => (page_name(self.number, &self.digest.title), "#p"),
            Links::Anchors => (format!("#a{}", self.number), "-p"),
            Links::None => return html! { (text) },
        };
        let anchor = paragraph.map(|paragraph| format!("{before}{}", paragraph + 1)).unwrap_or_default();
        html! { a href={ (article) (anchor) } { (text) } }
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

/// A column that identifies articles: its heading and an article's cell.
type NameColumn<'a> = (&'a str, fn(&Digest) -> Option<&str>);

/// The columns between the title and the numbers: outlets and dates if an article has one, and the publisher's tag.
fn name_columns<'a>(options: &'a DigestOptions, digests: &[Digest]) -> Vec<NameColumn<'a>> {
    let columns: [NameColumn; 2] =
        [("Outlet", |digest| digest.outlet.as_deref()), ("Date", |digest| digest.date.as_deref())];
    let is_filled = |(_, cell): &NameColumn| digests.iter().any(|digest| cell(digest).is_some());
    let tag = options.tag_column.as_deref();
    let tag = tag.map(|column| -> NameColumn { (column, |digest| digest.tag.as_deref()) });
    columns.into_iter().filter(is_filled).chain(tag).collect()
}

/// The table of articles with its controls.
pub fn articles(labels: &[String], options: &DigestOptions, digests: &[Digest], links: Links) -> Markup {
    let names = name_columns(options, digests);
    let date = 2 + usize::from(digests.iter().any(|digest| digest.outlet.is_some()));
    let class = format!("articles rows n{} d{date}", 1 + names.len());
    html! {
        (controls("Find an article", filters(labels, digests)))
        (scrolled("Articles", html! {
            table class=(class) data-of="articles" {
                caption { "Words, share of words by label, and share of paragraphs that are unsure" }
                thead {
                    tr {
                        th scope="col" { "Title" }
                        @for (name, _) in &names { th scope="col" { (name) } }
                        th.num scope="col" { "Words" }
                        th.mix scope="col" { "Shares" }
                        @for label in 0..labels.len() { th.num scope="col" { (tag(labels, label)) } }
                        th.num scope="col" { "Unsure" }
                        th.num scope="col" { "Strongest " (labels[options.strongest]) }
                    }
                }
                (bodies(&Entry::all(digests, links), |entry| article(&names, entry)))
            }
        }))
        (pages())
    }
}

fn article(names: &[NameColumn<'_>], entry: &Entry<'_>) -> Markup {
    let Digest { tally, strongest, .. } = entry.digest;
    let has_words = tally.n_words() > 0;
    let shares = tally.word_shares();
    html! {
        tr {
            th scope="row" { (entry.title()) }
            @for (_, name) in names { td { (name(entry.digest).map(shown_name).unwrap_or_default()) } }
            td { (count(tally.n_words())) }
            td { @if has_words { (bar(&shares, None)) } @else { span.soft { (NO_WORDS) } } }
            // Empty cells are sorted to the end.
            @for share in &shares { td { @if has_words { (percent(*share)) } } }
            td { @if tally.n_kept > 0 { (percent(tally.unsure_share())) } }
            td {
                @if let Some(excerpt) = strongest {
                    b { (percent(excerpt.probability)) } " " (entry.link(Some(excerpt.paragraph), &excerpt.text))
                }
            }
        }
    }
}

/// The columns of a table of groups around the shares: names, numbers before them, and numbers after them.
type GroupColumns<'a> = (&'a [&'a str], &'a [&'a str], &'a [&'a str]);

/// A table of groups with the shares of each label.
pub fn groups<T>(
    labels: &[String],
    caption: &str,
    (names, first, last): GroupColumns<'_>,
    groups: &[T],
    row: impl Fn(&T) -> Markup,
) -> Markup {
    scrolled(
        caption,
        html! {
            table.groups {
                caption { (caption) }
                (group_head(labels, names, first, last))
                tbody { @for group in groups { (row(group)) } }
            }
        },
    )
}

/// The head of a table of groups, as in [`groups`].
pub fn group_head(labels: &[String], names: &[&str], first: &[&str], last: &[&str]) -> Markup {
    html! {
        thead {
            tr {
                @for name in names { th scope="col" { (name) } }
                @for name in first { th.num scope="col" { (name) } }
                @for label in 0..labels.len() { th.num.ci scope="col" { (tag(labels, label)) } }
                @for name in last { th.num scope="col" { (name) } }
            }
        }
    }
}

/// A table cell with one label's share of a group: drawn on a scale from 0 to 100 %, and in numbers. Of a group of few
/// articles, only the interval is shown.
pub fn interval_cell(label: usize, share: &Interval, is_few: bool) -> Markup {
    let at = |share: f64| short(share * 100.0);
    html! {
        td.ci {
            svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" {
                path.track d="M0 6H100" {}
                path class={ "s" (look(label)) } d={ "M" (at(share.low)) " 6H" (at(share.high)) } {}
                @if !is_few { path.dot.{ "s" (look(label)) } d={ "M" (at(share.value)) " 6h0" } {} }
            }
            @if !is_few { b { (percent(share.value)) } " " }
            span.soft { (format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high)) @if is_few { "\u{a0}%" } }
        }
    }
}

/// Choices of an outlet, the most frequent label and the dates; the script fills in the outlets.
fn filters(labels: &[String], digests: &[Digest]) -> Markup {
    let has = |key: fn(&Digest) -> bool| digests.iter().any(key);
    html! {
        @if has(|digest| digest.outlet.is_some()) {
            span { label for="outlet" { "Outlet" } " " select #outlet { option value="" { "all" } } }
        }
        span {
            label for="most" { "Mostly" } " "
            select #most {
                option value="" { "any label" }
                @for (label, name) in labels.iter().enumerate() { option value=(label) { (name) } }
            }
        }
        @if has(|digest| digest.date.is_some()) {
            span { label for="from" { "From" } " " input #from type="date"; }
            span { label for="to" { "To" } " " input #to type="date"; }
        }
    }
}

/// A table that scrolls in a frame; `name` is for screen readers.
pub fn scrolled(name: &str, table: Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(name) tabindex="0" { (table) } }
}

/// The search box, which the script makes visible.
pub fn controls(name: &str, filters: Markup) -> Markup {
    html! {
        form.controls hidden role="search" {
            label for="find" { (name) }
            input #find type="search" autocomplete="off" spellcheck="false";
            (filters)
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

/// All rows: the first ones in a table body that is laid out, the others in a body that the script hides.
pub fn bodies<T>(all: &[T], row: impl Fn(&T) -> Markup) -> Markup {
    let (first, rest) = all.split_at(all.len().min(ROWS_AT_ONCE));
    html! {
        tbody { @for item in first { (row(item)) } }
        @if !rest.is_empty() { tbody.rest { @for item in rest { (row(item)) } } }
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

    #[test]
    fn an_interval_is_drawn_where_its_numbers_are() {
        let share = Interval { value: 0.42, low: 0.385, high: 0.5 };
        let cell = interval_cell(1, &share, false).into_string();
        assert!(cell.contains("class=\"s1\" d=\"M38.5 6H50\"") && cell.contains("M42 6h0"), "{cell}");
        assert!(cell.contains("42\u{a0}%") && cell.contains("38–50"), "{cell}");
        let few = interval_cell(1, &share, true).into_string();
        assert!(few.contains("38–50\u{a0}%") && !few.contains("42"), "{few}");
    }
}
