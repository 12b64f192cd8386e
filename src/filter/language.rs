//! Rule for blocks in another language.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use whatlang::{Info, Lang, detect};

use super::reason::Reason;
use crate::article::Paragraph;

/// Words that hardly any English prose lacks, and that other languages in the Latin script lack or use less often.
const ENGLISH: [&str; 81] = [
    "the", "of", "and", "to", "is", "that", "for", "it", "was", "with", "as", "by", "at", "are", "be",
    "this", "have", "from", "has", "had", "not", "but", "they", "his", "her", "she", "he", "you", "we",
    "who", "which", "would", "will", "their", "been", "were", "said", "what", "when", "there", "also",
    "into", "out", "against", "about", "years", "people", "after", "made", "few", "other", "could", "should",
    "did", "does", "how", "because", "than", "then", "more", "most", "only", "just", "them", "some", "while",
    "over", "up", "my", "your", "our", "its", "these", "those", "where", "why", "an", "if", "or", "so",
    "can",
];
/// The fewest words of a block that is judged: names and titles belong to no language.
const MIN_WORDS: usize = 8;
/// A block is English if at least one word in this many is in [`ENGLISH`]. On the real development set, one in five is.
const ONE_IN: usize = 12;
/// An article is English if it has at least this many times as many English blocks as foreign ones.
const MIN_ENGLISH: usize = 3;

/// Adds a reason to foreign blocks of an English article. The paragraphs of an article in another language are out of
/// domain, not boilerplate.
pub fn by_language(paragraphs: &[Paragraph], n_words: &[usize], reasons: &mut [Option<Reason>]) {
    let kept = || (0..paragraphs.len()).filter(|&index| reasons[index].is_none());
    let text = |index: usize| paragraphs[index].text.as_str();
    let foreign: Vec<usize> = kept().filter(|&index| is_foreign(text(index), n_words[index])).collect();
    if foreign.is_empty() {
        return;
    }
    let n_english = kept().filter(|&index| is_english(text(index), n_words[index])).count();
    if n_english >= MIN_ENGLISH * foreign.len() {
        foreign.into_iter().for_each(|index| reasons[index] = Some(Reason::OtherLanguage));
    }
}

/// Whether a block is prose in another language: it has hardly any common English words, and a language detector
/// (whatlang, which uses trigrams) is certain.
///
/// The words come first because they are cheap. Names belong to no language: a block of mostly names is not judged,
/// and the rest of a block must not look English either.
fn is_foreign(text: &str, n_words: usize) -> bool {
    if n_words < MIN_WORDS || is_english(text, n_words) {
        return false;
    }
    let rest = without_names(text);
    let is_other = |found: Info| found.is_reliable() && found.lang() != Lang::Eng;
    2 * rest.len() >= n_words
        && detect(text).is_some_and(is_other)
        && detect(&rest.join(" ")).is_none_or(|found| found.lang() != Lang::Eng)
}

/// Whether a block of `n_words` words has as many common English words as English prose.
fn is_english(text: &str, n_words: usize) -> bool {
    let enough = n_words.div_ceil(ONE_IN);
    text.split_whitespace().filter(|word| is_common(letters(word))).take(enough).count() == enough
}

/// Whether a word is in [`ENGLISH`], in any case.
fn is_common(word: &str) -> bool {
    static COMMON: LazyLock<FxHashSet<[u8; LONGEST]>> =
        LazyLock::new(|| ENGLISH.iter().map(|word| lower(word)).collect());
    word.len() <= LONGEST && COMMON.contains(&lower(word))
}

/// The most bytes of a word of [`ENGLISH`].
const LONGEST: usize = 8;

/// The first bytes of a word in lower case.
fn lower(word: &str) -> [u8; LONGEST] {
    let mut lower = [0; LONGEST];
    lower.iter_mut().zip(word.bytes()).for_each(|(lower, byte)| *lower = byte.to_ascii_lowercase());
    lower
}

/// The words of a text except names: capitalised words that do not begin a sentence. They are a third of the words in
/// German, and nearly all in a list of names.
fn without_names(text: &str) -> Vec<&str> {
    let mut begins_sentence = true;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let mut chars = letters(word).chars();
        // Words in capitals throughout are emphasis, not names.
        let is_name = chars.next().is_some_and(char::is_uppercase) && chars.any(char::is_lowercase);
        if begins_sentence || !is_name {
            words.push(word);
        }
        begins_sentence = word.ends_with(['.', '!', '?', ':']);
    }
    words
}

/// A word without the punctuation and digits around it.
fn letters(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn common_words_fit() {
        assert!(ENGLISH.iter().all(|word| word.len() <= LONGEST && is_common(word)));
    }

    proptest! {
        #[test]
        fn a_text_is_english_by_its_common_words(
            text in "((the|A|“of”|Haus|über|thereabouts)[ \t\u{b}\u{a0}\u{2003}\u{3000}’é]){0,12}", n in 1..99usize
        ) {
            let is_common = |word: &&str| {
                let lower = word.trim_matches(|c: char| !c.is_alphabetic()).to_ascii_lowercase();
                ENGLISH.contains(&lower.as_str())
            };
            let n_common = text.split_whitespace().filter(is_common).count();
            prop_assert_eq!(is_english(&text, n), n_common >= n.div_ceil(ONE_IN));
        }
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_foreign(text, text.split_whitespace().count()), expected, "{text}");
    }

    #[test]
    fn prose_in_other_languages_is_foreign() {
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
    fn english_prose_and_lists_of_names_are_not_foreign() {
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
