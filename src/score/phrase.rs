//! The phrases of a paragraph that count most for its label and against it.

use std::ops::Range;

use super::contributions::Contributions;
use super::function_words::{Class, class_of};
use crate::article::Voice;
use crate::features::{FeatureGroup, ParagraphWords, Word, codes_of};
use crate::token::Kind;

/// The most tokens of a phrase.
const MAX_TOKENS: usize = 6;
/// Phrases with less weight are no reason.
const MIN_WEIGHT: f64 = 0.05;
/// What a phrase counts by its number of tokens when phrases are chosen: two words tell a reader more than one, and six
/// are tedious.
const BY_LENGTH: [f64; MAX_TOKENS] = [0.8, 1.0, 1.0, 0.95, 0.9, 0.8];
/// What a phrase counts for each end that separates it from another content word.
const CUT: f64 = 0.75;
/// The same if both words begin with a capital, as those of a name do, if one is the number of the other, and if the
/// first one is a negation.
const CUT_NAME: f64 = 0.5;
/// What words count that tell the topic rather than the act: those without a code, and concepts, organisations, things
/// and law.
const TOPICAL: f64 = 0.6;
/// The bits of the codes of topical words.
const TOPICAL_CODES: u32 = 1 << 11 | 1 << 17 | 1 << 18 | 1 << 21;
/// How many codes a word can have.
const N_CODES: usize = 32;

/// Neighbouring tokens and what they contribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The indices of the tokens.
    pub tokens: Range<usize>,
    /// The sum of their weights.
    pub weight: f64,
}

/// What each token contributes: equal parts of the features that are made of it. A feature of word codes belongs to the
/// words that have the code; one of two codes to both in equal parts. Quoted words have no weight, because they are not
/// the author's; style features and those made only of a quotation belong to no token.
pub fn token_weights(words: &ParagraphWords<'_>, found: &Contributions<'_>) -> Vec<f64> {
    let is_author = |token: usize| words.tokens[token].voice == Voice::Author;
    let tokens =
        |range: &Range<u32>| (range.start as usize..range.end as usize).filter(|&token| is_author(token));
    let mut shares = vec![0.0; found.features.len()];
    found.occurrences.iter().for_each(|(feature, range)| shares[*feature] += tokens(range).count() as f64);
    shares
        .iter_mut()
        .zip(&found.features)
        .for_each(|(share, feature)| *share = feature.weight / share.max(1.0));
    let mut weights = vec![0.0; words.tokens.len()];
    for (feature, range) in &found.occurrences {
        tokens(range).for_each(|token| weights[token] += shares[*feature]);
    }
    let by_code = code_weights(words, found);
    for (token, word) in words.words.iter().enumerate().filter(|(token, _)| is_author(*token)) {
        codes(word.traits.codes).for_each(|code| weights[token] += by_code[code]);
    }
    weights
}

/// What each word with a code has of the features of that code.
fn code_weights(words: &ParagraphWords<'_>, found: &Contributions<'_>) -> [f64; N_CODES] {
    let (mut weights, mut n_words) = ([0.0; N_CODES], [0.0f64; N_CODES]);
    for feature in found.features.iter().filter(|feature| feature.group == FeatureGroup::Codes) {
        match codes_of(feature.key) {
            (code, None) => weights[code as usize % N_CODES] += feature.weight,
            (code, Some(other)) => {
                [code, other].into_iter().for_each(|c| weights[c as usize % N_CODES] += feature.weight / 2.0);
            }
        }
    }
    for (word, _) in words.words.iter().zip(&words.tokens).filter(|(_, t)| t.voice == Voice::Author) {
        codes(word.traits.codes).for_each(|code| n_words[code] += 1.0);
    }
    weights.iter_mut().zip(n_words).for_each(|(weight, n)| *weight /= n.max(1.0));
    weights
}

/// The indices of the bits that are set.
fn codes(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let code = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(code)
    })
}

/// The `n` phrases that count most for the label, strongest first, then the `n` that count most against it, strongest
/// last. They do not overlap.
///
/// A phrase has up to six tokens of one clause in the author's voice, and one of them is not a function word.
pub fn strongest(words: &ParagraphWords<'_>, weights: &[f64], n: usize) -> Vec<Run> {
    let mut choice = Choice::new(words, weights);
    let mut chosen = choice.strongest(n, 1.0);
    chosen.extend(choice.strongest(n, -1.0).into_iter().rev());
    chosen
}

/// Chooses phrases one after the other.
struct Choice<'a> {
    weights: &'a [f64],
    /// By token: what its weight counts if it has the sign of the phrase.
    factors: Vec<f64>,
    /// By token; one between clauses has none.
    classes: Vec<Option<Class>>,
    /// By token: whether it begins with a capital.
    is_capital: Vec<bool>,
    /// By token: whether it is a number.
    is_number: Vec<bool>,
    /// By token: whether it reverses what follows.
    is_negation: Vec<bool>,
    /// By token: whether it is a hyphen between two words.
    is_hyphen: Vec<bool>,
    /// Whether a token is in a phrase.
    is_taken: Vec<bool>,
}

/// A run of tokens that may become a phrase, and what it counts.
#[derive(Clone)]
struct Candidate {
    run: Run,
    worth: f64,
}

