//! Files that hold articles among other things: each is read as the articles in it, or refused with one error.

use std::io::Write;

use rhetor::Article;
use rhetor::read::{ReadOptions, Reading, read_path};

use crate::support::Dir;

const ONE: &str = "The council voted 31 to 12 on Tuesday to build the tram line to the café quarter, officials said.";
const TWO: &str = "Because fares cover only part of the cost, the line is likely to need a larger subsidy in 2027 & 2028.";

fn read(name: &str, content: impl AsRef<[u8]>) -> Result<Reading, String> {
    let dir = Dir::new();
    let path = dir.write(name, content);
    let folder = format!("{}/", dir.path().display());
    read_path(&path, &ReadOptions::default()).map_err(|error| error.to_string().replace(&folder, ""))
}

/// The articles of a file that has no errors.
#[track_caller]
fn articles(name: &str, content: impl AsRef<[u8]>) -> Vec<Article> {
    let reading = read(name, content).unwrap();
    assert!(reading.errors.is_empty(), "{:?}", reading.errors);
    reading.articles
}

#[track_caller]
fn check_texts(article: &Article, expected: &[&str]) {
    let texts: Vec<&str> = article.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
    assert_eq!(texts, expected);
}

/// Checks some metadata of an article.
#[track_caller]
fn check_known(article: &Article, expected: &[(&str, &str)]) {
    for (key, value) in expected {
        assert_eq!(article.known(key), Some(*value), "{key} in {:?}", article.metadata);
    }
}

/// The errors and messages of a file that cannot be read whole.
#[track_caller]
fn check_damaged(name: &str, content: impl AsRef<[u8]>, n_articles: usize, expected: &str) {
    let found = match read(name, content) {
        Err(error) => (0, error),
        Ok(reading) => (reading.articles.len(), reading.errors.iter().map(ToString::to_string).collect()),
    };
    assert_eq!(found.0, n_articles, "{}", found.1);
    assert!(found.1.contains(expected), "{}", found.1);
}

fn html() -> String {
    format!("<p>{ONE}</p>\n<p>{}</p>", TWO.replace('&', "&amp;"))
}

