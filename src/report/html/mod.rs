//! Results to look at: pages for a browser, each whole in one file.

mod article;
mod axes;
mod card;
mod evidence;
mod figures;
mod growth;
mod label;
mod number;
mod page;
mod profile;
mod strongest;

use maud::html;

pub use self::card::model_page;
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
