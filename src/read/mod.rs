//! From paths to articles: which files to read, in which form, and their blocks.
//!
//! A file passes through `archive` (inflated), `encoding` (decoded) and `lines` (by the line or the
//! part) before its form is known; so any form may be packed and in any encoding, and no file has to
//! fit into memory.

mod archive;
mod binary;
mod charset;
mod encoding;
mod fold;
mod html;
mod inputs;
mod labelled;
mod lines;
mod markdown;
mod names;
mod parts;
mod rows;
mod speaker;
mod table;
mod text;
mod turn;
mod whole;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::archive::inner_path;
use self::html::Page;
use self::rows::RowArticles;
use self::whole::TextArticles;
use crate::article::{Article, Paragraph};
use crate::error::{Error, Result, Warning};

pub(crate) use fold::normalise;
pub(crate) use html::extracted_text;
pub use inputs::{Inputs, find_inputs};
pub(crate) use labelled::{front_matter, labelled_blocks};
pub(crate) use lines::Lines;
pub use names::ColumnNames;
pub(crate) use table::{Row, Rows};
pub(crate) use turn::{NameForm, name_and_rest};

/// How much text of a table is read before it is given on, in bytes.
const BATCH: usize = 1 << 20;

/// The forms of input that this build reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Markdown,
    Html,
    JsonLines,
    /// An array of JSON objects, or objects in any layout.
    Json,
    /// Delimited columns with a header line.
    Columns,
    Parquet,
}

/// How to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Whether each row of a table is a paragraph, as rows with a `doc` are anyway.
    pub rows_are_paragraphs: bool,
    /// Which columns of a table hold what.
    pub columns: ColumnNames,
}

/// Articles that were read, and what could not be.
#[derive(Debug, Default)]
pub struct Reading {
    /// The articles in the order of the source.
    pub articles: Vec<Article>,
    /// The rows that were left out, each with its line.
    pub errors: Vec<Error>,
    /// What was read, but not as it stands in the file.
    pub warnings: Vec<Warning>,
}

/// The articles of one file, some at a time: a file of any size is read in little memory.
///
/// A text, a Markdown file or a web page is one article; a text of more than 4 MB is read in parts, each an article
/// whose blocks go on counting. A table holds one article a row, unless it has a `doc` column or
/// [`ReadOptions::rows_are_paragraphs`] is set: then each row is a paragraph, and consecutive rows
/// of one `doc` are an article. A bad row is no error of the whole: it is listed in
/// [`Reading::errors`] and the other rows are read.
pub struct Articles {
    source: Source,
    n_read: Arc<AtomicU64>,
}

enum Source {
    Text(Box<TextArticles>),
    Page(Box<Page>),
    Rows(Box<RowArticles>),
}

impl Articles {
    /// Opens a file, packed or not; `-` is standard input.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no text, or is a table without a column for the text.
    pub fn open(path: &Path, options: &ReadOptions) -> Result<Articles> {
        Ok(Articles::of(path, Opened::open(path, &options.columns)?, options))
    }

    /// Reads what `reader` gives as the file `name` would be read: a page just fetched, a member of an
    /// archive, a text in memory. The name's extension tells the form, and stands in records and errors.
    ///
    /// # Errors
    ///
    /// As [`Articles::open`].
    ///
    /// # Examples
    ///
    /// ```
    /// use rhetor::{Articles, ReadOptions};
    ///
    /// let page = "<p>The council met on Tuesday.</p><p>It voted.</p>";
    /// let mut articles = Articles::from_reader("a.html".as_ref(), page.as_bytes(), &ReadOptions::default())?;
    /// assert_eq!(articles.next().unwrap().articles[0].paragraphs[1].text, "It voted.");
    /// # Ok::<(), rhetor::Error>(())
    /// ```
    pub fn from_reader(
        name: &Path,
        reader: impl Read + Send + 'static,
        options: &ReadOptions,
    ) -> Result<Articles> {
        let lines = Lines::from_reader(name, Box::new(reader))?;
        Ok(Articles::of(name, Opened::of_lines(name, lines, &options.columns)?, options))
    }

    fn of(path: &Path, opened: Opened, options: &ReadOptions) -> Articles {
        let n_read = match &opened {
            Opened::Text(lines, _) => lines.n_read(),
            Opened::Rows(rows) => rows.n_read(),
        };
        let source = match opened {
            Opened::Text(lines, Form::Html) => Source::Page(Box::new(Page::new(path, *lines))),
            Opened::Text(lines, form) => Source::Text(Box::new(TextArticles::new(path, *lines, form))),
            Opened::Rows(rows) => {
                Source::Rows(Box::new(RowArticles::new(path, *rows, options.rows_are_paragraphs)))
            }
        };
        Articles { source, n_read }
    }

