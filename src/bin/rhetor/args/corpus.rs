//! The arguments of `train` and `evaluate`.

use std::collections::BTreeMap;
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rhetor::corpus::{Corpus, GroupBy};
use rhetor::model::About;
use rhetor::read::ColumnNames;
use rhetor::train::{AdaptOptions, Folds, Smoothing, TrainOptions, WordCodes};

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
    /// What the model's card says about it: a JSON file like models/about.json, with `labelled_by`,
    /// `definitions`, `agreement`, `licence` and `limits`
    #[arg(long, value_name = "FILE")]
    about: Option<PathBuf>,
    /// Adapt MODEL, a model file or `default`, to the labels of CORPUS instead of training from
    /// scratch. Labels have to be the model's unless --map renames them. Prints both models' quality
    /// on held-out rows
    #[arg(long, value_name = "MODEL", help_heading = "Adapt",
          conflicts_with_all = ["learning_curve", "smoothing", "ngrams", "min_count", "word_codes"])]
    pub base: Option<PathBuf>,
    /// With --base: label OLD of the base is NEW in the adapted model; can be repeated, and several
    /// labels can become one
    #[arg(long = "map", value_name = "OLD=NEW", value_parser = parse_renamed, requires = "base", help_heading = "Adapt")]
    renamed: Vec<(String, String)>,
    /// With --base: write the model even if it is worse than the base on held-out rows
    #[arg(long, requires = "base", help_heading = "Adapt")]
    pub force: bool,
    #[command(flatten)]
    pub corpus: CorpusArgs,
}

impl TrainArgs {
    /// The options of an adaptation for the library.
    ///
    /// # Errors
    ///
    /// If --map names a label twice, or --l2-penalty is `none`.
    pub fn adapt_options(&self) -> anyhow::Result<AdaptOptions> {
        let mut renamed = BTreeMap::new();
        for (old, new) in &self.renamed {
            if renamed.insert(old.to_lowercase(), new.clone()).is_some() {
                anyhow::bail!("--map: found `{old}` twice, expected each label of the base once");
            }
        }
        let l2_penalty = match self.corpus.l2_penalty {
            Penalty::Auto => None,
            Penalty::Fixed(penalty) => Some(penalty),
            Penalty::None => {
                anyhow::bail!("--l2-penalty: found `none`, expected `auto` or a number with --base")
            }
        };
        let TrainOptions { folds, group_by, seed, boilerplate_label, name, version, .. } = self.options()?;
        Ok(AdaptOptions { l2_penalty, renamed, folds, group_by, seed, boilerplate_label, name, version })
    }

    /// The training options for the library.
    pub fn options(&self) -> anyhow::Result<TrainOptions> {
        let (name, version) = (self.name.clone(), self.model_version.clone());
        let about = self.about.as_deref().map(read_about).transpose()?;
        Ok(TrainOptions { name, version, about, ..self.corpus.options()? })
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

/// The L2 penalty of a fit.
#[derive(Debug, Clone, Copy)]
enum Penalty {
    Auto,
    Fixed(f64),
    None,
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
    /// L2 penalty that holds refined weights close to naive Bayes, or with --base to the base; `none`
    /// gives plain naive Bayes. `auto` is 6, and with --base chosen by cross-validation
    #[arg(long, value_name = "PENALTY", default_value = "auto", help_heading = "Fit",
          value_parser = word_or(&[("auto", Penalty::Auto), ("none", Penalty::None)], Penalty::Fixed, "`auto`, `none` or a number"))]
    l2_penalty: Penalty,
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
            l2_penalty: match self.l2_penalty {
                Penalty::Auto => TrainOptions::default().l2_penalty,
                Penalty::Fixed(penalty) => Some(penalty),
                Penalty::None => None,
            },
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

fn read_about(path: &Path) -> anyhow::Result<About> {
    let text = std::fs::read_to_string(path).map_err(rhetor::Error::io(path, "read"))?;
    serde_json::from_str(&text).with_context(|| format!("--about: {}", path.display()))
}

fn parse_renamed(text: &str) -> Result<(String, String), String> {
    let sound = text.split_once('=').map(|(old, new)| (old.trim(), new.trim()));
    let sound = sound.filter(|(old, new)| !old.is_empty() && !new.is_empty());
    let expected = "expected a label of the base, `=` and its new name, as in `advocacy=opinion`";
    sound.map(|(old, new)| (old.to_string(), new.to_string())).ok_or_else(|| expected.to_string())
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
