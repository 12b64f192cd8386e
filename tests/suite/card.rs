//! The model card: as a table, as a page and as JSON.

use std::path::Path;

use rhetor::Model;
use serde_json::{Value, json};

use crate::altered_model::with_entry;
use crate::support::{Dir, Run, two_label_rows};

/// Trains a model of two labels.
fn trained(dir: &Dir, rows: &str, flags: &str) {
    dir.write("rows.jsonl", rows);
    dir.run(&format!("train rows.jsonl -o m.st --l2-penalty none --folds 3 --min-count 1 {flags}"))
        .succeeded();
}

fn page(dir: &Dir, args: &str) -> String {
    dir.run(&format!("inspect {args} --format html")).succeeded().stdout
}

#[track_caller]
fn contains(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no `{piece}` in {text}");
    }
}

#[test]
fn the_table_has_the_figures_out_of_fold() {
    let card = Dir::new().run("inspect").succeeded().stdout;
    contains(
        &card,
        &[
            "out of fold, without the filter:",
            "label    precision recall    F1 support",
            "rows: true labels; columns: predicted",
            "           report advocacy analysis",
            "coverage  100%",
            "probability  mean accuracy      n",
        ],
    );
    let too_wide: Vec<&str> = card.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(too_wide.is_empty(), "{too_wide:?}");
}

#[test]
fn labels_of_any_length_keep_the_table_readable() {
    let dir = Dir::new();
    let long = "what the weather was and will be for all we know today";
    trained(&dir, &two_label_rows(24).replace("\"weather\"", &json!(long).to_string()), "");
    let card = dir.run("inspect m.st").succeeded().stdout;
    // A column of that width leaves no room for another: each has a table of its own.
    let matrix: Vec<&str> = card.lines().skip_while(|line| !line.starts_with("rows: ")).take(7).collect();
    assert_eq!(matrix.iter().filter(|line| line.starts_with(long)).count(), 2, "{matrix:?}");
    assert!(card.contains("coverage"), "{card}");
}

#[test]
fn the_page_describes_the_model_and_its_accuracy() {
    let dir = Dir::new();
    let page = page(&dir, "");
    contains(
        &page,
        &[
            "<h1>Model card</h1>",
            "cross-validated, without the filter",
            "Confusion matrix",
            "Calibration",
            "rhetor train … --learning-curve",
            "<bdi>spokeswoman</bdi>",
            "Words before refinement",
        ],
    );
    // Two plots: there is no learning curve. Every figure is also in a table.
    assert_eq!(page.matches("<svg class=\"plot\"").count(), 2);
    assert!(page.matches("<table").count() >= 6, "{page}");
    assert!(!page.contains(" style="), "the policy forbids styles on elements");
}

#[test]
fn a_learning_curve_is_drawn_with_its_numbers() {
    let dir = Dir::new();
    trained(&dir, &two_label_rows(48), "--learning-curve");
    let page = page(&dir, "m.st");
    assert_eq!(page.matches("<svg class=\"plot\"").count(), 3);
    contains(&page, &["class=\"interval\"", "paragraphs trained on", "m.st"]);
    assert!(!page.contains("without a learning curve"));
    let json = dir.run("inspect m.st --format json").succeeded().records().remove(0);
    assert!(json["card"]["learning_curve"].as_array().unwrap().len() > 1, "{json}");
}

#[test]
fn labels_and_words_stay_text() {
    let dir = Dir::new();
    let label = "</title><script>alert(1)</script>";
    let rows = two_label_rows(24).replace("\"weather\"", &json!(label).to_string());
    trained(&dir, &rows.replace(" and the ", " & \\\"<b>\\\" and the "), "");
    let page = page(&dir, "m.st");
    contains(&page, &["&lt;/title&gt;&lt;script&gt;alert(1)"]);
    assert!(!page.contains("<script") && !page.contains("<b>\""), "{page}");
    assert_eq!(page.matches("</title>").count(), 1);
}

#[test]
fn the_name_of_the_output_determines_the_form() {
    let dir = Dir::new();
    let starts = |name: &str, start: &str| {
        let run = dir.run(&format!("inspect -o {name}")).succeeded();
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{name}");
        assert!(dir.read(name).starts_with(start.as_bytes()), "{name}");
    };
    starts("card.html", "<!DOCTYPE html>");
    starts("card.HTM", "<!DOCTYPE html>");
    starts("card.json", "{\"card\"");
    starts("card.txt", "model ");
    starts("card", "model ");
    let refused: Run = dir.run("inspect -o card.csv");
    assert_eq!(refused.code, 2);
    contains(&refused.stderr, &["card.csv: found the suffix `.csv`, expected .html, .json or .txt"]);
    dir.run("inspect -o card.csv --format json").succeeded();
    assert!(dir.read("card.csv").starts_with(b"{"));
}

#[test]
fn json_has_the_whole_card() {
    let json = Dir::new().run("inspect --format json --top 3").succeeded().records().remove(0);
    let figures = &json["card"]["out_of_fold"];
    let counts = |value: &Value| -> u64 {
        value
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .filter_map(Value::as_u64)
            .sum()
    };
    assert_eq!(json["labels"], json!(["report", "advocacy", "analysis"]));
    assert_eq!(counts(&figures["confusion"]), figures["n_paragraphs"].as_u64().unwrap());
    let in_bins = figures["reliability"].as_array().unwrap().iter();
    assert_eq!(
        in_bins.map(|bin| bin["n_paragraphs"].as_u64().unwrap()).sum::<u64>(),
        figures["n_paragraphs"].as_u64().unwrap()
    );
    assert_eq!(json["strongest"]["report"]["words"].as_array().unwrap().len(), 3);
    assert_eq!(json["groups"].as_array().unwrap().len(), 6);
}

#[test]
fn a_model_without_scores_by_label_says_so() {
    let bytes = with_entry(|entry| drop(entry["card"].as_object_mut().unwrap().remove("out_of_fold")));
    let model = Model::from_bytes(&bytes, Path::new("old.st")).unwrap();
    assert_eq!(model.card().out_of_fold, None);
    contains(&rhetor::report::model_page(&model, "old.st", 5), &["Train it again"]);
    let dir = Dir::new();
    dir.write("old.st", &bytes);
    assert!(!dir.run("inspect old.st").succeeded().stdout.contains("columns: predicted"));
    // A saved copy does not invent them: its checksum would differ.
    model.save(&dir.path().join("copy.st")).unwrap();
    assert!(!String::from_utf8_lossy(&dir.read("copy.st")).contains("out_of_fold"));
}

#[test]
fn a_model_without_any_figures_says_so() {
    let bytes = with_entry(|entry| {
        entry["card"]["cross_validated"] = json!({});
        drop(entry["card"].as_object_mut().unwrap().remove("out_of_fold"));
    });
    let model = Model::from_bytes(&bytes, Path::new("m")).unwrap();
    let page = rhetor::report::model_page(&model, "m", 5);
    contains(&page, &["trained without cross-validation"]);
    assert!(!page.contains("cross-validated") && !page.contains("Of 100 paragraphs"), "{page}");
}

#[test]
fn figures_of_other_labels_are_refused() {
    let bytes = with_entry(|entry| entry["card"]["out_of_fold"]["confusion"] = json!([[1, 2, 3], [4, 5, 6]]));
    let error = Model::from_bytes(&bytes, Path::new("m")).unwrap_err().to_string();
    assert_eq!(
        error,
        "m: not a complete rhetor model: its out-of-fold figures are for a different number of labels"
    );
}
