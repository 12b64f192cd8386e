//! What all pages have in common: head, style, security policy and footer, and how labels and numbers look.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::report::origin::Origin;

/// The style of every page.
pub const STYLE: &str = include_str!("page.css");
/// The style of articles.
pub const ARTICLE_STYLE: &str = include_str!("article.css");
/// The script that lets a reader correct labels.
pub const ARTICLE_SCRIPT: &str = include_str!("corrections.js");
/// The style of tables of articles and groups.
pub const OVERVIEW_STYLE: &str = include_str!("overview.css");
/// The script that sorts, searches and pages these tables.
pub const OVERVIEW_SCRIPT: &str = include_str!("overview.js");

/// Identifies a page that rhetor made. It is near the beginning of every page of every version, and in no other file.
pub const MARK: &str = "<meta name=\"generator\" content=\"rhetor ";

/// How an article is placed in its page.
pub struct Place<'a> {
    /// The prefix of paragraph ids, so that several articles can share a page.
    pub anchor: &'a str,
    /// The level of the article's heading, 1 or 2.
    pub level: u8,
    /// How many phrases or features are shown for the label of each paragraph, and how many against it.
    pub n_named: usize,
    /// Whether the phrases are listed as well as marked in the text, and the score is given. Otherwise a script does it.
    pub lists_phrases: bool,
    /// The id of the model.
    pub model: &'a str,
}

/// A page that is complete in one file.
///
/// Nothing is fetched. Style and script are in the page, and its security policy allows only their hashes, so no text
/// of an article can run as a script. Every page can be read without its script.
pub struct Page<'a> {
    /// The title of the window.
    pub title: &'a str,
    /// The style of this kind of page, added to that of all pages.
    pub style: &'a str,
    /// The script; empty if there is none.
    pub script: &'a str,
    /// What made the page.
    pub origin: &'a Origin,
    /// Contains `main` with the id `main`.
    pub body: Markup,
}

impl Page<'_> {
    /// The page as HTML.
    pub fn text(self) -> String {
        let style = format!("{STYLE}{}{}", bar_widths(), self.style);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy(&style, self.script));
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content=(concat!("rhetor ", env!("CARGO_PKG_VERSION")));
                    title { (self.title) }
                    style { (PreEscaped(&style)) }
                }
                body {
                    a.skip href="#main" { "Skip to content" }
                    (self.body)
                    footer {
                        p {
                            "A statistical model, not a person, chose the labels: read a paragraph before you quote its "
                            "label." (wrong(self.origin))
                        }
                        (made_by(self.origin))
                    }
                    @if !self.script.is_empty() { script { (PreEscaped(self.script)) } }
                }
            }
        };
        printable(page.into_string())
    }
}

/// How many labels are wrong, if the model's card says so.
fn wrong(origin: &Origin) -> Markup {
    html! {
        @if let Some(wrong) = origin.wrong_of_100() {
            " About " (wrong) " of 100 labels are wrong, by the model's own cross-validated figures."
        }
    }
}

/// The model, the version of rhetor, the options and the articles.
fn made_by(origin: &Origin) -> Markup {
    html! {
        p {
            "Made by rhetor " (origin.rhetor) " with the model " bdi { (origin.model) " " (origin.model_version) }
            ", id " code { (origin.model_id) } "."
            @if let Some(who) = &origin.labelled_by { " It learned from labels by " bdi { (who) } "." }
            @if !origin.options.is_empty() { " Options: " code { bdi { (origin.options.join(" ")) } } "." }
            @if let Some(articles) = &origin.articles {
                " SHA-256 of the paragraphs of " (counted(articles.n_articles, "article")) ": " code { (articles.sha256) } "."
            }
        }
    }
}

/// `text` with U+FFFD for what HTML must not contain: control characters other than white space, and noncharacters.
pub fn printable(text: String) -> String {
    let is_banned = |c: char| match c {
        '\n' | '\t' => false,
        '\u{fdd0}'..='\u{fdef}' => true,
        c => c.is_control() || c as u32 & 0xfffe == 0xfffe,
    };
    if text.contains(is_banned) { text.replace(is_banned, "\u{fffd}") } else { text }
}

/// What the page may load: this style and this script.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let script = if script.is_empty() { "'none'".to_string() } else { hash(script) };
    format!(
        "default-src 'none'; style-src {}; script-src {script}; base-uri 'none'; form-action 'none'",
        hash(style)
    )
}

/// How many labels have a colour and shape of their own. Further labels start again from the first; their names tell
/// them apart.
const N_LOOKS: usize = 6;

/// The text shown instead of shares when there are none.
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

/// Shares as one bar of full width; gaps separate them for readers who do not see colours.
///
/// `name` is for screen readers; without it, the text beside the bar must have the same numbers. Widths are classes,
/// one for each hundredth, because the security policy allows no styles on elements.
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

/// Each label with its share, in words.
pub fn listed(labels: &[String], shares: &[f64]) -> String {
    let shares = labels.iter().zip(shares).map(|(label, &share)| format!("{label} {}", percent(share)));
    shares.collect::<Vec<_>>().join(", ")
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
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        let banned = "a\u{0}\u{1b}[31m\r\u{85}\u{ffff}\u{fdd0}";
        assert_eq!(printable(banned.into()), "a\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(printable("café\t\u{202e}1\n".into()), "café\t\u{202e}1\n");
    }

    #[test]
    fn every_page_has_the_mark() {
        let page = Page { title: "a", style: "", script: "", origin: &Origin::default(), body: html! {} };
        assert!(page.text().find(MARK).is_some_and(|at| at < 2048));
    }

    #[test]
    fn text_is_escaped_and_the_policy_names_the_script() {
        let page = Page {
            title: "</title><script>alert(1)</script>",
            style: "p{color:red}",
            script: "let a = 1 < 2;",
            origin: &Origin::default(),
            body: html! { main id="main" { p title="\"><script>" { "<script>" } } },
        };
        let text = page.text();
        assert_eq!(text.matches("<script>").count(), 1, "{text}");
        assert!(text.contains("<script>let a = 1 < 2;</script>"));
        let hash = BASE64_STANDARD.encode(Sha256::digest("let a = 1 < 2;"));
        assert!(text.contains(&hash), "{text}");
    }

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
