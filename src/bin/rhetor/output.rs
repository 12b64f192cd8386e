//! Where results and talk go, and what the exit code says.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use rhetor::{Format, Inputs, Reading, Report, Styles};

use crate::args::{FormatArg, ThreadArgs};
use crate::finish::{Finish, Kept};
use crate::{bar, terminal};

/// Says a line on stderr; when nobody can hear it, nothing is lost.
///
/// It may hold the name of a file or what was found in one, so nothing in it reaches a terminal as more
/// than text.
pub(crate) fn say(line: &str) {
    let _ = bar::above(|| writeln!(std::io::stderr().lock(), "{}", shown(line)));
}

/// Says a line that is no warning and no error, unless nobody wants to hear it.
pub(crate) fn note(line: &str) {
    if !terminal::is_quiet() {
        say(line);
    }
}

/// `text` with U+FFFD for the control characters that could move the cursor or give commands to a terminal.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let is_command = |c: char| c.is_control() && c != '\n' && c != '\t';
    match text.contains(is_command) {
        true => Cow::Owned(text.replace(is_command, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// Says what was read, but not as it stands in its file.
pub(crate) fn warn(warnings: &[rhetor::Warning]) {
    warnings.iter().for_each(|warning| say(&format!("rhetor: {warning}")));
}

/// Where results go.
pub(crate) enum Sink {
    Stdout {
        out: BufWriter<AutoStream<StdoutLock<'static>>>,
        /// A terminal gets no control characters, a pipe what stands in the inputs.
        is_terminal: bool,
    },
    File(rhetor::OutputFile),
}

impl Sink {
    /// Standard output, or a file that appears when [`Finish::finish`] is called.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Sink> {
        Ok(match path {
            None => Sink::Stdout {
                out: BufWriter::new(stdout(terminal::styles(false))),
                is_terminal: std::io::stdout().is_terminal(),
            },
            Some(path) => Sink::File(rhetor::OutputFile::create(path)?),
        })
    }

    /// Whether what is written appears on a terminal at once.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Sink::Stdout { is_terminal: true, .. })
    }

    pub(crate) fn write(&mut self, text: &str) -> anyhow::Result<()> {
        let text = if self.is_terminal() { shown(text) } else { Cow::Borrowed(text) };
        self.write_styled(&text)
    }

    /// Writes text whose control characters are our own styles: what stood in inputs is shown already.
    pub(crate) fn write_styled(&mut self, text: &str) -> anyhow::Result<()> {
        match self {
            Sink::Stdout { out, .. } => out.write_all(text.as_bytes()).map_err(unwritten)?,
            Sink::File(file) => file.write(text.as_bytes())?,
        }
        Ok(())
    }

    /// Writes lines of a report; its tables hold no control characters but their styles.
    pub(crate) fn write_report(&mut self, report: &Report<'_>, lines: &str) -> anyhow::Result<()> {
        match report.format {
            Format::Table => self.write_styled(lines),
            _ => self.write(lines),
        }
    }
}

impl Finish for Sink {
    fn finish(self) -> anyhow::Result<()> {
        match self {
            Sink::Stdout { mut out, .. } => out.flush().map_err(unwritten)?,
            Sink::File(file) => file.finish()?,
        }
        Ok(())
    }

    fn finish_partial(mut self) -> anyhow::Result<Kept> {
        let path = match &mut self {
            Sink::Stdout { .. } => None,
            Sink::File(file) => file.make_partial(),
        };
        self.finish()?;
        Ok(path.map_or(Kept::Written, Kept::InFile))
    }
}

/// Standard output, through which every byte passes as it is; where there are styles and the terminal is an
/// old one of Windows, they become calls to it.
fn stdout(styles: Styles) -> AutoStream<StdoutLock<'static>> {
    let choice = if styles.color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
    AutoStream::new(std::io::stdout().lock(), choice)
}

