//! Folders of pages that are written whole, or not at all.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::plain;
use crate::error::Error;
use crate::error::Result;

/// How far into a file its mark is looked for, in bytes.
const HEAD: u64 = 4096;

/// A folder that takes its place when it is finished.
///
/// What is written goes to a temporary folder, which [`OutputFolder::finish`] renames. Where a folder stands
/// already, it may be a mount point or the folder somebody works in: then the temporary one is made inside
/// it, and its entries are moved up in the end, the first file last, so that a folder that has it is whole.
#[derive(Debug)]
pub struct OutputFolder {
    path: PathBuf,
    /// What holds the folder that is written.
    holder: tempfile::TempDir,
    /// Its entries that are moved in the end, in the order in which they came.
    entries: Vec<PathBuf>,
    /// Whether the folder stood there before.
    stands: bool,
    /// What every file has that may be replaced.
    mark: String,
}

impl OutputFolder {
    /// Makes ready to write the folder `path`: a new one, an empty one, or one in which every file has `mark`
    /// in its first 4,096 bytes, which says that it may be replaced.
    ///
    /// # Errors
    ///
    /// When the folder above is missing, when the folder holds a file without the mark, or when either cannot
    /// be written to.
    pub fn create(path: &Path, mark: &str) -> Result<OutputFolder> {
        let failed = |source| Error::io(path, "write")(plain(source));
        let stands = path.is_dir();
        if path.exists() && !stands {
            return Err(failed(std::io::ErrorKind::NotADirectory.into()));
        }
        if stands && let Some(foreign) = foreign_file(path, mark)? {
            return Err(Error::ForeignFile { path: path.to_path_buf(), file: foreign });
        }
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let holder = temporary_folder(if stands { path } else { above }).map_err(failed)?;
        std::fs::create_dir(holder.path().join(WRITTEN)).map_err(failed)?;
        Ok(OutputFolder {
            path: path.to_path_buf(),
            holder,
            entries: Vec::new(),
            stands,
            mark: mark.to_string(),
        })
    }

    /// Writes one file; its name may begin with one folder. The first that is written is the last to appear.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, name: &str, content: &str) -> Result<()> {
        let failed = |source| Error::io(&self.path.join(name), "write")(plain(source));
        let path = self.holder.path().join(WRITTEN).join(name);
        let entry = Path::new(name).iter().next().map(PathBuf::from).unwrap_or_default();
        if !self.entries.contains(&entry) {
            if Path::new(name) != entry {
                std::fs::create_dir(self.holder.path().join(WRITTEN).join(&entry)).map_err(failed)?;
            }
            self.entries.push(entry);
        }
        std::fs::write(path, content).map_err(failed)
    }

    /// Gives up the path for one beside it with `.partial` behind its name, and removes an earlier one there
    /// that has `mark` in all its files.
    ///
    /// # Errors
    ///
    /// When what stands there holds a file without the mark, or cannot be removed.
    pub fn make_partial(&mut self, mark: &str) -> Result<PathBuf> {
        // Of a path that ends on a separator, too.
        let mut partial = self.path.components().collect::<PathBuf>().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        if partial.exists() {
            if let Some(foreign) = foreign_file(&partial, mark)? {
                return Err(Error::ForeignFile { path: partial, file: foreign });
            }
            std::fs::remove_dir_all(&partial).map_err(Error::io(&partial, "write"))?;
        }
        self.stands = false;
        self.path = partial;
        Ok(self.path.clone())
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    ///
    /// When an earlier one cannot be removed or the new one cannot be renamed.
    pub fn finish(self) -> Result<()> {
        let failed = |source| Error::io(&self.path, "write")(plain(source));
        let written = self.holder.path().join(WRITTEN);
        if !self.stands {
            return std::fs::rename(written, &self.path).map_err(failed);
        }
        // Somebody may have put a file there since.
        if let Some(foreign) = foreign_file(&self.path, &self.mark)? {
            return Err(Error::ForeignFile { path: self.path, file: foreign });
        }
        self.clear().map_err(failed)?;
        for entry in self.entries.iter().rev() {
            std::fs::rename(written.join(entry), self.path.join(entry)).map_err(failed)?;
        }
        Ok(())
    }

    /// Removes the earlier files, that which says that they are whole first.
    fn clear(&self) -> std::io::Result<()> {
        let first = self.entries.first().map(|entry| self.path.join(entry)).filter(|path| path.exists());
        first.map_or(Ok(()), std::fs::remove_file)?;
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                // By its name: one path may be relative and the other absolute.
                true if self.holder.path().file_name() == Some(&entry.file_name()) => {}
                true => std::fs::remove_dir_all(entry.path())?,
                false => std::fs::remove_file(entry.path())?,
            }
        }
        Ok(())
    }
}

