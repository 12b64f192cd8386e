//! JSON Lines: one object a paragraph, article or group. Fields are only ever added.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::object::Object;
use super::{METADATA, Report, flags, rounded, voice};
use crate::article::{Article, Paragraph};
use crate::filter::Reason;
use crate::metrics::Interval;
use crate::score::{Evidence, Labelling, Outcome};
use crate::summary::Profile;

/// Pairs written as an object in their own order.
pub(super) struct Pairs<'a, V>(pub(super) Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct EvidenceRecord<'a> {
    score: f64,
    offset: f64,
    context: f64,
    rest: f64,
    features: Vec<FeatureRecord<'a>>,
}

#[derive(Serialize)]
struct FeatureRecord<'a> {
    block: &'a str,
    feature: &'a str,
    weight: f64,
}

impl<'a> EvidenceRecord<'a> {
    fn new(evidence: &'a Evidence) -> EvidenceRecord<'a> {
        let feature = |c: &'a crate::score::Contribution| FeatureRecord {
            block: c.block,
            feature: &c.feature,
            weight: rounded(c.weight),
        };
        EvidenceRecord {
            score: rounded(evidence.score),
            offset: rounded(evidence.offset),
            context: rounded(evidence.context),
            rest: rounded(evidence.rest),
            features: evidence.features.iter().map(feature).collect(),
        }
    }
}

#[derive(Serialize)]
struct ProfileRecord<'a> {
    #[serde(flatten)]
    name: Pairs<'a, &'a str>,
    articles: usize,
    kept: usize,
    dropped: usize,
    words: usize,
    unsure_share: Option<f64>,
    out_of_domain_share: Option<f64>,
    word_shares: Pairs<'a, Option<IntervalRecord>>,
    paragraph_shares: Pairs<'a, Option<IntervalRecord>>,
    mean_scores: Pairs<'a, Option<f64>>,
}

#[derive(Serialize)]
pub(super) struct IntervalRecord {
    share: f64,
    low: f64,
    high: f64,
}

impl From<&Interval> for IntervalRecord {
    fn from(interval: &Interval) -> Self {
        IntervalRecord {
            share: rounded(interval.value),
            low: rounded(interval.low),
            high: rounded(interval.high),
        }
    }
}

/// From so many bytes on lines are given on. A large article's lines, kept to its end, would lie in memory that no
/// cache holds and the system has to clear first.
const PIECE: usize = 64 << 10;
/// What a record has beside its text, in most.
const REST: usize = 400;

/// Room for the lines of an article, or for a piece of them.
fn room_for(article: &Article) -> String {
    const LONGEST: usize = PIECE + (8 << 10);
    let lengths = article.paragraphs.iter().map(|paragraph| paragraph.text.len() + REST);
    String::with_capacity(lengths.sum::<usize>().min(LONGEST))
}

/// Writes where a block stands: the first fields of every record.
fn write_place(record: &mut Object<'_>, article: &Article, index: usize) {
    let paragraph = &article.paragraphs[index];
    record.text("source", &article.source);
    match &paragraph.id {
        Some(id) => record.text("id", id),
        None => record.value("id", &()),
    }
    record.value("paragraph", &(article.first_paragraph + index));
    record.value("start", &paragraph.start);
    record.value("end", &paragraph.end);
    record.text("span_of", article.span_of.name());
}

/// Writes the text and what is known of a block and its article: the last fields of every record, each where it
/// is known.
fn write_text(record: &mut Object<'_>, article: &Article, index: usize) {
    let paragraph = &article.paragraphs[index];
    record.text("text", &paragraph.text);
    if let Some(voice) = voice(paragraph) {
        record.text("voice", voice);
    }
    if let Some(speaker) = &paragraph.speaker {
        record.text("speaker", speaker);
    }
    for key in METADATA {
        if let Some(value) = article.metadata.get(key).filter(|value| !value.is_empty()) {
            record.text(key, value);
        }
    }
}

/// Writes the flags of a block that has no label, where there are any.
fn write_flags(record: &mut Object<'_>, paragraph: &Paragraph) {
    let flags = flags(paragraph, false);
    if !flags.is_empty() {
        record.value("flags", &flags);
    }
}

