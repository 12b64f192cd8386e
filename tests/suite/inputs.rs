//! An article gives the same records in every form, compression and encoding.

use std::io::Write;

use serde_json::{Value, json};

use crate::support::{Dir, two_label_rows};

const ARTICLE: &str = "The council voted 31 to 12 on Tuesday to build the tram line to the café quarter, officials said.\n\nShare on Facebook\n\n“This is a shameful waste — and we must stop it now,” he said. It’s time to stand up!\n\nBecause fares cover only part of the cost, the line is likely to need a larger subsidy if ridership falls.\n";

/// The records without the fields that depend on the form: the file, the row and the place.
fn records(dir: &Dir, args: &str) -> Vec<Value> {
    let mut records = dir.run(&format!("score {args}")).succeeded().records();
    for record in &mut records {
        let fields = record.as_object_mut().unwrap();
        for field in [
            "source",
            "id",
            "row",
            "start",
            "end",
            "span_of",
            "note",
            "url",
            "doc",
            "key",
            "page",
            "input_text",
        ] {
            fields.remove(field);
        }
    }
    records
}

fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn csv_of(delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["key", "body", "note"]).unwrap();
    writer.write_record(["1", ARTICLE, "a; b, c"]).unwrap();
    writer.into_inner().unwrap()
}

/// The article as a web page.
fn page() -> String {
    let paragraphs = ARTICLE.trim().split("\n\n").map(|text| format!("<p>{text}</p>\n"));
    let paragraphs: String = paragraphs.collect();
    format!("<!DOCTYPE html>\n<html><body>\n<article>\n{paragraphs}</article>\n</body></html>\n")
}

#[test]
fn an_article_is_the_same_in_every_form_compression_and_encoding() {
    let dir = Dir::new();
    let jsonl = format!("{}\n", json!({"url": "u", "content": ARTICLE}));
    let (windows_1252, ..) = encoding_rs::WINDOWS_1252.encode(ARTICLE);
    let marked = format!("\u{feff}{ARTICLE}");
    let halves = ARTICLE.split_at(90);
    let html = page();
    let (html_1252, ..) = encoding_rs::WINDOWS_1252.encode(&html);
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("a.txt", ARTICLE.into()),
        ("noname", ARTICLE.into()),
        ("mark.txt", marked.clone().into()),
        ("crlf.txt", ARTICLE.replace('\n', "\r\n").into()),
        ("le.txt", utf_16(ARTICLE, u16::to_le_bytes)),
        ("be.txt", utf_16(ARTICLE, u16::to_be_bytes)),
        ("le-mark.txt", utf_16(&marked, u16::to_le_bytes)),
        ("be-mark.txt", utf_16(&marked, u16::to_be_bytes)),
        ("1252.txt", windows_1252.to_vec()),
        ("a.txt.gz", gzip(ARTICLE.as_bytes())),
        ("members.txt.gz", [gzip(halves.0.as_bytes()), gzip(halves.1.as_bytes())].concat()),
        ("no-gz.txt.gz", ARTICLE.into()),
        ("gz-inside.txt", gzip(ARTICLE.as_bytes())),
        ("le.txt.gz", gzip(&utf_16(ARTICLE, u16::to_le_bytes))),
        ("a.txt.zst", zstd(ARTICLE.as_bytes())),
        ("frames.txt.zst", [zstd(halves.0.as_bytes()), zstd(halves.1.as_bytes())].concat()),
        ("a.csv", csv_of(b',')),
        ("semicolon.csv", csv_of(b';')),
        ("bar.csv", csv_of(b'|')),
        ("a.tsv", csv_of(b'\t')),
        ("le.csv", utf_16(&String::from_utf8(csv_of(b'\t')).unwrap(), u16::to_le_bytes)),
        ("a.csv.gz", gzip(&csv_of(b';'))),
        ("a.jsonl", jsonl.clone().into()),
        ("lines.json", format!("{jsonl}\n").into()),
        ("array.json", format!("[{jsonl}]").into()),
        ("array", format!("\u{feff} [\n{jsonl}]\n").into()),
        ("object.json", jsonl.replace('{', "{\n").into()),
        ("object", jsonl.replace('{', "{\n").into()),
        ("array.json.gz", gzip(format!("[{jsonl}]").as_bytes())),
        ("mark.jsonl", format!("\u{feff}{jsonl}").into()),
        ("a.jsonl.zst", zstd(jsonl.as_bytes())),
        ("a.md", ARTICLE.into()),
        ("le.md", utf_16(ARTICLE, u16::to_le_bytes)),
        ("a.md.gz", gzip(ARTICLE.as_bytes())),
        ("a.html", html.clone().into()),
        ("page.txt", html.clone().into()),
        ("page", html.clone().into()),
        ("mark.html", format!("\u{feff}{html}").into()),
        ("crlf.html", html.replace('\n', "\r\n").into()),
        ("le.html", utf_16(&html, u16::to_le_bytes)),
        ("be-mark.html", utf_16(&format!("\u{feff}{html}"), u16::to_be_bytes)),
        ("1252.html", html_1252.to_vec()),
        ("a.html.gz", gzip(html.as_bytes())),
        ("1252.html.zst", zstd(&html_1252)),
    ];
    let mut expected = None;
    for (name, content) in files {
        dir.write(name, content);
        let found = records(&dir, name);
        let expected = expected.get_or_insert_with(|| found.clone());
        assert_eq!(found.len(), 4, "{name}");
        assert_eq!(&found, expected, "{name}");
    }
    let nested = json!({"page": {"words": ARTICLE}, "text": "no"});
    dir.write("nested", format!("{nested}\n"));
    assert_eq!(Some(records(&dir, "nested --text-column page.words")), expected);
    dir.write("odd.csv", String::from_utf8(csv_of(b'~')).unwrap());
    assert_eq!(Some(records(&dir, "odd.csv --delimiter ~")), expected);
}