/// The name of the folder that is written, inside the temporary one.
const WRITTEN: &str = "report";

/// A temporary folder in `folder`, with the permissions that a new folder gets.
fn temporary_folder(folder: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rhetor-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(folder)
}

/// The first file of a folder that has no `mark` near its beginning, or is no file; in the order of names.
fn foreign_file(folder: &Path, mark: &str) -> Result<Option<PathBuf>> {
    for entry in walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::io(folder, "list")(error.into()))?;
        let is_ours =
            entry.file_type().is_dir() || (entry.file_type().is_file() && has_mark(entry.path(), mark)?);
        if !is_ours {
            return Ok(Some(entry.into_path()));
        }
    }
    Ok(None)
}

fn has_mark(path: &Path, mark: &str) -> Result<bool> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(HEAD).read_to_end(&mut head))
        .map_err(Error::io(path, "read"))?;
    Ok(memchr::memmem::find(&head, mark.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: &str = "<made by us>";

    /// The files of a folder with what they hold, parted by blanks.
    fn listed(folder: &Path) -> String {
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
        let files = files.filter(|entry| entry.file_type().is_file()).map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            format!("{name}={}", std::fs::read_to_string(entry.path()).unwrap())
        });
        files.collect::<Vec<_>>().join(" ")
    }

    fn write(path: &Path, names: &[&str]) {
        let mut folder = OutputFolder::create(path, MARK).unwrap();
        names.iter().for_each(|name| folder.write(name, MARK).unwrap());
        folder.finish().unwrap();
    }

    #[test]
    fn nothing_appears_before_the_end_and_nothing_is_left_of_what_failed() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new");
        let mut folder = OutputFolder::create(&path, MARK).unwrap();
        folder.write("index.html", "a").unwrap();
        assert!(!path.exists());
        drop(folder);
        assert_eq!(listed(outer.path()), "");
        write(&path, &["index.html", "pages/1", "pages/2"]);
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 1);
        assert_eq!(listed(&path), format!("index.html={MARK} pages/1={MARK} pages/2={MARK}"));
    }

    #[test]
    fn an_earlier_folder_of_ours_is_replaced_whole() {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), &["index.html", "pages/1", "pages/2"]);
        write(outer.path(), &["index.html", "pages/1"]);
        assert_eq!(listed(outer.path()), format!("index.html={MARK} pages/1={MARK}"));
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_folder_that_holds_anything_else_is_left_alone() {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), &["index.html", "pages/1"]);
        std::fs::write(outer.path().join("pages/thesis.txt"), "years of work").unwrap();
        let error = OutputFolder::create(outer.path(), MARK).unwrap_err().to_string();
        assert!(error.contains("thesis.txt"), "{error}");
        assert!(listed(outer.path()).contains("years of work"));
    }

    #[test]
    fn a_file_that_came_while_we_wrote_stays() {
        let outer = tempfile::tempdir().unwrap();
        write(outer.path(), &["index.html"]);
        let mut folder = OutputFolder::create(outer.path(), MARK).unwrap();
        folder.write("index.html", MARK).unwrap();
        std::fs::write(outer.path().join("notes.txt"), "a thought").unwrap();
        assert!(folder.finish().unwrap_err().to_string().contains("notes.txt"));
        assert!(listed(outer.path()).contains("a thought"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_folder_is_foreign_and_a_link_to_a_folder_stays() {
        let outer = tempfile::tempdir().unwrap();
        let (target, link) = (outer.path().join("target"), outer.path().join("link"));
        std::fs::create_dir(&target).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, &["index.html"]);
        assert!(link.is_symlink() && target.join("index.html").is_file());
        std::os::unix::fs::symlink("index.html", target.join("other")).unwrap();
        assert!(OutputFolder::create(&link, MARK).is_err());
    }
}
