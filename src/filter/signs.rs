//! The signs of a block that tell of its form, all in one pass.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// The signs of a text that tell of its form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) has_address: bool,
    pub(super) has_at: bool,
    pub(super) has_bar: bool,
    pub(super) n_commas: usize,
    /// Full stops before a space.
    pub(super) n_stops: usize,
}

impl Signs {
    pub(super) fn of(text: &[u8]) -> Signs {
        let last = text.last();
        let mut signs = Signs {
            has_address: false,
            has_at: last == Some(&b'@'),
            has_bar: last == Some(&b'|'),
            n_commas: usize::from(last == Some(&b',')),
            n_stops: 0,
        };
        let mut may_have_address = false;
        let after = text.get(1..).unwrap_or_default();
        for (piece, after) in text.chunks(255).zip(after.chunks(255)) {
            let (n_commas, n_stops, seen) = signs_of_piece(piece, after);
            signs.n_commas += usize::from(n_commas);
            signs.n_stops += usize::from(n_stops);
            signs.has_at |= seen & AT != 0;
            signs.has_bar |= seen & BAR != 0;
            may_have_address |= seen & ADDRESS_BEGINS != 0;
        }
        signs.has_address = may_have_address && ADDRESS.iter().any(|sign| sign.find(text).is_some());
        signs
    }
}

/// The signs of an address.
static ADDRESS: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| ["http", "www.", ".com"].map(Finder::new));

/// Bits for what a piece of a text has.
const AT: u8 = 1;
const BAR: u8 = 2;
/// Two letters that each of [`ADDRESS`] has: `tp`, `ww` or `.c`.
const ADDRESS_BEGINS: u8 = 4;

/// The commas, the full stops before a space and the other signs of at most 255 bytes, each of which stands before
/// one of `after`: as many as counts of a byte can tell, and many of them in one step.
fn signs_of_piece(piece: &[u8], after: &[u8]) -> (u8, u8, u8) {
    let (mut n_commas, mut n_stops, mut seen) = (0, 0, 0);
    for (&byte, &next) in piece.iter().zip(after) {
        n_commas += u8::from(byte == b',');
        n_stops += u8::from((byte == b'.') & (next == b' '));
        let begins_address = ((byte == b't') & (next == b'p'))
            | ((byte == b'w') & (next == b'w'))
            | ((byte == b'.') & (next == b'c'));
        let bits = [(byte == b'@', AT), (byte == b'|', BAR), (begins_address, ADDRESS_BEGINS)];
        seen |= bits.iter().fold(0, |seen, (is_seen, bit)| seen | if *is_seen { *bit } else { 0 });
    }
    (n_commas, n_stops, seen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, a search for each sign.
    fn by_search(text: &str) -> Signs {
        Signs {
            has_address: ["http", "www.", ".com"].iter().any(|sign| text.contains(sign)),
            has_at: text.contains('@'),
            has_bar: text.contains('|'),
            n_commas: text.matches(',').count(),
            n_stops: text.matches(". ").count(),
        }
    }

    proptest! {
        #[test]
        fn all_signs_are_found(
            text in "([a-z ]{0,99}(, |\\. |@|\\||http|HTTP|www\\.|ww|\\.com|[,.]|€)?){0,9}"
        ) {
            prop_assert_eq!(Signs::of(text.as_bytes()), by_search(&text));
            for n in [254, 255, 256, 509, 510, 511] {
                let text = format!("{}{text}", "a".repeat(n));
                prop_assert_eq!(Signs::of(text.as_bytes()), by_search(&text));
            }
        }
    }
}
