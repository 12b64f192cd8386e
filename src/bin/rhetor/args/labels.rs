//! The arguments of `sample`, `agree` and `check-labels`.

use std::path::PathBuf;

use clap::ValueEnum;
use rhetor::report::LabelForm;
use rhetor::sample::{SampleBy, SampleOptions};

use super::{ColumnArgs, CorpusArgs, EvaluationFormat, FormatArg, ThreadArgs};

#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// Files, folders and glob patterns, as for `score`. `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Number of paragraphs to draw
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 200)]
    n: usize,
    /// How to draw them. All ways but `uncertain` are for estimates: `sampling_weight` is the number
    /// of paragraphs that each one stands for. `uncertain` is for training
    #[arg(long, value_enum, default_value_t = ByArg::Random)]
    by: ByArg,
    /// Number of neighbours on each side to add as context, without a label
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub context: usize,
    /// Seed of the random order
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Form of the rows [default: jsonl, or the one of FILE's suffix: .csv, .xlsx, or .json for
    /// Label Studio]
    #[arg(long, value_enum)]
    pub form: Option<FormArg>,
    /// Model that decides what is boilerplate and which paragraphs are uncertain [default: built-in
    /// model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Read each row of a table as one paragraph; rows with a `doc` are always read this way
    #[arg(long)]
    pub rows: bool,
    /// Write the rows to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub threads: ThreadArgs,
}

impl SampleArgs {
    /// The settings for the library.
    pub fn options(&self) -> SampleOptions {
        let by = match self.by {
            ByArg::Random => SampleBy::Random,
            ByArg::Uncertain => SampleBy::Uncertain,
            ByArg::Label => SampleBy::Label,
            ByArg::Outlet => SampleBy::Outlet,
        };
        SampleOptions { by, n: self.n, n_context: self.context, seed: self.seed }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ByArg {
    /// Each paragraph has the same chance
    Random,
    /// The paragraphs that the model is least sure of, different from one another, the most useful
    /// first
    Uncertain,
    /// The same number for each label that the model gives
    Label,
    /// The same number for each outlet
    Outlet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormArg {
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// Excel workbook
    Xlsx,
    /// JSONL for doccano (text classification)
    Doccano,
    /// JSON for Label Studio (choices named `label` for the text `text`)
    LabelStudio,
    /// JSONL for Prodigy
    Prodigy,
}

impl FormArg {
    /// The form for the library; `None` for workbooks in a build without them.
    pub fn form(self) -> Option<LabelForm> {
        match self {
            FormArg::Jsonl => Some(LabelForm::Jsonl),
            FormArg::Csv => Some(LabelForm::Csv),
            #[cfg(feature = "forms")]
            FormArg::Xlsx => Some(LabelForm::Xlsx),
            #[cfg(not(feature = "forms"))]
            FormArg::Xlsx => None,
            FormArg::Doccano => Some(LabelForm::Doccano),
            FormArg::LabelStudio => Some(LabelForm::LabelStudio),
            FormArg::Prodigy => Some(LabelForm::Prodigy),
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct AgreeArgs {
    /// Labels of one coder each, or of several coders whose names are in the column `coder`: tables,
    /// exports of doccano, Label Studio or Prodigy, labelled articles
    #[arg(value_name = "FILE", required = true)]
    pub paths: Vec<PathBuf>,
    /// Column of the label [default: `label` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    pub label_column: Option<String>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Output format [default: table, or json for FILE.json]
    #[arg(short, long, value_enum)]
    pub format: Option<EvaluationFormat>,
    /// Write results to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct CheckLabelsArgs {
    /// Take probabilities from this model (`default` is the built-in one) instead of training on the
    /// corpus, which needs some hundred paragraphs
    #[arg(short, long, value_name = "FILE", conflicts_with = "cross_validate")]
    pub model: Option<PathBuf>,
    /// Train on K-1 parts of the corpus and check the remaining one, K times
    #[arg(short, long, value_name = "K", default_value_t = 5)]
    pub cross_validate: usize,
    /// Output format [default: table on a terminal, jsonl elsewhere]
    #[arg(short, long, value_enum)]
    pub format: Option<FormatArg>,
    /// Write results to FILE instead of standard output. The suffix .csv selects CSV, any other
    /// JSONL, unless --format is given
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub corpus: CorpusArgs,
}
