//! The same input and options give the same bytes, whatever the threads and the order of files.

use sha2::{Digest, Sha256};

use crate::support::{Dir, project};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies the seeds into a folder under other names, in another order.
fn renamed_seeds(dir: &Dir) {
    for kind in ["articles", "contrasts"] {
        let mut paths: Vec<_> = std::fs::read_dir(project().join("seeds").join(kind))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        paths.sort();
        for (index, path) in paths.iter().rev().enumerate() {
            dir.write(&format!("mixed/{index:04}-{kind}.txt"), std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn models_and_scores_do_not_depend_on_threads_or_order() {
    let dir = Dir::new();
    renamed_seeds(&dir);
    let seeds = project().join("seeds");
    let seeds = format!("{0}/articles {0}/contrasts", seeds.display());
    let flags = "--folds 3 --word-codes none";
    let one = dir.run(&format!("train {seeds} -o one --threads 1 {flags}")).succeeded();
    let two = dir.run(&format!("train mixed -o two --threads 2 {flags}")).succeeded();
    assert_eq!(dir.read("one"), dir.read("two"));
    // Training says nothing but its own lines.
    assert_eq!(one.stderr.replace("wrote one", ""), two.stderr.replace("wrote two", ""));
    let first_words = [
        "corpus: ",
        "labels out of fold, ",
        "macro-F1 ",
        "log loss ",
        "label ",
        "report ",
        "advocacy ",
        "analysis ",
        "filter: ",
        "wrote ",
    ];
    for line in one.stderr.lines() {
        let own = first_words.iter().any(|words| line.starts_with(words)) || line.ends_with(" groups");
        assert!(own, "{line}");
    }
    let samples = project().join("seeds/samples");
    let scored = |threads: usize, model: &str| {
        dir.run(&format!("score {} --threads {threads} --model {model} --explain 3", samples.display()))
            .succeeded()
            .stdout
    };
    assert_eq!(scored(1, "one"), scored(2, "two"));
}

#[test]
fn groups_do_not_depend_on_the_order_of_files() {
    let dir = Dir::new();
    let mut paths: Vec<String> = std::fs::read_dir(project().join("seeds/articles"))
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    paths.sort();
    paths.truncate(20);
    let grouped = |paths: &[String]| {
        dir.run(&format!("score {} --group-by english", paths.join(" "))).succeeded().stdout
    };
    let forward = grouped(&paths);
    paths.reverse();
    assert_eq!(forward, grouped(&paths));
}

/// What the seeds alone give, in numbers that show every part of a model.
fn figures_of_the_seeds() -> serde_json::Value {
    let seeds = project().join("seeds");
    let corpus = rhetor::corpus::Corpus::read(
        &[seeds.join("articles"), seeds.join("contrasts")],
        &rhetor::read::ColumnNames::default(),
    );
    let trained = rhetor::train::train(&corpus, &rhetor::train::TrainOptions::default()).unwrap();
    let cross_validated = trained.cross_validated.unwrap();
    let model = &trained.model;
    let mut probabilities = Vec::new();
    for path in rhetor::read::find_inputs(&[seeds.join("samples")]).files {
        for article in rhetor::read_path(&path, &rhetor::read::ReadOptions::default()).unwrap().articles {
            for outcome in model.score(&article, rhetor::ScoreOptions::default()) {
                if let rhetor::Outcome::Labelled(labelling) = outcome {
                    probabilities.push(labelling.probabilities);
                }
            }
        }
    }
    let groups = model.groups();
    serde_json::json!({
        "macro_f1": cross_validated.macro_f1.value,
        "log_loss": cross_validated.log_loss,
        "unsure_below": model.unsure_below(),
        "n_features": groups.iter().map(|group| group.n_features).collect::<Vec<_>>(),
        "alphas": groups.iter().map(|group| group.alpha).collect::<Vec<_>>(),
        "weights": groups.iter().map(|group| group.weight).collect::<Vec<_>>(),
        "probabilities": probabilities,
    })
}

/// All numbers of a value, in order.
fn numbers(value: &serde_json::Value) -> Vec<f64> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(numbers).collect(),
        serde_json::Value::Object(fields) => fields.values().flat_map(numbers).collect(),
        value => value.as_f64().into_iter().collect(),
    }
}

#[test]
fn the_seeds_alone_give_the_model_that_they_gave_before() {
    // The fixture is written anew with RHETOR_BLESS=1, after a change that is meant to change models.
    let path = project().join("tests/fixtures/seeds_model.json");
    let found = figures_of_the_seeds();
    if std::env::var_os("RHETOR_BLESS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let expected: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (found, expected) = (numbers(&found), numbers(&expected));
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() < 1e-6, "number {index}: {found}, not {expected}");
    }
}

#[test]
fn a_saved_model_is_the_model_that_was_saved() {
    let dir = Dir::new();
    let model = rhetor::Model::embedded().unwrap();
    let path = dir.path().join("copy");
    model.save(&path).unwrap();
    assert_eq!(
        sha256(&dir.read("copy")),
        sha256(&std::fs::read(project().join("models/default.safetensors")).unwrap())
    );
    assert_eq!(rhetor::Model::load(&path).unwrap(), model);
}
