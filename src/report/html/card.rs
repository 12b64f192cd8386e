//! The model card: what a model is made of, how good it is, and what it goes by.

use maud::{Markup, html};

use super::figures;
use super::figures::figure;
use super::growth::learning_curve;
use super::label::tag;
use super::page::Page;
use super::rows::count;
use super::strongest::strongest;
use crate::model::{Card, Model};

/// The style of model cards.
const STYLE: &str = include_str!("card.css");

/// The parts of the page: their anchors and headings.
const PARTS: [(&str, &str); 5] = [
    ("corpus", "What it was trained on"),
    ("figures", "How good it is"),
    ("curve", "What more labels would pay"),
    ("features", "What it goes by"),
    ("making", "How it was made"),
];

/// A model's card as a page for a browser, whole in one text; `name` says which model it is, and `n` how many
/// features of each label and block are shown.
pub fn model_page(model: &Model, name: &str, n: usize) -> String {
    let body = html! {
        main id="main" {
            h1 { "Model card" }
            p.soft { bdi { (name) } ", trained by rhetor " bdi { (model.card().rhetor) } }
            (summary(model))
            nav aria-label="On this page" {
                ul { @for (anchor, heading) in PARTS { li { a href={ "#" (anchor) } { (heading) } } } }
            }
            (part(0, corpus(model)))
            (part(1, quality(model)))
            (part(2, learning_curve(&model.card().learning_curve)))
            (part(3, strongest(model, n)))
            (part(4, making(model)))
        }
    };
    Page { title: "Model card", style: STYLE, script: "", body }.text()
}

fn part(index: usize, content: Markup) -> Markup {
    let (anchor, heading) = PARTS[index];
    html! {
        section aria-labelledby=(anchor) {
            h2 id=(anchor) { (heading) }
            (content)
        }
    }
}

/// What the model does, in a few sentences.
fn summary(model: &Model) -> Markup {
    let labels = model.labels();
    let filter = match model.has_learned_filter() {
        true => "rules and a table learned from the boilerplate of its corpus",
        false => "rules alone, for its corpus has too little boilerplate to learn from",
    };
    let accuracy = model.card().cross_validated.get("accuracy");
    html! {
        p.lead {
            "Gives every paragraph of an article one of " (labels.len()) " labels: "
            @for label in 0..labels.len() { @if label > 0 { ", " } (tag(labels, label)) }
            "."
            @if let Some(accuracy) = accuracy {
                " Of 100 paragraphs of articles like those it was trained on, about "
                b.num { (format!("{:.0}", 100.0 * accuracy)) } " get the label that the corpus gives them."
            }
        }
        p { "What is no prose of the article it leaves out, by " (filter) "." }
    }
}

/// The corpus in counts.
fn corpus(model: &Model) -> Markup {
    let card = model.card();
    let known = model.labels().iter().enumerate();
    let known = known.map(|(label, name)| (tag(model.labels(), label), card.label_counts.get(name)));
    let others = card.label_counts.iter().filter(|(name, _)| !model.labels().contains(name));
    let others =
        others.map(|(name, n)| (html! { (name) span.soft { ", boilerplate for the filter" } }, Some(n)));
    html! {
        p { (count(card.n_documents)) " documents, labelled paragraph by paragraph:" }
        (figures::wide("Paragraphs by label", html! {
            table {
                thead {
                    tr { th scope="col" { "Label" } th.num scope="col" { "Paragraphs" } }
                }
                tbody {
                    @for (name, n) in known.chain(others) {
                        tr { th scope="row" { (name) } td.num { (count(n.copied().unwrap_or(0))) } }
                    }
                }
            }
        }))
        p.soft { "SHA-256 of the labelled text: " code { (card.corpus_sha256) } }
    }
}

/// The figures out of fold, and what they mean.
fn quality(model: &Model) -> Markup {
    let card = model.card();
    html! {
        @if card.cross_validated.is_empty() {
            p { "The model was trained without cross-validation: it does not know how good it is." }
        } @else {
            (how_measured(card))
            (headline(card))
            @match &card.out_of_fold {
                Some(figures) => {
                    (figures::label_scores(model.labels(), figures))
                    (figures::confusion(model.labels(), figures))
                    (figures::reliability(figures, card.cross_validated.get("expected_calibration_error")))
                    (figures::coverage(figures, model.unsure_below()))
                }
                None => p {
                    "The model was trained before the figures of each label, confusions and reliability were kept in the model: train "
                    "it again to see them."
                },
            }
        }
    }
}

fn how_measured(card: &Card) -> Markup {
    let group = card.options.get("group-by").map_or("article", String::as_str);
    html! {
        p {
            "All figures are out of fold, the filter not applied: every paragraph was labelled by tables that had not seen its "
            (group) ". Smoothing, the weights of the blocks and the part of the neighbours were chosen with all paragraphs, so that "
            "the figures are slightly kind; text of another kind than the corpus will fare worse. "
            code { "rhetor evaluate" } " measures the model on labelled text of your own."
        }
    }
}

/// The few figures of a whole run.
fn headline(card: &Card) -> Markup {
    let named = |name: &str| card.cross_validated.get(name);
    let interval = named("macro_f1_low").zip(named("macro_f1_high"));
    html! {
        dl.headline {
            @if let Some(value) = named("macro_f1") {
                div {
                    dt { "Macro-F1" }
                    dd {
                        b.num { (figure(*value)) }
                        @if let Some((low, high)) = interval { " " span.soft.num { "95 %: " (figure(*low)) " to " (figure(*high)) } }
                    }
                }
            }
            @for (name, shown) in [("accuracy", "Accuracy"), ("log_loss", "Log loss"), ("expected_calibration_error", "Calibration error")] {
                @if let Some(value) = named(name) { div { dt { (shown) } dd { b.num { (figure(*value)) } } } }
            }
            @if let Some(figures) = &card.out_of_fold {
                div { dt { "Measured on" } dd { b.num { (count(figures.n_paragraphs)) } " paragraphs" } }
            }
        }
    }
}

/// Blocks, context and options.
fn making(model: &Model) -> Markup {
    let (strength, own_weight) = model.context_strength();
    html! {
        h3 id="blocks" { "Blocks of features" }
        p { "Each block has a table of its own; its weight says how loudly it speaks in the sum." }
        (figures::wide("Blocks of features", html! {
            table {
                thead {
                    tr {
                        th scope="col" { "Block" }
                        @for name in ["Features", "Weight", "Smoothing"] { th.num scope="col" { (name) } }
                    }
                }
                tbody {
                    @for block in model.blocks() {
                        tr {
                            th scope="row" { (block.name) }
                            td.num { (count(block.n_features)) }
                            td.num { (figure(block.weight)) }
                            td.num { (block.alpha) }
                        }
                    }
                }
            }
        }))
        p {
            "The labels of neighbours are heard with a strength of " b.num { (strength) } ", a paragraph's own scores with a weight of "
            b.num { (own_weight) } "."
        }
        h3 id="options" { "Options of training" }
        dl.options {
            @for (name, value) in &model.card().options { dt { (name) } dd { (value) } }
        }
    }
}
