//! A run of `score`: articles are labelled and, if an option names a column, grouped by it or checked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use rayon::prelude::*;
use rhetor::corpus::{DuplicateKey, Duplicates};
use rhetor::read::{ColumnNames, Inputs, KeptColumns, ReadOptions};
use rhetor::report::{ArticleHasher, ArticlesHash, Origin};
use rhetor::summary::{Digest, DigestOptions, GroupKeys, GroupValue, Profile, Tally};
use rhetor::{Article, Model, Outcome, ScoreOptions};

use crate::args::{self, Explain, ScoreArgs, Unit};
use crate::progress::Progress;
use crate::stop::{self, Finish, Stop};
use crate::stream::each_article;
use crate::terminal::{say, say_written};

/// How many phrases an HTML report lists per paragraph, unless --explain is given.
const N_REASONS_OF_PAGES: usize = 5;

/// What `score` reads and how it labels it.
pub struct ScoreRun<'a> {
    pub args: &'a ScoreArgs,
    pub model: &'a Model,
    pub inputs: Inputs,
    pub progress: Progress,
    /// Whether pages of articles are written, which show evidence by default.
    pub explains: bool,
    /// A hash of the articles so far, for outputs that state it.
    pub hasher: Option<ArticleHasher>,
    /// How many articles were labelled so far.
    pub n_articles: usize,
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
        let (options, read) = (score_options(args, self.explains), read_options(args));
        let columns = ColumnNames { kept: self.kept.clone(), ..read.columns };
        let read = ReadOptions { columns, ..read };
        let mut column = ColumnCheck::new(args);
        let (keys, hashes) = (column.keys.clone(), self.hasher.is_some());
        let (hasher, n_articles) = (&mut self.hasher, &mut self.n_articles);
        let work = |article: Article| {
            let outcomes = model.score(&article, options);
            let hash = hashes.then(|| ArticleHasher::of(&article));
            (other_columns(&keys, &article), hash, work(article, outcomes))
        };
        self.stop = each_article(&self.inputs, &read, &mut self.progress, work, |(others, hash, result)| {
            column.add(others);
            *n_articles += 1;
            hasher.iter_mut().zip(hash).for_each(|(hasher, hash)| hasher.add(hash));
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

    /// The groups of all articles that share the values of `keys`, in the order of these; `None` if the run was stopped.
    pub fn groups(&mut self, keys: &GroupKeys) -> anyhow::Result<Option<Vec<Profile>>> {
        let n_labels = self.model.labels().len();
        let mut groups: BTreeMap<Vec<GroupValue>, Vec<Tally>> = BTreeMap::new();
        let work = |article: Article, outcomes: Vec<Outcome>| {
            (keys.values(&article), Tally::of(&article, &outcomes, n_labels))
        };
        self.each(work, |(name, tally)| {
            groups.entry(name).or_default().push(tally);
            Ok(())
        })?;
        let profile = |(values, articles): (Vec<GroupValue>, Vec<Tally>)| {
            Profile::of_group(values.into_iter().map(|value| value.text).collect(), articles)
        };
        let groups: Vec<_> = groups.into_iter().collect();
        Ok(self.stop.is_none().then(|| groups.into_par_iter().map(profile).collect()))
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

    /// What makes the results, so far without the articles.
    pub fn origin(&self) -> Origin {
        Origin::new(self.model, self.args.options())
    }

    /// A hash of the articles that were read; `None` if the run does not compute it.
    pub fn articles_hash(&mut self) -> Option<ArticlesHash> {
        self.hasher.take().map(ArticleHasher::finish)
    }

    /// Makes `results` visible and returns the exit code.
    pub fn finish(&self, results: impl Finish) -> anyhow::Result<ExitCode> {
        let code = stop::finish(results, self.stop, &self.progress)?;
        let path = args::file(&self.args.articles.output).filter(|_| self.stop.is_none());
        path.filter(|_| !self.progress.is_nothing())
            .iter()
            .for_each(|path| say_written(path, self.n_articles));
        Ok(code)
    }

    /// The exit code of a stopped run whose results need all articles.
    pub fn finish_without_results(&self, what: &str) -> ExitCode {
        let why = format!("{what} need all articles, so there are no results");
        self.stop.map_or(self.progress.exit_code(), |stop| stop.without_results(&why))
    }
}

/// How articles are labelled; `explains` if pages are written, which show reasons by default.
pub fn score_options(args: &ScoreArgs, explains: bool) -> ScoreOptions {
    let (n_evidence, n_reasons) = match args.explain {
        Some(Explain::Features(n)) => (n, 0),
        Some(Explain::Phrases(n)) => (0, n),
        None => (0, if explains { N_REASONS_OF_PAGES } else { 0 }),
    };
    ScoreOptions { context: !args.no_context, filter: !args.no_filter, n_evidence, n_reasons }
}

/// How inputs are read.
pub fn read_options(args: &ScoreArgs) -> ReadOptions {
    ReadOptions {
        rows_are_paragraphs: args.unit == Some(Unit::Paragraph),
        columns: args.articles.columns.names(),
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

/// The indices of the keys that an article lacks, and the columns that it has; `None` if it has all keys.
fn other_columns(keys: &GroupKeys, article: &Article) -> Option<(Vec<usize>, Vec<String>)> {
    let missing = keys.missing(article);
    (!missing.is_empty()).then(|| (missing, article.metadata.keys().cloned().collect()))
}

/// Whether any article has the columns of --compare or --group-by, and which columns there are instead.
struct ColumnCheck {
    option: &'static str,
    keys: GroupKeys,
    /// The keys that no article so far has.
    wanted: BTreeSet<usize>,
    n_articles: usize,
    others: BTreeSet<String>,
}

impl ColumnCheck {
    /// How many other columns are listed at most: each JSON object may have different keys.
    const MAX_LISTED: usize = 100;
    /// After this many articles without the column, a warning lets the user stop the run early.
    const EARLY: usize = 100;

    fn new(args: &ScoreArgs) -> ColumnCheck {
        let (option, keys) = match &args.compare {
            Some(column) => ("--compare", vec![column.clone()]),
            None => ("--group-by", args.group_by.clone()),
        };
        let wanted = (0..keys.len()).collect();
        ColumnCheck { option, keys: GroupKeys::new(keys), wanted, n_articles: 0, others: BTreeSet::new() }
    }

    fn add(&mut self, others: Option<(Vec<usize>, Vec<String>)>) {
        self.n_articles += 1;
        match others {
            None => self.wanted.clear(),
            Some((missing, names)) => {
                self.wanted.retain(|key| missing.contains(key));
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

    /// A message if no article so far has one of the columns.
    fn missing(&self, subject: &str) -> Option<String> {
        let key = self.wanted.first().filter(|_| self.n_articles > 0)?;
        let column = &self.keys.names()[*key];
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        let others = if others.is_empty() { "none".to_string() } else { others.join(", ") };
        Some(format!(
            "{}: {subject} no column or front-matter key `{column}`; columns are: {others}",
            self.option
        ))
    }
}
