//! The reasons for which the filter drops a block.

/// Why a block is not labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// Breadcrumbs, menus, loading messages and other page furniture.
    Navigation,
    /// Share buttons and requests to follow.
    Share,
    /// Links to other articles.
    Related,
    /// Comment forms and comment counts.
    Comment,
    /// Adverts and their labels.
    Advert,
    /// Requests to subscribe or sign up.
    Newsletter,
    /// Cookie notices, copyright, terms, disclaimers.
    Legal,
    /// Captions and credits of pictures.
    Caption,
    /// Author and date lines, translation and editing credits.
    Byline,
    /// Notes about the author.
    Biography,
    /// Hashtags and lists of topics.
    Tags,
    /// An image or a bare link.
    Image,
    /// A heading, which belongs to the article but has no rhetorical act of its own.
    Heading,
    /// Greetings and thanks in transcripts and letters.
    Greeting,
    /// A row of a table.
    Table,
    /// A footnote or an entry in a list of references.
    Note,
    /// A line with a label and a value, such as `Length: 54 words`.
    Field,
    /// A repeat of an earlier block of the article.
    Duplicate,
    /// No words.
    Fragment,
    /// Prose in another language, in an English article.
    OtherLanguage,
    /// A part of the page outside the article.
    OutsideArticle,
    /// Boilerplate of some kind, according to the learned table.
    Boilerplate,
}

impl Reason {
    /// The word for the reason in records.
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
            Reason::Table => "table",
            Reason::Note => "note",
            Reason::Field => "field",
            Reason::Duplicate => "duplicate",
            Reason::Fragment => "fragment",
            Reason::OtherLanguage => "other language",
            Reason::OutsideArticle => "outside article",
            Reason::Boilerplate => "boilerplate",
        }
    }
}
