//! `rhetor score --format html`: one page for a few articles, a folder of pages for many.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use rhetor::{
    Article, Digest, DuplicateKey, Duplicates, HtmlFolder, HtmlPage, HtmlReport, Outcome, Sheet, Tally,
};

use crate::args::Unit;
use crate::compare::Columns;
use crate::finish::{Finish, Kept};
use crate::output::{self, Sink};
use crate::results::duplicate_keys;
use crate::score::{GROUPS_NEED_ALL, Groups, ScoreRun, group_name};

/// How many articles one page holds.
const MOST_ARTICLES: usize = 300;
/// How much text the articles of one page have, in bytes, unless there is one alone.
const MOST_BYTES: usize = 4 << 20;

pub(crate) fn write(run: &mut ScoreRun<'_>) -> anyhow::Result<()> {
    let path = run.args.run.path();
    if path.is_none() && std::io::stdout().is_terminal() {
        anyhow::bail!(
            "--format html: found a terminal, expected a file for a browser; name one with -o report.html"
        )
    }
    let report = HtmlReport::new(run.model.labels(), run.digest_options()?);
    let report = match run.args.explain {
        Some(n_named) => report.naming(n_named),
        None => report,
    };
    let folder = path.filter(|path| output::is_folder(path));
    match (&run.args.group_by, folder) {
        (Some(_), Some(folder)) => {
            anyhow::bail!("{}: found a folder, expected a file: groups are one page", folder.display())
        }
        (Some(column), None) => groups(run, &report, column, Sink::open(path)?),
        (None, Some(folder)) => {
            pass_over(run, folder);
            into_folder(run, HtmlFolder::create(folder, &report)?, &report)
        }
        (None, None) if run.args.unit == Some(Unit::Article) => rows(run, &report, Sink::open(path)?),
        (None, None) => one_page(run, &report, Sink::open(path)?),
    }
}

/// Leaves out the pages of an earlier report, which stand where the new one will, from the inputs.
fn pass_over(run: &mut ScoreRun<'_>, folder: &Path) {
    // In a folder that is not there yet stands nothing.
    let Ok(folder) = folder.canonicalize() else { return };
    let is_inside = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path.starts_with(&folder));
    let named = &run.inputs.named;
    let (inside, files) =
        run.inputs.files.drain(..).partition(|path| is_inside(path) && !named.contains(path));
    run.inputs.files = files;
    output::say_skipped(&inside, "of the folder that is written");
}

/// An article of a folder on its way from the threads: ready, or, where copies are looked for, not yet.
enum Ready {
    Sheet(Box<Sheet>),
    Row(Box<Digest>),
    Unmarked(Article, Vec<Outcome>, Vec<DuplicateKey>),
}

fn into_folder(run: &mut ScoreRun<'_>, mut folder: HtmlFolder, report: &HtmlReport) -> anyhow::Result<()> {
    let (args, mut columns, mut duplicates) = (run.args, Columns::new(run.args), Duplicates::default());
    let only_rows = args.unit == Some(Unit::Article);
    let work = |article: Article, outcomes: Vec<Outcome>| {
        let names = Columns::of(args, &article);
        let ready = if only_rows {
            Ready::Row(Box::new(report.digest(&article, &outcomes)))
        } else if args.duplicates.mark_duplicates {
            let keys = duplicate_keys(&article, &args.duplicates);
            Ready::Unmarked(article, outcomes, keys)
        } else {
            Ready::Sheet(Box::new(report.sheet(&article, &outcomes)))
        };
        (names, ready)
    };
    run.each(work, |(names, ready)| {
        columns.add(names);
        match ready {
            Ready::Sheet(sheet) => folder.sheet(*sheet)?,
            Ready::Row(digest) => folder.row(*digest),
            Ready::Unmarked(mut article, outcomes, keys) => {
                duplicates.mark(&mut article, &keys);
                folder.sheet(report.sheet(&article, &outcomes))?;
            }
        }
        Ok(())
    })?;
    columns.check()?;
    run.finish(folder)
}

impl Finish for HtmlFolder {
    fn finish(self) -> anyhow::Result<()> {
        Ok(HtmlFolder::finish(self)?)
    }

    fn finish_partial(self) -> anyhow::Result<Kept> {
        Ok(Kept::InFile(HtmlFolder::finish_partial(self)?))
    }
}

/// All articles in one page, which is small enough to be opened.
fn one_page(run: &mut ScoreRun<'_>, report: &HtmlReport, mut sink: Sink) -> anyhow::Result<()> {
    let (args, mut columns, mut duplicates) = (run.args, Columns::new(run.args), Duplicates::default());
    let mut page = HtmlPage::new(report);
    let (mut n_articles, mut n_bytes) = (0, 0);
    let work = |article: Article, outcomes: Vec<Outcome>| {
        (Columns::of(args, &article), duplicate_keys(&article, &args.duplicates), article, outcomes)
    };
    run.each(work, |(names, keys, mut article, outcomes)| {
        columns.add(names);
        duplicates.mark(&mut article, &keys);
        n_bytes += article.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
        n_articles += 1;
        if n_articles > MOST_ARTICLES || (n_articles > 1 && n_bytes > MOST_BYTES) {
            anyhow::bail!(
                "--format html: found more than {MOST_ARTICLES} articles or {} MB of text, expected less for one page; \
                 write a folder of pages with -o FOLDER/, or rows alone with --unit article",
                MOST_BYTES >> 20
            )
        }
        page.article(article, outcomes);
        Ok(())
    })?;
    columns.check()?;
    sink.write(&page.text())?;
    run.finish(sink)
}

/// The overview alone.
fn rows(run: &mut ScoreRun<'_>, report: &HtmlReport, mut sink: Sink) -> anyhow::Result<()> {
    let (args, mut columns, mut digests) = (run.args, Columns::new(run.args), Vec::new());
    let work = |article: Article, outcomes: Vec<Outcome>| {
        (Columns::of(args, &article), report.digest(&article, &outcomes))
    };
    run.each(work, |(names, digest)| {
        columns.add(names);
        digests.push(digest);
        Ok(())
    })?;
    columns.check()?;
    sink.write(&report.rows(&digests))?;
    run.finish(sink)
}

/// A row for each group of articles.
fn groups(run: &mut ScoreRun<'_>, report: &HtmlReport, column: &str, mut sink: Sink) -> anyhow::Result<()> {
    let (n_labels, mut groups) = (run.model.labels().len(), Groups::default());
    let work = |article: Article, outcomes: Vec<Outcome>| {
        (group_name(column, &article), Tally::of(&article, &outcomes, n_labels))
    };
    run.each(work, |(name, tally)| {
        groups.add(name, tally);
        Ok(())
    })?;
    if run.is_cut_short(GROUPS_NEED_ALL) {
        return Ok(());
    }
    let profiles: Vec<_> = groups.profiles(column)?.collect();
    sink.write(&report.groups(column, &profiles))?;
    run.finish(sink)
}
