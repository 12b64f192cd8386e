//! Finds the first pattern that a block matches.
//!
//! Nearly every block of prose matches no pattern. One pass over a block finds the literals that it contains. This
//! leaves few patterns, usually none, whose regex has to be tried.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};
use regex::Regex;

use super::patterns::{PATTERNS, Pattern};
use super::reason::Reason;

/// Literals of patterns for blocks of up to this many words are so common that they are searched for only in short
/// blocks. Most text is in longer blocks.
const SHORT: usize = 20;

/// Characters outside ASCII that `(?i)` equates with an ASCII letter: the long s and the kelvin sign.
const FOLDED: [&str; 2] = ["\u{17f}", "\u{212a}"];

/// A set of patterns, one bit per entry of [`PATTERNS`].
type Patterns = u128;

/// The set of all patterns.
const ALL: Patterns = Patterns::MAX >> (Patterns::BITS as usize - PATTERNS.len());

/// Compiled on first use: compiling all of them takes 15 ms, and an article needs only a few.
static REGEXES: [OnceLock<Regex>; PATTERNS.len()] = [const { OnceLock::new() }; PATTERNS.len()];

static PREFILTER: LazyLock<Prefilter> = LazyLock::new(Prefilter::new);

/// The reason of the first pattern that a block of `n_words` words matches.
pub fn first_match(text: &str, n_words: usize) -> Option<Reason> {
    let mut candidates = PREFILTER.candidates(text, n_words);
    while candidates != 0 {
        let index = candidates.trailing_zeros() as usize;
        if n_words <= PATTERNS[index].max_words && regex(index).is_match(text) {
            return Some(PATTERNS[index].reason);
        }
        candidates &= candidates - 1;
    }
    None
}

fn regex(index: usize) -> &'static Regex {
    REGEXES[index].get_or_init(|| compiled(PATTERNS[index].regex))
}

/// The regex of a rule, with a narrower meaning of `\b` and `\w`. A test compiles every rule.
pub fn compiled(rule: &str) -> Regex {
    let narrow = rule.replace(r"\b", BOUNDARY).replace(r"\w", WORD_CHARACTER);
    Regex::new(&narrow).expect("a test compiles every rule")
}

/// The meaning of `\b`: an ASCII word boundary. A Unicode boundary would switch off the fast automaton of `regex` at
/// the first curly quotation mark.
const BOUNDARY: &str = r"(?-u:\b)";

/// The meaning of `\w`: a character of a Latin, Greek or Cyrillic word. With all scripts, the slowest pattern would
/// take 4 ms to compile, not 0.5 ms.
const WORD_CHARACTER: &str = r"[0-9A-Z_a-z\u{c0}-\u{52f}\u{1e00}-\u{1eff}]";

/// The literals of all patterns.
struct Prefilter {
    /// Literals at the start of a block.
    starts: Literals,
    /// Literals anywhere in a block, from patterns for blocks of any length.
    anywhere: Literals,
    /// Literals anywhere in a block, from patterns for blocks of at most [`SHORT`] words.
    anywhere_in_short: Literals,
    /// Patterns without literals.
    always: Patterns,
}

/// An automaton for some literals and, for each literal, the patterns that need it.
struct Literals {
    automaton: AhoCorasick,
    patterns: Vec<Patterns>,
    anchored: Anchored,
}

impl Prefilter {
    /// Takes about 1.6 ms.
    fn new() -> Prefilter {
        let all = || PATTERNS.iter().enumerate().map(|(index, pattern)| (1 << index, pattern));
        let starts = all().flat_map(|(bit, pattern)| {
            pattern.literals.iter().filter_map(move |literal| Some((literal.strip_prefix('^')?, bit)))
        });
        let anywhere = |is_short: bool| {
            let patterns = all().filter(move |(_, pattern)| (pattern.max_words <= SHORT) == is_short);
            patterns.flat_map(|(bit, pattern)| {
                let literals = pattern.literals.iter().filter(|literal| !literal.starts_with('^'));
                literals.map(move |literal| (*literal, bit))
            })
        };
        let folded = FOLDED.map(|literal| (literal, ALL));
        let is_always = |(_, pattern): &(Patterns, &Pattern)| pattern.literals.is_empty();
        Prefilter {
            starts: Literals::new(starts, Anchored::Yes, None),
            // A contiguous NFA is built in a third of the time (0.4 ms, not 1.2 ms) but needs 8 ms per MB, not 2.4.
            anywhere: Literals::new(anywhere(false).chain(folded), Anchored::No, Some(AhoCorasickKind::DFA)),
            anywhere_in_short: Literals::new(anywhere(true), Anchored::No, None),
            always: all().filter(is_always).fold(0, |always, (bit, _)| always | bit),
        }
    }

