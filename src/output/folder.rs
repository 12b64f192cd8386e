//! Folders of pages that are written whole, or not at all.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::plain;
use super::unfinished::Unfinished;
use crate::error::{Error, Result};

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
    /// Says of the holder that it is not finished, until all is written: from then on nothing removes it before
    /// it has its place.
    unfinished: Option<Unfinished>,
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
        let stands = stands(path, mark)?;
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let holder = temporary_folder(if stands { path } else { above }).map_err(failed)?;
        std::fs::create_dir(holder.path().join(WRITTEN)).map_err(failed)?;
        Ok(OutputFolder {
            path: path.to_path_buf(),
            unfinished: Some(Unfinished::new(holder.path())),
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

    /// Puts the folder in its place.
    ///
    /// # Errors
    ///
    /// When an earlier one cannot be removed or the new one cannot be renamed; what was written is kept, and the
    /// error says where.
    pub fn finish(mut self) -> Result<()> {
        self.unfinished = None;
        let placed = if self.stands { self.move_up() } else { self.rename_to(&self.path) };
        placed.map_err(|error| self.kept(error))
    }

    /// Puts what was written beside the path, which stays as it was: `.partial` goes behind its name. An earlier
    /// folder there that has the mark in all its files is removed.
    ///
    /// # Errors
    ///
    /// When anything else stands there, or the folder cannot be renamed; what was written is kept, and the error
    /// says where.
    pub fn finish_partial(mut self) -> Result<PathBuf> {
        self.unfinished = None;
        let placed = self.place_partial();
        placed.map_err(|error| self.kept(error))
    }

    fn place_partial(&self) -> Result<PathBuf> {
        let partial = partial_path(&self.path).map_err(Error::io(&self.path, "write"))?;
        if stands(&partial, &self.mark)? {
            std::fs::remove_dir_all(&partial).map_err(Error::io(&partial, "write"))?;
        }
        self.rename_to(&partial)?;
        Ok(partial)
    }

    fn rename_to(&self, path: &Path) -> Result<()> {
        std::fs::rename(self.holder.path().join(WRITTEN), path).map_err(Error::io(path, "write"))
    }

    /// Moves the entries to where the earlier ones were.
    fn move_up(&self) -> Result<()> {
        let failed = |source| Error::io(&self.path, "write")(plain(source));
        // Somebody may have put a file there since.
        stands(&self.path, &self.mark)?;
        self.clear().map_err(failed)?;
        for entry in self.entries.iter().rev() {
            let written = self.holder.path().join(WRITTEN).join(entry);
            std::fs::rename(written, self.path.join(entry)).map_err(failed)?;
        }
        Ok(())
    }

    /// The error of a folder that could not be put in its place: it is not removed, for it may be hours of work.
    fn kept(self, error: Error) -> Error {
        let written = self.holder.keep().join(WRITTEN);
        for entry in &self.entries {
            if !written.join(entry).exists() {
                // What cannot be taken back lies where it should, and nothing is lost.
                let _ = std::fs::rename(self.path.join(entry), written.join(entry));
            }
        }
        Error::Unplaced { source: Box::new(error), kept: written }
    }

    /// Removes the earlier files, that which says that they are whole first.
    fn clear(&self) -> std::io::Result<()> {
        let first = self.entries.first().map(|entry| self.path.join(entry)).filter(|path| path.exists());
        first.map_or(Ok(()), std::fs::remove_file)?;
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                // The holder, and those of runs that could not put their reports in place.
                true if entry.file_name().to_string_lossy().starts_with(HOLDER) => {}
                true => std::fs::remove_dir_all(entry.path())?,
                false => std::fs::remove_file(entry.path())?,
            }
        }
        Ok(())
    }
}

/// What the names of temporary folders begin with.
const HOLDER: &str = ".rhetor-";

/// The name of the folder that is written, inside the temporary one.
const WRITTEN: &str = "report";

/// A temporary folder in `folder`, with the permissions that a new folder gets.
fn temporary_folder(folder: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HOLDER);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(folder)
}

