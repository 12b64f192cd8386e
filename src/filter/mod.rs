//! The boilerplate filter: which blocks of an article are prose, and a [`Reason`] for every block that is not.
//!
//! Rules come first, because they can give a reason. A table of form and word features, learned from the blocks that a
//! corpus labels as boilerplate, then decides about the blocks that pass.

mod reason;
mod patterns;
mod prefilter;
mod lines;
mod rules;
mod place;
mod language;
mod learned;

use self::lines::{is_call, is_field, is_slogan};
use crate::article::Paragraph;
use crate::token::n_words;

pub use learned::LearnedFilter;
#[cfg(feature = "train")]
pub use learned::{BOILERPLATE, PROSE, keys as boilerplate_keys};
pub use reason::Reason;

/// The filter: the rules, and a learned table if there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub learned: Option<LearnedFilter>,
}

/// What the rules say about a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Drop(Reason),
    Keep,
    /// The learned table decides.
    Ask,
}

impl Verdict {
    /// The verdict on a block that the learned table does not see.
    pub fn of(reason: Option<Reason>) -> Verdict {
        reason.map_or(Verdict::Keep, Verdict::Drop)
    }

    /// Why the rules drop the block.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Verdict::Drop(reason) => Some(reason),
            Verdict::Keep | Verdict::Ask => None,
        }
    }
}

impl Filter {
    /// What the rules say about each block of an article.
    pub fn by_rules(&self, paragraphs: &[Paragraph]) -> Vec<Verdict> {
        let n_words: Vec<usize> = paragraphs.iter().map(|paragraph| n_words(&paragraph.text)).collect();
        let reasons = by_rules(paragraphs, &n_words);
        let is_own = |text: &str, n_words| is_call(text, n_words) || is_slogan(text, n_words);
        let verdict = |((paragraph, reason), n_words): ((&Paragraph, Option<Reason>), usize)| {
            // The table is learned from text without markup, where shortness alone is strong evidence. Turns of a
            // conversation are short without being boilerplate.
            let is_bare = paragraph.part.is_none() && paragraph.speaker.is_none();
            match (reason, &self.learned) {
                (Some(reason), _) => Verdict::Drop(reason),
                (None, Some(_))
                    if is_bare && LearnedFilter::judges(n_words) && !is_own(&paragraph.text, n_words) =>
                {
                    Verdict::Ask
                }
                _ => Verdict::Keep,
            }
        };
        paragraphs.iter().zip(reasons).zip(n_words).map(verdict).collect()
    }
}

/// Why the rules drop each block of an article, or `None` for blocks that they keep.
///
/// `n_words` has the number of words of each block, separated by white space.
pub fn by_rules(paragraphs: &[Paragraph], n_words: &[usize]) -> Vec<Option<Reason>> {
    let by_text = |(paragraph, n_words): (&Paragraph, &usize)| rules::by_text(paragraph, *n_words);
    let mut reasons: Vec<Option<Reason>> = paragraphs.iter().zip(n_words).map(by_text).collect();
    place::by_place(paragraphs, n_words, &mut reasons);
    // Titles, which are recognised by their place, may have a colon, too.
    for (reason, (paragraph, n_words)) in reasons.iter_mut().zip(paragraphs.iter().zip(n_words)) {
        if reason.is_none() && is_field(&paragraph.text, *n_words) {
            *reason = Some(Reason::Field);
        }
    }
    language::by_language(paragraphs, n_words, &mut reasons);
    reasons
}
