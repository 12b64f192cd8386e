//! One row of a table, and the names that its columns are known by.

use crate::read::Metadata;

/// One row that has a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// Its text.
    pub(crate) text: String,
    /// Its label, if it has one.
    pub(crate) label: Option<String>,
    /// Its identifier.
    pub(crate) id: Option<String>,
    /// What the rows of its article have in common; never empty.
    pub(crate) doc: Option<String>,
    /// All other columns that hold a string, number or truth value.
    pub(crate) fields: Metadata,
    /// Whether it goes on where the row before it ended: the same `doc`, and the next `index` where
    /// there is one.
    pub(crate) follows: bool,
}

/// A row that goes on nowhere yet; label, identifier and `doc` stand together.
pub(super) fn new_row(
    line: usize,
    text: String,
    (label, id, doc): (Option<String>, Option<String>, Option<String>),
    fields: Metadata,
) -> Row {
    let mut fields = known_in_small_letters(fields);
    let doc = doc.filter(|doc| !doc.is_empty());
    // Whatever its column is named, records know an article's `doc` by this name.
    fields.extend(doc.clone().map(|doc| ("doc".to_string(), doc)));
    fields.remove("id");
    Row { line, text, label, id, doc, fields, follows: false }
}

/// The fields that something is made of, whatever case their columns are in.
const KNOWN: [&str; 12] = [
    "author",
    "confidence",
    "date",
    "doc",
    "id",
    "index",
    "label",
    "language",
    "outlet",
    "title",
    "topic",
    "url",
];

/// The fields with those that are known under the names that they are known by: `Outlet` is `outlet`,
/// unless there is one already.
fn known_in_small_letters(mut fields: Metadata) -> Metadata {
    let is_known = |key: &&String| KNOWN.iter().any(|known| known != key && key.eq_ignore_ascii_case(known));
    let keys: Vec<String> = fields.keys().filter(is_known).cloned().collect();
    for key in keys {
        let known = key.to_ascii_lowercase();
        if !fields.contains_key(&known) {
            fields.remove(&key).and_then(|value| fields.insert(known, value));
        }
    }
    fields
}
