//! A comparison as JSON Lines: a record for each tag, then one for each article.

use serde::Serialize;

use super::super::jsonl::{IntervalRecord, Pairs, line};
use super::super::{Report, rounded};
use crate::summary::{Comparison, Deviation, TagMix};
use crate::summary::{Digest, Excerpt};

#[derive(Serialize)]
struct TagRecord<'a> {
    record: &'static str,
    tag: &'a str,
    articles: usize,
    mean_word_shares: Pairs<'a, IntervalRecord>,
}

#[derive(Serialize)]
struct ArticleRecord<'a> {
    record: &'static str,
    #[serde(flatten)]
    name: Pairs<'a, &'a str>,
    tag: &'a str,
    kept: usize,
    words: usize,
    word_shares: Pairs<'a, f64>,
    others: Pairs<'a, f64>,
    n_others: usize,
    distance: f64,
    ranked: bool,
    nearest_tag: &'a str,
    nearest_distance: f64,
    paragraphs: Vec<ParagraphRecord<'a>>,
}

#[derive(Serialize)]
struct ParagraphRecord<'a> {
    paragraph: usize,
    label: &'a str,
    score: f64,
    words: usize,
    text: &'a str,
}

/// All records, the tags first.
pub(in super::super) fn jsonl(report: &Report<'_>, comparison: &Comparison, digests: &[Digest]) -> String {
    let tags = comparison.tags.iter().map(|mix| tag(report, mix));
    let deviations = comparison.deviations.iter();
    let articles =
        deviations.map(|deviation| article(report, comparison, &digests[deviation.article], deviation));
    tags.chain(articles).collect()
}

fn by_label<'a, V>(report: &Report<'a>, values: impl Iterator<Item = V>) -> Pairs<'a, V> {
    Pairs(report.labels.iter().map(String::as_str).zip(values).collect())
}

fn tag(report: &Report<'_>, mix: &TagMix) -> String {
    line(&TagRecord {
        record: "tag",
        tag: &mix.tag,
        articles: mix.n_articles,
        mean_word_shares: by_label(report, mix.shares.iter().map(IntervalRecord::from)),
    })
}

fn article(report: &Report<'_>, comparison: &Comparison, digest: &Digest, deviation: &Deviation) -> String {
    let names = [
        ("source", Some(digest.source.as_str())),
        ("id", digest.id.as_deref()),
        ("doc", digest.doc.as_deref()),
        ("title", Some(digest.title.as_str())),
        ("outlet", digest.outlet.as_deref()),
        ("date", digest.date.as_deref()),
    ];
    let shares = |shares: &[f64]| by_label(report, shares.iter().map(|&share| rounded(share)));
    line(&ArticleRecord {
        record: "article",
        name: Pairs(names.into_iter().filter_map(|(key, name)| Some((key, name?))).collect()),
        tag: &comparison.tags[deviation.tag].tag,
        kept: digest.tally.n_kept,
        words: digest.n_words(),
        word_shares: shares(&deviation.shares),
        others: shares(&deviation.others),
        n_others: comparison.n_others(deviation),
        distance: rounded(deviation.distance),
        ranked: deviation.is_ranked,
        nearest_tag: &comparison.tags[deviation.nearest].tag,
        nearest_distance: rounded(deviation.nearest_distance),
        paragraphs: deviation
            .paragraphs(digest)
            .into_iter()
            .map(|paragraph| record(report, paragraph))
            .collect(),
    })
}

fn record<'a>(report: &Report<'a>, (label, excerpt): (usize, &'a Excerpt)) -> ParagraphRecord<'a> {
    ParagraphRecord {
        paragraph: excerpt.paragraph,
        label: &report.labels[label],
        score: rounded(excerpt.probability),
        words: excerpt.n_words,
        text: &excerpt.text,
    }
}
