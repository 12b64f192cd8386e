//! `rhetor evaluate`: the quality of a model on labelled text, in tables that fit the terminal.

use std::process::ExitCode;

use rhetor::corpus::GroupBy;
use rhetor::metrics::{CurvePoint, Evaluation, Interval, LabelScores, ReliabilityBin};
use rhetor::report::Styles;
use unicode_width::UnicodeWidthStr;

use crate::args::{self, EvaluateArgs, EvaluationFormat};
use crate::compared;
use crate::output::Sink;
use crate::progress::Progress;
use crate::stop::Finish;
use crate::terminal::{self, Bar, printable};

/// How many groups the table lists.
const MAX_GROUPS: usize = 20;

/// What the rows and columns of a confusion matrix are.
pub const TRUE_BY_PREDICTED: &str = "rows: true labels; columns: predicted";

/// The last column of the confusion matrix if the filter was applied.
const DROPPED: &str = "dropped";

pub fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    args.corpus.threads.start(&[])?;
    let mut progress = Progress::default();
    let mut corpus = progress.corpus(&args.corpus.paths, &args.corpus);
    args.corpus.weigh(&mut corpus)?;
    args.corpus.check_boilerplate_label(&corpus)?;
    let group_by = args.corpus.group_by;
    let (evaluation, of_models) = match args.cross_validate {
        Some(n_folds) => {
            let _step = Bar::spinner("training and measuring on each part of the corpus");
            let options = args.corpus.options()?;
            (rhetor::train::cross_validate(&corpus, &options, n_folds, group_by)?, Vec::new())
        }
        None => {
            let _step = Bar::spinner("measuring the model on the corpus");
            let of_models = compared::predictions(args, &mut corpus, &mut progress)?;
            (of_models[0].predictions.evaluation(), of_models)
        }
    };
    let path = args::file(&args.output);
    let mut sink = Sink::open(path)?;
    match args.format() {
        EvaluationFormat::Json => {
            let mut json = evaluation.as_json(group_by.name());
            compared::add_to_json(&mut json, &of_models, args.errors)?;
            sink.write(&format!("{json}\n"))?;
        }
        EvaluationFormat::Table => {
            let styles = terminal::styles(path.is_some());
            sink.write_styled(&headline(&evaluation, styles))?;
            sink.write_styled(&details(&evaluation, group_by, styles))?;
            sink.write_styled(&compared::lines(&of_models, args.errors, styles)?)?;
        }
    }
    sink.finish(false)?;
    progress.done();
    Ok(progress.exit_code())
}

/// The confusion matrix, coverage, reliability, the filter and the groups, as lines.
fn details(evaluation: &Evaluation, group_by: GroupBy, styles: Styles) -> String {
    let (dropped, boilerplate) = evaluation.boilerplate_dropped;
    let mut lines = format!(
        "\n{}\n{}\n{}\nfilter: {dropped} of {boilerplate} boilerplate blocks dropped, {} of {} real paragraphs lost\n",
        confusion(&evaluation.labels, &evaluation.confusion, TRUE_BY_PREDICTED, styles),
        coverage(&evaluation.coverage, styles),
        reliability(&evaluation.reliability, styles),
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
        lines += &format!("       and {n_more} smaller groups (--format json lists all)\n");
    }
    lines
}

/// The most important figures, as lines.
pub fn headline(evaluation: &Evaluation, styles: Styles) -> String {
    format!(
        "{} paragraphs in {} groups\nmacro-F1 {}   accuracy {}\n\
         log loss {:.3}   expected calibration error {:.3}\n{}",
        evaluation.n_paragraphs,
        evaluation.n_groups,
        with_interval(&evaluation.macro_f1),
        with_interval(&evaluation.accuracy),
        evaluation.log_loss,
        evaluation.expected_calibration_error,
        label_scores(&evaluation.labels, &evaluation.per_label, styles)
    )
}

pub fn with_interval(Interval { value, low, high }: &Interval) -> String {
    format!("{value:.3} ({low:.3}-{high:.3})")
}

/// Macro-F1 by share of the corpus, with the gain of each step.
pub fn learning_curve(points: &[CurvePoint]) -> String {
    let mut lines = String::from("learning curve: macro-F1 of models trained on a share of the corpus\n");
    lines += "  share paragraphs macro-F1              gain\n";
    let mut last: Option<f64> = None;
    for point in points {
        let value = point.macro_f1.value;
        let gain = last.map(|last| format!("{:+.3}", value - last)).unwrap_or_default();
        let share = format!("{:.1}%", 100.0 * point.share);
        let macro_f1 = with_interval(&point.macro_f1);
        let line = format!("{share:>7} {:>10} {macro_f1} {gain:>6}", point.n_paragraphs);
        lines += &format!("{}\n", line.trim_end());
        last = Some(value);
    }
    lines
}

