//! Outcomes as columns.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, ListArray, RecordBatch, StringArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields};
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use rhetor::report::rounded;
use rhetor::train::FeatureTotals;
use rhetor::{Article, Evidence, Labelling, Model, Outcome, Paragraph};

use crate::errors::RhetorError;

/// The reason of a row that has no text at all.
const MISSING: &str = "missing";

/// The columns of scored paragraphs, one row for each.
pub struct Results {
    model: Model,
    row: Int64Builder,
    paragraph: Int64Builder,
    start: Int64Builder,
    end: Int64Builder,
    span_of: StringBuilder,
    text: Option<StringBuilder>,
    label: StringBuilder,
    probabilities: Vec<Float64Builder>,
    unsure: BooleanBuilder,
    dropped: BooleanBuilder,
    reason: StringBuilder,
    out_of_domain: BooleanBuilder,
    evidence: Option<EvidenceColumn>,
    /// The first row of the input that has no results yet.
    next_row: usize,
}

impl Results {
    /// No rows so far. `has_text` adds a column with the texts of the paragraphs, `has_evidence` one with evidence.
    pub fn new(model: &Model, has_text: bool, has_evidence: bool) -> Results {
        Results {
            model: model.clone(),
            row: Int64Builder::new(),
            paragraph: Int64Builder::new(),
            start: Int64Builder::new(),
            end: Int64Builder::new(),
            span_of: StringBuilder::new(),
            text: has_text.then(StringBuilder::new),
            label: StringBuilder::new(),
            probabilities: model.labels().iter().map(|_| Float64Builder::new()).collect(),
            unsure: BooleanBuilder::new(),
            dropped: BooleanBuilder::new(),
            reason: StringBuilder::new(),
            out_of_domain: BooleanBuilder::new(),
            evidence: has_evidence.then(EvidenceColumn::default),
            next_row: 0,
        }
    }

    /// Adds the paragraphs of an article. Rows of the input that came before it and have no paragraph have no text.
    pub fn add(&mut self, article: &Article, outcomes: &[Outcome]) {
        for (number, (paragraph, outcome)) in
            (article.first_paragraph..).zip(article.paragraphs.iter().zip(outcomes))
        {
            // Rows in memory have no ids, so their paragraphs have row numbers, from 1. A text has none: it is row 0.
            let row = paragraph.row.map_or(0, |row| row - 1);
            self.add_missing(row);
            self.next_row = row + 1;
            self.add_place(row, Some((article, paragraph, number)));
            match outcome {
                Outcome::Labelled(labelling) => self.add_labelling(labelling),
                Outcome::Dropped(reason) => self.add_dropped(Some("other"), reason.name()),
            }
        }
    }

    /// Adds all rows of the input before `end` that have no results yet.
    pub fn add_missing(&mut self, end: usize) {
        for row in self.next_row..end {
            self.add_place(row, None);
            self.add_dropped(None, MISSING);
        }
        self.next_row = self.next_row.max(end);
    }

    /// How many rows of the input have results.
    pub fn n_rows(&self) -> usize {
        self.next_row
    }

    fn add_place(&mut self, row: usize, place: Option<(&Article, &Paragraph, usize)>) {
        self.row.append_value(integer(row));
        self.paragraph.append_option(place.map(|(_, _, number)| integer(number)));
        self.start.append_option(place.map(|(_, paragraph, _)| integer(paragraph.characters.start)));
        self.end.append_option(place.map(|(_, paragraph, _)| integer(paragraph.characters.end)));
        self.span_of.append_option(place.map(|(article, ..)| article.span_of.name()));
        if let Some(text) = &mut self.text {
            text.append_option(place.map(|(_, paragraph, _)| &paragraph.text));
        }
    }

    fn add_labelling(&mut self, labelling: &Labelling) {
        self.label.append_value(&self.model.labels()[labelling.label]);
        for (column, &probability) in self.probabilities.iter_mut().zip(&labelling.probabilities) {
            column.append_value(rounded(probability));
        }
        self.unsure.append_value(labelling.unsure);
        self.dropped.append_value(false);
        self.reason.append_null();
        self.out_of_domain.append_value(labelling.out_of_domain);
        if let Some(column) = &mut self.evidence {
            column.add(labelling.evidence.as_ref());
        }
    }

    fn add_dropped(&mut self, label: Option<&str>, reason: &str) {
        self.label.append_option(label);
        self.probabilities.iter_mut().for_each(Float64Builder::append_null);
        self.unsure.append_null();
        self.dropped.append_value(true);
        self.reason.append_value(reason);
        self.out_of_domain.append_null();
        if let Some(column) = &mut self.evidence {
            column.add(None);
        }
    }