    /// How many bytes of the file were read so far, as it is stored: of a packed file, the packed ones. For
    /// progress alone: reading goes ahead of what was given. Stays 0 for Parquet.
    pub fn n_bytes_read(&self) -> u64 {
        self.n_read.load(Ordering::Relaxed)
    }
}

/// A file whose form is known.
pub(crate) enum Opened {
    /// A text that is no table.
    Text(Box<Lines>, Form),
    /// A table of whatever form.
    Rows(Box<Rows>),
}

impl Opened {
    /// Opens a file, packed or not; `-` is standard input.
    ///
    /// # Errors
    ///
    /// When it cannot be read, is no text, or is a table without a column for the text.
    pub(crate) fn open(path: &Path, names: &ColumnNames) -> Result<Opened> {
        #[cfg(feature = "parquet")]
        if binary::is_parquet_file(path) {
            return Ok(Opened::Rows(Box::new(Rows::of_parquet(path, names)?)));
        }
        Opened::of_lines(path, Lines::open(path)?, names)
    }

    fn of_lines(path: &Path, mut lines: Lines, names: &ColumnNames) -> Result<Opened> {
        Ok(match form_of(path, lines.head(), names)? {
            Form::Parquet => {
                let what = "it does not begin with `PAR1`".to_string();
                return Err(Error::Parquet { path: path.to_path_buf(), what });
            }
            form @ (Form::Text | Form::Markdown | Form::Html) => Opened::Text(Box::new(lines), form),
            form @ (Form::JsonLines | Form::Json | Form::Columns) => {
                Opened::Rows(Box::new(Rows::new(path, lines, form, names)?))
            }
        })
    }
}

impl Iterator for Articles {
    type Item = Reading;

    fn next(&mut self) -> Option<Reading> {
        let mut reading = match &mut self.source {
            Source::Text(articles) => articles.next_part(),
            Source::Page(page) => page.next_article(),
            Source::Rows(articles) => articles.next_batch(),
        }?;
        reading.articles.iter_mut().for_each(|article| speaker::mark_turns(&mut article.paragraphs));
        Some(reading)
    }
}

/// All the articles that one file holds, as [`Articles`] gives them.
///
/// # Errors
///
/// When nothing of it can be read.
pub fn read_path(path: &Path, options: &ReadOptions) -> Result<Reading> {
    let mut whole = Reading::default();
    for batch in Articles::open(path, options)? {
        whole.articles.extend(batch.articles);
        whole.errors.extend(batch.errors);
        whole.warnings.extend(batch.warnings);
    }
    if whole.articles.is_empty() && whole.errors.len() == 1 && !matches!(whole.errors[0], Error::Row { .. }) {
        return Err(whole.errors.remove(0));
    }
    Ok(whole)
}

/// An article made of a plain text, in the way in which a `.txt` file is read.
pub fn article_from_text(text: &str) -> Article {
    let mut article = whole::article_from_text(text);
    speaker::mark_turns(&mut article.paragraphs);
    article
}

/// The form that a file's name tells, and when the name tells nothing, its content.
pub(crate) fn form_of(path: &Path, head: &str, names: &ColumnNames) -> Result<Form> {
    match form_by_name(path) {
        // A page saved under the name of a text is still a page.
        None | Some(Form::Text) if html::is_page(head) => return Ok(Form::Html),
        Some(Form::Json) => return Ok(json_form(head)),
        Some(form) => return Ok(form),
        None => {}
    }
    let mut signs = head.chars().filter(|c| !c.is_whitespace());
    let signs = (signs.next(), signs.next());
    let first_line = head.trim_start().lines().next().unwrap_or_default();
    // An object that is longer than what is looked at has no end to be seen.
    let is_cut = !head.trim_start().contains('\n');
    let is_object = first_line.starts_with("{\"") && (first_line.trim_end().ends_with('}') || is_cut);
    Ok(match () {
        _ if is_object => Form::JsonLines,
        _ if signs == (Some('['), Some('{')) => Form::Json,
        _ if signs == (Some('{'), Some('"')) && first_line.trim_end() == "{" => Form::Json,
        _ if is_header(first_line, names) => Form::Columns,
        _ => Form::Text,
    })
}

/// The form of a `.json` file: many hold an object a line.
fn json_form(head: &str) -> Form {
    let mut lines = head.trim_start().lines();
    let is_object = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
    match (lines.next(), lines.next()) {
        (Some(first), Some(_)) if is_object(first) => Form::JsonLines,
        _ => Form::Json,
    }
}

