//! The arguments of `train` and `evaluate`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rhetor::corpus::GroupBy;
use rhetor::train::{Folds, Smoothing, TrainOptions, WordCodes};

use super::shared::{ColumnArgs, ThreadArgs, file};

#[derive(Debug, clap::Args)]
pub struct TrainArgs {
    /// Model file to write. With --learning-curve it is written before the curve is computed, and
    /// again with it
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Also train on growing shares of the corpus and print the quality of each model, measured on
    /// TEST (labelled text) or on a held-out part of the corpus. Training takes about three times
    /// as long
    #[arg(long, value_name = "TEST", num_args = 0..=1, require_equals = true)]
    pub learning_curve: Option<Option<PathBuf>>,
    /// Name of the model, which outputs carry
    #[arg(long, value_name = "NAME", default_value = "custom")]
    name: String,
    /// Version of the model, which outputs carry
    #[arg(long, value_name = "VERSION", default_value = "1")]
    model_version: String,
    #[command(flatten)]
    pub corpus: CorpusArgs,
}

impl TrainArgs {
    /// The training options for the library.
    pub fn options(&self) -> rhetor::Result<TrainOptions> {
        let (name, version) = (self.name.clone(), self.model_version.clone());
        Ok(TrainOptions { name, version, ..self.corpus.options()? })
    }
}

#[derive(Debug, clap::Args)]
pub struct EvaluateArgs {
    /// Model file [default: built-in model]
    #[arg(short, long, value_name = "FILE", conflicts_with = "cross_validate")]
    pub model: Option<PathBuf>,
    /// Train on K-1 parts of the corpus and measure on the remaining one, K times
    #[arg(short, long, value_name = "K")]
    pub cross_validate: Option<usize>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = EvaluationFormat::Table)]
    pub format: EvaluationFormat,
    /// Write results to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pub corpus: CorpusArgs,
}

impl EvaluateArgs {
    /// The output file; `None` for standard output.
    pub fn output(&self) -> Option<&Path> {
        file(&self.output)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluationFormat {
    /// Text for a terminal
    Table,
    /// One JSON object
    Json,
}

/// Labelled text and how models are fitted to it.
#[derive(Debug, clap::Args)]
pub struct CorpusArgs {
    /// Labelled articles, JSONL, CSV or TSV rows with `text` and `label`, fastText lines, or
    /// folders of these
    #[arg(value_name = "CORPUS", required = true)]
    pub paths: Vec<PathBuf>,
    /// What cross-validation holds out together, and what the bootstrap of `evaluate` resamples
    #[arg(short, long, value_name = "GROUP", default_value = "article", value_parser = group_by_parser())]
    pub group_by: GroupBy,
    #[command(flatten)]
    columns: ColumnArgs,
    /// Column of the label [default: `label` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    label_column: Option<String>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub threads: ThreadArgs,
}

impl CorpusArgs {
    /// The column names for the library.
    pub fn names(&self) -> rhetor::read::ColumnNames {
        self.columns.names(self.label_column.as_deref())
    }

    /// The training options for the library.
    pub fn options(&self) -> rhetor::Result<TrainOptions> {
        let fit = &self.fit;
        Ok(TrainOptions {
            smoothing: fit.smoothing,
            max_ngram: fit.ngrams,
            min_count: fit.min_count,
            l2_penalty: fit.l2_penalty.0,
            word_codes: fit.word_codes()?,
            folds: fit.folds,
            group_by: self.group_by,
            seed: fit.seed,
            boilerplate_label: match fit.boilerplate_label.as_deref() {
                None => Some("other".to_string()),
                Some("none") => None,
                Some(label) => Some(label.to_string()),
            },
            ..TrainOptions::default()
        })
    }
}

fn group_by_parser() -> impl TypedValueParser<Value = GroupBy> {
    let groups = [GroupBy::Article, GroupBy::Outlet, GroupBy::Topic];
    PossibleValuesParser::new(groups.map(GroupBy::name))
        .map(move |name| groups.into_iter().find(|group| group.name() == name).unwrap_or(GroupBy::Article))
}

/// The settings of a fit.
#[derive(Debug, clap::Args)]
pub struct FitArgs {
    /// Smoothing that is added to each count: a number, or `auto` to choose one per feature group
    /// by cross-validation
    #[arg(long, value_name = "ALPHA", default_value = "auto", value_parser = parse_smoothing, help_heading = "Fit")]
    smoothing: Smoothing,
    /// Length of the longest word n-gram, up to 3
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Fit")]
    ngrams: usize,
    /// Number of paragraphs that a feature must occur in; pairs of word codes need two more
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Fit")]
    min_count: u32,
    /// L2 penalty that holds refined weights close to naive Bayes, or `none` for plain naive Bayes
    #[arg(long, value_name = "PENALTY", default_value = "6", value_parser = parse_penalty, help_heading = "Fit")]
    l2_penalty: Penalty,
    /// Word codes: a tab-separated file with a word and its code letters on each line; `default`
    /// for the built-in codes, or `none`
    #[arg(long, value_name = "FILE", default_value = "default", help_heading = "Fit")]
    word_codes: PathBuf,
    /// Number of folds that choose smoothing, group weights and neighbour weights; `auto` is five.
    /// `none`: plain naive Bayes with default group weights, without neighbours and quality
    /// figures, unsure below .6; needs --l2-penalty none and a number for --smoothing
    #[arg(long, value_name = "N", default_value = "auto", value_parser = parse_folds, help_heading = "Fit")]
    folds: Folds,
    /// Seed of the folds and the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Fit")]
    pub seed: u64,
    /// Label of web boilerplate, which trains the filter, or `none` if there is no such label
    /// [default: `other` if the corpus has it]
    #[arg(long, value_name = "NAME", help_heading = "Fit")]
    pub boilerplate_label: Option<String>,
}

impl FitArgs {
    /// The word codes asked for; `None` for the built-in ones.
    fn word_codes(&self) -> rhetor::Result<Option<WordCodes>> {
        let path = self.word_codes.as_path();
        match path.to_str() {
            Some("default") => Ok(None),
            Some("none") => Ok(Some(WordCodes::default())),
            _ => {
                let failed = |source| rhetor::Error::Io { path: path.to_path_buf(), action: "read", source };
                let table = std::fs::read_to_string(path).map_err(failed)?;
                WordCodes::parse(path, &table).map(Some)
            }
        }
    }
}

/// The L2 penalty of refinement; `None` for none.
#[derive(Debug, Clone, Copy)]
struct Penalty(Option<f64>);

fn parse_penalty(text: &str) -> Result<Penalty, String> {
    let number = || text.parse().map(|penalty| Penalty(Some(penalty)));
    if text == "none" {
        Ok(Penalty(None))
    } else {
        number().map_err(|_| "expected `none` or a number".into())
    }
}

fn parse_smoothing(text: &str) -> Result<Smoothing, String> {
    let number = || text.parse().map(Smoothing::Fixed);
    if text == "auto" {
        Ok(Smoothing::Auto)
    } else {
        number().map_err(|_| "expected `auto` or a number".into())
    }
}

fn parse_folds(text: &str) -> Result<Folds, String> {
    match text {
        "auto" => Ok(Folds::Auto),
        "none" => Ok(Folds::None),
        _ => text.parse().map(Folds::Count).map_err(|_| "expected `auto`, `none` or a number".into()),
    }
}
