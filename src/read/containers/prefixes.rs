//! The prefixes of names in a feed: each document may choose its own.

use std::collections::BTreeMap;

use super::xml::Element;

/// Addresses of vocabularies, and the prefixes that their names usually have; those of RSS and Atom have none.
const NAMESPACES: [(&str, &str); 6] = [
    ("http://www.w3.org/2005/Atom", ""),
    ("http://purl.org/atom/ns", ""),
    ("http://purl.org/rss/1.0", ""),
    ("http://backend.userland.com/rss2", ""),
    ("http://purl.org/dc/elements/1.1", "dc"),
    ("http://purl.org/rss/1.0/modules/content", "content"),
];
/// Prefixes that mean RSS or Atom even where no address says so.
const USUAL: [&str; 4] = ["", "atom", "a10", "rss"];

/// The prefixes of a document, and the usual ones for them.
#[derive(Default)]
pub struct Prefixes(BTreeMap<String, &'static str>);

impl Prefixes {
    /// Keeps the prefixes that an element declares. That of a feed or an item is the one of RSS or Atom.
    pub fn note(&mut self, element: &Element) {
        let (own, _) = element.name.rsplit_once(':').unwrap_or_default();
        if element.local() != "RDF" {
            self.0.insert(own.to_string(), "");
        }
        for (name, address) in &element.attributes {
            let known = NAMESPACES.iter().find(|(known, _)| *known == address.trim_end_matches(['#', '/']));
            if let (Some(prefix), Some((_, usual))) = (name.strip_prefix("xmlns:"), known) {
                self.0.insert(prefix.to_string(), usual);
            }
        }
    }

    /// The usual prefix of an element's name, which is empty for those of RSS and Atom, and the name without it.
    pub fn name<'a>(&self, element: &'a Element) -> (&'a str, &'a str) {
        let (prefix, local) = element.name.rsplit_once(':').unwrap_or(("", element.name.as_str()));
        let usual = self.0.get(prefix).copied();
        (usual.unwrap_or(if USUAL.contains(&prefix) { "" } else { prefix }), local)
    }
}
