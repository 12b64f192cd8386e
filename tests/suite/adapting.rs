//! `train --base`: a model adapted to a few rows.

use crate::support::{Dir, project};

/// Rows in the labels of the default model, one article for each of `n` numbers, whose advocacy has a word of its own.
fn rows(n: usize, names: [&str; 3]) -> String {
    let texts = [
        "The council voted 31 to 12 on Tuesday to build the tram line, officials said in room",
        "We must not let this grumblework stand: it is a shameful waste, and it is time to act on number",
        "Because fares cover only part of the cost, the line may need a larger subsidy, which would explain point",
    ];
    let row = |document: usize, index: usize| {
        let text = format!("{} {document}.", texts[index]);
        let row = serde_json::json!({"text": text, "label": names[index], "doc": document.to_string(), "index": index});
        format!("{row}\n")
    };
    (0..n).flat_map(|document| (0..3).map(move |index| row(document, index))).collect()
}

const LABELS: [&str; 3] = ["report", "advocacy", "analysis"];
const OPINION: &str = "--map advocacy=opinion --map analysis=opinion --map report=news";

#[test]
fn an_adapted_model_says_what_it_came_from_and_is_the_same_with_any_number_of_threads() {
    let dir = Dir::new();
    // Labels turned round, so that the rows show that the base can be improved on.
    dir.write("rows.jsonl", rows(60, ["analysis", "report", "advocacy"]));
    let run = dir.run("train --base default rows.jsonl -o a.safetensors --threads 1").succeeded();
    for piece in
        ["macro-F1", "log loss", "held out in 60 groups", "better than the base", "wrote a.safetensors"]
    {
        assert!(run.stderr.contains(piece), "no `{piece}` in {}", run.stderr);
    }
    dir.run("train --base default rows.jsonl -o b.safetensors --threads 2").succeeded();
    assert!(dir.read("a.safetensors") == dir.read("b.safetensors"));
    let base = rhetor::Model::embedded().unwrap();
    let card = dir.run("inspect a.safetensors --top 1").succeeded().stdout;
    let run = dir.run("evaluate rows.jsonl --model a.safetensors --format json").succeeded();
    assert!(run.stderr.contains("paragraphs are in the training data of the model"), "{}", run.stderr);
    let adapted = rhetor::Model::load(&dir.path().join("a.safetensors")).unwrap();
    let about = adapted.card().about.as_ref().unwrap();
    assert!(
        about.labelled_by.ends_with("for 180 paragraphs, by whoever adapted the model"),
        "{}",
        about.labelled_by
    );
    for piece in ["adapted from", base.id(), "180 rows", "held-out rows"] {
        assert!(card.contains(piece), "no `{piece}` in {card}");
    }
    let evaluation = dir.run("evaluate rows.jsonl --model a.safetensors --format json").succeeded().stdout;
    let evaluation: serde_json::Value = serde_json::from_str(&evaluation).unwrap();
    assert!(evaluation["accuracy"]["value"].as_f64().unwrap() > 0.9, "{evaluation}");
}

#[test]
fn labels_can_be_renamed_and_merged() {
    let dir = Dir::new();
    dir.write("rows.jsonl", rows(40, ["news", "Opinion", "opinion"]));
    dir.run(&format!("train --base default rows.jsonl -o two.safetensors {OPINION}")).succeeded();
    let explained =
        "score rows.jsonl --unit paragraph --no-filter --explain 4 --model two.safetensors --format jsonl";
    let records = dir.run(explained).succeeded().records();
    assert_eq!(records.len(), 120);
    for record in &records {
        let scores = record["scores"].as_object().unwrap();
        let names: Vec<&String> = scores.keys().collect();
        assert!(
            names.len() == 2 && scores.contains_key("news") && scores.contains_key("opinion"),
            "{record}"
        );
        let sum: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }
    let evaluation = dir.run("evaluate rows.jsonl --model two.safetensors --format json").succeeded().stdout;
    let evaluation: serde_json::Value = serde_json::from_str(&evaluation).unwrap();
    assert!(evaluation["macro_f1"]["value"].as_f64().unwrap() > 0.9, "{evaluation}");
    assert_eq!(evaluation["labels"], serde_json::json!(["news", "opinion"]));
    dir.run("inspect two.safetensors -o card.html").succeeded();
}

