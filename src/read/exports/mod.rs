//! Files that hold many articles: exports of Nexis, Nexis Uni, ProQuest and Factiva, as texts or pages, and texts that
//! were concatenated. Each article has lines with what is known of it before and after its text.

mod articles;
mod factiva;
mod heads;
mod nexis;
mod page;
mod proquest;
mod repeated;

use std::ops::Range;

pub use self::articles::ExportArticles;
pub use self::heads::Heads;
pub use self::page::{PageArticles, PageExport};
pub use self::repeated::repeated_sign;
use super::date::date_of_words;
use super::document::paragraphs_of;
use super::form::Form;
use super::paragraph::{normalise, paragraph};
use super::text;
use crate::article::{Metadata, Paragraph};

/// The databases whose exports are known, and texts that were concatenated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Nexis,
    NexisUni,
    ProQuest,
    Factiva,
    /// Texts in a file of this form, each with a head of this kind.
    Texts(Heads, Form),
}

/// A line of an export: where it is, and its text without the white space around it.
#[derive(Clone)]
struct ExportLine<'a> {
    range: Range<usize>,
    text: &'a str,
}

/// One article of an export.
#[derive(Debug, Default)]
pub struct Record {
    metadata: Metadata,
    /// The parts of the text.
    body: Vec<Range<usize>>,
}

impl Record {
    /// Sets what is known of the article. The first value counts.
    fn set(&mut self, key: &str, value: &str) {
        let value = normalise(value);
        let value = match key {
            "author" => value.strip_prefix("By ").unwrap_or(&value).to_string(),
            "date" => date_of_words(&value).unwrap_or(value),
            _ => value,
        };
        if !value.is_empty() {
            self.metadata.entry(key.to_string()).or_insert(value);
        }
    }
}

fn export_of(database: &str) -> String {
    format!("an export of {database}, read as one article per document")
}

/// The warning about lines of an export that belong to no article.
fn outside_warning(n_lines: usize) -> String {
    let lines = if n_lines == 1 {
        "1 line outside the articles was"
    } else {
        &format!("{n_lines} lines outside the articles were")
    };
    format!("{lines} skipped, such as a cover page or a list")
}

/// Whether a character may stand around a line: files that were concatenated have byte order marks.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a test uses the pattern"));
    };
}
use pattern;

pattern!(NUMBERED, r"^(?i:dokument |document )?\d{1,5} of \d{1,5} (?:DOCUMENTS?|Documents?)$");
pattern!(ACCESSION, r"^(?:AN\s+)?Document [A-Za-z][A-Za-z0-9]{0,10}0\d{8,}[A-Za-z0-9]{4,}$");
pattern!(RULE, r"^_{20,}$");

impl Database {
    /// The database that a file was exported from, by its beginning.
    pub fn of(head: &str) -> Option<Database> {
        // Most texts are none, so what all exports have is looked for first.
        const SIGNS: [&str; 7] =
            ["DOCUMENT", "Document", "HEADLINE:", "\nBody", "\nLP", "ProQuest document ID:", "Full text:"];
        if !SIGNS.iter().any(|sign| head.contains(sign)) {
            return None;
        }
        let lines = || head.lines().map(str::trim);
        let has = |word: &str| lines().any(|line| line == word);
        let begins = |word: &str| lines().any(|line| line.starts_with(word));
        if lines().any(|line| NUMBERED.is_match(line)) {
            return Some(Database::Nexis);
        }
        // One field alone may stand in an essay.
        let fields = ["Load-Date:", "Length:", "Section:", "Byline:", "Copyright", "Highlight:"];
        let n_fields = fields.iter().filter(|field| begins(field)).count();
        if has("Body") && (has("End of Document") || n_fields > 1) {
            return Some(Database::NexisUni);
        }
        let codes = ["HD", "LP", "WC"];
        let has_codes = codes.iter().all(|code| lines().any(|line| factiva::code_of(line) == Some(code)));
        if lines().any(|line| ACCESSION.is_match(line)) || has_codes {
            return Some(Database::Factiva);
        }
        let is_proquest =
            begins("ProQuest document ID:") || begins("Full text:") && begins("Publication title:");
        // An essay may have an abstract.
        let has_label = || ["Title:", "Author:", "Links:"].iter().any(|label| begins(label));
        if is_proquest || begins("Full text:") && has_label() && lines().any(|line| RULE.is_match(line)) {
            return Some(Database::ProQuest);
        }
        (begins("HEADLINE:") && begins("BODY:")).then_some(Database::Nexis)
    }