/// A failure to write to standard output, with its name.
fn unwritten(source: std::io::Error) -> rhetor::Error {
    rhetor::Error::Io { path: PathBuf::from("standard output"), action: "write", source }
}

/// What went wrong so far and how much went right.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    n_done: usize,
    n_failed: usize,
    hints: BTreeSet<&'static str>,
    /// Whether results appear on the terminal as they come, which leaves no room for a line of progress.
    pub(crate) shows_results: bool,
}

impl Progress {
    /// Counts something that was done whole.
    pub(crate) fn done(&mut self) {
        self.n_done += 1;
    }

    /// Says what of an input was not read, or not as it stands there.
    pub(crate) fn told(&mut self, reading: &Reading) {
        warn(&reading.warnings);
        reading.errors.iter().for_each(|error| self.failed(error));
    }

    /// Says what failed, and its hint once.
    pub(crate) fn failed(&mut self, error: &rhetor::Error) {
        say(&format!("rhetor: {error}"));
        if let Some(hint) = error.hint().filter(|hint| self.hints.insert(hint)) {
            say(&format!("hint: {hint}"));
        }
        self.n_failed += 1;
    }

    /// Whether nothing at all could be done.
    pub(crate) fn is_nothing(&self) -> bool {
        self.n_done == 0
    }

    /// 0 all done, 1 some failed, 2 nothing done.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match (self.n_done, self.n_failed) {
            (0, _) => ExitCode::from(2),
            (_, 0) => ExitCode::SUCCESS,
            _ => ExitCode::from(1),
        }
    }
}

/// The files that `paths` stand for, standard input when there are none; failures and skipped
/// files are said.
pub(crate) fn inputs(paths: &[PathBuf], progress: &mut Progress) -> anyhow::Result<Inputs> {
    if paths.is_empty() && std::io::stdin().is_terminal() {
        anyhow::bail!("nothing to read: name files or folders, or pipe text in (see `rhetor --help`)");
    }
    let stdin = [PathBuf::from("-")];
    let inputs = rhetor::find_inputs(if paths.is_empty() { &stdin } else { paths });
    inputs.errors.iter().for_each(|error| progress.failed(error));
    say_skipped(&inputs.skipped, "no text by their names");
    say_skipped(&inputs.special, NO_FILES);
    Ok(inputs)
}

/// Refuses to write over a file that is read.
pub(crate) fn check_not_read(output: Option<&Path>, inputs: &Inputs) -> anyhow::Result<()> {
    let Some(path) = output.filter(|path| path.is_file()) else { return Ok(()) };
    let written = path.canonicalize().ok();
    let is_read =
        |input: &PathBuf| input.file_name() == path.file_name() && input.canonicalize().ok() == written;
    if inputs.files.iter().any(is_read) {
        anyhow::bail!("-o {}: found one of the inputs, expected another file", path.display());
    }
    Ok(())
}

/// What else than files a folder may hold.
const NO_FILES: &str = "pipes, devices or links that are not followed; name them to read them";

/// Names the files that were passed over.
pub(crate) fn say_skipped(skipped: &[PathBuf], why: &str) {
    const MOST: usize = 3;
    if skipped.is_empty() {
        return;
    }
    let names: Vec<String> = skipped.iter().take(MOST).map(|path| path.display().to_string()).collect();
    let more =
        if skipped.len() > MOST { format!(" and {} more", skipped.len() - MOST) } else { String::new() };
    say(&format!("rhetor: skipped {} ({why}): {}{more}", skipped.len(), names.join(", ")));
}

/// The corpus at `paths`; what could not be read or has no labels is said.
pub(crate) fn corpus(
    paths: &[PathBuf],
    names: &rhetor::ColumnNames,
    progress: &mut Progress,
) -> rhetor::Corpus {
    let corpus = rhetor::Corpus::read(paths, names);
    warn(&corpus.warnings);
    corpus.errors.iter().for_each(|error| progress.failed(error));
    say_skipped(&corpus.skipped, "no labelled text");
    say_skipped(&corpus.special, NO_FILES);
    corpus
}

