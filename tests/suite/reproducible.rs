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
    let flags = "--folds 3 --smoothing 0.3";
    let one = dir.run(&format!("train {seeds} -o one --threads 1 {flags}")).succeeded();
    let two = dir.run(&format!("train mixed -o two --threads 2 {flags}")).succeeded();
    assert_eq!(dir.read("one"), dir.read("two"));
    // Training says nothing but its own lines.
    assert_eq!(one.stderr.replace("wrote one", ""), two.stderr.replace("wrote two", ""));
    let first_words = [
        "corpus: ",
        "cross-validated, ",
        "macro-F1 ",
        "log loss ",
        "label ",
        "report ",
        "advocacy ",
        "analysis ",
        "gate: ",
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
