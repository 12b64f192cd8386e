//! Words, numbers and punctuation, and who is speaking them.
//!
//! What stands inside quotation marks belongs to the speaker who is quoted. Counting such words as
//! the author's own makes every report of a fierce speech look like advocacy.

mod speaker;
mod word;

use self::speaker::{Mark, Speaker};
use self::word::{BYTES, Byte, is_typographic, word_end};
use crate::article::Voice;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with inner apostrophes.
    Word,
    /// Digits, with inner points and commas.
    Number,
    /// One character that is neither, white space excepted.
    Punctuation,
    /// A mark that opens or closes a quotation.
    QuoteMark,
}

/// One token of a text, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token<'a> {
    /// The characters of the token.
    pub text: &'a str,
    /// Its first byte in the text.
    pub start: usize,
    /// What it is made of.
    pub kind: Kind,
    /// Who says it.
    pub voice: Voice,
}

/// The tokens of `text` in order, each with its voice; white space is left out.
///
/// Quotations may be straight, curly, guillemets or low-high marks, may nest, and last to the end
/// of the paragraph when nothing closes them. A closing mark with no opening one before it ends a
/// quotation that began in an earlier paragraph. Linear time.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 8);
    tokens_into(text, &mut tokens);
    tokens
}

/// The same in the place of what `tokens` holds.
pub fn tokens_into<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    tokens.clear();
    let mut speaker = Speaker::new(text);
    let mut voice = speaker.voice();
    let mut start = 0;
    while let Some(&byte) = text.as_bytes().get(start) {
        let (class, width) = match BYTES[usize::from(byte)] {
            Byte::Wide => wide(text, start),
            class => (class, 1),
        };
        let (end, kind) = match class {
            Byte::Space => {
                start += width;
                continue;
            }
            Byte::Letter | Byte::Digit => {
                let number = class == Byte::Digit;
                (word_end(text, start, number), if number { Kind::Number } else { Kind::Word })
            }
            Byte::Sign if is_plain(byte) => (start + width, Kind::Punctuation),
            Byte::Sign | Byte::Wide => {
                let mark = speaker.hear(char_at(text, start), start);
                if mark == Mark::ClosesEarlier {
                    tokens.iter_mut().for_each(|token: &mut Token| token.voice = Voice::Quoted);
                }
                voice = speaker.voice();
                (start + width, if mark == Mark::None { Kind::Punctuation } else { Kind::QuoteMark })
            }
        };
        let voice = if kind == Kind::QuoteMark { Voice::Quoted } else { voice };
        tokens.push(Token { text: &text[start..end], start, kind, voice });
        start = end;
    }
}

/// What the character at `start`, which is outside ASCII, is, and its length in bytes.
fn wide(text: &str, start: usize) -> (Byte, usize) {
    if is_typographic(&text.as_bytes()[start..]) {
        return (Byte::Wide, 3);
    }
    let character = char_at(text, start);
    let class = match character {
        _ if character.is_whitespace() => Byte::Space,
        _ if character.is_numeric() => Byte::Digit,
        _ if character.is_alphanumeric() => Byte::Letter,
        _ => Byte::Wide,
    };
    (class, character.len_utf8())
}

fn char_at(text: &str, start: usize) -> char {
    text[start..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether a byte is a sign of ASCII that quotes nothing.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\'' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks which words of `text` are in the author's voice.
    #[track_caller]
    fn check(text: &str, author: &str) {
        let words: Vec<&str> = tokens(text)
            .into_iter()
            .filter(|token| token.voice == Voice::Author && token.kind == Kind::Word)
            .map(|token| token.text)
            .collect();
        assert_eq!(words.join(" "), author, "{text}");
    }

    #[test]
    fn words_outside_quotation_marks_are_the_authors() {
        check("She said \"we must fight\" on Monday.", "She said on Monday");
        check("She said “we must fight” on Monday.", "She said on Monday");
        check("Er sagte „wir kämpfen“ am Montag.", "Er sagte am Montag");
        check("Il dit « battons-nous » lundi.", "Il dit lundi");
        check("Han sagde »kæmp« i går.", "Han sagde i går");
        check("He called it 'a joke' and left.", "He called it and left");
        check("He called it ‘a joke’ and left.", "He called it and left");
    }

    #[test]
    fn quotations_nest() {
        check("He said “she told me ‘go home’ twice” then.", "He said then");
        check("He said \"she told me 'go home' twice\" then.", "He said then");
        check("‘He said “no” to us,’ she wrote.", "she wrote");
    }

    #[test]
    fn a_quotation_left_open_lasts_to_the_end() {
        check("She went on: “We will not rest. We will not", "She went on");
        check("She went on: \"We will not rest.", "She went on");
    }

    #[test]
    fn a_mark_that_only_closes_ends_an_earlier_paragraphs_quotation() {
        check("We will not rest,” she said.", "she said");
        check("We will not rest,\" she said.", "she said");
    }

    #[test]
    fn apostrophes_quote_nothing() {
        check("The readers’ trust isn’t won ’til dawn.", "The readers trust isn’t won til dawn");
        check("It's the '90s and rock 'n' roll.", "It's the s and rock n roll".replace(" s ", " ").as_str());
        check("‘The readers’ trust is gone,’ he said.", "he said");
    }

    #[test]
    fn quoted_words_that_end_in_s_are_closed() {
        check("The ‘elites’ and the ‘people’ are at war.", "The and the are at war");
        check("The 'experts' and the 'elites' are at war.", "The and the are at war");
    }

    #[test]
    fn marks_turned_the_wrong_way_do_little_harm() {
        check("I don ‘t know what China Daily ‘s men want.", "I don t know what China Daily s men want");
        check("She ordered a” strong, sustained series” of steps.", "She ordered a of steps");
        check("\"We must fight, \"he said on Monday. We agree.", "he said on Monday We agree");
        check("“We must fight,“ he said. We agree.", "he said We agree");
        check("“We must fight. “We must win,” he added. We agree.", "he added We agree");
        check("He said ``we must fight'' on Monday.", "He said on Monday");
    }

    #[test]
    fn many_apostrophes_take_linear_time() {
        let text = "'a ".repeat(200_000);
        assert_eq!(tokens(&text).iter().filter(|token| token.kind == Kind::Word).count(), 200_000);
    }

    #[test]
    fn inches_quote_nothing() {
        check("He is 5'11\" tall and sold a 27\" screen.", "He is tall and sold a screen");
    }

    #[test]
    fn two_quotations_leave_what_is_between() {
        check("“Go,” he said, “or stay.” Nobody moved.", "he said Nobody moved");
        check("\"Go,\" he said, \"or stay.\" Nobody moved.", "he said Nobody moved");
    }

    #[test]
    fn tokens_are_slices_of_the_text() {
        let text = "On 3.5 million “voters’ cards”, e-mail: naïve café!";
        for token in tokens(text) {
            assert_eq!(&text[token.start..token.start + token.text.len()], token.text);
        }
        let words: Vec<_> = tokens(text).iter().map(|token| token.text).collect();
        assert_eq!(words[..3], ["On", "3.5", "million"]);
    }
}
