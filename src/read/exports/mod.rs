//! Text files that hold many articles: exports of Nexis, Nexis Uni, ProQuest and Factiva. Each article has lines with
//! what is known of it before and after its text.

mod factiva;
mod nexis;
mod proquest;
mod repeated;

use std::ops::Range;
use std::path::PathBuf;

pub use self::repeated::repeated_sign;
use super::date::date_of_words;
use super::lines::{Line, Lines};
use super::paragraph::{count_characters, normalise, paragraph, split_paragraphs};
use super::{BATCH, MAX_ARTICLE, MAX_ROW, Reading, text};
use crate::article::{Article, Metadata, Paragraph, SpanOf};
use crate::error::Error;

/// The databases whose exports are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Nexis,
    NexisUni,
    ProQuest,
    Factiva,
}

/// A line of an export: where it is, and its text without the white space around it.
#[derive(Clone)]
struct ExportLine<'a> {
    range: Range<usize>,
    text: &'a str,
}

/// One article of an export.
#[derive(Debug, Default)]
struct Record {
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

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a test uses the pattern"));
    };
}
use pattern;

pattern!(NUMBERED, r"^(?i:dokument |document )?\d{1,5} of \d{1,5} (?:DOCUMENTS?|Documents?)$");
pattern!(ACCESSION, r"^(?:AN\s+)?Document [A-Za-z]{2,10}0\d{8,}[A-Za-z0-9]{4,}$");
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
        if lines().any(|line| ACCESSION.is_match(line)) || (has("HD") && has("LP") && has("WC")) {
            return Some(Database::Factiva);
        }
        let is_proquest =
            begins("ProQuest document ID:") || begins("Full text:") && begins("Publication title:");
        let has_label = || ["Title:", "Author:", "Abstract:", "Links:"].iter().any(|label| begins(label));
        if is_proquest || begins("Full text:") && has_label() && lines().any(|line| RULE.is_match(line)) {
            return Some(Database::ProQuest);
        }
        (begins("HEADLINE:") && begins("BODY:")).then_some(Database::Nexis)
    }

    fn name(self) -> &'static str {
        match self {
            Database::Nexis => "Nexis",
            Database::NexisUni => "Nexis Uni",
            Database::ProQuest => "ProQuest",
            Database::Factiva => "Factiva",
        }
    }

    /// Whether an article begins with this line; `has_body` says whether the one before has a text.
    fn begins_with(self, line: &str, has_body: bool) -> bool {
        match self {
            Database::Nexis => NUMBERED.is_match(line) || line.starts_with("HEADLINE:") && has_body,
            Database::ProQuest => RULE.is_match(line),
            Database::NexisUni | Database::Factiva => false,
        }
    }

    /// Whether an article ends with this line.
    fn ends_with(self, line: &str) -> bool {
        match self {
            Database::NexisUni => line == "End of Document",
            Database::Factiva => ACCESSION.is_match(line),
            Database::Nexis | Database::ProQuest => false,
        }
    }

    /// The paragraphs of a text from byte `start` on. In Nexis, lines are always wrapped, and blank lines separate
    /// paragraphs.
    fn paragraphs(self, text: &str, start: usize) -> Vec<Paragraph> {
        let blocks: Vec<Range<usize>> = match self {
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
        let mut at = 0;
        let lines = piece.split_inclusive('\n').map(|line| {
            let start = at + line.len() - line.trim_start().len();
            at += line.len();
            let text = line.trim();
            ExportLine { range: start..start + text.len(), text }
        });
        let lines: Vec<ExportLine> = lines.collect();
        let mut record = match self {
            Database::Nexis => nexis::record(&lines),
            Database::NexisUni => nexis::uni_record(&lines),
            Database::ProQuest => proquest::record(&lines),
            Database::Factiva => factiva::record(&lines),
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

/// The articles of an export, a few at a time.
pub struct ExportArticles {
    path: PathBuf,
    lines: Lines,
    database: Database,
    /// The piece of the file that is not finished yet, the line on which it begins, and the text before it.
    piece: String,
    /// Whether a line of the piece begins with `BODY:`.
    has_body: bool,
    line: usize,
    n_bytes: usize,
    n_characters: usize,
    n_articles: usize,
    /// The number of lines outside articles that are not blank.
    n_outside: usize,
    ended: bool,
}

impl ExportArticles {
    pub fn new(lines: Lines, database: Database) -> ExportArticles {
        let (path, piece) = (lines.path().to_path_buf(), String::new());
        let (line, n_bytes, n_characters, n_articles, n_outside) = (1, 0, 0, 0, 0);
        ExportArticles {
            path,
            lines,
            database,
            piece,
            has_body: false,
            line,
            n_bytes,
            n_characters,
            n_articles,
            n_outside,
            ended: false,
        }
    }

    /// Adds the article in the piece that was read.
    fn finish(&mut self, next_line: usize, reading: &mut Reading) {
        let piece = std::mem::take(&mut self.piece);
        self.has_body = false;
        let (mut paragraphs, mut n_split) = (Vec::new(), 0);
        let record = self.database.record_of(&piece);
        let is_article = record.is_some();
        let Record { metadata, body } = record.unwrap_or_default();
        for range in body {
            let whole = self.database.paragraphs(&piece[..range.end], range.start);
            let (mut split, long) = split_paragraphs(&piece, whole, normalise);
            n_split += long.len();
            paragraphs.append(&mut split);
        }
        for (index, paragraph) in paragraphs.iter_mut().enumerate() {
            paragraph.follows = index > 0;
        }
        self.n_characters = count_characters(&piece, self.n_characters, &mut paragraphs);
        if n_split > 0 {
            reading.warn_of_long_paragraph(&self.path, self.line);
        }
        let line = std::mem::replace(&mut self.line, next_line);
        let start = self.n_bytes;
        self.n_bytes += piece.len();
        if !is_article {
            self.n_outside += piece.lines().filter(|line| !line.trim().is_empty()).count();
            return;
        }
        if paragraphs.is_empty() {
            reading.warn(&self.path, line, "an article without text, skipped");
            return;
        }
        self.n_articles += 1;
        for paragraph in &mut paragraphs {
            paragraph.start += start;
            paragraph.end += start;
            paragraph.row = Some(self.n_articles);
        }
        let (source, span_of) = (self.path.display().to_string(), SpanOf::Source);
        reading.articles.push(Article { source, metadata, span_of, first_paragraph: 0, paragraphs });
    }

    /// Reads a line; `false` at the end of the file.
    fn read_line(&mut self, reading: &mut Reading) -> bool {
        let (number, line) = match self.lines.next_line() {
            Ok(Some((number, Line::Whole(line)))) => (number, line.to_string()),
            Ok(Some((line, Line::TooLong))) => {
                let (path, found) = (self.path.clone(), format!("a line of more than {} MB", MAX_ROW >> 20));
                let expected = "an export with shorter lines".to_string();
                reading.errors.push(Error::Row { path, line, found, expected });
                return false;
            }
            Ok(None) => return false,
            Err(error) => {
                reading.errors.push(error);
                return false;
            }
        };
        let text = line.trim();
        if self.database.begins_with(text, self.has_body) {
            self.finish(number, reading);
        }
        self.has_body |= text.starts_with("BODY:");
        self.piece.push_str(&line);
        if self.database.ends_with(text) {
            self.finish(number + 1, reading);
        } else if self.piece.len() > MAX_ARTICLE {
            reading.warn_of_long_article(&self.path, self.line);
            self.finish(number + 1, reading);
        }
        true
    }
}

impl Iterator for ExportArticles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        if self.ended {
            return None;
        }
        let (mut reading, start) = (Reading::default(), self.n_bytes);
        if self.n_bytes == 0 {
            let what = format!("an export of {}, read as one article per document", self.database.name());
            reading.warn(&self.path, 1, what);
        }
        while self.n_bytes - start < BATCH && !self.ended {
            self.ended = !self.read_line(&mut reading);
        }
        if self.ended {
            self.finish(self.line, &mut reading);
            if self.n_outside > 0 {
                let what = format!(
                    "{} lines outside the articles (cover pages, lists) were skipped",
                    self.n_outside
                );
                reading.warn(&self.path, 1, what);
            }
        }
        reading.warnings.extend(self.lines.take_warnings());
        Some(reading)
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
