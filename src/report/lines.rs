//! Rows as lines of JSON and CSV.

use csv::Writer;

use super::field::{Field, Presence, Value, in_columns};
use super::passed::{self, Passed};

/// Rows as JSON Lines.
pub fn json_lines<R: Passed>(
    fields: &[Field<R>],
    labels: &[String],
    rows: impl Iterator<Item = R>,
) -> String {
    use Presence::{InColumns, Nullable, OptionalInColumns};
    let mut lines = Vec::new();
    for row in rows {
        let in_json = fields.iter().filter(|field| !matches!(field.presence, InColumns | OptionalInColumns));
        let entries = in_json.filter_map(|field| match field.value(&row) {
            Value::Null if field.presence != Nullable => None,
            Value::ByLabel(values) => {
                let values = labels.iter().map(String::as_str).zip(values);
                Some((field.name.as_ref(), Value::Object(values.collect())))
            }
            value => Some((field.name.as_ref(), value)),
        });
        let passed = passed::entries(&row, fields, labels);
        let passed = passed.iter().map(|(name, value)| (name.as_ref(), value.clone()));
        let object = Value::Object(entries.chain(passed).collect());
        serde_json::to_writer(&mut lines, &object).expect("text and numbers can always be written as JSON");
        lines.push(b'\n');
    }
    String::from_utf8(lines).expect("serde_json writes UTF-8")
}

/// The line of CSV with the names of the columns, those passed through last.
pub fn csv_header<R>(fields: &[Field<R>], labels: &[String], passed: &[String]) -> String {
    let own = in_columns(fields).flat_map(|field| field.columns(labels));
    let passed = passed.iter().map(|name| passed::name_of(name, fields, labels).into_owned());
    csv([own.chain(passed).collect()].into_iter())
}

/// Rows as lines of CSV.
pub fn csv_lines<R: Passed>(
    fields: &[Field<R>],
    labels: &[String],
    passed: &[String],
    rows: impl Iterator<Item = R>,
) -> String {
    let fields: Vec<_> = in_columns(fields).map(|field| (field, field.columns(labels).len())).collect();
    csv(rows.map(|row| {
        let cells = fields.iter().flat_map(|(field, n_columns)| field.value(&row).cells(*n_columns));
        cells.chain(passed::cells(&row, passed)).map(Value::into_csv).collect()
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
             voice,speaker,doc,title,author,date,outlet,url,language,model\n\
             text,,,0,0,11,source,b,,true,,0.75,0.25,,,\"One, \"\"two\"\".\",,,,,,,,,,0123456789ab\n\
             text,,,1,13,18,source,other,share,,,,,,,Share,,,,,,,,,,0123456789ab\n"
        );
    }

    #[test]
    fn fields_are_in_order_and_offsets_count_characters() {
        assert_eq!(
            written(Format::Jsonl, &article_from_text("One “two”.\n\nShare"), 1, false),
            "{\"source\":\"text\",\"id\":null,\"paragraph\":0,\"start\":0,\"end\":10,\"span_of\":\"source\",\
             \"label\":\"a\",\"unsure\":false,\"scores\":{\"b\":0.25,\"a\":0.75},\"flags\":[\"out_of_domain\"],\
             \"text\":\"One “two”.\",\"model\":\"0123456789ab\"}\n\
             {\"source\":\"text\",\"id\":null,\"paragraph\":1,\"start\":12,\"end\":17,\"span_of\":\"source\",\
             \"label\":\"other\",\"reason\":\"share\",\"text\":\"Share\",\"model\":\"0123456789ab\"}\n"
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
