//! Which blocks are article prose; every block that is not has a [`Reason`].
//!
//! Plain rules come first, for they can say why. What they let through meets a table over form and
//! words, learned from the blocks that a corpus marks as boilerplate.

mod language;
mod learned;
mod letters;
mod matching;
mod patterns;
mod place;
mod plain;
mod rules;
mod sieve;
mod signs;
mod space;

use crate::article::Paragraph;

pub use learned::{BOILERPLATE, LearnedFilter, PROSE, keys as boilerplate_keys};

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
    /// Prose in another language than English, in an article that is English.
    OtherLanguage,
    /// The learned table takes it for boilerplate of one kind or another.
    Boilerplate,
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
            Reason::OtherLanguage => "other language",
            Reason::Boilerplate => "boilerplate",
        }
    }
}

/// The filter: the rules, and a learned table where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Filter {
    pub(crate) learned: Option<LearnedFilter>,
}

/// What the plain rules say of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Drop(Reason),
    Keep,
    /// The learned table has to say.
    Ask,
}

impl Verdict {
    /// The verdict on a block that nobody asks further about.
    pub(crate) fn of(reason: Option<Reason>) -> Verdict {
        reason.map_or(Verdict::Keep, Verdict::Drop)
    }

    /// Why a block goes without the learned table being asked.
    pub(crate) fn reason(self) -> Option<Reason> {
        match self {
            Verdict::Drop(reason) => Some(reason),
            Verdict::Keep | Verdict::Ask => None,
        }
    }
}

impl Filter {
    /// What the plain rules say of each block. Depends on the article alone.
    pub(crate) fn by_rules(&self, paragraphs: &[Paragraph]) -> Vec<Verdict> {
        let n_words: Vec<usize> =
            paragraphs.iter().map(|paragraph| space::n_words(&paragraph.text)).collect();
        let by_text = paragraphs.iter().zip(&n_words).map(|(paragraph, &n)| rules::by_text(paragraph, n));
        let mut reasons: Vec<Option<Reason>> = by_text.collect();
        place::by_place(paragraphs, &n_words, &mut reasons);
        rules::by_language(paragraphs, &n_words, &mut reasons);
        let verdict = |((paragraph, reason), &n_words): ((&Paragraph, Option<Reason>), &usize)| {
            // The table was learned from text without markup, where shortness alone tells much. Turns of a
            // conversation are short, and its own.
            let bare = paragraph.part.is_none() && paragraph.speaker.is_none();
            match (reason, &self.learned) {
                (Some(reason), _) => Verdict::Drop(reason),
                (None, Some(_)) if bare && LearnedFilter::judges(n_words) => Verdict::Ask,
                _ => Verdict::Keep,
            }
        };
        paragraphs.iter().zip(reasons).zip(&n_words).map(verdict).collect()
    }
}

/// What finds the letters in the table of `letters`.
#[cfg(test)]
mod literals;
