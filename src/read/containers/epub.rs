//! A book (EPUB): its chapters in reading order, each a web page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::package::Package;
use super::xml::{Node, Xml};
use super::{Body, Member, Source};
use crate::article::Metadata;
use crate::error::Result;

/// The chapters of a book.
pub struct Chapters {
    package: Package,
    /// What holds for the whole book.
    metadata: Metadata,
    /// The entries of the chapters.
    names: std::vec::IntoIter<String>,
    warnings: Vec<(usize, String)>,
}

/// The book in a package. Fails if the list of its chapters is damaged.
pub fn open(mut package: Package) -> Result<Chapters> {
    let (metadata, names) = match package_document(&mut package)? {
        Some((name, document)) => {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            chapters(&document, folder).map_err(|err| package.damaged(format!("{name}: {err}")))?
        }
        None => (Metadata::new(), Vec::new()),
    };
    let mut warnings = Vec::new();
    let names = if names.is_empty() {
        warnings.push((
            1,
            "no list of chapters in this book; its pages were read in the order of the archive".to_string(),
        ));
        let is_page = |name: &String| [".xhtml", ".html", ".htm"].iter().any(|suffix| name.ends_with(suffix));
        package.names().filter(is_page).collect()
    } else {
        names
    };
    Ok(Chapters { package, metadata, names: names.into_iter(), warnings })
}

/// The document that lists the chapters, and its name; `None` if the book has none.
fn package_document(package: &mut Package) -> Result<Option<(String, String)>> {
    let container = package.text("META-INF/container.xml")?.unwrap_or_default();
    let mut xml = Xml::new(container.as_bytes());
    let mut name = None;
    while let Ok(Some(node)) = xml.next() {
        if let Node::Start(element) = node
            && element.local() == "rootfile"
        {
            name = name.or(element.attribute("full-path").map(str::to_string));
        }
    }
    let name = name.or_else(|| package.names().find(|name| name.ends_with(".opf")));
    let Some(name) = name else { return Ok(None) };
    Ok(package.text(&name)?.map(|document| (name, document)))
}

/// The metadata of a book and the entries of its chapters in reading order.
fn chapters(document: &str, folder: &str) -> std::result::Result<(Metadata, Vec<String>), String> {
    let mut xml = Xml::new(document.as_bytes());
    let (mut metadata, mut items, mut spine) = (Metadata::new(), BTreeMap::new(), Vec::new());
    while let Some(node) = xml.next()? {
        let Node::Start(element) = node else { continue };
        let attribute = |name: &str| element.attribute(name).unwrap_or_default().to_string();
        let key = match element.name.as_str() {
            "dc:title" => "book",
            "dc:creator" => "author",
            "dc:date" => "date",
            "dc:language" => "language",
            "dc:publisher" => "outlet",
            _ => "",
        };
        match element.local() {
            _ if !key.is_empty() => {
                let value = xml.text()?;
                if key == "book" {
                    // For chapters that have no title of their own.
                    metadata.entry("title".to_string()).or_insert(value.clone());
                }
                metadata.entry(key.to_string()).or_insert(value);
            }
            // The table of contents is a page, too.
            "item" if attribute("properties").split(' ').all(|property| property != "nav") => {
                let name = attribute("href").split('#').next().map(percent_decoded).unwrap_or_default();
                items.insert(attribute("id"), (path_of(folder, &name), attribute("media-type")));
            }
            "itemref" => spine.push(attribute("idref")),
            _ => {}
        }
    }
    let is_page = |kind: &str| kind.contains("html");
    let names = spine.iter().filter_map(|id| items.get(id)).filter(|(_, kind)| is_page(kind));
    Ok((metadata, names.map(|(name, _)| name.clone()).collect()))
}

/// The path of an entry that is given relative to a folder.
fn path_of(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn percent_decoded(name: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(|_| *first == b'%') {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Source for Chapters {
    fn next_member(&mut self) -> Result<Option<Member>> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let Some(page) = self.package.text(&name)? else {
            return Err(self.package.damaged(format!("it has no chapter {name}")));
        };
        let metadata = self.metadata.clone();
        let body = Body::Page(with_end_tags(&page).into_bytes());
        Ok(Some(Member { id: Some(name), metadata, body }))
    }

    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        std::mem::take(&mut self.warnings)
    }
}

/// Elements without content that need an end tag in HTML: a title without it would swallow the page.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<(title|script|style|iframe|textarea|a|p|div|span|i|b|em|strong)(\s[^<>]*)?/>")
        .expect("a test uses the pattern")
});

/// A page written as XML, as HTML.
fn with_end_tags(page: &str) -> String {
    EMPTY.replace_all(page, "<$1$2></$1>").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_chapters_are_relative_to_their_list() {
        assert_eq!(path_of("OEBPS", "text/a.xhtml"), "OEBPS/text/a.xhtml");
        assert_eq!(path_of("OEBPS/x", "../a.xhtml"), "OEBPS/a.xhtml");
        assert_eq!(path_of("", "./a.xhtml"), "a.xhtml");
        assert_eq!(percent_decoded("a%20b%C3%A9%"), "a bé%");
    }

    #[test]
    fn empty_elements_of_xml_get_end_tags() {
        assert_eq!(with_end_tags("<title/><a id='x'/>One<br/>"), "<title></title><a id='x'></a>One<br/>");
    }
}
