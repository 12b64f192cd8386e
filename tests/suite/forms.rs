//! Files that hold articles among other things: each is read as the articles in it, or refused with one error.

use std::io::Write;

use rhetor::Article;
use rhetor::read::{ReadOptions, Reading, read_path};

use crate::support::Dir;

pub(crate) const ONE: &str =
    "The council voted 31 to 12 on Tuesday to build the tram line to the café quarter, officials said.";
pub(crate) const TWO: &str =
    "Because fares cover only part of the cost, the line is likely to need a larger subsidy in 2027 & 2028.";

pub(crate) fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Reading, String> {
    let dir = Dir::new();
    let path = dir.write(name, content);
    let folder = format!("{}/", dir.path().display());
    read_path(&path, &ReadOptions::default()).map_err(|error| error.to_string().replace(&folder, ""))
}

/// The articles of a file that has no errors.
#[track_caller]
pub(crate) fn articles(name: &str, content: impl AsRef<[u8]>) -> Vec<Article> {
    let reading = read(name, content).unwrap();
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    reading.articles
}

#[track_caller]
pub(crate) fn check_texts(article: &Article, expected: &[&str]) {
    let texts: Vec<&str> = article.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    assert_eq!(texts, expected);
}

/// Checks some metadata of an article.
#[track_caller]
pub(crate) fn check_known(article: &Article, expected: &[(&str, &str)]) {
    for (key, value) in expected {
        assert_eq!(article.known(key), Some(*value), "{key} in {:?}", article.metadata);
    }
}

/// The errors and messages of a file that cannot be read whole.
#[track_caller]
pub(crate) fn check_damaged(name: &str, content: impl AsRef<[u8]>, n_articles: usize, expected: &str) {
    let found = match read(name, content) {
        Err(error) => (0, error),
        Ok(reading) => (reading.articles.len(), reading.errors.iter().map(ToString::to_string).collect()),
    };
    assert_eq!(found.0, n_articles, "{}", found.1);
    assert!(found.1.contains(expected), "{}", found.1);
}

pub(crate) fn html() -> String {
    format!("<p>{ONE}</p>\n<p>{}</p>", TWO.replace('&', "&amp;"))
}

pub(crate) fn page(title: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body><article>{}</article></body></html>",
        html()
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn warc_record(kind: &str, url: &str, block: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Record-ID: <urn:{url}>\r\nContent-Type: \
         text/plain\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

#[test]
fn pages_and_texts_of_warc_are_articles_in_one_member_or_many() {
    let response = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", page("Tram"));
    let records = [
        warc_record("warcinfo", "", "software: x"),
        warc_record("response", "https://a.example/1", &response),
        warc_record("conversion", "https://a.example/2", &format!("{ONE}\n{TWO}\n")),
    ];
    let whole = records.concat();
    let members: Vec<u8> = records.iter().flat_map(|record| gzip(record.as_bytes())).collect();
    for (name, content) in [
        ("a.warc", whole.clone().into_bytes()),
        ("renamed.txt", whole.clone().into_bytes()),
        ("a.warc.gz", members),
        ("a.warc.wet.gz", gzip(whole.as_bytes())),
    ] {
        let articles = articles(name, content);
        assert_eq!(articles.len(), 2, "{name}");
        check_texts(&articles[0], &[ONE, TWO]);
        check_texts(&articles[1], &[ONE, TWO]);
        check_known(&articles[0], &[("url", "https://a.example/1"), ("title", "Tram")]);
        assert_eq!(articles[1].paragraphs[0].id.as_deref(), Some("urn:https://a.example/2"));
    }
    check_damaged("a.warc", &whole[..whole.len() - 60], 1, "truncated in record 3");
    check_damaged("a.warc", "not one", 0, "does not begin like one");
    check_damaged(
        "a.warc",
        "WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n",
        0,
        "no valid Content-Length",
    );
    check_damaged(
        "a.warc",
        "WARC/1.0\r\nContent-Length: 9223372036854775807\r\n\r\n",
        0,
        "truncated in record 1",
    );
}

#[test]
fn wrong_types_and_folders_of_saved_pages_are_refused_with_one_line() {
    let dir = Dir::new();
    for (name, content, expected) in [
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "found subtitles (WebVTT), expected text"),
        ("a.svg", "<svg xmlns='x'><text>One</text></svg>", "found XML with the root element `svg`"),
        ("map", "<?xml version='1.0'?><urlset></urlset>", "found XML with the root element `urlset`"),
        ("a.tex", "\\documentclass{article}\n", "found a LaTeX document"),
    ] {
        dir.write(name, content);
        let run = dir.run(&format!("score {name}"));
        assert_eq!(run.code, 2, "{name}");
        let lines: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("rhetor: ")).collect();
        assert_eq!(lines.len(), 1, "{}", run.stderr);
        assert!(lines[0].contains(name) && lines[0].contains(expected), "{}", run.stderr);
    }
    dir.write("in/page.html", page("Tram"));
    dir.write("in/map.txt", "<?xml version='1.0'?><urlset></urlset>");
    dir.write("in/page_files/frame.html", page("Frame"));
    let run = dir.run("score in").succeeded();
    assert_eq!(run.records().len(), 2);
    assert!(run.stderr.contains("skipped 1 file (XML without articles): in/map.txt"), "{}", run.stderr);
    assert!(
        run.stderr.contains("skipped 1 file (unsupported type): in/page_files/frame.html"),
        "{}",
        run.stderr
    );
    let run = dir.run("score in/page_files");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the page is in/page.html"), "{}", run.stderr);
}

#[test]
fn rows_in_a_text_file_are_read_as_a_table_with_a_warning() {
    for (name, content) in [
        ("a.txt", format!("{{\"id\": 1, \"text\": \"{ONE}\"}}\n{{\"id\": 2, \"text\": \"{TWO}\"}}\n")),
        ("a.txt", format!("id,text\n1,\"{ONE}\"\n2,\"{TWO}\"\n")),
    ] {
        let reading = read(name, content).unwrap();
        assert_eq!(reading.articles.len(), 2);
        assert!(reading.warnings[0].what.contains("holds a table"), "{:?}", reading.warnings);
    }
    assert_eq!(articles("a.txt", "Text, body, story\n\nAll of it.").len(), 1);
}

#[cfg(not(feature = "forms"))]
#[test]
fn a_build_without_the_feature_says_that_it_cannot_read_a_form() {
    let dir = Dir::new();
    dir.write("a.xml", "<?xml version='1.0'?><rss version='2.0'></rss>");
    dir.write("a.eml", "From: a@b.example\nTo: c\nSubject: d\nMIME-Version: 1.0\n\nText\n");
    for name in ["a.xml", "a.eml"] {
        let run = dir.run(&format!("score {name}"));
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("build rhetor with `--features forms`"), "{}", run.stderr);
    }
}
