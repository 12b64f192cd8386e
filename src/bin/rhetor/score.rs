//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use rayon::prelude::*;
use rhetor::{Article, Model, Outcome, Profile, Report, ScoreOptions};

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
        format: output::format(args.format, args.run.output.is_some()),
        labels: model.labels(),
        width: output::width(),
        keep_dropped: args.keep_dropped,
    };
    let scorer = Scorer { args, model: &model, report: &report };
    let mut sink = Sink::open(args.run.output.as_deref())?;
    sink.write(&scorer.header())?;
    let mut groups: BTreeMap<String, Vec<Profile>> = BTreeMap::new();
    for batch in files.chunks(FILES_AT_ONCE) {
        let results: Vec<rhetor::Result<FileResult>> =
            batch.par_iter().map(|path| scorer.file(path)).collect();
        for result in results {
            match result {
                Ok(file) => {
                    sink.write(&file.text)?;
                    file.grouped
                        .into_iter()
                        .for_each(|(name, profile)| groups.entry(name).or_default().push(profile));
                    file.errors.iter().for_each(|error| progress.failed(error));
                    progress.done();
                }
                Err(error) => progress.failed(&error),
            }
        }
    }
    for (name, articles) in groups {
        sink.write(&report.profile(&Profile::of_group(name, &articles)))?;
    }
    if progress.is_nothing() {
        return Ok(progress.exit_code());
    }
    sink.finish()?;
    Ok(progress.exit_code())
}

/// What one file gave.
struct FileResult {
    text: String,
    grouped: Vec<(String, Profile)>,
    errors: Vec<rhetor::Error>,
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
        let mut result = FileResult { text: String::new(), grouped: Vec::new(), errors: reading.errors };
        for (article, outcomes) in reading.articles.iter().zip(&outcomes) {
            self.push(&mut result, article, outcomes);
        }
        Ok(result)
    }

    fn push(&self, result: &mut FileResult, article: &Article, outcomes: &[Outcome]) {
        let profile = || Profile::of_article(article, outcomes, self.model.labels().len());
        match (&self.args.group_by, self.args.unit) {
            (Some(column), _) => {
                let value = article.metadata.get(column).filter(|value| !value.is_empty());
                let name = value.cloned().unwrap_or_else(|| format!("(no {column})"));
                result.grouped.push((name, profile()));
            }
            (None, Some(Unit::Article)) => result.text.push_str(&self.report.profile(&profile())),
            (None, _) => result.text.push_str(&self.report.article(article, outcomes)),
        }
    }
}