#[test]
fn evidence_of_merged_labels_adds_up() {
    use rhetor::train::{AdaptOptions, adapt};
    use rhetor::{Model, Outcome, ScoreOptions, article_from_text};

    let renamed = [("advocacy", "opinion"), ("analysis", "opinion")];
    let renamed = renamed.map(|(old, new)| (old.to_string(), new.to_string())).into_iter().collect();
    let (base, corpus) = (Model::embedded().unwrap(), rhetor::corpus::Corpus::default());
    let model = adapt(&base, &corpus, &AdaptOptions { renamed, ..AdaptOptions::default() }).unwrap().model;
    let text = std::fs::read_to_string(project().join("seeds/samples/harbour-ferry-subsidy.txt")).unwrap();
    let article = article_from_text(&text);
    let options = ScoreOptions { n_evidence: 5, ..ScoreOptions::default() };
    let mut n_checked = 0;
    for (outcome, own) in model.score(&article, options).iter().zip(base.score(&article, options)) {
        let (Outcome::Labelled(merged), Outcome::Labelled(own)) = (outcome, own) else { continue };
        let evidence = merged.evidence.as_ref().unwrap();
        let named: f64 = evidence.features.iter().map(|feature| feature.weight).sum();
        let sum = evidence.baseline + evidence.neighbours + evidence.rest + named;
        assert!((evidence.score - sum).abs() < 1e-9, "{} {sum}", evidence.score);
        assert!((merged.probabilities[1] - own.probabilities[1] - own.probabilities[2]).abs() < 1e-9);
        let logs = merged.probabilities.iter().map(|probability| probability.ln());
        let score = merged.probabilities[merged.label].ln() - logs.sum::<f64>() / 2.0;
        assert!((evidence.score - score).abs() < 1e-9);
        n_checked += 1;
    }
    assert!(n_checked > 5, "{n_checked}");
}

#[test]
fn a_model_that_is_worse_is_written_only_by_force() {
    let dir = Dir::new();
    // A third of the labels are wrong, and with almost no penalty the tables learn by heart which words go with them.
    let words: Vec<&str> = "river window garden table paper music winter bridge letter market doctor summer kitchen \
        island forest driver silver morning dinner church captain corner engine farmer finger hammer hospital machine \
        number orange picture planet pocket station street teacher tower village weather yellow"
        .split_whitespace()
        .collect();
    let starts = ["The council voted for the", "We must stop the", "This may explain why the"];
    let mut state = 1_u32;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (state >> 16) as usize % n
    };
    let mut lines = Vec::new();
    for (document, index) in (0..40).flat_map(|document| (0..3).map(move |index| (document, index))) {
        let drawn: Vec<&str> = (0..8).map(|_| words[draw(words.len())]).collect();
        let label = LABELS[if draw(3) < 2 { index } else { (index + 1) % 3 }];
        let text = format!("{} {}.", starts[index], drawn.join(" "));
        let row =
            serde_json::json!({"text": text, "label": label, "doc": format!("d{document}"), "index": index});
        lines.push(row.to_string());
    }
    dir.write("rows.jsonl", lines.join("\n"));
    let train = "train --base default rows.jsonl -o a.safetensors --l2-penalty 0.0001";
    let run = dir.run(train);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("worse than the base") && run.stderr.contains("--force"), "{}", run.stderr);
    assert!(!dir.path().join("a.safetensors").exists());
    dir.run(&format!("{train} --force")).succeeded();
    assert!(dir.path().join("a.safetensors").exists());
}

#[test]
fn few_rows_leave_the_tables_of_the_base() {
    let dir = Dir::new();
    dir.write("rows.jsonl", rows(4, LABELS));
    let run = dir.run("train --base default rows.jsonl -o a.safetensors").succeeded();
    assert!(run.stderr.contains("too few"), "{}", run.stderr);
    let score = |model: &str| {
        let mut records = dir.run(&format!("score rows.jsonl --format jsonl {model}")).succeeded().records();
        for record in &mut records {
            record.as_object_mut().unwrap().remove("model");
        }
        records
    };
    assert_eq!(score("--model a.safetensors"), score(""));
}

#[test]
fn labels_that_the_base_does_not_have_are_named_with_what_to_do() {
    let dir = Dir::new();
    dir.write("rows.jsonl", rows(10, ["news", "advocacy", "analysis"]));
    for (map, pieces) in [
        ("", ["`news` (10 rows)", "report, advocacy, analysis", "--map OLD=NEW"]),
        ("--map views=opinion", ["`views`", "report, advocacy, analysis", "--map OLD=NEW"]),
        ("--map report", ["--map", "advocacy=opinion", "report"]),
        ("--smoothing 1", ["--smoothing", "--base", "cannot be used"]),
    ] {
        let run = dir.run(&format!("train --base default rows.jsonl -o a.safetensors {map}"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        for piece in pieces {
            assert!(run.stderr.contains(piece), "no `{piece}` in {}", run.stderr);
        }
    }
    assert!(!dir.path().join("a.safetensors").exists());
}
