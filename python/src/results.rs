//! Outcomes as columns.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use rhetor::report::rounded;
use rhetor::train::FeatureTotals;
use rhetor::{Article, Labelling, Model, Outcome, Paragraph, ScoreOptions};

use crate::errors::RhetorError;
use crate::explained::{EvidenceColumn, ReasonsColumn, integer};

/// The reason of a row that has no text at all.
const MISSING: &str = "missing";
/// A batch that has this many rows, or this many bytes in one column, is complete: a column of Arrow strings has room
/// for 2 GB.
const MAX_ROWS: usize = 1 << 16;
const MAX_BYTES: usize = 1 << 28;

/// What the paragraphs belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One article.
    Article,
    /// The rows of a table, each of which is a paragraph.
    Paragraphs,
    /// The rows of a table, each of which is an article.
    Articles,
}

/// The columns of scored paragraphs, one row for each.
pub struct Results {
    model: Model,
    batches: Vec<RecordBatch>,
    /// The row of the input that a paragraph belongs to, if it has rows.
    row: Option<Int64Builder>,
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
    reasons: Option<ReasonsColumn>,
    evidence: Option<EvidenceColumn>,
    /// The first row of the input that has no results yet.
    next_row: usize,
}

impl Results {
    /// No rows so far. Unless the rows are paragraphs, there is a column with their texts; what `options` ask for has
    /// columns, too.
    pub fn new(model: &Model, source: Source, options: ScoreOptions) -> Results {
        Results {
            model: model.clone(),
            batches: Vec::new(),
            row: (source != Source::Article).then(Int64Builder::new),
            paragraph: Int64Builder::new(),
            start: Int64Builder::new(),
            end: Int64Builder::new(),
            span_of: StringBuilder::new(),
            text: (source != Source::Paragraphs).then(StringBuilder::new),
            label: StringBuilder::new(),
            probabilities: model.labels().iter().map(|_| Float64Builder::new()).collect(),
            unsure: BooleanBuilder::new(),
            dropped: BooleanBuilder::new(),
            reason: StringBuilder::new(),
            out_of_domain: BooleanBuilder::new(),
            reasons: (options.n_reasons > 0).then(ReasonsColumn::default),
            evidence: (options.n_evidence > 0).then(EvidenceColumn::default),
            next_row: 0,
        }
    }

    /// Adds the paragraphs of an article. Rows of the input that came before it and have no paragraph have no text.
    ///
    /// # Errors
    ///
    /// If a batch cannot be made.
    pub fn add(&mut self, article: &Article, outcomes: &[Outcome]) -> PyResult<()> {
        for (number, (paragraph, outcome)) in
            (article.first_paragraph..).zip(article.paragraphs.iter().zip(outcomes))
        {
            if self.row.is_some()
                && let Some(row) = paragraph.row
            {
                // Row numbers count from 1.
                self.add_missing(row - 1)?;
                self.next_row = row;
            }
            self.add_place(self.next_row, Some((article, paragraph, number)));
            match outcome {
                Outcome::Labelled(labelling) => self.add_labelling(article, paragraph, labelling),
                Outcome::Dropped(reason) => self.add_dropped(Some("other"), reason.name()),
            }
            self.complete_batch()?;
        }
        Ok(())
    }

    /// Adds all rows of the input before `end` that have no results yet.
    ///
    /// # Errors
    ///
    /// If a batch cannot be made.
    pub fn add_missing(&mut self, end: usize) -> PyResult<()> {
        for row in self.next_row..end {
            self.add_place(row + 1, None);
            self.add_dropped(None, MISSING);
            self.complete_batch()?;
        }
        self.next_row = self.next_row.max(end);
        Ok(())
    }

    /// How many rows of the input have results.
    pub fn n_rows(&self) -> usize {
        self.next_row
    }

