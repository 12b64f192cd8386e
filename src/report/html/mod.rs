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
        let page = HtmlReport::new(&labels()).article(&source, &outcomes);
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
        let page = HtmlReport::new(&labels()).article(&source, &outcomes);
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
            let page = HtmlReport::new(&labels()).article(&source, &outcomes);
            let n_bytes: usize = source.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
            assert!(page.len() < 3 * n_bytes + 60_000, "{n_paragraphs}: {} of {n_bytes}", page.len());
        }
    }
}
