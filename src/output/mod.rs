//! Files and folders that are written completely or not at all.

#[cfg(feature = "forms")]
mod archive;
mod encoder;
mod folder;

use std::fs::{File, OpenOptions, Permissions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "forms")]
pub use archive::OutputArchive;
pub use folder::OutputFolder;

use self::encoder::Encoder;
use crate::error::{Error, Result};

/// A file that appears at its path when it is finished.
///
/// Bytes go to a temporary file in the same folder, which [`OutputFile::finish`] renames. A path that exists and is not
/// a regular file (a device or a named pipe) is written to directly. A symbolic link stays a link; the file that it
/// points to is replaced.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    /// Boxed because a compressor is large.
    encoder: Box<Encoder<Writer>>,
}

#[derive(Debug)]
enum Writer {
    Direct(BufWriter<File>),
    Temporary { file: BufWriter<tempfile::NamedTempFile>, target: PathBuf },
}

/// Small writes are collected into system calls of this size, in bytes.
const BUFFER: usize = 64 << 10;

impl OutputFile {
    /// A writer for `path`.
    ///
    /// # Errors
    ///
    /// If its folder is missing or not writable.
    pub fn create(path: &Path) -> Result<OutputFile> {
        let writer = match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => OpenOptions::new()
                .write(true)
                .open(path)
                .map(|file| Writer::Direct(BufWriter::with_capacity(BUFFER, file))),
            Ok(found) => path.canonicalize().and_then(|target| temporary(target, Some(found.permissions()))),
            Err(_) => temporary(path.to_path_buf(), None),
        };
        let writer = writer.map_err(|source| Error::io(path, "write")(without_path(source)))?;
        Ok(OutputFile { path: path.to_path_buf(), encoder: Box::new(Encoder::Plain(writer)) })
    }

    /// As [`OutputFile::create`]; what is written is compressed if the path ends with `.gz` or `.zst`. The same content
    /// gives the same bytes.
    ///
    /// # Errors
    ///
    /// As for [`OutputFile::create`].
    pub fn create_by_suffix(path: &Path) -> Result<OutputFile> {
        let OutputFile { path, encoder } = OutputFile::create(path)?;
        let suffix = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let encoder = encoder.compressing(&suffix).map_err(Error::io(&path, "write"))?;
        Ok(OutputFile { path, encoder: Box::new(encoder) })
    }

    /// What has been written so far, for reading.
    ///
    /// # Errors
    ///
    /// If the path is a device or a pipe, or the file cannot be written to or opened.
    pub fn reopen(&mut self) -> Result<File> {
        let written = match self.encoder.inner_mut() {
            Writer::Direct(_) => Err(std::io::Error::other("it cannot be read again")),
            Writer::Temporary { file, .. } => file.flush().and_then(|()| file.get_ref().reopen()),
        };
        written.map_err(Error::io(&self.path, "write"))
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// If the disk is full or the reader of a pipe has closed it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(Error::io(&self.path, "write"))
    }

    /// The temporary file; `None` for a device or a pipe. A process that ends without dropping this value must
    /// remove it.
    pub fn temporary_path(&self) -> Option<&Path> {
        match self.encoder.inner() {
            Writer::Direct(_) => None,
            Writer::Temporary { file, .. } => Some(file.get_ref().path()),
        }
    }

    /// Changes the path to the same name followed by `.partial` and returns it, for results that are valid but
    /// incomplete. `None` for a device or a pipe, which has already received them.
    pub fn make_partial(&mut self) -> Option<PathBuf> {
        let Writer::Temporary { target, .. } = self.encoder.inner_mut() else { return None };
        target.as_mut_os_string().push(".partial");
        self.path.as_mut_os_string().push(".partial");
        Some(self.path.clone())
    }

    /// Moves the file to its path.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<()> {
        let outcome = self.encoder.finish().and_then(|writer| match writer {
            Writer::Direct(mut file) => file.flush(),
            Writer::Temporary { file, target } => file
                .into_inner()
                .map_err(|error| error.into_error())
                .and_then(|file| file.persist(target).map(drop).map_err(|error| error.error)),
        });
        outcome.map_err(|source| Error::io(&self.path, "write")(without_path(source)))
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Writer::Direct(file) => file.write(bytes),
            Writer::Temporary { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Writer::Direct(file) => file.flush(),
            Writer::Temporary { file, .. } => file.flush(),
        }
    }
}

/// For encoders that write to any writer.
impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.encoder.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.encoder.flush()
    }
}

/// A temporary file beside `target`, with the permissions of the file that it replaces, or those of a new file.
fn temporary(target: PathBuf, old: Option<Permissions>) -> std::io::Result<Writer> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(parent_of(&target))?;
    if let Some(permissions) = old {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(Writer::Temporary { file: BufWriter::with_capacity(BUFFER, file), target })
}

/// The folder that `path` is in.
fn parent_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error of the system without the temporary path that tempfile adds, which means nothing to a reader.
fn without_path(error: std::io::Error) -> std::io::Error {
    match error.to_string().split_once(" at path ") {
        Some((message, _)) => std::io::Error::new(error.kind(), message.to_string()),
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
    fn the_error_of_a_missing_folder_names_no_temporary_file() {
        let error = OutputFile::create(Path::new("/no/such/folder/file")).unwrap_err().to_string();
        assert!(error.starts_with("/no/such/folder/file: cannot write: No such file"), "{error}");
        assert!(!error.contains(".tmp"), "{error}");
    }
}
