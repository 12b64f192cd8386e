//! The rows of a Parquet table, a few at a time.

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
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

use super::header::{Header, no_column};
use super::{Row, Source, bad_row};
use crate::error::{Error, Result, Warning};
use crate::read::{ColumnNames, Role};

/// How many rows are held at a time. Even if each is an article of 100 KB, they take only a few megabytes.
const ROWS_AT_ONCE: usize = 64;

/// The rows of a Parquet table. In errors, row numbers take the place of line numbers.
pub struct ParquetRows {
    path: PathBuf,
    batches: ParquetRecordBatchReader,
    header: Header,
    /// The columns of the rows that are held, as strings.
    columns: Vec<LargeStringArray>,
    /// The next row among those held.
    at: usize,
    n_rows: usize,
    failed: bool,
}

/// Whether a regular file is a Parquet table, judging by its first bytes. A file that cannot be read is reported when
/// it is opened.
pub fn is_parquet_file(path: &Path) -> bool {
    let mut magic = [0; 4];
    let is_read =
        path.is_file() && File::open(path).is_ok_and(|mut file| file.read_exact(&mut magic).is_ok());
    is_read && &magic == b"PAR1"
}

impl ParquetRows {
    /// Fails if the file is damaged or has no column of strings for the text.
    pub fn open(path: &Path, names: &ColumnNames) -> Result<ParquetRows> {
        let file = File::open(path).map_err(Error::io(path, "read"))?;
        // The Arrow schema that a writer may store would only add types to read.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder = checked(path, || ParquetRecordBatchReaderBuilder::try_new_with_options(file, options))?;
        let fields = builder.schema().fields();
        let is_wanted = |index: &usize| is_read(&fields[*index], names);
        let kept: Vec<usize> = (0..fields.len()).filter(is_wanted).collect();
        let columns: Vec<String> = kept.iter().map(|&index| fields[index].name().clone()).collect();
        let typed = || fields.iter().map(|field| format!("{} ({})", field.name(), field.data_type()));
        let mut header = Header::new(columns, names).map_err(|name| {
            // A nested column exists but cannot be read.
            let is_there = fields.iter().any(|field| format!("`{}`", field.name()) == name);
            no_column(path, &format!("{name}{}", if is_there { " of strings" } else { "" }), typed())
        })?;
        header.numeric = kept.iter().map(|&index| is_number(fields[index].data_type())).collect();
        if !is_text(fields[kept[header.text]].data_type()) {
            return Err(no_column(path, &format!("{} of strings", names.text_name()), typed()));
        }
        let mask = ProjectionMask::roots(builder.parquet_schema(), kept);
        let builder = builder.with_projection(mask).with_batch_size(ROWS_AT_ONCE);
        let batches = checked(path, || builder.build())?;
        let path = path.to_path_buf();
        Ok(ParquetRows { path, batches, header, columns: Vec::new(), at: 0, n_rows: 0, failed: false })
    }
}

impl Source for ParquetRows {
    /// Also fails if a row has no text.
    fn next_row(&mut self) -> Result<Option<Row>> {
        while self.columns.first().is_none_or(|column| self.at >= column.len()) {
            if self.failed {
                return Ok(None);
            }
            let batches = &mut self.batches;
            let columns = checked(&self.path, || batches.next().map(|batch| strings(&batch?)).transpose());
            self.failed = columns.is_err();
            let Some(columns) = columns? else { return Ok(None) };
            (self.columns, self.at) = (columns, 0);
        }
        let at = self.at;
        self.at += 1;
        self.n_rows += 1;
        let cell = |index: usize| {
            let column = &self.columns[index];
            column.is_valid(at).then(|| column.value(at).to_string())
        };
        let Some(text) = cell(self.header.text) else {
            let found = format!("a row whose `{}` is null", self.header.columns[self.header.text]);
            return Err(bad_row(&self.path, self.n_rows, found, "a string, which may be empty"));
        };
        Ok(Some(self.header.row(self.n_rows, text, cell)))
    }

    fn take_warnings(&mut self) -> Vec<Warning> {
        Vec::new()
    }
}

/// Whether a column is read: all simple values are, but bytes only in a column with a role, because other bytes are
/// pictures and the like.
fn is_read(field: &Field, names: &ColumnNames) -> bool {
    let has_role = || {
        let roles = [Role::Text, Role::Label, Role::Id, Role::Doc].into_iter();
        let mut candidates = roles.flat_map(|role| names.candidates(role));
        candidates.any(|name| name.eq_ignore_ascii_case(field.name().trim()))
    };
    match field.data_type() {
        kind if kind.is_nested() => false,
        DataType::Binary | DataType::FixedSizeBinary(_) => has_role(),
        kind => can_cast_types(kind, &DataType::LargeUtf8),
    }
}

/// Whether a column may hold the text: strings, or bytes that were not declared as strings.
fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Binary)
}

/// Whether JSON has its values as numbers; decimals would lose digits.
fn is_number(kind: &DataType) -> bool {
    kind.is_integer() || kind.is_floating()
}

/// The columns of a batch as strings. A value that has no string, such as bytes that are not UTF-8, is null.
fn strings(batch: &RecordBatch) -> std::result::Result<Vec<LargeStringArray>, ArrowError> {
    batch.columns().iter().map(as_strings).collect()
}

fn as_strings(column: &ArrayRef) -> std::result::Result<LargeStringArray, ArrowError> {
    let column = match column.data_type() {
        // A named time zone would need a table of zones; UTC as an offset does not.
        DataType::Timestamp(unit, Some(_)) => {
            cast(column, &DataType::Timestamp(*unit, Some("+00:00".into())))?
        }
        _ => ArrayRef::clone(column),
    };
    let strings = cast(&column, &DataType::LargeUtf8)?;
    let strings = strings.as_any().downcast_ref::<LargeStringArray>();
    strings.cloned().ok_or_else(|| ArrowError::CastError("the cast gave no strings".to_string()))
}

thread_local! {
    /// Whether a panic of this thread is caught and returned as an error.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The result of `read`, with a panic as an error: the Parquet library panics on some damaged files. Nothing that it
/// was working on is used again. Such a panic prints nothing: the panic hook is global, so ours looks at a flag of the
/// thread and otherwise calls the hook before it.
fn checked<T, E: std::fmt::Display>(
    path: &Path,
    read: impl FnOnce() -> std::result::Result<T, E>,
) -> Result<T> {
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
    let outcome = catch_unwind(AssertUnwindSafe(read));
    IS_QUIET.set(false);
    let what = match outcome {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(err)) => err.to_string(),
        Err(_) => "its content is inconsistent".to_string(),
    };
    Err(Error::Parquet { path: path.to_path_buf(), what })
}
