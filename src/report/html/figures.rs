//! Tables and plots of a model's cross-validated figures and its learning curve.

use maud::{Markup, Render, html};

use super::page::{count, percent, short, signed, tag};
use crate::metrics::{CurvePoint, Interval, LabelScores, OutOfFold, ReliabilityBin};

/// How many shades the cells of a confusion matrix have.
const N_SHADES: usize = 5;
/// The size of a plot with axes, which fits a phone screen without scaling.
const WIDTH: f64 = 350.0;
const HEIGHT: f64 = 250.0;
/// The margins for ticks and names.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 42.0;

/// Precision, recall and F1 of each label.
pub fn label_scores(labels: &[String], figures: &OutOfFold) -> Markup {
    let row = |(label, scores): (usize, &LabelScores)| {
        let LabelScores { precision, recall, f1, support } = *scores;
        (tag(labels, label), [figure(precision), figure(recall), figure(f1), count(support)])
    };
    html! {
        h3 id="labels" { "Scores by label" }
        p {
            "Precision is the share of the paragraphs given a label that truly have it; recall is the share of the paragraphs "
            "with a label that were given it. F1 is their harmonic mean."
        }
        (wide("Scores by label", table(None, ["Label", "Precision", "Recall", "F1", "Count"], figures.per_label.iter().enumerate().map(row))))
    }
}

/// A table of figures; each row begins with a cell of the class `head` that says what they describe.
pub fn table<const N: usize, const M: usize>(
    head: Option<&str>,
    names: [&str; N],
    rows: impl Iterator<Item = (impl Render, [impl Render; M])>,
) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { (names[0]) }
                    @for name in &names[1..] { th.num scope="col" { (name) } }
                }
            }
            tbody {
                @for (name, figures) in rows {
                    tr {
                        th class=[head] scope="row" { (name) }
                        @for figure in figures { td.num { (figure) } }
                    }
                }
            }
        }
    }
}

/// A table that scrolls on narrow screens; `name` is for screen readers.
pub fn wide(name: &str, table: Markup) -> Markup {
    html! { div.wide role="region" tabindex="0" aria-label={ (name) ", table" } { (table) } }
}

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

pub fn reliability(figures: &OutOfFold, calibration_error: Option<&f64>) -> Markup {
    let bins = &figures.reliability;
    let least = floor(bins.iter().flat_map(|bin| [bin.mean_probability, bin.accuracy]));
    let axis = |name: &'static str| Axis::of_shares(name, least, 1.0, 0.1);
    let axes = Axes { x: axis("probability"), y: axis("accuracy") };
    let total: f64 = bins.iter().map(|bin| bin.n_paragraphs as f64).sum();
    let point = |bin: &ReliabilityBin| {
        let radius = 2.5 + 10.0 * (bin.n_paragraphs as f64 / total.max(1.0)).sqrt();
        (bin.mean_probability, bin.accuracy, radius)
    };
    let points: Vec<_> = bins.iter().map(point).collect();
    let even = axes.line("even", &[(least, least), (1.0, 1.0)]);
    let row = |bin: &ReliabilityBin| {
        let range = format!("{:.2}–{:.2}", bin.low, bin.high);
        (range, [figure(bin.mean_probability), figure(bin.accuracy), count(bin.n_paragraphs)])
    };
    let table = table(Some("num"), ["Probability", "Mean", "Accuracy", "Count"], bins.iter().map(row));
    html! {
        h3 id="reliability" { "Calibration" }
        p {
            "Of labels with a probability of 0.8, eight in ten should be right. Points on the dashed line are calibrated, points "
            "below it overconfident, points above it underconfident; larger points stand for more paragraphs. "
            @if let Some(error) = calibration_error {
                "Probabilities differ from accuracy by " b.num { (figure(*error)) } " on average (expected calibration error)."
            }
        }
        (axes.plot("Accuracy by probability", &points, even, table))
    }
}

