//! Which words and features a corpus has: what training counts before it fits anything.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::codes::CodeSet;
use super::cues::cues;
use super::extract::{Buffers, Extractor, QUOTATION};
use super::lexicon::{Lexicon, PLAIN, ParagraphWords};
use super::word_codes::WordCodes;
use super::word_key::{WordKey, key_of, token_key, word_of, word_of_key};
use super::{FeatureGroup, N_GROUPS, Sink};
use crate::article::Voice;
use crate::token::tokens;

/// How many paragraphs are read at a time: few enough for their keys to fit in the cache, and enough to give all
/// threads work.
const BATCH: usize = 2048;

/// How many of the most frequent words stand for themselves in openings and pairs: function words and verbs of saying
/// carry the rhetorical act themselves. On held-out articles 100 did as well as 500; 50 and none did a little worse.
const N_PLAIN: usize = 100;
/// How many of the most frequent punctuation marks and kinds of numbers also stand for themselves. The limit keeps the
/// matrix of pairs small; the other marks in 77,000 paragraphs, most of them emoji, occur in pairs a few times each.
const N_PLAIN_MARKS: usize = 30;

/// How often a word occurs.
#[derive(Debug, Clone, Copy, Default)]
struct Frequency {
    n_paragraphs: u32,
    /// In the author's voice.
    n_tokens: u32,
    last_paragraph: u32,
}

impl Frequency {
    fn add(&mut self, paragraph: u32, is_author: bool) {
        self.n_paragraphs += u32::from(self.n_paragraphs == 0 || self.last_paragraph != paragraph);
        self.last_paragraph = paragraph;
        self.n_tokens += u32::from(is_author);
    }
}

/// The lexicon of a corpus: the words that occur in `min_count` or more paragraphs, those that have codes, and those
/// that style cues are made of. `None` if there are more than a lexicon holds. Linear in the text.
pub fn lexicon_of(texts: &[&str], min_count: u32, codes: &WordCodes) -> Option<Lexicon> {
    let mut short: FxHashMap<WordKey, Frequency> = FxHashMap::default();
    let mut long: FxHashMap<String, Frequency> = FxHashMap::default();
    let mut paragraph = 0;
    for batch in texts.chunks(BATCH) {
        let tokens: Vec<_> = batch.par_iter().map(|text| tokens(text)).collect();
        for (text, tokens) in batch.iter().zip(&tokens) {
            for token in tokens {
                let is_author = token.voice == Voice::Author;
                let frequency = match token_key(text, token) {
                    Some(key) => short.entry(key).or_default(),
                    None => {
                        let word = word_of(token);
                        match key_of(&word) {
                            Some(key) => short.entry(key).or_default(),
                            None => long.entry(word).or_default(),
                        }
                    }
                };
                frequency.add(paragraph, is_author);
            }
            paragraph += 1;
        }
    }
    let short = short.into_iter().filter(|(_, of)| of.n_paragraphs >= min_count);
    let long = long.into_iter().filter(|(_, of)| of.n_paragraphs >= min_count);
    let words = short.map(|(key, of)| (word_of_key(key), of.n_tokens));
    let words: Vec<(String, u32)> = words.chain(long.map(|(word, of)| (word, of.n_tokens))).collect();
    let others = codes.words().chain(cues().flat_map(|(_, cue)| cue.split(' '))).chain([QUOTATION]);
    let plain = plain_words(&words);
    let mut all: FxHashMap<&str, CodeSet> = FxHashMap::default();
    for word in words.iter().map(|(word, _)| word.as_str()).chain(others) {
        let flag = if word == QUOTATION || plain.contains(word) { PLAIN } else { 0 };
        all.insert(word, codes.of(word) | flag);
    }
    Lexicon::of_words(all.into_iter())
}

/// The most frequent alphabetic words, and the most frequent of the others; equally frequent ones are in the order of
/// their names.
fn plain_words(words: &[(String, u32)]) -> FxHashSet<&str> {
    let mut by_frequency: Vec<(&str, u32)> = words.iter().map(|(word, n)| (word.as_str(), *n)).collect();
    by_frequency.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let (alphabetic, marks): (Vec<_>, Vec<_>) = by_frequency
        .into_iter()
        .map(|(word, _)| word)
        .partition(|word| word.starts_with(char::is_alphabetic));
    alphabetic.into_iter().take(N_PLAIN).chain(marks.into_iter().take(N_PLAIN_MARKS)).collect()
}

/// The keys of the features that training keeps, most frequent first, so that the most frequent reads are close
/// together in memory. The index of a key is the number of the feature.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// The keys.
    pub keys: Vec<u64>,
}

/// The distinct keys of a paragraph by group.
pub type ParagraphKeys = Vec<Vec<u64>>;

