//! Texts of a tree made short enough to be written out in linear time.
//!
//! The article that readability's rules find is written as HTML and parsed again, and the writer looks through
//! the rest of a text for each `&`, non-breaking space or the like in it. So long texts are parted into several
//! that stand side by side, which reads the same.

use dom_query::{Document, NodeRef};

/// The longest text that stays whole, in bytes; the texts of news pages are hardly ever longer than 4 KB.
const MAX_TEXT: usize = 16 << 10;

/// Parts all texts beyond [`MAX_TEXT`] where one character ends and the next begins.
pub(super) fn part_long(document: &Document) {
    // A walk holds the tree: what it finds is collected before anything is changed.
    let is_long = |node: &NodeRef<'_>| node.is_text() && node.text().len() > MAX_TEXT;
    let texts: Vec<NodeRef<'_>> = document.root().descendants_it().filter(is_long).collect();
    for node in texts {
        let text = node.text();
        let mut rest: &str = text.as_ref();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_TEXT));
            node.insert_before(&document.tree.new_text(piece));
            rest = after;
        }
        node.remove_from_parent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_reads_the_same_in_parts() {
        let text = "é& ".repeat(20_000);
        let document = Document::from(format!("<p>{text}<b>end</b></p><p>short</p>"));
        let before = document.text();
        part_long(&document);
        assert_eq!(document.text(), before);
        let paragraph = document.select_single("p").nodes()[0];
        assert_eq!(paragraph.children_it(false).count(), text.len().div_ceil(MAX_TEXT) + 1);
    }
}
