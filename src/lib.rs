//! Labels every paragraph of an article by what it does: report, advocate or analyse.
//!
//! [`read_path`] turns a file into an [`Article`] of paragraphs; [`Model::score`] drops the boilerplate
//! and says why ([`Reason`]), and gives every other paragraph calibrated probabilities and, when
//! asked, the exact [`Evidence`] behind them.
//!
//! ```
//! use rhetor::{Model, Outcome, ScoreOptions, article_from_text};
//!
//! let model = Model::embedded()?;
//! let article = article_from_text("The council voted 31 to 12 on Tuesday, officials said.\n\nShare on Facebook");
//! let outcomes = model.score(&article, ScoreOptions::default());
//! let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("a paragraph was dropped") };
//! assert_eq!(model.labels()[labelling.label], "report");
//! assert!(matches!(outcomes[1], Outcome::Dropped(rhetor::Reason::Share)));
//! # Ok::<(), rhetor::Error>(())
//! ```
//!
//! # The map of the code
//!
//! Modules stand below in the order in which data flows; a module uses only those above it, and a
//! test keeps it so. Files are opened in `output`, `read` and `model` alone; `corpus` and `report`
//! go through the first two.
//!
//! | module | what it holds |
//! |---|---|
//! | `error` | [`Error`] and [`Warning`], with path and line |
//! | `output` | [`OutputFile`], [`OutputFolder`]: written completely or not at all |
//! | `article` | [`Article`], [`Paragraph`], whose voice a word is in |
//! | `read` | from paths to articles: [`find_inputs`], [`Articles`], [`read_path`]; packed, in any encoding; one file an input form |
//! | `token` | words, numbers, punctuation, and who is speaking |
//! | `features` | a paragraph's features in six blocks: words, n-grams, quoted words, style, word classes, class n-grams; three of them are read from its neighbours, too; found by the numbers of their words, or slowly by name |
//! | `bayes` | class totals in, naive Bayes table out; the only file that knows linfa |
//! | `neighbours` | how much a paragraph hears of the words around it |
//! | `minimise` | L-BFGS; the only file that knows argmin |
//! | `calibration` | pools the blocks into probabilities; [`log_sum_exp`] |
//! | `refine` | naive Bayes tables moved towards a lower log loss |
//! | `filter` | which blocks are prose: rules, then a learned table; [`Reason`] |
//! | `context` | forward-backward over an article's paragraphs |
//! | `metrics` | the figures of an [`Evaluation`], bootstrap intervals |
//! | `corpus` | labelled text: [`Corpus`], folds, [`fingerprint`] |
//! | `duplicates` | paragraphs that occur again in a run: [`Duplicates`] |
//! | `model` | the fitted parts: [`Model`], [`Card`]; their file; the engine that finds their features |
//! | `score` | labels and evidence: [`Outcome`], [`Labelling`] |
//! | `train` | from a corpus to a model: [`train()`] |
//! | `evaluate` | a model or a recipe against labelled text: [`evaluate()`], [`cross_validate`] |
//! | `curve` | what more labels would pay: [`learning_curve`] |
//! | `summary` | profiles of articles and groups ([`Profile`]), their digests ([`Digest`]), and comparisons by the publisher's tag ([`Comparison`]) |
//! | `report` | records of results ([`Report`]): tables, JSONL, CSV and Parquet; pages for a browser: [`HtmlReport`], [`HtmlPage`], [`HtmlFolder`] |
//!
//! The command line in `src/bin/rhetor` reaches only what is exported here; threads over files and
//! talk on stderr live there.

mod error;
mod output;
mod article;
mod read;
mod token;
mod features;
mod minimise;
mod combination;
mod bayes;
mod refine;
mod neighbours;
mod filter;
mod metrics;
mod corpus;
mod duplicates;
mod model;
mod score;
#[cfg(feature = "train")]
mod train;
#[cfg(feature = "train")]
mod evaluate;
#[cfg(feature = "train")]
mod curve;
mod summary;
#[cfg(feature = "report")]
mod report;

pub use article::{Article, Paragraph, Part, SpanOf};
pub use corpus::{Corpus, GroupBy, LabelledRow, fingerprint};
#[cfg(feature = "train")]
pub use curve::learning_curve;
pub use duplicates::{DuplicateKey, Duplicates};
pub use error::{Error, Result, Warning};
#[cfg(feature = "train")]
pub use evaluate::{cross_validate, evaluate};
pub use features::{FeatureGroup, WordCodes};
pub use filter::Reason;
pub use metrics::{
    CurvePoint, Evaluation, GroupScores, Interval, LabelScores, OutOfFold, Prediction, ReliabilityBin,
};
pub use model::{Card, GroupSummary, Model};
pub use output::{OutputFile, OutputFolder};
pub use read::{
    Articles, ColumnNames, Inputs, ReadOptions, Reading, article_from_text, find_inputs, read_path,
};
#[cfg(all(feature = "report", feature = "parquet"))]
pub use report::ParquetFile;
#[cfg(feature = "report")]
pub use report::{Format, HtmlFolder, HtmlPage, HtmlReport, Report, Sheet, Styles, model_page};
pub use score::{
    Contribution, Evidence, LabelledParagraph, Labelling, Outcome, ScoreOptions, Word, filter_by_rules,
    keep_all,
};
pub use summary::{Comparison, Deviation, Digest, DigestOptions, Excerpt, Profile, TagMix, Tally, day};
#[cfg(feature = "train")]
pub use train::{Folds, Smoothing, TrainOptions, Trained, train};