impl<'a> Choice<'a> {
    fn new(words: &ParagraphWords<'_>, weights: &'a [f64]) -> Choice<'a> {
        let factor = |word: &Word| {
            if word.traits.codes & !TOPICAL_CODES == 0 { TOPICAL } else { 1.0 }
        };
        Choice {
            weights,
            factors: words.words.iter().map(factor).collect(),
            classes: (0..weights.len()).map(|token| class_in(words, token)).collect(),
            is_capital: words.tokens.iter().map(|token| token.text.starts_with(char::is_uppercase)).collect(),
            is_number: words.tokens.iter().map(|token| token.kind == Kind::Number).collect(),
            is_negation: words.tokens.iter().map(|token| is_negation(token.text)).collect(),
            is_hyphen: (0..weights.len()).map(|token| is_hyphen(words, token)).collect(),
            is_taken: vec![false; weights.len()],
        }
    }

    /// The strongest phrases in the direction of `sign`, strongest first.
    fn strongest(&mut self, n: usize, sign: f64) -> Vec<Run> {
        let mut best: Vec<Option<Candidate>> =
            (0..self.weights.len()).map(|start| self.best_from(start, sign)).collect();
        let mut chosen: Vec<Run> = Vec::new();
        while chosen.len() < n {
            let worth = |candidate: &Option<Candidate>| candidate.as_ref().map_or(0.0, |found| found.worth);
            let strongest = best.iter().enumerate().rev().max_by(|a, b| worth(a.1).total_cmp(&worth(b.1)));
            let Some((start, Some(Candidate { run, .. }))) = strongest else { break };
            let run = run.clone();
            if self.is_taken[run.tokens.clone()].contains(&true) {
                best[start] = self.best_from(start, sign);
                continue;
            }
            self.is_taken[run.tokens.clone()].fill(true);
            best[start] = None;
            chosen.push(run);
        }
        chosen.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        chosen
    }

    /// The strongest phrase that begins with a token; `None` if there is none.
    fn best_from(&self, start: usize, sign: f64) -> Option<Candidate> {
        if self.classes[start].is_none_or(|class| class == Class::Function) {
            return None;
        }
        let (mut best, mut weight, mut worth, mut has_content) = (None::<Candidate>, 0.0, 0.0, false);
        let cut_before = self.cut(start);
        for end in start + 1..=self.weights.len().min(start + MAX_TOKENS) {
            let token = end - 1;
            let Some(class) = self.classes[token].filter(|_| !self.is_taken[token]) else { break };
            weight += self.weights[token];
            let signed = sign * self.weights[token];
            worth += if signed > 0.0 { self.factors[token] * signed } else { signed };
            has_content |= class == Class::Content;
            if !has_content || matches!(class, Class::Function | Class::Opener) || sign * weight < MIN_WEIGHT
            {
                continue;
            }
            let worth = worth * self.cut(end) * cut_before * BY_LENGTH[token - start];
            if worth > best.as_ref().map_or(0.0, |best| best.worth) {
                best = Some(Candidate { run: Run { tokens: start..end, weight }, worth });
            }
        }
        best
    }

    /// What a phrase counts for beginning or ending at the gap before a token; nothing within a hyphenated word.
    fn cut(&self, token: usize) -> f64 {
        let Some(before) = token.checked_sub(1).filter(|_| token < self.classes.len()) else { return 1.0 };
        let both = |is: &dyn Fn(usize) -> bool| is(before) && is(token);
        // Names can have words such as `New`.
        let in_name = |index: usize| {
            self.is_capital[index] && matches!(self.classes[index], Some(Class::Content | Class::Helper))
        };
        // What a number counts, or the day of a month.
        let in_quantity = self.is_number[before]
            && self.classes[token].is_some_and(|class| class != Class::Function)
            || self.is_number[token] && self.is_capital[before];
        if self.is_hyphen[before] || self.is_hyphen[token] {
            0.0
        } else if both(&in_name) || in_quantity || self.is_negation[before] {
            CUT_NAME
        } else if both(&|index| self.classes[index] == Some(Class::Content)) {
            CUT
        } else {
            1.0
        }
    }
}

/// What a token can be in a phrase; `None` for one that separates clauses.
fn class_in(words: &ParagraphWords<'_>, index: usize) -> Option<Class> {
    let token = &words.tokens[index];
    let is_number = |index: usize| words.tokens.get(index).is_some_and(|token| token.kind == Kind::Number);
    match token.kind {
        _ if token.voice == Voice::Quoted => None,
        // `But` begins a clause that turns against the one before.
        _ if token.text.eq_ignore_ascii_case("but") => None,
        // The marks of notes after a full stop.
        Kind::Number if [index.checked_sub(1), Some(index + 1)].into_iter().flatten().any(is_number) => None,
        Kind::Word => Some(class_of(token.text)),
        Kind::Number => Some(Class::Helper),
        Kind::Punctuation if is_hyphen(words, index) => Some(Class::Function),
        Kind::Punctuation | Kind::QuoteMark => None,
    }
}

/// Whether a word reverses what follows.
fn is_negation(word: &str) -> bool {
    const NEGATIONS: [&str; 6] = ["no", "not", "never", "neither", "nor", "without"];
    NEGATIONS.iter().any(|negation| word.eq_ignore_ascii_case(negation))
        || word.len() > 3 && (word.ends_with("n't") || word.ends_with("n’t"))
}

/// Whether a token is a hyphen that joins the tokens around it.
fn is_hyphen(words: &ParagraphWords<'_>, index: usize) -> bool {
    let (token, before) = (&words.tokens[index], index.checked_sub(1).map(|before| &words.tokens[before]));
    let (Some(before), Some(after)) = (before, words.tokens.get(index + 1)) else { return false };
    token.text == "-" && before.start + before.text.len() == token.start && token.start + 1 == after.start
}
