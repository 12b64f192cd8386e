//! A report as one page: an article, or an overview with its articles behind.

use maud::{PreEscaped, html};

use super::entry::Links;
use super::{HtmlReport, article, overview};
use crate::article::Article;
use crate::score::Outcome;
use crate::summary::Digest;

/// A report on few articles on its way into one page: the page of the only article, where there is one and
/// nothing to compare it with, or an overview with all articles behind it.
#[derive(Debug)]
pub struct HtmlPage {
    report: HtmlReport,
    digests: Vec<Digest>,
    /// The first article, until it is known whether it is the only one.
    first: Option<(Article, Vec<Outcome>)>,
    sections: String,
}

impl HtmlPage {
    /// An empty page.
    pub fn new(report: &HtmlReport) -> HtmlPage {
        HtmlPage { report: report.clone(), digests: Vec::new(), first: None, sections: String::new() }
    }

    /// Adds an article.
    pub fn article(&mut self, article: Article, outcomes: Vec<Outcome>) {
        if self.digests.is_empty() && self.first.is_none() && self.report.options.tag_column.is_none() {
            self.first = Some((article, outcomes));
            return;
        }
        if let Some((article, outcomes)) = self.first.take() {
            self.section(&article, &outcomes);
        }
        self.section(&article, &outcomes);
    }

    fn section(&mut self, article: &Article, outcomes: &[Outcome]) {
        self.digests.push(self.report.digest(article, outcomes));
        let number = self.digests.len();
        let section = html! {
            section.piece id={ "a" (number) } {
                (self.report.article_body(article, outcomes, &format!("a{number}-"), 2))
                p.noprint { a href="#articles" { "Back to all articles" } }
            }
        };
        self.sections.push_str(&section.into_string());
    }

    /// The page's HTML.
    pub fn text(self) -> String {
        match self.first {
            Some((article, outcomes)) => self.report.article(&article, &outcomes),
            None => {
                let legend = article::legend(&self.report.labels).into_string();
                let articles = PreEscaped(legend + &self.sections);
                overview::page(&self.report, &self.digests, Links::Anchors, articles)
            }
        }
    }
}
