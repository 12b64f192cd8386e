//! Comma-separated values: the JSONL records, flattened.

use super::{METADATA, Report, flags, rounded, voice};
use crate::article::Article;
use crate::filter::Reason;
use crate::metrics::Interval;
use crate::score::{Evidence, Outcome};
use crate::summary::Profile;

/// The columns that say where a block stands.
const PLACE: [&str; 6] = ["source", "id", "paragraph", "start", "end", "span_of"];

/// Fields quoted where they have to be, and a line break.
pub(super) fn line<S: AsRef<str>>(fields: &[S]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields.iter().map(AsRef::as_ref)).expect("a record fits into memory");
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("fields are UTF-8")
}

fn place(article: &Article, index: usize) -> Vec<String> {
    let paragraph = &article.paragraphs[index];
    vec![
        article.source.clone(),
        paragraph.id.clone().unwrap_or_default(),
        (article.first_paragraph + index).to_string(),
        paragraph.start.to_string(),
        paragraph.end.to_string(),
        article.span_of.name().to_string(),
    ]
}

/// The columns behind the text, that say what is known of a block and its article.
fn context_header() -> impl Iterator<Item = &'static str> {
    ["voice", "speaker"].into_iter().chain(METADATA)
}

fn context(article: &Article, index: usize) -> Vec<String> {
    let paragraph = &article.paragraphs[index];
    let mut fields = vec![voice(paragraph).unwrap_or_default().to_string()];
    fields.push(paragraph.speaker.clone().unwrap_or_default());
    fields.extend(METADATA.iter().map(|key| article.metadata.get(*key).cloned().unwrap_or_default()));
    fields
}

pub(super) fn paragraph_header(report: &Report<'_>) -> String {
    let mut fields: Vec<String> =
        PLACE.iter().chain(&["label", "reason", "unsure", "flags"]).map(|s| s.to_string()).collect();
    fields.extend(report.labels.iter().map(|label| format!("score_{label}")));
    fields.extend(["evidence".to_string(), "text".to_string()]);
    fields.extend(context_header().map(str::to_string));
    line(&fields)
}

pub(super) fn article(report: &Report<'_>, article: &Article, outcomes: &[Outcome]) -> String {
    let record = |(index, outcome): (usize, &Outcome)| {
        let mut fields = place(article, index);
        match outcome {
            Outcome::Dropped(reason) => {
                let flags = flags(&article.paragraphs[index], false).join(" ");
                fields.extend(["other", reason.name(), "", &flags].map(str::to_string));
                fields.extend(report.labels.iter().map(|_| String::new()));
                fields.push(String::new());
            }
            Outcome::Labelled(labelling) => {
                fields.extend([report.labels[labelling.label].clone(), String::new()]);
                let flags = flags(&article.paragraphs[index], labelling.out_of_domain).join(" ");
                fields.extend([labelling.unsure.to_string(), flags]);
                fields.extend(labelling.probabilities.iter().map(|&p| rounded(p).to_string()));
                fields.push(labelling.evidence.as_ref().map(evidence).unwrap_or_default());
            }
        }
        fields.push(article.paragraphs[index].text.clone());
        fields.extend(context(article, index));
        line(&fields)
    };
    outcomes.iter().enumerate().map(record).collect()
}

/// All addends in one field: `block:feature=weight; …`.
pub(super) fn evidence(evidence: &Evidence) -> String {
    let features =
        evidence.features.iter().map(|c| format!("{}:{}={}", c.block, c.feature, rounded(c.weight)));
    let sums = [
        ("offset", evidence.offset),
        ("context", evidence.context),
        ("rest", evidence.rest),
        ("score", evidence.score),
    ];
    let sums = sums.iter().map(|(name, value)| format!("{name}={}", rounded(*value)));
    features.chain(sums).collect::<Vec<_>>().join("; ")
}

pub(super) fn block_header() -> String {
    let own = ["kept", "reason", "text"];
    let fields: Vec<&str> = PLACE.into_iter().chain(own).chain(context_header()).chain(["flags"]).collect();
    line(&fields)
}

pub(super) fn blocks(article: &Article, reasons: &[Option<Reason>]) -> String {
    let record = |(index, reason): (usize, &Option<Reason>)| {
        let mut fields = place(article, index);
        fields
            .extend([reason.is_none().to_string(), reason.map(Reason::name).unwrap_or_default().to_string()]);
        fields.push(article.paragraphs[index].text.clone());
        fields.extend(context(article, index));
        fields.push(flags(&article.paragraphs[index], false).join(" "));
        line(&fields)
    };
    reasons.iter().enumerate().map(record).collect()
}

/// The columns that say which article a profile is of.
const PROFILE: [&str; 6] = ["source", "id", "doc", "title", "outlet", "date"];

pub(super) fn profile_header(report: &Report<'_>) -> String {
    let counts = ["articles", "kept", "dropped", "words", "unsure_share", "out_of_domain_share"];
    let mut fields: Vec<String> = PROFILE.iter().chain(&counts).map(|s| s.to_string()).collect();
    for kind in ["word_share", "paragraph_share"] {
        for label in report.labels {
            fields.extend(["", "_low", "_high"].map(|end| format!("{kind}_{label}{end}")));
        }
    }
    fields.extend(report.labels.iter().map(|label| format!("mean_score_{label}")));
    line(&fields)
}

pub(super) fn profile(_: &Report<'_>, profile: &Profile) -> String {
    let mut fields = vec![profile.name.clone()];
    fields.extend(PROFILE[1..].iter().map(|key| profile.metadata.get(*key).cloned().unwrap_or_default()));
    let tally = &profile.tally;
    let counts = [profile.n_articles, tally.n_kept, tally.n_dropped, tally.words.iter().sum()];
    fields.extend(counts.map(|count| count.to_string()));
    let known = |value: f64| tally.known(rounded(value)).map_or(String::new(), |value| value.to_string());
    fields.extend([tally.unsure_share(), tally.out_of_domain_share()].map(known));
    let ends = |interval: &Interval| [interval.value, interval.low, interval.high].map(known);
    fields.extend(profile.word_shares.iter().chain(&profile.paragraph_shares).flat_map(ends));
    fields.extend(tally.mean_scores().into_iter().map(known));
    line(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::article_from_text;
    use crate::report::Format;
    use crate::score::Labelling;

    #[test]
    fn records_fit_the_header() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Csv, &labels);
        let source = article_from_text("One, \"two\".\n\nShare");
        let labelling = Labelling {
            label: 0,
            probabilities: vec![0.75, 0.25],
            unsure: true,
            out_of_domain: false,
            evidence: None,
        };
        let outcomes = [Outcome::Labelled(labelling), Outcome::Dropped(Reason::Share)];
        assert_eq!(
            report.paragraph_header() + &report.article(&source, &outcomes),
            "source,id,paragraph,start,end,span_of,label,reason,unsure,flags,score_b,score_a,evidence,text,\
             voice,speaker,doc,title,author,date,outlet,url,language\n\
             text,,0,0,11,source,b,,true,,0.75,0.25,,\"One, \"\"two\"\".\",,,,,,,,,\n\
             text,,1,13,18,source,other,share,,,,,,Share,,,,,,,,,\n"
        );
    }

    #[test]
    fn profiles_fit_the_header() {
        let labels = ["b".to_string(), "a".to_string()];
        let report = Report::plain(Format::Csv, &labels);
        let profile = Profile::of_article(&article_from_text(""), &[], 2);
        let n_columns = |line: &str| line.split(',').count();
        assert_eq!(n_columns(&report.profile_header()), n_columns(&report.profile(&profile)));
    }
}
