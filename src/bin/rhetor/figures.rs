//! Figures of predictions in lines that a terminal is wide enough for.

use rhetor::{LabelScores, ReliabilityBin, Styles};
use unicode_width::UnicodeWidthStr;

use crate::output::shown;
use crate::terminal;

/// The last column of confusions, where the filter was asked.
const DROPPED: &str = "dropped";

/// Precision, recall, F1 and support of each label.
pub(crate) fn label_scores(labels: &[String], scores: &[LabelScores], styles: Styles) -> String {
    let width = label_width(labels);
    let head = format!("{} precision recall    F1 support", to_width("label", width));
    let mut lines = format!("{}\n", styles.heading(&head));
    for ((index, label), scores) in labels.iter().enumerate().zip(scores) {
        lines += &format!(
            "{} {:>9.3} {:>6.3} {:>5.3} {:>7}\n",
            styles.label(index, &to_width(label, width)),
            scores.precision,
            scores.recall,
            scores.f1,
            scores.support
        );
    }
    lines
}

/// The columns that a label takes at most.
fn label_width(labels: &[String]) -> usize {
    labels.iter().map(|label| shown(label).width()).max().unwrap_or(0).max(DROPPED.len() + 1)
}

/// A label with spaces behind it up to `width` columns.
fn to_width(label: &str, width: usize) -> String {
    let label = shown(label);
    format!("{label}{}", " ".repeat(width.saturating_sub(label.width())))
}

/// How often each label was taken for each, and how often the filter dropped it, where counts say so. The
/// predicted labels stand at the head of their columns, and with more of them than a terminal is wide, in as
/// many tables as they need.
pub(crate) fn confusion(labels: &[String], counts: &[Vec<usize>], styles: Styles) -> String {
    let width = label_width(labels);
    let per_table = (terminal::width() / (width + 1)).saturating_sub(1).max(1);
    let has_dropped = counts.first().is_some_and(|row| row.len() > labels.len());
    let columns: Vec<&str> =
        labels.iter().map(String::as_str).chain(has_dropped.then_some(DROPPED)).collect();
    let places: Vec<usize> = (0..columns.len()).collect();
    let mut lines = format!("{}\n", styles.heading("rows: true labels; columns: predicted"));
    for shown_places in places.chunks(per_table) {
        let head = |&place: &usize| {
            let name = shown(columns[place]);
            let padded = format!("{}{name}", " ".repeat(width.saturating_sub(name.width())));
            if place < labels.len() { styles.label(place, &padded) } else { padded }
        };
        let heads: Vec<String> = shown_places.iter().map(head).collect();
        lines += &format!("{} {}\n", " ".repeat(width), heads.join(" "));
        for ((index, label), row) in labels.iter().enumerate().zip(counts) {
            let counts: Vec<String> =
                shown_places.iter().map(|&place| format!("{:>width$}", row[place])).collect();
            lines += &format!("{} {}\n", styles.label(index, &to_width(label, width)), counts.join(" "));
        }
    }
    lines
}

/// How often the surest share of paragraphs is right.
pub(crate) fn coverage(coverage: &[(f64, f64)], styles: Styles) -> String {
    let per_line = (terminal::width() - "accuracy".len()) / " 1.000".len();
    let mut lines = String::new();
    for some in coverage.chunks(per_line) {
        let shares: Vec<String> = some.iter().map(|(share, _)| format!("{:>4.0}%", 100.0 * share)).collect();
        let hits: Vec<String> = some.iter().map(|(_, hit)| format!("{hit:>5.3}")).collect();
        lines += &format!("{} {}\n", styles.heading("surest  "), shares.join(" "));
        lines += &format!("{} {}\n", styles.heading("accuracy"), hits.join(" "));
    }
    lines
}

/// Whether probabilities hold: a line for each bin of the best probability.
pub(crate) fn reliability(bins: &[ReliabilityBin], styles: Styles) -> String {
    let mut lines = format!("{}\n", styles.heading("probability  mean accuracy      n"));
    for bin in bins {
        lines += &format!(
            "{:.3}-{:.3} {:>5.3} {:>8.3} {:>6}\n",
            bin.low, bin.high, bin.mean_probability, bin.accuracy, bin.n_paragraphs
        );
    }
    lines
}
