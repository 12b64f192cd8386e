//! The paragraphs of plain text.
//!
//! A blank line separates paragraphs, and so does a line with only the marks of quoted mail (`>`). A single line break
//! does, too, unless the text is hard-wrapped: most of its inner lines have nearly the same width and end in
//! mid-sentence. Even in hard-wrapped text, a list item, an indented line, a page number or a change in quotation depth
//! begins a block. Finally, a block that ends in mid-sentence is joined with the next one if that continues in lower
//! case.

use std::ops::Range;

use super::breaks::line_ends;
use super::paragraph::{paragraph, quote_marks};
use crate::article::Paragraph;

/// The width of hard-wrapped text is at most this, in characters.
const MAX_WRAP_WIDTH: usize = 120;
/// The width of hard-wrapped text is at least this. If blank lines separate its paragraphs, [`MIN_COLUMN_WIDTH`] is enough.
const MIN_WRAP_WIDTH: usize = 40;
/// The width of a narrow column is at least this.
const MIN_COLUMN_WIDTH: usize = 20;
/// A block that is broken in mid-sentence has at least this many words; shorter blocks are headings and boilerplate.
const MIN_WORDS_BROKEN: usize = 8;
/// The continuation of a broken block has at least this many words.
const MIN_WORDS_REST: usize = 4;

/// A line that is not blank.
#[derive(Debug, Clone)]
struct Line {
    /// Without the white space around it.
    range: Range<usize>,
    /// Whether it follows a blank line or is the first.
    begins_run: bool,
}

/// The paragraphs of `text` from byte `body` on.
pub fn paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let lines: Vec<Line> = lines(text, body).collect();
    let only_run = lines.iter().filter(|line| line.begins_run).count() == 1;
    let mut blocks: Vec<Range<usize>> = if is_hard_wrapped(text, &lines) {
        let runs = lines.chunk_by(|_, next| !next.begins_run);
        runs.flat_map(|run| unwrap_run(text, run, only_run)).collect()
    } else {
        lines.into_iter().map(|line| line.range).collect()
    };
    blocks.dedup_by(|block, last| {
        let is_one = is_broken(&text[last.clone()], &text[block.clone()]);
        last.end = if is_one { block.end } else { last.end };
        is_one
    });
    blocks.into_iter().map(|block| paragraph(text, block)).collect()
}

/// The blocks between blank lines, without the white space around them.
pub fn blank_line_blocks(text: &str, body: usize) -> impl Iterator<Item = Range<usize>> {
    let mut lines = lines(text, body).peekable();
    std::iter::from_fn(move || {
        let mut block = lines.next()?.range;
        while let Some(line) = lines.next_if(|line| !line.begins_run) {
            block.end = line.range.end;
        }
        Some(block)
    })
}

/// The lines that are not blank.
fn lines(text: &str, body: usize) -> impl Iterator<Item = Line> {
    let mut position = body;
    let mut begins_run = true;
    line_ends(text, body).filter_map(move |(end, ends_paragraph)| {
        let start = std::mem::replace(&mut position, end);
        let range = trimmed(text, start..end);
        let begins = std::mem::replace(&mut begins_run, ends_paragraph);
        if quote_marks(&text[range.clone()]).1 == range.len() {
            begins_run = true;
            return None;
        }
        Some(Line { range, begins_run: begins })
    })
}

/// A slice of `text` without the white space around it.
pub fn trimmed(text: &str, slice: Range<usize>) -> Range<usize> {
    let rest = text[slice.clone()].trim_start();
    let start = slice.end - rest.len();
    start..start + rest.trim_end().len()
}

/// Whether the line breaks inside the runs of lines are due to a column width.
///
/// Looks at the lines that are followed by another line of the same run. There must be at least three. The text's width
/// is the 80th percentile of their widths, because a web address may be longer, and must be from [`MIN_WRAP_WIDTH`] to
/// [`MAX_WRAP_WIDTH`]. At least seven in ten lines must have 0.7 times that width, and at least half must end in
/// mid-sentence. In a narrow column, where words fill lines less evenly, half of the lines must also go on in lower case,
/// unlike those of most poems and lists.
fn is_hard_wrapped(text: &str, lines: &[Line]) -> bool {
    let inner = lines.windows(2).filter(|pair| !pair[1].begins_run);
    let inner: Vec<&str> = inner.map(|pair| &text[pair[0].range.clone()]).collect();
    let mut widths: Vec<usize> = inner.iter().map(|line| line.chars().count()).collect();
    widths.sort_unstable();
    let width = widths.get(widths.len().saturating_sub(1) * 4 / 5).copied().unwrap_or_default();
    if inner.len() < 3 || !(MIN_COLUMN_WIDTH..=MAX_WRAP_WIDTH).contains(&width) {
        return false;
    }
    let is_narrow = width < MIN_WRAP_WIDTH;
    if is_narrow {
        let has_runs = lines.iter().filter(|line| line.begins_run).count() > 1;
        let next = lines.iter().filter(|line| !line.begins_run).map(|line| &text[line.range.clone()]);
        let words = next.map(|line| line[quote_marks(line).1..].trim_start());
        let n_lower = words.filter(|words| words.starts_with(char::is_lowercase)).count();
        if !has_runs || n_lower * 2 < inner.len() {
            return false;
        }
    }
    let share = if is_narrow { 6 } else { 7 };
    let full = widths.iter().filter(|&&other| other * 10 >= width * share).count();
    let broken = inner.iter().filter(|line| !ends_sentence(line)).count();
    full * 10 >= inner.len() * 7 && broken * 2 >= inner.len()
}

