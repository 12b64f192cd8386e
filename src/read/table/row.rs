//! A row of a table.

use std::path::Path;

use crate::article::{Metadata, Paragraph};
use crate::error::Error;
use crate::read::known::add_known;

/// The error for a row that cannot be used.
pub fn bad_row(path: &Path, line: usize, found: impl Into<String>, expected: impl Into<String>) -> Error {
    Error::Row { path: path.to_path_buf(), line, found: found.into(), expected: expected.into() }
}

/// One row that has a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: usize,
    pub text: String,
    /// The name of the text column.
    pub column: String,
    /// The blocks of the text if it is HTML.
    pub blocks: Option<Vec<Paragraph>>,
    /// Whether the text is not the field itself, but the field without its markup.
    pub is_extracted: bool,
    pub label: Option<String>,
    pub id: Option<String>,
    /// Whether the table has the id as a number.
    pub id_is_number: bool,
    /// The article that it belongs to; never empty.
    pub doc: Option<String>,
    /// All other columns that hold a string, a number or a boolean.
    pub fields: Metadata,
    /// The columns that records pass through.
    pub columns: Vec<(String, serde_json::Value)>,
    /// Whether it directly follows the row before it: the same `doc`, and the next `index` if there is one.
    pub follows: bool,
}

impl Row {
    /// A row that follows no other; `fields` are all columns except the text column.
    pub fn new(line: usize, text: String, roles: [Option<String>; 3], mut fields: Metadata) -> Row {
        let [label, id, doc] = roles;
        lower_known_names(&mut fields);
        add_known(&mut fields);
        let doc = doc.filter(|doc| !doc.is_empty());
        // In records, the article of a row is always called `doc`, even if its column has another name.
        fields.extend(doc.clone().map(|doc| ("doc".to_string(), doc)));
        fields.remove("id");
        Row {
            line,
            text,
            column: "text".to_string(),
            blocks: None,
            is_extracted: false,
            label,
            id,
            id_is_number: false,
            doc,
            fields,
            columns: Vec::new(),
            follows: false,
        }
    }

    /// Whether it has the columns of a record of `rhetor score`.
    pub fn is_scored(&self) -> bool {
        ["paragraph", "start", "end", "span_of"].iter().all(|name| self.fields.contains_key(*name))
    }

    /// Its number in its article: `index`, or `paragraph` in a record.
    pub fn index(&self) -> Option<i64> {
        let name = if self.is_scored() && !self.fields.contains_key("index") { "paragraph" } else { "index" };
        self.fields.get(name)?.parse().ok()
    }

    /// Gives a record without a `doc` the article that it was made from: its source and row.
    pub fn name_article_of_record(&mut self) {
        if self.doc.is_none() && self.is_scored() {
            let of = |name: &str| self.fields.get(name).filter(|value| !value.is_empty());
            let row = of("row").map(|row| format!(" row {row}")).unwrap_or_default();
            self.doc = of("source").map(|source| format!("{source}{row}"));
            self.fields.extend(self.doc.clone().map(|doc| ("doc".to_string(), doc)));
        }
    }
}

/// The fields that have a meaning, regardless of the case of their names.
const KNOWN: &str = "author confidence date doc id index label language outlet title topic url";

/// Renames `Outlet` to `outlet` and so on, unless the table has both.
fn lower_known_names(fields: &mut Metadata) {
    for known in KNOWN.split(' ') {
        let alike = fields.keys().find(|key| key.eq_ignore_ascii_case(known)).cloned();
        if let Some(key) = alike.filter(|_| !fields.contains_key(known)) {
            fields.remove(&key).and_then(|value| fields.insert(known.to_string(), value));
        }
    }
}
