//! Inputs that were rebuilt after bug reports of other tools, in the folder `cases` of `RHETOR_REAL_DATA`.
//!
//! A case is one line: the file, the exit code, the paragraphs that are kept, why the other blocks of the article are
//! dropped, and what the first warning or error says. Blocks outside the article of a page are not counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rhetor::corpus::Corpus;
use rhetor::read::ColumnNames;

use crate::support::{Dir, real_data};

type Case = (&'static str, i32, usize, &'static str, &'static str);

fn check(cases: &[Case]) {
    let Some(folder) = real_data() else { return };
    let dir = Dir::new();
    for (file, code, n_kept, dropped, message) in cases {
        let path = folder.join("cases").join(file);
        let run = dir.run(&format!("read --format jsonl {}", path.display()));
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let records = run.records();
        let dropped_blocks = records.iter().filter_map(|record| record["reason"].as_str());
        dropped_blocks.for_each(|reason| *reasons.entry(reason.to_string()).or_default() += 1);
        reasons.remove("outside article");
        let reasons: Vec<String> = reasons.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
        let n_found = records.iter().filter(|record| record["kept"] == true).count();
        assert_eq!(
            (run.code, n_found, reasons.join(", ").as_str()),
            (*code, *n_kept, *dropped),
            "{file}: {}",
            run.stderr
        );
        let first = run.stderr.lines().next().unwrap_or_default();
        assert!(first.contains(message) && first.is_empty() == message.is_empty(), "{file}: {first}");
    }
}

#[test]
#[rustfmt::skip]
fn nothing_vanishes_from_a_page() {
    check(&[
        ("01-lead-in-h2/page.html", 0, 6, "1 byline, 1 legal, 1 navigation", ""),
        ("02-linked-paragraph/page.html", 0, 7, "1 legal, 1 navigation", ""),
        ("03-br-br/font-br.html", 0, 9, "", ""),
        ("03-br-br/nbsp-br.html", 0, 9, "1 legal, 1 navigation", ""),
        ("03-br-br/page.html", 0, 9, "1 legal, 1 navigation", ""),
        ("03-br-br/single-br.html", 0, 9, "1 legal, 1 navigation", ""),
        ("04-div-only/divs.html", 0, 9, "1 legal, 1 navigation", ""),
        ("04-div-only/list-only.html", 0, 9, "1 legal, 1 navigation", ""),
        ("04-div-only/loose.html", 0, 6, "2 heading, 1 legal, 1 navigation", ""),
        ("05-jsonld-body/graph-teaser.html", 0, 2, "1 legal, 1 navigation, 1 newsletter", "the page shows little text; the article was read from a scri"),
        ("05-jsonld-body/next-data.html", 0, 12, "1 legal, 1 navigation", "the page shows little text; the article was read from a scri"),
        ("05-jsonld-body/only-jsonld.html", 0, 12, "1 legal, 1 navigation", "the page shows little text; the article was read from a scri"),
        ("05-jsonld-body/teaser-plus-body.html", 0, 3, "1 legal, 1 navigation", "the page shows little text; the article was read from a scri"),
        ("06-noscript/lazyimg.html", 0, 8, "1 caption, 1 legal, 1 navigation", ""),
        ("06-noscript/page.html", 0, 8, "1 legal, 1 navigation", ""),
        ("07-pull-quote/page.html", 0, 7, "1 duplicate, 1 legal, 1 navigation", ""),
        ("08-live-blog/page.html", 0, 12, "12 fragment, 13 heading, 1 legal, 1 navigation, 12 share", ""),
        ("11-body-in-landmark/aria-hidden.html", 0, 8, "1 legal, 1 navigation", ""),
        ("11-body-in-landmark/aside-box.html", 0, 7, "1 legal, 1 navigation", ""),
        ("11-body-in-landmark/footer.html", 0, 8, "", ""),
        ("11-body-in-landmark/header-lede.html", 0, 8, "1 legal, 1 navigation", ""),
        ("34-probe-list/div-article.html", 0, 9, "1 legal, 1 navigation", ""),
        ("34-probe-list/dl-lead.html", 0, 9, "8 heading, 1 legal, 1 navigation", ""),
        ("34-probe-list/no-nav.html", 0, 9, "", ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn markup_in_fields_and_texts_is_read() {
    check(&[
        ("26-csv/entity-cells.csv", 0, 15, "", "column `body` holds character references such as `&rsquo;`, "),
        ("26-csv/html-cells.csv", 0, 15, "", "column `body` holds HTML, which is read as a part of a page"),
        ("26-csv/html-one-line.csv", 0, 15, "", "column `body` holds HTML, which is read as a part of a page"),
        ("26-csv/literal-backslash-n.csv", 0, 15, "", "column `text` holds `\\n` in letters, which is read as a line"),
        ("26-csv/python-list.csv", 0, 15, "", "column `text` holds lists of strings, which are read as para"),
        ("27-markdown/post.md", 0, 9, "2 boilerplate, 4 heading, 1 note, 2 table", ""),
        ("27-markdown/toml.md", 0, 9, "2 boilerplate, 4 heading, 1 note, 2 table", ""),
        ("27-markdown/kept-as-txt.txt", 0, 10, "6 boilerplate, 3 fragment, 4 heading, 1 image, 1 navigation, 1 note", ""),
        ("36-wrong-name/fragment.html", 0, 9, "", ""),
        ("36-wrong-name/fragment.txt", 0, 9, "", "this text holds HTML, which is read as a part of a page"),
        ("36-wrong-name/noext", 0, 9, "", "this text holds HTML, which is read as a part of a page"),
        ("36-wrong-name/page.txt", 0, 9, "1 legal, 1 navigation", ""),
        ("24-json-apis/html-escaped.jsonl", 0, 15, "", "column `body` holds HTML, which is read as a part of a page"),
        ("24-json-apis/html-in-string.jsonl", 0, 15, "", "column `body` holds HTML, which is read as a part of a page"),
        ("24-json-apis/html-one-line.jsonl", 0, 15, "", "column `body` holds HTML, which is read as a part of a page"),
        ("24-json-apis/guardian-bodyonly.jsonl", 0, 15, "", "column `fields.body` holds HTML, which is read as a part of "),
    ]);
}

#[test]
#[rustfmt::skip]
fn rows_are_found_in_tables_and_json_of_any_shape() {
    check(&[
        ("24-json-apis/elastic.json", 0, 15, "", ""),
        ("24-json-apis/mediacloud.jsonl", 0, 15, "", ""),
        ("24-json-apis/newsapi-full.json", 0, 15, "", ""),
        ("24-json-apis/newsapi.json", 0, 3, "", ""),
        ("24-json-apis/newsplease.json", 0, 12, "", ""),
        ("24-json-apis/pandas-columns.json", 0, 15, "", ""),
        ("24-json-apis/pandas-split.json", 0, 15, "", ""),
        ("24-json-apis/paragraph-array.jsonl", 0, 15, "", ""),
        ("24-json-apis/rows.json", 0, 15, "", ""),
        ("24-json-apis/trafilatura.json", 0, 12, "", "column `raw_text` has values of more than 1 KB"),
        ("25-telegram/result.json", 0, 12, "1 fragment, 4 image", ""),
        ("37-json-shapes/concat.json", 0, 12, "", ""),
        ("37-json-shapes/data-rows.json", 0, 12, "", ""),
        ("37-json-shapes/lines.json", 0, 12, "", ""),
        ("37-json-shapes/pretty-objects.jsonl", 0, 12, "", ""),
        ("37-json-shapes/pretty.jsonl", 0, 12, "", ""),
        ("37-json-shapes/trailing-comma.json", 0, 12, "", ""),
        ("26-csv/sep-line.csv", 0, 15, "", ""),
        ("26-csv/cr-only.csv", 0, 3, "", ""),
        ("26-csv/index-col.csv", 0, 15, "", ""),
        ("26-csv/nan.csv", 0, 6, "4 boilerplate, 1 fragment", ""),
        ("26-csv/no-header.csv", 2, 0, "", "no column `text`; columns are: 0, Footbridge to close for ei"),
        ("26-csv/one-col.csv", 0, 12, "", ""),
        ("26-csv/para-rows.csv", 0, 15, "", ""),
        ("26-csv/text-and-body.csv", 0, 0, "1 boilerplate, 1 field, 1 heading", "the text is column `text`, not `body`"),
        ("26-csv/title-lines-above.csv", 2, 0, "", "no column `text`; columns are: Export of articles, , "),
        ("26-csv/two-text.csv", 0, 15, "", ""),
        ("26-csv/unclosed-quote.csv", 1, 3, "", "found a quotation mark that swallows 1 line of the table, ex"),
        ("26-csv/unescaped-quote.csv", 1, 2, "", "found 4 columns, expected 2 as in the header"),
        ("26-csv/utf16-tab.csv", 0, 15, "", ""),
        ("39-header-names/article_text.csv", 0, 12, "", ""),
        ("39-header-names/dup-cols.csv", 0, 12, "", "the text is column `text`, not `text`"),
        ("39-header-names/full_text.csv", 0, 12, "", ""),
        ("39-header-names/paragraph.csv", 0, 12, "", ""),
        ("39-header-names/sentence.csv", 0, 12, "", ""),
        ("39-header-names/upper-space.csv", 0, 12, "1 greeting", ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn lines_of_any_width_and_ending_make_paragraphs() {
    check(&[
        ("14-line-ends/cr-only.txt", 0, 12, "", ""),
        ("14-line-ends/crlf.txt", 0, 12, "", ""),
        ("14-line-ends/ls.txt", 0, 12, "", ""),
        ("14-line-ends/one-line-each.txt", 0, 12, "", ""),
        ("15-all-caps/wire.txt", 0, 12, "", ""),
        ("19-pdf-text/layout-two-column.txt", 0, 11, "2 boilerplate", "columns side by side, read line by line; convert the file wi"),
        ("19-pdf-text/noblank.txt", 0, 12, "", ""),
        ("19-pdf-text/pdftotext.txt", 0, 13, "5 heading, 1 navigation", ""),
        ("38-hyphen/compound.txt", 0, 2, "", ""),
        ("38-hyphen/lines.txt", 0, 2, "", ""),
        ("38-hyphen/soft.txt", 0, 2, "1 heading", ""),
        ("38-hyphen/width32-plain.txt", 0, 12, "", ""),
        ("38-hyphen/width40-plain.txt", 0, 12, "", ""),
        ("38-hyphen/width40.txt", 0, 12, "", ""),
        ("38-hyphen/width60-plain.txt", 0, 12, "", ""),
        ("38-hyphen/width60.txt", 0, 12, "", ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn text_is_read_in_its_encoding() {
    check(&[
        ("12-invisible/bidi.txt", 0, 12, "", ""),
        ("12-invisible/page.html", 0, 12, "1 legal, 1 navigation", ""),
        ("12-invisible/plain.html", 0, 12, "1 legal, 1 navigation", ""),
        ("12-invisible/plain.txt", 0, 12, "", ""),
        ("13-encoding/cp1252.txt", 0, 12, "", "not UTF-8, read as windows-1252"),
        ("13-encoding/macroman.txt", 0, 12, "", "not UTF-8, read as windows-1252"),
        ("13-encoding/meta-lies.html", 0, 12, "1 legal, 1 navigation", ""),
        ("13-encoding/mixed.txt", 0, 13, "", "invalid bytes in 3 places, read as U+FFFD"),
        ("13-encoding/mojibake.txt", 0, 12, "", "UTF-8 read as windows-1252 and saved again in 9 places, repa"),
        ("13-encoding/short-cp1252.txt", 0, 1, "", "not UTF-8, read as windows-1252"),
        ("13-encoding/utf16le-nobom.txt", 0, 12, "", ""),
        ("13-encoding/utf7.txt", 0, 12, "", ""),
        ("40-cp1252/apos-pound.csv", 0, 2, "", "not UTF-8, read as windows-1252"),
        ("40-cp1252/apos-pound.txt", 0, 3, "", "not UTF-8, read as windows-1252"),
        ("40-cp1252/apos.csv", 0, 2, "", "not UTF-8, read as windows-1252"),
        ("40-cp1252/apos.txt", 0, 3, "", "not UTF-8, read as windows-1252"),
        ("40-cp1252/euro.csv", 0, 2, "", "not UTF-8, read as windows-1252"),
        ("40-cp1252/euro.txt", 0, 3, "", "not UTF-8, read as windows-1252"),
    ]);
}

#[test]
#[rustfmt::skip]
fn lines_that_are_no_prose_are_dropped() {
    check(&[
        ("09-qa/br.html", 0, 5, "1 heading, 1 legal, 1 navigation", ""),
        ("09-qa/strong.html", 0, 7, "1 heading, 1 legal, 1 navigation", ""),
        ("10-drop-cap/div.html", 0, 4, "1 legal, 1 navigation", ""),
        ("10-drop-cap/img-alt.html", 0, 4, "1 legal, 1 navigation", ""),
        ("10-drop-cap/pdf.txt", 0, 3, "", ""),
        ("10-drop-cap/span.html", 0, 4, "1 legal, 1 navigation", ""),
        ("28-page-bits/amp.html", 0, 9, "1 navigation, 1 newsletter", ""),
        ("28-page-bits/captions.html", 0, 5, "3 caption, 1 legal, 1 navigation", ""),
        ("28-page-bits/details.html", 0, 10, "1 legal, 1 navigation", ""),
        ("28-page-bits/footnotes.html", 0, 4, "1 legal, 1 navigation, 2 note", ""),
        ("28-page-bits/list-lead.html", 0, 9, "1 heading, 1 legal, 1 navigation", ""),
        ("28-page-bits/list-mixed.html", 0, 9, "1 legal, 1 navigation", ""),
        ("28-page-bits/list-nested-p.html", 0, 9, "1 legal, 1 navigation", ""),
        ("28-page-bits/pre-poem.html", 0, 3, "1 heading, 1 legal, 1 navigation", ""),
        ("28-page-bits/read-more.html", 0, 5, "1 legal, 1 navigation, 3 related", ""),
        ("28-page-bits/table.html", 0, 5, "1 legal, 1 navigation, 3 table", ""),
        ("28-page-bits/template.html", 0, 7, "1 legal, 1 navigation", ""),
        ("28-page-bits/wayback.html", 0, 8, "1 legal, 1 navigation", ""),
        ("41-table-cells/html.html", 0, 5, "1 heading, 1 legal, 1 navigation, 4 table", ""),
        ("41-table-cells/md.md", 0, 4, "3 heading, 2 table", ""),
        ("41-table-cells/tabs.txt", 0, 4, "2 heading, 2 table", ""),
        ("42-speakers/colon-lines.txt", 0, 3, "1 boilerplate, 1 heading", ""),
        ("42-speakers/transcript.txt", 0, 4, "1 greeting", ""),
        ("25-telegram/messages.html", 0, 22, "12 byline, 3 duplicate, 12 fragment", ""),
        ("33-leak/short.jsonl", 0, 3, "4 boilerplate, 5 fragment", ""),
    ]);
}

#[test]
#[rustfmt::skip]
fn short_prose_is_kept() {
    check(&[
        ("35-probe-link/direct.html", 0, 6, "1 legal, 1 navigation", ""),
        ("35-probe-link/partial.html", 0, 6, "1 legal, 1 navigation", ""),
        ("43-short-appeal/middle.txt", 0, 4, "", ""),
        ("43-short-appeal/page.html", 0, 4, "1 heading, 1 legal, 1 navigation", ""),
    ]);
}

/// The corpus of a case; `None` without real data.
fn corpus(file: &str) -> Option<Corpus> {
    let path: PathBuf = real_data()?.join("cases").join(file);
    Some(Corpus::read(&[path], &ColumnNames::default()))
}

/// Checks the labels of a corpus, the number of errors, and the warnings by their beginnings.
#[track_caller]
fn check_labels(file: &str, expected: &[(&str, usize)], n_errors: usize, warnings: &[&str]) {
    let Some(corpus) = corpus(file) else { return };
    let counts = corpus.label_counts();
    let counts: Vec<(&str, usize)> = counts.iter().map(|(label, n)| (label.as_str(), *n)).collect();
    assert_eq!(counts, expected, "{file}");
    assert_eq!(corpus.errors.len(), n_errors, "{file}: {:?}", corpus.errors);
    let found: Vec<&str> = corpus.warnings.iter().map(|warning| warning.what.as_str()).collect();
    assert_eq!(found.len(), warnings.len(), "{file}: {found:?}");
    assert!(found.iter().zip(warnings).all(|(found, begin)| found.starts_with(begin)), "{file}: {found:?}");
}

const SIXTY: [(&str, usize); 3] = [("advocacy", 60), ("analysis", 60), ("report", 60)];

#[test]
fn spellings_of_a_label_are_merged() {
    let warnings = [
        "25 labels `ADVOCACY`, `Advocacy` differ from `advocacy` only in case or white space",
        "17 labels `ANALYSIS`, `Analysis` differ",
        "18 labels `REPORT`, `Report` differ",
    ];
    check_labels("30-train-labels/case-space.csv", &SIXTY, 0, &warnings);
}

#[test]
fn missing_labels_are_counted() {
    let counts = [("advocacy", 52), ("analysis", 53), ("report", 46)];
    check_labels("30-train-labels/na-empty.csv", &counts, 15, &["14 rows have no label"]);
}

#[test]
fn labels_of_annotation_tools_are_read() {
    for file in ["array.jsonl", "labels-key.jsonl", "labelstudio.json"] {
        check_labels(&format!("30-train-labels/{file}"), &SIXTY, 0, &[]);
    }
    let accepted = [("advocacy", 55), ("analysis", 53), ("report", 52)];
    check_labels("30-train-labels/prodigy.jsonl", &accepted, 0, &["20 rows have no label"]);
}

#[test]
fn fasttext_labels_may_end_with_a_comma() {
    for file in ["comma.txt", "comma-space.txt", "space.txt", "tab.txt", "crlf.txt"] {
        check_labels(&format!("31-fasttext/{file}"), &SIXTY, 0, &[]);
    }
}

#[test]
fn texts_with_several_labels_are_named() {
    let counts = [("advocacy", 78), ("analysis", 78), ("report", 84)];
    check_labels("32-balance/conflict.csv", &counts, 0, &["60 texts have several labels, such as "]);
}

#[test]
fn texts_of_the_test_in_the_training_corpus_are_counted() {
    let (Some(train), Some(test)) = (corpus("33-leak/train.csv"), corpus("33-leak/test.csv")) else { return };
    let (n_shared, first) = train.shared_with(&test);
    assert_eq!((n_shared, first.is_some()), (40, true));
}

#[test]
fn labels_of_a_test_match_those_of_the_model_in_any_case() {
    let Some(mut test) = corpus("33-leak/test-othercase.csv") else { return };
    test.match_labels(&["report", "advocacy", "analysis"].map(str::to_string));
    assert_eq!(test.label_counts().into_keys().collect::<Vec<_>>(), ["advocacy", "analysis", "report"]);
    assert_eq!(test.warnings.len(), 3);
}

#[test]
fn the_encoding_can_be_named() {
    let Some(folder) = real_data() else { return };
    let path = folder.join("cases/13-encoding/macroman.txt");
    let text = |args: &str| {
        let run = Dir::new().run(&format!("read --format jsonl {args} {}", path.display())).succeeded();
        (run.records()[2]["text"].as_str().unwrap().contains('’'), run.stderr.is_empty())
    };
    assert_eq!(text("--encoding macintosh"), (true, true));
    assert_eq!(text(""), (false, false));
    assert_eq!(Dir::new().run(&format!("read --encoding none {}", path.display())).code, 2);
}

#[test]
fn repaired_text_has_its_characters_back() {
    let Some(folder) = real_data() else { return };
    let texts = |name: &str| -> Vec<String> {
        let path: &Path = &folder.join("cases/13-encoding").join(name);
        let records =
            Dir::new().run(&format!("read --format jsonl {}", path.display())).succeeded().records();
        records.iter().map(|record| record["text"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(texts("mojibake.txt"), texts("utf16le-nobom.txt"));
}
