//! What can go wrong: the path, the line, what was found, what was expected, and the cure.

use std::path::{Path, PathBuf};

/// The result of everything in this library that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// An input, a setting or a model that cannot be used, named so that it can be mended.
///
/// Lines count from 1. [`Error::hint`] says what the user can do, where that is known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path could not be opened, read, listed or written.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The path in question.
        path: PathBuf,
        /// The verb that failed: `read`, `list` or `write`.
        action: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A folder that is to be written holds files of somebody else's.
    #[error("{}: found {}, expected a new folder, an empty one or an earlier report", path.display(), file.display())]
    ForeignFile {
        /// The folder.
        path: PathBuf,
        /// The first file that is none of ours.
        file: PathBuf,
    },
    /// A folder was written whole, but could not be put in its place.
    #[error("{source}; what was written is kept in {}", kept.display())]
    Unplaced {
        /// What stood in the way.
        source: Box<Error>,
        /// Where it lies.
        kept: PathBuf,
    },
    /// A folder holds no file that could be used.
    #[error("{}: no readable text in this folder ({n_files} files seen)", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// How many files it holds, of whatever kind.
        n_files: usize,
    },
    /// A pattern that names no file.
    #[error("{pattern}: found no input ({why})")]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// Why it found nothing.
        why: String,
    },
    /// The bytes of a file are not text.
    #[error("{}: found {found}, expected text", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What can be done about it.
        cure: &'static str,
    },
    /// A compressed file cannot be inflated to its end.
    #[error("{}: {kind} archive: {what}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// `gzip` or `zstd`.
        kind: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// A Parquet table is cut short or damaged.
    #[error("{}: no whole Parquet table ({what})", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        what: String,
    },
    /// A table has no column for the text, or none that the user named.
    #[error("{}: no column {expected}; columns are: {found}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Its first columns, separated by commas.
        found: String,
        /// The missing column, in backticks.
        expected: String,
    },
    /// A labelled text is too large to be held in memory.
    #[error("{}: found more than {most_mb} MB of labelled text in one file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How much is read, in megabytes.
        most_mb: usize,
    },
    /// A line of a table or of a labelled file is not what it has to be.
    #[error("{}:{line}: found {found}, expected {expected}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line where the row begins.
        line: usize,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// A file of JSON has no row with a text at all: settings, or a table of something else.
    #[error("{}:{line}: found {found} and no row with a text, expected {expected}", path.display())]
    NoTexts {
        /// The file.
        path: PathBuf,
        /// Where its first value begins.
        line: usize,
        /// What that is.
        found: String,
        /// What should stand there.
        expected: String,
    },
    /// A file that should be labelled has no labels at all.
    #[error("{}:{line}: found text without labels, expected {LABELLED_FORMS}", path.display())]
    NoLabels {
        /// The file.
        path: PathBuf,
        /// Where its text begins.
        line: usize,
    },
    /// A corpus cannot be trained or evaluated on.
    #[error("the corpus has {found}, expected {expected}")]
    Corpus {
        /// What it has.
        found: String,
        /// What it needs.
        expected: String,
    },
    /// A setting is out of its range.
    #[error("{setting}: found {found}, expected {expected}")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
        /// The value given.
        found: String,
        /// The values that it can have.
        expected: &'static str,
    },
    /// A label of the corpus is not a label of the model.
    #[error("{}:{line}: found label `{found}`, expected one of the model's: {expected}", path.display())]
    UnknownLabel {
        /// The labelled file.
        path: PathBuf,
        /// The line of the label.
        line: usize,
        /// The label.
        found: String,
        /// The labels of the model, parted by commas.
        expected: String,
    },
    /// A model file has a format that this build cannot read.
    #[error("{}: found model format {found}, expected {expected}", path.display())]
    ModelFormat {
        /// The model file.
        path: PathBuf,
        /// Its format number.
        found: u64,
        /// The format number that this build reads.
        expected: u64,
    },
    /// A model file is cut short, changed, or no model file at all.
    #[error("{}: not a whole rhetor model: {what}", path.display())]
    Model {
        /// The model file.
        path: PathBuf,
        /// What was wrong with it.
        what: String,
    },
    /// A numerical fit did not succeed.
    #[error("{what} could not be fitted: {why}")]
    Fit {
        /// What was being fitted.
        what: &'static str,
        /// What the fitting library said.
        why: String,
    },
}

/// What labelled text can look like.
const LABELLED_FORMS: &str = "`[label] paragraph` blocks, rows with `text` and `label`, or fastText lines";

impl Error {
    /// What the user can do about it, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::Io { source, .. } => match source.kind() {
                std::io::ErrorKind::NotFound => Some("check the path"),
                std::io::ErrorKind::PermissionDenied => Some("check the permissions of the path"),
                _ => None,
            },
            Error::ForeignFile { .. } => Some("name a folder of its own; nothing in this one was touched"),
            Error::Unplaced { .. } => Some("move the folder that was kept to where it should be"),
            Error::EmptyFolder { .. } => Some(
                "text files (.txt, .md), pages (.html), rows (.jsonl, .json, .csv, .tsv, .parquet), also packed (.gz, .zst), are read; name others one by one",
            ),
            Error::NoMatch { .. } => {
                Some("check the pattern: `*` stays in one folder, `**` goes through all")
            }
            Error::Binary { cure, .. } => Some(cure),
            Error::Archive { .. } => {
                Some("copy or fetch the file again; what is sound can be unpacked by hand and piped in")
            }
            Error::Parquet { .. } => {
                Some("copy or fetch the file again, or write it again where it was made")
            }
            Error::Columns { .. } => Some("name the columns of the table with --text-column and --delimiter"),
            Error::NoTexts { .. } => {
                Some("name the key of the text with --text-column; `a.b` reaches into an object")
            }
            Error::TooLarge { .. } => Some("part it into several files"),
            Error::Corpus { .. } | Error::NoLabels { .. } => {
                Some("README.md, section \"Train your own\", shows the forms of labelled text")
            }
            Error::UnknownLabel { .. } => {
                Some("train a model on this corpus with `rhetor train`, or name one with --model")
            }
            Error::ModelFormat { .. } => Some("retrain it with `rhetor train`"),
            Error::Model { .. } => Some("copy the file again, or retrain it with `rhetor train`"),
            Error::Row { .. } | Error::Setting { .. } | Error::Fit { .. } => None,
        }
    }

    /// An [`Error::Io`] for `path`, for use in `map_err`.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { path, action, source }
    }
}

/// Something in an input that was read, but not as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// The line where it begins, from 1.
    pub line: usize,
    /// What it is and what was made of it.
    pub what: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}
