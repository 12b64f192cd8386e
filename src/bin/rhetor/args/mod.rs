//! The arguments of the command line.

mod articles;
mod corpus;
mod labels;
#[cfg(feature = "serve")]
mod server;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use rhetor::read::{ColumnNames, KeptColumns};

pub use articles::{Explain, FormatArg, ReadArgs, ScoreArgs, Unit};
pub use corpus::{CorpusArgs, EvaluateArgs, EvaluationFormat, TrainArgs};
pub use labels::{AgreeArgs, CheckLabelsArgs, FormArg, SampleArgs};
#[cfg(feature = "serve")]
pub use server::{LabelArgs, ServeArgs};

/// Label every paragraph of an article as report, advocacy or analysis, with calibrated
/// probabilities and the exact evidence for each label. Works on English text.
#[derive(Debug, Parser)]
#[command(name = "rhetor", version, max_term_width = 80, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub terminal: TerminalArgs,
}

/// The exit codes of all commands, for --help and the manual.
pub const EXIT_CODES: &str = "Exit codes: 0 if everything succeeded, 1 if some inputs failed, 2 if nothing was done, \
130 when interrupted, 143 when terminated, 129 when the terminal was closed.";

impl Args {
    /// The arguments of this process. Exits if they are invalid or ask for help.
    pub fn of_process() -> Args {
        let matches = Args::checked_command().color(color_of_help()).get_matches();
        Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The definitions of all arguments.
    ///
    /// `evaluate` fits models only in cross-validation, so its fit options need --cross-validate, except for the seed,
    /// which the intervals use, too.
    pub fn checked_command() -> clap::Command {
        let needs_fit = |arg: clap::Arg| match arg.get_help_heading() == Some("Fit") && arg.get_id() != "seed"
        {
            true => arg.requires("cross_validate"),
            false => arg,
        };
        Args::command().mut_subcommand("evaluate", |evaluate| evaluate.mut_args(needs_fit))
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Label the paragraphs of articles
    Score(ScoreArgs),
    /// Show the blocks of an input and which of them the filter drops, without labels
    Read(ReadArgs),
    /// Train a model on labelled text
    Train(TrainArgs),
    /// Measure a model, or a training recipe, on labelled text
    Evaluate(EvaluateArgs),
    /// Draw paragraphs for people to label
    Sample(SampleArgs),
    /// Measure how well coders agree
    Agree(AgreeArgs),
    /// Find labels that are probably wrong, and texts that occur more than once
    CheckLabels(CheckLabelsArgs),
    /// Show a model's card and its strongest features
    Inspect(InspectArgs),
    /// Print a BibTeX entry for rhetor that names the model and its id
    Cite(CiteArgs),
    /// Label paragraphs by hand, on a page in the browser
    #[cfg(feature = "serve")]
    Label(LabelArgs),
    /// Answer requests for labels on this machine: a page and an HTTP API
    #[cfg(feature = "serve")]
    Serve(ServeArgs),
    /// Print a shell completion script
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page of rhetor, or write the pages of all commands
    Man {
        /// Write a page for rhetor and one for each command to this folder
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub struct TerminalArgs {
    /// When to use colours in tables and help; `auto` follows the terminal and the variables
    /// NO_COLOR, CLICOLOR and TERM
    #[arg(long, value_name = "WHEN", global = true, default_value_t = ColorChoice::Auto, help_heading = "Terminal")]
    pub color: ColorChoice,
    /// Print only warnings and errors on standard error: no progress bar, no summaries
    #[arg(short, long, global = true, help_heading = "Terminal")]
    pub quiet: bool,
}

/// The value of --color, read before the arguments are parsed, because help and argument errors are coloured as well.
fn color_of_help() -> ColorChoice {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let value_of = |(index, arg): (usize, &String)| match arg.strip_prefix("--color") {
        Some("") => args.get(index + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_string),
        None => None,
    };
    let options = args.iter().enumerate().take_while(|(_, arg)| *arg != "--");
    let choice = options.filter_map(value_of).last();
    choice.and_then(|choice| ColorChoice::from_str(&choice, false).ok()).unwrap_or_default()
}

#[derive(Debug, clap::Args)]
pub struct CiteArgs {
    /// Model file [default: built-in model]
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct InspectArgs {
    /// Model file [default: built-in model]
    #[arg(value_name = "MODEL")]
    pub model: Option<PathBuf>,
    /// Number of features to show per label and feature group
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub top: usize,
    /// Output format [default: table, or the one of FILE's suffix]
    #[arg(short, long, value_enum)]
    pub format: Option<CardFormat>,
    /// Write the card to FILE instead of standard output. The suffixes .html and .json select the
    /// format unless --format is given
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CardFormat {
    /// Text for a terminal
    Table,
    /// A self-contained page for a browser
    Html,
    /// One JSON object
    Json,
}

/// The columns of a table.
#[derive(Debug, clap::Args)]
pub struct ColumnArgs {
    /// Column of the text; in JSON, `a.b` is a key inside an object, and each object in the array of
    /// `a[].b` is a row [default: `text`, `body`, `content` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    text_column: Option<String>,
    /// Column of the row's identifier [default: `id`, `url` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    id_column: Option<String>,
    /// Column whose value the rows of one article share [default: `doc`]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    doc_column: Option<String>,
    /// Delimiter of CSV columns: one character, or `tab` [default: detected from the first rows]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter, help_heading = "Columns")]
    delimiter: Option<u8>,
    /// Encoding of the files, such as windows-1252, utf-16le or macintosh [default: detected]
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<String>,
}

impl ColumnArgs {
    /// The column names for the library.
    pub fn names(&self) -> ColumnNames {
        ColumnNames {
            text: self.text_column.clone(),
            label: None,
            id: self.id_column.clone(),
            doc: self.doc_column.clone(),
            delimiter: self.delimiter,
            encoding: self.encoding.clone(),
            kept: KeptColumns::None,
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

fn parse_encoding(name: &str) -> Result<String, String> {
    match rhetor::read::is_encoding(name) {
        true => Ok(name.to_string()),
        false => {
            Err("expected a name such as utf-8, windows-1252, utf-16le, macintosh or shift_jis".to_string())
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct ThreadArgs {
    /// Number of threads; results do not depend on it [default: all cores]
    #[arg(short, long, value_name = "N")]
    threads: Option<usize>,
}

/// A file of up to this many bytes is labelled before a second thread could start.
const SMALL_FILE: u64 = 64 << 10;

impl ThreadArgs {
    /// Starts the threads of the process: the number asked for, one for a single small file, otherwise one per core.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Args::checked_command().debug_assert();
    }
}
