//! What a paragraph is judged by: the names of its features in a few blocks, and their vocabulary.

mod classes;
mod cues;
mod distinct;
mod encoder;
mod firsts;
mod gram_counter;
mod indexer;
mod interner;
mod lexicon;
mod lists;
mod ngrams;
mod places;
mod records;
mod rows;
mod sequences;
mod style;
mod style_index;
mod vocabulary;

pub use classes::WordClasses;
pub(crate) use distinct::Distinct;
pub(crate) use encoder::encode;
pub(crate) use indexer::{Indexer, NWords, Scratch};
pub(crate) use lexicon::{Lexicon, WordId, parts, split};
pub(crate) use lists::{FeatureLists, Lists};
pub(crate) use ngrams::{NONE, Ngram, NgramTree, Search};
pub(crate) use places::Places;
pub(crate) use records::{Records, Seen, WordForm};
pub(crate) use rows::{N_LANES, Sums, Tables};
pub(crate) use sequences::Source;
pub(crate) use vocabulary::Vocabulary;

use crate::article::Voice;
use crate::token::{Kind, Token, tokens};

/// A group of features with a naive Bayes table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    /// The author's words, numbers and punctuation.
    Words,
    /// Runs of two and more of them.
    Ngrams,
    /// Words inside quotation marks.
    Quoted,
    /// Cues of style, whatever the topic.
    Style,
    /// The classes of the author's words.
    Classes,
    /// Runs of them, the most frequent words left as words.
    ClassNgrams,
    /// The words of the paragraphs around this one.
    NearWords,
    /// Their cues of style.
    NearStyle,
    /// The classes of their words.
    NearClasses,
}

impl Block {
    /// All blocks, in the order in which models keep them.
    pub(crate) const ALL: [Block; 9] = [
        Block::Words,
        Block::Ngrams,
        Block::Quoted,
        Block::Style,
        Block::Classes,
        Block::ClassNgrams,
        Block::NearWords,
        Block::NearStyle,
        Block::NearClasses,
    ];
    /// Those that read the paragraph itself; each has a vocabulary.
    pub(crate) const OWN: [Block; 6] =
        [Block::Words, Block::Ngrams, Block::Quoted, Block::Style, Block::Classes, Block::ClassNgrams];

    /// The name that files and reports use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Block::Words => "words",
            Block::Ngrams => "ngrams",
            Block::Quoted => "quoted",
            Block::Style => "style",
            Block::Classes => "classes",
            Block::ClassNgrams => "class ngrams",
            Block::NearWords => "near words",
            Block::NearStyle => "near style",
            Block::NearClasses => "near classes",
        }
    }

    /// The index in [`Block::OWN`] of the features that the block counts, its own paragraph's or its
    /// neighbours'.
    pub(crate) const fn source(self) -> usize {
        match self {
            Block::Words | Block::NearWords => 0,
            Block::Ngrams => 1,
            Block::Quoted => 2,
            Block::Style | Block::NearStyle => 3,
            Block::Classes | Block::NearClasses => 4,
            Block::ClassNgrams => 5,
        }
    }

    /// Whether the block counts the neighbours' features.
    pub(crate) fn is_near(self) -> bool {
        matches!(self, Block::NearWords | Block::NearStyle | Block::NearClasses)
    }
}

/// The words of the cues of style.
#[cfg(test)]
pub(crate) fn cue_words() -> Vec<String> {
    style_index::words().map(str::to_string).collect()
}

/// The features of one paragraph, block by block in [`Block::OWN`]'s order.
pub(crate) type Names = [Vec<String>; Block::OWN.len()];

/// What features are made with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FeatureMaker {
    /// The longest author n-gram.
    pub(crate) max_ngram: usize,
    /// The classes of words; empty where there are none.
    pub(crate) classes: WordClasses,
}

