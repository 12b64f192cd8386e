//! Whether a block is in another language than English.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use whatlang::{Info, Lang, detect};

use super::space::{has_wide_space, is_plain_space};

/// Words that English prose can hardly do without, and that other languages of the Latin script have
/// not, or not as often.
const ENGLISH: [&str; 81] = [
    "the", "of", "and", "to", "is", "that", "for", "it", "was", "with", "as", "by", "at", "are", "be",
    "this", "have", "from", "has", "had", "not", "but", "they", "his", "her", "she", "he", "you", "we",
    "who", "which", "would", "will", "their", "been", "were", "said", "what", "when", "there", "also",
    "into", "out", "against", "about", "years", "people", "after", "made", "few", "other", "could", "should",
    "did", "does", "how", "because", "than", "then", "more", "most", "only", "just", "them", "some", "while",
    "over", "up", "my", "your", "our", "its", "these", "those", "where", "why", "an", "if", "or", "so",
    "can",
];
/// Blocks of fewer words are not judged: names and titles belong to no language.
const MIN_WORDS: usize = 8;
/// A block is English when one word in so many is such a word. On real_dev it is one in five.
const ONE_IN: usize = 12;

/// Whether a block has the words that English prose has.
pub(super) fn is_english(text: &str, n_words: usize) -> bool {
    let enough = n_words.div_ceil(ONE_IN);
    let is_english = |word: &[u8]| key_of(word).is_some_and(|key| BY_KEY.contains(&key));
    let has_enough = |n: usize| n == enough;
    if has_wide_space(text.as_bytes()) {
        let words = text.split_whitespace().filter(|word| is_english(word.as_bytes()));
        return has_enough(words.take(enough).count());
    }
    let words = text.as_bytes().split(|byte| is_plain_space(*byte)).filter(|word| is_english(word));
    has_enough(words.take(enough).count())
}

/// [`ENGLISH`] by the bytes of the words; none has more than eight.
static BY_KEY: LazyLock<FxHashSet<u64>> =
    LazyLock::new(|| ENGLISH.iter().filter_map(|word| small_key(word.as_bytes())).collect());

/// The bytes of a word without the signs around it, where they are not more than eight.
fn key_of(word: &[u8]) -> Option<u64> {
    if is_bare(word) {
        return small_key(word);
    }
    let is_sign = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphabetic();
    let start = word.iter().position(|byte| !is_sign(byte))?;
    let end = word.iter().rposition(|byte| !is_sign(byte))?;
    let word = &word[start..=end];
    match is_bare(word) {
        true => small_key(word),
        // A sign or a letter outside ASCII.
        false => small_key(bare(std::str::from_utf8(word).ok()?).as_bytes()),
    }
}

/// The bytes of a word of up to eight, its capitals of ASCII small.
fn small_key(word: &[u8]) -> Option<u64> {
    let key = || word.iter().rev().fold(0, |key, byte| key << 8 | u64::from(byte.to_ascii_lowercase()));
    (word.len() <= 8).then(key)
}

/// Whether a block is prose of another language: it has next to none of the words of English prose, and a
/// detector of languages (trigrams, by whatlang) is sure of another one.
///
/// The words are asked first, for they cost next to nothing, and the detector last. Names belong to no
/// language: what is mostly names is not judged, and what stands between them must not look English either.
pub(super) fn is_foreign(text: &str, n_words: usize) -> bool {
    if n_words < MIN_WORDS || is_english(text, n_words) {
        return false;
    }
    let plain = without_names(text);
    let is_other = |found: Info| found.is_reliable() && found.lang() != Lang::Eng;
    2 * plain.len() >= n_words
        && detect(text).is_some_and(is_other)
        && detect(&plain.join(" ")).is_none_or(|found| found.lang() != Lang::Eng)
}

/// The words of a text but those with a capital that no sentence begins with. German writes a third of its
/// words so, a list of names nearly all.
fn without_names(text: &str) -> Vec<&str> {
    let mut begins = true;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let mut letters = bare(word).chars();
        // Whole words in capitals are no names: they shout.
        let is_name = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
        if begins || !is_name {
            words.push(word);
        }
        begins = word.ends_with(['.', '!', '?', ':']);
    }
    words
}

/// Whether a word begins and ends on a letter of ASCII.
fn is_bare(word: &[u8]) -> bool {
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    is_letter(word.first()) && is_letter(word.last())
}

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    if is_bare(word.as_bytes()) { word } else { word.trim_matches(|c: char| !c.is_alphabetic()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_word_has_its_key() {
        assert_eq!(BY_KEY.len(), ENGLISH.len());
    }

    proptest! {
        #[test]
        fn words_have_the_keys_that_they_have_without_signs(word in "[“(.'1é]{0,3}[a-zA-Zé’]{0,9}[”).,'2é]{0,3}") {
            let key = small_key(word.trim_matches(|c: char| !c.is_alphabetic()).as_bytes());
            prop_assert_eq!(key_of(word.as_bytes()).filter(|key| *key != 0), key.filter(|key| *key != 0));
        }

        #[test]
        fn white_space_of_any_kind_parts_words(text in "((the|A|“of”|Haus|über)[ \t\u{b}\u{a0}\u{2003}\u{3000}’é]){0,12}", n in 1..99usize) {
            let is_english = |word: &&str| {
                let small = word.trim_matches(|c: char| !c.is_alphabetic()).to_ascii_lowercase();
                ENGLISH.contains(&small.as_str())
            };
            let enough = n.div_ceil(ONE_IN);
            let found = text.split_whitespace().filter(is_english).count();
            prop_assert_eq!(super::is_english(&text, n), found >= enough);
        }
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_foreign(text, text.split_whitespace().count()), expected, "{text}");
    }

    #[test]
    fn prose_of_other_languages_is_foreign() {
        check(
            "Der Gemeinderat hat am Dienstagabend beschlossen, die Brücke bis zum Frühjahr zu sperren.",
            true,
        );
        check(
            "Le conseil municipal a décidé mardi soir de fermer le pont jusqu'au printemps prochain.",
            true,
        );
        check("Совет решил во вторник вечером закрыть мост для движения до весны следующего года.", true);
    }

    #[test]
    fn english_and_names_are_not() {
        check("The council decided on Tuesday night to close the bridge to traffic until spring.", false);
        check(
            "Bridge closed. Traffic chaos. Shops empty. Mayor silent. Council split. Nobody knows why. Again.",
            false,
        );
        check(
            "Hans Müller, Günther Schröder, Jürgen Weiß, Karl-Heinz Groß and Björn Köhler won gold medals.",
            false,
        );
        check(
            "Winners: Zdeněk Štybar, Přemysl Šlechta, Jiří Novák; coach Łukasz Wiśniewski praised Agnieszka Radwańska.",
            false,
        );
        check(
            "Guest list: Anna Kowalczyk, Jean-Luc Moreau, Hans Dieter Vogel, Paola Ricci, Siobhán Byrne",
            false,
        );
    }
}
