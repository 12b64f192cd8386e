//! The first pattern that a block matches.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use regex::Regex;
use rustc_hash::FxHashMap;

use super::Reason;
use super::letters::{Required, required_letters};
use super::patterns::PATTERNS;
use super::plain::{is_usual, plain};
use super::sieve::{Sieve, first_three};

/// A pattern in three forms that say the same of the texts they are for, each made when a text is first held
/// against it.
struct Pattern {
    reason: Reason,
    max_words: usize,
    /// For the first texts that [`is_simple`]: slow to match, but made in a tenth of the time.
    first: Lazy<regex_lite::Regex>,
    n_tried: AtomicU32,
    /// For texts of usual characters.
    plain: Lazy<Regex>,
    regex: Lazy<Regex>,
}

type Lazy<T> = LazyLock<T, Box<dyn Fn() -> T + Send>>;

/// How many texts a pattern is held against in its slow form.
const N_FIRST: u32 = 100;

impl Pattern {
    fn new(reason: Reason, max_words: usize, pattern: &'static str) -> Pattern {
        // A Unicode word boundary throws the fast automaton out at the first curly quotation mark.
        let bounded = || pattern.replace(r"\b", r"(?-u:\b)");
        Pattern {
            reason,
            max_words,
            first: LazyLock::new(Box::new(|| {
                regex_lite::Regex::new(pattern).expect("a test compiles every pattern")
            })),
            n_tried: AtomicU32::new(0),
            plain: LazyLock::new(Box::new(|| {
                plain(&regex_syntax::parse(pattern).expect("a test parses every pattern"))
            })),
            regex: LazyLock::new(Box::new(move || {
                Regex::new(&bounded()).expect("a test compiles every pattern")
            })),
        }
    }

    fn is_match(&self, text: &str, is_usual: bool) -> bool {
        if self.n_tried.load(Ordering::Relaxed) < N_FIRST && is_simple(text) {
            self.n_tried.fetch_add(1, Ordering::Relaxed);
            return self.first.is_match(text);
        }
        let regex = if is_usual { &self.plain } else { &self.regex };
        regex.is_match(text)
    }
}

/// Whether a text has nothing outside ASCII but signs that are no letters, digits or white space to any form of a
/// pattern.
fn is_simple(text: &str) -> bool {
    text.is_ascii() || text.chars().all(|c| c.is_ascii() || SIGNS.contains(&c))
}

/// The signs that English is printed with, and currencies.
const SIGNS: [char; 14] = ['‘', '’', '“', '”', '–', '—', '…', '•', '©', '®', '™', '£', '€', '█'];

/// The patterns, a bit each, and the letters that they need.
struct Patterns {
    patterns: Vec<Pattern>,
    /// What a text begins with, and the patterns that need it, by its first three bytes.
    starts: FxHashMap<u32, Vec<(String, u128)>>,
    /// The same for what has fewer.
    tiny_starts: Vec<(String, u128)>,
    /// For the patterns that long blocks can match, and for the others.
    anywhere: [Sieve; 2],
    /// The patterns that need no letters.
    always: u128,
}

static ALL: LazyLock<Patterns> = LazyLock::new(Patterns::new);

/// The longest block, in words, that is short; most text stands in longer ones, which few patterns can match.
const SHORT: usize = 20;

/// The reason of the first pattern that a block of `n_words` matches.
pub(super) fn first_match(text: &str, n_words: usize) -> Option<Reason> {
    let all = &*ALL;
    let mut candidates = all.candidates(text, n_words);
    let is_usual = candidates != 0 && is_usual(text);
    while candidates != 0 {
        let pattern = &all.patterns[candidates.trailing_zeros() as usize];
        if n_words <= pattern.max_words && pattern.is_match(text, is_usual) {
            return Some(pattern.reason);
        }
        candidates &= candidates - 1;
    }
    None
}

impl Patterns {
    fn new() -> Patterns {
        let mut always = 0;
        let mut starts: FxHashMap<u32, Vec<(String, u128)>> = FxHashMap::default();
        let mut tiny_starts = Vec::new();
        let mut anywhere: [Vec<(String, u128)>; 2] = Default::default();
        let mut patterns = Vec::with_capacity(PATTERNS.len());
        for ((index, &(reason, max_words, pattern)), letters) in
            PATTERNS.iter().enumerate().zip(required_letters())
        {
            let bit = 1 << index;
            match letters {
                Required::Start(literals) => {
                    for literal in literals {
                        let of_head = match first_three(literal.as_bytes()) {
                            Some(three) => starts.entry(three).or_default(),
                            None => &mut tiny_starts,
                        };
                        of_head.push((literal, bit));
                    }
                }
                Required::Anywhere(literals) => {
                    let of_length = &mut anywhere[usize::from(max_words <= SHORT)];
                    of_length.extend(literals.into_iter().map(|literal| (literal, bit)));
                }
                Required::Nothing => always |= bit,
            }
            patterns.push(Pattern::new(reason, max_words, pattern));
        }
        Patterns { patterns, starts, tiny_starts, anywhere: anywhere.map(Sieve::new), always }
    }

