//! Reports for a browser: pages that are each complete in one file.

mod article;
mod card;
mod compare;
mod explanation;
mod figures;
mod packed;
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
    use crate::report::Origin;
    use crate::score::{Around, Contribution, Evidence, Labelling, Outcome, Phrase, Reasons, Style};
    use crate::summary::{DigestOptions, Profile};

    fn labelled(evidence: Option<Evidence>, reasons: Option<Reasons>) -> Outcome {
        let (probabilities, unsure, out_of_domain) = (vec![0.25, 0.75], true, false);
        Outcome::Labelled(Labelling { label: 1, probabilities, unsure, out_of_domain, evidence, reasons })
    }

    /// Reasons with these phrases of `text`, which is its only paragraph.
    fn reasons(text: &str, phrases: &[(&str, f64)]) -> Reasons {
        let phrase = |&(phrase, weight): &(&str, f64)| {
            let start = text.find(phrase).unwrap();
            Phrase { text: phrase.into(), place: start..start + phrase.len(), weight }
        };
        Reasons {
            score: 1.0,
            phrases: phrases.iter().map(phrase).collect(),
            style: vec![Style { text: "uses duty words: must".into(), weight: 0.2 }],
            neighbours: Some(Around { weight: -0.1, label: 0, strongest: 0 }),
            baseline: 0.25,
            rest: 0.25,
        }
    }

    fn report() -> HtmlReport {
        report_from(Origin::default())
    }

    fn report_from(origin: Origin) -> HtmlReport {
        let options = DigestOptions { n_labels: labels().len(), strongest: 1, tag_column: None };
        HtmlReport::new(&labels(), options, origin)
    }

    fn labels() -> Vec<String> {
        ["report", "<b>advocacy"].map(str::to_string).to_vec()
    }

    #[test]
    fn phrases_are_marked_and_terms_add_up() {
        let mut source = article_from_text("We must act, they say.\n\nShare");
        source.paragraphs[0].speaker = Some("Ann".into());
        let phrases = [("must act", 0.5), ("they", -0.1)];
        let outcomes = [
            labelled(None, Some(reasons("We must act, they say.", &phrases))),
            Outcome::Dropped(Reason::Share),
        ];
        let origin = Origin { model_id: "f00d".to_string(), ..Origin::default() };
        let page = report_from(origin).article(&source, &outcomes);
        for piece in [
            "<p>We <mark data-w=\"+0.50\">must act</mark>, <mark data-w=\"−0.10\">they</mark> say.</p>",
            "<li><i class=\"p\">+0.50</i> “must act”</li><li><i class=\"m\">−0.10</i> “they”</li>",
            "<li><i>+0.20</i> uses duty words: must</li>",
            "<li><i>−0.10</i> the paragraphs around it read like report, most of all paragraph <a href=\"#p1\">1</a></li>",
            "<li><i>+0.25</i> before any word is read</li><li><i>+0.25</i> everything else</li>",
            "<p>Score +1.00, the sum of these.</p>",
            "data-model=\"f00d\" data-labels=\"[&quot;report&quot;,&quot;&lt;b&gt;advocacy&quot;]\"",
            "<summary>Dropped: share</summary><ul><li><b>share</b> Share</li></ul>",
            "<span class=\"chip\">unsure</span>",
            "speaker: <bdi>Ann</bdi>",
        ] {
            assert!(page.contains(piece), "{piece}: {page}");
        }
    }

    #[test]
    fn features_are_named_if_there_is_evidence() {
        let feature =
            |name: &str, weight| Contribution { group: FeatureGroup::Ngrams, feature: name.into(), weight };
        let features = vec![feature("we must", 0.5), feature("they", -0.25)];
        let evidence = Evidence { score: 1.0, baseline: 0.25, neighbours: 0.1, rest: 0.4, features };
        let page = report().article(&article_from_text("We must act."), &[labelled(Some(evidence), None)]);
        let terms = "Score +1.00: baseline +0.25, neighbouring paragraphs +0.10, other features +0.40";
        for piece in [terms, "For “we must” +0.50</p>", "Against “they” −0.25</p>"] {
            assert!(page.contains(piece), "{piece}: {page}");
        }
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
        let digests = [report().digest(&empty, &dropped), report().digest(&full, &[labelled(None, None)])];
        let rows = report().rows(&digests);
        let (_, cells) = rows.split_once("<td><span class=\"soft\">no labelled words</span></td>").unwrap();
        assert!(cells.starts_with("<td></td><td></td><td></td><td></td></tr>"), "{cells:.200}");
        for piece in
            ["2 words in 1 labelled paragraph, ", "; 1 block dropped", "1 article with no labelled words"]
        {
            assert!(rows.contains(piece), "{piece}");
        }
        let tallies = || digests.iter().map(|digest| digest.tally.clone());
        let group = |name: &str, n| Profile::of_group(vec![name.into()], tallies().take(n).collect());
        let page = report().groups(&["outlet".into()], &[group("empty", 1), group("both", 2)]);
        let empty =
            "<td class=\"ci\"><span class=\"soft\">no labelled words</span></td><td class=\"ci\"></td>";
        assert_eq!(page.matches(empty).count(), 1, "{page}");
    }

    #[test]
    fn long_names_that_begin_alike_are_two_groups_and_are_cut_when_shown() {
        let options = DigestOptions { n_labels: 2, strongest: 1, tag_column: Some("section".into()) };
        let report = HtmlReport::new(&labels(), options, Origin::default());
        let digests = ["a", "b"].map(|end| {
            let mut article = article_from_text("They left.");
            for key in ["outlet", "section"] {
                article.metadata.insert(key.into(), format!("{} {end}", "long ".repeat(40)));
            }
            report.digest(&article, &[labelled(None, None)])
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
        let phrases = [("<script>", 1.0)];
        let outcomes = [
            labelled(None, Some(reasons("<script>alert(1)</script>", &phrases))),
            Outcome::Dropped(Reason::Image),
        ];
        let page = report().article(&source, &outcomes);
        for markup in ["<script>alert", "<mark data-w=\"+1.00\"><", "<img", "<b>advocacy"] {
            assert!(!page.contains(markup), "{markup}");
        }
    }

    const TEXT: &str = "They say that we must act, for the days are few and the ways are many. ";

    /// Reasons with every word of [`TEXT`] as a phrase for the label.
    fn many() -> Reasons {
        let phrases: Vec<(&str, f64)> = TEXT.split_whitespace().zip((1..20).map(f64::from)).collect();
        reasons(TEXT, &phrases[..12])
    }

    #[test]
    fn the_number_of_phrases_is_an_option() {
        let outcomes = [labelled(None, Some(many()))];
        let named = |report: HtmlReport| {
            let page = report.article(&article_from_text(TEXT), &outcomes);
            (page.matches("<mark").count(), page.matches("<i class=\"p\">").count())
        };
        assert_eq!(named(report()), (5, 5));
        for n in [0, 3, 12] {
            assert_eq!(named(report().naming(n)), (n, n));
        }
    }

    #[test]
    fn pages_stay_under_three_times_their_text_and_60_kb() {
        let against = many().phrases.into_iter().map(|phrase| Phrase { weight: -1.0, ..phrase });
        let text = TEXT.repeat(4);
        let style =
            vec![Style { text: "first sentence uses duty words: must, have to".into(), weight: 0.2 }; 3];
        let reasons = Reasons {
            style,
            phrases: many().phrases.into_iter().take(6).chain(against.skip(6)).collect(),
            ..many()
        };
        for n_paragraphs in [1, 10, 100, 1000] {
            let source = article_from_text(&vec![text.trim(); n_paragraphs].join("\n\n"));
            let outcomes = vec![labelled(None, Some(reasons.clone())); n_paragraphs];
            let page = report().article(&source, &outcomes);
            let n_bytes: usize = source.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum();
            assert!(page.len() < 3 * n_bytes + 60_000, "{n_paragraphs}: {} of {n_bytes}", page.len());
        }
    }
}
