//! The arguments of `score` and `read`.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::NonEmptyStringValueParser;
use rhetor::read::KeptColumns;

use super::{ColumnArgs, ThreadArgs};

#[derive(Debug, clap::Args)]
pub struct ScoreArgs {
    /// Model file [default: built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// What each record describes; with `paragraph`, each row of a table is one paragraph
    #[arg(short, long, value_enum)]
    pub unit: Option<Unit>,
    /// Write one record per group of articles with the same outlet, `date` (day), or any other column
    /// or front-matter key. Several keys are separated by commas: `outlet,month`. `month`, `quarter`,
    /// `year` and `weekday` are derived from dates such as 2024-05-01. Intervals are for which
    /// articles were sampled and for how uncertain labels are
    #[arg(short, long, value_name = "COLUMN", conflicts_with = "unit", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub group_by: Vec<String>,
    /// Compare articles with their publisher's own tag (a column or front-matter key such as
    /// `section`): the label mix of each tag, and the articles that differ most from others with
    /// the same tag
    #[arg(long, value_name = "COLUMN", conflicts_with = "group_by", value_parser = NonEmptyStringValueParser::new())]
    pub compare: Option<String>,
    /// In an HTML overview, show each article's most probable paragraph of this label
    /// [default: advocacy, or the model's rarest label]
    #[arg(long, value_name = "LABEL")]
    pub strongest: Option<String>,
    /// Give the reasons for each label: the N strongest phrases for it and against it, the style, and
    /// the paragraphs around it. With `features` or `features=N`, list the model's own features
    /// instead [default: 5 phrases for html, no reasons for other formats]
    #[arg(short, long, value_name = "N", value_parser = parse_explain)]
    pub explain: Option<Explain>,
    /// Label each paragraph on its own, ignoring its neighbours
    #[arg(long)]
    pub no_context: bool,
    /// Include dropped blocks in the table; other formats always include them
    #[arg(short, long)]
    pub keep_dropped: bool,
    /// Label every block, including boilerplate; blocks without words are still `other`
    #[arg(long, conflicts_with = "keep_dropped")]
    pub no_filter: bool,
    /// Answer each line of standard input, a JSON object with a text or a line of text, at once with
    /// one JSON object, until the input ends. A line that cannot be read is answered with `error`
    #[arg(long, conflicts_with_all = ["paths", "format", "output", "group_by", "compare", "mark_duplicates",
        "keep_dropped", "strongest", "threads"])]
    pub stream: bool,
    #[command(flatten)]
    pub articles: ArticleArgs,
}

impl ScoreArgs {
    /// The options that change labels or shares, as they were given.
    pub fn options(&self) -> Vec<String> {
        let flags = [
            ("--no-context", self.no_context),
            ("--no-filter", self.no_filter),
            ("--unit paragraph", self.unit == Some(Unit::Paragraph)),
            ("--unit article", self.unit == Some(Unit::Article)),
        ];
        let flags = flags.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag.to_string());
        let groups = (!self.group_by.is_empty()).then(|| format!("--group-by {}", self.group_by.join(",")));
        let compare = self.compare.as_ref().map(|column| format!("--compare {column}"));
        flags.chain(groups).chain(compare).collect()
    }
}

#[derive(Debug, clap::Args)]
pub struct ReadArgs {
    /// Model whose filter is applied [default: built-in model]
    #[arg(short, long, value_name = "FILE", conflicts_with = "rules_only")]
    pub model: Option<PathBuf>,
    /// Apply only the rules of the filter, without a model
    #[arg(long)]
    pub rules_only: bool,
    /// Keep every block that has words, without a filter
    #[arg(long, conflicts_with_all = ["model", "rules_only"])]
    pub no_filter: bool,
    /// Read each row of a table as one paragraph; rows with a `doc` are always read this way
    #[arg(long)]
    pub rows: bool,
    /// Instead of the blocks, write how many were kept and how many were dropped for which reason, by
    /// file type
    #[arg(long, conflicts_with = "format")]
    pub explain_drops: bool,
    #[command(flatten)]
    pub articles: ArticleArgs,
}

/// The articles to read, and where the results go.
#[derive(Debug, clap::Args)]
pub struct ArticleArgs {
    /// Files, folders and glob patterns: text, Markdown, HTML, JSONL, JSON, CSV, TSV, also
    /// compressed (.gz, .zst), feeds, mail, documents, workbooks and web archives. Some builds also
    /// read Parquet. `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Output format [default: table on a terminal, jsonl elsewhere]
    #[arg(short, long, value_enum)]
    pub format: Option<FormatArg>,
    /// Flag a paragraph as `duplicate`, without dropping it, if an earlier one in this run has the
    /// same letters and digits. Applies to paragraphs of five words or more; needs 24 to 48 bytes
    /// of memory per paragraph
    #[arg(long)]
    pub mark_duplicates: bool,
    #[command(flatten)]
    pub columns: ColumnArgs,
    /// Input columns that JSONL, CSV and Parquet records repeat: names separated by commas, `all` or
    /// `none`. A column with the name of a field gets the prefix `input_` [default: all, but no
    /// values of more than 1 KB]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Columns")]
    keep_columns: Vec<String>,
    /// Leave the text out of the records
    #[arg(long)]
    pub no_text: bool,
    /// Write results to FILE instead of standard output or, for `score`, one page per article to
    /// FOLDER/. Unless --format is given, the suffix selects the format: .csv, .html, .parquet, or
    /// jsonl for FILE without a known suffix; .gz or .zst after it compresses. FILE appears only when it is complete; after an interrupt,
    /// finished articles are in FILE.partial
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub threads: ThreadArgs,
}

/// What explains a label: this many phrases, or features, for it and against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explain {
    Phrases(usize),
    Features(usize),
}

/// How many features are listed unless a number is given.
const N_FEATURES: usize = 5;

fn parse_explain(text: &str) -> Result<Explain, String> {
    let expected = "expected a number, `features` or `features=` and a number";
    let number = |text: &str| text.parse().map_err(|_| expected.to_string());
    match text.strip_prefix("features") {
        Some("") => Ok(Explain::Features(N_FEATURES)),
        Some(rest) => number(rest.strip_prefix('=').unwrap_or("")).map(Explain::Features),
        None => number(text).map(Explain::Phrases),
    }
}

impl ArticleArgs {
    /// The columns that records pass through.
    pub fn kept(&self) -> KeptColumns {
        match self.keep_columns.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => KeptColumns::Short,
            ["all"] => KeptColumns::All,
            ["none"] => KeptColumns::None,
            _ => KeptColumns::Named(self.keep_columns.clone()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// Text for a terminal
    Table,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// Report for a browser (`score` only): one page, or one per article with -o FOLDER/
    Html,
    /// Parquet table with typed columns (`score` only); needs -o and a build that supports it
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// A paragraph
    Paragraph,
    /// An article: numbers of kept and dropped blocks, the shares of kept paragraphs that are
    /// unsure or out of domain (`uns` and `ood` in the table), and the share of each label with
    /// an interval
    Article,
}