#[test]
fn json_written_by_python_is_read() {
    let dir = Dir::new();
    let text = "The council voted \\ud83d on \\ud83d\\ude00 Tuesday to build it.";
    let row = |n: &str| format!("{{\"text\": \"{text}\", \"n\": {n}, \"m\": [-Infinity]}}");
    for (name, content) in [
        ("a.jsonl", format!("{}\n{}\n", row("NaN"), row("1"))),
        ("a.json", format!("[{},\n{}]", row("NaN"), row("1"))),
    ] {
        dir.write(name, content);
        let run = dir.run(&format!("score {name}")).succeeded();
        for record in run.records() {
            assert_eq!(record["text"], "The council voted \u{fffd} on \u{1f600} Tuesday to build it.");
        }
        let warnings = [
            format!("rhetor: {name}:1: unpaired surrogates in 2 places, read as U+FFFD"),
            format!("rhetor: {name}:1: NaN or Infinity in 3 places, read as null"),
        ];
        assert_eq!(run.stderr.lines().collect::<Vec<_>>(), warnings);
    }
}

#[test]
fn control_characters_are_removed_in_every_form() {
    let dir = Dir::new();
    let text = |nul: &str| {
        format!(
            "The council\u{7}voted \u{1b}[2J31 to{nul}12 on Tuesday\u{1}\u{7f} to build the line to the harbour."
        )
    };
    dir.write("a.jsonl", format!("{}\n", json!({"text": text("\0"), "id": "\u{1b}[1m"})));
    dir.write("a.csv", format!("id,text\n\u{1b}[1m,{}\n", text(" ")));
    dir.write("a.txt", text(" "));
    dir.write("a.md", text(" "));
    dir.write("a.html", format!("<html><body><article><p>{}</p></article></body></html>", text(" ")));
    for name in ["a.jsonl", "a.csv", "a.txt", "a.md", "a.html"] {
        let record = &dir.run(&format!("score {name}")).succeeded().records()[0];
        assert_eq!(
            record["text"], "The council voted [2J31 to 12 on Tuesday to build the line to the harbour.",
            "{name}"
        );
        let end = if name == "a.html" { record["text"].as_str().unwrap().len() } else { text(" ").len() };
        assert_eq!((record["start"].as_u64(), record["end"].as_u64()), (Some(0), Some(end as u64)), "{name}");
        for args in ["score", "score --explain 3", "read", "score --unit article"] {
            let table = dir.run(&format!("{args} {name} --format table")).succeeded().stdout;
            assert!(!table.contains(|c: char| c.is_control() && c != '\n'), "{name}: {table:?}");
        }
    }
    dir.write("b.json", "{\"\\u001b[2J\": 1}");
    let run = dir.run("score b.json no\u{1b}[2J.txt");
    assert!(run.stderr.contains("it has \u{fffd}[2J") && !run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
}

#[test]
fn arrays_and_lines_train_the_same_model() {
    let dir = Dir::new();
    let rows = two_label_rows(24);
    dir.write("rows.jsonl", &rows);
    dir.write("rows.json", format!("[{}]", rows.trim().replace('\n', ",\n")));
    for name in ["rows.jsonl", "rows.json"] {
        dir.run(&format!("train {name} -o {name}.model --folds 3")).succeeded();
    }
    assert!(dir.read("rows.jsonl.model") == dir.read("rows.json.model"));
}

#[test]
fn columns_can_be_named_in_training() {
    let dir = Dir::new();
    let rows = two_label_rows(24);
    dir.write("usual.jsonl", &rows);
    dir.run("train usual.jsonl -o usual --folds 3").succeeded();
    let odd = rows
        .replace("\"text\":", "\"words\":")
        .replace("\"label\":", "\"kind\":")
        .replace("\"doc\":", "\"page\":");
    dir.write("odd.jsonl.gz", gzip(odd.as_bytes()));
    let flags = "--text-column words --label-column kind --doc-column page";
    dir.run(&format!("train odd.jsonl.gz -o odd --folds 3 {flags}")).succeeded();
    assert!(dir.read("usual") == dir.read("odd"));
    let run = dir.run(&format!("evaluate odd.jsonl.gz --model odd {flags}")).succeeded();
    assert!(run.stdout.contains("72 paragraphs in 24 groups"), "{}", run.stdout);
}

#[test]
fn docs_and_ids_can_be_named() {
    let dir = Dir::new();
    let rows: String = ARTICLE
        .split("\n\n")
        .enumerate()
        .map(|(i, text)| format!("{}\n", json!({"key": i, "page": {"no": 7}, "text": text.trim()})))
        .collect();
    dir.write("rows.jsonl", rows);
    dir.write("a.txt", ARTICLE);
    assert_eq!(records(&dir, "rows.jsonl --id-column key --doc-column page.no"), records(&dir, "a.txt"));
    let records = dir.run("score rows.jsonl --id-column key").succeeded().records();
    assert_eq!(records[3]["id"], 3);
}

#[test]
fn a_long_text_without_line_breaks_gives_a_warning() {
    let dir = Dir::new();
    let sentence = "The council voted 31 to 12 on Tuesday to build the tram line, officials said. ";
    dir.write("long.txt", sentence.repeat(60));
    dir.write("short.txt", sentence.repeat(10));
    dir.write("parted.txt", format!("{0}\n\n{0}", sentence.repeat(60)));
    let run = dir.run("read long.txt short.txt parted.txt --rules-only").succeeded();
    let warnings: Vec<&str> = run.stderr.lines().collect();
    assert!(warnings.len() == 1 && warnings[0].contains("long.txt:1: one long line"), "{warnings:?}");
}

#[test]
fn our_own_results_as_labels_give_a_warning() {
    let dir = Dir::new();
    let sentence = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";
    dir.write("a.txt", format!("Share\n\n{sentence}\n"));
    dir.write("own.csv", format!("label,text\nreport,\"{sentence}\"\n"));
    for name in ["scored.csv", "scored.jsonl"] {
        dir.run(&format!("score a.txt -o {name}")).succeeded();
        let run = dir.run(&format!("evaluate {name}"));
        assert!(
            run.stderr.contains(&format!("{name}:")) && run.stderr.contains("results of `rhetor score`"),
            "{}",
            run.stderr
        );
    }
    assert!(!dir.run("evaluate own.csv").stderr.contains("rhetor score"));
}
