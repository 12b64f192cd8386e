//! The arguments of `train` and `evaluate`.

use std::num::NonZeroU8;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rhetor::corpus::{Corpus, GroupBy};
use rhetor::read::ColumnNames;
use rhetor::train::{Folds, Smoothing, TrainOptions, WordCodes};

use super::{ColumnArgs, ThreadArgs};

#[derive(Debug, clap::Args)]
pub struct TrainArgs {
    /// Model file to write. With --learning-curve, it is written before the curve is computed and
    /// again afterwards, with the curve
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Also train on growing shares of the corpus and print the quality of each model, measured on
    /// TEST (labelled text) or on a held-out part of the corpus. Training takes about three times
    /// as long
    #[arg(long, value_name = "TEST", num_args = 0..=1, require_equals = true)]
    pub learning_curve: Option<Option<PathBuf>>,
    /// Name of the model, shown by `inspect`
    #[arg(long, value_name = "NAME", default_value = "custom")]
    name: String,
    /// Version of the model, shown by `inspect`
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
    /// Model file, or `default` for the built-in model [default: built-in model]. Give two or more to
    /// compare each with the first on the same paragraphs
    #[arg(short, long = "model", value_name = "FILE", conflicts_with = "cross_validate")]
    pub models: Vec<PathBuf>,
    /// List the N worst errors: the wrong labels with the highest probability
    #[arg(short, long, value_name = "N", conflicts_with = "cross_validate")]
    pub errors: Option<usize>,
    /// Train on K-1 parts of the corpus and measure on the remaining one, K times
    #[arg(short, long, value_name = "K")]
    pub cross_validate: Option<usize>,
    /// Output format [default: table, or json if FILE ends with .json]
    #[arg(short, long, value_enum)]
    format: Option<EvaluationFormat>,
    /// Write results to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub corpus: CorpusArgs,
}

impl EvaluateArgs {
    /// The requested format, or that of the output's suffix.
    pub fn format(&self) -> EvaluationFormat {
        let suffix = self.output.as_ref().and_then(|path| path.extension());
        let is_json = suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("json"));
        self.format.unwrap_or(if is_json { EvaluationFormat::Json } else { EvaluationFormat::Table })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluationFormat {
    /// Text for a terminal
    Table,
    /// One JSON object
    Json,
}

/// Labelled text, and how models are fitted to it.
#[derive(Debug, clap::Args)]
pub struct CorpusArgs {
    /// Labelled articles, JSONL, CSV or TSV rows with `text` and `label`, fastText lines, or
    /// folders of these
    #[arg(value_name = "CORPUS", required = true)]
    pub paths: Vec<PathBuf>,
    /// What cross-validation holds out together, and what the bootstrap of `evaluate` resamples
    #[arg(short, long, value_name = "GROUP", default_value = "article", value_parser = group_by_parser())]
    pub group_by: GroupBy,
    /// Count the labelled text in PATH, a file or folder of CORPUS, N times when features and
    /// labels are weighed (not in the boilerplate filter, nor in quality figures); can be repeated
    #[arg(long = "weight", value_name = "PATH=N", value_parser = parse_weight)]
    weights: Vec<(PathBuf, NonZeroU8)>,
    #[command(flatten)]
    columns: ColumnArgs,
    /// Column of the label [default: `label` or another usual name]
    #[arg(long, value_name = "NAME", help_heading = "Columns")]
    label_column: Option<String>,
    /// Smoothing added to each count: a number, or `auto` to choose one per feature group by
    /// cross-validation
    #[arg(long, value_name = "ALPHA", default_value = "auto", help_heading = "Fit",
          value_parser = word_or(&[("auto", Smoothing::Auto)], Smoothing::Fixed, "`auto` or a number"))]
    smoothing: Smoothing,
    /// Length of the longest word n-gram, up to 3
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Fit")]
    ngrams: usize,
    /// Minimum number of paragraphs that a feature must occur in; code pairs need two more
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Fit")]
    min_count: u32,
    /// L2 penalty that holds refined weights close to naive Bayes, or `none` for plain naive Bayes
    #[arg(long, value_name = "PENALTY", default_value = "6", help_heading = "Fit",
          value_parser = word_or(&[("none", None)], Some::<f64>, "`none` or a number"))]
    // The full path keeps clap from reading `Option` as an optional argument.
    l2_penalty: std::option::Option<f64>,
    /// Word codes: a tab-separated file with one word and its code letters per line, `default` for
    /// the built-in codes, or `none`
    #[arg(long, value_name = "FILE", default_value = "default", help_heading = "Fit")]
    word_codes: PathBuf,
    /// Number of folds for choosing smoothing, group weights and neighbour weights; `auto` means
    /// five. `none` gives plain naive Bayes with default group weights and an unsure threshold of
    /// .6, without neighbours or quality figures; it needs --l2-penalty none and a number for
    /// --smoothing
    #[arg(long, value_name = "N", default_value = "auto", help_heading = "Fit",
          value_parser = word_or(&[("auto", Folds::Auto), ("none", Folds::None)], Folds::Count, "`auto`, `none` or a number"))]
    folds: Folds,
    /// Seed of the folds and the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Fit")]
    pub seed: u64,
    /// Label of web boilerplate, which trains the filter, or `none` if there is no such label
    /// [default: `other` if the corpus has it]
    #[arg(long, value_name = "NAME", help_heading = "Fit")]
    pub boilerplate_label: Option<String>,
    #[command(flatten)]
    pub threads: ThreadArgs,
}