/// What a file's name promises that is not written: one JSON value, other tables, and packed files.
const UNWRITTEN: [&str; 15] = [
    "json", "tsv", "tab", "psv", "xls", "xlsx", "ods", "arrow", "feather", "avro", "orc", "gz", "gzip",
    "zst", "zstd",
];

/// The form of results: what makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines of text.
    Text(Format),
    Html,
    Parquet,
}

/// The form asked for, or that the output's name tells; else a table on a terminal and JSONL elsewhere.
///
/// # Errors
///
/// When no form is asked for and the name promises one that is not written.
pub(crate) fn form(asked: Option<FormatArg>, output: Option<&Path>) -> anyhow::Result<Form> {
    let suffix = suffix(output);
    Ok(match (asked, suffix.as_str()) {
        (Some(FormatArg::Table), _) => Form::Text(Format::Table),
        (Some(FormatArg::Jsonl), _) => Form::Text(Format::Jsonl),
        (Some(FormatArg::Csv), _) | (None, "csv") => Form::Text(Format::Csv),
        (Some(FormatArg::Html), _) | (None, "html" | "htm") => Form::Html,
        (Some(FormatArg::Parquet), _) | (None, "parquet") => Form::Parquet,
        (None, _) if output.is_some_and(is_folder) => Form::Html,
        (None, suffix) if UNWRITTEN.contains(&suffix) => {
            let path = output.unwrap_or(Path::new("-")).display();
            anyhow::bail!(
                "{path}: found the suffix `.{suffix}`, expected .jsonl, .csv, .html or .parquet; or name one with --format"
            )
        }
        (None, _) if std::io::stdout().is_terminal() && output.is_none() => Form::Text(Format::Table),
        (None, _) => Form::Text(Format::Jsonl),
    })
}

/// Whether a path names a folder: by the sign at its end, or because it is one.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.as_os_str().to_string_lossy().ends_with(std::path::is_separator) || path.is_dir()
}

/// What stands behind the last dot of the output's name, in small letters; nothing where there is none.
pub(crate) fn suffix(output: Option<&Path>) -> String {
    let suffix = output.and_then(Path::extension).and_then(|suffix| suffix.to_str());
    suffix.unwrap_or_default().to_ascii_lowercase()
}

/// The largest file, in bytes, that is labelled before a second thread would be awake.
const SMALL: u64 = 64 << 10;

/// Sets how many threads work on these paths; a small file alone has one, unless told otherwise.
pub(crate) fn set_threads(args: &ThreadArgs, paths: &[PathBuf]) -> anyhow::Result<()> {
    const MOST: usize = 256;
    let n_threads = match args.threads {
        Some(n) if !(1..=MOST).contains(&n) => {
            anyhow::bail!("--threads: found {n}, expected a number from 1 to {MOST}")
        }
        Some(n_threads) => n_threads,
        None if is_small(paths) => 1,
        None => 0,
    };
    rayon::ThreadPoolBuilder::new().num_threads(n_threads).build_global().context("cannot start threads")
}

fn is_small(paths: &[PathBuf]) -> bool {
    let is_small =
        |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= SMALL);
    matches!(paths, [path] if is_small(path))
}

/// The model at `path`, or the embedded one.
pub(crate) fn model(path: Option<&Path>) -> anyhow::Result<rhetor::Model> {
    Ok(match path {
        Some(path) => rhetor::Model::load(path)?,
        None => rhetor::Model::embedded()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_commands() {
        assert_eq!(
            shown("a\u{1b}[31m\0\u{7}\u{9b}2J\u{7f}\r"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}2J\u{fffd}\u{fffd}"
        );
        assert_eq!(shown("café\t\u{202e}1\n"), "café\t\u{202e}1\n");
    }
}
