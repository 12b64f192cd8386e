//! The lines of a block in one line.

/// First halves of compounds that keep their hyphen at the end of a line; other words there were
/// parted by a typesetter.
const COMPOUND: [&str; 18] = [
    "well", "self", "non", "half", "vice", "long", "short", "high", "first", "second", "third", "two",
    "three", "twenty", "thirty", "forty", "fifty", "sixty",
];

/// How much of what stands before a hyphen is looked at, in bytes: longer than any word. Without it a text of
/// nothing but parted words takes time with the square of its length.
const MAX_HALF: usize = 256;

/// `text` in one line: line breaks, other white space and control characters folded to one space, words
/// that a line break parted joined, soft hyphens and zero-width characters removed, and the marks of
/// quoted mail where all of several lines begin with them.
pub(crate) fn normalise(text: &str) -> String {
    if is_folded(text.as_bytes()) {
        return text.to_string();
    }
    let mut folded = String::with_capacity(text.len());
    let mut is_word_open = false;
    let is_quoted = text.contains('\n') && text.lines().all(|line| n_quote_marks(line).0 > 0);
    for line in text.split('\n') {
        let line = if is_quoted { line[n_quote_marks(line).1..].trim() } else { line.trim() };
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

/// Whether there is nothing to fold: one line of text without white space but single spaces between words.
/// Some texts that are folded already look as if they were not.
fn is_folded(text: &[u8]) -> bool {
    let [first, .., last] = text else { return text.iter().all(u8::is_ascii_graphic) };
    // All of a piece, without a way out, is many bytes in one step.
    let is_plain = |(piece, after): (&[u8], &[u8])| {
        !piece.iter().zip(after).fold(false, |any, (byte, next)| any | may_be_folded(*byte, *next))
    };
    *first != b' '
        && last.is_ascii_graphic() | (*last >= 0x80)
        && text.chunks(AT_ONCE).zip(text[1..].chunks(AT_ONCE)).all(is_plain)
}

/// How many bytes are looked at in one go.
const AT_ONCE: usize = 256;

/// Whether a byte and the next one may be part of what is folded: a control character, a space before another, or
/// white space or a sign without a width that is not ASCII. Of what begins with `0xe2` only dashes, quotation
/// marks and the ellipsis are known to be none, and what has another second byte.
fn may_be_folded(byte: u8, next: u8) -> bool {
    let is_control = (byte < b' ') | (byte == 0x7f);
    let is_double = (byte == b' ') & (next == b' ');
    let begins_other = (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe3) | (byte == 0xef);
    // Its second and third byte: a character of two bytes that ends on `0x80` has another one behind it.
    let is_mark = next.wrapping_sub(0x90) <= 0x17;
    let is_other = ((byte == 0xe2) & (next == 0x81)) | ((byte == 0x80) & (next & 0xc0 == 0x80) & !is_mark);
    is_control | is_double | begins_other | is_other
}

fn push_folded(line: &str, folded: &mut String) {
    let start = folded.len();
    let mut space = false;
    for character in line.chars() {
        match character {
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
            // No text has control characters; JSON can say them all, escape and NUL too.
            _ if character.is_whitespace() || character.is_ascii_control() => space = folded.len() > start,
            _ => {
                if std::mem::take(&mut space) {
                    folded.push(' ');
                }
                folded.push(character);
            }
        }
    }
}

/// How many marks of quoted mail (`>`) a line begins with, and the bytes that they take. A mark is
/// followed by another, a space or the end: `>50` is a number.
pub(super) fn n_quote_marks(line: &str) -> (usize, usize) {
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

/// Puts a space before `next`, unless a word goes on there.
fn join(folded: &mut String, next: &str) {
    match seam(folded, next) {
        Seam::Space => folded.push(' '),
        Seam::Hyphen => {}
        Seam::Word => drop(folded.pop()),
    }
}

/// What stands between two lines once they are one.
#[derive(Debug, PartialEq)]
enum Seam {
    Space,
    /// The hyphen that ends the first line.
    Hyphen,
    /// Nothing: the hyphen was that of a parted word.
    Word,
}

fn seam(before: &str, next: &str) -> Seam {
    let Some(half) =
        before.strip_suffix(['-', '\u{2010}']).filter(|half| half.ends_with(char::is_alphanumeric))
    else {
        return Seam::Space;
    };
    let half = &half[half.ceil_char_boundary(half.len().saturating_sub(MAX_HALF))..];
    let half = half.rsplit(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
    let rest = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // `pre- and post-war` has its hyphen in the middle of a line, too.
    if rest.is_empty() || ["and", "or", "to"].contains(&rest) {
        return Seam::Space;
    }
    let is_word = rest.starts_with(char::is_lowercase) && half.chars().all(char::is_alphabetic);
    if is_word && !COMPOUND.contains(&half.to_lowercase().as_str()) { Seam::Word } else { Seam::Hyphen }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_look_folded_are() {
        let slow = |text: &str| {
            let mut folded = String::new();
            push_folded(text.trim(), &mut folded);
            folded
        };
        let spaces =
            ["\u{a0}", "\u{2003}", "\u{200b}", "\u{2028}", "\u{202f}", "\u{205f}", "\u{2060}", "\u{3000}"];
        let others = ["\u{1680}", "\u{feff}", "\u{ad}", "\u{85}", "\0", "\u{1b}", "\u{7f}", "\t", "  "];
        let marks = ["“", "—", "…", "é", "€", "█", "•", "日", " "];
        for sign in spaces.iter().chain(&others).chain(&marks) {
            for text in [format!("a{sign}b"), format!("{sign}a"), format!("a{sign}"), format!("a {sign} b")] {
                assert!(!is_folded(text.as_bytes()) || slow(&text) == text, "{text:?}");
            }
        }
        assert!(is_folded("It’s “one” line — plain…".as_bytes()));
    }

    proptest! {
        #[test]
        fn what_is_looked_at_in_pieces_is_folded_wherever_its_signs_stand(
            n_before in 240..270usize,
            text in "[a ]?[a\u{a0}\u{2003}\u{ad}\t ’é]{0,3}[a ]?",
        ) {
            let text = format!("{}{text}", "a".repeat(n_before));
            let mut folded = String::new();
            push_folded(text.trim(), &mut folded);
            prop_assert_eq!(normalise(&text), folded);
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(normalise(text), expected, "{text:?}");
    }

    #[test]
    fn white_space_and_soft_hyphens_are_folded() {
        check("  a\u{ad}b\n\tc\u{a0}d\u{200b} ", "ab c d");
        check("a\r\n\u{200b}\r\nb\u{200b} \n", "a b");
        check("trans\u{ad}\nport", "transport");
    }

    #[test]
    fn control_characters_part_words() {
        check("a\u{1b}[31mb\0c\u{7}\u{8} d\u{7f}", "a [31mb c d");
        check("\0\u{1b}\n\u{1}one\u{2}\n\u{3}", "one");
        // What a text says in another direction, or in the high controls of old encodings, is its own.
        check("a\u{202e}b\u{9b}c", "a\u{202e}b\u{9b}c");
    }

    #[test]
    fn words_that_a_line_break_parted_are_joined() {
        check("the trans-\nport plan", "the transport plan");
        check("the trans-\r\n  port plan", "the transport plan");
        check("a well-\nknown man", "a well-known man");
        check("the Anglo-\nSaxon and state-of-the-\nart", "the Anglo-Saxon and state-of-the-art");
        check("a 30-\nyear-old", "a 30-year-old");
        check("pre-\nand post-war", "pre- and post-war");
        check("he said -\nand left", "he said - and left");
    }

    #[test]
    fn a_text_of_nothing_but_parted_words_is_joined_in_linear_time() {
        let word = "ab".repeat(300_000);
        assert_eq!(normalise(&word.replace('b', "b-\n")), word.clone() + "-");
    }

    #[test]
    fn marks_of_quoted_mail_are_taken_off() {
        check("> one\n> two\n>> three", "one two three");
        check("> > one\n>\n> two", "one two");
        check(">50 per cent", ">50 per cent");
        check("a > b\nc -> d", "a > b c -> d");
        check("> Read more", "> Read more");
    }
}
