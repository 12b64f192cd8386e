//! Files and folders that are written whole, or not at all.

mod folder;
mod unfinished;

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use unfinished::Unfinished;

pub use folder::OutputFolder;
pub use unfinished::remove_unfinished;

/// A file that takes its place when it is finished.
///
/// What is written goes to a temporary file beside it, which [`OutputFile::finish`] renames. A path
/// that exists and is no regular file (a device, a named pipe) is written to as it is; a symbolic
/// link to a file stays and the file is written.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    writer: Writer,
}

#[derive(Debug)]
enum Writer {
    Direct(BufWriter<File>),
    Temporary { file: BufWriter<tempfile::NamedTempFile>, target: PathBuf, unfinished: Unfinished },
}

/// What is written in smaller pieces is gathered, for each write to the system has its price.
const GATHERED: usize = 64 << 10;

impl OutputFile {
    /// Makes ready to write `path`.
    ///
    /// # Errors
    ///
    /// When its folder is missing or cannot be written to.
    pub fn create(path: &Path) -> Result<OutputFile> {
        let failed = Error::io(path, "write");
        let writer = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(std::io::Error::from(std::io::ErrorKind::IsADirectory)),
            Ok(found) if !found.is_file() => OpenOptions::new()
                .write(true)
                .open(path)
                .map(|file| Writer::Direct(BufWriter::with_capacity(GATHERED, file))),
            Ok(found) => temporary(path.canonicalize(), Some(found.permissions())),
            Err(_) => temporary(Ok(path.to_path_buf()), None),
        };
        Ok(OutputFile { path: path.to_path_buf(), writer: writer.map_err(plain).map_err(failed)? })
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    ///
    /// When the disk is full or the reader of a pipe has gone.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let outcome = match &mut self.writer {
            Writer::Direct(file) => file.write_all(bytes),
            Writer::Temporary { file, .. } => file.write_all(bytes),
        };
        outcome.map_err(Error::io(&self.path, "write"))
    }

    /// Gives up the path for one beside it with `.partial` behind its name: what is written is whole in itself,
    /// but not all that was wanted. `None` for a device or a pipe, which has it already.
    pub fn make_partial(&mut self) -> Option<PathBuf> {
        let Writer::Temporary { target, .. } = &mut self.writer else { return None };
        target.as_mut_os_string().push(".partial");
        self.path.as_mut_os_string().push(".partial");
        Some(self.path.clone())
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    ///
    /// When the last bytes cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<()> {
        let outcome = match self.writer {
            Writer::Direct(mut file) => file.flush(),
            Writer::Temporary { file, target, unfinished } => file
                .into_inner()
                .map_err(|err| err.into_error())
                .and_then(|file| file.persist(target).map(drop).map_err(|err| err.error))
                .map(|()| drop(unfinished)),
        };
        outcome.map_err(plain).map_err(Error::io(&self.path, "write"))
    }
}

/// For writers that write into what they are given.
impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.writer {
            Writer::Direct(file) => file.write(bytes),
            Writer::Temporary { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.writer {
            Writer::Direct(file) => file.flush(),
            Writer::Temporary { file, .. } => file.flush(),
        }
    }
}

/// A temporary file beside `target`, with the permissions of what it replaces or those that a new
/// file gets.
fn temporary(target: std::io::Result<PathBuf>, old: Option<std::fs::Permissions>) -> std::io::Result<Writer> {
    let target = target?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666))
    };
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = old {
        file.as_file().set_permissions(permissions)?;
    }
    let unfinished = Unfinished::new(file.path());
    let file = BufWriter::with_capacity(GATHERED, file);
    Ok(Writer::Temporary { file, target, unfinished })
}

/// The system's own words: tempfile adds its temporary path, which means nothing to a reader.
fn plain(error: std::io::Error) -> std::io::Error {
    let message = error.to_string();
    match message.split_once(" at path ") {
        Some((own, _)) => std::io::Error::new(error.kind(), own.to_string()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_appears_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = OutputFile::create(&path).unwrap();
        file.write(b"one").unwrap();
        assert!(!path.exists());
        file.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn a_part_stands_beside_the_file_that_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "old").unwrap();
        let mut file = OutputFile::create(&path).unwrap();
        file.write(b"one").unwrap();
        assert_eq!(file.make_partial(), Some(folder.path().join("a.csv.partial")));
        file.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read(folder.path().join("a.csv.partial")).unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_devices_stay_devices() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut file = OutputFile::create(&link).unwrap();
        file.write(b"new").unwrap();
        file.finish().unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        let mut null = OutputFile::create(Path::new("/dev/null")).unwrap();
        null.write(b"gone").unwrap();
        null.finish().unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn a_missing_folder_is_told_in_plain_words() {
        let error = OutputFile::create(Path::new("/no/such/folder/file")).unwrap_err().to_string();
        assert!(error.starts_with("/no/such/folder/file: cannot write: No such file"), "{error}");
        assert!(!error.contains(".tmp"), "{error}");
    }
}