    /// The patterns that a block may match.
    fn candidates(&self, text: &str, n_words: usize) -> Patterns {
        let short = if n_words <= SHORT { self.anywhere_in_short.patterns_of(text) } else { 0 };
        self.always | short | self.starts.patterns_of(text) | self.anywhere.patterns_of(text)
    }
}

impl Literals {
    fn new<'a>(
        literals: impl Iterator<Item = (&'a str, Patterns)>,
        anchored: Anchored,
        kind: Option<AhoCorasickKind>,
    ) -> Literals {
        let (literals, patterns): (Vec<&str>, Vec<Patterns>) = literals.unzip();
        let start_kind = if anchored.is_anchored() { StartKind::Anchored } else { StartKind::Unanchored };
        let mut builder = AhoCorasick::builder();
        let automaton =
            builder.ascii_case_insensitive(true).start_kind(start_kind).kind(kind).build(literals);
        Literals { automaton: automaton.expect("a test builds it"), patterns, anchored }
    }

    /// The patterns that need a literal of the text.
    fn patterns_of(&self, text: &str) -> Patterns {
        let input = Input::new(text).anchored(self.anchored);
        let (mut state, mut patterns) = (OverlappingState::start(), 0);
        loop {
            let search = self.automaton.try_find_overlapping(input.clone(), &mut state);
            search.expect("the automaton has this kind of start");
            let Some(literal) = state.get_match() else { return patterns };
            patterns |= self.patterns[literal.pattern().as_usize()];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;
    use proptest::string::string_regex;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    /// The slow, obvious version: every regex is tried.
    fn first_match_of_all(text: &str, n_words: usize) -> Option<Reason> {
        let matches = |index: &usize| n_words <= PATTERNS[*index].max_words && regex(*index).is_match(text);
        (0..PATTERNS.len()).find(matches).map(|index| PATTERNS[index].reason)
    }

    #[track_caller]
    fn check(block: &str) {
        let n_words = block.split_whitespace().count();
        assert_eq!(first_match(block, n_words), first_match_of_all(block, n_words), "{block}");
    }

    #[test]
    fn the_prefilter_changes_no_answer_on_the_seeds() {
        for kind in ["articles", "contrasts", "samples"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(kind);
            for file in fs::read_dir(folder).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                text.lines().for_each(|line| check(line.split_once("] ").map_or(line, |(_, block)| block)));
            }
        }
    }

    #[test]
    fn the_prefilter_changes_no_answer_on_real_articles() {
        let Some(folder) = std::env::var_os("RHETOR_REAL_DATA") else { return };
        let rows = fs::read_to_string(Path::new(&folder).join("labelled/real_dev.jsonl")).unwrap();
        for row in rows.lines() {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            row["text"].as_str().unwrap().lines().for_each(check);
        }
    }

    #[test]
    fn every_example_matches_its_pattern() {
        for (index, pattern) in PATTERNS.iter().enumerate() {
            let n_words = pattern.example.split_whitespace().count();
            assert!(
                n_words <= pattern.max_words && regex(index).is_match(pattern.example),
                "{}",
                pattern.example
            );
            assert_eq!(first_match(pattern.example, n_words), Some(pattern.reason), "{}", pattern.example);
        }
    }

    #[test]
    fn literals_are_lower_case() {
        let literals = || PATTERNS.iter().flat_map(|pattern| pattern.literals);
        literals().for_each(|literal| assert_eq!(**literal, literal.to_lowercase()));
    }

    #[test]
    fn characters_that_fold_into_ascii_do_not_hide_a_pattern() {
        assert_eq!(first_match("Thi\u{17f} site u\u{17f}es Akismet to reduce spam.", 7), Some(Reason::Legal));
        assert_eq!(first_match("Boo\u{212a}mar\u{212a}", 1), Some(Reason::Share));
    }

    /// Texts that mostly match the pattern: its regex without the assertions, which cannot be generated.
    fn matches_of(pattern: &Pattern) -> impl Strategy<Value = String> + use<> {
        let regex = pattern.regex.replace(r"\b", "").replace(r"$", "").replace("[^", "[\0").replace('^', "");
        string_regex(&regex.replace('\0', "^")).expect("the rest can be generated")
    }

    #[test]
    fn the_prefilter_hides_no_match() {
        for (index, pattern) in PATTERNS.iter().enumerate() {
            let check = |text: String| {
                for text in [text.to_uppercase(), text] {
                    let is_candidate = PREFILTER.candidates(&text, 1) >> index & 1 == 1;
                    prop_assert!(is_candidate || !regex(index).is_match(&text), "{text}: {}", pattern.regex);
                }
                Ok(())
            };
            TestRunner::new(Config::with_cases(400)).run(&matches_of(pattern), check).unwrap();
        }
    }
}
