//! ZIP archives in memory, with limits: office documents and books are such archives.

use std::io::{Cursor, Read};
use std::path::PathBuf;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, Result};
use crate::read::archive::Bytes;

/// The largest archive, in bytes: reports with pictures have up to about 100 MB.
const MAX_PACKAGE: usize = 256 << 20;
/// The most bytes of all entries that are read, decompressed.
const MAX_DECOMPRESSED: u64 = 512 << 20;
/// The most entries: books have hundreds.
const MAX_ENTRIES: u16 = 20_000;

/// An archive in memory.
pub struct Package {
    pub path: PathBuf,
    /// What it is called in errors.
    pub form: &'static str,
    archive: ZipArchive<Cursor<Vec<u8>>>,
    n_decompressed: u64,
}

impl Package {
    pub fn new(mut bytes: Bytes) -> Result<Package> {
        let (path, form) = (bytes.path.clone(), "ZIP archive");
        let damaged = |what: String| Error::Damaged { path: path.clone(), form, what };
        let whole = bytes.whole(MAX_PACKAGE)?;
        let whole = whole.ok_or_else(|| damaged(format!("more than {} MB", MAX_PACKAGE >> 20)))?;
        // The library would allocate a list of all entries.
        if n_entries(&whole) > MAX_ENTRIES {
            return Err(damaged(format!("more than {MAX_ENTRIES} entries")));
        }
        let archive = ZipArchive::new(Cursor::new(whole)).map_err(|err| damaged(err.to_string()))?;
        Ok(Package { path, form, archive, n_decompressed: 0 })
    }

    pub fn damaged(&self, what: impl Into<String>) -> Error {
        Error::Damaged { path: self.path.clone(), form: self.form, what: what.into() }
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The names of the entries that are UTF-8, in the order of the archive.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.archive.file_names().flatten().map(|name| name.into_owned())
    }

    /// The content of an entry; `None` if there is none of this name. Fails if it is damaged, or the entries that were
    /// read are too large together.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let left = MAX_DECOMPRESSED.saturating_sub(self.n_decompressed);
        let entry = match self.archive.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            entry => entry.map_err(|err| err.to_string()),
        };
        let content = entry.and_then(|entry| {
            let mut content = Vec::new();
            entry.take(left + 1).read_to_end(&mut content).map_err(|err| err.to_string())?;
            Ok(content)
        });
        let content = content.map_err(|err| self.damaged(format!("{name}: {err}")))?;
        self.n_decompressed += content.len() as u64;
        self.check_sum()?;
        Ok(Some(content))
    }

    /// The content of an entry as text.
    pub fn text(&mut self, name: &str) -> Result<Option<String>> {
        let content = self.read(name)?;
        let Some(content) = content else { return Ok(None) };
        // Documents may be in UTF-16.
        let (text, ..) = encoding_rs::UTF_8.decode(&content);
        Ok(Some(text.into_owned()))
    }

    fn check_sum(&self) -> Result<()> {
        if self.n_decompressed > MAX_DECOMPRESSED {
            return Err(self.damaged(format!("decompresses to more than {} MB", MAX_DECOMPRESSED >> 20)));
        }
        Ok(())
    }

    /// Fails if all entries with text are too large together: the reader of workbooks decompresses them unchecked.
    pub fn check_size(&mut self) -> Result<()> {
        let names: Vec<String> = self.names().collect();
        for name in names.iter().filter(|name| !name.starts_with("xl/media/")) {
            let left = MAX_DECOMPRESSED.saturating_sub(self.n_decompressed);
            let entry = self.archive.by_name(name).map_err(|err| err.to_string());
            let copied = entry.and_then(|entry| {
                std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|err| err.to_string())
            });
            self.n_decompressed += copied.map_err(|err| self.damaged(format!("{name}: {err}")))?;
            self.check_sum()?;
        }
        Ok(())
    }

    /// The archive itself.
    pub fn into_inner(self) -> Cursor<Vec<u8>> {
        self.archive.into_inner()
    }
}

/// How many entries the end of an archive announces; `u16::MAX` if they are too many for its field.
fn n_entries(archive: &[u8]) -> u16 {
    const MAGIC: &[u8] = b"PK\x05\x06";
    let end = memchr::memmem::rfind(archive, MAGIC);
    let count = end.and_then(|end| archive.get(end + 10..end + 12));
    count.map_or(0, |count| u16::from_le_bytes([count[0], count[1]]))
}
