//! How good a model is: tables and plots of its figures out of fold.

use maud::{Markup, html};

use super::axes::{Axes, Axis};
use super::label::{percent, tag};
use super::rows::count;
use crate::metrics::{LabelScores, OutOfFold, ReliabilityBin};

/// How many shades the cells of a confusion matrix have.
const N_SHADES: usize = 5;

/// Precision, recall and F1 of each label.
pub(super) fn label_scores(labels: &[String], figures: &OutOfFold) -> Markup {
    let row = |(label, scores): (usize, &LabelScores)| {
        html! {
            th scope="row" { (tag(labels, label)) }
            td.num { (figure(scores.precision)) }
            td.num { (figure(scores.recall)) }
            td.num { (figure(scores.f1)) }
            td.num { (count(scores.support)) }
        }
    };
    let rows = figures.per_label.iter().enumerate().map(row);
    html! {
        h3 id="labels" { "Label by label" }
        p {
            "Precision: of the paragraphs given a label, the share that have it. Recall: of the paragraphs that have it, the "
            "share that were given it. F1 is their harmonic mean."
        }
        (wide("Label by label", table(["Label", "Precision", "Recall", "F1", "Count"], rows)))
    }
}

/// A table of figures: the first column says of what.
pub(super) fn table<const N: usize>(names: [&str; N], rows: impl Iterator<Item = Markup>) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { (names[0]) }
                    @for name in &names[1..] { th.num scope="col" { (name) } }
                }
            }
            tbody { @for row in rows { tr { (row) } } }
        }
    }
}

/// A table that scrolls by itself where the screen is narrower; `name` is told to those who hear the page.
pub(super) fn wide(name: &str, table: Markup) -> Markup {
    html! { div.wide role="region" tabindex="0" aria-label={ (name) ", table" } { (table) } }
}

/// Which labels are taken for which.
pub(super) fn confusion(labels: &[String], figures: &OutOfFold) -> Markup {
    html! {
        h3 id="confusion" { "What is taken for what" }
        p {
            "A row for each label that paragraphs have, a column for each that they were given; the share is of the row. "
            @if let Some((truth, given, share)) = worst_confusion(&figures.confusion) {
                "The most frequent mistake: " (percent(share)) " of " (tag(labels, truth)) " were taken for " (tag(labels, given)) "."
            }
        }
        (wide("What is taken for what", html! {
            table.confusion {
                thead {
                    tr {
                        th scope="col" { "Has ↓" br; "Given →" }
                        @for label in 0..labels.len() { th scope="col" { (tag(labels, label)) } }
                    }
                }
                tbody {
                    @for (truth, row) in figures.confusion.iter().enumerate() {
                        tr {
                            th scope="row" { (tag(labels, truth)) }
                            @for (given, &n) in row.iter().enumerate() {
                                @let share = share_of(n, row);
                                td class={ "num " (shade(share, given == truth)) } { b { (percent(share)) } br; (count(n)) }
                            }
                        }
                    }
                }
            }
        }))
    }
}

/// A count's share of its row. Counts come from a file: their sum is made where it cannot overflow.
fn share_of(n: usize, row: &[usize]) -> f64 {
    let total: f64 = row.iter().map(|&n| n as f64).sum();
    if total > 0.0 { n as f64 / total } else { 0.0 }
}

/// The class of a cell: the larger its share, the stronger its ground.
fn shade(share: f64, is_right: bool) -> String {
    let step = (share * N_SHADES as f64).round() as usize;
    format!("{}{}", if is_right { "right" } else { "wrong" }, step.min(N_SHADES))
}

/// The true and the given label of the largest share of a label that was taken for another.
fn worst_confusion(confusion: &[Vec<usize>]) -> Option<(usize, usize, f64)> {
    let cells = confusion.iter().enumerate().flat_map(|(truth, row)| {
        row.iter().enumerate().map(move |(given, &n)| (truth, given, share_of(n, row)))
    });
    let wrong = cells.filter(|(truth, given, share)| truth != given && *share > 0.0);
    wrong.reduce(|best, cell| if cell.2 > best.2 { cell } else { best })
}

