//! Style cues: groups of words that do one thing, and the form of a paragraph in coarse steps.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;

use super::FeatureGroup;
use super::cues::{N_GROUPS, cues, is_handed_on};
use super::extract::Sink;
use super::lexicon::{BEGINS_CUE, Lexicon, ParagraphWords, UNKNOWN, WordId};
use crate::article::Voice;
use crate::read::{NameForm, name_and_rest};
use crate::token::{Kind, Token};

/// What a style cue is about; with a value below 2^32 it makes the key of a feature.
///
/// Numbers are part of the model format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cue {
    /// A word of a group occurs.
    Group = 1,
    /// Two or more do.
    GroupTwice,
    /// One occurs in the first of several sentences.
    First,
    /// One occurs in the last of several sentences.
    Last,
    /// One occurs in the last sentence of the paragraph before.
    Before,
    /// A step of [`STEPS`], whose index is the upper half of the value.
    Step,
    /// A punctuation mark of [`MARKS`] occurs in the author's voice.
    Mark,
    /// It occurs twice or more.
    MarkTwice,
    /// A string of [`SIGNS`] occurs.
    Sign,
    /// The paragraph begins as [`BEGINNINGS`] says.
    Begins,
    /// It begins with a word.
    BeginsWord,
    /// It ends on a character; 0 for a letter or digit.
    Ends,
    /// The paragraph before ends on a character; 0 for a letter or digit.
    BeforeEnds,
    /// The paragraph before is as [`BEFORE`] says.
    BeforeIs,
}

impl Cue {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Cue; 14] = [
        Cue::Group,
        Cue::GroupTwice,
        Cue::First,
        Cue::Last,
        Cue::Before,
        Cue::Step,
        Cue::Mark,
        Cue::MarkTwice,
        Cue::Sign,
        Cue::Begins,
        Cue::BeginsWord,
        Cue::Ends,
        Cue::BeforeEnds,
        Cue::BeforeIs,
    ];

    /// The key of a feature.
    pub fn key(self, value: u32) -> u64 {
        (self as u64) << 32 | u64::from(value)
    }
}

/// A count or a share in coarse steps: its name and the largest value of each step but the last.
pub type Steps = (&'static str, &'static [usize]);

/// The steps, in the order of their indices; the last two are of the paragraph before.
pub const STEPS: [Steps; 10] = [
    ("words", &[10, 20, 35, 50, 75, 100, 150]),
    ("sentences", &[1, 2, 3, 5, 8]),
    ("sentence length", &[8, 13, 18, 24, 32, 45]),
    ("quoted %", &[0, 5, 20, 40, 70]),
    ("numbers", &[0, 1, 2, 4, 8]),
    ("capitals %", &[4, 8, 13, 20, 30, 45]),
    ("past %", &[0, 3, 6, 10]),
    ("-ly", &[0, 1, 3]),
    ("before:quoted %", &[0, 20, 60]),
    ("before:words", &[10, 20, 40, 80]),
];

/// Punctuation whose presence and repetition are cues.
pub const MARKS: [&str; 10] = ["?", "!", ";", ":", "(", "$", "%", "…", "—", "–"];

/// Strings that are cues wherever they occur, each with its name.
pub const SIGNS: [(&str, &str); 5] =
    [("address", "http"), ("at", "@"), ("twitter", "pic.twitter"), ("ellipsis", "..."), ("bracket", "[")];

/// How a paragraph can begin. The article keeps their names apart from those of first words.
pub const BEGINNINGS: [&str; 4] = ["a speaker", "a number", "a bullet", "a quotation"];

/// What the paragraph before can be.
pub const BEFORE: [&str; 2] = ["speaker", "quotation open"];

static SIGN_FINDERS: LazyLock<[Finder<'static>; SIGNS.len()]> =
    LazyLock::new(|| SIGNS.map(|(_, sign)| Finder::new(sign)));

const BULLETS: [char; 6] = ['•', '-', '*', '—', '–', '>'];

/// The longest cue, in words.
const MAX_CUE: usize = 3;

/// Fills the ids of a cue of fewer words. It differs from [`UNKNOWN`], so that a cue of two words before an unknown
/// word is not found a second time as a cue of three.
const NO_WORD: WordId = UNKNOWN - 1;

/// What a paragraph tells about who is speaking in the next one: keys of style features.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Previous {
    keys: Vec<u64>,
}

