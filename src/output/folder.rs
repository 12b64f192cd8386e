//! Folders of HTML pages that are written completely or not at all.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{parent_of, without_path};
use crate::error::{Error, Result};

/// The page that lists all others. It is removed first and moved last: a folder that has it is complete.
const INDEX: &str = "index.html";

/// How many bytes of the index are searched for the mark.
const HEAD: usize = 4096;

/// What the names of temporary folders begin with.
const TEMPORARY: &str = ".rhetor-";

/// A folder of pages that appears at its path when it is finished, and may replace an earlier one.
///
/// Pages go to a temporary folder. A `path` that exists may be a mount point or the working directory, which cannot be
/// renamed. In that case the temporary folder is made inside it and its entries are moved up at the end.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    temporary: tempfile::TempDir,
    /// The text that marks an index as ours.
    mark: String,
}

impl OutputFolder {
    /// A writer for the folder `path`: a new or empty one, or an earlier report. That is a folder whose
    /// `index.html` has `mark` in its first 4,096 bytes and links every other file.
    ///
    /// # Errors
    ///
    /// If the parent folder is missing, the folder holds other files, or one of the two is not writable.
    pub fn create(path: &Path, mark: &str) -> Result<OutputFolder> {
        check_replaceable(path, mark)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY);
        #[cfg(unix)]
        {
            // The permissions of a new folder, instead of the private ones of a temporary folder.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o777));
        }
        let parent = if path.is_dir() { path } else { parent_of(path) };
        let temporary =
            builder.tempdir_in(parent).map_err(|source| Error::io(path, "write")(without_path(source)))?;
        Ok(OutputFolder { path: path.to_path_buf(), temporary, mark: mark.to_string() })
    }

    /// Writes the file `name`, a relative path of one or two parts. `index.html` must link all other files.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&mut self, name: &str, content: &str) -> Result<()> {
        let path = self.temporary.path().join(name);
        std::fs::create_dir_all(parent_of(&path))
            .and_then(|()| std::fs::write(&path, content))
            .map_err(Error::io(&self.path.join(name), "write"))
    }

    /// The temporary folder. A process that ends without dropping this value must remove it.
    pub fn temporary_path(&self) -> &Path {
        self.temporary.path()
    }

    /// Moves the folder to its path.
    ///
    /// # Errors
    ///
    /// [`Error::Unplaced`] if an earlier report cannot be removed or the new one cannot be moved; no page of the
    /// new one is removed then.
    pub fn finish(self) -> Result<()> {
        let path = self.path.clone();
        self.place(&path)
    }

    /// Moves the folder beside its path, to the same name followed by `.partial`, and returns that name. An
    /// earlier partial report is replaced.
    ///
    /// # Errors
    ///
    /// Those of [`OutputFolder::finish`].
    pub fn finish_partial(self) -> Result<PathBuf> {
        let partial = partial_path(&self.path).map_err(Error::io(&self.path, "write"))?;
        self.place(&partial)?;
        Ok(partial)
    }

    fn place(self, path: &Path) -> Result<()> {
        let mut written = self.temporary.keep();
        let placed = place(&mut written, path, &self.mark);
        placed.map_err(|error| Error::Unplaced { source: Box::new(error), kept: written })
    }
}

/// Moves the folder `written` to `path`, or replaces an earlier report there; on failure, `written` is where the
/// remaining files are.
fn place(written: &mut PathBuf, path: &Path, mark: &str) -> Result<()> {
    // Files may have been added since the folder was created.
    check_replaceable(path, mark)?;
    let mut replace = || {
        if !path.is_dir() {
            return std::fs::rename(&*written, path);
        }
        // Under a new name, so that nobody removes it as unfinished while the earlier report is being removed.
        let ready = path.join(written.file_name().unwrap_or(TEMPORARY.as_ref())).with_extension("ready");
        std::fs::rename(&*written, &ready)?;
        *written = ready;
        remove_report(path)?;
        move_entries(written, path)
    };
    replace().map_err(Error::io(path, "write"))
}

