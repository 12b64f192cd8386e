//! What all pages have in common: head, style, security policy and footer.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::label::bar_widths;

/// The style of every page.
const STYLE: &str = include_str!("page.css");
/// The style of articles.
pub const ARTICLE_STYLE: &str = include_str!("article.css");
/// The style of tables of articles and groups.
pub const OVERVIEW_STYLE: &str = include_str!("overview.css");
/// Pages, sorts and searches these tables.
pub const OVERVIEW_SCRIPT: &str = include_str!("overview.js");

/// Identifies a page that rhetor made: it is near the beginning of every page of any version, and in no other file.
pub const MARK: &str = "<meta name=\"generator\" content=\"rhetor ";

/// A page that is complete in one file.
///
/// Nothing is fetched: style and script are in the page, and its security policy names their hashes and forbids all
/// others, so no text of an article can run. Every page can be read without its script.
pub struct Page<'a> {
    /// The title of the window.
    pub title: &'a str,
    /// The style of this kind of page, added to that of all pages.
    pub style: &'a str,
    /// The script; empty if there is none.
    pub script: &'a str,
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
                            "label. Made by rhetor " (env!("CARGO_PKG_VERSION")) "."
                        }
                    }
                    @if !self.script.is_empty() { script { (PreEscaped(self.script)) } }
                }
            }
        };
        printable(page.into_string())
    }
}

/// `text` with U+FFFD for what HTML must not contain: control characters other than white space, and noncharacters.
fn printable(text: String) -> String {
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
        let page = Page { title: "a", style: "", script: "", body: html! {} };
        assert!(page.text().find(MARK).is_some_and(|at| at < 2048));
    }

    #[test]
    fn text_is_escaped_and_the_policy_names_the_script() {
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
