//! `rhetor evaluate`: how good a model is on labelled text.

use std::process::ExitCode;

use rhetor::{Evaluation, GroupBy, Interval, Styles};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::args::{EvaluateArgs, EvaluationFormat};
use crate::bar::Step;
use crate::output::{self, Progress, Sink, shown};
use crate::terminal;
use crate::train::check_clutter_label;

/// How many groups the table names.
const MOST_GROUPS: usize = 20;

pub(crate) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    output::set_threads(&args.run.threads)?;
    let mut progress = Progress::default();
    let names = args.columns.names(args.label_column.as_deref());
    let corpus = output::corpus(&args.corpus, &names, &mut progress);
    check_clutter_label(&args.fit, &corpus)?;
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
    let mut sink = Sink::open(args.run.output.as_deref())?;
    match args.format {
        EvaluationFormat::Json => sink.write(&format!("{}\n", as_json(&evaluation, group_by)))?,
        EvaluationFormat::Table => {
            let styles = terminal::styles(args.run.output.is_some());
            sink.write_styled(&figures(&evaluation, styles))?;
            sink.write_styled(&details(&evaluation, group_by, styles))?;
        }
    }
    sink.finish()?;
    progress.done();
    Ok(progress.exit_code())
}

/// The figures that matter most, in lines.
pub(crate) fn figures(evaluation: &Evaluation, styles: Styles) -> String {
    let mut lines = String::new();
    let width = label_width(evaluation);
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
    push(styles.heading(&format!("{} precision recall    F1 support", to_width("label", width))));
    for ((index, label), scores) in evaluation.labels.iter().enumerate().zip(&evaluation.per_label) {
        push(format!(
            "{} {:>9.3} {:>6.3} {:>5.3} {:>7}",
            styles.label(index, &to_width(label, width)),
            scores.precision,
            scores.recall,
            scores.f1,
            scores.support
        ));
    }
    lines
}

/// The columns that a label takes at most.
fn label_width(evaluation: &Evaluation) -> usize {
    evaluation.labels.iter().map(|label| shown(label).width()).max().unwrap_or(0).max("dropped".len() + 1)
}

/// A label with spaces behind it up to `width` columns.
fn to_width(label: &str, width: usize) -> String {
    let label = shown(label);
    format!("{label}{}", " ".repeat(width.saturating_sub(label.width())))
}

fn with_interval(interval: &Interval) -> String {
    format!("{:.3} ({:.3}-{:.3})", interval.value, interval.low, interval.high)
}

/// Confusions, coverage, the gate and the groups, in lines.
fn details(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let mut lines = confusion(evaluation, styles);
    let mut push = |line: String| lines += &format!("{}\n", line.trim_end());
    push(String::new());
    let per_line = (terminal::width() - "accuracy".len()) / " 1.000".len();
    for some in evaluation.coverage.chunks(per_line) {
        let shares: Vec<String> = some.iter().map(|(share, _)| format!("{:>4.0}%", 100.0 * share)).collect();
        let hits: Vec<String> = some.iter().map(|(_, hit)| format!("{hit:>5.3}")).collect();
        push(format!("{} {}", styles.heading("surest  "), shares.join(" ")));
        push(format!("{} {}", styles.heading("accuracy"), hits.join(" ")));
    }
    push(String::new());
    let (dropped, clutter) = evaluation.clutter_dropped;
    push(format!(
        "gate: {dropped} of {clutter} clutter dropped, {} of {} real paragraphs lost",
        evaluation.real_lost, evaluation.n_paragraphs
    ));
    if group_by != GroupBy::Article {
        lines += &groups(evaluation, group_by, styles);
    }
    lines
}

/// How often each label was taken for each, and how often the gate dropped it, in lines. The predicted
/// labels stand at the head of their columns, and with more of them than a terminal is wide, in as many
/// tables as they need.
fn confusion(evaluation: &Evaluation, styles: Styles) -> String {
    let width = label_width(evaluation);
    let per_table = (terminal::width() / (width + 1)).saturating_sub(1).max(1);
    let columns: Vec<&str> = evaluation.labels.iter().map(String::as_str).chain(["dropped"]).collect();
    let places: Vec<usize> = (0..columns.len()).collect();
    let mut lines = format!("\n{}\n", styles.heading("rows: true labels; columns: predicted"));
    for shown_places in places.chunks(per_table) {
        let head = |&place: &usize| {
            let name = shown(columns[place]);
            let padded = format!("{}{name}", " ".repeat(width.saturating_sub(name.width())));
            if place < evaluation.labels.len() { styles.label(place, &padded) } else { padded }
        };
        let heads: Vec<String> = shown_places.iter().map(head).collect();
        lines += &format!("{} {}\n", " ".repeat(width), heads.join(" "));
        for ((index, label), row) in evaluation.labels.iter().enumerate().zip(&evaluation.confusion) {
            let counts: Vec<String> =
                shown_places.iter().map(|&place| format!("{:>width$}", row[place])).collect();
            lines += &format!("{} {}\n", styles.label(index, &to_width(label, width)), counts.join(" "));
        }
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
        "gate": {
            "clutter": evaluation.clutter_dropped.1,
            "clutter_dropped": evaluation.clutter_dropped.0,
            "real_lost": evaluation.real_lost,
        },
        "groups": groups,
    })
}
