//! Articles made from the rows of a table, a batch at a time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::document::plain_paragraphs;
use super::paragraph::{count_characters, joined, normalise, paragraph, split_paragraphs};
use super::table::{Row, Rows, TextRow};
use super::{Articles, BATCH, MAX_ARTICLE, MAX_ERRORS, ReadOptions, Reading, text};
use crate::article::{Article, Metadata, Paragraph, SpanOf};

/// The articles of a table: one for each row, or one for consecutive rows of the same `doc`.
pub struct RowArticles {
    path: PathBuf,
    rows: Rows,
    /// Whether a row without a `doc` is a paragraph, like a row with one.
    rows_are_paragraphs: bool,
    /// The unfinished article, to which more rows may belong, and the size of its paragraphs in bytes.
    open: Option<(Article, usize)>,
    /// How many rows have been read, including bad ones.
    n_rows: usize,
    ended: bool,
}

impl Articles {
    /// Reads the rows of a table in memory, such as a data frame, as from a file called `name`. The paragraphs have the
    /// numbers of their rows, counted from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::read::{Articles, ReadOptions, TextRow};
    ///
    /// let row = |text: &str| TextRow { text: Some(text.to_string()), ..TextRow::default() };
    /// let rows = [row("The council met."), row("It voted.")];
    /// let mut articles = Articles::from_rows("rows".as_ref(), rows, &ReadOptions::default());
    /// assert_eq!(articles.next().unwrap().articles[1].paragraphs[0].row, Some(2));
    /// ```
    pub fn from_rows(
        name: &Path,
        rows: impl IntoIterator<Item = TextRow, IntoIter: Send + 'static>,
        options: &ReadOptions,
    ) -> Articles {
        let rows = Rows::in_memory(name, rows.into_iter());
        let readings = Box::new(RowArticles::new(name, rows, options.rows_are_paragraphs));
        Articles { readings, n_read: Arc::default() }
    }
}

impl RowArticles {
    pub fn new(path: &Path, rows: Rows, rows_are_paragraphs: bool) -> RowArticles {
        let path = path.to_path_buf();
        RowArticles { path, rows, rows_are_paragraphs, open: None, n_rows: 0, ended: false }
    }

    fn close(&mut self, batch: &mut Reading) {
        batch.articles.extend(self.open.take().map(|(article, _)| article));
    }

    /// Adds the paragraphs of a row. An article of more than [`MAX_ARTICLE`] bytes is released in parts.
    fn add(&mut self, row: Row, batch: &mut Reading) {
        // A row without a `doc` is read by itself, because it must not depend on the rows before it.
        let is_article = row.doc.is_none() && !self.rows_are_paragraphs;
        let (mut paragraphs, is_split) = row_paragraphs(&row, is_article);
        if is_split {
            batch.warn_of_long_paragraph(&self.path, row.line);
        }
        let columns = (!row.columns.is_empty()).then(|| Arc::new(row.columns));
        for paragraph in &mut paragraphs {
            paragraph.id.clone_from(&row.id);
            paragraph.id_is_number = row.id_is_number;
            paragraph.row = Some(self.n_rows);
            paragraph.columns.clone_from(&columns);
        }
        if let ([paragraph], false) = (paragraphs.as_mut_slice(), is_article) {
            paragraph.index = row.fields.get("index").and_then(|index| index.parse().ok());
        }
        let has_its_doc = |(open, _): &(Article, usize)| open.metadata.get("doc") == row.doc.as_ref();
        if row.doc.is_none() || !self.open.as_ref().is_some_and(has_its_doc) {
            self.close(batch);
            paragraphs.iter_mut().take(1).for_each(|first| first.follows = false);
        }
        let (article, n_bytes) = self.open.get_or_insert_with(|| (empty_article(&self.path, row.fields), 0));
        if row.is_extracted {
            article.span_of = SpanOf::Extracted;
        }
        let n_before = batch.articles.len();
        for paragraph in paragraphs {
            let size = paragraph.end - paragraph.start;
            if *n_bytes + size > MAX_ARTICLE && !article.paragraphs.is_empty() {
                batch.articles.push(take_part(article));
                *n_bytes = 0;
            }
            *n_bytes += size;
            article.paragraphs.push(paragraph);
        }
        if batch.articles.len() > n_before {
            batch.warn_of_long_article(&self.path, row.line);
        }
        if is_article {
            self.close(batch);
        }
    }
}

impl Iterator for RowArticles {
    type Item = Reading;

