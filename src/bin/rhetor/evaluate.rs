//! `rhetor evaluate`: the quality of a model on labelled text.

use std::process::ExitCode;

use rhetor::corpus::GroupBy;
use rhetor::metrics::Evaluation;
use rhetor::report::Styles;
use serde_json::{Map, Value, json};

use crate::args::{EvaluateArgs, EvaluationFormat};
use crate::output::Sink;
use crate::progress::Progress;
use crate::stderr::Bar;
use crate::stop::Finish;
use crate::terminal::{self, printable};
use crate::{figures, inputs};

/// How many groups the table lists.
const MAX_GROUPS: usize = 20;

pub fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    args.corpus.threads.start(&[])?;
    let mut progress = Progress::default();
    let corpus = inputs::corpus(&args.corpus.paths, &args.corpus, &mut progress);
    inputs::check_boilerplate_label(args.corpus.fit.boilerplate_label.as_deref(), &corpus)?;
    let group_by = args.corpus.group_by;
    let evaluation = match args.cross_validate {
        Some(n_folds) => {
            let _step = Bar::spinner("training and measuring on each part of the corpus");
            rhetor::train::cross_validate(&corpus, &args.corpus.options()?, n_folds, group_by)?
        }
        None => {
            let _step = Bar::spinner("measuring the model on the corpus");
            let model = inputs::model(args.model.as_deref())?;
            rhetor::train::evaluate(&model, &corpus, group_by, args.corpus.fit.seed)?
        }
    };
    let mut sink = Sink::open(args.output())?;
    match args.format {
        EvaluationFormat::Json => sink.write(&format!("{}\n", as_json(&evaluation, group_by)))?,
        EvaluationFormat::Table => {
            let styles = terminal::styles(args.output().is_some());
            sink.write_styled(&figures::headline(&evaluation, styles))?;
            sink.write_styled(&details(&evaluation, group_by, styles))?;
        }
    }
    sink.finish()?;
    progress.done();
    Ok(progress.exit_code())
}

/// Confusions, coverage, reliability, the filter and the groups, as lines.
fn details(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let (dropped, boilerplate) = evaluation.boilerplate_dropped;
    let mut lines = format!(
        "\n{}\n{}\n{}\nfilter: {dropped} of {boilerplate} boilerplate blocks dropped, {} of {} real paragraphs lost\n",
        figures::confusion(&evaluation.labels, &evaluation.confusion, styles),
        figures::coverage(&evaluation.coverage, styles),
        figures::reliability(&evaluation.reliability, styles),
        evaluation.real_lost,
        evaluation.n_paragraphs
    );
    if group_by != GroupBy::Article {
        lines += &groups(evaluation, group_by, styles);
    }
    lines
}

/// The accuracy on the largest groups, as lines.
fn groups(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let head = styles.heading(&format!("{:>6} accuracy {}", "n", group_by.name()));
    let mut lines = format!("\n{head}\n");
    for group in evaluation.groups.iter().take(MAX_GROUPS) {
        lines += &format!("{:>6} {:>8.3} {}\n", group.n_paragraphs, group.accuracy, printable(&group.name));
    }
    if evaluation.groups.len() > MAX_GROUPS {
        let n_more = evaluation.groups.len() - MAX_GROUPS;
        lines += &format!("       and {n_more} smaller (all of them with --format json)\n");
    }
    lines
}

fn as_json(evaluation: &Evaluation, group_by: GroupBy) -> Value {
    let labels = evaluation.labels.iter().zip(&evaluation.per_label);
    let per_label: Map<String, Value> =
        labels.map(|(label, scores)| (label.clone(), json!(scores))).collect();
    let coverage = evaluation.coverage.iter();
    let coverage: Vec<_> = coverage.map(|(share, hit)| json!({"coverage": share, "accuracy": hit})).collect();
    let groups = evaluation.groups.iter();
    let groups: Vec<_> = groups
        .map(|g| json!({"name": g.name, "paragraphs": g.n_paragraphs, "accuracy": g.accuracy}))
        .collect();
    json!({
        "labels": evaluation.labels,
        "paragraphs": evaluation.n_paragraphs,
        "group_by": group_by.name(),
        "macro_f1": evaluation.macro_f1,
        "accuracy": evaluation.accuracy,
        "per_label": per_label,
        "confusion": {"rows": "true", "columns": "predicted, then dropped", "counts": evaluation.confusion},
        "log_loss": evaluation.log_loss,
        "expected_calibration_error": evaluation.expected_calibration_error,
        "accuracy_by_coverage": coverage,
        "reliability": evaluation.reliability,
        "filter": {
            "boilerplate": evaluation.boilerplate_dropped.1,
            "boilerplate_dropped": evaluation.boilerplate_dropped.0,
            "real_lost": evaluation.real_lost,
        },
        "groups": groups,
    })
}