impl Previous {
    /// Forgets the paragraph before.
    pub fn clear(&mut self) {
        self.keys.clear();
    }
}

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
            let known = cue
                .split(' ')
                .zip(&mut ids)
                .all(|(word, id)| lexicon.id(word).inspect(|known| *id = *known).is_some());
            if known {
                *longer.entry(ids).or_default() |= 1 << group;
            }
        }
        StyleCues { longer }
    }

    /// Reports the style features of a paragraph, and replaces `previous` by what it hands on to the next.
    /// `author` holds the indices of the author's tokens; `ends` is filled with the ends of the sentences that they
    /// form.
    pub fn extract(
        &self,
        paragraph: &ParagraphWords<'_>,
        author: &[u32],
        ends: &mut Vec<u32>,
        previous: &mut Previous,
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
        for &key in &previous.keys {
            sink.feature(FeatureGroup::Style, key, 0..0);
        }
        form.hand_on(paragraph, last, &mut previous.keys);
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
            let is_last = end == author.len();
            if !ends_sentence(paragraph, author, end - 1)
                && !(is_last && author[start..end].iter().any(is_word))
            {
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
        for (place, &token) in sentence.iter().enumerate() {
            let cues = paragraph.words[token as usize].traits.cues;
            if cues == 0 {
                continue;
            }
            groups.add(cues & !BEGINS_CUE);
            if cues & BEGINS_CUE != 0 {
                for n in (2..=MAX_CUE).take_while(|n| place + n <= sentence.len()) {
                    let mut ids = [NO_WORD; MAX_CUE];
                    let words =
                        sentence[place..place + n].iter().map(|&token| paragraph.words[token as usize].id);
                    ids.iter_mut().zip(words).for_each(|(id, word)| *id = word);
                    self.longer.get(&ids).into_iter().for_each(|&longer| groups.add(longer));
                }
            }
        }
        groups
    }
}

/// What is counted in one pass over the tokens.
#[derive(Default)]
struct Form {
    n_words: usize,
    n_author: usize,
    n_numbers: usize,
    n_capitals: usize,
    n_past: usize,
    n_adverbs: usize,
    n_marks: [usize; MARKS.len()],
}

impl Form {
    fn count(&mut self, token: &Token<'_>) {
        self.n_words += usize::from(token.kind == Kind::Word);
        if token.voice != Voice::Author {
            return;
        }
        match token.kind {
            Kind::Word => {
                let (text, bytes) = (token.text, token.text.as_bytes());
                self.n_author += 1;
                let is_capital = match bytes[0] {
                    first if first.is_ascii() => first.is_ascii_uppercase(),
                    _ => text.starts_with(char::is_uppercase),
                };
                self.n_capitals += usize::from(is_capital);
                self.n_past += usize::from(bytes.len() > 3 && bytes.ends_with(b"ed"));
                self.n_adverbs += usize::from(bytes.len() > 4 && bytes.ends_with(b"ly"));
            }
            Kind::Number => self.n_numbers += 1,
            // By far the most frequent punctuation, and not in MARKS.
            Kind::Punctuation if token.text == "," || token.text == "." => {}
            Kind::Punctuation => {
                if let Some(mark) = MARKS.iter().position(|mark| *mark == token.text) {
                    self.n_marks[mark] += 1;
                }
            }
            Kind::QuoteMark => {}
        }
    }

    fn quoted_share(&self) -> usize {
        100 * (self.n_words - self.n_author) / self.n_words.max(1)
    }

