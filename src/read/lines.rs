//! Decoded text, read by the line or by the part. No more of it is held than was asked for.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::archive::Bytes;
use super::chunk::{MAX_ROW, part_end};
use super::encoding::Decoder;
use crate::error::{Error, Result, Warning};

/// The number of bytes at the beginning of a text that its form is detected from.
const HEAD: usize = 64 << 10;
/// A buffer that grew beyond this for one long line is shrunk again, in bytes.
const MAX_SPARE: usize = 1 << 20;

/// A text that is read on demand.
pub struct Lines {
    decoder: Decoder,
    buffer: String,
    /// The first byte of the buffer that was not returned yet.
    start: usize,
    /// The buffer has no line break between `start` and here.
    scanned: usize,
    /// The number of the next line.
    line: usize,
    ended: bool,
    failure: Option<Error>,
}

/// One line of a table.
pub enum Line<'a> {
    /// The line with its line break.
    Whole(&'a str),
    /// A line of more than [`MAX_ROW`] bytes, which was skipped.
    TooLong,
}

/// A part of a text.
#[derive(Debug)]
pub struct TextPart<'a> {
    pub text: &'a str,
    /// The line on which it begins.
    pub line: usize,
    /// Whether more text follows.
    pub goes_on: bool,
}

impl Lines {
    /// Opens a file or standard input (`-`). Fails if it cannot be read or is not text.
    pub fn open(path: &Path) -> Result<Lines> {
        Lines::new(path, Bytes::open(path)?)
    }

    /// Reads from `reader` as from a file named `path`.
    pub fn from_reader(path: &Path, reader: Box<dyn Read + Send>) -> Result<Lines> {
        Lines::new(path, Bytes::from_reader(path, reader)?)
    }

    fn new(path: &Path, bytes: Bytes) -> Result<Lines> {
        let decoder = Decoder::new(path, bytes)?;
        Ok(Lines {
            decoder,
            buffer: String::new(),
            start: 0,
            scanned: 0,
            line: 1,
            ended: false,
            failure: None,
        })
    }

    /// The first [`HEAD`] bytes of the text that was not returned yet.
    pub fn head(&mut self) -> &str {
        self.fill(HEAD);
        let head = &self.buffer[self.start..];
        &head[..head.floor_char_boundary(HEAD)]
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
            self.scanned = self.scanned.saturating_sub(self.start);
            self.start = 0;
            if self.buffer.capacity() > MAX_SPARE {
                self.buffer.shrink_to(MAX_SPARE);
            }
        }
        match self.decoder.read_more(&mut self.buffer) {
            Ok(goes_on) => self.ended = !goes_on,
            Err(failure) => {
                self.ended = true;
                self.failure = Some(failure);
            }
        }
    }

    /// The next line and its number; `None` at the end. Fails if the file cannot be read to its end; the unfinished
    /// line before the failure is not returned.
    pub fn next_line(&mut self) -> Result<Option<(usize, Line<'_>)>> {
        let end = loop {
            self.scanned = self.scanned.max(self.start);
            if let Some(offset) = memchr::memchr(b'\n', &self.buffer.as_bytes()[self.scanned..]) {
                break self.scanned + offset + 1;
            }
            self.scanned = self.buffer.len();
            if self.ended {
                self.check_failure()?;
                break self.buffer.len();
            }
            if self.buffer.len() - self.start > MAX_ROW {
                self.skip_line();
                self.line += 1;
                return Ok(Some((self.line - 1, Line::TooLong)));
            }
            self.read_more();
        };
        let line = &self.buffer[self.start..end];
        if line.is_empty() {
            return Ok(None);
        }
        self.start = end;
        self.line += 1;
        Ok(Some((self.line - 1, Line::Whole(line))))
    }

    /// Returns the error that ended the text, if any, and discards the text before it.
    fn check_failure(&mut self) -> Result<()> {
        match self.failure.take() {
            Some(failure) => {
                self.start = self.buffer.len();
                Err(failure)
            }
            None => Ok(()),
        }
    }

    fn skip_line(&mut self) {
        loop {
            if let Some(offset) = self.buffer[self.start..].find('\n') {
                self.start += offset + 1;
                return;
            }
            self.start = self.buffer.len();
            if self.ended {
                return;
            }
            self.read_more();
        }
    }

    /// The next part of the text, of at most `most` bytes, split as [`part_end`] says; `None` at the end. Fails if
    /// the file cannot be read to its end.
    pub fn next_part(&mut self, most: usize) -> Result<Option<TextPart<'_>>> {
        self.fill(most + 1);
        let rest = &self.buffer[self.start..];
        let length = if rest.len() > most { part_end(rest, most) } else { rest.len() };
        if self.ended && length == rest.len() {
            self.check_failure()?;
        }
        let start = self.start;
        let text = &self.buffer[start..start + length];
        if text.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        self.start += length;
        Ok(Some(TextPart { text, line, goes_on: self.start < self.buffer.len() || !self.ended }))
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

    /// The number of bytes read from the file so far, as it is stored; the counter is live.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        self.decoder.n_read()
    }

    /// The warnings since the last call.
    pub fn take_warnings(&mut self) -> Vec<Warning> {
        self.decoder.take_warnings()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: Vec<u8>) -> Lines {
        Lines::from_reader(Path::new("a"), Box::new(std::io::Cursor::new(content))).unwrap()
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
            whole += part.text;
            assert_eq!(part.goes_on, whole.len() < text.len());
        }
        assert_eq!(whole, text);
    }
}
