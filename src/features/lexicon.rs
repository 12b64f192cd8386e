//! Words by number: what a text's tokens are, without a name made for each.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

use super::classes::{UNKNOWN_CLASSES, unknown_class};
use super::number_kind;
use crate::token::{Kind, Token};

/// A word's number in a [`Lexicon`].
pub(crate) type WordId = u32;

/// The words that a model has anything to say of, each with a number.
///
/// The first numbers stand for the words that it does not know, by their ending.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexicon {
    /// Words of up to 16 bytes, as those bytes; nearly all are.
    short: FxHashMap<[u64; 2], WordId>,
    long: FxHashMap<Box<str>, WordId>,
    n_words: usize,
}

impl Lexicon {
    /// A lexicon of these words, of which some may be repeated; and each word once, with its number.
    pub(crate) fn new<'a>(words: impl Iterator<Item = &'a str>) -> (Lexicon, Vec<(&'a str, WordId)>) {
        let mut distinct = Vec::new();
        let mut lexicon = Lexicon { n_words: UNKNOWN_CLASSES.len(), ..Lexicon::default() };
        let mut before = "";
        for word in words {
            // The n-grams of a vocabulary that begin alike follow one another.
            if word == before && !before.is_empty() {
                continue;
            }
            before = word;
            let next = lexicon.n_words as WordId;
            let id = match short_key(word) {
                Some(key) => *lexicon.short.entry(key).or_insert(next),
                None => *lexicon.long.entry(word.into()).or_insert(next),
            };
            if id == next {
                lexicon.n_words += 1;
                distinct.push((word, id));
            }
        }
        (lexicon, distinct)
    }

    /// One more than the largest number.
    pub(crate) fn len(&self) -> usize {
        self.n_words
    }

    /// Whether a number stands for words that are not known.
    pub(crate) fn is_unknown(id: WordId) -> bool {
        (id as usize) < UNKNOWN_CLASSES.len()
    }

    /// The number of a word as [`word_of`] writes it.
    pub(crate) fn id(&self, word: &str) -> Option<WordId> {
        match short_key(word) {
            Some(key) => self.short.get(&key).copied(),
            None => self.long.get(word).copied(),
        }
    }
}

/// The number of an unknown word's class.
pub(super) fn number_of_class(word: &str) -> WordId {
    let class = unknown_class(word);
    let index = UNKNOWN_CLASSES.iter().position(|known| *known == class);
    index.expect("the list holds every class") as WordId
}

/// The same for the word that a key stands for.
pub(super) fn class_of(key: [u64; 2]) -> WordId {
    let bytes = (u128::from(key[1]) << 64 | u128::from(key[0])).to_le_bytes();
    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    number_of_class(std::str::from_utf8(&bytes[..length]).unwrap_or_default())
}

pub(super) fn hash_of(key: [u64; 2]) -> u64 {
    let mut hasher = FxHasher::default();
    key.iter().for_each(|half| hasher.write_u64(*half));
    hasher.finish()
}

/// The key of a token's word; `None` where that is seldom: long, or with letters outside ASCII.
pub(super) fn token_key(text: &str, token: &Token<'_>) -> Option<[u64; 2]> {
    match token.kind {
        Kind::Number => short_key(number_kind(token.text)),
        _ => key_of(text.as_bytes(), token),
    }
}

/// The bytes of a word of up to 16, which no other word has: none holds a zero byte.
pub(super) fn short_key(word: &str) -> Option<[u64; 2]> {
    let mut bytes = [0; 16];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    Some(halves_of(bytes)).filter(|key| *key != [0, 0] && word.bytes().all(|byte| byte != 0))
}

/// The words that a name is made of, with a space between two.
///
/// Names are so short that a search for many bytes at once takes longer.
pub(crate) fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let (part, after) = match split(rest?) {
            Some((part, after)) => (part, Some(after)),
            None => (rest?, None),
        };
        rest = after;
        Some(part)
    })
}

/// The first word of a name and the others, where there are others.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    let end = name.bytes().position(|byte| byte == b' ')?;
    Some((&name[..end], &name[end + 1..]))
}

/// The key of the word that a token of up to 16 bytes of ASCII is, curly apostrophes allowed.
pub(super) fn key_of(text: &[u8], token: &Token<'_>) -> Option<[u64; 2]> {
    let length = token.text.len();
    if length > 16 {
        return None;
    }
    // Sixteen bytes are read faster than just those of the word.
    let bytes = text.get(token.start..).and_then(<[u8]>::first_chunk).copied();
    let [low, high] = halves_of(bytes.unwrap_or_else(|| padded(token.text)));
    let key = match length {
        0..=8 => [low & first_bytes(length), 0],
        _ => [low, high & first_bytes(length - 8)],
    };
    if (key[0] | key[1]) & HIGH == 0 {
        return Some(key.map(small)).filter(|key| *key != [0, 0]);
    }
    let key = halves_of(straightened(token.text, token.kind)?);
    let is_ascii = (key[0] | key[1]) & HIGH == 0;
    Some(if is_ascii { key.map(small) } else { key })
}

/// The bytes of a word of up to 16, and zeros.
fn padded(word: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..word.len()].copy_from_slice(word.as_bytes());
    bytes
}

/// A mask of the first `n` bytes of eight, one or more.
fn first_bytes(n: usize) -> u64 {
    u64::MAX >> (64 - 8 * n.max(1))
}

/// The signs of English typography outside ASCII.
const GENERAL_PUNCTUATION: [char; 9] = ['‘', '’', '“', '”', '–', '—', '…', '•', '█'];

/// The high bit of every byte.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Letters of ASCII made small, where all bytes are ASCII.
fn small(bytes: u64) -> u64 {
    let from_a = bytes + u64::from_le_bytes([0x80 - b'A'; 8]);
    let after_z = bytes + u64::from_le_bytes([0x7f - b'Z'; 8]);
    bytes | ((from_a ^ after_z) & HIGH) >> 2
}

fn halves_of(bytes: [u8; 16]) -> [u64; 2] {
    let whole = u128::from_le_bytes(bytes);
    [whole as u64, (whole >> 64) as u64]
}

/// The bytes of a word with straight apostrophes for curly ones, or of a dash or quotation mark, which has
/// no case; `None` when other bytes outside ASCII are left.
fn straightened(word: &str, kind: Kind) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if kind != Kind::Word && word != "’" && word.starts_with(GENERAL_PUNCTUATION) {
        bytes[..word.len()].copy_from_slice(word.as_bytes());
        return Some(bytes);
    }
    let mut end = 0;
    let mut rest = word.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        (bytes[end], rest) = match after {
            _ if byte.is_ascii() => (byte, after),
            [0x80, 0x99, after @ ..] if byte == 0xe2 => (b'\'', after),
            _ => return None,
        };
        end += 1;
    }
    Some(bytes)
}
