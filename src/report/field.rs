//! Fields of rows: each kind of row is a list of them, which every form writes in its own way.

use std::borrow::Cow;

use crate::score::Evidence;
use crate::summary::Excerpt;

/// One field of rows of type `R`.
pub struct Field<R> {
    /// The key in JSON, and the name of the column unless the field has one for each label.
    pub name: &'static str,
    /// What its columns hold.
    pub kind: Kind,
    pub presence: Presence,
    value: Get<R>,
}

/// Gets the value of a field from a row and the field's name.
type Get<R> = for<'a> fn(&'a R, &'static str) -> Value<'a>;

/// The type of a field's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Bool,
    Integer,
    Real,
    /// A real column for each label, named by this prefix and the label.
    Reals(&'static str),
    /// Three real columns for each label: the share and the ends of its interval.
    Shares(&'static str),
}

/// Which forms have a field, and how JSON writes a missing value. In CSV it is an empty field, in Parquet a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In all forms, never missing.
    Always,
    /// In all forms, `null` if missing.
    Nullable,
    /// In all forms, without its key if missing.
    Optional,
    /// In JSON alone, without its key if missing.
    InJson,
    /// In CSV and Parquet alone, never missing.
    InColumns,
}

/// What a row has in a field. Numbers are rounded by [`rounded`].
#[derive(Clone)]
pub enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    Bool(bool),
    Integer(usize),
    Real(f64),
    Flags(Vec<&'static str>),
    Reals(ByLabel<'a, Option<f64>>),
    /// Shares and the two ends of their intervals.
    Shares(ByLabel<'a, Option<[f64; 3]>>),
    Evidence(&'a Evidence),
    /// Paragraphs with their labels.
    Excerpts(Vec<(&'a str, &'a Excerpt)>),
}

/// A value for each label.
#[derive(Clone)]
pub struct ByLabel<'a, T> {
    pub labels: &'a [String],
    pub values: Vec<T>,
}

impl<R> Field<R> {
    pub fn new(presence: Presence, kind: Kind, name: &'static str, value: Get<R>) -> Field<R> {
        Field { name, kind, presence, value }
    }

    pub fn value<'a>(&self, row: &'a R) -> Value<'a> {
        (self.value)(row, self.name)
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

impl Value<'_> {
    /// Calls `take` with what the value has in each of its `n_columns` columns: simple values, the first five kinds.
    pub fn each_cell<'v>(&'v self, n_columns: usize, mut take: impl FnMut(Value<'v>)) {
        match self {
            Value::Null => (0..n_columns).for_each(|_| take(Value::Null)),
            Value::Text(text) => take(text.as_ref().into()),
            Value::Flags(flags) => take(flags.join(" ").into()),
            Value::Reals(reals) => reals.values.iter().for_each(|&real| take(real.into())),
            Value::Shares(shares) => {
                let ends =
                    shares.values.iter().flat_map(|share| (0..3).map(move |end| share.map(|s| s[end])));
                ends.for_each(|end| take(end.into()));
            }
            Value::Evidence(evidence) => take(evidence_text(evidence).into()),
            Value::Excerpts(excerpts) => {
                let named = excerpts.iter().map(|(label, excerpt)| format!("{} {label}", excerpt.paragraph));
                take(named.collect::<Vec<_>>().join("; ").into());
            }
            simple => take(simple.clone()),
        }
    }
}

/// Evidence in one column: `group:feature=weight; …`, then the other terms of the sum, then the sum.
fn evidence_text(evidence: &Evidence) -> String {
    let features =
        evidence.features.iter().map(|c| format!("{}:{}={}", c.group.name(), c.feature, rounded(c.weight)));
    let sums = [
        ("baseline", evidence.baseline),
        ("neighbours", evidence.neighbours),
        ("rest", evidence.rest),
        ("score", evidence.score),
    ];
    let sums = sums.iter().map(|(name, value)| format!("{name}={}", rounded(*value)));
    features.chain(sums).collect::<Vec<_>>().join("; ")
}

/// Nine digits after the point: probabilities still sum to 1 within 1e-8, and rows stay short.
pub fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(real: f64) -> Self {
        Value::Real(rounded(real))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, T::into)
    }
}
