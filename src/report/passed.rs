//! Columns of the input that records pass through.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

use super::field::{Field, Value};
use crate::article::Columns;

/// Before the name of a column that records have with another meaning.
const PREFIX: &str = "input_";

/// What passes columns through.
pub trait Passed {
    /// The columns of the row that it was made from.
    fn passed(&self) -> &[(String, Json)] {
        &[]
    }
}

/// The columns as a slice, which is empty without any.
pub fn slice(columns: &Columns) -> &[(String, Json)] {
    columns.as_ref().map_or(&[], |columns| columns)
}

/// The name of a passed column: its own, unless a field has it.
pub fn name_of<'a, R>(name: &'a str, fields: &[Field<R>], labels: &[String]) -> Cow<'a, str> {
    let is_taken = fields.iter().any(|field| field.is_named(name, labels));
    if is_taken { Cow::Owned(format!("{PREFIX}{name}")) } else { Cow::Borrowed(name) }
}

/// The passed columns of a row, for JSON. If two would have one name, the one with a prefix is left out.
pub fn entries<'a, R: Passed>(
    row: &'a R,
    fields: &[Field<R>],
    labels: &[String],
) -> Vec<(Cow<'a, str>, Value<'a>)> {
    let columns = row.passed();
    let is_there = |name: &str| columns.iter().any(|(other, _)| other == name);
    let named = columns.iter().map(|(own, value)| (own, name_of(own, fields, labels), value));
    let distinct = named.filter(|(own, name, _)| own.as_str() == name.as_ref() || !is_there(name));
    distinct.map(|(_, name, value)| (name, Value::Json(value))).collect()
}

/// The columns of CSV and Parquet that pass through. They are those of the first articles, because the header is
/// written first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassedColumns {
    names: Vec<String>,
    late: BTreeSet<String>,
    is_complete: bool,
}

impl PassedColumns {
    /// Just these columns.
    pub fn named(names: Vec<String>) -> PassedColumns {
        PassedColumns { names, is_complete: true, ..PassedColumns::default() }
    }

    /// The names in the input, in the order in which they were seen.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Adds the columns of rows. After [`PassedColumns::complete`], returns the new ones, each once.
    pub fn add<'a>(&mut self, rows: impl IntoIterator<Item = &'a Columns>) -> Vec<String> {
        let mut late = Vec::new();
        let mut before: &Columns = &None;
        for row in rows {
            // The paragraphs of a row share its columns.
            let is_same = matches!((before, row), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
            before = row;
            let columns = if is_same { &[] } else { slice(row) };
            for (name, _) in columns.iter().filter(|(name, _)| !self.names.contains(name)).collect::<Vec<_>>()
            {
                match self.is_complete {
                    false => self.names.push(name.clone()),
                    true if self.late.len() < MAX_LATE && self.late.insert(name.clone()) => {
                        late.push(name.clone());
                    }
                    true => {}
                }
            }
        }
        late
    }

    /// Whether the list has ended.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Ends the list.
    pub fn complete(&mut self) {
        self.is_complete = true;
    }
}

/// The most columns that are reported because they came too late.
const MAX_LATE: usize = 100;

/// The cells of the passed columns with these names.
pub fn cells<'a, R: Passed>(row: &'a R, names: &'a [String]) -> impl Iterator<Item = Value<'a>> {
    let find = |name: &String| row.passed().iter().find(|(other, _)| other == name);
    names.iter().map(move |name| find(name).map(|(_, value)| Value::Json(value)).into())
}
