//! What holds for any text.

use std::path::PathBuf;

use proptest::prelude::*;
use rhetor::{ColumnNames, Corpus, Model};

use crate::altered_model;
use crate::invariants;

/// Text rich in what the reader and the tokenizer look at.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_string()),
        Just("\n\n".to_string()),
        Just(" ".to_string()),
        Just("---\n".to_string()),
        Just("[report] ".to_string()),
        Just("Share on Facebook".to_string()),
        Just("<html><p>".to_string()),
        "</?(p|div|ul|li|a|b|table|tr|td|figure|blockquote|br|script|title)( class=share)?>",
        Just("{\"text\":\"".to_string()),
        Just("text,id\r\n".to_string()),
        "[\"'“”‘’«»„‟()\\[\\]{}#*!|:;.,?…—-]{1,4}",
        "[A-Za-z]{1,9}",
        "\\PC{1,6}",
        any::<char>().prop_map(String::from),
        Just("The council met on Tuesday and voted. ".to_string()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The bytes through every form, as they are and packed.
fn read_in_every_form(bytes: &[u8]) {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, bytes).unwrap();
    for bytes in [bytes, &gzip.finish().unwrap()] {
        for check in [invariants::page, invariants::table, invariants::text] {
            check(bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_in_every_form_and_scored(text in any_text()) {
        read_in_every_form(text.as_bytes());
        invariants::scores(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_in_every_form(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_in_every_form(&bytes);
    }

    #[test]
    fn changes_to_a_model_are_refused_or_score(changes in prop::collection::vec(any::<u8>(), 0..40)) {
        altered_model::model(&changes);
    }

    #[test]
    fn any_bytes_are_labelled_text_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0..5usize) {
        let dir = crate::support::Dir::new();
        let path: PathBuf = dir.write(["a.txt", "a.md", "a.jsonl", "a.csv", "a.html"][kind], bytes);
        let _ = Corpus::read(&[path], &ColumnNames::default());
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
