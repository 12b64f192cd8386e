//! Sniffing: the form of a file, its encoding, or the kind of binary file that it is, by its name and first bytes.

use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::archive::inner_path;
use super::columns::ColumnNames;

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
}

/// The form of a file by its extension or, without a known one, by `head`, its first characters.
pub fn form_of(path: &Path, head: &str, names: &ColumnNames) -> Form {
    match form_by_name(path) {
        // A page saved under the name of a text is still a page.
        None | Some(Form::Text) if is_page(head) => return Form::Html,
        Some(Form::Json) => return json_form(head),
        Some(form) => return form,
        None => {}
    }
    let mut characters = head.chars().filter(|c| !c.is_whitespace());
    let first_two = (characters.next(), characters.next());
    let first_line = head.trim_start().lines().next().unwrap_or_default();
    // A long object may end after `head`.
    let is_cut = !head.trim_start().contains('\n');
    let is_object = first_line.starts_with("{\"") && (first_line.trim_end().ends_with('}') || is_cut);
    match first_two {
        _ if is_object => Form::JsonLines,
        (Some('['), Some('{')) => Form::Json,
        (Some('{'), Some('"')) if first_line.trim_end() == "{" => Form::Json,
        _ if is_header(first_line, names) => Form::Columns,
        _ => Form::Text,
    }
}

