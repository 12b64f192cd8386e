//! A comparison as comma-separated values: a row for each article.

use super::super::columns::line;
use super::super::{Report, rounded};
use crate::summary::Digest;
use crate::summary::{Comparison, Deviation};

/// The columns that say which article a row is of.
const NAMES: [&str; 6] = ["source", "id", "doc", "title", "outlet", "date"];

/// The rows of all articles, behind their header.
pub(in super::super) fn csv(report: &Report<'_>, comparison: &Comparison, digests: &[Digest]) -> String {
    let row = |deviation: &Deviation| row(report, comparison, &digests[deviation.article], deviation);
    std::iter::once(header(report)).chain(comparison.deviations.iter().map(row)).collect()
}

fn header(report: &Report<'_>) -> String {
    let mut fields: Vec<String> =
        NAMES.iter().chain(&["tag", "kept", "words"]).map(|s| s.to_string()).collect();
    for kind in ["word_share", "others"] {
        fields.extend(report.labels.iter().map(|label| format!("{kind}_{label}")));
    }
    let behind = ["n_others", "distance", "ranked", "nearest_tag", "nearest_distance", "paragraphs"];
    fields.extend(behind.map(str::to_string));
    line(&fields)
}

fn row(report: &Report<'_>, comparison: &Comparison, digest: &Digest, deviation: &Deviation) -> String {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut fields = vec![
        digest.source.clone(),
        optional(&digest.id),
        optional(&digest.doc),
        digest.title.clone(),
        optional(&digest.outlet),
        optional(&digest.date),
        comparison.tags[deviation.tag].tag.clone(),
        digest.tally.n_kept.to_string(),
        digest.n_words().to_string(),
    ];
    fields.extend(deviation.shares.iter().chain(&deviation.others).map(|&share| rounded(share).to_string()));
    fields.push(comparison.n_others(deviation).to_string());
    fields.push(rounded(deviation.distance).to_string());
    fields.push(deviation.is_ranked.to_string());
    fields.push(comparison.tags[deviation.nearest].tag.clone());
    fields.push(rounded(deviation.nearest_distance).to_string());
    fields.push(paragraphs(report, digest, deviation));
    line(&fields)
}

/// The numbers and labels of the paragraphs that make it differ: `3 advocacy; 7 analysis`.
fn paragraphs(report: &Report<'_>, digest: &Digest, deviation: &Deviation) -> String {
    let named = deviation.paragraphs(digest).into_iter();
    let named = named.map(|(label, excerpt)| format!("{} {}", excerpt.paragraph, report.labels[label]));
    named.collect::<Vec<_>>().join("; ")
}
