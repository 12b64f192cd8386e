//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use rayon::prelude::*;
use rhetor::{Article, Model, Outcome, Profile, Reading, Report, ScoreOptions, Tally};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Progress, Sink};

/// How many files are read before their results are written: bounds memory, keeps the order.
const FILES_AT_ONCE: usize = 64;

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let mut progress = Progress::default();
    let files = output::inputs(&args.paths, &mut progress)?;
    let model = output::model(args.model.as_deref())?;
    let report = Report {
        format: output::format(args.format, args.run.output.as_deref()),
        labels: model.labels(),
        width: output::width(),
        keep_dropped: args.keep_dropped,
    };
    let scorer = Scorer { args, model: &model, report: &report };
    let mut sink = Sink::open(args.run.output.as_deref())?;
    sink.write(&scorer.header())?;
    let mut groups: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
    for batch in files.chunks(FILES_AT_ONCE) {
        let results: Vec<rhetor::Result<FileResult>> =
            batch.par_iter().map(|path| scorer.file(path)).collect();
        for result in results {
            match result {
                Ok(file) => {
                    sink.write(&file.text)?;
                    file.grouped
                        .into_iter()
                        .for_each(|(name, tally)| groups.entry(name).or_default().push(tally));
                    progress.read(&file.reading);
                }
                Err(error) => progress.failed(&error),
            }
        }
    }
    if let (Some(column), 1) = (&args.group_by, groups.len())
        && groups.contains_key(&unnamed(column))
    {
        output::say(&format!("rhetor: no input has a column or front-matter key `{column}`"));
    }
    for (name, articles) in groups {
        sink.write(&report.profile(&Profile::of_group(name, articles)))?;
    }
    if !progress.is_nothing() {
        sink.finish()?;
    }
    Ok(progress.exit_code())
}

/// The group of articles that do not name one.
fn unnamed(column: &str) -> String {
    format!("(no {column})")
}

/// What one file gave.
struct FileResult {
    text: String,
    grouped: Vec<(String, Tally)>,
    reading: Reading,
}

struct Scorer<'a> {
    args: &'a ScoreArgs,
    model: &'a Model,
    report: &'a Report<'a>,
}

impl Scorer<'_> {
    fn header(&self) -> String {
        let profiles = self.args.unit == Some(Unit::Article) || self.args.group_by.is_some();
        if profiles { self.report.profile_header() } else { self.report.paragraph_header() }
    }

    fn file(&self, path: &Path) -> rhetor::Result<FileResult> {
        let rows_are_paragraphs = self.args.unit == Some(Unit::Paragraph);
        let reading = rhetor::read_path(path, rows_are_paragraphs)?;
        let options = ScoreOptions { context: !self.args.no_context, n_evidence: self.args.explain };
        let outcomes: Vec<Vec<Outcome>> =
            reading.articles.par_iter().map(|article| self.model.score(article, options)).collect();
        let mut text = String::new();
        let mut grouped = Vec::new();
        for (article, outcomes) in reading.articles.iter().zip(&outcomes) {
            match (&self.args.group_by, self.args.unit) {
                (Some(column), _) => grouped.push(self.grouped(column, article, outcomes)),
                (None, Some(Unit::Article)) => {
                    let profile = Profile::of_article(article, outcomes, self.model.labels().len());
                    text.push_str(&self.report.profile(&profile));
                }
                (None, _) => text.push_str(&self.report.article(article, outcomes)),
            }
        }
        Ok(FileResult { text, grouped, reading })
    }

    /// The name of an article's group, and its counts.
    fn grouped(&self, column: &str, article: &Article, outcomes: &[Outcome]) -> (String, Tally) {
        let value = match column {
            "source" => Some(&article.source),
            _ => article.metadata.get(column).or_else(|| article.metadata.get(&column.to_lowercase())),
        };
        let name = value.filter(|value| !value.is_empty()).cloned().unwrap_or_else(|| unnamed(column));
        (name, Tally::of(article, outcomes, self.model.labels().len()))
    }
}