/// Whether probabilities hold.
pub(super) fn reliability(figures: &OutOfFold, calibration_error: Option<&f64>) -> Markup {
    html! {
        h3 id="reliability" { "Do probabilities hold?" }
        p {
            "Of labels with a probability of 0.8, eight in ten should be right: points on the broken line hold what they promise, "
            "points below it are too sure, points above it too modest. The larger a point, the more paragraphs. "
            @if let Some(error) = calibration_error {
                "On average a probability is " b.num { (figure(*error)) }
                " away from the share that is right (expected calibration error)."
            }
        }
        (reliability_plot(&figures.reliability))
    }
}

fn reliability_plot(bins: &[ReliabilityBin]) -> Markup {
    let least = floor(bins.iter().flat_map(|bin| [bin.mean_probability, bin.accuracy]));
    let axis = |name: &'static str| Axis::of_shares(name, least, 1.0, 0.1);
    let axes = Axes { x: axis("probability"), y: axis("share that is right") };
    let total: f64 = bins.iter().map(|bin| bin.n_paragraphs as f64).sum();
    let radius = |bin: &ReliabilityBin| 2.5 + 10.0 * (bin.n_paragraphs as f64 / total.max(1.0)).sqrt();
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_probability, bin.accuracy)).collect();
    axes.plot(
        "Share of right labels by probability",
        html! {
            (axes.line("even", &[(least, least), (1.0, 1.0)]))
            (axes.line("curve", &points))
            @for bin in bins { (axes.dot(bin.mean_probability, bin.accuracy, radius(bin))) }
        },
        reliability_table(bins),
    )
}

fn reliability_table(bins: &[ReliabilityBin]) -> Markup {
    let row = |bin: &ReliabilityBin| {
        html! {
            th.num scope="row" { (format!("{:.2}–{:.2}", bin.low, bin.high)) }
            td.num { (figure(bin.mean_probability)) }
            td.num { (figure(bin.accuracy)) }
            td.num { (count(bin.n_paragraphs)) }
        }
    };
    table(["Probability", "Mean", "Right", "Count"], bins.iter().map(row))
}

/// How much more is right where only the surest paragraphs are labelled.
pub(super) fn coverage(figures: &OutOfFold, unsure_below: f64) -> Markup {
    html! {
        h3 id="coverage" { "What is gained by leaving the unsure out" }
        p {
            "The fewer paragraphs keep their label, the surest first, the more of these labels are right. A label is marked unsure "
            "where its probability is under " b.num { (figure(unsure_below)) } "."
        }
        (coverage_plot(&figures.coverage))
    }
}

fn coverage_plot(points: &[(f64, f64)]) -> Markup {
    let row = |(share, accuracy): &(f64, f64)| {
        html! {
            th.num scope="row" { (percent(*share)) }
            td.num { (figure(*accuracy)) }
        }
    };
    let axes = Axes {
        x: Axis::of_shares("share of paragraphs, surest first", 0.0, 1.0, 0.2),
        y: Axis::of_shares("share that is right", floor(points.iter().map(|(_, y)| *y)), 1.0, 0.1),
    };
    axes.plot(
        "Share of right labels among the surest paragraphs",
        html! {
            (axes.line("curve", points))
            @for (share, accuracy) in points { (axes.dot(*share, *accuracy, 4.0)) }
        },
        table(["Surest", "Right"], points.iter().map(row)),
    )
}

/// A figure with three digits behind the point.
pub(super) fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// The tenth under the least of some shares, under 1 in any case: where an axis begins.
pub(super) fn floor(shares: impl Iterator<Item = f64>) -> f64 {
    let least = shares.fold(0.9, f64::min);
    ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_mistake_is_the_largest_share_of_a_row() {
        let confusion = [vec![80, 15, 5], vec![1, 2, 1], vec![50, 0, 50]];
        assert_eq!(worst_confusion(&confusion), Some((2, 0, 0.5)));
        assert_eq!(worst_confusion(&[vec![3, 0], vec![0, 0]]), None);
        assert_eq!(share_of(usize::MAX, &[usize::MAX, usize::MAX]), 0.5);
    }

    #[test]
    fn an_axis_begins_under_its_points() {
        assert_eq!(floor([0.97, 0.759].into_iter()), 0.7);
        assert_eq!(floor([1.0].into_iter()), 0.9);
        assert_eq!(floor([-3.0].into_iter()), 0.0);
    }
}