    /// What a file is, in a warning.
    fn description(self) -> String {
        match self {
            Database::Nexis => export_of("Nexis"),
            Database::NexisUni => export_of("Nexis Uni"),
            Database::ProQuest => export_of("ProQuest"),
            Database::Factiva => export_of("Factiva"),
            Database::Texts(heads, _) => format!("several articles, split where one has {}", heads.name()),
        }
    }

    /// Whether an article begins with this line; `has_body` says whether the one before has a text.
    fn begins_with(self, line: &str, has_body: bool) -> bool {
        match self {
            Database::Nexis => NUMBERED.is_match(line) || line.starts_with("HEADLINE:") && has_body,
            Database::ProQuest => RULE.is_match(line),
            Database::Factiva => has_body && matches!(factiva::code_of(line), Some("HD" | "SE")),
            Database::NexisUni | Database::Texts(..) => false,
        }
    }

    /// Whether a text begins with this line.
    fn has_body(self, line: &str) -> bool {
        match self {
            Database::Nexis => line.starts_with("BODY:"),
            Database::Factiva => matches!(factiva::code_of(line), Some("LP" | "TD")),
            _ => false,
        }
    }

    /// Where the article begins whose head the last line of `piece` completes.
    fn head_start(self, piece: &str, last_line: usize) -> Option<usize> {
        let Database::Texts(heads, _) = self else { return None };
        heads.start(piece, last_line)
    }

    /// Whether an article ends with this line.
    fn ends_with(self, line: &str) -> bool {
        match self {
            Database::NexisUni => line == "End of Document",
            Database::Factiva => ACCESSION.is_match(line),
            Database::Nexis | Database::ProQuest | Database::Texts(..) => false,
        }
    }

    /// The paragraphs of a text from byte `start` on. In Nexis, lines are always wrapped, and blank lines separate
    /// paragraphs.
    fn paragraphs(self, text: &str, start: usize) -> Vec<Paragraph> {
        let blocks: Vec<Range<usize>> = match self {
            Database::Texts(_, form) => return paragraphs_of(text, start, form, &Metadata::new()).0,
            Database::Nexis => text::blank_line_blocks(text, start).collect(),
            _ => Vec::new(),
        };
        if blocks.len() < 2 {
            return text::paragraphs(text, start);
        }
        blocks.into_iter().map(|block| paragraph(text, block)).collect()
    }

    /// The article in a piece of the file; `None` if the piece has none, such as a cover page.
    fn record_of(self, piece: &str) -> Option<Record> {
        if let Database::Texts(heads, _) = self {
            return heads.record(piece);
        }
        let mut at = 0;
        let lines = piece.split_inclusive('\n').map(|line| {
            let start = at + line.len() - line.trim_start_matches(is_blank).len();
            at += line.len();
            let text = line.trim_matches(is_blank);
            ExportLine { range: start..start + text.len(), text }
        });
        let lines: Vec<ExportLine> = lines.collect();
        let mut record = match self {
            Database::Nexis => nexis::record(&lines),
            Database::NexisUni => nexis::uni_record(&lines),
            Database::ProQuest => proquest::record(&lines),
            Database::Factiva => factiva::record(&lines),
            Database::Texts(..) => None,
        }?;
        record.body.retain(|range| !range.is_empty());
        Some(record)
    }
}

/// The part of the file from one line to the one before another.
fn between(lines: &[ExportLine], first: usize, end: usize) -> Range<usize> {
    match lines.get(first..end) {
        Some([one, .., last]) => one.range.start..last.range.end,
        Some([one]) => one.range.clone(),
        _ => 0..0,
    }
}

/// The articles in the blocks of a document that was downloaded from Nexis Uni, with what is known of each; `None` if
/// the document is none.
#[cfg(feature = "forms")]
pub fn uni_documents(blocks: &[Paragraph]) -> Option<Vec<(Metadata, Vec<Paragraph>)>> {
    let is_end = |block: &Paragraph| Database::NexisUni.ends_with(block.text.trim());
    if !blocks.iter().any(is_end) {
        return None;
    }
    let document = |blocks: &[Paragraph]| {
        let texts: Vec<&str> = blocks.iter().map(|block| block.text.as_str()).collect();
        let record = Database::NexisUni.record_of(&texts.join("\n"))?;
        let mut at = 0;
        let mut is_body = |block: &&Paragraph| {
            let start = at;
            at += block.text.len() + 1;
            record.body.iter().any(|range| range.contains(&start))
        };
        let body: Vec<Paragraph> = blocks.iter().filter(|block| is_body(block)).cloned().collect();
        Some((record.metadata, body))
    };
    let documents: Vec<_> = blocks.split(is_end).filter_map(document).collect();
    (!documents.is_empty()).then_some(documents)
}
