//! Reasons for labels, and corrections that readers make in a report.

use serde_json::Value;

use crate::support::{Dir, two_label_rows};

const ARTICLE: &str = "The council voted 31 to 12 on Tuesday to build the tram line, officials said.\n\nThis is a shameful \
    waste – a café costs less – and we must stop it now. It is time to stand up! Who has to pay?\n\nBecause fares cover \
    only part of the cost, the line is likely to need a larger subsidy if ridership falls.\n\nThe mayor said: “We must \
    build it.” She was there on Monday.\n";

const OPTIONS: [&str; 4] =
    ["--explain 5", "--explain 1 --no-context", "--explain 1000", "--explain 2 --no-filter"];

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

fn weights(list: &Value) -> f64 {
    list.as_array().unwrap().iter().map(|item| number(&item["weight"])).sum()
}

fn labelled(dir: &Dir, options: &str) -> Vec<Value> {
    let records = dir.run(&format!("score a.txt {options}")).succeeded().records();
    records.into_iter().filter(|record| record.get("reasons").is_some()).collect()
}

fn dir() -> Dir {
    let dir = Dir::new();
    dir.write("a.txt", ARTICLE);
    dir
}

#[test]
fn reasons_in_jsonl_add_up_to_the_score() {
    let dir = dir();
    for options in OPTIONS {
        let records = labelled(&dir, options);
        assert_eq!(records.len(), 4, "{options}");
        for record in records {
            let reasons = &record["reasons"];
            let neighbours = &reasons["neighbours"];
            assert_eq!(neighbours.is_null(), options.contains("no-context"), "{record}");
            let around = if neighbours.is_null() { 0.0 } else { number(&neighbours["weight"]) };
            let terms = number(&reasons["baseline"]) + number(&reasons["rest"]) + around;
            let sum = weights(&reasons["phrases"]) + weights(&reasons["style"]) + terms;
            assert!((sum - number(&reasons["score"])).abs() < 1e-6, "{record}");
            let logs = record["scores"].as_object().unwrap().values().map(|score| number(score).ln());
            let best = number(&record["scores"][record["label"].as_str().unwrap()]).ln();
            assert!((best - logs.sum::<f64>() / 3.0 - sum).abs() < 1e-3, "{record}");
        }
    }
}

#[test]
fn phrases_are_separate_parts_of_the_text() {
    for record in labelled(&dir(), "--explain 1000") {
        let text: Vec<char> = record["text"].as_str().unwrap().chars().collect();
        let mut is_taken = vec![false; text.len()];
        for phrase in record["reasons"]["phrases"].as_array().unwrap() {
            let at = |key: &str| phrase[key].as_u64().unwrap() as usize;
            let part: String = text[at("start")..at("end")].iter().collect();
            assert_eq!(part, phrase["text"].as_str().unwrap());
            assert!(part.contains(char::is_alphabetic) && !part.contains(['“', '.', ',', '!']), "{part}");
            assert!(!["The", "the", "it", "to", "is"].contains(&part.as_str()), "{part}");
            is_taken[at("start")..at("end")]
                .iter_mut()
                .for_each(|taken| assert!(!std::mem::replace(taken, true)));
        }
    }
}

#[test]
fn reasons_in_columns_add_up_to_the_score() {
    let dir = dir();
    for options in OPTIONS {
        let csv = dir.run(&format!("score a.txt --format csv {options}")).succeeded().stdout;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let column = reader.headers().unwrap().iter().position(|name| name == "reasons").unwrap();
        for record in reader.records() {
            let reasons = record.unwrap()[column].to_string();
            let values =
                reasons.split("; ").map(|term| term.rsplit_once('=').unwrap().1.parse::<f64>().unwrap());
            let values: Vec<f64> = values.collect();
            let (score, terms) = values.split_last().unwrap();
            assert!((terms.iter().sum::<f64>() - score).abs() < 1e-6, "{reasons}");
        }
    }
}

/// Checks that for each score shown, the terms shown before it add up to it.
fn check_shown(page: &str, pattern: &str) {
    let pattern = regex::Regex::new(pattern).unwrap();
    let (mut sum, mut n_scores) = (0, 0);
    for found in pattern.captures_iter(page) {
        let hundredths =
            |index: usize| found.get(index).map(|m| m.as_str().replace('−', "-").replace('.', ""));
        match (hundredths(1), hundredths(2)) {
            (_, Some(score)) => {
                assert_eq!(sum, score.parse::<i64>().unwrap(), "{page}");
                (sum, n_scores) = (0, n_scores + 1);
            }
            (term, None) => sum += term.unwrap().parse::<i64>().unwrap(),
        }
    }
    assert_eq!(n_scores, 4, "{page}");
}

#[test]
fn weights_shown_in_tables_and_pages_add_up_to_the_score_shown() {
    let dir = dir();
    for options in OPTIONS {
        let table = dir.run(&format!("score a.txt --format table {options}")).succeeded().stdout;
        check_shown(&table, r"(?m)([+-]\d+\.\d\d)(?: |\n {15})|score ([+-]\d+\.\d\d)$");
        let page = dir.run(&format!("score a.txt --format html {options}")).succeeded().stdout;
        check_shown(&page, r"<i[^>]*>([+−]\d+\.\d\d)</i>|Score ([+−]\d+\.\d\d), the sum");
    }
}

#[test]
fn reasons_are_words_and_not_names_of_features() {
    let dir = dir();
    let record = &labelled(&dir, "--explain 5")[1];
    assert_eq!(record["label"], "advocacy");
    assert!(record["reasons"]["phrases"][0]["weight"].as_f64().unwrap() > 0.0, "{record}");
    assert!(record["reasons"].to_string().contains("must"), "{record}");
    for format in ["table", "jsonl", "csv", "html"] {
        let run = dir.run(&format!("score a.txt --explain 9 --format {format}")).succeeded();
        for name in ["cue:", "first:", "<person>", "&lt;person", "opening:", "words&lt;=", "words<="] {
            assert!(!run.stdout.contains(name), "{format}: {name}");
        }
    }
}

/// Rows as the page of an article saves them.
fn corrections() -> String {
    let rows = two_label_rows(24);
    let rows = rows.lines().enumerate().map(|(number, row)| {
        let row: Value = serde_json::from_str(row).unwrap();
        let correction = serde_json::json!({
            "id": null, "doc": format!("a{}.html", number / 3), "index": number % 3, "source": "a.html",
            "text": row["text"], "label": row["label"], "old_label": "report",
            "note": "It takes a side.", "model": "0123456789ab",
        });
        format!("{correction}\n")
    });
    rows.collect()
}

#[test]
fn corrections_are_read_for_training_and_evaluation() {
    let dir = Dir::new();
    dir.write("corrections.jsonl", corrections());
    let run = dir.run("train corrections.jsonl -o m --folds 3").succeeded();
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    let run = dir.run("evaluate corrections.jsonl --model m --format json").succeeded();
    let measured: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(measured["paragraphs"], 72, "{measured:.400}");
}
