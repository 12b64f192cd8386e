//! Cues of style by their numbers in a vocabulary: what `style` names, without the names.

use rustc_hash::FxHashMap;

use super::cues::N_GROUPS;
use super::lexicon::{Lexicon, WordId};
use super::ngrams::NONE;
use super::records::{Seen, WordCues, WordRecord};
use super::style::Steps;
use super::{Vocabulary, cues, style};
use crate::article::Voice;
use crate::token::{Kind, Token};

/// A group of cues is a bit.
type Groups = u32;

/// The longest cue, in words.
const MAX_CUE: usize = 3;

/// Where every cue of style stands in a vocabulary.
#[derive(Debug, Clone)]
pub(super) struct StyleIndex {
    /// Cues of two and three words; [`NONE`] stands for a third word that is not there.
    longer: FxHashMap<[WordId; MAX_CUE], Groups>,
    /// By group: `first:`, `last:`, `cue:`, `cue:…+` and `before:`.
    of_group: Vec<[u32; 5]>,
    steps: Vec<Vec<u32>>,
    /// By mark: once, and more than once.
    marks: Vec<[u32; 2]>,
    signs: Vec<u32>,
    ends: FxHashMap<char, u32>,
    ends_with_nothing: u32,
    ends_before: FxHashMap<char, u32>,
    begins_with_speaker: u32,
    begins_with_number: u32,
    begins_with_bullet: u32,
    begins_with_quotation: u32,
    speaker_before: u32,
    quotation_open_before: u32,
}

/// The order of the steps in [`StyleIndex::steps`].
const STEPS: [&Steps; 10] = [
    &style::WORDS,
    &style::SENTENCES,
    &style::SENTENCE_LENGTH,
    &style::QUOTED,
    &style::NUMBERS,
    &style::CAPITALS,
    &style::PAST,
    &style::ADVERBS,
    &style::BEFORE_QUOTED,
    &style::BEFORE_WORDS,
];

/// What a sentence, or several, hold of each group.
#[derive(Default, Clone, Copy)]
struct Heard {
    once: Groups,
    more: Groups,
}

impl Heard {
    fn hear(&mut self, groups: Groups) {
        self.more |= self.once & groups;
        self.once |= groups;
    }

    fn hear_all(&mut self, other: Heard) {
        self.more |= self.once & other.once | other.more;
        self.once |= other.once;
    }
}

/// The words of all cues.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    cues::cues().flat_map(|(_, cue)| cue.split(' '))
}

impl StyleIndex {
    /// An index of a vocabulary, and what it has of each word of `lexicon`.
    pub(super) fn new(vocabulary: &Vocabulary, lexicon: &Lexicon) -> (StyleIndex, Vec<WordCues>) {
        let number_of = |name: &str| vocabulary.index_of(name).unwrap_or(NONE);
        let (mut index, mut words) = StyleIndex::of_fixed(lexicon, number_of);
        for (feature, name) in vocabulary.names().enumerate() {
            let feature = feature as u32;
            if let Some(word) = name.strip_prefix("begins:")
                && let Some(id) = lexicon.id(word)
            {
                words[id as usize].begins = feature;
            }
            if let Some(mark) = name.strip_prefix("ends:").and_then(only_char) {
                index.ends.insert(mark, feature);
            }
            if let Some(mark) = name.strip_prefix("before:ends ").and_then(only_char) {
                index.ends_before.insert(mark, feature);
            }
        }
        (index, words)
    }

