//! The features of a paragraph: words, n-grams, style cues and word codes in the author's voice, each an integer
//! key in its group. [`Extractor::extract`] is the only place that knows which features a paragraph has;
//! scoring, training, evidence and the learned filter are its callers.

use std::ops::Range;

mod codes;
mod cue;
mod cues;
mod extract;
mod form;
mod lexicon;
mod lists;
mod name;
mod style;
mod table;
mod vocabulary;
mod word_key;

pub use codes::WordCodes;
pub use extract::{Buffers, Extractor, MAX_NGRAM};
pub use lexicon::{Lexicon, MAX_WORDS, ParagraphWords, UNKNOWN};
pub use lists::FeatureLists;
#[cfg(test)]
pub use lists::Lists;
pub use name::Names;
pub use style::Previous;
pub use table::{Distinct, Table, TableView};
pub use vocabulary::{Vocabulary, count, distinct, keys_of_run, lexicon_of};

/// A group of features with a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FeatureGroup {
    /// The author's words, numbers and punctuation.
    Words,
    /// Sequences of two and more of them.
    Ngrams,
    /// Style cues: groups of function words, length, punctuation, how a paragraph begins and ends.
    Style,
    /// Word codes: how many words and sentences have each.
    Codes,
    /// The codes of the first words of each sentence; the most frequent words stand for themselves.
    Openings,
    /// Pairs of codes of words next to each other, or with one word between them.
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

    /// The name that files and reports use.
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

    /// In how many more paragraphs than other features one of the group must occur: pairs of codes are many, and
    /// rare ones say little.
    pub fn extra_count(self) -> u32 {
        if self == FeatureGroup::CodePairs { 2 } else { 0 }
    }
}

/// Takes the features of a paragraph.
pub trait Sink {
    /// Takes one occurrence of a feature; `tokens` spans the tokens that it is made of and is empty for style and
    /// code counts. The same feature may come several times.
    ///
    /// Returns whether an n-gram that begins with this one can be a feature: `false` lets the extractor skip it.
    fn feature(&mut self, group: FeatureGroup, key: u64, tokens: Range<u32>) -> bool;
}

/// How many groups there are.
pub const N_GROUPS: usize = FeatureGroup::ALL.len();
