//! The words of a corpus by number, in the order in which they first come.

use rustc_hash::FxHashMap;

use super::lexicon::{Lexicon, WordId, short_key};
use super::records::Seen;
use super::word_of;
use crate::token::Token;

/// Words by number; one that it has not seen gets the next number.
#[derive(Debug)]
pub(super) struct Interner {
    /// Words of up to 16 bytes, as those bytes; nearly all are.
    short: FxHashMap<[u64; 2], WordId>,
    long: FxHashMap<Box<str>, WordId>,
    /// By number; the first numbers are those of no word.
    names: Vec<Box<str>>,
}

impl Interner {
    /// An interner in which the words of `lexicon` have the numbers that they have there; `distinct` holds
    /// each of them.
    pub(super) fn new(lexicon: &Lexicon, distinct: &[(&str, WordId)]) -> Interner {
        let mut interner =
            Interner { short: FxHashMap::default(), long: FxHashMap::default(), names: Vec::new() };
        interner.names.resize(lexicon.len() - distinct.len(), "".into());
        for (word, _) in distinct {
            interner.id_of(word);
        }
        interner
    }

    /// One more than the largest number.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The words by their numbers.
    pub(super) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The numbers of a text's words.
    pub(super) fn ids(&mut self, seen: &Seen<'_>) -> Vec<WordId> {
        let id = |(token, key): (&Token<'_>, &[u64; 2])| match self.short.get(key) {
            Some(&id) => id,
            // A new word, or one without a key.
            None => self.id_of(&word_of(token)),
        };
        seen.tokens.iter().zip(seen.keys()).map(id).collect()
    }

    /// The number of a word as [`word_of`] writes it.
    pub(super) fn id_of(&mut self, word: &str) -> WordId {
        let next = self.names.len() as WordId;
        let id = match short_key(word) {
            Some(key) => *self.short.entry(key).or_insert(next),
            None => match self.long.get(word) {
                Some(&id) => id,
                None => *self.long.entry(word.into()).or_insert(next),
            },
        };
        if id == next {
            self.names.push(word.into());
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::Records;

    proptest! {
        #[test]
        fn the_name_of_a_number_is_the_word(text in "([A-Za-zİßéΣ’'0-9.,]{1,20}[ .,“”\\PC]?){0,20}") {
            let (lexicon, distinct) = Lexicon::new(["the", "a"].into_iter());
            let mut interner = Interner::new(&lexicon, &distinct);
            prop_assert_eq!(interner.id_of("a"), lexicon.id("a").unwrap());
            let records = Records::of_cues(&[], &[]);
            let mut seen = Seen::default();
            records.see(&text, &mut seen);
            for (token, id) in seen.tokens.iter().zip(interner.ids(&seen)) {
                prop_assert_eq!(&*interner.names()[id as usize], word_of(token));
            }
        }
    }
}