/// Precision, recall, F1 and support of each label.
pub fn label_scores(labels: &[String], scores: &[LabelScores], styles: Styles) -> String {
    let width = label_width(labels);
    let head = format!("{} precision recall    F1 support", left(width, "label"));
    let mut lines = format!("{}\n", styles.heading(&head));
    for ((index, label), scores) in labels.iter().enumerate().zip(scores) {
        lines += &format!(
            "{} {:>9.3} {:>6.3} {:>5.3} {:>7}\n",
            styles.label(index, &left(width, label)),
            scores.precision,
            scores.recall,
            scores.f1,
            scores.support
        );
    }
    lines
}

/// The width of the label column: that of the longest label, or of `dropped` and a space.
fn label_width(labels: &[String]) -> usize {
    labels.iter().map(|label| printable(label).width()).max().unwrap_or(0).max(DROPPED.len() + 1)
}

/// A label in the column of `labels`.
pub fn label_cell(labels: &[String], label: &str) -> String {
    left(label_width(labels), label)
}

fn padding(width: usize, label: &str) -> String {
    " ".repeat(width.saturating_sub(label.width()))
}

fn left(width: usize, label: &str) -> String {
    let label = printable(label);
    format!("{label}{}", padding(width, &label))
}

fn right(width: usize, label: &str) -> String {
    let label = printable(label);
    format!("{}{label}", padding(width, &label))
}

/// A confusion matrix below `what` its rows and columns are, with a column for dropped paragraphs if `counts` has one.
/// It is split into several tables if the labels of the columns do not fit the terminal.
pub fn confusion(labels: &[String], counts: &[Vec<usize>], what: &str, styles: Styles) -> String {
    let width = label_width(labels);
    let per_table = (terminal::width() / (width + 1)).saturating_sub(1).max(1);
    let has_dropped = counts.first().is_some_and(|row| row.len() > labels.len());
    let names = labels.iter().map(String::as_str).chain(has_dropped.then_some(DROPPED));
    let heads: Vec<String> = names
        .enumerate()
        .map(|(index, name)| match index < labels.len() {
            true => styles.label(index, &right(width, name)),
            false => right(width, name),
        })
        .collect();
    let mut lines = format!("{}\n", styles.heading(what));
    for start in (0..heads.len()).step_by(per_table) {
        let range = start..heads.len().min(start + per_table);
        lines += &format!("{} {}\n", " ".repeat(width), heads[range.clone()].join(" "));
        for ((index, label), row) in labels.iter().enumerate().zip(counts) {
            let counts: Vec<String> = row[range.clone()].iter().map(|n| format!("{n:>width$}")).collect();
            lines += &format!("{} {}\n", styles.label(index, &left(width, label)), counts.join(" "));
        }
    }
    lines
}

/// Selective accuracy: the accuracy on the most certain share of paragraphs.
pub fn coverage(coverage: &[(f64, f64)], styles: Styles) -> String {
    let per_line = (terminal::width() - "accuracy".len()) / " 1.000".len();
    let mut lines = String::new();
    for some in coverage.chunks(per_line) {
        let shares: Vec<String> = some.iter().map(|(share, _)| format!("{:>4.0}%", 100.0 * share)).collect();
        let hits: Vec<String> = some.iter().map(|(_, hit)| format!("{hit:>5.3}")).collect();
        lines += &format!("{} {}\n", styles.heading("coverage"), shares.join(" "));
        lines += &format!("{} {}\n", styles.heading("accuracy"), hits.join(" "));
    }
    lines
}

/// Mean probability and accuracy of the predicted label, per bin of probability.
pub fn reliability(bins: &[ReliabilityBin], styles: Styles) -> String {
    let mut lines = format!("{}\n", styles.heading("probability  mean accuracy      n"));
    for bin in bins {
        lines += &format!(
            "{:.3}-{:.3} {:>5.3} {:>8.3} {:>6}\n",
            bin.low, bin.high, bin.mean_probability, bin.accuracy, bin.n_paragraphs
        );
    }
    lines
}
