//! Decoded text by the line or by the part, with no more of it in memory than is asked for.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::archive::Bytes;
use super::encoding::Decoder;
use crate::error::{Error, Result, Warning};

/// The longest line of a table that is held in memory, in bytes; a longer one is told and passed
/// over.
pub(super) const MAX_ROW: usize = 64 << 20;
/// How much of a text is looked at to tell its form.
const HEAD: usize = 64 << 10;
/// A buffer that grew beyond this for one long line is given back.
const MAX_SPARE: usize = 1 << 20;

/// A text that is read on demand.
pub(crate) struct Lines {
    decoder: Decoder,
    buffer: String,
    /// What the next part leaves goes into this; it has the room of a part that was given back.
    spare: String,
    /// The first byte of the buffer that was not given yet.
    start: usize,
    /// Up to where the buffer has no line break after `start`.
    scanned: usize,
    /// The number of the next line.
    line: usize,
    ended: bool,
    failure: Option<Error>,
}

/// One line of a table.
pub(super) enum Line<'a> {
    /// The line with its line break.
    Whole(&'a str),
    /// A line of more than [`MAX_ROW`] bytes, of which nothing was kept.
    TooLong,
}

/// A piece of a text.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) text: String,
    /// The line on which it begins.
    pub(super) line: usize,
    /// Whether the text goes on.
    pub(super) goes_on: bool,
}

impl Lines {
    /// Makes ready to read a file or standard input (`-`).
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no text.
    pub(crate) fn open(path: &Path) -> Result<Lines> {
        Lines::new(path, Bytes::open(path)?)
    }

    /// The same for what `reader` gives, under the name `path`.
    pub(super) fn from_reader(path: &Path, reader: Box<dyn Read + Send>) -> Result<Lines> {
        Lines::new(path, Bytes::from_reader(path, reader)?)
    }

    fn new(path: &Path, bytes: Bytes) -> Result<Lines> {
        let decoder = Decoder::new(path, bytes)?;
        let (buffer, spare) = (String::new(), String::new());
        Ok(Lines { decoder, buffer, spare, start: 0, scanned: 0, line: 1, ended: false, failure: None })
    }

