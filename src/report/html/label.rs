//! How a label looks: a colour, a shape and its word.

use maud::{Markup, html};

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

/// A share as a reader says it: `42 %`, with a space that no line breaks at.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", 100.0 * share)
}

/// Shares as one bar, as wide as its place; a gap parts them, for those who see no colours.
///
/// The words beside a bar say the same, or `name` does: it is told to those who hear a page. Widths are classes
/// of the style, in hundredths: the policy of pages allows no style in an element.
pub(super) fn bar(shares: &[f64], name: Option<&str>) -> Markup {
    let hundredths = shares.iter().map(|share| (100.0 * share).round() as u32).enumerate();
    html! {
        div.bar role=[name.map(|_| "img")] aria-label=[name] {
            @for (label, width) in hundredths.filter(|(_, width)| *width > 0) {
                i.{ "f" (look(label)) " w" (width) } {}
            }
        }
    }
}

/// The rules of the classes that [`bar`] has.
pub(super) fn bar_widths() -> String {
    (1..=100).map(|width| format!(".w{width}{{width:{width}%}}")).collect()
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
        let text = bar(&[0.5, 0.0, 0.251], Some("half")).into_string();
        let pieces = r#"<i class="f0 w50"></i><i class="f2 w25"></i>"#;
        assert_eq!(text, format!(r#"<div class="bar" role="img" aria-label="half">{pieces}</div>"#));
        assert!(bar_widths().contains(".w25{width:25%}"));
    }
}
