//! Which of many literals stand in a text, without regard to the case of ASCII.
//!
//! An automaton that knows all literals takes a step of its own for every byte. Here each literal is known by
//! three bytes in a row that English has seldom, wherever it begins: once by three behind an even number of its
//! bytes, once behind an odd one. So a text is looked through for such threes at every other byte: one bit of a
//! table in the nearest cache for each, and a closer look at few.

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

/// Literals, and for each the patterns that need it or one of its fellows, a bit each.
pub(super) struct Sieve {
    /// Bits by the hash of three bytes.
    maybe: Box<[u64; N_WORDS]>,
    /// By three bytes the literals that are known by them.
    by_three: FxHashMap<u32, Vec<Literal>>,
    /// Literals of less than [`SHORTEST`] bytes, and the patterns of each.
    tiny: AhoCorasick,
    of_tiny: Vec<u128>,
    /// The signs of which each of those has one; `None` where one has no sign, or there are too many.
    signs: Option<[u8; N_SIGNS]>,
}

struct Literal {
    text: String,
    /// Where in it the three bytes stand that it is known by.
    at: usize,
    /// Its first bytes with capitals made small, and the bits of them that are its own.
    head: u64,
    mask: u64,
    patterns: u128,
}

/// Words of the table of bits, 64 bits each: with a few hundred threes one bit in a hundred is set.
const N_WORDS: usize = 1024;
/// The fewest bytes of a literal that has three bytes behind an even and behind an odd number of its own.
const SHORTEST: usize = 4;
/// How many signs of tiny literals are looked for.
const N_SIGNS: usize = 8;

/// What texts are mostly made of, most frequent first.
const FREQUENT: &[u8] = b" etaoinsrhldcumfpgwybvk";
/// The threes that stand in English texts most often, most frequent first, counted in 40 MB of news: what is
/// known by these is looked at in vain in every line.
#[rustfmt::skip]
const FREQUENT_THREES: [&str; 10] = [
    " ththehe ing toed ng to  an inand ofnd of ionon  coentat er in  a  reis tioe thats are tha",
    "d tes as fort tor s te a pr be han tal atian  foatent  whe sly  derester onst  wi he st is",
    "here cve con waen ers cats e over saut  noe pall ma sen as ose th e ie whisica itll menide",
    "f t wete tedonsg tt aere trillle are pold  hice prors  mod a asthiprestar tcanns s iithwit",
    "essrate ft o ar woestoutnce alit coms wivet irea doden pa soevee d petin nedereare hints s",
    "ovey t dime iste m frt wect sue ritinotortavewastic bue b le ho shry aido tlictrud iome me",
    "ch sti li go atot  chey one larepid havy aoulsaiorecalhinty uses couruldperctisidouncouart",
    "linay n i und bromamed one parbe d sn onalhou mi fanter as fntit som  fistrigherimint he n",
    "torainbuttranatumpantineityby rumtatund aclithasialerae le emer abman byfroheynde ouwhiesi",
    "tes exghthansteousactdinonapollea or baiesporss ric loredendic n sencwhos polis hs b clbli",
];
/// The signs that stand in most texts.
const FREQUENT_SIGNS: &[u8] = b" ,.-'\"";
/// A bit which capitals lack and small letters have, in every byte.
const SMALL: u64 = 0x2020_2020_2020_2020;

impl Sieve {
    /// A sieve for literals in small letters, each with its patterns; some may be given more than once.
    pub(super) fn new(literals: Vec<(String, u128)>) -> Sieve {
        let rarities = Rarities::new();
        let mut maybe = Box::new([0; N_WORDS]);
        let mut by_three: FxHashMap<u32, Vec<Literal>> = FxHashMap::default();
        let (mut tiny, mut of_tiny) = (Vec::new(), Vec::new());
        for (text, patterns) in literals {
            if text.len() < SHORTEST {
                tiny.push(text);
                of_tiny.push(patterns);
                continue;
            }
            for at in rarities.places_of(&text) {
                let three = first_three(&text.as_bytes()[at..]).expect("three bytes stand at each place");
                let (word, bit) = place_of(three);
                maybe[word] |= 1 << bit;
                let same = by_three.entry(three).or_default();
                match same.iter_mut().find(|literal| literal.text == text && literal.at == at) {
                    Some(literal) => literal.patterns |= patterns,
                    None => same.push(Literal::new(text.clone(), at, patterns)),
                }
            }
        }
        let signs = signs_of(&tiny);
        let tiny = AhoCorasick::builder().ascii_case_insensitive(true).build(&tiny);
        Sieve { maybe, by_three, tiny: tiny.expect("a test builds it"), of_tiny, signs }
    }

