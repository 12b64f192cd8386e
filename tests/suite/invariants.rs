//! What holds for any input: the checks of the fuzz targets in `fuzz/`, of the properties, and of the inputs in
//! `tests/regressions/`. Only the public names of the library are used.
//!
//! Each function takes the bytes of an input and panics where something does not hold.

use std::path::Path;
use std::sync::LazyLock;

use rhetor::article::SpanOf;
use rhetor::read::{Articles, ColumnNames, ReadOptions};
use rhetor::score::filter_by_rules;
use rhetor::{
    Article, Evidence, Labelling, Model, Outcome, Paragraph, Reasons, ScoreOptions, article_from_text,
};

static MODEL: LazyLock<Model> = LazyLock::new(|| Model::embedded().unwrap());

/// The bytes as a web page, and through the rules of the filter, which look at its parts.
pub(crate) fn page(bytes: &[u8]) {
    for article in read_as("a.html", bytes, &ReadOptions::default()) {
        // One verdict for each block: what is kept and what is dropped make up all.
        assert_eq!(filter_by_rules(&article).len(), article.paragraphs.len());
    }
}

/// The bytes as a table of each kind, its rows articles and paragraphs.
pub(crate) fn table(bytes: &[u8]) {
    for name in ["a.csv", "a.tsv", "a.jsonl", "a.json"] {
        for rows_are_paragraphs in [false, true] {
            read_as(name, bytes, &ReadOptions { rows_are_paragraphs, ..ReadOptions::default() });
        }
    }
}

/// The bytes as plain text, as Markdown, and as a file whose content tells its form; where they are UTF-8, as a
/// cell and a JSON string, too.
pub(crate) fn text(bytes: &[u8]) {
    for name in ["a.txt", "a.md", "a"] {
        read_as(name, bytes, &ReadOptions::default());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_cell(text);
        check_plain_text(&article_from_text(text), text);
    }
}

/// The bytes as a feed and as an export of WordPress.
pub(crate) fn feed(bytes: &[u8]) {
    read_as("a.rss", bytes, &ReadOptions::default());
    let items = [b"<rss><channel><item><content:encoded>".as_slice(), bytes].concat();
    read_as("a.xml", &items, &ReadOptions::default());
}

/// The bytes as a mail, a page in MHTML and a mailbox.
pub(crate) fn mail(bytes: &[u8]) {
    for name in ["a.eml", "a.mhtml"] {
        read_as(name, bytes, &ReadOptions::default());
    }
    let parts = [b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n".as_slice(), bytes].concat();
    read_as("a.eml", &parts, &ReadOptions::default());
    let mailbox = [b"From a Tue Feb  3 10:00:00 2026\n".as_slice(), bytes].concat();
    read_as("a.mbox", &mailbox, &ReadOptions::default());
}

/// The bytes as records of a web archive, and as the response in one.
pub(crate) fn warc(bytes: &[u8]) {
    read_as("a.warc", &[b"WARC/1.0\n".as_slice(), bytes].concat(), &ReadOptions::default());
    let header = format!("WARC/1.0\nWARC-Type: response\nContent-Length: {}\n\n", bytes.len() + 16);
    let record = [header.as_bytes(), b"HTTP/1.1 200 OK\n", bytes].concat();
    read_as("a.warc", &record, &ReadOptions::default());
}

/// The bytes as a page that Safari saved.
pub(crate) fn webarchive(bytes: &[u8]) {
    read_as("a.webarchive", &[b"bplist00".as_slice(), bytes].concat(), &ReadOptions::default());
}

/// The bytes as the main entry of each kind of document.
pub(crate) fn document(bytes: &[u8]) {
    let opened = b"<rootfile full-path='a.opf'/>".as_slice();
    let sheet =
        b"<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>".as_slice();
    let workbook =
        b"<workbook><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>".as_slice();
    let documents: [&[(&str, &[u8])]; 5] = [
        &[("word/document.xml", bytes)],
        &[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", bytes)],
        &[("META-INF/container.xml", opened), ("a.opf", bytes), ("a.xhtml", bytes)],
        &[("mimetype", b"application/epub+zip"), ("a.xhtml", bytes)],
        &[
            ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", sheet),
            ("xl/worksheets/sheet1.xml", bytes),
        ],
    ];
    for entries in documents {
        read_as("a", &stored(entries), &ReadOptions::default());
    }
    read_as("a.docx", &[b"PK\x03\x04".as_slice(), bytes].concat(), &ReadOptions::default());
}

/// A ZIP archive of entries that are not compressed.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let size = (content.len() as u32).to_le_bytes();
        let shared = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size].concat();
        let name_length = (name.len() as u16).to_le_bytes();
        let offset = (archive.len() as u32).to_le_bytes();
        directory.extend(
            [b"PK\x01\x02\x14\0", &shared[..], &name_length, &[0; 12], &offset, name.as_bytes()].concat(),
        );
        archive
            .extend([b"PK\x03\x04", &shared[..], &name_length, &[0, 0], name.as_bytes(), content].concat());
    }
    let n = (entries.len() as u16).to_le_bytes();
    let (size, offset) = ((directory.len() as u32).to_le_bytes(), (archive.len() as u32).to_le_bytes());
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &n, &n, &size, &offset, &[0, 0]].concat();
    [archive, directory, end].concat()
}

