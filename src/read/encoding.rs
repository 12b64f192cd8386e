//! Bytes into text: the encoding is found, and what cannot be decoded is told.
//!
//! A byte order mark decides, then the pattern of NUL bytes of UTF-16 without a mark. Else the text
//! is ASCII until another byte comes; from there on it is UTF-8 if it can be, else what the page
//! itself declares, else the guess of a detector. So a file is read by the chunk, however large.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::archive::Bytes;
use super::binary::binary_kind;
use super::charset::{declared_encoding, guessed_encoding, is_mostly_utf_8, utf_16_by_nuls};
use crate::error::{Error, Result, Warning};

/// How many bytes are decoded at once, and looked at for the kind of file.
const CHUNK: usize = 64 << 10;
/// How many bytes are looked at for the encoding, from the first that is not ASCII.
const WINDOW: usize = 512 << 10;
/// What stands for bytes that cannot be decoded.
const REPLACEMENT: char = '\u{fffd}';

/// What the bytes not decoded yet are in.
enum Charset {
    /// Nothing but ASCII so far.
    Ascii,
    Utf8,
    Utf32 {
        big_endian: bool,
    },
    Other(encoding_rs::Decoder),
}

/// The text of a file, decoded by the chunk.
pub(crate) struct Decoder {
    path: PathBuf,
    bytes: Bytes,
    /// Bytes read and not decoded yet.
    raw: Vec<u8>,
    ended: bool,
    /// An error that is told when the bytes before it are decoded.
    failure: Option<Error>,
    charset: Charset,
    declared: Option<&'static Encoding>,
    /// The line that the next text is on.
    line: usize,
    n_replaced: usize,
    first_replaced: usize,
    warnings: Vec<Warning>,
}

impl Decoder {
    /// Makes ready to decode the bytes of the file `path`.
    ///
    /// # Errors
    ///
    /// When they cannot be read, or are no text.
    pub(crate) fn new(path: &Path, bytes: Bytes) -> Result<Decoder> {
        let mut decoder = Decoder {
            path: path.to_path_buf(),
            bytes,
            raw: Vec::new(),
            ended: false,
            failure: None,
            charset: Charset::Ascii,
            declared: None,
            line: 1,
            n_replaced: 0,
            first_replaced: 0,
            warnings: Vec::new(),
        };
        decoder.fill(CHUNK);
        if decoder.raw.is_empty()
            && let Some(failure) = decoder.failure.take()
        {
            return Err(failure);
        }
        decoder.look_at_head()?;
        Ok(decoder)
    }

