//! The bytes of a file or of standard input, decompressed if they are gzip or Zstandard, and the kinds of binary files
//! that rhetor refuses.

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
        Ok(Bytes { path: path.to_path_buf(), reader, ahead: Vec::new(), failure: None, archive, n_read, n_given: 0 })
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

const TO_TEXT: &str = "save it as text or HTML first";
const IMAGE: &str = "extract its text with OCR software first";
const UNPACK: &str = "unpack it first and read the unpacked files";
const NO_TEXT: &str = "pass text files instead";
/// A Parquet table has its directory at the end, so it can only be read from a file.
const PARQUET: &str = match cfg!(feature = "parquet") {
    true => "save it as an uncompressed file: it cannot be read from a pipe or an archive",
    false => "build rhetor with `--features parquet`, or save the table as JSONL or CSV first",
};

/// Files that are not text: an offset, the bytes there, the name, and what the user can do. The first match counts, so
/// documents that are ZIP archives come before ZIP.
const KINDS: [(usize, &[u8], &str, &str); 43] = [
    (0, b"%PDF-", "a PDF", "convert it to text first with `pdftotext FILE.pdf FILE.txt` (poppler-utils)"),
    (0, b"%!PS", "a PostScript document", TO_TEXT),
    (0, b"{\\rtf", "an RTF document", TO_TEXT),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", TO_TEXT),
    (30, b"mimetypeapplication/vnd.oasis", "an OpenDocument file", TO_TEXT),
    (30, b"mimetypeapplication/epub", "an EPUB book", TO_TEXT),
    (30, b"[Content_Types].xml", "an Office document (docx, xlsx, pptx)", TO_TEXT),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document", UNPACK),
    (0, b"bplist00", "a binary property list", TO_TEXT),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (0, b"BZh", "a bzip2 archive", "unpack it first, for example with `bunzip2`"),
    (0, b"\xfd7zXZ\x00", "an xz archive", "unpack it first, for example with `unxz`"),
    (0, b"\x1f\x8b\x08", "a gzip archive inside an archive", UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive inside an archive", UNPACK),
    (0, b"PAR1", "a Parquet table", PARQUET),
    (0, b"SQLite format 3\x00", "an SQLite database", "export a table as CSV first"),
    (0, b"\x89PNG\r\n", "a PNG image", IMAGE),
    (0, b"\xff\xd8\xff", "a JPEG image", IMAGE),
    (0, b"GIF8", "a GIF image", IMAGE),
    (0, b"II*\x00", "a TIFF image", IMAGE),
    (0, b"MM\x00*", "a TIFF image", IMAGE),
    (8, b"WEBPVP8", "a WebP image", IMAGE),
    (4, b"ftyp", "a video or an HEIC image", NO_TEXT),
    (0, b"\x7fELF", "an executable", NO_TEXT),
    (0, b"OggS", "an audio file", NO_TEXT),
    (0, b"ID3", "an audio file", NO_TEXT),
    (0, b"fLaC", "an audio file", NO_TEXT),
    (8, b"WAVE", "an audio file", NO_TEXT),
    (0, b"\x1aE\xdf\xa3", "a video", NO_TEXT),
    (60, b"BOOKMOBI", "a Kindle book", TO_TEXT),
    (0, b"AT&TFORM", "a DjVu document", TO_TEXT),
    (0, b"!BDN", "an Outlook mailbox (pst)", "export it as mbox first"),
    (0, b"\x80\x04\x95", "a Python pickle", NO_TEXT),
    (0, b"\x93NUMPY", "a NumPy array", NO_TEXT),
    (0, b"\x89HDF\r\n", "an HDF5 file", "export a table as CSV first"),
    (0, b"ARROW1", "a Feather or Arrow table", "save it as CSV, JSONL or Parquet first"),
    (0, b"Obj\x01", "an Avro table", "save it as CSV, JSONL or Parquet first"),
    (0, b"wOF2", "a font", NO_TEXT),
    (0, b"wOFF", "a font", NO_TEXT),
    (0, b"\0asm", "a WebAssembly module", NO_TEXT),
    // The length of the header in eight bytes, then the header.
    (4, b"\0\0\0\0{\"", "a model (safetensors)", "use it as the model, and text files as inputs"),
];

/// One control character in this many bytes is tolerated in text.
const BYTES_PER_CONTROL: usize = 20;

/// What the bytes at the start of a file are and what the user can do about it; `None` for text.
pub fn binary_kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    for (offset, magic, name, cure) in KINDS {
        if head.get(offset..).is_some_and(|bytes| bytes.starts_with(magic)) {
            return Some((name, cure));
        }
    }
    // White space and the escape of terminal colours occur in text.
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let n_controls = head.iter().filter(is_control).count();
    (n_controls * BYTES_PER_CONTROL > head.len())
        .then_some(("binary data", "unpack or convert it to text first"))
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

    #[track_caller]
    fn check_binary(head: &[u8], expected: Option<&str>) {
        assert_eq!(binary_kind(head).map(|(name, _)| name), expected, "{head:?}");
    }

    #[test]
    fn common_binary_files_are_recognised() {
        check_binary(b"%PDF-1.7\n%\xe2\xe3", Some("a PDF"));
        check_binary(b"PK\x03\x04\x14\x00\x06\x00", Some("a ZIP archive or an Office document"));
        check_binary(b"\x89PNG\r\n\x1a\n", Some("a PNG image"));
        let mut tar = vec![b'a'; 257];
        check_binary(include_bytes!("../../models/default.safetensors"), Some("a model (safetensors)"));
        tar.extend(b"ustar");
        check_binary(&tar, Some("a tar archive"));
    }

    #[test]
    fn a_few_control_characters_are_text() {
        check_binary(b"A line of the article with one\x00 NUL in it.", None);
        check_binary(b"\x1b[31mred\x1b[0m", None);
        check_binary(b"\x00\x01\x02text", Some("binary data"));
        check_binary(b"", None);
    }
}
