//! Documents, books and workbooks, in builds with the feature `forms`.

use std::io::Write;

use crate::forms::{ONE, TWO, articles, check_damaged, check_known, check_texts, page, read};
use crate::support::{Dir, project};

fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let document = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let core =
        "<cp:coreProperties><dc:title>Core</dc:title><dc:creator>Ann Lee</dc:creator></cp:coreProperties>";
    zip(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document), ("docProps/core.xml", core)])
}

#[test]
fn paragraphs_of_word_are_blocks() {
    let two = TWO.replace('&', "&amp;");
    let (start, end) = two.split_at(30);
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>\
         <w:p><w:r><w:t>{ONE}</w:t></w:r></w:p><w:p/>\
         <w:p><w:r><w:t xml:space='preserve'>{start}</w:t></w:r><w:del><w:r><w:delText>no</w:delText></w:r></w:del>\
         <w:r><w:t>{end}</w:t></w:r></w:p>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Greens</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1,204</w:t></w:r></w:p>\
         </w:tc></w:tr></w:tbl>"
    );
    let file = docx(&body);
    for name in ["a.docx", "a.txt", "a"] {
        let articles = articles(name, &file);
        check_texts(&articles[0], &["Head", ONE, TWO, "Greens | 1,204"]);
        check_known(&articles[0], &[("title", "Core"), ("author", "Ann Lee")]);
        assert!(articles[0].paragraphs[0].heading && !articles[0].paragraphs[1].heading);
    }
    check_damaged("a.docx", &file[..file.len() / 2], 0, "cannot be read as ZIP archive");
    check_damaged("a.docx", docx(&"<w:p>".repeat(10_000)), 0, "nested more than 512 deep");
    check_damaged("a.docx", zip(&[("a.txt", ONE)]), 0, "found a ZIP archive, expected text");
    check_damaged("a.docx", "Not a document", 0, "does not begin like one");
}

#[test]
fn bombs_are_errors() {
    let dir = Dir::new();
    let (mut writer, zeros) = (zip::ZipWriter::new(std::io::Cursor::new(Vec::new())), vec![b' '; 1 << 20]);
    writer.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..600 {
        writer.write_all(&zeros).unwrap();
    }
    let bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    dir.write("a.docx", bomb);
    let run = dir.run("score a.docx");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("decompresses to more than 512 MB"), "{}", run.stderr);
}

#[test]
fn paragraphs_of_open_document_are_blocks() {
    let content = format!(
        "<office:document-content><office:automatic-styles><style:style style:name='P1' \
         style:parent-style-name='Quotations'/></office:automatic-styles><office:body><office:text>\
         <text:h>Head</text:h><text:p>{ONE}</text:p><text:p text:style-name='P1'>{}<text:note>No</text:note></text:p>\
         </office:text></office:body></office:document-content>",
        TWO.replace(" only", "<text:s/><text:span>only</text:span>").replace('&', "&amp;")
    );
    let meta = "<office:document-meta><dc:title>T</dc:title></office:document-meta>";
    let file = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &content),
        ("meta.xml", meta),
    ]);
    let reading = read("a.odt", &file).unwrap();
    check_texts(&reading.articles[0], &["Head", ONE, TWO]);
    check_known(&reading.articles[0], &[("title", "T")]);
    assert!(reading.articles[0].paragraphs[2].quoted);
    assert_eq!(reading.warnings[0].what, "footnotes and endnotes were not read");
}

#[test]
fn chapters_of_a_book_are_articles_in_reading_order() {
    let chapter = |title: &str| page(title).replace("<!DOCTYPE html>", "<?xml version='1.0'?>");
    let opf = "<package><metadata><dc:title>Book</dc:title><dc:creator>Ann Lee</dc:creator></metadata><manifest>\
               <item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
               <item id='b' href='two%20.xhtml' media-type='application/xhtml+xml'/>\
               <item id='a' href='one.xhtml' media-type='application/xhtml+xml'/></manifest>\
               <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/></spine></package>";
    let container = "<container><rootfiles><rootfile full-path='OEBPS/x.opf'/></rootfiles></container>";
    let (one, two) = (chapter("One"), chapter("").replace("<title></title>", "<title/>"));
    let file = zip(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OEBPS/x.opf", opf),
        ("OEBPS/two .xhtml", &two),
        ("OEBPS/one.xhtml", &one),
    ]);
    let articles = articles("a.epub", &file);
    assert_eq!(articles.len(), 2);
    check_known(&articles[0], &[("title", "One"), ("book", "Book"), ("author", "Ann Lee")]);
    check_known(&articles[1], &[("title", "Book")]);
    check_texts(&articles[1], &[ONE, TWO]);
    let lost = zip(&[("META-INF/container.xml", container), ("OEBPS/x.opf", opf), ("OEBPS/one.xhtml", &one)]);
    check_damaged("a.epub", lost, 1, "it has no chapter OEBPS/two .xhtml");
    let bare = zip(&[("mimetype", "application/epub+zip"), ("a.xhtml", &one)]);
    let reading = read("a.epub", bare).unwrap();
    assert_eq!(reading.articles.len(), 1);
    assert!(reading.warnings[0].what.starts_with("no list of chapters"), "{:?}", reading.warnings);
}

