//! The blocks of a tree: paragraphs, headings, list items, quotations, captions, cells.

use dom_query::{Document, NodeRef};

use super::parts::{Shares, is_inline, is_layout};
use crate::article::{Paragraph, Part};
use crate::read::text::ends_sentence;

/// A block with at least this share of its letters in links is a link, not a sentence.
const MIN_LINK_SHARE: f64 = 0.8;
/// A link to another article has at least this many words.
const MIN_LINK_WORDS: usize = 3;

/// Stands for a `br` until the block ends: a vertical tab, which pages do not display.
const LINE_BREAK: char = '\u{b}';

/// Elements whose text is not shown as text.
const SILENT: [&str; 16] = [
    "script", "style", "noscript", "template", "svg", "math", "head", "title", "iframe", "object", "audio",
    "video", "canvas", "select", "datalist", "textarea",
];

/// The blocks of a document in order, with the white space of the page and without ranges.
pub fn blocks(document: &Document) -> Vec<Paragraph> {
    let root = document.root();
    let mut walk = Walk { shares: Shares::of(&root), ..Walk::default() };
    let place = Place { part: Part::Body, heading: false, quoted: false, link: false, preformatted: false };
    walk.children(&root, place);
    walk.end_block();
    walk.blocks
}

/// The place of a text in the tree.
#[derive(Debug, Clone, Copy)]
struct Place {
    part: Part,
    heading: bool,
    quoted: bool,
    link: bool,
    /// Whether line breaks are shown.
    preformatted: bool,
}

/// The blocks so far and the text since the last boundary.
#[derive(Debug, Default)]
struct Walk {
    shares: Shares,
    blocks: Vec<Paragraph>,
    text: String,
    /// The letters of `text` that are in links.
    n_linked: usize,
    /// The place of the first text of the block.
    place: Option<Place>,
}

impl Walk {
    /// Recursion is as deep as the tree, which [`super::limits`] bounds.
    fn children(&mut self, node: &NodeRef<'_>, place: Place) {
        for child in node.children_it(false) {
            if child.is_text() && place.preformatted {
                self.preformatted(&child.text(), place);
            } else if child.is_text() {
                self.push(&child.text(), place);
            } else if child.is_element() || child.is_fragment() {
                self.element(&child, place);
            }
        }
    }

    fn element(&mut self, element: &NodeRef<'_>, place: Place) {
        let name = element.node_name().unwrap_or_default();
        let name = name.as_ref();
        if SILENT.contains(&name) {
            return;
        }
        if name == "br" || name == "hr" {
            return self.line_break(name == "hr");
        }
        let part = self.shares.marked(element).unwrap_or(place.part);
        let inner = Place {
            part,
            heading: place.heading || matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
            quoted: place.quoted || name == "blockquote",
            link: place.link || name == "a",
            preformatted: place.preformatted || matches!(name, "pre" | "listing" | "xmp"),
        };
        // A table row is one block, except for cells that are or contain paragraphs.
        let is_cell = matches!(name, "td" | "th") && !is_layout(element);
        if is_cell {
            self.text.push(' ');
        }
        let is_boundary = !(is_inline(element) || is_cell) || part != place.part;
        if is_boundary {
            self.end_block();
        }
        self.children(element, inner);
        if is_boundary {
            self.end_block();
        }
    }

    fn push(&mut self, text: &str, place: Place) {
        if !text.trim().is_empty() {
            self.place.get_or_insert(place);
            self.n_linked += if place.link { letters(text) } else { 0 };
        }
        self.text.push_str(text);
    }

    /// Blank lines separate paragraphs where the page displays line breaks.
    fn preformatted(&mut self, text: &str, place: Place) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 && self.text.trim_end_matches([' ', '\t', '\r']).ends_with('\n') {
                self.end_block();
            } else if index > 0 {
                self.text.push('\n');
            }
            self.push(line, place);
        }
    }

    /// Two line breaks in a row separate paragraphs. A single one is marked, and [`lines`] decides.
    fn line_break(&mut self, always: bool) {
        if always || self.text.trim_end_matches([' ', '\t', '\r', '\n']).ends_with(LINE_BREAK) {
            self.end_block();
        } else {
            self.text.push(LINE_BREAK);
        }
    }

    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.text);
        let n_linked = std::mem::take(&mut self.n_linked);
        let Some(place) = self.place.take() else { return };
        let is_link = n_linked as f64 >= MIN_LINK_SHARE * letters(&text) as f64;
        let n_words = text.split_whitespace().count();
        let is_related = place.part == Part::Body && is_link && n_words >= MIN_LINK_WORDS;
        let part = if is_related { Part::Related } else { place.part };
        let (heading, quoted) = (place.heading, place.quoted);
        let block = |text| Paragraph { text, heading, quoted, part: Some(part), ..Paragraph::default() };
        self.blocks.extend(lines(&text).into_iter().map(block));
    }
}

/// The lines of a block between its line breaks, joined again if one continues the sentence of the previous one.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(LINE_BREAK).filter(|line| !line.trim().is_empty()) {
        // A bare web address also begins in lower case, and belongs to the line before it.
        let goes_on = line.trim_start().starts_with(char::is_lowercase);
        match lines.last_mut() {
            Some(last) if goes_on && !ends_sentence(last) => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.to_string()),
        }
    }
    lines
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[(&str, Part)]) {
        let blocks = blocks(&Document::from(html)).into_iter();
        let seen: Vec<(String, Option<Part>)> =
            blocks.map(|block| (crate::read::normalise(&block.text), block.part)).collect();
        let expected: Vec<_> = expected.iter().map(|(text, part)| (text.to_string(), Some(*part))).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn rows_items_and_line_breaks_separate_blocks() {
        check(
            "<table><tr><th>Quay<th>Cranes<tr><td>North<td>4</table>",
            &[("Quay Cranes", Part::Body), ("North 4", Part::Body)],
        );
        let prose = "The council met and voted, ".repeat(5) + "and went home.";
        check(
            &format!("<table><tr><td>Monday<td>{prose}<td>4<td>Share</table>"),
            &[("Monday", Part::Body), (&prose, Part::Body), ("4 Share", Part::Body)],
        );
        check("<ul><li>One <b>two</b><li>three</ul>", &[("One two", Part::Body), ("three", Part::Body)]);
        check("<p>One.<br>Two and<br>three.", &[("One.", Part::Body), ("Two and three.", Part::Body)]);
    }

    #[test]
    fn blank_lines_separate_paragraphs_where_they_are_shown() {
        check(
            "<pre>One line\nand another.\n \nThe <b>next\n\nand</b> last.</pre>",
            &[("One line and another.", Part::Body), ("The next", Part::Body), ("and last.", Part::Body)],
        );
        check("<p>One\n\ntwo.</p>", &[("One two.", Part::Body)]);
    }

    #[test]
    fn a_block_that_is_a_link_is_related() {
        check(
            "<p><a>Ten old cranes</a></p><p>See <a>ten old cranes</a> at the north basin.</p>",
            &[("Ten old cranes", Part::Related), ("See ten old cranes at the north basin.", Part::Body)],
        );
    }
}
