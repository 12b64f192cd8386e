//! A mail, or a page that a browser saved as one (MHTML): its headers, and its text or else its page.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{
    Address, Encoding, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use super::{Body, Member, Source};
use crate::article::Metadata;
use crate::error::{Error, Result};
use crate::read::archive::Bytes;
use crate::read::paragraph::normalise;

/// The longest message, in bytes, attachments included: mail servers accept 25 to 50 MB.
pub const MAX_MESSAGE: usize = 128 << 20;
/// The most messages inside messages: the parser's result is dropped recursively.
const MAX_NESTED: usize = 100;

/// The one message of a file.
pub struct One {
    member: Option<Member>,
    warning: Option<String>,
}

/// The message in a file. Fails if the file has no headers, or is too long or nested too deep.
pub fn one(mut bytes: Bytes) -> Result<One> {
    let damaged = |what: String| Error::Damaged { path: bytes.path.clone(), form: "mail or MHTML", what };
    let too_long = damaged(format!("more than {} MB", MAX_MESSAGE >> 20));
    let invalid = damaged("it does not begin with headers".to_string());
    let nested = damaged("messages are nested too deeply".to_string());
    let raw = bytes.whole(MAX_MESSAGE)?.ok_or(too_long)?;
    if is_nested_deep(&raw) {
        return Err(nested);
    }
    let (member, warning) = member_of(&raw).ok_or(invalid)?;
    Ok(One { member: Some(member), warning })
}

impl Source for One {
    fn next_member(&mut self) -> Result<Option<Member>> {
        Ok(self.member.take())
    }

    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        self.warning.take().map(|what| (1, what)).into_iter().collect()
    }
}

/// Whether a message may hold more than [`MAX_NESTED`] messages inside one another.
pub fn is_nested_deep(raw: &[u8]) -> bool {
    const TYPE: &[u8] = b"message/";
    let starts = memchr::memchr2_iter(b'm', b'M', raw);
    // An address in the text may have it, too.
    let is_type = |at: usize| {
        let before = raw[at.saturating_sub(40)..at].trim_ascii_end().to_ascii_lowercase();
        let is_name = raw[at..].get(..TYPE.len()).is_some_and(|name| name.eq_ignore_ascii_case(TYPE));
        is_name && before.ends_with(b"content-type:")
    };
    starts.filter(|&at| is_type(at)).nth(MAX_NESTED).is_some()
}

/// The member of a message, and what of it was not read; `None` if it has no headers.
pub fn member_of(raw: &[u8]) -> Option<(Member, Option<String>)> {
    let message = MessageParser::default().parse(raw)?;
    let address = page_address(&message);
    let is_page = address.is_some() || is_saved_page(&message);
    let body = body_of(&message, raw, is_page);
    let warning = warning_of(&message);
    let metadata = metadata_of(&message, address);
    let id = message.message_id().map(str::to_string);
    Some((Member { id, metadata, body: body.unwrap_or(Body::Text(Vec::new())) }, warning))
}

/// The address of a page that was saved as MHTML.
fn page_address(message: &Message) -> Option<String> {
    let snapshot = message.header("Snapshot-Content-Location").and_then(text_of);
    let location = || message.parts.first()?.content_location().map(str::to_string);
    let of_root = || message.html_bodies().next()?.content_location().map(str::to_string);
    let is_related = message.content_type().is_some_and(|kind| kind.subtype() == Some("related"));
    let address = snapshot.or_else(|| if is_related { location().or_else(of_root) } else { None });
    address.map(|address| address.trim().to_string()).filter(|address| address.contains("://"))
}

/// Browsers and Office write these names where a mail has the sender.
fn is_saved_page(message: &Message) -> bool {
    let from = message.header_raw("From").unwrap_or_default().to_ascii_lowercase();
    from.contains("saved by")
}

fn text_of(value: &HeaderValue) -> Option<String> {
    value.as_text().map(str::to_string)
}

