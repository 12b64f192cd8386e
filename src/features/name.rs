//! Names of features for people to read in evidence, model cards and reports.

use super::FeatureGroup;
use super::codes::{CODES, ENDINGS};
use super::cue::{BEGINNINGS, Cue, MARKS, SIGNS, STEPS};
use super::cues::name_of;
use super::extract::{WORD_STEPS, pair, parts};
use super::lexicon::{FIRST_PLAIN, Lexicon, UNKNOWN};

/// Names the features whose words are in a lexicon.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    lexicon: &'a Lexicon,
}

impl<'a> Names<'a> {
    /// The names of features over `lexicon`.
    pub fn new(lexicon: &'a Lexicon) -> Names<'a> {
        Names { lexicon }
    }

    /// The name of a feature: `must`, `must act`, `cue:duty`, `blame words: 2+`, `duty words in half of the sentences`,
    /// `duty and blame words in one sentence`, `<person> said`, `opening: the <person>`. Keys that no extractor makes
    /// also have a name.
    pub fn name(&self, group: FeatureGroup, key: u64) -> String {
        match group {
            FeatureGroup::Words => self.word(key as u32),
            FeatureGroup::Ngrams => self.join(key, |part| self.word(part)),
            FeatureGroup::CodePairs => self.pair(key),
            FeatureGroup::Openings => format!("opening: {}", self.join(key, |part| self.symbol(part))),
            FeatureGroup::Style => self.style(key),
            FeatureGroup::Codes => code(key),
        }
    }

    fn join(&self, key: u64, name: impl Fn(u32) -> String) -> String {
        parts(key).map(name).collect::<Vec<_>>().join(" ")
    }

    fn pair(&self, key: u64) -> String {
        let (first, second) = pair(self.lexicon.n_symbols(), key);
        format!("{} {}", self.symbol(first), self.symbol(second))
    }

    fn word(&self, id: u32) -> String {
        self.lexicon.word(id).unwrap_or_else(|| "?".to_string())
    }

    fn symbol(&self, symbol: u32) -> String {
        let n_codes = CODES.len() as u32;
        match symbol {
            plain if plain >= FIRST_PLAIN => self.word(self.lexicon.plain_word(plain).unwrap_or(UNKNOWN)),
            ending if ending >= n_codes => ENDINGS[(ending - n_codes) as usize].to_string(),
            code => format!("<{}>", CODES[code as usize].1),
        }
    }

    fn style(&self, key: u64) -> String {
        let (kind, value) = ((key >> 32) as usize, key as u32);
        let index = value as usize;
        let Some(cue) = kind.checked_sub(1).and_then(|kind| Cue::ALL.get(kind)) else {
            return "?".to_string();
        };
        let of = |names: &[&str]| names.get(index).copied().unwrap_or("?").to_string();
        let sign = || SIGNS.get(index).map_or("?", |(name, _)| *name);
        match cue {
            Cue::Group => format!("cue:{}", name_of(index)),
            Cue::GroupTwice => format!("cue:{}+", name_of(index)),
            Cue::First => format!("first:{}", name_of(index)),
            Cue::Last => format!("last:{}", name_of(index)),
            Cue::Step => step(index >> 16, index & 0xffff),
            Cue::Mark => format!("mark:{}", of(&MARKS)),
            Cue::MarkTwice => format!("mark:{}+", of(&MARKS)),
            Cue::Sign => format!("has:{}", sign()),
            Cue::Begins => format!("begins:{}", of(&BEGINNINGS)),
            Cue::BeginsWord => format!("begins:{}", self.word(value)),
            Cue::Ends => format!("ends:{}", character(value)),
        }
    }
}

fn character(value: u32) -> String {
    match value {
        0 => "nothing".to_string(),
        value => char::from_u32(value).unwrap_or('?').to_string(),
    }
}

fn step(index: usize, place: usize) -> String {
    let Some((name, limits)) = STEPS.get(index) else { return "?".to_string() };
    match limits.get(place) {
        Some(limit) => format!("{name}<={limit}"),
        None => format!("{name}>{}", limits.last().unwrap_or(&0)),
    }
}

fn code(key: u64) -> String {
    const SHARES: [&str; 4] = ["a quarter", "half", "three quarters", "all"];
    let (kind, code, step) = (key >> 32, (key as u32) >> 8, (key & 0xff) as usize);
    let name_of = |code: usize| CODES.get(code).map_or("?", |(_, name)| *name);
    let name = name_of(code as usize);
    match kind {
        1 => format!("{name} words: {}+", WORD_STEPS.get(step).unwrap_or(&0)),
        2 => format!("{name} words in {} of the sentences", SHARES.get(step).unwrap_or(&"?")),
        3 => format!("{name} and {} words in one sentence", name_of(step)),
        _ => "?".to_string(),
    }
}
