//! The models of `rhetor evaluate` on the same paragraphs: which of these they were trained on, how the models differ,
//! and the worst errors.

use std::path::Path;

use rhetor::Model;
use rhetor::corpus::Corpus;
use rhetor::metrics::{Difference, PairedEvaluation};
use rhetor::report::Styles;
use rhetor::train::{PredictedRow, Predictions, predict};
use serde_json::{Value, json};

use crate::args::EvaluateArgs;
use crate::progress::Progress;
use crate::terminal::{printable, say};

/// How many paragraphs a warning names.
const MAX_NAMED: usize = 3;
/// How many characters of a text are shown.
const EXCERPT: usize = 100;

/// A model and its predictions.
pub struct OfModel {
    name: String,
    pub predictions: Predictions,
}

/// The predictions of each model, with a warning for each that was trained on some of the paragraphs.
pub fn predictions(
    args: &EvaluateArgs,
    corpus: &mut Corpus,
    progress: &mut Progress,
) -> anyhow::Result<Vec<OfModel>> {
    let default = [Path::new("default").to_path_buf()];
    let paths = if args.models.is_empty() { &default[..] } else { &args.models };
    let mut found = Vec::with_capacity(paths.len());
    for path in paths {
        // A file with this name takes precedence.
        let is_default = path == Path::new("default") && !path.exists();
        let model = if is_default { Model::embedded()? } else { Model::load(path)? };
        let n_warnings = corpus.warnings.len();
        corpus.match_labels(model.labels());
        progress.report(&corpus.warnings[n_warnings..], &[]);
        let predictions = predict(&model, corpus, args.corpus.group_by, args.corpus.seed)?;
        let name = path.display().to_string();
        warn_of_seen(&name, &predictions);
        found.push(OfModel { name, predictions });
    }
    Ok(found)
}

fn warn_of_seen(name: &str, predictions: &Predictions) {
    let seen = predictions.seen();
    if !seen.is_empty() {
        let named: Vec<String> = seen.iter().take(MAX_NAMED).map(|row| place(row)).collect();
        let more = if seen.len() > MAX_NAMED { ", …" } else { "" };
        say(&format!(
            "rhetor: {} of {} paragraphs are in the training data of the model `{name}` ({}{more}): figures for \
             the others are given as well",
            seen.len(),
            predictions.n_rows(),
            named.join(", ")
        ));
    }
}

/// The id of a row, or its place.
fn place(row: &PredictedRow) -> String {
    row.id.clone().unwrap_or_else(|| format!("{}:{}", row.path.display(), row.line))
}

/// The text on one line, cut at its end.
fn excerpt(row: &PredictedRow) -> String {
    let text = printable(&row.text);
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// The figures without the paragraphs that the first model was trained on, the comparisons with it, and its errors.
pub fn lines(models: &[OfModel], n_errors: Option<usize>, styles: Styles) -> anyhow::Result<String> {
    let Some((first, others)) = models.split_first() else { return Ok(String::new()) };
    let mut lines = String::new();
    for model in models.iter().filter(|model| !model.predictions.seen().is_empty()) {
        let unseen = model.predictions.evaluation_of_unseen();
        lines += &format!(
            "\nwithout the training data of `{}`: {} paragraphs, macro-F1 {:.3} ({:.3}-{:.3}), accuracy {:.3}\n",
            printable(&model.name),
            unseen.n_paragraphs,
            unseen.macro_f1.value,
            unseen.macro_f1.low,
            unseen.macro_f1.high,
            unseen.accuracy.value,
        );
    }
    for other in others {
        lines += &table(first, other, &first.predictions.compared_with(&other.predictions)?, styles);
    }
    if let Some(n) = n_errors {
        lines += &format!("\n{}\n", styles.heading("  prob label        gold         paragraph"));
        for (row, label, probability) in first.predictions.errors().into_iter().take(n) {
            let (label, gold) = (printable(label), printable(&row.label));
            let place = place(row);
            lines += &format!(
                "{probability:>6.3} {label:<12} {gold:<12} {}: {}\n",
                printable(&place),
                excerpt(row)
            );
        }
    }
    Ok(lines)
}

fn table(a: &OfModel, b: &OfModel, compared: &PairedEvaluation, styles: Styles) -> String {
    let (a, b) = (printable(&a.name), printable(&b.name));
    let mut lines = format!("\nA = {a}, B = {b}, intervals over {} groups\n", compared.n_groups);
    lines += &format!("{}\n", styles.heading("              A      B  B - A (95 % interval)"));
    for (name, Difference { first: a, second: b, difference }) in measures(compared) {
        lines += &format!(
            "{name:<9} {a:>6.3} {b:>6.3} {:>+6.3} ({:+.3} to {:+.3})\n",
            difference.value, difference.low, difference.high
        );
    }
    format!("{lines}{}\n", outcome(&compared.macro_f1))
}

fn measures(compared: &PairedEvaluation) -> [(&'static str, Difference); 3] {
    [("macro-F1", compared.macro_f1), ("accuracy", compared.accuracy), ("log loss", compared.log_loss)]
}

/// What a difference in macro-F1 means, in a sentence.
fn outcome(macro_f1: &Difference) -> String {
    let difference = &macro_f1.difference;
    match () {
        _ if difference.low > 0.0 => format!("B is better than A by {:.3} in macro-F1.", difference.value),
        _ if difference.high < 0.0 => format!("B is worse than A by {:.3} in macro-F1.", -difference.value),
        _ => "These paragraphs do not show which model has the better macro-F1.".to_string(),
    }
}

/// Adds what [`lines`] shows to the JSON object of the evaluation.
pub fn add_to_json(json: &mut Value, models: &[OfModel], n_errors: Option<usize>) -> anyhow::Result<()> {
    let Some((first, others)) = models.split_first() else { return Ok(()) };
    let seen = |model: &OfModel| {
        let seen = model.predictions.seen();
        let unseen = (!seen.is_empty()).then(|| model.predictions.evaluation_of_unseen());
        json!({
            "model": model.name,
            "paragraphs": seen.len(),
            "places": seen.iter().map(|row| place(row)).collect::<Vec<_>>(),
            "without_them": unseen.map(|unseen| json!({
                "paragraphs": unseen.n_paragraphs,
                "macro_f1": unseen.macro_f1,
                "accuracy": unseen.accuracy,
                "log_loss": unseen.log_loss,
            })),
        })
    };
    json["in_training_data"] = models.iter().map(seen).collect();
    let comparison = |other: &OfModel| {
        let compared = first.predictions.compared_with(&other.predictions)?;
        let outcome = outcome(&compared.macro_f1);
        Ok(json!({"a": first.name, "b": other.name, "measures": compared, "outcome": outcome}))
    };
    if !others.is_empty() {
        json["comparisons"] = others.iter().map(comparison).collect::<anyhow::Result<_>>()?;
    }
    let error = |(row, label, probability): (&PredictedRow, &str, f64)| {
        json!({
            "id": row.id, "path": row.path.display().to_string(), "line": row.line, "gold": row.label,
            "label": label, "probability": probability, "text": excerpt(row),
        })
    };
    if let Some(n) = n_errors {
        json["errors"] = first.predictions.errors().into_iter().take(n).map(error).collect();
    }
    Ok(())
}
