//! The words that a model knows, each with an integer id, and what is known about each of them.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::codes::{CODES, CodeSet, ENDINGS, ending_of};
use super::cues;
use super::word_key::{NO_KEY, WordKey, hash_of, key_of, token_key, word_of, word_of_key};
use crate::token::{Token, tokens_into};

/// The place of a word in the sorted words of a [`Lexicon`].
pub type WordId = u32;

/// The id of every word that the lexicon does not contain.
pub const UNKNOWN: WordId = WordId::MAX;

/// The largest lexicon: three ids of 21 bits fit the key of an n-gram.
pub const MAX_WORDS: usize = (1 << 21) - 2 - FIRST_PLAIN as usize;

/// The bit of a word's stored codes that marks a word that stands for itself in openings and pairs.
pub const PLAIN: CodeSet = 1 << 31;

/// The symbols of openings and pairs below this one are codes and endings; plain words follow.
pub const FIRST_PLAIN: u32 = (CODES.len() + ENDINGS.len()) as u32;

/// The bit of [`Traits::cues`] that marks the first word of a cue of several words.
pub const BEGINS_CUE: u32 = 1 << 31;

/// What is known about a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// Its codes.
    pub codes: CodeSet,
    /// What stands for it in openings and pairs.
    pub symbol: u32,
    /// The groups of style cues that it belongs to, one bit each, and [`BEGINS_CUE`].
    pub cues: u32,
}

/// A token's word: its id and traits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Word {
    /// Its id, or [`UNKNOWN`].
    pub id: WordId,
    /// What is known about it.
    pub traits: Traits,
}

/// A paragraph's tokens and their words, in buffers that are reused from one paragraph to the next.
#[derive(Debug, Default)]
pub struct ParagraphWords<'a> {
    /// The text of the paragraph.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: Vec<Token<'a>>,
    /// One word for each token.
    pub words: Vec<Word>,
}

/// A sorted list of words and a hash index over it.
#[derive(Debug, Clone)]
pub struct Lexicon {
    /// The words in byte order, one a line.
    lines: Cow<'static, str>,
    /// By word id: its codes, and [`PLAIN`].
    codes: Cow<'static, [u32]>,
    /// By word id: where its line starts.
    starts: Vec<u32>,
    /// Words of up to 16 bytes, with open addressing; a power of two, at most two thirds full.
    slots: Vec<Slot>,
    /// Longer words.
    long: FxHashMap<Box<str>, Word>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    key: WordKey,
    word: Word,
}

impl Lexicon {
    /// A lexicon of sorted lines and the codes of each; `None` where they are not in order, not distinct or
    /// not of one length, or are too many. Linear in the text.
    pub fn new(lines: Cow<'static, str>, codes: Cow<'static, [u32]>) -> Option<Lexicon> {
        if lines.len() > u32::MAX as usize || codes.len() > MAX_WORDS {
            return None;
        }
        let n_slots = (codes.len() * 3 / 2 + 1).next_power_of_two();
        let empty = Slot { key: NO_KEY, word: unknown(ENDINGS.len() - 1) };
        let mut lexicon = Lexicon {
            starts: Vec::with_capacity(codes.len()),
            slots: vec![empty; n_slots],
            long: FxHashMap::default(),
            codes: Cow::Borrowed(&[]),
            lines: Cow::Borrowed(""),
        };
        let mut before = "";
        for (id, line) in lines.split('\n').filter(|_| !lines.is_empty()).enumerate() {
            if line <= before {
                return None;
            }
            before = line;
            let start = line.as_ptr() as usize - lines.as_ptr() as usize;
            lexicon.starts.push(start as u32);
            lexicon.insert(line, id as WordId, *codes.get(id)?);
        }
        if lexicon.starts.len() != codes.len() {
            return None;
        }
        (lexicon.lines, lexicon.codes) = (lines, codes);
        lexicon.mark_cues();
        Some(lexicon)
    }

