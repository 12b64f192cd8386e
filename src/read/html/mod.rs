//! The article of a saved web page: its blocks in order, and its metadata.
//!
//! A page is brought within [`limits`], parsed once, and searched for its metadata. Then readability finds the part of
//! the tree that is the article, and [`blocks`] walks that part. Boilerplate inside the article stays: each block says
//! which part of a page it is, and the filter gives the reason for dropping it.

mod blocks;
mod limits;
mod parts;

use std::collections::BTreeMap;
use std::path::Path;

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use serde_json::Value;

use self::blocks::blocks;
use self::limits::{limited, split_long_texts};
use self::parts::mark_parts;
use super::lines::Lines;
use super::paragraph::{normalise, paragraph_pieces};
use super::{MAX_PAGE, MAX_PARAGRAPH, Reading};
use crate::article::{Article, Metadata, Paragraph, SpanOf};

/// The most elements of a page that is searched for its article: the search can take quadratic time. News pages have up
/// to about 10,000.
const MAX_ELEMENTS: usize = 30_000;

/// For each metadata key, the JSON-LD properties and the names of meta elements, most reliable first.
const SOURCES: [(&str, &str, &str); 6] = [
    ("title", "headline name", "og:title twitter:title dc.title dcterms.title parsely-title headline"),
    ("author", "author creator", "author article:author dc.creator dcterms.creator parsely-author byl"),
    (
        "date",
        "datePublished dateCreated",
        "article:published_time og:published_time datepublished dc.date dc.date.issued dcterms.created \
         parsely-pub-date pubdate publish-date date",
    ),
    ("outlet", "publisher sourceOrganization", "og:site_name application-name dc.publisher publisher"),
    ("url", "url mainEntityOfPage", "og:url twitter:url"),
    ("language", "inLanguage", "content-language og:locale dc.language"),
];

/// The article of a page. A page of more than [`MAX_PAGE`] bytes is cut with a warning.
pub fn read(mut lines: Lines) -> Reading {
    let path = lines.path().to_path_buf();
    let mut reading = Reading::default();
    let page = match lines.next_part(MAX_PAGE) {
        Ok(part) => part.unwrap_or_default(),
        Err(error) => {
            reading.errors.push(error);
            return reading;
        }
    };
    reading.warnings = lines.take_warnings();
    if page.goes_on {
        let what = format!("a page of more than {} MB; the rest was not read", MAX_PAGE >> 20);
        reading.warn(&path, 1, what);
    }
    let (article, n_split, is_found) = article_of(&path, &page.text);
    if n_split > 0 {
        let limit = MAX_PARAGRAPH >> 10;
        let what = format!("{n_split} paragraphs of more than {limit} KB, split at white space");
        reading.warn(&path, 1, what);
    }
    if !is_found {
        reading.warn(&path, 1, "no article found in this page; the whole page was read");
    }
    reading.articles.push(article);
    reading
}

/// The article of the page `text`, the number of blocks that were split, and whether readability found an article.
fn article_of(path: &Path, text: &str) -> (Article, usize, bool) {
    let page = limited(text);
    let document = Document::from(page.as_ref());
    let metadata = metadata(&document);
    let (blocks, is_found) = article_blocks(document, &page);
    let source = path.display().to_string();
    let (paragraphs, n_split) = paragraphs(blocks);
    let article = Article { source, metadata, span_of: SpanOf::Extracted, first_paragraph: 0, paragraphs };
    (article, n_split, is_found)
}

/// The text that the spans of a page's paragraphs point into.
#[cfg(feature = "train")]
pub fn extracted_text(path: &Path, text: &str) -> String {
    let (article, ..) = article_of(path, text);
    let texts: Vec<String> = article.paragraphs.into_iter().map(|paragraph| paragraph.text).collect();
    texts.join("\n\n")
}

/// The blocks of the article, and whether readability found one. Otherwise, and for a page of more than
/// [`MAX_ELEMENTS`] elements, these are the blocks of the whole body.
fn article_blocks(document: Document, page: &str) -> (Vec<Paragraph>, bool) {
    mark_parts(&document);
    split_long_texts(&document);
    // JSON-LD is read in `metadata`.
    let config = Config { disable_json_ld: true, max_elements_to_parse: MAX_ELEMENTS, ..Config::default() };
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut page| page.parse());
    // Readability may find an article and then remove all of it as boilerplate.
    let found = found.map(|article| blocks(&Document::from(article.content))).unwrap_or_default();
    if !found.is_empty() {
        return (found, true);
    }
    // Readability has changed the tree, so the page is parsed again.
    let document = Document::from(page);
    mark_parts(&document);
    (blocks(&document), false)
}

/// Paragraphs whose spans point into the texts of the blocks joined by blank lines, and the number of blocks that were
/// split because they are too long.
fn paragraphs(blocks: Vec<Paragraph>) -> (Vec<Paragraph>, usize) {
    let (mut start, mut character, mut n_split) = (0, 0, 0);
    let mut paragraphs = Vec::with_capacity(blocks.len());
    for mut block in blocks {
        let text = normalise(&std::mem::take(&mut block.text));
        let pieces = paragraph_pieces(&text, 0..text.len());
        n_split += usize::from(pieces.len() > 1);
        for piece in pieces {
            let (end, text) = (start + piece.len(), text[piece].to_string());
            let characters = character..character + text.chars().count();
            character = characters.end + "\n\n".len();
            paragraphs.push(Paragraph { start, end, characters, text, follows: start > 0, ..block.clone() });
            start = end + "\n\n".len();
        }
    }
    (paragraphs, n_split)
}

