//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rhetor::{
    Article, DigestOptions, DuplicateKey, Duplicates, Inputs, Model, Outcome, Profile, ReadOptions, Report,
    ScoreOptions, Tally, day,
};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Form, Progress};
use crate::results::{Records, Results, duplicate_keys};
use crate::stream::each_article;
use crate::{compare, pages};

/// How many features a report for a browser names, unless told.
const N_EVIDENCE_OF_PAGES: usize = 6;

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let path = args.run.output.as_deref();
    let form = output::form(args.format, path)?;
    let profiles = args.unit == Some(Unit::Article) || args.group_by.is_some();
    if args.duplicates.mark_duplicates && profiles {
        anyhow::bail!("--mark-duplicates flags paragraphs: it cannot go with --unit article or --group-by");
    }
    if args.duplicates.mark_duplicates && args.compare.is_some() && form != Form::Html {
        anyhow::bail!("--mark-duplicates flags paragraphs: with --compare it needs --format html");
    }
    let mut progress = Progress::default();
    let inputs = output::inputs(&args.paths, &mut progress)?;
    let model = output::model(args.model.as_deref())?;
    let mut run =
        ScoreRun { args, model: &model, inputs, progress, explains: form == Form::Html && !profiles };
    match (form, &args.compare) {
        (Form::Html, _) => pages::write(&mut run)?,
        (Form::Text(format), Some(_)) => compare::write(&mut run, format)?,
        (Form::Parquet, Some(_)) => {
            anyhow::bail!("--compare writes no Parquet; name --format html, jsonl, csv or table")
        }
        (Form::Text(format), None) => {
            let report = Report {
                format,
                labels: model.labels(),
                width: output::width(),
                keep_dropped: args.keep_dropped,
            };
            run.write(Results::text(path, &report, records(profiles))?)?;
        }
        (Form::Parquet, None) => run.write(Results::parquet(path, model.labels(), records(profiles))?)?,
    }
    Ok(run.progress.exit_code())
}

fn records(profiles: bool) -> Records {
    if profiles { Records::Profiles } else { Records::Paragraphs }
}

/// One run of `score`: what it reads, and how it labels that.
pub(crate) struct ScoreRun<'a> {
    pub(crate) args: &'a ScoreArgs,
    pub(crate) model: &'a Model,
    pub(crate) inputs: Inputs,
    pub(crate) progress: Progress,
    /// Whether features are named unless told otherwise.
    explains: bool,
}

/// What one article gave.
enum Scored {
    /// Its paragraphs and what became of them; keys where copies are looked for.
    Paragraphs(Article, Vec<Outcome>, Vec<DuplicateKey>),
    Profile(Profile),
    /// Its group and its counts.
    Grouped(String, Tally),
}

impl ScoreRun<'_> {
    /// Labels all articles, and calls `work` and `take` on them as [`each_article`] does.
    pub(crate) fn each<T: Send>(
        &mut self,
        work: impl Fn(Article, Vec<Outcome>) -> T + Sync,
        take: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let n_evidence = self.args.explain.unwrap_or(if self.explains { N_EVIDENCE_OF_PAGES } else { 0 });
        let (model, args) = (self.model, self.args);
        let options = ScoreOptions {
            context: !args.no_context,
            gate: !args.no_gate,
            n_evidence,
            weigh_words: self.explains,
        };
        let read = ReadOptions {
            rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
            columns: args.columns.names(None),
        };
        let work = |article: Article| {
            let outcomes = model.score(&article, options);
            work(article, outcomes)
        };
        each_article(&self.inputs, &read, &mut self.progress, work, take)
    }

    fn write(&mut self, mut results: Results<'_>) -> anyhow::Result<()> {
        let mut groups = Groups::default();
        let mut duplicates = Duplicates::default();
        let (args, n_labels) = (self.args, self.model.labels().len());
        let work = |article, outcomes| scored(args, n_labels, article, outcomes);
        self.each(work, |scored| match scored {
            Scored::Paragraphs(mut article, outcomes, keys) => {
                duplicates.mark(&mut article, &keys);
                results.article(&article, &outcomes)
            }
            Scored::Profile(profile) => results.profile(&profile),
            Scored::Grouped(name, tally) => {
                groups.add(name, tally);
                Ok(())
            }
        })?;
        for profile in args.group_by.iter().flat_map(|column| groups.profiles(column)) {
            results.profile(&profile)?;
        }
        if !self.progress.is_nothing() {
            results.finish()?;
        }
        Ok(())
    }

    /// What is kept of each of many articles.
    ///
    /// # Errors
    ///
    /// When the label to show is none of the model's.
    pub(crate) fn digest_options(&self) -> anyhow::Result<DigestOptions> {
        let labels = self.model.labels();
        let index_of = |name: &str| labels.iter().position(|label| label == name);
        let strongest = match &self.args.strongest {
            Some(name) => index_of(name).ok_or_else(|| {
                anyhow::anyhow!("--strongest: found `{name}`, expected one of {}", labels.join(", "))
            })?,
            None => index_of("advocacy").unwrap_or_else(|| rarest(self.model)),
        };
        Ok(DigestOptions { n_labels: labels.len(), strongest, tag_column: self.args.compare.clone() })
    }
}

/// The label with the fewest paragraphs in the model's corpus; of several, the first.
fn rarest(model: &Model) -> usize {
    let count = |label: &String| model.card().label_counts.get(label).copied().unwrap_or_default();
    let labels = model.labels().iter().enumerate();
    labels.min_by_key(|(_, label)| count(label)).map_or(0, |(index, _)| index)
}

fn scored(args: &ScoreArgs, n_labels: usize, article: Article, outcomes: Vec<Outcome>) -> Scored {
    match (&args.group_by, args.unit) {
        (Some(column), _) => {
            Scored::Grouped(group_name(column, &article), Tally::of(&article, &outcomes, n_labels))
        }
        (None, Some(Unit::Article)) => Scored::Profile(Profile::of_article(&article, &outcomes, n_labels)),
        (None, _) => {
            let keys = duplicate_keys(&article, &args.duplicates);
            Scored::Paragraphs(article, outcomes, keys)
        }
    }
}

/// The counts of articles by group.
#[derive(Default)]
pub(crate) struct Groups {
    tallies: BTreeMap<String, Vec<Tally>>,
}

impl Groups {
    pub(crate) fn add(&mut self, name: String, tally: Tally) {
        self.tallies.entry(name).or_default().push(tally);
    }

    /// The profiles of all groups in the order of their names; says when no article names its group.
    pub(crate) fn profiles(&mut self, column: &str) -> impl Iterator<Item = Profile> + use<> {
        if self.tallies.len() == 1 && self.tallies.contains_key(&unnamed(column)) {
            output::say(&format!("rhetor: no input has a column or front-matter key `{column}`"));
        }
        std::mem::take(&mut self.tallies)
            .into_iter()
            .map(|(name, articles)| Profile::of_group(name, articles))
    }
}

/// The group of articles that do not name one.
fn unnamed(column: &str) -> String {
    format!("(no {column})")
}

/// The name of an article's group.
pub(crate) fn group_name(column: &str, article: &Article) -> String {
    let value = match column {
        "source" => Some(&article.source),
        _ => article.metadata.get(column).or_else(|| article.metadata.get(&column.to_lowercase())),
    };
    let value = value.map(String::as_str);
    let value = value.map(|value| if column.eq_ignore_ascii_case("date") { day(value) } else { value });
    value.filter(|value| !value.is_empty()).map_or_else(|| unnamed(column), str::to_string)
}
