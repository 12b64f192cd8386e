//! What a decoded text is that has the marks of another form: a feed, other XML, subtitles and the like.

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