/// The paragraphs of one run of hard-wrapped lines. The run is split where [`begins_block`] says and, in a text without
/// blank lines, also after short lines that end a sentence.
fn unwrap_run(text: &str, run: &[Line], only_run: bool) -> Vec<Range<usize>> {
    let width = |line: &Line| text[line.range.clone()].chars().count();
    let widest = run.iter().map(width).max().unwrap_or(0);
    let ends =
        |line: &Line| only_run && width(line) * 10 < widest * 7 && ends_sentence(&text[line.range.clone()]);
    let blocks =
        run.chunk_by(|before, line| !ends(before) && !begins_block(text, &before.range, &line.range));
    blocks.map(|lines| lines[0].range.start..lines[lines.len() - 1].range.end).collect()
}

/// Whether a line of hard-wrapped text begins a block: a list item, a page number or the line after one, a line of
/// another quotation depth, or one indented more than the line before it.
fn begins_block(text: &str, before: &Range<usize>, line: &Range<usize>) -> bool {
    let (above, below) = (&text[before.clone()], &text[line.clone()]);
    let is_indented = indent(text, line) >= indent(text, before) + 2 && !is_list_item(above);
    is_list_item(below)
        || is_page_number(below)
        || is_page_number(above)
        || quote_marks(above).0 != quote_marks(below).0
        || is_indented
}

/// The columns of white space before a line.
fn indent(text: &str, line: &Range<usize>) -> usize {
    let start = text[..line.start].rfind(['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}']);
    let start = start.map_or(0, |end| text.ceil_char_boundary(end + 1));
    text[start..line.start].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Whether a line is the page number of a printed page: `12`, `- 12 -`, `Page 3 of 10`.
fn is_page_number(line: &str) -> bool {
    let inner = line.trim_matches(|c: char| c.is_whitespace() || "-–—|[]\u{c}".contains(c));
    let word = inner.get(..4).filter(|word| word.eq_ignore_ascii_case("page"));
    let number = word.map_or(inner, |word| inner[word.len()..].trim_start());
    let parts: Vec<&str> =
        number.split(['/', ' ']).filter(|part| !part.is_empty() && *part != "of").collect();
    let is_number = |part: &&str| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let most = if word.is_some() { 2 } else { 1 };
    (1..=most).contains(&parts.len()) && parts.iter().all(is_number)
}

fn is_list_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = (1..=2).contains(&(line.len() - number.len())) && number.starts_with(['.', ')']);
    ["- ", "* ", "• ", "– "].iter().any(|mark| line.starts_with(mark))
        || (is_numbered && number[1..].starts_with(' '))
}

/// Whether `block` ends in mid-sentence and `next` continues it in lower case.
fn is_broken(block: &str, next: &str) -> bool {
    let has_words = |text: &str, n| text.split_whitespace().nth(n - 1).is_some();
    !ends_sentence(block)
        && next.starts_with(char::is_lowercase)
        && !next.starts_with("http")
        && has_words(block, MIN_WORDS_BROKEN)
        && has_words(next, MIN_WORDS_REST)
}

