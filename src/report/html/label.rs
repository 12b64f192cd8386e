//! How labels and numbers look on a page.

use maud::{Markup, html};

/// How many labels have a look of their own. Further labels start again from the first; their names tell them apart.
const N_LOOKS: usize = 6;

/// What stands in place of shares when there are none.
pub const NO_WORDS: &str = "no labelled words";

/// The number of a label's look: `c0`, `f0` and so on are classes of the style.
pub fn look(label: usize) -> usize {
    label % N_LOOKS
}

/// A label's name, with its colour and its shape.
pub fn tag(labels: &[String], label: usize) -> Markup {
    html! { span class={ "label c" (look(label)) } { (labels[label]) } }
}

/// A share as a percentage: `42 %`, with a space that does not break.
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", 100.0 * share)
}

/// Shares as one bar across the width of its place; gaps separate them for readers who do not see colours.
///
/// `name` is for screen readers; without it, the text beside the bar must have the same numbers. Widths are classes
/// in hundredths, because the security policy allows no styles on elements.
pub fn bar(shares: &[f64], name: Option<&str>) -> Markup {
    let hundredths = shares.iter().map(|share| (100.0 * share).round() as u32).enumerate();
    html! {
        div.bar role=[name.map(|_| "img")] aria-label=[name] {
            @for (label, width) in hundredths.filter(|(_, width)| *width > 0) {
                i.{ "f" (look(label)) " w" (width) } {}
            }
        }
    }
}

/// The style rules of the classes that [`bar`] uses.
pub fn bar_widths() -> String {
    (1..=100).map(|width| format!(".w{width}{{width:{width}%}}")).collect()
}

/// A length in a drawing, to a tenth of a pixel.
pub fn short(length: f64) -> String {
    let tenths = (length * 10.0).round() / 10.0;
    format!("{tenths}")
}

/// A weight with its sign: a true minus, as wide as a plus.
pub fn signed(weight: f64, n_digits: usize) -> String {
    format!("{weight:+.n_digits$}").replace('-', "−")
}

/// A count with its noun: `1 article`, `7,338 articles`.
pub fn counted(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A number with commas between thousands.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

    #[test]
    fn commas_separate_thousands() {
        for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(count(n), expected);
        }
        assert_eq!([0, 1, 1000].map(|n| counted(n, "block")), ["0 blocks", "1 block", "1,000 blocks"]);
    }
}
