//! Parquet: the columns of CSV, each with a type of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_cast::cast;
use arrow_schema::{DataType, FieldRef, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::field::{Field, Kind, Presence, Value, in_columns, json_text};
use super::origin::Origin;
use super::passed::{self, Passed};
use super::profile_record::{self, ProfileRow};
use super::record::{self, Block};
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
    layout: ParquetLayout,
    writer: ArrowWriter<OutputFile>,
}

/// Which columns a file has beside those of every file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParquetLayout {
    /// Whether records have no text.
    pub no_text: bool,
    /// The columns of the input that are passed through, as strings.
    pub passed: Vec<String>,
    /// The id of the model.
    pub model: String,
    /// The names of the keys of groups; empty for paragraphs and articles.
    pub keys: Vec<String>,
    /// Whether ids are integers. If an id turns out not to be one, the ids become strings.
    pub integer_ids: bool,
}

impl ParquetFile {
    /// A file of scored blocks, one row each, dropped ones included.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or not writable.
    pub fn of_paragraphs(path: &Path, labels: &[String], layout: ParquetLayout) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, &record::scored(layout.no_text), layout)
    }

    /// A file of profiles, one row each: of articles or, with `keys`, of groups.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or not writable.
    pub fn of_profiles(path: &Path, labels: &[String], layout: ParquetLayout) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, &profile_record::profile(&layout.keys.clone()), layout)
    }

    fn create<R: Passed>(
        path: &Path,
        labels: &[String],
        fields: &[Field<R>],
        layout: ParquetLayout,
    ) -> Result<ParquetFile> {
        let file = OutputFile::create(path)?;
        let no_rows = batch(fields, labels, &layout, Vec::new()).map_err(unwritten(path))?;
        let writer = writer(file, no_rows.schema()).map_err(unwritten(path))?;
        Ok(ParquetFile { path: path.to_path_buf(), labels: labels.to_vec(), layout, writer })
    }

    /// Adds all blocks of an article.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> Result<()> {
        let (labels, model) = (self.labels.clone(), self.layout.model.clone());
        let rows = Block::scored(&model, &labels, article, outcomes);
        self.write(&record::scored(self.layout.no_text), rows.collect())
    }

    /// Adds a profile.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn profile(&mut self, profile: &Profile) -> Result<()> {
        let (model, keys) = (self.layout.model.clone(), self.layout.keys.clone());
        self.write(&profile_record::profile(&keys), vec![ProfileRow { model: &model, keys: &keys, profile }])
    }

    fn write<R: Passed>(&mut self, fields: &[Field<R>], rows: Vec<R>) -> Result<()> {
        if self.layout.integer_ids && !has_integer_ids(fields, &rows) {
            self.make_ids_strings()?;
        }
        let batch = batch(fields, &self.labels, &self.layout, rows);
        batch.and_then(|batch| self.writer.write(&batch)).map_err(unwritten(&self.path))
    }

    /// Writes the rows so far again, with strings as ids.
    fn make_ids_strings(&mut self) -> Result<()> {
        self.layout.integer_ids = false;
        let failed = || unwritten(&self.path);
        self.writer.finish().map_err(failed())?;
        let written = self.writer.inner_mut().reopen()?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(written).map_err(failed())?;
        let fields: Vec<FieldRef> = reader.schema().fields().iter().map(with_string_id).collect();
        let schema = Arc::new(Schema::new(fields));
        let mut writer = writer(OutputFile::create(&self.path)?, Arc::clone(&schema)).map_err(failed())?;
        for batch in reader.build().map_err(failed())? {
            let columns = batch.and_then(|batch| {
                let columns = batch.columns().iter().zip(schema.fields());
                let columns = columns.map(|(column, field)| cast(column, field.data_type()));
                RecordBatch::try_new(Arc::clone(&schema), columns.collect::<std::result::Result<_, _>>()?)
            });
            writer.write(&columns.map_err(|error| failed()(error.into()))?).map_err(failed())?;
        }
        self.writer = writer;
        Ok(())
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

fn writer(file: OutputFile, schema: SchemaRef) -> parquet::errors::Result<ArrowWriter<OutputFile>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_bytes(Some(ROW_GROUP))
        .build();
    ArrowWriter::try_new(file, schema, Some(properties))
}

/// The name of the column whose type depends on the input.
const ID: &str = "id";

fn with_string_id(field: &FieldRef) -> FieldRef {
    match field.name() == ID {
        true => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        false => Arc::clone(field),
    }
}

/// Whether the rows that have an id have an integer.
fn has_integer_ids<R>(fields: &[Field<R>], rows: &[R]) -> bool {
    let ids = fields.iter().filter(|field| field.kind == Kind::Id);
    let mut ids = ids.flat_map(|field| rows.iter().map(|row| field.value(row)));
    ids.all(|id| match id {
        Value::Null => true,
        Value::Number(number) => number.is_i64(),
        _ => false,
    })
}

fn batch<R: Passed>(
    fields: &[Field<R>],
    labels: &[String],
    layout: &ParquetLayout,
    rows: Vec<R>,
) -> parquet::errors::Result<RecordBatch> {
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
            columns.push((name, array(field.kind, is_nullable, layout.integer_ids, column), is_nullable));
        }
    }
    for (at, name) in layout.passed.iter().enumerate() {
        let cells = rows.iter().map(|row| passed::cells(row, &layout.passed[at..=at]).next());
        let cells = StringArray::from_iter(cells.map(|cell| match cell {
            Some(Value::Json(value)) => Some(json_text(value)),
            _ => None,
        }));
        columns.push((passed::name_of(name, fields, labels).into_owned(), Arc::new(cells), true));
    }
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

fn array(kind: Kind, is_nullable: bool, integer_ids: bool, cells: &[Value<'_>]) -> ArrayRef {
    // A cell whose value does not have the type of its column is missing, as is empty text. Counts are far below 2^63.
    match kind {
        Kind::Text => Arc::new(StringArray::from_iter(cells.iter().map(|cell| match cell {
            Value::Text(text) if !(text.is_empty() && is_nullable) => Some(text.as_ref()),
            _ => None,
        }))),
        Kind::Id if integer_ids => Arc::new(Int64Array::from_iter(cells.iter().map(|cell| match cell {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }))),
        Kind::Id => Arc::new(StringArray::from_iter(cells.iter().map(|cell| match cell {
            Value::Text(text) => Some(text.to_string()),
            Value::Number(number) => Some(number.to_string()),
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
