//! `rhetor score`: paragraphs, articles or groups, labelled.

use std::collections::BTreeMap;
use std::process::ExitCode;

use rhetor::{
    Article, DigestOptions, DuplicateKey, Duplicates, Inputs, Model, Outcome, Profile, ReadOptions, Report,
    ScoreOptions, Tally, day,
};

use crate::args::{ScoreArgs, Unit};
use crate::finish::{Finish, Kept};
use crate::interrupt::{self, Stop};
use crate::output::{self, Form, Progress};
use crate::results::{Records, Results, duplicate_keys};
use crate::stream::each_article;
use crate::{compare, pages, terminal};

/// Why an interrupt leaves no groups.
pub(crate) const GROUPS_NEED_ALL: &str = "groups need all of them, so there are no results";
/// How many features a report for a browser names, unless told.
const N_EVIDENCE_OF_PAGES: usize = 6;

pub(crate) fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads, &args.paths)?;
    interrupt::listen(&args.paths);
    // On one of the threads that score, for what one thread reads and another frees costs both.
    rayon::scope(|_| score(args))
}

fn score(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let path = args.run.path();
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
    output::check_not_read(path, &inputs)?;
    let model = output::model(args.model.as_deref())?;
    let mut run = ScoreRun {
        args,
        model: &model,
        inputs,
        progress,
        explains: form == Form::Html && !profiles,
        stop: None,
        kept: Kept::Nothing("there are no results"),
    };
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
                width: terminal::width(),
                keep_dropped: args.keep_dropped,
                styles: terminal::styles(path.is_some()),
            };
            run.write(Results::text(path, &report, records(profiles))?)?;
        }
        (Form::Parquet, None) => run.write(Results::parquet(path, model.labels(), records(profiles))?)?,
    }
    Ok(match run.stop {
        Some(stop) => stop.tell(&run.kept),
        None => run.progress.exit_code(),
    })
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
    /// Where an interrupt stopped it.
    pub(crate) stop: Option<Stop>,
    /// What became of the results then.
    pub(crate) kept: Kept,
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
            filter: !args.no_filter,
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
        self.stop = each_article(&self.inputs, &read, &mut self.progress, work, take)?;
        Ok(())
    }

    /// Makes visible what `results` were given: all of them, or those up to an interrupt.
    pub(crate) fn finish(&mut self, results: impl Finish) -> anyhow::Result<()> {
        self.kept = interrupt::finish(results, self.stop, &self.progress)?;
        Ok(())
    }

    /// Whether an interrupt left nothing to show, for what is shown needs all articles.
    pub(crate) fn is_cut_short(&mut self, why: &'static str) -> bool {
        if self.stop.is_some() {
            self.kept = Kept::Nothing(why);
        }
        self.stop.is_some()
    }

    fn write(&mut self, mut results: Results<'_>) -> anyhow::Result<()> {
        let mut groups = Groups::default();
        let mut duplicates = Duplicates::default();
        let (args, n_labels) = (self.args, self.model.labels().len());
        self.progress.shows_results = results.is_terminal() && args.group_by.is_none();
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
        if args.group_by.is_some() && self.is_cut_short(GROUPS_NEED_ALL) {
            return Ok(());
        }
        if let Some(column) = &args.group_by {
            groups.profiles(column)?.try_for_each(|profile| results.profile(&profile))?;
        }
        self.finish(results)
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

    /// The profiles of all groups in the order of their names.
    ///
    /// # Errors
    ///
    /// When no article names its group.
    pub(crate) fn profiles(self, column: &str) -> anyhow::Result<impl Iterator<Item = Profile>> {
        if self.tallies.len() == 1 && self.tallies.contains_key(&unnamed(column)) {
            anyhow::bail!("--group-by: found no input with a column or front-matter key `{column}`");
        }
        let groups = self.tallies.into_iter();
        Ok(groups.map(|(name, articles)| Profile::of_group(name, articles)))
    }
}

/// The group of articles that do not name one.
fn unnamed(column: &str) -> String {
    format!("(no {column})")
}

/// The name of an article's group.
pub(crate) fn group_name(column: &str, article: &Article) -> String {
    let is_date = column.eq_ignore_ascii_case("date");
    let name = article.known(column).map(|value| if is_date { day(value) } else { value });
    name.map_or_else(|| unnamed(column), str::to_string)
}
