//! What a file is by its first bytes, if it is a container, and which texts are no articles.

use std::path::Path;

use crate::read::form::{Form, form_by_name};

/// How many bytes are examined.
pub const N_HEAD: usize = 8 << 10;

/// What to do about a form that needs the feature `forms`.
pub const NOT_BUILT: &str =
    "this build cannot read it: build rhetor with `--features forms`, or save it as text or HTML first";

/// The form of a file that is not read as one decoded text. The content decides; an extension only where the content
/// can be many things, such as a mail with unusual headers.
pub fn form_of_bytes(path: &Path, head: &[u8]) -> Option<Form> {
    let head = &head[..head.len().min(N_HEAD)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if text.starts_with(b"WARC/") {
        return Some(Form::Warc);
    }
    if cfg!(feature = "forms") && (head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")) {
        return Some(Form::Package);
    }
    if head.starts_with(b"bplist00") || is_xml_plist(text) {
        return Some(Form::WebArchive);
    }
    let by_name = form_by_name(path);
    let may_be_mail = matches!(by_name, None | Some(Form::Text | Form::Mail | Form::Mbox | Form::Html));
    let text = text.trim_ascii_start();
    match mail_headers(text) {
        Some(headers) if may_be_mail && headers.is_mailbox => Some(Form::Mbox),
        Some(headers) if by_name == Some(Form::Mail) && headers.n > 0 => Some(Form::Mail),
        Some(headers) if may_be_mail && headers.n_known > 2 && headers.n_of_machines > 0 => Some(Form::Mail),
        _ => None,
    }
}

/// An XML property list is a web archive if it has the key of its main page.
fn is_xml_plist(head: &[u8]) -> bool {
    let has = |words: &[u8]| head.windows(words.len()).any(|window| window == words);
    head.starts_with(b"<?xml") && has(b"<plist") && has(b"WebMainResource")
}

/// The header lines at the start of a mail.
#[derive(Default)]
struct Headers {
    /// Whether they follow the line that begins a message in a mailbox.
    is_mailbox: bool,
    n: usize,
    n_known: usize,
    /// How many of them only programs write.
    n_of_machines: usize,
}

/// Whether a line begins a message of a mailbox: it begins with `From ` and has a time and a year.
pub fn is_separator(line: &[u8]) -> bool {
    let has_time = line.windows(6).any(|w| w[0] == b':' && w[1].is_ascii_digit() && w[2].is_ascii_digit());
    let is_year = |w: &[u8]| matches!(w, [b'1' | b'2', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    line.starts_with(b"From ")
        && has_time
        && line.split(|byte| byte.is_ascii_whitespace()).any(|word| word.len() == 4 && is_year(word))
}

/// Headers that people know, and that a text may therefore begin with, too.
const KNOWN: &str = "from to subject date cc reply-to sender";
/// Headers that only programs write.
const OF_MACHINES: &str = "mime-version message-id received return-path content-type delivered-to dkim-signature \
                           content-transfer-encoding x-mailer snapshot-content-location x-gm-thrid list-unsubscribe";

/// The headers of the mail that `head` begins with; `None` if it begins with anything else.
fn mail_headers(head: &[u8]) -> Option<Headers> {
    let mut headers = Headers::default();
    let mut lines = head.split(|&byte| byte == b'\n').peekable();
    if lines.peek().is_some_and(|line| is_separator(line)) {
        headers.is_mailbox = true;
        lines.next();
    }
    while let Some(line) = lines.next() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        // The last line may be cut off.
        if (line.starts_with(b" ") || line.starts_with(b"\t")) && headers.n > 0 || lines.peek().is_none() {
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':')?;
        let name = std::str::from_utf8(&line[..colon]).ok()?.trim_end().to_ascii_lowercase();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            // Some programs escape a line that begins with `From `.
            return None;
        }
        let is_among = |names: &str| names.split_whitespace().any(|known| known == name);
        headers.n += 1;
        headers.n_of_machines += usize::from(is_among(OF_MACHINES));
        headers.n_known += usize::from(is_among(KNOWN) || is_among(OF_MACHINES));
    }
    (headers.n > 0).then_some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, head: &str, expected: Option<Form>) {
        assert_eq!(form_of_bytes(Path::new(name), head.as_bytes()), expected, "{name}: {head:?}");
    }

    #[test]
    fn containers_are_recognised_by_their_content() {
        check("a.txt", "WARC/1.0\r\nWARC-Type: warcinfo\r\n", Some(Form::Warc));
        check("a", "bplist00", Some(Form::WebArchive));
        let mail = "From: a@b.example\r\nTo: c@d.example\r\nSubject: Tram\r\nMIME-Version: 1.0\r\n\r\nText";
        check("a.txt", mail, Some(Form::Mail));
        check("a", &format!("From a@b Tue Feb  3 10:00:00 2026\n{mail}"), Some(Form::Mbox));
        check("a.eml", "Subject: Tram\n\nText", form_by_name(Path::new("a.eml")).map(|_| Form::Mail));
    }

    #[test]
    fn a_text_that_begins_like_a_mail_is_a_text() {
        check("a.txt", "From: Ann\nTo: Bo\nSubject: The tram\n\nDear Bo, the tram is late.\n", None);
        check("a.txt", "From Monday on, the tram is late.\n\nIt said so.\n", None);
        check("a.txt", "From the council: no.\nThe mayor: yes.\n", None);
        check("a.txt", "From our correspondent\nRome: Tuesday\n\nIt rained.\n", None);
        check("a.md", "From: a\nTo: b\nSubject: c\nMIME-Version: 1.0\n\n", None);
        check("a.txt", "", None);
    }
}
