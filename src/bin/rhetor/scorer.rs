//! Articles in memory and the JSON that answers them, for `score --stream` and `serve`.

use std::io::Cursor;
use std::path::Path;

use rhetor::read::{Articles, ReadOptions, Reading};
use rhetor::report::{Format, PassedColumns, Report, Styles};
use rhetor::{Article, Error, Model, ScoreOptions, article_from_text};
use serde_json::{Value, json};

/// The name that the reader of JSON rows puts before its messages.
const ROWS: &str = "input.jsonl";

/// What is done with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Its paragraphs get labels.
    Score,
    /// Its blocks are listed, without labels.
    Read,
}

/// A model, and how it is applied.
#[derive(Clone)]
pub struct Scorer {
    pub model: Model,
    pub task: Task,
    pub options: ScoreOptions,
    pub read: ReadOptions,
}

/// The answers to the articles of one input, each a JSON object, and what could not be read.
pub struct Answers {
    pub articles: Vec<String>,
    pub problems: Vec<String>,
}

impl Scorer {
    /// The answer to a line of a stream: a JSON object with the number of the line, without a line break.
    ///
    /// A line that begins with `{` is a row with a text; any other line is a text. A line that cannot be read gets an
    /// object with `error`.
    pub fn line(&self, number: usize, line: &[u8]) -> String {
        match self.paragraphs_of_line(number, line) {
            Ok((id, records)) => {
                format!("{{\"line\":{number},\"id\":{id},\"paragraphs\":[{records}]}}")
            }
            Err(error) => json!({"line": number, "error": error}).to_string(),
        }
    }

    fn paragraphs_of_line(&self, number: usize, line: &[u8]) -> Result<(Value, String), String> {
        let line =
            std::str::from_utf8(line).map_err(|_| "found bytes that are not UTF-8".to_string())?.trim();
        if !line.starts_with(['{', '[']) {
            let mut article = article_from_text(line);
            number_rows(&mut article, number);
            return Ok((Value::Null, self.records(&article)));
        }
        let row: Value = serde_json::from_str(line)
            .map_err(|error| format!("malformed JSON at column {}: {}", error.column(), reason(&error)))?;
        if !row.is_object() {
            return Err("found an array, expected an object with a `text` or a line of text".to_string());
        }
        // Its only line has another number here.
        let of_row = |message: String| message.strip_prefix("line 1: ").unwrap_or(&message).to_string();
        let reading = self.reading(ROWS, line.as_bytes().to_vec()).map_err(of_row)?;
        if let Some(error) = reading.errors.first() {
            return Err(of_row(message(error)));
        }
        let records = reading.articles.into_iter().map(|mut article| {
            number_rows(&mut article, number);
            self.records(&article)
        });
        let records: Vec<String> = records.filter(|records| !records.is_empty()).collect();
        Ok((row.get("id").cloned().unwrap_or_default(), records.join(",")))
    }

    /// The answers to the articles of a file with this name in memory.
    pub fn file(&self, name: &str, bytes: Vec<u8>) -> Result<Answers, String> {
        let reading = self.reading(name, bytes)?;
        let articles = reading.articles.into_iter().map(|mut article| {
            article.source = "-".to_string();
            format!("{{\"id\":{},\"paragraphs\":[{}]}}", id_of(&article), self.records(&article))
        });
        let problems =
            reading.warnings.iter().map(|warning| format!("line {}: {}", warning.line, warning.what));
        let problems = problems.chain(reading.errors.iter().map(message)).collect();
        Ok(Answers { articles: articles.collect(), problems })
    }

    /// The answers to JSON rows, which have already been parsed.
    pub fn rows(&self, rows: &[Value]) -> Result<Answers, String> {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        self.file(ROWS, lines.into_bytes())
    }

    /// The articles of a file in memory.
    pub fn reading(&self, name: &str, bytes: Vec<u8>) -> Result<Reading, String> {
        let mut whole = Reading::default();
        let batches = Articles::from_reader(Path::new(name), Cursor::new(bytes), &self.read);
        for batch in batches.map_err(|error| message(&error))? {
            whole.articles.extend(batch.articles);
            whole.errors.extend(batch.errors);
            whole.warnings.extend(batch.warnings);
        }
        match whole.errors.as_slice() {
            [error] if whole.articles.is_empty() => Err(message(error)),
            _ => Ok(whole),
        }
    }

    /// The records of an article, separated by commas.
    fn records(&self, article: &Article) -> String {
        let labels = self.model.labels();
        let report = Report {
            format: Format::Jsonl,
            labels,
            model: self.model.id(),
            keys: &[],
            width: 80,
            keep_dropped: true,
            styles: Styles::default(),
            no_text: false,
            passed: PassedColumns::default(),
        };
        let lines = match self.task {
            Task::Score => report.article(article, &self.model.score(article, self.options)),
            Task::Read => report.blocks(article, &self.model.filter(article)),
        };
        // Line breaks inside of records are escaped.
        lines.trim_end().replace('\n', ",")
    }
}

/// Gives paragraphs without an id the number of their line.
fn number_rows(article: &mut Article, number: usize) {
    article.source = "-".to_string();
    for paragraph in article.paragraphs.iter_mut().filter(|paragraph| paragraph.id.is_none()) {
        paragraph.row = Some(number);
    }
}

fn id_of(article: &Article) -> Value {
    article.paragraphs.first().and_then(|paragraph| paragraph.id.clone()).into()
}

/// What is wrong, without the name of the input, which only we know.
fn message(error: &Error) -> String {
    let text = error.to_string();
    let rest = text.strip_prefix("input").and_then(|rest| rest.split_once(':'));
    let rest = rest.map_or(text.as_str(), |(_, rest)| rest).trim_start();
    let is_number = |line: &str| !line.is_empty() && line.bytes().all(|c| c.is_ascii_digit());
    match rest.split_once(": ").filter(|(line, _)| is_number(line)) {
        Some((line, what)) => format!("line {line}: {what}"),
        None => rest.to_string(),
    }
}

/// The message of the parser without its position.
pub fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_string()
}