impl FeatureMaker {
    /// The distinct features of `text` by block, each sorted by name.
    ///
    /// A feature counts once however often it occurs: on texts as short as a paragraph, presence
    /// tells more than repetition. Author n-grams have from 2 to `max_ngram` tokens; a quotation
    /// stands in them as one token `“…”`. `previous` is the paragraph before this one, which tells
    /// whose words these are. Linear time in the text.
    pub(crate) fn names(&self, text: &str, previous: Option<&str>) -> Names {
        let tokens = tokens(text);
        let author = author_sequence(&tokens);
        let mut words: Vec<String> = author.iter().filter(|word| *word != QUOTATION).cloned().collect();
        let mut ngrams = Vec::with_capacity(author.len() * self.max_ngram.saturating_sub(1));
        for n in 2..=self.max_ngram {
            ngrams.extend(author.windows(n).map(|window| window.join(" ")));
        }
        let quoted = tokens.iter().filter(|token| token.voice == Voice::Quoted && token.kind == Kind::Word);
        let mut quoted: Vec<String> = quoted.map(word_of).collect();
        let mut style = style::cues_of(text, &tokens);
        style.extend(previous.map(style::cues_before).unwrap_or_default());
        let (mut classes, mut class_ngrams) = self.classes.features(&author);
        for names in [&mut words, &mut ngrams, &mut quoted, &mut style, &mut classes, &mut class_ngrams] {
            names.sort_unstable();
            names.dedup();
        }
        [words, ngrams, quoted, style, classes, class_ngrams]
    }

    /// The numbers of those features in `vocabularies`, block by block, and how many distinct words the author
    /// has: the slow and obvious way.
    pub(crate) fn indices(
        &self,
        vocabularies: &[Vocabulary],
        text: &str,
        previous: Option<&str>,
    ) -> ([Vec<u32>; Block::OWN.len()], NWords) {
        let names = self.names(text, previous);
        let lists: [Vec<u32>; Block::OWN.len()] =
            std::array::from_fn(|block| vocabularies[block].indices_of(&names[block]));
        let words = Block::Words.source();
        let n_words = NWords { known: lists[words].len(), all: names[words].len() };
        (lists, n_words)
    }
}

/// What stands for a quotation among the author's words.
const QUOTATION: &str = "“…”";

/// The author's tokens in order, with one [`QUOTATION`] for each run of quoted ones.
fn author_sequence(tokens: &[Token<'_>]) -> Vec<String> {
    let mut sequence: Vec<String> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token.voice {
            Voice::Author => sequence.push(word_of(token)),
            Voice::Quoted if sequence.last().is_some_and(|last| last == QUOTATION) => {}
            Voice::Quoted => sequence.push(QUOTATION.to_string()),
        }
    }
    sequence
}

/// The name of a token: small letters, straight apostrophes, numbers by their kind.
fn word_of(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Number => number_kind(token.text).to_string(),
        _ => token.text.to_lowercase().replace('’', "'"),
    }
}

/// Numbers as such say nothing of the act, but years, counts and large sums do.
fn number_kind(digits: &str) -> &'static str {
    let n_digits = digits.chars().filter(|c| c.is_numeric()).count();
    let year = n_digits == 4 && digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    match n_digits {
        _ if !digits.starts_with(|c: char| c.is_ascii_digit()) => "0th",
        _ if digits.ends_with(char::is_alphabetic) => "0th",
        _ if year => "0year",
        _ if digits.contains('.') => "0.0",
        1 => "0",
        2 => "00",
        _ => "000",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_have_a_block_of_their_own() {
        let maker = FeatureMaker { max_ngram: 2, classes: WordClasses::default() };
        let [words, ngrams, quoted, ..] = maker.names("She said “we must act” on 3 May.", None);
        assert_eq!(words, [".", "0", "may", "on", "said", "she"]);
        assert!(ngrams.contains(&"said “…”".to_string()));
        assert!(ngrams.contains(&"“…” on".to_string()));
        assert_eq!(quoted, ["act", "must", "we"]);
    }

    #[test]
    fn numbers_go_by_kind() {
        for (digits, kind) in
            [("7", "0"), ("2024", "0year"), ("1,200", "000"), ("3.5", "0.0"), ("5th", "0th"), ("42", "00")]
        {
            assert_eq!(number_kind(digits), kind, "{digits}");
        }
    }
}
