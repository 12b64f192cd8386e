//! Decoded text, read line by line or part by part. No more of it is held than was asked for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use encoding_rs::Encoding;
use memchr::{memchr, memchr_iter};

use super::MAX_ROW;
use super::archive::Bytes;
use super::encoding::Decoder;
use crate::error::{Result, Warning};

/// The form of a text is detected from this many bytes at its beginning.
const HEAD: usize = 64 << 10;
/// A buffer that grew beyond this for one long line is shrunk again, in bytes.
const MAX_SPARE: usize = 1 << 20;

/// A text that is read on demand.
pub struct Lines {
    decoder: Decoder,
    buffer: String,
    /// The first byte of the buffer that has not been returned yet.
    start: usize,
    /// The buffer has no line break between `start` and here.
    scanned: usize,
    /// The number of the next line.
    line: usize,
    ended: bool,
}

/// One line of a table.
pub enum Line<'a> {
    /// The line with its line break.
    Whole(&'a str),
    /// The line had more than [`MAX_ROW`] bytes and was skipped.
    TooLong,
}

/// A part of a text.
#[derive(Debug, Default)]
pub struct TextPart {
    pub text: String,
    /// The line on which it begins.
    pub line: usize,
    /// Whether more text follows.
    pub goes_on: bool,
}

impl Lines {
    /// The text in `bytes`. Fails if they cannot be read or are not text.
    pub fn new(bytes: Bytes) -> Result<Lines> {
        Lines::with_encoding(bytes, None)
    }

    /// The text in `bytes`, in the encoding that the user named, if any.
    pub fn with_encoding(bytes: Bytes, encoding: Option<&'static Encoding>) -> Result<Lines> {
        let decoder = Decoder::new(bytes, encoding)?;
        Ok(Lines { decoder, buffer: String::new(), start: 0, scanned: 0, line: 1, ended: false })
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.decoder.bytes.path
    }

    /// The first [`HEAD`] bytes of the text that has not been returned yet.
    pub fn head(&mut self) -> &str {
        self.head_of(HEAD)
    }

    /// The first `n` bytes of the text that has not been returned yet.
    pub fn head_of(&mut self, n: usize) -> &str {
        self.fill(n);
        let head = &self.buffer[self.start..];
        &head[..head.floor_char_boundary(n)]
    }

    /// Reads until `n` bytes are held, or to the end.
    fn fill(&mut self, n: usize) {
        while self.buffer.len() - self.start < n && !self.ended {
            self.read_more();
        }
    }

    fn read_more(&mut self) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.buffer.shrink_to(MAX_SPARE);
            self.scanned = self.scanned.saturating_sub(self.start);
            self.start = 0;
        }
        self.ended = !self.decoder.read_more(&mut self.buffer);
    }

    /// The next line and its number; `None` at the end. Fails if the file cannot be read to its end; the unfinished
    /// line before the failure is not returned.
    pub fn next_line(&mut self) -> Result<Option<(usize, Line<'_>)>> {
        let mut is_whole = true;
        let end = loop {
            self.scanned = self.scanned.max(self.start);
            if let Some(offset) = memchr(b'\n', &self.buffer.as_bytes()[self.scanned..]) {
                break self.scanned + offset + 1;
            }
            self.scanned = self.buffer.len();
            if self.ended {
                if is_whole {
                    self.check_failure()?;
                }
                break self.buffer.len();
            }
            if !is_whole || self.buffer.len() - self.start > MAX_ROW {
                is_whole = false;
                self.start = self.buffer.len();
            }
            self.read_more();
        };
        let line = &self.buffer[self.start..end];
        if is_whole && line.is_empty() {
            return Ok(None);
        }
        self.start = end;
        self.line += 1;
        Ok(Some((self.line - 1, if is_whole { Line::Whole(line) } else { Line::TooLong })))
    }

    /// Returns the error that ended the text, if any, and discards the text before it.
    fn check_failure(&mut self) -> Result<()> {
        let Some(failure) = self.decoder.failure.take() else { return Ok(()) };
        self.start = self.buffer.len();
        Err(failure)
    }

    /// The next part of the text, of at most `most` bytes, split as [`part_end`] says; `None` at the end. Fails if
    /// the file cannot be read to its end.
    pub fn next_part(&mut self, most: usize) -> Result<Option<TextPart>> {
        self.fill(most + 1);
        let rest = &self.buffer[self.start..];
        let length = if rest.len() > most { part_end(rest, most) } else { rest.len() };
        let text = rest[..length].to_string();
        let goes_on = length < rest.len() || !self.ended;
        if !goes_on {
            self.check_failure()?;
        }
        if text.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        self.line += memchr_iter(b'\n', text.as_bytes()).count();
        self.start += length;
        Ok(Some(TextPart { text, line, goes_on }))
    }

    /// The next part of the text, also of a file that cannot be read to its end: the next call fails.
    pub fn next_part_before_failure(&mut self, most: usize) -> Result<Option<TextPart>> {
        self.fill(most + 1);
        let n_held = self.buffer.len() - self.start;
        if self.decoder.failure.is_none() || !self.ended || n_held == 0 || n_held > most {
            return self.next_part(most);
        }
        let text = self.buffer[self.start..].to_string();
        self.start = self.buffer.len();
        let line = self.line;
        self.line += memchr_iter(b'\n', text.as_bytes()).count();
        Ok(Some(TextPart { text, line, goes_on: true }))
    }

    /// The rest of the text, or `None` if that is more than `most` bytes. Fails if the file cannot be read to its
    /// end.
    #[cfg(feature = "train")]
    pub fn rest(&mut self, most: usize) -> Result<Option<String>> {
        self.fill(most + 1);
        self.check_failure()?;
        let rest = self.buffer.split_off(self.start);
        Ok((rest.len() <= most).then_some(rest))
    }

    /// A live counter of the bytes read from the file so far, before decompression.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.decoder.bytes.n_read)
    }

    /// Adds a warning about the form of the text.
    pub fn warn(&mut self, what: String) {
        let path = self.path().to_path_buf();
        self.decoder.warnings.push(Warning { path, line: 1, what });
    }

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        std::mem::take(&mut self.decoder.warnings)
    }
}