    /// An index of the cues whose names no text decides, and what it has of each word of `lexicon`; `feature`
    /// gives the number of a name. What a paragraph begins and ends with is not among them.
    pub(super) fn of_fixed(
        lexicon: &Lexicon,
        mut feature: impl FnMut(&str) -> u32,
    ) -> (StyleIndex, Vec<WordCues>) {
        let mut words = vec![WordCues { groups: 0, begins_longer: false, begins: NONE }; lexicon.len()];
        let mut longer: FxHashMap<[WordId; MAX_CUE], Groups> = FxHashMap::default();
        for (group, cue) in cues::cues() {
            let Some(ids) = cue.split(' ').map(|word| lexicon.id(word)).collect::<Option<Vec<WordId>>>()
            else {
                continue;
            };
            if let [id] = ids[..] {
                words[id as usize].groups |= 1 << group;
                continue;
            }
            words[ids[0] as usize].begins_longer = true;
            *longer.entry(padded(&ids)).or_default() |= 1 << group;
        }
        let mut of_group = |group: usize| {
            let name = cues::name_of(group);
            let cue = format!("cue:{name}");
            [
                &format!("first:{name}"),
                &format!("last:{name}"),
                &cue,
                &format!("{cue}+"),
                &format!("before:{name}"),
            ]
            .map(|name| feature(name))
        };
        let index = StyleIndex {
            longer,
            of_group: (0..N_GROUPS).map(&mut of_group).collect(),
            steps: STEPS.iter().map(|steps| steps.names().map(|name| feature(&name)).collect()).collect(),
            marks: style::MARKS
                .iter()
                .map(|mark| [feature(&format!("mark:{mark}")), feature(&format!("mark:{mark}+"))])
                .collect(),
            signs: style::SIGNS.iter().map(|(name, _)| feature(&format!("has:{name}"))).collect(),
            ends: FxHashMap::default(),
            ends_with_nothing: feature("ends:nothing"),
            ends_before: FxHashMap::default(),
            begins_with_speaker: feature("begins:speaker"),
            begins_with_number: feature("begins:number"),
            begins_with_bullet: feature("begins:bullet"),
            begins_with_quotation: feature("begins:quotation"),
            speaker_before: feature("before:speaker"),
            quotation_open_before: feature("before:quotation open"),
        };
        (index, words)
    }