    /// The patterns that a text has a literal for.
    pub(super) fn candidates(&self, text: &str) -> u128 {
        let bytes = text.as_bytes();
        let mut candidates = if self.may_have_tiny(bytes) { self.tiny(text) } else { 0 };
        let mut start = 0;
        // The threes that begin with the first, the third and the fifth byte of eight.
        while let Some(eight) = bytes.get(start..).and_then(|rest| rest.first_chunk()) {
            let eight = u64::from_le_bytes(*eight) | SMALL;
            let threes = [eight, eight >> 16, eight >> 32].map(|bytes| bytes as u32 & THREE);
            if threes.iter().fold(0, |any, three| any | self.is_known(*three)) != 0 {
                let known = threes.into_iter().enumerate().filter(|(_, three)| self.is_known(*three) != 0);
                for (nth, three) in known {
                    candidates |= self.known_by(three, bytes, start + 2 * nth);
                }
            }
            start += 6;
        }
        while let Some(three) = bytes.get(start..).and_then(first_three) {
            candidates |= self.known_by(three, bytes, start);
            start += 2;
        }
        candidates
    }

    /// Whether a text has a sign of those that every tiny literal has one of.
    fn may_have_tiny(&self, text: &[u8]) -> bool {
        let Some(signs) = self.signs else { return true };
        let is_sign = |byte: u8| signs.iter().fold(false, |any, sign| any | (*sign == byte));
        // All of a piece, without a way out, is many bytes in one step.
        text.chunks(256).any(|piece| piece.iter().fold(false, |any, byte| any | is_sign(*byte)))
    }

    fn tiny(&self, text: &str) -> u128 {
        let found = self.tiny.find_overlapping_iter(text);
        found.fold(0, |all, found| all | self.of_tiny[found.pattern().as_usize()])
    }

    /// 1 where literals may be known by these bytes, 0 where none is.
    fn is_known(&self, three: u32) -> u64 {
        let (word, bit) = place_of(three);
        self.maybe[word] >> bit & 1
    }

    /// The patterns of the literals that are known by `three` and stand where these are at `place`.
    #[inline(never)]
    fn known_by(&self, three: u32, text: &[u8], place: usize) -> u128 {
        let literals = self.by_three.get(&three).into_iter().flatten();
        literals.filter(|literal| literal.stands(text, place)).fold(0, |all, literal| all | literal.patterns)
    }
}

impl Literal {
    fn new(text: String, at: usize, patterns: u128) -> Literal {
        let head =
            (0..).zip(text.bytes().take(8)).fold(0, |head, (nth, byte)| head | u64::from(byte) << (8 * nth));
        let mask = if text.len() < 8 { (1 << (8 * text.len())) - 1 } else { u64::MAX };
        Literal { head: (head | SMALL) & mask, mask, text, at, patterns }
    }

    /// Whether it stands in `text` where the three bytes that it is known by are at `place`.
    fn stands(&self, text: &[u8], place: usize) -> bool {
        let Some(there) = place.checked_sub(self.at).and_then(|start| text.get(start..)) else {
            return false;
        };
        let is_head = |bytes: &[u8; 8]| (u64::from_le_bytes(*bytes) | SMALL) & self.mask == self.head;
        there.first_chunk().is_none_or(is_head)
            && there.get(..self.text.len()).is_some_and(|all| all.eq_ignore_ascii_case(self.text.as_bytes()))
    }
}

/// The bits of three bytes.
const THREE: u32 = 0xff_ffff;

