//! The header of a table, which names its columns.

use std::path::Path;

use super::Row;
use crate::article::Metadata;
use crate::error::Error;
use crate::read::{ColumnNames, Role};

/// The columns of a table that has a header, and their roles.
#[derive(Debug, Default)]
pub struct Header {
    pub columns: Vec<String>,
    pub text: usize,
    others: [Option<usize>; 3],
}

impl Header {
    /// The header with these columns. The error names a missing column, in backticks.
    pub fn new(columns: Vec<String>, names: &ColumnNames) -> std::result::Result<Header, String> {
        let find = |role| names.find(role, &columns);
        let text = find(Role::Text).ok_or_else(|| names.text_name())?;
        if let Some(missing) = names.missing(|role| find(role).is_some()) {
            return Err(format!("`{missing}`"));
        }
        let others = [Role::Label, Role::Id, Role::Doc].map(find);
        Ok(Header { columns, text, others })
    }

    /// A row with this text and the value of `cell` in every other column.
    pub fn row(&self, line: usize, text: String, cell: impl Fn(usize) -> Option<String>) -> Row {
        let fields = self.columns.iter().enumerate().filter(|(index, _)| *index != self.text);
        let fields = fields.filter_map(|(index, name)| Some((name.clone(), cell(index)?)));
        let [label, id, doc] = self.others.map(|index| index.and_then(&cell));
        let column = self.columns[self.text].clone();
        Row { column, ..Row::new(line, text, [label, id, doc], fields.collect()) }
    }
}

/// The error for a missing column, which lists the existing columns.
pub fn no_column(path: &Path, name: &str, columns: impl Iterator<Item = String>) -> Error {
    const MOST: usize = 12;
    // In a table without a header, the first row has texts instead of names.
    let short = |column: String| column.chars().take(40).collect::<String>();
    let found = columns.take(MOST).map(short).collect::<Vec<_>>().join(", ");
    Error::Columns { path: path.to_path_buf(), found, expected: name.to_string() }
}

/// The fields that have a meaning, regardless of the case of their names.
const KNOWN: &str = "author confidence date doc id index label language outlet title topic url";

/// Renames `Outlet` to `outlet` and so on, unless the table has both.
pub fn lower_known_names(fields: &mut Metadata) {
    for known in KNOWN.split(' ') {
        let alike = fields.keys().find(|key| key.eq_ignore_ascii_case(known)).cloned();
        if let Some(key) = alike.filter(|_| !fields.contains_key(known)) {
            fields.remove(&key).and_then(|value| fields.insert(known.to_string(), value));
        }
    }
}
