//! The articles of ProQuest: lines with a label, of which one is the text.

use super::{ExportLine, RULE, Record, between};

/// The labels and the keys of the metadata that they set; the text has none.
const LABELS: [(&str, &str); 49] = [
    ("Title", "title"),
    ("Author", "author"),
    ("Byline", "author"),
    ("Publication title", "outlet"),
    ("Publication date", "date"),
    ("Publication info", "publication_info"),
    ("Document URL", "url"),
    ("Full text", ""),
    ("Full Text", ""),
    ("Abstract", "abstract"),
    ("Abstract (summary)", "abstract"),
    ("Summary", "abstract"),
    ("Links", "links"),
    ("Subject", "subject"),
    ("Business indexing term", "business_indexing_term"),
    ("Location", "location"),
    ("People", "people"),
    ("Company / organization", "company"),
    ("Company", "company"),
    ("Identifier / keyword", "keywords"),
    ("Classification", "classification"),
    ("Publication year", "publication_year"),
    ("First page", "page"),
    ("Pages", "page"),
    ("Section", "section"),
    ("column", "column"),
    ("Column", "column"),
    ("Dateline", "dateline"),
    ("Credit", "credit"),
    ("Illustration", "illustration"),
    ("Volume", "volume"),
    ("Issue", "issue"),
    ("Number of pages", "n_pages"),
    ("Publisher", "publisher"),
    ("Place of publication", "place_of_publication"),
    ("Country of publication", "country"),
    ("Publication subject", "publication_subject"),
    ("ISSN", "issn"),
    ("Source type", "source_type"),
    ("Language of publication", "language"),
    ("Language", "language"),
    ("Document type", "document_type"),
    ("Document feature", "document_feature"),
    ("Publication history", "publication_history"),
    ("Online publication date", "online_date"),
    ("ProQuest document ID", "proquest_id"),
    ("Copyright", "copyright"),
    ("Last updated", "last_updated"),
    ("Database", "database"),
];

/// The label that a line begins with.
fn label_of(line: &str) -> Option<(&'static str, &str)> {
    let (label, value) = line.split_once(':')?;
    let known = LABELS.iter().find(|(known, _)| *known == label)?;
    (value.is_empty() || value.starts_with(' ')).then_some((known.1, value))
}

/// The article; `None` if the lines have no label for a text.
pub fn record(lines: &[ExportLine]) -> Option<Record> {
    // Inside a text, labels are words, unless they follow a blank line.
    let is_label = |at: usize| {
        let is_free = at == 0 || lines[at - 1].text.is_empty() || label_of(lines[at - 1].text).is_some();
        (is_free && !RULE.is_match(lines[at].text)).then(|| label_of(lines[at].text)).flatten()
    };
    let labels: Vec<(usize, &str)> = (0..lines.len()).filter_map(|at| Some((at, is_label(at)?.0))).collect();
    if labels.len() < 2 {
        return None;
    }
    // After the text, a paragraph may begin like a label; only labels follow the last paragraph that does not.
    let of_text = labels.iter().position(|(_, key)| key.is_empty()).map_or(labels.len(), |index| index + 1);
    let is_prose = |&at: &usize| {
        let is_free = lines[at - 1].text.is_empty() && !lines[at].text.is_empty();
        is_free && is_label(at).is_none() && !RULE.is_match(lines[at].text)
    };
    let first = labels.get(of_text).map_or(lines.len(), |(at, _)| *at);
    let last_prose = (first.max(1)..lines.len()).rev().find(is_prose);
    let is_kept = |(index, (at, _)): &(usize, (usize, &str))| {
        *index < of_text || last_prose.is_none_or(|prose| *at > prose)
    };
    let labels: Vec<(usize, &str)> =
        labels.into_iter().enumerate().filter(is_kept).map(|(_, label)| label).collect();
    let mut record = Record::default();
    let mut summary = 0..0;
    for (index, &(at, key)) in labels.iter().enumerate() {
        let end = labels.get(index + 1).map_or(lines.len(), |next| next.0);
        let mut range = between(lines, at, end);
        range.start += lines[at].text.find(':').map_or(0, |colon| colon + 1);
        match key {
            "" => record.body.push(range),
            _ => {
                let value: Vec<&str> = lines[at + 1..end].iter().map(|line| line.text).collect();
                let first = lines[at].text.split_once(':').map_or("", |(_, value)| value);
                record.set(key, &format!("{first} {}", value.join(" ")));
                summary = if key == "abstract" && summary.is_empty() { range } else { summary };
            }
        }
    }
    if record.body.is_empty() && !summary.is_empty() {
        record.metadata.remove("abstract");
        record.body.push(summary);
    }
    (record.metadata.contains_key("title") || !record.body.is_empty()).then_some(record)
}
