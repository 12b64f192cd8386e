//! The pages and texts of a web archive: WARC, and WET, which holds texts that were extracted from pages.
//!
//! The crate `warc` is not used: it holds headers and bodies of any length in memory, and leaves HTTP to its caller.

use std::collections::BTreeMap;

use encoding_rs::Encoding;

use super::pieces::Pieces;
use super::{Body, Member, Source};
use crate::article::Metadata;
use crate::error::{Error, Result};
use crate::read::MAX_PAGE;
use crate::read::archive::Bytes;

/// The longest line of a header, in bytes: addresses of pages can be long.
const MAX_LINE: usize = 64 << 10;
/// The most lines of one header.
const MAX_LINES: usize = 1000;
/// HTTP headers take at most this much, in bytes.
const MAX_HTTP_HEADER: usize = 1 << 20;

/// Headers by their names in lower case.
type Headers = BTreeMap<String, String>;

/// The records of a file that hold pages or texts.
pub struct WarcRecords {
    pieces: Pieces,
    n_records: usize,
    skipped: BTreeMap<String, usize>,
    ended: bool,
}

impl WarcRecords {
    pub fn new(bytes: Bytes) -> WarcRecords {
        WarcRecords { pieces: Pieces::new(bytes), n_records: 0, skipped: BTreeMap::new(), ended: false }
    }

    fn damaged(&self, what: String) -> Error {
        Error::Damaged { path: self.pieces.path().to_path_buf(), form: "WARC file", what }
    }

    /// The headers of the next record; `None` at the end.
    fn next_header(&mut self) -> Result<Option<Headers>> {
        let n = self.n_records + 1;
        loop {
            match self.pieces.line(MAX_LINE)? {
                None => return Ok(None),
                Some(line) if line.trim_ascii().is_empty() => {}
                Some(line) if line.starts_with(b"WARC/") => break,
                Some(line) => {
                    let found: String = String::from_utf8_lossy(line).chars().take(40).collect();
                    let found = found.trim_end().escape_debug().to_string();
                    return Err(self.damaged(format!("record {n} begins with `{found}` instead of `WARC/`")));
                }
            }
        }
        self.n_records = n;
        let mut headers = Headers::new();
        for _ in 0..MAX_LINES {
            match self.pieces.line(MAX_LINE)? {
                None => return Err(self.damaged(format!("truncated in the header of record {n}"))),
                Some(line) if line.trim_ascii().is_empty() => return Ok(Some(headers)),
                Some(line) => add_header(line, &mut headers),
            }
        }
        Err(self.damaged(format!("the header of record {n} has more than {MAX_LINES} lines")))
    }

    /// The next record: its member, or the reason why it has none; `None` at the end.
    fn next_record(&mut self) -> Result<Option<std::result::Result<Member, Option<String>>>> {
        let Some(headers) = self.next_header()? else { return Ok(None) };
        let n = self.n_records;
        let length = headers.get("content-length").and_then(|length| length.parse::<u64>().ok());
        let length = length.ok_or_else(|| self.damaged(format!("record {n} has no valid Content-Length")))?;
        let kind = headers.get("warc-type").map(String::as_str).unwrap_or_default().to_ascii_lowercase();
        let is_read = matches!(kind.as_str(), "response" | "resource" | "conversion");
        let most = if is_read { MAX_HTTP_HEADER + MAX_PAGE + 1 } else { 0 };
        let (block, n_read) = self.pieces.take(length, most)?;
        if n_read < length {
            let what = format!("truncated in record {n}: {n_read} bytes of {length}");
            return Err(self.damaged(what));
        }
        Ok(Some(if is_read { member_of(&headers, block) } else { Err(None) }))
    }
}

impl Source for WarcRecords {
    fn next_member(&mut self) -> Result<Option<Member>> {
        while !self.ended {
            let record = self.next_record();
            self.ended = !matches!(record, Ok(Some(_)));
            match record? {
                Some(Ok(member)) => return Ok(Some(member)),
                Some(Err(Some(why))) => *self.skipped.entry(why).or_default() += 1,
                Some(Err(None)) | None => {}
            }
        }
        Ok(None)
    }

