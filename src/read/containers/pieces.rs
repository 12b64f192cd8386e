//! The lines and pieces of a file of bytes, read one after another.

use crate::error::Result;
use crate::read::archive::Bytes;

/// The size of reads.
const CHUNK: usize = 64 << 10;

/// A file of bytes that is read on demand.
pub struct Pieces {
    bytes: Bytes,
    buffer: Vec<u8>,
    /// The first byte of the buffer that has not been returned yet.
    start: usize,
    ended: bool,
}

impl Pieces {
    pub fn new(bytes: Bytes) -> Pieces {
        Pieces { bytes, buffer: Vec::new(), start: 0, ended: false }
    }

    pub fn path(&self) -> &std::path::Path {
        &self.bytes.path
    }

    /// Reads more; `false` at the end.
    fn fill(&mut self) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..std::mem::take(&mut self.start));
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK, 0);
        let n = self.bytes.read(&mut self.buffer[held..]);
        self.buffer.truncate(held + *n.as_ref().unwrap_or(&0));
        self.ended = !matches!(n, Ok(1..));
        n?;
        Ok(!self.ended)
    }

    /// The next line with its line break; `None` at the end. Of a line of more than `most` bytes, only these are
    /// returned, and the next call goes on after them.
    pub fn line(&mut self, most: usize) -> Result<Option<&[u8]>> {
        let mut scanned = 0;
        let length = loop {
            let held = &self.buffer[self.start..];
            if let Some(at) = memchr::memchr(b'\n', &held[scanned..]) {
                break (scanned + at + 1).min(most);
            }
            scanned = held.len();
            if scanned >= most || !self.fill()? {
                break scanned.min(most);
            }
        };
        self.start += length;
        Ok((length > 0).then(|| &self.buffer[self.start - length..self.start]))
    }

    /// The next `n` bytes, of which at most `most` are kept, and how many there really were.
    pub fn take(&mut self, n: u64, most: usize) -> Result<(Vec<u8>, u64)> {
        let (mut taken, mut left) = (Vec::new(), n);
        while left > 0 && (self.start < self.buffer.len() || self.fill()?) {
            let held = &self.buffer[self.start..];
            let length = held.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            taken.extend_from_slice(&held[..length.min(most - taken.len())]);
            self.start += length;
            left -= length as u64;
        }
        Ok((taken, n - left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_pieces_follow_one_another() {
        let text = format!("one\n{}\nlast", "x".repeat(CHUNK));
        let mut pieces = Pieces::new(Bytes::of_text("a", text.clone()));
        assert_eq!(pieces.line(100).unwrap(), Some(b"one\n".as_slice()));
        assert_eq!(pieces.take(2, 1).unwrap(), (b"x".to_vec(), 2));
        assert_eq!(pieces.line(10).unwrap().unwrap().len(), 10);
        assert_eq!(pieces.line(CHUNK).unwrap().unwrap().len(), CHUNK - 11);
        assert_eq!(pieces.take(9, 9).unwrap(), (b"last".to_vec(), 4));
        assert_eq!(pieces.line(9).unwrap(), None);
    }
}
