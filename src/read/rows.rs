//! Articles made of the rows of a table, a batch at a time.

use std::path::{Path, PathBuf};

use super::parts::{MAX_ARTICLE, MAX_PARAGRAPH, articles_of, cut_paragraphs};
use super::table::{Row, Rows};
use super::{BATCH, Metadata, Reading, count_characters, normalise, text};
use crate::article::{Article, Paragraph, SpanOf};
use crate::error::Warning;

/// The articles of a table: one a row, or one for consecutive rows of the same `doc`.
pub(super) struct RowArticles {
    path: PathBuf,
    rows: Rows,
    /// Whether a row without a `doc` is a paragraph, as a row with one is.
    rows_are_paragraphs: bool,
    /// The article whose rows are being read, and their bytes.
    open: Option<(Article, usize)>,
    /// How many rows were read, bad ones included.
    n_rows: usize,
    ended: bool,
}

impl RowArticles {
    pub(super) fn new(path: &Path, rows: Rows, rows_are_paragraphs: bool) -> RowArticles {
        RowArticles {
            path: path.to_path_buf(),
            rows,
            rows_are_paragraphs,
            open: None,
            n_rows: 0,
            ended: false,
        }
    }

    /// The next articles, of about [`BATCH`] bytes of text; `None` at the end.
    pub(super) fn next_batch(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let mut batch = Reading::default();
        let mut n_bytes = 0;
        while n_bytes < BATCH && batch.errors.len() < MAX_ERRORS {
            let row = self.rows.next();
            self.n_rows += usize::from(row.is_some());
            match row {
                Some(Ok(row)) => {
                    n_bytes += row.text.len();
                    self.take(row, &mut batch);
                }
                Some(Err(error)) => batch.errors.push(error),
                None => {
                    self.ended = true;
                    batch.articles.extend(self.open.take().map(|(article, _)| article));
                    break;
                }
            }
        }
        batch.warnings.extend(self.rows.take_warnings());
        Some(batch)
    }

    fn take(&mut self, mut row: Row, batch: &mut Reading) {
        if row.text.len() > MAX_PARAGRAPH {
            self.note_cuts(&row, batch);
        }
        // Each row by itself: what it is must not depend on the rows before it.
        if row.doc.is_none() && !self.rows_are_paragraphs {
            batch.articles.extend(self.open.take().map(|(article, _)| article));
            let mut article = article_of_row(&self.path, row);
            self.number(&mut article.paragraphs);
            batch.articles.extend(articles_of(article));
            return;
        }
        let n_bytes = row.text.len();
        let mut paragraphs = paragraphs_of_row(&row);
        self.number(&mut paragraphs);
        match &mut self.open {
            Some((article, size)) if row.doc.is_some() && article.metadata.get("doc") == row.doc.as_ref() => {
                if *size + n_bytes > MAX_ARTICLE {
                    let what = format!("more than {} MB of one `doc`, read in parts", MAX_ARTICLE >> 20);
                    batch.warnings.push(Warning { path: self.path.clone(), line: row.line, what });
                    batch.articles.push(next_part(article));
                    *size = 0;
                }
                *size += n_bytes;
                article.paragraphs.extend(paragraphs);
            }
            open => {
                batch.articles.extend(open.take().map(|(article, _)| article));
                let fields = std::mem::take(&mut row.fields);
                let mut article = new_article(&self.path, fields, paragraphs);
                article.paragraphs[0].follows = false;
                *open = Some((article, n_bytes));
            }
        }
    }

    /// Gives the paragraphs of the last row its number unless they have an id.
    fn number(&self, paragraphs: &mut [Paragraph]) {
        for paragraph in paragraphs {
            paragraph.row = paragraph.id.is_none().then_some(self.n_rows);
        }
    }

    /// Says what of a row is going to be cut.
    fn note_cuts(&self, row: &Row, batch: &mut Reading) {
        let path = &self.path;
        let mut note = |what: String| {
            batch.warnings.push(Warning { path: path.clone(), line: row.line, what });
        };
        let longest = row.text.split('\n').map(str::len).max().unwrap_or(0);
        if longest > MAX_PARAGRAPH {
            note(format!("a paragraph of more than {} KB, cut at white space", MAX_PARAGRAPH >> 10));
        }
        if row.text.len() > MAX_ARTICLE {
            note(format!("more than {} MB of text, read in parts", MAX_ARTICLE >> 20));
        }
    }
}

