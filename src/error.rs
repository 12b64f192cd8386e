//! Errors and warnings: the path, the line, what was found and what was expected.

use std::path::{Path, PathBuf};

/// The result of every function of this library that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input, a setting or a model cannot be used. Lines count from 1.
///
/// Messages name no command-line options; callers add advice that fits their interface.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path could not be opened, read, listed or written.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The verb that failed: `read`, `list` or `write`.
        action: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The output folder holds files that are not part of an earlier report.
    #[error("{}: found {}, expected a new or empty folder, or an earlier report", path.display(), file.display())]
    ForeignFile {
        /// The folder.
        path: PathBuf,
        /// The first such file, in the order of names.
        file: PathBuf,
    },
    /// A folder was written completely but could not be moved to its path.
    #[error("{source}; the new files are in {}", kept.display())]
    Unplaced {
        /// Why it could not be moved.
        source: Box<Error>,
        /// The temporary folder that holds it.
        kept: PathBuf,
    },
    /// A folder holds no file that can be read.
    #[error("{}: no readable text in this folder ({n_files} files seen)", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// How many files it holds, of any type.
        n_files: usize,
    },
    /// A pattern matches no file.
    #[error("{pattern}: found no input ({why})")]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// Why it matches nothing.
        why: String,
    },
    /// The bytes of a file are not text.
    #[error("{}: found {found}, expected text", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
        /// What the user can do about it.
        cure: &'static str,
    },
    /// A compressed file is damaged or incomplete.
    #[error("{}: {kind} archive: {what}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// `gzip` or `zstd`.
        kind: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// A Parquet table is damaged or incomplete.
    #[error("{}: damaged or incomplete Parquet table ({what})", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The message of the Parquet reader.
        what: String,
    },
    /// A table with typed columns has none that can hold the text.
    #[error("{}: found the columns {found}, expected {expected}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// Its columns and their types.
        found: String,
        /// The column that is missing.
        expected: String,
    },
    /// A labelled file is too large to be held in memory.
    #[error("{}: found more than {most_mb} MB of labelled text in one file", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit, in megabytes.
        most_mb: usize,
    },
    /// A row of a table or a block of a labelled file is malformed.
    #[error("{}:{line}: found {found}, expected {expected}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line where it begins.
        line: usize,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A JSON file has no row with a text, such as a file of settings.
    #[error("{}:{line}: found {found} and no row with a text, expected {expected}", path.display())]
    NoTexts {
        /// The file.
        path: PathBuf,
        /// The line where its first value begins.
        line: usize,
        /// What that value is.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A file that should be labelled has no labels.
    #[error("{}:{line}: found text without labels, expected {LABELLED_FORMS}", path.display())]
    NoLabels {
        /// The file.
        path: PathBuf,
        /// The line where its text begins.
        line: usize,
    },
    /// A corpus cannot be used for training or evaluation.
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
        /// The values that are allowed.
        expected: &'static str,
    },
    /// A label of the corpus is not a label of the model.
    #[error("{}:{line}: found label `{found}`, expected one of the model's labels: {expected}", path.display())]
    UnknownLabel {
        /// The labelled file.
        path: PathBuf,
        /// The line of the label.
        line: usize,
        /// The label.
        found: String,
        /// The labels of the model, separated by commas.
        expected: String,
    },
    /// A model file has a format that this version cannot read.
    #[error("{}: found model format {found}, expected {expected}", path.display())]
    ModelFormat {
        /// The model file.
        path: PathBuf,
        /// Its format number.
        found: u64,
        /// The format number that this version reads.
        expected: u64,
    },
    /// A model file is damaged or incomplete, or is not a model file.
    #[error("{}: not a complete rhetor model: {what}", path.display())]
    Model {
        /// The model file.
        path: PathBuf,
        /// What was wrong with it.
        what: String,
    },
    /// A numerical fit failed.
    #[error("{what} could not be fitted: {why}")]
    Fit {
        /// What was being fitted.
        what: &'static str,
        /// The reason.
        why: String,
    },
}

/// What labelled text can look like.
const LABELLED_FORMS: &str = "`[label] paragraph` blocks, rows with `text` and `label`, or fastText lines";

impl Error {
    /// An [`Error::Io`] for `path`, for use in `map_err`.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { path, action, source }
    }
}

/// Something in an input that could only be read with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// The line where it begins, from 1.
    pub line: usize,
    /// What was found and how it was read.
    pub what: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}: {}", self.path.display(), self.line, self.what)
    }
}
