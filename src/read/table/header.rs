//! The header of a table, which names its columns.

use std::path::Path;

use serde_json::{Number, Value};

use super::Row;
use crate::error::Error;
use crate::read::{ColumnNames, Role};

/// The columns of a table that has a header, and their roles.
#[derive(Debug, Default)]
pub struct Header {
    pub columns: Vec<String>,
    pub text: usize,
    others: [Option<usize>; 3],
    /// Which columns hold numbers, in tables that say so.
    pub numeric: Vec<bool>,
    /// The columns that records pass through.
    passed: Vec<usize>,
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
        let [_, id, _] = others;
        let id = id.map(|index| columns[index].as_str());
        let has = |name: &str| columns.iter().any(|column| column == name);
        let is_passed = |index: &usize| *index != text && names.kept.passes(&columns[*index], id, has);
        let passed = (0..columns.len()).filter(is_passed).collect();
        let numeric = vec![false; columns.len()];
        Ok(Header { columns, text, others, numeric, passed })
    }

    /// A row with this text and the value of `cell` in every other column.
    pub fn row(&self, line: usize, text: String, cell: impl Fn(usize) -> Option<String>) -> Row {
        let fields = self.columns.iter().enumerate().filter(|(index, _)| *index != self.text);
        let fields = fields.filter_map(|(index, name)| Some((name.clone(), cell(index)?)));
        let [label, id, doc] = self.others.map(|index| index.and_then(&cell));
        let column = self.columns[self.text].clone();
        let row = Row::new(line, text, [label, id, doc], fields.collect());
        let passed = self.passed.iter();
        let passed = passed.filter_map(|&at| Some((self.columns[at].clone(), self.typed(at, cell(at)?))));
        let columns = passed.collect();
        let id_is_number = self.others[1].is_some_and(|index| self.numeric[index]);
        Row { column, id_is_number, columns, ..row }
    }

    /// The value of a cell in a column: a number if the table says that the column holds numbers.
    fn typed(&self, column: usize, cell: String) -> Value {
        let number = self.numeric[column].then(|| cell.parse::<Number>().ok()).flatten();
        number.map_or(Value::String(cell), Value::Number)
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
