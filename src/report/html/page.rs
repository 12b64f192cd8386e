//! What all pages have in common: their head, their style, their policy, their foot.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::label::bar_widths;

/// The style of every page.
const STYLE: &str = include_str!("page.css");

/// What stands near the beginning of every page that any rhetor made, and of no other file.
pub(super) const MARK: &str = "<meta name=\"generator\" content=\"rhetor ";

/// One page that needs nothing but itself.
///
/// Nothing is fetched: style and script stand in the page, and a policy that names their hashes forbids all
/// others, so that no text of an article can run. Every page can be read without its script.
pub(super) struct Page<'a> {
    /// The title of the window.
    pub(super) title: &'a str,
    /// Style that this kind of page has beside that of all pages.
    pub(super) style: &'a str,
    /// The script; empty for pages without one.
    pub(super) script: &'a str,
    /// Its `main` has the name `main`. The page's own words are English.
    pub(super) body: Markup,
}

impl Page<'_> {
    /// The page's HTML.
    pub(super) fn text(self) -> String {
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
                    (foot())
                    @if !self.script.is_empty() { script { (PreEscaped(self.script)) } }
                }
            }
        };
        printable(page.into_string())
    }
}

/// `text` with U+FFFD for what a page must not hold: control characters that are no white space, and code
/// points that are no characters.
fn printable(text: String) -> String {
    let is_banned = |c: char| match c {
        '\n' | '\t' => false,
        '\u{fdd0}'..='\u{fdef}' => true,
        c => c.is_control() || c as u32 & 0xfffe == 0xfffe,
    };
    if text.contains(is_banned) { text.replace(is_banned, "\u{fffd}") } else { text }
}

/// What the page may load: this style, this script, and nothing else.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
    let script = if script.is_empty() { "'none'".to_string() } else { hash(script) };
    format!(
        "default-src 'none'; style-src {}; script-src {script}; base-uri 'none'; form-action 'none'",
        hash(style)
    )
}

fn foot() -> Markup {
    html! {
        footer {
            p {
                "Labels and probabilities are a statistical model's, not a person's: read the paragraph before you quote "
                "its label. Made by rhetor " (env!("CARGO_PKG_VERSION")) "."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_a_page() {
        let banned = "a\u{0}\u{1b}[31m\r\u{85}\u{ffff}\u{fdd0}";
        assert_eq!(printable(banned.into()), "a\u{fffd}\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(printable("café\t\u{202e}1\n".into()), "café\t\u{202e}1\n");
    }

    #[test]
    fn every_page_has_the_mark_by_which_it_is_known_again() {
        let page = Page { title: "a", style: "", script: "", body: html! {} };
        assert!(page.text().find(MARK).is_some_and(|at| at < 2048));
    }

    #[test]
    fn text_stays_text_and_the_policy_names_what_stands_in_the_page() {
        let page = Page {
            title: "</title><script>alert(1)</script>",
            style: "p{color:red}",
            script: "let a = 1 < 2;",
            body: html! { main id="main" { p title="\"><script>" { "<script>" } } },
        };
        let text = page.text();
        assert_eq!(text.matches("<script>").count(), 1, "{text}");
        assert!(text.contains("<script>let a = 1 < 2;</script>"));
        let hash = BASE64_STANDARD.encode(Sha256::digest("let a = 1 < 2;"));
        assert!(text.contains(&hash), "{text}");
    }
}
