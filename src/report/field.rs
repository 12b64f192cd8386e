//! Fields of rows, and rows as lines of JSON and CSV: each kind of row is a list of fields.

use std::borrow::Cow;

use csv::Writer;
use serde::{Serialize, Serializer};

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

    fn into_csv(self) -> String {
        match self {
            Value::Text(text) => text.into_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Integer(count) => count.to_string(),
            Value::Real(real) => real.to_string(),
            _ => String::new(),
        }
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

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, T::into)
    }
}

/// Rows as JSON Lines.
pub fn json_lines<R>(fields: &[Field<R>], labels: &[String], rows: impl Iterator<Item = R>) -> String {
    use Presence::{InColumns, Nullable, OptionalInColumns};
    let mut lines = Vec::new();
    for row in rows {
        let fields = fields.iter().filter(|field| !matches!(field.presence, InColumns | OptionalInColumns));
        let entries = fields.filter_map(|field| match field.value(&row) {
            Value::Null if field.presence != Nullable => None,
            Value::ByLabel(values) => {
                let values = labels.iter().map(String::as_str).zip(values);
                Some((field.name.as_ref(), Value::Object(values.collect())))
            }
            value => Some((field.name.as_ref(), value)),
        });
        let object = Value::Object(entries.collect());
        serde_json::to_writer(&mut lines, &object).expect("text and numbers can always be written as JSON");
        lines.push(b'\n');
    }
    String::from_utf8(lines).expect("serde_json writes UTF-8")
}

/// The line of CSV with the names of the columns.
pub fn csv_header<R>(fields: &[Field<R>], labels: &[String]) -> String {
    csv([in_columns(fields).flat_map(|field| field.columns(labels)).collect()].into_iter())
}

/// Rows as lines of CSV.
pub fn csv_lines<R>(fields: &[Field<R>], labels: &[String], rows: impl Iterator<Item = R>) -> String {
    let fields: Vec<_> = in_columns(fields).map(|field| (field, field.columns(labels).len())).collect();
    csv(rows.map(|row| {
        let cells = fields.iter().flat_map(|(field, n_columns)| field.value(&row).cells(*n_columns));
        cells.map(Value::into_csv).collect()
    }))
}

fn csv(records: impl Iterator<Item = Vec<String>>) -> String {
    const IN_MEMORY: &str = "a vector takes all bytes";
    let mut writer = Writer::from_writer(Vec::new());
    records.for_each(|record| writer.write_record(record).expect(IN_MEMORY));
    String::from_utf8(writer.into_inner().expect(IN_MEMORY)).expect("all fields are UTF-8")
}

#[cfg(test)]
mod tests {
    use crate::article::Article;
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::report::{Format, Report};
    use crate::score::{Labelling, Outcome};
    use crate::summary::Profile;

    /// The lines of a labelled and a dropped paragraph, with the header.
    fn written(format: Format, source: &Article, label: usize, unsure: bool) -> String {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(format, &labels);
        let probabilities = if label == 0 { vec![0.75, 0.25] } else { vec![0.25, 0.75] };
        let labelling =
            Labelling { label, probabilities, unsure, out_of_domain: !unsure, evidence: None, reasons: None };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        report.paragraph_header() + &report.article(source, &outcomes)
    }

    #[test]
    fn records_fit_the_header() {
        assert_eq!(
            written(Format::Csv, &article_from_text("One, \"two\".\n\nShare"), 0, true),
            "source,id,row,paragraph,start,end,span_of,label,reason,unsure,flags,score_b,score_a,evidence,reasons,text,\
             voice,speaker,doc,title,author,date,outlet,url,language\n\
             text,,,0,0,11,source,b,,true,,0.75,0.25,,,\"One, \"\"two\"\".\",,,,,,,,,\n\
             text,,,1,13,18,source,other,share,,,,,,,Share,,,,,,,,,\n"
        );
    }

    #[test]
    fn fields_are_in_order_and_offsets_count_characters() {
        assert_eq!(
            written(Format::Jsonl, &article_from_text("One “two”.\n\nShare"), 1, false),
            "{\"source\":\"text\",\"id\":null,\"paragraph\":0,\"start\":0,\"end\":10,\"span_of\":\"source\",\
             \"label\":\"a\",\"unsure\":false,\"scores\":{\"b\":0.25,\"a\":0.75},\"flags\":[\"out_of_domain\"],\
             \"text\":\"One “two”.\"}\n\
             {\"source\":\"text\",\"id\":null,\"paragraph\":1,\"start\":12,\"end\":17,\"span_of\":\"source\",\
             \"label\":\"other\",\"reason\":\"share\",\"text\":\"Share\"}\n"
        );
    }

    #[test]
    fn profiles_fit_the_header() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Csv, &labels);
        let profile = Profile::of_article(&article_from_text(""), &[], 2);
        let n_columns = |line: &str| line.split(',').count();
        assert_eq!(n_columns(&report.profile_header()), n_columns(&report.profile(&profile)));
    }
}
