//! `rhetor inspect`: a model's card and its strongest features.

use std::path::Path;
use std::process::ExitCode;

use rhetor::Model;
use rhetor::metrics::{Difference, Interval, PairedEvaluation};
use rhetor::model::{Card, GroupSummary};
use rhetor::report::Styles;
use serde_json::{Map, Value, json};

use crate::args::{self, CardFormat, InspectArgs};
use crate::evaluate::{TRUE_BY_PREDICTED, confusion, coverage, label_scores, learning_curve, reliability};
use crate::output::{self, Sink};
use crate::stop::Finish;
use crate::terminal::{self, printable};

/// Features with a smaller weight are not listed, because they would be shown as zero.
const MIN_SHOWN: f64 = 0.005;

pub fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let path = args::file(&args.output);
    let format = format(args.format, path)?;
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let mut sink = Sink::open(path)?;
    match format {
        CardFormat::Table => {
            let width = terminal::width();
            let styles = terminal::styles(path.is_some());
            sink.write(&card(&model, width))?;
            sink.write_styled(&figures_of(model.card(), model.labels(), styles))?;
            for (index, label) in model.labels().iter().enumerate() {
                sink.write_styled(&format!("\n{}\n", styles.label(index, &printable(label))))?;
                sink.write(&features(&model, index, args.top, width))?;
            }
        }
        CardFormat::Html => sink.write(&rhetor::report::model_page(&model, &name(args), args.top))?,
        CardFormat::Json => sink.write(&format!("{}\n", as_json(&model, args.top)))?,
    }
    sink.finish(false)?;
    Ok(ExitCode::SUCCESS)
}

/// The name of the model's file, without its folder, which may be private.
fn name(args: &InspectArgs) -> String {
    let file = args.model.as_deref().map(|path| path.file_name().unwrap_or(path.as_os_str()));
    file.map_or("The default model".to_string(), |name| name.to_string_lossy().into_owned())
}

/// The requested format, or that of the output's suffix, or a table.
fn format(asked: Option<CardFormat>, path: Option<&Path>) -> anyhow::Result<CardFormat> {
    let (Some(path), None) = (path, asked) else { return Ok(asked.unwrap_or(CardFormat::Table)) };
    Ok(match output::suffix(path).as_str() {
        "html" | "htm" => CardFormat::Html,
        "json" => CardFormat::Json,
        "" | "txt" => CardFormat::Table,
        suffix => anyhow::bail!(
            "{}: found the suffix `.{suffix}`, expected .html, .json or .txt; for another suffix, give --format",
            path.display()
        ),
    })
}

fn as_json(model: &Model, top: usize) -> Value {
    let group = |GroupSummary { group, n_features, alpha, weight, .. }| json!({"name": group.name(), "features": n_features, "weight": weight, "alpha": alpha});
    let strongest = |(index, label): (usize, &String)| {
        let groups = model.strongest(index, top).into_iter();
        let groups: Map<String, Value> =
            groups.map(|(group, features)| (group.name().to_string(), json!(features))).collect();
        (label.clone(), Value::Object(groups))
    };
    json!({
        "name": model.name(),
        "version": model.version(),
        "id": model.id(),
        "labels": model.labels(),
        "unsure_below": model.unsure_below(),
        "uses_neighbours": model.uses_neighbours(),
        "learned_filter": model.has_learned_filter(),
        "groups": model.groups().into_iter().map(group).collect::<Vec<_>>(),
        "card": model.card(),
        "strongest": model.labels().iter().enumerate().map(strongest).collect::<Map<_, _>>(),
    })
}

