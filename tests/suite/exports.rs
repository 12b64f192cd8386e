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
    let unnumbered = regex::Regex::new(r"(?m)^AN   .*\n").unwrap().replace_all(&spaced, "").into_owned();
    check(&unnumbered, expected);
    let plain = |title: &str, n: usize| {
        format!(
            "{title}\n\nBy Ann Lee\n20 words\n3 February 2026\nHarbour Post\nHARB\nEnglish\n(c) 2026, Post Ltd.\n\n\
             {FIRST}\n\n{SECOND}\n\nDocument HARB000020260203em230000{n}\n\n"
        )
    };
    check(&(plain("One", 1) + &plain("Two", 2)), expected);
}

/// Reads a page and checks title, author, date, outlet and texts of the articles.
#[track_caller]
fn check_page(content: &str, expected: &[([&str; 4], &[&str])]) {
    let dir = Dir::new();
    let path = dir.write("export.html", content);
    let reading = read_path(&path, &ReadOptions::default()).unwrap();
    assert_eq!(reading.articles.len(), expected.len(), "{:?}", reading.articles);
    for (number, (article, (known, texts))) in reading.articles.iter().zip(expected).enumerate() {
        let found = ["title", "author", "date", "outlet"].map(|key| article.known(key).unwrap_or_default());
        assert_eq!(&found, known, "{:?}", article.metadata);
        let found: Vec<&str> = article.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        assert_eq!(&found, texts);
        assert_eq!((article.span_of, article.paragraphs[0].row), (SpanOf::Extracted, Some(number + 1)));
    }
    assert!(reading.warnings[0].what.contains("an export of"), "{:?}", reading.warnings);
}

#[test]
fn documents_in_pages_of_nexis_are_articles() {
    let div = |class: &str, text: &str| {
        format!("<BR><DIV CLASS=\"{class}\"><P CLASS=\"c6\"><SPAN CLASS=\"c2\">{text}</SPAN></P>\n</DIV>\n")
    };
    let field = |label: &str, text: &str| div("c5", &format!("{label}: </SPAN><SPAN CLASS=\"c2\">{text}"));
    let document = |n: usize, title: &str, [author, length]: [&str; 2], date: &str| {
        format!(
            "<A NAME=\"DOC_ID_0_{n}\"></A><!-- Hide XML section from browser\n<DOC NUMBER={n}>\n<DOCFULL> -->\n{}{}{}{}{}{}\
             <BR><DIV CLASS=\"c5\"><P CLASS=\"c9\"><SPAN CLASS=\"c2\">{FIRST}</SPAN></P>\n<P CLASS=\"c9\"><SPAN \
             CLASS=\"c2\">It is likely to need a </SPAN><SPAN CLASS=\"c4\">larger</SPAN><SPAN CLASS=\"c2\">{}</SPAN></P>\
             <P CLASS=\"c9\"></P></DIV>\n{}{}<!-- Hide XML section from browser\n</DOCFULL>\n</DOC> -->\n<DIV \
             CLASS=\"c10\"/>\n",
            div("c0", &format!("{n} of 2 DOCUMENTS")),
            div("c3", "Harbour Post"),
            div("c3", date),
            div("c5", title),
            field(author, "Ann Lee"),
            field(length, "20 words"),
            &SECOND["It is likely to need a larger".len()..],
            field("LOAD-DATE", "February 4, 2026"),
            div("c3", "Copyright 2026 Post Ltd."),
        )
    };
    let page = format!(
        "<HTML>\n<HEAD>\n<STYLE TYPE=\"text/css\"><!--\n.c0 {{ text-align: center; }}\n.c3 {{ text-align: center; \
         margin-left: 13%; }}\n.c5 {{ text-align: left; }}\n--></STYLE>\n<!-- LXNComment 1:2 -->\n<TITLE>&nbsp;</TITLE>\
         </HEAD>\n<BODY>\n{}{}</BODY></HTML>\n",
        document(
            1,
            "Tram line<BR>approved",
            ["BYLINE", "LENGTH"],
            "February 3, 2026 Tuesday<BR>Late Edition"
        ),
        document(2, "Zweiter", ["AUTOR", "LÄNGE"], "3. Februar 2026"),
    );
    let texts: &[&str] = &[FIRST, SECOND];
    check_page(
        &page,
        &[
            (["Tram line approved", "Ann Lee", "2026-02-03", "Harbour Post"], texts),
            (["Zweiter", "Ann Lee", "3. Februar 2026", "Harbour Post"], texts),
        ],
    );
}

