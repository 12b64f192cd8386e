//! The files, corpora and models that a command reads.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use rhetor::Model;
use rhetor::corpus::Corpus;
use rhetor::read::Inputs;

use crate::args::CorpusArgs;
use crate::progress::Progress;
use crate::stderr::{say_skipped, warn};

/// Why pipes and the like in a folder are skipped.
const NO_FILES: &str = "pipes, devices or links that are not followed; to read one, name it";

/// The files that `paths` name, standard input without any; reports failures and skipped files.
pub fn find(paths: &[PathBuf], progress: &mut Progress) -> anyhow::Result<Inputs> {
    if paths.is_empty() && std::io::stdin().is_terminal() {
        anyhow::bail!("no input: name files or folders, or pipe text to rhetor (see `rhetor --help`)");
    }
    let stdin = [PathBuf::from("-")];
    let inputs = rhetor::read::find_inputs(if paths.is_empty() { &stdin } else { paths });
    inputs.errors.iter().for_each(|error| progress.failed(error));
    say_skipped(&inputs.skipped, "unsupported type");
    say_skipped(&inputs.special, NO_FILES);
    Ok(inputs)
}

/// The labelled text at `paths`; reports failures and skipped files.
pub fn corpus(paths: &[PathBuf], args: &CorpusArgs, progress: &mut Progress) -> Corpus {
    let corpus = Corpus::read(paths, &args.names());
    warn(&corpus.warnings);
    corpus.errors.iter().for_each(|error| progress.failed(error));
    say_skipped(&corpus.skipped, "no labelled text");
    say_skipped(&corpus.special, NO_FILES);
    corpus
}

/// Checks that the corpus has the boilerplate label, if one was named.
pub fn check_boilerplate_label(label: Option<&str>, corpus: &Corpus) -> anyhow::Result<()> {
    let counts = corpus.label_counts();
    match label {
        Some(label) if label != "none" && !counts.contains_key(label) => {
            let labels: Vec<String> = counts.into_keys().map(|label| format!("`{label}`")).collect();
            anyhow::bail!(
                "--boilerplate-label: no paragraph has the label `{label}`, expected one of {}, or `none`",
                labels.join(", ")
            )
        }
        _ => Ok(()),
    }
}

/// The model at `path`, or the built-in one.
pub fn model(path: Option<&Path>) -> rhetor::Result<Model> {
    path.map_or_else(Model::embedded, Model::load)
}
