//! The learning curve: what more labels would pay.

use maud::{Markup, html};

use super::axes::{Axes, Axis};
use super::figures::{figure, floor, table};
use super::label::{percent, short};
use super::rows::count;
use crate::metrics::CurvePoint;

/// The curve with its numbers, or how to get one.
pub(super) fn learning_curve(points: &[CurvePoint]) -> Markup {
    html! {
        @if points.is_empty() {
            p {
                "This model was trained without a learning curve. " code { "rhetor train … --learning-curve" }
                " trains models on an eighth, a quarter and a half of the corpus, too, and this page then shows how much each doubling "
                "gains: whether more labels would pay."
            }
        } @else {
            p {
                "How good models of growing shares of the corpus are on text that none of them was trained on, with the interval that "
                "holds 95 % of draws of that text. Where the last doubling still gains, more labels of the same kind would pay."
            }
            (plot(points))
        }
    }
}

fn plot(points: &[CurvePoint]) -> Markup {
    let at = |point: &CurvePoint| (point.n_paragraphs.max(1) as f64).log2();
    let x = Axis {
        name: "paragraphs trained on",
        low: points.iter().map(at).fold(f64::INFINITY, f64::min),
        high: points.iter().map(at).fold(f64::NEG_INFINITY, f64::max),
        ticks: points.iter().map(|point| (at(point), count(point.n_paragraphs))).collect(),
    };
    let low = floor(points.iter().map(|point| point.macro_f1.low));
    let axes = Axes { x, y: Axis::of_shares("macro-F1", low, 1.0, 0.1) };
    let line: Vec<(f64, f64)> = points.iter().map(|point| (at(point), point.macro_f1.value)).collect();
    axes.plot(
        "Macro-F1 by the number of paragraphs trained on",
        html! {
            (axes.line("curve", &line))
            @for point in points {
                @let x = short(axes.x(at(point)));
                line.interval x1=(x) x2=(x) y1=(short(axes.y(point.macro_f1.low))) y2=(short(axes.y(point.macro_f1.high))) {}
                (axes.dot(at(point), point.macro_f1.value, 4.0))
            }
        },
        numbers(points),
    )
}

fn numbers(points: &[CurvePoint]) -> Markup {
    let before = std::iter::once(None).chain(points.iter().map(|point| Some(point.macro_f1.value)));
    let row = |(point, before): (&CurvePoint, Option<f64>)| {
        let figures = &point.macro_f1;
        html! {
            th.num scope="row" { (percent(point.share)) }
            td.num { (count(point.n_paragraphs)) }
            td.num { (figure(figures.value)) br; span.soft { (figure(figures.low)) "–" (figure(figures.high)) } }
            td.num { @if let Some(before) = before { (format!("{:+.3}", figures.value - before).replace('-', "−")) } }
        }
    };
    table(["Share", "Paragraphs", "Macro-F1", "Gain"], points.iter().zip(before).map(row))
}
