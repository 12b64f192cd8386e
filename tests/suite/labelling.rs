//! Samples, and the forms that annotation tools read and write.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Dir, project};

/// Rows of `n` articles of four paragraphs from three outlets.
fn articles(n: usize) -> String {
    let mut rows = String::new();
    for article in 0..n {
        for index in 0..4 {
            let text = match index {
                0 => format!(
                    "The council of district {article} voted on Tuesday to close its library, officials said."
                ),
                1 => format!(
                    "We must stop closing the libraries of places like district {article}. It is a disgrace!"
                ),
                2 => format!(
                    "Closing library {article} saves little because its rent is fixed until the end of the lease."
                ),
                _ => format!(
                    "A spokeswoman for district {article} said that {article} people had asked for a vote."
                ),
            };
            let outlet = ["wire", "post", "times"][article % 3];
            let row = json!({"id": format!("a{article}p{index}"), "doc": format!("a{article}"), "index": index, "outlet": outlet, "text": text});
            rows.push_str(&format!("{row}\n"));
        }
    }
    rows
}

/// The rows of a sample that are to be labelled, and those of context.
fn parts(rows: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    rows.into_iter().partition(|row| row.get("context").is_none())
}

#[test]
fn a_random_sample_depends_on_the_seed_alone() {
    let dir = Dir::new();
    let rows = articles(30);
    let (first, second) = rows.split_at(rows.match_indices('\n').nth(39).unwrap().0 + 1);
    dir.write("a.jsonl", first);
    dir.write("b.jsonl", second);
    let sample = |args: &str| dir.run(&format!("sample {args} -n 12 --quiet")).succeeded().stdout;
    let one = sample("a.jsonl b.jsonl -t 1");
    assert_eq!(one, sample("b.jsonl a.jsonl -t 2"));
    assert_ne!(one, sample("a.jsonl b.jsonl --seed 1"));
    let (drawn, context) = parts(dir.run("sample a.jsonl b.jsonl -n 12 --context 2").succeeded().records());
    assert_eq!(drawn.len(), 12);
    let ranks: BTreeMap<u64, &Value> = drawn.iter().map(|row| (row["rank"].as_u64().unwrap(), row)).collect();
    assert_eq!(ranks.into_keys().collect::<Vec<_>>(), (1..=12).collect::<Vec<u64>>());
    for row in drawn.iter().chain(&context) {
        let (doc, index) = (row["doc"].as_str().unwrap(), row["index"].as_u64().unwrap());
        assert_eq!(row["id"], format!("{doc}p{index}"));
        assert!(row["label"].is_null());
    }
    // A neighbour is at most two places away.
    for row in &context {
        let near = |other: &&Value| {
            other["doc"] == row["doc"]
                && other["index"].as_i64().unwrap().abs_diff(row["index"].as_i64().unwrap()) <= 2
        };
        assert!(drawn.iter().any(|other| near(&other)), "{row}");
    }
}

#[test]
fn strata_have_equal_numbers_and_weights_add_up() {
    let dir = Dir::new();
    // Ten articles of the first two outlets, and two of the third.
    let all = articles(30);
    let rows: String = all
        .lines()
        .filter(|line| !line.contains("times") || line.contains("\"a2p") || line.contains("a29p"))
        .map(|line| format!("{line}\n"))
        .collect();
    dir.write("a.jsonl", &rows);
    let (drawn, _) = parts(dir.run("sample a.jsonl -n 12 --by outlet").succeeded().records());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in &drawn {
        *counts.entry(row["outlet"].as_str().unwrap().to_string()).or_default() += 1;
    }
    assert_eq!(counts.values().copied().collect::<Vec<_>>(), [4, 4, 4], "{counts:?}");
    let weights: f64 = drawn.iter().map(|row| row["sampling_weight"].as_f64().unwrap()).sum();
    assert!((weights - rows.lines().count() as f64).abs() < 1e-6, "{weights}");
}

