//! Decoding: bytes to text by the chunk, with a warning for what cannot be decoded.
//!
//! A byte order mark decides, then the pattern of NUL bytes of UTF-16 without a mark. Other text is ASCII until the
//! first byte that is not. From there on it is UTF-8 if possible, or else in the encoding that the page declares, or
//! else in the one that a detector guesses.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::archive::Bytes;
use super::sniff::{binary_kind, declared_encoding, guessed_encoding, is_mostly_utf_8, utf_16_by_nuls};
use crate::error::{Error, Result, Warning};

/// The number of bytes that are decoded at once, and that are checked for binary files.
const CHUNK: usize = 64 << 10;
/// The number of bytes that the encoding is detected from, beginning with the first chunk that is not ASCII.
const WINDOW: usize = 512 << 10;
/// Replaces bytes that cannot be decoded.
const REPLACEMENT: char = '\u{fffd}';

type CodeOf = fn([u8; 4]) -> u32;

/// The encoding of the bytes not decoded yet.
enum Charset {
    /// Only ASCII so far.
    Ascii,
    Utf8,
    /// With the order of its bytes.
    Utf32(CodeOf),
    Other(encoding_rs::Decoder),
}

/// The text of a file, decoded by the chunk.
pub struct Decoder {
    path: PathBuf,
    bytes: Bytes,
    /// Bytes read and not decoded yet.
    raw: Vec<u8>,
    ended: bool,
    /// An error that is returned once the bytes before it are decoded.
    failure: Option<Error>,
    charset: Charset,
    declared: Option<&'static Encoding>,
    decoded: Decoded,
    warnings: Vec<Warning>,
}

impl Decoder {
    /// A decoder of the bytes of the file `path`. Fails if they cannot be read or are not text.
    pub fn new(path: &Path, bytes: Bytes) -> Result<Decoder> {
        let mut decoder = Decoder {
            path: path.to_path_buf(),
            bytes,
            raw: Vec::new(),
            ended: false,
            failure: None,
            charset: Charset::Ascii,
            declared: None,
            decoded: Decoded { line: 1, n_replaced: 0, first_replaced: 0 },
            warnings: Vec::new(),
        };
        decoder.fill(CHUNK);
        if decoder.raw.is_empty()
            && let Some(failure) = decoder.failure.take()
        {
            return Err(failure);
        }
        decoder.read_head()?;
        Ok(decoder)
    }

    fn read_head(&mut self) -> Result<()> {
        let (charset, n_mark) = match self.raw.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (Charset::Utf8, 3),
            [0xff, 0xfe, 0, 0, ..] => (Charset::Utf32(u32::from_le_bytes), 4),
            [0, 0, 0xfe, 0xff, ..] => (Charset::Utf32(u32::from_be_bytes), 4),
            [0xff, 0xfe, ..] => (other(UTF_16LE), 2),
            [0xfe, 0xff, ..] => (other(UTF_16BE), 2),
            head => match (utf_16_by_nuls(head), binary_kind(head)) {
                (Some(encoding), _) => (other(encoding), 0),
                (None, None) => (Charset::Ascii, 0),
                (None, Some((found, cure))) => {
                    return Err(Error::Binary { path: self.path.clone(), found, cure });
                }
            },
        };
        self.charset = charset;
        self.raw.drain(..n_mark);
        self.declared = declared_encoding(&self.raw);
        Ok(())
    }

    /// The number of bytes read from the file so far, as it is stored; the counter is live.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        self.bytes.n_read()
    }

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }

    /// Reads until `n` bytes are held, or to the end.
    fn fill(&mut self, n: usize) {
        while self.raw.len() < n && !self.ended {
            let held = self.raw.len();
            self.raw.resize(held + CHUNK, 0);
            let n_read = self.bytes.read(&mut self.raw[held..]).unwrap_or_else(|failure| {
                self.failure = Some(failure);
                0
            });
            self.raw.truncate(held + n_read);
            self.ended = n_read == 0;
        }
    }

    /// Appends the next text to `text`; `false` at the end. Fails if the rest of the file cannot be read, after all
    /// text before that was returned.
    pub fn read_more(&mut self, text: &mut String) -> Result<bool> {
        self.fill(CHUNK);
        if matches!(self.charset, Charset::Ascii) && !self.raw.is_ascii() {
            self.fill(WINDOW);
            self.charset = self.decide();
        }
        let is_last = self.ended && self.failure.is_none();
        let n_decoded = self.decoded.decode(&mut self.charset, &self.raw, is_last, text);
        self.raw.drain(..n_decoded);
        if !self.ended {
            return Ok(true);
        }
        self.warn_of_replaced();
        self.failure.take().map_or(Ok(false), Err)
    }

    /// The encoding of the bytes held, not all of them ASCII.
    fn decide(&mut self) -> Charset {
        if is_mostly_utf_8(&self.raw, self.ended) {
            return Charset::Utf8;
        }
        let encoding = self.declared.unwrap_or_else(|| guessed_encoding(&self.raw, self.ended));
        let what = format!("not UTF-8, read as {}", encoding.name());
        self.warnings.push(Warning { path: self.path.clone(), line: self.decoded.line, what });
        other(encoding)
    }

    fn warn_of_replaced(&mut self) {
        let Decoded { n_replaced, first_replaced: line, .. } = self.decoded;
        if n_replaced > 0 {
            let places = if n_replaced == 1 { "place" } else { "places" };
            let what = format!("invalid bytes in {n_replaced} {places}, read as U+FFFD");
            self.warnings.push(Warning { path: self.path.clone(), line, what });
            self.decoded.n_replaced = 0;
        }
    }
}

