//! Labels to look at again, as records and as a table.

use super::field::Kind::{Integer, Real, Text};
use super::field::Presence::{Always, Optional};
use super::field::{Field, Value};
use super::passed::Passed;
use super::terminal::{cut, fitted_end, short};
use super::{Format, Report};
use crate::train::{Doubt, Finding, LabelledPlace};

impl Passed for &Finding {}

impl Report<'_> {
    /// Labels to look at again, header included.
    pub fn findings(&self, findings: &[Finding]) -> String {
        match self.format {
            Format::Table => self.findings_table(findings),
            _ => self.csv_header(&fields()) + &self.lines(&fields(), findings.iter()),
        }
    }

    /// A heading for each kind of doubt, with two lines for each label, or three if another paragraph is concerned.
    fn findings_table(&self, findings: &[Finding]) -> String {
        let mut lines = String::new();
        for some in findings.chunk_by(|a, b| a.doubt == b.doubt) {
            let heading = format!("{} ({})", heading(some[0].doubt), some.len());
            lines +=
                &format!("{}{}\n", if lines.is_empty() { "" } else { "\n" }, self.styles.heading(&heading));
            some.iter().for_each(|finding| lines += &self.finding(finding));
        }
        if lines.is_empty() { "no label to look at again\n".to_string() } else { lines }
    }

    fn finding(&self, finding: &Finding) -> String {
        let place = |place: &LabelledPlace| format!("{}:{}", place.path.display(), place.line);
        let own = place(&finding.place);
        let what = match (finding.doubt, finding.probabilities, &finding.suggested) {
            (Doubt::Unlikely, Some((given, suggested)), Some(label)) => {
                format!("{} {}, rather {label} {}", finding.place.label, short(given), short(suggested))
            }
            _ => finding.place.label.clone(),
        };
        let width = self.width / 2;
        let mut lines =
            format!("{}\n", cut(&format!("{} {what}", fitted_end(&own, width.min(own.len()))), self.width));
        lines += &format!("    {}\n", self.styles.aside(&cut(&finding.place.text, self.width - 4)));
        if let Some(other) = &finding.other {
            let similarity = finding.similarity.map(short).unwrap_or_default();
            let line = format!("    {similarity} the text of {} {}", place(other), other.label);
            lines += &format!("{}\n", cut(&line, self.width));
        }
        lines
    }
}

fn heading(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Unlikely => "unlikely labels, the least likely first",
        Doubt::SeveralLabels => "texts with several labels",
        Doubt::NearDuplicate => "near-duplicates in different articles",
    }
}

fn other<'r>(finding: &&'r Finding) -> Option<&'r LabelledPlace> {
    finding.other.as_ref()
}

fn path(place: &LabelledPlace) -> Value<'_> {
    Value::Text(place.path.to_string_lossy())
}

/// The fields of a record.
fn fields<'r>() -> [Field<&'r Finding>; 12] {
    [
        Field::new(Always, Text, "problem", |finding: &&'r Finding, _| finding.doubt.name().into()),
        Field::new(Always, Text, "source", |finding, _| path(&finding.place)),
        Field::new(Always, Integer, "line", |finding, _| Value::Integer(finding.place.line)),
        Field::new(Always, Text, "label", |finding, _| finding.place.label.as_str().into()),
        Field::new(Optional, Text, "suggested", |finding, _| finding.suggested.as_deref().into()),
        Field::new(Optional, Real, "probability", |finding, _| {
            finding.probabilities.map(|(given, _)| given).into()
        }),
        Field::new(Optional, Real, "suggested_probability", |finding, _| {
            finding.probabilities.map(|(_, suggested)| suggested).into()
        }),
        Field::new(Optional, Text, "other_source", |finding, _| other(finding).map_or(Value::Null, path)),
        Field::new(Optional, Integer, "other_line", |finding, _| {
            other(finding).map(|o| Value::Integer(o.line)).into()
        }),
        Field::new(Optional, Text, "other_label", |finding, _| {
            other(finding).map(|o| o.label.as_str()).into()
        }),
        Field::new(Optional, Real, "similarity", |finding, _| finding.similarity.into()),
        Field::new(Always, Text, "text", |finding, _| finding.place.text.as_str().into()),
    ]
}
