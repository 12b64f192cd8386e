//! The paragraphs of a corpus as numbers: what is left of their texts when features are counted.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::distinct::Distinct;
use super::interner::Interner;
use super::lexicon::{Lexicon, WordId};
use super::lists::Lists;
use super::records::{Records, Seen};
use super::style_index::StyleIndex;
use super::{QUOTATION, style_index};
use crate::article::Voice;
use crate::token::Kind;

/// How many paragraphs are in hand at a time: with their tokens they fit the cache.
const BATCH: usize = 512;

/// A paragraph of a corpus.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    /// Whether it goes on where the one before it in the list ended.
    pub(crate) follows: bool,
}

/// The words and the cues of style of all paragraphs of a corpus.
pub(super) struct Sequences {
    pub(super) words: Interner,
    pub(super) quotation: WordId,
    /// The author's words in order, with one number for each run of quoted ones.
    pub(super) author: Lists,
    /// The words inside quotation marks.
    pub(super) quoted: Lists,
    /// Cues of style by their places in `style_names`; repeats are possible.
    pub(super) style: Lists,
    pub(super) style_names: Vec<String>,
}

/// One paragraph's numbers.
struct Numbers {
    author: Vec<WordId>,
    quoted: Vec<WordId>,
    style: Vec<u32>,
    handed_on: Vec<u32>,
    /// The word that it begins with, where that is no quotation mark.
    begins: Option<WordId>,
    /// The last character that is not white space.
    last: char,
}

impl Sequences {
    /// The sequences of `sources`. Linear time; texts are read in parallel, and numbers given in order.
    pub(super) fn of(sources: &[Source<'_>]) -> Sequences {
        let (lexicon, distinct) = Lexicon::new(style_index::words().chain([QUOTATION]));
        let mut words = Interner::new(&lexicon, &distinct);
        let mut cues = Cues::default();
        let (style, of_words) = StyleIndex::of_fixed(&lexicon, |name| cues.id_of(name));
        let records = Records::of_cues(&distinct, &of_words);
        let quotation = words.id_of(QUOTATION);
        // Room for as many tokens as English has; memory that nothing is written to costs nothing.
        let n_bytes: usize = sources.iter().map(|source| source.text.len()).sum();
        let mut author = Lists::with_capacity(sources.len(), n_bytes / 5);
        let mut quoted = Lists::with_capacity(sources.len(), n_bytes / 20);
        let mut of_style = Lists::with_capacity(sources.len(), 24 * sources.len());
        let mut before: Option<Numbers> = None;
        for batch in sources.chunks(BATCH) {
            let seen: Vec<Seen<'_>> = batch.par_iter().map(|source| records.seen(source.text)).collect();
            let ids: Vec<Vec<WordId>> = seen.iter().map(|seen| words.ids(seen)).collect();
            let numbers: Vec<Numbers> = seen
                .par_iter()
                .zip(ids)
                .map_init(Distinct::default, |distinct, (seen, ids)| {
                    Numbers::of(seen, &ids, &style, quotation, distinct)
                })
                .collect();
            for (source, mut numbers) in batch.iter().zip(numbers) {
                cues.add_own(&mut numbers, &words);
                if let Some(before) = before.filter(|_| source.follows) {
                    cues.add_handed_on(&mut numbers.style, &before);
                }
                author.push(&numbers.author);
                quoted.push(&numbers.quoted);
                of_style.push(&numbers.style);
                before = Some(numbers);
            }
        }
        Sequences { words, quotation, author, quoted, style: of_style, style_names: cues.names }
    }
}

impl Numbers {
    fn of(
        seen: &Seen<'_>,
        ids: &[WordId],
        style: &StyleIndex,
        quotation: WordId,
        distinct: &mut Distinct,
    ) -> Numbers {
        let tokens = &seen.tokens;
        let mut author = Vec::with_capacity(tokens.len());
        let mut quoted = Vec::new();
        let mut in_quotation = false;
        for (token, &id) in tokens.iter().zip(ids) {
            let is_quoted = token.voice == Voice::Quoted;
            if !is_quoted {
                author.push(id);
            } else if !in_quotation {
                author.push(quotation);
            }
            if is_quoted && token.kind == Kind::Word {
                quoted.push(id);
            }
            in_quotation = is_quoted;
        }
        let begins = tokens.first().filter(|first| first.kind != Kind::QuoteMark).map(|_| ids[0]);
        let mut handed_on = Vec::new();
        let take = |cue| {
            distinct.insert(cue);
        };
        style.cues(seen, take, &mut handed_on);
        let last = seen.text.trim_end().chars().next_back().unwrap_or(' ');
        Numbers { author, quoted, style: distinct.take(), handed_on, begins, last }
    }
}

/// The names of all cues of style that a corpus has.
#[derive(Default)]
struct Cues {
    names: Vec<String>,
    by_name: FxHashMap<String, u32>,
    begins: FxHashMap<WordId, u32>,
    ends: FxHashMap<char, u32>,
    ends_before: FxHashMap<char, u32>,
}

impl Cues {
    fn id_of(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = self.names.len() as u32;
        self.names.push(name.to_string());
        self.by_name.insert(name.to_string(), id);
        id
    }

    /// Adds what a paragraph begins and ends with.
    fn add_own(&mut self, numbers: &mut Numbers, words: &Interner) {
        if let Some(word) = numbers.begins {
            let known = self.begins.get(&word).copied();
            let id = known.unwrap_or_else(|| self.id_of(&format!("begins:{}", words.names()[word as usize])));
            self.begins.insert(word, id);
            numbers.style.push(id);
        }
        if !numbers.last.is_alphanumeric() {
            let known = self.ends.get(&numbers.last).copied();
            let id = known.unwrap_or_else(|| self.id_of(&format!("ends:{}", numbers.last)));
            self.ends.insert(numbers.last, id);
            numbers.style.push(id);
        }
    }

    /// Adds what the paragraph before hands on.
    fn add_handed_on(&mut self, style: &mut Vec<u32>, before: &Numbers) {
        style.extend_from_slice(&before.handed_on);
        let last = if before.last.is_alphanumeric() { 'a' } else { before.last };
        let known = self.ends_before.get(&last).copied();
        let id = known.unwrap_or_else(|| self.id_of(&format!("before:ends {last}")));
        self.ends_before.insert(last, id);
        style.push(id);
    }
}