/// The longest name of a column, in words, that is no sentence.
const MAX_NAME_WORDS: usize = 5;

/// Whether a line is the header of a table: several columns, all of them names, one of them of the text.
///
/// A list of words in a sentence has spaces behind its commas, and `story` or `body` may be one of them:
/// with such spaces only `text`, or the name given, is taken for a column.
fn is_header(line: &str, names: &ColumnNames) -> bool {
    let surest = names.text.as_deref().unwrap_or("text");
    let delimiters = names.delimiter.map_or_else(|| vec![',', '\t', ';', '|'], |byte| vec![byte as char]);
    let plain = |column: &str| column.trim().trim_matches('"').trim().to_string();
    let is_table = |&delimiter: &char| {
        let is_spaced = line.split(delimiter).skip(1).any(|column| column.starts_with(' '));
        let columns: Vec<String> = line.split(delimiter).map(plain).collect();
        let is_wanted = |name: &String| match is_spaced {
            true => name.eq_ignore_ascii_case(surest),
            false => names.is_text(name),
        };
        columns.len() > 1 && columns.iter().all(|name| is_name(name)) && columns.iter().any(is_wanted)
    };
    delimiters.iter().any(is_table)
}

/// Whether a column may be called so; an index often has no name.
fn is_name(column: &str) -> bool {
    !column.ends_with(['.', '!', ':', '…']) && column.split_whitespace().count() <= MAX_NAME_WORDS
}

/// The extensions that tell a form. The only place that knows them.
fn form_by_name(path: &Path) -> Option<Form> {
    let extension = inner_path(path).extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "txt" | "text" => Some(Form::Text),
        "md" | "markdown" => Some(Form::Markdown),
        "jsonl" | "ndjson" => Some(Form::JsonLines),
        "json" => Some(Form::Json),
        "csv" | "tsv" => Some(Form::Columns),
        "parquet" => Some(Form::Parquet),
        "html" | "htm" | "xhtml" => Some(Form::Html),
        _ => None,
    }
}

/// A paragraph for the slice `start..end` of `text`, with its text normalised.
fn paragraph(text: &str, start: usize, end: usize) -> Paragraph {
    Paragraph { start, end, text: normalise(&text[start..end]), follows: true, ..Paragraph::default() }
}

/// Sets the character ranges of the paragraphs of `text`, which are in its order. `before` is the number of characters
/// before `text`; returns that number with those of `text` added.
fn count_characters(text: &str, before: usize, paragraphs: &mut [Paragraph]) -> usize {
    let (mut byte, mut character) = (0, before);
    let mut count_to = |position: usize| {
        let end = position.max(byte);
        character += text[byte..end].chars().count();
        byte = end;
        character
    };
    for paragraph in paragraphs {
        let start = count_to(paragraph.start);
        paragraph.characters = start..count_to(paragraph.end);
    }
    count_to(text.len())
}

/// The metadata of front matter or of a row.
pub(crate) type Metadata = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_where_bytes_are() {
        let text = "Čas—a é.\n\n日本語\n\nx";
        let mut paragraphs = [(0, 12), (14, 23), (25, 26)].map(|(start, end)| paragraph(text, start, end));
        assert_eq!(count_characters(text, 100, &mut paragraphs), 100 + text.chars().count());
        for paragraph in paragraphs {
            let range = paragraph.characters;
            let characters: String = text.chars().skip(range.start - 100).take(range.len()).collect();
            assert_eq!(characters, text[paragraph.start..paragraph.end]);
        }
    }

    #[track_caller]
    fn check(line: &str, text: Option<&str>, expected: bool) {
        let names = ColumnNames { text: text.map(str::to_string), ..ColumnNames::default() };
        assert_eq!(is_header(line, &names), expected, "{line}");
    }

    #[test]
    fn a_header_names_columns_one_of_them_the_text() {
        for line in [
            "id,text",
            "Text;Label",
            "url\tbody",
            ",content,date",
            "\"id\",\"Body\"",
            "id, text",
            "a|b|full_text",
        ] {
            check(line, None, true);
        }
        check("id,verdict", Some("verdict"), true);
        check("id,verdict", None, false);
        check("id,body", Some("verdict"), false);
    }

    #[test]
    fn prose_is_no_header() {
        for line in [
            "text",
            "Body, content, story: three words for one thing",
            "It is a long story, article, body of work",
            "He left the body, story, and all",
            "story, body",
            "The council met on Tuesday and voted for the tram,text,and went home.",
            "In the end he had nothing left to say,text",
        ] {
            check(line, None, false);
        }
    }
}
