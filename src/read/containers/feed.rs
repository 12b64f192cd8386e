//! The items of a feed: RSS of any version, Atom, and the exports of WordPress (WXR), which are RSS, too.
//!
//! Items are read one by one. The crate `feed-rs` is not used: it holds a whole feed in memory, and exports of WordPress
//! have hundreds of megabytes; and it drops the type and status of a post, without which menus and pictures are posts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use dom_query::Document;
use regex::Regex;

use super::prefixes::Prefixes;
use super::xml::{Element, Node, TextReader, Xml};
use super::{Body, Member, Source};
use crate::article::Metadata;
use crate::error::{Error, Result};
use crate::read::date::date_of_words;
use crate::read::lines::Lines;
use crate::read::markup::unescaped;
use crate::read::paragraph::normalise;

/// Types of posts that are no articles.
const NO_POSTS: &str = "attachment nav_menu_item revision custom_css customize_changeset oembed_cache user_request \
                        wp_block wp_template wp_template_part wp_global_styles wp_navigation wp_font_face \
                        wp_font_family acf-field acf-field-group";

/// The items of a feed.
pub struct FeedItems {
    xml: Xml<TextReader>,
    /// What holds for all items: the name of the feed and its language.
    channel: Metadata,
    n_items: usize,
    /// Whether the last item has begun and not ended.
    is_inside: bool,
    prefixes: Prefixes,
    skipped: BTreeMap<String, usize>,
    warnings: Vec<(usize, String)>,
    ended: bool,
}

/// The fields of an item that decide what its body is.
#[derive(Default)]
struct Item {
    metadata: Metadata,
    id: Option<String>,
    /// The address of the item, without which its id may serve if it is an address.
    link: Option<String>,
    content: Option<Body>,
    summary: Option<Body>,
    post_type: String,
    status: String,
}

impl FeedItems {
    pub fn new(lines: Lines) -> FeedItems {
        let (channel, skipped) = (Metadata::new(), BTreeMap::new());
        let xml = Xml::new(TextReader::new(lines));
        let (prefixes, n_items, is_inside, ended) = (Prefixes::default(), 0, false, false);
        FeedItems { xml, channel, n_items, is_inside, prefixes, skipped, warnings: Vec::new(), ended }
    }

    fn error(&mut self, what: String) -> Error {
        let reader = self.xml.get_mut();
        let (path, line) = (reader.lines.path().to_path_buf(), reader.line());
        reader.failure.take().unwrap_or_else(|| {
            let place = if self.is_inside { "in item" } else { "after item" };
            let what = format!("line {line}, {place} {}: {what}", self.n_items);
            Error::Damaged { path, form: "feed", what }
        })
    }

    fn next_item(&mut self) -> std::result::Result<Option<Item>, String> {
        loop {
            self.xml.get_mut().begin_node();
            match self.xml.next()? {
                None => return Ok(None),
                Some(Node::Start(element)) => match element.local() {
                    "item" | "entry" => {
                        self.n_items += 1;
                        self.is_inside = true;
                        self.prefixes.note(&element);
                        let item = self.item()?;
                        self.is_inside = false;
                        return Ok(Some(item));
                    }
                    "rss" | "feed" | "RDF" | "channel" => self.prefixes.note(&element),
                    // The picture of a feed has a title, too.
                    "image" | "textinput" | "textInput" => drop(self.xml.text()?),
                    _ => self.channel_field(&element)?,
                },
                Some(_) => {}
            }
        }
    }

    fn channel_field(&mut self, element: &Element) -> std::result::Result<(), String> {
        let key = match self.prefixes.name(element) {
            ("", "title") => "outlet",
            ("" | "dc", "language") => "language",
            _ => return Ok(()),
        };
        let value = plain(&self.xml.text()?);
        if !value.is_empty() {
            self.channel.entry(key.to_string()).or_insert(value);
        }
        Ok(())
    }

    /// The item whose start has just been read.
    fn item(&mut self) -> std::result::Result<Item, String> {
        let (outside, mut item) = (self.xml.depth() - 1, Item::default());
        while self.xml.depth() > outside {
            self.xml.get_mut().begin_node();
            match self.xml.next()? {
                Some(Node::Start(element)) => self.field(&element, &mut item)?,
                Some(_) => {}
                None => break,
            }
        }
        Ok(item)
    }

