//! The learned filter's features by their numbers: what `form` names, without the names.

use rustc_hash::FxHashMap;

use super::form;
use super::form::Form;
use crate::features::{
    Distinct, Lexicon, NONE, Ngram, NgramTree, Search, Seen, Vocabulary, WordClasses, WordId, parts, split,
};
use crate::token::Kind;

/// The numbers of the learned table's features by the words that they are made of.
#[derive(Debug, Clone)]
pub(crate) struct FormIndex {
    /// By word: its feature, and that of its coarse class.
    pub(super) words: Vec<[u32; 2]>,
    pairs: NgramTree<()>,
    /// By length, and then by the value of each of [`form::CUES`].
    lengths: [u32; form::N_LENGTHS],
    cues: [Vec<FormFeatures>; form::CUES.len()],
    begins: FxHashMap<WordId, FormFeatures>,
    ends: FxHashMap<char, FormFeatures>,
    pub(super) number: WordId,
}

/// A cue of form by itself, and with each length.
#[derive(Debug, Clone, Copy)]
struct FormFeatures {
    alone: u32,
    with_length: [u32; form::N_LENGTHS],
}

impl FormFeatures {
    /// A cue that is no feature.
    const NONE: FormFeatures = FormFeatures { alone: NONE, with_length: [NONE; form::N_LENGTHS] };

    fn set(&mut self, length: Option<usize>, feature: u32) {
        match length {
            Some(length) => self.with_length[length] = feature,
            None => self.alone = feature,
        }
    }
}

/// The parts of a name as [`form::alone`] and [`form::with_length`] make it of a cue with one value: the length,
/// where it has one, the kind of cue and the value.
fn cue_of(name: &str) -> Option<(Option<usize>, &str, &str)> {
    let mut parts = parts(name);
    let (form, first, second, third) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let length_of = |part: &str| (0..form::N_LENGTHS).find(|length| length.to_string() == part);
    match third {
        _ if form != "form" || parts.next().is_some() => None,
        None => Some((None, first, second)),
        Some(third) => Some((Some(length_of(first)?), second, third)),
    }
}

/// The one character of a text that has no more.
fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

impl FormIndex {
    /// The words that an index of this vocabulary looks at.
    pub(crate) fn words(vocabulary: &Vocabulary) -> impl Iterator<Item = &str> {
        vocabulary.names().flat_map(parts).chain([form::NUMBER])
    }

    /// An index of a vocabulary whose words `lexicon` holds, and its pairs of words; `distinct` has each of those
    /// words.
    pub(crate) fn new(
        vocabulary: &Vocabulary,
        lexicon: &Lexicon,
        distinct: &[(&str, WordId)],
        classes: &WordClasses,
    ) -> (FormIndex, Vec<Ngram>) {
        let feature = |name: &str| vocabulary.index_of(name).unwrap_or(NONE);
        let of_cue = |cue: &str| FormFeatures {
            alone: feature(&form::alone(cue)),
            with_length: std::array::from_fn(|length| feature(&form::with_length(length, cue))),
        };
        let mut words = vec![[NONE; 2]; lexicon.len()];
        let mut pairs: Vec<Ngram> = Vec::with_capacity(vocabulary.len());
        let mut begins = FxHashMap::default();
        let mut ends = FxHashMap::default();
        for (index, name) in (0..).zip(vocabulary.names()) {
            let Some((_, rest)) = split(name) else {
                lexicon.id(name).into_iter().for_each(|id| words[id as usize][0] = index);
                continue;
            };
            if split(rest).is_none() {
                pairs.extend(Ngram::new(parts(name).map(|part| lexicon.id(part)), index));
                continue;
            }
            let Some((length, kind, value)) = cue_of(name) else { continue };
            let features = match kind {
                "begins" => lexicon.id(value).map(|id| begins.entry(id).or_insert(FormFeatures::NONE)),
                "ends" => only_char(value).map(|mark| ends.entry(mark).or_insert(FormFeatures::NONE)),
                _ => None,
            };
            features.into_iter().for_each(|features| features.set(length, index));
        }
        let mut of_class: FxHashMap<&str, u32> = FxHashMap::default();
        for &(word, id) in distinct {
            if let Some(coarse) = classes.coarse(word) {
                words[id as usize][1] = *of_class.entry(coarse).or_insert_with(|| feature(coarse));
            }
        }
        let cues =
            form::CUES.map(|(name, most)| (0..=most).map(|value| of_cue(&form::cue(name, value))).collect());
        let index = FormIndex {
            words,
            pairs: NgramTree::new(lexicon.len(), &pairs, |_| ()),
            lengths: std::array::from_fn(|length| feature(&form::length(length))),
            cues,
            begins,
            ends,
            number: lexicon.id(form::NUMBER).unwrap_or(NONE),
        };
        (index, pairs)
    }

    /// The features of a block, distinct, in no order; `distinct` must be empty.
    pub(crate) fn indices(&self, seen: &Seen<'_>, distinct: &mut Distinct, search: &mut Search) -> Vec<u32> {
        let mut take = |feature: u32| {
            if feature != NONE {
                distinct.insert(feature);
            }
        };
        let ids: Vec<WordId> = self.ids(seen).collect();
        for &id in &ids {
            self.words[id as usize].into_iter().for_each(&mut take);
        }
        self.pairs.each(&ids, 2, search, |feature, ()| take(feature));
        self.each_of_form(seen, &Form::of(seen.text, &seen.tokens), take);
        distinct.take()
    }

    /// The words of a block, with one for every number.
    pub(super) fn ids(&self, seen: &Seen<'_>) -> impl Iterator<Item = WordId> {
        let tokens = seen.tokens.iter().zip(&seen.records);
        tokens.map(|(token, record)| if token.kind == Kind::Number { self.number } else { record.id })
    }

    /// Gives the features of a block of this form to `take`, each once, and [`NONE`] for what is no feature.
    pub(super) fn each_of_form(&self, seen: &Seen<'_>, form: &Form, mut take: impl FnMut(u32)) {
        take(self.lengths[form.length]);
        let begins = self.ids(seen).next().and_then(|id| self.begins.get(&id));
        let ends = self.ends.get(&form.ends);
        let cues = form.values.iter().zip(&self.cues).filter_map(|(&value, cues)| cues.get(value));
        for features in begins.into_iter().chain(ends).chain(cues) {
            take(features.alone);
            take(features.with_length[form.length]);
        }
    }
}
