//! Texts that are one article each: plain text, Markdown, and labelled articles.

use std::path::{Path, PathBuf};

use super::lines::{Lines, Part};
use super::parts::{MAX_ARTICLE, MAX_PARAGRAPH, cut_paragraphs};
use super::{
    Form, Metadata, Reading, count_characters, front_matter, labelled_blocks, markdown, normalise, text,
};
use crate::article::{Article, Paragraph, SpanOf};
use crate::error::Warning;

/// The article of a text file; of a file beyond [`MAX_ARTICLE`] its parts.
pub(super) struct TextArticles {
    path: PathBuf,
    lines: Lines,
    form: Form,
    metadata: Metadata,
    sequence: bool,
    /// What was given so far.
    n_parts: usize,
    n_bytes: usize,
    n_characters: usize,
    n_paragraphs: usize,
    /// The line of the last paragraph that was said to be cut; it may go on through many parts.
    cut_line: usize,
    ended: bool,
}

impl TextArticles {
    pub(super) fn new(path: &Path, lines: Lines, form: Form) -> TextArticles {
        TextArticles {
            path: path.to_path_buf(),
            lines,
            form,
            metadata: Metadata::new(),
            sequence: true,
            n_parts: 0,
            n_bytes: 0,
            n_characters: 0,
            n_paragraphs: 0,
            cut_line: 0,
            ended: false,
        }
    }

    /// The next part as an article; `None` at the end.
    pub(super) fn next_part(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let mut reading = Reading::default();
        match self.lines.next_part(MAX_ARTICLE) {
            Ok(Some(part)) => {
                self.ended = !part.goes_on;
                self.take(&part, &mut reading);
                self.lines.reuse(part);
            }
            // An empty file is an article of no paragraphs.
            Ok(None) => {
                self.ended = true;
                let empty = Part { text: String::new(), line: 1, goes_on: false };
                if self.n_parts == 0 {
                    self.take(&empty, &mut reading);
                }
            }
            Err(error) => {
                self.ended = true;
                reading.errors.push(error);
            }
        }
        let mut warnings = self.lines.take_warnings();
        warnings.append(&mut reading.warnings);
        reading.warnings = warnings;
        Some(reading)
    }

    fn take(&mut self, part: &Part, reading: &mut Reading) {
        let text = part.text.as_str();
        let mut body = 0;
        if self.n_parts == 0 {
            (self.metadata, body) = front_matter(text);
            self.sequence = is_sequence(&self.metadata);
            if part.goes_on {
                let what = format!("more than {} MB of text, read in parts", MAX_ARTICLE >> 20);
                reading.warnings.push(Warning { path: self.path.clone(), line: 1, what });
            }
        }
        let (mut paragraphs, cut) = paragraphs_of(text, body, self.form, self.sequence);
        for &start in &cut {
            let line = part.line + text[..start].matches('\n').count();
            if line != std::mem::replace(&mut self.cut_line, line) {
                let what = format!("a paragraph of more than {} KB, cut at white space", MAX_PARAGRAPH >> 10);
                reading.warnings.push(Warning { path: self.path.clone(), line, what });
            }
        }
        if self.n_parts == 0 && cut.is_empty() && self.form == Form::Text && is_one_line(&text[body..]) {
            let what = "one line of many words, taken for one paragraph; is a blank line missing between paragraphs?";
            let line = part.line + text[..body].matches('\n').count();
            reading.warnings.push(Warning { path: self.path.clone(), line, what: what.to_string() });
        }
        self.n_characters = count_characters(text, self.n_characters, &mut paragraphs);
        for paragraph in &mut paragraphs {
            paragraph.start += self.n_bytes;
            paragraph.end += self.n_bytes;
        }
        self.n_bytes += text.len();
        let first_paragraph = self.n_paragraphs;
        self.n_paragraphs += paragraphs.len();
        self.n_parts += 1;
        if self.n_parts > 1 && paragraphs.is_empty() {
            return;
        }
        reading.articles.push(Article {
            source: self.path.display().to_string(),
            metadata: self.metadata.clone(),
            span_of: SpanOf::Source,
            first_paragraph,
            paragraphs,
        });
    }
}

/// From so many bytes on, five times a long paragraph of news, a line is likely more than one paragraph.
const LONG_LINE: usize = 4000;

/// Whether a text has no line break and is too long for a paragraph.
fn is_one_line(text: &str) -> bool {
    let text = text.trim();
    text.len() > LONG_LINE && !text.contains('\n')
}

fn is_sequence(metadata: &Metadata) -> bool {
    metadata.get("sequence").is_none_or(|value| value != "no")
}

/// The paragraphs of `text` from byte `body` on, and where those begin that had to be cut.
fn paragraphs_of(text: &str, body: usize, form: Form, sequence: bool) -> (Vec<Paragraph>, Vec<usize>) {
    let whole: Vec<Paragraph> = match labelled_blocks(text, body) {
        Some(Ok(blocks)) => blocks.into_iter().map(|block| block.paragraph).collect(),
        _ if form == Form::Markdown => markdown::paragraphs(text, body),
        _ => text::paragraphs(text, body),
    };
    let plain = if form == Form::Markdown { markdown::plain_text } else { normalise };
    let (mut paragraphs, cut) = cut_paragraphs(text, whole, plain);
    for (index, paragraph) in paragraphs.iter_mut().enumerate() {
        paragraph.follows = sequence && index > 0;
    }
    (paragraphs, cut)
}

/// An article made of a plain text, in the way in which a `.txt` file is read.
pub(super) fn article_from_text(text: &str) -> Article {
    let (metadata, body) = front_matter(text);
    let (mut paragraphs, _) = paragraphs_of(text, body, Form::Text, is_sequence(&metadata));
    count_characters(text, 0, &mut paragraphs);
    Article { source: "text".to_string(), metadata, span_of: SpanOf::Source, first_paragraph: 0, paragraphs }
}
