//! The features of a paragraph. Whatever needs them implements [`Sink`].

use super::cue::each;
use super::lexicon::{FIRST_PLAIN, Lexicon, MAX_IDS, ParagraphWords, UNKNOWN, Word, WordId};
use super::style::StyleCues;
use super::style_text::StyleText;
use super::{FeatureGroup, Sink};
use crate::article::Voice;

/// The token that stands for a quotation in the sequence of the author's words.
pub const QUOTATION: &str = "“…”";

/// The longest n-gram of words: three ids fit a key.
pub const MAX_NGRAM: usize = 3;

/// The bits of one part of an n-gram key.
const PART_BITS: u32 = 21;

const _: () =
    assert!(MAX_IDS + 1 < 1 << PART_BITS && FIRST_PLAIN < 1 << PART_BITS, "an id and a symbol fit a part");

/// What a code feature counts; together with a code and a step it makes a key. Numbers are part of the model format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CodeCount {
    /// At least this many of the author's words have the code: an index of [`WORD_STEPS`].
    Words = 1,
    /// At least this many quarters of the sentences have a word with the code: 0 for one quarter, 3 for all.
    Sentences,
    /// A sentence has a word with the code and one with another code, whose number is the step.
    Together,
}

/// The numbers of words with a code for which there is a feature.
pub const WORD_STEPS: [u32; 5] = [1, 2, 3, 4, 6];

/// The key of a code feature.
pub fn code_key(count: CodeCount, code: u32, step: u32) -> u64 {
    (count as u64) << 32 | u64::from(code << 8 | step)
}

/// The codes that a code feature is about: one, or the two that occur in the same sentence.
pub fn codes_of(key: u64) -> (u32, Option<u32>) {
    let (code, step) = (key as u32 >> 8, key as u32 & 0xff);
    (code, (key >> 32 == CodeCount::Together as u64).then_some(step))
}

/// Finds the features of a paragraph.
#[derive(Debug, Clone)]
pub struct Extractor {
    max_ngram: usize,
    has_codes: bool,
    style: StyleCues,
    quotation: Element,
    n_ids: usize,
    n_symbols: u32,
}

/// One element of the author's sequence: a token, or a whole quotation.
#[derive(Debug, Clone, Copy)]
struct Element {
    word: WordId,
    symbol: u32,
    codes: u32,
    first_token: u32,
    end_token: u32,
    /// The index of its sentence.
    sentence: u32,
    /// Whether it is a token in the author's voice.
    is_author: bool,
}

/// Buffers that are reused from one paragraph to the next.
#[derive(Debug, Default)]
pub struct Buffers {
    author: Vec<u32>,
    sequence: Vec<Element>,
    sentence_ends: Vec<u32>,
}

impl Extractor {
    /// An extractor for the words of `lexicon`; word n-grams have up to `max_ngram` parts (1 to [`MAX_NGRAM`]), and
    /// there are code features if `has_codes` is set.
    pub fn new(lexicon: &Lexicon, max_ngram: usize, has_codes: bool) -> Extractor {
        let Word { id, traits } = lexicon.find(QUOTATION);
        let quotation = Element {
            word: id,
            symbol: traits.symbol,
            codes: 0,
            first_token: 0,
            end_token: 0,
            sentence: 0,
            is_author: false,
        };
        let (n_ids, n_symbols) = (lexicon.n_ids(), lexicon.n_symbols());
        Extractor { max_ngram, has_codes, style: StyleCues::new(lexicon), quotation, n_ids, n_symbols }
    }

    /// The longest word n-gram.
    pub fn max_ngram(&self) -> usize {
        self.max_ngram
    }

    /// Whether there are code features.
    pub fn has_codes(&self) -> bool {
        self.has_codes
    }

    /// The upper bound, exclusive, of a group's keys if they are dense enough to index a table.
    pub fn n_keys(&self, group: FeatureGroup) -> Option<usize> {
        match group {
            FeatureGroup::Words => Some(self.n_ids),
            FeatureGroup::CodePairs if self.has_codes => Some((self.n_symbols as usize).pow(2)),
            _ => None,
        }
    }

    /// Reports every feature of a paragraph to `sink`. Linear in the text.
    pub fn extract(&self, paragraph: &ParagraphWords<'_>, buffers: &mut Buffers, sink: &mut impl Sink) {
        let Buffers { author, sequence, sentence_ends } = buffers;
        self.words(paragraph, author, sequence, sink);
        self.ngrams(sequence, sink);
        self.style.extract(paragraph, author, sentence_ends, sink);
        if self.has_codes {
            mark_sentences(sequence, sentence_ends);
            code_counts(sequence, sink);
            openings(sequence, sink);
            code_pairs(sequence, self.n_symbols, sink);
        }
    }

