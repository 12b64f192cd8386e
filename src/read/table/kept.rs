//! Which columns of a table are passed through to records.

use serde_json::Value;

/// The longest value that is repeated in each record of a row by default, in bytes.
const SHORT: usize = 1 << 10;

/// What records have in any case, if the row has it.
const IN_RECORDS: [&str; 7] = ["doc", "title", "author", "date", "outlet", "url", "language"];

/// The columns of a table that records pass through, apart from the text, the id and the columns that they have anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum KeptColumns {
    /// All, but no value of more than 1 KB: a record repeats the columns of its row for each paragraph.
    #[default]
    Short,
    /// All.
    All,
    /// None.
    None,
    /// Those with these names.
    Named(Vec<String>),
}

impl KeptColumns {
    /// Whether a column is passed through; `id` is the name of the id column, and `has` says whether the row has a
    /// column.
    pub fn passes(&self, name: &str, id: Option<&str>, has: impl Fn(&str) -> bool) -> bool {
        let is_kept = match self {
            KeptColumns::Short | KeptColumns::All => true,
            KeptColumns::None => false,
            KeptColumns::Named(names) => names.iter().any(|named| named == name),
        };
        is_kept && id != Some(name) && !is_in_records(name, has)
    }

    /// Whether a value is short enough.
    pub fn has_room_for(&self, value: &Value) -> bool {
        *self != KeptColumns::Short
            || match value {
                Value::String(text) => text.len() <= SHORT,
                Value::Array(_) | Value::Object(_) => value.to_string().len() <= SHORT,
                _ => true,
            }
    }
}

/// Whether records show a column anyway: `Title` is shown as `title`, unless the row has both.
fn is_in_records(name: &str, has: impl Fn(&str) -> bool) -> bool {
    let known = IN_RECORDS.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.is_some_and(|known| *known == name || !has(known))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(kept: KeptColumns, columns: &[&str], expected: &[&str]) {
        let has = |name: &str| columns.contains(&name);
        let passed = columns.iter().filter(|name| kept.passes(name, Some("id"), has));
        assert!(passed.eq(expected), "{columns:?}");
    }

    #[test]
    fn what_records_have_anyway_is_not_passed_through() {
        let columns = ["id", "Title", "desk", "n"];
        check(KeptColumns::Short, &columns, &["desk", "n"]);
        check(KeptColumns::All, &["title", "Title", "n"], &["Title", "n"]);
        check(KeptColumns::None, &columns, &[]);
        check(KeptColumns::Named(vec!["n".to_string(), "other".to_string()]), &columns, &["n"]);
    }

    #[test]
    fn only_long_values_need_to_be_named() {
        let long = json!("x".repeat(SHORT + 1));
        assert!(!KeptColumns::Short.has_room_for(&long) && !KeptColumns::Short.has_room_for(&json!([long])));
        assert!(KeptColumns::All.has_room_for(&long) && KeptColumns::Short.has_room_for(&json!(["x"])));
    }
}
