//! Tokens: words, numbers and punctuation, each in the voice of the author or of somebody quoted.
//!
//! If quoted words counted as the author's own, every report of a fierce speech would look like advocacy.

mod quotation;
mod word;

use self::quotation::{Mark, Quotations};
pub use self::word::n_words;
use self::word::{BYTES, Byte, is_typographic, word_end};
use crate::article::Voice;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// Digits, with full stops and commas inside.
    Number,
    /// Any other character except white space.
    Punctuation,
    /// A character that opens or closes a quotation.
    QuoteMark,
}

/// One token of a text, borrowed from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Token<'a> {
    /// Its characters.
    pub text: &'a str,
    /// The byte in the text where it starts.
    pub start: usize,
    /// Its kind.
    pub kind: Kind,
    /// Whose voice it is in; a quotation mark is part of the quotation.
    pub voice: Voice,
}

/// The tokens of a paragraph in order, without white space.
///
/// Quotation marks can be straight, curly, guillemets or low-high marks. Quotations can nest, and an unclosed one
/// lasts to the end of the paragraph. A closing mark without an opening mark before it ends a quotation from an
/// earlier paragraph. Linear in the text.
#[cfg(any(test, feature = "train"))]
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 8);
    tokens_into(text, &mut tokens);
    tokens
}

/// Replaces the content of `tokens` by the tokens of a paragraph, as [`tokens`] returns them.
pub fn tokens_into<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>) {
    tokens.clear();
    let mut quotations = Quotations::new(text);
    let mut voice = quotations.voice();
    let mut start = 0;
    while let Some(&byte) = text.as_bytes().get(start) {
        let (class, width) = match BYTES[usize::from(byte)] {
            Byte::NonAscii => non_ascii(text, start),
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
            Byte::Other if is_plain(byte) => (start + width, Kind::Punctuation),
            Byte::Other | Byte::NonAscii => {
                let mark = quotations.update(char_at(text, start), start);
                if mark == Mark::ClosesEarlier {
                    tokens.iter_mut().for_each(|token: &mut Token| token.voice = Voice::Quoted);
                }
                voice = quotations.voice();
                (start + width, if mark == Mark::None { Kind::Punctuation } else { Kind::QuoteMark })
            }
        };
        let voice = if kind == Kind::QuoteMark { Voice::Quoted } else { voice };
        tokens.push(Token { text: &text[start..end], start, kind, voice });
        start = end;
    }
}

/// The class of the character at `start`, which is not ASCII, and its length in bytes.
fn non_ascii(text: &str, start: usize) -> (Byte, usize) {
    if is_typographic(&text.as_bytes()[start..]) {
        return (Byte::NonAscii, 3);
    }
    let character = char_at(text, start);
    let class = match character {
        _ if character.is_whitespace() => Byte::Space,
        _ if character.is_numeric() => Byte::Digit,
        _ if character.is_alphanumeric() => Byte::Letter,
        _ => Byte::NonAscii,
    };
    (class, character.len_utf8())
}

fn char_at(text: &str, start: usize) -> char {
    text[start..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Whether a byte is an ASCII character that is never a quotation mark.
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
    fn an_unclosed_quotation_lasts_to_the_end() {
        check("She went on: “We will not rest. We will not", "She went on");
        check("She went on: \"We will not rest.", "She went on");
    }

    #[test]
    fn a_closing_mark_alone_ends_a_quotation_from_an_earlier_paragraph() {
        check("We will not rest,” she said.", "she said");
        check("We will not rest,\" she said.", "she said");
    }

    #[test]
    fn apostrophes_do_not_open_quotations() {
        check("The readers’ trust isn’t won ’til dawn.", "The readers trust isn’t won til dawn");
        check("It's the '90s and rock 'n' roll.", "It's the s and rock n roll".replace(" s ", " ").as_str());
        check("‘The readers’ trust is gone,’ he said.", "he said");
    }

    #[test]
    fn a_quoted_word_that_ends_in_s_is_closed() {
        check("The ‘elites’ and the ‘people’ are at war.", "The and the are at war");
        check("The 'experts' and the 'elites' are at war.", "The and the are at war");
    }

    #[test]
    fn marks_that_face_the_wrong_way_are_recognised() {
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
    fn inch_marks_do_not_open_quotations() {
        check("He is 5'11\" tall and sold a 27\" screen.", "He is tall and sold a screen");
    }

    #[test]
    fn words_between_two_quotations_are_the_authors() {
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
