//! What a decoded text is by its beginning: a page, a piece of one, a feed, other XML, subtitles and the like.

use super::markup::markup_of;

/// The name of the root element of an XML document, without its prefix; `None` if `text` is not XML.
pub fn xml_root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut is_xml = false;
    loop {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE") => return doctype_root(rest).filter(|_| is_xml),
            _ => break,
        };
        is_xml |= rest.starts_with("<?xml");
        rest = rest.split_once(end)?.1;
    }
    let name = element_name(rest)?;
    (is_xml || matches!(name, "rss" | "feed" | "RDF" | "svg" | "urlset" | "opml" | "nitf")).then_some(name)
}

fn doctype_root(doctype: &str) -> Option<&str> {
    let name = doctype.strip_prefix("<!DOCTYPE")?.trim_start();
    name.split(|c: char| c.is_whitespace() || c == '>' || c == '[').next().filter(|name| !name.is_empty())
}

fn element_name(tag: &str) -> Option<&str> {
    let name = tag.strip_prefix('<')?;
    let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
    let name = name.rsplit(':').next()?;
    (name.starts_with(char::is_alphabetic) && name.len() < 64).then_some(name)
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

/// Whether a text is a feed, RSS of any version or Atom, or one entry of Atom.
pub fn is_feed(text: &str) -> bool {
    matches!(xml_root(text), Some("rss" | "feed" | "entry" | "RDF"))
}

/// What a text is that begins like a form without articles, and what the user can do.
pub fn foreign_text(text: &str) -> Option<(&'static str, &'static str)> {
    const TO_TEXT: &str = "convert it to text, HTML or a table first";
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let kind = match first.trim() {
        line if line == "WEBVTT" || line.starts_with("WEBVTT ") => "subtitles (WebVTT)",
        "1" | "0" if second.contains(" --> ") => "subtitles (SubRip)",
        "BEGIN:VCALENDAR" => "a calendar",
        "BEGIN:VCARD" => "address cards",
        line if line.starts_with("filedesc://") => "a web archive in ARC, the form before WARC",
        line if line.starts_with("\\documentclass") => "a LaTeX document",
        line if line.starts_with("TY  - ") => "bibliographic records (RIS)",
        line if line.starts_with("diff --git ") => "a patch",
        line if line.starts_with("#!") => "a script",
        line if line.starts_with("<svg") => "an SVG image",
        _ => return None,
    };
    Some((kind, TO_TEXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_xml_is_found() {
        for (text, root) in [
            ("<?xml version='1.0'?>\n<!-- c --><rss version='2.0'>", Some("rss")),
            ("\u{feff}<feed xmlns='a'>", Some("feed")),
            ("<?xml version='1.0'?><rdf:RDF>", Some("RDF")),
            ("<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'x'><nitf>", Some("nitf")),
            ("<p>One</p>", None),
            ("<!DOCTYPE html><html>", None),
            ("3 < 5", None),
            ("<?xml", None),
        ] {
            assert_eq!(xml_root(text), root, "{text}");
        }
    }
}
