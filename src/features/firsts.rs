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
    /// A power of two, half of them empty or more.
    marks: Vec<Mark>,
    /// What was marked for earlier texts is nothing.
    round: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    round: u32,
    word: WordId,
    /// A bit for the author, and one for those quoted.
    voices: u8,
}

impl Firsts {
    /// Tells of each word of a text whether it came before.
    pub(super) fn hear(&mut self, tokens: &[Token<'_>], records: &[&WordRecord], firsts: &mut Vec<First>) {
        self.round = self.round.checked_add(1).unwrap_or_default();
        if self.marks.len() < 2 * tokens.len() || self.round == 0 {
            self.marks = vec![Mark::default(); (2 * tokens.len()).next_power_of_two().max(256)];
            self.round = 1;
        }
        firsts.clear();
        firsts.extend(tokens.iter().zip(records).map(|(token, record)| {
            let voice = if token.voice == Voice::Author { 1 } else { 2 };
            let before = self.say(record.id, voice);
            First { of_all: before == 0, in_voice: before & voice == 0 }
        }));
    }

    /// Who said a word before.
    fn say(&mut self, word: WordId, voice: u8) -> u8 {
        let mask = self.marks.len() - 1;
        let mut place = (word.wrapping_mul(0x9e37_79b9) >> 12) as usize & mask;
        loop {
            let mark = &mut self.marks[place];
            if mark.round != self.round {
                *mark = Mark { round: self.round, word, voices: voice };
                return 0;
            }
            if mark.word == word {
                let before = mark.voices;
                mark.voices |= voice;
                return before;
            }
            place = (place + 1) & mask;
        }
    }
}
