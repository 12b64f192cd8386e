//! Texts that were concatenated into one file, each with a head: front matter, lines such as `Title:` and `Author:`, or a
//! title with a byline.

use std::ops::Range;

use super::{Record, is_blank, pattern};
use crate::article::Metadata;
use crate::read::front_matter::{MAX_LINES, front_matter};
use crate::read::known::add_known;

pattern!(
    LABEL,
    r"^(?i:(title|headline|authors?|byline|source|publication|publication date|published|date|url|link|document type|subject terms|subjects|abstract|issn|accession number|database|language|section|volume|issue|pages?|full text word count|persistent link[^:]*|keywords))\s?:(?:\s+(\S.*))?$"
);
pattern!(RECORD, r"^(?:Record|Article|Document):? #?\d{1,5}(?: of \d{1,5})?$");
pattern!(RULE, r"^(?:-{3,}|={3,}|\*{3,}|_{3,}|#{3,}|~{3,}|\*(?: \*){2,}|-(?: -){2,})$");
pattern!(
    BYLINE,
    r"^[*_>\s]*(?:By|BY) (\p{Lu}[\p{L}.'’-]*)(?:,? (?:\p{Lu}[\p{L}.'’-]*|and|al|bin|da|de|del|della|den|der|di|du|la|le|of|van|von))*[*_\s]*$"
);
/// What may follow `By` in a line of an article that names no author.
const NOT_NAMES: [&str; 24] = [
    "The",
    "Then",
    "Now",
    "Way",
    "Contrast",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The most words of a byline or a title.
const MAX_WORDS: usize = 20;

/// The kinds of heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heads {
    FrontMatter,
    Labels,
    Bylines,
}

/// A line: the byte where it begins, and its text without the white space around it.
type Line<'a> = (usize, &'a str);

impl Heads {
    /// The kind of heads that the texts in a file have, by its beginning; `None` if it does not begin with a head, or
    /// has only one.
    pub fn of(head: &str) -> Option<Heads> {
        let kinds = [Heads::FrontMatter, Heads::Labels, Heads::Bylines];
        kinds.into_iter().find(|kind| kind.n_texts(head) > 1)
    }

    /// How many texts there are; 0 if the first does not begin with a head.
    fn n_texts(self, head: &str) -> usize {
        let (mut piece, mut n) = (0, 0);
        let mut at = 0;
        for line in head.split_inclusive('\n') {
            let last_line = at;
            at += line.len();
            let Some(start) = self.start(&head[piece..at], last_line - piece) else { continue };
            // A reading list in an article has heads, too, but no texts.
            if n > 0 && start > 0 && !self.has_text(&head[piece..piece + start]) {
                return 0;
            }
            let is_top =
                head[piece..piece + start].lines().all(|line| is_outside(line.trim_matches(is_blank)));
            if n == 0 && !is_top {
                return 0;
            }
            // The head of a text may have several lines that complete it.
            n += usize::from(n == 0 || start > 0);
            piece += start;
        }
        n
    }

    /// Whether a piece has a text, or else the number of a record: records may have none.
    fn has_text(self, piece: &str) -> bool {
        let has_letters = |range: &Range<usize>| piece[range.clone()].contains(char::is_alphabetic);
        self.record(piece).is_some_and(|record| record.body.iter().any(has_letters))
            || piece.lines().any(|line| RECORD.is_match(line.trim_matches(is_blank)))
    }

    pub fn name(self) -> &'static str {
        match self {
            Heads::FrontMatter => "front matter",
            Heads::Labels => "lines such as `Title:`",
            Heads::Bylines => "a title and a byline",
        }
    }

    /// Where the head begins that the last line of `piece` completes.
    pub fn start(self, piece: &str, last_line: usize) -> Option<usize> {
        let last = piece[last_line..].trim_matches(is_blank);
        match self {
            Heads::FrontMatter if last == "---" => {
                let (start, _) = before(piece, last_line).take(MAX_LINES).find(|(_, line)| *line == "---")?;
                let (metadata, body) = front_matter(&piece[start..]);
                let is_code = piece[..start].lines().filter(|line| line.starts_with("```")).count() % 2 == 1;
                (body > 0 && metadata.contains_key("title") && !is_code).then_some(start)
            }
            Heads::Labels if LABEL.is_match(last) => labels_start(piece, last_line),
            Heads::Bylines if is_byline(last) => byline_start(piece, last_line),
            _ => None,
        }
    }

    /// The text in a piece of the file; `None` if the piece is blank.
    pub fn record(self, piece: &str) -> Option<Record> {
        if piece.lines().all(|line| is_outside(line.trim_matches(is_blank))) {
            return None;
        }
        let (metadata, body) = match self {
            Heads::FrontMatter => front_matter(piece),
            Heads::Labels => labelled_head(piece),
            Heads::Bylines => (titled_head(piece), 0),
        };
        // A rule at the end is between this text and the next.
        let rest = piece.trim_end_matches(is_blank);
        let (last, line) = before(rest, rest.len()).next().unwrap_or_default();
        let end = if RULE.is_match(line) && last > body { last } else { rest.len() };
        let body = std::iter::once(body..end.max(body)).collect();
        let mut record = Record { metadata: Metadata::new(), body };
        metadata.iter().for_each(|(key, value)| record.set(key, value));
        Some(record)
    }
}

/// Whether a line belongs to no text: a blank line, a rule, or the number of a record.
fn is_outside(line: &str) -> bool {
    line.is_empty() || RULE.is_match(line) || RECORD.is_match(line)
}