/// The card, wrapped to `width`.
fn card(model: &Model, width: usize) -> String {
    let card = model.card();
    let mut lines = String::new();
    let mut push =
        |name: &str, items: Vec<String>| lines += &wrapped(&format!("{name:<15}"), &items, ", ", width);
    push("model", vec![format!("{} {}, id {}", model.name(), model.version(), model.id())]);
    push("labels", model.labels().to_vec());
    if let Some(base) = &card.base {
        let base_model = format!("{} {}, id {}", base.name, base.version, base.id);
        push("adapted from", vec![base_model, format!("{} rows", base.n_paragraphs)]);
        let figures = base.held_out.as_ref().map_or(vec!["too few rows".to_string()], held_out_items);
        push("held-out rows", figures);
    }
    push("trained by", vec![format!("rhetor {}", card.rhetor)]);
    let counts = card.label_counts.iter().map(|(label, count)| format!("{count} {label}"));
    push("corpus", std::iter::once(format!("{} documents", card.n_documents)).chain(counts).collect());
    push("corpus SHA-256", vec![card.corpus_sha256.clone()]);
    push("options", card.options.iter().flat_map(|(name, value)| option(name, value)).collect());
    push("unsure below", vec![format!("{:.3}", model.unsure_below())]);
    for GroupSummary { group, n_features, weight, alpha } in model.groups() {
        let name = group.name();
        let figures = format!("{name:<12} {n_features:>7} features, weight {weight:.3}, alpha {alpha}");
        push("feature group", vec![figures]);
    }
    let neighbours = if model.uses_neighbours() { "used" } else { "not used" };
    push("neighbours", vec![neighbours.to_string()]);
    let filter = if model.has_learned_filter() { "rules and a learned table" } else { "rules" };
    push("filter", vec![filter.to_string()]);
    let figures = card.cross_validated.iter().map(|(name, value)| format!("{name} {value:.3}"));
    let none = card.cross_validated.is_empty().then(|| "no figures (trained without folds)".to_string());
    push("out of fold", figures.chain(none).collect());
    lines
}

/// The base against the adapted model on held-out rows.
fn held_out_items(of: &PairedEvaluation) -> Vec<String> {
    let item = |(name, found): (&str, Difference)| {
        let Interval { value, low, high } = found.difference;
        let (first, second) = (found.first, found.second);
        format!("{name} {first:.3} to {second:.3} ({value:+.3}; {low:+.3} to {high:+.3})")
    };
    [("macro-F1", of.macro_f1), ("accuracy", of.accuracy), ("log loss", of.log_loss)].map(item).to_vec()
}

/// An option and its value. Each element of a list is a separate item, so that lines can be wrapped there.
fn option(name: &str, value: &str) -> Vec<String> {
    format!("{name} {value}").split(", ").map(str::to_string).collect()
}

/// The out-of-fold figures and the learning curve, if the card has them.
fn figures_of(card: &Card, labels: &[String], styles: Styles) -> String {
    let mut lines = String::new();
    if let Some(figures) = &card.out_of_fold {
        lines += &format!(
            "\nout of fold, without the filter:\n{}\n{}\n{}\n{}",
            label_scores(labels, &figures.per_label, styles),
            confusion(labels, &figures.confusion, TRUE_BY_PREDICTED, styles),
            coverage(&figures.coverage, styles),
            reliability(&figures.reliability, styles)
        );
    }
    if !card.learning_curve.is_empty() {
        lines += &format!("\n{}", learning_curve(&card.learning_curve));
    }
    lines
}

/// The strongest features of a label in each group and, if tables are refined, those of plain naive Bayes.
fn features(model: &Model, label: usize, top: usize, width: usize) -> String {
    let mut lines = String::new();
    let card = model.card();
    let is_refined = card.options.get("l2-penalty").is_some_and(|penalty| penalty != "none");
    let item = |(name, weight): &(String, f64)| format!("{name} {weight:+.2}");
    for (group, features) in model.strongest(label, top) {
        let items: Vec<String> = features.iter().map(item).collect();
        lines += &wrapped(&format!("  {:<13}", group.name()), &items, " | ", width);
        let before = card.naive_bayes_strongest.get(group.name());
        let before = before.and_then(|of| of.get(&model.labels()[label])).filter(|_| is_refined);
        let before = before.into_iter().flatten().take(top);
        let items: Vec<String> = before.filter(|(_, weight)| *weight >= MIN_SHOWN).map(item).collect();
        if !items.is_empty() {
            lines += &wrapped("    naive Bayes", &items, " | ", width);
        }
    }
    lines
}

/// `head` followed by `items`, wrapped to as many lines as needed.
fn wrapped(head: &str, items: &[String], separator: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = format!("{head} ");
    for (index, item) in items.iter().enumerate() {
        if index > 0 && line.chars().count() + item.chars().count() + separator.len() > width {
            lines += &format!("{}\n", line.trim_end());
            line = " ".repeat(head.chars().count() + 1);
        }
        line += item;
        if index + 1 < items.len() {
            line += separator;
        }
    }
    lines + line.trim_end() + "\n"
}
