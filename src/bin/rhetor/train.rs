//! `rhetor train`: a model from labelled text.

use std::process::ExitCode;

use rhetor::{Corpus, CurvePoint, Interval};

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
    let test_path = args.learning_curve.as_ref().and_then(Option::as_ref);
    let test = test_path.map(|path| output::corpus(std::slice::from_ref(path), &names, &mut progress));
    let trained = rhetor::train(&corpus, &options)?;
    say(&format!("labels out of fold, by {}, the gate not applied:", options.group_by.name()));
    say(figures(&trained.cross_validated).trim_end());
    match trained.n_clutter {
        n if trained.model.has_learned_gate() => {
            say(&format!("gate: rules and a table learned from {n} blocks of clutter"))
        }
        n => say(&format!("gate: rules alone ({n} blocks of clutter are too few to learn from)")),
    }
    let mut model = trained.model;
    if args.learning_curve.is_some() {
        let curve = rhetor::learning_curve(&corpus, &options, test.as_ref())?;
        say(learning_curve(&curve).trim_end());
        model = model.with_learning_curve(curve);
    }
    model.save(&args.output)?;
    say(&format!("wrote {}", args.output.display()));
    progress.done();
    Ok(progress.exit_code())
}

/// A learning curve in lines, with what each step gained.
pub(crate) fn learning_curve(points: &[CurvePoint]) -> String {
    let mut lines = String::from("learning curve: macro-F1 of models of a share of the corpus\n");
    lines += "  share paragraphs macro-F1              gain\n";
    let mut last: Option<f64> = None;
    for point in points {
        let Interval { value, low, high } = point.macro_f1;
        let gain = last.map(|last| format!("{:+.3}", value - last)).unwrap_or_default();
        let share = format!("{:.1}%", 100.0 * point.share);
        let line = format!("{share:>7} {:>10} {value:.3} ({low:.3}-{high:.3}) {gain:>6}", point.n_paragraphs);
        lines += &format!("{}\n", line.trim_end());
        last = Some(value);
    }
    lines
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
