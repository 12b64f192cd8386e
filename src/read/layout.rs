//! Texts whose paragraphs cannot be told from their lines: columns side by side, and no breaks between paragraphs.

use crate::article::Paragraph;

/// A longer line, in bytes, is probably more than one paragraph: this is five times a long paragraph of news.
const LONG_LINE: usize = 4000;

/// The spaces between columns of text side by side.
const GAP: &str = "    ";
/// Columns are looked for in texts of at least this many lines.
const MIN_LINES: usize = 12;
/// Columns are looked for in this many lines.
const MAX_SEEN: usize = 400;

/// A warning about a text whose paragraphs cannot be told from its lines.
pub fn layout_warning(text: &str, paragraphs: &[Paragraph]) -> Option<&'static str> {
    let prose = text.trim();
    let is_one = paragraphs.len() <= 1 && prose.len() > LONG_LINE;
    match () {
        _ if has_columns(prose) => {
            Some("columns side by side, read line by line; convert the file without its layout")
        }
        _ if is_one && !prose.contains('\n') => {
            Some("one long line, read as one paragraph; are line breaks between paragraphs missing?")
        }
        _ if is_one => Some("a long text without blank lines, read as one paragraph"),
        _ => None,
    }
}

/// Whether most lines have two columns of words with [`GAP`] between them.
fn has_columns(text: &str) -> bool {
    let words = |part: &str| part.split_whitespace().take(2).count();
    let is_divided = |line: &&str| {
        let gap = line.trim().find(GAP).map(|at| line.trim().split_at(at));
        gap.is_some_and(|(left, right)| words(left) == 2 && words(right) == 2)
    };
    let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(MAX_SEEN);
    let n_lines = lines().count();
    n_lines >= MIN_LINES && 2 * lines().filter(is_divided).count() > n_lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::text;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let warning = layout_warning(text, &text::paragraphs(text, 0));
        assert_eq!(warning.and_then(|what| what.split(',').next()), expected);
    }

    #[test]
    fn layouts_that_hide_paragraphs_are_reported() {
        check(
            &"The council met on Tuesday      and went home at about\n".repeat(20),
            Some("columns side by side"),
        );
        check(&"The council met. ".repeat(400), Some("one long line"));
        check(
            &"The council met on Tuesday night to talk about the tram\n".repeat(200),
            Some("a long text without blank lines"),
        );
    }

    #[test]
    fn other_texts_are_not() {
        check(&"The council met on Tuesday night to talk about the tram.\n\n".repeat(200), None);
        check(&"Greens      1,204    21.5\n".repeat(20), None);
    }
}
