//! The settings of training.

use std::collections::BTreeMap;

use crate::corpus::GroupBy;
use crate::error::{Error, Result};
use crate::features::{MAX_NGRAM, WordCodes};
use crate::model::About;

/// Additive smoothing of feature counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Smoothing {
    /// Chosen for each feature group by cross-validation.
    Auto,
    /// The same number for all groups.
    Fixed(f64),
}

/// The folds of cross-validation: smoothing, combination, neighbour weights and thresholds are chosen on predictions
/// for each fold by tables that were fitted without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// Five folds.
    Auto,
    /// This many, from 2 to 100.
    Count(usize),
    /// No folds: naive Bayes tables with fixed group weights, without neighbour weights or measures. Requires
    /// [`Smoothing::Fixed`] and no L2 penalty.
    None,
}

impl Folds {
    /// How many folds there are: 5 if no number is given.
    pub(crate) fn count(self) -> usize {
        match self {
            Folds::Count(n) => n,
            Folds::Auto | Folds::None => 5,
        }
    }
}

/// The settings of training. The default model was trained with [`TrainOptions::default`].
#[derive(Debug, Clone, PartialEq)]
pub struct TrainOptions {
    /// Smoothing of the naive Bayes tables; default [`Smoothing::Auto`].
    pub smoothing: Smoothing,
    /// The longest word n-gram, from 1 (words alone) to 3; default 2.
    pub max_ngram: usize,
    /// The minimum number of paragraphs that a feature must occur in, plus two for code pairs; default 3.
    pub min_count: u32,
    /// The L2 penalty of refinement on the distance from the naive Bayes tables, relative to the loss of one paragraph;
    /// `None` for naive Bayes tables without refinement; default 6.
    pub l2_penalty: Option<f64>,
    /// The codes of words; default `None`, which means [`WordCodes::embedded`].
    pub word_codes: Option<WordCodes>,
    /// The folds of cross-validation; default [`Folds::Auto`].
    pub folds: Folds,
    /// What is held out together; default [`GroupBy::Article`].
    pub group_by: GroupBy,
    /// The seed of folds and bootstrap; default 0.
    pub seed: u64,
    /// The label of boilerplate, which the filter is trained on; `None` for a corpus without such a label; default
    /// `other`.
    pub boilerplate_label: Option<String>,
    /// The name of the model; default `custom`.
    pub name: String,
    /// The version of the model; default `1`.
    pub version: String,
    /// What its card says about it; default nothing.
    pub about: Option<About>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        TrainOptions {
            smoothing: Smoothing::Auto,
            max_ngram: 2,
            min_count: 3,
            l2_penalty: Some(6.0),
            word_codes: None,
            folds: Folds::Auto,
            group_by: GroupBy::Article,
            seed: 0,
            boilerplate_label: Some("other".to_string()),
            name: "custom".to_string(),
            version: "1".to_string(),
            about: None,
        }
    }
}

/// Fails if an option is out of range or cannot be combined with another.
pub fn check_options(options: &TrainOptions) -> Result<()> {
    let check = |fine: bool, setting: &'static str, found: String, expected: &'static str| {
        if fine { Ok(()) } else { Err(Error::Setting { setting, found, expected }) }
    };
    if let Smoothing::Fixed(alpha) = options.smoothing {
        let expected = "`auto` or a number from 1e-9 to 1e6";
        check((1e-9..=1e6).contains(&alpha), "smoothing", alpha.to_string(), expected)?;
    }
    let n = options.max_ngram;
    check((1..=MAX_NGRAM).contains(&n), "n-gram length", n.to_string(), "a number from 1 to 3")?;
    let n = options.folds.count();
    check((2..=100).contains(&n), "folds", n.to_string(), "`auto`, `none` or a number from 2 to 100")?;
    if options.folds == Folds::None {
        let is_fixed = options.smoothing != Smoothing::Auto;
        check(is_fixed, "smoothing", "`auto` without folds".into(), "a number: `auto` needs folds")?;
        let (found, expected) = ("an L2 penalty without folds", "`none`: refinement needs folds");
        check(options.l2_penalty.is_none(), "L2 penalty", found.into(), expected)?;
    }
    if let Some(l2_penalty) = options.l2_penalty {
        let expected = "`none` or a number from 1e-6 to 1e9";
        check((1e-6..=1e9).contains(&l2_penalty), "L2 penalty", l2_penalty.to_string(), expected)?;
    }
    check(options.min_count >= 1, "minimum count", "0".into(), "a number of 1 or more")
}

/// The settings of [`super::adapt`].
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptOptions {
    /// The L2 penalty on the distance from the base's tables, relative to the loss of one paragraph; default `None`: the
    /// penalty is chosen by cross-validation, and the base's own tables are one of the choices.
    pub l2_penalty: Option<f64>,
    /// Old labels of the base, in any case, and their new names; several can have the same. Default: none.
    pub renamed: BTreeMap<String, String>,
    /// The folds of cross-validation; [`Folds::None`] is refused; default [`Folds::Auto`].
    pub folds: Folds,
    /// What is held out together; default [`GroupBy::Article`].
    pub group_by: GroupBy,
    /// The seed of folds and bootstrap; default 0.
    pub seed: u64,
    /// The label of boilerplate, whose rows are skipped; default `other`.
    pub boilerplate_label: Option<String>,
    /// The name of the model; default `custom`.
    pub name: String,
    /// The version of the model; default `1`.
    pub version: String,
}

impl Default for AdaptOptions {
    fn default() -> Self {
        AdaptOptions {
            l2_penalty: None,
            renamed: BTreeMap::new(),
            folds: Folds::Auto,
            group_by: GroupBy::Article,
            seed: 0,
            boilerplate_label: Some("other".to_string()),
            name: "custom".to_string(),
            version: "1".to_string(),
        }
    }
}

/// Fails if an option is out of range.
pub fn check_adapt_options(options: &AdaptOptions) -> Result<()> {
    let bad = |setting, found: String, expected| Err(Error::Setting { setting, found, expected });
    match (options.folds, options.l2_penalty) {
        (Folds::None, _) => bad("folds", "none".to_string(), "`auto` or a number from 2 to 100"),
        (Folds::Count(n), _) if !(2..=100).contains(&n) => {
            bad("folds", n.to_string(), "`auto` or a number from 2 to 100")
        }
        (_, Some(l2_penalty)) if !(1e-6..=1e9).contains(&l2_penalty) => {
            bad("L2 penalty", l2_penalty.to_string(), "`auto` or a number from 1e-6 to 1e9")
        }
        _ => Ok(()),
    }
}
