//! What a page says about its article: title, author, date, outlet, url and language.

use std::collections::BTreeMap;

use dom_query::Document;
use serde_json::Value;

use crate::article::Metadata;
use crate::read::json_text::json_names;
use crate::read::paragraph::normalise;

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

/// The title, author, date, outlet, url and language that the page gives.
pub fn metadata(document: &Document) -> Metadata {
    let linked = linked_data(document);
    let named = meta_elements(document);
    let mut metadata = Metadata::new();
    for (key, properties, meta_names) in SOURCES {
        let by_property = properties.split(' ').filter_map(|name| linked.as_ref()?.get(name)).map(json_names);
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
pub fn find_article(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.iter().find_map(find_article),
        Value::Object(object) => {
            let is_article = object.get("@type").is_some_and(|kind| {
                let kinds = json_names(kind);
                ["Article", "BlogPosting", "Report"].iter().any(|name| kinds.contains(name))
            });
            if is_article { Some(value) } else { object.get("@graph").and_then(find_article) }
        }
        _ => None,
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
