//! `rhetor read`: blocks as they were read and gated.

use std::process::ExitCode;

use rayon::prelude::*;
use rhetor::{Article, Report};

use crate::args::ReadArgs;
use crate::output::{self, Progress, Sink};

pub(crate) fn run(args: &ReadArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let mut progress = Progress::default();
    let files = output::inputs(&args.paths, &mut progress)?;
    let model = if args.rules_only { None } else { Some(output::model(args.model.as_deref())?) };
    let gate = |article: &Article| match &model {
        Some(model) => model.gate(article),
        None => rhetor::gate_by_rules(article),
    };
    let report = Report {
        format: output::format(args.format, args.run.output.as_deref()),
        labels: &[],
        width: output::width(),
        keep_dropped: true,
    };
    let mut sink = Sink::open(args.run.output.as_deref())?;
    sink.write(&report.block_header())?;
    for path in files {
        match rhetor::read_path(&path, args.rows) {
            Ok(reading) => {
                let blocks: Vec<String> = reading
                    .articles
                    .par_iter()
                    .map(|article| report.blocks(article, &gate(article)))
                    .collect();
                sink.write(&blocks.concat())?;
                progress.read(&reading);
            }
            Err(error) => progress.failed(&error),
        }
    }
    if !progress.is_nothing() {
        sink.finish()?;
    }
    Ok(progress.exit_code())
}
