//! `rhetor score`: labels for paragraphs, articles or groups. `rhetor read`: the blocks that it would label.

use std::process::ExitCode;

use rhetor::corpus::Duplicates;
use rhetor::read::{ColumnNames, KeptColumns, ReadOptions};
use rhetor::report::{ArticleHasher, Format, Origin, PassedColumns, Report};
use rhetor::summary::{Comparison, GroupKeys, Profile};
use rhetor::{Article, Model, Outcome};

use crate::args::{self, FormatArg, ReadArgs, ScoreArgs, Unit};
use crate::drops::Drops;
use crate::output::{self, Sink};
use crate::progress::Progress;
use crate::results::{self, Results};
use crate::run::{ScoreRun, duplicate_keys};
use crate::stream::each_article;
use crate::{answer, pages, stop};

pub fn score(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    if args.stream {
        return answer::stream(args);
    }
    args.articles.threads.start(&args.articles.paths)?;
    stop::listen(&args.articles.paths);
    // Runs on one of the scoring threads: memory that one thread allocates and another frees slows down both.
    rayon::scope(|_| score_here(args))
}

fn score_here(args: &ScoreArgs) -> anyhow::Result<ExitCode> {
    let path = args::file(&args.articles.output);
    let format = output::format(args.articles.format, path)?;
    // The records of groups have the columns of those of articles.
    let grouped = (!args.group_by.is_empty()).then_some(Unit::Article);
    let records = grouped.or(args.unit).unwrap_or(Unit::Paragraph);
    if args.articles.mark_duplicates && records == Unit::Article {
        anyhow::bail!(
            "--mark-duplicates flags paragraphs: it cannot be used with --unit article or --group-by"
        );
    }
    if args.articles.mark_duplicates && args.compare.is_some() && format != FormatArg::Html {
        anyhow::bail!("--mark-duplicates flags paragraphs: with --compare it needs --format html");
    }
    let mut progress = Progress::default();
    let inputs = progress.inputs(&args.articles.paths)?;
    output::check_not_input(path, &inputs)?;
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let explains = format == FormatArg::Html && records == Unit::Paragraph;
    let states_hash = matches!(format, FormatArg::Html | FormatArg::Parquet);
    let hasher = states_hash.then(ArticleHasher::default);
    let is_records = matches!(format, FormatArg::Jsonl | FormatArg::Csv | FormatArg::Parquet);
    let passes = is_records && args.group_by.is_empty() && args.compare.is_none();
    let kept = if passes { args.articles.kept() } else { KeptColumns::None };
    let (passed, no_text) = (passed(&kept), args.articles.no_text);
    let mut run =
        ScoreRun { args, model: &model, inputs, progress, explains, hasher, n_articles: 0, kept, stop: None };
    let format = match format {
        FormatArg::Html => return pages::write(&mut run),
        FormatArg::Parquet if args.compare.is_some() => {
            anyhow::bail!("--compare does not support Parquet; use --format html, jsonl, csv or table")
        }
        FormatArg::Parquet => {
            let layout = results::layout(&model, &args.group_by, no_text);
            return write(&mut run, Results::parquet(path, model.labels(), records, passed, layout)?);
        }
        FormatArg::Table => Format::Table,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Csv => Format::Csv,
    };
    let report = Report {
        model: model.id(),
        keys: &args.group_by,
        keep_dropped: args.keep_dropped,
        no_text,
        ..output::report(format, model.labels(), path)
    };
    match &args.compare {
        Some(column) => write_comparison(&mut run, &report, column),
        None => write(&mut run, Results::text(path, report, records, passed)?),
    }
}

/// The columns of a header: those that were named, or those of the first records.
fn passed(kept: &KeptColumns) -> PassedColumns {
    match kept {
        KeptColumns::None => PassedColumns::named(Vec::new()),
        KeptColumns::Named(names) => PassedColumns::named(names.clone()),
        KeptColumns::Short | KeptColumns::All => PassedColumns::default(),
    }
}