#[test]
fn documents_in_pages_of_factiva_are_articles_with_codes_or_without() {
    let page = |articles: String| {
        format!(
            "<html><head><title>Factiva</title><style>.article {{page-break-after:always;}}{}</style></head><body><form>\
             <div id=\"contentWrapper\">{articles}</div></form><div><span class=\"copyright\">© 2026 Factiva, \
             Inc.</span></div></body></html>",
            ".x{}".repeat(30_000)
        )
    };
    let paragraphs = format!(
        "<p class=\"articleParagraph enarticleParagraph\">{FIRST}</p>\n<p class=\"articleParagraph \
         enarticleParagraph\">{SECOND}</p>\n"
    );
    let plain = |title: &str, id: usize| {
        format!(
            "<span></span><div id=\"article-H{id}\" class=\"article\"><div class=\"article enArticle\"><p>\n</p><div>News\
             </div>\n<div id=\"hd\"><span class=\"enHeadline\">{title}</span>\n</div><div class=\"author\">By Ann Lee </div>\
             <div>20 words</div><div>3 February 2026</div><div>10:22</div><div>Harbour Post</div><div>HARB</div>\
             <div>English</div><div>(c) 2026 Post Ltd. </div>\n<p></p>\n{paragraphs}<p>Post Ltd.</p><p>Document \
             HARB000020260203em230000{id}</p></div></div><br>"
        )
    };
    let row = |code: &str, value: &str| {
        format!("<tr><td class=\"index\"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>\n")
    };
    let coded = |title: &str, id: usize| {
        let rows = [
            row("HD", &format!("<b class='enHeadline'>{title}</b>\n")),
            row("BY", "By Ann Lee"),
            row("WC", "20 words"),
            row("PD", "3 February 2026"),
            row("SN", "Harbour Post"),
            row("LP", &paragraphs[..paragraphs.find('\n').unwrap()]),
            row("TD", &paragraphs[paragraphs.find('\n').unwrap()..]),
            row("NS", "gcat : Political/General News"),
            row("AN", &format!("Document HARB000020260203em230000{id}")),
        ];
        format!("<div class=\"article enArticle\"><table>{}</table><br/></div><br/>", rows.concat())
    };
    let known = |title| [title, "Ann Lee", "2026-02-03", "Harbour Post"];
    let expected: &[([&str; 4], &[&str])] =
        &[(known("One"), &[FIRST, SECOND]), (known("Two"), &[FIRST, SECOND])];
    check_page(&page(plain("One", 1) + &plain("Two", 2)), expected);
    check_page(&page(coded("One", 1) + &coded("Two", 2)), expected);
}

#[test]
fn texts_that_were_put_together_are_articles_if_each_has_a_head() {
    let texts: &[&str] = &[FIRST, SECOND];
    let body = format!("{FIRST}\n\n{SECOND}\n\n");
    let known = ["Tram", "Ann Lee", "2026-02-03", "Post"];
    for head in [
        "---\nheadline: Tram\nauthors: [Ann Lee]\npublished: 2026-02-03\noutlet: Post\n---\n",
        "Title: Tram\nAuthor: Ann Lee\nDate: 3 February 2026\nSource: Post\n\n",
        "Record: 1\nTitle:\n  Tram\nAuthors:\n  Ann Lee\nSource:\n  Post\nPublication Date: 2026-02-03\nISSN: 1\n\n",
    ] {
        check(&format!("{head}{body}").repeat(3), &[(known, texts), (known, texts), (known, texts)]);
    }
    let reading = read(&format!("* * *\n\nTram\nBy Ann Lee\n\n{body}").repeat(2));
    let titles: Vec<_> = reading.articles.iter().map(|article| article.known("title")).collect();
    assert_eq!(titles, [Some("Tram"); 2]);
    let dir = Dir::new();
    let path = dir.write("a.md", format!("# Tram *line*\n\n*By Ann Lee*\n\n{body}").repeat(2));
    let reading = read_path(&path, &ReadOptions::default()).unwrap();
    assert_eq!(reading.articles.len(), 2);
    assert_eq!(reading.articles[1].paragraphs[0].text, "Tram line");
}

#[test]
fn a_text_that_looks_like_many_articles_gives_a_warning() {
    let article = format!("{FIRST}\n\n{SECOND}\n\n");
    for sign in
        ["----------\n\n", "Title: Tram\n\n", "* * * * *\n\n", "---\n\nThe tram\n\n", "* * *\nThe tram\n\n"]
    {
        let reading = read(&format!("{sign}{article}").repeat(4));
        assert_eq!(reading.articles.len(), 1);
        assert!(reading.warnings[0].what.contains("looks like many articles"), "{:?}", reading.warnings);
    }
    let dir = Dir::new();
    let path = dir.write("a.md", format!("# Tram\n\n{}", article.repeat(5)).repeat(3));
    let what = &read_path(&path, &ReadOptions::default()).unwrap().warnings[0].what;
    assert!(what.contains("looks like many articles (`#` 3 times)"), "{what}");
    for text in [
        article.repeat(5),
        format!("Title: T\nAuthor: A\nDate: D\nSource: S\n\n{article}"),
        format!("{article}***\n\n").repeat(4),
    ] {
        assert!(read(&text).warnings.is_empty(), "{text}");
    }
}
