//! Decoding: bytes to text, one chunk at a time, with a warning for what cannot be decoded.
//!
//! A byte order mark decides, then the pattern of NUL bytes in UTF-16 without a mark. Other text is read as ASCII up to
//! the first byte that is not ASCII. From there on it is read as UTF-8 if possible, otherwise in the encoding that the
//! page declares, otherwise in the encoding that a detector guesses.

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memchr_iter};

use super::archive::Bytes;
use super::binary::binary_kind;
use super::charset::{declared_encoding, guessed_encoding, is_mostly_utf_8, utf_16_by_nuls};
use super::mojibake::Damage;
use crate::error::{Error, Result, Warning};

/// The number of bytes that are decoded at once, and that are checked for binary files.
const CHUNK: usize = 64 << 10;
/// The number of bytes that the encoding is detected from, beginning with the first chunk that is not ASCII.
const WINDOW: usize = 512 << 10;
/// The most bytes that wait for more text before they are repaired; damaged characters have fewer.
const MAX_HELD: usize = 64;

/// The encoding of the bytes that are not decoded yet.
enum Charset {
    /// Only ASCII so far.
    Ascii,
    /// UTF-32, with its byte order.
    Utf32(fn([u8; 4]) -> u32),
    Other(encoding_rs::Decoder),
}

impl Charset {
    fn of(encoding: &'static Encoding) -> Charset {
        Charset::Other(encoding.new_decoder_without_bom_handling())
    }

    /// Moves the text in `raw` to `text`, with a NUL for each invalid sequence of bytes. A character that is cut off
    /// is kept for the next call, unless this `is_last`.
    fn decode(&mut self, raw: &mut Vec<u8>, is_last: bool, text: &mut String) {
        match self {
            Charset::Ascii => {
                text.push_str(&String::from_utf8_lossy(raw));
                raw.clear();
            }
            Charset::Utf32(code_of) => {
                let (units, rest) = raw.as_chunks::<4>();
                text.extend(units.iter().map(|unit| char::from_u32(code_of(*unit)).unwrap_or('\0')));
                text.extend((is_last && !rest.is_empty()).then_some('\0'));
                raw.drain(..raw.len() - rest.len());
            }
            Charset::Other(decoder) => {
                let mut rest = raw.as_slice();
                loop {
                    text.reserve(
                        decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(CHUNK),
                    );
                    let (outcome, n_read) = decoder.decode_to_string_without_replacement(rest, text, is_last);
                    rest = &rest[n_read..];
                    match outcome {
                        DecoderResult::InputEmpty => break,
                        DecoderResult::OutputFull => {}
                        DecoderResult::Malformed(_, _) => text.push('\0'),
                    }
                }
                raw.clear();
            }
        }
    }
}

/// The text of a file, decoded one chunk at a time.
pub struct Decoder {
    pub bytes: Bytes,
    /// Bytes read and not decoded yet.
    raw: Vec<u8>,
    ended: bool,
    /// The error that ended the text before the end of the file.
    pub failure: Option<Error>,
    charset: Charset,
    declared: Option<&'static Encoding>,
    /// The line of the next text.
    line: usize,
    n_replaced: usize,
    first_replaced: usize,
    /// How much of the text is damaged and repaired.
    damage: Damage,
    n_repaired: usize,
    /// A damaged run of characters at the end of the last chunk, which may go on in the next one.
    held: String,
    pub warnings: Vec<Warning>,
}