/// Checks that `path` is free, an empty folder, or an earlier report.
fn check_replaceable(path: &Path, mark: &str) -> Result<()> {
    if !path.is_dir() {
        let is_free = !path.exists() && !path.is_symlink();
        let taken = std::io::ErrorKind::NotADirectory;
        return if is_free { Ok(()) } else { Err(Error::io(path, "write")(taken.into())) };
    }
    let listed = linked_files(path, mark).map_err(Error::io(path, "read"))?;
    let is_ours = |entry: &walkdir::DirEntry| {
        let name = entry.path().strip_prefix(path).ok().and_then(Path::to_str).unwrap_or_default();
        entry.file_type().is_file() && listed.contains(&name.replace('\\', "/"))
    };
    let is_temporary = |entry: &walkdir::DirEntry| {
        entry.depth() == 1 && entry.file_name().to_string_lossy().starts_with(TEMPORARY)
    };
    let entries = walkdir::WalkDir::new(path).min_depth(1).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| !is_temporary(entry)) {
        let entry = entry.map_err(|error| Error::io(path, "list")(error.into()))?;
        if !entry.file_type().is_dir() && !is_ours(&entry) {
            return Err(Error::ForeignFile { path: path.to_path_buf(), file: entry.into_path() });
        }
    }
    Ok(())
}

/// The index of a folder and the files that it links, if the index has the mark.
fn linked_files(folder: &Path, mark: &str) -> std::io::Result<BTreeSet<String>> {
    let index = match std::fs::read(folder.join(INDEX)) {
        Ok(index) => index,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(error),
    };
    if memchr::memmem::find(&index[..index.len().min(HEAD)], mark.as_bytes()).is_none() {
        return Ok(BTreeSet::new());
    }
    let index = String::from_utf8_lossy(&index);
    let links = index.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    Ok(links.chain([INDEX]).map(str::to_string).collect())
}