#[test]
fn a_queue_has_the_least_certain_paragraphs_without_copies() {
    let dir = Dir::new();
    let copies: String = articles(6)
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["doc"] = json!(format!("copy of {}", row["doc"].as_str().unwrap()));
            row["id"] = json!(format!("copy of {}", row["id"].as_str().unwrap()));
            format!("{row}\n")
        })
        .collect();
    dir.write("a.jsonl", articles(6) + &copies);
    let run = dir.run("sample a.jsonl -n 48 --by uncertain").succeeded();
    assert!(run.stderr.contains("fewer than -n 48"), "{}", run.stderr);
    let (drawn, _) = parts(run.records());
    let mut texts: Vec<String> = drawn.iter().map(|row| row["text"].to_string()).collect();
    assert!(!texts.is_empty() && texts.len() <= 24);
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), drawn.len());
    assert!(drawn.iter().all(|row| row.get("sampling_weight").is_none()));
    // The first of all is the one with the highest entropy.
    let entropy = |record: &Value| -> f64 {
        let scores = record["scores"].as_object().unwrap().values().map(|score| score.as_f64().unwrap());
        scores.map(|p| -p * p.ln()).sum()
    };
    let scored = dir.run("score a.jsonl").succeeded().records();
    let most = scored.iter().filter(|record| record.get("scores").is_some()).map(entropy).fold(0.0, f64::max);
    let first = drawn.iter().find(|row| row["rank"] == 1).unwrap();
    let first = scored.iter().find(|record| record["id"] == first["id"]).unwrap();
    assert!((entropy(first) - most).abs() < 1e-6);
}