impl Decoder {
    /// A decoder of `bytes`, in the encoding that the user `named`, if any. Fails if they cannot be read or are not text.
    pub fn new(bytes: Bytes, named: Option<&'static Encoding>) -> Result<Decoder> {
        let mut decoder = Decoder {
            bytes,
            raw: Vec::new(),
            ended: false,
            failure: None,
            charset: Charset::Ascii,
            declared: None,
            line: 1,
            n_replaced: 0,
            first_replaced: 0,
            damage: Damage::None,
            n_repaired: 0,
            held: String::new(),
            warnings: Vec::new(),
        };
        decoder.fill(CHUNK);
        if let Some(failure) = decoder.failure.take_if(|_| decoder.raw.is_empty()) {
            return Err(failure);
        }
        let (charset, n_mark) = match decoder.raw.as_slice() {
            head if let Some(encoding) = named => {
                let mark = Encoding::for_bom(head).filter(|(of_mark, _)| *of_mark == encoding);
                (Charset::of(encoding), mark.map_or(0, |(_, n_mark)| n_mark))
            }
            [0xef, 0xbb, 0xbf, ..] => (Charset::of(UTF_8), 3),
            [0xff, 0xfe, 0, 0, ..] => (Charset::Utf32(u32::from_le_bytes), 4),
            [0, 0, 0xfe, 0xff, ..] => (Charset::Utf32(u32::from_be_bytes), 4),
            [0xff, 0xfe, ..] => (Charset::of(UTF_16LE), 2),
            [0xfe, 0xff, ..] => (Charset::of(UTF_16BE), 2),
            head => match (utf_16_by_nuls(head), binary_kind(head)) {
                (Some(encoding), _) => (Charset::of(encoding), 0),
                (None, None) => (Charset::Ascii, 0),
                (None, Some((found, cure))) => {
                    return Err(Error::Binary { path: decoder.bytes.path, found, cure });
                }
            },
        };
        decoder.charset = charset;
        decoder.raw.drain(..n_mark);
        decoder.declared = declared_encoding(&decoder.raw);
        if n_mark > 0 && matches!(&decoder.charset, Charset::Other(of) if of.encoding() == UTF_8) {
            decoder.fill(WINDOW);
            decoder.damage = Damage::of(&String::from_utf8_lossy(&decoder.raw));
        }
        Ok(decoder)
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

    /// Appends the next text to `text`; `false` at the end, which may be a failure.
    pub fn read_more(&mut self, text: &mut String) -> bool {
        self.fill(CHUNK);
        if matches!(self.charset, Charset::Ascii) && !self.raw.is_ascii() {
            self.fill(WINDOW);
            self.charset = self.decide();
        }
        let start = text.len();
        text.push_str(&std::mem::take(&mut self.held));
        self.charset.decode(&mut self.raw, self.ended && self.failure.is_none(), text);
        if self.damage != Damage::None {
            self.repair(text, start);
        }
        self.replace_nuls(text, start);
        if self.ended && self.n_replaced > 0 {
            let places = if self.n_replaced == 1 { "place" } else { "places" };
            let what = format!("invalid bytes in {} {places}, read as U+FFFD", self.n_replaced);
            self.warn(self.first_replaced, what);
        }
        !self.ended
    }

    /// Repairs `text` from byte `start` on, except for a run at its end that may go on.
    fn repair(&mut self, text: &mut String, start: usize) {
        let end = if self.ended {
            text.len()
        } else {
            text.trim_end_matches(|c: char| !c.is_ascii())
                .len()
                .max(start)
                .max(text.floor_char_boundary(text.len().saturating_sub(MAX_HELD)))
        };
        self.held = text.split_off(end);
        let (repaired, n_runs) = self.damage.repaired(&text[start..]);
        self.n_repaired += n_runs;
        text.replace_range(start.., &repaired);
        if self.ended {
            let places = if self.n_repaired == 1 { "place" } else { "places" };
            let what = format!(
                "UTF-8 read as windows-1252 and saved again in {} {places}, repaired",
                self.n_repaired
            );
            self.warn(1, what);
        }
    }

    /// The encoding of the bytes held, not all of which are ASCII.
    fn decide(&mut self) -> Charset {
        if is_mostly_utf_8(&self.raw, self.ended) {
            self.damage = Damage::of(&String::from_utf8_lossy(&self.raw));
            return Charset::of(UTF_8);
        }
        let encoding = self.declared.unwrap_or_else(|| guessed_encoding(&self.raw, self.ended));
        self.warn(self.line, format!("not UTF-8, read as {}", encoding.name()));
        Charset::of(encoding)
    }

    fn warn(&mut self, line: usize, what: String) {
        self.warnings.push(Warning { path: self.bytes.path.clone(), line, what });
    }

    /// Counts the lines of `text` from byte `start` on, and replaces the NULs there: NULs in the file are as invalid as
    /// bytes that could not be decoded.
    fn replace_nuls(&mut self, text: &mut String, start: usize) {
        let count = |byte, text: &str| memchr_iter(byte, text.as_bytes()).count();
        if let Some(first) = memchr(0, &text.as_bytes()[start..]) {
            if self.n_replaced == 0 {
                self.first_replaced = self.line + count(b'\n', &text[start..start + first]);
            }
            self.n_replaced += count(0, &text[start..]);
            let replaced = text[start..].replace('\0', "\u{fffd}");
            text.replace_range(start.., &replaced);
        }
        self.line += count(b'\n', &text[start..]);
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
        let mut decoder = Decoder::new(Bytes::open(&path).unwrap(), None).unwrap();
        let mut text = String::new();
        while decoder.read_more(&mut text) {}
        let found = decoder.warnings;
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
