//! `rhetor train`: a model from labelled text.

use std::process::ExitCode;

use rhetor::Corpus;

use crate::args::TrainArgs;
use crate::evaluate::figures;
use crate::output::{self, Progress, say};

pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.threads)?;
    let mut progress = Progress::default();
    let names = args.columns.names(args.label_column.as_deref());
    let corpus = output::corpus(&args.corpus, &names, &mut progress);
    say_corpus(&corpus);
    let options = args.fit.options(args.group_by)?;
    let trained = rhetor::train(&corpus, &options)?;
    say(&format!("labels out of fold, by {}, the gate not applied:", options.group_by.name()));
    say(figures(&trained.cross_validated).trim_end());
    match trained.n_clutter {
        n if trained.model.has_learned_gate() => {
            say(&format!("gate: rules and a table learned from {n} blocks of clutter"))
        }
        n => say(&format!("gate: rules alone ({n} blocks of clutter are too few to learn from)")),
    }
    trained.model.save(&args.output)?;
    say(&format!("wrote {}", args.output.display()));
    progress.done();
    Ok(progress.exit_code())
}

fn say_corpus(corpus: &Corpus) {
    let counts = corpus.label_counts();
    let labels: Vec<String> = counts.iter().map(|(label, count)| format!("{count} {label}")).collect();
    let n_paragraphs: usize = counts.values().sum();
    say(&format!(
        "corpus: {n_paragraphs} paragraphs in {} documents ({})",
        corpus.n_documents(),
        labels.join(", ")
    ));
}