    /// The cues of a paragraph, and into `handed_on` those that it hands on to the next.
    pub(super) fn cues(&self, seen: &Seen<'_>, mut take: impl FnMut(u32), handed_on: &mut Vec<u32>) {
        let mut form = Form::default();
        let mut author: Vec<(&Token<'_>, &WordRecord)> = Vec::with_capacity(seen.tokens.len());
        for (token, &record) in seen.tokens.iter().zip(&seen.records) {
            form.n_words += usize::from(token.kind == Kind::Word);
            if token.voice == Voice::Author {
                form.count(token);
                author.push((token, record));
            }
        }
        let (all, first, last) = self.sentences(&author, &mut form);
        let mut take = |cue: u32| {
            if cue != NONE {
                take(cue);
            }
        };
        if form.n_sentences > 1 {
            each(first.once, |group| take(self.of_group[group][0]));
            each(last.once, |group| take(self.of_group[group][1]));
        }
        each(all.once, |group| take(self.of_group[group][2]));
        each(all.more, |group| take(self.of_group[group][3]));
        self.form(seen, &form, &mut take);
        self.handed_on(seen, &form, last, handed_on);
    }

    /// What all sentences, the first and the last hold; how many there are goes into `form`.
    fn sentences(&self, author: &[(&Token<'_>, &WordRecord)], form: &mut Form) -> (Heard, Heard, Heard) {
        let (mut all, mut first, mut last) = (Heard::default(), Heard::default(), Heard::default());
        let mut start = 0;
        for index in 0..author.len() {
            let has_words = || author[start..=index].iter().any(|(token, _)| token.kind == Kind::Word);
            let is_last = index + 1 == author.len();
            let ends = ends_sentence(author, index) || (is_last && has_words());
            if !ends {
                continue;
            }
            let sentence = self.heard(&author[start..=index]);
            all.hear_all(sentence);
            if form.n_sentences == 0 {
                first = sentence;
            }
            last = sentence;
            form.n_sentences += 1;
            start = index + 1;
        }
        (all, first, last)
    }

    /// What a sentence holds.
    fn heard(&self, sentence: &[(&Token<'_>, &WordRecord)]) -> Heard {
        let mut heard = Heard::default();
        for (place, (_, record)) in sentence.iter().enumerate() {
            let cues = &record.known.cues;
            if cues.groups != 0 {
                heard.hear(cues.groups);
            }
            if cues.begins_longer {
                for n in (2..=MAX_CUE).take_while(|n| place + n <= sentence.len()) {
                    let part = |part: usize| if part < n { sentence[place + part].1.id } else { NONE };
                    let groups = self.longer.get(&std::array::from_fn(part));
                    groups.into_iter().for_each(|groups| heard.hear(*groups));
                }
            }
        }
        heard
    }

    fn form(&self, seen: &Seen<'_>, form: &Form, mut take: impl FnMut(u32)) {
        let text = seen.text;
        let n_author = form.n_author.max(1);
        let values = [
            form.n_words,
            form.n_sentences,
            form.n_words / form.n_sentences.max(1),
            100 * (form.n_words - form.n_author) / form.n_words.max(1),
            form.n_numbers,
            100 * form.n_capitals / n_author,
            100 * form.n_past / n_author,
            form.n_adverbs,
        ];
        for (place, value) in values.into_iter().enumerate() {
            take(self.steps[place][STEPS[place].place(value)]);
        }
        for (&n, [once, more]) in form.n_marks.iter().zip(&self.marks) {
            if n > 0 {
                take(*once);
            }
            if n > 1 {
                take(*more);
            }
        }
        for (sign, &cue) in style::SIGN_FINDERS.iter().zip(&self.signs) {
            if sign.find(text.as_bytes()).is_some() {
                take(cue);
            }
        }
        if style::is_turn(text) {
            take(self.begins_with_speaker);
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            take(self.begins_with_number);
        }
        if text.starts_with(style::BULLETS) {
            take(self.begins_with_bullet);
        }
        if let (Some(first), Some(record)) = (seen.tokens.first(), seen.records.first()) {
            let is_quotation = first.kind == Kind::QuoteMark;
            take(if is_quotation { self.begins_with_quotation } else { record.known.cues.begins });
        }
        let last = last_char(text);
        let end = if last.is_alphanumeric() {
            self.ends_with_nothing
        } else {
            self.ends.get(&last).copied().unwrap_or(NONE)
        };
        take(end);
    }

    /// The cues that the next paragraph takes from this one.
    fn handed_on(&self, seen: &Seen<'_>, form: &Form, last_sentence: Heard, cues: &mut Vec<u32>) {
        let last = last_char(seen.text);
        let end = self.ends_before.get(if last.is_alphanumeric() { &'a' } else { &last });
        let quoted = 100 * (form.n_words - form.n_author) / form.n_words.max(1);
        cues.clear();
        cues.extend([
            end.copied().unwrap_or(NONE),
            self.steps[8][style::BEFORE_QUOTED.place(quoted)],
            self.steps[9][style::BEFORE_WORDS.place(form.n_words)],
        ]);
        let is_open = |token: &Token<'_>| token.voice == Voice::Quoted && token.kind != Kind::QuoteMark;
        if seen.tokens.last().is_some_and(is_open) {
            cues.push(self.quotation_open_before);
        }
        if style::is_turn(seen.text) {
            cues.push(self.speaker_before);
        }
        each(last_sentence.once, |group| {
            if style::is_handed_on(group) {
                cues.push(self.of_group[group][4]);
            }
        });
        cues.retain(|cue| *cue != NONE);
    }
}

/// What is counted along a paragraph; all but `n_words` in the author's voice alone.
#[derive(Default)]
struct Form {
    n_words: usize,
    n_author: usize,
    n_numbers: usize,
    n_capitals: usize,
    n_past: usize,
    n_adverbs: usize,
    n_marks: [usize; style::MARKS.len()],
    n_sentences: usize,
}

impl Form {
    fn count(&mut self, token: &Token<'_>) {
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
            // The two that are most frequent by far are no such marks.
            Kind::Punctuation if token.text == "," || token.text == "." => {}
            Kind::Punctuation => {
                if let Some(mark) = style::MARKS.iter().position(|mark| *mark == token.text) {
                    self.n_marks[mark] += 1;
                }
            }
            Kind::QuoteMark => {}
        }
    }
}

/// Whether the author's token at `index` of `author` ends a sentence.
fn ends_sentence(author: &[(&Token<'_>, &WordRecord)], index: usize) -> bool {
    let token = author[index].0;
    token.kind == Kind::Punctuation
        && style::ends_sentence(
            token.text,
            index.checked_sub(1).map_or("", |before| author[before].0.text),
            author.get(index + 1).map_or("", |(after, _)| after.text),
        )
}

fn padded(ids: &[WordId]) -> [WordId; MAX_CUE] {
    std::array::from_fn(|place| ids.get(place).copied().unwrap_or(NONE))
}

fn last_char(text: &str) -> char {
    text.trim_end().chars().next_back().unwrap_or(' ')
}

fn only_char(name: &str) -> Option<char> {
    let mut chars = name.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Calls `take` on the number of every group.
fn each(mut groups: Groups, mut take: impl FnMut(usize)) {
    while groups != 0 {
        take(groups.trailing_zeros() as usize);
        groups &= groups - 1;
    }
}
