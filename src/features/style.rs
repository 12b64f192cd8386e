//! Style cues: groups of words with one function, in all sentences, in the first and in the last.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::cue::{Cue, each};
use super::cues::{N_GROUPS, cues};
use super::form::Form;
use super::lexicon::{BEGINS_CUE, CONTINUES_CUE, Lexicon, ParagraphWords, UNKNOWN, WordId};
use super::{FeatureGroup, Sink};
use crate::token::Kind;

/// The longest cue, in words.
const MAX_CUE: usize = 3;

/// Pads the ids of a cue with fewer words. It differs from [`UNKNOWN`], so that a cue of two words before an unknown
/// word is not found a second time as a cue of three.
const NO_WORD: WordId = UNKNOWN - 1;

/// The cues of several words, by the ids of their words.
#[derive(Debug, Clone)]
pub struct StyleCues {
    longer: FxHashMap<[WordId; MAX_CUE], u32>,
}

/// The cue groups that occur once, and those that occur more than once, as bit sets.
#[derive(Default, Clone, Copy)]
struct Groups {
    once: u32,
    twice: u32,
}

impl Groups {
    fn add(&mut self, groups: u32) {
        self.twice |= self.once & groups;
        self.once |= groups;
    }

    fn add_all(&mut self, other: Groups) {
        self.twice |= self.once & other.once | other.twice;
        self.once |= other.once;
    }
}

impl StyleCues {
    /// The cues of several words whose words are all in `lexicon`.
    pub fn new(lexicon: &Lexicon) -> StyleCues {
        let mut longer: FxHashMap<[WordId; MAX_CUE], u32> = FxHashMap::default();
        for (group, cue) in cues().filter(|(_, cue)| cue.contains(' ')) {
            let mut ids = [NO_WORD; MAX_CUE];
            let known = cue.split(' ').zip(&mut ids).all(|(word, id)| {
                *id = lexicon.find(word).id;
                *id != UNKNOWN
            });
            if known {
                *longer.entry(ids).or_default() |= 1 << group;
            }
        }
        StyleCues { longer }
    }

    /// Reports the style features of a paragraph. `author` holds the indices of the author's tokens; `ends` is filled
    /// with the ends of the sentences that they form.
    pub fn extract(
        &self,
        paragraph: &ParagraphWords<'_>,
        author: &[u32],
        ends: &mut Vec<u32>,
        sink: &mut impl Sink,
    ) {
        let mut form = Form::default();
        for token in &paragraph.tokens {
            form.count(token);
        }
        let (all, first, last) = self.sentences(paragraph, author, ends);
        let mut cue = |cue: Cue, value: u32| {
            sink.feature(FeatureGroup::Style, cue.key(value), 0..0);
        };
        if ends.len() > 1 {
            each(first.once, |group| cue(Cue::First, group));
            each(last.once, |group| cue(Cue::Last, group));
        }
        each(all.once, |group| cue(Cue::Group, group));
        each(all.twice, |group| cue(Cue::GroupTwice, group));
        form.extract(paragraph, ends.len(), &mut cue);
    }

    /// The cue groups of all sentences, of the first and of the last; `ends` is filled with their ends.
    fn sentences(
        &self,
        paragraph: &ParagraphWords<'_>,
        author: &[u32],
        ends: &mut Vec<u32>,
    ) -> (Groups, Groups, Groups) {
        ends.clear();
        let (mut all, mut first, mut last) = (Groups::default(), Groups::default(), Groups::default());
        let mut start = 0;
        for end in 1..=author.len() {
            let is_word = |&token: &u32| paragraph.tokens[token as usize].kind == Kind::Word;
            let is_rest = || end == author.len() && author[start..end].iter().any(is_word);
            if !ends_sentence(paragraph, author, end - 1) && !is_rest() {
                continue;
            }
            last = self.groups(paragraph, &author[start..end]);
            all.add_all(last);
            if ends.is_empty() {
                first = last;
            }
            ends.push(end as u32);
            start = end;
        }
        (all, first, last)
    }

    /// The cue groups of a sentence.
    fn groups(&self, paragraph: &ParagraphWords<'_>, sentence: &[u32]) -> Groups {
        let mut groups = Groups::default();
        self.each_cue(paragraph, sentence, |cues, _| groups.add(cues));
        groups
    }

    /// Calls `take` with the groups of every cue of a sentence, and the cue's place in the sentence.
    #[inline]
    fn each_cue(
        &self,
        paragraph: &ParagraphWords<'_>,
        sentence: &[u32],
        mut take: impl FnMut(u32, Range<usize>),
    ) {
        for (place, &token) in sentence.iter().enumerate() {
            let cues = paragraph.words[token as usize].traits.cues;
            if cues == 0 {
                continue;
            }
            take(cues & !(BEGINS_CUE | CONTINUES_CUE), place..place + 1);
            let continues = |&token: &u32| paragraph.words[token as usize].traits.cues & CONTINUES_CUE != 0;
            if cues & BEGINS_CUE != 0 && sentence.get(place + 1).is_some_and(continues) {
                for n in (2..=MAX_CUE).take_while(|n| place + n <= sentence.len()) {
                    let mut ids = [NO_WORD; MAX_CUE];
                    let words =
                        sentence[place..place + n].iter().map(|&token| paragraph.words[token as usize].id);
                    ids.iter_mut().zip(words).for_each(|(id, word)| *id = word);
                    self.longer.get(&ids).into_iter().for_each(|&longer| take(longer, place..place + n));
                }
            }
        }
    }

    /// The places of the cues of a group in a sentence, in its order, the longest one at each place.
    pub fn cues_in(&self, paragraph: &ParagraphWords<'_>, sentence: &[u32], group: u32) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        self.each_cue(paragraph, sentence, |groups, place| {
            if groups & 1 << group != 0 {
                found.retain(|other| other.start != place.start);
                found.push(place);
            }
        });
        found
    }
}

/// Whether the author's token at `index` ends a sentence: a full stop, question mark or exclamation mark does if a
/// capital, a digit or nothing follows and no title (`Mr.`) or initial precedes it.
fn ends_sentence(paragraph: &ParagraphWords<'_>, author: &[u32], index: usize) -> bool {
    let token = |index: usize| paragraph.tokens[author[index] as usize];
    if token(index).kind != Kind::Punctuation || !matches!(token(index).text, "." | "?" | "!" | "…") {
        return false;
    }
    let after = if index + 1 < author.len() { token(index + 1).text } else { "" };
    let goes_on = after.starts_with(char::is_lowercase) || matches!(after, "," | "." | "?" | "!" | ";");
    let before = if index > 0 { token(index - 1).text } else { "" };
    let is_abbreviated = token(index).text == "." && is_abbreviation(before);
    !goes_on && !is_abbreviated
}

fn is_abbreviation(word: &str) -> bool {
    const TITLES: [&str; 22] = [
        "Mr", "Mrs", "Ms", "Dr", "St", "Gov", "Sen", "Rep", "Gen", "Lt", "Col", "Sgt", "Prof", "Rev", "Jr",
        "Sr", "No", "vs", "Inc", "Co", "Corp", "Ltd",
    ];
    // No title or initial is longer.
    if word.len() > 4 {
        return false;
    }
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase) && word != "I";
    initial || TITLES.contains(&word)
}

const _: () =
    assert!(N_GROUPS < 30, "a cue group is a bit, and two bits mark the first words of longer cues");