fn write_labelling(record: &mut Object<'_>, labels: &[String], labelling: &Labelling, paragraph: &Paragraph) {
    record.text("label", &labels[labelling.label]);
    record.value("unsure", &labelling.unsure);
    let mut scores = record.object("scores");
    for (label, probability) in labels.iter().zip(&labelling.probabilities) {
        scores.entry(label, &rounded(*probability));
    }
    scores.end();
    record.value("flags", &flags(paragraph, labelling.out_of_domain));
    if let Some(evidence) = &labelling.evidence {
        record.value("evidence", &EvidenceRecord::new(evidence));
    }
}

/// Gives the lines of an article to `take`, some at a time.
pub(super) fn each_piece<E>(
    report: &Report<'_>,
    article: &Article,
    outcomes: &[Outcome],
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let mut lines = room_for(article);
    for (index, (_, outcome)) in article.paragraphs.iter().zip(outcomes).enumerate() {
        write_record(&mut lines, report, article, index, outcome);
        if lines.len() >= PIECE {
            take(&lines)?;
            lines.clear();
        }
    }
    if lines.is_empty() { Ok(()) } else { take(&lines) }
}

fn write_record(lines: &mut String, report: &Report<'_>, article: &Article, index: usize, outcome: &Outcome) {
    let paragraph = &article.paragraphs[index];
    let mut record = Object::begin(lines);
    write_place(&mut record, article, index);
    match outcome {
        Outcome::Dropped(reason) => {
            record.text("label", "other");
            record.text("reason", reason.name());
            write_flags(&mut record, paragraph);
        }
        Outcome::Labelled(labelling) => write_labelling(&mut record, report.labels, labelling, paragraph),
    }
    write_text(&mut record, article, index);
    record.end();
    lines.push('\n');
}

pub(super) fn blocks(article: &Article, reasons: &[Option<Reason>]) -> String {
    let mut lines = String::new();
    for (index, (paragraph, reason)) in article.paragraphs.iter().zip(reasons).enumerate() {
        let mut record = Object::begin(&mut lines);
        write_place(&mut record, article, index);
        record.value("kept", &reason.is_none());
        record.value("reason", &reason.map(Reason::name));
        write_flags(&mut record, paragraph);
        write_text(&mut record, article, index);
        record.end();
        lines.push('\n');
    }
    lines
}

pub(super) fn profile(report: &Report<'_>, profile: &Profile) -> String {
    let labels = || report.labels.iter().map(String::as_str);
    let known = |value: f64| profile.tally.known(rounded(value));
    let interval = |interval: &Interval| profile.tally.known(IntervalRecord::from(interval));
    let intervals = |intervals: &[Interval]| Pairs(labels().zip(intervals.iter().map(interval)).collect());
    let mut name = vec![("source", profile.name.as_str())];
    for key in ["id", "doc", "title", "outlet", "date"] {
        name.extend(profile.metadata.get(key).map(|value| (key, value.as_str())));
    }
    line(&ProfileRecord {
        name: Pairs(name),
        articles: profile.n_articles,
        kept: profile.tally.n_kept,
        dropped: profile.tally.n_dropped,
        words: profile.tally.words.iter().sum(),
        unsure_share: known(profile.tally.unsure_share()),
        out_of_domain_share: known(profile.tally.out_of_domain_share()),
        word_shares: intervals(&profile.word_shares),
        paragraph_shares: intervals(&profile.paragraph_shares),
        mean_scores: Pairs(labels().zip(profile.tally.mean_scores().into_iter().map(known)).collect()),
    })
}

/// The record and a line break. Strings, numbers and lists cannot fail to become JSON.
pub(super) fn line(record: &impl Serialize) -> String {
    let mut line = serde_json::to_string(record).expect("records hold nothing but text and numbers");
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::report::Format;

    #[test]
    fn records_have_their_fields_in_order() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Jsonl, &labels);
        let source = article_from_text("One \"two\".\n\nShare");
        let labelling = Labelling {
            label: 1,
            probabilities: vec![0.25, 0.75],
            unsure: false,
            out_of_domain: true,
            evidence: None,
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            report.article(&source, &outcomes),
            "{\"source\":\"text\",\"id\":null,\"paragraph\":0,\"start\":0,\"end\":10,\"span_of\":\"source\",\
             \"label\":\"a\",\"unsure\":false,\"scores\":{\"b\":0.25,\"a\":0.75},\"flags\":[\"out_of_domain\"],\
             \"text\":\"One \\\"two\\\".\"}\n\
             {\"source\":\"text\",\"id\":null,\"paragraph\":1,\"start\":12,\"end\":17,\"span_of\":\"source\",\
             \"label\":\"other\",\"reason\":\"share\",\"text\":\"Share\"}\n"
        );
    }
}
