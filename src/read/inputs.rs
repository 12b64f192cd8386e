//! The files to read, from paths, folders and patterns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::form::form_by_name;
use super::saved_page::page_of;
use crate::error::{Error, Result};

/// The files in a list of paths, folders and patterns.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files to read, in the order of the paths; those of a folder or pattern are sorted by name.
    pub files: Vec<PathBuf>,
    /// The files that were named one by one. The user meant these, so a problem with one is an error; a file found
    /// through a folder or a pattern may be skipped if it has no text ([`Error::NoTexts`], for stray JSON).
    pub named: BTreeSet<PathBuf>,
    /// Files in the folders that were skipped, because their extension is not that of an input form.
    pub skipped: Vec<PathBuf>,
    /// Other entries of the folders: pipes, devices, links to folders and broken links.
    pub special: Vec<PathBuf>,
    /// Paths that could not be found or listed, and folders without a file to read.
    pub errors: Vec<Error>,
}

/// Finds the files in `paths`. A folder is replaced by all files below it with the extension of an input form, which
/// may be followed by `.gz` or `.zst`, including hidden and git-ignored files. The folder `x_files` that a browser saves
/// beside a page `x.html` is skipped. A pattern (`*`, `?`, `[a-z]`, `**`) is replaced by its matches, unless a file has
/// exactly that name. Symbolic links to folders are not followed.
///
/// A path that names a file or a pipe is always read. `-` is standard input.
pub fn find_inputs(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        match matches_of(path) {
            Err(error) => inputs.errors.push(error),
            Ok(Some(matches)) => matches.iter().for_each(|path| find_one(path, &mut inputs)),
            Ok(None) => {
                find_one(path, &mut inputs);
                inputs.named.extend((!path.is_dir()).then(|| path.clone()));
            }
        }
    }
    inputs
}

fn find_one(path: &Path, inputs: &mut Inputs) {
    if path.is_dir() {
        find_in_folder(path, inputs);
    } else {
        inputs.files.push(path.to_path_buf());
    }
}

/// The matches of a pattern, sorted by name; `None` if the path is not a pattern.
fn matches_of(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    let pattern = path.to_str().filter(|pattern| pattern.contains(['*', '?', '[']));
    let Some(pattern) = pattern.filter(|_| std::fs::symlink_metadata(path).is_err()) else { return Ok(None) };
    let no_match = |why: &str| Error::NoMatch { pattern: pattern.to_string(), why: why.to_string() };
    let unlisted = |err: glob::GlobError| {
        let path = err.path().to_path_buf();
        Error::Io { path, action: "list", source: err.into() }
    };
    let entries = glob::glob(pattern).map_err(|err| no_match(err.msg))?;
    let matches: Vec<PathBuf> = entries.map(|entry| entry.map_err(unlisted)).collect::<Result<_>>()?;
    if matches.is_empty() { Err(no_match("no file or folder matches it")) } else { Ok(Some(matches)) }
}

fn find_in_folder(folder: &Path, inputs: &mut Inputs) {
    let n_files = inputs.files.len();
    let n_others = inputs.skipped.len() + inputs.special.len();
    let n_errors = inputs.errors.len();
    if let Some(page) = page_of(folder) {
        return inputs.errors.push(Error::PageFolder { path: folder.to_path_buf(), page });
    }
    let mut resources: Option<PathBuf> = None;
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if resources.as_ref().is_some_and(|folder| entry.path().starts_with(folder)) => {
                inputs.skipped.extend((!entry.file_type().is_dir()).then(|| entry.into_path()));
            }
            Ok(entry) if entry.file_type().is_dir() => {
                resources = page_of(entry.path()).map(|_| entry.into_path());
            }
            // Reading a pipe or a device could block forever.
            Ok(entry) if !entry.path().is_file() => inputs.special.push(entry.into_path()),
            Ok(entry) if form_by_name(entry.path()).is_some() => inputs.files.push(entry.into_path()),
            Ok(entry) => inputs.skipped.push(entry.into_path()),
            Err(err) => {
                let path = err.path().unwrap_or(folder).to_path_buf();
                inputs.errors.push(Error::io(&path, "list")(err.into()));
            }
        }
    }
    if inputs.files.len() == n_files && inputs.errors.len() == n_errors {
        let n_files = inputs.skipped.len() + inputs.special.len() - n_others;
        inputs.errors.push(Error::EmptyFolder { path: folder.to_path_buf(), n_files });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_of(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        folder
    }

    #[track_caller]
    fn check(folder: &tempfile::TempDir, path: &str, expected: &[&str]) -> Inputs {
        let inputs = find_inputs(&[folder.path().join(path)]);
        let name = |path: &PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
        assert_eq!(inputs.files.iter().map(name).collect::<Vec<_>>(), expected);
        inputs
    }

    #[test]
    fn folders_and_patterns_are_expanded() {
        let folder = folder_of(&[
            "b.txt",
            "a.jsonl.gz",
            ".hidden/c.md",
            ".gitignore",
            "d.png",
            "e/f.csv.zst",
            "g[1].txt",
        ]);
        let inputs = check(&folder, "", &[".hidden/c.md", "a.jsonl.gz", "b.txt", "e/f.csv.zst", "g[1].txt"]);
        assert_eq!((inputs.skipped.len(), inputs.named.len()), (2, 0));
        check(&folder, "*.txt", &["b.txt", "g[1].txt"]);
        check(&folder, "**/*.csv*", &["e/f.csv.zst"]);
        check(&folder, "[ab]*", &["a.jsonl.gz", "b.txt"]);
        assert_eq!(check(&folder, "g[1].txt", &["g[1].txt"]).named.len(), 1);
        assert_eq!(check(&folder, "*.doc", &[]).errors.len(), 1);
        assert_eq!(check(&folder, "[", &[]).errors.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn circular_links_are_not_followed() {
        let folder = folder_of(&["in/a.txt"]);
        std::os::unix::fs::symlink("..", folder.path().join("in/up")).unwrap();
        std::os::unix::fs::symlink("a.txt", folder.path().join("in/b.txt")).unwrap();
        std::os::unix::fs::symlink("none.txt", folder.path().join("in/c.txt")).unwrap();
        let inputs = check(&folder, "in", &["in/a.txt", "in/b.txt"]);
        assert_eq!(inputs.special.len(), 2);
    }
}
