//! Parquet: the columns of the CSV form with types of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::columns::evidence;
use super::{METADATA, flags, rounded, voice};
use crate::article::{Article, Paragraph};
use crate::error::{Error, Result};
use crate::metrics::Interval;
use crate::output::OutputFile;
use crate::profile::Profile;
use crate::score::{Labelling, Outcome};

/// How much is held in memory before it is written, in bytes.
const ROW_GROUP: usize = 64 << 20;

/// A column: its name, its values, and whether some may be missing.
type Column = (String, ArrayRef, bool);

/// Paragraphs or profiles on their way into a Parquet file, which appears when it is finished.
pub struct ParquetFile {
    path: PathBuf,
    labels: Vec<String>,
    writer: ArrowWriter<OutputFile>,
}

impl ParquetFile {
    /// A file of labelled paragraphs, one row each, dropped blocks too.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or cannot be written to.
    pub fn of_paragraphs(path: &Path, labels: &[String]) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, paragraph_columns(labels, &[]))
    }

    /// A file of profiles, one row each.
    ///
    /// # Errors
    ///
    /// When the folder of `path` is missing or cannot be written to.
    pub fn of_profiles(path: &Path, labels: &[String]) -> Result<ParquetFile> {
        ParquetFile::create(path, labels, profile_columns(labels, &[]))
    }

    fn create(path: &Path, labels: &[String], columns: Vec<Column>) -> Result<ParquetFile> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_bytes(Some(ROW_GROUP))
            .build();
        let file = OutputFile::create(path)?;
        let none = RecordBatch::try_from_iter_with_nullable(columns).map_err(of_arrow(path))?;
        let writer = ArrowWriter::try_new(file, none.schema(), Some(properties)).map_err(unwritten(path))?;
        Ok(ParquetFile { path: path.to_path_buf(), labels: labels.to_vec(), writer })
    }

    /// Adds all paragraphs of an article.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn article(&mut self, article: &Article, outcomes: &[Outcome]) -> Result<()> {
        let record = |(index, outcome)| Record { article, index, outcome };
        let records: Vec<Record<'_>> = outcomes.iter().enumerate().map(record).collect();
        self.write(paragraph_columns(&self.labels, &records))
    }

    /// Adds a profile.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn profile(&mut self, profile: &Profile) -> Result<()> {
        self.write(profile_columns(&self.labels, &[profile]))
    }

    fn write(&mut self, columns: Vec<Column>) -> Result<()> {
        let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(of_arrow(&self.path))?;
        self.writer.write(&batch).map_err(unwritten(&self.path))
    }

    /// As [`OutputFile::temporary_path`].
    pub fn temporary_path(&self) -> Option<&Path> {
        self.writer.inner().temporary_path()
    }

    /// As [`OutputFile::make_partial`]; a part is a whole table, too.
    pub fn make_partial(&mut self) -> Option<PathBuf> {
        self.writer.inner_mut().make_partial()
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    ///
    /// When the last rows cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<()> {
        self.writer.into_inner().map_err(unwritten(&self.path))?.finish()
    }
}

fn unwritten(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Error {
    let failed = Error::io(path, "write");
    |err| failed(std::io::Error::other(err))
}

fn of_arrow(path: &Path) -> impl FnOnce(ArrowError) -> Error {
    let failed = Error::io(path, "write");
    |err| failed(std::io::Error::other(err))
}

/// One block of an article.
struct Record<'a> {
    article: &'a Article,
    index: usize,
    outcome: &'a Outcome,
}

impl Record<'_> {
    fn paragraph(&self) -> &Paragraph {
        &self.article.paragraphs[self.index]
    }

    fn labelling(&self) -> Option<&Labelling> {
        match self.outcome {
            Outcome::Labelled(labelling) => Some(labelling),
            Outcome::Dropped(_) => None,
        }
    }

    fn reason(&self) -> Option<&'static str> {
        match self.outcome {
            Outcome::Labelled(_) => None,
            Outcome::Dropped(reason) => Some(reason.name()),
        }
    }
}

fn texts<R, S: AsRef<str>>(records: &[R], of: impl Fn(&R) -> Option<S>) -> ArrayRef {
    Arc::new(records.iter().map(of).collect::<StringArray>())
}

fn named((name, values, nullable): (&str, ArrayRef, bool)) -> Column {
    (name.to_string(), values, nullable)
}

fn integers<R>(records: &[R], of: impl Fn(&R) -> usize) -> ArrayRef {
    // No count in memory comes near the end of the 64 bits.
    Arc::new(records.iter().map(|record| Some(of(record) as i64)).collect::<Int64Array>())
}

