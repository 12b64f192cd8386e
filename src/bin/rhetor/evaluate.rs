//! `rhetor evaluate`: how good a model is on labelled text.

use std::process::ExitCode;

use rhetor::{Evaluation, GroupBy, Interval};
use serde_json::json;

use crate::args::{EvaluateArgs, EvaluationFormat};
use crate::output::{self, Progress, Sink};

/// How many groups the table names.
const MOST_GROUPS: usize = 20;

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let mut progress = Progress::default();
    let names = args.columns.names(args.label_column.as_deref());
    let corpus = output::corpus(&args.corpus, &names, &mut progress);
    let group_by: GroupBy = args.group_by.into();
    let evaluation = match args.cross_validate {
        Some(n_folds) => {
            rhetor::cross_validate(&corpus, &args.fit.options(args.group_by)?, n_folds, group_by)?
        }
        None => rhetor::evaluate(&output::model(args.model.as_deref())?, &corpus, group_by, args.fit.seed)?,
    };
    let mut sink = Sink::open(args.run.output.as_deref())?;
    match args.format {
        EvaluationFormat::Json => sink.write(&format!("{}\n", as_json(&evaluation, group_by)))?,
        EvaluationFormat::Table => {
            sink.write(&figures(&evaluation))?;
            sink.write(&details(&evaluation, group_by))?;
        }
    }
    sink.finish()?;
    progress.done();
    Ok(progress.exit_code())
}

/// The figures that matter most, in lines.
pub(crate) fn figures(evaluation: &Evaluation) -> String {
    let mut lines = String::new();
    let width = evaluation.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(8);
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
    push(format!("{:width$} precision recall    F1 support", "label"));
    for (label, scores) in evaluation.labels.iter().zip(&evaluation.per_label) {
        push(format!(
            "{label:width$} {:>9.3} {:>6.3} {:>5.3} {:>7}",
            scores.precision, scores.recall, scores.f1, scores.support
        ));
    }
    lines
}

fn with_interval(interval: &Interval) -> String {
    format!("{:.3} ({:.3}-{:.3})", interval.value, interval.low, interval.high)
}

/// Confusions, coverage, the gate and the groups, in lines.
fn details(evaluation: &Evaluation, group_by: GroupBy) -> String {
    let mut lines = String::new();
    let mut push = |line: String| lines += &format!("{}\n", line.trim_end());
    let columns: Vec<&str> = evaluation.labels.iter().map(String::as_str).chain(["dropped"]).collect();
    let width = columns.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(8);
    push(String::new());
    let header: Vec<String> = columns.iter().map(|label| format!("{label:>width$}")).collect();
    push(format!("{:width$} {}   (columns: predicted)", "true", header.join(" ")));
    for (label, row) in evaluation.labels.iter().zip(&evaluation.confusion) {
        let row: Vec<String> = row.iter().map(|count| format!("{count:>width$}")).collect();
        push(format!("{label:width$} {}", row.join(" ")));
    }
    push(String::new());
    let shares: Vec<String> =
        evaluation.coverage.iter().map(|(share, _)| format!("{:>4.0}%", 100.0 * share)).collect();
    let hits: Vec<String> = evaluation.coverage.iter().map(|(_, hit)| format!("{hit:>5.3}")).collect();
    push(format!("surest   {}", shares.join(" ")));
    push(format!("accuracy {}", hits.join(" ")));
    push(String::new());
    let (dropped, clutter) = evaluation.clutter_dropped;
    push(format!(
        "gate: {dropped} of {clutter} clutter dropped, {} of {} real paragraphs lost",
        evaluation.real_lost, evaluation.n_paragraphs
    ));
    if group_by != GroupBy::Article {
        push(String::new());
        push(format!("{:>6} accuracy {}", "n", group_by.name()));
        for group in evaluation.groups.iter().take(MOST_GROUPS) {
            push(format!("{:>6} {:>8.3} {}", group.n_paragraphs, group.accuracy, group.name));
        }
        if evaluation.groups.len() > MOST_GROUPS {
            push(format!(
                "       and {} smaller (all of them with --format json)",
                evaluation.groups.len() - MOST_GROUPS
            ));
        }
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
        "gate": {
            "clutter": evaluation.clutter_dropped.1,
            "clutter_dropped": evaluation.clutter_dropped.0,
            "real_lost": evaluation.real_lost,
        },
        "groups": groups,
    })
}
