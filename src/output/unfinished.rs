//! Temporary files and folders, which are removed even when the process is ended in the midst of its work.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Those of all outputs of the process that have not taken their place. One for the process, as its end is.
static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file or folder, from when it is made until it is removed or has its place.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn new(path: &Path) -> Unfinished {
        PATHS.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
        Unfinished(path.to_path_buf())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        PATHS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Removes the temporary files and folders of all outputs that are not finished, which would lie about when the
/// process ends now. Gives those that could not be removed.
pub fn remove_unfinished() -> Vec<PathBuf> {
    let paths = std::mem::take(&mut *PATHS.lock().unwrap_or_else(PoisonError::into_inner));
    let remove = |path: &Path| match path.is_dir() {
        true => std::fs::remove_dir_all(path),
        false => std::fs::remove_file(path),
    };
    // What is gone already has its place, or was removed by who made it.
    paths.into_iter().filter(|path| remove(path).is_err() && path.exists()).collect()
}
