//! How models are fitted, as the command line says it.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::GroupArg;

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
    pub(crate) word_codes: PathBuf,
    /// How many folds choose smoothing, pooling and context. `auto`: five, and of more than 50,000
    /// paragraphs one part of 10,000 instead, refining on 50,000 others. `none`: naive Bayes alone,
    /// its blocks weighed as on the corpus of the built-in model, no figures, unsure below .6;
    /// needs --refine none and a number for --smoothing
    #[arg(long, value_name = "N", default_value = "auto", value_parser = parse_folds, help_heading = "Fit")]
    pub(crate) folds: rhetor::Folds,
    /// The seed of folds and bootstrap
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Fit")]
    pub(crate) seed: u64,
    /// The label of web boilerplate, which trains the filter; `none` when there is no such label, and
    /// `other`, if there is one, unless given
    #[arg(long, value_name = "NAME", help_heading = "Fit")]
    pub(crate) boilerplate_label: Option<String>,
}

impl FitArgs {
    /// The library's options, with folds grouped by `group_by`.
    pub(crate) fn options(&self, group_by: GroupArg) -> rhetor::Result<rhetor::TrainOptions> {
        Ok(rhetor::TrainOptions {
            smoothing: self.smoothing,
            max_ngram: self.ngrams,
            min_count: self.min_count,
            l2_penalty: self.refine.0,
            word_codes: self.word_codes()?,
            folds: self.folds,
            group_by: group_by.into(),
            seed: self.seed,
            boilerplate_label: match self.boilerplate_label.as_deref() {
                None => Some("other".to_string()),
                Some("none") => None,
                Some(label) => Some(label.to_string()),
            },
            ..rhetor::TrainOptions::default()
        })
    }

    /// The word classes asked for; `None` for the built-in ones.
    fn word_codes(&self) -> rhetor::Result<Option<rhetor::WordCodes>> {
        let path = self.word_codes.as_path();
        match path.to_str() {
            Some("default") => Ok(None),
            Some("none") => Ok(Some(rhetor::WordCodes::default())),
            _ => {
                let failed = |source| rhetor::Error::Io { path: path.to_path_buf(), action: "read", source };
                let table = std::fs::read_to_string(path).map_err(failed)?;
                rhetor::WordCodes::parse(path, &table).map(Some)
            }
        }
    }
}

fn parse_folds(text: &str) -> Result<rhetor::Folds, String> {
    match text {
        "auto" => Ok(rhetor::Folds::Auto),
        "none" => Ok(rhetor::Folds::None),
        _ => {
            let count = text.parse().map(rhetor::Folds::Count);
            count.map_err(|_| "expected `auto`, `none` or a number".to_string())
        }
    }
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

fn parse_smoothing(text: &str) -> Result<rhetor::Smoothing, String> {
    match text {
        "auto" => Ok(rhetor::Smoothing::Auto),
        _ => {
            text.parse().map(rhetor::Smoothing::Fixed).map_err(|_| "expected `auto` or a number".to_string())
        }
    }
}
