//! Trains a model on a few rows and evaluates it on others: `cargo run --example train`
#![expect(clippy::print_stdout, reason = "results go to the terminal")]

use rhetor::corpus::{Corpus, GroupBy};
use rhetor::read::ColumnNames;
use rhetor::train::{TrainOptions, evaluate, train};

const SUBJECTS: [&str; 6] = ["rain", "wind", "snow", "butter", "onion", "flour"];
const VERBS: [&str; 4] = ["arrived before", "was mixed with", "is better than", "covered"];

/// A corpus of sentences about weather and cooking, in one document per verb.
fn corpus(folder: &tempfile::TempDir, name: &str, ending: &str) -> Corpus {
    let mut rows = String::from("doc,label,text\n");
    for (doc, verb) in VERBS.iter().enumerate() {
        for (index, subject) in SUBJECTS.iter().enumerate() {
            let label = if index < 3 { "weather" } else { "cooking" };
            rows += &format!(
                "{doc},{label},The {subject} {verb} the {}\n",
                SUBJECTS[index / 3 * 3].to_string() + ending
            );
        }
    }
    let path = folder.path().join(name);
    std::fs::write(&path, rows).expect("the temporary folder is writable");
    Corpus::read(&[path], &ColumnNames::default())
}

fn main() -> rhetor::Result<()> {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let options = TrainOptions { min_count: 1, ..TrainOptions::default() };
    let trained = train(&corpus(&folder, "train.csv", " on Monday."), &options)?;
    let test = corpus(&folder, "test.csv", " on Sunday night.");
    let evaluation = evaluate(&trained.model, &test, GroupBy::Article, 0)?;
    println!("macro-F1 {:.2} on {} paragraphs", evaluation.macro_f1.value, evaluation.n_paragraphs);
    trained.model.save(&folder.path().join("weather-or-cooking.safetensors"))
}
