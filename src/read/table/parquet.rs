//! Parquet tables: rows, a few at a time.

use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::{Path, PathBuf};
use std::sync::Once;

use arrow_array::{Array, ArrayRef, LargeStringArray, RecordBatch};
use arrow_cast::{can_cast_types, cast};
use arrow_schema::{ArrowError, DataType, Field};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::{Row, new_row};
use crate::error::{Error, Result};
use crate::read::ColumnNames;
use crate::read::names::Role;

/// How many rows are held: whole articles of 100 KB still fit into a few megabytes.
const ROWS_AT_ONCE: usize = 64;

/// The rows of a Parquet table. Lines of errors and warnings are numbers of rows.
pub(super) struct ParquetRows {
    path: PathBuf,
    batches: ParquetRecordBatchReader,
    header: Vec<String>,
    /// The column of the text.
    text: usize,
    /// The columns of the rows that are held, as strings.
    columns: Vec<LargeStringArray>,
    /// The next row among those held, and from the start, from 0.
    at: usize,
    n_rows: usize,
    failed: bool,
}

impl ParquetRows {
    /// Makes ready to read a file.
    ///
    /// # Errors
    ///
    /// When it is no whole Parquet table, or has no column of strings for the text.
    pub(super) fn open(path: &Path, names: &ColumnNames) -> Result<ParquetRows> {
        let file = File::open(path).map_err(Error::io(path, "read"))?;
        // What a writer notes of its own types would only bring more types to read.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = sound(path, || ParquetRecordBatchReaderBuilder::try_new_with_options(file, options))?;
        let fields = builder.schema().fields();
        let wanted = |index: &usize| is_read(&fields[*index], names);
        let kept: Vec<usize> = (0..fields.len()).filter(wanted).collect();
        let header: Vec<String> = kept.iter().map(|&index| fields[index].name().clone()).collect();
        let Some(text) = names.find(Role::Text, &header) else {
            return Err(no_text(path, fields, names));
        };
        if !is_text(fields[kept[text]].data_type()) {
            return Err(no_text(path, fields, names));
        }
        if let Some((name, option)) = names.missing(|role| names.find(role, &header).is_some()) {
            return Err(no_column(path, fields, format!("a column `{name}` ({option})")));
        }
        let columns = ProjectionMask::roots(builder.parquet_schema(), kept);
        let builder = builder.with_projection(columns).with_batch_size(ROWS_AT_ONCE);
        let batches = sound(path, || builder.build())?;
        let path = path.to_path_buf();
        Ok(ParquetRows { path, batches, header, text, columns: Vec::new(), at: 0, n_rows: 0, failed: false })
    }

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// When a row has no text (the next call goes on behind it), or the rest of the file cannot be
    /// read.
    pub(super) fn next_row(&mut self, names: &ColumnNames) -> Result<Option<Row>> {
        while self.columns.first().is_none_or(|column| self.at >= column.len()) {
            if !self.next_batch()? {
                return Ok(None);
            }
        }
        let at = self.at;
        self.at += 1;
        self.n_rows += 1;
        let cell = |column: &LargeStringArray| column.is_valid(at).then(|| column.value(at).to_string());
        let Some(text) = cell(&self.columns[self.text]) else {
            let found = format!("a row whose `{}` is null", self.header[self.text]);
            let expected = "a string, which may be empty".to_string();
            return Err(Error::Row { path: self.path.clone(), line: self.n_rows, found, expected });
        };
        let of_role = |role| names.find(role, &self.header).and_then(|column| cell(&self.columns[column]));
        let roles = (of_role(Role::Label), of_role(Role::Id), of_role(Role::Doc));
        let named = self.header.iter().zip(&self.columns).enumerate();
        let others = named.filter(|&(column, _)| column != self.text);
        let fields = others.filter_map(|(_, (name, column))| Some((name.clone(), cell(column)?)));
        Ok(Some(new_row(self.n_rows, text, roles, fields.collect())))
    }

    /// Reads some rows; `false` at the end, also of what can be read.
    fn next_batch(&mut self) -> Result<bool> {
        if self.failed {
            return Ok(false);
        }
        let batches = &mut self.batches;
        let columns = sound(&self.path, || batches.next().map(|batch| strings(&batch?)).transpose());
        self.failed = columns.is_err();
        let Some(columns) = columns? else { return Ok(false) };
        (self.columns, self.at) = (columns, 0);
        Ok(true)
    }
}

/// Whether a column is read: simple values all, and bytes only where a role asks for them, for others
/// are pictures and the like.
fn is_read(field: &Field, names: &ColumnNames) -> bool {
    let is = |name: &&str| name.eq_ignore_ascii_case(field.name().trim());
    let has_role = || {
        [Role::Text, Role::Label, Role::Id, Role::Doc]
            .iter()
            .any(|&role| names.candidates(role).iter().any(is))
    };
    match field.data_type() {
        kind if kind.is_nested() => false,
        DataType::Binary | DataType::FixedSizeBinary(_) => has_role(),
        kind => can_cast_types(kind, &DataType::LargeUtf8),
    }
}

/// Whether a column may hold the text: strings, and bytes that nobody said to be strings.
fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary)
}

fn no_text(path: &Path, fields: &arrow_schema::Fields, names: &ColumnNames) -> Error {
    no_column(path, fields, format!("a column {} of strings", names.wanted_text()))
}

fn no_column(path: &Path, fields: &arrow_schema::Fields, expected: String) -> Error {
    let columns = fields.iter().take(12).map(|field| format!("{} ({})", field.name(), field.data_type()));
    Error::Columns { path: path.to_path_buf(), found: columns.collect::<Vec<_>>().join(", "), expected }
}

/// The columns of a batch as strings; a value that is none, such as bytes that are no UTF-8, is null.
fn strings(batch: &RecordBatch) -> std::result::Result<Vec<LargeStringArray>, ArrowError> {
    batch.columns().iter().map(as_strings).collect()
}

fn as_strings(column: &ArrayRef) -> std::result::Result<LargeStringArray, ArrowError> {
    let column = match column.data_type() {
        // The name of this zone needs a table of all zones; its offset does not.
        DataType::Timestamp(unit, Some(_)) => {
            cast(column, &DataType::Timestamp(*unit, Some("+00:00".into())))?
        }
        _ => ArrayRef::clone(column),
    };
    let strings = cast(&column, &DataType::LargeUtf8)?;
    let strings = strings.as_any().downcast_ref::<LargeStringArray>();
    strings.cloned().ok_or_else(|| ArrowError::CastError("the cast gave no strings".to_string()))
}

/// What `read` gives. On some damaged files the Parquet library panics, which is no more than an error
/// of the file: nothing of what it worked on is used again.
fn sound<T, E: std::fmt::Display>(
    path: &Path,
    read: impl FnOnce() -> std::result::Result<T, E>,
) -> Result<T> {
    let damaged = |what: String| Error::Parquet { path: path.to_path_buf(), what };
    match quietly(|| catch_unwind(AssertUnwindSafe(read))) {
        Ok(outcome) => outcome.map_err(|err| damaged(err.to_string())),
        Err(_) => Err(damaged("what stands in it contradicts itself".to_string())),
    }
}

thread_local! {
    /// Whether a panic of this thread is caught and told as an error.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, while panics of this thread print nothing.
///
/// The hook that prints is one for all threads, so ours asks the thread and else calls the one before it.
/// `work` must not unwind.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                before(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let outcome = work();
    IS_QUIET.set(false);
    outcome
}
