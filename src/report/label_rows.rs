//! Rows to label and labelled rows, as tables and in the forms that annotation tools import.

use serde_json::{Map, Value as Json, json};

use super::field::Kind::{Bool, Integer, Real, Text};
use super::field::Presence::{Nullable, Optional};
use super::field::{Field, Value};
use super::lines::{csv_header, csv_lines, json_lines};
use super::passed::Passed;
use crate::corpus::LabelRow;
use crate::error::Result;

/// A form of rows to label. All of them can be read again with labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelForm {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values.
    Csv,
    /// An Excel workbook.
    #[cfg(feature = "forms")]
    Xlsx,
    /// JSONL for text classification in doccano.
    Doccano,
    /// JSON tasks for Label Studio; choices have the name `label` and belong to the text `text`.
    LabelStudio,
    /// JSONL for Prodigy.
    Prodigy,
}

/// Rows as the bytes of a file.
///
/// Tables have all rows. Annotation tools get one task for each row that is not context, in the order of the ranks; up
/// to `n_context` neighbours on each side are its fields `before` and `after`. Its `rhetor_id` is the row's id, because
/// some tools give tasks ids of their own.
///
/// # Errors
///
/// If a text is too long for a cell of a workbook.
pub fn label_rows(form: LabelForm, rows: &[LabelRow], n_context: usize) -> Result<Vec<u8>> {
    let text = match form {
        LabelForm::Jsonl => json_lines(&fields(), &[], rows.iter()),
        LabelForm::Csv => csv_header(&fields(), &[], &[]) + &csv_lines(&fields(), &[], &[], rows.iter()),
        #[cfg(feature = "forms")]
        LabelForm::Xlsx => return super::workbook::workbook(&fields(), rows.iter()),
        LabelForm::Doccano => lines(tasks(rows, n_context).map(doccano)),
        LabelForm::Prodigy => lines(tasks(rows, n_context).map(prodigy)),
        LabelForm::LabelStudio => {
            let tasks: Vec<Json> = tasks(rows, n_context).map(label_studio).collect();
            format!("{:#}\n", Json::Array(tasks))
        }
    };
    Ok(text.into_bytes())
}

/// The columns of a table of label rows.
impl Passed for &LabelRow {}

fn fields<'r>() -> [Field<&'r LabelRow>; 12] {
    [
        Field::new(Nullable, Text, "id", |row: &&'r LabelRow, _| row.id.as_deref().into()),
        Field::new(Nullable, Text, "doc", |row, _| row.doc.as_deref().into()),
        Field::new(Nullable, Integer, "index", |row, _| {
            row.index.and_then(|index| usize::try_from(index).ok()).map(Value::Integer).into()
        }),
        Field::new(Optional, Text, "outlet", |row, _| row.outlet.as_deref().into()),
        Field::new(Optional, Integer, "rank", |row, _| row.rank.map(Value::Integer).into()),
        Field::new(Nullable, Text, "label", |row, _| row.label.as_deref().into()),
        Field::new(Nullable, Text, "text", |row, _| row.text.as_str().into()),
        Field::new(Optional, Text, "confidence", |row, _| row.confidence.as_deref().into()),
        Field::new(Optional, Text, "note", |row, _| row.note.as_deref().into()),
        Field::new(Optional, Text, "coder", |row, _| row.coder.as_deref().into()),
        Field::new(Optional, Bool, "context", |row, _| row.context.then_some(Value::Bool(true)).into()),
        Field::new(Optional, Real, "sampling_weight", |row, _| row.sampling_weight.into()),
    ]
}

/// A row that is to be labelled, and the texts before and after it.
struct Task<'a> {
    row: &'a LabelRow,
    before: String,
    after: String,
}

/// The rows to label in the order of their ranks.
fn tasks(rows: &[LabelRow], n_context: usize) -> impl Iterator<Item = Task<'_>> {
    let follows = |at: usize| {
        let (before, row) = (&rows[at - 1], &rows[at]);
        row.doc.is_some() && row.doc == before.doc && row.index == before.index.map(|index| index + 1)
    };
    let joined =
        |rows: &[LabelRow]| rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>().join("\n\n");
    let mut targets: Vec<usize> = (0..rows.len()).filter(|&at| !rows[at].context).collect();
    targets.sort_by_key(|&at| rows[at].rank);
    targets.into_iter().map(move |at| {
        let (mut first, mut last) = (at, at);
        while first > 0 && at - first < n_context && follows(first) {
            first -= 1;
        }
        while last + 1 < rows.len() && last - at < n_context && follows(last + 1) {
            last += 1;
        }
        Task { row: &rows[at], before: joined(&rows[first..at]), after: joined(&rows[at + 1..=last]) }
    })
}

impl Task<'_> {
    /// What tools keep beside the text and the label, without what is unknown or empty.
    fn origin(&self) -> Map<String, Json> {
        let row = self.row;
        let entries = [
            ("rhetor_id", json!(row.id)),
            ("doc", json!(row.doc)),
            ("index", json!(row.index)),
            ("outlet", json!(row.outlet)),
            ("rank", json!(row.rank)),
            ("sampling_weight", json!(row.sampling_weight)),
        ];
        let known = entries.into_iter().filter(|(_, value)| !value.is_null());
        known.map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// The same with the neighbours.
    fn fields(&self) -> Map<String, Json> {
        let texts = [("before", &self.before), ("after", &self.after)];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        self.origin().into_iter().chain(texts.map(|(key, text)| (key.to_string(), json!(text)))).collect()
    }
}

fn lines(tasks: impl Iterator<Item = Map<String, Json>>) -> String {
    tasks.map(|task| format!("{}\n", Json::Object(task))).collect()
}

/// The text of a task beside other fields.
fn with_text(task: &Task<'_>, mut fields: Map<String, Json>) -> Map<String, Json> {
    fields.insert("text".to_string(), json!(task.row.text));
    fields
}

fn doccano(of: Task<'_>) -> Map<String, Json> {
    let mut line = with_text(&of, of.fields());
    line.insert("label".to_string(), json!(of.row.label.iter().collect::<Vec<_>>()));
    line
}

/// Prodigy shows what is in `meta` below the text.
fn prodigy(of: Task<'_>) -> Map<String, Json> {
    let mut fields = of.fields();
    let origin = of.origin();
    origin.keys().for_each(|key| drop(fields.remove(key)));
    let mut line = with_text(&of, fields);
    line.insert("meta".to_string(), Json::Object(origin));
    if let Some(label) = &of.row.label {
        line.insert("accept".to_string(), json!([label]));
        line.insert("answer".to_string(), json!("accept"));
    }
    line
}

fn label_studio(of: Task<'_>) -> Json {
    let data = with_text(&of, of.fields());
    let Some(label) = &of.row.label else { return json!({ "data": data }) };
    let choice = json!({
        "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]},
    });
    json!({ "data": data, "annotations": [{ "result": [choice] }] })
}
