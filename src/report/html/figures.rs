//! Tables and plots of a model's cross-validated figures and its learning curve.

use maud::{Markup, html};

use super::label::{count, percent, short, signed, tag};
use super::plots::{Axes, Axis};
use crate::metrics::{CurvePoint, LabelScores, OutOfFold, ReliabilityBin};

/// How many shades the cells of a confusion matrix have.
const N_SHADES: usize = 5;

/// Precision, recall and F1 of each label.
pub fn label_scores(labels: &[String], figures: &OutOfFold) -> Markup {
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
        h3 id="labels" { "Scores by label" }
        p {
            "Precision is the share of the paragraphs given a label that truly have it; recall is the share of the paragraphs "
            "with a label that were given it. F1 is their harmonic mean."
        }
        (wide("Scores by label", table(["Label", "Precision", "Recall", "F1", "Count"], rows)))
    }
}

/// A table of figures; its first column says what they are of.
pub fn table<const N: usize>(names: [&str; N], rows: impl Iterator<Item = Markup>) -> Markup {
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

/// A table that scrolls on narrow screens; `name` is for screen readers.
pub fn wide(name: &str, table: Markup) -> Markup {
    html! { div.wide role="region" tabindex="0" aria-label={ (name) ", table" } { (table) } }
}

/// The confusion matrix.
pub fn confusion(labels: &[String], figures: &OutOfFold) -> Markup {
    html! {
        h3 id="confusion" { "Confusion matrix" }
        p {
            "Rows are true labels, columns are predicted labels; percentages are of the row. "
            @if let Some((truth, given, share)) = worst_confusion(&figures.confusion) {
                "The most frequent error: " (percent(share)) " of " (tag(labels, truth)) " were labelled " (tag(labels, given)) "."
            }
        }
        (wide("Confusion matrix", html! {
            table.confusion {
                thead {
                    tr {
                        th scope="col" { "True ↓" br; "Predicted →" }
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

/// A count's share of its row. The sum is in floats, because counts from a file could overflow.
fn share_of(n: usize, row: &[usize]) -> f64 {
    let total: f64 = row.iter().map(|&n| n as f64).sum();
    if total > 0.0 { n as f64 / total } else { 0.0 }
}

/// The class of a cell: the larger its share, the stronger its colour.
fn shade(share: f64, is_right: bool) -> String {
    let step = (share * N_SHADES as f64).round() as usize;
    format!("{}{}", if is_right { "right" } else { "wrong" }, step.min(N_SHADES))
}

/// The true and the predicted label with the largest share of wrong predictions.
fn worst_confusion(confusion: &[Vec<usize>]) -> Option<(usize, usize, f64)> {
    let cells = confusion.iter().enumerate().flat_map(|(truth, row)| {
        row.iter().enumerate().map(move |(given, &n)| (truth, given, share_of(n, row)))
    });
    let wrong = cells.filter(|(truth, given, share)| truth != given && *share > 0.0);
    wrong.reduce(|best, cell| if cell.2 > best.2 { cell } else { best })
}

/// The calibration of probabilities.
pub fn reliability(figures: &OutOfFold, calibration_error: Option<&f64>) -> Markup {
    let bins = &figures.reliability;
    let least = floor(bins.iter().flat_map(|bin| [bin.mean_probability, bin.accuracy]));
    let axis = |name: &'static str| Axis::of_shares(name, least, 1.0, 0.1);
    let axes = Axes { x: axis("probability"), y: axis("accuracy") };
    let total: f64 = bins.iter().map(|bin| bin.n_paragraphs as f64).sum();
    let radius = |bin: &ReliabilityBin| 2.5 + 10.0 * (bin.n_paragraphs as f64 / total.max(1.0)).sqrt();
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_probability, bin.accuracy)).collect();
    let marks = html! {
        (axes.line("even", &[(least, least), (1.0, 1.0)]))
        (axes.line("curve", &points))
        @for bin in bins { (axes.dot(bin.mean_probability, bin.accuracy, radius(bin))) }
    };
    html! {
        h3 id="reliability" { "Calibration" }
        p {
            "Of labels with a probability of 0.8, eight in ten should be right. Points on the dashed line are calibrated, points "
            "below it overconfident, points above it underconfident; larger points stand for more paragraphs. "
            @if let Some(error) = calibration_error {
                "Probabilities differ from accuracy by " b.num { (figure(*error)) } " on average (expected calibration error)."
            }
        }
        (axes.plot("Accuracy by probability", marks, reliability_table(bins)))
    }
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
    table(["Probability", "Mean", "Accuracy", "Count"], bins.iter().map(row))
}

/// The accuracy of the most certain paragraphs.
pub fn coverage(figures: &OutOfFold, unsure_below: f64) -> Markup {
    let points = &figures.coverage;
    let row = |(share, accuracy): &(f64, f64)| {
        html! {
            th.num scope="row" { (percent(*share)) }
            td.num { (figure(*accuracy)) }
        }
    };
    let axes = Axes {
        x: Axis::of_shares("share of paragraphs, most certain first", 0.0, 1.0, 0.2),
        y: Axis::of_shares("accuracy", floor(points.iter().map(|(_, y)| *y)), 1.0, 0.1),
    };
    let marks = html! {
        (axes.line("curve", points))
        @for (share, accuracy) in points { (axes.dot(*share, *accuracy, 4.0)) }
    };
    html! {
        h3 id="coverage" { "Selective accuracy" }
        p {
            "If only the most certain paragraphs keep their label, more of the labels are right. A label is marked unsure if its "
            "probability is below " b.num { (figure(unsure_below)) } "."
        }
        (axes.plot("Accuracy of the most certain paragraphs", marks, table(["Share", "Accuracy"], points.iter().map(row))))
    }
}

/// The learning curve, or how to get one.
pub fn learning_curve(points: &[CurvePoint]) -> Markup {
    html! {
        @if points.is_empty() {
            p {
                "This model was trained without a learning curve. With " code { "rhetor train … --learning-curve" }
                ", models are also trained on an eighth, a quarter and a half of the training data, and this section shows how much "
                "each doubling gains."
            }
        } @else {
            p {
                "The macro-F1 of models trained on growing shares of the training data, with 95 % intervals, on text that none of "
                "them was trained on. If the last doubling still gains, more labels of the same kind will help."
            }
            (curve_plot(points))
        }
    }
}

fn curve_plot(points: &[CurvePoint]) -> Markup {
    // Every doubling takes the same distance.
    let at = |point: &CurvePoint| (point.n_paragraphs as f64).max(1.0).log2();
    let x = Axis {
        name: "paragraphs trained on",
        low: points.iter().map(at).fold(f64::INFINITY, f64::min),
        high: points.iter().map(at).fold(f64::NEG_INFINITY, f64::max),
        ticks: points.iter().map(|point| (at(point), count(point.n_paragraphs))).collect(),
    };
    let low = floor(points.iter().map(|point| point.macro_f1.low));
    let axes = Axes { x, y: Axis::of_shares("macro-F1", low, 1.0, 0.1) };
    let line: Vec<(f64, f64)> = points.iter().map(|point| (at(point), point.macro_f1.value)).collect();
    let marks = html! {
        (axes.line("curve", &line))
        @for point in points {
            @let x = short(axes.x(at(point)));
            line.interval x1=(x) x2=(x) y1=(short(axes.y(point.macro_f1.low))) y2=(short(axes.y(point.macro_f1.high))) {}
            (axes.dot(at(point), point.macro_f1.value, 4.0))
        }
    };
    axes.plot("Macro-F1 by the number of paragraphs trained on", marks, curve_table(points))
}

fn curve_table(points: &[CurvePoint]) -> Markup {
    let before = std::iter::once(None).chain(points.iter().map(|point| Some(point.macro_f1.value)));
    let row = |(point, before): (&CurvePoint, Option<f64>)| {
        let macro_f1 = &point.macro_f1;
        html! {
            th.num scope="row" { (percent(point.share)) }
            td.num { (count(point.n_paragraphs)) }
            td.num { (figure(macro_f1.value)) br; span.soft { (figure(macro_f1.low)) "–" (figure(macro_f1.high)) } }
            td.num { @if let Some(before) = before { (signed(macro_f1.value - before, 3)) } }
        }
    };
    table(["Share", "Paragraphs", "Macro-F1", "Gain"], points.iter().zip(before).map(row))
}

/// A figure with three decimals.
pub fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// Where an axis begins: the tenth below the least of some shares, at most 0.9.
fn floor(shares: impl Iterator<Item = f64>) -> f64 {
    let least = shares.fold(0.9, f64::min);
    ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_error_is_the_largest_share_of_a_row() {
        let confusion = [vec![80, 15, 5], vec![1, 2, 1], vec![50, 0, 50]];
        assert_eq!(worst_confusion(&confusion), Some((2, 0, 0.5)));
        assert_eq!(worst_confusion(&[vec![3, 0], vec![0, 0]]), None);
        assert_eq!(share_of(usize::MAX, &[usize::MAX, usize::MAX]), 0.5);
    }

    #[test]
    fn an_axis_begins_below_its_points() {
        assert_eq!(floor([0.97, 0.759].into_iter()), 0.7);
        assert_eq!(floor([1.0].into_iter()), 0.9);
        assert_eq!(floor([-3.0].into_iter()), 0.0);
    }
}