    /// The beginning of what was not given yet; all of it where it is short.
    pub(crate) fn head(&mut self) -> &str {
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
                self.buffer.shrink_to(MAX_SPARE.max(self.buffer.len()));
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

    /// The next line and its number; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the file cannot be read to its end; a line that the error cuts short is not given.
    pub(super) fn next_line(&mut self) -> Result<Option<(usize, Line<'_>)>> {
        let end = loop {
            self.scanned = self.scanned.max(self.start);
            if let Some(offset) = memchr::memchr(b'\n', &self.buffer.as_bytes()[self.scanned..]) {
                break self.scanned + offset + 1;
            }
            self.scanned = self.buffer.len();
            if self.ended {
                self.give_failure()?;
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

    /// The error that ended the text, with what stands before it given up.
    fn give_failure(&mut self) -> Result<()> {
        match self.failure.take() {
            Some(failure) => {
                self.start = self.buffer.len();
                Err(failure)
            }
            None => Ok(()),
        }
    }

    /// Passes over the rest of a line.
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

    /// The next part of the text: all that is left, or when that is more than `most` bytes, a part
    /// that ends before a blank line, a line or a word.
    ///
    /// # Errors
    ///
    /// When the file cannot be read to its end.
    pub(super) fn next_part(&mut self, most: usize) -> Result<Option<Part>> {
        self.fill(most + 1);
        let rest = &self.buffer[self.start..];
        let end = if rest.len() > most { part_end(rest, most) } else { rest.len() };
        if self.ended && end == rest.len() {
            self.give_failure()?;
        }
        if end == 0 {
            return Ok(None);
        }
        let text = self.take(end);
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count();
        let goes_on = self.start < self.buffer.len() || !self.ended;
        Ok(Some(Part { text, line, goes_on }))
    }

    /// The next `n` bytes: the buffer itself, for what follows them is less and moves to another one.
    fn take(&mut self, n: usize) -> String {
        let end = self.start + n;
        let mut rest = std::mem::take(&mut self.spare);
        rest.clear();
        rest.push_str(&self.buffer[end..]);
        let mut text = std::mem::replace(&mut self.buffer, rest);
        text.truncate(end);
        text.drain(..self.start);
        (self.start, self.scanned) = (0, 0);
        text
    }

    /// Takes the room of a part back that is no longer wanted: fresh memory costs more than what is read into it.
    pub(super) fn reuse(&mut self, part: Part) {
        self.spare = part.text;
    }

    /// All the text that is left; `None` when that is more than `most` bytes.
    ///
    /// # Errors
    ///
    /// When the file cannot be read to its end.
    pub(crate) fn rest(&mut self, most: usize) -> Result<Option<String>> {
        self.fill(most + 1);
        self.give_failure()?;
        let rest = self.buffer.split_off(self.start);
        Ok((rest.len() <= most).then_some(rest))
    }

    /// How many bytes of the file were read, as it is stored; the count goes on.
    pub(super) fn n_read(&self) -> Arc<AtomicU64> {
        self.decoder.n_read()
    }

    /// What was noted since this was last asked.
    pub(crate) fn take_warnings(&mut self) -> Vec<Warning> {
        self.decoder.take_warnings()
    }
}

/// Where a part of at most `most` bytes ends: at the last blank line in its second half, else at
/// the last line break there, else at the last white space, else between two characters.
fn part_end(text: &str, most: usize) -> usize {
    let most = text.floor_char_boundary(most);
    let half = text.floor_char_boundary(most / 2);
    let second_half = &text[half..most];
    let blank_line =
        ["\n\n", "\n\r\n"].iter().filter_map(|mark| Some(second_half.rfind(mark)? + mark.len())).max();
    let line = || second_half.rfind('\n').map(|end| end + 1);
    let word = || second_half.rfind(char::is_whitespace);
    blank_line.or_else(line).or_else(word).map_or(most, |end| half + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: &[u8]) -> (tempfile::TempDir, Lines) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, content).unwrap();
        let lines = Lines::open(&path).unwrap();
        (folder, lines)
    }

    #[test]
    fn lines_are_given_with_their_numbers() {
        let (_folder, mut lines) = lines(b"one\r\n\ntwo");
        assert_eq!(lines.head(), "one\r\n\ntwo");
        let mut seen = Vec::new();
        while let Some((number, Line::Whole(line))) = lines.next_line().unwrap() {
            seen.push((number, line.to_string()));
        }
        let seen: Vec<_> = seen.iter().map(|(number, line)| (*number, line.as_str())).collect();
        assert_eq!(seen, [(1, "one\r\n"), (2, "\n"), (3, "two")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut content = vec![b'a'; MAX_ROW + 100_000];
        content.extend(b"\nshort\n");
        let (_folder, mut lines) = lines(&content);
        assert!(matches!(lines.next_line().unwrap(), Some((1, Line::TooLong))));
        assert!(matches!(lines.next_line().unwrap(), Some((2, Line::Whole("short\n")))));
        assert!(lines.next_line().unwrap().is_none());
    }

    #[test]
    fn parts_end_where_the_text_lets_them() {
        assert_eq!(part_end("aaaa bbbb\n\ncc\ndd", 14), 11);
        assert_eq!(part_end("aaaa bbbb\ncc dd", 13), 10);
        assert_eq!(part_end("aaaa bbbb cc", 8), 4);
        assert_eq!(part_end("ééééééé", 5), 4);
        let text = "one two three four\n\n".repeat(50);
        let (_folder, mut lines) = lines(text.as_bytes());
        let mut whole = String::new();
        while let Some(part) = lines.next_part(64).unwrap() {
            assert!(part.text.len() <= 64 && part.text.ends_with("\n\n"));
            assert_eq!(part.line, 1 + whole.matches('\n').count());
            whole += &part.text;
            assert_eq!(part.goes_on, whole.len() < text.len());
        }
        assert_eq!(whole, text);
    }
}
