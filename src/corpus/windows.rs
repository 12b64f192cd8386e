//! The documents of a table: the rows of each article, and the rows without a label among them.

use std::collections::HashMap;
use std::path::Path;

use super::unlabelled::{UnlabelledRows, is_missing, label_name};
use super::{Document, Labelled, Unlabelled};
use crate::error::{Result, Warning};
use crate::read::{Row, bad_row, normalise};

/// The weight of a paragraph of `confidence` 1, whose label is doubtful. On held-out outlets 0.5 did better than 0
/// and 1.
const DOUBTFUL_WEIGHT: f64 = 0.5;

/// What is wrong with a row that has a label alone.
pub const UNLABELLED: &str = "a row with a label but without a text";

/// The documents of a table that is being read, in the order of their first rows.
#[derive(Default)]
pub struct Windows {
    pub documents: Vec<Document>,
    /// The index of the document of each `doc`. Rows of one `doc` that are not consecutive are still one document;
    /// otherwise one part of an article could be in training and another in the test.
    of_doc: HashMap<String, usize>,
    /// How many rows had a label.
    pub n_labelled: usize,
    /// The rows that had none.
    skipped: UnlabelledRows,
    /// The rows without a label since the last one with a label, and their `doc`.
    unlabelled: Vec<Unlabelled>,
    unlabelled_doc: Option<String>,
}

/// How many rows without a label are held before a labelled one: more than the neighbours that scoring considers.
const MAX_CONTEXT: usize = 16;

impl Windows {
    /// Says how many rows were skipped because they have no label.
    pub fn unlabelled_warning(&self, path: &Path) -> Option<Warning> {
        self.skipped.warning(path, "neither learned from nor measured")
    }

    /// Adds a row to the document of its article.
    pub fn add(&mut self, path: &Path, mut row: Row) -> Result<()> {
        let text = normalise(&row.text);
        let label = label_name(row.label.as_deref().unwrap_or_default());
        if is_missing(&label) {
            self.skipped.add(row.line, &label);
            self.add_unlabelled(row, text);
            return Ok(());
        }
        self.n_labelled += 1;
        if text.is_empty() {
            return Err(bad_row(path, row.line, UNLABELLED, "a `label` and a `text`"));
        }
        let is_doubtful = row.fields.get("confidence").is_some_and(|confidence| confidence == "1");
        let weight = if is_doubtful { DOUBTFUL_WEIGHT } else { 1.0 };
        let context = self.take_unlabelled(&row);
        // What it follows is the row before it, which may have no label.
        let follows = row.follows && context.is_empty();
        let paragraph = Labelled { line: row.line, id: row.id, text, label, weight, follows };
        if let Some(&index) = row.doc.as_ref().and_then(|doc| self.of_doc.get(doc)) {
            let document = &mut self.documents[index];
            let n = document.paragraphs.len();
            document.context.extend(context.into_iter().map(|unlabelled| Unlabelled { at: n, ..unlabelled }));
            document.paragraphs.push(paragraph);
            return Ok(());
        }
        self.of_doc.extend(row.doc.map(|doc| (doc, self.documents.len())));
        let (outlet, topic) = (row.fields.remove("outlet"), row.fields.remove("topic"));
        self.documents.push(Document { context, ..Document::new(path, outlet, topic, vec![paragraph]) });
        Ok(())
    }

    /// Holds a row without a label, or adds it to the document whose labelled rows it follows.
    fn add_unlabelled(&mut self, row: Row, text: String) {
        if row.doc.is_none() || text.is_empty() {
            return;
        }
        if !row.follows || row.doc != self.unlabelled_doc {
            self.end_unlabelled();
        }
        if self.unlabelled.len() == MAX_CONTEXT {
            self.end_unlabelled();
        }
        let follows = row.follows;
        self.unlabelled_doc = row.doc;
        self.unlabelled.push(Unlabelled { text, at: 0, follows, is_followed: false });
    }

    /// The rows without a label before a labelled one of the same article.
    fn take_unlabelled(&mut self, row: &Row) -> Vec<Unlabelled> {
        if !row.follows || row.doc != self.unlabelled_doc {
            self.end_unlabelled();
        }
        let mut context = std::mem::take(&mut self.unlabelled);
        context.iter_mut().last().into_iter().for_each(|last| last.is_followed = true);
        context
    }

    /// Leaves the rows without a label at the end of the labelled ones of their article, if there are any.
    pub fn end_unlabelled(&mut self) {
        let context = std::mem::take(&mut self.unlabelled);
        let doc = self.unlabelled_doc.take();
        if let Some(&index) = doc.and_then(|doc| self.of_doc.get(&doc)) {
            let document = &mut self.documents[index];
            let n = document.paragraphs.len();
            document.context.extend(context.into_iter().map(|unlabelled| Unlabelled { at: n, ..unlabelled }));
        }
    }
}
