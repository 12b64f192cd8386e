//! Words of up to 16 bytes as two integers: lower-cased and compared without touching memory.

use crate::token::{Kind, Token};

/// The bytes of a word, padded with zeros. No word contains a zero byte, so the key is unique.
pub type WordKey = [u64; 2];

/// The key of no word.
pub const NO_KEY: WordKey = [0, 0];

/// The feature name of a token: lower case, straight apostrophes, numbers replaced by their kind.
pub fn word_of(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Number => number_kind(token.text).to_string(),
        _ => token.text.to_lowercase().replace('’', "'"),
    }
}

/// The symbol for a number. Its value says nothing about the rhetorical act, but its kind (a year, a count, a large
/// sum) does.
pub fn number_kind(digits: &str) -> &'static str {
    let n_digits = digits.chars().filter(|c| c.is_numeric()).count();
    let year = n_digits == 4 && digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    match n_digits {
        _ if !digits.starts_with(|c: char| c.is_ascii_digit()) => "0th",
        _ if digits.ends_with(char::is_alphabetic) => "0th",
        _ if year => "0year",
        _ if digits.contains('.') => "0.0",
        1 => "0",
        2 => "00",
        _ => "000",
    }
}

/// The key of a token's word, or `None` if it needs [`word_of`] because it is longer than 16 bytes or has letters
/// outside ASCII.
pub fn token_key(text: &str, token: &Token<'_>) -> Option<WordKey> {
    match token.kind {
        Kind::Number => key_of(number_kind(token.text)),
        _ => ascii_key(text.as_bytes(), token),
    }
}

/// The key of a word as [`word_of`] writes it, or `None` if it is longer than 16 bytes.
pub fn key_of(word: &str) -> Option<WordKey> {
    let mut bytes = [0; 16];
    bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
    Some(halves(bytes)).filter(|key| *key != NO_KEY && word.bytes().all(|byte| byte != 0))
}

/// The word that a key stands for.
pub fn word_of_key(key: WordKey) -> String {
    let bytes = (u128::from(key[1]) << 64 | u128::from(key[0])).to_le_bytes();
    let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

/// A hash of a key whose upper bits are well mixed.
pub fn hash_of(key: WordKey) -> u64 {
    (key[0] ^ key[1].rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn ascii_key(text: &[u8], token: &Token<'_>) -> Option<WordKey> {
    let length = token.text.len();
    if length > 16 {
        return None;
    }
    // Reading 16 bytes and masking is faster than copying `length` bytes.
    let bytes = text.get(token.start..).and_then(<[u8]>::first_chunk).copied();
    let [low, high] = halves(bytes.unwrap_or_else(|| padded(token.text)));
    let key = match length {
        0..=8 => [low & first_bytes(length), 0],
        _ => [low, high & first_bytes(length - 8)],
    };
    if (key[0] | key[1]) & HIGH_BITS == 0 {
        return Some(key.map(lower_case)).filter(|key| *key != NO_KEY);
    }
    let key = halves(with_straight_apostrophes(token.text, token.kind)?);
    let is_ascii = (key[0] | key[1]) & HIGH_BITS == 0;
    Some(if is_ascii { key.map(lower_case) } else { key })
}

fn padded(word: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..word.len()].copy_from_slice(word.as_bytes());
    bytes
}

/// A mask of the first `n` bytes of eight; `n` is at least 1.
fn first_bytes(n: usize) -> u64 {
    u64::MAX >> (64 - 8 * n.max(1))
}

/// The punctuation of English typography outside ASCII.
const TYPOGRAPHIC: [char; 9] = ['‘', '’', '“', '”', '–', '—', '…', '•', '█'];

const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);

/// Eight ASCII bytes in lower case.
fn lower_case(bytes: u64) -> u64 {
    let from_a = bytes + u64::from_le_bytes([0x80 - b'A'; 8]);
    let after_z = bytes + u64::from_le_bytes([0x7f - b'Z'; 8]);
    bytes | ((from_a ^ after_z) & HIGH_BITS) >> 2
}

fn halves(bytes: [u8; 16]) -> WordKey {
    let whole = u128::from_le_bytes(bytes);
    [whole as u64, (whole >> 64) as u64]
}

/// The bytes of a word with straight apostrophes for curly ones, or of a dash or quotation mark; `None` when
/// other bytes outside ASCII are left.
fn with_straight_apostrophes(word: &str, kind: Kind) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if kind != Kind::Word && word != "’" && word.starts_with(TYPOGRAPHIC) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::token::tokens;

    fn check(text: &str) {
        for token in tokens(text) {
            if let Some(key) = token_key(text, &token) {
                assert_eq!(Some(key), key_of(&word_of(&token)), "{}", token.text);
                assert_eq!(word_of_key(key), word_of(&token));
            }
        }
    }

    proptest! {
        #[test]
        fn keys_are_those_of_the_lower_cased_words(text in "([A-Za-zİßéΣ’'0-9.,]{1,20}[ .,“”\\PC]?){0,20}") {
            check(&text);
        }
    }

    #[test]
    fn capitals_apostrophes_and_typographic_marks_have_keys() {
        let text = "Don’t DON'T Zz@[`{ “x” — … 3.5 2020";
        check(text);
        assert!(tokens(text).iter().all(|token| token_key(text, token).is_some()));
    }

    #[test]
    fn numbers_are_replaced_by_their_kind() {
        for (digits, kind) in
            [("7", "0"), ("2024", "0year"), ("1,200", "000"), ("3.5", "0.0"), ("5th", "0th"), ("42", "00")]
        {
            assert_eq!(number_kind(digits), kind, "{digits}");
        }
    }
}
