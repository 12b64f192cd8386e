//! The model card: what a model was trained on, how accurate it is, and its strongest features.

use maud::{Markup, html};

use super::figures::{self, figure, table, wide};
use super::page::Page;
use super::page::{count, look, short, signed, tag};
use crate::features::FeatureGroup;
use crate::model::{About, Card, Model};
use crate::report::origin::Origin;

/// The style of model cards.
const STYLE: &str = include_str!("card.css");
/// The sections of the page: their anchors and headings.
const SECTIONS: [(&str, &str); 6] = [
    ("about", "Labels, agreement and limits"),
    ("corpus", "Training data"),
    ("figures", "Accuracy"),
    ("curve", "Learning curve"),
    ("features", "Strongest features"),
    ("making", "Training"),
];
/// The width of the longest bar of a feature, in pixels.
const BAR_WIDTH: f64 = 48.0;
/// Features whose weight would be shown as 0.00 are omitted.
const MIN_SHOWN: f64 = 0.005;

/// The card of a model as a page for a browser; `name` identifies the model, and `n` is the number of features shown
/// for each label and feature group.
pub fn model_page(model: &Model, name: &str, n: usize) -> String {
    let body = html! {
        main id="main" {
            h1 { "Model card" }
            p.soft { bdi { (name) } ", trained by rhetor " bdi { (model.card().rhetor) } }
            (summary(model))
            nav aria-label="On this page" {
                ul {
                    @for (anchor, heading) in &SECTIONS[usize::from(model.card().about.is_none())..] {
                        li { a href={ "#" (anchor) } { (heading) } }
                    }
                }
            }
            @if let Some(about) = &model.card().about { (section(0, self::about(model, about))) }
            (section(1, corpus(model)))
            (section(2, accuracy(model)))
            (section(3, figures::learning_curve(&model.card().learning_curve)))
            (section(4, strongest(model, n)))
            (section(5, training(model)))
        }
    };
    let origin = Origin::new(model, Vec::new());
    Page { title: "Model card", style: STYLE, script: "", origin: &origin, body }.text()
}

fn section(index: usize, content: Markup) -> Markup {
    let (anchor, heading) = SECTIONS[index];
    html! { section aria-labelledby=(anchor) { h2 id=(anchor) { (heading) } (content) } }
}

/// What the model does, in a few sentences.
fn summary(model: &Model) -> Markup {
    let labels = model.labels();
    let filter = match model.has_learned_filter() {
        true => "by rules and a table learned from the boilerplate of its training data",
        false => "by rules alone, because its training data has too little boilerplate to learn from",
    };
    let accuracy = model.card().cross_validated.get("accuracy");
    html! {
        p.lead {
            "Gives every paragraph of an article one of " (labels.len()) " labels: "
            @for label in 0..labels.len() { @if label > 0 { ", " } (tag(labels, label)) }
            "."
            @if let Some(accuracy) = accuracy {
                " Of 100 paragraphs from articles like its training data, about "
                b.num { (format!("{:.0}", 100.0 * accuracy)) } " get the right label."
            }
        }
        p { "Boilerplate is dropped first, " (filter) "." }
    }
}

/// What the model's author says about it.
fn about(model: &Model, about: &About) -> Markup {
    let labels = model.labels().iter().enumerate();
    let others = about.definitions.iter().filter(|(label, _)| !model.labels().contains(label));
    html! {
        p { "The training data was labelled by " bdi { (about.labelled_by) } "." }
        @if !about.definitions.is_empty() {
            dl.options {
                @for (index, label) in labels {
                    @if let Some(meaning) = about.definitions.get(label) { dt { (tag(model.labels(), index)) } dd { (meaning) } }
                }
                @for (label, meaning) in others { dt { (label) } dd { (meaning) } }
            }
        }
        @for (heading, lines) in [("Agreement", &about.agreement), ("Limits", &about.limits)] {
            @if !lines.is_empty() { h3 { (heading) } ul { @for line in lines { li { (line) } } } }
        }
        @if !about.licence.is_empty() { h3 { "Licence" } p { (about.licence) } }
    }
}

/// The training data in counts.
fn corpus(model: &Model) -> Markup {
    let card = model.card();
    let labels = model.labels();
    let count_of = |name: &String| count(card.label_counts.get(name).copied().unwrap_or(0));
    let known = labels.iter().enumerate().map(|(label, name)| (tag(labels, label), [count_of(name)]));
    let others = card.label_counts.keys().filter(|name| !labels.contains(name));
    let others =
        others.map(|name| (html! { (name) span.soft { ", boilerplate for the filter" } }, [count_of(name)]));
    html! {
        @if let Some(base) = &card.base {
            p {
                "Adapted from the model " (base.name) " " (base.version) " (id " code { (base.id) } ") with "
                (count(base.n_paragraphs)) " labelled paragraphs. The counts and figures on this page are those of these "
                "paragraphs."
            }
        }
        p { (count(card.n_documents)) " documents, labelled paragraph by paragraph:" }
        (wide("Paragraphs by label", table(None, ["Label", "Paragraphs"], known.chain(others))))
        p.soft { "SHA-256 of the labelled text: " code { (card.corpus_sha256) } }
    }
}

/// The cross-validated figures.
fn accuracy(model: &Model) -> Markup {
    let card = model.card();
    html! {
        @if card.cross_validated.is_empty() {
            p { "The model was trained without cross-validation, so its accuracy is unknown." }
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
                    "The model has no scores by label, no confusion matrix and no calibration, because an earlier version trained "
                    "it. Train it again to see them."
                },
            }
        }
    }
}