/// How many bad rows are told before their batch is given.
const MAX_ERRORS: usize = 1000;

/// Gives what is held of an article, which goes on as its next part.
fn next_part(article: &mut Article) -> Article {
    let paragraphs = std::mem::take(&mut article.paragraphs);
    let part = Article { paragraphs, ..article.clone() };
    article.first_paragraph += part.paragraphs.len();
    part
}

fn article_of_row(path: &Path, row: Row) -> Article {
    let (mut paragraphs, _) = cut_paragraphs(&row.text, text::paragraphs(&row.text, 0), normalise);
    count_characters(&row.text, 0, &mut paragraphs);
    for paragraph in &mut paragraphs {
        paragraph.id = row.id.clone();
    }
    if paragraphs.is_empty() {
        paragraphs = paragraphs_of_row(&row);
    }
    if let Some(first) = paragraphs.first_mut() {
        first.follows = false;
    }
    new_article(path, row.fields, paragraphs)
}

fn new_article(path: &Path, mut metadata: Metadata, paragraphs: Vec<Paragraph>) -> Article {
    // These belong to one row and not to the article.
    for key in ["label", "index", "confidence"] {
        metadata.remove(key);
    }
    let source = path.display().to_string();
    Article { source, metadata, span_of: SpanOf::Field, first_paragraph: 0, paragraphs }
}

/// A row that is one paragraph, whatever line breaks it has; several pieces of one that is too long.
fn paragraphs_of_row(row: &Row) -> Vec<Paragraph> {
    let text = row.text.as_str();
    let start = text.len() - text.trim_start().len();
    let end = (start + text.trim().len()).max(start);
    let mut whole = super::paragraph(text, start, end);
    whole.id = row.id.clone();
    whole.follows = row.follows;
    let (mut paragraphs, _) = cut_paragraphs(text, vec![whole], normalise);
    count_characters(text, 0, &mut paragraphs);
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::super::{Articles, ReadOptions, read_path};
    use super::*;

    fn write(content: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    #[test]
    fn rows_of_one_doc_are_neighbours() {
        let rows =
            "{\"text\":\"a\",\"doc\":\"1\"}\n{\"text\":\"b\",\"doc\":\"1\"}\n{\"text\":\"\",\"doc\":\"2\"}";
        let (_folder, path) = write(rows);
        let reading = read_path(&path, &ReadOptions::default()).unwrap();
        let lens: Vec<_> = reading.articles.iter().map(|article| article.paragraphs.len()).collect();
        assert_eq!(lens, [2, 1]);
    }

    #[test]
    fn a_row_is_what_it_is_in_whatever_order() {
        let rows =
            ["{\"text\":\"a\\n\\nb\"}", "{\"text\":\"c\\n\\nd\",\"doc\":\"1\"}", "{\"text\":\"e\\n\\nf\"}"];
        for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1]] {
            let (_folder, path) = write(&order.map(|index| rows[index]).join("\n"));
            let reading = read_path(&path, &ReadOptions::default()).unwrap();
            let lens: Vec<_> = reading.articles.iter().map(|article| article.paragraphs.len()).collect();
            assert_eq!(lens, order.map(|index| [2, 1, 2][index]), "{order:?}");
        }
    }

    #[test]
    fn a_table_comes_in_batches_and_a_long_doc_in_parts() {
        let text = "word ".repeat(10_000);
        let row = |doc: usize| format!("{{\"text\":\"{text}\",\"doc\":\"{doc}\"}}\n");
        let (_folder, path) = write(&(row(1).repeat(100) + &row(2)));
        let batches: Vec<Reading> = Articles::open(&path, &ReadOptions::default()).unwrap().collect();
        assert!(batches.len() > 3, "{}", batches.len());
        let articles: Vec<&Article> = batches.iter().flat_map(|batch| &batch.articles).collect();
        let firsts: Vec<_> = articles.iter().map(|a| (a.first_paragraph, a.paragraphs.len())).collect();
        assert_eq!(firsts, [(0, 83), (83, 17), (0, 1)]);
        assert_eq!(batches.iter().map(|batch| batch.warnings.len()).sum::<usize>(), 1);
    }
}
