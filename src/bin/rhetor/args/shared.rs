//! Arguments that several commands have in common.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The columns of a table.
#[derive(Debug, clap::Args)]
pub struct ColumnArgs {
    /// Column of the text; in JSON, `a.b` is a key inside an object [default: `text`, `body`,
    /// `content` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    text_column: Option<String>,
    /// Column of the row's identifier [default: `id`, `url` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    id_column: Option<String>,
    /// Column whose value the rows of one article share [default: `doc`]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    doc_column: Option<String>,
    /// Delimiter of CSV columns: one character, or `tab` [default: detected in the first rows]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "Columns")]
    delimiter: Option<u8>,
}

impl ColumnArgs {
    /// The column names for the library; `label` where labels are read.
    pub fn names(&self, label: Option<&str>) -> rhetor::read::ColumnNames {
        rhetor::read::ColumnNames {
            text: self.text_column.clone(),
            label: label.map(str::to_string),
            id: self.id_column.clone(),
            doc: self.doc_column.clone(),
            delimiter: self.delimiter,
        }
    }
}

fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [char] if char.is_ascii() && !b"\"\r\n".contains(char) => Ok(*char),
        _ => Err("expected one ASCII character other than a quotation mark, or `tab`".to_string()),
    }
}

#[derive(Debug, clap::Args)]
pub struct ThreadArgs {
    /// Number of threads; results do not depend on it [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
}

/// Up to this size, in bytes, a file is labelled before a second thread would be running.
const SMALL_FILE: u64 = 64 << 10;

impl ThreadArgs {
    /// Starts the threads of the process: as many as asked for, one for a single small file, or one per core.
    pub fn start(&self, paths: &[PathBuf]) -> anyhow::Result<()> {
        const MAX_THREADS: usize = 256;
        let is_small = |path: &PathBuf| {
            std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= SMALL_FILE)
        };
        let n_threads = match self.threads {
            Some(n) if !(1..=MAX_THREADS).contains(&n) => {
                anyhow::bail!("--threads: found {n}, expected a number from 1 to {MAX_THREADS}")
            }
            Some(n_threads) => n_threads,
            None if matches!(paths, [path] if is_small(path)) => 1,
            None => 0,
        };
        rayon::ThreadPoolBuilder::new().num_threads(n_threads).build_global().context("cannot start threads")
    }
}

/// The file of an output argument; `None` for standard output, which `-` also names.
pub fn file(output: &Option<PathBuf>) -> Option<&Path> {
    output.as_deref().filter(|path| *path != Path::new("-"))
}
