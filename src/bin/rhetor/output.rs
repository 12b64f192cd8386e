//! Where results go and in what format.

use std::borrow::Cow;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use rhetor::output::OutputFile;
use rhetor::read::Inputs;
use rhetor::report::{Format, PassedColumns, Report};

use crate::args::FormatArg;
use crate::stop::{self, Finish};
use crate::terminal;

/// Standard output or a file, for text.
pub enum Sink {
    Stdout {
        out: BufWriter<AutoStream<StdoutLock<'static>>>,
        is_terminal: bool,
    },
    /// Appears when it is finished.
    File(OutputFile),
}

impl Sink {
    pub fn open(path: Option<&Path>) -> anyhow::Result<Sink> {
        Ok(match path {
            None => {
                // Bytes pass unchanged, except that styles become API calls on an old Windows terminal.
                let color = terminal::styles(false).color;
                let choice = if color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
                let out = BufWriter::new(AutoStream::new(std::io::stdout().lock(), choice));
                Sink::Stdout { out, is_terminal: std::io::stdout().is_terminal() }
            }
            Some(path) => {
                let file = OutputFile::create_by_suffix(path)?;
                stop::set_temporary(file.temporary_path());
                Sink::File(file)
            }
        })
    }

    /// Whether text appears on a terminal at once.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Sink::Stdout { is_terminal: true, .. })
    }

    /// Writes text. Control characters are kept in files and pipes but replaced on a terminal.
    pub fn write(&mut self, text: &str) -> anyhow::Result<()> {
        let text = if self.is_terminal() { terminal::printable(text) } else { Cow::Borrowed(text) };
        self.write_styled(&text)
    }

    /// Writes styled text from which the control characters of the input have been removed.
    pub fn write_styled(&mut self, text: &str) -> anyhow::Result<()> {
        match self {
            Sink::Stdout { out, .. } => out.write_all(text.as_bytes()).map_err(stdout_error())?,
            Sink::File(file) => file.write(text.as_bytes())?,
        }
        Ok(())
    }

    /// Writes lines of a report; those of tables have styles.
    pub fn write_report(&mut self, report: &Report<'_>, lines: &str) -> anyhow::Result<()> {
        match report.format {
            Format::Table => self.write_styled(lines),
            _ => self.write(lines),
        }
    }
}

impl Finish for Sink {
    fn finish(self, is_partial: bool) -> anyhow::Result<Option<PathBuf>> {
        match self {
            Sink::Stdout { mut out, .. } => {
                out.flush().map_err(stdout_error())?;
                Ok(None)
            }
            Sink::File(mut file) => {
                let path = if is_partial { file.make_partial() } else { None };
                file.finish()?;
                Ok(path)
            }
        }
    }
}

fn stdout_error() -> impl FnOnce(std::io::Error) -> rhetor::Error {
    rhetor::Error::io(Path::new("standard output"), "write")
}

/// A report in `format` for the terminal or the file `path`.
pub fn report<'a>(format: Format, labels: &'a [String], path: Option<&Path>) -> Report<'a> {
    Report {
        format,
        labels,
        model: "",
        keys: &[],
        width: terminal::width(),
        keep_dropped: false,
        styles: terminal::styles(path.is_some()),
        no_text: false,
        passed: PassedColumns::default(),
    }
}

/// Suffixes of formats that rhetor does not write: the content of such a file would not match its name.
const UNSUPPORTED: [&str; 13] =
    ["json", "tsv", "tab", "psv", "xls", "xlsx", "ods", "arrow", "feather", "avro", "orc", "gzip", "zstd"];

/// The requested format, or that of the output's suffix, or a table on a terminal and JSONL elsewhere.
pub fn format(asked: Option<FormatArg>, path: Option<&Path>) -> anyhow::Result<FormatArg> {
    let Some(path) = path else {
        let is_terminal = std::io::stdout().is_terminal();
        return Ok(asked.unwrap_or(if is_terminal { FormatArg::Table } else { FormatArg::Jsonl }));
    };
    let is_compressed = ["gz", "zst"].contains(&suffix(path).as_str());
    let inner = if is_compressed { path.with_extension("") } else { path.to_path_buf() };
    let format = match asked {
        Some(format) => format,
        None => match suffix(&inner).as_str() {
            "csv" => FormatArg::Csv,
            "html" | "htm" => FormatArg::Html,
            "parquet" => FormatArg::Parquet,
            _ if is_folder(path) || is_archive(path) => FormatArg::Html,
            suffix if UNSUPPORTED.contains(&suffix) => anyhow::bail!(
                "{}: found the suffix `.{suffix}`, expected .jsonl, .csv, .html or .parquet; for another suffix, give --format",
                path.display()
            ),
            _ => FormatArg::Jsonl,
        },
    };
    if is_compressed && matches!(format, FormatArg::Html | FormatArg::Parquet) {
        anyhow::bail!("{}: only JSONL, CSV and tables can be compressed by suffix", path.display());
    }
    Ok(format)
}

/// Whether a path names a folder: it ends with a separator, or a folder exists there.
pub fn is_folder(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) || path.is_dir()
}

/// Whether a path names a ZIP archive of a folder of pages.
pub fn is_archive(path: &Path) -> bool {
    suffix(path) == "zip" && !path.is_dir()
}

/// The suffix of a path in lower case, or an empty text.
pub fn suffix(path: &Path) -> String {
    path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// Refuses to overwrite an input.
pub fn check_not_input(path: Option<&Path>, inputs: &Inputs) -> anyhow::Result<()> {
    let Some(path) = path.filter(|path| path.is_file()) else { return Ok(()) };
    let written = path.canonicalize().ok();
    let is_read =
        |input: &PathBuf| input.file_name() == path.file_name() && input.canonicalize().ok() == written;
    if inputs.files.iter().any(is_read) {
        anyhow::bail!("-o {}: found one of the inputs, expected another file", path.display());
    }
    Ok(())
}