    fn field(&mut self, element: &Element, item: &mut Item) -> std::result::Result<(), String> {
        let (prefix, local) = self.prefixes.name(element);
        let is_own = prefix.is_empty();
        match (prefix, local) {
            ("content", "encoded") => item.content = body(element, self.xml.text()?).or(item.content.take()),
            (_, "content") if is_own => {
                let is_markup = element.attribute("type") == Some("xhtml");
                let text = if is_markup { self.xml.markup()? } else { self.xml.text()? };
                item.content = body(element, text).or(item.content.take());
            }
            (_, "description" | "summary") if is_own => {
                let is_markup = element.attribute("type") == Some("xhtml");
                let text = if is_markup { self.xml.markup()? } else { self.xml.text()? };
                item.summary = item.summary.take().or(body(element, text));
            }
            ("dc", "description") => {
                let text = self.xml.text()?;
                item.summary = item.summary.take().or(body(element, text));
            }
            (_, "title") if is_own => {
                let title = plain(&self.xml.text()?);
                set(&mut item.metadata, "title", title);
            }
            (_, "link") if is_own => {
                let address = element.attribute("href").map(str::to_string);
                let is_page = element.attribute("rel").is_none_or(|rel| rel == "alternate");
                let text = self.xml.text()?;
                let address = address.unwrap_or(text).trim().to_string();
                if is_page && !address.is_empty() {
                    item.link.get_or_insert(address);
                }
            }
            (_, "guid" | "id") if is_own => item.id = Some(self.xml.text()?.trim().to_string()),
            (_, "author") if is_own => {
                let author = self.author()?;
                add_author(&mut item.metadata, &author);
            }
            ("dc", "creator") => {
                let author = plain(&self.xml.text()?);
                add_author(&mut item.metadata, &author);
            }
            (_, "pubDate" | "published") | ("dc", "date") => {
                let date = self.xml.text()?;
                set_date(&mut item.metadata, &date, true);
            }
            (_, "updated") if is_own => {
                let date = self.xml.text()?;
                set_date(&mut item.metadata, &date, false);
            }
            // The feed that an item was taken from is the outlet.
            (_, "source") if is_own => {
                let name = plain(&self.child_or_text("title")?);
                set(&mut item.metadata, "outlet", name);
            }
            ("wp", "post_type") => item.post_type = self.xml.text()?.trim().to_string(),
            ("wp", "status") => item.status = self.xml.text()?.trim().to_string(),
            _ => drop(self.xml.text()?),
        }
        Ok(())
    }

    /// The name in an author element of Atom, or the text of one of RSS: `a@b.example (Ann Lee)`.
    fn author(&mut self) -> std::result::Result<String, String> {
        let text = self.child_or_text("name")?;
        let in_brackets = text.split_once(" (").and_then(|(_, name)| name.trim_end().strip_suffix(')'));
        Ok(plain(in_brackets.filter(|_| text.contains('@')).unwrap_or(&text)))
    }

    /// The text of the child with this name in the element whose start has just been read, or else its own text.
    fn child_or_text(&mut self, name: &str) -> std::result::Result<String, String> {
        let (outside, mut child, mut text) = (self.xml.depth() - 1, None, String::new());
        while self.xml.depth() > outside {
            match self.xml.next()? {
                Some(Node::Start(element)) if element.local() == name => child = Some(self.xml.text()?),
                Some(Node::Start(_)) => drop(self.xml.text()?),
                Some(Node::Text(piece)) => text.push_str(&piece),
                Some(Node::End) => {}
                None => break,
            }
        }
        Ok(child.unwrap_or(text))
    }

