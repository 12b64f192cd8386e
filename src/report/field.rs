//! Fields of rows: each kind of row is a list of fields.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::metrics::Interval;

/// One field of rows of type `R`.
pub struct Field<R> {
    /// The key in JSON, and the name of the column unless the field has one for each label.
    pub name: Cow<'static, str>,
    /// What its columns hold.
    pub kind: Kind,
    pub presence: Presence,
    value: Get<R>,
}

/// Gets the value of a field from a row and the field's name.
type Get<R> = for<'a> fn(&'a R, &str) -> Value<'a>;

/// The type of a field's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Bool,
    Integer,
    /// Text, or integers if all are.
    Id,
    Real,
    /// A real column for each label, named by this prefix and the label.
    Reals(&'static str),
    /// Three real columns for each label: the share and the ends of its interval.
    Shares(&'static str),
}

/// Which formats have a field, and how JSON writes a missing value. In CSV it is an empty field, in Parquet a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In all formats, never missing.
    Always,
    /// In all formats, `null` if missing.
    Nullable,
    /// In all formats, without its key if missing.
    Optional,
    /// In JSON alone, without its key if missing.
    InJson,
    /// In CSV and Parquet alone, never missing.
    InColumns,
    /// In CSV and Parquet alone, may be missing.
    OptionalInColumns,
}

/// What a row has in a field: one JSON value, or several values that have columns of their own.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Bool(bool),
    Integer(usize),
    /// Rounded by [`rounded`].
    Real(f64),
    List(Vec<Value<'a>>),
    /// A value for each label; an object in JSON.
    ByLabel(Vec<Value<'a>>),
    Number(serde_json::Number),
    /// A value of the input.
    Json(&'a serde_json::Value),
    #[serde(serialize_with = "as_map")]
    Object(Vec<(&'a str, Value<'a>)>),
}

fn as_map<S: Serializer>(entries: &[(&str, Value<'_>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(entries.iter().map(|(key, value)| (key, value)))
}

impl<R> Field<R> {
    pub fn new(
        presence: Presence,
        kind: Kind,
        name: impl Into<Cow<'static, str>>,
        value: Get<R>,
    ) -> Field<R> {
        Field { name: name.into(), kind, presence, value }
    }

    pub fn value<'a>(&self, row: &'a R) -> Value<'a> {
        (self.value)(row, &self.name)
    }

    /// Whether it, or one of its columns, has this name.
    pub fn is_named(&self, name: &str, labels: &[String]) -> bool {
        let is_column = |prefix: &str| {
            let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
            rest.is_some_and(|rest| labels.iter().any(|label| rest.starts_with(label.as_str())))
        };
        let prefix = match self.kind {
            Kind::Reals(prefix) | Kind::Shares(prefix) => Some(prefix),
            _ => None,
        };
        self.name == name || prefix.is_some_and(is_column)
    }

    /// The names of its columns.
    pub fn columns(&self, labels: &[String]) -> Vec<String> {
        let (prefix, ends): (_, &[&str]) = match self.kind {
            Kind::Reals(prefix) => (prefix, &[""]),
            Kind::Shares(prefix) => (prefix, &["", "_low", "_high"]),
            _ => return vec![self.name.to_string()],
        };
        let names = |label| ends.iter().map(move |end| format!("{prefix}_{label}{end}"));
        labels.iter().flat_map(names).collect()
    }
}

/// The fields that CSV and Parquet have, in the order of their columns.
pub fn in_columns<R>(fields: &[Field<R>]) -> impl Iterator<Item = &Field<R>> {
    fields.iter().filter(|field| field.presence != Presence::InJson)
}

impl<'a> Value<'a> {
    /// A value for each label.
    pub fn by_label<T: Into<Value<'a>>>(values: impl Iterator<Item = T>) -> Value<'a> {
        Value::ByLabel(values.map(T::into).collect())
    }

    /// What it has in each of its `n_columns` columns; a missing value is missing in all of them.
    pub fn cells(self, n_columns: usize) -> Vec<Value<'a>> {
        match self {
            Value::Null => vec![Value::Null; n_columns],
            Value::ByLabel(values) => {
                let n_each = n_columns / values.len().max(1);
                values.into_iter().flat_map(|value| value.cells(n_each)).collect()
            }
            Value::Object(entries) => entries.into_iter().map(|(_, value)| value).collect(),
            simple => vec![simple],
        }
    }

    /// An id, as a number if the input has one that JSON can hold.
    pub fn id(id: Option<&'a str>, is_number: bool) -> Value<'a> {
        let number = || id.filter(|_| is_number)?.parse().ok().map(Value::Number);
        number().unwrap_or_else(|| id.into())
    }

    pub fn into_csv(self) -> String {
        match self {
            Value::Text(text) => text.into_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(count) => count.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Real(real) => real.to_string(),
            Value::Json(value) => json_text(value).into_owned(),
            _ => String::new(),
        }
    }
}

/// A value of the input in one cell: a string as it is, anything else as JSON.
pub fn json_text(value: &serde_json::Value) -> Cow<'_, str> {
    match value {
        serde_json::Value::Null => Cow::Borrowed(""),
        serde_json::Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

/// The number as records have it, with nine decimal places: probabilities still sum to 1 within 1e-8, and rows stay
/// short.
pub fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(real: f64) -> Self {
        Value::Real(rounded(real))
    }
}

impl From<&Interval> for Value<'_> {
    fn from(&Interval { value, low, high }: &Interval) -> Self {
        Value::Object(vec![("share", value.into()), ("low", low.into()), ("high", high.into())])
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, T::into)
    }
}
