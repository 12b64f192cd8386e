//! The page of `rhetor label`. Its script fills in the paragraphs.

use std::path::Path;

use maud::{DOCTYPE, Markup, html};

use super::codebook::{Block, Codebook, Label};
use crate::server::head;

pub const STYLE: &str = include_str!("label.css");
pub const SCRIPT: &str = include_str!("label.js");

/// What the page may load, and where its script may send choices: only this server.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The names of the three levels of confidence.
const CONFIDENCE: [&str; 3] = ["unsure", "fairly sure", "sure"];
/// The level that is set for a new paragraph.
const USUAL: usize = 1;

/// The page for a coder who labels by this codebook; `output` is the file of the choices.
pub fn page(codebook: &Codebook, coder: &str, output: &Path) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head("Label paragraphs", "/label.css"))
            body {
                a.skip href="#main" { "Skip to content" }
                header {
                    h1 { "Label paragraphs" }
                    p.soft { "Coder " bdi { (coder) } " · " span #counts {} }
                    progress #progress value="0" max="1" aria-label="Labelled paragraphs" {}
                }
                main id="main" { (work()) (choices(codebook)) (help(codebook)) }
                footer { p { "Choices are saved in " bdi { (output.display()) } " as you make them." } }
                script src="/label.js" {}
            }
        }
    };
    page.into_string()
}

/// The paragraph, and what is said about it.
fn work() -> Markup {
    html! {
        p #message role="status" {}
        noscript { p { "This page needs JavaScript." } }
        section #work aria-label="Paragraph" hidden {
            p.soft #place {}
            div.beside #before {}
            p #text tabindex="-1" {}
            div.beside #after {}
            p #model {}
            ul #opinions {}
        }
    }
}

fn choices(codebook: &Codebook) -> Markup {
    html! {
        section #choices aria-label="Your choice" hidden {
            div.labels { @for (index, label) in codebook.labels.iter().enumerate() { (button(index, label)) } }
            fieldset {
                legend { "Confidence " kbd { "C" } }
                @for (index, name) in CONFIDENCE.iter().enumerate() {
                    label { input type="radio" name="confidence" value=(index + 1) checked[index == USUAL]; " " (name) }
                }
            }
            label.note for="note" { "Note " kbd { "N" } }
            textarea #note rows="2" {}
            p.actions {
                button type="button" #skip { "Skip " kbd { "S" } }
                button type="button" #undo { "Undo " kbd { "U" } }
                label { input #shortcuts type="checkbox" checked; " Keyboard shortcuts" }
            }
        }
    }
}

fn button(index: usize, label: &Label) -> Markup {
    html! {
        button type="button" data-label=(label.name) data-key=(label.key) {
            span.label.{ "c" (index % 6) } { (label.name) } " " kbd { (label.key) }
            span.hint { (label.hint()) }
        }
    }
}

fn help(codebook: &Codebook) -> Markup {
    html! {
        details #codebook {
            summary { "Codebook: " (codebook.title) " " kbd { "?" } }
            (rules(&codebook.rules))
            @for label in &codebook.labels { h2 { (label.name) } (rules(&label.rules)) }
        }
    }
}

fn rules(blocks: &[Block]) -> Markup {
    let is_item = |block: &Block| matches!(block, Block::Item(_));
    html! {
        @for run in blocks.chunk_by(|a, b| is_item(a) == is_item(b)) {
            @if is_item(&run[0]) { ul { @for block in run { li { (text(block)) } } } }
            @else { @for block in run { p { (text(block)) } } }
        }
    }
}

fn text(block: &Block) -> &str {
    match block {
        Block::Paragraph(text) | Block::Item(text) => text,
    }
}
