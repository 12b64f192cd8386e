//! `rhetor score --compare`: articles against their publisher's own tag, as lines of text.

use std::collections::BTreeSet;

use rhetor::{Article, Comparison, Digest, Format, Outcome, Report};

use crate::args::ScoreArgs;
use crate::output::{Sink, say};
use crate::score::ScoreRun;
use crate::terminal;

pub(crate) fn write(run: &mut ScoreRun<'_>, format: Format) -> anyhow::Result<()> {
    let (args, options) = (run.args, run.digest_options()?);
    let Some(column) = &args.compare else { return Ok(()) };
    let report = Report {
        format,
        labels: run.model.labels(),
        width: terminal::width(),
        keep_dropped: args.keep_dropped,
        styles: terminal::styles(args.run.path().is_some()),
    };
    let mut sink = Sink::open(args.run.path())?;
    let (mut columns, mut digests) = (Columns::new(args), Vec::new());
    let work = |article: Article, outcomes: Vec<Outcome>| {
        (Columns::of(args, &article), Digest::of(&article, &outcomes, &options))
    };
    run.each(work, |(names, digest)| {
        columns.add(names);
        digests.push(digest);
        Ok(())
    })?;
    if run.is_cut_short("a comparison needs all of them, so there are no results") {
        return Ok(());
    }
    columns.check()?;
    let comparison = Comparison::of(&digests, report.labels.len());
    sink.write(&report.comparison(column, &comparison, &digests))?;
    run.finish(sink)
}

/// Whether articles have the column that they are compared by, and which others they have.
pub(crate) struct Columns<'a> {
    column: Option<&'a str>,
    is_found: bool,
    n_articles: usize,
    others: BTreeSet<String>,
}

/// The columns of one article that lacks the one asked for; `None` where that was found.
pub(crate) type Lacking = Option<Vec<String>>;

impl<'a> Columns<'a> {
    /// How many columns are named when none is the one asked for: each object may have keys of its own.
    const MOST: usize = 100;
    /// After how many articles without the column that is told, while there is time to stop: which columns there
    /// are is known when all is read, and others may have it.
    const EARLY: usize = 100;

    pub(crate) fn new(args: &'a ScoreArgs) -> Columns<'a> {
        let column = args.compare.as_deref();
        Columns { column, is_found: false, n_articles: 0, others: BTreeSet::new() }
    }

    /// What an article has to say of the column asked for.
    pub(crate) fn of(args: &ScoreArgs, article: &Article) -> Lacking {
        let column = args.compare.as_deref()?;
        article.known(column).is_none().then(|| article.metadata.keys().cloned().collect())
    }

    pub(crate) fn add(&mut self, lacking: Lacking) {
        self.n_articles += 1;
        match lacking {
            None => self.is_found = true,
            Some(names) if !self.is_found => {
                let room = Columns::MOST.saturating_sub(self.others.len());
                self.others.extend(names.into_iter().take(room));
            }
            Some(_) => {}
        }
        if self.n_articles == Columns::EARLY
            && let Some((column, found)) = self.missing()
        {
            say(&format!(
                "rhetor: --compare: none of the first {} articles has a column or front-matter key `{column}`; found {found}",
                Columns::EARLY
            ));
        }
    }

    /// The column where no article has it yet, and what they have instead.
    fn missing(&self) -> Option<(&str, String)> {
        let column = self.column.filter(|_| self.n_articles > 0 && !self.is_found)?;
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        Some((column, if others.is_empty() { "none".to_string() } else { others.join(", ") }))
    }

    /// # Errors
    ///
    /// When there were articles and none has the column.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.missing() {
            None => Ok(()),
            Some((column, found)) => {
                anyhow::bail!(
                    "--compare: no article has a column or front-matter key `{column}`; found {found}"
                )
            }
        }
    }
}
