//! What holds for any text.

use std::sync::LazyLock;

use proptest::prelude::*;
use rhetor::{Model, Outcome, ScoreOptions, article_from_text};

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::embedded().unwrap());

/// Text rich in what the reader and the tokenizer look at.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_string()),
        Just("\n\n".to_string()),
        Just(" ".to_string()),
        Just("---\n".to_string()),
        Just("[report] ".to_string()),
        Just("Share on Facebook".to_string()),
        "[\"'“”‘’«»„‟()\\[\\]{}#*!|:;.,?…—-]{1,4}",
        "[A-Za-z]{1,9}",
        "\\PC{1,6}",
        any::<char>().prop_map(String::from),
        Just("The council met on Tuesday and voted. ".to_string()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn blocks_are_slices_in_order_and_all_are_accounted_for(text in any_text()) {
        let article = article_from_text(&text);
        let mut end = 0;
        for paragraph in &article.paragraphs {
            prop_assert!(paragraph.start >= end && paragraph.start <= paragraph.end);
            prop_assert!(text.get(paragraph.start..paragraph.end).is_some());
            let unfolded = paragraph.text.contains(['\n', '\t']);
            prop_assert!(!unfolded);
            end = paragraph.end;
        }
        let outcomes = MODEL.score(&article, ScoreOptions { n_evidence: 3, ..ScoreOptions::default() });
        prop_assert_eq!(outcomes.len(), article.paragraphs.len());
        for outcome in outcomes {
            if let Outcome::Labelled(labelling) = outcome {
                prop_assert!((labelling.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                prop_assert!(labelling.probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
                let best = labelling.probabilities[labelling.label];
                prop_assert!(labelling.probabilities.iter().all(|p| *p <= best));
                let evidence = labelling.evidence.unwrap();
                let sum = evidence.offset + evidence.context + evidence.rest
                    + evidence.features.iter().map(|feature| feature.weight).sum::<f64>();
                prop_assert!((sum - evidence.score).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn all_letters_and_digits_of_a_plain_text_stand_in_some_block(text in "[a-z .\n]{0,300}") {
        let article = article_from_text(&text);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let read: String = article.paragraphs.iter().map(|paragraph| letters(&paragraph.text)).collect();
        prop_assert_eq!(read, letters(&text));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..5usize) {
        let dir = crate::support::Dir::new();
        let name = ["a.txt", "a.md", "a.jsonl", "a.csv", "a"][kind];
        let path = dir.write(name, bytes);
        let _ = rhetor::read_path(&path, &rhetor::ReadOptions::default());
        let _ = rhetor::Corpus::read(&[path], &rhetor::ColumnNames::default());
    }

    #[test]
    fn any_damage_to_an_archive_is_read_or_refused(at in 0..200usize, bit in 0..8u32, cut in 0..400usize, kind in 0..2usize) {
        let rows = "{\"text\":\"The council met on Tuesday and voted for the tram line.\"}\n".repeat(9);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut gzip, rows.as_bytes()).unwrap();
        let mut bytes = if kind == 0 { gzip.finish().unwrap() } else { zstd::encode_all(rows.as_bytes(), 3).unwrap() };
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        bytes.truncate(cut.max(1));
        let dir = crate::support::Dir::new();
        let path = dir.write("a.jsonl.gz", bytes);
        if let Ok(reading) = rhetor::read_path(&path, &rhetor::ReadOptions::default()) {
            prop_assert!(reading.articles.len() <= 9 || !reading.errors.is_empty());
        }
    }

    #[test]
    fn any_bytes_are_a_model_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = crate::support::Dir::new();
        prop_assert!(Model::load(&dir.write("m", bytes)).is_err());
    }
}
