//! A run of `score`: articles are labelled and, if an option names a column, grouped by it or checked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use rhetor::corpus::{DuplicateKey, Duplicates};
use rhetor::read::{ColumnNames, Inputs, KeptColumns, ReadOptions};
use rhetor::summary::{Digest, DigestOptions, Profile, Tally, day};
use rhetor::{Article, Model, Outcome, ScoreOptions};

use crate::args::{ScoreArgs, Unit};
use crate::progress::Progress;
use crate::stop::{self, Finish, Stop};
use crate::stream::each_article;
use crate::terminal::say;

/// How many features an HTML report lists per paragraph, unless --explain is given.
const N_EVIDENCE_OF_PAGES: usize = 6;

/// What `score` reads and how it labels it.
pub struct ScoreRun<'a> {
    pub args: &'a ScoreArgs,
    pub model: &'a Model,
    pub inputs: Inputs,
    pub progress: Progress,
    /// Whether pages of articles are written, which show evidence by default.
    pub explains: bool,
    /// The columns that records pass through.
    pub kept: KeptColumns,
    /// Where a signal stopped the run.
    pub stop: Option<Stop>,
}

impl ScoreRun<'_> {
    /// Labels all articles; calls `work` on them in parallel and `take` on its results in input order. Fails if `take`
    /// does, or if no article has the column of --compare or --group-by.
    pub fn each<T: Send>(
        &mut self,
        work: impl Fn(Article, Vec<Outcome>) -> T + Sync,
        mut take: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (model, args) = (self.model, self.args);
        let options = ScoreOptions {
            context: !args.no_context,
            filter: !args.no_filter,
            n_evidence: args.explain.unwrap_or(if self.explains { N_EVIDENCE_OF_PAGES } else { 0 }),
            weigh_words: self.explains,
        };
        let read = ReadOptions {
            rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
            columns: ColumnNames { kept: self.kept.clone(), ..args.articles.columns.names() },
        };
        let mut column = ColumnCheck::new(args);
        let named = column.column;
        let work = |article: Article| {
            let outcomes = model.score(&article, options);
            (other_columns(named, &article), work(article, outcomes))
        };
        self.stop = each_article(&self.inputs, &read, &mut self.progress, work, |(others, result)| {
            column.add(others);
            take(result)
        })?;
        let missing = column.missing("the articles have").filter(|_| self.stop.is_none());
        missing.map_or(Ok(()), |message| Err(anyhow::Error::msg(message)))
    }

    /// Labels all articles, marks duplicates if asked to, and calls `take` on them in input order.
    pub fn each_marked(
        &mut self,
        mut take: impl FnMut(Article, Vec<Outcome>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let marks = self.args.articles.mark_duplicates;
        let mut duplicates = Duplicates::default();
        let work = |article: Article, outcomes| (duplicate_keys(&article, marks), article, outcomes);
        self.each(work, |(keys, mut article, outcomes)| {
            duplicates.mark(&mut article, &keys);
            take(article, outcomes)
        })
    }

    /// The groups of all articles by `column`, in the order of their names; `None` if the run was stopped.
    pub fn groups(&mut self, column: &str) -> anyhow::Result<Option<Vec<Profile>>> {
        let n_labels = self.model.labels().len();
        let mut groups: BTreeMap<String, Vec<Tally>> = BTreeMap::new();
        let work = |article: Article, outcomes: Vec<Outcome>| {
            (group_of(column, &article), Tally::of(&article, &outcomes, n_labels))
        };
        self.each(work, |(name, tally)| {
            groups.entry(name).or_default().push(tally);
            Ok(())
        })?;
        let profiles =
            || groups.into_iter().map(|(name, articles)| Profile::of_group(name, articles)).collect();
        Ok(self.stop.is_none().then(profiles))
    }

    /// A summary of each article, in input order.
    pub fn digests(&mut self, options: &DigestOptions) -> anyhow::Result<Vec<Digest>> {
        let mut digests = Vec::new();
        let work = |article: Article, outcomes: Vec<Outcome>| Digest::of(&article, &outcomes, options);
        self.each(work, |digest| {
            digests.push(digest);
            Ok(())
        })?;
        Ok(digests)
    }

    /// What summaries of articles show. Fails if the model does not have the label of --strongest.
    pub fn digest_options(&self) -> anyhow::Result<DigestOptions> {
        let labels = self.model.labels();
        let index_of = |name: &str| labels.iter().position(|label| label == name);
        let strongest = match &self.args.strongest {
            Some(name) => index_of(name).ok_or_else(|| {
                anyhow::anyhow!("--strongest: found `{name}`, expected one of {}", labels.join(", "))
            })?,
            None => index_of("advocacy").unwrap_or_else(|| rarest_label(self.model)),
        };
        Ok(DigestOptions { n_labels: labels.len(), strongest, tag_column: self.args.compare.clone() })
    }

    /// Makes `results` visible and returns the exit code.
    pub fn finish(&self, results: impl Finish) -> anyhow::Result<ExitCode> {
        stop::finish(results, self.stop, &self.progress)
    }

    /// The exit code of a stopped run whose results need all articles.
    pub fn finish_without_results(&self, what: &str) -> ExitCode {
        let why = format!("{what} need all articles, so there are no results");
        self.stop.map_or(self.progress.exit_code(), |stop| stop.without_results(&why))
    }
}

