//! The words that a model knows, each with an integer id, and what is known about each of them.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::codes::{CODES, CodeSet, ENDINGS, ending_of};
use super::cues;
use super::word_key::{NO_KEY, WordKey, hash_of, key_of, token_key, word_of, word_of_key};
use crate::token::{Token, tokens_into};

/// The number of a word in a [`Lexicon`]: its slot, or for a long word its place after the last slot.
pub type WordId = u32;

/// The id of every word that the lexicon does not contain.
pub const UNKNOWN: WordId = WordId::MAX;

/// The most words of a lexicon.
pub const MAX_WORDS: usize = 1 << 20;

/// The bit in the codes of [`Lexicon::of_words`] that marks words that stand for themselves in openings and pairs.
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

/// The upper bound, exclusive, of all ids: a slot and a half for each word.
pub const MAX_IDS: usize = MAX_WORDS * 3 / 2 + 1;

/// How many numbers a slot has: the two of a word's key, which are 0 in an empty slot, and its [`Traits`].
const SLOT: usize = 3;

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

/// The words of a model and what is known about them, as a hash index that the model file stores unchanged.
#[derive(Debug, Clone)]
pub struct Lexicon {
    /// Words of up to 16 bytes by id, with open addressing; two thirds of the slots are filled.
    slots: Cow<'static, [u64]>,
    /// Longer words.
    long: LongWords,
    /// The words that stand for themselves in openings and pairs, in the order of their symbols.
    plain: Cow<'static, [WordId]>,
}

/// Words of more than 16 bytes, of which there are few.
#[derive(Debug, Clone, Default)]
struct LongWords {
    /// The words in the order of their ids, one per line.
    lines: String,
    /// Their traits in the same order.
    traits: Vec<u64>,
    index: FxHashMap<Box<str>, Word>,
}

/// The stored form of a lexicon.
#[derive(Debug)]
pub struct LexiconParts<'a> {
    /// Three numbers for each slot.
    pub slots: Cow<'a, [u64]>,
    /// The ids of the words that stand for themselves.
    pub plain: Cow<'a, [WordId]>,
    /// The long words, one per line.
    pub long: Cow<'a, str>,
    /// The traits of each of them.
    pub long_traits: Cow<'a, [u64]>,
}

impl Traits {
    /// One number: 24 bits for the codes, 8 for the symbol, 32 for the cues.
    fn pack(self) -> u64 {
        u64::from(self.codes) | u64::from(self.symbol) << CODES.len() | u64::from(self.cues) << 32
    }

    #[inline]
    fn unpack(packed: u64) -> Traits {
        let codes = packed as u32 & ((1 << CODES.len()) - 1);
        Traits { codes, symbol: packed as u32 >> CODES.len(), cues: (packed >> 32) as u32 }
    }
}

const _: () = assert!(CODES.len() == 24, "codes and symbol fill 32 bits");

impl Lexicon {
    /// The lexicon that [`Lexicon::parts`] describes; `None` if the lengths are inconsistent, or if so many slots in a
    /// row are filled that a look-up would take long or not end. Linear in the number of slots.
    pub fn new(parts: LexiconParts<'static>) -> Option<Lexicon> {
        let LexiconParts { slots, plain, long, long_traits } = parts;
        let (all, rest) = slots.as_chunks::<SLOT>();
        let longest = all.split(|slot| key_in(slot) == NO_KEY).map(<[_]>::len).max().unwrap_or(0);
        let has_room = longest <= MAX_PROBES && longest < all.len() && rest.is_empty();
        let n_ids = all.len().checked_add(long_traits.len())?;
        if !has_room || n_ids > MAX_IDS || lines_of(&long).count() != long_traits.len() {
            return None;
        }
        let first_long = all.len();
        let mut of_long = LongWords { lines: long.into_owned(), ..LongWords::default() };
        for ((id, line), &traits) in (first_long..).zip(lines_of(&of_long.lines)).zip(&*long_traits) {
            let word = Word { id: id as WordId, traits: Traits::unpack(traits) };
            of_long.index.insert(line.into(), word);
        }
        of_long.traits = long_traits.into_owned();
        Some(Lexicon { slots, plain, long: of_long })
    }