    fn skipped(&self) -> BTreeMap<String, usize> {
        self.skipped.clone()
    }
}

/// Adds the header in `line`; lines without a colon are ignored.
fn add_header(line: &[u8], headers: &mut Headers) {
    let line = String::from_utf8_lossy(line);
    if let Some((name, value)) = line.split_once(':') {
        let name = name.trim().to_ascii_lowercase();
        headers.entry(name).or_insert_with(|| value.trim().to_string());
    }
}

/// The page or text of a record, or why it is skipped. Records that never hold articles have no reason.
fn member_of(headers: &Headers, block: Vec<u8>) -> std::result::Result<Member, Option<String>> {
    let url = headers.get("warc-target-uri").map(|url| url.trim_matches(['<', '>']).to_string());
    let url = url.unwrap_or_default();
    // Crawlers also store look-ups, settings and logs as records.
    let is_of_crawler =
        url.split_once(':').is_some_and(|(scheme, _)| matches!(scheme, "dns" | "metadata" | "urn"));
    if is_of_crawler || url.ends_with("/robots.txt") {
        return Err(None);
    }
    let (http, body) = match block.starts_with(b"HTTP/") {
        true => http_parts(&block),
        false => (Headers::new(), block.as_slice()),
    };
    if let Some(status) = http.get("").filter(|status| !status.starts_with('2')) {
        let what = if status.starts_with('3') { "redirects" } else { "with an HTTP error" };
        return Err(Some(what.to_string()));
    }
    let own_type = headers.get("content-type").filter(|_| http.is_empty());
    let media_type = http.get("content-type").or(own_type).map(String::as_str).unwrap_or_default();
    let (media_type, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    let media_type = media_type.trim().to_ascii_lowercase();
    let is_page = matches!(media_type.as_str(), "text/html" | "application/xhtml+xml" | "");
    if !is_page && media_type != "text/plain" {
        return Err(Some("of another type than HTML or plain text".to_string()));
    }
    let is_chunked = http.get("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let body = is_chunked.then(|| without_chunks(body)).flatten().unwrap_or_else(|| body.to_vec());
    // Bodies in gzip and Zstandard are recognised when they are read.
    if let Some(coding) =
        http.get("content-encoding").filter(|coding| matches!(coding.trim(), "br" | "deflate"))
    {
        return Err(Some(format!("compressed with `{}`", coding.trim())));
    }
    if body.trim_ascii().is_empty() {
        return Err(Some("without text".to_string()));
    }
    let body = decoded(body, parameters);
    let mut metadata = Metadata::new();
    if !url.is_empty() {
        metadata.insert("url".to_string(), url);
    }
    for (key, name) in [("crawl_date", "warc-date"), ("language", "warc-identified-content-language")] {
        metadata.extend(headers.get(name).map(|value| (key.to_string(), value.clone())));
    }
    let id = headers.get("warc-record-id").map(|id| id.trim_matches(['<', '>']).to_string());
    let body = if is_page { Body::Page(body) } else { Body::Text(body) };
    Ok(Member { id, metadata, body })
}

/// The headers of an HTTP response and its body. The status is under an empty name.
fn http_parts(block: &[u8]) -> (Headers, &[u8]) {
    let mut headers = Headers::new();
    let mut rest = block;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let line = rest[..end].trim_ascii();
        rest = &rest[end + 1..];
        if line.is_empty() {
            break;
        }
        if headers.is_empty() {
            let status = String::from_utf8_lossy(line).split_whitespace().nth(1).unwrap_or("200").to_string();
            headers.insert(String::new(), status);
        } else {
            add_header(line, &mut headers);
        }
    }
    (headers, rest)
}

/// A body whose chunks are joined; `None` if it does not consist of chunks: some crawlers join them and keep the header.
/// The last chunk may be cut off.
fn without_chunks(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    loop {
        let end = memchr::memchr(b'\n', body)?;
        let size = std::str::from_utf8(&body[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        body = &body[end + 1..];
        if size == 0 {
            return Some(joined);
        }
        joined.extend_from_slice(&body[..size.min(body.len())]);
        if body.len() <= size {
            return Some(joined);
        }
        body = &body[size..];
        body = body.strip_prefix(b"\r").unwrap_or(body);
        body = body.strip_prefix(b"\n")?;
    }
}

/// A body in the character set that its media type names. Bodies in UTF-8 stay, whatever the media type says.
fn decoded(body: Vec<u8>, parameters: &str) -> Vec<u8> {
    let named = parameters.to_ascii_lowercase();
    let name = named.split_once("charset=").map(|(_, name)| name.trim_matches(['"', '\'', ' ']));
    let name = name.map(|name| name.split([';', '"']).next().unwrap_or_default().trim().to_string());
    let encoding = name.and_then(|name| Encoding::for_label(name.as_bytes()));
    match encoding.filter(|_| std::str::from_utf8(&body).is_err() && !body.starts_with(&[0x1f, 0x8b])) {
        Some(encoding) => encoding.decode(&body).0.into_owned().into_bytes(),
        None => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: &str, headers: &str, block: &str) -> String {
        let length = block.len();
        format!("WARC/1.0\r\nWARC-Type: {kind}\r\n{headers}Content-Length: {length}\r\n\r\n{block}\r\n\r\n")
    }

    /// The bodies of the members, errors and skipped records.
    #[track_caller]
    fn check(file: &str, expected: &[&str], skipped: &[(&str, usize)]) {
        let mut records = WarcRecords::new(Bytes::of_text("a.warc", file));
        let mut found = Vec::new();
        loop {
            match records.next_member() {
                Ok(Some(Member { body: Body::Page(bytes) | Body::Text(bytes), .. })) => {
                    found.push(String::from_utf8(bytes).unwrap());
                }
                Ok(Some(_)) => unreachable!(),
                Ok(None) => break,
                Err(error) => found.push(error.to_string()),
            }
        }
        assert_eq!(found, expected);
        let skipped: BTreeMap<String, usize> = skipped.iter().map(|(why, n)| (why.to_string(), *n)).collect();
        assert_eq!(records.skipped(), skipped);
    }

    #[test]
    fn responses_and_conversions_of_text_are_read() {
        let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>One</p>";
        let chunks = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\r\n<p>\r\n4;x\r\nTwo\n\r\n0\r\n\r\n";
        let file = [
            record("warcinfo", "", "software: x"),
            record("request", "", "GET / HTTP/1.1"),
            record("response", "WARC-Target-URI: <https://a.example/>\r\n", page),
            record("response", "", chunks),
            record("response", "", "HTTP/1.1 404 Not found\r\n\r\nNo"),
            record("response", "", "HTTP/1.1 200\r\nContent-Type: image/png\r\n\r\nPNG"),
            record("conversion", "Content-Type: text/plain\r\n", "Three"),
        ]
        .concat();
        let skipped = [("of another type than HTML or plain text", 1), ("with an HTTP error", 1)];
        check(&file, &["<p>One</p>", "<p>Two\n", "Three"], &skipped);
        check(&file.replace("\r\nContent-L", "\nContent-L"), &["<p>One</p>", "<p>Two\n", "Three"], &skipped);
    }

    #[test]
    fn damaged_files_give_an_error_after_the_records_before() {
        let one = record("conversion", "Content-Type: text/plain\r\n", "One");
        let damaged = |what: &str| format!("a.warc: cannot be read as WARC file ({what})");
        let cut = format!("{one}{}", &one[..one.len() - 6]);
        check(&cut, &["One", &damaged("truncated in record 2: 1 bytes of 3")], &[]);
        let header = format!("{one}{}", &one[..30]);
        check(&header, &["One", &damaged("truncated in the header of record 2")], &[]);
        let short = one.replace("Length: 3", "Length: 1");
        check(&short, &["O", &damaged("record 2 begins with `ne` instead of `WARC/`")], &[]);
        let none = one.replace("Length: 3", "Length: x");
        check(&none, &[&damaged("record 1 has no valid Content-Length")], &[]);
        let endless = format!("WARC/1.0\r\n{}", "a: b\n".repeat(MAX_LINES + 1));
        check(&endless, &[&damaged("the header of record 1 has more than 1000 lines")], &[]);
    }
}