fn other(encoding: &'static Encoding) -> Charset {
    Charset::Other(encoding.new_decoder_without_bom_handling())
}

/// What is known about the text decoded so far.
struct Decoded {
    /// The line of the next text.
    line: usize,
    n_replaced: usize,
    first_replaced: usize,
}

impl Decoded {
    /// Decodes `raw`, except for a character that it cuts off; returns the number of bytes decoded.
    fn decode(&mut self, charset: &mut Charset, raw: &[u8], is_last: bool, text: &mut String) -> usize {
        match charset {
            Charset::Ascii | Charset::Utf8 => self.decode_utf_8(raw, is_last, text),
            Charset::Utf32(code_of) => self.decode_utf_32(raw, *code_of, is_last, text),
            Charset::Other(decoder) => self.decode_other(decoder, raw, is_last, text),
        }
    }

    fn decode_utf_8(&mut self, raw: &[u8], is_last: bool, text: &mut String) -> usize {
        // Most chunks are valid, and this check is faster than the search for invalid bytes.
        if let Ok(valid) = std::str::from_utf8(raw) {
            self.push(valid, text);
            return raw.len();
        }
        let mut n_decoded = 0;
        for chunk in raw.utf8_chunks() {
            self.push(chunk.valid(), text);
            n_decoded += chunk.valid().len();
            let invalid = chunk.invalid();
            let at_end = n_decoded + invalid.len() == raw.len();
            let cut = || std::str::from_utf8(invalid).err().is_some_and(|err| err.error_len().is_none());
            if invalid.is_empty() || (at_end && !is_last && cut()) {
                break;
            }
            self.replace(text);
            n_decoded += invalid.len();
        }
        n_decoded
    }

    fn decode_utf_32(&mut self, raw: &[u8], code_of: CodeOf, is_last: bool, text: &mut String) -> usize {
        let (units, rest) = raw.as_chunks::<4>();
        for &unit in units {
            match char::from_u32(code_of(unit)) {
                Some(character) => self.push(character.encode_utf8(&mut [0; 4]), text),
                None => self.replace(text),
            }
        }
        if is_last && !rest.is_empty() {
            self.replace(text);
            return raw.len();
        }
        raw.len() - rest.len()
    }

    fn decode_other(
        &mut self,
        decoder: &mut encoding_rs::Decoder,
        raw: &[u8],
        is_last: bool,
        text: &mut String,
    ) -> usize {
        // Allocated once: every invalid byte stops the decoder.
        let most = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(CHUNK);
        let mut piece = String::with_capacity(most.clamp(16, 4 * WINDOW));
        let mut n_decoded = 0;
        loop {
            piece.clear();
            let rest = &raw[n_decoded..];
            let (outcome, n_read) = decoder.decode_to_string_without_replacement(rest, &mut piece, is_last);
            n_decoded += n_read;
            self.push(&piece, text);
            match outcome {
                DecoderResult::InputEmpty => return n_decoded,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(_, _) => self.replace(text),
            }
        }
    }