/// The lines before byte `end`, the last first.
fn before(piece: &str, mut end: usize) -> impl Iterator<Item = Line<'_>> {
    std::iter::from_fn(move || {
        let inner = piece.get(..end.checked_sub(1)?)?;
        let start = inner.rfind('\n').map_or(0, |at| at + 1);
        let line = &piece[start..end];
        end = start;
        Some((start, line.trim_matches(is_blank)))
    })
}

fn has_few_words(line: &str) -> bool {
    line.split_whitespace().nth(MAX_WORDS).is_none()
}

fn is_byline(line: &str) -> bool {
    let names_author = |line| BYLINE.captures(line).is_some_and(|found| !NOT_NAMES.contains(&&found[1]));
    line.len() < 200 && has_few_words(line) && names_author(line)
}

/// The start of a block of lines with labels, one of which is a title.
fn labels_start(piece: &str, last_line: usize) -> Option<usize> {
    let is_inside = |(_, line): &Line<'_>| !is_outside(line);
    let block: Vec<Line<'_>> = before(piece, last_line).take(MAX_LINES).take_while(is_inside).collect();
    let (mut start, first) = *block.last()?;
    let is_title = |line: &str| {
        let label = LABEL.captures(line).map(|found| found[1].to_lowercase());
        label.is_some_and(|label| matches!(label.as_str(), "title" | "headline"))
    };
    let lines = || block.iter().map(|(_, line)| *line).chain([piece[last_line..].trim_matches(is_blank)]);
    if !LABEL.is_match(first) || !lines().any(is_title) {
        return None;
    }
    // The number of the record stands above, maybe with a blank line between.
    if let Some((above, _)) = before(piece, start).take(2).find(|(_, line)| RECORD.is_match(line)) {
        start = above;
    }
    Some(start)
}

/// What the lines with labels at the top of a text say, and the byte after them.
fn labelled_head(piece: &str) -> (Metadata, usize) {
    let (mut metadata, mut at, mut open) = (Metadata::new(), 0, None);
    for line in piece.split_inclusive('\n') {
        let text = line.trim_matches(is_blank);
        if metadata.is_empty() && is_outside(text) {
            at += line.len();
            continue;
        }
        // A value may go on in indented lines, or begin on the line after its label.
        let goes_on = |key: &String| line.starts_with([' ', '\t']) || metadata[key].is_empty();
        if text.is_empty() || !LABEL.is_match(text) && open.as_ref().is_some_and(|key| !goes_on(key)) {
            break;
        }
        at += line.len();
        match (LABEL.captures(text), &open) {
            (Some(found), _) => {
                let label = found[1].to_lowercase().replace(' ', "_");
                let key = if matches!(label.as_str(), "source" | "publication") {
                    "outlet".to_string()
                } else {
                    label
                };
                let value = found.get(2).map_or("", |value| value.as_str());
                metadata.entry(key.clone()).or_insert_with(|| value.to_string());
                open = Some(key);
            }
            (None, Some(key)) => {
                let value: &mut String = metadata.entry(key.clone()).or_default();
                value.push_str(if value.is_empty() { "" } else { " " });
                value.push_str(text);
            }
            (None, None) => {}
        }
    }
    add_known(&mut metadata);
    (metadata, at)
}

/// The start of the title above a byline: a Markdown heading, or a line under a rule or at the top of the file.
fn byline_start(piece: &str, last_line: usize) -> Option<usize> {
    let mut above = before(piece, last_line).filter(|(_, line)| !line.is_empty());
    let (mut start, mut title) = above.next()?;
    // A title may be underlined.
    if RULE.is_match(title) && title.starts_with(['=', '-']) {
        (start, title) = above.next()?;
        return (has_few_words(title) && !RULE.is_match(title)).then_some(start);
    }
    let is_heading = title.starts_with("# ");
    let is_first = above.next().is_none_or(|(_, line)| RULE.is_match(line));
    ((is_heading || is_first) && has_few_words(title)).then_some(start)
}

/// The title and the byline at the top of a text.
fn titled_head(piece: &str) -> Metadata {
    let mut metadata = Metadata::new();
    let lines = piece.lines().map(|line| line.trim_matches(is_blank)).filter(|line| !is_outside(line));
    let plain = |line: &str| line.trim_matches(['#', '*', '_', '>', ' ']).to_string();
    for line in lines.take(2) {
        let key = if is_byline(line) { "author" } else { "title" };
        metadata.entry(key.to_string()).or_insert_with(|| plain(line));
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Heads>) {
        assert_eq!(Heads::of(text), expected, "{text}");
    }

    #[test]
    fn heads_are_recognised() {
        let body = "The council met on Tuesday.\n\nIt voted.\n\n";
        for (head, kind) in [
            ("---\ntitle: Tram\ndate: 2026-02-03\n---\n", Heads::FrontMatter),
            ("Title: Tram\nAuthor: Ann Lee\n\n", Heads::Labels),
            (
                "Record: 1\n\nTitle:\n  Tram\nAuthors:\n  Lee, Ann\nSource:\n  Post. Feb2026\n\n",
                Heads::Labels,
            ),
            ("# Tram\n\n*By Ann Lee*\n\n", Heads::Bylines),
            ("***\n\nTram\nBy Ann Lee\n\n", Heads::Bylines),
            ("Tram\n====\n\nBy Ann Lee\n\n", Heads::Bylines),
        ] {
            check(&format!("{head}{body}").repeat(2), Some(kind));
            check(&format!("{head}{body}"), None);
            check(&format!("{body}{head}{body}{head}{body}"), None);
        }
        check(&format!("Title: Tram\n\n{body}").repeat(3), None);
        check(&format!("---\n\n{body}").repeat(3), None);
        check(&format!("# Tram\n\n{body}").repeat(3), None);
    }
}