/// The keys of an article's paragraphs if duplicates are marked.
pub fn duplicate_keys(article: &Article, marks: bool) -> Vec<DuplicateKey> {
    if marks { Duplicates::keys(article) } else { Vec::new() }
}

/// The label with the fewest paragraphs in the model's corpus; the first in a tie.
fn rarest_label(model: &Model) -> usize {
    let count = |label: &String| model.card().label_counts.get(label).copied().unwrap_or_default();
    let labels = model.labels().iter().enumerate();
    labels.min_by_key(|(_, label)| count(label)).map_or(0, |(index, _)| index)
}

/// The name of an article's group. Dates are grouped by day.
fn group_of(column: &str, article: &Article) -> String {
    let is_date = column.eq_ignore_ascii_case("date");
    let name = article.known(column).map(|value| if is_date { day(value) } else { value });
    name.map_or_else(|| format!("(no {column})"), str::to_string)
}

/// The columns of an article without `column`; `None` if the article has it.
fn other_columns(column: Option<&str>, article: &Article) -> Option<Vec<String>> {
    article.known(column?).is_none().then(|| article.metadata.keys().cloned().collect())
}

/// Whether any article has the column of --compare or --group-by, and which columns there are instead.
struct ColumnCheck<'a> {
    option: &'static str,
    column: Option<&'a str>,
    is_found: bool,
    n_articles: usize,
    others: BTreeSet<String>,
}

impl<'a> ColumnCheck<'a> {
    /// How many other columns are listed at most: each JSON object may have different keys.
    const MAX_LISTED: usize = 100;
    /// After this many articles without the column, a warning lets the user stop the run early.
    const EARLY: usize = 100;

    fn new(args: &'a ScoreArgs) -> ColumnCheck<'a> {
        let (option, column) = match &args.compare {
            Some(column) => ("--compare", Some(column)),
            None => ("--group-by", args.group_by.as_ref()),
        };
        let column = column.map(String::as_str);
        ColumnCheck { option, column, is_found: false, n_articles: 0, others: BTreeSet::new() }
    }

    fn add(&mut self, others: Option<Vec<String>>) {
        self.n_articles += 1;
        match others {
            None => self.is_found = true,
            Some(names) => {
                let room = Self::MAX_LISTED.saturating_sub(self.others.len());
                self.others.extend(names.into_iter().take(room));
            }
        }
        if self.n_articles == Self::EARLY
            && let Some(message) = self.missing(&format!("the first {} articles have", Self::EARLY))
        {
            say(&format!("rhetor: {message}"));
        }
    }

    /// A message if no article so far has the column.
    fn missing(&self, subject: &str) -> Option<String> {
        let column = self.column.filter(|_| self.n_articles > 0 && !self.is_found)?;
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        let others = if others.is_empty() { "none".to_string() } else { others.join(", ") };
        Some(format!(
            "{}: {subject} no column or front-matter key `{column}`; columns are: {others}",
            self.option
        ))
    }
}
