//! Labels the paragraphs of files: `cargo run --example score -- FILE…`
#![expect(clippy::print_stdout, reason = "results go to the terminal")]

use std::path::Path;

use rhetor::read::ReadOptions;
use rhetor::{Model, Outcome, ScoreOptions, read_path};

fn main() -> rhetor::Result<()> {
    let model = Model::embedded()?;
    for path in std::env::args().skip(1) {
        let reading = read_path(Path::new(&path), &ReadOptions::default())?;
        for article in &reading.articles {
            let outcomes = model.score(article, ScoreOptions::default());
            for (paragraph, outcome) in article.paragraphs.iter().zip(outcomes) {
                match outcome {
                    Outcome::Labelled(labelling) => {
                        let label = &model.labels()[labelling.label];
                        let probability = labelling.probabilities[labelling.label];
                        println!("{label:<9} {probability:.2}  {}", paragraph.text);
                    }
                    Outcome::Dropped(reason) => println!("dropped ({})", reason.name()),
                }
            }
        }
    }
    Ok(())
}
