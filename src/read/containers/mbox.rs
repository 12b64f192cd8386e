//! A mailbox: many messages in one file, each after a line that begins with `From `.

use std::collections::BTreeMap;

use super::form::is_separator;
use super::mail::{MAX_MESSAGE, is_nested_deep, member_of};
use super::pieces::Pieces;
use super::{Member, Source};
use crate::error::{Error, Result};
use crate::read::archive::Bytes;

/// Lines are read in pieces of at most this many bytes.
const MAX_LINE: usize = 64 << 10;

/// The messages of a mailbox.
pub struct Mailbox {
    pieces: Pieces,
    n_messages: usize,
    n_invalid: usize,
    warnings: Vec<(usize, String)>,
    ended: bool,
}

impl Mailbox {
    pub fn new(bytes: Bytes) -> Mailbox {
        let (pieces, warnings) = (Pieces::new(bytes), Vec::new());
        Mailbox { pieces, n_messages: 0, n_invalid: 0, warnings, ended: false }
    }

    /// The next message without its `From ` line; `None` at the end. Of one that is too long, only the size counts.
    fn next_message(&mut self) -> Result<Option<(Vec<u8>, usize)>> {
        let (mut message, mut n_bytes) = (Vec::new(), 0);
        let mut is_after_blank = false;
        while !self.ended {
            let Some(line) = self.pieces.line(MAX_LINE)? else {
                self.ended = true;
                break;
            };
            // A message ends where a blank line comes before `From `. The first one begins the file.
            if is_after_blank && is_separator(line) {
                return Ok(Some((message, n_bytes)));
            }
            if n_bytes == 0 && line.starts_with(b"From ") {
                continue;
            }
            is_after_blank = line.trim_ascii().is_empty();
            n_bytes += line.len();
            if n_bytes <= MAX_MESSAGE {
                message.extend_from_slice(unquoted(line));
            }
        }
        Ok((n_bytes > 0).then_some((message, n_bytes)))
    }
}

/// Mailboxes escape a line that begins with `From ` by a `>`.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

impl Source for Mailbox {
    fn next_member(&mut self) -> Result<Option<Member>> {
        while let Some((message, n_bytes)) = self.next_message()? {
            self.n_messages += 1;
            let damaged = |what: String| {
                let path = self.pieces.path().to_path_buf();
                Error::Damaged { path, form: "mailbox", what: format!("message {}: {what}", self.n_messages) }
            };
            if n_bytes > MAX_MESSAGE {
                return Err(damaged(format!("more than {} MB", MAX_MESSAGE >> 20)));
            }
            if is_nested_deep(&message) {
                return Err(damaged("messages are nested too deeply".to_string()));
            }
            match member_of(&message) {
                Some((member, warning)) => {
                    self.warnings.extend(warning.map(|what| (self.n_messages, what)));
                    return Ok(Some(member));
                }
                None => self.n_invalid += 1,
            }
        }
        Ok(None)
    }

    fn skipped(&self) -> BTreeMap<String, usize> {
        let invalid = (self.n_invalid > 0).then(|| ("without headers".to_string(), self.n_invalid));
        invalid.into_iter().collect()
    }

    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        std::mem::take(&mut self.warnings)
    }
}