    fn look_at_head(&mut self) -> Result<()> {
        let (charset, n_mark) = match self.raw.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (Charset::Utf8, 3),
            [0xff, 0xfe, 0, 0, ..] => (Charset::Utf32 { big_endian: false }, 4),
            [0, 0, 0xfe, 0xff, ..] => (Charset::Utf32 { big_endian: true }, 4),
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

    /// How many bytes of the file were read, as it is stored; the count goes on.
    pub(super) fn n_read(&self) -> Arc<AtomicU64> {
        self.bytes.n_read()
    }

    /// Reads until `n` bytes wait to be decoded, or to the end.
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

    /// Adds the next piece of the text to `text`; `false` at the end.
    ///
    /// # Errors
    ///
    /// When the rest of the file cannot be read; all text before that has been given.
    pub(crate) fn read_more(&mut self, text: &mut String) -> Result<bool> {
        self.fill(CHUNK);
        if let Charset::Ascii = self.charset
            && !self.raw.is_ascii()
        {
            self.fill(WINDOW);
            self.charset = self.decide();
        }
        let is_last = self.ended && self.failure.is_none();
        let raw = std::mem::take(&mut self.raw);
        let n_decoded = self.decode(&raw, is_last, text);
        self.raw = raw;
        self.raw.drain(..n_decoded);
        if !self.ended {
            return Ok(true);
        }
        self.tell_replaced();
        self.failure.take().map_or(Ok(false), Err)
    }

    /// What the waiting bytes, of which one is not ASCII, are in.
    fn decide(&mut self) -> Charset {
        if is_mostly_utf_8(&self.raw, self.ended) {
            return Charset::Utf8;
        }
        let encoding = self.declared.unwrap_or_else(|| guessed_encoding(&self.raw, self.ended));
        let what = format!("not UTF-8, read as {}", encoding.name());
        self.warnings.push(Warning { path: self.path.clone(), line: self.line, what });
        other(encoding)
    }

    /// Decodes what can be decoded of `raw`, and says how much that was.
    fn decode(&mut self, raw: &[u8], is_last: bool, text: &mut String) -> usize {
        let charset = std::mem::replace(&mut self.charset, Charset::Ascii);
        match charset {
            Charset::Ascii | Charset::Utf8 => {
                self.charset = charset;
                self.decode_utf_8(raw, is_last, text)
            }
            Charset::Utf32 { big_endian } => {
                self.charset = charset;
                self.decode_utf_32(raw, big_endian, is_last, text)
            }
            Charset::Other(mut decoder) => {
                self.decode_other(&mut decoder, raw, is_last, text);
                self.charset = Charset::Other(decoder);
                raw.len()
            }
        }
    }

    fn decode_utf_8(&mut self, raw: &[u8], is_last: bool, text: &mut String) -> usize {
        // Most texts are sound, which is found out faster than where one is not.
        if let Ok(sound) = std::str::from_utf8(raw) {
            self.push(sound, text);
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

    fn decode_utf_32(&mut self, raw: &[u8], big_endian: bool, is_last: bool, text: &mut String) -> usize {
        let (units, rest) = raw.as_chunks::<4>();
        for &unit in units {
            let code = if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
            match char::from_u32(code) {
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
        mut raw: &[u8],
        is_last: bool,
        text: &mut String,
    ) {
        // Made once: bytes that are no text stop the decoder every time.
        let most = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(CHUNK);
        let mut piece = String::with_capacity(most.clamp(16, 4 * WINDOW));
        loop {
            piece.clear();
            let (outcome, n_read) = decoder.decode_to_string_without_replacement(raw, &mut piece, is_last);
            raw = &raw[n_read..];
            self.push(&piece, text);
            match outcome {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(_, _) => self.replace(text),
            }
        }
    }

    /// Adds decoded text. A NUL is no character of a text: it is replaced and counted.
    fn push(&mut self, piece: &str, text: &mut String) {
        if memchr::memchr(0, piece.as_bytes()).is_none() {
            self.push_clean(piece, text);
            return;
        }
        let mut pieces = piece.split('\0');
        let first = pieces.next().unwrap_or_default();
        self.push_clean(first, text);
        for piece in pieces {
            self.replace(text);
            self.push_clean(piece, text);
        }
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

    fn tell_replaced(&mut self) {
        if self.n_replaced > 0 {
            let places = if self.n_replaced == 1 { "place" } else { "places" };
            let what = format!("bytes that are no text in {} {places}, read as U+FFFD", self.n_replaced);
            self.warnings.push(Warning { path: self.path.clone(), line: self.first_replaced, what });
            self.n_replaced = 0;
        }
    }

    /// What was noted since this was last asked.
    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.warnings)
    }
}

fn other(encoding: &'static Encoding) -> Charset {
    Charset::Other(encoding.new_decoder_without_bom_handling())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "“Café” fares rose — by £2.\n\nThe tram’s line.\n";

    /// The text that `bytes` are read as, and the warnings about them.
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
    fn byte_order_marks_decide() {
        check(format!("\u{feff}{TEXT}").as_bytes(), TEXT, &[]);
        check(&utf_16(&format!("\u{feff}{TEXT}"), u16::to_le_bytes), TEXT, &[]);
        check(&utf_16(&format!("\u{feff}{TEXT}"), u16::to_be_bytes), TEXT, &[]);
        let utf_32: Vec<u8> =
            format!("\u{feff}{TEXT}").chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        check(&utf_32, TEXT, &[]);
        let utf_32: Vec<u8> =
            format!("\u{feff}{TEXT}").chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        check(&utf_32, TEXT, &[]);
    }

    #[test]
    fn nuls_tell_utf_16_without_a_mark() {
        check(&utf_16(TEXT, u16::to_le_bytes), TEXT, &[]);
        check(&utf_16(TEXT, u16::to_be_bytes), TEXT, &[]);
    }

    #[test]
    fn old_encodings_are_guessed_and_told() {
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(TEXT);
        check(&bytes, TEXT, &["1: not UTF-8, read as windows-1252"]);
        check(b"One.\n\nCaf\xe9 au lait.", "One.\n\nCafé au lait.", &["1: not UTF-8, read as windows-1252"]);
    }

    #[test]
    fn a_declaration_goes_before_a_guess_but_not_before_utf_8() {
        let page = "<html><meta charset='iso-8859-2'><p>Łódź</p>";
        let (bytes, ..) = encoding_rs::ISO_8859_2.encode(page);
        check(&bytes, page, &["1: not UTF-8, read as ISO-8859-2"]);
        check(page.as_bytes(), page, &[]);
    }

    #[test]
    fn utf_8_with_bad_bytes_stays_utf_8_and_is_told_with_its_line() {
        check(
            b"Caf\xc3\xa9, caf\xc3\xa9.\nA \xff and \xe2\x80.\n",
            "Café, café.\nA \u{fffd} and \u{fffd}.\n",
            &["2: bytes that are no text in 2 places, read as U+FFFD"],
        );
        check(
            "Café".repeat(3).as_bytes().split_last().unwrap().1,
            "CaféCaféCaf\u{fffd}",
            &["1: bytes that are no text in 1 place, read as U+FFFD"],
        );
    }

    #[test]
    fn a_nul_in_a_text_is_told() {
        let clean = "A line of an article without any dirt in it.\n";
        let text = format!("{clean}A\0b\n{clean}");
        let read = format!("{clean}A\u{fffd}b\n{clean}");
        check(text.as_bytes(), &read, &["2: bytes that are no text in 1 place, read as U+FFFD"]);
    }

    #[test]
    fn characters_over_the_edge_of_a_chunk_are_whole() {
        for n_before in CHUNK - 3..CHUNK + 2 {
            let text = format!("{}€—’ end", "a".repeat(n_before));
            check(text.as_bytes(), &text, &[]);
            let text = format!("é{}€—’ end", "a".repeat(n_before));
            check(text.as_bytes(), &text, &[]);
        }
    }
}
