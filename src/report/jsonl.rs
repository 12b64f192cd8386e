//! JSON Lines: each row is an object on a line of its own.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::field::{ByLabel, Field, Presence, Value, rounded};

/// The lines of some rows.
pub fn lines<R>(fields: &[Field<R>], rows: impl Iterator<Item = R>) -> String {
    let mut lines = Vec::new();
    for row in rows {
        let object = Object { fields, row: &row };
        serde_json::to_writer(&mut lines, &object).expect("text and numbers can always be written as JSON");
        lines.push(b'\n');
    }
    String::from_utf8(lines).expect("serde_json writes UTF-8")
}

struct Object<'a, R> {
    fields: &'a [Field<R>],
    row: &'a R,
}

impl<R> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.fields.iter().filter(|field| field.presence != Presence::InColumns) {
            match field.value(self.row) {
                Value::Null if field.presence != Presence::Nullable => {}
                value => map.serialize_entry(field.name, &value)?,
            }
        }
        map.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(count) => count.serialize(serializer),
            Value::Real(real) => serializer.serialize_f64(*real),
            Value::Flags(flags) => flags.serialize(serializer),
            Value::Reals(reals) => reals.serialize(serializer),
            Value::Shares(ByLabel { labels, values }) => {
                let share = |&[share, low, high]: &[f64; 3]| Share { share, low, high };
                let values = values.iter().map(|value| value.as_ref().map(share)).collect();
                ByLabel { labels, values }.serialize(serializer)
            }
            Value::Evidence(evidence) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("score", &rounded(evidence.score))?;
                map.serialize_entry("baseline", &rounded(evidence.baseline))?;
                map.serialize_entry("neighbours", &rounded(evidence.neighbours))?;
                map.serialize_entry("rest", &rounded(evidence.rest))?;
                let features = evidence.features.iter().map(|c| Feature {
                    group: c.group.name(),
                    feature: &c.feature,
                    weight: rounded(c.weight),
                });
                map.serialize_entry("features", &features.collect::<Vec<_>>())?;
                map.end()
            }
            Value::Excerpts(excerpts) => {
                serializer.collect_seq(excerpts.iter().map(|(label, excerpt)| ExcerptRecord {
                    paragraph: excerpt.paragraph,
                    label,
                    score: rounded(excerpt.probability),
                    words: excerpt.n_words,
                    text: &excerpt.text,
                }))
            }
        }
    }
}

impl<T: Serialize> Serialize for ByLabel<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.labels.iter().zip(&self.values))
    }
}

#[derive(Serialize)]
struct ExcerptRecord<'a> {
    paragraph: usize,
    label: &'a str,
    score: f64,
    words: usize,
    text: &'a str,
}

#[derive(Serialize)]
struct Feature<'a> {
    group: &'a str,
    feature: &'a str,
    weight: f64,
}

#[derive(Serialize)]
struct Share {
    share: f64,
    low: f64,
    high: f64,
}

#[cfg(test)]
mod tests {
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::report::{Format, Report};
    use crate::score::{Labelling, Outcome};

    #[test]
    fn fields_are_in_order_and_offsets_count_characters() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Jsonl, &labels);
        let source = article_from_text("One “two”.\n\nShare");
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.25, 0.75],
            unsure: false,
            out_of_domain: true,
            evidence: None,
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            report.article(&source, &outcomes),
            "{\"source\":\"text\",\"id\":null,\"paragraph\":0,\"start\":0,\"end\":10,\"span_of\":\"source\",\
             \"label\":\"a\",\"unsure\":false,\"scores\":{\"b\":0.25,\"a\":0.75},\"flags\":[\"out_of_domain\"],\
             \"text\":\"One “two”.\"}\n\
             {\"source\":\"text\",\"id\":null,\"paragraph\":1,\"start\":12,\"end\":17,\"span_of\":\"source\",\
             \"label\":\"other\",\"reason\":\"share\",\"text\":\"Share\"}\n"
        );
    }
}
