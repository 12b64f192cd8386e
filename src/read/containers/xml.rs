//! XML as a stream of elements and texts. Entities that a document declares are not expanded, and depth and size are
//! limited, so a document cannot grow while it is read.

use std::io::{BufRead, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::error::{Error, Result};
use crate::read::MAX_ROW;
use crate::read::lines::Lines;

/// The most elements that are open at once.
const MAX_DEPTH: usize = 512;
/// The size of reads from a decoded text.
const PART: usize = 64 << 10;

/// One step through a document.
pub enum Node {
    Start(Element),
    End,
    Text(String),
}

/// The start of an element.
pub struct Element {
    /// The name with its prefix.
    pub name: String,
    /// The attributes with their prefixes.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// The name without its prefix.
    pub fn local(&self) -> &str {
        self.name.rsplit(':').next().unwrap_or_default()
    }

    /// The value of the attribute with this name, whatever its prefix.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(name, _)| name.rsplit(':').next() == Some(local));
        found.map(|(_, value)| value.as_str())
    }
}

/// A reader of a document in UTF-8.
pub struct Xml<R> {
    reader: quick_xml::Reader<R>,
    buffer: Vec<u8>,
    /// The names of the open elements.
    open: Vec<String>,
    /// How many of them end here.
    n_ending: usize,
}

impl<R: BufRead> Xml<R> {
    pub fn new(reader: R) -> Xml<R> {
        let mut reader = quick_xml::Reader::from_reader(reader);
        let config = reader.config_mut();
        // Feeds are written by hand and by templates, and browsers forgive them as much.
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        Xml { reader, buffer: Vec::new(), open: Vec::new(), n_ending: 0 }
    }

    pub fn get_mut(&mut self) -> &mut R {
        self.reader.get_mut()
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next node; `None` at the end. Fails, with the cause, if the document is damaged or ends too early.
    pub fn next(&mut self) -> std::result::Result<Option<Node>, String> {
        loop {
            if self.n_ending > 0 {
                self.n_ending -= 1;
                self.open.pop();
                return Ok(Some(Node::End));
            }
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let node = match event {
                Ok(Event::Start(start)) => Node::Start(element(&start)),
                Ok(Event::Empty(start)) => {
                    self.n_ending = 1;
                    Node::Start(element(&start))
                }
                // An end closes the elements that should have been closed before it; one of nothing is ignored.
                Ok(Event::End(end)) => {
                    let name = end.name();
                    let at = self.open.iter().rposition(|open| open == name.as_ref());
                    self.n_ending = at.map_or(0, |at| self.open.len() - at);
                    continue;
                }
                Ok(Event::Text(text)) => Node::Text(text.into_inner().into_owned()),
                Ok(Event::CData(text)) => Node::Text(text.into_inner().into_owned()),
                Ok(Event::GeneralRef(reference)) => Node::Text(resolved(&reference)),
                Ok(Event::Eof) if !self.open.is_empty() => {
                    return Err("truncated: elements are not closed".to_string());
                }
                Ok(Event::Eof) => return Ok(None),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => continue,
                Err(err) => return Err(format!("malformed XML: {err}")),
            };
            if let Node::Start(element) = &node {
                self.open.push(element.name.clone());
            }
            if self.open.len() > MAX_DEPTH {
                return Err(format!("elements are nested more than {MAX_DEPTH} deep"));
            }
            return Ok(Some(node));
        }
    }

    /// The text of the element whose start has just been read, up to its end. Fails as [`Xml::next`] does, and if the
    /// text is longer than [`MAX_ROW`].
    pub fn text(&mut self) -> std::result::Result<String, String> {
        let (outside, mut whole) = (self.depth().saturating_sub(1), String::new());
        while self.depth() > outside
            && let Some(node) = self.next()?
        {
            if let Node::Text(text) = node {
                whole.push_str(&text);
            }
            check_size(whole.len())?;
        }
        Ok(whole)
    }

    /// The content of the element whose start has just been read, as HTML. Fails as [`Xml::text`] does.
    pub fn markup(&mut self) -> std::result::Result<String, String> {
        let (outside, mut markup, mut names) = (self.depth().saturating_sub(1), String::new(), Vec::new());
        while self.depth() > outside
            && let Some(node) = self.next()?
        {
            match node {
                Node::Text(text) => markup.push_str(&quick_xml::escape::escape(text.as_str())),
                Node::Start(element) => {
                    markup.push_str(&format!("<{}", element.local()));
                    for (name, value) in &element.attributes {
                        markup
                            .push_str(&format!(" {name}=\"{}\"", quick_xml::escape::escape(value.as_str())));
                    }
                    markup.push('>');
                    names.push(element.local().to_string());
                }
                Node::End => {
                    let name = names.pop().filter(|name| !matches!(name.as_str(), "br" | "hr" | "img"));
                    markup.extend(name.map(|name| format!("</{name}>")));
                }
            }
            check_size(markup.len())?;
        }
        Ok(markup)
    }
}

fn check_size(n_bytes: usize) -> std::result::Result<(), String> {
    if n_bytes > MAX_ROW {
        return Err(format!("an element of more than {} MB", MAX_ROW >> 20));
    }
    Ok(())
}

fn element(start: &BytesStart) -> Element {
    let name = start.name().as_ref().to_string();
    let mut attributes = start.html_attributes();
    let attributes = attributes.with_checks(false).flatten().map(|attribute| {
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
        (attribute.key.as_ref().to_string(), value)
    });
    Element { name, attributes: attributes.collect() }
}

/// The text that an entity stands for, or the entity itself if it is not one of XML or HTML.
fn resolved(reference: &BytesRef) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name: &str = reference;
    resolve_predefined_entity(name).map_or_else(|| format!("&{name};"), str::to_string)
}

/// A decoded text as bytes in UTF-8. Between two calls of [`TextReader::begin_node`], at most [`MAX_ROW`] bytes can be
/// read, because the XML reader holds a whole node in memory.
pub struct TextReader {
    pub lines: Lines,
    part: Vec<u8>,
    start: usize,
    n_of_node: usize,
    /// The line of the next byte.
    line: usize,
    ended: bool,
    /// The error that ended the text.
    pub failure: Option<Error>,
}

impl TextReader {
    pub fn new(lines: Lines) -> TextReader {
        TextReader { lines, part: Vec::new(), start: 0, n_of_node: 0, line: 1, ended: false, failure: None }
    }

    pub fn begin_node(&mut self) {
        self.n_of_node = 0;
    }

    /// The line up to which the text has been read.
    pub fn line(&self) -> usize {
        self.line
    }

    fn next_part(&mut self) -> Result<()> {
        let part = self.lines.next_part_before_failure(PART)?;
        self.ended = part.as_ref().is_none_or(|part| !part.goes_on);
        self.part = part.unwrap_or_default().text.into_bytes();
        self.start = 0;
        Ok(())
    }
}

impl Read for TextReader {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for TextReader {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.start == self.part.len() && !self.ended {
            if self.n_of_node > MAX_ROW {
                return Err(std::io::Error::other(format!("an element of more than {} MB", MAX_ROW >> 20)));
            }
            if let Err(error) = self.next_part() {
                self.ended = true;
                let what = error.to_string();
                self.failure = Some(error);
                return Err(std::io::Error::other(what));
            }
            self.n_of_node += self.part.len();
        }
        Ok(&self.part[self.start..])
    }

    fn consume(&mut self, n: usize) {
        let end = (self.start + n).min(self.part.len());
        self.line += memchr::memchr_iter(b'\n', &self.part[self.start..end]).count();
        self.start = end;
    }
}
