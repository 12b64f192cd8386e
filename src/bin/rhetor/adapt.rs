//! `rhetor train --base`: a model adapted to the user's rows.

use std::path::Path;
use std::process::ExitCode;

use rhetor::Model;
use rhetor::metrics::{Difference, Interval, PairedEvaluation, Verdict};
use rhetor::train::{Adapted, adapt};

use crate::args::TrainArgs;
use crate::progress::Progress;
use crate::terminal::{Bar, note, say};
use crate::train::{check_output, note_corpus, save};

pub fn run(args: &TrainArgs, base: &Path) -> anyhow::Result<ExitCode> {
    args.corpus.threads.start(&[])?;
    check_output(&args.output)?;
    let options = args.adapt_options()?;
    let is_default = base == Path::new("default");
    let base = if is_default { Model::embedded() } else { Model::load(base) }?;
    let mut progress = Progress::default();
    let mut corpus = progress.corpus(&args.corpus.paths, &args.corpus);
    args.corpus.weigh(&mut corpus)?;
    note_corpus(&corpus);
    args.corpus.check_boilerplate_label(&corpus)?;
    let step = Bar::spinner("adapting the base on the folds of the rows");
    let adapted = adapt(&base, &corpus, &options).map_err(with_hint)?;
    drop(step);
    if adapted.n_boilerplate > 0 {
        note(&format!("skipped {} rows of boilerplate: the filter is the base's", adapted.n_boilerplate));
    }
    let verdict = adapted.held_out.as_ref().map(PairedEvaluation::verdict);
    note(&report(&adapted, verdict));
    if verdict == Some(Verdict::Worse) && !args.force {
        say("rhetor: nothing was written; --force writes the model anyway");
        return Ok(ExitCode::from(2));
    }
    save(&adapted.model, &args.output)?;
    progress.done();
    Ok(progress.exit_code())
}

/// An error with what can be done about labels that the base does not have.
fn with_hint(error: rhetor::Error) -> anyhow::Error {
    match error {
        rhetor::Error::BaseLabels { .. } => {
            anyhow::anyhow!("{error}; rename labels of the base with --map OLD=NEW, or train without --base")
        }
        error => error.into(),
    }
}

/// Both models on held-out rows, and what the figures show.
fn report(adapted: &Adapted, verdict: Option<Verdict>) -> String {
    let n = adapted.n_paragraphs;
    let Some(held_out) = &adapted.held_out else {
        return format!("{n} labelled rows are too few to measure an adaptation: the tables are the base's");
    };
    let mut lines = format!(
        "base and adapted model on {n} rows, held out in {} groups, without the filter:\n\
         {:9} {:>6} {:>8} {:>11} (95 % interval)\n",
        held_out.n_groups, "", "base", "adapted", "difference"
    );
    for (name, found) in
        [("macro-F1", held_out.macro_f1), ("accuracy", held_out.accuracy), ("log loss", held_out.log_loss)]
    {
        let Difference { first, second, difference: Interval { value, low, high } } = found;
        lines += &format!("{name:9} {first:>6.3} {second:>8.3} {value:>+11.3} ({low:+.3} to {high:+.3})\n");
    }
    lines
        + match (adapted.l2_penalty, verdict) {
            (None, _) => "the rows do not show that moving the base's tables helps: they stay as they are",
            (_, Some(Verdict::Better)) => "the adapted model is better than the base on these rows",
            (_, Some(Verdict::Worse)) => "the adapted model is worse than the base on these rows",
            _ => "the rows show no difference between the adapted model and the base",
        }
}
