//! `rhetor read`: blocks as they were read and filtered.

use std::process::ExitCode;

use rhetor::{Article, Duplicates, ReadOptions, Report};

use crate::args::ReadArgs;
use crate::output::{self, Form, Progress, Sink};
use crate::results::duplicate_keys;
use crate::stream::each_article;
use crate::{interrupt, terminal};

pub(crate) fn run(args: &ReadArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads, &args.paths)?;
    interrupt::listen(&args.paths);
    let format = match output::form(args.format, args.run.path())? {
        Form::Text(format) => format,
        Form::Parquet => anyhow::bail!("`read` writes no Parquet; name --format jsonl, csv or table"),
        Form::Html => anyhow::bail!("`read` writes no HTML; name --format jsonl, csv or table"),
    };
    let mut progress = Progress::default();
    let inputs = output::inputs(&args.paths, &mut progress)?;
    output::check_not_read(args.run.path(), &inputs)?;
    let needs_model = !args.rules_only && !args.no_filter;
    let model = if needs_model { Some(output::model(args.model.as_deref())?) } else { None };
    let filter = |article: &Article| match &model {
        Some(model) => model.filter(article),
        None if args.no_filter => rhetor::keep_all(article),
        None => rhetor::filter_by_rules(article),
    };
    let report = Report {
        format,
        labels: &[],
        width: terminal::width(),
        keep_dropped: true,
        styles: terminal::styles(args.run.path().is_some()),
    };
    let mut sink = Sink::open(args.run.path())?;
    sink.write_report(&report, &report.block_header())?;
    progress.shows_results = sink.is_terminal();
    let options = ReadOptions { rows_are_paragraphs: args.rows, columns: args.columns.names(None) };
    let mut duplicates = Duplicates::default();
    let filtered = |article: Article| (filter(&article), duplicate_keys(&article, &args.duplicates), article);
    let stop = each_article(&inputs, &options, &mut progress, filtered, |(reasons, keys, mut article)| {
        duplicates.mark(&mut article, &keys);
        sink.write_report(&report, &report.blocks(&article, &reasons))
    })?;
    let kept = interrupt::finish(sink, stop, &progress)?;
    Ok(match stop {
        Some(stop) => stop.tell(&kept),
        None => progress.exit_code(),
    })
}
