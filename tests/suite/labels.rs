//! Labels as people and programs write them.

use rhetor::corpus::Corpus;
use rhetor::read::ColumnNames;
use serde_json::{Value, json};

use crate::support::{Dir, two_label_rows};

/// The labels of a file and how often each occurs, and the warnings about it.
fn labels(name: &str, content: &str) -> (Vec<(String, usize)>, Vec<String>) {
    let dir = Dir::new();
    let corpus = Corpus::read(&[dir.write(name, content)], &ColumnNames::default());
    assert!(corpus.errors.is_empty(), "{:?}", corpus.errors);
    let warnings = corpus.warnings.iter().map(|warning| warning.what.clone()).collect();
    (corpus.label_counts().into_iter().collect(), warnings)
}

/// Checks the labels of a file, and the beginnings of the warnings.
#[track_caller]
fn check(name: &str, content: &str, expected: &[(&str, usize)], warnings: &[&str]) {
    let (found, said) = labels(name, content);
    let found: Vec<(&str, usize)> = found.iter().map(|(label, n)| (label.as_str(), *n)).collect();
    assert_eq!(found, expected, "{content}");
    assert_eq!(said.len(), warnings.len(), "{said:?}");
    assert!(said.iter().zip(warnings).all(|(said, begin)| said.starts_with(begin)), "{said:?}");
}

/// A table with a column of these labels.
fn table(labels: &[&str]) -> String {
    let row = |(n, label): (usize, &&str)| format!("Text number {n} of the table.,\"{label}\"\n");
    format!("text,label\n{}", labels.iter().enumerate().map(row).collect::<String>())
}

#[test]
fn characters_that_nobody_sees_make_no_label() {
    let spellings = ["x", "\u{200b}x", "x\u{a0}", "\u{feff}x", "x\u{2060}", " x\u{200d}"];
    check("a.csv", &table(&spellings), &[("x", 6)], &[]);
    check("a.csv", &table(&["e\u{301}t", "\u{e9}t"]), &[("\u{e9}t", 2)], &[]);
    check("a.txt", "[\u{feff}x\u{a0}] One.\n\n\u{200b}[x] Two.\n", &[("x", 2)], &[]);
    check("a.txt", "__label__\u{200b}x One.\n__label__x Two.\n", &[("x", 2)], &[]);
}

#[test]
fn words_for_no_label_are_counted_in_every_form() {
    let missing = ["x", "None", "null", "unlabelled", "unlabeled", "unknown", "TODO", "-", "n/a", "\u{200b}"];
    let warnings =
        ["9 rows have no label (empty, rejected or several: 1; `-`: 1; `None`: 1; `TODO`: 1; `n/a`: 1;"];
    check("a.csv", &table(&missing), &[("x", 1)], &warnings);
    let warnings =
        ["1 row has no label (`TODO`: 1): neither learned from nor measured; to learn such a label,"];
    check("a.txt", "[x] One.\n\n[TODO] Two.\n\n[x] Three.\n", &[("x", 2)], &warnings);
    check("a.txt", "__label__x One.\n__label__TODO Two.\n", &[("x", 1)], &warnings);
}

#[test]
fn several_labels_in_one_are_no_class() {
    let several = ["x", "y", "x; y", "x|z", "x, y", "y/x", "x and y"];
    let warnings = ["5 rows have several labels in one, such as `x; y`, and count as rows without a label"];
    check("a.csv", &table(&several), &[("x", 1), ("y", 1)], &warnings);
    let names = ["News|Sport", "arts, culture", "op/ed"];
    check("a.csv", &table(&names), &[("News|Sport", 1), ("arts, culture", 1), ("op/ed", 1)], &[]);
}

#[test]
fn a_label_may_be_an_object_a_list_or_end_with_a_colon() {
    let label =
        |value: Value| json!({"text": format!("A text with {value}."), "label": value}).to_string() + "\n";
    let values =
        [json!("x"), json!({"name": "x"}), json!({"label": "x"}), json!([{"name": "x"}]), json!(["x"])];
    check("a.jsonl", &values.map(label).concat(), &[("x", 5)], &[]);
    check("a.csv", &table(&["x", "['x']", "{'name': 'x'}"]), &[("x", 3)], &[]);
    check(
        "a.txt",
        "__label__x:The one.\n__label__y:the two.\n__label__x:three.\n",
        &[("x", 2), ("y", 1)],
        &[],
    );
    check("a.txt", "__label__x: The one.\n__label__y, the two.\n", &[("x", 1), ("y", 1)], &[]);
    let topics =
        "__label__topic:x one\n__label__topic:y two\n__label__topic:x three\n__label__topic:y four\n";
    check("a.txt", topics, &[("topic:x", 2), ("topic:y", 2)], &[]);
}

#[test]
fn two_columns_of_labels_are_named() {
    let dir = Dir::new();
    let rows = two_label_rows(6).replace("\"label\"", "\"gold\":\"weather\",\"label\"");
    dir.write("rows.jsonl", &rows);
    let said = "the label is column `label`, not `gold`, which has another label in 9 rows";
    for command in ["check-labels rows.jsonl -c 2 --folds 2 --l2-penalty none", "agree rows.jsonl rows.jsonl"]
    {
        let run = dir.run(command);
        assert!(run.stderr.contains(said) && run.stderr.contains("--label-column"), "{}", run.stderr);
        let run = dir.run(&format!("{command} --label-column label"));
        assert!(!run.stderr.contains("the label is column"), "{}", run.stderr);
    }
    dir.write("same.jsonl", two_label_rows(2).replace("\"label\"", "\"class\":null,\"label\""));
    assert!(!dir.run("agree same.jsonl same.jsonl").stderr.contains("the label is column"));
}

#[test]
fn coders_with_several_labels_or_none_are_told() {
    let dir = Dir::new();
    dir.write("ann.csv", table(&["x", "y", "x; y", "TODO", ""]));
    dir.write("bob.csv", table(&["x", "\u{feff}y", "x", "y", "y"]));
    let run = dir.run("agree ann.csv bob.csv -f json").succeeded();
    for piece in [
        "ann.csv:4: 1 row has several labels in one",
        "ann.csv:5: 1 row has no label (`TODO`: 1): not counted",
    ] {
        assert!(run.stderr.contains(piece), "{}", run.stderr);
    }
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&found["labels"], &found["paragraphs"]), (&json!(["x", "y"]), &json!(2)));
}

#[test]
fn labels_of_the_model_in_one_are_told() {
    let dir = Dir::new();
    dir.write("rows.csv", table(&["report", "report/analysis", "Report", "advocacy"]));
    let run = dir.run("evaluate rows.csv --format json").succeeded();
    assert!(
        run.stderr.contains("1 row has several labels in one, such as `report/analysis`"),
        "{}",
        run.stderr
    );
}