    /// A lexicon of at most [`MAX_WORDS`] words, each with its codes and perhaps [`PLAIN`]; `None` if there are more, or
    /// if too many collide.
    pub fn of_words<'w>(words: impl Iterator<Item = (&'w str, CodeSet)>) -> Option<Lexicon> {
        let mut words: Vec<(&str, CodeSet)> = words.filter(|(word, _)| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        if words.len() > MAX_WORDS {
            return None;
        }
        let cues = cue_bits();
        let (mut n_plain, mut plain) = (0, Vec::new());
        let n_short = words.iter().filter(|(word, _)| key_of(word).is_some()).count();
        let n_slots = n_short * 3 / 2 + 1;
        let mut slots = vec![0; n_slots * SLOT];
        let (mut long, mut long_traits) = (String::new(), Vec::new());
        for (word, codes) in words {
            let is_plain = codes & PLAIN != 0;
            let symbol = match codes {
                _ if is_plain => FIRST_PLAIN + n_plain,
                0 => (CODES.len() + ending_of(word)) as u32,
                codes => codes.trailing_zeros(),
            };
            n_plain += u32::from(is_plain);
            let codes = codes & ((1 << CODES.len()) - 1);
            let cues = cues.get(word).copied().unwrap_or_default();
            let traits = Traits { codes, symbol, cues }.pack();
            let id = match key_of(word) {
                Some(key) => {
                    let (all, _) = slots.as_chunks_mut::<SLOT>();
                    let (slot, n_probes) = probe(all, key);
                    if n_probes > MAX_PROBES {
                        return None;
                    }
                    all[slot] = [key[0], key[1], traits];
                    slot
                }
                None => {
                    long.push_str(word);
                    long.push('\n');
                    long_traits.push(traits);
                    n_slots + long_traits.len() - 1
                }
            };
            if is_plain {
                plain.push(id as WordId);
            }
        }
        Lexicon::new(LexiconParts {
            slots: slots.into(),
            plain: plain.into(),
            long: long.into(),
            long_traits: long_traits.into(),
        })
    }

    /// The stored form.
    pub fn parts(&self) -> LexiconParts<'_> {
        LexiconParts {
            slots: Cow::Borrowed(&*self.slots),
            plain: Cow::Borrowed(&*self.plain),
            long: Cow::Borrowed(&self.long.lines),
            long_traits: Cow::Borrowed(&self.long.traits),
        }
    }

    /// The upper bound, exclusive, of all ids.
    pub fn n_ids(&self) -> usize {
        self.slots.len() / SLOT + self.long.traits.len()
    }

    /// The word with an id; `None` if there is none.
    pub fn word(&self, id: WordId) -> Option<String> {
        let (all, _) = self.slots.as_chunks::<SLOT>();
        match all.get(id as usize) {
            Some(slot) => Some(key_in(slot)).filter(|key| *key != NO_KEY).map(word_of_key),
            None => lines_of(&self.long.lines).nth(id as usize - all.len()).map(str::to_string),
        }
    }

    /// The number of distinct symbols in openings and pairs.
    pub fn n_symbols(&self) -> u32 {
        FIRST_PLAIN + self.plain.len() as u32
    }

    /// The word that a symbol of [`FIRST_PLAIN`] or more stands for.
    pub fn plain_word(&self, symbol: u32) -> Option<WordId> {
        self.plain.get(symbol.checked_sub(FIRST_PLAIN)? as usize).copied()
    }

    /// What is known about a word in the form in which features name it.
    pub fn find(&self, word: &str) -> Word {
        let found = match key_of(word) {
            Some(key) => self.find_key(key),
            None => self.long.index.get(word).copied(),
        };
        found.unwrap_or_else(|| unknown(ending_of(word)))
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
        self.find_key(key).unwrap_or_else(|| unknown(ending_of(&word_of_key(key))))
    }

    #[inline]
    fn find_key(&self, key: WordKey) -> Option<Word> {
        let (all, _) = self.slots.as_chunks::<SLOT>();
        let (slot, _) = probe(all, key);
        let found = &all[slot];
        (key_in(found) == key).then_some(Word { id: slot as WordId, traits: Traits::unpack(found[2]) })
    }
}

/// The lines of a text that end in line feeds.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator('\n')
}

#[inline]
fn key_in(&[low, high, _]: &[u64; SLOT]) -> WordKey {
    [low, high]
}

/// The slot of a key, or the empty slot where it would be, and how many others come before it.
#[inline]
fn probe(slots: &[[u64; SLOT]], key: WordKey) -> (usize, usize) {
    let mut slot = ((u128::from(hash_of(key)) * slots.len() as u128) >> 64) as usize;
    let mut n_probes = 0;
    while key_in(&slots[slot]) != key && key_in(&slots[slot]) != NO_KEY {
        slot = if slot + 1 == slots.len() { 0 } else { slot + 1 };
        n_probes += 1;
    }
    (slot, n_probes)
}

/// By word: the bits of [`Traits::cues`].
fn cue_bits() -> FxHashMap<&'static str, u32> {
    let mut all: FxHashMap<&str, u32> = FxHashMap::default();
    for (group, cue) in cues::cues() {
        let bits = if cue.contains(' ') { [BEGINS_CUE, CONTINUES_CUE] } else { [1 << group, 0] };
        for (word, bits) in cue.split(' ').zip(bits) {
            *all.entry(word).or_default() |= bits;
        }
    }
    all
}

/// A word that the lexicon does not contain.
fn unknown(ending: usize) -> Word {
    let symbol = (CODES.len() + ending) as u32;
    Word { id: UNKNOWN, traits: Traits { codes: 0, symbol, cues: 0 } }
}
