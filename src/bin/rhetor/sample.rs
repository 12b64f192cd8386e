//! `rhetor sample`: paragraphs for people to label.

use std::path::Path;
use std::process::ExitCode;

use rhetor::output::OutputFile;
use rhetor::read::ReadOptions;
use rhetor::report::{LabelForm, label_rows};
use rhetor::sample::{Sample, Sampler};
use rhetor::{Article, Model, ScoreOptions};

use crate::args::{self, FormArg, SampleArgs};
use crate::output::{self, Sink};
use crate::progress::Progress;
use crate::stop::{self, Finish};
use crate::stream::each_article;
use crate::terminal::{note, say};

pub fn run(args: &SampleArgs) -> anyhow::Result<ExitCode> {
    args.threads.start(&args.paths)?;
    stop::listen(&args.paths);
    // As for `score`: memory that one thread allocates and another frees slows down both.
    rayon::scope(|_| sample_here(args))
}

fn sample_here(args: &SampleArgs) -> anyhow::Result<ExitCode> {
    let path = args::file(&args.output);
    let form = form(args, path)?;
    let mut progress = Progress::default();
    let inputs = progress.inputs(&args.paths)?;
    output::check_not_input(path, &inputs)?;
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let read = ReadOptions { rows_are_paragraphs: args.rows, columns: args.columns.names() };
    let mut sampler = Sampler::new(model.labels(), args.options());
    let score = |article: Article| {
        let outcomes = model.score(&article, ScoreOptions::default());
        (article, outcomes)
    };
    let stop = each_article(&inputs, &read, &mut progress, score, |(article, outcomes)| {
        sampler.add(&article, &outcomes);
        Ok(())
    })?;
    if let Some(stop) = stop {
        return Ok(stop.without_results("a sample needs all articles, so there is none"));
    }
    if !progress.is_nothing() {
        let sample = sampler.finish();
        write(path, &label_rows(form, &sample.rows, args.context)?)?;
        report(&sample, args.options().n);
    }
    Ok(progress.exit_code())
}

/// The requested form, or that of the output's suffix.
fn form(args: &SampleArgs, path: Option<&Path>) -> anyhow::Result<LabelForm> {
    let by_suffix = || {
        let Some(path) = path else { return Ok(FormArg::Jsonl) };
        Ok(match output::suffix(path).as_str() {
            "jsonl" | "ndjson" | "" => FormArg::Jsonl,
            "csv" => FormArg::Csv,
            "xlsx" => FormArg::Xlsx,
            "json" => FormArg::LabelStudio,
            suffix => anyhow::bail!(
                "{}: found the suffix `.{suffix}`, expected .jsonl, .csv, .xlsx or .json; for another suffix, give --form",
                path.display()
            ),
        })
    };
    let form = args.form.map_or_else(by_suffix, Ok)?;
    if form == FormArg::Xlsx && path.is_none() {
        anyhow::bail!("--form xlsx: found standard output, expected a file (-o FILE)");
    }
    form.form()
        .ok_or_else(|| anyhow::anyhow!("this build has no workbooks; build rhetor with `--features forms`"))
}

fn write(path: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(path) = path else {
        let mut sink = Sink::open(None)?;
        // All forms but workbooks, which need a file, are text.
        sink.write(&String::from_utf8_lossy(bytes))?;
        sink.finish(false)?;
        return Ok(());
    };
    let mut file = OutputFile::create(path)?;
    stop::set_temporary(file.temporary_path());
    file.write(bytes)?;
    Ok(file.finish()?)
}

fn report(sample: &Sample, n: usize) {
    let Sample { rows, n_drawn, n_paragraphs } = sample;
    let n_context = rows.len() - n_drawn;
    note(&format!("drew {n_drawn} of {n_paragraphs} paragraphs, with {n_context} rows of context"));
    if *n_drawn < n {
        say(&format!("rhetor: found {n_drawn} different paragraphs to draw, fewer than -n {n}"));
    }
}
