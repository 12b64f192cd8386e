//! The articles of a text that holds many, a few at a time.

use std::path::PathBuf;

use super::{Database, Record, is_blank, outside_warning};
use crate::article::{Article, SpanOf};
use crate::error::Error;
use crate::read::lines::{Line, Lines};
use crate::read::paragraph::{count_characters, normalise, split_paragraphs};
use crate::read::{BATCH, MAX_ARTICLE, MAX_ROW, Reading};

/// The articles of an export, a few at a time.
pub struct ExportArticles {
    path: PathBuf,
    lines: Lines,
    database: Database,
    /// The piece of the file that is not finished yet, the line on which it begins, and the text before it.
    piece: String,
    /// Whether a line of the piece begins with `BODY:`.
    has_body: bool,
    line: usize,
    n_bytes: usize,
    n_characters: usize,
    n_articles: usize,
    /// The number of lines outside articles that are not blank.
    n_outside: usize,
    ended: bool,
}

impl ExportArticles {
    pub fn new(lines: Lines, database: Database) -> ExportArticles {
        let (path, piece) = (lines.path().to_path_buf(), String::new());
        let (line, n_bytes, n_characters, n_articles, n_outside) = (1, 0, 0, 0, 0);
        ExportArticles {
            path,
            lines,
            database,
            piece,
            has_body: false,
            line,
            n_bytes,
            n_characters,
            n_articles,
            n_outside,
            ended: false,
        }
    }

    /// Adds the article in the piece that was read.
    fn finish(&mut self, next_line: usize, reading: &mut Reading) {
        let piece = std::mem::take(&mut self.piece);
        self.has_body = false;
        let (mut paragraphs, mut n_split) = (Vec::new(), 0);
        let record = self.database.record_of(&piece);
        let is_article = record.is_some();
        let Record { metadata, body } = record.unwrap_or_default();
        for range in body {
            let whole = self.database.paragraphs(&piece[..range.end], range.start);
            let (mut split, long) = split_paragraphs(&piece, whole, normalise);
            n_split += long.len();
            paragraphs.append(&mut split);
        }
        for (index, paragraph) in paragraphs.iter_mut().enumerate() {
            paragraph.follows = index > 0;
        }
        self.n_characters = count_characters(&piece, self.n_characters, &mut paragraphs);
        if n_split > 0 {
            reading.warn_of_long_paragraph(&self.path, self.line);
        }
        let line = std::mem::replace(&mut self.line, next_line);
        let start = self.n_bytes;
        self.n_bytes += piece.len();
        if !is_article {
            self.n_outside += piece.lines().filter(|line| !line.trim().is_empty()).count();
            return;
        }
        if paragraphs.is_empty() {
            reading.warn(&self.path, line, "an article without text, skipped");
            return;
        }
        self.n_articles += 1;
        for paragraph in &mut paragraphs {
            paragraph.start += start;
            paragraph.end += start;
            paragraph.row = Some(self.n_articles);
        }
        let (source, span_of) = (self.path.display().to_string(), SpanOf::Source);
        reading.articles.push(Article { source, metadata, span_of, first_paragraph: 0, paragraphs });
    }

    /// Reads a line; `false` at the end of the file.
    fn read_line(&mut self, reading: &mut Reading) -> bool {
        let (number, line) = match self.lines.next_line() {
            Ok(Some((number, Line::Whole(line)))) => (number, line.to_string()),
            Ok(Some((line, Line::TooLong))) => {
                let (path, found) = (self.path.clone(), format!("a line of more than {} MB", MAX_ROW >> 20));
                let expected = "an export with shorter lines".to_string();
                reading.errors.push(Error::Row { path, line, found, expected });
                return false;
            }
            Ok(None) => return false,
            Err(error) => {
                reading.errors.push(error);
                return false;
            }
        };
        let text = line.trim_matches(is_blank);
        if self.database.begins_with(text, self.has_body) {
            self.finish(number, reading);
        }
        self.has_body |= self.database.has_body(text);
        let last_line = self.piece.len();
        self.piece.push_str(&line);
        if let Some(start) = self.database.head_start(&self.piece, last_line).filter(|start| *start > 0) {
            let head = self.piece.split_off(start);
            self.finish(number + 1 - head.lines().count(), reading);
            self.piece = head;
        }
        if self.database.ends_with(text) {
            self.finish(number + 1, reading);
        } else if self.piece.len() > MAX_ARTICLE {
            reading.warn_of_long_article(&self.path, self.line);
            self.finish(number + 1, reading);
        }
        true
    }
}

impl Iterator for ExportArticles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let (mut reading, start) = (Reading::default(), self.n_bytes);
        if self.n_bytes == 0 {
            reading.warn(&self.path, 1, self.database.description());
        }
        while self.n_bytes - start < BATCH && !self.ended {
            self.ended = !self.read_line(&mut reading);
        }
        if self.ended {
            self.finish(self.line, &mut reading);
            if self.n_outside > 0 {
                reading.warn(&self.path, 1, outside_warning(self.n_outside));
            }
        }
        reading.warnings.extend(self.lines.take_warnings());
        Some(reading)
    }
}
