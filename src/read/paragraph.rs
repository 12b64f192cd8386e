//! Paragraphs made from slices of a text: normalised to one line, split if they are too long, with their ranges counted
//! in characters.

use std::ops::Range;

use super::MAX_PARAGRAPH;
use super::lines::word_end;
use crate::article::Paragraph;

/// First halves of compounds, which keep their hyphen at the end of a line. Other words with a hyphen there were
/// hyphenated by a typesetter.
const COMPOUND: [&str; 18] = [
    "well", "self", "non", "half", "vice", "long", "short", "high", "first", "second", "third", "two",
    "three", "twenty", "thirty", "forty", "fifty", "sixty",
];

/// How much text before a hyphen is examined, in bytes: more than any word has. Without this limit, a text of nothing
/// but hyphenated words would take quadratic time.
const MAX_HALF: usize = 256;

/// A paragraph for a slice of `text`, with its text normalised.
pub fn paragraph(text: &str, Range { start, end }: Range<usize>) -> Paragraph {
    Paragraph { start, end, text: normalise(&text[start..end]), follows: true, ..Paragraph::default() }
}

/// Sets the character ranges of the paragraphs, which are in the order of `text`. `before` is the number of characters
/// before `text`; returns the number up to its end.
pub fn count_characters(text: &str, before: usize, paragraphs: &mut [Paragraph]) -> usize {
    let (mut byte, mut character) = (0, before);
    let mut count_to = |position: usize| {
        let end = position.max(byte);
        character += text[byte..end].chars().count();
        byte = end;
        character
    };
    for paragraph in paragraphs {
        let start = count_to(paragraph.start);
        paragraph.characters = start..count_to(paragraph.end);
    }
    count_to(text.len())
}

/// Splits the paragraphs of `source` that are too long. Also returns where in `source` these begin.
///
/// `plain` makes the text of a paragraph from its slice of the source.
pub fn split_paragraphs(
    source: &str,
    paragraphs: Vec<Paragraph>,
    plain: impl Fn(&str) -> String,
) -> (Vec<Paragraph>, Vec<usize>) {
    let mut long = Vec::new();
    let mut pieces = Vec::with_capacity(paragraphs.len());
    for paragraph in paragraphs {
        let (start, end) = (paragraph.start, paragraph.end);
        if end - start <= MAX_PARAGRAPH {
            pieces.push(paragraph);
            continue;
        }
        long.push(start);
        let bare = Paragraph { text: String::new(), ..paragraph };
        for range in paragraph_pieces(source, start..end) {
            let (text, follows) = (plain(&source[range.clone()]), bare.follows || range.start > start);
            pieces.push(Paragraph { start: range.start, end: range.end, text, follows, ..bare.clone() });
        }
    }
    (pieces, long)
}

/// Paragraphs whose spans point into the texts of the blocks joined by blank lines, and the number of blocks that were
/// split because they are too long. The first follows none.
pub fn joined(blocks: impl IntoIterator<Item = Paragraph>) -> (Vec<Paragraph>, usize) {
    let (mut start, mut character, mut n_split) = (0, 0, 0);
    let mut paragraphs = Vec::new();
    for mut block in blocks {
        let mut text = normalise(&std::mem::take(&mut block.text));
        remove_directions(&mut text);
        let pieces = paragraph_pieces(&text, 0..text.len());
        n_split += usize::from(pieces.len() > 1);
        for piece in pieces {
            let (end, text) = (start + piece.len(), text[piece].to_string());
            let characters = character..character + text.chars().count();
            character = characters.end + "\n\n".len();
            let follows = block.follows && start > 0;
            paragraphs.push(Paragraph { start, end, characters, text, follows, ..block.clone() });
            start = end + "\n\n".len();
        }
    }
    (paragraphs, n_split)
}

/// Sets the ranges of paragraphs whose texts stand one after another with blank lines between, from where the first
/// begins. A paragraph that begins at 0 is the first of another text.
pub fn set_joined_ranges(paragraphs: &mut [Paragraph]) {
    let mut next = None;
    for paragraph in paragraphs {
        let own = (paragraph.start, paragraph.characters.start);
        let (start, character) = next.filter(|_| paragraph.start > 0).unwrap_or(own);
        let (end, last) = (start + paragraph.text.len(), character + paragraph.text.chars().count());
        (paragraph.start, paragraph.end, paragraph.characters) = (start, end, character..last);
        next = Some((end + "\n\n".len(), last + "\n\n".len()));
    }
}