/// Whether the last character of `line`, except for closing quotation marks and brackets, ends a sentence.
pub fn ends_sentence(line: &str) -> bool {
    let closing = |c: char| "\"'”’»)]*_".contains(c) || c.is_whitespace();
    line.trim_end_matches(closing).ends_with(['.', '!', '?', '…', ':', ';', '‽', '。'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::paragraph::normalise;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = paragraphs(text, 0);
        let texts: Vec<&str> = found.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(texts, expected, "{text:?}");
        for paragraph in &found {
            assert_eq!(normalise(&text[paragraph.start..paragraph.end]), paragraph.text);
        }
    }

    #[test]
    fn blank_lines_separate_paragraphs() {
        check("One.\n\nTwo.", &["One.", "Two."]);
        check("\r\nOne.\r\n \t\r\n\r\nTwo.\r\n", &["One.", "Two."]);
        check("", &[]);
        check(" \n\n ", &[]);
    }

    #[test]
    fn lines_are_paragraphs_if_nothing_is_wrapped() {
        check(
            "First paragraph here.\nShare on x\nOn Key",
            &["First paragraph here.", "Share on x", "On Key"],
        );
    }

    #[test]
    fn hard_wrapped_lines_are_joined() {
        let text = "The council met on Tuesday night to talk about\nthe tram line that would join the harbour with\nthe hospital, and after six hours of debate it\nvoted.\n\nNobody left the hall early, though some said\nthat the heating had failed.";
        check(
            text,
            &[
                "The council met on Tuesday night to talk about the tram line that would join the harbour with the hospital, and after six hours of debate it voted.",
                "Nobody left the hall early, though some said that the heating had failed.",
            ],
        );
    }

    #[test]
    fn a_short_line_ends_a_paragraph_of_wrapped_text_without_blank_lines() {
        let text = "The council met on Tuesday night to talk about\nthe tram line that would join the harbour with\nthe hospital.\nNobody left the hall early, though some of them\nsaid that the heating had failed at about eight\nin the evening.";
        assert_eq!(paragraphs(text, 0).len(), 2);
    }

    #[test]
    fn a_paragraph_broken_in_mid_sentence_is_joined() {
        check(
            "These people will join the ranks of the political elite and\n\nthe officers of the whole region. Then more.\n\nNext.",
            &[
                "These people will join the ranks of the political elite and the officers of the whole region. Then more.",
                "Next.",
            ],
        );
    }

    #[test]
    fn boilerplate_in_lower_case_is_not_joined() {
        check(
            "Russia starts military cooperation\n\nby our own correspondent in Moscow",
            &["Russia starts military cooperation", "by our own correspondent in Moscow"],
        );
    }

    #[test]
    fn text_with_a_long_address_can_be_hard_wrapped() {
        let wrapped = "The council met on Tuesday night to talk about\nthe tram line that would join the harbour with\nthe hospital, and after six hours of debate it\nvoted against the plan that the mayor had made\nand for the one of her old rival. ";
        let text =
            format!("{wrapped}See\nhttps://example.org/{}\nfor all the papers.\n\nMore.", "a".repeat(120));
        assert_eq!(paragraphs(&text, 0).len(), 2);
    }

    #[test]
    fn quoted_mail_is_separated_from_the_answer() {
        check(
            "> The council met on Tuesday night to talk about\n> the tram line that would join the harbour with\n> the hospital.\n>\n> Nobody left the hall early, though some of\n> them said that the heating had failed.\nI was there and can say that the heating had\nnot failed at all.",
            &[
                "The council met on Tuesday night to talk about the tram line that would join the harbour with the hospital.",
                "Nobody left the hall early, though some of them said that the heating had failed.",
                "I was there and can say that the heating had not failed at all.",
            ],
        );
    }

    #[test]
    fn indented_lines_and_page_numbers_split_wrapped_text() {
        check(
            "   The council met on Tuesday night to talk on\nthe tram line that would join the harbour with\nthe hospital, and after six hours of debate it\nvoted.\n   Nobody left the hall early, though some trans-\nport workers said that the heating had failed.\nPage 3 of 12\n   In the end the mayor went home on foot and the\npapers were left.",
            &[
                "The council met on Tuesday night to talk on the tram line that would join the harbour with the hospital, and after six hours of debate it voted.",
                "Nobody left the hall early, though some transport workers said that the heating had failed.",
                "Page 3 of 12",
                "In the end the mayor went home on foot and the papers were left.",
            ],
        );
    }

    #[test]
    fn page_numbers_are_recognised() {
        for line in ["12", "- 12 -", "Page 3", "page 3 of 10", "Page 3/10", "[7]"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["2024", "Page one", "3 of 10", "12 people", "", "of", "Page"] {
            assert!(!is_page_number(line), "{line}");
        }
    }

    /// The runs of lines between blank ones, the obvious way.
    fn slow_runs(text: &str) -> Vec<Vec<&str>> {
        let mut runs = vec![Vec::new()];
        for line in text.split('\n').map(str::trim) {
            match quote_marks(line).1 < line.len() {
                true => runs.last_mut().unwrap().push(line),
                false => runs.push(Vec::new()),
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    proptest! {
        #[test]
        fn blank_lines_separate_runs(text in "([ \t\u{a0}>]{0,3}[aé.]{0,2}[ \u{a0}]?(\r?\n)?){0,12}") {
            let lines: Vec<Line> = lines(&text, 0).collect();
            let runs = lines.chunk_by(|_, next| !next.begins_run);
            let runs: Vec<Vec<&str>> =
                runs.map(|run| run.iter().map(|line| &text[line.range.clone()]).collect()).collect();
            prop_assert_eq!(&runs, &slow_runs(&text));
            let blocks: Vec<_> = blank_line_blocks(&text, 0).map(|block| (block.start, block.end)).collect();
            let ends = |line: &&str| line.as_ptr() as usize - text.as_ptr() as usize;
            let by_hand = runs.iter().map(|run| (ends(&run[0]), ends(&run[run.len() - 1]) + run[run.len() - 1].len()));
            prop_assert_eq!(blocks, by_hand.collect::<Vec<_>>());
        }
    }
}
