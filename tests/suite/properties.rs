//! What holds for any text.

use std::path::PathBuf;

use proptest::prelude::*;
use rhetor::Model;
use rhetor::corpus::Corpus;
use rhetor::read::{Articles, ColumnNames, ReadOptions};

use crate::{altered_model, invariants};

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
        for check in [invariants::feed, invariants::mail, invariants::warc, invariants::webarchive] {
            check(bytes);
        }
        for check in [invariants::document, invariants::export] {
            check(bytes);
        }
    }
}

/// A name as the classes of pages have them, many of them words that tell a part of a page.
fn class_name() -> impl Strategy<Value = String> {
    "(no-|has-|overflow-|md:|topic-|format-|category-|ad-)?\
     (ads|gallery|slideshow|credits|hidden|paywall|caption|tags|free|share|newsletter|related|text)\
     (-text|-policy|-list)?"
}

/// Reads the bytes as labelled text: it has labels that can be told apart, or something is said of it.
fn labelled_or_refused(bytes: &[u8], kind: usize) {
    let dir = crate::support::Dir::new();
    let path: PathBuf = dir.write(["a.txt", "a.md", "a.jsonl", "a.csv", "a.html"][kind], bytes);
    let corpus = Corpus::read(&[path], &ColumnNames::default());
    let labels = corpus.label_counts();
    assert!(labels.keys().all(|label| !label.trim().is_empty()), "{labels:?}");
    assert_eq!(labels.values().sum::<usize>() > 0, corpus.n_documents() > 0);
    let is_told = !corpus.errors.is_empty();
    assert!(
        !labels.is_empty() || is_told || is_empty(bytes) || (kind == 3 && is_header(bytes)),
        "{:?}",
        String::from_utf8_lossy(bytes)
    );
}

/// Whether there is nothing to read but a byte order mark and white space.
fn is_empty(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).chars().all(|sign| sign.is_whitespace() || sign == '\u{feff}')
}

/// Whether a table may have no row: its one line is its header, which may go on in quotation marks.
fn is_header(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains('"') || text.lines().filter(|line| !line.trim().is_empty()).count() < 2
}

/// Nine rows come out of a damaged archive, or what is missing is told.
#[track_caller]
fn check_damaged(bytes: &[u8]) {
    let input = std::io::Cursor::new(bytes.to_vec());
    let Ok(articles) = Articles::from_reader("a.jsonl.gz".as_ref(), input, &ReadOptions::default()) else {
        return;
    };
    let (mut n_rows, mut is_told) = (0, false);
    for reading in articles {
        n_rows += reading.articles.len();
        is_told |= !reading.errors.is_empty() || !reading.warnings.is_empty();
    }
    assert!(n_rows == 9 || is_told, "{n_rows} rows of {bytes:x?}");
}

#[test]
fn any_damage_to_an_archive_is_told_or_does_none() {
    let rows = "{\"text\":\"The council met on Tuesday and voted for the tram line.\"}\n".repeat(9);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, rows.as_bytes()).unwrap();
    let mut zstd = zstd::Encoder::new(Vec::new(), 3).unwrap();
    // Without it nothing tells a letter that was changed.
    zstd.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut zstd, rows.as_bytes()).unwrap();
    for bytes in [gzip.finish().unwrap(), zstd.finish().unwrap()] {
        (1..=bytes.len()).for_each(|n| check_damaged(&bytes[..n]));
        for bit in 0..8 * bytes.len() {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            check_damaged(&bytes);
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
        labelled_or_refused(&bytes, kind);
    }

    #[test]
    fn any_text_is_labelled_text_or_refused(text in any_text(), kind in 0..5usize) {
        labelled_or_refused(text.as_bytes(), kind);
    }

    #[test]
    fn no_class_on_every_paragraph_makes_boilerplate_of_an_article(class in class_name(), id in class_name()) {
        let texts: Vec<String> = ["Tuesday", "Wednesday", "Thursday", "Friday", "Monday"]
            .map(|day| format!("The council met on {day} and voted for the tram line that it had turned down in spring."))
            .into();
        let paragraphs: String = texts.iter().map(|text| format!("<p class='{class}'>{text}</p>")).collect();
        for page in [format!("<div class='{class} {id}'>{paragraphs}</div>"), format!("<div>{paragraphs}</div>")] {
            let page = format!("<!doctype html><body><article>{page}</article>");
            let articles = invariants::read_as("a.html", page.as_bytes(), &ReadOptions::default());
            let read: Vec<&str> = articles[0].paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
            prop_assert_eq!(&read, &texts);
            prop_assert_eq!(rhetor::score::filter_by_rules(&articles[0]), vec![None; texts.len()]);
        }
    }

    #[test]
    fn any_bytes_are_a_model_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let dir = crate::support::Dir::new();
        prop_assert!(Model::load(&dir.write("m", bytes)).is_err());
    }
}
