//! Whether a block is in another language than English.

use whatlang::{Lang, detect};

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
    let is_english = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        ENGLISH.iter().any(|english| word.eq_ignore_ascii_case(english))
    };
    let enough = n_words.div_ceil(ONE_IN);
    text.split_whitespace().filter(is_english).take(enough).count() == enough
}

/// Whether a block is prose of another language: it has next to none of the words of English prose, and a
/// detector of languages (trigrams, by whatlang) is sure of another one.
///
/// The words are asked first, for they cost next to nothing.
pub(super) fn is_foreign(text: &str, n_words: usize) -> bool {
    n_words >= MIN_WORDS
        && !is_english(text, n_words)
        && detect(text).is_some_and(|found| found.is_reliable() && found.lang() != Lang::Eng)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "Guest list: Anna Kowalczyk, Jean-Luc Moreau, Hans Dieter Vogel, Paola Ricci, Siobhán Byrne",
            false,
        );
    }
}
