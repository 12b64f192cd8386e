//! Labels every paragraph of an article by what it does: report, advocacy or analysis.
//!
//! # Score
//!
//! [`article_from_text`] and [`read_path`] make an [`Article`]. [`Model::score`] drops its boilerplate, giving a
//! [`Reason`] for each block, and gives every other paragraph a label with calibrated probabilities.
//!
//! ```
//! use rhetor::{Model, Outcome, Reason, ScoreOptions, article_from_text};
//!
//! let model = Model::embedded()?;
//! let article = article_from_text("The council voted 31 to 12 on Tuesday, officials said.\n\nShare on Facebook");
//! let outcomes = model.score(&article, ScoreOptions::default());
//! let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("a paragraph was dropped") };
//! assert_eq!(model.labels()[labelling.label], "report");
//! assert_eq!(outcomes[1], Outcome::Dropped(Reason::Share));
//! # Ok::<(), rhetor::Error>(())
//! ```
//!
//! # Explain
//!
//! With [`ScoreOptions::n_reasons`], a labelling has [`Reasons`]: the phrases that count most for and against the label,
//! the style, and the paragraphs around it. All terms add up to the label's score. [`ScoreOptions::n_evidence`] gives
//! [`Evidence`], the same sum by the features of the model.
//!
//! ```
//! use rhetor::{Model, Outcome, ScoreOptions, article_from_text};
//!
//! let model = Model::embedded()?;
//! let article = article_from_text("We must stop this shameful waste now. It is time to act!");
//! let outcomes = model.score(&article, ScoreOptions { n_reasons: 3, ..ScoreOptions::default() });
//! let Outcome::Labelled(labelling) = &outcomes[0] else { panic!("a paragraph was dropped") };
//! let reasons = labelling.reasons.as_ref().expect("they were asked for");
//! assert!(reasons.phrases[0].weight > 0.0);
//! assert!((reasons.score - reasons.sum()).abs() < 1e-9);
//! # Ok::<(), rhetor::Error>(())
//! ```
//!
//! # Train
//!
//! [`train::train`] fits a model on a [`corpus::Corpus`] of labelled text; [`train::evaluate`] measures one.
//!
//! ```
//! # #[cfg(feature = "train")] {
//! use rhetor::corpus::Corpus;
//! use rhetor::read::ColumnNames;
//! use rhetor::train::{Folds, TrainOptions, train};
//!
//! let corpus = Corpus::read(&["seeds/contrasts".into()], &ColumnNames::default());
//! let options = TrainOptions { folds: Folds::Count(2), l2_penalty: None, ..TrainOptions::default() };
//! let trained = train(&corpus, &options)?;
//! assert_eq!(trained.model.labels(), ["report", "advocacy", "analysis"]);
//! # }
//! # Ok::<(), rhetor::Error>(())
//! ```
//!
//! # The map of the code
//!
//! Modules are listed in the order in which data flows: a module uses only the modules above it, which a test checks.
//! Only `output`, `read` and `model` open files.
//!
//! | module | content |
//! |---|---|
//! | `error` | [`Error`]: what can go wrong, with path and line |
//! | [`output`] | files and folders that are written completely or not at all |
//! | [`article`] | an article, its paragraphs, and who is speaking |
//! | [`read`] | from paths to articles, compressed or not, in any encoding; one file per input form |
//! | `token` | words, numbers, punctuation, and whose voice they are in |
//! | `features` | the features of a paragraph as integer keys in six groups; one extractor for all callers |
//! | `minimise` | L-BFGS; the only file that uses argmin |
//! | `combination` | the log-linear combination of the groups |
//! | `bayes` | naive Bayes tables; the only file that uses linfa |
//! | `refine` | refinement of the tables towards a lower log loss |
//! | `neighbours` | a paragraph's scores combined with those of its neighbours |
//! | `label_map` | which label each class of the tables has |
//! | `filter` | which blocks are prose: rules, then a learned table |
//! | [`metrics`] | the figures of an evaluation and the agreement of coders, with bootstrap intervals |
//! | [`corpus`] | labelled text, folds, fingerprints, duplicates, and the labels of several coders |
//! | [`model`] | the fitted parts and their file |
//! | [`score`] | labels, reasons and evidence |
//! | `sample` | paragraphs for people to label |
//! | `train` | from a corpus to a model; evaluation; learning curves |
//! | [`summary`] | profiles of articles and groups, and comparisons |
//! | `report` | results as tables, JSONL, CSV, Parquet and HTML |
//!
//! The program in `src/bin/rhetor` uses only what the library exports.
//!
//! # Cargo features
//!
//! `cli` (default) is the program; it includes `train` (training and evaluation) and `report` (tables, JSONL, CSV and
//! HTML). `forms` (default) reads feeds, mail, documents and workbooks. `parquet` reads and, with `report`, writes
//! Parquet. `serve` adds the commands `label` and `serve` to the program.

mod error;
pub mod output;
pub mod article;
pub mod read;
mod token;
mod features;
#[cfg(feature = "train")]
mod minimise;
mod combination;
#[cfg(feature = "train")]
mod bayes;
#[cfg(feature = "train")]
mod refine;
mod neighbours;
mod label_map;
mod filter;
pub mod metrics;
#[cfg(feature = "train")]
pub mod corpus;
pub mod model;
pub mod score;
#[cfg(feature = "train")]
pub mod sample;
#[cfg(feature = "train")]
pub mod train;
pub mod summary;
#[cfg(feature = "report")]
pub mod report;

pub use article::{Article, Paragraph};
pub use error::{Error, Result, Warning};
pub use features::FeatureGroup;
pub use filter::Reason;
pub use model::Model;
pub use read::{article_from_text, read_path};
pub use score::{Contribution, Evidence, Labelling, Outcome, Reasons, ScoreOptions};

/// The Rust in the guide for engineers, which runs as a test of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../docs/engineer.md")]
struct EngineersGuide;