    /// Reports words, and fills the list of the author's tokens and the sequence with quotations.
    fn words(
        &self,
        paragraph: &ParagraphWords<'_>,
        author: &mut Vec<u32>,
        sequence: &mut Vec<Element>,
        sink: &mut impl Sink,
    ) {
        author.clear();
        sequence.clear();
        let mut in_quotation = false;
        for (index, (token, word)) in (0u32..).zip(paragraph.tokens.iter().zip(&paragraph.words)) {
            let (first_token, end_token) = (index, index + 1);
            if token.voice == Voice::Author {
                in_quotation = false;
                author.push(index);
                let (symbol, codes) = (word.traits.symbol, word.traits.codes);
                let element = Element { word: word.id, symbol, codes, ..self.quotation };
                sequence.push(Element { first_token, end_token, is_author: true, ..element });
                if word.id != UNKNOWN {
                    sink.feature(FeatureGroup::Words, u64::from(word.id), first_token..end_token);
                }
                continue;
            }
            match sequence.last_mut().filter(|_| in_quotation) {
                Some(quotation) => quotation.end_token = end_token,
                None => sequence.push(Element { first_token, end_token, ..self.quotation }),
            }
            in_quotation = true;
        }
    }

    /// What the style features of one topic say about a paragraph, in words; `strongest` is the key of the one that
    /// contributes most. `None` if they say nothing to a reader. `buffers` are as [`Extractor::extract`] left them.
    pub fn style_in_words(
        &self,
        paragraph: &ParagraphWords<'_>,
        buffers: &Buffers,
        strongest: u64,
    ) -> Option<String> {
        StyleText {
            paragraph,
            author: &buffers.author,
            sentence_ends: &buffers.sentence_ends,
            style: &self.style,
        }
        .of(strongest)
    }

    fn ngrams(&self, sequence: &[Element], sink: &mut impl Sink) {
        for (start, first) in sequence.iter().enumerate() {
            let mut key = 0;
            let known =
                sequence[start..].iter().take(self.max_ngram).take_while(|element| element.word != UNKNOWN);
            for (n, element) in known.enumerate() {
                key |= u64::from(element.word + 1) << (PART_BITS * n as u32);
                if n > 0 {
                    sink.feature(FeatureGroup::Ngrams, key, first.first_token..element.end_token);
                }
            }
        }
    }
}

/// Sets the sentence of every element; a quotation belongs to the sentence before it. `ends` counts the author's
/// tokens.
fn mark_sentences(sequence: &mut [Element], ends: &[u32]) {
    let last = ends.len().saturating_sub(1);
    let (mut n_author, mut sentence) = (0, 0);
    for element in sequence {
        if element.is_author {
            while sentence < last && n_author >= ends[sentence] {
                sentence += 1;
            }
            n_author += 1;
        }
        element.sentence = sentence as u32;
    }
}

/// Reports how many of the author's words, and what share of the sentences, have each code, and which codes occur in
/// the same sentence.
fn code_counts(sequence: &[Element], sink: &mut impl Sink) {
    let (mut words, mut sentences, mut together) = ([0u32; 32], [0u32; 32], [0u32; 32]);
    let mut n_sentences = 0;
    for sentence in sequence.chunk_by(|a, b| a.sentence == b.sentence) {
        let mut codes = 0;
        for element in sentence {
            codes |= element.codes;
            each(element.codes, |code| words[code as usize] += 1);
        }
        each(codes, |code| {
            sentences[code as usize] += 1;
            together[code as usize] |= codes;
        });
        n_sentences += 1;
    }
    for (code, (&n_words, &n_with)) in (0..).zip(words.iter().zip(&sentences)).filter(|(_, (n, _))| **n > 0) {
        let mut report = |count: CodeCount, step: usize| {
            sink.feature(FeatureGroup::Codes, code_key(count, code, step as u32), 0..0);
        };
        let n_steps = WORD_STEPS.iter().filter(|&&least| n_words >= least).count();
        (0..n_steps).for_each(|step| report(CodeCount::Words, step));
        let n_quarters = 4 * n_with as usize / n_sentences;
        (0..n_quarters).for_each(|step| report(CodeCount::Sentences, step));
        let later = together[code as usize] & (!1 << code);
        each(later, |other| report(CodeCount::Together, other as usize));
    }
}

/// Reports the first symbol and the first two symbols of every sentence.
fn openings(sequence: &[Element], sink: &mut impl Sink) {
    let mut before = None;
    for (index, element) in sequence.iter().enumerate() {
        if before.replace(element.sentence) == Some(element.sentence) {
            continue;
        }
        let mut key = u64::from(element.symbol + 1);
        sink.feature(FeatureGroup::Openings, key, element.first_token..element.end_token);
        if let Some(next) = sequence.get(index + 1) {
            key |= u64::from(next.symbol + 1) << PART_BITS;
            sink.feature(FeatureGroup::Openings, key, element.first_token..next.end_token);
        }
    }
}

/// Reports the pairs of symbols next to each other; the key of a pair is its place in a matrix.
fn code_pairs(sequence: &[Element], n_symbols: u32, sink: &mut impl Sink) {
    for pair in sequence.windows(2) {
        let key = u64::from(pair[0].symbol) * u64::from(n_symbols) + u64::from(pair[1].symbol);
        sink.feature(FeatureGroup::CodePairs, key, pair[0].first_token..pair[1].end_token);
    }
}

/// The symbols of a pair's key.
pub fn pair(n_symbols: u32, key: u64) -> (u32, u32) {
    let n = u64::from(n_symbols.max(1));
    ((key / n) as u32, (key % n) as u32)
}

/// The parts of an n-gram key: word ids, or symbols.
pub fn parts(key: u64) -> impl Iterator<Item = u32> {
    (0..3).filter_map(move |n| ((key >> (PART_BITS * n)) as u32 & ((1 << PART_BITS) - 1)).checked_sub(1))
}
