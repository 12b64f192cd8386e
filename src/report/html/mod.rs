//! Reports for a browser: pages that are each complete in one file.

mod article;
mod card;
mod compare;
mod figures;
mod overview;
mod page;
mod periods;
mod report;
mod tables;

pub use card::model_page;
pub use page::STYLE;
pub use report::{HtmlFolder, HtmlPage, HtmlReport, Sheet};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureGroup;
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::score::{Contribution, Evidence, Labelling, Outcome, Word};
    use crate::summary::{DigestOptions, Profile};

    fn labelled(features: Vec<Contribution>, words: Vec<Word>) -> Outcome {
        let evidence = Evidence { score: 1.0, baseline: 0.25, neighbours: 0.1, rest: 0.0, features, words };
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
    fn words_are_marked_with_their_weights() {
        let mut source = article_from_text("We must act, they say.\n\nShare");
        source.paragraphs[0].speaker = Some("Ann".into());
        let feature =
            |name: &str, weight| Contribution { group: FeatureGroup::Ngrams, feature: name.into(), weight };
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
        let sums = "Score +1.00: baseline +0.25, words +0.40, style and word counts +0.25, neighbouring paragraphs +0.10";
        assert!(page.contains(sums), "{page}");
        assert!(
            page.contains("<summary>Dropped: share</summary><ul><li><b>share</b> Share</li></ul>"),
            "{page}"
        );
        assert!(page.contains("<span class=\"chip\">unsure</span>"), "{page}");
        assert!(page.contains("speaker: <bdi>Ann</bdi>"), "{page}");
    }

    #[test]
    fn an_article_without_labelled_words_has_no_shares() {
        let (empty, full) = (article_from_text("Share"), article_from_text("They left."));
        let dropped = [Outcome::Dropped(Reason::Share)];
        let page = report().article(&empty, &dropped);
        assert!(page.contains("<p>There are no labelled words.</p>"), "{page}");
        assert!(
            page.contains("0 words, 0 labelled paragraphs, 0 of them unsure, 1 block dropped."),
            "{page}"
        );
        assert!(!page.contains("95 %"), "{page}");
        let digests =
            [report().digest(&empty, &dropped), report().digest(&full, &[labelled(vec![], vec![])])];
        let rows = report().rows(&digests);
        let (_, cells) = rows.split_once("<td><span class=\"soft\">no labelled words</span></td>").unwrap();
        assert!(cells.starts_with("<td></td><td></td><td></td><td></td></tr>"), "{cells:.200}");
        for piece in
            ["2 words in 1 labelled paragraph, ", "; 1 block dropped", "1 article with no labelled words"]
        {
            assert!(rows.contains(piece), "{piece}");
        }
        let tallies = || digests.iter().map(|digest| digest.tally.clone());
        let group = |name: &str, n| Profile::of_group(name.into(), tallies().take(n).collect());
        let page = report().groups("outlet", &[group("empty", 1), group("both", 2)]);
        let empty =
            "<td class=\"ci\"><span class=\"soft\">no labelled words</span></td><td class=\"ci\"></td>";
        assert_eq!(page.matches(empty).count(), 1, "{page}");
    }

    #[test]
    fn long_names_that_begin_alike_are_two_groups_and_are_cut_when_shown() {
        let options = DigestOptions { n_labels: 2, strongest: 1, tag_column: Some("section".into()) };
        let report = HtmlReport::new(&labels(), options);
        let digests = ["a", "b"].map(|end| {
            let mut article = article_from_text("They left.");
            for key in ["outlet", "section"] {
                article.metadata.insert(key.into(), format!("{} {end}", "long ".repeat(40)));
            }
            report.digest(&article, &[labelled(vec![], vec![])])
        });
        let page = report.rows(&digests);
        assert!(
            page.contains("<section id=\"outlets\">") && page.contains("2 with fewer than 5 articles"),
            "{page}"
        );
        assert!(
            !page.contains(&"long ".repeat(40)) && page.contains(&format!("{}long…", "long ".repeat(31)))
        );
    }

    #[test]
    fn text_of_an_article_never_becomes_markup() {
        let mut source = article_from_text("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>");
        for key in ["title", "outlet", "author", "date", "url"] {
            source.metadata.insert(key.into(), "\"'><script>alert(2)</script>".into());
        }
        let feature = Contribution { group: FeatureGroup::Words, feature: "<i>".into(), weight: 1.0 };
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
    fn the_number_of_words_and_features_is_an_option() {
        let feature = |i| Contribution {
            group: FeatureGroup::Words,
            feature: format!("f{i}"),
            weight: 20.0 - f64::from(i),
        };
        let source =
            article_from_text("They say that we must act, for the days are few and the ways are many.");
        let words = (0..12).map(|i| Word { place: 5 * i..5 * i + 4, weight: 1.0 }).collect();
        let outcomes = [labelled((0..12).map(feature).collect(), words)];
        let named = |report: HtmlReport| {
            let page = report.article(&source, &outcomes);
            (page.matches("<mark").count(), page.matches("“f").count())
        };
        assert_eq!(named(report()), (8, 8));
        for n in [0, 3, 12] {
            assert_eq!(named(report().naming(n)), (n, n));
        }
    }

    #[test]
    fn pages_stay_under_three_times_their_text_and_60_kb() {
        let feature = |i| Contribution {
            group: FeatureGroup::Style,
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
