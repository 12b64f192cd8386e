//! The axes of a plot, and where values stand between them.

use maud::{Markup, html};

use super::label::short;

/// The size of a plot: it fits a telephone without being shrunk.
const WIDTH: f64 = 350.0;
const HEIGHT: f64 = 250.0;
/// What is left for ticks and names on each side.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 42.0;

/// One axis: what it measures, and the values at its ends and ticks.
pub(super) struct Axis {
    pub(super) name: &'static str,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<(f64, String)>,
}

/// Two axes, from left to right and from bottom to top.
pub(super) struct Axes {
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl Axis {
    /// An axis of shares, with a tick each `step`.
    pub(super) fn of_shares(name: &'static str, low: f64, high: f64, step: f64) -> Axis {
        let n_steps = ((high - low) / step).round() as usize;
        let tick = |index: usize| low + step * index as f64;
        let ticks = (0..=n_steps).map(|index| (tick(index), format!("{:.1}", tick(index))));
        Axis { name, low, high, ticks: ticks.collect() }
    }

    /// Where a value stands, from 0 to 1; values beyond an end stand at it.
    fn place(&self, value: f64) -> f64 {
        let width = self.high - self.low;
        if width > 0.0 { ((value - self.low) / width).clamp(0.0, 1.0) } else { 0.5 }
    }
}

impl Axes {
    /// The distance of a value from the left edge.
    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    /// The distance of a value from the upper edge.
    pub(super) fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - self.y.place(value) * (HEIGHT - TOP - BOTTOM)
    }

    /// The plot, `marks` on these axes, and beside it the table of its numbers. `what` it shows is told to those
    /// who hear the page.
    pub(super) fn plot(&self, what: &str, marks: Markup, table: Markup) -> Markup {
        html! {
            div.beside {
                (self.drawing(&format!("{what}; the table has the numbers."), marks))
                (table)
            }
        }
    }

    fn drawing(&self, summary: &str, marks: Markup) -> Markup {
        html! {
            svg.plot viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } width=(WIDTH) height=(HEIGHT) role="img" aria-label=(summary) {
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
        }
    }

    /// A line through points.
    pub(super) fn line(&self, class: &str, points: &[(f64, f64)]) -> Markup {
        let point = |(x, y): &(f64, f64)| format!("{},{}", short(self.x(*x)), short(self.y(*y)));
        let points: Vec<String> = points.iter().map(point).collect();
        html! { polyline class=(class) points=(points.join(" ")) {} }
    }

    /// A point.
    pub(super) fn dot(&self, x: f64, y: f64, radius: f64) -> Markup {
        html! { circle.dot cx=(short(self.x(x))) cy=(short(self.y(y))) r=(short(radius)) {} }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(low: f64, high: f64) -> Axes {
        Axes { x: Axis::of_shares("x", 0.0, 1.0, 0.5), y: Axis::of_shares("y", low, high, 0.1) }
    }

    #[test]
    fn values_stand_between_the_ends() {
        let axes = axes(0.5, 1.0);
        assert_eq!((axes.x(0.0), axes.x(1.0)), (LEFT, WIDTH - RIGHT));
        assert_eq!((axes.y(0.5), axes.y(1.0)), (HEIGHT - BOTTOM, TOP));
        assert_eq!(axes.y(0.2), axes.y(0.5));
        let ticks: Vec<&str> = axes.y.ticks.iter().map(|(_, tick)| tick.as_str()).collect();
        assert_eq!(ticks, ["0.5", "0.6", "0.7", "0.8", "0.9", "1.0"]);
    }

    #[test]
    fn an_axis_without_width_is_no_division_by_zero() {
        assert_eq!(axes(1.0, 1.0).y(1.0), (HEIGHT - BOTTOM + TOP) / 2.0);
    }
}