    /// The member of an item; `None` if it is not an article.
    fn member(&mut self, item: Item) -> Option<Member> {
        let Item { mut metadata, id, link, content, summary, post_type, status } = item;
        let why = match (post_type.as_str(), status.as_str()) {
            (post_type, _) if NO_POSTS.split(' ').any(|name| name == post_type) => {
                Some(post_type.to_string())
            }
            (_, status @ ("trash" | "auto-draft")) => Some(format!("in the {status}")),
            _ => None,
        };
        if let Some(why) = why {
            *self.skipped.entry(why).or_default() += 1;
            return None;
        }
        for (key, value) in [("status", status), ("post_type", post_type)] {
            set(&mut metadata, key, value);
        }
        let address = link.or_else(|| id.clone().filter(|id| id.starts_with("http")));
        metadata.extend(address.map(|address| ("url".to_string(), address)));
        for (key, value) in &self.channel {
            metadata.entry(key.clone()).or_insert_with(|| value.clone());
        }
        let body = content.or(summary).unwrap_or(Body::Fragment(String::new()));
        let id = id.filter(|id| !id.is_empty()).or_else(|| metadata.get("url").cloned());
        Some(Member { id, metadata, body })
    }
}

impl Source for FeedItems {
    fn next_member(&mut self) -> Result<Option<Member>> {
        while !self.ended {
            match self.next_item() {
                Ok(Some(item)) => {
                    if let Some(member) = self.member(item) {
                        return Ok(Some(member));
                    }
                }
                Ok(None) => self.ended = true,
                Err(what) => {
                    self.ended = true;
                    return Err(self.error(what));
                }
            }
        }
        Ok(None)
    }

    fn skipped(&self) -> BTreeMap<String, usize> {
        self.skipped.clone()
    }

    fn take_warnings(&mut self) -> Vec<(usize, String)> {
        let warnings = self.xml.get_mut().lines.take_warnings();
        self.warnings.extend(warnings.into_iter().map(|warning| (warning.line, warning.what)));
        std::mem::take(&mut self.warnings)
    }
}

/// Short codes of WordPress, which stand for pictures and other media.
static SHORT_CODES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[/?(?:caption|gallery|embed|audio|video|playlist|wp_caption|youtube)\b[^\]\n]*\]")
        .expect("a test uses the pattern")
});
/// What shows that a text is HTML: a tag or an entity.
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{2,6}|#x[0-9a-fA-F]{2,6});")
        .expect("a test uses the pattern")
});

/// HTML whose tags are escaped and whose ampersands are escaped as well, with the latter as they should be.
fn unescaped_once_more(text: String) -> String {
    let is_escaped =
        !text.contains('<') && ["&amp;lt;/", "&amp;lt;br", "&amp;lt;p"].iter().any(|tag| text.contains(tag));
    if is_escaped { text.replace("&amp;", "&") } else { text }
}

fn is_markup(text: &str) -> bool {
    MARKUP.is_match(text)
}

/// The body in an element; `None` if it is blank.
fn body(element: &Element, text: String) -> Option<Body> {
    let text = SHORT_CODES.replace_all(&text, "").into_owned();
    if text.trim().is_empty() {
        return None;
    }
    let text = unescaped_once_more(text);
    let is_plain = match element.attribute("type") {
        Some("text" | "text/plain") => true,
        Some(_) => false,
        None => !is_markup(&text),
    };
    Some(if is_plain { Body::Text(text.into_bytes()) } else { Body::Fragment(text) })
}

/// A title or name as plain text on one line: many feeds escape it twice or three times, or put tags into it.
fn plain(text: &str) -> String {
    // No title or name is longer, and deep markup would take long.
    let text = &text[..text.floor_char_boundary(4096)];
    if !is_markup(text) {
        return normalise(text);
    }
    normalise(&unescaped(&Document::fragment(text).text()))
}

fn set(metadata: &mut Metadata, key: &str, value: String) {
    if !value.is_empty() {
        metadata.entry(key.to_string()).or_insert(value);
    }
}

fn add_author(metadata: &mut Metadata, author: &str) {
    if author.is_empty() {
        return;
    }
    let authors = metadata.entry("author".to_string()).or_default();
    if authors.is_empty() {
        *authors = author.to_string();
    } else if authors.len() < 4096 && !authors.split(", ").any(|known| known == author) {
        *authors += &format!(", {author}");
    }
}

/// Sets the date; one of publication replaces one of change.
fn set_date(metadata: &mut Metadata, date: &str, is_publication: bool) {
    let date = date.trim();
    let date = date_of_words(date).unwrap_or_else(|| date.to_string());
    if !date.is_empty() && !date.contains("-0001") && (is_publication || !metadata.contains_key("date")) {
        metadata.insert("date".to_string(), date);
    }
}