/// The text parts, or else the HTML parts. A saved page has only the latter.
fn body_of(message: &Message, raw: &[u8], is_page: bool) -> Option<Body> {
    let is_text = |part: &&MessagePart| matches!(part.body, PartType::Text(_));
    let is_html = |part: &&MessagePart| matches!(part.body, PartType::Html(_));
    // The parser counts HTML as text where there is no other, and pictures between texts, too.
    if !is_page && !message.text_bodies().any(|part| is_html(&part)) {
        let texts = message.text_bodies().filter(is_text);
        let parts: Vec<Vec<u8>> = texts.map(|part| content_of(part, raw)).collect();
        let text = parts.join(b"\n\n".as_slice());
        if !text.trim_ascii().is_empty() {
            return Some(Body::Text(text));
        }
    }
    let page = message.html_bodies().find(is_html).or_else(|| message.parts.iter().find(is_html))?;
    let content = content_of(page, raw);
    if is_page {
        return Some(Body::Page(content));
    }
    // Where text and HTML alternate, the parser counts both as bodies, in their order.
    let parts =
        message.html_bodies().filter(|part| is_html(part) || is_text(part)).map(|part| match part.body {
            PartType::Html(_) => String::from_utf8_lossy(&content_of(part, raw)).into_owned(),
            _ => format!("<p>{}</p>", escaped(&String::from_utf8_lossy(&content_of(part, raw)))),
        });
    let parts: Vec<String> = parts.collect();
    let html =
        if parts.is_empty() { String::from_utf8_lossy(&content).into_owned() } else { parts.join("\n") };
    Some(Body::Fragment(html))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace("\n\n", "</p><p>")
}

/// The content of a text part. Without a declared character set it stays in bytes, whose encoding is detected later.
fn content_of(part: &MessagePart, raw: &[u8]) -> Vec<u8> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return Vec::new() };
    let is_declared = part.content_type().is_some_and(|kind| kind.has_attribute("charset"));
    if is_declared || !text.contains('\u{fffd}') {
        return text.as_bytes().to_vec();
    }
    let (start, end) = (part.offset_body as usize, part.offset_end as usize);
    let encoded = raw.get(start..end).unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => Some(encoded.to_vec()),
        Encoding::QuotedPrintable => quoted_printable_decode(encoded),
        Encoding::Base64 => base64_decode(encoded),
    };
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// The most attachments that a warning names.
const MAX_NAMED: usize = 10;

/// What of a message was not read: its attachments by their names, but not the resources of a page.
fn warning_of(message: &Message) -> Option<String> {
    // The resources of a saved page are style sheets and frames.
    let is_related = message.content_type().is_some_and(|kind| kind.subtype() == Some("related"));
    let is_image = |part: &MessagePart| part.content_type().is_some_and(|kind| kind.ctype() == "image");
    let is_shown = |part: &&MessagePart| is_related || is_image(part) && part.content_id().is_some();
    let attached = message.attachments().filter(|part| !is_shown(part));
    let names: Vec<String> = attached.map(name_of).collect();
    let more = if names.len() > MAX_NAMED { ", …" } else { "" };
    let named = names[..names.len().min(MAX_NAMED)].join(", ");
    match names.len() {
        0 => None,
        1 => Some(format!("the attachment {named} was not read")),
        n => Some(format!("{n} attachments were not read: {named}{more}")),
    }
}

/// The name of an attachment, or else its type.
fn name_of(part: &MessagePart) -> String {
    let kind = part.content_type();
    let kind = || kind.map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")));
    let subject = || part.message().and_then(|message| message.subject());
    let name = part.attachment_name().or_else(subject).map(normalise).filter(|name| !name.is_empty());
    name.map_or_else(|| format!("of type {}", kind().unwrap_or_default()), |name| format!("`{name}`"))
}

fn metadata_of(message: &Message, address: Option<String>) -> Metadata {
    let mut metadata = Metadata::new();
    let mut set = |key: &str, value: Option<String>| {
        let value = value.map(|value| normalise(&value)).filter(|value| !value.is_empty());
        metadata.extend(value.map(|value| (key.to_string(), value)));
    };
    set("title", message.subject().map(str::to_string));
    let is_page = is_saved_page(message) || address.is_some();
    // The date of a saved page is when it was saved.
    let date = message.date().filter(|date| date.is_valid()).map(|date| date.to_rfc3339());
    set(if is_page { "saved" } else { "date" }, date);
    if !is_page {
        set("author", message.from().and_then(sender));
        set("outlet", message.header("Organization").and_then(text_of).or_else(|| list_name(message)));
    }
    set("url", address);
    metadata
}

/// The name of the sender, or else the address.
fn sender(from: &Address) -> Option<String> {
    let first = from.first()?;
    let name = first.name.as_deref().filter(|name| !name.trim().is_empty());
    name.or(first.address.as_deref()).map(str::to_string)
}

/// The name of a mailing list: `Tram news` in `List-Id: Tram news <tram.lists.example>`.
fn list_name(message: &Message) -> Option<String> {
    let raw = message.header_raw("List-Id")?;
    let name = raw.split_once('<').map(|(name, _)| name.trim().trim_matches('"').to_string());
    name.filter(|name| !name.is_empty() && !name.contains("=?"))
}
