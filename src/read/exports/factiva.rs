//! The articles of Factiva: fields with codes of two letters, or the same lines without codes.

use super::{ExportLine, Record, between, pattern};
use crate::read::date::is_date_line;

pattern!(
    CODE,
    r"^(SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|ART|AN|CO|IN|NS|RE|IPC|IPD|PUB|CT|RF|CLM|CX|NGC|GC|DLN)(?:$|\t|\s{2,})\s*"
);
pattern!(N_WORDS, r"^[\d,.]+ words$");
pattern!(COPYRIGHT, r"^(?i:copyright\b|\(c\)|©)");

/// The code that a line begins with.
pub fn code_of(line: &str) -> Option<&str> {
    Some(CODE.captures(line)?.get(1)?.as_str())
}

/// The key that a code sets in the metadata; the text has none.
pub fn key_of(code: &str) -> &str {
    match code {
        "LP" | "TD" => "",
        "HD" => "title",
        "BY" => "author",
        "PD" => "date",
        "SN" => "outlet",
        "LA" => "language",
        "SE" => "section",
        "WC" => "length",
        "CY" => "copyright",
        "ET" => "time",
        "PG" => "page",
        "ED" => "edition",
        "AN" => "factiva_id",
        "SC" => "source_code",
        "ART" => "graphic",
        "CR" => "credit",
        "CLM" => "column",
        other => other,
    }
}

/// The article; `None` if the lines are none, such as a list of search terms.
pub fn record(lines: &[ExportLine]) -> Option<Record> {
    let codes: Vec<(usize, &str, usize)> = (0..lines.len())
        .filter_map(|at| {
            let found = CODE.captures(lines[at].text)?;
            Some((at, found.get(1)?.as_str(), found.get(0)?.end()))
        })
        .collect();
    let has = |code: &str| codes.iter().any(|(_, known, _)| *known == code);
    if !has("HD") || !(has("LP") || has("TD")) {
        return plain_record(lines);
    }
    let mut record = Record::default();
    for (index, &(at, code, length)) in codes.iter().enumerate() {
        let end = codes.get(index + 1).map_or(lines.len(), |next| next.0);
        let first = if length == lines[at].text.len() { at + 1 } else { at };
        let first = (first..end).find(|&line| !lines[line].text.is_empty()).unwrap_or(end);
        let mut range = between(lines, first, end);
        range.start += if first == at { length } else { 0 };
        let values: Vec<&str> = lines[at..end].iter().map(|line| line.text).collect();
        match key_of(code) {
            "" => record.body.push(range),
            key => record.set(&key.to_lowercase(), &values.join(" ")[length..]),
        }
    }
    Some(record)
}

/// The article without codes: the title, the number of words, the date, the outlet and more, each on a line.
fn plain_record(lines: &[ExportLine]) -> Option<Record> {
    let n_words = lines.iter().position(|line| N_WORDS.is_match(line.text))?;
    let mut record = Record::default();
    record.set("length", lines[n_words].text);
    let before = lines[..n_words].split(|line| line.text.is_empty()).filter(|block| !block.is_empty());
    let blocks: Vec<&[ExportLine]> = before.collect();
    let is_author = |line: &ExportLine| line.text.starts_with("By ") || line.text.split(' ').count() < 5;
    // The name of a section may stand above the title, and the author's office below the name.
    let (title, author) = match blocks.as_slice() {
        [.., title, author] if author.first().is_some_and(is_author) => (title.last(), author.first()),
        [.., [.., title, author]] if is_author(author) => (Some(title), Some(author)),
        [.., title] => (title.last(), None),
        [] => (None, None),
    };
    record.set("title", title.map_or("", |line| line.text));
    record.set("author", author.map_or("", |line| line.text));
    const MOST: usize = 16;
    let head = n_words + 1..(n_words + MOST).min(lines.len());
    let date = head.clone().find(|&at| is_date_line(lines[at].text));
    if let Some(date) = date {
        record.set("date", lines[date].text);
        let is_outlet = |line: &str| !line.is_empty() && !line.contains(':') && !is_date_line(line);
        let outlet = head.clone().find(|&at| at > date && is_outlet(lines[at].text));
        record.set("outlet", outlet.map_or("", |at| lines[at].text));
    }
    let is_last = |at: &usize| COPYRIGHT.is_match(lines[*at].text) || lines[*at].text == "English";
    let last = head.clone().rfind(is_last).or(date).unwrap_or(n_words);
    let id = lines.iter().rposition(|line| super::ACCESSION.is_match(line.text)).unwrap_or(lines.len());
    record.set("factiva_id", lines.get(id).map_or("", |line| line.text));
    let first = (last + 1..id).find(|&at| !lines[at].text.is_empty()).unwrap_or(id);
    record.body.push(between(lines, first, id));
    Some(record)
}
