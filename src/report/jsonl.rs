//! JSON Lines: one object a paragraph, article or group. Fields are only ever added.

use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeMap;

use super::{METADATA, Report, flags, rounded, voice};
use crate::article::Article;
use crate::gate::Reason;
use crate::metrics::Interval;
use crate::profile::Profile;
use crate::score::Evidence;
use crate::score::Outcome;

/// Pairs written as an object in their own order.
struct Pairs<'a, V>(Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Pairs<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Where a block stands; the first fields of every record.
#[derive(Serialize)]
struct Place<'a> {
    source: &'a str,
    id: Option<&'a str>,
    paragraph: usize,
    start: usize,
    end: usize,
    span_of: &'static str,
}

impl<'a> Place<'a> {
    fn new(article: &'a Article, index: usize) -> Place<'a> {
        let paragraph = &article.paragraphs[index];
        Place {
            source: &article.source,
            id: paragraph.id.as_deref(),
            paragraph: article.first_paragraph + index,
            start: paragraph.start,
            end: paragraph.end,
            span_of: article.span_of.name(),
        }
    }
}

/// What is known of a block and its article; the last fields of every record, each where it is known.
#[derive(Serialize)]
struct Context<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    voice: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<&'a str>,
    #[serde(flatten)]
    metadata: Pairs<'a, &'a str>,
}

impl<'a> Context<'a> {
    fn new(article: &'a Article, index: usize) -> Context<'a> {
        let paragraph = &article.paragraphs[index];
        let field = |key: &&'static str| Some((*key, article.metadata.get(*key)?.as_str()));
        let metadata = METADATA.iter().filter_map(field).filter(|(_, value)| !value.is_empty());
        Context {
            voice: voice(paragraph),
            speaker: paragraph.speaker.as_deref(),
            metadata: Pairs(metadata.collect()),
        }
    }
}

#[derive(Serialize)]
struct LabelledRecord<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    label: &'a str,
    unsure: bool,
    scores: Pairs<'a, f64>,
    flags: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceRecord<'a>>,
    text: &'a str,
    #[serde(flatten)]
    context: Context<'a>,
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
struct DroppedRecord<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    label: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'static str>,
    text: &'a str,
    #[serde(flatten)]
    context: Context<'a>,
}

#[derive(Serialize)]
struct BlockRecord<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    kept: bool,
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'static str>,
    text: &'a str,
    #[serde(flatten)]
    context: Context<'a>,
}

#[derive(Serialize)]
struct ProfileRecord<'a> {
    #[serde(flatten)]
    name: Pairs<'a, &'a str>,
    articles: usize,
    kept: usize,
    dropped: usize,
    words: usize,
    unsure_share: f64,
    word_shares: Pairs<'a, IntervalRecord>,
    paragraph_shares: Pairs<'a, IntervalRecord>,
    mean_scores: Pairs<'a, f64>,
}

#[derive(Serialize)]
struct IntervalRecord {
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

/// Adds the record and a line break. Strings, numbers and lists cannot fail to become JSON.
fn push_line(lines: &mut Vec<u8>, record: &impl Serialize) {
    serde_json::to_writer(&mut *lines, record).expect("records hold nothing but text and numbers");
    lines.push(b'\n');
}

/// Room for the lines of an article: its texts, and as much for the rest of each record as most take.
fn room_for(article: &Article) -> Vec<u8> {
    const REST: usize = 400;
    Vec::with_capacity(article.paragraphs.iter().map(|paragraph| paragraph.text.len() + REST).sum())
}

fn text_of(lines: Vec<u8>) -> String {
    String::from_utf8(lines).expect("JSON is text")
}

pub(super) fn article(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let mut lines = room_for(article);
    for (index, outcome) in outcomes.iter().enumerate() {
        let place = Place::new(article, index);
        let context = Context::new(article, index);
        let paragraph = &article.paragraphs[index];
        let text = paragraph.text.as_str();
        match outcome {
            Outcome::Dropped(reason) => {
                let (flags, reason) = (flags(paragraph, false), reason.name());
                let record = DroppedRecord { place, label: "other", reason, flags, text, context };
                push_line(&mut lines, &record);
            }
            Outcome::Labelled(labelling) => {
                let scores = labelling.probabilities.iter().map(|&p| rounded(p));
                let record = LabelledRecord {
                    place,
                    label: &report.labels[labelling.label],
                    unsure: labelling.unsure,
                    scores: Pairs(report.labels.iter().map(String::as_str).zip(scores).collect()),
                    flags: flags(paragraph, labelling.out_of_domain),
                    evidence: labelling.evidence.as_ref().map(EvidenceRecord::new),
                    text,
                    context,
                };
                push_line(&mut lines, &record);
            }
        }
    }
    text_of(lines)
}

pub(super) fn blocks(article: &Article, reasons: &[Option<Reason>]) -> String {
    let mut lines = room_for(article);
    for (index, reason) in reasons.iter().enumerate() {
        let place = Place::new(article, index);
        let context = Context::new(article, index);
        let reason = reason.map(Reason::name);
        let paragraph = &article.paragraphs[index];
        let (flags, text) = (flags(paragraph, false), paragraph.text.as_str());
        let record = BlockRecord { place, kept: reason.is_none(), reason, flags, text, context };
        push_line(&mut lines, &record);
    }
    text_of(lines)
}

pub(super) fn profile(report: &Report<'_>, profile: &Profile) -> String {
    let labels = || report.labels.iter().map(String::as_str);
    let intervals =
        |intervals: &[Interval]| Pairs(labels().zip(intervals.iter().map(IntervalRecord::from)).collect());
    let mut name = vec![("source", profile.name.as_str())];
    for key in ["id", "doc", "title", "outlet", "date"] {
        name.extend(profile.metadata.get(key).map(|value| (key, value.as_str())));
    }
    let mut line = Vec::new();
    let record = ProfileRecord {
        name: Pairs(name),
        articles: profile.n_articles,
        kept: profile.tally.n_kept,
        dropped: profile.tally.n_dropped,
        words: profile.tally.words.iter().sum(),
        unsure_share: rounded(profile.tally.unsure_share()),
        word_shares: intervals(&profile.word_shares),
        paragraph_shares: intervals(&profile.paragraph_shares),
        mean_scores: Pairs(labels().zip(profile.tally.mean_scores().into_iter().map(rounded)).collect()),
    };
    push_line(&mut line, &record);
    text_of(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::report::Format;
    use crate::score::Labelling;

    #[test]
    fn records_have_their_fields_in_order() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report { format: Format::Jsonl, labels: &labels, width: 80, keep_dropped: false };
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
            article(&report, &source, &outcomes),
            "{\"source\":\"text\",\"id\":null,\"paragraph\":0,\"start\":0,\"end\":10,\"span_of\":\"source\",\
             \"label\":\"a\",\"unsure\":false,\"scores\":{\"b\":0.25,\"a\":0.75},\"flags\":[\"out_of_domain\"],\
             \"text\":\"One \\\"two\\\".\"}\n\
             {\"source\":\"text\",\"id\":null,\"paragraph\":1,\"start\":12,\"end\":17,\"span_of\":\"source\",\
             \"label\":\"other\",\"reason\":\"share\",\"text\":\"Share\"}\n"
        );
    }
}
