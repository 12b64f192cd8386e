//! The Python package `pyrhetor`: the engine of rhetor behind Python classes that take and give Arrow columns.
//!
//! | module | content |
//! |---|---|
//! | `errors` | errors of the library as Python exceptions |
//! | `threads` | work on a pool of threads, without the lock of the interpreter, until it is done or interrupted |
//! | `rows` | columns of text as the rows of a table |
//! | `results` | outcomes as columns |
//! | `article` | a scored article |
//! | `model` | a model: scoring, reading, evaluation |
//! | `training` | labelled columns and files as a corpus; training |
//!
//! Data frames and other kinds of tables are converted in Python, in `pyrhetor/_tables.py`.

mod errors;
mod threads;
mod rows;
mod results;
mod article;
mod model;
mod training;

use pyo3::prelude::*;

/// Memory that one thread allocates is often freed by another one, which this allocator does fast.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The compiled part of `pyrhetor`.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use crate::article::Article;
    #[pymodule_export]
    use crate::errors::RhetorError;
    #[pymodule_export]
    use crate::model::Engine;
    #[pymodule_export]
    use crate::training::{class_totals, train_columns, train_paths};
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
