//! `rhetor score`: labels for paragraphs, articles or groups.

use std::process::ExitCode;

use rhetor::report::Report;
use rhetor::summary::{Comparison, Profile};
use rhetor::{Article, Outcome};

use crate::args::{ScoreArgs, Unit};
use crate::output::{self, Form, Records, Results, Sink};
use crate::progress::Progress;
use crate::run::ScoreRun;
use crate::{inputs, pages, stop};

pub fn run(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    args.articles.threads.start(&args.articles.paths)?;
    stop::listen(&args.articles.paths);
    // On one of the threads that score: memory that one thread allocates and another frees slows down both.
    rayon::scope(|_| score(args))
}

fn score(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let path = args.articles.output();
    let form = output::form(args.articles.format, path)?;
    let records = match args.unit == Some(Unit::Article) || args.group_by.is_some() {
        true => Records::Profiles,
        false => Records::Paragraphs,
    };
    check_mark_duplicates(args, form, records)?;
    let mut progress = Progress::default();
    let inputs = inputs::find(&args.articles.paths, &mut progress)?;
    output::check_not_input(path, &inputs)?;
    let model = inputs::model(args.model.as_deref())?;
    let explains = form == Form::Html && records == Records::Paragraphs;
    let mut run = ScoreRun { args, model: &model, inputs, progress, explains, stop: None };
    match (form, &args.compare) {
        (Form::Html, _) => pages::write(&mut run),
        (Form::Text(format), compare) => {
            let report = output::report(format, model.labels(), args.keep_dropped, path);
            match compare {
                Some(column) => write_comparison(&mut run, &report, column),
                None => write(&mut run, Results::text(path, &report, records)?),
            }
        }
        (Form::Parquet, Some(_)) => {
            anyhow::bail!("--compare does not support Parquet; use --format html, jsonl, csv or table")
        }
        (Form::Parquet, None) => write(&mut run, Results::parquet(path, model.labels(), records)?),
    }
}

fn check_mark_duplicates(args: &ScoreArgs, form: Form, records: Records) -> anyhow::Result<()> {
    if !args.articles.mark_duplicates {
        return Ok(());
    }
    if records == Records::Profiles {
        anyhow::bail!(
            "--mark-duplicates flags paragraphs: it cannot be used with --unit article or --group-by"
        );
    }
    if args.compare.is_some() && form != Form::Html {
        anyhow::bail!("--mark-duplicates flags paragraphs: with --compare it needs --format html");
    }
    Ok(())
}

/// Writes records of paragraphs, articles or groups.
fn write(run: &mut ScoreRun<'_>, mut results: Results<'_>) -> anyhow::Result<ExitCode> {
    let (args, n_labels) = (run.args, run.model.labels().len());
    run.progress.shows_results = results.is_terminal() && args.group_by.is_none();
    if let Some(column) = &args.group_by {
        let Some(groups) = run.groups(column)? else { return Ok(run.finish_without_results("groups")) };
        groups.iter().try_for_each(|group| results.profile(group))?;
    } else if args.unit == Some(Unit::Article) {
        let work =
            |article: Article, outcomes: Vec<Outcome>| Profile::of_article(&article, &outcomes, n_labels);
        run.each(work, |profile| results.profile(&profile))?;
    } else {
        run.each_marked(|article, outcomes| results.article(&article, &outcomes))?;
    }
    run.finish(results)
}

/// Writes articles compared with their publisher's tags.
fn write_comparison(run: &mut ScoreRun<'_>, report: &Report<'_>, column: &str) -> anyhow::Result<ExitCode> {
    let options = run.digest_options()?;
    let mut sink = Sink::open(run.args.articles.output())?;
    let digests = run.digests(&options)?;
    if run.stop.is_some() {
        return Ok(run.finish_without_results("comparisons"));
    }
    let comparison = Comparison::of(&digests, report.labels.len());
    sink.write(&report.comparison(column, &comparison, &digests))?;
    run.finish(sink)
}
