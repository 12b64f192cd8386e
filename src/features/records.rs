//! What a model knows of each word, found by the bytes that the word has in a text.

use rustc_hash::{FxHashMap, FxHasher};
use std::hash::Hasher;

use super::classes::UNKNOWN_CLASSES;
use super::firsts::{First, Firsts};
use super::lexicon::{WordId, class_of, hash_of, number_of_class, short_key, token_key};
use super::ngrams::NONE;
use super::word_of;
use crate::token::{Token, tokens_into};

/// All that is asked of a word, in one line of the cache: a rare word is one wait for memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct WordRecord {
    /// The bytes of a word of up to 16; nothing in an empty place.
    key: [u64; 2],
    pub(crate) id: WordId,
    pub(crate) known: Known,
}

/// What is known of one word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(super) features: WordFeatures,
    pub(super) cues: WordCues,
    pub(crate) form: WordForm,
}

/// The features that a word is, each [`NONE`](super::NONE) where it is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordFeatures {
    pub(super) word: u32,
    pub(super) quoted: u32,
    pub(super) coarse: u32,
    pub(super) fine: u32,
    /// What stands for it in class n-grams.
    pub(super) symbol: u32,
}

/// The cues of style that a word is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordCues {
    /// A group of cues is a bit.
    pub(super) groups: u32,
    /// `begins:` with this word.
    pub(super) begins: u32,
    /// Whether a cue of several words begins with it.
    pub(super) begins_longer: bool,
}

/// What a word says to the learned filter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WordForm {
    /// For boilerplate, less what it says for prose.
    pub(crate) score: f32,
    /// The number of its coarse class among those that the filter knows, from 1; 0 where it has none.
    pub(crate) class: u32,
}

/// The records of all words of a lexicon.
#[derive(Debug)]
pub(crate) struct Records {
    /// Those of words of up to 16 bytes, with open addressing; a power of two, a third of them empty or more.
    places: Vec<WordRecord>,
    /// Those of words that are not known, by class, and of longer ones.
    others: Vec<WordRecord>,
    long: FxHashMap<Box<str>, usize>,
}

/// A block's tokens and their words; kept from one block to the next for its lists.
#[derive(Debug, Default)]
pub(crate) struct Seen<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: Vec<Token<'a>>,
    /// One for each token.
    pub(crate) records: Vec<&'a WordRecord>,
    /// One for each token, where it was asked for: whether the word came before.
    pub(crate) firsts: Vec<First>,
    /// A hash of each word that is not known, with the place of its token.
    pub(super) unknown: Vec<(usize, u64)>,
    /// The bytes of each word of up to 16, [`EMPTY`] for others.
    keys: Vec<[u64; 2]>,
    heard: Firsts,
}

const EMPTY: [u64; 2] = [0, 0];

impl Records {
    /// The records of a lexicon's words, each given once with its number; `known` tells what is known of a
    /// number.
    pub(crate) fn new(distinct: &[(&str, WordId)], known: impl Fn(WordId) -> Known) -> Records {
        let record = |key: [u64; 2], id: WordId| WordRecord { key, id, known: known(id) };
        let n_places = (3 * distinct.len() / 2 + 1).next_power_of_two();
        let others = (0..UNKNOWN_CLASSES.len()).map(|class| record(EMPTY, class as WordId)).collect();
        let places = vec![record(EMPTY, 0); n_places];
        let mut records = Records { places, others, long: FxHashMap::default() };
        // In their order: frequent words come first, and lie where they are looked for first.
        for &(word, id) in distinct {
            match short_key(word) {
                Some(key) => {
                    let place = records.place_of(key);
                    records.places[place] = record(key, id);
                }
                None => {
                    records.long.insert(word.into(), records.others.len());
                    records.others.push(record(EMPTY, id));
                }
            }
        }
        records
    }

    /// The records of words of which nothing is known but what cues they are; `cues` are by number.
    pub(super) fn of_cues(distinct: &[(&str, WordId)], cues: &[WordCues]) -> Records {
        let features = WordFeatures { word: NONE, quoted: NONE, coarse: NONE, fine: NONE, symbol: NONE };
        let none = WordCues { groups: 0, begins: NONE, begins_longer: false };
        let known = |id: WordId| {
            let cues = cues.get(id as usize).copied().unwrap_or(none);
            Known { features, cues, form: WordForm::default() }
        };
        Records::new(distinct, known)
    }