    /// The columns.
    pub fn finish(mut self) -> PyResult<PyRecordBatch> {
        let n_rows = self.row.values_slice().len();
        let mut columns: Vec<(String, ArrayRef)> = vec![
            ("row".to_string(), Arc::new(self.row.finish()) as ArrayRef),
            ("paragraph".to_string(), Arc::new(self.paragraph.finish())),
            ("start".to_string(), Arc::new(self.start.finish())),
            ("end".to_string(), Arc::new(self.end.finish())),
            ("span_of".to_string(), Arc::new(self.span_of.finish())),
        ];
        if let Some(mut text) = self.text {
            columns.push(("text".to_string(), Arc::new(text.finish())));
        }
        columns.push(("label".to_string(), Arc::new(self.label.finish())));
        for (label, mut column) in self.model.labels().iter().zip(self.probabilities) {
            columns.push((format!("p_{label}"), Arc::new(column.finish())));
        }
        let id = StringArray::from_iter_values(std::iter::repeat_n(self.model.id(), n_rows));
        columns.extend([
            ("unsure".to_string(), Arc::new(self.unsure.finish()) as ArrayRef),
            ("dropped".to_string(), Arc::new(self.dropped.finish())),
            ("reason".to_string(), Arc::new(self.reason.finish())),
            ("out_of_domain".to_string(), Arc::new(self.out_of_domain.finish())),
            ("model".to_string(), Arc::new(id)),
        ]);
        let evidence = self.evidence.map(|column| column.finish()).transpose().map_err(bad_batch)?;
        columns.extend(evidence.map(|column| ("evidence".to_string(), column)));
        let columns = columns.into_iter().map(|(name, column)| (name, column, true));
        RecordBatch::try_from_iter_with_nullable(columns).map(PyRecordBatch::new).map_err(bad_batch)
    }
}

/// Totals as rows of group, feature, label and total; totals of 0 have no row.
pub fn totals_batch(totals: &FeatureTotals, labels: &[String]) -> PyResult<PyRecordBatch> {
    let (mut groups, mut features) = (StringBuilder::new(), StringBuilder::new());
    let (mut names, mut values) = (StringBuilder::new(), Float64Builder::new());
    for (group, feature, totals) in totals.features() {
        for (label, total) in labels.iter().zip(totals).filter(|(_, total)| *total > 0.0) {
            groups.append_value(group.name());
            features.append_value(&feature);
            names.append_value(label);
            values.append_value(total);
        }
    }
    let columns: [(&str, ArrayRef); 4] = [
        ("group", Arc::new(groups.finish())),
        ("feature", Arc::new(features.finish())),
        ("label", Arc::new(names.finish())),
        ("total", Arc::new(values.finish())),
    ];
    RecordBatch::try_from_iter(columns).map(PyRecordBatch::new).map_err(bad_batch)
}

/// A count, which is far below 2^63.
fn integer(count: usize) -> i64 {
    count as i64
}

fn bad_batch(err: ArrowError) -> PyErr {
    RhetorError::new_err(err.to_string())
}

/// Evidence as structs of its terms and a list of features.
#[derive(Default)]
struct EvidenceColumn {
    is_known: Vec<bool>,
    /// Score, baseline, neighbours and rest.
    terms: [Float64Builder; 4],
    n_features: Vec<usize>,
    group: StringBuilder,
    feature: StringBuilder,
    weight: Float64Builder,
}

impl EvidenceColumn {
    fn add(&mut self, evidence: Option<&Evidence>) {
        self.is_known.push(evidence.is_some());
        let terms = evidence.map(|e| [e.score, e.baseline, e.neighbours, e.rest]);
        for (term, column) in self.terms.iter_mut().enumerate() {
            column_option(column, terms.map(|terms| terms[term]));
        }
        let features = evidence.map_or(&[][..], |evidence| &evidence.features);
        self.n_features.push(features.len());
        for contribution in features {
            self.group.append_value(contribution.group.name());
            self.feature.append_value(&contribution.feature);
            self.weight.append_value(rounded(contribution.weight));
        }
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let features = structs(
            vec![
                ("group", Arc::new(self.group.finish())),
                ("feature", Arc::new(self.feature.finish())),
                ("weight", Arc::new(self.weight.finish())),
            ],
            None,
        )?;
        let item = Arc::new(Field::new("item", features.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths(self.n_features);
        let lists = ListArray::try_new(item, offsets, Arc::new(features), None)?;
        let names = ["score", "baseline", "neighbours", "rest"];
        let terms = names.into_iter().zip(&mut self.terms);
        let mut columns: Vec<(&str, ArrayRef)> =
            terms.map(|(name, column)| (name, Arc::new(column.finish()) as ArrayRef)).collect();
        columns.push(("features", Arc::new(lists)));
        Ok(Arc::new(structs(columns, Some(NullBuffer::from(self.is_known)))?))
    }
}

fn column_option(column: &mut Float64Builder, value: Option<f64>) {
    column.append_option(value.map(rounded));
}

fn structs(columns: Vec<(&str, ArrayRef)>, nulls: Option<NullBuffer>) -> Result<StructArray, ArrowError> {
    let field = |(name, column): &(&str, ArrayRef)| -> Field {
        let kind: DataType = column.data_type().clone();
        Field::new(*name, kind, true)
    };
    let fields: Fields = columns.iter().map(field).collect();
    StructArray::try_new(fields, columns.into_iter().map(|(_, column)| column).collect(), nulls)
}
