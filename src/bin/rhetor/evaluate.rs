//! `rhetor evaluate`: how good a model is on labelled text.

use std::process::ExitCode;

use rhetor::{Evaluation, GroupBy, Interval, Styles};
use serde_json::json;

use crate::args::{EvaluateArgs, EvaluationFormat};
use crate::bar::Step;
use crate::finish::Finish;
use crate::output::{self, Progress, Sink, shown};
use crate::train::check_boilerplate_label;
use crate::{figures, terminal};

/// How many groups the table names.
const MOST_GROUPS: usize = 20;

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads, &[])?;
    let mut progress = Progress::default();
    let names = args.columns.names(args.label_column.as_deref());
    let corpus = output::corpus(&args.corpus, &names, &mut progress);
    check_boilerplate_label(&args.fit, &corpus)?;
    let group_by: GroupBy = args.group_by.into();
    let evaluation = match args.cross_validate {
        Some(n_folds) => {
            let _step = Step::begin("training and measuring on each part of the corpus");
            rhetor::cross_validate(&corpus, &args.fit.options(args.group_by)?, n_folds, group_by)?
        }
        None => {
            let _step = Step::begin("measuring the model on the corpus");
            rhetor::evaluate(&output::model(args.model.as_deref())?, &corpus, group_by, args.fit.seed)?
        }
    };
    let mut sink = Sink::open(args.run.path())?;
    match args.format {
        EvaluationFormat::Json => sink.write(&format!("{}\n", as_json(&evaluation, group_by)))?,
        EvaluationFormat::Table => {
            let styles = terminal::styles(args.run.path().is_some());
            sink.write_styled(&headline(&evaluation, styles))?;
            sink.write_styled(&details(&evaluation, group_by, styles))?;
        }
    }
    sink.finish()?;
    progress.done();
    Ok(progress.exit_code())
}

/// The figures that matter most, in lines.
pub(crate) fn headline(evaluation: &Evaluation, styles: Styles) -> String {
    let mut lines = String::new();
    let mut push = |line: String| lines += &format!("{line}\n");
    push(format!("{} paragraphs in {} groups", evaluation.n_paragraphs, evaluation.n_groups));
    push(format!(
        "macro-F1 {}   accuracy {}",
        with_interval(&evaluation.macro_f1),
        with_interval(&evaluation.accuracy)
    ));
    push(format!(
        "log loss {:.3}   expected calibration error {:.3}",
        evaluation.log_loss, evaluation.expected_calibration_error
    ));
    lines + &figures::label_scores(&evaluation.labels, &evaluation.per_label, styles)
}

fn with_interval(interval: &Interval) -> String {
    format!("{:.3} ({:.3}-{:.3})", interval.value, interval.low, interval.high)
}

/// Confusions, coverage, reliability, the filter and the groups, in lines.
fn details(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let tables = [
        figures::confusion(&evaluation.labels, &evaluation.confusion, styles),
        figures::coverage(&evaluation.coverage, styles),
        figures::reliability(&evaluation.reliability, styles),
    ];
    let mut lines: String = tables.iter().map(|table| format!("\n{table}")).collect();
    let mut push = |line: String| lines += &format!("{}\n", line.trim_end());
    push(String::new());
    let (dropped, boilerplate) = evaluation.boilerplate_dropped;
    push(format!(
        "filter: {dropped} of {boilerplate} boilerplate dropped, {} of {} real paragraphs lost",
        evaluation.real_lost, evaluation.n_paragraphs
    ));
    if group_by != GroupBy::Article {
        lines += &groups(evaluation, group_by, styles);
    }
    lines
}

/// The accuracy of the largest groups, in lines.
fn groups(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let head = styles.heading(&format!("{:>6} accuracy {}", "n", group_by.name()));
    let mut lines = format!("\n{head}\n");
    for group in evaluation.groups.iter().take(MOST_GROUPS) {
        lines += &format!("{:>6} {:>8.3} {}\n", group.n_paragraphs, group.accuracy, shown(&group.name));
    }
    if evaluation.groups.len() > MOST_GROUPS {
        let n_more = evaluation.groups.len() - MOST_GROUPS;
        lines += &format!("       and {n_more} smaller (all of them with --format json)\n");
    }
    lines
}

fn as_json(evaluation: &Evaluation, group_by: GroupBy) -> serde_json::Value {
    let interval = |i: &Interval| json!({"value": i.value, "low": i.low, "high": i.high});
    let labels = evaluation.labels.iter().zip(&evaluation.per_label);
    let per_label: serde_json::Map<String, serde_json::Value> = labels
        .map(|(label, s)| {
            (
                label.clone(),
                json!({"precision": s.precision, "recall": s.recall, "f1": s.f1, "support": s.support}),
            )
        })
        .collect();
    let coverage: Vec<_> =
        evaluation.coverage.iter().map(|(share, hit)| json!({"coverage": share, "accuracy": hit})).collect();
    let groups: Vec<_> = evaluation
        .groups
        .iter()
        .map(
            |group| json!({"name": group.name, "paragraphs": group.n_paragraphs, "accuracy": group.accuracy}),
        )
        .collect();
    json!({
        "labels": evaluation.labels,
        "paragraphs": evaluation.n_paragraphs,
        "group_by": group_by.name(),
        "macro_f1": interval(&evaluation.macro_f1),
        "accuracy": interval(&evaluation.accuracy),
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
