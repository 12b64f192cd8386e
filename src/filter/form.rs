//! What the learned filter looks at: the words of a block, and its form in coarse steps.

use super::signs::Signs;
use crate::features::WordClasses;
use crate::token::{Kind, Token, tokens};

/// The sentences of 3 to 20 words of a paragraph that has several.
pub(super) fn short_sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(". ") {
        let end = at + mark.len();
        if text[end..].starts_with(|c: char| c.is_uppercase() || "\"“‘".contains(c)) {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    if start == 0 {
        return Vec::new();
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| (3..=20).contains(&sentence.split_whitespace().count()));
    sentences
}

/// How many steps of length there are.
pub(super) const N_LENGTHS: usize = 8;

/// What stands for every number.
pub(super) const NUMBER: &str = "0";

/// Cues of form whose values are small numbers, each with its largest value.
pub(super) const CUES: [(&str, usize); 6] =
    [("capitals", 10), ("address", 1), ("at", 1), ("bar", 1), ("commas", 4), ("stops", 4)];

/// The form of a block in coarse steps.
pub(super) struct Form {
    /// Below [`N_LENGTHS`].
    pub(super) length: usize,
    /// What it ends on; `a` for a letter or digit.
    pub(super) ends: char,
    /// By cue of [`CUES`].
    pub(super) values: [usize; CUES.len()],
}

/// The words of a block by their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WordCounts {
    n_words: usize,
    n_capitals: usize,
}

impl WordCounts {
    /// Counts a token, where it is a word.
    pub(super) fn add(&mut self, token: &Token<'_>) {
        let is_word = token.kind == Kind::Word;
        let is_capital = match token.text.as_bytes().first() {
            Some(byte) if byte.is_ascii() => byte.is_ascii_uppercase(),
            _ => token.text.starts_with(char::is_uppercase),
        };
        self.n_words += usize::from(is_word);
        self.n_capitals += usize::from(is_word & is_capital);
    }
}

impl Form {
    pub(super) fn of(text: &str, tokens: &[Token<'_>]) -> Form {
        let mut counts = WordCounts::default();
        tokens.iter().for_each(|token| counts.add(token));
        Form::new(text, counts)
    }

    /// The form of a text with these words.
    pub(super) fn new(text: &str, counts: WordCounts) -> Form {
        let WordCounts { n_words, n_capitals } = counts;
        let ends = match text.chars().next_back() {
            Some(c) if c.is_alphanumeric() => 'a',
            Some(c) => c,
            None => ' ',
        };
        let signs = Signs::of(text.as_bytes());
        Form {
            length: [3, 6, 10, 15, 25, 40, 60].iter().position(|&limit| n_words <= limit).unwrap_or(7),
            ends,
            values: [
                n_capitals * 10 / n_words.max(1),
                usize::from(signs.has_address),
                usize::from(signs.has_at),
                usize::from(signs.has_bar),
                signs.n_commas.min(4),
                signs.n_stops.min(4),
            ],
        }
    }
}

/// The name of a cue with a number for its value.
pub(super) fn cue(name: &str, value: usize) -> String {
    format!("{name} {value}")
}

pub(super) fn begins(word: &str) -> String {
    format!("begins {word}")
}

pub(super) fn ends(mark: char) -> String {
    format!("ends {mark}")
}

pub(super) fn length(length: usize) -> String {
    format!("form length {length}")
}

/// The name of a cue by itself.
pub(super) fn alone(cue: &str) -> String {
    format!("form {cue}")
}

/// The name of a cue together with the length.
pub(super) fn with_length(length: usize, cue: &str) -> String {
    format!("form {length} {cue}")
}

/// The names of a block's features, sorted and without repeats.
pub(super) fn names(text: &str, classes: &WordClasses) -> Vec<String> {
    let tokens = tokens(text);
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token.kind {
            Kind::Number => NUMBER.to_string(),
            _ => token.text.to_lowercase().replace('’', "'"),
        })
        .collect();
    let mut names: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    let form = Form::of(text, &tokens);
    names.push(length(form.length));
    // Each of these counts twice over, alone and with the length, for form tells more than words.
    let cues = CUES.iter().zip(form.values).map(|((name, _), value)| cue(name, value));
    let first = words.first().map(|word| begins(word));
    for cue in cues.chain(first).chain([ends(form.ends)]) {
        names.extend([alone(&cue), with_length(form.length, &cue)]);
    }
    names.extend(words.iter().filter_map(|word| classes.coarse(word)).map(str::to_string));
    names.extend(words);
    names.sort_unstable();
    names.dedup();
    names
}
