//! From paths to articles: which files to read, in which form, and their blocks.

mod html;
mod labelled;
mod markdown;
mod speaker;
mod table;
mod text;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::article::Article;
use crate::article::Paragraph;
use crate::article::SpanOf;
use crate::error::Error;
use crate::error::Result;

pub(crate) use html::extracted_text;
pub(crate) use labelled::{front_matter, labelled_blocks};
pub(crate) use table::rows;
pub(crate) use text::normalise;

/// The forms of input that this build reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Markdown,
    Html,
    JsonLines,
    /// Delimited columns with a header line.
    Columns,
}

/// What a path held: the articles that could be read, and the rows that could not.
#[derive(Debug, Default)]
pub struct Reading {
    /// The articles in the order of the source.
    pub articles: Vec<Article>,
    /// The rows that were left out, each with its line.
    pub errors: Vec<Error>,
}

/// The files that some paths stand for.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Files to read, in the order of the paths given; folders in the order of their names.
    pub files: Vec<PathBuf>,
    /// Files in the folders that were passed over, because their name is not that of a text.
    pub skipped: Vec<PathBuf>,
    /// Paths that could not be found or listed, and folders with nothing to read.
    pub errors: Vec<Error>,
}

/// The files that `paths` stand for: each file as it is, each folder with all the text files below
/// it (hidden ones too), sorted by name. Symbolic links to folders are not followed.
///
/// Text files are those named `.txt`, `.text`, `.md`, `.markdown`, `.html`, `.htm`, `.xhtml`,
/// `.jsonl`, `.ndjson`, `.csv` or `.tsv`. A file named directly is always taken. `-` stands for standard input.
pub fn find_inputs(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        if path.is_dir() {
            find_in_folder(path, &mut inputs);
        } else {
            inputs.files.push(path.clone());
        }
    }
    inputs
}

fn find_in_folder(folder: &Path, inputs: &mut Inputs) {
    let n_files = inputs.files.len();
    let n_skipped = inputs.skipped.len();
    let n_errors = inputs.errors.len();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            // A pipe or a device in a folder is nobody's article, and reading it could wait for ever.
            Ok(entry) if form_by_name(entry.path()).is_some() && entry.path().is_file() => {
                inputs.files.push(entry.into_path());
            }
            Ok(entry) => inputs.skipped.push(entry.into_path()),
            Err(err) => {
                let path = err.path().unwrap_or(folder).to_path_buf();
                let source = std::io::Error::from(err);
                inputs.errors.push(Error::Io { path, action: "list", source });
            }
        }
    }
    if inputs.files.len() == n_files && inputs.errors.len() == n_errors {
        let n_files = inputs.skipped.len() - n_skipped;
        inputs.errors.push(Error::EmptyFolder { path: folder.to_path_buf(), n_files });
    }
}

/// The articles that one file holds.
///
/// A text, a Markdown file or a web page is one article. A table holds one article a row, unless it has a `doc`
/// column or `rows_are_paragraphs` is set: then each row is a paragraph, and consecutive rows of
/// one `doc` are an article. `-` reads standard input.
///
/// # Errors
///
/// When the file cannot be read or is not text. A bad row of a table is no error of the whole:
/// it is listed in [`Reading::errors`] and the other rows are read.
pub fn read_path(path: &Path, rows_are_paragraphs: bool) -> Result<Reading> {
    let text = read_text(path)?;
    let form = form_of(path, &text)?;
    let mut reading = match form {
        Form::Text | Form::Markdown => {
            let article = article_of_text(path, &text, form);
            Reading { articles: vec![article], errors: Vec::new() }
        }
        Form::Html => html::read(path, &text),
        Form::JsonLines | Form::Columns => {
            let table = rows(path, &text, form);
            let articles = table::articles(path, table.rows, rows_are_paragraphs);
            Reading { articles, errors: table.errors }
        }
    };
    reading.articles.iter_mut().for_each(|article| speaker::mark_turns(&mut article.paragraphs));
    Ok(reading)
}

/// An article made of a plain text, in the way in which a `.txt` file is read.
pub fn article_from_text(text: &str) -> Article {
    let mut article = article_of_text(Path::new("text"), text, Form::Text);
    speaker::mark_turns(&mut article.paragraphs);
    article
}

fn article_of_text(path: &Path, text: &str, form: Form) -> Article {
    let (metadata, body) = front_matter(text);
    let labels = labelled_blocks(text, body);
    let sequence = metadata.get("sequence").is_none_or(|value| value != "no");
    let mut paragraphs: Vec<Paragraph> = match labels {
        Some(Ok(blocks)) => blocks.into_iter().map(|block| block.paragraph).collect(),
        _ if form == Form::Markdown => markdown::paragraphs(text, body),
        _ => text::paragraphs(text, body),
    };
    for (index, paragraph) in paragraphs.iter_mut().enumerate() {
        paragraph.follows = sequence && index > 0;
    }
    Article { source: path.display().to_string(), metadata, span_of: SpanOf::Source, paragraphs }
}

/// The text of a file or of standard input (`-`), without its byte order mark.
///
/// # Errors
///
/// When it cannot be read, holds NUL bytes, or is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let outcome = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    outcome.map_err(Error::io(path, "read"))?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::Encoding { path: path.to_path_buf(), line: 1, offset: 0 });
    }
    if bytes.contains(&0) {
        return Err(Error::Binary { path: path.to_path_buf() });
    }
    let text = String::from_utf8(bytes).map_err(|err| {
        let offset = err.utf8_error().valid_up_to();
        let line = 1 + err.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count();
        Error::Encoding { path: path.to_path_buf(), line, offset }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_string(),
        None => text,
    })
}

/// The form that a file's name tells, and when the name tells nothing, its content.
pub(crate) fn form_of(path: &Path, text: &str) -> Result<Form> {
    match form_by_name(path) {
        // A page saved under the name of a text is still a page.
        None | Some(Form::Text) if html::is_page(text) => return Ok(Form::Html),
        Some(form) => return Ok(form),
        None => {}
    }
    let first_line = text.trim_start().lines().next().unwrap_or_default();
    let is_object = first_line.starts_with('{') && first_line.trim_end().ends_with('}');
    Ok(match () {
        _ if is_object => Form::JsonLines,
        _ if table::is_header(first_line) => Form::Columns,
        _ => Form::Text,
    })
}

fn form_by_name(path: &Path) -> Option<Form> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "txt" | "text" => Some(Form::Text),
        "md" | "markdown" => Some(Form::Markdown),
        "jsonl" | "ndjson" => Some(Form::JsonLines),
        "csv" | "tsv" => Some(Form::Columns),
        "html" | "htm" | "xhtml" => Some(Form::Html),
        _ => None,
    }
}

/// A paragraph for the slice `start..end` of `text`, with its text normalised.
fn paragraph(text: &str, start: usize, end: usize) -> Paragraph {
    Paragraph { start, end, text: normalise(&text[start..end]), follows: true, ..Paragraph::default() }
}

/// The metadata of front matter or of a row.
pub(crate) type Metadata = BTreeMap<String, String>;
