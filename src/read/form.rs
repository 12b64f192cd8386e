//! The form of a file, by its extension and its first characters.

use std::path::{Path, PathBuf};

use super::ColumnNames;
use super::kind::{is_feed, is_fragment, is_page};

/// The forms of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Markdown,
    Html,
    /// One JSON object per line.
    JsonLines,
    /// An array of JSON objects, or objects in any layout.
    Json,
    /// Delimited columns with a header line.
    Columns,
    Parquet,
    /// RSS or Atom.
    Feed,
    /// A mail, or a page in MHTML.
    Mail,
    /// Many mails.
    Mbox,
    /// A page saved by Safari.
    WebArchive,
    /// Records of a crawl.
    Warc,
    /// A ZIP archive: a document, a workbook or a book.
    Package,
}

impl Form {
    /// What a file of this form is called in errors, without an article.
    pub fn name(self) -> &'static str {
        match self {
            Form::Text | Form::Markdown => "text",
            Form::Html => "web page",
            Form::JsonLines | Form::Json | Form::Columns => "table",
            Form::Parquet => "Parquet table",
            Form::Feed => "RSS or Atom feed",
            Form::Mail => "mail (EML) or MHTML page",
            Form::Mbox => "mailbox (mbox)",
            Form::WebArchive => "Safari webarchive",
            Form::Warc => "WARC file",
            Form::Package => "document, workbook or book (docx, odt, xlsx, epub)",
        }
    }
}

/// The form of a file by its extension or, if the extension is unknown, by `head`, its first characters.
pub fn form_of(path: &Path, head: &str, names: &ColumnNames) -> Form {
    match form_by_name(path) {
        // A page saved with the extension of a text file is still a page.
        None | Some(Form::Text | Form::Feed | Form::Mail | Form::Package) if is_page(head) => {
            return Form::Html;
        }
        None | Some(Form::Text | Form::Html | Form::Feed) if is_feed(head) => return Form::Feed,
        None | Some(Form::Text) if is_fragment(head) => return Form::Html,
        Some(Form::Json) => return json_form(head),
        Some(Form::Text) => return table_in_text(head, names).unwrap_or(Form::Text),
        Some(form) => return form,
        None => {}
    }
    let head = head.trim_start();
    let mut characters = head.chars().filter(|c| !c.is_whitespace());
    let first_line = head.lines().next().unwrap_or_default();
    // A long object may end after `head`.
    let is_cut = !head.contains('\n');
    let is_object = first_line.starts_with("{\"") && (first_line.trim_end().ends_with('}') || is_cut);
    match (characters.next(), characters.next()) {
        _ if is_object => Form::JsonLines,
        (Some('['), Some('{')) => Form::Json,
        (Some('{'), Some('"')) if first_line.trim_end() == "{" => Form::Json,
        _ if is_header(first_line, names) => Form::Columns,
        _ => Form::Text,
    }
}

/// The form of a table that has the extension of a text; `None` for text. The two first lines must agree, because a
/// text may begin with anything.
fn table_in_text(head: &str, names: &ColumnNames) -> Option<Form> {
    let mut lines = head.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty());
    let (first, second) = (lines.next()?, lines.next().unwrap_or_default());
    let is_object = |line: &str| matches!(serde_json::from_str(line), Ok(serde_json::Value::Object(_)));
    if is_object(first) && (second.is_empty() || is_object(second)) {
        return Some(Form::JsonLines);
    }
    let n_columns = |line: &str, delimiter| line.split(delimiter).count();
    let agree = |&delimiter: &char| {
        n_columns(first, delimiter) > 1 && n_columns(second, delimiter) >= n_columns(first, delimiter)
    };
    let is_table = is_header(first, names) && [',', '\t', ';', '|'].iter().any(agree);
    is_table.then_some(Form::Columns)
}

