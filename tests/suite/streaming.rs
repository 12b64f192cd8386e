//! `rhetor score --stream`: a line in, a line out.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::Dir;

const TEXT: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.";

#[test]
fn each_line_is_answered_before_the_next_one_is_written() {
    let dir = Dir::new();
    let mut child = dir.command("score --stream").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut ask = |line: &[u8]| {
        stdin.write_all(line).unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        serde_json::from_str::<serde_json::Value>(&answer).unwrap()
    };
    let text = ask(format!("{TEXT}\n").as_bytes());
    assert_eq!((&text["line"], &text["paragraphs"][0]["label"]), (&1.into(), &"report".into()));
    let row = ask(format!("{{\"id\":\"x\",\"text\":\"{TEXT}\\n\\nShare on Facebook\"}}\n").as_bytes());
    assert_eq!(row["id"], "x");
    assert_eq!(row["paragraphs"][0]["scores"], text["paragraphs"][0]["scores"]);
    assert_eq!(row["paragraphs"][1]["reason"], "share");
    for (line, error) in [
        (&b"{\"text\":\n"[..], "malformed JSON at column 8"),
        (b"[1]\n", "found an array"),
        (b"{\"id\":1}\n", "without a string `text`"),
        (b"\xff\xfe\n", "not UTF-8"),
    ] {
        let answer = ask(line);
        assert!(answer["error"].as_str().unwrap().contains(error), "{answer}");
    }
    let empty = ask(b"\n");
    assert_eq!((&empty["line"], empty["paragraphs"].as_array().unwrap().len()), (&7.into(), 0));
    assert_eq!(ask(format!("{TEXT}\n").as_bytes())["line"], 8);
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_last_line_needs_no_line_break_and_options_apply() {
    let dir = Dir::new();
    let run = dir.run_with("score --stream --explain 1 --no-filter", b"Share on Facebook").succeeded();
    let answer = &run.records()[0];
    assert!(answer["paragraphs"][0]["reasons"]["phrases"].is_array(), "{answer}");
    assert_eq!(dir.run("score --stream a.txt").code, 2);
}
