//! The form of a paragraph as style cues: length, quotation, numbers, capitals, marks, how it begins and ends.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::cue::{Cue, MARKS, SIGNS, STEPS};
use super::lexicon::{ParagraphWords, UNKNOWN};
use crate::article::Voice;
use crate::read::{NameForm, name_and_rest};
use crate::token::{Kind, Token};

static SIGN_FINDERS: LazyLock<[Finder<'static>; SIGNS.len()]> =
    LazyLock::new(|| SIGNS.map(|(_, sign)| Finder::new(sign)));

const BULLETS: [char; 6] = ['•', '-', '*', '—', '–', '>'];

/// What is counted in one pass over the tokens.
#[derive(Default)]
pub struct Form {
    n_words: usize,
    n_author: usize,
    n_numbers: usize,
    n_capitals: usize,
    n_past: usize,
    n_adverbs: usize,
    n_marks: [usize; MARKS.len()],
}

impl Form {
    /// Counts a token.
    pub fn count(&mut self, token: &Token<'_>) {
        self.n_words += usize::from(token.kind == Kind::Word);
        if token.voice != Voice::Author {
            return;
        }
        match token.kind {
            Kind::Word => {
                let (text, bytes) = (token.text, token.text.as_bytes());
                self.n_author += 1;
                let is_capital = match bytes[0] {
                    first if first.is_ascii() => first.is_ascii_uppercase(),
                    _ => text.starts_with(char::is_uppercase),
                };
                self.n_capitals += usize::from(is_capital);
                self.n_past += usize::from(bytes.len() > 3 && bytes.ends_with(b"ed"));
                self.n_adverbs += usize::from(bytes.len() > 4 && bytes.ends_with(b"ly"));
            }
            Kind::Number => self.n_numbers += 1,
            // Handled first, because these are by far the most frequent punctuation and not in MARKS.
            Kind::Punctuation if token.text == "," || token.text == "." => {}
            Kind::Punctuation => {
                if let Some(mark) = MARKS.iter().position(|mark| *mark == token.text) {
                    self.n_marks[mark] += 1;
                }
            }
            Kind::QuoteMark => {}
        }
    }

    fn quoted_share(&self) -> usize {
        100 * (self.n_words - self.n_author) / self.n_words.max(1)
    }

    /// Reports the cues of form.
    pub fn extract(
        &self,
        paragraph: &ParagraphWords<'_>,
        n_sentences: usize,
        cue: &mut impl FnMut(Cue, u32),
    ) {
        let text = paragraph.text;
        let n_author = self.n_author.max(1);
        let values = [
            self.n_words,
            n_sentences,
            self.n_words / n_sentences.max(1),
            self.quoted_share(),
            self.n_numbers,
            100 * self.n_capitals / n_author,
            100 * self.n_past / n_author,
            self.n_adverbs,
        ];
        (0..).zip(values).for_each(|(index, value)| cue(Cue::Step, step(index, value)));
        for (mark, &n) in (0..).zip(&self.n_marks) {
            if n > 0 {
                cue(Cue::Mark, mark);
            }
            if n > 1 {
                cue(Cue::MarkTwice, mark);
            }
        }
        for (sign, finder) in (0..).zip(&*SIGN_FINDERS) {
            if finder.find(text.as_bytes()).is_some() {
                cue(Cue::Sign, sign);
            }
        }
        let first = paragraph.tokens.first();
        let begins = [
            is_turn(text),
            text.starts_with(|c: char| c.is_ascii_digit()),
            text.starts_with(BULLETS),
            first.is_some_and(|token| token.kind == Kind::QuoteMark),
        ];
        (0..).zip(begins).filter(|(_, begins)| *begins).for_each(|(index, _)| cue(Cue::Begins, index));
        if let Some(word) = paragraph.words.first().filter(|word| word.id != UNKNOWN && !begins[3]) {
            cue(Cue::BeginsWord, word.id);
        }
        cue(Cue::Ends, last_character(text));
    }
}

/// The value of a [`Cue::Step`]: the step of [`STEPS`] that `value` falls in.
fn step(index: usize, value: usize) -> u32 {
    let limits = STEPS[index].1;
    let place = limits.iter().position(|&limit| value <= limit).unwrap_or(limits.len());
    (index << 16 | place) as u32
}

/// The name that a turn of a conversation begins with.
const SPEAKER: NameForm = NameForm { n_words: 5, has_brackets: false, any_script: false };

/// Whether a text begins with `NAME: `.
fn is_turn(text: &str) -> bool {
    name_and_rest(text, SPEAKER).is_some_and(|(_, rest)| rest.starts_with(char::is_whitespace))
}

/// The last character that is not white space; 0 for a letter or digit.
fn last_character(text: &str) -> u32 {
    let last = text.trim_end().chars().next_back().unwrap_or(' ');
    if last.is_alphanumeric() { 0 } else { u32::from(last) }
}
