//! Drawings: plots with axes, and shares with their intervals.

use maud::{Markup, html};

use super::label::{look, percent, short, tag};
use super::periods::moment;
use crate::metrics::Interval;
use crate::summary::Profile;

/// The size of a plot with axes: it fits a phone without being scaled.
const WIDTH: f64 = 350.0;
const HEIGHT: f64 = 250.0;
/// The margins for ticks and names.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 42.0;
/// The width of a drawing of shares, in units that stretch with the page.
const STRETCHED: f64 = 100.0;
/// The height of a plot over time, in pixels.
const TIME_HEIGHT: f64 = 120.0;
/// The possible ends of its scale.
const SCALES: [f64; 6] = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0];
/// Intervals over fewer articles may exceed its scale.
const MIN_DRAWN: usize = 5;

/// One axis: its name, its ends and its ticks.
pub struct Axis {
    pub name: &'static str,
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<(f64, String)>,
}

/// Two axes, from left to right and from bottom to top.
pub struct Axes {
    pub x: Axis,
    pub y: Axis,
}

impl Axis {
    /// An axis of shares with a tick every `step`.
    pub fn of_shares(name: &'static str, low: f64, high: f64, step: f64) -> Axis {
        let n_steps = ((high - low) / step).round() as usize;
        let tick = |index: usize| low + step * index as f64;
        let ticks = (0..=n_steps).map(|index| (tick(index), format!("{:.1}", tick(index))));
        Axis { name, low, high, ticks: ticks.collect() }
    }

    /// The position of a value, from 0 to 1; values beyond an end are at that end.
    fn place(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        if width > 0.0 { ((value - self.low) / width).clamp(0.0, 1.0) } else { 0.5 }
    }
}

impl Axes {
    /// The distance of a value from the left edge.
    pub fn x(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    /// The distance of a value from the upper edge.
    pub fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.place(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// The plot with `marks` on these axes, and a table of its numbers beside it. `what` it shows is its name for
    /// screen readers.
    pub fn plot(&self, what: &str, marks: Markup, table: Markup) -> Markup {
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
                    (marks)
                }
                (table)
            }
        }
    }

    /// A line through points.
    pub fn line(&self, class: &str, points: &[(f64, f64)]) -> Markup {
        let point = |(x, y): &(f64, f64)| format!("{},{}", short(self.x(*x)), short(self.y(*y)));
        let points: Vec<String> = points.iter().map(point).collect();
        html! { polyline class=(class) points=(points.join(" ")) {} }
    }

    /// A point.
    pub fn dot(&self, x: f64, y: f64, radius: f64) -> Markup {
        html! { circle.dot cx=(short(self.x(x))) cy=(short(self.y(y))) r=(short(radius)) {} }
    }
}

/// A table cell with one label's share of a group: drawn on a scale from 0 to 100 %, and in numbers. A single article
/// has no interval.
pub fn interval_cell(label: usize, share: &Interval, n_articles: usize) -> Markup {
    let at = |share: f64| short(share * STRETCHED);
    html! {
        td.ci {
            svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" {
                path.track d="M0 6H100" {}
                @if n_articles > 1 { path class={ "s" (look(label)) } d={ "M" (at(share.low)) " 6H" (at(share.high)) } {} }
                path.dot.{ "s" (look(label)) } d={ "M" (at(share.value)) " 6h0" } {}
            }
            b { (percent(share.value)) }
            @if n_articles > 1 { " " span.soft { (format!("{:.0}–{:.0}", 100.0 * share.low, 100.0 * share.high)) } }
        }
    }
}

/// One label's share over time, from the profiles of periods in order: a line through the shares, and an interval for
/// each.
pub fn over_time(labels: &[String], label: usize, times: &[Profile]) -> Markup {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return html! {} };
    let (start, end) = (moment(&first.name), moment(&last.name));
    let top = scale(label, times);
    let x = |time: &Profile| {
        short(1.0 + (moment(&time.name) - start) / (end - start).max(1.0) * (STRETCHED - 2.0))
    };
    let y = |share: f64| short(TIME_HEIGHT * (1.0 - (share / top).min(1.0)));
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
            svg viewBox={ "0 0 " (STRETCHED) " " (TIME_HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
                path.track d={ "M0 0H100M0 " (TIME_HEIGHT / 2.0) "H100M0 " (TIME_HEIGHT) "H100" } {}
                path class={ "bars s" (look(label)) } d=(bars) {}
                path class={ "line s" (look(label)) } d=(line) {}
                path class={ "dot s" (look(label)) } d=(dots) {}
            }
            div.ends.num aria-hidden="true" { span { (first.name) } span { (last.name) } }
        }
    }
}

/// The end of the scale: the first that holds all shares, and all intervals over enough articles.
fn scale(label: usize, times: &[Profile]) -> f64 {
    let height = |time: &Profile| {
        let share = time.word_shares[label];
        if time.n_articles >= MIN_DRAWN { share.high } else { share.value }
    };
    let most = times.iter().map(height).fold(0.0, f64::max);
    SCALES.into_iter().find(|end| most <= *end).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn an_interval_is_drawn_where_its_numbers_are() {
        let share = Interval { value: 0.42, low: 0.385, high: 0.5 };
        let cell = interval_cell(1, &share, 12).into_string();
        assert!(cell.contains("class=\"s1\" d=\"M38.5 6H50\"") && cell.contains("M42 6h0"), "{cell}");
        assert!(cell.contains("42\u{a0}%") && cell.contains("38–50"), "{cell}");
        assert!(!interval_cell(1, &share, 1).into_string().contains("38–50"));
    }
}
