//! The inputs of a run, its successes and failures, and the exit code.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use rhetor::corpus::Corpus;
use rhetor::read::{Inputs, find_inputs};
use rhetor::{Error, Warning};

use crate::args::CorpusArgs;
use crate::terminal::{say, say_skipped};

/// Why pipes and the like in a folder are skipped.
const NO_FILES: &str = "pipes, devices or links that are not followed; to read one, name it";

/// What the user can do where two columns may hold the labels.
const LABEL_COLUMN: &str = "choose the column with --label-column";

/// The failures and successes of a run so far.
#[derive(Debug, Default)]
pub struct Progress {
    n_done: usize,
    n_failed: usize,
    hints: BTreeSet<&'static str>,
    /// Whether results are printed on the terminal as they arrive, which leaves no room for a progress bar.
    pub shows_results: bool,
}

impl Progress {
    /// Counts a success.
    pub fn done(&mut self) {
        self.n_done += 1;
    }

    /// The files that `paths` name, or standard input if there are none. Reports failures and skipped files.
    pub fn inputs(&mut self, paths: &[PathBuf]) -> anyhow::Result<Inputs> {
        if paths.is_empty() && std::io::stdin().is_terminal() {
            anyhow::bail!("no input: name files or folders, or pipe text to rhetor (see `rhetor --help`)");
        }
        let stdin = [PathBuf::from("-")];
        let inputs = find_inputs(if paths.is_empty() { &stdin } else { paths });
        self.report(&[], &inputs.errors);
        say_skipped(&inputs.skipped, "unsupported type");
        say_skipped(&inputs.special, NO_FILES);
        Ok(inputs)
    }

    /// The labelled text at `paths`. Reports failures and skipped files.
    pub fn corpus(&mut self, paths: &[PathBuf], args: &CorpusArgs) -> Corpus {
        let corpus = Corpus::read(paths, &args.names());
        self.report(&corpus.warnings, &corpus.errors);
        say_skipped(&corpus.skipped, "no labelled text");
        say_skipped(&corpus.special, NO_FILES);
        corpus
    }

    /// Reports the warnings and errors of an input.
    pub fn report(&mut self, warnings: &[Warning], errors: &[Error]) {
        for warning in warnings {
            say(&format!("rhetor: {warning}"));
            let is_of_column = warning.what.starts_with("the label is column ");
            if is_of_column && self.hints.insert(LABEL_COLUMN) {
                say(&format!("hint: {LABEL_COLUMN}"));
            }
        }
        errors.iter().for_each(|error| self.failed(error));
    }

    /// Reports and counts a failure. Each hint is printed once.
    pub fn failed(&mut self, error: &Error) {
        say(&format!("rhetor: {error}"));
        if let Some(hint) = hint(error).filter(|hint| self.hints.insert(hint)) {
            say(&format!("hint: {hint}"));
        }
        self.n_failed += 1;
    }

    /// Whether nothing has succeeded so far.
    pub fn is_nothing(&self) -> bool {
        self.n_done == 0
    }

    /// 0 if everything succeeded, 1 if something failed, 2 if nothing succeeded.
    pub fn exit_code(&self) -> ExitCode {
        match (self.n_done, self.n_failed) {
            (0, _) => ExitCode::from(2),
            (_, 0) => ExitCode::SUCCESS,
            _ => ExitCode::from(1),
        }
    }
}

/// What the user of the command line can do about an error.
fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Io { source, .. } => match source.kind() {
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check the permissions of the path",
            _ => return None,
        },
        Error::ForeignFile { .. } => "choose another folder; nothing in this one was changed",
        Error::Unplaced { .. } => "move that folder to the path you want",
        Error::EmptyFolder { .. } => {
            "supported: text (.txt, .md), pages (.html, .mhtml, .webarchive), rows (.jsonl, .json, .csv, .tsv, .xlsx, .parquet), feeds (.rss, .atom, .xml), mail (.eml, .mbox), documents (.docx, .odt, .epub), crawls (.warc, .wet), also compressed (.gz, .zst); to read a file with another suffix, name it"
        }
        Error::NoMatch { .. } => {
            "check the pattern: `*` matches within one folder, `**` matches all subfolders"
        }
        Error::Binary { found: "a model (safetensors)", .. } => "pass the model with --model",
        Error::Binary { found: "a Parquet table", .. } if cfg!(not(feature = "parquet")) => {
            "build rhetor with `--features parquet`, or convert the table to JSONL or CSV first"
        }
        Error::Binary { cure, .. } => cure,
        Error::Archive { .. } => {
            "copy or download the file again, or unpack the intact part and pipe it to rhetor"
        }
        Error::PageFolder { .. } => "name the page instead",
        Error::NoArticles { .. } => "convert it to text, HTML or a table first",
        Error::Damaged { .. } => "copy, download or export the file again; split it if it is too large",
        Error::Parquet { .. } => "copy or download the file again, or export it again",
        Error::Columns { .. } => {
            "name existing columns with --text-column, --id-column or --doc-column, or set --delimiter"
        }
        Error::NoTexts { .. } => {
            "name the key that holds the text with --text-column; `a.b` is a key inside an object, `a[].b` one in the objects of an array"
        }
        Error::TooLarge { .. } => "split it into several files",
        Error::Corpus { .. } | Error::NoLabels { .. } => {
            "docs/reference.md, section \"Train your own\", shows the formats of labelled text"
        }
        Error::UnknownLabel { .. } => {
            "train a model on this corpus with `rhetor train`, or pass another model with --model"
        }
        Error::ModelFormat { .. } => "train the model again with `rhetor train`",
        Error::Model { .. } => "copy the file again, or train the model again with `rhetor train`",
        Error::Row { expected, .. } if expected.starts_with("a header line") => {
            "name the text column with --text-column, and the delimiter with --delimiter"
        }
        _ => return None,
    })
}
