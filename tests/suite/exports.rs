//! Text files that hold many articles, as databases export them.

use rhetor::article::SpanOf;
use rhetor::read::{ReadOptions, Reading, read_path};

use crate::support::Dir;

/// Reads a file and checks that the spans of its paragraphs point to their texts.
fn read(content: &str) -> Reading {
    let dir = Dir::new();
    let path = dir.write("export.txt", content);
    let reading = read_path(&path, &ReadOptions::default()).unwrap();
    for article in &reading.articles {
        assert_eq!(article.span_of, SpanOf::Source);
        for paragraph in &article.paragraphs {
            let slice =
                content[paragraph.start..paragraph.end].split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(slice, paragraph.text);
            let before = content[..paragraph.start].chars().count();
            assert_eq!(paragraph.characters.start, before);
        }
    }
    reading
}

/// Checks title, author, date, outlet and texts of the articles.
#[track_caller]
fn check(content: &str, expected: &[([&str; 4], &[&str])]) {
    let reading = read(content);
    assert_eq!(reading.articles.len(), expected.len(), "{:?}", reading.articles);
    for (article, (known, texts)) in reading.articles.iter().zip(expected) {
        let found = ["title", "author", "date", "outlet"].map(|key| article.known(key).unwrap_or_default());
        assert_eq!(&found, known, "{:?}", article.metadata);
        let found: Vec<&str> = article.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        assert_eq!(&found, texts);
    }
}

const FIRST: &str = "The council voted on Tuesday to build the tram line – at last.";
const SECOND: &str = "It is likely to need a larger subsidy, because fares cover only part of the cost.";

#[test]
fn documents_of_nexis_are_articles() {
    let document = |n: usize, title: &str, fields: &str| {
        format!(
            "\n\n                    {n} of 2 DOCUMENTS\n\n\n                    Harbour Post\n\n              \
             February 3, 2026 Tuesday\n                   Final Edition\n\n{title}\n\n{fields}LENGTH: 20 words\n\n\
             {FIRST}\n\n{SECOND}\n\nLOAD-DATE: February 4, 2026\n\nLANGUAGE: ENGLISH\n\n\n            Copyright 2026 \
             Post Ltd.\n                All Rights Reserved\n"
        )
    };
    let file = document(1, "Tram line\napproved", "BYLINE: By Ann Lee\n\nSECTION: NEWS; Pg. 3\n\n")
        + &document(2, "Second", "DATELINE: WEXCOMBE\n\n");
    check(
        &file,
        &[
            (["Tram line approved", "Ann Lee", "2026-02-03", "Harbour Post"], &[FIRST, SECOND]),
            (["Second", "", "2026-02-03", "Harbour Post"], &[FIRST, SECOND]),
        ],
    );
    let article = &read(&file).articles[0];
    for (key, value) in
        [("section", "NEWS; Pg. 3"), ("load_date", "February 4, 2026"), ("edition", "Final Edition")]
    {
        assert_eq!(article.known(key), Some(value));
    }
    check(
        &file.replace('\n', "\r\n"),
        &[
            (["Tram line approved", "Ann Lee", "2026-02-03", "Harbour Post"], &[FIRST, SECOND]),
            (["Second", "", "2026-02-03", "Harbour Post"], &[FIRST, SECOND]),
        ],
    );
}

#[test]
fn fields_without_numbers_are_nexis_too() {
    let file = format!(
        "HEADLINE: One\n\nBYLINE: Ann Lee\n\nBODY:\n\n{FIRST}\n\nLOAD-DATE: May 1, 2026\n\n\
        HEADLINE: Two\n\nBODY: {SECOND}\n"
    );
    check(&file, &[(["One", "Ann Lee", "", ""], &[FIRST]), (["Two", "", "", ""], &[SECOND])]);
}

