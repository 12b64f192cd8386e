//! The strongest features of each label, side by side.

use maud::{Markup, html};

use super::label::{look, short, tag};
use crate::model::Model;

/// The width of the longest bar, in pixels.
const BAR_WIDTH: f64 = 48.0;
/// Under it a weight is shown as nothing, and left out.
const MIN_SHOWN: f64 = 0.005;

/// A label's features with their weights, strongest first.
type Weighted<'a> = Vec<(&'a str, f64)>;

/// A block's features, a column a label; those of the first block open, of the others in folds.
pub(super) fn strongest(model: &Model, n: usize) -> Markup {
    let labels: Vec<_> = (0..model.labels().len()).map(|label| model.strongest(label, n)).collect();
    let blocks: Vec<&'static str> = model.blocks().iter().map(|block| block.name).collect();
    html! {
        p {
            "What one of them alone in its block adds to the score of a label, a natural logarithm: at +0.69 the label becomes twice "
            "as likely beside the mean of all. Rare names among them say what the corpus told stories of, not what the label is."
        }
        @for (index, block) in blocks.iter().enumerate() {
            @let columns: Vec<Weighted> = labels.iter().map(|blocks| blocks[index].1.iter().map(|(name, value)| (name.as_str(), *value)).collect()).collect();
            @if index == 0 {
                h3 { (capitalised(block)) }
                p.soft { (meaning(block)) }
                (in_columns(model, &columns))
                (before_refinement(model, block, n))
            } @else {
                details {
                    summary { (capitalised(block)) " " span.soft { (meaning(block)) } }
                    (in_columns(model, &columns))
                    (before_refinement(model, block, n))
                }
            }
        }
    }
}

/// The same as naive Bayes had it, where refinement moved the tables.
fn before_refinement(model: &Model, block: &str, n: usize) -> Markup {
    let is_refined = model.card().options.get("refine").is_some_and(|refine| refine != "none");
    let by_label = model.card().naive_bayes_strongest.get(block).filter(|_| is_refined);
    let column = |label: &String| -> Weighted {
        let features = by_label.and_then(|labels| labels.get(label)).into_iter().flatten().take(n);
        features.map(|(name, weight)| (name.as_str(), *weight)).collect()
    };
    let columns: Vec<Weighted> = model.labels().iter().map(column).collect();
    html! {
        @if columns.iter().flatten().any(|(_, weight)| *weight >= MIN_SHOWN) {
            details {
                summary { (capitalised(block)) " before refinement " span.soft { "as plain naive Bayes weighed them" } }
                (in_columns(model, &columns))
            }
        }
    }
}

fn in_columns(model: &Model, columns: &[Weighted]) -> Markup {
    let most = columns.iter().flatten().map(|(_, weight)| *weight).fold(MIN_SHOWN, f64::max);
    html! {
        div.columns {
            @for (label, features) in columns.iter().enumerate() {
                div {
                    p.head { (tag(model.labels(), label)) }
                    @let shown: Weighted = features.iter().filter(|(_, weight)| *weight >= MIN_SHOWN).copied().collect();
                    @if shown.is_empty() { p.soft { "none" } } @else { (listed(&shown, label, most)) }
                }
            }
        }
    }
}

fn listed(features: &[(&str, f64)], label: usize, most: f64) -> Markup {
    html! {
        ol.features {
            @for (name, weight) in features {
                li {
                    bdi { (name) }
                    span.num { (format!("{weight:+.2}")) }
                    svg width=(BAR_WIDTH) height="6" aria-hidden="true" {
                        rect.{ "f" (look(label)) } width=(short(BAR_WIDTH * weight / most)) height="6" {}
                    }
                }
            }
        }
    }
}

fn capitalised(block: &str) -> String {
    let mut letters = block.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a block's features are, as its reader has to know it.
fn meaning(block: &str) -> &'static str {
    match block {
        "words" => "the author's words, numbers and punctuation; 0, 00 and the like stand for numbers",
        "ngrams" => "runs of the author's words; “…” stands for a quotation",
        "quoted" => "words inside quotation marks",
        "style" => "cues: groups of words, first and last words, punctuation, length, the paragraph before",
        "classes" => "groups of words used alike, ~coarse and ≈fine, named after their most frequent word",
        "class ngrams" => "runs of words, the rarer ones by their group",
        "near words" => "words of the paragraphs around",
        "near style" => "cues of the paragraphs around",
        "near classes" => "groups of words of the paragraphs around",
        _ => "",
    }
}
