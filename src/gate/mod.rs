//! Which blocks are article prose; every block that is not has a [`Reason`].
//!
//! Plain rules come first, for they can say why. What they let through meets a table over form and
//! words, learned from the blocks that a corpus marks as clutter.

mod form;
mod form_index;
mod language;
mod learned;
mod literals;
mod matching;
mod patterns;
mod place;
mod rules;
mod sieve;

use crate::article::Paragraph;

pub(crate) use form_index::FormIndex;
pub(crate) use learned::LearnedGate;

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
            Reason::OtherLanguage => "other language",
            Reason::Clutter => "clutter",
        }
    }
}

/// The gate: the rules, and a learned table where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Gate {
    pub(crate) learned: Option<LearnedGate>,
}

impl Gate {
    /// For each block why it goes, or `None` when it stays. Depends on the article alone; `features` gives
    /// those that the learned table has of a block.
    pub(crate) fn judge(
        &self,
        paragraphs: &[Paragraph],
        features: impl Fn(usize, &LearnedGate) -> Vec<u32>,
    ) -> Vec<Option<Reason>> {
        let n_words: Vec<usize> =
            paragraphs.iter().map(|paragraph| rules::n_words(&paragraph.text)).collect();
        let by_text = paragraphs.iter().zip(&n_words).map(|(paragraph, &n)| rules::by_text(paragraph, n));
        let mut reasons: Vec<Option<Reason>> = by_text.collect();
        place::by_place(paragraphs, &mut reasons);
        rules::by_language(paragraphs, &n_words, &mut reasons);
        if let Some(learned) = &self.learned {
            for (index, (paragraph, reason)) in paragraphs.iter().zip(&mut reasons).enumerate() {
                // The table was learned from text without markup, where shortness alone tells much. Turns of a
                // conversation are short, and its own.
                let bare = reason.is_none() && paragraph.part.is_none() && paragraph.speaker.is_none();
                if bare && learned.judges(n_words[index]) && learned.is_clutter(&features(index, learned)) {
                    *reason = Some(Reason::Clutter);
                }
            }
        }
        reasons
    }
}
