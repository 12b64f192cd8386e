//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rhetor::{Article, Model, Outcome, Profile, ReadOptions, Report, ScoreOptions, Tally};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Progress, Sink};
use crate::stream::each_article;

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
    let options = ReadOptions {
        rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
        columns: args.columns.names(None),
    };
    let work = |article: &Article| scorer.article(article);
    each_article(&files, &options, &mut progress, work, |scored| match scored {
        Scored::Text(text) => sink.write(&text),
        Scored::Grouped(name, tally) => {
            groups.entry(name).or_default().push(tally);
            Ok(())
        }
    })?;
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

/// What one article gave.
enum Scored {
    Text(String),
    /// Its group and its counts.
    Grouped(String, Tally),
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

    fn article(&self, article: &Article) -> Scored {
        let options = ScoreOptions { context: !self.args.no_context, n_evidence: self.args.explain };
        let outcomes = self.model.score(article, options);
        match (&self.args.group_by, self.args.unit) {
            (Some(column), _) => self.grouped(column, article, &outcomes),
            (None, Some(Unit::Article)) => {
                let profile = Profile::of_article(article, &outcomes, self.model.labels().len());
                Scored::Text(self.report.profile(&profile))
            }
            (None, _) => Scored::Text(self.report.article(article, &outcomes)),
        }
    }

    /// The name of an article's group, and its counts.
    fn grouped(&self, column: &str, article: &Article, outcomes: &[Outcome]) -> Scored {
        let value = match column {
            "source" => Some(&article.source),
            _ => article.metadata.get(column).or_else(|| article.metadata.get(&column.to_lowercase())),
        };
        let name = value.filter(|value| !value.is_empty()).cloned().unwrap_or_else(|| unnamed(column));
        Scored::Grouped(name, Tally::of(article, outcomes, self.model.labels().len()))
    }
}
