//! Parquet: the columns of CSV, each with a type of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::field::{Field, Kind, Presence, Value, in_columns};
use super::origin::Origin;
use super::record::{self, Block, ProfileRow};
use crate::article::Article;
use crate::error::{Error, Result};
use crate::output::OutputFile;
use crate::score::Outcome;
use crate::summary::Profile;

/// How much is held in memory before it is written, in bytes.
const ROW_GROUP: usize = 64 << 20;

/// A Parquet file of paragraphs or profiles; it appears under its name when it is finished.
pub struct ParquetFile {
    path: PathBuf,
    labels: Vec<String>,
    /// The id of the model.
    model: String,
    /// The names of the keys of groups.
    keys: Vec<String>,
    writer: ArrowWriter<OutputFile>,
}

impl ParquetFile {
    /// A file of scored blocks, one row each, dropped ones included.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or not writable.
    pub fn of_paragraphs(path: &Path, labels: &[String], model: &str) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, model, &[], &record::scored())
    }

    /// A file of profiles, one row each: of articles or, with `keys`, of groups.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or not writable.
    pub fn of_profiles(path: &Path, labels: &[String], model: &str, keys: &[String]) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, model, keys, &record::profile(keys))
    }

    fn create<R>(
        path: &Path,
        labels: &[String],
        model: &str,
        keys: &[String],
        fields: &[Field<R>],
    ) -> Result<ParquetFile> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_bytes(Some(ROW_GROUP))
            .build();
        let file = OutputFile::create(path)?;
        let no_rows = batch(fields, labels, std::iter::empty()).map_err(unwritten(path))?;
        let writer =
            ArrowWriter::try_new(file, no_rows.schema(), Some(properties)).map_err(unwritten(path))?;
        Ok(ParquetFile {
            path: path.to_path_buf(),
            labels: labels.to_vec(),
            model: model.to_string(),
            keys: keys.to_vec(),
            writer,
        })
    }

    /// Adds all blocks of an article.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> Result<()> {
        let rows = Block::scored(&self.model, &self.labels, article, outcomes);
        let batch = batch(&record::scored(), &self.labels, rows);
        self.write(batch)
    }

    /// Adds a profile.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn profile(&mut self, profile: &Profile) -> Result<()> {
        let row = ProfileRow { model: &self.model, keys: &self.keys, profile };
        let batch = batch(&record::profile(&self.keys), &self.labels, std::iter::once(row));
        self.write(batch)
    }

    fn write(&mut self, batch: parquet::errors::Result<RecordBatch>) -> Result<()> {
        batch.and_then(|batch| self.writer.write(&batch)).map_err(unwritten(&self.path))
    }

    /// As [`OutputFile::temporary_path`].
    pub fn temporary_path(&self) -> Option<&Path> {
        self.writer.inner().temporary_path()
    }

    /// As [`OutputFile::make_partial`]; the part that was written is a valid Parquet file.
    pub fn make_partial(&mut self) -> Option<PathBuf> {
        self.writer.inner_mut().make_partial()
    }

    /// Notes what made the table, as the entry `rhetor` of the file's metadata.
    pub fn note(&mut self, origin: &Origin) {
        self.writer.append_key_value_metadata(KeyValue::new("rhetor".to_string(), origin.json()));
    }

    /// Writes the last rows and renames the file to its path.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<()> {
        self.writer.into_inner().map_err(unwritten(&self.path))?.finish()
    }
}

fn unwritten(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
    let failed = Error::io(path, "write");
    |err| failed(std::io::Error::other(err))
}

fn batch<R>(
    fields: &[Field<R>],
    labels: &[String],
    rows: impl Iterator<Item = R>,
) -> parquet::errors::Result<RecordBatch> {
    let rows: Vec<R> = rows.collect();
    let mut columns = Vec::new();
    for field in in_columns(fields) {
        let names = field.columns(labels);
        let mut cells = vec![Vec::with_capacity(rows.len()); names.len()];
        for row in &rows {
            let values = field.value(row).cells(names.len());
            cells.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        let is_nullable = !matches!(field.presence, Presence::Always | Presence::InColumns);
        for (name, column) in names.into_iter().zip(&cells) {
            columns.push((name, array(field.kind, is_nullable, column), is_nullable));
        }
    }
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

fn array(kind: Kind, is_nullable: bool, cells: &[Value<'_>]) -> ArrayRef {
    // A cell whose value does not have the type of its column is missing, as is empty text. Counts are far below 2^63.
    match kind {
        Kind::Text => Arc::new(StringArray::from_iter(cells.iter().map(|cell| match cell {
            Value::Text(text) if !(text.is_empty() && is_nullable) => Some(text.as_ref()),
            _ => None,
        }))),
        Kind::Bool => Arc::new(BooleanArray::from_iter(cells.iter().map(|cell| match cell {
            Value::Bool(value) => Some(*value),
            _ => None,
        }))),
        Kind::Integer => Arc::new(Int64Array::from_iter(cells.iter().map(|cell| match cell {
            Value::Integer(count) => Some(*count as i64),
            _ => None,
        }))),
        Kind::Real | Kind::Reals(_) | Kind::Shares(_) => {
            Arc::new(Float64Array::from_iter(cells.iter().map(|cell| match cell {
                Value::Real(real) => Some(*real),
                _ => None,
            })))
        }
    }
}
