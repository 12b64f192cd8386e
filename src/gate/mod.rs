//! Which blocks are article prose; every block that is not has a [`Reason`].
//!
//! Plain rules come first, for they can say why. What they let through meets a naive Bayes table
//! over form and words, learned from the blocks that a corpus marks as clutter.

mod form;
mod rules;

use crate::article::Paragraph;
use crate::bayes;
use crate::bayes::ClassTotals;
use crate::bayes::FeatureTable;
use crate::calibration::HeldOut;
use crate::calibration::Pool;
use crate::calibration::softmax;
use crate::error::Result;
use crate::features::Vocabulary;

/// Why a block is not labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// Breadcrumbs, menus, loading signs, page furniture.
    Navigation,
    /// Share buttons and calls to follow.
    Share,
    /// Links to other articles.
    Related,
    /// Comment forms and counts.
    Comment,
    /// Adverts and their marks.
    Advert,
    /// Calls to subscribe or sign up.
    Newsletter,
    /// Cookie notices, copyright, terms, disclaimers.
    Legal,
    /// Captions and credits of pictures.
    Caption,
    /// Author and date lines, translation and editing credits.
    Byline,
    /// Who the author is.
    Biography,
    /// Hashtags and lists of topics.
    Tags,
    /// An image or a bare link.
    Image,
    /// A heading: the article's own, but without an act of its own.
    Heading,
    /// Greetings and thanks in transcripts and letters.
    Greeting,
    /// The same block stood earlier in the article.
    Duplicate,
    /// No words.
    Fragment,
    /// The learned table takes it for clutter of one kind or another.
    Clutter,
}

impl Reason {
    /// The word that records use.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Navigation => "navigation",
            Reason::Share => "share",
            Reason::Related => "related",
            Reason::Comment => "comment",
            Reason::Advert => "advert",
            Reason::Newsletter => "newsletter",
            Reason::Legal => "legal",
            Reason::Caption => "caption",
            Reason::Byline => "byline",
            Reason::Biography => "biography",
            Reason::Tags => "tags",
            Reason::Image => "image",
            Reason::Heading => "heading",
            Reason::Greeting => "greeting",
            Reason::Duplicate => "duplicate",
            Reason::Fragment => "fragment",
            Reason::Clutter => "clutter",
        }
    }
}

/// The fewest blocks of clutter that a table is learned from: with fewer, every word is a rule.
const MIN_CLUTTER: usize = 20;
/// The share of real paragraphs, out of fold, that the learned table may drop.
const MAX_LOST: f64 = 0.01;
/// The lowest threshold: clutter is one block in twenty of the corpus and one in three of a saved
/// page, so that a block with a quarter's chance by the corpus is more likely clutter than not.
const MIN_THRESHOLD: f64 = 0.1;
/// Blocks longer than this are never dropped by the table: clutter is short, a lost paragraph dear.
const MAX_WORDS: usize = 90;
/// Smoothing of the gate's table; from 0.1 to 1 the clutter dropped out of fold changes little.
const ALPHA: f64 = 0.3;
/// How often a feature must occur to be kept.
const MIN_COUNT: u32 = 2;
/// The classes of the table.
const PROSE: usize = 0;
const CLUTTER: usize = 1;

/// The gate: the rules, and a learned table where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Gate {
    pub(crate) learned: Option<LearnedGate>,
}

/// A naive Bayes table over form and words that tells clutter from prose.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LearnedGate {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) table: FeatureTable,
    pub(crate) pool: Pool,
    /// A block goes when its probability of being clutter is above this.
    pub(crate) threshold: f64,
}

impl Gate {
    /// For each block why it goes, or `None` when it stays. Depends on the article alone.
    pub(crate) fn judge(&self, paragraphs: &[Paragraph]) -> Vec<Option<Reason>> {
        let mut reasons: Vec<Option<Reason>> = paragraphs.iter().map(rules::by_text).collect();
        rules::by_place(paragraphs, &mut reasons);
        if let Some(learned) = &self.learned {
            for (paragraph, reason) in paragraphs.iter().zip(&mut reasons) {
                // The table was learned from text without markup, where shortness alone tells much.
                if reason.is_none() && paragraph.part.is_none() && learned.is_clutter(&paragraph.text) {
                    *reason = Some(Reason::Clutter);
                }
            }
        }
        reasons
    }
}

impl LearnedGate {
    fn is_clutter(&self, text: &str) -> bool {
        rules::n_words(text) <= MAX_WORDS && self.probability(&form::names(text)) > self.threshold
    }

    /// The probability that a block with these features is clutter.
    fn probability(&self, names: &[String]) -> f64 {
        let log_likelihood = log_likelihood(&self.table, &self.vocabulary.indices_of(names));
        softmax(&self.pool.scores(&[log_likelihood]))[CLUTTER]
    }

