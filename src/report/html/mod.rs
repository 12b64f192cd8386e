//! Results to look at: pages for a browser, each whole in one file.

mod article;
mod compare;
mod entry;
mod evidence;
mod folder;
mod groups;
mod label;
mod one_page;
mod overview;
mod page;
mod periods;
mod plots;
mod profile;
mod rows;

use maud::Markup;
use maud::html;

use self::entry::Entry;
use self::entry::Links;
use self::page::Page;
use crate::article::Article;
use crate::digest::Digest;
use crate::digest::DigestOptions;
use crate::digest::title;
use crate::profile::Profile;
use crate::score::Outcome;

pub use folder::HtmlFolder;
pub use one_page::HtmlPage;

/// A report on articles, to be looked at in a browser.
#[derive(Debug, Clone)]
pub struct HtmlReport {
    labels: Vec<String>,
    options: DigestOptions,
}

/// An article that is ready for a report on many.
#[derive(Debug)]
pub struct Sheet {
    digest: Digest,
    /// What its page has between the links to other pages.
    body: String,
}

impl Sheet {
    /// What the overview will tell of it.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl HtmlReport {
    /// A report on articles with `labels`, of which `options` say what an overview tells.
    pub fn new(labels: &[String], options: DigestOptions) -> HtmlReport {
        HtmlReport { labels: labels.to_vec(), options }
    }

    /// The page of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        self.article_page(title(article), self.article_body(article, outcomes, "", 1), html! {})
    }

    /// All of an article that a folder of pages needs; takes as long as all else together.
    pub fn sheet(&self, article: &Article, outcomes: &[Outcome]) -> Sheet {
        Sheet {
            digest: self.digest(article, outcomes),
            body: self.article_body(article, outcomes, "", 1).into_string(),
        }
    }

    /// What an overview tells of an article.
    pub fn digest(&self, article: &Article, outcomes: &[Outcome]) -> Digest {
        Digest::of(article, outcomes, &self.options)
    }

    /// The overview alone, a row for each article.
    pub fn rows(&self, digests: &[Digest]) -> String {
        overview::page(self, digests, Links::None, html! {})
    }

    /// A row for each group of articles by `column`.
    pub fn groups(&self, column: &str, groups: &[Profile]) -> String {
        groups::page(&self.labels, column, groups)
    }

    fn article_body(&self, article: &Article, outcomes: &[Outcome], anchor: &str, level: u8) -> Markup {
        article::article(&self.labels, article, outcomes, anchor, level)
    }

    /// The page of an article, with links to other pages where there are any.
    fn article_page(&self, title: &str, body: Markup, links: Markup) -> String {
        Page {
            title,
            style: article::STYLE,
            script: "",
            body: html! {
                (links)
                main id="main" { (body) }
            },
        }
        .text()
    }

    /// The articles with their numbers and what leads to them.
    fn entries<'a>(&self, digests: &'a [Digest], links: Links) -> Vec<Entry<'a>> {
        let entry = |(index, digest)| Entry { digest, number: index + 1, links };
        digests.iter().enumerate().map(entry).collect()
    }
}
