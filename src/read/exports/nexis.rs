//! The articles of Nexis (`1 of 3 DOCUMENTS`) and Nexis Uni (`End of Document`).

use super::{ExportLine, NUMBERED, Record, between, pattern};
use crate::read::date::is_date_line;

pattern!(FIELD, r"^([A-Z][A-Z-]{2,20}(?: [A-Z-]{2,20})?):(?:\s+(.*))?$");
pattern!(COPYRIGHT, r"^(?i:copyright (©|\(c\)|\d{4}|of )|\(c\)|©|all rights reserved)");
pattern!(UNI_FIELD, r"^([A-Z][A-Za-z]{2,15}(?:[- ][A-Z][A-Za-z]{2,15})?):\s+(.*)$");

/// Fields before the text. A title may begin like a field, too.
const HEAD: &str =
    "HEADLINE BYLINE SECTION LENGTH DATELINE HIGHLIGHT BODY ABSTRACT COLUMN SOURCE PAGE EDITION";
/// Fields after the text.
const TRAILER: &str = "LOAD-DATE LANGUAGE GRAPHIC PUBLICATION-TYPE JOURNAL-CODE SUBJECT URL COUNTRY CITY STATE PERSON \
                       COMPANY ORGANIZATION GEOGRAPHIC CORRECTION CORRECTION-DATE TYPE SERIES DOCUMENT-TYPE NOTES \
                       ACC-NO PUB-TYPE DISTRIBUTION TICKER INDUSTRY DATE COPYRIGHT UPDATE PHOTO CHART";
/// Lines that stand alone above what follows the text in Nexis Uni.
const UNI_TRAILER: [&str; 8] = [
    "Classification",
    "Graphic",
    "Notes",
    "Correction",
    "Tables",
    "Correction-Date",
    "End of Document",
    "Acknowledgments",
];

/// The key of a field in the metadata.
fn key_of(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "headline" => "title".to_string(),
        "byline" => "author".to_string(),
        name => name.replace(['-', ' '], "_"),
    }
}

/// The name and value of the field that begins with this line.
fn field_of<'a>(pattern: &regex::Regex, line: &'a str) -> Option<(&'a str, &'a str)> {
    let found = pattern.captures(line)?;
    Some((found.get(1)?.as_str(), found.get(2).map_or("", |value| value.as_str())))
}

/// The lines of the block at `start`, joined, and the line after it.
fn block(lines: &[ExportLine], start: usize) -> (String, usize) {
    let n = lines[start..].iter().take_while(|line| !line.text.is_empty()).count();
    let texts: Vec<&str> = lines[start..start + n].iter().map(|line| line.text).collect();
    (texts.join(" "), start + n)
}

/// The article of Nexis.
pub fn record(lines: &[ExportLine]) -> Option<Record> {
    let mut record = Record::default();
    let mut at = lines.iter().position(|line| !line.text.is_empty())?;
    let is_numbered = NUMBERED.is_match(lines[at].text);
    if is_numbered {
        at = source_and_date(lines, at + 1, &mut record);
    } else if head_field(lines[at].text).is_none() {
        // The text before the first article.
        return None;
    }
    let mut has_title = !is_numbered;
    while at < lines.len() {
        if lines[at].text.is_empty() {
            at += 1;
            continue;
        }
        let (text, end) = block(lines, at);
        match head_field(lines[at].text) {
            Some(("BODY", rest)) => {
                at += usize::from(rest.is_empty());
                break;
            }
            Some((name, _)) if is_trailer(name) => break,
            Some((name, _)) => {
                let value = text[name.len() + 1..].to_string();
                record.set(&key_of(name), &value);
                has_title |= name == "HEADLINE";
            }
            None if !has_title => {
                record.set("title", &text);
                has_title = true;
            }
            None => break,
        }
        at = end;
    }
    let end = trailer(lines, at, &mut record);
    let mut body = between(lines, at, end);
    let label = lines.get(at).filter(|line| line.text.starts_with("BODY:")).map_or(0, |_| "BODY:".len());
    body.start = (body.start + label).min(body.end);
    record.body.push(body);
    Some(record)
}

/// The name and value of a field before or after the text.
fn head_field(line: &str) -> Option<(&str, &str)> {
    let known = |name: &str| HEAD.split(' ').any(|known| known == name) || is_trailer(name);
    field_of(&FIELD, line).filter(|(name, _)| known(name))
}

fn is_trailer(name: &str) -> bool {
    TRAILER.split_whitespace().any(|known| known == name)
}

