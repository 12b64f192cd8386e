//! What can be said on the command line.

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

/// Labels every paragraph of an article as report, advocacy or analysis, with calibrated
/// probabilities and exact reasons. English text.
#[derive(Debug, Parser)]
#[command(name = "rhetor", version, max_term_width = 80)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// The arguments of this process.
    ///
    /// The settings of a fit are those of `train`; `evaluate` fits only where it cross-validates, and has
    /// no use for them (but for the seed, which its intervals draw from) where it does not.
    pub(crate) fn of_process() -> Args {
        let matches = Args::checked_command().get_matches();
        Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    fn checked_command() -> clap::Command {
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
    /// Show what the reader and the gate make of an input, without labels
    Read(ReadArgs),
    /// Fit a model to labelled text
    Train(TrainArgs),
    /// Measure a model, or a way of training one, on labelled text
    Evaluate(EvaluateArgs),
    /// Show a model's card and its strongest features
    Inspect(InspectArgs),
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
    /// One record for each outlet, date (day) or value of a column or front-matter key
    #[arg(short, long, value_name = "COLUMN", conflicts_with = "unit", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) group_by: Option<String>,
    /// Name the N features that pushed hardest for and against each paragraph's label
    #[arg(short, long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) explain: usize,
    /// Judge every paragraph alone, without its neighbours
    #[arg(long)]
    pub(crate) no_context: bool,
    /// Show dropped blocks in the table, too; the other formats always have them
    #[arg(short, long)]
    pub(crate) keep_dropped: bool,
    /// Label every block, clutter included; what has no words at all is still `other`
    #[arg(long, conflicts_with = "keep_dropped")]
    pub(crate) no_gate: bool,
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
    /// The model whose gate is asked; the embedded one unless given
    #[arg(short, long, value_name = "FILE", conflicts_with = "rules_only")]
    pub(crate) model: Option<PathBuf>,
    /// Ask the plain rules alone, without a model
    #[arg(long)]
    pub(crate) rules_only: bool,
    /// Keep every block that has words, without asking a gate
    #[arg(long, conflicts_with_all = ["model", "rules_only"])]
    pub(crate) no_gate: bool,
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
}

/// The settings of a fit.
#[derive(Debug, ClapArgs)]
pub(crate) struct FitArgs {
    /// What is added to each count: `auto` (chosen by cross-validation for each block) or a number
    #[arg(long, value_name = "ALPHA", default_value = "auto", value_parser = parse_smoothing, help_heading = "Fit")]
    pub(crate) smoothing: rhetor::Smoothing,
    /// The longest n-gram of words
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Fit")]
    pub(crate) ngrams: usize,
    /// In how many paragraphs a feature must occur
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Fit")]
    pub(crate) min_count: u32,
    /// How tables are refined on the log loss: the ridge that holds them back to naive Bayes, or
    /// `none` for plain naive Bayes tables
    #[arg(long, value_name = "RIDGE", default_value = "3", value_parser = parse_refine, help_heading = "Fit")]
    pub(crate) refine: Refine,
    /// The classes of words: a file of word and two class numbers, parted by tabs, the most
    /// frequent word first; `default` for the built-in ones, or `none`
    #[arg(long, value_name = "FILE", default_value = "default", help_heading = "Fit")]
    pub(crate) word_classes: PathBuf,
    /// How many folds choose smoothing, pooling and context. `auto`: five, and of more than 50,000
    /// paragraphs one part of 10,000 instead, refining on 50,000 others. `none`: naive Bayes alone,
    /// its blocks weighed as on the corpus of the built-in model, no figures, unsure below .6;
    /// needs --refine none and a number for --smoothing
    #[arg(long, value_name = "N", default_value = "auto", value_parser = parse_folds, help_heading = "Fit")]
    pub(crate) folds: rhetor::Folds,
    /// The seed of folds and bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Fit")]
    pub(crate) seed: u64,
    /// The label of web clutter, which trains the gate; `none` when there is no such label
    #[arg(long, value_name = "NAME", default_value = "other", help_heading = "Fit")]
    pub(crate) clutter_label: String,
}

impl FitArgs {
    /// The library's options, with folds grouped by `group_by`.
    pub(crate) fn options(&self, group_by: GroupArg) -> rhetor::Result<rhetor::TrainOptions> {
        Ok(rhetor::TrainOptions {
            smoothing: self.smoothing,
            max_ngram: self.ngrams,
            min_count: self.min_count,
            refine: self.refine.0,
            word_classes: self.word_classes()?,
            folds: self.folds,
            group_by: group_by.into(),
            seed: self.seed,
            clutter_label: (self.clutter_label != "none").then(|| self.clutter_label.clone()),
        })
    }

    /// The word classes asked for; `None` for the built-in ones.
    fn word_classes(&self) -> rhetor::Result<Option<rhetor::WordClasses>> {
        let path = self.word_classes.as_path();
        match path.to_str() {
            Some("default") => Ok(None),
            Some("none") => Ok(Some(rhetor::WordClasses::default())),
            _ => {
                let failed = |source| rhetor::Error::Io { path: path.to_path_buf(), action: "read", source };
                let table = std::fs::read_to_string(path).map_err(failed)?;
                rhetor::WordClasses::parse(path, &table).map(Some)
            }
        }
    }
}

fn parse_folds(text: &str) -> Result<rhetor::Folds, String> {
    Ok(match text {
        "auto" => rhetor::Folds::Auto,
        "none" => rhetor::Folds::None,
        _ => rhetor::Folds::Count(text.parse().map_err(|_| "expected `auto`, `none` or a number")?),
    })
}

/// The ridge of refinement, if any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Refine(Option<f64>);

fn parse_refine(text: &str) -> Result<Refine, String> {
    match text {
        "none" => Ok(Refine(None)),
        _ => text
            .parse()
            .map(|ridge| Refine(Some(ridge)))
            .map_err(|_| "expected `none` or a number".to_string()),
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

/// What is done about copies.
#[derive(Debug, ClapArgs)]
pub(crate) struct DuplicateArgs {
    /// Flag a paragraph `duplicate` when an earlier one of this run, in whatever article, has the
    /// same letters and digits; drops nothing. Paragraphs of five words or more; holds 24 to 48
    /// bytes in memory for each
    #[arg(long)]
    pub(crate) mark_duplicates: bool,
}

/// Where results go and how fast.
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// Write results to a file instead of standard output: whole, or not at all. Unless --format says
    /// otherwise, .csv and .parquet tell the format, and all else is jsonl
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) threads: ThreadArgs,
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
pub(crate) enum Unit {
    /// A paragraph
    Paragraph,
    /// An article: shares by label with intervals
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

fn parse_smoothing(text: &str) -> Result<rhetor::Smoothing, String> {
    match text {
        "auto" => Ok(rhetor::Smoothing::Auto),
        _ => {
            text.parse().map(rhetor::Smoothing::Fixed).map_err(|_| "expected `auto` or a number".to_string())
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
