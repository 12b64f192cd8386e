//! Plain text: where its paragraphs begin and end, and their text in one line.
//!
//! A blank line parts paragraphs. Whether a single line break does is decided once for a text:
//! in hard-wrapped text (most inner lines of nearly one width, ending in mid-sentence) it does not,
//! elsewhere it does. At last a block that stops in mid-sentence is joined with the next when that
//! one goes on with a small letter.

use std::ops::Range;

use crate::article::Paragraph;

/// The widest line that counts as wrapped by hand or by a mail program, in characters.
const MAX_WRAP_WIDTH: usize = 120;
/// The narrowest column that counts as wrapped.
const MIN_WRAP_WIDTH: usize = 40;
/// The fewest words of a block that can have been broken in mid-sentence; shorter ones are
/// headings and clutter.
const MIN_WORDS_BROKEN: usize = 8;
/// The fewest words of what goes on after a break.
const MIN_WORDS_REST: usize = 4;

/// The paragraphs of `text` from byte `body` on.
pub(super) fn paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let runs = runs(text, body);
    let mut blocks = Vec::new();
    let wrapped = is_hard_wrapped(text, &runs);
    let only_run = runs.len() == 1;
    for run in runs {
        if wrapped {
            blocks.extend(unwrap_run(text, &run, only_run));
        } else {
            blocks.extend(run);
        }
    }
    let blocks = join_broken(text, blocks);
    blocks.into_iter().map(|block| super::paragraph(text, block.start, block.end)).collect()
}

/// `text` in one line: line breaks and other white space folded to one space, soft hyphens and
/// zero-width characters removed.
pub(crate) fn normalise(text: &str) -> String {
    let mut normalised = String::with_capacity(text.len());
    let mut space = false;
    for character in text.chars() {
        match character {
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            _ if character.is_whitespace() => space = !normalised.is_empty(),
            _ => {
                if std::mem::take(&mut space) {
                    normalised.push(' ');
                }
                normalised.push(character);
            }
        }
    }
    normalised
}

/// The blocks that blank lines part, without the white space around them.
pub(super) fn blank_line_blocks(text: &str, body: usize) -> Vec<Range<usize>> {
    let block = |run: &Vec<Range<usize>>| Some(run.first()?.start..run.last()?.end);
    runs(text, body).iter().filter_map(block).collect()
}

/// Consecutive lines that are not blank, each line without the white space around it.
fn runs(text: &str, body: usize) -> Vec<Vec<Range<usize>>> {
    let mut runs = vec![Vec::new()];
    let mut position = body;
    for line in text[body..].split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            runs.push(Vec::new());
        } else {
            let start = position + (line.len() - line.trim_start().len());
            runs.last_mut().expect("runs starts with one").push(start..start + trimmed.len());
        }
        position += line.len();
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Whether line breaks inside the runs were made by a column's width and not by the author.
///
/// Looks at the lines that another line of the same run follows. They must be at least three, none
/// wider than [`MAX_WRAP_WIDTH`], seven in ten of them at least 0.7 times as wide as the widest (a
/// column of at least [`MIN_WRAP_WIDTH`]), and at least half of them must end in mid-sentence.
fn is_hard_wrapped(text: &str, runs: &[Vec<Range<usize>>]) -> bool {
    let inner = runs.iter().flat_map(|run| &run[..run.len() - 1]);
    let inner: Vec<&str> = inner.map(|line| &text[line.clone()]).collect();
    let widths: Vec<usize> = inner.iter().map(|line| line.chars().count()).collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    if inner.len() < 3 || !(MIN_WRAP_WIDTH..=MAX_WRAP_WIDTH).contains(&widest) {
        return false;
    }
    let full = widths.iter().filter(|&&width| width * 10 >= widest * 7).count();
    let broken = inner.iter().filter(|line| !ends_sentence(line)).count();
    full * 10 >= inner.len() * 7 && broken * 2 >= inner.len()
}

/// The paragraphs of one run of hard-wrapped lines: all of it, parted before list items, and in a
/// text without blank lines after short lines that end a sentence.
fn unwrap_run(text: &str, run: &[Range<usize>], only_run: bool) -> Vec<Range<usize>> {
    let width = |line: &Range<usize>| text[line.clone()].chars().count();
    let widest = run.iter().map(width).max().unwrap_or(0);
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut ended = true;
    for line in run {
        match blocks.last_mut() {
            Some(block) if !ended && !is_list_item(&text[line.clone()]) => block.end = line.end,
            _ => blocks.push(line.clone()),
        }
        let short = width(line) * 10 < widest * 7;
        ended = only_run && short && ends_sentence(&text[line.clone()]);
    }
    blocks
}

fn is_list_item(line: &str) -> bool {
    let marked = ["- ", "* ", "• ", "– "].iter().any(|mark| line.starts_with(mark));
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered =
        (1..=2).contains(&digits) && [". ", ") "].iter().any(|mark| line[digits..].starts_with(mark));
    marked || numbered
}

/// Joins a block that stops in mid-sentence with the next one when that goes on in small letters.
fn join_broken(text: &str, blocks: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match joined.last_mut() {
            Some(last) if is_broken(&text[last.clone()], &text[block.clone()]) => last.end = block.end,
            _ => joined.push(block),
        }
    }
    joined
}

fn is_broken(block: &str, next: &str) -> bool {
    let has_words = |text: &str, n| text.split_whitespace().nth(n - 1).is_some();
    !ends_sentence(block)
        && next.starts_with(char::is_lowercase)
        && !next.starts_with("http")
        && has_words(block, MIN_WORDS_BROKEN)
        && has_words(next, MIN_WORDS_REST)
}

/// Whether the last sign of `line`, closing quotes and brackets aside, ends a sentence.
pub(super) fn ends_sentence(line: &str) -> bool {
    let closing = |c: char| "\"'”’»)]*_".contains(c) || c.is_whitespace();
    line.trim_end_matches(closing).ends_with(['.', '!', '?', '…', ':', ';', '‽', '。'])
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn blank_lines_part_paragraphs() {
        check("One.\n\nTwo.", &["One.", "Two."]);
        check("\r\nOne.\r\n \t\r\n\r\nTwo.\r\n", &["One.", "Two."]);
        check("", &[]);
        check(" \n\n ", &[]);
    }

    #[test]
    fn lines_part_paragraphs_where_nothing_is_wrapped() {
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
    fn clutter_in_small_letters_is_not_joined() {
        check(
            "Russia starts military cooperation\n\nby our own correspondent in Moscow",
            &["Russia starts military cooperation", "by our own correspondent in Moscow"],
        );
    }

    #[test]
    fn white_space_and_soft_hyphens_are_folded() {
        assert_eq!(normalise("  a\u{ad}b\n\tc\u{a0}d\u{200b} "), "ab c d");
    }
}
