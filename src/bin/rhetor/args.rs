//! What can be said on the command line.

pub(crate) mod fit;

use std::path::{Path, PathBuf};

use clap::{ArgAction, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use self::fit::FitArgs;
use crate::manual::{CompletionsArgs, ManArgs};
use crate::results::DuplicateArgs;
use crate::terminal::{TerminalArgs, color_of_help};

/// Labels every paragraph of an article as report, advocacy or analysis, with calibrated
/// probabilities and exact reasons. English text.
#[derive(Debug, Parser)]
#[command(name = "rhetor", version, max_term_width = 80, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) terminal: TerminalArgs,
}

/// What the exit code of every command says.
pub(crate) const EXIT_CODES: &str = "Exits with 0 when all is done, 1 when some inputs failed, 2 when nothing was done, \
130 when interrupted, 143 when terminated, 129 when its terminal closes.";

impl Args {
    /// The arguments of this process.
    ///
    /// The settings of a fit are those of `train`; `evaluate` fits only where it cross-validates, and has
    /// no use for them (but for the seed, which its intervals draw from) where it does not.
    pub(crate) fn of_process() -> Args {
        let matches = Args::checked_command().color(color_of_help()).get_matches();
        Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The definitions of all arguments.
    pub(crate) fn checked_command() -> clap::Command {
        let needs_fit = |arg: clap::Arg| match arg.get_help_heading() == Some("Fit") && arg.get_id() != "seed"
        {
            true => arg.requires("cross_validate"),
            false => arg,
        };
        Args::command().mut_subcommand("evaluate", |evaluate| evaluate.mut_args(needs_fit))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Label the paragraphs of articles
    Score(ScoreArgs),
    /// Show what the reader and the filter make of an input, without labels
    Read(ReadArgs),
    /// Fit a model to labelled text
    Train(TrainArgs),
    /// Measure a model, or a way of training one, on labelled text
    Evaluate(EvaluateArgs),
    /// Show a model's card and its strongest features
    Inspect(InspectArgs),
    /// Print a script that lets a shell complete the arguments of rhetor
    Completions(CompletionsArgs),
    /// Print the manual page of rhetor, or write those of all its commands
    Man(ManArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ScoreArgs {
    /// Files, folders and patterns: text, Markdown, HTML, JSONL, JSON, CSV, TSV, also packed (.gz,
    /// .zst), and Parquet where the build has it; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The model; the embedded one unless given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// How results are written: a table on a terminal, jsonl elsewhere unless given
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<FormatArg>,
    /// What one record is about. With `paragraph`, each row of a table is one paragraph
    #[arg(short, long, value_enum)]
    pub(crate) unit: Option<Unit>,
    /// One record for each outlet, date (day) or value of a column or front-matter key, with the
    /// columns of `--unit article`
    #[arg(short, long, value_name = "COLUMN", conflicts_with = "unit", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) group_by: Option<String>,
    /// Set articles against their publisher's own tag, by a column or front-matter key such as
    /// `section`: the mix of each tag, and the articles that differ most from the others of theirs
    #[arg(long, value_name = "COLUMN", conflicts_with = "group_by", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) compare: Option<String>,
    /// The label whose surest paragraph stands for an article in a report of many (html); advocacy
    /// unless given, or the model's rarest label
    #[arg(long, value_name = "LABEL")]
    pub(crate) strongest: Option<String>,
    /// Name the N features that pushed hardest for and against each paragraph's label; 6 for html
    /// unless given, none for other formats
    #[arg(short, long, value_name = "N")]
    pub(crate) explain: Option<usize>,
    /// Judge every paragraph alone, without its neighbours
    #[arg(long)]
    pub(crate) no_context: bool,
    /// Show dropped blocks in the table, too; the other formats always have them
    #[arg(short, long)]
    pub(crate) keep_dropped: bool,
    /// Label every block, boilerplate included; what has no words at all is still `other`
    #[arg(long, conflicts_with = "keep_dropped")]
    pub(crate) no_filter: bool,
    #[command(flatten)]
    pub(crate) duplicates: DuplicateArgs,
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ReadArgs {
    /// Files, folders and patterns: text, Markdown, HTML, JSONL, JSON, CSV, TSV, also packed (.gz,
    /// .zst), and Parquet where the build has it; `-` is standard input
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The model whose filter is asked; the embedded one unless given
    #[arg(short, long, value_name = "FILE", conflicts_with = "rules_only")]
    pub(crate) model: Option<PathBuf>,
    /// Ask the plain rules alone, without a model
    #[arg(long)]
    pub(crate) rules_only: bool,
    /// Keep every block that has words, without asking a filter
    #[arg(long, conflicts_with_all = ["model", "rules_only"])]
    pub(crate) no_filter: bool,
    #[command(flatten)]
    pub(crate) duplicates: DuplicateArgs,
    /// How results are written: a table on a terminal, jsonl elsewhere unless given
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<FormatArg>,
    /// Take each row of a table for one paragraph, as rows with a `doc` are anyway
    #[arg(long)]
    pub(crate) rows: bool,
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TrainArgs {
    /// Labelled articles, JSONL, CSV or TSV rows with `text` and `label`, fastText lines, or
    /// folders of them
    #[arg(value_name = "CORPUS", required = true)]
    pub(crate) corpus: Vec<PathBuf>,
    /// The file that the model goes to; written before a learning curve is made, and again with it
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Train on growing shares of the corpus, too, and print how good each is: on TEST, labelled
    /// text, or on a part of the corpus held out. Takes about twice as long again
    #[arg(long, value_name = "TEST", num_args = 0..=1, require_equals = true)]
    pub(crate) learning_curve: Option<Option<PathBuf>>,
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// The column of the label; `label` or another usual name unless given
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(crate) label_column: Option<String>,
    #[command(flatten)]
    pub(crate) fit: FitArgs,
    /// What is held out together in cross-validation
    #[arg(short, long, value_enum, default_value_t = GroupArg::Article)]
    pub(crate) group_by: GroupArg,
    #[command(flatten)]
    pub(crate) threads: ThreadArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct EvaluateArgs {
    /// Labelled text, in the forms that `train` reads
    #[arg(value_name = "CORPUS", required = true)]
    pub(crate) corpus: Vec<PathBuf>,
    /// The model; the embedded one unless given
    #[arg(short, long, value_name = "FILE", conflicts_with = "cross_validate")]
    pub(crate) model: Option<PathBuf>,
    /// Train on K-1 parts of the corpus and measure on the rest, K times
    #[arg(short, long, value_name = "K")]
    pub(crate) cross_validate: Option<usize>,
    /// What is held out together, and what intervals draw
    #[arg(short, long, value_enum, default_value_t = GroupArg::Article)]
    pub(crate) group_by: GroupArg,
    #[command(flatten)]
    pub(crate) columns: ColumnArgs,
    /// The column of the label; `label` or another usual name unless given
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub(crate) label_column: Option<String>,
    #[command(flatten)]
    pub(crate) fit: FitArgs,
    /// How the figures are written
    #[arg(short, long, value_enum, default_value_t = EvaluationFormat::Table)]
    pub(crate) format: EvaluationFormat,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct InspectArgs {
    /// The model; the embedded one unless given
    #[arg(value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// How many features of each label and block to show
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(crate) top: usize,
    /// How the card is written: a table unless given, or as the name of the output tells
    #[arg(short, long, value_enum)]
    pub(crate) format: Option<CardFormat>,
    /// Write the card to a file instead of standard output: whole, or not at all. Unless --format says
    /// otherwise, .html and .json tell the format
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl InspectArgs {
    /// The file that the card goes to; `None` for standard output.
    pub(crate) fn path(&self) -> Option<&Path> {
        file(self.output.as_deref())
    }
}

/// Which columns of a table hold what.
#[derive(Debug, ClapArgs)]
pub(crate) struct ColumnArgs {
    /// The column of the text; `text`, `body`, `content` or another usual name unless given. `a.b`
    /// is a key inside a JSON object
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    text_column: Option<String>,
    /// The column of the row's identifier; `id` or `url` unless given
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    id_column: Option<String>,
    /// The column that rows of one article have in common; `doc` unless given
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    doc_column: Option<String>,
    /// What parts the columns: one sign, or `tab`; found in the first rows unless given
    #[arg(long, value_name = "SIGN", value_parser = parse_delimiter, help_heading = "Columns")]
    delimiter: Option<u8>,
}

impl ColumnArgs {
    /// The library's names, with that of the label where labels are read.
    pub(crate) fn names(&self, label: Option<&str>) -> rhetor::ColumnNames {
        rhetor::ColumnNames {
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
        [sign] if sign.is_ascii() && !b"\"\r\n".contains(sign) => Ok(*sign),
        _ => Err("expected one ASCII sign, not a quotation mark, or `tab`".to_string()),
    }
}

/// Where results go and how fast.
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// Write results to a file instead of standard output: whole, or not at all. Unless --format says
    /// otherwise, .csv, .html and .parquet tell the format, and all else is jsonl; `evaluate` always
    /// writes its table. `score` writes a page for each article into a FOLDER/. When `score` or `read` is interrupted, FILE stays as it
    /// was, and the articles done are in FILE.partial
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) threads: ThreadArgs,
}

impl RunArgs {
    /// The file or folder that results go to; `None` for standard output.
    pub(crate) fn path(&self) -> Option<&Path> {
        file(self.output.as_deref())
    }
}

/// An output that is a file: `-` is standard output, as it is where nothing is named.
fn file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| *path != Path::new("-"))
}

/// How many threads work.
#[derive(Debug, ClapArgs)]
pub(crate) struct ThreadArgs {
    /// Threads; all cores unless given. Results do not depend on it
    #[arg(short, long, value_name = "N", action = ArgAction::Set)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// Lines to read
    Table,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// A report for a browser, of `score` alone: one page, or with -o FOLDER/ a page an article
    Html,
    /// A Parquet table with typed columns, of `score` alone; needs -o, and a build with it
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvaluationFormat {
    /// Lines to read
    Table,
    /// One JSON object
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CardFormat {
    /// Lines to read
    Table,
    /// A page for a browser, whole in one file
    Html,
    /// One JSON object
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unit {
    /// A paragraph
    Paragraph,
    /// An article: how many blocks are kept and dropped, the shares of those kept that are unsure and
    /// out of domain (`uns` and `ood` in the table, `unsure_share` and `out_of_domain_share` elsewhere),
    /// and the shares by label with intervals
    Article,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupArg {
    Article,
    Outlet,
    Topic,
}

impl From<GroupArg> for rhetor::GroupBy {
    fn from(group: GroupArg) -> Self {
        match group {
            GroupArg::Article => rhetor::GroupBy::Article,
            GroupArg::Outlet => rhetor::GroupBy::Outlet,
            GroupArg::Topic => rhetor::GroupBy::Topic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Args::checked_command().debug_assert();
    }
}
