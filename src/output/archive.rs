//! ZIP archives of HTML pages that are written completely or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::OutputFile;
use crate::error::{Error, Result};

/// A ZIP archive of pages that appears at its path when it is finished.
///
/// Its entries are in a folder with the archive's name. They have no date, so that the same pages give the same bytes.
pub struct OutputArchive {
    path: PathBuf,
    /// The name of the folder inside it.
    folder: String,
    temporary: Option<PathBuf>,
    writer: ZipWriter<StreamWriter<OutputFile>>,
}

impl OutputArchive {
    /// A writer for `path`.
    ///
    /// # Errors
    ///
    /// If its folder is missing or not writable.
    pub fn create(path: &Path) -> Result<OutputArchive> {
        let file = OutputFile::create(path)?;
        let folder = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let temporary = file.temporary_path().map(Path::to_path_buf);
        Ok(OutputArchive { path: path.to_path_buf(), folder, temporary, writer: ZipWriter::new_stream(file) })
    }

    /// As [`OutputFile::temporary_path`].
    pub fn temporary_path(&self) -> Option<&Path> {
        self.temporary.as_deref()
    }

    /// Writes the file `name`, a relative path.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&mut self, name: &str, content: &str) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        let started = self.writer.start_file(format!("{}/{name}", self.folder), options);
        let written = started.and_then(|()| Ok(self.writer.write_all(content.as_bytes())?));
        written.map_err(unwritten(&self.path))
    }

    /// Moves the archive to its path.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<()> {
        self.into_file()?.finish()
    }

    /// As [`OutputArchive::finish`], but with `.partial` after its name, which is returned, for results that are valid
    /// but incomplete.
    ///
    /// # Errors
    ///
    /// If the last bytes cannot be written or the file cannot be renamed.
    pub fn finish_partial(self) -> Result<PathBuf> {
        let path = self.path.clone();
        let mut file = self.into_file()?;
        let partial = file.make_partial();
        file.finish().map(|()| partial.unwrap_or(path))
    }

    fn into_file(self) -> Result<OutputFile> {
        let writer = self.writer.finish().map_err(unwritten(&self.path))?;
        Ok(writer.into_inner())
    }
}

impl std::fmt::Debug for OutputArchive {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OutputArchive").field("path", &self.path).finish_non_exhaustive()
    }
}

fn unwritten(path: &Path) -> impl FnOnce(ZipError) -> Error {
    let failed = Error::io(path, "write");
    |error| failed(std::io::Error::other(error))
}
