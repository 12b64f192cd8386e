//! A Word document (DOCX): its paragraphs, and what kind each is by its style.

use super::package::Package;
use super::xml::{Element, Node, Xml};
use super::{Body, Member, Ready, blocks::Blocks};
use crate::article::Metadata;
use crate::error::Result;
use crate::read::exports::uni_documents;

/// Whether an entry of an archive is the main document.
pub fn is_document(name: &str) -> bool {
    name.starts_with("word/document") && name.ends_with(".xml")
}

/// The document in a package. Fails if it is damaged.
pub fn open(mut package: Package) -> Result<Ready> {
    let name = package.names().find(|name| is_document(name)).unwrap_or_default();
    let document = package.text(&name)?.unwrap_or_default();
    let mut blocks = Blocks::default();
    read_body(&document, &mut blocks).map_err(|err| package.damaged(format!("{name}: {err}")))?;
    let mut notes = 0;
    for name in ["word/footnotes.xml", "word/endnotes.xml"] {
        // The first two notes of every document are lines that separate notes from text.
        let n = package.text(name)?.unwrap_or_default().matches("<w:p>").count();
        notes += n.saturating_sub(2);
    }
    let metadata = properties(&mut package, "docProps/core.xml", &blocks)?;
    let blocks = blocks.list();
    let members = match uni_documents(&blocks) {
        Some(documents) => documents
            .into_iter()
            .map(|(metadata, blocks)| Member { id: None, metadata, body: Body::Blocks(blocks) })
            .collect(),
        None => vec![Member { id: None, metadata, body: Body::Blocks(blocks) }],
    };
    let mut ready = Ready::new(members);
    if notes > 0 {
        ready.warn("footnotes and endnotes were not read".to_string());
    }
    Ok(ready)
}

/// Adds the paragraphs of a document.
fn read_body(document: &str, blocks: &mut Blocks) -> std::result::Result<(), String> {
    let mut xml = Xml::new(document.as_bytes());
    // What the ends of the open elements do.
    let mut open: Vec<&str> = Vec::new();
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => match element.local() {
                // Deleted text, codes of fields, and the second version of what newer programs show in another way.
                "del" | "delText" | "instrText" | "Fallback" | "moveFrom" | "footnoteReference" => {
                    drop(xml.text()?)
                }
                "t" => blocks.push(&xml.text()?),
                local => open.push(start(local, &element, blocks)),
            },
            Node::End => match open.pop().unwrap_or_default() {
                "p" => blocks.end_paragraph(),
                "tc" => blocks.end_cell(),
                "tr" => blocks.end_row(),
                _ => {}
            },
            Node::Text(_) => {}
        }
    }
    Ok(())
}

fn start(local: &str, element: &Element, blocks: &mut Blocks) -> &'static str {
    match local {
        "p" => blocks.start_paragraph(),
        "tr" => blocks.start_row(),
        "tab" => blocks.push("\t"),
        "br" | "cr" => blocks.push("\n"),
        "noBreakHyphen" => blocks.push("-"),
        "pStyle" => blocks.set_style(element.attribute("val").unwrap_or_default()),
        "outlineLvl" => blocks.set_style("Heading"),
        _ => {}
    }
    match local {
        "p" => "p",
        "tc" => "tc",
        "tr" => "tr",
        _ => "",
    }
}

/// The title and author of a document. The title may also be a paragraph with that style. The date is when the file was
/// made, so it is not used.
pub fn properties(package: &mut Package, name: &str, blocks: &Blocks) -> Result<Metadata> {
    let document = package.text(name)?.unwrap_or_default();
    let mut metadata = Metadata::new();
    let mut xml = Xml::new(document.as_bytes());
    // A document without valid properties is read all the same.
    while let Ok(Some(node)) = xml.next() {
        let Node::Start(element) = node else { continue };
        let key = match element.name.as_str() {
            "dc:title" => "title",
            "dc:creator" | "meta:initial-creator" => "author",
            "dc:language" => "language",
            _ => continue,
        };
        let value = xml.text().unwrap_or_default();
        // These are programs.
        if !value.trim().is_empty() && !matches!(value.trim(), "python-docx" | "Unknown") {
            metadata.entry(key.to_string()).or_insert(value);
        }
    }
    if let Some(title) = blocks.title() {
        metadata.entry("title".to_string()).or_insert_with(|| title.to_string());
    }
    Ok(metadata)
}
