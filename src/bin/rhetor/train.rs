//! `rhetor train`: a model from labelled text.

use std::path::Path;
use std::process::ExitCode;

use rhetor::Model;
use rhetor::corpus::Corpus;
use rhetor::output::OutputFile;
use rhetor::report::Styles;
use rhetor::train::Trained;

use crate::args::{CorpusArgs, TrainArgs};
use crate::evaluate::{headline, learning_curve};
use crate::progress::Progress;
use crate::terminal::{Bar, note};

pub fn run(args: &TrainArgs) -> anyhow::Result<ExitCode> {
    args.corpus.threads.start(&[])?;
    check_output(&args.output)?;
    let mut progress = Progress::default();
    let mut corpus = progress.corpus(&args.corpus.paths, &args.corpus);
    args.corpus.weigh(&mut corpus)?;
    note_corpus(&corpus);
    args.corpus.check_boilerplate_label(&corpus)?;
    note_boilerplate_label(&args.corpus, &corpus);
    note_time(&corpus);
    let options = args.options()?;
    let test_path = args.learning_curve.as_ref().and_then(Option::as_ref);
    let test = test_path.map(|path| test_corpus(path, &args.corpus, &mut progress)).transpose()?;
    test.iter().for_each(|test| note_overlap(&corpus, test));
    let step = Bar::spinner("training on the folds of the corpus");
    let trained = rhetor::train::train(&corpus, &options)?;
    drop(step);
    note_trained(&trained, options.group_by.name());
    // Also saved before the curve, so that the model is not lost if the curve fails.
    if args.learning_curve.is_none() || !is_special(&args.output) {
        save(&trained.model, &args.output)?;
    }
    if args.learning_curve.is_some() {
        let step = Bar::spinner("training on growing shares of the corpus");
        let curve = rhetor::train::learning_curve(&corpus, &options, test.as_ref())?;
        drop(step);
        note(learning_curve(&curve).trim_end());
        save(&trained.model.with_learning_curve(curve)?, &args.output)?;
    }
    progress.done();
    Ok(progress.exit_code())
}

pub fn save(model: &Model, path: &Path) -> anyhow::Result<()> {
    model.save(path)?;
    note(&format!("wrote {}", path.display()));
    Ok(())
}

/// Fails if the model cannot be written, before hours are spent on training.
pub fn check_output(path: &Path) -> anyhow::Result<()> {
    if path == Path::new("-") {
        anyhow::bail!("-o: found `-`, expected a file: a model cannot be written to standard output");
    }
    // A pipe can be opened only once: its reader takes the first close for the end of the model.
    if !is_special(path) {
        OutputFile::create(path)?;
    }
    Ok(())
}

/// Whether a path is something other than a file or folder, such as a pipe.
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The labelled text that a learning curve is measured on.
fn test_corpus(path: &Path, args: &CorpusArgs, progress: &mut Progress) -> anyhow::Result<Corpus> {
    let test = progress.corpus(&[path.to_path_buf()], args);
    if test.label_counts().is_empty() {
        anyhow::bail!("--learning-curve: {}: found no labelled paragraphs to test on", path.display());
    }
    Ok(test)
}

pub fn note_corpus(corpus: &Corpus) {
    let counts = corpus.label_counts();
    let labels: Vec<String> = counts.iter().map(|(label, count)| format!("{count} {label}")).collect();
    note(&format!(
        "corpus: {} paragraphs in {} documents ({})",
        counts.values().sum::<usize>(),
        corpus.n_documents(),
        labels.join(", ")
    ));
}

/// Says that the label `other` is read as boilerplate, unless --boilerplate-label is given.
fn note_boilerplate_label(args: &CorpusArgs, corpus: &Corpus) {
    if args.boilerplate_label.is_none() && corpus.label_counts().contains_key("other") {
        note(
            "label `other`: boilerplate, which trains the filter (--boilerplate-label none makes it a label)",
        );
    }
}

/// With more labels than this, training takes so long that it is announced.
const MANY_LABELS: usize = 20;
/// The paragraphs of a corpus times its labels that are trained on in a second on two cores, measured with 50 and 200
/// labels.
const PER_SECOND: usize = 400;

/// Says about how long training takes if there are many labels.
fn note_time(corpus: &Corpus) {
    let counts = corpus.label_counts();
    let n_seconds = counts.values().sum::<usize>() * counts.len() / PER_SECOND;
    if counts.len() > MANY_LABELS && n_seconds >= 60 {
        note(&format!("{} labels: training takes about {} minutes", counts.len(), n_seconds.div_ceil(60)));
    }
}

/// Says how many paragraphs of the test are also in the corpus.
fn note_overlap(corpus: &Corpus, test: &Corpus) {
    let (n_shared, example) = corpus.shared_with(test);
    if let Some(example) = example {
        let n = test.label_counts().values().sum::<usize>();
        note(&format!(
            "{n_shared} of {n} test paragraphs are also in the corpus, such as {example}: the curve is too good"
        ));
    }
}

fn note_trained(trained: &Trained, group_by: &str) {
    match &trained.cross_validated {
        Some(evaluation) => {
            note(&format!("labels out of fold, by {group_by}, without the filter:"));
            note(headline(evaluation, Styles::default()).trim_end());
        }
        None => {
            note("no folds: feature groups have default weights, and the quality of the labels is unknown")
        }
    }
    let n = trained.n_boilerplate;
    match trained.model.has_learned_filter() {
        true => note(&format!("filter: rules and a table learned from {n} boilerplate blocks")),
        false => note(&format!("filter: rules only ({n} boilerplate blocks are too few to learn from)")),
    }
}
