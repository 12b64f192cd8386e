//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rhetor::{
    Article, Duplicates, Fingerprint, Model, Outcome, Profile, ReadOptions, Report, ScoreOptions, Tally,
};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Progress};
use crate::results::{self, Records, Results, fingerprints};
use crate::stream::each_article;

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let profiles = args.unit == Some(Unit::Article) || args.group_by.is_some();
    if profiles && args.duplicates.mark_duplicates {
        anyhow::bail!("--mark-duplicates flags paragraphs: it cannot go with --unit article or --group-by");
    }
    let mut progress = Progress::default();
    let inputs = output::inputs(&args.paths, &mut progress)?;
    let model = output::model(args.model.as_deref())?;
    let path = args.run.output.as_deref();
    let report = Report {
        format: output::format(args.format, path),
        labels: model.labels(),
        width: output::width(),
        keep_dropped: args.keep_dropped,
    };
    let records = if profiles { Records::Profiles } else { Records::Paragraphs };
    let mut results = match results::is_parquet(args.format, path) {
        true => Results::parquet(path, model.labels(), records)?,
        false => Results::text(path, &report, records)?,
    };
    let scorer = Scorer { args, model: &model };
    let mut groups: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
    let mut duplicates = Duplicates::default();
    let options = ReadOptions {
        rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
        columns: args.columns.names(None),
    };
    let work = |article: Article| scorer.article(article);
    each_article(&inputs, &options, &mut progress, work, |scored| match scored {
        Scored::Paragraphs(mut article, outcomes, fingerprints) => {
            duplicates.mark(&mut article, &fingerprints);
            results.article(&article, &outcomes)
        }
        Scored::Profile(profile) => results.profile(&profile),
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
        results.profile(&Profile::of_group(name, articles))?;
    }
    if !progress.is_nothing() {
        results.finish()?;
    }
    Ok(progress.exit_code())
}

/// The group of articles that do not name one.
fn unnamed(column: &str) -> String {
    format!("(no {column})")
}

/// What one article gave.
enum Scored {
    /// Its paragraphs and what became of them; fingerprints where copies are looked for.
    Paragraphs(Article, Vec<Outcome>, Vec<Fingerprint>),
    Profile(Profile),
    /// Its group and its counts.
    Grouped(String, Tally),
}

struct Scorer<'a> {
    args: &'a ScoreArgs,
    model: &'a Model,
}

impl Scorer<'_> {
    fn article(&self, article: Article) -> Scored {
        let options = ScoreOptions {
            context: !self.args.no_context,
            gate: !self.args.no_gate,
            n_evidence: self.args.explain,
        };
        let outcomes = self.model.score(&article, options);
        match (&self.args.group_by, self.args.unit) {
            (Some(column), _) => self.grouped(column, &article, &outcomes),
            (None, Some(Unit::Article)) => {
                Scored::Profile(Profile::of_article(&article, &outcomes, self.model.labels().len()))
            }
            (None, _) => {
                let fingerprints = fingerprints(&article, &self.args.duplicates);
                Scored::Paragraphs(article, outcomes, fingerprints)
            }
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
