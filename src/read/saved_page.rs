//! The folders that browsers save beside a page.

use std::path::{Path, PathBuf};

/// The page whose pictures, style sheets and frames a browser saved in this folder; `None` for other folders.
pub fn page_of(folder: &Path) -> Option<PathBuf> {
    // Browsers use one of these in English, French, German and Spanish.
    const ENDINGS: [&str; 4] = ["_files", "_fichiers", "-Dateien", "_archivos"];
    let name = folder.file_name()?.to_str()?;
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))?;
    let pages =
        ["html", "htm", "xhtml"].map(|extension| folder.with_file_name(format!("{stem}.{extension}")));
    pages.into_iter().find(|page| page.is_file())
}