    /// Adds the place of a paragraph; `row` counts from 1.
    fn add_place(&mut self, row: usize, place: Option<(&Article, &Paragraph, usize)>) {
        if let Some(column) = &mut self.row {
            column.append_value(integer(row) - 1);
        }
        self.paragraph.append_option(place.map(|(_, _, number)| integer(number)));
        self.start.append_option(place.map(|(_, paragraph, _)| integer(paragraph.characters.start)));
        self.end.append_option(place.map(|(_, paragraph, _)| integer(paragraph.characters.end)));
        self.span_of.append_option(place.map(|(article, ..)| article.span_of.name()));
        if let Some(text) = &mut self.text {
            text.append_option(place.map(|(_, paragraph, _)| &paragraph.text));
        }
    }

    fn add_labelling(&mut self, article: &Article, paragraph: &Paragraph, labelling: &Labelling) {
        self.label.append_value(&self.model.labels()[labelling.label]);
        for (column, &probability) in self.probabilities.iter_mut().zip(&labelling.probabilities) {
            column.append_value(rounded(probability));
        }
        self.unsure.append_value(labelling.unsure);
        self.dropped.append_value(false);
        self.reason.append_null();
        self.out_of_domain.append_value(labelling.out_of_domain);
        if let Some(column) = &mut self.reasons {
            let (labels, first) = (self.model.labels(), article.first_paragraph);
            column.add(labels, &paragraph.text, first, labelling.reasons.as_ref());
        }
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
        if let Some(column) = &mut self.reasons {
            column.add(&[], "", 0, None);
        }
        if let Some(column) = &mut self.evidence {
            column.add(None);
        }
    }

    /// All columns as batches of pyarrow, at least one.
    ///
    /// # Errors
    ///
    /// If a batch cannot be made.
    pub fn into_pyarrow<'py>(mut self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        if self.batches.is_empty() || !self.paragraph.is_empty() {
            let batch = self.take_batch().map_err(bad_batch)?;
            self.batches.push(batch);
        }
        self.batches.into_iter().map(|batch| PyRecordBatch::new(batch).into_pyarrow(py)).collect()
    }

    /// Starts a new batch if this one is complete.
    fn complete_batch(&mut self) -> PyResult<()> {
        let of_text = self.text.as_ref().map_or(0, |column| column.values_slice().len());
        let of_reasons = self.reasons.as_ref().map_or(0, ReasonsColumn::n_bytes);
        let of_evidence = self.evidence.as_ref().map_or(0, EvidenceColumn::n_bytes);
        if self.paragraph.len() >= MAX_ROWS || of_text.max(of_reasons).max(of_evidence) >= MAX_BYTES {
            let batch = self.take_batch().map_err(bad_batch)?;
            self.batches.push(batch);
        }
        Ok(())
    }

    /// The rows of this batch, which is then empty.
    fn take_batch(&mut self) -> Result<RecordBatch, ArrowError> {
        let n_rows = self.paragraph.len();
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        let mut add = |name: &str, column: ArrayRef| columns.push((name.to_string(), column));
        if let Some(row) = &mut self.row {
            add("row", Arc::new(row.finish()));
        }
        add("paragraph", Arc::new(self.paragraph.finish()));
        add("start", Arc::new(self.start.finish()));
        add("end", Arc::new(self.end.finish()));
        add("span_of", Arc::new(self.span_of.finish()));
        if let Some(text) = &mut self.text {
            add("text", Arc::new(text.finish()));
        }
        add("label", Arc::new(self.label.finish()));
        for (label, column) in self.model.labels().iter().zip(&mut self.probabilities) {
            add(&format!("p_{label}"), Arc::new(column.finish()));
        }
        add("unsure", Arc::new(self.unsure.finish()));
        add("dropped", Arc::new(self.dropped.finish()));
        add("reason", Arc::new(self.reason.finish()));
        add("out_of_domain", Arc::new(self.out_of_domain.finish()));
        let id = std::iter::repeat_n(self.model.id(), n_rows);
        add("model", Arc::new(StringArray::from_iter_values(id)));
        if let Some(reasons) = &mut self.reasons {
            add("reasons", reasons.take()?);
        }
        if let Some(evidence) = &mut self.evidence {
            add("evidence", evidence.take()?);
        }
        RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, column)| (name, column, true)),
        )
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

fn bad_batch(err: ArrowError) -> PyErr {
    RhetorError::new_err(err.to_string())
}
