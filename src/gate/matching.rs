//! The first pattern that a block matches.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

use super::Reason;
use super::literals::required;
use super::patterns::PATTERNS;

/// A pattern that is compiled when a block is first held against it.
struct Pattern {
    reason: Reason,
    max_words: usize,
    regex: LazyLock<Regex, Box<dyn Fn() -> Regex + Send>>,
}

/// The patterns, and the letters that they need.
struct Patterns {
    patterns: Vec<Pattern>,
    literals: AhoCorasick,
    /// For each literal the patterns that need it or one of its fellows.
    of_literal: Vec<u128>,
    /// The patterns that need no letters.
    always: u128,
}

static ALL: LazyLock<Patterns> = LazyLock::new(Patterns::new);

/// Letters outside ASCII that are, without regard to case, letters inside it: the long s and the sign of
/// the kelvin.
const FOLDED: [char; 2] = ['\u{17f}', '\u{212a}'];

/// The reason of the first pattern that a block of `n_words` matches.
pub(super) fn first_match(text: &str, n_words: usize) -> Option<Reason> {
    let all = &*ALL;
    let mut candidates = all.candidates(text);
    while candidates != 0 {
        let pattern = &all.patterns[candidates.trailing_zeros() as usize];
        if n_words <= pattern.max_words && pattern.regex.is_match(text) {
            return Some(pattern.reason);
        }
        candidates &= candidates - 1;
    }
    None
}

impl Patterns {
    fn new() -> Patterns {
        let mut always = 0;
        let mut of_literal: Vec<(String, u128)> = Vec::new();
        for (index, (_, _, pattern)) in PATTERNS.iter().enumerate() {
            let bit = 1 << index;
            match required(pattern) {
                Some(literals) => of_literal.extend(literals.into_iter().map(|literal| (literal, bit))),
                None => always |= bit,
            }
        }
        of_literal.sort_unstable();
        of_literal.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 |= if same { next.1 } else { 0 };
            same
        });
        let (literals, of_literal): (Vec<String>, Vec<u128>) = of_literal.into_iter().unzip();
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .expect("a test builds it");
        let pattern = |&(reason, max_words, pattern): &'static (Reason, usize, &'static str)| Pattern {
            reason,
            max_words,
            regex: LazyLock::new(Box::new(move || compiled(pattern))),
        };
        Patterns { patterns: PATTERNS.iter().map(pattern).collect(), literals, of_literal, always }
    }

    /// The patterns that `text` has the letters for, a bit each.
    fn candidates(&self, text: &str) -> u128 {
        if !text.is_ascii() && text.contains(FOLDED) {
            return u128::MAX >> (128 - self.patterns.len());
        }
        let found = self.literals.find_overlapping_iter(text);
        found.fold(self.always, |candidates, found| candidates | self.of_literal[found.pattern().as_usize()])
    }
}

/// A Unicode word boundary throws the fast automaton out at the first curly quotation mark.
fn compiled(pattern: &str) -> Regex {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).expect("a test compiles every pattern")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_pattern_compiles_and_has_its_bit() {
        assert!(PATTERNS.len() <= 128);
        ALL.patterns.iter().for_each(|pattern| assert!(!pattern.regex.as_str().is_empty()));
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

    fn any_clutter() -> impl Strategy<Value = String> {
        let literals: Vec<String> = PATTERNS.iter().filter_map(|(_, _, p)| required(p)).flatten().collect();
        let piece = prop_oneof![
            prop::sample::select(literals),
            "[A-Za-z0-9.:,©»#|()-]{1,6}",
            Just(" ".to_string()),
            Just(" Ann Lee".to_string()),
        ];
        prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_pattern_is_passed_over_that_matches(text in any_clutter(), n_words in 1..80usize) {
            prop_assert_eq!(first_match(&text, n_words), first_of_all(&text, n_words));
            let large = text.to_uppercase();
            prop_assert_eq!(first_match(&large, n_words), first_of_all(&large, n_words));
        }
    }
}
