//! Results to look at: pages for a browser, each whole in one file.

mod article;
mod evidence;
mod label;
mod page;
mod profile;

use maud::html;

use self::page::Page;
use crate::article::Article;
use crate::score::Outcome;

/// A report on articles, to be looked at in a browser.
#[derive(Debug)]
pub struct HtmlReport {
    labels: Vec<String>,
}

impl HtmlReport {
    /// An empty report on articles with `labels`.
    pub fn new(labels: &[String]) -> HtmlReport {
        HtmlReport { labels: labels.to_vec() }
    }

    /// The page of one article.
    pub fn article(&self, article: &Article, outcomes: &[Outcome]) -> String {
        Page {
            title: profile::title(article),
            style: article::STYLE,
            script: "",
            body: html! {
                main id="main" { (article::article(&self.labels, article, outcomes, "")) }
            },
        }
        .text()
    }
}
