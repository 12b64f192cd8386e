//! Drawings of shares with their intervals. They stretch with the page; the numbers stand beside them.

use maud::{Markup, html};

use super::label::{look, percent, short, tag};
use super::periods::moment;
use crate::metrics::Interval;
use crate::summary::Profile;

/// The width of a drawing in its own units: those of its height are pixels.
const WIDTH: f64 = 100.0;
/// The height of a plot over time, in pixels.
const HEIGHT: f64 = 120.0;
/// What the scale of a plot may end with.
const SCALES: [f64; 6] = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0];

/// One label's share of a group of `n_articles` in a cell: drawn on a scale from 0 to 100 %, and in numbers.
pub(super) fn interval_cell(label: usize, share: &Interval, n_articles: usize) -> Markup {
    let at = |share: f64| short(share * WIDTH);
    html! {
        td.ci {
            svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" {
                path.track d="M0 6H100" {}
                @if n_articles > 1 { path class={ "s" (look(label)) } d={ "M" (at(share.low)) " 6H" (at(share.high)) } {} }
                path.dot.{ "s" (look(label)) } d={ "M" (at(share.value)) " 6h0" } {}
            }
            b { (percent(share.value)) }
            @if n_articles > 1 { " " span.soft { (bounds(share)) } }
        }
    }
}

/// The ends of an interval: `38–46`.
pub(super) fn bounds(share: &Interval) -> String {
    format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high)
}

/// A label's share over time, from the profiles of times in order: a line through the shares, and for
/// each the interval.
pub(super) fn over_time(labels: &[String], label: usize, times: &[Profile]) -> Markup {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return html! {} };
    let (start, end) = (moment(&first.name), moment(&last.name));
    let top = scale(label, times);
    let x =
        |time: &Profile| short(1.0 + (moment(&time.name) - start) / (end - start).max(1.0) * (WIDTH - 2.0));
    let y = |share: f64| short(HEIGHT * (1.0 - (share / top).min(1.0)));
    let share = |time: &Profile| time.word_shares[label];
    let points = times.iter().map(|time| format!("{} {}", x(time), y(share(time).value)));
    let line = format!("M{}", points.clone().collect::<Vec<_>>().join("L"));
    let dots: String = points.map(|point| format!("M{point}h0")).collect();
    let known = times.iter().filter(|time| time.n_articles > 1);
    let bars: String =
        known.map(|time| format!("M{} {}V{}", x(time), y(share(time).low), y(share(time).high))).collect();
    html! {
        figure.time {
            figcaption { (tag(labels, label)) }
            div.axis.num aria-hidden="true" { span { (percent(top)) } span { (percent(top / 2.0)) } span { (percent(0.0)) } }
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
                path.track d={ "M0 0H100M0 " (HEIGHT / 2.0) "H100M0 " (HEIGHT) "H100" } {}
                path class={ "bars s" (look(label)) } d=(bars) {}
                path class={ "line s" (look(label)) } d=(line) {}
                path class={ "dot s" (look(label)) } d=(dots) {}
            }
            div.ends.num aria-hidden="true" { span { (first.name) } span { (last.name) } }
        }
    }
}

/// The end of the scale: the first that holds all shares, and all intervals that say something.
fn scale(label: usize, times: &[Profile]) -> f64 {
    let height = |time: &Profile| {
        let share = time.word_shares[label];
        if time.n_articles >= MIN_DRAWN { share.high } else { share.value }
    };
    let most = times.iter().map(height).fold(0.0, f64::max);
    SCALES.into_iter().find(|end| most <= *end).unwrap_or(1.0)
}

/// Intervals over fewer articles may leave the scale.
const MIN_DRAWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_drawn_where_its_numbers_are() {
        let share = Interval { value: 0.42, low: 0.385, high: 0.5 };
        let cell = interval_cell(1, &share, 12).into_string();
        assert!(cell.contains("class=\"s1\" d=\"M38.5 6H50\"") && cell.contains("M42 6h0"), "{cell}");
        assert!(cell.contains("42\u{a0}%") && cell.contains("38–50"), "{cell}");
        assert!(!interval_cell(1, &share, 1).into_string().contains("38–50"));
    }
}