    /// A lexicon of any words, each with its codes.
    pub fn of_words<'w>(words: impl Iterator<Item = (&'w str, CodeSet)>) -> Option<Lexicon> {
        let mut words: Vec<(&str, CodeSet)> = words.filter(|(word, _)| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        let lines: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let codes: Vec<u32> = words.iter().map(|(_, codes)| *codes).collect();
        Lexicon::new(lines.join("\n").into(), codes.into())
    }

    fn insert(&mut self, line: &str, id: WordId, codes: u32) {
        let word = Word { id, traits: traits(line, id, codes) };
        match key_of(line) {
            Some(key) => {
                let slot = self.slot_of(key);
                self.slots[slot] = Slot { key, word };
            }
            None => {
                self.long.insert(line.into(), word);
            }
        }
    }

    /// Sets the cue bits of the words that are style cues.
    fn mark_cues(&mut self) {
        for (group, cue) in cues::cues() {
            let (first, bits) = match cue.split_once(' ') {
                None => (cue, 1 << group),
                Some((first, _)) => (first, BEGINS_CUE),
            };
            // No cue has a word of more than 16 bytes.
            if let Some(key) = key_of(first) {
                let slot = self.slot_of(key);
                self.slots[slot].word.traits.cues |= bits;
            }
        }
    }

    /// The words in order, one a line.
    pub fn lines(&self) -> &str {
        &self.lines
    }

    /// By word id: its codes, and [`PLAIN`].
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The word with an id below [`Lexicon::len`].
    pub fn word(&self, id: WordId) -> &str {
        let start = self.starts[id as usize] as usize;
        let end = self.starts.get(id as usize + 1).map_or(self.lines.len(), |next| *next as usize - 1);
        &self.lines[start..end]
    }

    /// The id of a word as it stands in the lexicon.
    pub fn id(&self, word: &str) -> Option<WordId> {
        let found = match key_of(word) {
            Some(key) => self.slots[self.slot_of(key)].word,
            None => *self.long.get(word)?,
        };
        (found.id != UNKNOWN).then_some(found.id)
    }

    /// Reads the tokens of `text` and looks up their words. Linear in the text.
    pub fn read<'a>(&self, text: &'a str, paragraph: &mut ParagraphWords<'a>) {
        paragraph.text = text;
        tokens_into(text, &mut paragraph.tokens);
        let ParagraphWords { tokens, words, .. } = paragraph;
        words.clear();
        words.extend(tokens.iter().map(|token| self.look_up(text, token)));
    }

    fn look_up(&self, text: &str, token: &Token<'_>) -> Word {
        let Some(key) = token_key(text, token) else { return self.look_up_slowly(token) };
        let slot = &self.slots[self.slot_of(key)];
        if slot.key == NO_KEY { unknown(ending_of(&word_of_key(key))) } else { slot.word }
    }

    #[cold]
    fn look_up_slowly(&self, token: &Token<'_>) -> Word {
        let word = word_of(token);
        let found = match key_of(&word) {
            Some(key) => {
                Some(self.slots[self.slot_of(key)]).filter(|slot| slot.key == key).map(|slot| slot.word)
            }
            None => self.long.get(word.as_str()).copied(),
        };
        found.unwrap_or_else(|| unknown(ending_of(&word)))
    }

    /// The slot of a key, or the empty slot where it would be.
    fn slot_of(&self, key: WordKey) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (hash_of(key) >> 32) as usize & mask;
        while self.slots[slot].key != key && self.slots[slot].key != NO_KEY {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// A word that the lexicon does not contain.
fn unknown(ending: usize) -> Word {
    let symbol = (CODES.len() + ending) as u32;
    Word { id: UNKNOWN, traits: Traits { codes: 0, symbol, cues: 0 } }
}

fn traits(word: &str, id: WordId, stored: u32) -> Traits {
    let codes = stored & ((1 << CODES.len()) - 1);
    let symbol = match codes {
        _ if stored & PLAIN != 0 => FIRST_PLAIN + id,
        0 => (CODES.len() + ending_of(word)) as u32,
        codes => codes.trailing_zeros(),
    };
    Traits { codes, symbol, cues: 0 }
}
