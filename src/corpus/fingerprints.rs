//! The fingerprints of the paragraphs that a model was trained on, as they are stored in its file.

use super::{Labelled, duplicates::n_words, fingerprint};

/// The bits of a stored fingerprint. With 80,000 of them, a text that is not among them is taken for one of them with a
/// probability of 80,000 / 2^40, or 7 in 100 million; in a test of 10,000 paragraphs, for any of them with 7 in 10,000.
const BITS: u32 = 40;
/// Shorter paragraphs, in words, have none: they are equal by chance.
const MIN_WORDS: usize = 5;
/// The low bits of a byte hold a part of a number, the highest says whether another part follows.
const LOW: u8 = 0x7f;

/// Sorted fingerprints.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fingerprints {
    sorted: Vec<u64>,
}

impl Fingerprints {
    /// The fingerprints of texts; letters and digits count.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Fingerprints {
        Fingerprints::default().and(texts)
    }

    /// These and the fingerprints of `texts`.
    pub fn and<'a>(self, texts: impl Iterator<Item = &'a str>) -> Fingerprints {
        let mut sorted = self.sorted;
        sorted.extend(texts.filter_map(key));
        sorted.sort_unstable();
        sorted.dedup();
        Fingerprints { sorted }
    }

    /// The differences between neighbours, in groups of seven bits, the lowest first: four bytes for most.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut before = 0;
        for &key in &self.sorted {
            let mut rest = key - before;
            before = key;
            while rest > u64::from(LOW) {
                bytes.push(rest as u8 | !LOW);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        }
        bytes
    }

    /// Reads what [`Fingerprints::to_bytes`] wrote. Other bytes give other fingerprints, which match nothing.
    pub fn from_bytes(bytes: &[u8]) -> Fingerprints {
        let (mut sorted, mut last) = (Vec::new(), 0u64);
        let (mut difference, mut shift) = (0u64, 0u32);
        for byte in bytes {
            difference |= u64::from(byte & LOW).checked_shl(shift).unwrap_or(0);
            shift += 7;
            if byte & !LOW == 0 {
                last = last.saturating_add(difference);
                sorted.push(last);
                (difference, shift) = (0, 0);
            }
        }
        Fingerprints { sorted }
    }

    /// Whether the model was trained on a paragraph.
    pub fn contains(&self, paragraph: &Labelled) -> bool {
        key(&paragraph.text).is_some_and(|key| self.sorted.binary_search(&key).is_ok())
    }
}

/// The first bits of a fingerprint; `None` for a text that is too short.
fn key(text: &str) -> Option<u64> {
    let digits = fingerprint(text);
    let first = digits[..8].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    (n_words(text) >= MIN_WORDS).then_some(first >> (u64::BITS - BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(text: &str) -> Labelled {
        let (text, label) = (text.to_string(), String::new());
        Labelled { line: 1, id: None, text, label, weight: 1.0, follows: false }
    }

    #[test]
    fn texts_are_found_by_their_letters_and_digits() {
        let found = Fingerprints::of(["The vote was held on Monday.", "Too short."].into_iter());
        let read = Fingerprints::from_bytes(&found.to_bytes());
        assert_eq!((read.sorted.len(), &read), (1, &found));
        assert!(read.contains(&labelled("THE VOTE, was held on Monday")));
        assert!(!read.contains(&labelled("The vote was held on Tuesday.")));
        assert!(!read.contains(&labelled("Too short.")));
    }

    #[test]
    fn many_take_about_four_bytes_each_and_any_bytes_are_read() {
        let texts: Vec<String> = (0..20_000).map(|n| format!("the text with the number {n}")).collect();
        let found = Fingerprints::of(texts.iter().map(String::as_str));
        assert_eq!(found.sorted.len(), texts.len());
        assert!(found.to_bytes().len() < 90_000);
        assert_eq!(Fingerprints::from_bytes(&found.to_bytes()), found);
        Fingerprints::from_bytes(&[255; 100]);
    }
}
