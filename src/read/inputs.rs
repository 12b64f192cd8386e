//! The files to read, from paths, folders and patterns, and the form of each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::ColumnNames;
use super::kind::is_feed;
use super::markup::markup_of;
use super::saved_page::page_of;
use crate::error::{Error, Result};

/// The files in a list of paths, folders and patterns.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files to read, in the order of the paths; those of a folder or pattern are sorted by name.
    pub files: Vec<PathBuf>,
    /// The files that were named one by one. The user meant these, so a problem with one is an error; a file found
    /// through a folder or a pattern may be skipped if it has no text ([`Error::NoTexts`], for stray JSON).
    pub named: BTreeSet<PathBuf>,
    /// Files in the folders that were skipped, because their extension is not that of an input form.
    pub skipped: Vec<PathBuf>,
    /// Other entries of the folders: pipes, devices, links to folders and broken links.
    pub special: Vec<PathBuf>,
    /// Paths that could not be found or listed, and folders without a file to read.
    pub errors: Vec<Error>,
}

/// Finds the files in `paths`. A folder is replaced by all files below it with the extension of an input form, which
/// may be followed by `.gz` or `.zst`, including hidden and git-ignored files. The folder `x_files` that a browser saves
/// beside a page `x.html` is skipped. A pattern (`*`, `?`, `[a-z]`, `**`) is
/// replaced by its matches, unless a file has exactly that name. Symbolic links to folders are not followed.
///
/// A path that names a file or a pipe is always read. `-` is standard input.
pub fn find_inputs(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        match matches_of(path) {
            Err(error) => inputs.errors.push(error),
            Ok(Some(matches)) => matches.iter().for_each(|path| find_one(path, &mut inputs)),
            Ok(None) => {
                find_one(path, &mut inputs);
                inputs.named.extend((!path.is_dir()).then(|| path.clone()));
            }
        }
    }
    inputs
}

fn find_one(path: &Path, inputs: &mut Inputs) {
    if path.is_dir() {
        find_in_folder(path, inputs);
    } else {
        inputs.files.push(path.to_path_buf());
    }
}

/// The matches of a pattern, sorted by name; `None` if the path is not a pattern.
fn matches_of(path: &Path) -> Result<Option<Vec<PathBuf>>> {
    let pattern = path.to_str().filter(|pattern| pattern.contains(['*', '?', '[']));
    let Some(pattern) = pattern.filter(|_| std::fs::symlink_metadata(path).is_err()) else { return Ok(None) };
    let no_match = |why: &str| Error::NoMatch { pattern: pattern.to_string(), why: why.to_string() };
    let unlisted = |err: glob::GlobError| {
        let path = err.path().to_path_buf();
        Error::Io { path, action: "list", source: err.into() }
    };
    let entries = glob::glob(pattern).map_err(|err| no_match(err.msg))?;
    let matches: Vec<PathBuf> = entries.map(|entry| entry.map_err(unlisted)).collect::<Result<_>>()?;
    if matches.is_empty() { Err(no_match("no file or folder matches it")) } else { Ok(Some(matches)) }
}

fn find_in_folder(folder: &Path, inputs: &mut Inputs) {
    let n_files = inputs.files.len();
    let n_others = inputs.skipped.len() + inputs.special.len();
    let n_errors = inputs.errors.len();
    if let Some(page) = page_of(folder) {
        return inputs.errors.push(Error::PageFolder { path: folder.to_path_buf(), page });
    }
    let mut resources: Option<PathBuf> = None;
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if resources.as_ref().is_some_and(|folder| entry.path().starts_with(folder)) => {
                inputs.skipped.extend((!entry.file_type().is_dir()).then(|| entry.into_path()));
            }
            Ok(entry) if entry.file_type().is_dir() => {
                resources = page_of(entry.path()).map(|_| entry.into_path());
            }
            // Reading a pipe or a device could block forever.
            Ok(entry) if !entry.path().is_file() => inputs.special.push(entry.into_path()),
            Ok(entry) if form_by_name(entry.path()).is_some() => inputs.files.push(entry.into_path()),
            Ok(entry) => inputs.skipped.push(entry.into_path()),
            Err(err) => {
                let path = err.path().unwrap_or(folder).to_path_buf();
                inputs.errors.push(Error::io(&path, "list")(err.into()));
            }
        }
    }
    if inputs.files.len() == n_files && inputs.errors.len() == n_errors {
        let n_files = inputs.skipped.len() + inputs.special.len() - n_others;
        inputs.errors.push(Error::EmptyFolder { path: folder.to_path_buf(), n_files });
    }
}

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

/// Whether a text begins with a doctype or the first tags of a page, after comments or an XML declaration.
pub fn is_page(text: &str) -> bool {
    const OPENINGS: [&str; 4] = ["<!doctype html", "<html", "<head", "<body"];
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    while rest.starts_with("<!--") || rest.starts_with("<?xml") {
        let end = if rest.starts_with("<?") { "?>" } else { "-->" };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    OPENINGS.iter().any(|opening| {
        let head = rest.as_bytes().get(..opening.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(opening.as_bytes()))
    })
}

/// Whether a text is a piece of a page: it begins with a tag, or it has several paragraphs in tags.
pub fn is_fragment(text: &str) -> bool {
    let begins = text.trim_start().starts_with('<');
    let n_tags = ["</p>", "<br"].iter().map(|tag| text.matches(tag).take(MIN_TAGS).count()).sum::<usize>();
    (begins || n_tags >= MIN_TAGS) && markup_of(text).is_some()
}

/// The fewest paragraphs and line breaks of a piece of a page that begins with text.
const MIN_TAGS: usize = 3;

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

    fn folder_of(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        folder
    }

    #[track_caller]
    fn check(folder: &tempfile::TempDir, path: &str, expected: &[&str]) -> Inputs {
        let inputs = find_inputs(&[folder.path().join(path)]);
        let name = |path: &PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
        assert_eq!(inputs.files.iter().map(name).collect::<Vec<_>>(), expected);
        inputs
    }

    #[test]
    fn folders_and_patterns_are_expanded() {
        let folder = folder_of(&[
            "b.txt",
            "a.jsonl.gz",
            ".hidden/c.md",
            ".gitignore",
            "d.png",
            "e/f.csv.zst",
            "g[1].txt",
        ]);
        let inputs = check(&folder, "", &[".hidden/c.md", "a.jsonl.gz", "b.txt", "e/f.csv.zst", "g[1].txt"]);
        assert_eq!((inputs.skipped.len(), inputs.named.len()), (2, 0));
        check(&folder, "*.txt", &["b.txt", "g[1].txt"]);
        check(&folder, "**/*.csv*", &["e/f.csv.zst"]);
        check(&folder, "[ab]*", &["a.jsonl.gz", "b.txt"]);
        assert_eq!(check(&folder, "g[1].txt", &["g[1].txt"]).named.len(), 1);
        assert_eq!(check(&folder, "*.doc", &[]).errors.len(), 1);
        assert_eq!(check(&folder, "[", &[]).errors.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn circular_links_are_not_followed() {
        let folder = folder_of(&["in/a.txt"]);
        std::os::unix::fs::symlink("..", folder.path().join("in/up")).unwrap();
        std::os::unix::fs::symlink("a.txt", folder.path().join("in/b.txt")).unwrap();
        std::os::unix::fs::symlink("none.txt", folder.path().join("in/c.txt")).unwrap();
        let inputs = check(&folder, "in", &["in/a.txt", "in/b.txt"]);
        assert_eq!(inputs.special.len(), 2);
    }

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