fn reals<R>(records: &[R], of: impl Fn(&R) -> Option<f64>) -> ArrayRef {
    Arc::new(records.iter().map(|record| of(record).map(rounded)).collect::<Float64Array>())
}

fn paragraph_columns(labels: &[String], records: &[Record<'_>]) -> Vec<Column> {
    let label_of = |labelling: &Labelling| labels[labelling.label].as_str();
    let label = |r: &Record<'_>| Some(r.labelling().map_or("other", label_of).to_string());
    let unsure = records.iter().map(|r| r.labelling().map(|labelling| labelling.unsure));
    let flags_of = |r: &Record<'_>| {
        let out_of_domain = r.labelling().is_some_and(|labelling| labelling.out_of_domain);
        Some(flags(r.paragraph(), out_of_domain).join(" "))
    };
    let place = [
        ("source", texts(records, |r| Some(r.article.source.clone())), false),
        ("id", texts(records, |r| r.paragraph().id.clone()), true),
        ("paragraph", integers(records, |r| r.article.first_paragraph + r.index), false),
        ("start", integers(records, |r| r.paragraph().start), false),
        ("end", integers(records, |r| r.paragraph().end), false),
        ("span_of", texts(records, |r| Some(r.article.span_of.name())), false),
        ("label", texts(records, label), false),
        ("reason", texts(records, Record::reason), true),
        ("unsure", Arc::new(unsure.collect::<BooleanArray>()) as ArrayRef, true),
        ("flags", texts(records, flags_of), false),
    ];
    let scores = labels.iter().enumerate().map(|(label, name)| {
        let score = |r: &Record<'_>| Some(r.labelling()?.probabilities[label]);
        (format!("score_{name}"), reals(records, score), true)
    });
    let evidence_of = |r: &Record<'_>| r.labelling()?.evidence.as_ref().map(evidence);
    let text = [
        ("evidence", texts(records, evidence_of), true),
        ("text", texts(records, |r| Some(r.paragraph().text.clone())), false),
        ("voice", texts(records, |r| voice(r.paragraph())), true),
        ("speaker", texts(records, |r| r.paragraph().speaker.clone()), true),
    ];
    let metadata = METADATA.map(|key| (key, texts(records, |r| known(&r.article.metadata, key)), true));
    let (place, text, metadata) = (place.map(named), text.map(named), metadata.map(named));
    place.into_iter().chain(scores).chain(text).chain(metadata).collect()
}

/// A piece of metadata that is there and not empty.
fn known(metadata: &BTreeMap<String, String>, key: &str) -> Option<String> {
    metadata.get(key).filter(|value| !value.is_empty()).cloned()
}

/// The shares of a profile, by label.
type Shares = fn(&Profile) -> &[Interval];

fn word_shares(profile: &Profile) -> &[Interval] {
    &profile.word_shares
}

fn paragraph_shares(profile: &Profile) -> &[Interval] {
    &profile.paragraph_shares
}

fn profile_columns(labels: &[String], profiles: &[&Profile]) -> Vec<Column> {
    let mut columns = vec![named(("source", texts(profiles, |p| Some(p.name.clone())), false))];
    let keys = ["id", "doc", "title", "outlet", "date"];
    columns.extend(keys.map(|key| named((key, texts(profiles, |p| known(&p.metadata, key)), true))));
    let counts = [
        ("articles", integers(profiles, |p| p.n_articles), false),
        ("kept", integers(profiles, |p| p.tally.n_kept), false),
        ("dropped", integers(profiles, |p| p.tally.n_dropped), false),
        ("words", integers(profiles, |p| p.tally.words.iter().sum()), false),
        ("unsure_share", reals(profiles, |p| p.tally.known(p.tally.unsure_share())), true),
        ("out_of_domain_share", reals(profiles, |p| p.tally.known(p.tally.out_of_domain_share())), true),
    ];
    columns.extend(counts.map(named));
    for (kind, shares) in [("word_share", word_shares as Shares), ("paragraph_share", paragraph_shares)] {
        for (label, name) in labels.iter().enumerate() {
            let end = |suffix: &str, of: fn(&Interval) -> f64| {
                let share = |profile: &&Profile| profile.tally.known(of(&shares(profile)[label]));
                (format!("{kind}_{name}{suffix}"), reals(profiles, share), true)
            };
            columns.extend([end("", |i| i.value), end("_low", |i| i.low), end("_high", |i| i.high)]);
        }
    }
    columns.extend(labels.iter().enumerate().map(|(label, name)| {
        let score = |p: &&Profile| p.tally.known(p.tally.mean_scores()[label]);
        (format!("mean_score_{name}"), reals(profiles, score), true)
    }));
    columns
}
