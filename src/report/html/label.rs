//! How a label looks: a colour, a shape and its word.

use maud::Markup;
use maud::html;

/// How many labels have a look of their own; more begin again from the first, and are told by their words.
const N_LOOKS: usize = 6;

/// The number of a label's look, as the classes `c0`, `f0` and so on of the style have it.
pub(super) fn look(label: usize) -> usize {
    label % N_LOOKS
}

/// A label's word, in its colour, behind its shape.
pub(super) fn tag(labels: &[String], label: usize) -> Markup {
    html! { span class={ "label c" (look(label)) } { (labels[label]) } }
}

/// A share as a reader says it: `42 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// Shares as one bar, `width` wide; a gap parts them, for those who see no colours.
///
/// The words beside a bar say the same, or `name` does: without words it is told to those who hear a page.
pub(super) fn bar(shares: &[f64], width: u32, height: u32, name: Option<&str>) -> Markup {
    let mut left = 0.0;
    let pieces = shares.iter().enumerate().map(|(label, &share)| {
        let x = left;
        left += share * f64::from(width);
        (label, x, (left - x - 1.0).max(0.0))
    });
    let pieces: Vec<_> = pieces.filter(|(_, _, wide)| *wide >= 0.5).collect();
    html! {
        svg width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" role=[name.map(|_| "img")] aria-label=[name] aria-hidden=[name.is_none().then_some("true")] {
            @for (label, x, wide) in pieces {
                rect class={ "f" (look(label)) } x=(short(x)) width=(short(wide)) height=(height) {}
            }
        }
    }
}

/// A length in a drawing: a tenth of a pixel is fine enough.
pub(super) fn short(length: f64) -> String {
    let tenths = (length * 10.0).round() / 10.0;
    format!("{tenths}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_shares() {
        let text = bar(&[0.5, 0.0, 0.25], 100, 6, Some("half")).into_string();
        assert_eq!(text.matches("<rect").count(), 2, "{text}");
        assert!(text.contains("class=\"f0\" x=\"0\" width=\"49\""), "{text}");
        assert!(text.contains("class=\"f2\" x=\"50\" width=\"24\""), "{text}");
    }
}
