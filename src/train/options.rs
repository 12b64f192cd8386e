//! The settings of training.

use crate::corpus::GroupBy;
use crate::error::{Error, Result};
use crate::features::WordClasses;

/// How much is added to each feature count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Smoothing {
    /// Chosen for each block by cross-validation.
    Auto,
    /// The same number for all blocks.
    Fixed(f64),
}

/// The paragraphs that tables have not seen, on which smoothing, pooling, context and thresholds are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// Five folds. In a corpus of more than 50,000 paragraphs one part of some 10,000 is held out from all
    /// tables instead, and some 50,000 of the others are refined on: more of them would change little and
    /// take many times as long.
    Auto,
    /// So many folds, from 2 to 100, however large the corpus.
    Count(usize),
    /// None: naive Bayes tables of the smoothing given, pooled by fixed weights, and no figures. Needs a
    /// fixed smoothing and no refinement.
    None,
}

impl Folds {
    /// How many folds there are where a part of the corpus is asked for.
    pub(crate) fn count(self) -> usize {
        match self {
            Folds::Count(n) => n,
            Folds::Auto | Folds::None => DEFAULT_FOLDS,
        }
    }
}

/// How many folds there are unless a number is given.
const DEFAULT_FOLDS: usize = 5;

/// The settings of training. [`TrainOptions::default`] is what the default model was made with.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Smoothing of the naive Bayes tables; default [`Smoothing::Auto`].
    pub smoothing: Smoothing,
    /// The longest n-gram, from 1 (words alone) to 5; default 2.
    pub max_ngram: usize,
    /// In how many paragraphs a feature must occur; default 3.
    pub min_count: u32,
    /// The ridge that holds refined tables back to naive Bayes, or `None` for plain naive Bayes
    /// tables; default 3, in paragraphs of loss for an entry moved by one.
    pub refine: Option<f64>,
    /// The classes of words; by default those of [`WordClasses::embedded`], taken for `None`.
    pub word_classes: Option<WordClasses>,
    /// What smoothing, pooling, context and thresholds are chosen on; default [`Folds::Auto`].
    pub folds: Folds,
    /// What is held out together; default [`GroupBy::Article`].
    pub group_by: GroupBy,
    /// The seed of folds and bootstrap; default 0.
    pub seed: u64,
    /// The label that marks boilerplate and trains the filter; `None` makes it a label like others.
    /// Default `other`.
    pub boilerplate_label: Option<String>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            smoothing: Smoothing::Auto,
            max_ngram: 2,
            min_count: 3,
            refine: Some(3.0),
            word_classes: None,
            folds: Folds::Auto,
            group_by: GroupBy::Article,
            seed: 0,
            boilerplate_label: Some("other".to_string()),
        }
    }
}

/// # Errors
///
/// When an option is out of its range, or does not go with another.
pub(super) fn check_options(options: &TrainOptions) -> Result<()> {
    let check = |fine: bool, setting: &'static str, found: String, expected: &'static str| {
        if fine { Ok(()) } else { Err(Error::Setting { setting, found, expected }) }
    };
    if let Smoothing::Fixed(alpha) = options.smoothing {
        let fine = alpha.is_finite() && (1e-9..=1e6).contains(&alpha);
        check(fine, "smoothing", alpha.to_string(), "`auto` or a number from 1e-9 to 1e6")?;
    }
    let n = options.max_ngram;
    check((1..=5).contains(&n), "n-gram order", n.to_string(), "a number from 1 to 5")?;
    let n = options.folds.count();
    check((2..=100).contains(&n), "folds", n.to_string(), "`auto`, `none` or a number from 2 to 100")?;
    if options.folds == Folds::None {
        let fixed = options.smoothing != Smoothing::Auto;
        check(fixed, "smoothing", "`auto` without folds".to_string(), "a number: it is chosen out of fold")?;
        let plain = options.refine.is_none();
        check(
            plain,
            "refinement",
            "a ridge without folds".to_string(),
            "`none`: it is calibrated out of fold",
        )?;
    }
    if let Some(ridge) = options.refine {
        let fine = ridge.is_finite() && (1e-6..=1e9).contains(&ridge);
        check(fine, "refinement", ridge.to_string(), "`none` or a ridge from 1e-6 to 1e9")?;
    }
    check(options.min_count >= 1, "minimum count", "0".to_string(), "a number from 1")
}