/// The title, author, date, outlet, url and language that the page gives.
fn metadata(document: &Document) -> Metadata {
    let linked = linked_data(document);
    let named = meta_elements(document);
    let mut metadata = Metadata::new();
    for (key, properties, meta_names) in SOURCES {
        let by_property = properties.split(' ').filter_map(|name| linked.as_ref()?.get(name)).map(names);
        let by_meta = meta_names.split(' ').filter_map(|name| named.get(name).cloned());
        // A web address as author or outlet is a profile page, not a name.
        let fits = |value: &String| key == "url" || !value.contains("://");
        let value = by_element(document, key, true)
            .or_else(|| by_property.into_iter().find(|value| !value.trim().is_empty()).filter(fits))
            .or_else(|| by_meta.into_iter().find(fits))
            .or_else(|| by_element(document, key, false));
        if let Some(value) = value.map(|value| normalise(&value)).filter(|value| !value.is_empty()) {
            metadata.insert(key.to_string(), value);
        }
    }
    if let (Some(title), Some(outlet)) = (metadata.get("title"), metadata.get("outlet")) {
        let title = without_outlet(title, outlet).to_string();
        metadata.insert("title".to_string(), title);
    }
    metadata
}

/// The value of a dedicated element. The canonical link and the language of the page are tried `first`; its title and
/// its first time element are the last resort.
fn by_element(document: &Document, key: &str, first: bool) -> Option<String> {
    let (selector, attribute) = match key {
        "url" if first => ("link[rel=canonical]", Some("href")),
        "language" if first => ("html[lang]", Some("lang")),
        "title" if !first => ("title", None),
        "date" if !first => ("time[datetime]", Some("datetime")),
        _ => return None,
    };
    let found = document.select_single(selector);
    let value = attribute.map_or_else(|| Some(found.text()), |attribute| found.attr(attribute))?;
    (!value.trim().is_empty()).then(|| value.to_string())
}

/// The meta elements by their `property`, `name`, `itemprop` or `http-equiv`; the first of several with the same name.
fn meta_elements(document: &Document) -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    for node in document.select("meta[content]").nodes() {
        let Some(content) = node.attr("content").filter(|content| !content.trim().is_empty()) else {
            continue;
        };
        let attributes = ["property", "name", "itemprop", "http-equiv"].into_iter();
        for name in attributes.filter_map(|attribute| node.attr(attribute)) {
            named.entry(name.trim().to_lowercase()).or_insert_with(|| content.to_string());
        }
    }
    named
}

/// The first article that the page's JSON-LD describes. Like a browser, this ignores invalid JSON.
fn linked_data(document: &Document) -> Option<Value> {
    let scripts = document.select("script[type='application/ld+json']");
    let values = scripts.nodes().iter().filter_map(|node| serde_json::from_str(node.text().trim()).ok());
    values.into_iter().find_map(|value: Value| find_article(&value).cloned())
}

/// The first object that is an article by its type, also in lists and graphs.
fn find_article(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.iter().find_map(find_article),
        Value::Object(object) => {
            let is_article = object.get("@type").is_some_and(|kind| {
                let kinds = names(kind);
                ["Article", "BlogPosting", "Report"].iter().any(|name| kinds.contains(name))
            });
            if is_article { Some(value) } else { object.get("@graph").and_then(find_article) }
        }
        _ => None,
    }
}

/// A string, the name of an object, or the names in a list, separated by commas.
fn names(value: &Value) -> String {
    match value {
        Value::String(string) => string.clone(),
        Value::Array(items) => {
            items.iter().map(names).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Value::Object(object) => object.get("name").or(object.get("@id")).map(names).unwrap_or_default(),
        _ => String::new(),
    }
}

/// A title without the name of the outlet at its end: `Tram line approved | Harbour Post`.
fn without_outlet<'a>(title: &'a str, outlet: &str) -> &'a str {
    let without = title.strip_suffix(outlet).map(str::trim_end);
    let without = without.and_then(|rest| rest.strip_suffix(['|', '-', '–', '—', '·', ':', '»']));
    without.map(str::trim_end).filter(|rest| !rest.is_empty()).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, expected: &[(&str, &str)]) {
        let metadata =
            metadata(&Document::from(format!("<html lang=en><head>{head}</head><body></body></html>")));
        let mut expected: Vec<_> = expected.to_vec();
        expected.push(("language", "en"));
        expected.sort_unstable();
        let found: Vec<_> = metadata.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn meta_elements_and_the_canonical_link_are_read() {
        check(
            "<title>Tram line approved | Harbour Post</title>\
             <meta property='og:site_name' content='Harbour Post'><meta name=Author content='Ann Lee'>\
             <meta property='article:published_time' content='2024-05-03T10:15:00Z'>\
             <link rel=canonical href='https://harbour.example/tram'>",
            &[
                ("title", "Tram line approved"),
                ("author", "Ann Lee"),
                ("date", "2024-05-03T10:15:00Z"),
                ("outlet", "Harbour Post"),
                ("url", "https://harbour.example/tram"),
            ],
        );
    }

    #[test]
    fn json_ld_is_found_in_a_graph_and_ignored_if_broken() {
        check(
            "<script type='application/ld+json'>{broken</script>\
             <script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebSite\",\"name\":\"x\"},\
             {\"@type\":[\"NewsArticle\"],\"headline\":\"Tram\",\"author\":[{\"name\":\"Ann Lee\"},{\"name\":\"Bo Ek\"}],\
             \"datePublished\":\"2024-05-03\",\"publisher\":{\"name\":\"Post\"}}]}</script>\
             <meta property='article:author' content='https://a.example/ann'>",
            &[("title", "Tram"), ("author", "Ann Lee, Bo Ek"), ("date", "2024-05-03"), ("outlet", "Post")],
        );
    }

    #[test]
    fn an_address_is_not_an_author() {
        check("<meta property='article:author' content='https://a.example/ann'>", &[]);
    }
}
