//! An article in an overview, and what leads to its page.

use maud::{Markup, html};

use crate::summary::Digest;

/// How much of a title a file's name has, in bytes.
const SLUG_LENGTH: usize = 40;

/// Where the articles of an overview stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// In pages of their own, in a folder beside.
    Pages,
    /// In the same page.
    Anchors,
    /// Nowhere.
    None,
}

/// One of many articles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) digest: &'a Digest,
    /// Its place in the run, from 1.
    pub(super) number: usize,
    pub(super) links: Links,
}

impl Entry<'_> {
    /// Its title, as a link where there is something to lead to.
    pub(super) fn title(&self) -> Markup {
        let title = self.digest.title.as_str();
        match self.links {
            Links::Pages => html! { a href=(page_name(self.number, title)) { (title) } },
            Links::Anchors => html! { a href={ "#a" (self.number) } { (title) } },
            Links::None => html! { (title) },
        }
    }

    /// `text` that leads to one of its paragraphs, where there is something to lead to.
    pub(super) fn paragraph(self, paragraph: usize, text: &str) -> Markup {
        match self.links {
            Links::Pages => {
                html! { a href={ (page_name(self.number, &self.digest.title)) "#p" (paragraph) } { (text) } }
            }
            Links::Anchors => html! { a href={ "#a" (self.number) "-p" (paragraph) } { (text) } },
            Links::None => html! { (text) },
        }
    }
}

/// The file of an article's page: its number, and so much of its title as is plain in any address.
pub(super) fn page_name(number: usize, title: &str) -> String {
    let mut slug = String::new();
    for word in title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= SLUG_LENGTH {
            break;
        }
        slug.push('-');
        slug.push_str(&word.to_ascii_lowercase());
    }
    format!("articles/{number:05}{slug}.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_number_and_plain_words() {
        for (title, expected) in [
            ("Council approves tram line", "articles/00007-council-approves-tram-line.html"),
            ("../../etc/passwd\"><script>", "articles/00007-etc-passwd-script.html"),
            ("日本語", "articles/00007.html"),
            (&"a".repeat(80), "articles/00007.html"),
        ] {
            assert_eq!(page_name(7, title), expected);
        }
    }
}
