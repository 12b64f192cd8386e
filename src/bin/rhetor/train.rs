//! `rhetor train`: a model from labelled text.

use std::path::Path;
use std::process::ExitCode;

use rhetor::{ColumnNames, Corpus, CurvePoint, Interval, Model, Styles};

use crate::args::TrainArgs;
use crate::args::fit::FitArgs;
use crate::bar::Step;
use crate::evaluate::headline;
use crate::output::{self, Progress, note};

pub(crate) fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.threads, &[])?;
    check_output(&args.output)?;
    let mut progress = Progress::default();
    let names = args.columns.names(args.label_column.as_deref());
    let corpus = output::corpus(&args.corpus, &names, &mut progress);
    say_corpus(&corpus);
    check_boilerplate_label(&args.fit, &corpus)?;
    let options = args.fit.options(args.group_by)?;
    let test_path = args.learning_curve.as_ref().and_then(Option::as_ref);
    let test = test_path.map(|path| test_corpus(path, &names, &mut progress)).transpose()?;
    let step = Step::begin("fitting, pooling and refining on folds of the corpus");
    let trained = rhetor::train(&corpus, &options)?;
    drop(step);
    match &trained.cross_validated {
        Some(evaluation) => {
            note(&format!("labels out of fold, by {}, the filter not applied:", options.group_by.name()));
            note(headline(evaluation, Styles::default()).trim_end());
        }
        None => note("no folds: blocks have fixed weights, and nothing is known of how good the labels are"),
    }
    match trained.n_boilerplate {
        n if trained.model.has_learned_filter() => {
            note(&format!("filter: rules and a table learned from {n} blocks of boilerplate"))
        }
        n => note(&format!("filter: rules alone ({n} blocks of boilerplate are too few to learn from)")),
    }
    // Saved before the curve, too: a curve that cannot be made costs no model.
    if args.learning_curve.is_none() || !is_special(&args.output) {
        save(&trained.model, &args.output)?;
    }
    if args.learning_curve.is_some() {
        let step = Step::begin("training on growing shares of the corpus");
        let curve = rhetor::learning_curve(&corpus, &options, test.as_ref())?;
        drop(step);
        note(learning_curve(&curve).trim_end());
        save(&trained.model.with_learning_curve(curve)?, &args.output)?;
    }
    progress.done();
    Ok(progress.exit_code())
}

fn save(model: &Model, path: &Path) -> anyhow::Result<()> {
    model.save(path)?;
    note(&format!("wrote {}", path.display()));
    Ok(())
}

/// Fails where no model can be written, before hours are spent on it.
fn check_output(path: &Path) -> anyhow::Result<()> {
    if path == Path::new("-") {
        anyhow::bail!("-o: found `-`, expected a file: a model is not written to standard output");
    }
    // A pipe is opened once: its reader takes the end of the first writer for the end of the model.
    if !is_special(path) {
        rhetor::OutputFile::create(path)?;
    }
    Ok(())
}

/// Whether a path is something else than a file or a folder, such as a pipe.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Fails where the boilerplate label was named, and nothing in the corpus has it.
pub(crate) fn check_boilerplate_label(args: &FitArgs, corpus: &Corpus) -> anyhow::Result<()> {
    let counts = corpus.label_counts();
    match args.boilerplate_label.as_deref() {
        Some(label) if label != "none" && !counts.contains_key(label) => {
            let labels: Vec<String> = counts.into_keys().map(|label| format!("`{label}`")).collect();
            anyhow::bail!(
                "--boilerplate-label: found no paragraph with the label `{label}`, expected one of {}, or `none`",
                labels.join(", ")
            )
        }
        _ => Ok(()),
    }
}

/// The labelled text that a learning curve is measured on.
fn test_corpus(path: &Path, names: &ColumnNames, progress: &mut Progress) -> anyhow::Result<Corpus> {
    let test = output::corpus(&[path.to_path_buf()], names, progress);
    if test.label_counts().is_empty() {
        anyhow::bail!("--learning-curve: {}: found no labelled paragraphs to test on", path.display());
    }
    Ok(test)
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
    note(&format!(
        "corpus: {n_paragraphs} paragraphs in {} documents ({})",
        corpus.n_documents(),
        labels.join(", ")
    ));
}
