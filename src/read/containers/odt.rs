//! An OpenDocument text (ODT): its headings and paragraphs.

use std::collections::BTreeMap;

use super::blocks::Blocks;
use super::docx::properties;
use super::package::Package;
use super::xml::{Element, Node, Xml};
use super::{Body, Member, Ready};
use crate::error::Result;

/// The document in a package. Fails if it is damaged.
pub fn open(mut package: Package) -> Result<Ready> {
    let content = package.text("content.xml")?.ok_or_else(|| package.damaged("it has no content.xml"))?;
    let mut blocks = Blocks::default();
    let has_notes = read_body(&content, &mut blocks);
    let has_notes = has_notes.map_err(|err| package.damaged(format!("content.xml: {err}")))?;
    let metadata = properties(&mut package, "meta.xml", &blocks)?;
    let mut ready = Ready::new(vec![Member { id: None, metadata, body: Body::Blocks(blocks.list()) }]);
    if has_notes {
        ready.warn("footnotes and endnotes were not read".to_string());
    }
    Ok(ready)
}

/// Adds the paragraphs of a document; returns whether it has notes.
fn read_body(content: &str, blocks: &mut Blocks) -> std::result::Result<bool, String> {
    let mut xml = Xml::new(content.as_bytes());
    let (mut open, mut styles, mut has_notes) = (Vec::new(), BTreeMap::new(), false);
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(element) => match element.name.as_str() {
                "text:note" => {
                    has_notes = true;
                    drop(xml.text()?);
                }
                "text:tracked-changes"
                | "office:annotation"
                | "text:table-of-content"
                | "svg:title"
                | "svg:desc" => {
                    drop(xml.text()?);
                }
                name => {
                    start(name, &element, blocks, &mut styles);
                    open.push(name.to_string());
                }
            },
            Node::End => match open.pop().unwrap_or_default().as_str() {
                "text:p" | "text:h" => blocks.end_paragraph(),
                "table:table-cell" => blocks.end_cell(),
                "table:table-row" => blocks.end_row(),
                _ => {}
            },
            Node::Text(text) => blocks.push(&text),
        }
    }
    Ok(has_notes)
}

/// `styles` maps the names of automatic styles to those of the styles that they are made from.
fn start(name: &str, element: &Element, blocks: &mut Blocks, styles: &mut BTreeMap<String, String>) {
    match name {
        "style:style" => {
            let names = element.attribute("name").zip(element.attribute("parent-style-name"));
            styles.extend(names.map(|(name, parent)| (name.to_string(), parent.to_string())));
        }
        "text:p" | "text:h" => {
            blocks.start_paragraph();
            let style = element.attribute("style-name").unwrap_or_default();
            blocks.set_style(styles.get(style).map_or(style, String::as_str));
            if name == "text:h" {
                blocks.set_style("heading");
            }
        }
        "table:table-row" => blocks.start_row(),
        "text:s" => blocks.push(" "),
        "text:tab" => blocks.push("\t"),
        "text:line-break" => blocks.push("\n"),
        _ => {}
    }
}