    /// Reads the words of `text` into `seen`, which tells nothing of who said them first.
    pub(crate) fn see<'a>(&'a self, text: &'a str, seen: &mut Seen<'a>) {
        seen.text = text;
        tokens_into(text, &mut seen.tokens);
        seen.records.clear();
        seen.unknown.clear();
        seen.firsts.clear();
        seen.keys.clear();
        seen.keys.extend(seen.tokens.iter().map(|token| token_key(text, token).unwrap_or(EMPTY)));
        self.warm(&seen.keys);
        for (place, (token, &key)) in seen.tokens.iter().zip(&seen.keys).enumerate() {
            let found = &self.places[self.place_of(key)];
            let record = match found.key {
                EMPTY if key == EMPTY => self.seldom(token, place, &mut seen.unknown),
                EMPTY => {
                    seen.unknown.push((place, hash_of(key)));
                    &self.others[class_of(key) as usize]
                }
                _ => found,
            };
            seen.records.push(record);
        }
    }

    /// The words of `text`.
    pub(super) fn seen<'a>(&'a self, text: &'a str) -> Seen<'a> {
        let mut seen = Seen::default();
        self.see(text, &mut seen);
        seen
    }

    /// Has memory bring the records of all words at once: a search that asks for one, judges it and then asks
    /// for the next waits for each.
    fn warm(&self, keys: &[[u64; 2]]) {
        let firsts = keys.iter().map(|&key| self.places[self.first_place(key)].key[0]);
        std::hint::black_box(firsts.fold(0, |all, first| all ^ first));
    }

    /// The record of a word as [`word_of`] writes it.
    pub(super) fn get(&self, word: &str) -> Option<&WordRecord> {
        match short_key(word) {
            Some(key) => Some(&self.places[self.place_of(key)]).filter(|found| found.key == key),
            None => self.long.get(word).map(|&other| &self.others[other]),
        }
    }

    /// The record of a word that is long or has letters outside ASCII.
    #[cold]
    fn seldom(&self, token: &Token<'_>, place: usize, unknown: &mut Vec<(usize, u64)>) -> &WordRecord {
        let word = word_of(token);
        self.get(&word).unwrap_or_else(|| {
            let mut hasher = FxHasher::default();
            hasher.write(word.as_bytes());
            unknown.push((place, short_key(&word).map_or(hasher.finish(), hash_of)));
            &self.others[number_of_class(&word) as usize]
        })
    }

    /// Where a key lies, or the empty place where it would.
    fn place_of(&self, key: [u64; 2]) -> usize {
        let mask = self.places.len() - 1;
        let mut place = self.first_place(key);
        while self.places[place].key != key && self.places[place].key != EMPTY {
            place = (place + 1) & mask;
        }
        place
    }

    fn first_place(&self, key: [u64; 2]) -> usize {
        let mixed = (key[0] ^ key[1].rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize & (self.places.len() - 1)
    }
}

impl Seen<'_> {
    /// Finds out which words came before.
    pub(crate) fn tell_firsts(&mut self) {
        self.heard.hear(&self.tokens, &self.records, &mut self.firsts);
    }

    /// The bytes of each word of up to 16, one for each token; those of no word for others.
    pub(super) fn keys(&self) -> &[[u64; 2]] {
        &self.keys
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::Lexicon;
    use crate::features::classes::unknown_class;
    use crate::token::tokens;

    fn check(text: &str) {
        let names: Vec<String> = tokens(text).iter().map(word_of).collect();
        // Every other word is known.
        let (lexicon, distinct) = Lexicon::new(names.iter().step_by(2).map(String::as_str));
        let records = Records::of_cues(&distinct, &[]);
        let mut seen = Seen::default();
        records.see(text, &mut seen);
        let mut unknown = seen.unknown.iter();
        for (place, (name, record)) in names.iter().zip(&seen.records).enumerate() {
            match lexicon.id(name) {
                Some(known) => assert_eq!(record.id, known, "{name}"),
                None => {
                    assert_eq!(UNKNOWN_CLASSES[record.id as usize], unknown_class(name));
                    assert_eq!(unknown.next().unwrap().0, place);
                }
            }
        }
        assert_eq!(unknown.next(), None);
    }

    proptest! {
        #[test]
        fn words_have_the_numbers_of_their_names(text in "([A-Za-zİßéΣ’'0-9.,]{1,20}[ .,“”\\PC]?){0,20}") {
            check(&text);
        }
    }

    #[test]
    fn capitals_apostrophes_and_long_words_are_found() {
        check(
            "Don’t DON'T don't Zz@[`{ antidisestablishmentarianism ANTIDISESTABLISHMENTARIANISM 3.5 2020 É é",
        );
    }

    #[test]
    fn a_record_fills_one_line_of_the_cache() {
        assert_eq!(size_of::<WordRecord>(), 64);
    }
}
