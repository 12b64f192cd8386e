//! The arguments of the command line.

mod articles;
mod corpus;
mod shared;

use std::path::{Path, PathBuf};

use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use articles::{FormatArg, ReadArgs, ScoreArgs, Unit};
pub use corpus::{CorpusArgs, EvaluateArgs, EvaluationFormat, TrainArgs};

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
    /// The arguments of this process; ends it where they are wrong or ask for help.
    pub fn of_process() -> Args {
        let matches = Args::checked_command().color(color_of_help()).get_matches();
        Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The definitions of all arguments.
    ///
    /// `evaluate` fits models only in cross-validation, so there its fit options need --cross-validate, except for
    /// the seed of the intervals.
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
    /// Show a model's card and its strongest features
    Inspect(InspectArgs),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Print the manual page of rhetor, or write the pages of all commands
    Man(ManArgs),
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

/// The value of --color, read before the arguments are parsed: help and argument errors have colours, too.
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
    output: Option<PathBuf>,
}

impl InspectArgs {
    /// The output file; `None` for standard output.
    pub fn output(&self) -> Option<&Path> {
        shared::file(&self.output)
    }
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

#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Write a page for rhetor and one for each command to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl ManArgs {
    /// The output folder; `None` for standard output.
    pub fn output(&self) -> Option<&Path> {
        shared::file(&self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Args::checked_command().debug_assert();
    }
}