/// Collects the keys of a paragraph.
#[derive(Default)]
struct KeySink {
    keys: [Vec<u64>; N_GROUPS],
}

impl Sink for KeySink {
    fn feature(&mut self, group: FeatureGroup, key: u64, _: Range<u32>) {
        self.keys[group as usize].push(key);
    }
}

/// The distinct keys of a paragraph.
pub fn keys_of(lexicon: &Lexicon, extractor: &Extractor, text: &str) -> ParagraphKeys {
    let (mut paragraph, mut sink) = (ParagraphWords::default(), KeySink::default());
    lexicon.read(text, &mut paragraph);
    extractor.extract(&paragraph, &mut Buffers::default(), &mut sink);
    sink.keys.into_iter().map(distinct).collect()
}

/// Keys in order, each once.
pub fn distinct(mut keys: Vec<u64>) -> Vec<u64> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The vocabulary of each of `n_groups` groups, and the features of every paragraph. `keys_of` returns the keys of a
/// paragraph; it is called twice for each. Features that occur in `min_counts[group]` or more paragraphs are kept.
///
/// Takes time linear in the number of keys, and memory first for the distinct keys, then for the lists.
pub fn count(
    texts: &[&str],
    min_counts: &[u32],
    keys_of: impl Fn(&str) -> ParagraphKeys + Sync,
) -> (Vec<Vocabulary>, FeatureLists) {
    let mut counts: Vec<FxHashMap<u64, u32>> = vec![FxHashMap::default(); min_counts.len()];
    for batch in texts.chunks(BATCH) {
        let keys: Vec<ParagraphKeys> = batch.par_iter().map(|text| keys_of(text)).collect();
        counts.par_iter_mut().enumerate().for_each(|(group, counts)| {
            for &key in keys.iter().flat_map(|paragraph| &paragraph[group]) {
                *counts.entry(key).or_default() += 1;
            }
        });
    }
    let kept = |(counts, &min_count): (FxHashMap<u64, u32>, &u32)| {
        let mut kept: Vec<(u64, u32)> = counts.into_iter().filter(|(_, count)| *count >= min_count).collect();
        kept.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Vocabulary { keys: kept.into_iter().map(|(key, _)| key).collect() }
    };
    let vocabularies: Vec<Vocabulary> = counts.into_par_iter().zip(min_counts).map(kept).collect();
    let lists = lists(texts, &vocabularies, keys_of);
    (vocabularies, lists)
}

/// The features of every paragraph by their numbers in the vocabularies.
fn lists(
    texts: &[&str],
    vocabularies: &[Vocabulary],
    keys_of: impl Fn(&str) -> ParagraphKeys + Sync,
) -> FeatureLists {
    let numbers: Vec<FxHashMap<u64, u32>> = vocabularies
        .par_iter()
        .map(|vocabulary| vocabulary.keys.iter().copied().zip(0..).collect())
        .collect();
    let mut lists = vec![Lists::default(); vocabularies.len()];
    for batch in texts.chunks(BATCH) {
        let keys: Vec<ParagraphKeys> = batch.par_iter().map(|text| keys_of(text)).collect();
        lists.par_iter_mut().zip(&numbers).enumerate().for_each(|(group, (lists, numbers))| {
            for paragraph in &keys {
                let list: Vec<u32> =
                    paragraph[group].iter().filter_map(|key| numbers.get(key).copied()).collect();
                lists.push(&list);
            }
        });
    }
    FeatureLists::new(lists)
}

/// Lists of numbers in one allocation: a separate one for each paragraph of a large corpus would cost more memory than
/// the numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lists {
    numbers: Vec<u32>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    /// Adds a list.
    pub fn push(&mut self, list: &[u32]) {
        self.numbers.extend_from_slice(list);
        self.ends.push(self.numbers.len());
    }

    /// The list at `index`.
    ///
    /// # Panics
    ///
    /// When there is no such list.
    pub fn get(&self, index: usize) -> &[u32] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[index]]
    }
}

/// The features of many paragraphs: a list of distinct feature numbers for each group and paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureLists {
    by_group: Vec<Lists>,
}

impl FeatureLists {
    /// The lists of each group.
    pub fn new(by_group: Vec<Lists>) -> FeatureLists {
        FeatureLists { by_group }
    }

    /// The features of a paragraph in the group at an index.
    pub fn get(&self, paragraph: usize, group: usize) -> &[u32] {
        self.by_group[group].get(paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_went_in() {
        let mut lists = Lists::default();
        let all: [&[u32]; 4] = [&[3, 1], &[], &[], &[7]];
        all.iter().for_each(|list| lists.push(list));
        assert_eq!((0..4).map(|index| lists.get(index)).collect::<Vec<_>>(), all);
        assert_eq!(FeatureLists::new(vec![lists]).get(3, 0), [7]);
    }
}
