//! Comma-separated values: each row is a line, quoted where RFC 4180 asks for it.

use ::csv::Writer;

use super::field::{Field, Value, in_columns};

/// The line with the names of the columns.
pub fn header<R>(fields: &[Field<R>], labels: &[String]) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    for name in in_columns(fields).flat_map(|field| field.columns(labels)) {
        writer.write_field(name).expect(IN_MEMORY);
    }
    end(&mut writer);
    text(writer)
}

/// The lines of some rows.
pub fn lines<R>(fields: &[Field<R>], labels: &[String], rows: impl Iterator<Item = R>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    let fields: Vec<_> = in_columns(fields).map(|field| (field, field.columns(labels).len())).collect();
    for row in rows {
        for (field, n_columns) in &fields {
            field.value(&row).each_cell(*n_columns, |cell| push(&mut writer, &cell));
        }
        end(&mut writer);
    }
    text(writer)
}

/// Why no error is possible here.
const IN_MEMORY: &str = "a vector takes all bytes";

fn push(writer: &mut Writer<Vec<u8>>, cell: &Value<'_>) {
    match cell {
        Value::Text(text) => writer.write_field(text.as_ref()),
        Value::Bool(value) => writer.write_field(value.to_string()),
        Value::Integer(count) => writer.write_field(count.to_string()),
        Value::Real(real) => writer.write_field(real.to_string()),
        _ => writer.write_field(""),
    }
    .expect(IN_MEMORY);
}

fn end(writer: &mut Writer<Vec<u8>>) {
    writer.write_record(None::<&[u8]>).expect(IN_MEMORY);
}

fn text(writer: Writer<Vec<u8>>) -> String {
    let bytes = writer.into_inner().expect(IN_MEMORY);
    String::from_utf8(bytes).expect("all fields are UTF-8")
}

#[cfg(test)]
mod tests {
    use crate::filter::Reason;
    use crate::read::article_from_text;
    use crate::report::{Format, Report};
    use crate::score::{Labelling, Outcome};
    use crate::summary::Profile;

    #[test]
    fn records_fit_the_header() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Csv, &labels);
        let source = article_from_text("One, \"two\".\n\nShare");
        let labelling = Labelling {
            label: 0,
            probabilities: vec![0.75, 0.25],
            unsure: true,
            out_of_domain: false,
            evidence: None,
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            report.paragraph_header() + &report.article(&source, &outcomes),
            "source,id,row,paragraph,start,end,span_of,label,reason,unsure,flags,score_b,score_a,evidence,text,\
             voice,speaker,doc,title,author,date,outlet,url,language\n\
             text,,,0,0,11,source,b,,true,,0.75,0.25,,\"One, \"\"two\"\".\",,,,,,,,,\n\
             text,,,1,13,18,source,other,share,,,,,,Share,,,,,,,,,\n"
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
