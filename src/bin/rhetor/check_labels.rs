//! `rhetor check-labels`: labels that are probably wrong.

use std::path::Path;
use std::process::ExitCode;

use rhetor::Model;
use rhetor::read::find_inputs;
use rhetor::report::Format;
use rhetor::train::{Doubt, Finding, Judge};

use crate::args::{self, CheckLabelsArgs, FormatArg};
use crate::output::{self, Sink};
use crate::progress::Progress;
use crate::stop::Finish;
use crate::terminal::{Bar, note};

pub fn run(args: &CheckLabelsArgs) -> anyhow::Result<ExitCode> {
    args.corpus.threads.start(&[])?;
    let path = args::file(&args.output);
    output::check_not_input(path, &find_inputs(&args.corpus.paths))?;
    let format = match output::format(args.format, path)? {
        FormatArg::Table => Format::Table,
        FormatArg::Jsonl => Format::Jsonl,
        FormatArg::Csv => Format::Csv,
        FormatArg::Html | FormatArg::Parquet => {
            anyhow::bail!("`check-labels` writes neither HTML nor Parquet; use --format jsonl, csv or table")
        }
    };
    let mut progress = Progress::default();
    let mut corpus = progress.corpus(&args.corpus.paths, &args.corpus);
    args.corpus.weigh(&mut corpus)?;
    args.corpus.check_boilerplate_label(&corpus)?;
    let model = args.model.as_deref().map(load).transpose()?;
    if let Some(model) = &model {
        let n_warnings = corpus.warnings.len();
        corpus.match_labels(model.labels());
        progress.report(&corpus.warnings[n_warnings..], &[]);
    }
    let judge = model.as_ref().map_or(Judge::CrossFitted(args.cross_validate), Judge::Model);
    let step = Bar::spinner("checking each part of the corpus");
    let findings = rhetor::train::check_labels(&corpus, &args.corpus.options()?, judge)?;
    drop(step);
    let report = output::report(format, &[], path);
    let mut sink = Sink::open(path)?;
    sink.write_report(&report, &report.findings(&findings))?;
    sink.finish(false)?;
    note(&summary(&findings, corpus.label_counts().values().sum()));
    progress.done();
    Ok(progress.exit_code())
}

/// The built-in model if it is named `default`, or the one in a file.
fn load(path: &Path) -> rhetor::Result<Model> {
    if path == Path::new("default") { Model::embedded() } else { Model::load(path) }
}

fn summary(findings: &[Finding], n_paragraphs: usize) -> String {
    let count = |doubt: Doubt| findings.iter().filter(|finding| finding.doubt == doubt).count();
    format!(
        "checked paragraphs: {n_paragraphs}; unlikely labels: {}; labels that differ from others of the same text: {}; \
         near-duplicates: {}",
        count(Doubt::Unlikely),
        count(Doubt::SeveralLabels),
        count(Doubt::NearDuplicate)
    )
}
