//! Explains the label of one paragraph: `cargo run --example explain -- TEXT`
#![expect(clippy::print_stdout, reason = "results go to the terminal")]

use rhetor::{Model, Outcome, ScoreOptions, article_from_text};

const TEXT: &str = "We must stop this shameful waste of public money now. It is time to act!";

fn main() -> rhetor::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| TEXT.to_string());
    let model = Model::embedded()?;
    let options = ScoreOptions { n_evidence: 6, ..ScoreOptions::default() };
    let outcomes = model.score(&article_from_text(&text), options);
    let Some(Outcome::Labelled(labelling)) = outcomes.first() else {
        println!("the filter drops this text: {outcomes:?}");
        return Ok(());
    };
    println!("{}", model.labels()[labelling.label]);
    for (label, probability) in model.labels().iter().zip(&labelling.probabilities) {
        println!("  {label:<9} {probability:.3}");
    }
    if let Some(evidence) = &labelling.evidence {
        println!("score {:+.3}, the sum of:", evidence.score);
        for feature in &evidence.features {
            println!("  {:+.3}  {} ({})", feature.weight, feature.feature, feature.group.name());
        }
        println!("  {:+.3}  baseline", evidence.baseline);
        println!("  {:+.3}  neighbouring paragraphs", evidence.neighbours);
        println!("  {:+.3}  all other features", evidence.rest);
    }
    Ok(())
}