fn page(title: &str) -> String {
    format!("<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body><article>{}</article></body></html>", html())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
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
    check_damaged("a.warc", "WARC/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n", 0, "no valid Content-Length");
    check_damaged("a.warc", "WARC/1.0\r\nContent-Length: 9223372036854775807\r\n\r\n", 0, "truncated in record 1");
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
    dir.write("in/page_files/frame.html", page("Frame"));
    let run = dir.run("score in").succeeded();
    assert_eq!(run.records().len(), 2);
    assert!(run.stderr.contains("skipped 1 file (unsupported type): in/page_files/frame.html"), "{}", run.stderr);
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

#[cfg(feature = "forms")]
mod with_the_feature {
    use super::*;

    #[test]
    fn items_of_rss_and_atom_are_articles() {
        let rss = format!(
            "<?xml version='1.0'?><rss version='2.0' xmlns:content='c' xmlns:dc='d'><channel><title>Harbour Post</title>\
             <language>en</language><item><title>Tram &amp;amp; bus</title><link>https://h.example/1</link>\
             <guid>g1</guid><pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator>\
             <description>Short.</description><content:encoded><![CDATA[{}]]></content:encoded></item>\
             <item><title>Two</title><description>{ONE}</description></item><item><title>None</title></item>\
             </channel></rss>",
            html()
        );
        for name in ["a.rss", "a.xml", "a.txt", "a", "a.html"] {
            let reading = read(name, &rss).unwrap();
            assert_eq!(reading.articles.len(), 2, "{name}");
            check_texts(&reading.articles[0], &[ONE, TWO]);
            check_known(
                &reading.articles[0],
                &[
                    ("title", "Tram & bus"),
                    ("author", "Ann Lee"),
                    ("outlet", "Harbour Post"),
                    ("date", "2026-02-03T10:00:00Z"),
                    ("url", "https://h.example/1"),
                    ("language", "en"),
                ],
            );
            check_texts(&reading.articles[1], &[ONE]);
            assert_eq!(reading.articles[0].paragraphs[1].id.as_deref(), Some("g1"));
            assert_eq!(reading.articles[1].paragraphs[0].row, Some(2));
            assert_eq!(reading.warnings[0].what, "skipped items: 1 without text");
        }
        let atom = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title><entry><id>1</id><title>T</title>\
             <link rel='self' href='x'/><link href='https://h.example/1'/><author><name>Bo Ek</name></author>\
             <updated>2026-02-04</updated><published>2026-02-03</published><summary>Short.</summary>\
             <content type='xhtml'><div xmlns='x'>{}</div></content></entry></feed>",
            html()
        );
        let articles = articles("a.atom", &atom);
        check_texts(&articles[0], &[ONE, TWO]);
        check_known(&articles[0], &[("author", "Bo Ek"), ("date", "2026-02-03"), ("url", "https://h.example/1")]);
        check_damaged("a.rss", &rss[..rss.len() - 120], 1, "damaged or incomplete feed (after 2 items: truncated");
        let deep = format!("<rss><channel>{}", "<a>".repeat(100_000));
        check_damaged("a.rss", deep, 0, "nested more than 512 deep");
    }

    #[test]
    fn posts_and_pages_of_wordpress_are_articles() {
        let item = |kind: &str, status: &str, body: &str| {
            format!(
                "<item><title>{kind}</title><content:encoded><![CDATA[{body}]]></content:encoded><wp:status>{status}\
                 </wp:status><wp:post_type>{kind}</wp:post_type></item>"
            )
        };
        let wxr = format!(
            "<rss><channel><title>Blog</title>{}{}{}{}</channel></rss>",
            item("post", "publish", &format!("{ONE}\n\n<strong>Because</strong> {}\n\n[gallery ids=\"1\"]", &TWO[8..])),
            item("attachment", "inherit", ONE),
            item("page", "trash", ONE),
            item("page", "draft", &format!("<!-- wp:paragraph --><p>{ONE}</p><!-- /wp:paragraph -->")),
        );
        let reading = read("wxr.xml", wxr).unwrap();
        assert_eq!(reading.articles.len(), 2);
        check_texts(&reading.articles[0], &[ONE, TWO]);
        check_texts(&reading.articles[1], &[ONE]);
        check_known(&reading.articles[1], &[("status", "draft"), ("outlet", "Blog")]);
        assert_eq!(reading.warnings[0].what, "skipped items: 1 attachment, 1 in the trash");
    }

    #[test]
    fn a_feed_of_entities_does_not_grow() {
        let entities: String =
            (1..20).map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1)).collect();
        let feed = format!(
            "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY e0 \"lol\">{entities}]><rss><channel><item><description>&e19; \
             {ONE}</description></item></channel></rss>"
        );
        assert!(articles("a.rss", feed)[0].paragraphs[0].text.len() < 200);
    }

    fn mail() -> String {
        format!(
            "From: Ann Lee <ann@h.example>\r\nTo: x@y.example\r\nSubject: =?utf-8?q?Caf=C3=A9?= tram\r\nDate: Tue, 3 \
             Feb 2026 10:00:00 +0100\r\nMessage-ID: <1@h>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; \
             boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: \
             quoted-printable\r\n\r\n{}\r\n\r\n{TWO}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Page</p>\r\n--b--\r\n",
            ONE.replace("é", "=C3=A9").replace("tram", "tr=\r\nam")
        )
    }

    #[test]
    fn the_text_of_a_mail_is_an_article() {
        for name in ["a.eml", "a.txt", "a"] {
            let articles = articles(name, mail());
            check_texts(&articles[0], &[ONE, TWO]);
            check_known(
                &articles[0],
                &[("title", "Café tram"), ("author", "Ann Lee"), ("date", "2026-02-03T10:00:00+01:00")],
            );
        }
        let only = format!("From: a@b.example\nSubject: S\nContent-Type: text/html\n\n{}", page("T"));
        let articles = articles("a.eml", only);
        check_texts(&articles[0], &[ONE, TWO]);
        check_known(&articles[0], &[("title", "S"), ("author", "a@b.example")]);
        let nested = "Content-Type: message/rfc822\n\n".repeat(200_000);
        check_damaged("a.eml", nested, 0, "nested too deep");
        check_damaged("a.eml", "No headers", 0, "does not begin like one");
        assert!(read("a.eml", "From: a\n\n").unwrap().articles.is_empty());
    }

    #[test]
    fn messages_of_a_mailbox_are_articles() {
        let message = |n: usize| format!("From a@b Tue Feb  3 10:00:00 2026\n{}\n>From here on.\n\n", mail().replace("<1@h>", &format!("<{n}@h>")));
        let mailbox = [message(1), message(2), message(3)].concat();
        for name in ["a.mbox", "a"] {
            let articles = articles(name, &mailbox);
            assert_eq!(articles.len(), 3);
            check_texts(&articles[2], &[ONE, TWO]);
            assert_eq!(articles[2].paragraphs[0].id.as_deref(), Some("3@h"));
        }
    }

    #[test]
    fn saved_pages_are_read_like_pages() {
        let mhtml = format!(
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://h.example/a\r\nSubject: S\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n--b--\r\n",
            page("Tram").replace('=', "=3D").replace("é", "=C3=A9")
        );
        let mut archive = plist::Dictionary::new();
        let mut main = plist::Dictionary::new();
        main.insert("WebResourceData".into(), plist::Value::Data(page("Tram").into_bytes()));
        main.insert("WebResourceURL".into(), "https://h.example/a".into());
        archive.insert("WebMainResource".into(), main.into());
        let mut binary = Vec::new();
        plist::Value::Dictionary(archive).to_writer_binary(&mut binary).unwrap();
        for (name, content) in [("a.mhtml", mhtml.as_bytes()), ("a.mht", mhtml.as_bytes()), ("a.webarchive", &binary)] {
            let articles = articles(name, content);
            check_texts(&articles[0], &[ONE, TWO]);
            check_known(&articles[0], &[("title", "Tram"), ("url", "https://h.example/a")]);
        }
        check_damaged("a.webarchive", &binary[..binary.len() - 20], 0, "damaged or incomplete webarchive");
        check_damaged("a.webarchive", b"bplist00\xff\xff\xff\xff", 0, "damaged or incomplete webarchive");
    }

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
        let core = "<cp:coreProperties><dc:title>Core</dc:title><dc:creator>Ann Lee</dc:creator></cp:coreProperties>";
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
        check_damaged("a.docx", &file[..file.len() / 2], 0, "damaged or incomplete ZIP archive");
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
            ("_rels/.rels", "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>"),
            ("xl/workbook.xml", "<workbook xmlns:r='r'><sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>"),
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
        check_damaged("a.xlsx", xlsx(&stray), 1, "a cell in column XFD");
        check_damaged("a.xlsx", xlsx("<row><c"), 0, "damaged or incomplete Excel workbook");
    }
}
