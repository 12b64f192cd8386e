//! Which words of a text came before: most features count once, however often they occur.

use super::lexicon::WordId;
use super::records::WordRecord;
use crate::article::Voice;
use crate::token::Token;

/// Whether a word came before in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct First {
    /// Nobody said it before.
    pub(crate) of_all: bool,
    /// Its speaker, the author or those quoted, did not say it before.
    pub(crate) in_voice: bool,
}

/// The words that came so far, and who said them.
#[derive(Debug, Default)]
pub(super) struct Firsts {
    /// Two bits for each word: one for the author, one for those quoted. All are zero between two texts.
    said: Vec<u64>,
    /// Where bits are set.
    places: Vec<usize>,
}

/// Words whose bits one number holds.
const N_WORDS: usize = 32;

impl Firsts {
    /// Tells of each word of a text whether it came before.
    pub(super) fn hear(&mut self, tokens: &[Token<'_>], records: &[&WordRecord], firsts: &mut Vec<First>) {
        firsts.clear();
        firsts.extend(tokens.iter().zip(records).map(|(token, record)| {
            let voice = if token.voice == Voice::Author { 1 } else { 2 };
            let before = self.say(record.id, voice);
            First { of_all: before == 0, in_voice: before & voice == 0 }
        }));
        self.places.drain(..).for_each(|place| self.said[place] = 0);
    }

    /// Who said a word before.
    fn say(&mut self, word: WordId, voice: u64) -> u64 {
        let (place, shift) = (word as usize / N_WORDS, word as usize % N_WORDS * 2);
        if place >= self.said.len() {
            self.said.resize((place + 1).next_power_of_two(), 0);
        }
        let said = &mut self.said[place];
        if *said == 0 {
            self.places.push(place);
        }
        let before = *said >> shift & 3;
        *said |= voice << shift;
        before
    }
}
