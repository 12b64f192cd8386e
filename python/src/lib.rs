//! The Python package `pyrhetor`: the engine of rhetor behind Python classes that take and give Arrow columns.
//!
//! | module | content |
//! |---|---|
//! | `errors` | errors of the library as Python exceptions |
//! | `threads` | work on a pool of threads, without the lock of the interpreter, until it is done or interrupted |
//! | `rows` | columns of text as the rows of a table |
//! | `explained` | reasons and evidence as columns of structs |
//! | `results` | outcomes as columns |
//! | `article` | a scored article |
//! | `labelled` | labelled columns and files as a corpus |
//! | `model` | a model: scoring, reading, evaluation |
//! | `training` | training and adaptation |
//! | `agreement` | the agreement of coders |
//!
//! Data frames and other kinds of tables are converted in Python, in `pyrhetor/_tables.py`.

mod errors;
mod threads;
mod rows;
mod explained;
mod results;
mod article;
mod labelled;
mod model;
mod training;
mod agreement;

use pyo3::prelude::*;

/// Memory that one thread allocates is often freed by another one, which this allocator does fast.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The compiled part of `pyrhetor`.
#[pymodule]
mod _engine {
    #[pymodule_export]
    use crate::agreement::agreement;
    #[pymodule_export]
    use crate::article::Article;
    #[pymodule_export]
    use crate::errors::RhetorError;
    #[pymodule_export]
    use crate::model::Engine;
    #[pymodule_export]
    use crate::training::{adapt, class_totals, train};
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
