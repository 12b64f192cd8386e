//! The blocks of a tree: paragraphs, headings, list items, quotations, captions, cells.

use dom_query::{Document, NodeRef};
use rustc_hash::FxHashMap;

use super::number::number_of;
use super::parts::{Shares, is_inline, is_layout};
use crate::article::{Paragraph, Part};
use crate::read::wrap::ends_sentence;

/// A block with at least this share of its letters in links is a link, not a sentence.
const MIN_LINK_SHARE: f64 = 0.8;
/// A link to another article has at least this many words.
const MIN_LINK_WORDS: usize = 3;

/// Stands for a `br` until the block ends: a vertical tab, which pages do not display.
const LINE_BREAK: char = '\u{b}';

/// A block with at least this share of its letters in links is one link as a whole.
const WHOLE_LINK: f64 = 0.95;
/// A linked block is a sentence of the article only if it has at least this many words.
const MIN_SENTENCE_WORDS: usize = 8;
/// The most linked sentences in a row that belong to the article: more of them are a list of teasers.
const MAX_LINKED_SENTENCES: usize = 3;

/// Elements whose text is not shown as text.
const SILENT: [&str; 15] = [
    "script", "style", "template", "svg", "math", "head", "title", "iframe", "object", "audio", "video",
    "canvas", "select", "datalist", "textarea",
];

/// A block of a tree.
#[derive(Debug)]
pub struct Block {
    /// The block with the white space of the page and without ranges.
    pub paragraph: Paragraph,
    /// The number of the first text in it; `None` if the texts are not numbered.
    pub number: Option<usize>,
    /// Whether it is shown only where scripts do not run.
    pub is_noscript: bool,
    /// Whether at least half of it is links, without being a link as a whole.
    pub has_many_links: bool,
}

/// The blocks of a tree in order.
#[derive(Debug, Default)]
pub struct Blocks {
    pub list: Vec<Block>,
    /// The letters of each numbered text that are in these blocks.
    pub n_letters: FxHashMap<usize, usize>,
}

/// The blocks of a document.
pub fn blocks(document: &Document) -> Blocks {
    let root = document.root();
    let mut walk = Walk { shares: Shares::of(&root), ..Walk::default() };
    let place = Place {
        part: Part::Body,
        heading: false,
        quoted: false,
        link: false,
        preformatted: false,
        number: None,
        is_noscript: false,
    };
    walk.children(&root, place);
    walk.end_block();
    keep_linked_sentences(&mut walk.blocks.list);
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
    number: Option<usize>,
    is_noscript: bool,
}

/// The blocks so far and the text since the last boundary.
#[derive(Debug, Default)]
struct Walk {
    shares: Shares,
    blocks: Blocks,
    text: String,
    /// The letters of `text` that are in links.
    n_linked: usize,
    /// The cells of a table of data that `text` is in.
    n_cells: usize,
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
        if let Some(cap) = drop_cap(element, name) {
            return self.push(&cap, place);
        }
        if name == "br" || name == "hr" {
            return self.line_break(name == "hr");
        }
        let part = self.shares.marked(element).unwrap_or(place.part);
        let inner = Place {
            part,
            heading: place.heading || matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt"),
            quoted: place.quoted || name == "blockquote",
            link: place.link || name == "a",
            preformatted: place.preformatted || matches!(name, "pre" | "listing" | "xmp"),
            number: number_of(element).or(place.number),
            is_noscript: place.is_noscript || name == "noscript",
        };
        // A table row is one block, except for cells that are or contain paragraphs.
        let is_cell = matches!(name, "td" | "th") && !is_layout(element);
        if is_cell {
            self.text.push(' ');
            self.n_cells += 1;
        }
        let is_boundary = !(is_inline(element) || is_cell) || part != place.part || name == "noscript";
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
            let n_letters = letters(text);
            self.n_linked += if place.link { n_letters } else { 0 };
            if let Some(number) = place.number {
                *self.blocks.n_letters.entry(number).or_default() += n_letters;
            }
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
        let n_cells = std::mem::take(&mut self.n_cells);
        let Some(place) = self.place.take() else { return };
        let is_link = n_linked as f64 >= MIN_LINK_SHARE * letters(&text) as f64;
        let n_words = text.split_whitespace().count();
        let is_related = place.part == Part::Body && is_link && n_words >= MIN_LINK_WORDS;
        let is_row = place.part == Part::Body && n_cells > 1 && !is_sentence(&text);
        let part = match () {
            _ if is_row => Part::Table,
            _ if is_related => Part::Related,
            _ => place.part,
        };
        let (n_letters, is_whole) = (letters(&text), n_linked as f64 >= WHOLE_LINK * letters(&text) as f64);
        let has_many_links = !is_whole && 2 * n_linked >= n_letters;
        let Place { heading, quoted, number, is_noscript, .. } = place;
        let block = |text| {
            let paragraph = Paragraph { text, heading, quoted, part: Some(part), ..Paragraph::default() };
            Block { paragraph, number, is_noscript, has_many_links }
        };
        self.blocks.list.extend(lines(&text).into_iter().map(block));
    }
}

