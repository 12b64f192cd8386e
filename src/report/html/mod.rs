//! Results to look at: pages for a browser, each whole in one file.

mod article;
mod axes;
mod card;
mod compare;
mod entry;
mod evidence;
mod figures;
mod folder;
mod groups;
mod growth;
mod label;
mod one_page;
mod overview;
mod page;
mod periods;
mod plots;
mod profile;
mod rows;
mod strongest;

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

pub use card::model_page;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Reason;
    use crate::read::article_from_text;
    use crate::score::Contribution;
    use crate::score::Evidence;
    use crate::score::Labelling;
    use crate::score::Word;

    fn labelled(features: Vec<Contribution>, words: Vec<Word>) -> Outcome {
        let evidence = Evidence { score: 1.0, offset: 0.25, context: 0.1, rest: 0.0, features, words };
        Outcome::Labelled(Labelling {
            label: 1,
            probabilities: vec![0.25, 0.75],
            unsure: true,
            out_of_domain: false,
            evidence: Some(evidence),
        })
    }

    fn report() -> HtmlReport {
        let options = DigestOptions { n_labels: labels().len(), strongest: 1, tag_column: None };
        HtmlReport::new(&labels(), options)
    }

    fn labels() -> Vec<String> {
        ["report", "<b>advocacy"].map(str::to_string).to_vec()
    }

    #[test]
    fn words_are_marked_in_place_with_what_they_add() {
        let source = article_from_text("We must act, they say.\n\nShare");
        let feature = |name: &str, weight| Contribution { block: "ngrams", feature: name.into(), weight };
        let word = |place, weight| Word { place, weight };
        let words = vec![word(3..7, 0.5), word(13..17, -0.1), word(18..21, 0.001)];
        let outcome = labelled(vec![feature("we must", 0.5), feature("they", -0.25)], words);
        let outcomes = [outcome, Outcome::Dropped(Reason::Share)];
        let page = report().article(&source, &outcomes);
        assert!(
            page.contains(
                "<p>We <mark data-w=\"+0.50\">must</mark> act, <mark data-w=\"−0.10\">they</mark> say.</p>"
            ),
            "{page}"
        );
        assert!(page.contains("For “we must” +0.50</p>"), "{page}");
        assert!(page.contains("Against “they” −0.25</p>"), "{page}");
        let sums = "Score +1.00: its words +0.40, style and words around +0.25, labels around +0.10, to begin with +0.25";
        assert!(page.contains(sums), "{page}");
        assert!(
            page.contains("<summary>Left out: share</summary><ul><li><b>share</b> Share</li></ul>"),
            "{page}"
        );
        assert!(page.contains("<span class=\"chip\">unsure</span>"), "{page}");
    }

    #[test]
    fn nothing_of_an_article_is_markup() {
        let mut source = article_from_text("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>");
        for key in ["title", "outlet", "author", "date", "url"] {
            source.metadata.insert(key.into(), "\"'><script>alert(2)</script>".into());
        }
        let feature = Contribution { block: "words", feature: "<i>".into(), weight: 1.0 };
        let outcomes = [
            labelled(vec![feature], vec![Word { place: 0..8, weight: 1.0 }]),
            Outcome::Dropped(Reason::Image),
        ];
        let page = report().article(&source, &outcomes);
        for markup in ["<script", "<img", "<i>", "<b>advocacy"] {
            assert!(!page.contains(markup), "{markup}");
        }
    }

    #[test]
    fn pages_stay_under_three_times_their_text_and_60_kb() {
        let feature = |i| Contribution {
            block: "near words",
            feature: format!("a feature {i}"),
            weight: i as f64 - 8.5,
        };
        let text = "They say that we must act, for the days are few and the ways are many. ".repeat(4);
        let words: Vec<Word> = (0..20).map(|i| Word { place: 10 * i..10 * i + 5, weight: 1.0 }).collect();
        for n_paragraphs in [1, 10, 100, 1000] {
            let source = article_from_text(&vec![text.trim(); n_paragraphs].join("\n\n"));
            let outcomes = vec![labelled((0..17).map(feature).collect(), words.clone()); n_paragraphs];
            let page = report().article(&source, &outcomes);
            let n_bytes: usize = source.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
            assert!(page.len() < 3 * n_bytes + 60_000, "{n_paragraphs}: {} of {n_bytes}", page.len());
        }
    }
}
