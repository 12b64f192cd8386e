//! What all pages have in common: their head, their style, their policy, their foot.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::DOCTYPE;
use maud::Markup;
use maud::PreEscaped;
use maud::html;
use sha2::Digest;
use sha2::Sha256;

use super::label::bar_widths;

/// The style of every page.
const STYLE: &str = include_str!("page.css");

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
        html! {
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
        }
        .into_string()
    }
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