/// Whether a folder stands at `path`, every file of which has `mark`; an error where anything else does.
fn stands(path: &Path, mark: &str) -> Result<bool> {
    if !path.is_dir() && (path.exists() || path.is_symlink()) {
        return Err(Error::io(path, "write")(std::io::ErrorKind::NotADirectory.into()));
    }
    let foreign = if path.is_dir() { foreign_file(path, mark)? } else { None };
    match foreign {
        Some(file) => Err(Error::ForeignFile { path: path.to_path_buf(), file }),
        None => Ok(path.is_dir()),
    }
}

/// `path` with `.partial` behind its name, also where it ends on a separator; of a path without a name, such as
/// `.`, that of its folder.
fn partial_path(path: &Path) -> std::io::Result<PathBuf> {
    let named: PathBuf = match path.file_name() {
        Some(_) => path.components().collect(),
        None => path.canonicalize()?,
    };
    let mut partial = named.into_os_string();
    partial.push(".partial");
    Ok(PathBuf::from(partial))
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
    fn what_an_earlier_run_kept_inside_stays() {
        let outer = tempfile::tempdir().unwrap();
        let kept = outer.path().join(".rhetor-earlier/report");
        std::fs::create_dir_all(&kept).unwrap();
        std::fs::write(kept.join("index.html"), MARK).unwrap();
        write(outer.path(), &["index.html", "pages/1"]);
        assert!(kept.join("index.html").exists());
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

    /// What is kept of a folder that could not be put in its place, as its error names it.
    #[track_caller]
    fn kept(error: Error, why: &str) -> String {
        let message = error.to_string();
        assert!(message.contains(why), "{message}");
        let Error::Unplaced { kept, .. } = error else { panic!("{message}") };
        assert!(message.ends_with(&format!("kept in {}", kept.display())), "{message}");
        listed(&kept)
    }

    #[test]
    fn what_cannot_be_put_in_its_place_is_kept() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new");
        let written = |path: &Path| {
            let mut folder = OutputFolder::create(path, MARK).unwrap();
            ["index.html", "pages/1"].iter().for_each(|name| folder.write(name, MARK).unwrap());
            folder
        };
        let all = format!("index.html={MARK} pages/1={MARK}");
        let folder = written(&path);
        std::fs::write(&path, "a file").unwrap();
        assert_eq!(kept(folder.finish().unwrap_err(), "new: cannot write"), all);
        std::fs::remove_file(&path).unwrap();
        // Behind the removal of an earlier report: its second entry cannot be moved.
        write(&path, &["index.html"]);
        let folder = written(&path);
        std::fs::remove_file(folder.holder.path().join(WRITTEN).join("index.html")).unwrap();
        assert_eq!(kept(folder.finish().unwrap_err(), "new: cannot write"), format!("pages/1={MARK}"));
    }

    #[test]
    fn a_part_stands_beside_the_folder_and_takes_the_place_of_nothing_else() {
        let outer = tempfile::tempdir().unwrap();
        let (path, partial) = (outer.path().join("a"), outer.path().join("a.partial"));
        let part = || {
            let mut folder = OutputFolder::create(&path, MARK).unwrap();
            folder.write("index.html", MARK).unwrap();
            folder.finish_partial()
        };
        let whole = format!("index.html={MARK}");
        assert_eq!(part().unwrap(), partial);
        assert_eq!(part().unwrap(), partial);
        assert_eq!((listed(&partial), path.exists()), (whole.clone(), false));
        std::fs::write(partial.join("notes.txt"), "a thought").unwrap();
        assert_eq!(kept(part().unwrap_err(), "notes.txt"), whole);
        std::fs::remove_dir_all(&partial).unwrap();
        std::fs::write(&partial, "a file").unwrap();
        assert_eq!(kept(part().unwrap_err(), "a.partial: cannot write"), whole);
        assert_eq!(std::fs::read(&partial).unwrap(), b"a file");
    }

    #[test]
    fn a_part_is_named_after_its_folder_however_that_is_written() {
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
