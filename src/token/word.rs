//! The ends of words and numbers.

/// Whether a dash, quotation mark or ellipsis begins here: U+2010 to U+2027. None of them is a letter or a space, and
/// nearly all non-ASCII characters of English text are among them.
pub fn is_typographic(bytes: &[u8]) -> bool {
    matches!(bytes, [0xe2, 0x80, 0x90..=0xa7, ..])
}

/// The class of the character that a byte begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Byte {
    Space,
    Letter,
    Digit,
    /// Any other ASCII character.
    Other,
    /// A character that is not ASCII.
    NonAscii,
}

/// The class of each byte; a table look-up is faster than comparing with ranges.
pub static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        bytes[byte] = match byte as u8 {
            b' ' | b'\t'..=b'\r' => Byte::Space,
            b'a'..=b'z' | b'A'..=b'Z' => Byte::Letter,
            b'0'..=b'9' => Byte::Digit,
            0x80.. => Byte::NonAscii,
            _ => Byte::Other,
        };
        byte += 1;
    }
    bytes
};

/// The number of words in a text, separated by white space.
pub fn n_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    // White space outside ASCII begins with one of these bytes; most paragraphs have only typographic characters.
    let has_wide_space = memchr::memchr3(0xc2, 0xe1, 0xe3, bytes).is_some()
        || memchr::memchr_iter(0xe2, bytes).any(|at| !is_typographic(&bytes[at..]));
    if has_wide_space {
        return text.split_whitespace().count();
    }
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let Some((&first, rest)) = bytes.split_first() else { return 0 };
    let mut n_words = usize::from(!is_space(first));
    // Sums of single bytes, so that many are compared at once; 255 of them cannot overflow.
    for (before, after) in bytes.chunks(255).zip(rest.chunks(255)) {
        let begins_word = |(&before, &after): (&u8, &u8)| u8::from(is_space(before) & !is_space(after));
        n_words += usize::from(before.iter().zip(after).map(begins_word).sum::<u8>());
    }
    n_words
}

/// The end of the word that begins at `start`, or of the number if `number` is true.
#[inline]
pub fn word_end(text: &str, start: usize, number: bool) -> usize {
    let bytes = text.as_bytes();
    let mut end = start;
    // Nearly all words are shorter than eight ASCII letters.
    while let Some(eight) = bytes.get(end..).and_then(<[u8]>::first_chunk) {
        let n_letters = n_letters(*eight);
        end += n_letters;
        if n_letters < eight.len() {
            break;
        }
    }
    while let Some(&byte) = bytes.get(end) {
        match BYTES[usize::from(byte)] {
            Byte::Letter | Byte::Digit => end += 1,
            Byte::Space => break,
            Byte::Other if !matches!(byte, b'\'' | b'.' | b',') => break,
            Byte::Other | Byte::NonAscii => return word_end_by_character(text, end, number),
        }
    }
    end
}

/// How many ASCII letters these bytes begin with; all eight are compared at once.
fn n_letters(bytes: [u8; 8]) -> usize {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let high = 0x80 * EACH;
    let bytes = u64::from_le_bytes(bytes);
    let lower = (bytes | (0x20 * EACH)) & !high;
    let from_a = lower + (0x80 - u64::from(b'a')) * EACH;
    let after_z = lower + (0x7f - u64::from(b'z')) * EACH;
    let letters = from_a & !after_z & !bytes & high;
    (letters ^ high).trailing_zeros() as usize / 8
}

/// The end of a word or number whose character at `end` is not an ASCII letter or digit but can be part of it.
fn word_end_by_character(text: &str, mut end: usize, number: bool) -> usize {
    match &text.as_bytes()[end..] {
        [b'.' | b',', ..] if !number => return end,
        // An apostrophe.
        [0xe2, 0x80, 0x99, ..] => {}
        rest if is_typographic(rest) => return end,
        _ => {}
    }
    let mut characters = text[end..].chars().peekable();
    while let Some(character) = characters.next() {
        let followed = characters.peek().is_some_and(|next| next.is_alphanumeric());
        let inner = match character {
            '\'' | '’' => !number && followed,
            '.' | ',' => number && characters.peek().is_some_and(|next| next.is_numeric()),
            // Combining marks stay with their letter.
            _ => character.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&character),
        };
        if !inner {
            break;
        }
        end += character.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_counted_as_the_standard_library_does(text in "([A-Za-zé’“…—\\PC]{0,3}[ \t\r\n\u{b}\u{c}\u{1c}\u{85}\u{a0}\u{1680}\u{2003}\u{2029}\u{202f}\u{205f}\u{3000}]{0,2}){0,150}") {
            prop_assert_eq!(n_words(&text), text.split_whitespace().count());
        }

        #[test]
        fn comparing_eight_bytes_at_once_changes_no_word(
            text in "([A-Za-z0-9@\\[`{'’.,éß\u{301}“…—½\\PC]{0,12} ?){1,4}",
        ) {
            for (start, first) in text.char_indices().filter(|(_, first)| first.is_alphanumeric()) {
                let number = first.is_numeric();
                let by_character = word_end_by_character(&text, start, number);
                prop_assert_eq!(word_end(&text, start, number), by_character, "{:?} from {}", &text, start);
            }
        }
    }

    #[test]
    fn any_number_of_first_letters_is_counted() {
        for n in 0..=8 {
            let mut bytes = *b"azAZmnMN";
            bytes[n..].iter_mut().zip(b"@[`{ 7\x80\xff").for_each(|(byte, other)| *byte = *other);
            assert_eq!(n_letters(bytes), n, "{bytes:?}");
        }
    }
}