/// Removes what [`check_replaceable`] accepted, the index first.
fn remove_report(folder: &Path) -> std::io::Result<()> {
    if folder.join(INDEX).exists() {
        std::fs::remove_file(folder.join(INDEX))?;
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true if entry.file_name().to_string_lossy().starts_with(TEMPORARY) => {}
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

/// Moves all entries of one folder to another, the index last, and removes the empty folder.
fn move_entries(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut names = std::fs::read_dir(from)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<std::io::Result<Vec<_>>>()?;
    names.sort_by_key(|name| name == INDEX);
    names.iter().try_for_each(|name| std::fs::rename(from.join(name), to.join(name)))?;
    std::fs::remove_dir(from)
}

/// `path` followed by `.partial`, without a final separator; for a path without a name, such as `.`, that of
/// the folder it stands for.
fn partial_path(path: &Path) -> std::io::Result<PathBuf> {
    let named: PathBuf = match path.file_name() {
        Some(_) => path.components().collect(),
        None => path.canonicalize()?,
    };
    let mut partial = named.into_os_string();
    partial.push(".partial");
    Ok(PathBuf::from(partial))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "<made by us>";

    /// The files of a folder with their contents.
    fn listed(folder: &Path) -> String {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
        let files = files.filter(|entry| entry.file_type().is_file()).map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            let content = std::fs::read_to_string(entry.path()).unwrap();
            format!("{name}={}", content.split('<').next().unwrap())
        });
        files.collect::<Vec<_>>().join(" ")
    }

    /// A folder with an index and pages, each of which has `content`, that is not finished.
    fn written(path: &Path, content: &str, pages: &[&str]) -> OutputFolder {
        let mut folder = OutputFolder::create(path, MARK).unwrap();
        let links: String = pages.iter().map(|page| format!("<a href=\"{page}#p1\">")).collect();
        folder.write(INDEX, &format!("{content}{MARK}{links}")).unwrap();
        pages.iter().for_each(|page| folder.write(page, content).unwrap());
        folder
    }

    fn write(path: &Path, content: &str, pages: &[&str]) {
        written(path, content, pages).finish().unwrap();
    }

    #[test]
    fn nothing_appears_before_the_end_and_nothing_is_left_of_a_failed_run() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new");
        let folder = written(&path, "a", &["pages/1"]);
        assert!(!path.exists() && folder.temporary_path().is_dir());
        drop(folder);
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 0);
        write(&path, "a", &["pages/1", "pages/2"]);
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 1);
        assert_eq!(listed(&path), "index.html=a pages/1=a pages/2=a");
    }

    #[test]
    fn an_earlier_report_is_replaced_completely() {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), "a", &["pages/1", "pages/2"]);
        write(outer.path(), "b", &["pages/1"]);
        assert_eq!(listed(outer.path()), "index.html=b pages/1=b");
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 2);
    }

    #[track_caller]
    fn check_foreign(name: &str, expected: &str) {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), "a", &["pages/1"]);
        std::fs::write(outer.path().join(name), "years of work").unwrap();
        let error = OutputFolder::create(outer.path(), MARK).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(listed(outer.path()).contains("years of work"));
    }

    #[test]
    fn a_folder_with_other_files_is_not_replaced() {
        check_foreign("pages/thesis.txt", "pages/thesis.txt, expected a new or empty folder");
        check_foreign("1", "1, expected a new or empty folder");
        // An index without the mark makes no file ours.
        check_foreign(INDEX, "index.html, expected a new or empty folder");
    }

    #[test]
    fn temporary_folders_of_other_runs_are_kept() {
        let outer = tempfile::tempdir().unwrap();
        let kept = outer.path().join(".rhetor-earlier");
        std::fs::create_dir_all(&kept).unwrap();
        std::fs::write(kept.join("index.html"), MARK).unwrap();
        write(outer.path(), "a", &["pages/1"]);
        write(outer.path(), "b", &["pages/1"]);
        assert!(kept.join("index.html").exists());
    }

    /// The contents of the folder that the error says holds the new files.
    #[track_caller]
    fn kept(error: Error, why: &str) -> String {
        let message = error.to_string();
        assert!(message.contains(why), "{message}");
        let Error::Unplaced { kept, .. } = error else { panic!("{message}") };
        assert!(message.ends_with(&format!("the new files are in {}", kept.display())), "{message}");
        listed(&kept)
    }

    #[test]
    fn a_file_added_during_the_run_is_not_removed_and_no_new_page_is_lost() {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), "a", &["pages/1"]);
        let folder = written(outer.path(), "b", &["pages/1"]);
        std::fs::write(outer.path().join("notes.txt"), "a thought").unwrap();
        assert_eq!(kept(folder.finish().unwrap_err(), "notes.txt"), "index.html=b pages/1=b");
        assert!(listed(outer.path()).contains("index.html=a notes.txt=a thought pages/1=a"));
    }

    #[test]
    fn a_folder_whose_path_was_taken_is_kept() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new");
        let folder = written(&path, "a", &["pages/1"]);
        std::fs::write(&path, "a file").unwrap();
        assert_eq!(kept(folder.finish().unwrap_err(), "new: cannot write"), "index.html=a pages/1=a");
    }

    #[test]
    fn a_partial_folder_is_placed_beside_the_path_and_replaces_only_an_earlier_one() {
        let outer = tempfile::tempdir().unwrap();
        let (path, partial) = (outer.path().join("a"), outer.path().join("a.partial"));
        let finish = |content| written(&path, content, &[]).finish_partial();
        assert_eq!(finish("a").unwrap(), partial);
        assert_eq!(finish("b").unwrap(), partial);
        assert_eq!((listed(&partial).as_str(), path.exists()), ("index.html=b", false));
        std::fs::write(partial.join("notes.txt"), "a thought").unwrap();
        assert_eq!(kept(finish("c").unwrap_err(), "notes.txt"), "index.html=c");
        std::fs::remove_dir_all(&partial).unwrap();
        std::fs::write(&partial, "a file").unwrap();
        assert_eq!(kept(finish("d").unwrap_err(), "a.partial: cannot write"), "index.html=d");
        assert_eq!(std::fs::read(&partial).unwrap(), b"a file");
    }

    #[test]
    fn partial_folders_are_named_after_their_folder_however_its_path_is_written() {
        let here = std::env::current_dir().unwrap().canonicalize().unwrap();
        let beside_here = format!("{}.partial", here.display());
        for (path, expected) in
            [("a", "a.partial"), ("a/", "a.partial"), ("b/a/.", "b/a.partial"), ("./", &beside_here)]
        {
            assert_eq!(partial_path(Path::new(path)).unwrap(), Path::new(expected));
        }
        assert!(partial_path(Path::new("..")).unwrap().is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_stay_links_and_links_in_folders_are_foreign() {
        let outer = tempfile::tempdir().unwrap();
        let (target, link) = (outer.path().join("target"), outer.path().join("link"));
        std::fs::create_dir(&target).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, "a", &["1"]);
        assert!(link.is_symlink() && target.join("index.html").is_file());
        std::fs::remove_file(target.join("1")).unwrap();
        std::os::unix::fs::symlink("index.html", target.join("1")).unwrap();
        assert!(OutputFolder::create(&link, MARK).is_err());
    }
}