/// Writes records of paragraphs, articles or groups.
fn write(run: &mut ScoreRun<'_>, mut results: Results<'_>) -> anyhow::Result<ExitCode> {
    let (args, n_labels) = (run.args, run.model.labels().len());
    run.progress.shows_results = results.is_terminal() && args.group_by.is_empty();
    if !args.group_by.is_empty() {
        let keys = GroupKeys::new(args.group_by.clone());
        let Some(groups) = run.groups(&keys)? else { return Ok(run.finish_without_results("groups")) };
        groups.into_iter().try_for_each(|group| results.profile(group))?;
    } else if args.unit == Some(Unit::Article) {
        let work =
            |article: Article, outcomes: Vec<Outcome>| Profile::of_article(&article, &outcomes, n_labels);
        run.each(work, |profile| results.profile(profile))?;
    } else {
        run.each_marked(|article, outcomes| results.article(article, outcomes))?;
    }
    let articles = run.articles_hash();
    results.note(&Origin { articles, ..run.origin() })?;
    run.finish(results)
}

/// Writes articles compared with their publisher's tags.
fn write_comparison(run: &mut ScoreRun<'_>, report: &Report<'_>, column: &str) -> anyhow::Result<ExitCode> {
    let options = run.digest_options()?;
    let mut sink = Sink::open(args::file(&run.args.articles.output))?;
    let digests = run.digests(&options)?;
    if run.stop.is_some() {
        return Ok(run.finish_without_results("comparisons"));
    }
    let comparison = Comparison::of(&digests, report.labels.len());
    sink.write(&report.comparison(column, &comparison, &digests))?;
    run.finish(sink)
}

/// The blocks of an input and which of them the filter drops.
pub fn read(args: &ReadArgs) -> anyhow::Result<ExitCode> {
    let articles = &args.articles;
    articles.threads.start(&articles.paths)?;
    stop::listen(&articles.paths);
    let path = args::file(&articles.output);
    let format = match output::format(articles.format, path)? {
        FormatArg::Table => Format::Table,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Csv => Format::Csv,
        FormatArg::Html => anyhow::bail!("`read` does not write HTML; use --format jsonl, csv or table"),
        FormatArg::Parquet => {
            anyhow::bail!("`read` does not write Parquet; use --format jsonl, csv or table")
        }
    };
    let mut progress = Progress::default();
    let inputs = progress.inputs(&articles.paths)?;
    output::check_not_input(path, &inputs)?;
    let needs_model = !args.rules_only && !args.no_filter;
    let model =
        needs_model.then(|| args.model.as_deref().map_or_else(Model::embedded, Model::load)).transpose()?;
    let filter = |article: &Article| match &model {
        Some(model) => model.filter(article),
        None if args.no_filter => rhetor::score::keep_all(article),
        None => rhetor::score::filter_by_rules(article),
    };
    // CSV has a header before any row has been read.
    let kept = match (format, articles.kept()) {
        (Format::Csv, KeptColumns::Named(names)) => KeptColumns::Named(names),
        (Format::Jsonl, kept) => kept,
        _ => KeptColumns::None,
    };
    let (passed, no_text) = (passed(&kept), articles.no_text);
    let report = Report { keep_dropped: true, no_text, passed, ..output::report(format, &[], path) };
    let mut sink = Sink::open(path)?;
    let mut drops = args.explain_drops.then(Drops::default);
    if drops.is_none() {
        sink.write_report(&report, &report.block_header())?;
    }
    progress.shows_results = sink.is_terminal() && drops.is_none();
    let options = ReadOptions {
        rows_are_paragraphs: args.rows,
        columns: ColumnNames { kept, ..articles.columns.names() },
    };
    let mut duplicates = Duplicates::default();
    let work =
        |article: Article| (filter(&article), duplicate_keys(&article, articles.mark_duplicates), article);
    let stop = each_article(&inputs, &options, &mut progress, work, |(reasons, keys, mut article)| {
        if let Some(drops) = &mut drops {
            drops.add(&article, &reasons);
            return Ok(());
        }
        duplicates.mark(&mut article, &keys);
        sink.write_report(&report, &report.blocks(&article, &reasons))
    })?;
    drops.map_or(Ok(()), |drops| sink.write(&drops.table()))?;
    stop::finish(sink, stop, &progress)
}
