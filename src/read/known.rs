//! The names that files have for the title, the author, the date and the address of an article. This is the only list
//! of them: JSON, the columns of tables and front matter use it.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::markup::{listed_paragraphs, unescaped};
use crate::article::Metadata;

/// A key of records, and the other names that it has, best first. Case and the separators of words are ignored.
const NAMES: [(&str, &str); 4] = [
    ("title", "headline web_title"),
    ("author", "authors byline creator"),
    (
        "date",
        "date_published published published_at published_on published_date publish_date publication_date pub_date \
         web_publication_date",
    ),
    ("url", "link permalink web_url"),
];

/// No name in [`NAMES`] is longer.
const MAX_NAME: usize = 24;

/// The key and the rank of each name, by its letters.
static KEYS: LazyLock<FxHashMap<String, (&str, usize)>> = LazyLock::new(|| {
    let names = NAMES.iter().flat_map(|(key, others)| {
        std::iter::once(*key).chain(others.split_whitespace()).enumerate().map(|at| (*key, at))
    });
    names.map(|(key, (rank, name))| (letters(name), (key, rank))).collect()
});

fn letters(name: &str) -> String {
    name.chars().filter(|c| !" _-".contains(*c)).map(|c| c.to_ascii_lowercase()).collect()
}

/// The key that a name stands for, and its rank among the names of that key: 0 for the key itself.
fn key_of(name: &str) -> Option<(&'static str, usize)> {
    let name = name.trim();
    if name.len() > MAX_NAME { None } else { KEYS.get(&letters(name)).copied() }
}

/// Whether a name stands for the title, the author, the date or the address.
pub fn is_known(name: &str) -> bool {
    key_of(name).is_some()
}

/// Adds the keys that the fields have under other names only. The other names stay.
pub fn add_known(fields: &mut Metadata) {
    let mut found: FxHashMap<&str, (usize, &str)> = FxHashMap::default();
    for (name, value) in fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
        if let Some((key, rank)) = key_of(name)
            && (rank == 0 || is_likely(key, value))
            && found.get(key).is_none_or(|(best, _)| rank < *best)
        {
            found.insert(key, (rank, value));
        }
    }
    let known = NAMES.iter().filter_map(|(key, _)| {
        let (rank, value) = found.get(key)?;
        let plain = plain_value(key, value, *rank > 0);
        (*rank > 0 || matches!(plain, Cow::Owned(_))).then(|| (key.to_string(), plain.into_owned()))
    });
    let known: Vec<(String, String)> = known.collect();
    fields.extend(known);
}

/// Whether a value under another name can be what the key says: `published: true` is no date.
fn is_likely(key: &str, value: &str) -> bool {
    match key {
        "date" => value.contains(|c: char| c.is_ascii_digit()),
        "author" => value.contains(char::is_alphabetic),
        "url" => value.contains(['/', '.']),
        _ => true,
    }
}

/// A value without character references and, for authors, as names: `['Ann Lee', 'Bo Ek']` is how pandas writes two.
fn plain_value<'a>(key: &str, value: &'a str, is_renamed: bool) -> Cow<'a, str> {
    if key == "author" && value.trim_start().starts_with('[') {
        let names = listed_paragraphs(value).map(|names| names.replace("\n\n", ", "));
        return names.map_or(Cow::Borrowed(value), Cow::Owned);
    }
    let is_byline = is_renamed && key == "author";
    let name = value.trim_start().strip_prefix("By ").filter(|_| is_byline).unwrap_or(value);
    if matches!(key, "title" | "author") { unescaped(name) } else { Cow::Borrowed(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fields: &[(&str, &str)], expected: &[(&str, &str)]) {
        let mut found: Metadata =
            fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        add_known(&mut found);
        for (key, value) in expected {
            assert_eq!(found.get(*key).map(String::as_str), Some(*value), "{found:?}");
        }
    }

    #[test]
    fn other_names_are_known() {
        for name in [
            "date_published",
            "publishedAt",
            "Publication Date",
            "pub-date",
            "published",
            "webPublicationDate",
        ] {
            check(&[(name, "2026-02-03")], &[("date", "2026-02-03"), (name, "2026-02-03")]);
        }
        check(
            &[("Headline", "It&#8217;s late"), ("byline", "By Ann Lee"), ("link", "https://a.example")],
            &[("title", "It’s late"), ("author", "Ann Lee"), ("url", "https://a.example")],
        );
        check(&[("authors", "['Ann Lee', \"Bo Ek\"]")], &[("author", "Ann Lee, Bo Ek")]);
    }

    #[test]
    fn the_key_itself_comes_first_unless_it_is_blank() {
        check(&[("title", "A"), ("headline", "B")], &[("title", "A")]);
        check(&[("title", " "), ("headline", "B")], &[("title", "B")]);
        check(&[("pub_date", "2"), ("published_at", "1")], &[("date", "1")]);
        check(&[("published", "true"), ("pub_date", "2026")], &[("date", "2026")]);
    }
}
