//! Inputs rebuilt after public bug reports of neighbouring tools, where `RHETOR_REAL_DATA` names the folder that holds
//! them: files of other kinds, and files of many articles.

use std::path::PathBuf;

use rhetor::read::{ReadOptions, Reading, read_path};

use crate::support::{Dir, real_data};

fn folder() -> Option<PathBuf> {
    real_data().map(|folder| folder.join("cases")).filter(|folder| folder.is_dir())
}

/// The articles of a case, without errors.
#[track_caller]
fn read(name: &str) -> Reading {
    let reading = read_path(&folder().unwrap().join(name), &ReadOptions::default()).unwrap();
    assert!(reading.errors.is_empty(), "{name}: {:?}", reading.errors);
    reading
}

/// Checks how many articles and paragraphs of prose a case has, and that no markup is left in them.
#[track_caller]
fn check(name: &str, n_paragraphs: &[usize]) -> Reading {
    let reading = read(name);
    let is_prose = |text: &str| text.split_whitespace().count() > 8;
    let counts: Vec<usize> = reading
        .articles
        .iter()
        .map(|article| article.paragraphs.iter().filter(|paragraph| is_prose(&paragraph.text)).count())
        .collect();
    assert_eq!(counts, n_paragraphs, "{name}");
    for paragraph in reading.articles.iter().flat_map(|article| &article.paragraphs) {
        for sign in
            ["<p>", "=C2", "&lt;", "&#x", "WARC-", "Content-", "CDATA", "LOAD-DATE", "LENGTH", "Length:"]
        {
            assert!(!paragraph.text.contains(sign), "{name}: {}", paragraph.text);
        }
    }
    reading
}

#[track_caller]
fn check_known(reading: &Reading, key: &str, expected: &[&str]) {
    let found: Vec<&str> =
        reading.articles.iter().map(|article| article.known(key).unwrap_or_default()).collect();
    assert_eq!(found, expected, "{key}");
}

#[test]
fn exports_of_databases_are_split_into_their_articles() {
    if folder().is_none() {
        return;
    }
    for name in ["16-lexisnexis/nexis.txt", "16-lexisnexis/nexis-uni.txt", "18-factiva/factiva.txt"] {
        let reading = read(name);
        assert_eq!(reading.articles.len(), 3, "{name}");
        check_known(&reading, "outlet", &["Wexcombe Record"; 3]);
        check_known(&reading, "date", &["2026-02-03", "2026-02-06", "2026-02-07"]);
        let titles: Vec<String> = reading
            .articles
            .iter()
            .map(|article| article.known("title").unwrap_or_default().to_lowercase())
            .collect();
        assert!(titles[0].starts_with("footbridge to close") && titles[1].starts_with("blaze"), "{titles:?}");
        assert!(titles[2].starts_with("leader: three weeks"), "{titles:?}");
        let texts = reading.articles.iter().flat_map(|article| &article.paragraphs);
        for text in texts.map(|paragraph| paragraph.text.to_lowercase()) {
            for sign in ["length", "byline", "load-date", "document", "copyright", "publication-type"] {
                assert!(!text.starts_with(sign), "{name}: {text}");
            }
        }
    }
    let reading = read("16-lexisnexis/long-lead-fields.txt");
    check_known(&reading, "title", &["Blaze at warehouse"]);
    check_known(&reading, "author", &["Pat Writer"]);
    assert_eq!(reading.articles[0].paragraphs.len(), 3);
}

#[test]
fn records_of_web_archives_are_articles() {
    if folder().is_none() {
        return;
    }
    let whole = read("20-warc/crawl.warc");
    assert!(whole.articles.len() > 1);
    let wet = read("20-warc/crawl.warc.wet");
    for (name, whole) in [("20-warc/crawl.warc.gz", &whole), ("20-warc/renamed.txt", &wet)] {
        let texts = |reading: &Reading| -> Vec<String> {
            let articles = reading.articles.iter();
            articles.flat_map(|article| &article.paragraphs).map(|paragraph| paragraph.text.clone()).collect()
        };
        assert_eq!(texts(&read(name)), texts(whole), "{name}");
    }
    for reading in [&whole, &wet] {
        for article in &reading.articles {
            assert!(article.known("url").is_some_and(|url| url.starts_with("https://record.example/")));
            for paragraph in &article.paragraphs {
                assert!(!paragraph.text.contains("WARC-") && !paragraph.text.contains("Content-Length"));
            }
        }
    }
    check("20-warc/curl-i.html", &[12]);
}

#[cfg(feature = "forms")]
#[test]
fn feeds_mails_and_documents_are_read() {
    if folder().is_none() {
        return;
    }
    for name in ["21-feeds/feed.xml", "21-feeds/feed.rss", "21-feeds/feed.atom"] {
        let reading = read(name);
        assert!(!reading.articles.is_empty());
        assert_eq!(reading.articles[0].known("title"), Some("Footbridge to close for eighteen months"));
        assert_eq!(reading.articles[0].known("outlet"), Some("Wexcombe Record"));
        assert!(reading.articles[0].known("date").is_some_and(|date| date.starts_with("2026-02-03")));
    }
    let mail = read("22-mail/news.eml");
    check_known(&mail, "title", &["Footbridge to close"]);
    check_known(&mail, "author", &["Record"]);
    check_known(&mail, "date", &["2026-02-03T10:00:00Z"]);
    assert!(mail.articles[0].paragraphs[1].text.contains("£2.3 million"));
    let page = read("23-office/page.mhtml");
    check_known(&page, "url", &["https://record.example/a"]);
    assert_eq!(read("23-office/article.docx").articles.len(), 1);
    assert_eq!(read("23-office/article-docx.txt").articles.len(), 1);
    assert_eq!(read("23-office/book.epub").articles.len(), 1);
}

#[test]
fn binary_files_are_refused_with_one_error() {
    let Some(folder) = folder() else { return };
    for name in [
        "a.pdf",
        "a.rtf",
        "articles.zip",
        "db.sqlite",
        "old.doc",
        "pdf-named.html",
        "rtf-named.txt",
        "x.xlsx",
    ] {
        let run = Dir::new().run(&format!("score {}", folder.join("23-office").join(name).display()));
        assert_eq!(run.code, 2, "{name}");
        let lines: Vec<&str> = run.stderr.lines().collect();
        assert!(lines[0].contains(name) && lines[0].contains(": found "), "{}", run.stderr);
        assert!(lines.len() == 2 && lines[1].starts_with("hint: "), "{}", run.stderr);
    }
}

#[test]
fn rows_named_txt_are_read_as_rows_with_a_warning() {
    if folder().is_none() {
        return;
    }
    for name in ["36-wrong-name/jsonl.txt", "36-wrong-name/csv.txt"] {
        let reading = read(name);
        assert!(reading.articles.len() > 1, "{name}");
        assert!(reading.warnings.iter().any(|warning| warning.what.contains("holds a table")), "{name}");
        assert_eq!(reading.articles[0].paragraphs.len(), 1, "{name}");
    }
}
