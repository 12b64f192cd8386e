//! `rhetor read`: the blocks of an input and which of them the filter drops.

use std::process::ExitCode;

use rhetor::Article;
use rhetor::corpus::Duplicates;
use rhetor::read::ReadOptions;

use crate::args::ReadArgs;
use crate::output::{self, Form, Sink};
use crate::progress::Progress;
use crate::run::duplicate_keys;
use crate::stream::each_article;
use crate::{inputs, stop};

pub fn run(args: &ReadArgs) -> anyhow::Result<ExitCode> {
    let articles = &args.articles;
    articles.threads.start(&articles.paths)?;
    stop::listen(&articles.paths);
    let path = articles.output();
    let format = match output::form(articles.format, path)? {
        Form::Text(format) => format,
        Form::Parquet => anyhow::bail!("`read` does not write Parquet; use --format jsonl, csv or table"),
        Form::Html => anyhow::bail!("`read` does not write HTML; use --format jsonl, csv or table"),
    };
    let mut progress = Progress::default();
    let inputs = inputs::find(&articles.paths, &mut progress)?;
    output::check_not_input(path, &inputs)?;
    let needs_model = !args.rules_only && !args.no_filter;
    let model = needs_model.then(|| inputs::model(args.model.as_deref())).transpose()?;
    let filter = |article: &Article| match &model {
        Some(model) => model.filter(article),
        None if args.no_filter => rhetor::score::keep_all(article),
        None => rhetor::score::filter_by_rules(article),
    };
    let report = output::report(format, &[], true, path);
    let mut sink = Sink::open(path)?;
    sink.write_report(&report, &report.block_header())?;
    progress.shows_results = sink.is_terminal();
    let options = ReadOptions { rows_are_paragraphs: args.rows, columns: articles.columns.names(None) };
    let mut duplicates = Duplicates::default();
    let work =
        |article: Article| (filter(&article), duplicate_keys(&article, articles.mark_duplicates), article);
    let stop = each_article(&inputs, &options, &mut progress, work, |(reasons, keys, mut article)| {
        duplicates.mark(&mut article, &keys);
        sink.write_report(&report, &report.blocks(&article, &reasons))
    })?;
    stop::finish(sink, stop, &progress)
}
