//! `rhetor inspect`: a model's card and its strongest features.

use std::fmt::Write;
use std::process::ExitCode;

use rhetor::Model;

use crate::args::InspectArgs;
use crate::output::{self, Sink};

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let model = output::model(args.model.as_deref())?;
    let mut sink = Sink::open(None)?;
    sink.write(&card(&model))?;
    sink.write(&features(&model, args.top, output::width()))?;
    sink.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn card(model: &Model) -> String {
    let card = model.card();
    let mut lines = String::new();
    let mut push = |name: &str, value: String| writeln!(lines, "{name:<16} {value}").expect("a string grows");
    push("labels", model.labels().join(", "));
    push("trained by", format!("rhetor {}", card.rhetor));
    let counts: Vec<String> =
        card.label_counts.iter().map(|(label, count)| format!("{count} {label}")).collect();
    push("corpus", format!("{} documents: {}", card.n_documents, counts.join(", ")));
    push("corpus SHA-256", card.corpus_sha256.clone());
    let options: Vec<String> = card.options.iter().map(|(name, value)| format!("{name} {value}")).collect();
    push("options", options.join("; "));
    push("unsure below", format!("{:.3}", model.unsure_below()));
    for block in model.blocks() {
        push(
            "block",
            format!("{:<7} {:>7} features, weight {:+.3}", block.name, block.n_features, block.weight),
        );
    }
    push(
        "context",
        format!("strength {:.1}, own weight {:.1}", model.context_strength().0, model.context_strength().1),
    );
    push("gate", if model.has_learned_gate() { "rules and a learned table".into() } else { "rules".into() });
    let figures: Vec<String> =
        card.cross_validated.iter().map(|(name, value)| format!("{name} {value:.3}")).collect();
    push("cross-validated", figures.join(", "));
    lines
}

/// The strongest features of each label and block, on as many lines as they need.
fn features(model: &Model, top: usize, width: usize) -> String {
    let mut lines = String::new();
    for (index, label) in model.labels().iter().enumerate() {
        writeln!(lines, "\n{label}").expect("a string grows");
        for (block, features) in model.strongest(index, top) {
            let mut line = format!("  {block:<7}");
            for (feature, weight) in features {
                let item = format!(" {feature} {weight:+.2} |");
                if line.chars().count() + item.chars().count() > width {
                    writeln!(lines, "{}", line.trim_end_matches('|').trim_end()).expect("a string grows");
                    line = " ".repeat(9);
                }
                line.push_str(&item);
            }
            writeln!(lines, "{}", line.trim_end_matches('|').trim_end()).expect("a string grows");
        }
    }
    lines
}