/// The first three of some bytes, capitals made small. Some signs become others by that, in texts and literals
/// alike.
pub(super) fn first_three(bytes: &[u8]) -> Option<u32> {
    let [first, second, third] = bytes.first_chunk()?;
    Some((u32::from_le_bytes([*first, *second, *third, 0]) | SMALL as u32) & THREE)
}

/// The word of the table and the bit in it for three bytes.
fn place_of(three: u32) -> (usize, u32) {
    let hash = three.wrapping_mul(0x9e37_79b9) >> 16;
    (hash as usize / 64 % N_WORDS, hash % 64)
}

/// How seldom three bytes stand in English.
struct Rarities {
    /// By three bytes their place among [`FREQUENT_THREES`].
    frequent: FxHashMap<u32, usize>,
}

impl Rarities {
    fn new() -> Rarities {
        let threes =
            FREQUENT_THREES.iter().flat_map(|line| line.as_bytes().chunks(3)).filter_map(first_three);
        Rarities { frequent: threes.zip(0..).collect() }
    }

    /// The rarest threes of a literal, behind an even and behind an odd number of its bytes.
    fn places_of(&self, literal: &str) -> impl Iterator<Item = usize> {
        let rarest = |first: usize| {
            let places = (first..literal.len() - 2).step_by(2);
            places.max_by_key(|&at| self.rarity(&literal.as_bytes()[at..at + 3]))
        };
        [rarest(0), rarest(1)].into_iter().flatten()
    }

    /// The larger, the rarer.
    fn rarity(&self, three: &[u8]) -> (usize, usize) {
        // Quotation marks, which begin like all signs of print, stand in every other block.
        let rank = |byte: &u8| match FREQUENT.iter().position(|other| other == byte) {
            None if !byte.is_ascii() => 0,
            rank => rank.unwrap_or(FREQUENT.len()),
        };
        let frequent = first_three(three).and_then(|three| self.frequent.get(&three));
        (frequent.copied().unwrap_or(usize::MAX), three.iter().map(rank).sum())
    }
}

/// Signs of which each literal has one, where they are few and seldom.
fn signs_of(literals: &[String]) -> Option<[u8; N_SIGNS]> {
    let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric() && !FREQUENT_SIGNS.contains(byte);
    let sign = |literal: &String| literal.bytes().filter(is_sign).min_by_key(|byte| *byte == b'!');
    let mut signs: Vec<u8> = literals.iter().map(sign).collect::<Option<_>>()?;
    signs.sort_unstable();
    signs.dedup();
    // A sign that is looked for twice is found once; where there is no literal, for what no text has.
    let last = signs.last().copied().unwrap_or(0);
    (signs.len() <= N_SIGNS).then(|| std::array::from_fn(|nth| signs.get(nth).copied().unwrap_or(last)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LITERALS: [&str; 9] = ["share", "#", "![", "© ", "share", " | ", "don’t", "host", "cookies"];

    fn sieve(literals: &[&str]) -> Sieve {
        Sieve::new(literals.iter().enumerate().map(|(bit, text)| (text.to_string(), 1 << bit)).collect())
    }

    fn check(text: &str, expected: u128) {
        assert_eq!(sieve(&LITERALS).candidates(text), expected, "{text}");
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

    /// Every literal held against every place of a text.
    fn by_hand(literals: &[&str], text: &str) -> u128 {
        let stands = |literal: &str| {
            let mut places = text.as_bytes().windows(literal.len());
            places.any(|place| place.eq_ignore_ascii_case(literal.as_bytes()))
        };
        (0..).zip(literals).filter(|(_, literal)| stands(literal)).fold(0, |all, (bit, _)| all | 1 << bit)
    }

    proptest! {
        #[test]
        fn no_literal_is_passed_over(text in "([a-z ]{0,9}(share|SHARE|#|!\\[|© | \\| |don’t|Host|hos|cookieS|ies)?){0,5}") {
            prop_assert_eq!(sieve(&LITERALS).candidates(&text), by_hand(&LITERALS, &text));
            // Without a literal that is of letters alone and tiny, and with one.
            let literals = ["#", "(c)", "ho", "share"];
            prop_assert_eq!(sieve(&literals).candidates(&text), by_hand(&literals, &text));
        }
    }
}