fn how_measured(card: &Card) -> Markup {
    let group = card.options.get("group-by").map_or("article", String::as_str);
    html! {
        p {
            "All figures are cross-validated, without the filter: the tables that scored a paragraph had not seen its " (group)
            ". Smoothing, the weights of the feature groups and those of neighbouring paragraphs were chosen on all paragraphs, so "
            "the figures are slightly optimistic, and text that is unlike the training data will score lower. "
            code { "rhetor evaluate" } " measures the model on your own labelled text."
        }
    }
}

/// The figures of the whole model.
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

/// A label's features with their weights, strongest first.
type Weighted<'a> = &'a [(String, f64)];

/// The strongest features of each feature group, a column for each label; the first group is open, the others in folds.
fn strongest(model: &Model, n: usize) -> Markup {
    let labels: Vec<_> = (0..model.labels().len()).map(|label| model.strongest(label, n)).collect();
    html! {
        p {
            "A weight is what a feature adds to the score of a label if it is the only one of its group in a paragraph. "
            "Scores are natural logarithms: with +0.69 the label becomes twice as likely, relative to the mean of all labels. "
            "Names of people and places show what the training data is about, not what a label means."
        }
        @for (index, group) in model.groups().iter().enumerate() {
            @let columns: Vec<Weighted> = labels.iter().map(|groups| groups[index].1.as_slice()).collect();
            @let content = html! { (in_columns(model, &columns)) (before_refinement(model, group.group, n)) };
            @if index == 0 {
                h3 { (capitalised(group.group.name())) }
                p.soft { (meaning(group.group)) }
                (content)
            } @else {
                details {
                    summary { (capitalised(group.group.name())) " " span.soft { (meaning(group.group)) } }
                    (content)
                }
            }
        }
    }
}

/// The strongest features of the naive Bayes tables, if refinement changed them.
fn before_refinement(model: &Model, group: FeatureGroup, n: usize) -> Markup {
    let is_refined = model.card().options.get("l2-penalty").is_some_and(|refine| refine != "none");
    let by_label = model.card().naive_bayes_strongest.get(group.name()).filter(|_| is_refined);
    let column = |label: &String| -> Weighted {
        let features = by_label.and_then(|labels| labels.get(label)).map_or(&[][..], Vec::as_slice);
        &features[..n.min(features.len())]
    };
    let columns: Vec<Weighted> = model.labels().iter().map(column).collect();
    html! {
        @if columns.iter().copied().flatten().any(|(_, weight)| *weight >= MIN_SHOWN) {
            details {
                summary { (capitalised(group.name())) " before refinement " span.soft { "weights of plain naive Bayes" } }
                (in_columns(model, &columns))
            }
        }
    }
}

fn in_columns(model: &Model, columns: &[Weighted]) -> Markup {
    let most = columns.iter().copied().flatten().map(|(_, weight)| *weight).fold(MIN_SHOWN, f64::max);
    html! {
        div.columns {
            @for (label, features) in columns.iter().enumerate() {
                div {
                    p.head { (tag(model.labels(), label)) }
                    @let shown: Vec<_> = features.iter().filter(|(_, weight)| *weight >= MIN_SHOWN).collect();
                    @if shown.is_empty() { p.soft { "none" } } @else { (listed(&shown, label, most)) }
                }
            }
        }
    }
}

fn listed(features: &[&(String, f64)], label: usize, most: f64) -> Markup {
    html! {
        ol.features {
            @for (name, weight) in features {
                li {
                    bdi { (name) }
                    span.num { (signed(*weight, 2)) }
                    svg width=(BAR_WIDTH) height="6" aria-hidden="true" {
                        rect.{ "f" (look(label)) } width=(short(BAR_WIDTH * weight / most)) height="6" {}
                    }
                }
            }
        }
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What the features of a group are.
fn meaning(group: FeatureGroup) -> &'static str {
    match group {
        FeatureGroup::Words => {
            "the author's words, numbers and punctuation; 0, 00 and so on stand for numbers"
        }
        FeatureGroup::Ngrams => "sequences of the author's words; “…” stands for a quotation",
        FeatureGroup::Style => "cues: word lists, first and last words, punctuation, length",
        FeatureGroup::Codes => {
            "how many words are of a kind, such as blame or hedge, how many sentences contain one, and which kinds share \
             a sentence"
        }
        FeatureGroup::Openings => "the kinds of words that sentences begin with",
        FeatureGroup::CodePairs => "pairs of kinds of words next to each other",
    }
}

/// Feature groups, neighbours and options.
fn training(model: &Model) -> Markup {
    let rows = model.groups().into_iter().map(|group| {
        let figures = [count(group.n_features), figure(group.weight), group.alpha.to_string()];
        (group.group.name(), figures)
    });
    html! {
        h3 id="groups" { "Feature groups" }
        p { "Each group has a table of its own. Scores are weighted sums over the groups." }
        (wide("Feature groups", table(None, ["Group", "Features", "Weight", "Smoothing"], rows)))
        p {
            @if model.uses_neighbours() {
                "A logistic regression then combines a paragraph's scores with those of its neighbouring paragraphs."
            } @else {
                "Neighbouring paragraphs do not influence each other."
            }
        }
        h3 id="options" { "Options" }
        dl.options { @for (name, value) in &model.card().options { dt { (name) } dd { (value) } } }
    }
}