/// Labels the tasks of a form as its tool exports them.
fn labelled(form: &str, content: &str) -> String {
    let lines = || content.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let label = |number: usize| ["report", "advocacy"][number % 2];
    let own_ids = |number: usize| 1000 + number;
    match form {
        "doccano" => lines()
            .enumerate()
            .map(|(number, mut row)| {
                (row["id"], row["label"]) = (json!(own_ids(number)), json!([label(number)]));
                row["Comments"] = json!([]);
                format!("{row}\n")
            })
            .collect(),
        "prodigy" => lines()
            .enumerate()
            .map(|(number, mut row)| {
                row["_input_hash"] = json!(number as i64 - 1_530_009_927);
                row["_task_hash"] = json!(7);
                row["options"] =
                    json!([{"id": "report", "text": "report"}, {"id": "advocacy", "text": "advocacy"}]);
                (row["accept"], row["answer"]) = (json!([label(number)]), json!("accept"));
                format!("{row}\n")
            })
            .collect(),
        "label-studio" => {
            let tasks: Vec<Value> = serde_json::from_str(content).unwrap();
            let tasks = tasks.into_iter().enumerate().map(|(number, task)| {
                let choice = json!({"id": "Dx_aB91ISN", "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label(number)]}});
                json!({
                    "id": own_ids(number), "created_at": "2026-03-09T21:52:49.513742Z", "project": 83, "data": task["data"], "meta": {},
                    "annotations": [{"id": 1001, "result": [choice], "was_cancelled": false, "ground_truth": false, "lead_time": 4.288, "completed_by": 10}],
                    "predictions": [],
                })
            });
            Value::Array(tasks.collect()).to_string()
        }
        "label-studio-min" => {
            let tasks: Vec<Value> = serde_json::from_str(content).unwrap();
            let tasks = tasks.into_iter().enumerate().map(|(number, task)| {
                let mut row = task["data"].clone();
                row["id"] = json!(own_ids(number));
                row["act"] = json!(label(number));
                row["annotator"] = json!(1);
                row["annotation_id"] = json!(number);
                row["created_at"] = json!("2026-03-09T21:52:49.513742Z");
                row["lead_time"] = json!(4.288);
                row
            });
            Value::Array(tasks.collect()).to_string()
        }
        "csv" => {
            let mut table = csv::Reader::from_reader(content.as_bytes());
            let mut written = csv::Writer::from_writer(Vec::new());
            let header = table.headers().unwrap().clone();
            let column = header.iter().position(|name| name == "label").unwrap();
            written.write_record(&header).unwrap();
            for (number, record) in table.records().enumerate() {
                let mut cells: Vec<String> = record.unwrap().iter().map(str::to_string).collect();
                assert_eq!(std::mem::replace(&mut cells[column], label(number).to_string()), "");
                written.write_record(&cells).unwrap();
            }
            String::from_utf8(written.into_inner().unwrap()).unwrap()
        }
        _ => lines()
            .enumerate()
            .map(|(number, mut row)| {
                row["label"] = json!(label(number));
                format!("{row}\n")
            })
            .collect(),
    }
}

#[test]
fn every_form_is_read_again_with_labels_and_origins() {
    let dir = Dir::new();
    dir.write("a.jsonl", articles(12));
    dir.run("sample a.jsonl -n 16 --context 0 -o plain.jsonl").succeeded();
    for form in ["jsonl", "csv", "doccano", "prodigy", "label-studio", "label-studio-min"] {
        let written = form.trim_end_matches("-min");
        let content =
            dir.run(&format!("sample a.jsonl -n 16 --context 0 --form {written}")).succeeded().stdout;
        let suffix = if form.starts_with("label") {
            "json"
        } else if form == "csv" {
            "csv"
        } else {
            "jsonl"
        };
        dir.write(&format!("coded.{suffix}"), labelled(form, &content));
        dir.write(
            "plain-coded.jsonl",
            labelled("jsonl", &String::from_utf8(dir.read("plain.jsonl")).unwrap()),
        );
        // Every row has the id, article and number of the row that was written.
        let run = dir.run(&format!("agree plain-coded.jsonl coded.{suffix} --format json")).succeeded();
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(found["paragraphs"], 16, "{form}: {}", run.stderr);
        assert!(run.stderr.is_empty(), "{form}: {}", run.stderr);
        if !["csv", "jsonl"].contains(&form) {
            let rows: Vec<Value> = match form.starts_with("label") {
                true => serde_json::from_slice(&dir.read("coded.json")).unwrap(),
                false => dir
                    .read("coded.jsonl")
                    .split(|b| *b == b'\n')
                    .filter(|l| !l.is_empty())
                    .map(|l| serde_json::from_slice(l).unwrap())
                    .collect(),
            };
            assert!(rows.iter().all(
                |row| row.to_string().contains("\"rhetor_id\"") && row.to_string().contains("\"outlet\"")
            ));
        }
        let run = dir.run(&format!("evaluate coded.{suffix} --group-by outlet --format json")).succeeded();
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let mut outlets: Vec<&str> =
            found["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
        outlets.sort_unstable();
        assert_eq!(outlets, ["post", "times", "wire"], "{form}");
    }
}

#[cfg(feature = "forms")]
#[test]
fn a_workbook_is_the_same_table() {
    let dir = Dir::new();
    dir.write("a.jsonl", articles(12));
    dir.run("sample a.jsonl -n 8 -o rows.xlsx").succeeded();
    let first = dir.read("rows.xlsx");
    dir.run("sample a.jsonl -n 8 -o rows.xlsx").succeeded();
    assert_eq!(first, dir.read("rows.xlsx"));
    let texts = |args: &str| -> Vec<(String, String, String)> {
        let records = dir.run(args).succeeded().records();
        let text = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_string();
        records.iter().map(|record| (text(record, "id"), text(record, "doc"), text(record, "text"))).collect()
    };
    dir.run("sample a.jsonl -n 8 -o rows.jsonl").succeeded();
    assert_eq!(texts("read rows.xlsx"), texts("read rows.jsonl"));
}

#[test]
fn context_stands_beside_the_text_in_annotation_tools() {
    let dir = Dir::new();
    dir.write("a.jsonl", articles(3));
    let run = dir.run("sample a.jsonl -n 12 --form doccano").succeeded();
    let tasks = run.records();
    assert_eq!(tasks.len(), 12);
    let middle = tasks.iter().find(|task| task["rhetor_id"] == "a0p1").unwrap();
    assert!(middle["before"].as_str().unwrap().starts_with("The council of district 0 voted"));
    assert!(middle["after"].as_str().unwrap().starts_with("Closing library 0 saves"));
    assert_eq!(middle["label"], json!([]));
    let first = tasks.iter().find(|task| task["rhetor_id"] == "a0p0").unwrap();
    assert!(first.get("before").is_none());
}

#[test]
fn samples_of_pages_have_ids_and_places() {
    let dir = Dir::new();
    let samples = project().join("seeds/samples");
    let run = dir.run(&format!("sample {} -n 20 --by label", samples.display())).succeeded();
    let (drawn, _) = parts(run.records());
    assert_eq!(drawn.len(), 20);
    for row in &drawn {
        let (doc, index) = (row["doc"].as_str().unwrap(), row["index"].as_u64().unwrap());
        assert_eq!(row["id"], format!("{doc}#{index}"));
    }
    assert!(run.stderr.contains("drew 20 of "), "{}", run.stderr);
}

#[test]
fn a_form_needs_a_known_suffix() {
    let dir = Dir::new();
    dir.write("a.jsonl", articles(1));
    for (args, piece) in [
        ("sample a.jsonl -o x.tsv", "found the suffix `.tsv`, expected .jsonl, .csv, .xlsx or .json"),
        ("sample a.jsonl --form xlsx", "found standard output, expected a file"),
        ("sample a.jsonl -o a.jsonl", "found one of the inputs"),
    ] {
        let run = dir.run(args);
        assert_eq!(run.code, 2, "{args}");
        assert!(run.stderr.contains(piece), "{}", run.stderr);
    }
}
