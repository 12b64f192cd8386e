//! A comparison as lines to read in a terminal, fitted to its width.

use unicode_width::UnicodeWidthStr;

use super::super::Report;
use super::super::profile_table::INTERVAL_WIDTH;
use super::super::table::{cut, fitted, short};
use crate::summary::Digest;
use crate::summary::{Comparison, Deviation, MIN_ARTICLES, MIN_PARAGRAPHS, TagMix};

/// How many articles are shown.
const MOST_ARTICLES: usize = 20;
/// With more tags, those with few articles are only counted.
const MOST_TAGS: usize = 20;
/// How many paragraphs of each are shown.
const MOST_PARAGRAPHS: usize = 2;
/// The columns of a tag.
const TAG_WIDTH: usize = 12;

/// The mix of each tag, and the articles that differ most.
pub(in super::super) fn table(
    report: &Report<'_>,
    column: &str,
    comparison: &Comparison,
    digests: &[Digest],
) -> String {
    let mut lines = mixes(report, column, comparison);
    notes(report, column, comparison, &mut lines);
    let n_ranked = comparison.ranked().count();
    if n_ranked == 0 {
        let needs = format!(
            "that takes {MIN_ARTICLES} articles with one {column}, and {MIN_PARAGRAPHS} paragraphs in an article"
        );
        push_words(report, &mut lines, &format!("No article can be ranked: {needs}."));
        return lines;
    }
    push_words(
        report,
        &mut lines,
        &format!(
            "The articles that differ most from the others of their {column}, {} of {n_ranked}. diff is the share of an \
             article's words that would have to change their label to match the others' mix.",
            n_ranked.min(MOST_ARTICLES)
        ),
    );
    let own = fitted(column, TAG_WIDTH);
    lines += &format!("\ndiff {own} nearest to   article\n");
    for deviation in comparison.ranked().take(MOST_ARTICLES) {
        push_article(report, comparison, &digests[deviation.article], deviation, &mut lines);
    }
    lines
}

fn mixes(report: &Report<'_>, column: &str, comparison: &Comparison) -> String {
    let n_fit = report.width.saturating_sub(TAG_WIDTH + 5) / (INTERVAL_WIDTH + 1);
    let n_shown = report.labels.len().min(n_fit.max(1));
    let labels: Vec<String> =
        report.labels[..n_shown].iter().map(|label| fitted(label, INTERVAL_WIDTH)).collect();
    let mut lines =
        format!("{} {:>4} {}", fitted(column, TAG_WIDTH - 1), "n", labels.join(" ")).trim_end().to_string();
    lines.push('\n');
    let is_shown = |mix: &&TagMix| mix.is_known() || comparison.tags.len() <= MOST_TAGS;
    for mix in comparison.tags.iter().filter(is_shown) {
        let shares = mix.shares[..n_shown].iter();
        let shares = shares.map(|s| format!("{} {}-{}", short(s.value), short(s.low), short(s.high)));
        let shares: Vec<String> = shares.map(|share| fitted(&share, INTERVAL_WIDTH)).collect();
        let line = format!("{} {:>4} {}", fitted(&mix.tag, TAG_WIDTH - 1), mix.n_articles, shares.join(" "));
        lines += &format!("{}\n", line.trim_end());
    }
    lines
}

fn notes(report: &Report<'_>, column: &str, comparison: &Comparison, lines: &mut String) {
    let mut push = |text: String| push_words(report, lines, &text);
    push(
        "Mean share of words by label, each article counted once, with 95 % intervals over the articles."
            .into(),
    );
    let n_few = comparison.tags.iter().filter(|mix| !mix.is_known()).count();
    if n_few > 0 {
        push(format!("{n_few} with fewer than {MIN_ARTICLES} articles, whose mix says little: not ranked."));
    }
    let left_out = [
        (comparison.n_untagged, format!("without {column}")),
        (comparison.n_empty, "without a labelled paragraph".to_string()),
    ];
    for (n, why) in left_out.iter().filter(|(n, _)| *n > 0) {
        push(format!("Left out: {n} {why}."));
    }
}

fn push_article(
    report: &Report<'_>,
    comparison: &Comparison,
    digest: &Digest,
    deviation: &Deviation,
    lines: &mut String,
) {
    let tag = |index: usize| fitted(&comparison.tags[index].tag, TAG_WIDTH);
    let head = format!("{:>4} {} {}", short(deviation.distance), tag(deviation.tag), tag(deviation.nearest));
    *lines += &cut(&format!("{head} {}", digest.title), report.width);
    lines.push('\n');
    let label_width = report.labels.iter().map(|label| label.width()).max().unwrap_or(0).min(TAG_WIDTH);
    for (label, excerpt) in deviation.paragraphs(digest).into_iter().take(MOST_PARAGRAPHS) {
        let label = fitted(&report.labels[label], label_width);
        let (paragraph, probability) = (excerpt.paragraph, short(excerpt.probability));
        let line =
            format!("{paragraph:>12} {label} {probability} {:>4} words  {}", excerpt.n_words, excerpt.text);
        *lines += &cut(&line, report.width);
        lines.push('\n');
    }
}

/// Words on as many lines as they need, behind an empty one.
fn push_words(report: &Report<'_>, lines: &mut String, text: &str) {
    let mut line = String::new();
    lines.push('\n');
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > report.width {
            *lines += &format!("{line}\n");
            line.clear();
        }
        line += if line.is_empty() { "" } else { " " };
        line += word;
    }
    *lines += &format!("{line}\n");
}
