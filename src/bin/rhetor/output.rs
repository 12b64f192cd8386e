//! Where results go and in what format.

use std::borrow::Cow;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use rhetor::output::OutputFile;
use rhetor::read::Inputs;
use rhetor::report::{Format, Origin, Report};
use rhetor::summary::Profile;
use rhetor::{Article, Model, Outcome};

use crate::args::{FormatArg, Unit};
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
                let file = OutputFile::create(path)?;
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
    }
}

/// Records as text or as a Parquet table.
pub enum Results<'a> {
    Text {
        sink: Sink,
        report: &'a Report<'a>,
    },
    #[cfg(feature = "parquet")]
    Parquet(Box<rhetor::report::ParquetFile>),
}

impl<'a> Results<'a> {
    pub fn text(path: Option<&Path>, report: &'a Report<'a>, records: Unit) -> anyhow::Result<Self> {
        let mut sink = Sink::open(path)?;
        let header = match records {
            Unit::Paragraph => report.paragraph_header(),
            Unit::Article => report.profile_header(),
        };
        sink.write_report(report, &header)?;
        Ok(Results::Text { sink, report })
    }

    #[cfg(feature = "parquet")]
    pub fn parquet(
        path: Option<&Path>,
        model: &Model,
        records: Unit,
        keys: &[String],
    ) -> anyhow::Result<Self> {
        let Some(path) = path else {
            anyhow::bail!("--format parquet: found standard output, expected a file (-o FILE)");
        };
        let file = match records {
            Unit::Paragraph => rhetor::report::ParquetFile::of_paragraphs(path, model.labels(), model.id())?,
            Unit::Article => {
                rhetor::report::ParquetFile::of_profiles(path, model.labels(), model.id(), keys)?
            }
        };
        stop::set_temporary(file.temporary_path());
        Ok(Results::Parquet(Box::new(file)))
    }

    #[cfg(not(feature = "parquet"))]
    pub fn parquet(path: Option<&Path>, _: &Model, _: Unit, _: &[String]) -> anyhow::Result<Self> {
        let subject = path.map_or("--format parquet".to_string(), |path| path.display().to_string());
        anyhow::bail!("{subject}: this build has no Parquet support; build rhetor with `--features parquet`")
    }

    /// Whether results appear on a terminal at once.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Results::Text { sink, .. } if sink.is_terminal())
    }

    pub fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write_report(report, &report.article(article, outcomes)),
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => Ok(file.article(article, outcomes)?),
        }
    }

    pub fn profile(&mut self, profile: &Profile) -> anyhow::Result<()> {
        match self {
            Results::Text { sink, report } => sink.write_report(report, &report.profile(profile)),
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => Ok(file.profile(profile)?),
        }
    }

    /// Notes what made the results. Text has the model's id in every record instead, and so can be split and joined.
    #[cfg_attr(not(feature = "parquet"), expect(unused_variables))]
    pub fn note(&mut self, origin: &Origin) {
        match self {
            Results::Text { .. } => {}
            #[cfg(feature = "parquet")]
            Results::Parquet(file) => file.note(origin),
        }
    }
}

impl Finish for Results<'_> {
    fn finish(self, is_partial: bool) -> anyhow::Result<Option<PathBuf>> {
        match self {
            Results::Text { sink, .. } => sink.finish(is_partial),
            #[cfg(feature = "parquet")]
            Results::Parquet(mut file) => {
                let path = if is_partial { file.make_partial() } else { None };
                file.finish()?;
                Ok(path)
            }
        }
    }
}

/// Suffixes of formats that rhetor does not write: the content of such a file would not match its name.
const UNSUPPORTED: [&str; 15] = [
    "json", "tsv", "tab", "psv", "xls", "xlsx", "ods", "arrow", "feather", "avro", "orc", "gz", "gzip",
    "zst", "zstd",
];

/// The requested format, or that of the output's suffix, or a table on a terminal and JSONL elsewhere.
pub fn format(asked: Option<FormatArg>, path: Option<&Path>) -> anyhow::Result<FormatArg> {
    if let Some(format) = asked {
        return Ok(format);
    }
    let Some(path) = path else {
        let is_terminal = std::io::stdout().is_terminal();
        return Ok(if is_terminal { FormatArg::Table } else { FormatArg::Jsonl });
    };
    Ok(match suffix(path).as_str() {
        "csv" => FormatArg::Csv,
        "html" | "htm" => FormatArg::Html,
        "parquet" => FormatArg::Parquet,
        _ if is_folder(path) || is_archive(path) => FormatArg::Html,
        suffix if UNSUPPORTED.contains(&suffix) => anyhow::bail!(
            "{}: found the suffix `.{suffix}`, expected .jsonl, .csv, .html or .parquet; for another suffix, give --format",
            path.display()
        ),
        _ => FormatArg::Jsonl,
    })
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