impl CorpusArgs {
    /// The column names for the library.
    pub fn names(&self) -> ColumnNames {
        ColumnNames { label: self.label_column.clone(), ..self.columns.names() }
    }

    /// Applies --weight.
    ///
    /// # Errors
    ///
    /// If there is no labelled text below one of its paths.
    pub fn weigh(&self, corpus: &mut Corpus) -> anyhow::Result<()> {
        for (path, factor) in &self.weights {
            if corpus.weigh(path, *factor) == 0 {
                let path = path.display();
                anyhow::bail!(
                    "--weight: found no labelled text in {path}, expected a file or folder of CORPUS"
                );
            }
        }
        Ok(())
    }

    /// The training options for the library.
    pub fn options(&self) -> rhetor::Result<TrainOptions> {
        let boilerplate = self.boilerplate_label.as_deref().unwrap_or("other");
        Ok(TrainOptions {
            smoothing: self.smoothing,
            max_ngram: self.ngrams,
            min_count: self.min_count,
            l2_penalty: self.l2_penalty,
            word_codes: self.word_codes()?,
            folds: self.folds,
            group_by: self.group_by,
            seed: self.seed,
            boilerplate_label: Some(boilerplate.to_string()).filter(|label| label != "none"),
            ..TrainOptions::default()
        })
    }

    /// The requested word codes; `None` for the built-in ones.
    fn word_codes(&self) -> rhetor::Result<Option<WordCodes>> {
        let path = self.word_codes.as_path();
        match path.to_str() {
            Some("default") => Ok(None),
            Some("none") => Ok(Some(WordCodes::default())),
            _ => {
                let table = std::fs::read_to_string(path).map_err(rhetor::Error::io(path, "read"))?;
                WordCodes::parse(path, &table).map(Some)
            }
        }
    }

    /// Fails if a boilerplate label was named that the corpus does not have.
    pub fn check_boilerplate_label(&self, corpus: &Corpus) -> anyhow::Result<()> {
        let counts = corpus.label_counts();
        let named = self.boilerplate_label.as_deref().filter(|label| *label != "none");
        let Some(label) = named.filter(|label| !counts.contains_key(*label)) else { return Ok(()) };
        let labels: Vec<String> = counts.into_keys().map(|label| format!("`{label}`")).collect();
        anyhow::bail!(
            "--boilerplate-label: no paragraph has the label `{label}`, expected one of {}, or `none`",
            labels.join(", ")
        )
    }
}

fn parse_weight(text: &str) -> Result<(PathBuf, NonZeroU8), String> {
    let parts = text.rsplit_once('=').and_then(|(path, factor)| Some((path, factor.parse().ok()?)));
    let sound = parts.filter(|(path, _): &(&str, NonZeroU8)| !path.is_empty());
    let expected = "expected a path, `=` and a whole number from 1 to 255, as in `seeds=3`";
    sound.map(|(path, factor)| (path.into(), factor)).ok_or_else(|| expected.to_string())
}

fn group_by_parser() -> impl TypedValueParser<Value = GroupBy> {
    let groups = [GroupBy::Article, GroupBy::Outlet, GroupBy::Topic];
    PossibleValuesParser::new(groups.map(GroupBy::name))
        .map(move |name| groups.into_iter().find(|group| group.name() == name).unwrap_or(GroupBy::Article))
}

/// A parser of numbers, and of words that can replace a number.
fn word_or<N: FromStr, T: Copy>(
    words: &'static [(&'static str, T)],
    number: fn(N) -> T,
    expected: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| match words.iter().find(|(word, _)| *word == text) {
        Some((_, value)) => Ok(*value),
        None => text.parse().map(number).map_err(|_| format!("expected {expected}")),
    }
}
