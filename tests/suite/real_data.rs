//! Real pages and paragraphs, where `RHETOR_REAL_DATA` names the folder that holds them.

use std::collections::BTreeMap;

use crate::support::{Dir, real_data};

/// Records by file name.
type ByFile = BTreeMap<String, Vec<serde_json::Value>>;

/// What a block became: `keep`, `join`, or the reason it was dropped for.
fn fate(records: &[serde_json::Value], start: usize) -> String {
    let number = |record: &serde_json::Value, key: &str| record[key].as_u64().unwrap() as usize;
    let record = records
        .iter()
        .find(|record| (number(record, "start")..number(record, "end")).contains(&start))
        .unwrap_or_else(|| panic!("no record for character {start}"));
    match record["reason"].as_str() {
        _ if number(record, "start") != start => "join".to_string(),
        Some(reason) => reason.to_string(),
        None => "keep".to_string(),
    }
}

#[test]
fn blocks_of_real_pages_are_kept_dropped_and_joined_as_expected() {
    let Some(folder) = real_data() else { return };
    let raw = folder.join("articles/raw");
    let run = Dir::new().run(&format!("score {} --format jsonl", raw.display())).succeeded();
    let mut records = ByFile::new();
    for record in run.records() {
        let name = record["source"].as_str().unwrap().rsplit('/').next().unwrap().to_string();
        records.entry(name).or_default().push(record);
    }
    let expected = std::fs::read_to_string(folder.join("articles/raw.expected.tsv")).unwrap();
    let mut n_checked = 0;
    for line in expected.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (file, block, expected) = (columns[0], columns[1].parse::<usize>().unwrap(), columns[2]);
        let text = std::fs::read_to_string(raw.join(file)).unwrap();
        let mut start = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            let n_characters = line.chars().count();
            start += n_characters;
            (start - n_characters, line)
        });
        let (start, _) = lines.filter(|(_, line)| !line.trim().is_empty()).nth(block).unwrap();
        let found = fate(&records[file], start);
        assert!(
            expected == "any" || expected.split('|').any(|e| e == found),
            "{file} {block}: {found}, not {expected}"
        );
        n_checked += 1;
    }
    assert!(n_checked > 100);
}

#[test]
fn real_paragraphs_are_labelled_well() {
    let Some(folder) = real_data() else { return };
    let dev = folder.join("labelled/real_dev.jsonl");
    let run = Dir::new().run(&format!("evaluate {} --format json", dev.display())).succeeded();
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    assert!(number(&figures["macro_f1"]["value"]) >= 0.66, "{figures}");
    assert!(number(&figures["expected_calibration_error"]) <= 0.08, "{figures}");
    let filter = &figures["filter"];
    assert!(number(&filter["boilerplate_dropped"]) >= 0.5 * number(&filter["boilerplate"]), "{filter}");
    assert!(number(&filter["real_lost"]) < 0.02 * number(&figures["paragraphs"]), "{filter}");
}

#[test]
fn every_row_has_one_record() {
    let Some(folder) = real_data() else { return };
    let dev = folder.join("labelled/real_dev.jsonl");
    let run = Dir::new().run(&format!("score --unit paragraph --format jsonl {}", dev.display())).succeeded();
    let ids: Vec<String> = run.records().iter().map(|r| r["id"].as_str().unwrap().to_string()).collect();
    let rows = std::fs::read_to_string(dev).unwrap();
    let expected: Vec<String> = rows
        .lines()
        .map(|row| {
            serde_json::from_str::<serde_json::Value>(row).unwrap()["id"].as_str().unwrap().to_string()
        })
        .collect();
    assert_eq!(ids, expected);
}