/// The byte at which a text of more than `most` bytes is split: after the last blank line in the second half of the
/// first `most` bytes, or after the last line there, or before the last white space, or between two characters.
fn part_end(text: &str, most: usize) -> usize {
    let (half, second_half) = second_half(text, most);
    let blank_lines = ["\n\n", "\n\r\n", "\n\r\r\n"].iter();
    let blank_line = blank_lines.filter_map(|mark| Some(second_half.rfind(mark)? + mark.len())).max();
    let line = || second_half.rfind('\n').map(|end| end + 1);
    blank_line.or_else(line).map_or_else(|| word_end(text, most), |end| half + end)
}

/// The byte after the last white space in the second half of the first `most` bytes, or between two characters.
pub fn word_end(text: &str, most: usize) -> usize {
    let (half, second_half) = second_half(text, most);
    half + second_half.rfind(char::is_whitespace).unwrap_or(second_half.len())
}

/// The second half of the first `most` bytes, and where it begins.
fn second_half(text: &str, most: usize) -> (usize, &str) {
    let most = text.floor_char_boundary(most);
    let half = text.floor_char_boundary(most / 2);
    (half, &text[half..most])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: Vec<u8>) -> Lines {
        Lines::new(Bytes::of_text("a", content)).unwrap()
    }

    #[test]
    fn lines_have_their_numbers() {
        let mut lines = lines(b"one\r\n\ntwo".to_vec());
        assert_eq!(lines.head(), "one\r\n\ntwo");
        let mut seen = Vec::new();
        while let Some((number, Line::Whole(line))) = lines.next_line().unwrap() {
            seen.push((number, line.to_string()));
        }
        let seen: Vec<_> = seen.iter().map(|(number, line)| (*number, line.as_str())).collect();
        assert_eq!(seen, [(1, "one\r\n"), (2, "\n"), (3, "two")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped() {
        let mut content = vec![b'a'; MAX_ROW + 100_000];
        content.extend(b"\nshort\n");
        let mut lines = lines(content);
        assert!(matches!(lines.next_line().unwrap(), Some((1, Line::TooLong))));
        assert!(matches!(lines.next_line().unwrap(), Some((2, Line::Whole("short\n")))));
        assert!(lines.next_line().unwrap().is_none());
    }

    #[test]
    fn parts_make_up_the_text() {
        let text = "one two three four\n\n".repeat(50);
        let mut lines = lines(text.clone().into_bytes());
        let mut whole = String::new();
        while let Some(part) = lines.next_part(64).unwrap() {
            assert!(part.text.len() <= 64 && part.text.ends_with("\n\n"));
            assert_eq!(part.line, 1 + whole.matches('\n').count());
            whole += &part.text;
            assert_eq!(part.goes_on, whole.len() < text.len());
        }
        assert_eq!(whole, text);
    }

    #[test]
    fn parts_end_at_blank_lines_lines_or_words() {
        assert_eq!(part_end("aaaa bbbb\n\ncc\ndd", 14), 11);
        assert_eq!(part_end("aaaa bbbb\ncc dd", 13), 10);
        assert_eq!(part_end("aaaa bbbb cc", 8), 4);
        assert_eq!(part_end("ééééééé", 5), 4);
    }
}
