//! Explains the label of one paragraph: `cargo run --example explain -- TEXT`
#![expect(clippy::print_stdout, reason = "results go to the terminal")]

use rhetor::{Model, Outcome, ScoreOptions, article_from_text};

const TEXT: &str = "We must stop this shameful waste of public money now. It is time to act!";

fn main() -> rhetor::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| TEXT.to_string());
    let model = Model::embedded()?;
    let options = ScoreOptions { n_reasons: 5, ..ScoreOptions::default() };
    let outcomes = model.score(&article_from_text(&text), options);
    let Some(Outcome::Labelled(labelling)) = outcomes.first() else {
        println!("the filter drops this text: {outcomes:?}");
        return Ok(());
    };
    println!("{}", model.labels()[labelling.label]);
    for (label, probability) in model.labels().iter().zip(&labelling.probabilities) {
        println!("  {label:<9} {probability:.3}");
    }
    if let Some(reasons) = &labelling.reasons {
        println!("score {:+.3}, the sum of:", reasons.score);
        for phrase in &reasons.phrases {
            println!("  {:+.3}  “{}”", phrase.weight, phrase.text);
        }
        for style in &reasons.style {
            println!("  {:+.3}  {}", style.weight, style.text);
        }
        println!("  {:+.3}  before any word is read", reasons.baseline);
        println!("  {:+.3}  everything else", reasons.rest);
    }
    Ok(())
}