pub fn coverage(figures: &OutOfFold, unsure_below: f64) -> Markup {
    let points: Vec<_> = figures.coverage.iter().map(|&(share, accuracy)| (share, accuracy, 4.0)).collect();
    let rows = figures.coverage.iter().map(|&(share, accuracy)| (percent(share), [figure(accuracy)]));
    let table = table(Some("num"), ["Share", "Accuracy"], rows);
    let axes = Axes {
        x: Axis::of_shares("share of paragraphs, most certain first", 0.0, 1.0, 0.2),
        y: Axis::of_shares("accuracy", floor(points.iter().map(|point| point.1)), 1.0, 0.1),
    };
    html! {
        h3 id="coverage" { "Selective accuracy" }
        p {
            "If only the most certain paragraphs keep their label, more of the labels are right. A label is unsure if "
            "its probability is below " b.num { (figure(unsure_below)) } "."
        }
        (axes.plot("Accuracy of the most certain paragraphs", &points, html! {}, table))
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
    let intervals = html! {
        @for point in points {
            @let x = short(axes.x(at(point)));
            line.interval x1=(x) x2=(x) y1=(short(axes.y(point.macro_f1.low))) y2=(short(axes.y(point.macro_f1.high))) {}
        }
    };
    let curve: Vec<_> = points.iter().map(|point| (at(point), point.macro_f1.value, 4.0)).collect();
    axes.plot("Macro-F1 by the number of paragraphs trained on", &curve, intervals, curve_table(points))
}

fn curve_table(points: &[CurvePoint]) -> Markup {
    let row = |(index, point): (usize, &CurvePoint)| {
        let Interval { value, low, high } = point.macro_f1;
        let before = index.checked_sub(1).map(|before| points[before].macro_f1.value);
        let gain = before.map(|before| signed(value - before, 3)).unwrap_or_default();
        let interval = html! { (figure(value)) br; span.soft { (figure(low)) "–" (figure(high)) } };
        (percent(point.share), [html! { (count(point.n_paragraphs)) }, interval, html! { (gain) }])
    };
    table(Some("num"), ["Share", "Paragraphs", "Macro-F1", "Gain"], points.iter().enumerate().map(row))
}

pub fn figure(value: f64) -> String {
    format!("{value:.3}")
}

/// Where an axis begins: the tenth below the smallest of some shares, at most 0.9.
fn floor(shares: impl Iterator<Item = f64>) -> f64 {
    let least = shares.fold(0.9, f64::min);
    ((least * 10.0).floor() / 10.0).clamp(0.0, 0.9)
}

/// One axis: its name, its ends and its ticks.
struct Axis {
    name: &'static str,
    low: f64,
    high: f64,
    ticks: Vec<(f64, String)>,
}

/// Two axes, from left to right and from bottom to top.
struct Axes {
    x: Axis,
    y: Axis,
}

impl Axis {
    /// An axis of shares with a tick every `step`.
    fn of_shares(name: &'static str, low: f64, high: f64, step: f64) -> Axis {
        let n_steps = ((high - low) / step).round() as usize;
        let tick = |index: usize| low + step * index as f64;
        let ticks = (0..=n_steps).map(|index| (tick(index), format!("{:.1}", tick(index))));
        Axis { name, low, high, ticks: ticks.collect() }
    }

    /// The position of a value, from 0 to 1; values beyond an end are drawn at that end.
    fn place(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        if width > 0.0 { ((value - self.low) / width).clamp(0.0, 1.0) } else { 0.5 }
    }
}

impl Axes {
    /// The distance of a value from the left edge.
    fn x(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    /// The distance of a value from the upper edge.
    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.place(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// The plot of a curve through `points`, each with the radius of its dot, drawn over `beneath`, with a table of its
    /// numbers beside it. `what` is its name for screen readers.
    fn plot(&self, what: &str, points: &[(f64, f64, f64)], beneath: Markup, table: Markup) -> Markup {
        let curve: Vec<(f64, f64)> = points.iter().map(|&(x, y, _)| (x, y)).collect();
        let name = format!("{what}; the table has the numbers.");
        html! {
            div.beside {
                svg.plot viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } width=(WIDTH) height=(HEIGHT) role="img" aria-label=(name) {
                    text x="0" y="14" { (self.y.name) }
                    @for (value, tick) in &self.y.ticks {
                        @let y = self.y(*value);
                        line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(short(y)) y2=(short(y)) {}
                        text.tick x=(LEFT - 6.0) y=(short(y + 4.0)) text-anchor="end" { (tick) }
                    }
                    @for (value, tick) in &self.x.ticks {
                        @let x = self.x(*value);
                        line.grid x1=(short(x)) x2=(short(x)) y1=(TOP) y2=(HEIGHT - BOTTOM) {}
                        text.tick x=(short(x)) y=(HEIGHT - BOTTOM + 16.0) text-anchor="middle" { (tick) }
                    }
                    text x=(WIDTH - RIGHT) y=(HEIGHT - 6.0) text-anchor="end" { (self.x.name) }
                    (beneath)
                    (self.line("curve", &curve))
                    @for &(x, y, radius) in points {
                        circle.dot cx=(short(self.x(x))) cy=(short(self.y(y))) r=(short(radius)) {}
                    }
                }
                (table)
            }
        }
    }

    fn line(&self, class: &str, points: &[(f64, f64)]) -> Markup {
        let point = |(x, y): &(f64, f64)| format!("{},{}", short(self.x(*x)), short(self.y(*y)));
        let points: Vec<String> = points.iter().map(point).collect();
        html! { polyline class=(class) points=(points.join(" ")) {} }
    }
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

    fn axes(low: f64, high: f64) -> Axes {
        Axes { x: Axis::of_shares("x", 0.0, 1.0, 0.5), y: Axis::of_shares("y", low, high, 0.1) }
    }

    #[test]
    fn values_are_drawn_between_the_ends() {
        let axes = axes(0.5, 1.0);
        assert_eq!((axes.x(0.0), axes.x(1.0)), (LEFT, WIDTH - RIGHT));
        assert_eq!((axes.y(0.5), axes.y(1.0)), (HEIGHT - BOTTOM, TOP));
        assert_eq!(axes.y(0.2), axes.y(0.5));
        let ticks: Vec<&str> = axes.y.ticks.iter().map(|(_, tick)| tick.as_str()).collect();
        assert_eq!(ticks, ["0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]);
    }

    #[test]
    fn an_axis_of_no_width_does_not_divide_by_zero() {
        assert_eq!(axes(1.0, 1.0).y(1.0), (HEIGHT - BOTTOM + TOP) / 2.0);
    }
}