    /// Appends decoded text. A NUL counts as an invalid byte.
    fn push(&mut self, mut piece: &str, text: &mut String) {
        while let Some(at) = memchr::memchr(0, piece.as_bytes()) {
            self.push_clean(&piece[..at], text);
            self.replace(text);
            piece = &piece[at + 1..];
        }
        self.push_clean(piece, text);
    }

    fn push_clean(&mut self, piece: &str, text: &mut String) {
        self.line += memchr::memchr_iter(b'\n', piece.as_bytes()).count();
        text.push_str(piece);
    }

    fn replace(&mut self, text: &mut String) {
        if self.n_replaced == 0 {
            self.first_replaced = self.line;
        }
        self.n_replaced += 1;
        text.push(REPLACEMENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "“Café” fares rose — by £2.\n\nThe tram’s line.\n";

    #[track_caller]
    fn check(bytes: &[u8], expected: &str, warnings: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, bytes).unwrap();
        let mut decoder = Decoder::new(&path, Bytes::open(&path).unwrap()).unwrap();
        let mut text = String::new();
        while decoder.read_more(&mut text).unwrap() {}
        let found = decoder.take_warnings();
        assert_eq!(text, expected);
        let found: Vec<String> = found.iter().map(|warning| warning.to_string()).collect();
        let found: Vec<&str> = found.iter().map(|line| line.rsplit_once("/a:").unwrap().1).collect();
        assert_eq!(found, warnings);
    }

    fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn utf_16_and_utf_32_are_read_with_a_byte_order_mark_and_utf_16_without() {
        let marked = format!("\u{feff}{TEXT}");
        check(marked.as_bytes(), TEXT, &[]);
        for bytes_of in [u16::to_le_bytes, u16::to_be_bytes] {
            check(&utf_16(&marked, bytes_of), TEXT, &[]);
            check(&utf_16(TEXT, bytes_of), TEXT, &[]);
        }
        for bytes_of in [u32::to_le_bytes, u32::to_be_bytes] {
            let bytes: Vec<u8> = marked.chars().flat_map(|c| bytes_of(u32::from(c))).collect();
            check(&bytes, TEXT, &[]);
        }
    }

    #[test]
    fn legacy_encodings_are_guessed_with_a_warning() {
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(TEXT);
        check(&bytes, TEXT, &["1: not UTF-8, read as windows-1252"]);
        check(b"One.\n\nCaf\xe9 au lait.", "One.\n\nCafé au lait.", &["1: not UTF-8, read as windows-1252"]);
    }

    #[test]
    fn a_declaration_has_priority_over_a_guess_but_not_over_utf_8() {
        let page = "<html><meta charset='iso-8859-2'><p>Łódź</p>";
        let (bytes, ..) = encoding_rs::ISO_8859_2.encode(page);
        check(&bytes, page, &["1: not UTF-8, read as ISO-8859-2"]);
        check(page.as_bytes(), page, &[]);
    }

    #[test]
    fn invalid_bytes_in_utf_8_are_replaced_with_a_warning() {
        check(
            b"Caf\xc3\xa9, caf\xc3\xa9.\nA \xff and \xe2\x80.\n",
            "Café, café.\nA \u{fffd} and \u{fffd}.\n",
            &["2: invalid bytes in 2 places, read as U+FFFD"],
        );
        let cut = "Café".repeat(3).as_bytes().split_last().unwrap().1.to_vec();
        check(&cut, "CaféCaféCaf\u{fffd}", &["1: invalid bytes in 1 place, read as U+FFFD"]);
    }

    #[test]
    fn a_nul_is_replaced_with_a_warning() {
        let clean = "A line of an article without any NUL in it.\n";
        let text = format!("{clean}A\0b\n{clean}");
        let read = format!("{clean}A\u{fffd}b\n{clean}");
        check(text.as_bytes(), &read, &["2: invalid bytes in 1 place, read as U+FFFD"]);
    }

    #[test]
    fn characters_across_chunks_are_whole() {
        for n_before in CHUNK - 3..CHUNK + 2 {
            let text = format!("{}€—’ end", "a".repeat(n_before));
            check(text.as_bytes(), &text, &[]);
            let text = format!("é{}€—’ end", "a".repeat(n_before));
            check(text.as_bytes(), &text, &[]);
        }
    }
}
