//! The bytes of a file or of standard input, decompressed if they are gzip or Zstandard.

use std::fs::File;
use std::io::{BufRead, BufReader, Chain, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::GzDecoder;

use crate::error::{Error, Result};

/// The highest compression ratio. News in JSON is compressed 3 to 10 times, the most repetitive logs about a hundred
/// times.
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
    path: PathBuf,
    reader: Box<dyn Read + Send>,
    /// The kind of archive that they come from.
    archive: Option<&'static str>,
    n_read: Arc<AtomicU64>,
    n_given: u64,
}

impl Bytes {
    /// Opens a file or standard input (`-`).
    pub fn open(path: &Path) -> Result<Bytes> {
        let file: Box<dyn Read + Send> = if path == Path::new("-") {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(path).map_err(Error::io(path, "read"))?)
        };
        Bytes::from_reader(path, file)
    }

    /// The bytes of `file`. Whether it is an archive is decided by its first bytes, not its name.
    pub fn from_reader(path: &Path, file: Box<dyn Read + Send>) -> Result<Bytes> {
        Bytes::decompressed(path, file).map_err(Error::io(path, "read"))
    }

    fn decompressed(path: &Path, file: Box<dyn Read + Send>) -> std::io::Result<Bytes> {
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

    /// The number of bytes read from the file so far, as it is stored; the counter is live.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// Reads into `buffer`; returns the number of bytes, 0 at the end. Fails if the file cannot be read, or the
    /// archive is truncated, corrupt, or larger than [`MAX_RATIO`] or [`MAX_DECOMPRESSED`] allow.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Ok(n) => {
                    self.n_given += n as u64;
                    self.check_size()?;
                    return Ok(n);
                }
                Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
                Err(err) => return Err(self.failure(err)),
            }
        }
    }

    /// Errors of a decoder, unlike those of the operating system, have no error number.
    fn failure(&self, err: std::io::Error) -> Error {
        let Some(kind) = self.archive.filter(|_| err.raw_os_error().is_none()) else {
            return Error::io(&self.path, "read")(err);
        };
        let what = match err.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                format!("truncated after {} decompressed bytes", self.n_given)
            }
            _ => format!("corrupt after {} decompressed bytes ({err})", self.n_given),
        };
        Error::Archive { path: self.path.clone(), kind, what }
    }

    fn check_size(&self) -> Result<()> {
        let Some(kind) = self.archive else { return Ok(()) };
        let allowed = self.n_read.load(Ordering::Relaxed).saturating_mul(MAX_RATIO).max(FREE_OF_RATIO);
        let what = match self.n_given {
            n if n > MAX_DECOMPRESSED => format!("decompresses to more than {} GB", MAX_DECOMPRESSED >> 30),
            n if n > allowed => format!("decompresses to more than {MAX_RATIO} times its size"),
            _ => return Ok(()),
        };
        Err(Error::Archive { path: self.path.clone(), kind, what })
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

/// Skips the zeros after a member; returns whether another one may follow.
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

/// The kind of archive that begins with `magic`. A Zstandard file may begin with a skippable frame.
fn archive_of(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [0x1f, 0x8b, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some("zstd"),
        _ => None,
    }
}

/// A path without the extension of an archive: `a.jsonl` for `a.jsonl.gz`.
pub fn inner_path(path: &Path) -> PathBuf {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("gz" | "gzip" | "zst" | "zstd") => path.with_extension(""),
        _ => path.to_path_buf(),
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