/// Sets the outlet and the date, which stand at the top; returns the line after them and the edition.
fn source_and_date(lines: &[ExportLine], mut at: usize, record: &mut Record) -> usize {
    while at < lines.len() {
        let line = &lines[at];
        let is_field = head_field(line.text).is_some();
        if is_field || record.metadata.contains_key("date") && !line.text.is_empty() {
            break;
        }
        if is_date_line(line.text) {
            record.set("date", line.text);
        } else if !COPYRIGHT.is_match(line.text) && !line.text.is_empty() {
            // A line after the outlet may be its second one.
            let key = if record.metadata.contains_key("outlet") { "edition" } else { "outlet" };
            record.set(key, line.text);
        }
        at += 1;
        // Without a date, only the first lines are the head.
        let (_, end) = block(lines, at.min(lines.len()));
        if !record.metadata.contains_key("date") && end - at > 3 {
            break;
        }
    }
    // Titles begin at the left margin, editions are centred.
    while at + 1 < lines.len() && is_centred(lines, at) {
        record.set("edition", lines[at].text);
        at += 1;
        while at + 1 < lines.len() && lines[at].text.is_empty() {
            at += 1;
        }
    }
    at
}

/// Whether a line has much white space before it.
fn is_centred(lines: &[ExportLine], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(0, |before| lines[before].range.end);
    lines[at].range.start - before > 8 && head_field(lines[at].text).is_none()
}

/// Sets the fields after the text; returns the line where they begin.
fn trailer(lines: &[ExportLine], start: usize, record: &mut Record) -> usize {
    let is_after_blank = |at: usize| at == start || lines[at - 1].text.is_empty();
    let begins = |at: usize| {
        let line = lines[at].text;
        let is_field = field_of(&FIELD, line).is_some_and(|(name, _)| is_trailer(name));
        is_after_blank(at) && (is_field || COPYRIGHT.is_match(line))
    };
    let Some(end) = (start..lines.len()).find(|&at| begins(at)) else { return lines.len() };
    let mut at = end;
    while at < lines.len() {
        if lines[at].text.is_empty() {
            at += 1;
            continue;
        }
        let (text, next) = block(lines, at);
        match field_of(&FIELD, lines[at].text) {
            Some((name, _)) => record.set(&key_of(name), &text[name.len() + 1..]),
            None => record.set("copyright", &text),
        }
        at = next;
    }
    end
}

/// The article of Nexis Uni.
pub fn uni_record(lines: &[ExportLine]) -> Option<Record> {
    let body = lines.iter().position(|line| line.text.eq_ignore_ascii_case("body"))?;
    let mut record = Record::default();
    let date = (0..body).rev().find(|&at| is_date_line(lines[at].text));
    let before = |end: usize| (0..end).rev().find(|&at| !lines[at].text.is_empty());
    let fields = date.map_or(0, |date| date + 1);
    if let Some(date) = date {
        record.set("date", lines[date].text);
        let outlet = before(date);
        let title = outlet.and_then(before);
        for (key, at) in [("outlet", outlet), ("title", title)] {
            if let Some(at) = at {
                record.set(key, lines[at].text);
            }
        }
    }
    for line in &lines[fields..body] {
        match field_of(&UNI_FIELD, line.text) {
            Some((name, value)) => record.set(&key_of(name), value),
            None if COPYRIGHT.is_match(line.text) => record.set("copyright", line.text),
            None => {}
        }
    }
    let is_field = |line: &ExportLine| {
        field_of(&UNI_FIELD, line.text).is_some_and(|(name, _)| is_trailer(&name.to_uppercase()))
    };
    let is_heading = |line: &ExportLine| UNI_TRAILER.contains(&line.text);
    let heading = (body + 1..lines.len()).find(|&at| is_heading(&lines[at])).unwrap_or(lines.len());
    // A paragraph may begin like a field; the fields after the text are followed by nothing else.
    let is_last =
        |line: &&ExportLine| is_field(line) || line.text.is_empty() || COPYRIGHT.is_match(line.text);
    let n_last = lines[body + 1..heading].iter().rev().take_while(is_last).count();
    let end = heading - n_last;
    uni_trailer(&lines[end..], &mut record);
    let first = (body + 1..end).find(|&at| !lines[at].text.is_empty()).unwrap_or(end);
    record.body.push(between(lines, first, end));
    Some(record)
}

fn uni_trailer(lines: &[ExportLine], record: &mut Record) {
    let mut open: Option<(String, String)> = None;
    for line in lines {
        let field = field_of(&UNI_FIELD, line.text);
        let heading = UNI_TRAILER.contains(&line.text).then_some((line.text, ""));
        match field.or(heading) {
            Some((name, value)) => {
                if let Some((key, text)) = open.replace((key_of(name), value.to_string())) {
                    record.set(&key, &text);
                }
            }
            None => {
                if let Some((_, text)) = &mut open {
                    text.push(' ');
                    text.push_str(line.text);
                }
            }
        }
    }
    if let Some((key, text)) = open {
        record.set(&key, &text);
    }
}
