//! The bytes of a file or of standard input, inflated where they are a gzip or Zstandard archive.

use std::fs::File;
use std::io::{BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::error::{Error, Result};

/// The most times that an archive may inflate to its own size. News in JSON inflates 3 to 10 times,
/// the most repetitive logs about a hundred times.
const MAX_RATIO: u64 = 200;
/// The inflated bytes that are free of the ratio: small files of nothing but spaces are harmless.
const FREE_OF_RATIO: u64 = 64 << 20;
/// The most inflated bytes of one archive.
const MAX_INFLATED: u64 = 64 << 30;
/// The size of reads from the disk.
const BUFFER_SIZE: usize = 64 << 10;
/// The bytes that tell an archive.
const N_MAGIC: u64 = 4;

/// The extensions of archives, which a file's name may carry after that of its form.
const EXTENSIONS: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// Bytes on their way in.
pub(super) struct Bytes {
    path: PathBuf,
    reader: Box<dyn Read + Send>,
    /// What kind of archive they come out of.
    archive: Option<&'static str>,
    n_read: Arc<AtomicU64>,
    n_given: u64,
}

impl Bytes {
    /// Opens a file or standard input (`-`).
    pub(super) fn open(path: &Path) -> Result<Bytes> {
        let file: Box<dyn Read + Send> = if path == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(path).map_err(Error::io(path, "read"))?)
        };
        Bytes::from_reader(path, file)
    }

    /// The bytes of `file`, whose first tell whether it is an archive, for names lie.
    pub(super) fn from_reader(path: &Path, file: Box<dyn Read + Send>) -> Result<Bytes> {
        Bytes::inflated(path, file).map_err(Error::io(path, "read"))
    }

    fn inflated(path: &Path, file: Box<dyn Read + Send>) -> std::io::Result<Bytes> {
        let n_read = Arc::new(AtomicU64::new(0));
        let mut file = Counted { inner: file, n_read: Arc::clone(&n_read) };
        let mut magic = Vec::new();
        file.by_ref().take(N_MAGIC).read_to_end(&mut magic)?;
        let archive = archive_of(&magic);
        let whole: Chain<Cursor<Vec<u8>>, Counted> = Cursor::new(magic).chain(file);
        let buffered = BufReader::with_capacity(BUFFER_SIZE, whole);
        let reader: Box<dyn Read + Send> = match archive {
            Some("gzip") => Box::new(Members(Some(GzDecoder::new(buffered)))),
            Some(_) => Box::new(zstd::Decoder::with_buffer(buffered)?),
            None => Box::new(buffered),
        };
        Ok(Bytes { path: path.to_path_buf(), reader, archive, n_read, n_given: 0 })
    }

    /// How many bytes of the file were read, as it is stored; the count goes on.
    pub(super) fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// Fills some of `buffer`, and says how much; 0 at the end.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or the archive is cut short, damaged, or inflates beyond
    /// [`MAX_RATIO`] or [`MAX_INFLATED`].
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Ok(n) => {
                    self.n_given += n as u64;
                    self.check_inflation()?;
                    return Ok(n);
                }
                Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
                Err(err) => return Err(self.failure(err)),
            }
        }
    }

    /// The errors of a decoder have no number of the operating system.
    fn failure(&self, err: std::io::Error) -> Error {
        let Some(kind) = self.archive.filter(|_| err.raw_os_error().is_none()) else {
            return Error::io(&self.path, "read")(err);
        };
        let what = match err.kind() {
            std::io::ErrorKind::UnexpectedEof => format!("cut short after {} inflated bytes", self.n_given),
            _ => format!("damaged after {} inflated bytes ({err})", self.n_given),
        };
        Error::Archive { path: self.path.clone(), kind, what }
    }

    fn check_inflation(&self) -> Result<()> {
        let Some(kind) = self.archive else { return Ok(()) };
        let allowed = self.n_read.load(Ordering::Relaxed).saturating_mul(MAX_RATIO).max(FREE_OF_RATIO);
        let what = match self.n_given {
            n if n > MAX_INFLATED => format!("inflates to more than {} GB", MAX_INFLATED >> 30),
            n if n > allowed => format!("inflates to more than {MAX_RATIO} times its size"),
            _ => return Ok(()),
        };
        Err(Error::Archive { path: self.path.clone(), kind, what })
    }
}

/// The members of a gzip file, one after another. Zeros behind a member are padding, as for gzip itself:
/// tapes and block devices fill their last block with them. `None` behind the last one.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some(mut member) = self.0.take() {
            let n = member.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                self.0 = Some(member);
                return Ok(n);
            }
            let mut rest = member.into_inner();
            self.0 = if goes_on(&mut rest)? { Some(GzDecoder::new(rest)) } else { None };
        }
        Ok(0)
    }
}

/// Passes over the zeros behind a member; whether another one may follow.
fn goes_on(rest: &mut impl BufRead) -> std::io::Result<bool> {
    loop {
        let bytes = rest.fill_buf()?;
        let n_zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let (is_end, is_zero) = (bytes.is_empty(), n_zeros == bytes.len());
        rest.consume(n_zeros);
        if is_end || !is_zero {
            return Ok(!is_end);
        }
    }
}

/// What is read from the disk, counted.
struct Counted {
    inner: Box<dyn Read + Send>,
    n_read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.n_read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// The kind of archive that begins with `magic`. A Zstandard file may begin with a frame to skip.
fn archive_of(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some("zstd"),
        _ => None,
    }
}

/// A path without the extension of an archive: `a.jsonl.gz` is `a.jsonl`.
pub(super) fn inner_path(path: &Path) -> PathBuf {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_archive = extension
        .is_some_and(|extension| EXTENSIONS.iter().any(|archive| extension.eq_ignore_ascii_case(archive)));
    if is_archive { path.with_extension("") } else { path.to_path_buf() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// What the bytes inflate to, and the error that they end with.
    fn inflated(packed: Vec<u8>) -> (String, Option<String>) {
        let mut bytes = Bytes::from_reader(Path::new("a.gz"), Box::new(Cursor::new(packed))).unwrap();
        let (mut text, mut buffer) = (Vec::new(), [0; 100]);
        let error = loop {
            match bytes.read(&mut buffer) {
                Ok(0) => break None,
                Ok(n) => text.extend_from_slice(&buffer[..n]),
                Err(error) => break Some(error.to_string()),
            }
        };
        (String::from_utf8(text).unwrap(), error)
    }

    #[test]
    fn zeros_behind_a_member_of_gzip_are_padding() {
        let zeros = vec![0; 3 * BUFFER_SIZE];
        let (one, two) = (gzip("one "), gzip("two"));
        assert_eq!(inflated([one.as_slice(), &zeros].concat()), ("one ".to_string(), None));
        assert_eq!(inflated([one.as_slice(), &two].concat()), ("one two".to_string(), None));
        assert_eq!(inflated([one.as_slice(), &[0; 7], &gzip(""), &two, &[0]].concat()).0, "one two");
        let (text, error) = inflated([one.as_slice(), &[0; 7], b"garbage, and some more"].concat());
        assert_eq!(text, "one ");
        assert!(error.unwrap().starts_with("a.gz: gzip archive: damaged after 4 inflated bytes"));
        let (text, error) = inflated([one.as_slice(), &two[..8]].concat());
        assert_eq!(
            (text.as_str(), error.unwrap().as_str()),
            ("one ", "a.gz: gzip archive: cut short after 4 inflated bytes")
        );
    }
}