    fn extract(&self, paragraph: &ParagraphWords<'_>, n_sentences: usize, cue: &mut impl FnMut(Cue, u32)) {
        let text = paragraph.text;
        let n_author = self.n_author.max(1);
        let values = [
            self.n_words,
            n_sentences,
            self.n_words / n_sentences.max(1),
            self.quoted_share(),
            self.n_numbers,
            100 * self.n_capitals / n_author,
            100 * self.n_past / n_author,
            self.n_adverbs,
        ];
        (0..).zip(values).for_each(|(index, value)| cue(Cue::Step, step(index, value)));
        for (mark, &n) in (0..).zip(&self.n_marks) {
            if n > 0 {
                cue(Cue::Mark, mark);
            }
            if n > 1 {
                cue(Cue::MarkTwice, mark);
            }
        }
        for (sign, finder) in (0..).zip(&*SIGN_FINDERS) {
            if finder.find(text.as_bytes()).is_some() {
                cue(Cue::Sign, sign);
            }
        }
        let first = paragraph.tokens.first();
        let begins = [
            is_turn(text),
            text.starts_with(|c: char| c.is_ascii_digit()),
            text.starts_with(BULLETS),
            first.is_some_and(|token| token.kind == Kind::QuoteMark),
        ];
        (0..).zip(begins).filter(|(_, begins)| *begins).for_each(|(index, _)| cue(Cue::Begins, index));
        if let Some(word) = paragraph.words.first().filter(|word| word.id != UNKNOWN && !begins[3]) {
            cue(Cue::BeginsWord, word.id);
        }
        cue(Cue::Ends, last_character(text));
    }

    /// Replaces `keys` by the features that the next paragraph takes from this one.
    fn hand_on(&self, paragraph: &ParagraphWords<'_>, last_sentence: Groups, keys: &mut Vec<u64>) {
        let is_open = |token: &Token<'_>| token.voice == Voice::Quoted && token.kind != Kind::QuoteMark;
        keys.clear();
        keys.push(Cue::BeforeEnds.key(last_character(paragraph.text)));
        keys.push(Cue::Step.key(step(8, self.quoted_share())));
        keys.push(Cue::Step.key(step(9, self.n_words)));
        if is_turn(paragraph.text) {
            keys.push(Cue::BeforeIs.key(0));
        }
        if paragraph.tokens.last().is_some_and(is_open) {
            keys.push(Cue::BeforeIs.key(1));
        }
        each(last_sentence.once, |group| {
            if is_handed_on(group as usize) {
                keys.push(Cue::Before.key(group));
            }
        });
    }
}

/// The value of a [`Cue::Step`]: the step of [`STEPS`] that `value` falls in.
fn step(index: usize, value: usize) -> u32 {
    let limits = STEPS[index].1;
    let place = limits.iter().position(|&limit| value <= limit).unwrap_or(limits.len());
    (index << 16 | place) as u32
}

/// The name that a turn of a conversation begins with.
const SPEAKER: NameForm = NameForm { n_words: 5, has_brackets: false, any_script: false };

/// Whether a text begins with `NAME: `.
fn is_turn(text: &str) -> bool {
    name_and_rest(text, SPEAKER).is_some_and(|(_, rest)| rest.starts_with(char::is_whitespace))
}

/// The last character that is not white space; 0 for a letter or digit.
fn last_character(text: &str) -> u32 {
    let last = text.trim_end().chars().next_back().unwrap_or(' ');
    if last.is_alphanumeric() { 0 } else { u32::from(last) }
}

/// Whether the author's token at `index` ends a sentence: a full stop, question or exclamation mark does when a
/// capital, a digit or nothing follows and no title (`Mr.`) or initial goes before.
fn ends_sentence(paragraph: &ParagraphWords<'_>, author: &[u32], index: usize) -> bool {
    let token = |index: usize| paragraph.tokens[author[index] as usize];
    if token(index).kind != Kind::Punctuation || !matches!(token(index).text, "." | "?" | "!" | "…") {
        return false;
    }
    let after = if index + 1 < author.len() { token(index + 1).text } else { "" };
    let goes_on = after.starts_with(char::is_lowercase) || matches!(after, "," | "." | "?" | "!" | ";");
    let before = if index > 0 { token(index - 1).text } else { "" };
    !goes_on && !(token(index).text == "." && is_abbreviation(before))
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

/// Calls `take` with the index of every bit that is set.
pub fn each(mut bits: u32, mut take: impl FnMut(u32)) {
    while bits != 0 {
        take(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

const _: () = assert!(N_GROUPS < 31, "a cue group is a bit, and one bit marks the beginning of longer cues");