/// The pieces of at most [`MAX_PARAGRAPH`] bytes that a paragraph of `text` is split into, without the white space
/// around them.
pub fn paragraph_pieces(text: &str, paragraph: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = paragraph;
    while rest.len() > MAX_PARAGRAPH {
        let end = rest.start + word_end(&text[rest.clone()], MAX_PARAGRAPH);
        let piece = text[rest.start..end].trim_end();
        pieces.push(rest.start..rest.start + piece.len());
        rest.start = rest.end - text[end..rest.end].trim_start().len();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// `text` as one line: runs of white space and control characters become one space, words hyphenated across lines
/// are restored, soft hyphens and zero-width characters are removed, and so are the `>` marks of quoted mail if
/// every one of several lines begins with one.
pub fn normalise(text: &str) -> String {
    if is_normalised(text) {
        return text.to_string();
    }
    let mut folded = String::with_capacity(text.len());
    let mut is_word_open = false;
    let is_quoted = text.contains('\n') && text.lines().all(|line| quote_marks(line).0 > 0);
    for line in text.split('\n') {
        let line = if is_quoted { line[quote_marks(line).1..].trim() } else { line.trim() };
        let before = folded.len();
        if !is_word_open && before > 0 {
            join(&mut folded, line);
        }
        let joined = folded.len();
        push_folded(line, &mut folded);
        if folded.len() > joined {
            is_word_open = line.ends_with('\u{ad}');
        } else if joined > before {
            folded.truncate(before);
        }
    }
    folded
}

/// Whether `text` is certainly normalised, so that [`normalise`] would change nothing. Rarely `false` for normalised
/// English text.
///
/// The loop over pairs of bytes has no early exit, so the compiler can vectorise it.
pub fn is_normalised(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_visible = |byte: Option<&u8>| byte.is_none_or(|&byte| byte > b' ' && byte != 0x7f);
    let may_change = bytes.windows(2).fold(false, |any, pair| any | may_change(pair[0], pair[1]));
    !may_change && is_visible(bytes.first()) && is_visible(bytes.last())
}

/// Whether a byte and the next one may belong to a control character, two spaces, or white space or a zero-width
/// character outside ASCII. Those begin with one of four bytes or with `0xe2`, which `0x80` follows in dashes, quotation
/// marks and ellipses, too: U+2010 to U+2027.
fn may_change(byte: u8, next: u8) -> bool {
    let is_control = (byte < b' ') | (byte == 0x7f);
    let is_double_space = (byte == b' ') & (next == b' ');
    let is_other = (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe3) | (byte == 0xef);
    let is_after_e2 = ((byte == 0xe2) & (next == 0x81)) | ((byte == 0x80) & !(0x90..=0xa7).contains(&next));
    is_control | is_double_space | is_other | is_after_e2
}

/// Removes the marks of text direction, which are neither words nor shown.
pub fn remove_directions(text: &mut String) {
    let is_mark =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // All of them begin with the byte 0xe2, as curly quotation marks do.
    let mut starts = memchr::memchr_iter(0xe2, text.as_bytes());
    if starts.any(|at| text[at..].starts_with(is_mark)) {
        text.retain(|c| !is_mark(c));
    }
}

fn push_folded(line: &str, folded: &mut String) {
    let start = folded.len();
    let mut space = false;
    for c in line.chars() {
        match c {
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            // JSON strings can hold any control character, even NUL and escape.
            _ if c.is_whitespace() || c.is_ascii_control() => space = folded.len() > start,
            _ => {
                folded.extend(std::mem::take(&mut space).then_some(' '));
                folded.push(c);
            }
        }
    }
}

/// The number of `>` marks of quoted mail at the start of a line, and the bytes that they take. A mark is followed
/// by another, a space or the end of the line: `>50` is a number.
pub fn quote_marks(line: &str) -> (usize, usize) {
    let (mut depth, mut rest) = (0, line);
    while let Some(after) = rest.trim_start_matches([' ', '\t']).strip_prefix('>') {
        if !after.is_empty() && !after.starts_with(['>', ' ', '\t', '\r']) {
            break;
        }
        depth += 1;
        rest = after;
    }
    (depth, line.len() - rest.len())
}

/// Prepares `folded` for the `next` line: adds a space, or restores a word hyphenated across the two lines.
fn join(folded: &mut String, next: &str) {
    let half = folded.strip_suffix(['-', '\u{2010}']).filter(|half| half.ends_with(char::is_alphanumeric));
    let rest = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // `pre- and post-war` has a hyphen before a space in the middle of a line, too.
    let Some(half) = half.filter(|_| !matches!(rest, "" | "and" | "or" | "to")) else {
        return folded.push(' ');
    };
    let half = &half[half.ceil_char_boundary(half.len().saturating_sub(MAX_HALF))..];
    let half = half.rsplit(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
    let is_word = rest.starts_with(char::is_lowercase) && half.chars().all(char::is_alphabetic);
    // The hyphen was added by a typesetter unless it belongs to a compound.
    if is_word && !COMPOUND.contains(&half.to_lowercase().as_str()) {
        folded.pop();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn folding_changes_nothing_in_a_normalised_text(
            text in "([a ]|[a\u{a0}\u{1680}\u{2003}\u{200b}\u{2028}\u{202f}\u{205f}\u{3000}\u{feff}\u{ad}\0\u{7f}\t\n ’é—日]){0,6}",
        ) {
            let mut folded = String::new();
            push_folded(&text, &mut folded);
            prop_assert!(!is_normalised(&text) || folded == text, "{:?}", text);
        }
    }

    #[test]
    fn english_text_is_known_to_be_normalised() {
        assert!(is_normalised("It’s “one” line — plain… and a café for 5 €"));
        assert!(is_normalised("") && is_normalised("a"));
        assert!(!is_normalised(" ") && !is_normalised("a ") && !is_normalised("a  b"));
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(normalise(text), expected, "{text:?}");
    }

    #[test]
    fn white_space_is_folded_and_soft_hyphens_are_removed() {
        check("  a\u{ad}b\n\tc\u{a0}d\u{200b} ", "ab c d");
        check("a\r\n\u{200b}\r\nb\u{200b} \n", "a b");
        check("trans\u{ad}\nport", "transport");
    }

    #[test]
    fn control_characters_separate_words() {
        check("a\u{1b}[31mb\0c\u{7}\u{8} d\u{7f}", "a [31mb c d");
        check("\0\u{1b}\n\u{1}one\u{2}\n\u{3}", "one");
        // Marks of text direction and the upper control characters of old encodings stay.
        check("a\u{202e}b\u{9b}c", "a\u{202e}b\u{9b}c");
    }

    #[test]
    fn words_hyphenated_across_lines_are_joined() {
        check("the trans-\nport plan", "the transport plan");
        check("the trans-\r\n  port plan", "the transport plan");
        check("a well-\nknown man", "a well-known man");
        check("the Anglo-\nSaxon and state-of-the-\nart", "the Anglo-Saxon and state-of-the-art");
        check("a 30-\nyear-old", "a 30-year-old");
        check("pre-\nand post-war", "pre- and post-war");
        check("he said -\nand left", "he said - and left");
    }

    #[test]
    fn a_text_of_hyphenated_words_takes_linear_time() {
        let word = "ab".repeat(300_000);
        assert_eq!(normalise(&word.replace('b', "b-\n")), word.clone() + "-");
    }

    #[test]
    fn marks_of_quoted_mail_are_removed() {
        check("> one\n> two\n>> three", "one two three");
        check("> > one\n>\n> two", "one two");
        check(">50 per cent", ">50 per cent");
        check("a > b\nc -> d", "a > b c -> d");
        check("> Read more", "> Read more");
    }

    #[test]
    fn a_long_paragraph_is_split_at_white_space_and_nothing_is_lost() {
        for source in ["word ".repeat(50_000), "é".repeat(100_000), "short".to_string()] {
            let paragraph = paragraph(&source, 0..source.len());
            let (pieces, long) = split_paragraphs(&source, vec![paragraph], normalise);
            assert_eq!(long.len(), usize::from(source.len() > MAX_PARAGRAPH));
            for piece in &pieces {
                assert!(piece.end - piece.start <= MAX_PARAGRAPH);
                assert_eq!(normalise(&source[piece.start..piece.end]), piece.text);
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            let n_letters: usize = pieces.iter().map(|piece| letters(&piece.text)).sum();
            assert_eq!(n_letters, letters(&source));
        }
    }
}
