//! What training holds out: folds, one part of a large corpus, or nothing.

use std::fmt::Write;

use crate::support::{Dir, two_label_rows};

const PLAIN: &str = "--l2-penalty none --smoothing 1 --word-codes none --ngrams 1";

#[test]
fn naive_bayes_without_folds_labels_and_claims_nothing() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    let run = dir.run(&format!("train rows.jsonl {PLAIN} --folds none -o m.st")).succeeded();
    assert!(run.stderr.contains("no folds: feature groups have default weights"), "{}", run.stderr);
    assert!(!run.stderr.contains("macro-F1"), "{}", run.stderr);
    let card = dir.run("inspect m.st").succeeded().stdout;
    for piece in ["no figures (trained without folds)", "folds none", "weight 0.600", "unsure below 0.600"] {
        let card = card.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(card.contains(piece), "no `{piece}` in {card}");
    }
    let figures = dir.run("evaluate rows.jsonl --model m.st --format json").succeeded().stdout;
    let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
    assert_eq!(figures["accuracy"]["value"], 1.0, "{figures}");
}

#[test]
fn one_article_is_enough_where_nothing_is_held_out() {
    let dir = Dir::new();
    dir.write(
        "rows.jsonl",
        two_label_rows(8).replace("\"doc\":", "\"was\":").replace('}', ",\"doc\":\"a\"}"),
    );
    let refused = dir.run("train rows.jsonl -o m.st");
    assert!(refused.stderr.contains("in one article"), "{}", refused.stderr);
    dir.run(&format!("train rows.jsonl {PLAIN} --folds none -o m.st")).succeeded();
}

#[test]
fn what_is_chosen_out_of_fold_needs_folds() {
    let dir = Dir::new();
    dir.write("rows.jsonl", two_label_rows(8));
    let refused = |options: &str, piece: &str| {
        let run = dir.run(&format!("train rows.jsonl {options} -o m.st"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(piece), "no `{piece}` in {}", run.stderr);
    };
    refused("--folds none --l2-penalty none", "smoothing: found `auto` without folds, expected a number");
    refused("--folds none --smoothing 1", "L2 penalty: found an L2 penalty without folds, expected `none`");
    refused("--folds 1", "folds: found 1, expected `auto`, `none` or a number from 2 to 100");
    refused("--folds some", "expected `auto`, `none` or a number");
}

/// Rows of two labels, and `n_rare` of a third.
fn many_rows(n: usize, n_rare: usize) -> String {
    let words = ["tram", "vote", "budget", "school", "harbour", "mayor", "storm", "strike"];
    let mut rows = String::new();
    for i in 0..n {
        let (label, verb) = if i % 2 == 0 { ("report", "said") } else { ("advocacy", "must") };
        let (first, second) = (words[i % 8], words[i / 8 % 8]);
        writeln!(
            rows,
            r#"{{"doc":"d{}","text":"The {first} {verb} {second} {i}.","label":"{label}"}}"#,
            i / 4
        )
        .unwrap();
    }
    for i in 0..n_rare {
        writeln!(rows, r#"{{"text":"Because of {i} it rose.","label":"analysis"}}"#).unwrap();
    }
    rows
}

#[test]
fn of_a_large_corpus_a_sample_is_held_out_at_any_thread_count() {
    let dir = Dir::new();
    dir.write("rows.jsonl", many_rows(104_000, 0));
    let options = "--smoothing 1 --word-codes none --ngrams 1";
    let run = dir.run(&format!("train rows.jsonl {options} --threads 1 -o one.st")).succeeded();
    assert!(run.stderr.contains("100000 paragraphs in 25000 groups"), "{}", run.stderr);
    assert!(run.stderr.contains("macro-F1 1.000"), "{}", run.stderr);
    dir.run(&format!("train rows.jsonl {options} --threads 2 -o two.st")).succeeded();
    assert!(dir.read("one.st") == dir.read("two.st"), "models differ by thread count");
}