    /// The patterns that a text of `n_words` has the letters for.
    fn candidates(&self, text: &str, n_words: usize) -> u128 {
        if has_folded(text) {
            return u128::MAX >> (128 - self.patterns.len());
        }
        let begins = |literal: &str| {
            text.as_bytes()
                .get(..literal.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(literal.as_bytes()))
        };
        let starts = first_three(text.as_bytes()).and_then(|three| self.starts.get(&three));
        let starts = starts.into_iter().flatten().chain(&self.tiny_starts);
        let starts =
            starts.filter(|(literal, _)| begins(literal)).fold(0, |all, (_, patterns)| all | patterns);
        let [long, short] = &self.anywhere;
        let short = if n_words <= SHORT { short.candidates(text) } else { 0 };
        self.always | starts | long.candidates(text) | short
    }
}

/// Letters outside ASCII that are, without regard to case, letters inside it: the long s and the sign of
/// the kelvin.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// Whether a text has one of [`FOLDED`].
fn has_folded(text: &str) -> bool {
    let begins = |byte: u8, next: u8| ((byte == 0xc5) & (next == 0xbf)) | ((byte == 0xe2) & (next == 0x84));
    let bytes = text.as_bytes();
    let pairs = || bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    // All of a text, without a way out, is many bytes in one step.
    let may_have = || pairs().fold(false, |any, (byte, next)| any | begins(*byte, *next));
    !text.is_ascii() && may_have() && text.contains(FOLDED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_pattern_compiles_and_has_its_bit() {
        assert!(PATTERNS.len() <= 128);
        for pattern in &ALL.patterns {
            assert!(!pattern.regex.as_str().is_empty() && !pattern.plain.as_str().is_empty());
            assert!(!pattern.first.as_str().is_empty());
        }
    }

    #[test]
    fn letters_that_fold_into_ascii_are_no_way_around_a_pattern() {
        assert_eq!(first_match("Thi\u{17f} site u\u{17f}es Akismet to reduce spam.", 7), Some(Reason::Legal));
        assert_eq!(first_match("Boo\u{212a}mar\u{212a}", 1), Some(Reason::Share));
    }

    /// Every pattern held against the text, one after the other.
    fn first_of_all(text: &str, n_words: usize) -> Option<Reason> {
        let matches = |pattern: &&Pattern| n_words <= pattern.max_words && pattern.regex.is_match(text);
        ALL.patterns.iter().find(matches).map(|pattern| pattern.reason)
    }

    fn any_boilerplate() -> impl Strategy<Value = String> {
        let literals: Vec<String> = required_letters()
            .flat_map(|letters| match letters {
                Required::Start(literals) | Required::Anywhere(literals) => literals,
                Required::Nothing => Vec::new(),
            })
            .collect();
        let piece = prop_oneof![
            prop::sample::select(literals),
            "[A-Za-z0-9.:,©»#|()-]{1,6}",
            prop::sample::select(SIGNS.to_vec()).prop_map(String::from),
            Just(" ".to_string()),
            Just(" Ann Lee".to_string()),
            Just("É “é” — Zoë’s".to_string()),
            Just("Łódź Ελλάδα".to_string()),
        ];
        prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_pattern_is_passed_over_that_matches(text in any_boilerplate(), n_words in 1..80usize) {
            prop_assert_eq!(first_match(&text, n_words), first_of_all(&text, n_words));
            let large = text.to_uppercase();
            prop_assert_eq!(first_match(&large, n_words), first_of_all(&large, n_words));
        }

        #[test]
        fn all_forms_of_a_pattern_say_the_same(text in any_boilerplate()) {
            for pattern in &ALL.patterns {
                let expected = pattern.regex.is_match(&text);
                prop_assert!(!is_simple(&text) || pattern.first.is_match(&text) == expected, "{}", &*pattern.regex);
                prop_assert!(!is_usual(&text) || pattern.plain.is_match(&text) == expected, "{}", &*pattern.regex);
            }
        }
    }
}
