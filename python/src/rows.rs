//! Columns of text as the rows of a table.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, LargeStringArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3_arrow::PyChunkedArray;
use rhetor::read::TextRow;

use crate::errors::{RhetorError, bad_column};

/// A column of strings.
pub struct Strings(Vec<LargeStringArray>);

impl Strings {
    /// The column of texts. Fails if it does not hold strings.
    pub fn of_texts(name: &str, column: PyChunkedArray) -> PyResult<Strings> {
        let kind = column.data_type().clone();
        let value = match &kind {
            DataType::Dictionary(_, value) => value.as_ref(),
            kind => kind,
        };
        let is_text = |kind: &DataType| {
            matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null)
        };
        if !is_text(value) {
            return Err(bad_column(name, &kind, "strings"));
        }
        Strings::new(name, column)
    }

    /// A column of any simple type as strings.
    pub fn new(name: &str, column: PyChunkedArray) -> PyResult<Strings> {
        let kind = column.data_type().clone();
        let (chunks, _) = column.into_inner();
        let strings = |chunk: &ArrayRef| Ok(cast(chunk, &DataType::LargeUtf8)?.as_string::<i64>().clone());
        let chunks: Result<_, arrow_schema::ArrowError> = chunks.iter().map(strings).collect();
        chunks.map(Strings).map_err(|_| bad_column(name, kind, "strings or numbers"))
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.0.iter().map(Array::len).sum()
    }

    /// Its values in order.
    pub fn into_values(self) -> impl Iterator<Item = Option<String>> + Send + 'static {
        self.0.into_iter().map(Arc::new).flat_map(|chunk| {
            (0..chunk.len()).map(move |at| chunk.is_valid(at).then(|| chunk.value(at).to_string()))
        })
    }
}

/// The numbers of paragraphs in their articles.
fn numbers(name: &str, column: PyChunkedArray) -> PyResult<Vec<Int64Array>> {
    let kind = column.data_type().clone();
    let numbers = |chunk: &ArrayRef| Ok(cast(chunk, &DataType::Int64)?.as_primitive::<Int64Type>().clone());
    let chunks: Result<_, arrow_schema::ArrowError> = column.into_inner().0.iter().map(numbers).collect();
    chunks.map_err(|_| bad_column(name, kind, "whole numbers"))
}

/// The columns that make up rows.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Columns {
    /// The texts.
    pub text: PyChunkedArray,
    /// The articles that the rows belong to.
    pub doc: Option<PyChunkedArray>,
    /// The numbers of the rows in their articles.
    pub index: Option<PyChunkedArray>,
}

impl Columns {
    /// The number of rows, and the rows. Fails if a column has the wrong type or length.
    pub fn into_rows(self) -> PyResult<(usize, impl Iterator<Item = TextRow> + Send + 'static)> {
        let text = Strings::of_texts("text", self.text)?;
        let doc = self.doc.map(|doc| Strings::new("doc", doc)).transpose()?;
        let index = self.index.map(|index| numbers("index", index)).transpose()?;
        let n_rows = text.len();
        let lengths =
            [doc.as_ref().map(Strings::len), index.as_ref().map(|i| i.iter().map(Array::len).sum())];
        if lengths.into_iter().flatten().any(|length| length != n_rows) {
            return Err(RhetorError::new_err(
                "found columns of different lengths, expected one value per text",
            ));
        }
        let mut docs = doc.map(Strings::into_values);
        let mut indices = index.map(|chunks| {
            let values = |chunk: Int64Array| chunk.iter().collect::<Vec<_>>();
            chunks.into_iter().flat_map(values)
        });
        let row = move |text| TextRow {
            text,
            doc: docs.as_mut().and_then(|docs| docs.next().flatten()),
            index: indices.as_mut().and_then(|indices| indices.next().flatten()),
        };
        Ok((n_rows, text.into_values().map(row)))
    }
}
