//! Fits the learned table of the boilerplate filter.

use super::Smoothing;
use super::tables::{Problem, Row};
use crate::combination::{Combination, HeldOut, softmax};
use crate::error::Result;
use crate::features::{Lexicon, ParagraphWords, Table, count, distinct};
use crate::filter::{BOILERPLATE, LearnedFilter, PROSE, boilerplate_keys};
use crate::token::n_words;

/// The fewest blocks of boilerplate that a table is fitted to; with fewer, single words would decide.
const MIN_BOILERPLATE: usize = 20;
/// The largest share of paragraphs of prose, and of their short sentences, that the table may drop out of fold.
const MAX_LOST: f64 = 0.01;
/// The lowest threshold. Boilerplate is one block in twenty in the corpus but one in three on a saved page, so a block
/// with a low probability of boilerplate by the corpus can still be more likely boilerplate than not.
const MIN_THRESHOLD: f64 = 0.1;
/// The smoothing of the naive Bayes table. From 0.1 to 1 the boilerplate dropped out of fold changes little.
const ALPHA: f64 = 0.3;
/// The L2 penalty of its refinement.
const L2_PENALTY: f64 = 1.0;
/// The minimum number of blocks that a feature must occur in.
const MIN_COUNT: u32 = 2;
/// The weight of a short sentence, where a whole block has weight 1.
const SENTENCE_WEIGHT: f64 = 0.25;

/// A labelled block.
pub struct Block<'a> {
    /// Its text.
    pub text: &'a str,
    /// Whether it is boilerplate.
    pub is_boilerplate: bool,
    /// The fold that holds it out.
    pub fold: usize,
}

/// A table fitted to blocks, with a threshold at which little prose is dropped out of fold; `None` if there is too
/// little boilerplate or no prose.
pub fn fit(blocks: &[Block<'_>], n_folds: usize, lexicon: &Lexicon) -> Result<Option<LearnedFilter>> {
    let n_boilerplate = blocks.iter().filter(|block| block.is_boilerplate).count();
    if n_boilerplate < MIN_BOILERPLATE || n_boilerplate == blocks.len() {
        return Ok(None);
    }
    let (texts, rows) = rows(blocks);
    let (vocabularies, lists) = count(&texts, &[MIN_COUNT], |text| vec![keys(text, lexicon)]);
    let problem = Problem {
        rows: &rows,
        lists: &lists,
        n_features: &[vocabularies[0].keys.len()],
        n_classes: 2,
        n_folds,
        n_sampled: rows.len(),
    };
    let fitted = problem.fit(Smoothing::Fixed(ALPHA), Some(L2_PENALTY))?;
    let combination = Combination::fit(&fitted.held_out)?;
    let probabilities = probabilities_of_prose(&combination, &fitted.held_out);
    let (whole, sentences) = probabilities.split_at(blocks.len());
    let threshold = threshold_of(whole).max(threshold_of(sentences));
    let table = Table::of_keys(&vocabularies[0].keys, fitted.tables[0].values(), 2);
    Ok(Some(LearnedFilter { table, combination, threshold }))
}

/// The texts and rows of all blocks, followed by the short sentences of prose.
///
/// Paragraphs of one short sentence are rare in a corpus but frequent on real pages. Without the sentences, shortness
/// alone would be evidence of boilerplate.
fn rows<'a>(blocks: &[Block<'a>]) -> (Vec<&'a str>, Vec<Row>) {
    let row = |class: usize, weight: f64, fold: usize| Row { class, weight, class_weight: 1.0, fold };
    let class = |block: &Block<'_>| if block.is_boilerplate { BOILERPLATE } else { PROSE };
    let mut texts: Vec<&str> = blocks.iter().map(|block| block.text).collect();
    let mut rows: Vec<Row> = blocks.iter().map(|block| row(class(block), 1.0, block.fold)).collect();
    for block in blocks.iter().filter(|block| !block.is_boilerplate) {
        for sentence in short_sentences(block.text) {
            texts.push(sentence);
            rows.push(row(PROSE, SENTENCE_WEIGHT, block.fold));
        }
    }
    (texts, rows)
}

/// The sentences with 3 to 20 words in a paragraph of several sentences.
fn short_sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(". ") {
        let end = at + mark.len();
        if text[end..].starts_with(|c: char| c.is_uppercase() || "\"“‘".contains(c)) {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    if start == 0 {
        return Vec::new();
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| (3..=20).contains(&n_words(sentence)));
    sentences
}

fn keys(text: &str, lexicon: &Lexicon) -> Vec<u64> {
    let mut words = ParagraphWords::default();
    lexicon.read(text, &mut words);
    let mut keys = Vec::new();
    boilerplate_keys(&words, |key| keys.push(key));
    distinct(keys)
}

/// The probability of being boilerplate for each row of prose, and 0 for each row of boilerplate.
fn probabilities_of_prose(combination: &Combination, held_out: &HeldOut) -> Vec<f64> {
    let probability = |(row, &class): (&[f64], &usize)| match class {
        PROSE => softmax(&combination.scores(row))[BOILERPLATE],
        _ => 0.0,
    };
    held_out.rows().zip(&held_out.classes).map(probability).collect()
}

/// The lowest threshold, at least [`MIN_THRESHOLD`], that at most a share of [`MAX_LOST`] of the probabilities of prose
/// exceeds; those of boilerplate are 0 and are ignored.
fn threshold_of(probabilities: &[f64]) -> f64 {
    let mut real: Vec<f64> = probabilities.iter().copied().filter(|probability| *probability > 0.0).collect();
    real.sort_by(|a, b| b.total_cmp(a));
    let allowed = (real.len() as f64 * MAX_LOST) as usize;
    real.get(allowed).copied().unwrap_or(MIN_THRESHOLD).max(MIN_THRESHOLD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{RowSums, WordCodes, lexicon_of};

    fn learned(texts: &[(&str, bool)]) -> (Lexicon, Option<LearnedFilter>) {
        let all: Vec<&str> = texts.iter().map(|(text, _)| *text).collect();
        let lexicon = lexicon_of(&all, 1, &WordCodes::default()).unwrap();
        let block = |(index, &(text, is_boilerplate)): (usize, &(_, bool))| Block {
            text,
            is_boilerplate,
            fold: index / 2 % 4,
        };
        let blocks: Vec<Block<'_>> = texts.iter().enumerate().map(block).collect();
        let learned = fit(&blocks, 4, &lexicon).unwrap();
        (lexicon, learned)
    }

    #[test]
    fn a_table_needs_enough_boilerplate() {
        assert_eq!(learned(&[("Share", true), ("He came.", false)]).1, None);
    }

    #[test]
    fn new_boilerplate_is_distinguished_from_new_prose() {
        let texts: Vec<(String, bool)> = (0..40)
            .flat_map(|i| {
                let prose = format!(
                    "The mayor said on day {i} that the harbour would be closed to cars until spring."
                );
                [(format!("Ticket office {i} | Map | Contact"), true), (prose, false)]
            })
            .collect();
        let texts: Vec<(&str, bool)> = texts.iter().map(|(text, is)| (text.as_str(), *is)).collect();
        let (lexicon, learned) = learned(&texts);
        let is_boilerplate = |text: &str| {
            let mut words = ParagraphWords::default();
            lexicon.read(text, &mut words);
            learned.as_ref().unwrap().is_boilerplate(&words, &mut RowSums::default())
        };
        assert!(is_boilerplate("Ticket office | Contact | Parking"));
        assert!(!is_boilerplate("The mayor said that the office would be closed until spring."));
    }
}
