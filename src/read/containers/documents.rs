//! Office documents and books: ZIP archives whose entries say what they are.

use super::package::Package;
use super::{Members, docx, epub, odt};
use crate::error::{Error, Result};
use crate::read::archive::Bytes;

/// An archive whose form is known.
pub enum Opened {
    Members(Members),
    /// A workbook, whose first sheet is a table.
    Sheet(Package),
}

/// Opens an archive. Fails if it is damaged or too large, or is no document.
pub fn open(bytes: Bytes) -> Result<Opened> {
    let mut package = Package::new(bytes)?;
    let path = package.path.clone();
    let media_type = package.read("mimetype")?.unwrap_or_default();
    let media_type = String::from_utf8_lossy(&media_type).trim().to_string();
    if package.names().any(|name| docx::is_document(&name)) {
        package.form = "Word document";
        let document = docx::open(package)?;
        let is_collection = document.len() > 1;
        return Ok(Opened::Members(Members::new(&path, Box::new(document), "document", is_collection)));
    }
    if package.has("xl/workbook.xml") {
        package.form = "Excel workbook";
        package.check_size()?;
        return Ok(Opened::Sheet(package));
    }
    if media_type == "application/epub+zip" || package.has("META-INF/container.xml") {
        package.form = "EPUB book";
        return Ok(Opened::Members(Members::new(&path, Box::new(epub::open(package)?), "chapter", true)));
    }
    if media_type.starts_with("application/vnd.oasis.opendocument.text") {
        package.form = "OpenDocument text";
        return Ok(Opened::Members(Members::new(&path, Box::new(odt::open(package)?), "document", false)));
    }
    let (found, cure) = match media_type.as_str() {
        _ if package.names().any(|name| name.starts_with("ppt/")) => {
            ("a PowerPoint presentation", "save it as text or HTML first")
        }
        _ if package.has("xl/workbook.bin") => ("a binary Excel workbook", "save it as .xlsx or CSV first"),
        "application/vnd.oasis.opendocument.spreadsheet" => {
            ("an OpenDocument spreadsheet", "save it as .xlsx or CSV first")
        }
        name if name.starts_with("application/vnd.oasis") => {
            ("an OpenDocument file without text", "save it as text or HTML first")
        }
        _ => ("a ZIP archive", "unpack it first and read the unpacked files"),
    };
    Err(Error::Binary { path, found, cure })
}
