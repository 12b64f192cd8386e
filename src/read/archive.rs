//! The bytes of a file or of standard input, decompressed if they are gzip or Zstandard.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::error::{Error, Result};

/// The highest compression ratio that is accepted. News in JSON is compressed 3 to 10 times, the most repetitive logs
/// about a hundred times.
const MAX_RATIO: u64 = 200;
/// The ratio is checked beyond this many decompressed bytes: small files of nothing but spaces are harmless.
const FREE_OF_RATIO: u64 = 64 << 20;
/// The most decompressed bytes of one archive.
const MAX_DECOMPRESSED: u64 = 64 << 30;
/// The size of reads from the disk.
const BUFFER_SIZE: usize = 64 << 10;
/// The number of bytes that identify an archive.
const N_MAGIC: u64 = 4;

/// The decompressed bytes of an input.
pub struct Bytes {
    pub path: PathBuf,
    reader: Box<dyn Read + Send>,
    /// Bytes that [`Bytes::head`] has read and nobody else yet.
    ahead: Vec<u8>,
    /// The error that ended [`Bytes::head`].
    failure: Option<Error>,
    /// The kind of archive that the bytes come from.
    archive: Option<&'static str>,
    /// The number of bytes read from the file so far, as it is stored.
    pub n_read: Arc<AtomicU64>,
    n_given: u64,
}

impl Bytes {
    /// Opens a file or standard input (`-`).
    pub fn open(path: &Path) -> Result<Bytes> {
        if path == Path::new("-") {
            return Bytes::from_reader(path, Box::new(std::io::stdin()));
        }
        Bytes::from_reader(path, Box::new(File::open(path).map_err(Error::io(path, "read"))?))
    }

