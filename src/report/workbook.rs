//! Rows as the first sheet of an Excel workbook.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use super::field::{Field, Value, in_columns};
use crate::error::{Error, Result};

/// The widths of columns, in characters of the standard font.
const TEXT_WIDTH: u16 = 90;

/// A workbook with a header and a row for each of `rows`. The same rows give the same bytes.
///
/// # Errors
///
/// If a text has more characters than a cell can hold (32,767), or there are more than 1,048,575 rows.
pub fn workbook<R>(fields: &[Field<R>], rows: impl Iterator<Item = R>) -> Result<Vec<u8>> {
    write(fields, rows).map_err(|error| Error::Setting {
        setting: "workbook",
        found: match error {
            XlsxError::MaxStringLengthExceeded => "a text of more than 32,767 characters".to_string(),
            XlsxError::RowColumnLimitError => "more than 1,048,575 rows".to_string(),
            other => other.to_string(),
        },
        expected: "rows that fit into a sheet; CSV and JSONL have no limit",
    })
}

fn write<R>(fields: &[Field<R>], rows: impl Iterator<Item = R>) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date instead of that of the run.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    for (column, field) in (0..).zip(in_columns(fields)) {
        sheet.write_string_with_format(0, column, &*field.name, &bold)?;
        if field.name == "text" {
            sheet.set_column_width(column, TEXT_WIDTH)?;
        }
    }
    for (number, row) in (1..).zip(rows) {
        for (column, field) in (0..).zip(in_columns(fields)) {
            match field.value(&row) {
                Value::Text(text) if field.name == "text" => {
                    sheet.write_string_with_format(number, column, text, &wrapped)?
                }
                // A string is never a formula, whatever it begins with.
                Value::Text(text) => sheet.write_string(number, column, text)?,
                Value::Integer(integer) => sheet.write_number(number, column, integer as f64)?,
                Value::Real(real) => sheet.write_number(number, column, real)?,
                Value::Bool(value) => sheet.write_boolean(number, column, value)?,
                _ => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}
