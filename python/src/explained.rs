//! Reasons and evidence as columns of structs.

use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, Field, Fields};
use rhetor::report::rounded;
use rhetor::{Evidence, Reasons};

/// Reasons as structs of their terms. Phrases and lines about style are lists, neighbours a struct.
#[derive(Default)]
pub struct ReasonsColumn {
    is_known: Vec<bool>,
    /// The score, the baseline and the rest.
    terms: [Float64Builder; 3],
    n_phrases: Vec<usize>,
    phrase: StringBuilder,
    start: Int64Builder,
    end: Int64Builder,
    phrase_weight: Float64Builder,
    n_style: Vec<usize>,
    style: StringBuilder,
    style_weight: Float64Builder,
    has_neighbours: Vec<bool>,
    label: StringBuilder,
    paragraph: Int64Builder,
    neighbours_weight: Float64Builder,
}

impl ReasonsColumn {
    /// Adds the reasons for the label of a paragraph with this text, or null. `first_paragraph` is the number of the
    /// first paragraph of its article.
    pub fn add(&mut self, labels: &[String], text: &str, first_paragraph: usize, reasons: Option<&Reasons>) {
        self.is_known.push(reasons.is_some());
        let terms = reasons.map(|reasons| [reasons.score, reasons.baseline, reasons.rest]);
        add_terms(&mut self.terms, terms);
        let phrases = reasons.map_or(&[][..], |reasons| &reasons.phrases);
        self.n_phrases.push(phrases.len());
        for phrase in phrases {
            self.phrase.append_value(&phrase.text);
            self.start.append_value(characters(text, phrase.place.start));
            self.end.append_value(characters(text, phrase.place.end));
            self.phrase_weight.append_value(rounded(phrase.weight));
        }
        let style = reasons.map_or(&[][..], |reasons| &reasons.style);
        self.n_style.push(style.len());
        for line in style {
            self.style.append_value(&line.text);
            self.style_weight.append_value(rounded(line.weight));
        }
        let around = reasons.and_then(|reasons| reasons.neighbours.as_ref());
        self.has_neighbours.push(around.is_some());
        self.label.append_option(around.map(|around| labels[around.label].as_str()));
        self.paragraph.append_option(around.map(|around| integer(first_paragraph + around.strongest)));
        self.neighbours_weight.append_option(around.map(|around| rounded(around.weight)));
    }

    /// How many bytes its longest part has.
    pub fn n_bytes(&self) -> usize {
        self.phrase.values_slice().len().max(self.style.values_slice().len())
    }

    /// The column, which is then empty.
    pub fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        let mut this = std::mem::take(self);
        let phrases = lists(
            this.n_phrases,
            vec![
                ("text", Arc::new(this.phrase.finish()) as ArrayRef),
                ("start", Arc::new(this.start.finish())),
                ("end", Arc::new(this.end.finish())),
                ("weight", Arc::new(this.phrase_weight.finish())),
            ],
        )?;
        let style = lists(
            this.n_style,
            vec![
                ("text", Arc::new(this.style.finish()) as ArrayRef),
                ("weight", Arc::new(this.style_weight.finish())),
            ],
        )?;
        let neighbours = structs(
            vec![
                ("label", Arc::new(this.label.finish()) as ArrayRef),
                ("paragraph", Arc::new(this.paragraph.finish())),
                ("weight", Arc::new(this.neighbours_weight.finish())),
            ],
            Some(this.has_neighbours),
        )?;
        let [score, baseline, rest] = this.terms.map(|mut term| Arc::new(term.finish()) as ArrayRef);
        structs(
            vec![
                ("score", score),
                ("phrases", phrases),
                ("style", style),
                ("neighbours", neighbours),
                ("baseline", baseline),
                ("rest", rest),
            ],
            Some(this.is_known),
        )
    }
}

/// Evidence as structs of its terms and a list of features.
#[derive(Default)]
pub struct EvidenceColumn {
    is_known: Vec<bool>,
    /// The score, the baseline, what neighbours contribute, and the rest.
    terms: [Float64Builder; 4],
    n_features: Vec<usize>,
    group: StringBuilder,
    feature: StringBuilder,
    weight: Float64Builder,
}

impl EvidenceColumn {
    /// Adds the evidence for the label of a paragraph, or null.
    pub fn add(&mut self, evidence: Option<&Evidence>) {
        self.is_known.push(evidence.is_some());
        add_terms(&mut self.terms, evidence.map(|e| [e.score, e.baseline, e.neighbours, e.rest]));
        let features = evidence.map_or(&[][..], |evidence| &evidence.features);
        self.n_features.push(features.len());
        for contribution in features {
            self.group.append_value(contribution.group.name());
            self.feature.append_value(&contribution.feature);
            self.weight.append_value(rounded(contribution.weight));
        }
    }

    /// How many bytes its longest part has.
    pub fn n_bytes(&self) -> usize {
        self.feature.values_slice().len()
    }

    /// The column, which is then empty.
    pub fn take(&mut self) -> Result<ArrayRef, ArrowError> {
        let mut this = std::mem::take(self);
        let features = lists(
            this.n_features,
            vec![
                ("group", Arc::new(this.group.finish()) as ArrayRef),
                ("feature", Arc::new(this.feature.finish())),
                ("weight", Arc::new(this.weight.finish())),
            ],
        )?;
        let names = ["score", "baseline", "neighbours", "rest"];
        let terms = this.terms.map(|mut term| Arc::new(term.finish()) as ArrayRef);
        let columns = names.into_iter().zip(terms).chain([("features", features)]).collect();
        structs(columns, Some(this.is_known))
    }
}

/// A count, which is far below 2^63.
pub fn integer(count: usize) -> i64 {
    count as i64
}

/// How many characters come before a byte of a text.
fn characters(text: &str, byte: usize) -> i64 {
    integer(text[..byte].chars().count())
}

fn add_terms<const N: usize>(columns: &mut [Float64Builder; N], terms: Option<[f64; N]>) {
    for (number, column) in columns.iter_mut().enumerate() {
        column.append_option(terms.map(|terms| rounded(terms[number])));
    }
}

fn structs(columns: Vec<(&str, ArrayRef)>, is_known: Option<Vec<bool>>) -> Result<ArrayRef, ArrowError> {
    let field = |(name, column): &(&str, ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let fields: Fields = columns.iter().map(field).collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    Ok(Arc::new(StructArray::try_new(fields, columns, is_known.map(NullBuffer::from))?))
}

fn lists(lengths: Vec<usize>, columns: Vec<(&str, ArrayRef)>) -> Result<ArrayRef, ArrowError> {
    let items = structs(columns, None)?;
    let item = Arc::new(Field::new("item", items.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), items, None)?))
}
