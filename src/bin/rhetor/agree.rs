//! `rhetor agree`: how well coders agree, and where they do not.

use std::path::PathBuf;
use std::process::ExitCode;

use rhetor::corpus::{CodedParagraph, Coding, LabelFile};
use rhetor::metrics::{Agreement, Interval};
use rhetor::read::{ColumnNames, find_inputs};
use rhetor::report::Styles;

use crate::args::{self, AgreeArgs, EvaluationFormat};
use crate::evaluate::{confusion, label_cell, with_interval};
use crate::output::{self, Sink, suffix};
use crate::progress::Progress;
use crate::stop::Finish;
use crate::terminal::{self, printable, say};

/// How many disagreements the table lists.
const MAX_LISTED: usize = 20;

pub fn run(args: &AgreeArgs) -> anyhow::Result<ExitCode> {
    output::check_not_input(args::file(&args.output), &find_inputs(&args.paths))?;
    let mut progress = Progress::default();
    let names = ColumnNames { label: args.label_column.clone(), ..args.columns.names() };
    let files = read(&args.paths, &names, &mut progress);
    let coding = Coding::of(&files);
    report_unmatched(&coding);
    if coding.coders.len() < 2 {
        anyhow::bail!("found the labels of {} coder, expected those of two or more", coding.coders.len());
    }
    let agreement = Agreement::of(coding.labels.len(), coding.coders.len(), &coding.ratings(), args.seed);
    if agreement.n_paragraphs == 0 {
        anyhow::bail!(
            "found no paragraph that two coders labelled, expected the same ids, the same doc and index, or the same texts"
        );
    }
    let path = args::file(&args.output);
    let is_json = path.is_some_and(|path| suffix(path) == "json");
    let by_suffix = if is_json { EvaluationFormat::Json } else { EvaluationFormat::Table };
    let mut sink = Sink::open(path)?;
    match args.format.unwrap_or(by_suffix) {
        EvaluationFormat::Json => sink.write(&format!("{}\n", coding.as_json(&agreement)))?,
        EvaluationFormat::Table => {
            sink.write_styled(&table(&coding, &agreement, terminal::styles(path.is_some())))?
        }
    }
    sink.finish(false)?;
    progress.done();
    Ok(progress.exit_code())
}

fn read(paths: &[PathBuf], names: &ColumnNames, progress: &mut Progress) -> Vec<LabelFile> {
    let mut files = Vec::new();
    for path in paths {
        match LabelFile::read(path, names) {
            Ok(file) => {
                progress.report(&file.warnings, &file.errors);
                files.push(file);
            }
            Err(error) => progress.failed(&error),
        }
    }
    files
}

/// Says what was not matched.
fn report_unmatched(coding: &Coding) {
    for (coder, n) in coding.coders.iter().zip(&coding.n_unmatched).filter(|(_, n)| **n > 0) {
        let paragraphs = if *n == 1 {
            "paragraph that nobody else labelled is"
        } else {
            "paragraphs that nobody else labelled are"
        };
        say(&format!("rhetor: {coder}: {n} {paragraphs} not counted"));
    }
    if coding.n_other_text > 0 {
        let n = coding.n_other_text;
        say(&format!(
            "rhetor: ids that stand for different texts in different files, not matched by id: {n}"
        ));
    }
    if coding.n_replaced > 0 {
        say(&format!("rhetor: labels replaced by later ones of the same coder: {}", coding.n_replaced));
    }
}

fn table(coding: &Coding, agreement: &Agreement, styles: Styles) -> String {
    let figure =
        |interval: &Option<Interval>| interval.as_ref().map_or("undefined".to_string(), with_interval);
    let mut lines = format!(
        "{} paragraphs of {} articles with two labels or more, by {} coders\n\
         Krippendorff's alpha {}\n",
        agreement.n_paragraphs,
        agreement.n_groups,
        coding.coders.len(),
        figure(&agreement.alpha)
    );
    if agreement.alpha.is_none() {
        lines += "All labels are the same, so agreement by chance is certain.\n";
    }
    lines += &format!("\n{}\n", styles.heading("alpha of each label against the others"));
    for (index, (label, alpha)) in coding.labels.iter().zip(&agreement.per_label).enumerate() {
        lines += &format!("{} {}\n", styles.label(index, &label_cell(&coding.labels, label)), figure(alpha));
    }
    for pair in agreement.pairs.iter().filter(|pair| pair.n_paragraphs > 0) {
        let [first, second] = [pair.coders.0, pair.coders.1].map(|coder| printable(&coding.coders[coder]));
        let heading = format!("{first} and {second}: {} paragraphs", pair.n_paragraphs);
        lines += &format!("\n{}\n", styles.heading(&heading));
        lines += &format!("same label {}   Cohen's kappa {}\n", figure(&pair.agreement), figure(&pair.kappa));
        let what = format!("rows: {first}; columns: {second}");
        lines += &confusion(&coding.labels, &pair.confusion, &what, styles);
    }
    lines + &disagreements(coding, styles)
}

fn disagreements(coding: &Coding, styles: Styles) -> String {
    let all: Vec<&CodedParagraph> = coding.disagreements().collect();
    let mut lines = format!("\n{}\n", styles.heading(&format!("disagreements ({})", all.len())));
    let width = terminal::width();
    for paragraph in all.iter().take(MAX_LISTED) {
        let labels: Vec<&str> =
            paragraph.labels.iter().map(|label| label.map_or("-", |label| &coding.labels[label])).collect();
        let name = name(paragraph).map(|name| format!("{name}: ")).unwrap_or_default();
        lines += &format!("{}\n", printable(&format!("{name}{}", labels.join(" / "))));
        let text: String = paragraph.row.text.chars().take(width.saturating_sub(5)).collect();
        let more = if text.len() < paragraph.row.text.len() { "…" } else { "" };
        lines += &format!("    {}\n", styles.aside(&format!("{}{more}", printable(&text))));
    }
    if all.len() > MAX_LISTED {
        lines += &format!("and {} more (--format json lists all)\n", all.len() - MAX_LISTED);
    }
    lines
}

/// The id of a paragraph, or its article and number.
fn name(paragraph: &CodedParagraph) -> Option<String> {
    let row = &paragraph.row;
    let place = || Some(format!("{} {}", row.doc.as_ref()?, row.index?));
    row.id.clone().or_else(place)
}