/// The form by the extension. This is the only list of extensions.
pub fn form_by_name(path: &Path) -> Option<Form> {
    let extension = inner_path(path).extension()?.to_str()?.to_ascii_lowercase();
    match extension.as_str() {
        "txt" | "text" => Some(Form::Text),
        "md" | "markdown" => Some(Form::Markdown),
        "jsonl" | "ndjson" => Some(Form::JsonLines),
        "json" => Some(Form::Json),
        "csv" | "tsv" => Some(Form::Columns),
        "parquet" => Some(Form::Parquet),
        "html" | "htm" | "xhtml" => Some(Form::Html),
        "warc" | "wet" => Some(Form::Warc),
        // Other builds refuse these when they are named, and skip them in folders.
        _ if cfg!(not(feature = "forms")) => None,
        "rss" | "atom" | "xml" => Some(Form::Feed),
        "eml" | "mht" | "mhtml" => Some(Form::Mail),
        "mbox" => Some(Form::Mbox),
        "webarchive" => Some(Form::WebArchive),
        "docx" | "odt" | "epub" | "xlsx" => Some(Form::Package),
        _ => None,
    }
}

/// Many `.json` files hold one object per line.
fn json_form(head: &str) -> Form {
    let mut lines = head.trim_start().lines();
    let is_object = |line: &str| line.starts_with('{') && line.trim_end().ends_with('}');
    match (lines.next(), lines.next()) {
        (Some(first), Some(_)) if is_object(first) => Form::JsonLines,
        _ => Form::Json,
    }
}

/// The most words of a column name; anything longer is a sentence.
const MAX_NAME_WORDS: usize = 5;

/// Whether a line is the header of a table: it has several columns, all of them are names, and one is the name of the
/// text column.
///
/// A sentence can also list words like `story` and `body`, but with spaces after its commas. If there are such spaces,
/// only `text`, or the name that the user gave, counts as the name of the text column.
fn is_header(line: &str, names: &ColumnNames) -> bool {
    let surest = names.text.as_deref().unwrap_or("text");
    let delimiters = names.delimiter.map_or_else(|| vec![',', '\t', ';', '|'], |byte| vec![byte as char]);
    let is_table = |&delimiter: &char| {
        let is_spaced = line.split(delimiter).skip(1).any(|column| column.starts_with(' '));
        let columns = line.split(delimiter).map(|column| column.trim().trim_matches('"').trim());
        let columns: Vec<&str> = columns.collect();
        let is_text =
            |name: &&str| if is_spaced { name.eq_ignore_ascii_case(surest) } else { names.is_text(name) };
        columns.len() > 1 && columns.iter().all(|name| is_name(name)) && columns.iter().any(is_text)
    };
    delimiters.iter().any(is_table)
}

/// Whether a header cell may be the name of a column. An index column often has no name.
fn is_name(column: &str) -> bool {
    !column.ends_with(['.', '!', ':', '…']) && column.split_whitespace().count() <= MAX_NAME_WORDS
}

/// A path without the extension of an archive: `a.jsonl` for `a.jsonl.gz`.
fn inner_path(path: &Path) -> PathBuf {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("gz" | "gzip" | "zst" | "zstd") => path.with_extension(""),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_header(line: &str, text: Option<&str>, expected: bool) {
        let names = ColumnNames { text: text.map(str::to_string), ..ColumnNames::default() };
        assert_eq!(is_header(line, &names), expected, "{line}");
    }

    #[test]
    fn a_header_consists_of_names_one_of_them_the_texts() {
        for line in [
            "id,text",
            "Text;Label",
            "url\tbody",
            ",content,date",
            "\"id\",\"Body\"",
            "id, text",
            "a|b|full_text",
        ] {
            check_header(line, None, true);
        }
        check_header("id,verdict", Some("verdict"), true);
        check_header("id,verdict", None, false);
        check_header("id,body", Some("verdict"), false);
    }

    #[test]
    fn prose_is_not_a_header() {
        for line in [
            "text",
            "Body, content, story: three words for one thing",
            "It is a long story, article, body of work",
            "He left the body, story, and all",
            "story, body",
            "The council met on Tuesday and voted for the tram,text,and went home.",
            "In the end he had nothing left to say,text",
        ] {
            check_header(line, None, false);
        }
    }
}
