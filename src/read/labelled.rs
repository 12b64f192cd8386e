//! Front matter, and the labelled-article form: each block begins with its label in brackets.

use std::ops::Range;

use super::Metadata;
use super::text::blank_line_blocks;
use crate::article::Paragraph;

/// The number of lines that front matter may have; a longer one is body.
const MAX_FRONT_MATTER_LINES: usize = 64;

/// One block of a labelled file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabelledBlock {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// The word in brackets.
    pub(crate) label: String,
    /// What follows the brackets.
    pub(crate) paragraph: Paragraph,
}

/// The `key: value` lines between two lines `---` at the top of `text`, and the byte after them;
/// nothing and 0 when there are none.
pub(crate) fn front_matter(text: &str) -> (Metadata, usize) {
    let mut metadata = Metadata::new();
    let mut lines = text.split_inclusive('\n');
    let mut position = match lines.next() {
        Some(first) if first.trim_end() == "---" => first.len(),
        _ => return (metadata, 0),
    };
    for line in lines.take(MAX_FRONT_MATTER_LINES) {
        position += line.len();
        if line.trim_end() == "---" {
            return if metadata.is_empty() { (metadata, 0) } else { (metadata, position) };
        }
        match line.split_once(':').filter(|(key, _)| is_key(key)) {
            Some((key, value)) => {
                let value = value.trim().trim_matches('"');
                metadata.insert(key.to_lowercase(), value.to_string());
            }
            // Items of a list and lines of a longer value are passed over.
            None if line.trim().is_empty() || line.starts_with([' ', '\t', '-', '#']) => {}
            None => break,
        }
    }
    (Metadata::new(), 0)
}

/// One short word: prose with a colon in it is no key.
fn is_key(key: &str) -> bool {
    let fine = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    key.len() <= 40 && key.starts_with(char::is_alphabetic) && key.chars().all(fine)
}

/// The blocks of a labelled file from byte `body` on, or `None` when its first block has no label.
///
/// The inner error is the line and the first words of a block without a label.
pub(crate) fn labelled_blocks(
    text: &str,
    body: usize,
) -> Option<Result<Vec<LabelledBlock>, (usize, String)>> {
    let mut ranges = blank_line_blocks(text, body).peekable();
    label_of(text, ranges.peek()?)?;
    let mut line = 1;
    let mut counted = 0;
    let mut blocks = Vec::new();
    for range in ranges {
        line += text[counted..range.start].matches('\n').count();
        counted = range.start;
        match label_of(text, &range) {
            Some((label, start)) => blocks.push(LabelledBlock {
                line,
                label: label.to_string(),
                paragraph: super::paragraph(text, start, range.end),
            }),
            None => {
                let words: String = text[range].chars().take(40).collect();
                return Some(Err((line, words)));
            }
        }
    }
    Some(Ok(blocks))
}

/// The label in brackets at the start of a block, and the byte where its text begins.
fn label_of<'a>(text: &'a str, block: &Range<usize>) -> Option<(&'a str, usize)> {
    let inside = text[block.clone()].strip_prefix('[')?;
    let (label, rest) = inside.split_once(']')?;
    let is_name = !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !is_name || !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let start = block.end - rest.trim_start().len();
    Some((label, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_keys_and_values() {
        let text = "---\ntitle: A: b\nOutlet: \"wire\"\n---\nBody.";
        let (metadata, body) = front_matter(text);
        assert_eq!(metadata["title"], "A: b");
        assert_eq!(metadata["outlet"], "wire");
        assert_eq!(&text[body..], "Body.");
    }

    #[test]
    fn a_rule_line_at_the_top_is_no_front_matter() {
        assert_eq!(front_matter("---\nJust a line of prose\n---\n").1, 0);
        assert_eq!(front_matter("---\ntitle: never closed\n").1, 0);
        assert_eq!(front_matter("---\nThe mayor said: no.\n---\n").1, 0);
        assert_eq!(front_matter("---\ntags:\n  - tram\ntitle: x\n---\n").0["title"], "x");
    }

    #[test]
    fn labels_and_lines_are_told() {
        let text = "---\ntitle: x\n---\n[report] One\nmore.\n\n[other] Share\n";
        let body = front_matter(text).1;
        let blocks = labelled_blocks(text, body).unwrap().unwrap();
        let seen: Vec<_> =
            blocks.iter().map(|b| (b.line, b.label.as_str(), b.paragraph.text.as_str())).collect();
        assert_eq!(seen, [(4, "report", "One more."), (7, "other", "Share")]);
        assert_eq!(&text[blocks[1].paragraph.start..blocks[1].paragraph.end], "Share");
    }

    #[test]
    fn a_block_without_a_label_is_told_with_its_line() {
        assert_eq!(labelled_blocks("[a] One.\n\nTwo.", 0), Some(Err((3, "Two.".to_string()))));
        assert_eq!(labelled_blocks("One.\n\n[a] Two.", 0), None);
        assert_eq!(labelled_blocks("[договорът] One.", 0).unwrap().unwrap()[0].label, "договорът");
        assert_eq!(labelled_blocks("[two words] One.", 0), None);
    }
}