    /// The bytes of `file`. Whether it is an archive is decided by its first bytes, not its name.
    pub fn from_reader(path: &Path, file: Box<dyn Read + Send>) -> Result<Bytes> {
        let n_read: Arc<AtomicU64> = Arc::default();
        let mut file = Counted { inner: file, n_read: Arc::clone(&n_read) };
        let mut magic = Vec::new();
        file.by_ref().take(N_MAGIC).read_to_end(&mut magic).map_err(Error::io(path, "read"))?;
        let archive = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Some("gzip"),
            // The second magic number is that of a skippable frame, which may come first.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some("zstd"),
            _ => None,
        };
        let whole = BufReader::with_capacity(BUFFER_SIZE, Cursor::new(magic).chain(file));
        let reader: Box<dyn Read + Send> = match archive {
            Some("gzip") => Box::new(Members(Some(GzDecoder::new(whole)))),
            Some(_) => Box::new(zstd::Decoder::with_buffer(whole).map_err(Error::io(path, "read"))?),
            None => Box::new(whole),
        };
        Ok(Bytes {
            path: path.to_path_buf(),
            reader,
            ahead: Vec::new(),
            failure: None,
            archive,
            n_read,
            n_given: 0,
        })
    }

    /// The bytes of a text in memory.
    #[cfg(test)]
    pub fn of_text(name: &str, text: impl Into<Vec<u8>>) -> Bytes {
        Bytes::from_reader(name.as_ref(), Box::new(Cursor::new(text.into()))).unwrap()
    }

    /// The first `n` bytes, or all if there are fewer or the rest cannot be read. They stay unread.
    pub fn head(&mut self, n: usize) -> &[u8] {
        while self.ahead.len() < n {
            let held = self.ahead.len();
            self.ahead.resize(n, 0);
            let mut ahead = std::mem::take(&mut self.ahead);
            let n_read = self.read_new(&mut ahead[held..]);
            ahead.truncate(held + *n_read.as_ref().unwrap_or(&0));
            self.ahead = ahead;
            match n_read {
                Ok(0) => break,
                Ok(_) => {}
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
        }
        &self.ahead
    }

    /// All bytes, or `None` if there are more than `most`. Fails as [`Bytes::read`] does.
    #[cfg(feature = "forms")]
    pub fn whole(&mut self, most: usize) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        loop {
            let held = bytes.len();
            if held > most {
                return Ok(None);
            }
            bytes.resize(held + BUFFER_SIZE, 0);
            let n = self.read(&mut bytes[held..])?;
            bytes.truncate(held + n);
            if n == 0 {
                return Ok(Some(bytes));
            }
        }
    }

    /// Reads into `buffer`; returns the number of bytes, 0 at the end. Fails if the file cannot be read, or the
    /// archive is truncated, corrupt, or larger than [`MAX_RATIO`] or [`MAX_DECOMPRESSED`] allow.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if !self.ahead.is_empty() {
            let n = buffer.len().min(self.ahead.len());
            buffer[..n].copy_from_slice(&self.ahead[..n]);
            self.ahead.drain(..n);
            return Ok(n);
        }
        self.failure.take().map_or_else(|| self.read_new(buffer), Err)
    }

    fn read_new(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let outcome = loop {
            match self.reader.read(buffer) {
                Err(err) if err.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        let n = outcome.map_err(|err| self.error_of(err))?;
        self.n_given += n as u64;
        let allowed = self.n_read.load(Ordering::Relaxed).saturating_mul(MAX_RATIO).max(FREE_OF_RATIO);
        let what = match (self.archive, self.n_given) {
            (Some(_), n) if n > MAX_DECOMPRESSED => format!("more than {} GB", MAX_DECOMPRESSED >> 30),
            (Some(_), n) if n > allowed => format!("more than {MAX_RATIO} times its size"),
            _ => return Ok(n),
        };
        Err(self.archive_error(format!("decompresses to {what}")))
    }

    /// Unlike errors of the operating system, errors of a decoder have no error number.
    fn error_of(&self, err: std::io::Error) -> Error {
        if self.archive.is_none() || err.raw_os_error().is_some() {
            return Error::io(&self.path, "read")(err);
        }
        self.archive_error(match err.kind() {
            ErrorKind::UnexpectedEof => format!("truncated after {} decompressed bytes", self.n_given),
            _ => format!("corrupt after {} decompressed bytes ({err})", self.n_given),
        })
    }

    fn archive_error(&self, what: String) -> Error {
        Error::Archive { path: self.path.clone(), kind: self.archive.unwrap_or_default(), what }
    }
}

/// The members of a gzip file, one after another; `None` after the last. As in gzip itself, zeros after a member are
/// padding: tapes and block devices fill their last block with them.
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
            self.0 = if skip_padding(&mut rest)? { Some(GzDecoder::new(rest)) } else { None };
        }
        Ok(0)
    }
}

/// Skips the zeros after a member. Returns whether another member may follow.
fn skip_padding(rest: &mut impl BufRead) -> std::io::Result<bool> {
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

/// A reader that counts its bytes.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// The decompressed bytes and the error at their end.
    fn decompressed(packed: Vec<u8>) -> (String, Option<String>) {
        let mut bytes = Bytes::of_text("a.gz", packed);
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
    fn zeros_after_a_gzip_member_are_padding() {
        let zeros = vec![0; 3 * BUFFER_SIZE];
        let (one, two) = (gzip("one "), gzip("two"));
        assert_eq!(decompressed([one.as_slice(), &zeros].concat()), ("one ".to_string(), None));
        assert_eq!(decompressed([one.as_slice(), &two].concat()), ("one two".to_string(), None));
        assert_eq!(decompressed([one.as_slice(), &[0; 7], &gzip(""), &two, &[0]].concat()).0, "one two");
        let (text, error) = decompressed([one.as_slice(), &[0; 7], b"garbage, and some more"].concat());
        assert_eq!(text, "one ");
        assert!(error.unwrap().starts_with("a.gz: gzip archive: corrupt after 4 decompressed bytes"));
        let (text, error) = decompressed([one.as_slice(), &two[..8]].concat());
        assert_eq!(
            (text.as_str(), error.unwrap().as_str()),
            ("one ", "a.gz: gzip archive: truncated after 4 decompressed bytes")
        );
    }
}
