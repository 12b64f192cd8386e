//! `rhetor inspect`: a model's card and its strongest features.

use std::path::Path;
use std::process::ExitCode;

use rhetor::{Card, Model, Styles};
use serde_json::{Map, Value, json};

use crate::args::{CardFormat, InspectArgs};
use crate::finish::Finish;
use crate::output::{self, Sink, shown};
use crate::train::learning_curve;
use crate::{figures, terminal};

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let format = format(args.format, args.path())?;
    let model = output::model(args.model.as_deref())?;
    let mut sink = Sink::open(args.path())?;
    match format {
        CardFormat::Table => {
            let width = terminal::width();
            let styles = terminal::styles(args.path().is_some());
            sink.write(&card(&model, width))?;
            sink.write_styled(&figures_of(model.card(), model.labels(), styles))?;
            for (index, label) in model.labels().iter().enumerate() {
                sink.write_styled(&format!("\n{}\n", styles.label(index, &shown(label))))?;
                sink.write(&features(&model, index, args.top, width))?;
            }
        }
        CardFormat::Html => sink.write(&rhetor::model_page(&model, &name(args), args.top))?,
        CardFormat::Json => sink.write(&format!("{}\n", as_json(&model, args.top)))?,
    }
    sink.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Which model it is: the file's name, for its folder is nobody else's business.
fn name(args: &InspectArgs) -> String {
    let file = args.model.as_deref().map(|path| path.file_name().unwrap_or(path.as_os_str()));
    file.map_or("The default model".to_string(), |name| name.to_string_lossy().into_owned())
}

/// The format asked for, or that the output's name tells; a table unless either does.
fn format(asked: Option<CardFormat>, output: Option<&Path>) -> anyhow::Result<CardFormat> {
    Ok(match (asked, output::suffix(output).as_str()) {
        (Some(format), _) => format,
        (None, "html" | "htm") => CardFormat::Html,
        (None, "json") => CardFormat::Json,
        (None, "" | "txt") => CardFormat::Table,
        (None, suffix) => {
            let path = output.unwrap_or(Path::new("-")).display();
            anyhow::bail!(
                "{path}: found the suffix `.{suffix}`, expected .html, .json or .txt; or name a format with --format"
            )
        }
    })
}

/// The card for machines.
fn as_json(model: &Model, top: usize) -> Value {
    let group = |group: rhetor::GroupSummary| {
        json!({
            "name": group.group.name(),
            "features": group.n_features,
            "weight": group.weight,
            "alpha": group.alpha,
        })
    };
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

/// The card, on lines no wider than `width`.
fn card(model: &Model, width: usize) -> String {
    let card = model.card();
    let mut lines = String::new();
    let mut push =
        |name: &str, items: Vec<String>| lines += &wrapped(&format!("{name:<15}"), &items, ", ", width);
    push("labels", model.labels().to_vec());
    push("trained by", vec![format!("rhetor {}", card.rhetor)]);
    let counts = card.label_counts.iter().map(|(label, count)| format!("{count} {label}"));
    push("corpus", std::iter::once(format!("{} documents", card.n_documents)).chain(counts).collect());
    push("corpus SHA-256", vec![card.corpus_sha256.clone()]);
    push("options", card.options.iter().flat_map(|(name, value)| option(name, value)).collect());
    push("unsure below", vec![format!("{:.3}", model.unsure_below())]);
    for block in model.blocks() {
        push(
            "block",
            vec![format!(
                "{:<12} {:>7} features, weight {:.3}, alpha {}",
                block.name, block.n_features, block.weight, block.alpha
            )],
        );
    }
    let (strength, own_weight) = model.context_strength();
    push("context", vec![format!("strength {strength:.1}"), format!("own weight {own_weight:.1}")]);
    push(
        "filter",
        vec![if model.has_learned_filter() { "rules and a learned table".into() } else { "rules".into() }],
    );
    let figures = card.cross_validated.iter().map(|(name, value)| format!("{name} {value:.3}"));
    let none = card.cross_validated.is_empty().then(|| "no figures: there were no folds".to_string());
    push("out of fold", figures.chain(none).collect());
    lines
}

/// What the card tells of predictions out of fold, and of what more labels would pay.
fn figures_of(card: &Card, labels: &[String], styles: Styles) -> String {
    let mut lines = String::new();
    if let Some(figures) = &card.out_of_fold {
        lines += "\nout of fold, the filter not applied:\n";
        lines += &figures::label_scores(labels, &figures.per_label, styles);
        lines += &format!("\n{}", figures::confusion(labels, &figures.confusion, styles));
        lines += &format!("\n{}", figures::coverage(&figures.coverage, styles));
        lines += &format!("\n{}", figures::reliability(&figures.reliability, styles));
    }
    if !card.learning_curve.is_empty() {
        lines += &format!("\n{}", learning_curve(&card.learning_curve));
    }
    lines
}

/// An option and its value; a list of values piece by piece, so that it can be wrapped.
fn option(name: &str, value: &str) -> Vec<String> {
    let mut pieces = value.split(", ");
    let first = format!("{name} {}", pieces.next().unwrap_or_default());
    std::iter::once(first).chain(pieces.map(str::to_string)).collect()
}

/// The strongest features of a label in each block, as the model weighs them and, where its tables
/// are refined, as naive Bayes did.
fn features(model: &Model, label: usize, top: usize, width: usize) -> String {
    let mut lines = String::new();
    let refined = model.card().options.get("refine").is_some_and(|refine| refine != "none");
    let name = &model.labels()[label];
    for (block, features) in model.strongest(label, top) {
        let named = |(feature, weight): (String, f64)| format!("{feature} {weight:+.2}");
        let items: Vec<String> = features.into_iter().map(named).collect();
        lines += &wrapped(&format!("  {block:<13}"), &items, " | ", width);
        let before = model.card().naive_bayes_strongest.get(block).and_then(|labels| labels.get(name));
        if let Some(before) = before.filter(|_| refined) {
            let items: Vec<String> = before
                .iter()
                .take(top)
                .filter(|(_, weight)| *weight >= 0.005)
                .map(|(name, w)| format!("{name} {w:+.2}"))
                .collect();
            if !items.is_empty() {
                lines += &wrapped("    naive Bayes", &items, " | ", width);
            }
        }
    }
    lines
}

/// `items` behind `head`, on as many lines as they need.
fn wrapped(head: &str, items: &[String], between: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = format!("{head} ");
    for (index, item) in items.iter().enumerate() {
        if index > 0 && line.chars().count() + item.chars().count() + between.len() > width {
            lines += &format!("{}\n", line.trim_end());
            line = " ".repeat(head.chars().count() + 1);
        }
        line += item;
        if index + 1 < items.len() {
            line += between;
        }
    }
    lines + line.trim_end() + "\n"
}
