//! The paragraphs of plain text.
//!
//! A blank line separates paragraphs, and so does a line with only the marks of quoted mail (`>`). A single line break
//! does, too, unless the text is hard-wrapped: most of its inner lines have nearly the same width and end in
//! mid-sentence. If single blank lines stand in such a sentence, too, because the text is double-spaced, they count as
//! line breaks. Even in hard-wrapped text, a list item, an indented line, a page number or a change in quotation depth
//! begins a block. Finally, a block that ends in mid-sentence is joined with the next one if that continues in lower
//! case.

use std::ops::Range;

use super::breaks::line_ends;
use super::paragraph::{paragraph, quote_marks};
use super::wrap::{Line, ends_sentence, has_one_run, is_hard_wrapped, unwrap_run, without_spacing};
use crate::article::Paragraph;

/// A block that is broken in mid-sentence has at least this many words; shorter blocks are headings and boilerplate.
const MIN_WORDS_BROKEN: usize = 8;
/// The continuation of a broken block has at least this many words.
const MIN_WORDS_REST: usize = 4;

/// The paragraphs of `text` from byte `body` on.
pub fn paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let lines: Vec<Line> = lines(text, body).collect();
    let spaced = without_spacing(text, &lines);
    let is_spaced = spaced.is_some();
    let lines = spaced.unwrap_or(lines);
    let only_run = is_spaced || has_one_run(&lines);
    let mut blocks: Vec<Range<usize>> = if is_spaced || is_hard_wrapped(text, &lines, false) {
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
    let (mut begins_run, mut n_blank) = (true, 0);
    line_ends(text, body).filter_map(move |(end, ends_paragraph)| {
        let start = std::mem::replace(&mut position, end);
        let range = trimmed(text, start..end);
        let begins = std::mem::replace(&mut begins_run, ends_paragraph);
        if quote_marks(&text[range.clone()]).1 == range.len() {
            begins_run = true;
            n_blank += 1;
            return None;
        }
        Some(Line { range, begins_run: begins, n_blank: std::mem::take(&mut n_blank) })
    })
}

/// A slice of `text` without the white space around it.
pub fn trimmed(text: &str, slice: Range<usize>) -> Range<usize> {
    let rest = text[slice.clone()].trim_start();
    let start = slice.end - rest.len();
    start..start + rest.trim_end().len()
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

    /// Three paragraphs as lines of at most `width` characters, with these marks between lines and paragraphs.
    fn wrapped(width: usize, line_end: &str, paragraph_end: &str, indent: &str) -> (String, [String; 3]) {
        let paragraphs = [
            "The council met on Tuesday night to talk about the tram line that would join the harbour with the hospital, and after six hours of debate it voted against the plan of the mayor.",
            "Nobody left the hall early, though some of those who had come said that the heating had failed at about eight in the evening.",
            "In the end the mayor went home on foot, and the papers were left on the tables for those who would have to clean the hall in the morning.",
        ];
        let wrap = |paragraph: &str| {
            let (mut text, mut n) = (indent.to_string(), indent.len());
            for (index, word) in paragraph.split(' ').enumerate() {
                let is_full = n + 1 + word.len() > width;
                text += if index == 0 {
                    ""
                } else if is_full {
                    line_end
                } else {
                    " "
                };
                n = if is_full { word.len() } else { n + 1 + word.len() };
                text += word;
            }
            text
        };
        (paragraphs.map(wrap).join(paragraph_end), paragraphs.map(str::to_string))
    }

    #[test]
    fn narrow_and_double_spaced_lines_are_joined() {
        for (width, line_end, paragraph_end, indent) in [
            (32, "\n", "\n", "   "),
            (38, "\n", "\n", "  "),
            (34, "\n", "\n\n", ""),
            (34, "\n    ", "\n\n", ""),
            (60, "\n\n", "\n\n\n", ""),
            (60, "\r\n\r\n", "\r\n\r\n", "    "),
            (34, "\n\n", "\n\n", "  "),
            (60, "\r\r\n", "\r\r\n\r\r\n", ""),
            (60, "\u{85}", "\u{85}\u{85}", ""),
        ] {
            let (text, expected) = wrapped(width, line_end, paragraph_end, indent);
            check(&text, &expected.each_ref().map(String::as_str));
        }
    }

    #[test]
    fn lines_between_blank_ones_are_paragraphs_if_they_are_not_wrapped() {
        for paragraphs in [
            [
                "The council met on Tuesday night in the hall.",
                "Nobody left before the end of the debate.",
                "It voted against the plan of the mayor.",
                "she went home on foot after the meeting.",
                "the papers were left on all the tables.",
            ],
            [
                "Council Meets to Talk About the Tram Line",
                "Mayor Leaves Early and Blames the Heating",
                "Tram Vote Fails for the Third Time",
                "Ferry Sinks in the Old Harbour Basin",
                "Bridge to Be Closed Until Next Spring",
            ],
        ] {
            check(&paragraphs.join("\n\n"), &paragraphs);
        }
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
