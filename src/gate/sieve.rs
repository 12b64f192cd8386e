//! Which of many literals stand in a text, without regard to the case of ASCII.
//!
//! An automaton that knows all literals takes a step of its own for every byte. Here each literal has three
//! bytes in a row that English has seldom, and a text is looked through for threes that any literal has:
//! one bit of a table in the nearest cache for each byte, and a closer look at one in fifty.

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

/// Literals, and for each the patterns that need it or one of its fellows, a bit each.
pub(super) struct Sieve {
    /// Bits by the hash of three bytes.
    maybe: Vec<u64>,
    /// By three bytes the literals that are known by them.
    by_three: FxHashMap<u32, Vec<Literal>>,
    /// Literals of one byte or two, and the patterns of each.
    tiny: AhoCorasick,
    of_tiny: Vec<u128>,
}

struct Literal {
    text: String,
    /// Where in it the three bytes stand that it is known by.
    at: usize,
    patterns: u128,
}

/// Words of the table of bits, 64 bits each: with a few hundred threes one bit in a hundred is set.
const N_WORDS: usize = 1024;

/// What texts are mostly made of, most frequent first.
const FREQUENT: &[u8] = b" etaoinsrhldcumfpgwybvk";

impl Sieve {
    /// A sieve for literals in small letters, each with its patterns; some may be given more than once.
    pub(super) fn new(literals: Vec<(String, u128)>) -> Sieve {
        let mut maybe = vec![0; N_WORDS];
        let mut by_three: FxHashMap<u32, Vec<Literal>> = FxHashMap::default();
        let (mut tiny, mut of_tiny) = (Vec::new(), Vec::new());
        for (text, patterns) in literals {
            let places = 0..text.len().saturating_sub(2);
            let Some(at) = places.max_by_key(|&at| rarity(&text.as_bytes()[at..at + 3])) else {
                tiny.push(text);
                of_tiny.push(patterns);
                continue;
            };
            let three = text.as_bytes()[at..].iter().take(3).fold(0, |three, byte| pushed(three, *byte));
            let (word, bit) = bit_of(three);
            maybe[word] |= bit;
            let same = by_three.entry(three).or_default();
            match same.iter_mut().find(|literal| literal.text == text) {
                Some(literal) => literal.patterns |= patterns,
                None => same.push(Literal { text, at, patterns }),
            }
        }
        let tiny = AhoCorasick::builder().ascii_case_insensitive(true).build(&tiny);
        Sieve { maybe, by_three, tiny: tiny.expect("a test builds it"), of_tiny }
    }

    /// The patterns that a text has a literal for.
    pub(super) fn candidates(&self, text: &str) -> u128 {
        let found = self.tiny.find_overlapping_iter(text);
        let mut candidates = found.fold(0, |all, found| all | self.of_tiny[found.pattern().as_usize()]);
        let mut three = 0;
        for (last, &byte) in text.as_bytes().iter().enumerate() {
            three = pushed(three, byte);
            let (word, bit) = bit_of(three);
            if self.maybe[word] & bit != 0 {
                candidates |= self.known_by(three, text.as_bytes(), last);
            }
        }
        candidates
    }

    /// The patterns of the literals that stand where `three` ends with the byte at `last`.
    #[inline(never)]
    fn known_by(&self, three: u32, text: &[u8], last: usize) -> u128 {
        let stands = |literal: &&Literal| {
            let start = (last + 1).checked_sub(literal.at + 3);
            let there = start.and_then(|start| text.get(start..start + literal.text.len()));
            there.is_some_and(|there| there.eq_ignore_ascii_case(literal.text.as_bytes()))
        };
        let literals = self.by_three.get(&three).into_iter().flatten();
        literals.filter(stands).fold(0, |all, literal| all | literal.patterns)
    }
}

/// Three bytes with the next one behind them and the first one gone, capitals made small. Some signs become
/// others by that, in texts and literals alike.
fn pushed(three: u32, byte: u8) -> u32 {
    three >> 8 | u32::from(byte | 0x20) << 16
}

/// The word of the table and the bit in it for three bytes.
fn bit_of(three: u32) -> (usize, u64) {
    let hash = three.wrapping_mul(0x9e37_79b9) >> 16;
    (hash as usize / 64, 1 << (hash % 64))
}

/// How seldom three bytes stand in English.
fn rarity(three: &[u8]) -> usize {
    let rank = |byte: &u8| FREQUENT.iter().position(|other| other == byte).unwrap_or(FREQUENT.len());
    three.iter().map(rank).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: u128) {
        let literals = ["share", "#", "![", "© ", "share", " | ", "don’t"];
        let literals = literals.iter().enumerate().map(|(bit, text)| (text.to_string(), 1 << bit));
        assert_eq!(Sieve::new(literals.collect()).candidates(text), expected, "{text}");
    }

    #[test]
    fn literals_are_found_wherever_they_stand() {
        check("", 0);
        check("shar", 0);
        check("Share", 0b10001);
        check("a SHARE", 0b10001);
        check("x # y![", 0b110);
        check("© 2024", 0b1000);
        check("a | DON’T", 0b110_0000);
        check("don't |", 0);
    }
}
