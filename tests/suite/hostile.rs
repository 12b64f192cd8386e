//! Hostile inputs: no panic, no hang, no row lost without a message on standard error, and bounded memory. The large
//! ones run if `RHETOR_HOSTILE` is set.
#![cfg(unix)]

use std::io::{Read, Write};
use std::ops::RangeBounds;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Dir;

/// The address space that a run may take: the model, two threads and the input.
const MAX_MEMORY_KB: usize = 1_500_000;
/// The time that a run may take: the filter reads a gigabyte in a few minutes.
const MAX_TIME: Duration = Duration::from_secs(1800);

const SENTENCE: &str = "The council met on Tuesday and voted for the tram line. ";

/// The outcome of a bounded run.
struct Bounded {
    code: Option<i32>,
    n_lines: usize,
    stderr: String,
}

/// Runs rhetor with a limited address space and time.
fn bounded(dir: &Dir, args: &str) -> Bounded {
    let rhetor = env!("CARGO_BIN_EXE_rhetor");
    let script = format!("ulimit -v {MAX_MEMORY_KB}; exec {rhetor} {args} --threads 2");
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let lines = std::thread::spawn(move || {
        let mut n_lines = 0;
        let mut buffer = [0; 1 << 16];
        while let Ok(n @ 1..) = stdout.read(&mut buffer) {
            n_lines += buffer[..n].iter().filter(|&&byte| byte == b'\n').count();
        }
        n_lines
    });
    let mut errors = child.stderr.take().unwrap();
    let stderr = std::thread::spawn(move || {
        let mut text = String::new();
        errors.read_to_string(&mut text).unwrap();
        text
    });
    let start = Instant::now();
    let code = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if start.elapsed() > MAX_TIME => {
                child.kill().unwrap();
                panic!("{args}: not done after {MAX_TIME:?}");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    Bounded { code, n_lines: lines.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// Checks the exit code, the number of records, and that standard error contains the pieces.
#[track_caller]
fn check(run: Bounded, code: i32, n_records: usize, pieces: &[&str]) {
    assert_eq!(run.code, Some(code), "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert_eq!(run.n_lines, n_records, "{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no `{piece}` in: {}", run.stderr);
    }
}

/// Checks a run whose number of records is only known as a range.
#[track_caller]
fn check_within(run: Bounded, code: i32, n_records: impl RangeBounds<usize>, pieces: &[&str]) {
    let n_lines = run.n_lines;
    assert!(n_records.contains(&n_lines), "{n_lines}: {}", run.stderr);
    check(run, code, n_lines, pieces);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn row(id: usize) -> String {
    format!("{}\n", serde_json::json!({"id": id, "text": format!("{SENTENCE}{id}")}))
}

#[test]
fn truncated_archives_give_the_rows_before() {
    let dir = Dir::new();
    let rows: String = (0..20_000).map(row).collect();
    let whole = gzip(rows.as_bytes());
    dir.write("cut.jsonl.gz", &whole[..whole.len() / 20]);
    let run = bounded(&dir, "read cut.jsonl.gz --rules-only");
    check_within(run, 1, 500..2_000, &["cut.jsonl.gz: gzip archive: truncated after", "hint: "]);
    let whole = zstd::encode_all(rows.as_bytes(), 3).unwrap();
    dir.write("cut.jsonl.zst", &whole[..whole.len() - 3]);
    let run = bounded(&dir, "read cut.jsonl.zst --rules-only");
    check_within(run, 1, 1_000..=20_000, &["cut.jsonl.zst: zstd archive: truncated after"]);
    let text = gzip(SENTENCE.repeat(50).as_bytes());
    dir.write("cut.txt.gz", &text[..text.len() - 9]);
    check(bounded(&dir, "score cut.txt.gz"), 2, 0, &["cut.txt.gz: gzip archive: truncated after"]);
    let mut damaged = text.clone();
    let n = damaged.len();
    damaged[n - 6] ^= 1;
    dir.write("damaged.txt.gz", damaged);
    check(bounded(&dir, "score damaged.txt.gz"), 2, 0, &["damaged.txt.gz: gzip archive: corrupt after"]);
}

#[test]
fn archives_that_decompress_without_end_are_stopped() {
    let dir = Dir::new();
    let spaces = vec![b' '; 90 << 20];
    dir.write("bomb.jsonl.gz", gzip(&spaces));
    dir.write("bomb.txt.zst", zstd::encode_all(spaces.as_slice(), 3).unwrap());
    let what = "archive: decompresses to more than 200 times its size";
    check(bounded(&dir, "score bomb.jsonl.gz"), 2, 0, &["bomb.jsonl.gz: gzip", what]);
    let run = bounded(&dir, "train bomb.jsonl.gz bomb.txt.zst -o m");
    check(run, 2, 0, &["bomb.jsonl.gz: gzip", "bomb.txt.zst: zstd", what]);
}

#[test]
fn every_row_is_read_or_reported() {
    let dir = Dir::new();
    let (first, last) = (row(1), row(8));
    let jsonl = [
        &first,
        "{\"text\":\"cut\n",
        "{\"text\":\"lone \\ud800 surrogate\"}\n",
        "\n",
        "{\"text\":\"x\",\"n\":NaN}\n",
        "[1]\n",
        "{\"text\":\"a raw \0 NUL among words\"}\n",
        last.trim_end(),
    ];
    dir.write("a.jsonl", jsonl.concat());
    let pieces = [
        "a.jsonl:2: ",
        "a.jsonl:3: unpaired surrogates in 1 place, read as U+FFFD",
        "a.jsonl:5: NaN or Infinity in 1 place, read as null",
        "a.jsonl:6: ",
        "a.jsonl:7: invalid bytes",
    ];
    check(bounded(&dir, "read a.jsonl --rules-only"), 1, 5, &pieces);
    dir.write(
        "b.csv",
        "id,text\r\n1,one\r\n2\r\n3,\"three\r\n4,\"fo\"ur\"\r\n5,five,,\r\n6,\"si\"\"x\"\r\n7,se\"ven\r\n",
    );
    let run = bounded(&dir, "read b.csv --rules-only");
    check(run, 1, 5, &["b.csv:3: found 1 column", "b.csv:4: found a quotation mark"]);
}

#[test]
fn folders_with_circular_links_pipes_and_odd_names() {
    let dir = Dir::new();
    dir.write("in/deep/a.txt", SENTENCE);
    dir.write(".x", "");
    std::os::unix::fs::symlink("../..", dir.path().join("in/deep/up")).unwrap();
    assert!(Command::new("mkfifo").arg(dir.path().join("in/pipe.txt")).status().unwrap().success());
    let odd = std::ffi::OsStr::from_bytes(b"in/caf\xe9.txt");
    std::fs::write(dir.path().join(odd), SENTENCE).unwrap();
    let run = bounded(&dir, "score in");
    check(
        run,
        0,
        2,
        &["skipped 2 files (pipes, devices or links that are not followed", "pipe.txt", "deep/up"],
    );
}

#[test]
fn a_named_pipe_is_read() {
    let dir = Dir::new();
    let path = dir.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = std::thread::spawn(move || std::fs::write(path, SENTENCE).unwrap());
    check(bounded(&dir, "score pipe"), 0, 1, &[]);
    writer.join().unwrap();
}

#[test]
fn deep_wide_or_bare_pages_lose_nothing() {
    let dir = Dir::new();
    let deep = "<div>".repeat(100_000);
    dir.write("deep.html", format!("<!doctype html><body>{deep}<p>{}</p>", SENTENCE.repeat(3)));
    check(bounded(&dir, "score deep.html"), 0, 1, &[]);
    let warning = "no article found in this page; the whole page was read";
    // More elements than an article is searched in.
    let wide: String = (0..31_000).map(|n| format!("<p>{SENTENCE}{n}</p>\n")).collect();
    dir.write("wide.html", format!("<html><body>{wide}</body></html>"));
    for args in ["read wide.html --rules-only", "score wide.html"] {
        check(bounded(&dir, args), 0, 31_000, &[&format!("wide.html:1: {warning}")]);
    }
    let app = "<script>start()</script><noscript>Turn on JavaScript.</noscript>";
    let hidden = "<div style=\"display:none\">Hidden words.</div>";
    for (body, warning) in [(hidden, warning), (app, "no article text found in this page")] {
        dir.write("bare.html", format!("<html><body>{body}</body></html>"));
        for args in ["read bare.html --rules-only", "score bare.html"] {
            check(bounded(&dir, args), 0, 1, &[&format!("bare.html:1: {warning}")]);
        }
    }
}

#[test]
fn nuls_give_a_warning_in_every_form() {
    let dir = Dir::new();
    let text = format!("{}\0{SENTENCE}\n\n{SENTENCE}", SENTENCE.repeat(2));
    for name in ["a.txt", "a.md", "a.html"] {
        dir.write(name, &text);
        check_within(bounded(&dir, &format!("score {name}")), 0, 1..=2, &["invalid bytes in 1 place"]);
    }
    dir.write("nuls.txt", [0; 100_000]);
    check(bounded(&dir, "score nuls.txt"), 2, 0, &["nuls.txt: found binary data, expected text"]);
}

/// Whether the large tests run.
fn large() -> bool {
    let large = std::env::var_os("RHETOR_HOSTILE").is_some();
    if !large {
        let _ = writeln!(std::io::stderr(), "skipped: RHETOR_HOSTILE is not set");
    }
    large
}

/// Writes `content` `n` times between `start` and `end`.
fn write_large(dir: &Dir, name: &str, start: &str, content: &str, n: usize, end: &str) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(dir.path().join(name)).unwrap());
    file.write_all(start.as_bytes()).unwrap();
    for _ in 0..n {
        file.write_all(content.as_bytes()).unwrap();
    }
    file.write_all(end.as_bytes()).unwrap();
}

#[test]
fn large_texts_are_read_in_parts() {
    if !large() {
        return;
    }
    let dir = Dir::new();
    let paragraph = SENTENCE.repeat(10) + "\n\n";
    write_large(&dir, "page.txt", "", &paragraph, (50 << 20) / paragraph.len(), "");
    let run = bounded(&dir, "read page.txt --rules-only");
    check(run, 0, (50 << 20) / paragraph.len(), &["page.txt:1: more than 4 MB of text, read in parts"]);
    write_large(&dir, "empty.txt", "", "\n", 10_000_000, SENTENCE);
    check(bounded(&dir, "score empty.txt"), 0, 1, &[]);
    write_large(&dir, "empty.jsonl", "", "\n", 10_000_000, &row(1));
    check(bounded(&dir, "score empty.jsonl"), 0, 1, &[]);
    write_large(&dir, "empty.csv", "text,id\n", "\n", 10_000_000, "one,2\n");
    check(bounded(&dir, "score empty.csv"), 0, 1, &[]);
    write_large(&dir, "empty.md", "", "\n", 10_000_000, SENTENCE);
    check(bounded(&dir, "score empty.md"), 0, 1, &[]);
}

#[test]
fn a_page_of_fifty_megabytes_is_cut_with_a_warning() {
    if !large() {
        return;
    }
    let dir = Dir::new();
    let paragraph = format!("<p>{}</p>\n", SENTENCE.repeat(10));
    let n = (50 << 20) / paragraph.len();
    write_large(&dir, "page.html", "<!doctype html><html><body>", &paragraph, n, "</body></html>");
    let pieces = ["page.html:1: a page of more than 8 MB; the rest was not read"];
    for args in ["read page.html --rules-only", "score page.html"] {
        check_within(bounded(&dir, args), 0, n / 8..n / 5, &pieces);
    }
}

#[test]
fn a_line_of_a_gigabyte() {
    if !large() {
        return;
    }
    let dir = Dir::new();
    let words = SENTENCE.repeat(1000);
    let n = (1 << 30) / words.len();
    write_large(&dir, "line.txt", "", &words, n, "");
    let run = bounded(&dir, "read line.txt --rules-only");
    let pieces = ["read in parts", "line.txt:1: a paragraph of more than 64 KB, split at white space"];
    check_within(run, 0, 16_000.., &pieces);
    write_large(&dir, "line.jsonl", "{\"text\":\"", &words, n, &format!("\"}}\n{}", row(2)));
    check(bounded(&dir, "score line.jsonl"), 1, 1, &["line.jsonl:1: found a line of more than 64 MB"]);
}

#[test]
fn huge_cells() {
    if !large() {
        return;
    }
    let dir = Dir::new();
    let words = SENTENCE.repeat(1000);
    let n = (100 << 20) / words.len();
    write_large(&dir, "cell.csv", "id,text\n1,one\n2,\"", &words, n, "\"\n3,three\n");
    let run = bounded(&dir, "read cell.csv --rules-only");
    check(run, 1, 2, &["cell.csv:3: found a line of more than 64 MB"]);
    let n = (30 << 20) / words.len();
    write_large(&dir, "large.csv", "id,text\n1,one\n2,\"", &words, n, "\"\n3,three\n");
    let run = bounded(&dir, "read large.csv --rules-only");
    let pieces = ["large.csv:3: a paragraph of more than 64 KB", "large.csv:3: more than 4 MB of text"];
    check_within(run, 0, 480.., &pieces);
    // An opening quotation mark, and rows that close and open it again.
    write_large(&dir, "quotes.csv", "id,text\n", "q\",\"c\n", 15_000_000, "");
    let run = bounded(&dir, "read quotes.csv --rules-only");
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}

#[test]
fn a_file_may_shrink_while_it_is_read() {
    if !large() {
        return;
    }
    let dir = Dir::new();
    write_large(&dir, "rows.jsonl", "", &row(1), 400_000, "");
    let path = dir.path().join("rows.jsonl");
    let shrink = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(1_000_000).unwrap();
    });
    let run = bounded(&dir, "score rows.jsonl");
    shrink.join().unwrap();
    assert!(run.n_lines > 1_000, "{} {}", run.n_lines, run.stderr);
    assert!(matches!(run.code, Some(0 | 1)), "{:?} {}", run.code, run.stderr);
}