fn xlsx(rows: &str) -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r='{place}' t='inlineStr'><is><t>{}</t></is></c>", text.replace('&', "&amp;"))
}

#[test]
fn rows_of_the_first_sheet_are_read_like_those_of_csv() {
    let rows = [
        format!("<row r='1'>{}{}{}</row>", cell("A1", "ID"), cell("B1", "Title"), cell("C1", "Text")),
        format!("<row r='2'><c r='A2'><v>7</v></c>{}{}</row>", cell("B2", "Tram"), cell("C2", ONE)),
        format!("<row r='5'><c r='A5'><v>8.5</v></c>{}</row>", cell("C5", TWO)),
    ];
    let articles = articles("a.xlsx", xlsx(&rows.concat()));
    assert_eq!(articles.len(), 2);
    check_texts(&articles[0], &[ONE]);
    check_known(&articles[0], &[("title", "Tram")]);
    assert_eq!(articles[1].paragraphs[0].id.as_deref(), Some("8.5"));
    let wrong = format!("<row r='1'>{}</row>", cell("A1", "words"));
    check_damaged("a.xlsx", xlsx(&wrong), 0, "no column `text`; columns are: words");
    let stray = format!("{}<row r='3'>{}</row>", rows[..2].concat(), cell("XFD1048576", "x"));
    let reading = read("a.xlsx", xlsx(&stray)).unwrap();
    assert_eq!(reading.articles.len(), 2);
    assert_eq!(reading.warnings[0].what, "column XFD has no name and is not read");
    check_damaged("a.xlsx", xlsx("<row><c"), 0, "cannot be read as Excel workbook");
}

/// What the files in `tests/data` say, each written by the library that it is named for.
const WRITTEN: [&str; 3] = [
    "The council voted 31 to 12 on Tuesday to build the tram line to the café quarter, officials said in a statement \
     after the meeting.",
    "Because fares cover only part of the cost, the line is likely to need a larger subsidy if ridership falls, which \
     happened in 2018 & 2022.",
    "“This is a shameful waste — and we must stop it now,” the leader of the opposition said. It’s time for every \
     resident to stand up!",
];

#[test]
fn files_written_by_other_libraries_are_read_exactly() {
    for (name, n_articles, known) in [
        ("python-docx.docx", 1, ["Core title", "Ann Lee", ""]),
        ("odfpy.odt", 1, ["Odt title", "Bo Ek", ""]),
        ("ebooklib.epub", 3, ["Chapter 0", "Ann Lee", ""]),
        ("openpyxl.xlsx", 4, ["T0", "", "2026-02-03"]),
        ("feedgen.atom", 3, ["Title 2 & more", "Ann Lee", "2026-02-03T10:00:00+01:00"]),
        ("python.mbox", 3, ["Mail 0", "Ann 0", "2026-02-03T10:00:00+01:00"]),
        ("warcio.warc.gz", 9, ["Page 0", "", ""]),
    ] {
        let found = articles(name, std::fs::read(project().join("tests/data").join(name)).unwrap());
        assert_eq!(found.len(), n_articles, "{name}");
        let first = ["title", "author", "date"].map(|key| found[0].known(key).unwrap_or_default());
        assert_eq!(first, known, "{name}");
        let texts: Vec<&str> = found
            .iter()
            .flat_map(|article| &article.paragraphs)
            .map(|paragraph| paragraph.text.as_str())
            .collect();
        for text in WRITTEN {
            assert!(texts.contains(&text), "{name}: no {text}");
        }
    }
}
