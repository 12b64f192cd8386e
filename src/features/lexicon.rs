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

/// The bit in a word's stored codes that marks words that stand for themselves in openings and pairs.
pub const PLAIN: CodeSet = 1 << 31;

/// Symbols of openings and pairs below this one are codes and endings; plain words follow.
pub const FIRST_PLAIN: u32 = (CODES.len() + ENDINGS.len()) as u32;

/// The bit of [`Traits::cues`] that marks the first word of a cue of several words.
pub const BEGINS_CUE: u32 = 1 << 31;
/// The bit of [`Traits::cues`] that marks the second word of such a cue.
pub const CONTINUES_CUE: u32 = 1 << 30;

/// The most slots that may be tried for a word; ordinary lexicons need far fewer. Without this limit, words made to
/// collide would take quadratic time.
const MAX_PROBES: usize = 1000;

/// What is known about a word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// Its codes.
    pub codes: CodeSet,
    /// The symbol that stands for it in openings and pairs.
    pub symbol: u32,
    /// The groups of style cues that it belongs to, one bit each, [`BEGINS_CUE`] and [`CONTINUES_CUE`].
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
    /// The keys of the words; [`NO_KEY`] for words that are looked up by their text.
    keys: Vec<WordKey>,
}

/// A sorted list of words and a hash index over it.
#[derive(Debug, Clone)]
pub struct Lexicon {
    /// The words in byte order, one per line.
    lines: Cow<'static, str>,
    /// By word id: its codes, and [`PLAIN`].
    codes: Cow<'static, [u32]>,
    /// By word id: where its line starts.
    starts: Vec<u32>,
    /// The words that stand for themselves in openings and pairs, in order.
    plain: Vec<WordId>,
    /// Words of up to 16 bytes, with open addressing. The length is a power of two, and at most two thirds are filled.
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
    /// A lexicon of sorted lines and the codes of each; `None` if the lines are not sorted or not distinct, if the
    /// lengths differ, or if there are too many or too many collide. Linear in the text.
    pub fn new(lines: Cow<'static, str>, codes: Cow<'static, [u32]>) -> Option<Lexicon> {
        if lines.len() > u32::MAX as usize || codes.len() > MAX_WORDS {
            return None;
        }
        let n_slots = (codes.len() * 3 / 2 + 1).next_power_of_two();
        let empty = Slot { key: NO_KEY, word: unknown(ENDINGS.len() - 1) };
        let mut lexicon = Lexicon {
            starts: Vec::with_capacity(codes.len()),
            plain: Vec::new(),
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
            if lexicon.insert(line, id as WordId, *codes.get(id)?) > MAX_PROBES {
                return None;
            }
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

    /// Adds a word. Returns how many slots it found occupied.
    fn insert(&mut self, line: &str, id: WordId, codes: u32) -> usize {
        let symbol = match codes {
            _ if codes & PLAIN != 0 => {
                self.plain.push(id);
                FIRST_PLAIN + self.plain.len() as u32 - 1
            }
            0 => (CODES.len() + ending_of(line)) as u32,
            codes => codes.trailing_zeros(),
        };
        let word = Word { id, traits: Traits { codes: codes & ((1 << CODES.len()) - 1), symbol, cues: 0 } };
        match key_of(line) {
            Some(key) => {
                let slot = self.slot_of(key);
                self.slots[slot] = Slot { key, word };
                slot.wrapping_sub(self.first_slot(key)) & (self.slots.len() - 1)
            }
            None => {
                self.long.insert(line.into(), word);
                0
            }
        }
    }

    /// Sets the cue bits of the words that are style cues.
    fn mark_cues(&mut self) {
        for (group, cue) in cues::cues() {
            let bits = if cue.contains(' ') { [BEGINS_CUE, CONTINUES_CUE] } else { [1 << group, 0] };
            // No cue has a word of more than 16 bytes.
            for (key, bits) in cue.split(' ').filter_map(key_of).zip(bits) {
                let slot = self.slot_of(key);
                self.slots[slot].word.traits.cues |= bits;
            }
        }
    }

    /// The words in order, one per line.
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

    /// The number of distinct symbols in openings and pairs.
    pub fn n_symbols(&self) -> u32 {
        FIRST_PLAIN + self.plain.len() as u32
    }

    /// The word that a symbol of [`FIRST_PLAIN`] or more stands for.
    pub fn plain_word(&self, symbol: u32) -> Option<WordId> {
        self.plain.get(symbol.checked_sub(FIRST_PLAIN)? as usize).copied()
    }

    /// What is known about a word as it stands in the lexicon.
    pub fn find(&self, word: &str) -> Word {
        let found = match key_of(word) {
            Some(key) => {
                Some(&self.slots[self.slot_of(key)]).filter(|slot| slot.key == key).map(|slot| &slot.word)
            }
            None => self.long.get(word),
        };
        found.copied().unwrap_or_else(|| unknown(ending_of(word)))
    }

    /// Reads the tokens of `text` and looks up their words. Linear in the text.
    pub fn read<'a>(&self, text: &'a str, paragraph: &mut ParagraphWords<'a>) {
        paragraph.text = text;
        tokens_into(text, &mut paragraph.tokens);
        let ParagraphWords { tokens, words, keys, .. } = paragraph;
        // There are two loops so that the reads of the second, which miss the cache, overlap.
        keys.clear();
        keys.extend(tokens.iter().map(|token| token_key(text, token).unwrap_or(NO_KEY)));
        words.clear();
        words.extend(tokens.iter().zip(&*keys).map(|(token, &key)| self.look_up(token, key)));
    }

    #[inline]
    fn look_up(&self, token: &Token<'_>, key: WordKey) -> Word {
        if key == NO_KEY {
            return self.find(&word_of(token));
        }
        let slot = &self.slots[self.slot_of(key)];
        if slot.key == NO_KEY { unknown(ending_of(&word_of_key(key))) } else { slot.word }
    }

    fn first_slot(&self, key: WordKey) -> usize {
        (hash_of(key) >> 32) as usize & (self.slots.len() - 1)
    }

    /// The slot of a key, or the empty slot where it would be.
    fn slot_of(&self, key: WordKey) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.first_slot(key);
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
