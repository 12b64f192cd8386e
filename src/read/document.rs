//! Texts that are one article each: plain text, Markdown, and labelled articles, in which each block begins with its
//! label in brackets.

use std::borrow::Cow;
use std::ops::Range;

use super::form::Form;
use super::front_matter::{front_matter, is_name};
use super::label::{is_invisible, visible};
use super::layout::layout_warning;
use super::lines::{Lines, TextPart};
use super::markup::unescaped;
use super::paragraph::{count_characters, normalise, paragraph, split_paragraphs};
use super::{MAX_ARTICLE, Reading, markdown, text};
use crate::article::{Article, Metadata, Paragraph, SpanOf};

/// The article of a text file, or its parts if the file is longer than [`MAX_ARTICLE`].
pub struct TextArticles {
    lines: Lines,
    form: Form,
    metadata: Metadata,
    /// What has been read so far.
    n_bytes: usize,
    n_characters: usize,
    n_paragraphs: usize,
    /// The line of the last paragraph that was split. It may span many parts, but is reported once.
    split_line: usize,
    ended: bool,
}

impl TextArticles {
    pub fn new(lines: Lines, form: Form) -> TextArticles {
        TextArticles {
            lines,
            form,
            metadata: Metadata::new(),
            n_bytes: 0,
            n_characters: 0,
            n_paragraphs: 0,
            split_line: 0,
            ended: false,
        }
    }

    fn read(&mut self, part: &TextPart, reading: &mut Reading) {
        let (text, mut body) = (part.text.as_str(), 0);
        let is_first = self.n_bytes == 0;
        if is_first {
            (self.metadata, body) = front_matter(text);
            if part.goes_on {
                reading.warn_of_long_article(self.lines.path(), 1);
            }
        }
        let (mut paragraphs, long) = paragraphs_of(text, body, self.form, &self.metadata);
        let line_of = |byte: usize| part.line + text[..byte].matches('\n').count();
        for line in long.iter().map(|&start| line_of(start)) {
            if line != std::mem::replace(&mut self.split_line, line) {
                reading.warn_of_long_paragraph(self.lines.path(), line);
            }
        }
        if is_first && long.is_empty() && self.form == Form::Text {
            let what = layout_warning(&text[body..], &paragraphs);
            what.into_iter().for_each(|what| reading.warn(self.lines.path(), line_of(body), what));
        }
        self.n_characters = count_characters(text, self.n_characters, &mut paragraphs);
        for paragraph in &mut paragraphs {
            paragraph.start += self.n_bytes;
            paragraph.end += self.n_bytes;
        }
        self.n_bytes += text.len();
        let first_paragraph = self.n_paragraphs;
        self.n_paragraphs += paragraphs.len();
        if is_first || !paragraphs.is_empty() {
            let (source, metadata) = (self.lines.path().display().to_string(), self.metadata.clone());
            let article = Article { source, metadata, span_of: SpanOf::Source, first_paragraph, paragraphs };
            reading.articles.push(article);
        }
    }
}

impl Iterator for TextArticles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let mut reading = Reading::default();
        let part = self.lines.next_part(MAX_ARTICLE);
        self.ended = !matches!(&part, Ok(Some(part)) if part.goes_on);
        match part {
            // An empty file is an article without paragraphs.
            Ok(part) => self.read(&part.unwrap_or_default(), &mut reading),
            Err(error) => reading.errors.push(error),
        }
        reading.warnings.splice(..0, self.lines.take_warnings());
        Some(reading)
    }
}

/// The paragraphs of `text` from byte `body` on, and where the paragraphs that were split begin.
pub fn paragraphs_of(
    text: &str,
    body: usize,
    form: Form,
    metadata: &Metadata,
) -> (Vec<Paragraph>, Vec<usize>) {
    let whole: Vec<Paragraph> = match labelled_blocks(text, body) {
        Some(Ok(blocks)) => blocks.into_iter().map(|block| block.paragraph).collect(),
        _ if form == Form::Markdown => markdown::paragraphs(text, body),
        _ => plain_paragraphs(text, body),
    };
    let plain = if form == Form::Markdown { markdown::plain_text } else { normalise };
    let (mut paragraphs, long) = split_paragraphs(text, whole, plain);
    let is_sequence = is_sequence(metadata);
    for (index, paragraph) in paragraphs.iter_mut().enumerate() {
        paragraph.follows = is_sequence && index > 0;
    }
    (paragraphs, long)
}