    /// A table learned from texts and whether each is clutter, with a threshold that loses few real
    /// paragraphs out of fold; `None` when there is too little clutter to learn from.
    ///
    /// `folds` has a number for each text.
    ///
    /// # Errors
    ///
    /// When a fit fails.
    pub(crate) fn fit(texts: &[(&str, bool)], folds: &[usize]) -> Result<Option<LearnedGate>> {
        let n_clutter = texts.iter().filter(|(_, clutter)| *clutter).count();
        if n_clutter < MIN_CLUTTER || n_clutter == texts.len() {
            return Ok(None);
        }
        // Paragraphs of one short sentence are rare in any corpus and common in the world: without
        // the sentences of the longer ones, the table would take shortness itself for clutter.
        let mut examples: Vec<(&str, usize, usize)> = Vec::new();
        for ((text, clutter), fold) in texts.iter().zip(folds) {
            examples.push((text, if *clutter { CLUTTER } else { PROSE }, *fold));
        }
        let n_whole = examples.len();
        for ((text, _), fold) in texts.iter().zip(folds).filter(|((_, clutter), _)| !clutter) {
            examples.extend(form::short_sentences(text).into_iter().map(|sentence| (sentence, PROSE, *fold)));
        }
        let names: Vec<Vec<String>> = examples.iter().map(|(text, ..)| form::names(text)).collect();
        let vocabulary = Vocabulary::from_texts(names.iter(), MIN_COUNT);
        let rows: Vec<Vec<u32>> = names.iter().map(|names| vocabulary.indices_of(names)).collect();
        let table_without = |fold: Option<usize>| {
            let mut totals = ClassTotals::zeros(2, vocabulary.len());
            for (features, (_, class, row_fold)) in rows.iter().zip(&examples) {
                if Some(*row_fold) != fold {
                    totals.add(*class, features, 1.0);
                }
            }
            bayes::fit(&totals, ALPHA)
        };
        let n_folds = folds.iter().max().map_or(0, |last| last + 1);
        let tables = (0..n_folds).map(|fold| table_without(Some(fold))).collect::<Result<Vec<_>>>()?;
        let held_out: Vec<HeldOut> = rows
            .iter()
            .zip(&examples)
            .map(|(features, (_, class, fold))| HeldOut {
                log_likelihoods: vec![log_likelihood(&tables[*fold], features)],
                class: *class,
                weight: 1.0,
            })
            .collect();
        let pool = Pool::fit(&held_out)?;
        let (whole, sentences) = held_out.split_at(n_whole);
        let threshold = threshold_of(&pool, whole).max(threshold_of(&pool, sentences));
        Ok(Some(LearnedGate { table: table_without(None)?, vocabulary, pool, threshold }))
    }
}

/// The lowest probability, at least [`MIN_THRESHOLD`], above which no more than [`MAX_LOST`] of the real
/// paragraphs lie.
fn threshold_of(pool: &Pool, held_out: &[HeldOut]) -> f64 {
    let probability = |row: &HeldOut| softmax(&pool.scores(&row.log_likelihoods))[CLUTTER];
    let mut real: Vec<f64> = held_out.iter().filter(|row| row.class == PROSE).map(probability).collect();
    real.sort_by(|a, b| b.total_cmp(a));
    let allowed = (real.len() as f64 * MAX_LOST) as usize;
    real.get(allowed).copied().unwrap_or(MIN_THRESHOLD).max(MIN_THRESHOLD)
}

/// The features' summed log-probabilities over the square root of their number.
fn log_likelihood(table: &FeatureTable, features: &[u32]) -> Vec<f64> {
    let sums = table.sums(features);
    let scale = (features.len().max(1) as f64).sqrt();
    sums.iter().map(|sum| sum / scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_clutter_teaches_nothing() {
        assert_eq!(LearnedGate::fit(&[("Share", true), ("He came.", false)], &[0, 1]).unwrap(), None);
    }

    #[test]
    fn the_table_tells_clutter_from_prose_it_has_not_seen() {
        let mut texts: Vec<(String, bool)> = Vec::new();
        for i in 0..40 {
            texts.push((format!("Ticket office {i} | Map | Contact"), true));
            texts.push((
                format!("The mayor said on day {i} that the harbour would be closed to cars until spring."),
                false,
            ));
        }
        let borrowed: Vec<(&str, bool)> =
            texts.iter().map(|(text, clutter)| (text.as_str(), *clutter)).collect();
        let folds: Vec<usize> = (0..texts.len()).map(|i| i / 2 % 4).collect();
        let gate = LearnedGate::fit(&borrowed, &folds).unwrap().unwrap();
        assert!(gate.is_clutter("Ticket office | Contact | Parking"));
        assert!(!gate.is_clutter("The mayor said that the office would be closed until spring."));
    }
}
