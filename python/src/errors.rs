//! Errors of the library as Python exceptions.

use std::path::Path;

use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use rhetor::Error;

create_exception!(
    pyrhetor,
    RhetorError,
    PyValueError,
    "An input, a setting or a model that cannot be used. The message names the path and line, what was found and what \
     was expected."
);

/// Warnings about an input, for the user.
pub type Notes = Vec<String>;

/// The exception for an error: an `OSError` of the kind that Python's own functions raise if a file cannot be opened,
/// otherwise a `RhetorError`.
pub fn exception(error: &Error) -> PyErr {
    match error {
        Error::Io { source, .. } => std::io::Error::new(source.kind(), error.to_string()).into(),
        _ => RhetorError::new_err(error.to_string()),
    }
}

/// The exception for a column that does not have the type it should.
pub fn bad_column(name: &str, found: impl std::fmt::Display, expected: &str) -> PyErr {
    RhetorError::new_err(format!("column `{name}`: found {found}, expected {expected}"))
}

/// The path that a table in memory has in messages.
pub fn rows_path() -> &'static Path {
    Path::new("rows")
}