/// The paragraphs of a plain text, which may have character references, Markdown links and marks of footnotes.
pub fn plain_paragraphs(text: &str, body: usize) -> Vec<Paragraph> {
    let mut paragraphs = text::paragraphs(text, body);
    for paragraph in &mut paragraphs {
        let plain = unescaped(&paragraph.text);
        if let Cow::Owned(plain) = markdown::without_targets(&plain) {
            paragraph.text = plain;
        } else if let Cow::Owned(plain) = plain {
            paragraph.text = normalise(&plain);
        }
    }
    paragraphs
}

/// The article in a plain text, as in a `.txt` file.
pub fn article_from_text(text: &str) -> Article {
    let (metadata, body) = front_matter(text);
    let (mut paragraphs, _) = paragraphs_of(text, body, Form::Text, &metadata);
    count_characters(text, 0, &mut paragraphs);
    Article { source: "text".to_string(), metadata, span_of: SpanOf::Source, first_paragraph: 0, paragraphs }
}

/// Whether the blocks of a text follow one another; `sequence: no` marks a collection.
pub fn is_sequence(metadata: &Metadata) -> bool {
    metadata.get("sequence").is_none_or(|value| value != "no")
}

/// One block of a labelled article.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledBlock {
    /// The line where it begins, from 1.
    pub line: usize,
    /// The word in brackets.
    pub label: String,
    /// The text after the brackets.
    pub paragraph: Paragraph,
}

/// The blocks of a labelled article from byte `body` on; `None` if the first block has no label. The inner error holds
/// the line and the first words of a later block without a label.
pub fn labelled_blocks(text: &str, body: usize) -> Option<Result<Vec<LabelledBlock>, (usize, String)>> {
    let mut ranges = text::blank_line_blocks(text, body).peekable();
    label_of(&text[ranges.peek()?.clone()])?;
    let (mut line, mut counted) = (1, 0);
    let block = |range: Range<usize>| {
        line += text[counted..range.start].matches('\n').count();
        counted = range.start;
        let block = &text[range.clone()];
        let (label, rest) = label_of(block).ok_or_else(|| (line, block.chars().take(40).collect()))?;
        let paragraph = paragraph(text, range.end - rest.len()..range.end);
        Ok(LabelledBlock { line, label, paragraph })
    };
    Some(ranges.map(block).collect())
}

/// The label in brackets at the start of a block or line, and the text after it.
pub fn label_of(block: &str) -> Option<(String, &str)> {
    let (label, rest) = block.trim_start_matches(is_invisible).strip_prefix('[')?.split_once(']')?;
    let (label, rest) = (visible(label), rest.trim_start_matches(is_invisible));
    // In Unicode, an accent that stands for itself is no letter.
    let is_accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let is_label = is_name(&label.replace(is_accent, "")) && rest.starts_with(char::is_whitespace);
    is_label.then(|| (label, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labelled_blocks_have_labels_and_lines() {
        let text = "---\ntitle: x\n---\n[report] One\nmore.\n\n[other] Share\n";
        let body = front_matter(text).1;
        let blocks = labelled_blocks(text, body).unwrap().unwrap();
        let seen: Vec<_> =
            blocks.iter().map(|b| (b.line, b.label.as_str(), b.paragraph.text.as_str())).collect();
        assert_eq!(seen, [(4, "report", "One more."), (7, "other", "Share")]);
        assert_eq!(&text[blocks[1].paragraph.start..blocks[1].paragraph.end], "Share");
    }

    #[test]
    fn a_block_without_a_label_is_reported_with_its_line() {
        assert_eq!(labelled_blocks("[a] One.\n\nTwo.", 0), Some(Err((3, "Two.".to_string()))));
        assert_eq!(labelled_blocks("One.\n\n[a] Two.", 0), None);
        assert_eq!(labelled_blocks("[договорът] One.", 0).unwrap().unwrap()[0].label, "договорът");
        assert_eq!(labelled_blocks("[two words] One.", 0), None);
        for label in ["\u{200b}[report]", "[\u{feff}report\u{a0}]", "[report]\u{200b}"] {
            let blocks = labelled_blocks(&format!("{label} One."), 0).unwrap().unwrap();
            assert_eq!((blocks[0].label.as_str(), blocks[0].paragraph.text.as_str()), ("report", "One."));
        }
        assert_eq!(labelled_blocks("[e\u{301}dito] One.", 0).unwrap().unwrap()[0].label, "e\u{301}dito");
    }
}
