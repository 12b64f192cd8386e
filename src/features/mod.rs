//! The features of a paragraph: words, n-grams, style cues and word codes in the author's voice, each an integer key in
//! its group. Only [`Extractor::extract`] knows which features a paragraph has; scoring, training and evidence call it.
//! The learned filter has its own features of the same tokens.

use std::ops::Range;

mod codes;
mod cue;
mod cues;
mod extract;
mod form;
mod lexicon;
mod name;
#[cfg(test)]
#[path = "../../tests/reference/features.rs"]
pub mod reference;
mod style;
mod style_text;
mod table;
#[cfg(feature = "train")]
mod vocabulary;
#[cfg(feature = "train")]
mod word_codes;
mod word_key;

pub use extract::{Buffers, Extractor, MAX_NGRAM, codes_of};
#[cfg(feature = "train")]
pub use lexicon::MAX_WORDS;
pub use lexicon::{Lexicon, LexiconParts, ParagraphWords, UNKNOWN, Word};
pub use name::Names;
pub use style_text::Topic;
pub use table::{RowSums, Table};
#[cfg(feature = "train")]
pub use vocabulary::{FeatureLists, Lists, ParagraphKeys, Vocabulary, count, distinct, keys_of, lexicon_of};
#[cfg(feature = "train")]
pub use word_codes::WordCodes;

/// A group of features with a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FeatureGroup {
    /// The author's words, numbers and punctuation.
    Words,
    /// Sequences of two or more of the author's words.
    Ngrams,
    /// Style cues: groups of function words, length, punctuation, how a paragraph begins and ends.
    Style,
    /// Word codes: how many words and sentences have each code, and which codes occur in the same sentence.
    Codes,
    /// The codes of the first words of each sentence; the most frequent words stand for themselves.
    Openings,
    /// Pairs of codes of words next to each other.
    CodePairs,
}

impl FeatureGroup {
    /// All groups, in the order of every list of groups.
    pub const ALL: [FeatureGroup; 6] = [
        FeatureGroup::Words,
        FeatureGroup::Ngrams,
        FeatureGroup::Style,
        FeatureGroup::Codes,
        FeatureGroup::Openings,
        FeatureGroup::CodePairs,
    ];

    /// The name in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            FeatureGroup::Words => "words",
            FeatureGroup::Ngrams => "word n-grams",
            FeatureGroup::Style => "style",
            FeatureGroup::Codes => "word codes",
            FeatureGroup::Openings => "openings",
            FeatureGroup::CodePairs => "code pairs",
        }
    }

    /// How many more paragraphs a feature of this group must occur in than other features: there are many code pairs,
    /// and rare ones say little.
    pub fn extra_count(self) -> u32 {
        if self == FeatureGroup::CodePairs { 2 } else { 0 }
    }
}

/// Takes the features of a paragraph.
pub trait Sink {
    /// Takes one occurrence of a feature. `tokens` spans the tokens that it is made of and is empty for style cues and
    /// code counts. The same feature may be reported several times.
    fn feature(&mut self, group: FeatureGroup, key: u64, tokens: Range<u32>);
}

/// How many groups there are.
pub const N_GROUPS: usize = FeatureGroup::ALL.len();

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::reference::Reference;
    use super::*;
    use crate::corpus::Corpus;

    /// Checks that paragraphs have the features of the reference.
    fn check(texts: &[&str], min_count: u32, codes: &WordCodes) {
        let lexicon = lexicon_of(texts, min_count, codes).unwrap();
        let extractor = Extractor::new(&lexicon, MAX_NGRAM, codes.n_words() > 0);
        let reference = Reference::new(texts, min_count as usize, codes, MAX_NGRAM);
        let names = Names::new(&lexicon);
        for text in texts {
            let keys = keys_of(&lexicon, &extractor, text);
            let expected = reference.names(text);
            for ((group, keys), expected) in FeatureGroup::ALL.into_iter().zip(keys).zip(expected) {
                let found: BTreeSet<String> = keys.iter().map(|&key| names.name(group, key)).collect();
                let different: Vec<&String> = found.symmetric_difference(&expected).collect();
                assert!(different.is_empty(), "{group:?} of {text:?}: {different:?}");
                assert_eq!(found.len(), keys.len(), "{group:?} of {text:?}: two features have the same name");
            }
        }
    }

    /// Checks all paragraphs of a labelled corpus, document by document.
    fn check_corpus(path: &Path) {
        let corpus = Corpus::read(&[path.to_path_buf()], &Default::default());
        assert!(corpus.n_documents() > 0, "{}", path.display());
        let paragraphs = corpus.documents.iter().flat_map(|document| &document.paragraphs);
        let texts: Vec<&str> = paragraphs.map(|paragraph| paragraph.text.as_str()).collect();
        let codes = WordCodes::embedded().unwrap();
        for min_count in [1, 2] {
            check(&texts, min_count, &codes);
        }
    }

    #[test]
    fn the_extractor_finds_the_features_of_the_reference_in_the_seeds() {
        check_corpus(Path::new("seeds"));
    }

    #[test]
    fn the_extractor_finds_the_features_of_the_reference_in_real_paragraphs() {
        let Some(folder) = std::env::var_os("RHETOR_REAL_DATA") else { return };
        check_corpus(&Path::new(&folder).join("labelled/real_dev.jsonl"));
    }

    #[test]
    fn a_long_word_counts_the_same_with_either_apostrophe() {
        check(&["The international’s end.", "The international's end."], 2, &WordCodes::default());
    }

    #[test]
    fn a_cue_of_two_words_before_an_unknown_word_counts_once() {
        check(&["A sort of zebra."], 2, &WordCodes::default());
    }

    static CODES: LazyLock<WordCodes> = LazyLock::new(|| {
        let table = "must\tD\nshame\tBG\nmayor\tP\nperhaps\tH\nvoted\tV\nbecause\tCE\nmonday\tT\n";
        WordCodes::parse(Path::new("codes"), table).unwrap()
    });

    /// Paragraphs of words, cues, codes, numbers, marks and any characters.
    fn any_run() -> impl Strategy<Value = Vec<String>> {
        let mut words: Vec<String> = cues::cues().map(|(_, cue)| cue.to_string()).collect();
        words.extend(CODES.words().map(str::to_string));
        words.sort();
        let piece = prop_oneof![
            "[A-Za-z]{1,9}",
            "\\PC{1,4}",
            "[“”‘’\"'.,:;!?()%$—–…-]{1,3}",
            prop::sample::select(words),
            "[0-9]{1,5}(th|[.,][0-9])?",
            Just("said according to Mr. Smith. It is time to act".to_string()),
            Just("MAYOR: ".to_string()),
        ];
        let pair = (piece, prop_oneof![Just(" "), Just(" "), Just("")]);
        let concat = |pieces: Vec<(String, &str)>| pieces.into_iter().map(|(a, b)| a + b).collect();
        prop::collection::vec(prop::collection::vec(pair, 0..30).prop_map(concat), 1..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_extractor_finds_the_features_of_the_reference_in_any_text(run in any_run(), min_count in 1u32..3) {
            let run: Vec<&str> = run.iter().map(String::as_str).collect();
            check(&run, min_count, &CODES);
            check(&run, min_count, &WordCodes::default());
        }
    }
}