    /// The next articles, of about [`BATCH`] bytes of text.
    fn next(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let mut batch = Reading::default();
        let mut n_bytes = 0;
        while n_bytes < BATCH && batch.errors.len() < MAX_ERRORS && !self.ended {
            let row = self.rows.next();
            self.n_rows += usize::from(row.is_some()) + self.rows.take_skipped();
            match row {
                Some(Ok(row)) => {
                    n_bytes += row.text.len();
                    self.add(row, &mut batch);
                }
                Some(Err(error)) => batch.errors.push(error),
                None => {
                    self.ended = true;
                    self.close(&mut batch);
                }
            }
        }
        batch.warnings.extend(self.rows.take_warnings());
        Some(batch)
    }
}

fn empty_article(path: &Path, mut metadata: Metadata) -> Article {
    // These belong to one row, not to the article.
    for key in ["label", "index", "confidence"] {
        metadata.remove(key);
    }
    let (source, paragraphs) = (path.display().to_string(), Vec::new());
    Article { source, metadata, span_of: SpanOf::Field, first_paragraph: 0, paragraphs }
}

/// The part of an unfinished article that has been read so far.
fn take_part(article: &mut Article) -> Article {
    let paragraphs = std::mem::take(&mut article.paragraphs);
    let part = Article { paragraphs, ..article.clone() };
    article.first_paragraph += part.paragraphs.len();
    part
}

/// The paragraphs of a row, and whether a long one was split. A row that is not an article is one paragraph, regardless
/// of its line breaks.
fn row_paragraphs(row: &Row, is_article: bool) -> (Vec<Paragraph>, bool) {
    let text = row.text.as_str();
    if let Some(blocks) = row.blocks.as_ref().filter(|blocks| is_article && !blocks.is_empty()) {
        return (blocks.clone(), false);
    }
    let mut whole = if is_article { plain_paragraphs(text, 0) } else { Vec::new() };
    if whole.is_empty() {
        let paragraph = paragraph(text, text::trimmed(text, 0..text.len()));
        whole.push(Paragraph { follows: row.follows, ..paragraph });
    }
    if row.is_extracted {
        let (mut paragraphs, n_split) = joined(whole);
        paragraphs.iter_mut().take(1).for_each(|first| first.follows = row.follows);
        return (paragraphs, n_split > 0);
    }
    let (mut paragraphs, long) = split_paragraphs(text, whole, normalise);
    count_characters(text, 0, &mut paragraphs);
    (paragraphs, !long.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{ColumnNames, KeptColumns, read_path};

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
    fn rows_in_memory_are_those_of_a_file() {
        let columns = [("One.", "d", 1), ("Two.", "d", 2), ("Four.", "d", 4), ("<p>A</p><p>B</p>", "e", 1)];
        let line =
            |(text, doc, index)| format!("{{\"text\":\"{text}\",\"doc\":\"{doc}\",\"index\":{index}}}\n");
        let (_folder, path) = write(&columns.map(line).concat());
        let rows = columns.map(|(text, doc, index)| TextRow {
            text: Some(text.to_string()),
            doc: Some(doc.to_string()),
            index: Some(index),
        });
        let paragraphs = |articles: Articles| -> Vec<Paragraph> {
            articles.flat_map(|batch| batch.articles).flat_map(|article| article.paragraphs).collect()
        };
        let columns = ColumnNames { kept: KeptColumns::None, ..ColumnNames::default() };
        let options = ReadOptions { columns, ..ReadOptions::default() };
        let read = paragraphs(Articles::open(&path, &options).unwrap());
        assert_eq!(paragraphs(Articles::from_rows("t".as_ref(), rows, &options)), read);
        assert_eq!(read.iter().map(|p| p.follows).collect::<Vec<_>>(), [false, true, false, false]);
    }

    #[test]
    fn a_row_in_memory_without_a_text_is_an_error() {
        let row = |text: Option<&str>| TextRow { text: text.map(str::to_string), ..TextRow::default() };
        let rows = [row(Some("One.")), row(None), row(Some(""))];
        let reading = Articles::from_rows("t".as_ref(), rows, &ReadOptions::default()).next().unwrap();
        let numbers: Vec<_> = reading.articles.iter().map(|article| article.paragraphs[0].row).collect();
        assert_eq!(numbers, [Some(1), Some(3)]);
        assert_eq!(
            reading.errors[0].to_string(),
            "t:2: found a row without a text, expected a string, which may be empty"
        );
    }

    #[test]
    fn a_row_does_not_depend_on_the_rows_before_it() {
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
    fn a_table_is_read_in_batches_and_a_long_doc_in_parts() {
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