/// The bytes as the exports of databases.
pub(crate) fn export(bytes: &[u8]) {
    for head in [
        "1 of 2 DOCUMENTS\n",
        "Body\nEnd of Document\n",
        "Full text:\nPublication title: a\n",
        "HD\nLP\nWC\n",
    ] {
        read_as("a.txt", &[head.as_bytes(), bytes].concat(), &ReadOptions::default());
    }
}

/// The bytes, as far as they are text, through tokens, features, filter and labels.
pub(crate) fn scores(bytes: &[u8]) {
    let article = article_from_text(&String::from_utf8_lossy(bytes));
    check_scores(&MODEL, &article, 1e-9);
}

/// The articles that the bytes hold under a file's name, each checked; none where they are refused.
pub(crate) fn read_as(name: &str, bytes: &[u8], options: &ReadOptions) -> Vec<Article> {
    let Ok(articles) = Articles::from_reader(Path::new(name), std::io::Cursor::new(bytes.to_vec()), options)
    else {
        return Vec::new();
    };
    let source = decoded(bytes);
    let articles: Vec<Article> = articles.flat_map(|reading| reading.articles).collect();
    for article in &articles {
        match article.span_of {
            SpanOf::Extracted => check_extracted(article),
            SpanOf::Source => {
                check_order(&article.paragraphs);
                source.iter().for_each(|source| check_slices(&article.paragraphs, source));
            }
            // Rows of one `doc` have spans of their own.
            SpanOf::Field => article.paragraphs.iter().for_each(|p| assert!(p.start <= p.end)),
        }
        for paragraph in &article.paragraphs {
            assert!(!paragraph.text.contains(['\n', '\t']), "{:?}", paragraph.text);
        }
    }
    articles
}

