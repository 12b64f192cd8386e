//! The paragraphs of a document while it is read, with those in the cells of tables and in boxes inside paragraphs.

use crate::article::Paragraph;
use crate::read::paragraph::normalise;

/// A cell with more words than this is text in a table that is only there for the layout.
const MAX_CELL_WORDS: usize = 20;

/// The paragraphs of a document.
#[derive(Default)]
pub struct Blocks {
    done: Vec<Paragraph>,
    /// The open paragraphs: a box of text is inside a paragraph.
    open: Vec<Paragraph>,
    /// The open rows of tables: their cells, and the last of them, which is not finished yet.
    rows: Vec<(Vec<Vec<Paragraph>>, Vec<Paragraph>)>,
    title: Option<String>,
}

impl Blocks {
    pub fn start_paragraph(&mut self) {
        self.open.push(Paragraph::default());
    }

    /// Sets what a paragraph is by the name of its style.
    pub fn set_style(&mut self, style: &str) {
        let Some(paragraph) = self.open.last_mut() else { return };
        let style = style.to_ascii_lowercase().replace(['_', ' '], "");
        let style = style.as_str();
        paragraph.heading |= style.starts_with("heading") || matches!(style, "title" | "subtitle");
        paragraph.quoted |= matches!(style, "quote" | "intensequote" | "quotations" | "blocktext");
        // Kept until the text is known.
        paragraph.speaker = (style == "title").then(String::new).or(paragraph.speaker.take());
    }

    pub fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    pub fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.open.pop() else { return };
        paragraph.text = normalise(&paragraph.text);
        if paragraph.speaker.take().is_some() && self.title.is_none() {
            self.title = Some(paragraph.text.clone()).filter(|title| !title.is_empty());
        }
        if paragraph.text.is_empty() {
            return;
        }
        match self.rows.last_mut() {
            Some((_, cell)) => cell.push(paragraph),
            None => self.done.push(paragraph),
        }
    }

    pub fn start_row(&mut self) {
        self.rows.push((Vec::new(), Vec::new()));
    }

    pub fn end_cell(&mut self) {
        if let Some((cells, cell)) = self.rows.last_mut() {
            cells.push(std::mem::take(cell));
        }
    }

    /// A row of data becomes one block with bars between its cells; a row of text becomes its paragraphs.
    pub fn end_row(&mut self) {
        let Some((mut cells, cell)) = self.rows.pop() else { return };
        cells.push(cell);
        cells.retain(|cell| !cell.is_empty());
        let is_long = |paragraph: &Paragraph| paragraph.text.split_whitespace().count() > MAX_CELL_WORDS;
        let is_text = cells.len() == 1 || cells.iter().flatten().any(is_long);
        let mut paragraphs: Vec<Paragraph> = cells.into_iter().flatten().collect();
        if !is_text && !paragraphs.is_empty() {
            let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
            paragraphs = vec![Paragraph { text: texts.join(" | "), ..Paragraph::default() }];
        }
        match self.rows.last_mut() {
            Some((_, cell)) => cell.extend(paragraphs),
            None => self.done.extend(paragraphs),
        }
    }

    /// The text of the paragraph with the style of a title.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    pub fn list(self) -> Vec<Paragraph> {
        self.done
    }
}
