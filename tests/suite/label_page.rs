//! `rhetor label` as a process: choices, crashes, coders and adjudication.

use serde_json::{Value, json};

use crate::http::{Answer, Server};
use crate::support::Dir;

fn write_rows(dir: &Dir, n: usize) {
    let row = |index: usize| {
        let text = format!("The council of ward {index} voted on Tuesday to build the line, officials said.");
        json!({"id": format!("r{index}"), "doc": "a", "index": index, "text": text}).to_string() + "\n"
    };
    dir.write("rows.jsonl", (0..n).map(row).collect::<String>());
}

fn start(dir: &Dir, args: &str) -> Server {
    Server::start(dir, &format!("label --no-browser {args}"))
}

fn state(server: &Server) -> Value {
    server.get("/state").json()
}

fn send(server: &Server, choice: &Value) -> Answer {
    server.post("/choice", "application/json", &choice.to_string())
}

/// Gives the paragraph that is shown this label.
#[track_caller]
fn label(server: &Server, label: &str) -> Value {
    let key = state(server)["item"]["key"].clone();
    let answer =
        send(server, &json!({"action": "label", "key": key, "label": label, "confidence": 2, "note": ""}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn records(dir: &Dir, name: &str) -> Vec<Value> {
    let text = String::from_utf8(dir.read(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_killed_session_goes_on_with_nothing_lost_or_doubled() {
    let dir = Dir::new();
    write_rows(&dir, 12);
    let mut answered = 0;
    for round in 0..3 {
        let server = start(&dir, "rows.jsonl -o labels.jsonl --coder ann");
        assert_eq!(state(&server)["done"], answered);
        for _ in 0..4 {
            answered += 1;
            assert_eq!(label(&server, if round == 1 { "advocacy" } else { "report" })["done"], answered);
        }
        server.signal("KILL");
        assert!(!server.end().success());
        // What a crash in the middle of a write would leave.
        let mut text = dir.read("labels.jsonl");
        text.extend_from_slice(b"{\"id\":\"r9\",\"doc");
        dir.write("labels.jsonl", text);
    }
    let server = start(&dir, "rows.jsonl -o labels.jsonl --coder ann");
    let end = state(&server);
    assert_eq!((&end["done"], &end["item"]), (&json!(12), &Value::Null));
    let ids: Vec<String> = (0..12).map(|index| format!("r{index}")).collect();
    let labelled = records(&dir, "labels.jsonl");
    assert_eq!(labelled.iter().map(|record| record["id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
    assert_eq!(labelled[5]["label"], "advocacy");
    assert_eq!(labelled[5]["coder"], "ann");
}

#[test]
fn skipped_paragraphs_come_again_and_choices_can_be_undone() {
    let dir = Dir::new();
    write_rows(&dir, 3);
    let server = start(&dir, "rows.jsonl -o labels.jsonl --coder ann");
    let first = state(&server)["item"].clone();
    assert_eq!(first["after"].as_array().unwrap().len(), 2);
    assert_eq!(first["model"], Value::Null);
    let skipped = send(&server, &json!({"action": "skip", "key": first["key"]})).json();
    assert_eq!((&skipped["skipped"], &skipped["done"]), (&json!(1), &json!(0)));
    let after = label(&server, "analysis");
    assert_eq!(after["last"]["label"], "analysis");
    assert_eq!(after["last"]["model"]["label"], "report");
    // A second press of the same key arrives for a paragraph that is no longer shown.
    let again = send(&server, &json!({"action": "label", "key": first["key"], "label": "report"}));
    assert_eq!(again.status, 409, "{}", again.body);
    let undone = send(&server, &json!({"action": "undo"})).json();
    assert_eq!((&undone["done"], &undone["skipped"]), (&json!(0), &json!(1)));
    label(&server, "report");
    assert_eq!(label(&server, "report")["item"]["key"], first["key"]);
    assert_eq!(label(&server, "other")["item"], Value::Null);
    let written = records(&dir, "labels.jsonl");
    let actions: Vec<&str> = written.iter().map(|record| record["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["skip", "label", "undo", "label", "label", "label"]);
    assert_eq!(written[2]["label"], Value::Null);
    dir.run("label -o labels.jsonl --coder ann --export final.jsonl").succeeded();
    let last: Vec<(Value, Value)> = records(&dir, "final.jsonl")
        .into_iter()
        .map(|record| (record["id"].clone(), record["label"].clone()))
        .collect();
    let expected =
        [("r0", "other"), ("r1", "report"), ("r2", "report")].map(|(id, label)| (json!(id), json!(label)));
    assert_eq!(last, expected);
}

#[test]
fn coders_share_a_file_and_an_adjudicator_sees_where_they_differ() {
    let dir = Dir::new();
    write_rows(&dir, 4);
    for (coder, labels) in [
        ("ann", ["report", "report", "analysis", "other"]),
        ("ben", ["report", "advocacy", "analysis", "report"]),
    ] {
        let server = start(&dir, &format!("rows.jsonl -o labels.jsonl --coder {coder}"));
        let second = dir.run(&format!("label rows.jsonl -o labels.jsonl --coder {coder} --no-browser"));
        assert_eq!(second.code, 2);
        assert!(second.stderr.contains("labels.jsonl: another run"), "{}", second.stderr);
        assert_eq!(state(&server)["done"], 0);
        labels.iter().for_each(|name| drop(label(&server, name)));
        server.signal("INT");
        assert!(server.end().success());
    }
    assert_eq!(records(&dir, "labels.jsonl").len(), 8);
    let server = start(&dir, "rows.jsonl -o final.jsonl --coder eve --adjudicate labels.jsonl");
    let shown = state(&server);
    assert_eq!(shown["total"], 2);
    let opinions = shown["item"]["opinions"].as_array().unwrap();
    let opinions: Vec<(&str, &str)> =
        opinions.iter().map(|one| (one["coder"].as_str().unwrap(), one["label"].as_str().unwrap())).collect();
    assert_eq!(opinions, [("ann", "report"), ("ben", "advocacy")]);
    assert_eq!(shown["item"]["before"].as_array().unwrap().len(), 1);
    label(&server, "report");
    assert_eq!(label(&server, "other")["item"], Value::Null);
    drop(server);
    let alone = start(&dir, "-o other.jsonl --coder eve --adjudicate labels.jsonl");
    assert_eq!(state(&alone)["total"], 2);
}

#[test]
fn inputs_codebooks_and_outputs_are_checked() {
    let dir = Dir::new();
    write_rows(&dir, 1);
    dir.write(
        "bad.jsonl",
        "{\"text\":\"A paragraph to label.\"}\n{\"text\":1}\n{\"text\":\"Beside it.\",\"context\":true}\n",
    );
    dir.write("one.md", "## only\n");
    dir.write("mine.md", "# Mine\n\n## yes\nIf so.\n\n## no\nIf not.\n");
    for (args, message) in [
        ("rows.jsonl -o rows.jsonl --coder a", "rows.jsonl:1: found no choice"),
        ("rows.jsonl -o l.jsonl --coder a --codebook one.md", "one.md: found 1 headings"),
        ("nowhere.jsonl -o l.jsonl --coder a", "nowhere.jsonl: cannot read"),
        ("rows.jsonl -o l.jsonl --coder a --adjudicate rows.jsonl", "rows.jsonl:1: found no choice"),
    ] {
        let run = dir.run(&format!("label --no-browser {args}"));
        assert_eq!(run.code, 2, "{args}");
        assert!(run.stderr.contains(message), "{args}: {}", run.stderr);
    }
    let server = start(&dir, "bad.jsonl -o l.jsonl --coder a --codebook mine.md --show-model");
    assert!(server.banner.contains("bad.jsonl:2: found"), "{}", server.banner);
    assert_eq!(state(&server)["total"], 1);
    assert!(state(&server)["item"]["model"]["label"].is_string());
    let key = state(&server)["item"]["key"].clone();
    let unknown = send(&server, &json!({"action": "label", "key": key, "label": "report"}));
    assert_eq!(unknown.status, 409, "{}", unknown.body);
    assert_eq!(server.post("/choice", "text/plain", "{}").status, 415);
    assert_eq!(server.send("POST", "/choice", "Origin: http://evil.example\r\n", b"{}").status, 403);
    assert_eq!(label(&server, "yes")["done"], 1);
}

#[test]
fn a_folder_of_articles_is_labelled_by_paragraph() {
    let dir = Dir::new();
    dir.write("news/a.txt", "The council voted 31 to 12 on Tuesday, officials said.\n\nShare on Facebook\n\nIt is time to act now, and we must not wait.");
    let server = start(&dir, "news -o l.jsonl --coder a");
    let shown = state(&server);
    assert_eq!(shown["total"], 2);
    assert_eq!(shown["item"]["after"].as_array().unwrap().len(), 1);
    label(&server, "report");
    let record = records(&dir, "l.jsonl")[0].clone();
    assert_eq!((&record["doc"], &record["index"]), (&json!("news/a.txt"), &json!(1)));
}
