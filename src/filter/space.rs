//! White space, and the words that it parts.

/// How many pieces white space parts `text` into.
pub(super) fn n_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    if has_wide_space(bytes) {
        return text.split_whitespace().count();
    }
    // In pieces whose counts fit a byte, which the compiler makes many steps at once of.
    let (before, after) = (bytes.chunks(255), bytes.get(1..).unwrap_or_default().chunks(255));
    let n_starts = |(before, after): (&[u8], &[u8])| {
        let pairs = before.iter().zip(after);
        let n: u8 =
            pairs.map(|(before, byte)| u8::from(is_plain_space(*before) & !is_plain_space(*byte))).sum();
        usize::from(n)
    };
    let n_starts: usize = before.zip(after).map(n_starts).sum();
    n_starts + usize::from(bytes.first().is_some_and(|byte| !is_plain_space(*byte)))
}

/// Whether a byte is white space of ASCII.
pub(super) fn is_plain_space(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
}

/// Whether a text may hold white space outside ASCII, by what such white space begins with or ends on. Seldom wrong
/// in English.
pub(super) fn has_wide_space(bytes: &[u8]) -> bool {
    let is_part = |byte: u8, next: u8| {
        let begins = (byte == 0xc2) | (byte == 0xe1) | (byte == 0xe3) | ((byte == 0xe2) & (next == 0x81));
        // Of those that begin with `0xe2, 0x80`.
        let ends = (next.wrapping_sub(0x80) <= 0x0a) | (next == 0xa8) | (next == 0xa9) | (next == 0xaf);
        begins | ((byte == 0x80) & ends)
    };
    let after = bytes.get(1..).unwrap_or_default();
    // All of a piece, without a way out, is many bytes in one step.
    let has_part = |(piece, after): (&[u8], &[u8])| {
        piece.iter().zip(after).fold(false, |any, (byte, next)| any | is_part(*byte, *next))
    };
    !bytes.is_ascii() && bytes.chunks(256).zip(after.chunks(256)).any(has_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_white_space_parts() {
        for text in ["", " ", "a", " a  b\tc\n", "a\u{a0}b", "a\u{2003}b “c” d\u{3000}", "É à — b\u{85}c"]
        {
            for text in [text.to_string(), text.repeat(400)] {
                assert_eq!(n_words(&text), text.split_whitespace().count(), "{text:?}");
            }
        }
    }
}