/// The form by the extension. The extensions are known only here.
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
fn is_page(text: &str) -> bool {
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

/// A column with a longer name, in words, is a sentence.
const MAX_NAME_WORDS: usize = 5;

/// Whether a line is the header of a table: several columns, all of them names, and one of them the text's.
///
/// A sentence can list words like `story` and `body`, but with spaces after its commas. If there are such spaces,
/// only `text`, or the name that the user gave, counts as the name of the text.
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

/// Whether a header cell may be the name of a column. An index column often has none.
fn is_name(column: &str) -> bool {
    !column.ends_with(['.', '!', ':', '…']) && column.split_whitespace().count() <= MAX_NAME_WORDS
}

/// A kind of file that is not text.
struct Kind {
    offset: usize,
    magic: &'static [u8],
    name: &'static str,
    /// What the user can do.
    cure: &'static str,
}

const TO_TEXT: &str = "save it as text or HTML first";
const IMAGE: &str = "extract its text with OCR software first";
const UNPACK: &str = "unpack it first and read the files or the folder";
const NO_TEXT: &str = "give files of text";
/// A Parquet table has its directory at the end, so it can only be read from a file.
const PARQUET: &str = match cfg!(feature = "parquet") {
    true => "save it as an uncompressed file: it cannot be read from a pipe or an archive",
    false => "build rhetor with `--features parquet`, or save the table as JSONL or CSV first",
};

const fn kind(offset: usize, magic: &'static [u8], name: &'static str, cure: &'static str) -> Kind {
    Kind { offset, magic, name, cure }
}

/// The first match counts, so documents that are ZIP archives come before ZIP.
const KINDS: [Kind; 27] = [
    kind(0, b"%PDF-", "a PDF", "convert it to text first, for example with `pdftotext`"),
    kind(0, b"%!PS", "a PostScript document", TO_TEXT),
    kind(0, b"{\\rtf", "an RTF document", TO_TEXT),
    kind(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", TO_TEXT),
    kind(30, b"mimetypeapplication/vnd.oasis", "an OpenDocument file", TO_TEXT),
    kind(30, b"mimetypeapplication/epub", "an EPUB book", TO_TEXT),
    kind(30, b"[Content_Types].xml", "an Office document (docx, xlsx, pptx)", TO_TEXT),
    kind(0, b"PK\x03\x04", "a ZIP archive or an Office document", UNPACK),
    kind(257, b"ustar", "a tar archive", UNPACK),
    kind(0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    kind(0, b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    kind(0, b"BZh", "a bzip2 archive", "unpack it first, for example with `bunzip2`"),
    kind(0, b"\xfd7zXZ\x00", "an xz archive", "unpack it first, for example with `unxz`"),
    kind(0, b"\x1f\x8b\x08", "a gzip archive inside an archive", UNPACK),
    kind(0, b"\x28\xb5\x2f\xfd", "a zstd archive inside an archive", UNPACK),
    kind(0, b"PAR1", "a Parquet table", PARQUET),
    kind(0, b"SQLite format 3\x00", "an SQLite database", "export a table as CSV first"),
    kind(0, b"\x89PNG\r\n", "a PNG image", IMAGE),
    kind(0, b"\xff\xd8\xff", "a JPEG image", IMAGE),
    kind(0, b"GIF8", "a GIF image", IMAGE),
    kind(0, b"II*\x00", "a TIFF image", IMAGE),
    kind(0, b"MM\x00*", "a TIFF image", IMAGE),
    kind(8, b"WEBPVP8", "a WebP image", IMAGE),
    kind(4, b"ftyp", "a video or an HEIC image", NO_TEXT),
    kind(0, b"\x7fELF", "an executable", NO_TEXT),
    kind(0, b"OggS", "a sound recording", NO_TEXT),
    // The length of the header in eight bytes, then the header.
    kind(4, b"\0\0\0\0{\"", "a model (safetensors)", "use it as the model, and files of text as inputs"),
];

/// One control character in this many bytes is tolerated in text.
const BYTES_PER_CONTROL: usize = 20;

/// What the bytes at the start of a file are and what the user can do about it; `None` for text.
pub fn binary_kind(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let fits = |kind: &&Kind| head.get(kind.offset..).is_some_and(|bytes| bytes.starts_with(kind.magic));
    if let Some(kind) = KINDS.iter().find(fits) {
        return Some((kind.name, kind.cure));
    }
    // White space and the escape of terminal colours occur in text.
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let n_controls = head.iter().filter(is_control).count();
    (n_controls * BYTES_PER_CONTROL > head.len())
        .then_some(("binary data", "unpack or convert it to text first"))
}

/// Browsers look for a page's declaration of its encoding in this many bytes.
const DECLARATION: usize = 1024;

/// Whether bytes, not all of them ASCII, are UTF-8 with at most as many invalid sequences as other characters.
/// Other encodings hardly ever look like this. The last character may be incomplete unless the bytes are `whole`.
pub fn is_mostly_utf_8(bytes: &[u8], whole: bool) -> bool {
    let (mut n_right, mut n_wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        n_wrong += usize::from(!chunk.invalid().is_empty());
    }
    let cut = std::str::from_utf8(bytes).err().is_some_and(|err| err.error_len().is_none());
    n_wrong <= n_right.max(usize::from(cut && !whole))
}

/// The most likely encoding of bytes that are not UTF-8.
pub fn guessed_encoding(bytes: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 if about every second byte is NUL, as with Latin letters, and few of the others are.
pub fn utf_16_by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let n_nuls = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (n_nuls(0), n_nuls(1));
    let most = |n: usize| n * 10 >= pairs.len() * 7 && n > 0;
    let few = |n: usize| n * 20 <= pairs.len();
    match () {
        _ if most(second) && few(first) => Some(UTF_16LE),
        _ if most(first) && few(second) => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that an HTML or XML document declares. It counts only if the bytes are not UTF-8: pages saved by a
/// browser are UTF-8 whatever they declare.
pub fn declared_encoding(head: &[u8]) -> Option<&'static Encoding> {
    let head = head[..head.len().min(DECLARATION)].trim_ascii_start();
    if !head.starts_with(b"<") {
        return None;
    }
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=").or_else(|| head.split_once("encoding="))?;
    let end = |c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c));
    let name = after.trim_start_matches(['"', '\'', ' ']).split(end).next()?;
    // A declaration that can be read as ASCII is not in UTF-16.
    Encoding::for_label(name.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_binary(head: &[u8], expected: Option<&str>) {
        assert_eq!(binary_kind(head).map(|(name, _)| name), expected, "{head:?}");
    }

    #[test]
    fn common_binary_files_are_recognised() {
        check_binary(b"%PDF-1.7\n%\xe2\xe3", Some("a PDF"));
        check_binary(b"PK\x03\x04\x14\x00\x06\x00", Some("a ZIP archive or an Office document"));
        check_binary(b"\x89PNG\r\n\x1a\n", Some("a PNG image"));
        let mut tar = vec![b'a'; 257];
        check_binary(include_bytes!("../../models/default.safetensors"), Some("a model (safetensors)"));
        tar.extend(b"ustar");
        check_binary(&tar, Some("a tar archive"));
    }

    #[test]
    fn a_few_control_characters_are_text() {
        check_binary(b"A line of the article with one\x00 NUL in it.", None);
        check_binary(b"\x1b[31mred\x1b[0m", None);
        check_binary(b"\x00\x01\x02text", Some("binary data"));
        check_binary(b"", None);
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