#[test]
fn documents_of_nexis_uni_are_articles_and_its_cover_is_not() {
    let document = |title: &str, last: &str| {
        format!(
            "\n\n{title}\nHarbour Post\nFebruary 3, 2026 Tuesday\n\nCopyright 2026 Post Ltd. All Rights Reserved\n\
             Section: NEWS; Pg. 3\nLength: 20 words\nByline: Ann Lee\nBody\n\n{FIRST}\n\n{SECOND}\n\n{last}Load-Date: \
             February 4, 2026\n\nEnd of Document\n"
        )
    };
    let file = format!(
        "User Name: J Doe\nDate and Time: Tuesday, March 3, 2026 10:22:00 AM GMT\nJob Number: 1\n\nDocuments (2)\n\n\
         1. One\nClient/Matter: -None-\nSearch Terms: tram\n{}{}",
        document("One", "Graphic\n\n The tram\n"),
        document("Two", "")
    );
    let known = |title| [title, "Ann Lee", "2026-02-03", "Harbour Post"];
    check(&file, &[(known("One"), &[FIRST, SECOND]), (known("Two"), &[FIRST, SECOND])]);
    assert_eq!(read(&file).articles[0].known("graphic"), Some("The tram"));
}

#[test]
fn documents_of_proquest_are_articles() {
    let rule = "_".repeat(60);
    let document = |title: &str, text: &str| {
        format!(
            "{rule}\n\nTitle: {title}\n\nAuthor: Lee, Ann\n\n{text}\n\nSubject: Trams; Councils\n\nPublication title: \
             Harbour Post; Wexcombe\n\nPublication date: Feb 3, 2026\n\nProQuest document ID: 1\n\nDocument URL: \
             https://p.example/1\n\n"
        )
    };
    let file = document(
        "One",
        &format!("Full text: {FIRST}\n\nLocation: that is what counts in the end.\n\n{SECOND}"),
    ) + &document("Two", &format!("Abstract: {SECOND}"))
        + &rule;
    let known = |title| [title, "Lee, Ann", "2026-02-03", "Harbour Post; Wexcombe"];
    let reading = read(&file);
    assert_eq!(reading.articles.len(), 2);
    check(
        &file.replace("Location: that is what counts in the end.\n\n", ""),
        &[(known("One"), &[FIRST, SECOND]), (known("Two"), &[SECOND])],
    );
}

#[test]
fn documents_of_factiva_are_articles_with_codes_or_without() {
    let fields = |title: &str, n: usize| {
        format!(
            "HD\n{title}\n\nBY\nBy Ann Lee\n\nWC\n20 words\n\nPD\n3 February 2026\n\nSN\nHarbour Post\n\nSC\nHARB\n\nLA\n\
             English\n\nCY\n(c) 2026, Post Ltd.\n\nLP\n{FIRST}\n\nTD\n{SECOND}\n\nAN\nDocument \
             HARB000020260203em230000{n}\n\n\n"
        )
    };
    let known = |title| [title, "Ann Lee", "2026-02-03", "Harbour Post"];
    let expected: &[([&str; 4], &[&str])] =
        &[(known("One"), &[FIRST, SECOND]), (known("Two"), &[FIRST, SECOND])];
    check(&(fields("One", 1) + &fields("Two", 2)), expected);
    let spaced = fields("One", 1) + &fields("Two", 2);
    let spaced = regex::Regex::new(r"(?m)^([A-Z]{2})\n").unwrap().replace_all(&spaced, "$1   ").into_owned();
    check(&spaced, expected);
    let plain = |title: &str, n: usize| {
        format!(
            "{title}\n\nBy Ann Lee\n20 words\n3 February 2026\nHarbour Post\nHARB\nEnglish\n(c) 2026, Post Ltd.\n\n\
             {FIRST}\n\n{SECOND}\n\nDocument HARB000020260203em230000{n}\n\n"
        )
    };
    check(&(plain("One", 1) + &plain("Two", 2)), expected);
}

#[test]
fn a_text_that_looks_like_many_articles_gives_a_warning() {
    let article = format!("{FIRST}\n\n{SECOND}\n\n");
    for sign in ["----------\n\n", "Title: Tram\n\n", "* * * * *\n\n"] {
        let reading = read(&format!("{sign}{article}").repeat(4));
        assert_eq!(reading.articles.len(), 1);
        assert!(reading.warnings[0].what.contains("looks like many articles"), "{:?}", reading.warnings);
    }
    for text in [
        article.repeat(5),
        format!("Title: T\nAuthor: A\nDate: D\nSource: S\n\n{article}"),
        format!("{article}***\n\n").repeat(4),
    ] {
        assert!(read(&text).warnings.is_empty(), "{text}");
    }
}