/// The text that spans into the source point into, where the bytes tell it by themselves.
fn decoded(bytes: &[u8]) -> Option<&str> {
    // A Zstandard archive may begin with bytes that are text.
    let is_archive = bytes.get(1..4) == Some(b"*M\x18");
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0') && !is_archive)?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Blocks begin and end in order, and do not overlap.
fn check_order(paragraphs: &[Paragraph]) {
    let mut end = 0;
    for paragraph in paragraphs {
        assert!(end <= paragraph.start && paragraph.start <= paragraph.end, "{paragraph:?} after {end}");
        end = paragraph.end;
    }
}

fn check_slices(paragraphs: &[Paragraph], source: &str) {
    for paragraph in paragraphs {
        assert!(source.get(paragraph.start..paragraph.end).is_some(), "{paragraph:?}");
    }
}

/// The spans of a page's blocks are those of their texts joined by blank lines.
fn check_extracted(article: &Article) {
    let mut start = 0;
    for paragraph in &article.paragraphs {
        assert_eq!((paragraph.start, paragraph.end), (start, start + paragraph.text.len()), "{paragraph:?}");
        start = paragraph.end + "\n\n".len();
    }
}

/// Blocks of plain text are slices whose letters they have; all letters stand in some block, but for those of
/// front matter and of labels.
fn check_plain_text(article: &Article, text: &str) {
    check_order(&article.paragraphs);
    check_slices(&article.paragraphs, text);
    if may_have_markup(text) {
        return;
    }
    for paragraph in &article.paragraphs {
        assert_eq!(letters(&paragraph.text), letters(&text[paragraph.start..paragraph.end]));
    }
    let may_be_labelled = text.lines().any(|line| line.trim().starts_with('['));
    if article.metadata.is_empty() && !may_be_labelled {
        let read: String = article.paragraphs.iter().map(|paragraph| letters(&paragraph.text)).collect();
        assert_eq!(read, letters(text));
    }
}

/// Whether a text may have markup, which is not read as text.
fn may_have_markup(text: &str) -> bool {
    text.contains(['<', '&', '[', '\\'])
}

/// A text in a table is read as it is, in delimited columns as well as in JSON.
fn check_cell(text: &str) {
    if may_have_markup(text) {
        return;
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "text"]).unwrap();
    writer.write_record(["1", text]).unwrap();
    let columns = ColumnNames { delimiter: Some(b','), ..ColumnNames::default() };
    let csv =
        read_as("a.csv", &writer.into_inner().unwrap(), &ReadOptions { columns, ..ReadOptions::default() });
    let json = serde_json::json!({"id": "1", "text": text}).to_string();
    let json = read_as("a.jsonl", json.as_bytes(), &ReadOptions::default());
    // JSON escapes all control characters but one, and with too many of them a file is taken for binary.
    if json.is_empty() {
        assert!(text.contains('\u{7f}'), "a row is lost");
        return;
    }
    json.iter().for_each(|article| check_slices(&article.paragraphs, text));
    let read: String =
        json.iter().flat_map(|article| &article.paragraphs).map(|p| letters(&p.text)).collect();
    assert_eq!(read, letters(text));
    // A file with too many control characters is taken for binary, and a NUL for no character.
    if !csv.is_empty() && !text.contains('\0') {
        assert_eq!(
            csv,
            json.iter().map(|a| Article { source: "a.csv".into(), ..a.clone() }).collect::<Vec<_>>()
        );
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Every block has an outcome, and every label its probabilities, which make 1 to `rounding`, and the sum of its
/// evidence.
pub(crate) fn check_scores(model: &Model, article: &Article, rounding: f64) {
    for context in [true, false] {
        let outcomes = model
            .score(article, ScoreOptions { context, n_evidence: 3, n_reasons: 3, ..ScoreOptions::default() });
        assert_eq!(outcomes.len(), article.paragraphs.len());
        for outcome in outcomes {
            if let Outcome::Labelled(labelling) = outcome {
                check_probabilities(&labelling, rounding);
                let evidence = labelling.evidence.as_ref().unwrap();
                check_evidence(evidence);
                check_reasons(labelling.reasons.as_ref().unwrap(), evidence);
            }
        }
    }
}

/// The reasons add up to the score, and what they say about the paragraph itself to the sum of its features.
fn check_reasons(reasons: &Reasons, evidence: &Evidence) {
    let weights = reasons.phrases.iter().map(|p| p.weight).chain(reasons.style.iter().map(|s| s.weight));
    let own: f64 = weights.chain([reasons.rest]).sum();
    let features: f64 = evidence.features.iter().map(|f| f.weight).sum::<f64>() + evidence.rest;
    let size = evidence.score.abs().max(own.abs()).max(1.0);
    assert!((reasons.sum() - evidence.score).abs() < 1e-6 * size, "{reasons:?}");
    assert!((own - features).abs() < 1e-6 * size, "{reasons:?} {evidence:?}");
}

fn check_probabilities(labelling: &Labelling, rounding: f64) {
    let Labelling { label, probabilities, .. } = labelling;
    assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{probabilities:?}");
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < rounding, "{probabilities:?}");
    assert!(probabilities.iter().all(|p| *p <= probabilities[*label]), "{probabilities:?}");
}

/// The addends make up the score, to rounding.
fn check_evidence(evidence: &Evidence) {
    let named = evidence.features.iter().map(|feature| feature.weight);
    let addends: Vec<f64> = named.chain([evidence.baseline, evidence.neighbours, evidence.rest]).collect();
    let size = addends.iter().map(|addend| addend.abs()).fold(1.0, f64::max);
    assert!((addends.iter().sum::<f64>() - evidence.score).abs() < 1e-6 * size, "{evidence:?}");
}
