//! `rhetor score --format html`: one page for a few articles, a folder of pages for many.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rhetor::read::Inputs;
use rhetor::report::{HtmlFolder, HtmlPage, HtmlReport};
use rhetor::{Article, Outcome};

use crate::args::{self, Explain, Unit};
use crate::output::{self, Sink};
use crate::run::ScoreRun;
use crate::stop::{self, Finish};
use crate::terminal::say_skipped;
use rhetor::summary::GroupKeys;

/// The number of articles that one page may hold.
const MAX_ARTICLES: usize = 5000;
/// The size of their text, in bytes; a single article may be larger.
const MAX_BYTES: usize = 32 << 20;

pub fn write(run: &mut ScoreRun<'_>) -> anyhow::Result<ExitCode> {
    let path = args::file(&run.args.articles.output);
    if path.is_none() && std::io::stdout().is_terminal() {
        anyhow::bail!("--format html: found a terminal, expected a file; name one with -o report.html")
    }
    let options = run.digest_options()?;
    let report = HtmlReport::new(run.model.labels(), options.clone(), run.origin());
    let report = match run.args.explain {
        Some(Explain::Phrases(n_named) | Explain::Features(n_named)) => report.naming(n_named),
        None => report,
    };
    let folder = path.filter(|path| output::is_folder(path) || output::is_archive(path));
    let keys = GroupKeys::new(run.args.group_by.clone());
    match (keys.names(), folder) {
        ([_, ..], Some(folder)) => {
            anyhow::bail!(
                "{}: found a folder or archive, expected a file: a report on groups is one page",
                folder.display()
            )
        }
        ([_, ..], None) => {
            let sink = Sink::open(path)?;
            let Some(groups) = run.groups(&keys)? else { return Ok(run.finish_without_results("groups")) };
            let report = report.on(run.articles_hash());
            write_page(run, sink, &report.groups(keys.names(), &groups))
        }
        ([], Some(folder)) => {
            skip_earlier_report(run, folder);
            write_folder(run, folder, &report)
        }
        ([], None) if run.args.unit == Some(Unit::Article) => {
            let sink = Sink::open(path)?;
            let digests = run.digests(&options)?;
            let report = report.on(run.articles_hash());
            write_page(run, sink, &report.rows(&digests))
        }
        ([], None) => {
            let sink = Sink::open(path)?;
            let page = one_page(run, &report)?;
            let text = page.text(run.articles_hash());
            write_page(run, sink, &text)
        }
    }
}

fn write_page(run: &ScoreRun<'_>, mut sink: Sink, page: &str) -> anyhow::Result<ExitCode> {
    sink.write(page)?;
    run.finish(sink)
}

/// Removes from the inputs the pages of an earlier report, which the new one replaces.
fn skip_earlier_report(run: &mut ScoreRun<'_>, folder: &Path) {
    // A folder that does not exist yet holds no inputs.
    let Ok(folder) = folder.canonicalize() else { return };
    let is_inside = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path.starts_with(&folder));
    let Inputs { files, named, .. } = &mut run.inputs;
    let inside: Vec<PathBuf> =
        files.extract_if(.., |path| is_inside(path) && !named.contains(path)).collect();
    say_skipped(&inside, "in the output folder");
}

/// A page for each article and an overview; with --unit article, only the overview.
fn write_folder(run: &mut ScoreRun<'_>, path: &Path, report: &HtmlReport) -> anyhow::Result<ExitCode> {
    let mut folder = create(path, report)?;
    stop::set_temporary(folder.temporary_path());
    if run.args.unit == Some(Unit::Article) {
        let work = |article: Article, outcomes: Vec<Outcome>| report.digest(&article, &outcomes);
        run.each(work, |digest| {
            folder.row(digest);
            Ok(())
        })?;
    } else if run.args.articles.mark_duplicates {
        // Pages show duplicate marks, which depend on input order, so pages are not made in parallel.
        run.each_marked(|article, outcomes| Ok(folder.sheet(report.sheet(&article, &outcomes))?))?;
    } else {
        let work = |article: Article, outcomes: Vec<Outcome>| report.sheet(&article, &outcomes);
        run.each(work, |sheet| Ok(folder.sheet(sheet)?))?;
    }
    folder.note(run.articles_hash());
    run.finish(folder)
}

#[cfg(feature = "forms")]
fn create(path: &Path, report: &HtmlReport) -> anyhow::Result<HtmlFolder> {
    Ok(match output::is_archive(path) {
        true => HtmlFolder::create_archive(path, report)?,
        false => HtmlFolder::create(path, report)?,
    })
}

#[cfg(not(feature = "forms"))]
fn create(path: &Path, report: &HtmlReport) -> anyhow::Result<HtmlFolder> {
    if output::is_archive(path) {
        anyhow::bail!(
            "{}: this build cannot write ZIP archives; build rhetor with `--features forms`",
            path.display()
        );
    }
    Ok(HtmlFolder::create(path, report)?)
}

impl Finish for HtmlFolder {
    fn finish(self, is_partial: bool) -> anyhow::Result<Option<PathBuf>> {
        match is_partial {
            true => Ok(Some(self.finish_partial()?)),
            false => Ok(HtmlFolder::finish(self).map(|()| None)?),
        }
    }
}

/// All articles in one page, which must stay small enough for a browser.
fn one_page(run: &mut ScoreRun<'_>, report: &HtmlReport) -> anyhow::Result<HtmlPage> {
    let mut page = HtmlPage::new(report);
    let (mut n_articles, mut n_bytes) = (0, 0);
    run.each_marked(|article, outcomes| {
        n_bytes += article.paragraphs.iter().map(|paragraph| paragraph.text.len()).sum::<usize>();
        n_articles += 1;
        if n_articles > MAX_ARTICLES || (n_articles > 1 && n_bytes > MAX_BYTES) {
            anyhow::bail!(
                "--format html: found more than {MAX_ARTICLES} articles or {} MB of text, expected less for one page; \
                 write a folder of pages with -o FOLDER/ or -o FILE.zip, or only the overview with --unit article",
                MAX_BYTES >> 20
            )
        }
        page.article(article, outcomes);
        Ok(())
    })?;
    Ok(page)
}