/// Moves linked sentences between paragraphs of the article to the body: an article may link a whole sentence to its
/// source. A row of such sentences is a list of teasers, and so are linked sentences at the end.
fn keep_linked_sentences(blocks: &mut [Block]) {
    let is_of = |Block { paragraph, has_many_links, .. }: &Block, part| {
        let is_other = paragraph.heading || (*has_many_links && part == Part::Related);
        paragraph.part == Some(part) && !is_other && is_sentence(&paragraph.text)
    };
    let mut is_after_body = true;
    let mut start = 0;
    while start < blocks.len() {
        let rest = &blocks[start..];
        let n_linked = rest.iter().take_while(|block| is_of(block, Part::Related)).count();
        let is_before_body = rest.get(n_linked).is_some_and(|block| is_of(block, Part::Body));
        let is_kept = is_after_body && is_before_body && n_linked <= MAX_LINKED_SENTENCES;
        for block in blocks[start..start + n_linked].iter_mut().filter(|_| is_kept) {
            block.paragraph.part = Some(Part::Body);
        }
        start += n_linked + 1;
        // A heading does not interrupt an article, and the first block of an article may be a linked sentence.
        let last = &blocks[(start - 1).min(blocks.len() - 1)].paragraph;
        is_after_body = last.part == Some(Part::Body) && (last.heading || is_sentence(&last.text));
    }
}

/// Whether a block ends like a sentence and is long enough for one.
fn is_sentence(text: &str) -> bool {
    let closing = |c: char| "\"'”’»)]*_".contains(c) || c.is_whitespace();
    let is_stopped = text.trim_end_matches(closing).ends_with(['.', '!', '?', '…']);
    is_stopped && text.split_whitespace().nth(MIN_SENTENCE_WORDS - 1).is_some()
}

/// The letter of a picture of a drop cap before the rest of its word.
fn drop_cap(element: &NodeRef<'_>, name: &str) -> Option<String> {
    let letter = element.attr("alt").filter(|_| name == "img")?;
    let is_letter = letter.trim().chars().count() == 1 && letter.trim().chars().all(char::is_uppercase);
    let next = element.next_sibling().filter(|next| is_letter && next.is_text())?;
    next.text().starts_with(char::is_lowercase).then(|| letter.trim().to_string())
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
        let blocks = blocks(&Document::from(html)).list.into_iter().map(|block| block.paragraph);
        let seen: Vec<(String, Option<Part>)> =
            blocks.map(|block| (crate::read::normalise(&block.text), block.part)).collect();
        let expected: Vec<_> = expected.iter().map(|(text, part)| (text.to_string(), Some(*part))).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn rows_items_and_line_breaks_separate_blocks() {
        check(
            "<table><tr><th>Quay<th>Cranes<tr><td>North<td>4</table>",
            &[("Quay Cranes", Part::Table), ("North 4", Part::Table)],
        );
        let prose = "The council met and voted, ".repeat(5) + "and went home.";
        check(
            &format!("<table><tr><td>Monday<td>{prose}<td>4<td>Share</table>"),
            &[("Monday", Part::Body), (&prose, Part::Body), ("4 Share", Part::Table)],
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
