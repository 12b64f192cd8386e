//! The learned part of the filter: a table over the words and the form of a block that tells boilerplate from
//! prose.

use crate::combination::{Combination, log_likelihoods, softmax};
use crate::features::{ParagraphWords, RowSums, Table, UNKNOWN};
use crate::token::Kind as TokenKind;

/// The table never drops longer blocks, in words: hardly any boilerplate that the rules leave is longer, and losing a
/// paragraph is costly.
const MAX_WORDS: usize = 40;

/// The class of prose in the table.
#[cfg(feature = "train")]
pub const PROSE: usize = 0;
/// The class of boilerplate.
pub const BOILERPLATE: usize = 1;

/// Naive Bayes over the words and the form of a block, refined on the log loss.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedFilter {
    /// A row of two values for each feature: prose, boilerplate.
    pub table: Table,
    /// One weight and two offsets.
    pub combination: Combination,
    /// A block is dropped when its probability of being boilerplate is above this.
    pub threshold: f64,
}

/// What a feature of the table describes; together with one or two values it makes a key. Numbers are part of the model
/// format.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Word = 1,
    Code,
    Length,
    Cue,
    CueAtLength,
    FirstWord,
    FirstWordAtLength,
    FirstWords,
    LastWords,
    Ends,
    EndsAtLength,
}

impl Kind {
    /// The key of values below 2^21, such as word ids and characters.
    fn key(self, value: u32, other: u32) -> u64 {
        (self as u64) << 42 | u64::from(value) << 21 | u64::from(other)
    }
}

/// The largest number of words of each step of length but the last.
const LENGTHS: [usize; 7] = [3, 6, 10, 15, 25, 40, 60];

impl LearnedFilter {
    /// Whether the table may drop a block of `n_words` words at all.
    pub fn judges(n_words: usize) -> bool {
        n_words <= MAX_WORDS
    }

    /// Whether a block is boilerplate. Linear in its text.
    pub fn is_boilerplate(&self, block: &ParagraphWords<'_>, rows: &mut RowSums) -> bool {
        let mut found = Vec::with_capacity(2 * MAX_WORDS + 64);
        keys(block, |key| found.push(key));
        let mut sums = [0.0; 2];
        let n_features = rows.add_up(&self.table, &found, &mut sums);
        log_likelihoods(&mut sums, n_features);
        softmax(&self.combination.scores(&sums))[BOILERPLATE] > self.threshold
    }
}

/// Calls `take` with the key of every feature of a block; some keys come several times.
pub fn keys(block: &ParagraphWords<'_>, mut take: impl FnMut(u64)) {
    let mut codes = 0;
    let (mut n_words, mut n_capitals) = (0, 0);
    for (token, word) in block.tokens.iter().zip(&block.words) {
        if word.id != UNKNOWN {
            take(Kind::Word.key(word.id, 0));
        }
        codes |= word.traits.codes;
        if token.kind == TokenKind::Word {
            n_words += 1;
            n_capitals += u32::from(token.text.starts_with(char::is_uppercase));
        }
    }
    (0..32).filter(|code| codes >> code & 1 != 0).for_each(|code| take(Kind::Code.key(code, 0)));
    let length = LENGTHS.iter().position(|&limit| n_words <= limit).unwrap_or(LENGTHS.len()) as u32;
    take(Kind::Length.key(length, 0));
    // Form says more than words, so each cue of form counts both alone and together with the length.
    for (cue, value) in (0..).zip(form(block.text, n_words, n_capitals)) {
        take(Kind::Cue.key(cue, value));
        take(Kind::CueAtLength.key(length << 8 | cue, value));
    }
    ends(block, length, take);
}

/// Calls `take` with what a block begins and ends with.
fn ends(block: &ParagraphWords<'_>, length: u32, mut take: impl FnMut(u64)) {
    let ids: Vec<u32> = block.words.iter().map(|word| word.id).collect();
    if let Some(&first) = ids.first().filter(|first| **first != UNKNOWN) {
        take(Kind::FirstWord.key(first, 0));
        take(Kind::FirstWordAtLength.key(first, length));
    }
    for (kind, pair) in [(Kind::FirstWords, ids.first_chunk::<2>()), (Kind::LastWords, ids.last_chunk::<2>())]
    {
        if let Some(&[before, after]) = pair.filter(|pair| !pair.contains(&UNKNOWN)) {
            take(kind.key(before, after));
        }
    }
    let last = block.text.chars().next_back().unwrap_or(' ');
    let last = if last.is_alphanumeric() { 0 } else { u32::from(last) };
    take(Kind::Ends.key(last, 0));
    take(Kind::EndsAtLength.key(last, length));
}

/// Cues of form: tenths of the words with a capital, web address, at sign, bar, commas, full stops before a space.
fn form(text: &str, n_words: usize, n_capitals: u32) -> [u32; 6] {
    let count = |text: &str, mark: u8| memchr::memchr_iter(mark, text.as_bytes()).count();
    let is_stop = |at: &usize| text.as_bytes().get(at + 1) == Some(&b' ');
    let n_stops = memchr::memchr_iter(b'.', text.as_bytes()).filter(is_stop).count();
    let has_address = ["http", "www.", ".com"].iter().any(|sign| text.contains(sign));
    [
        n_capitals * 10 / n_words.max(1) as u32,
        has_address.into(),
        text.contains('@').into(),
        text.contains('|').into(),
        count(text, b',').min(4) as u32,
        n_stops.min(4) as u32,
    ]
}
