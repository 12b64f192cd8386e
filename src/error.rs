//! Errors and warnings: the path, the line, what was found and what was expected.

use std::path::{Path, PathBuf};

/// The result of every function of this library that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an input, a setting or a model cannot be used. Lines count from 1.
///
/// Messages name no command-line options; callers add advice that fits their interface. In all variants `path` is the
/// file or folder, `line` is where the problem begins, `found` and `expected` are phrases for messages, and `what`,
/// `why` and `source` are causes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields have the same meaning in all variants, given above")]
pub enum Error {
    /// A path could not be opened, read, listed or written; `action` is the verb: `read`, `list` or `write`.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io { path: PathBuf, action: &'static str, source: std::io::Error },
    /// The output folder holds files that are not part of an earlier report.
    #[error("{}: found {}, expected a new or empty folder, or an earlier report", path.display(), file.display())]
    ForeignFile { path: PathBuf, file: PathBuf },
    /// A folder was written completely but could not be moved to its path; the temporary folder `kept` holds it.
    #[error("{source}; the new files are in {}", kept.display())]
    Unplaced { source: Box<Error>, kept: PathBuf },
    /// A folder holds no file that can be read.
    #[error("{}: no readable text in this folder ({n_files} files seen)", path.display())]
    EmptyFolder { path: PathBuf, n_files: usize },
    /// A folder holds the pictures, style sheets and frames of a page that a browser saved beside it.
    #[error("{}: found parts of a saved page, expected articles; the page is {}", path.display(), page.display())]
    PageFolder { path: PathBuf, page: PathBuf },
    /// A pattern matches no file.
    #[error("{pattern}: found no input ({why})")]
    NoMatch { pattern: String, why: String },
    /// A file is not text; `cure` is what the user can do about it.
    #[error("{}: found {found}, expected text", path.display())]
    Binary { path: PathBuf, found: &'static str, cure: &'static str },
    /// A compressed file is damaged or incomplete.
    #[error("{}: {kind} archive: {what}", path.display())]
    Archive { path: PathBuf, kind: &'static str, what: String },
    /// A file of this form is damaged, incomplete or beyond a limit.
    #[error("{}: cannot be read as {form} ({what})", path.display())]
    Damaged { path: PathBuf, form: &'static str, what: String },
    /// A file has a known form without articles, such as a site map.
    #[error("{}: found {found}, expected {expected}", path.display())]
    NoArticles { path: PathBuf, found: String, expected: &'static str },
    /// A Parquet table is damaged or incomplete.
    #[error("{}: damaged or incomplete Parquet table ({what})", path.display())]
    Parquet { path: PathBuf, what: String },
    /// A table has no text column, or lacks a column that the user named: `expected`, in backticks.
    #[error("{}: no column {expected}; columns are: {found}", path.display())]
    Columns { path: PathBuf, found: String, expected: String },
    /// A labelled file is too large to be held in memory; `most_mb` is the limit, in megabytes.
    #[error("{}: found more than {most_mb} MB of labelled text in one file", path.display())]
    TooLarge { path: PathBuf, most_mb: usize },
    /// A row of a table or a block of a labelled file is malformed.
    #[error("{}:{line}: found {found}, expected {expected}", path.display())]
    Row { path: PathBuf, line: usize, found: String, expected: String },
    /// A JSON file has no row with a text, such as a file of settings.
    #[error("{}:{line}: found {found} and no row with a text, expected {expected}", path.display())]
    NoTexts { path: PathBuf, line: usize, found: String, expected: String },
    /// A file that should contain labels has none.
    #[error("{}:{line}: found text without labels, expected {LABELLED_FORMS}", path.display())]
    NoLabels { path: PathBuf, line: usize },
    /// A corpus cannot be used for training or evaluation.
    #[error("the corpus has {found}, expected {expected}")]
    Corpus { found: String, expected: String },
    /// A setting is out of its range.
    #[error("{setting}: found {found}, expected {expected}")]
    Setting { setting: &'static str, found: String, expected: &'static str },
    /// A label of the corpus is not a label of the model.
    #[error("{}:{line}: found label `{found}`, expected one of the model's labels: {expected}", path.display())]
    UnknownLabel { path: PathBuf, line: usize, found: String, expected: String },
    /// A base model does not have the labels that it is to be adapted to.
    #[error("found {found}, expected labels of the base model: {expected}")]
    BaseLabels { found: String, expected: String },
    /// A model file has a format that this version cannot read.
    #[error("{}: found model format {found}, expected {expected}", path.display())]
    ModelFormat { path: PathBuf, found: u64, expected: u64 },
    /// A model file is damaged or incomplete, or is not a model file.
    #[error("{}: not a complete rhetor model: {what}", path.display())]
    Model { path: PathBuf, what: String },
    /// A numerical fit failed.
    #[error("{what} could not be fitted: {why}")]
    Fit { what: &'static str, why: String },
}

/// What labelled text can look like.
const LABELLED_FORMS: &str = "`[label] paragraph` blocks, rows with `text` and `label`, or fastText lines";

impl Error {
    /// An [`Error::Io`] for `path`, for use in `map_err`.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { path, action, source }
    }
}

/// Something in an input that was changed or only partly read.
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
