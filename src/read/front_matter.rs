//! What is known of a text at its top: `key: value` lines between two `---` lines.

use super::known::{add_known, is_known};
use crate::article::Metadata;

/// The most lines of front matter; anything longer is body text.
pub const MAX_LINES: usize = 64;

/// The `key: value` lines between two `---` lines at the top of `text`, or the `key = value` lines between two `+++`
/// lines (TOML), and the byte after them; no lines and 0 if there is no front matter.
pub fn front_matter(text: &str) -> (Metadata, usize) {
    let mut metadata = Metadata::new();
    let mut lines = text.split_inclusive('\n');
    let (mut position, mark, separator) = match lines.next() {
        Some(first) if first.trim_end() == "---" => (first.len(), "---", ':'),
        Some(first) if first.trim_end() == "+++" => (first.len(), "+++", '='),
        _ => return (metadata, 0),
    };
    let mut open = None;
    for line in lines.take(MAX_LINES) {
        position += line.len();
        if line.trim_end() == mark {
            add_known(&mut metadata);
            return if metadata.is_empty() { (metadata, 0) } else { (metadata, position) };
        }
        let pair = line.split_once(separator).map(|(key, value)| (key.trim_end_matches(' '), value));
        match pair.filter(|(key, _)| is_key(key)) {
            Some((key, value)) => {
                let (key, value) = (key.to_lowercase(), value.trim());
                // The value of a key that records have may be a list, or go on in the next lines.
                let value = if is_known(&key) { known_value(value) } else { unquoted(value).to_string() };
                open = (is_known(&key) && value.is_empty()).then(|| key.clone());
                metadata.insert(key, value);
            }
            // Other lists and lines of longer values are ignored.
            None if line.trim().is_empty() || line.starts_with([' ', '\t', '-', '#', '[', ']']) => {
                if let Some(value) = open.as_ref().and_then(|key| metadata.get_mut(key)) {
                    add_line(value, line.trim());
                }
            }
            None => break,
        }
    }
    (Metadata::new(), 0)
}

fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
    inner.unwrap_or_else(|| value.trim_matches('"'))
}

/// A value on the line of its key, which may be a list: `[Ann Lee, "Bo Ek"]`. It is empty if the value begins on the
/// next line.
fn known_value(value: &str) -> String {
    if matches!(value, ">" | ">-" | "|" | "|-" | "[") {
        return String::new();
    }
    let list = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
    let items =
        |list: &str| list.split(',').map(|item| unquoted(item.trim()).to_string()).collect::<Vec<_>>();
    list.map_or_else(|| unquoted(value).to_string(), |list| items(list).join(", "))
}

/// Adds an item of a list, or a line of a longer text. Of an author with several fields, only the name counts.
fn add_line(value: &mut String, line: &str) {
    let item = line.strip_prefix('-').map(str::trim_start);
    let text = unquoted(item.unwrap_or(line).trim_end_matches([',', ']'])).trim();
    let field = text.split_once(": ").filter(|(key, _)| is_key(key) && !key.starts_with(char::is_uppercase));
    let text = match field {
        Some(("name", name)) => unquoted(name.trim()),
        Some(_) => return,
        None => text,
    };
    if !value.is_empty() && !text.is_empty() {
        value.push_str(if item.is_some() || field.is_some() { ", " } else { " " });
    }
    value.push_str(text);
}

/// Whether the text before a colon is a key (one short word) and not prose.
fn is_key(key: &str) -> bool {
    key.len() <= 40 && key.starts_with(char::is_alphabetic) && is_name(key)
}

pub fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_has_keys_and_values() {
        let text = "---\ntitle: A: b\nOutlet: \"wire\"\n---\nBody.";
        let (metadata, body) = front_matter(text);
        assert_eq!(metadata["title"], "A: b");
        assert_eq!(metadata["outlet"], "wire");
        assert_eq!(&text[body..], "Body.");
    }

    #[test]
    fn a_rule_at_the_top_is_not_front_matter() {
        assert_eq!(front_matter("---\nJust a line of prose\n---\n").1, 0);
        assert_eq!(front_matter("---\ntitle: never closed\n").1, 0);
        assert_eq!(front_matter("---\nThe mayor said: no.\n---\n").1, 0);
        assert_eq!(front_matter("+++\ntitle = \"x\"\n+++\nA.").0["title"], "x");
        assert_eq!(front_matter("---\ntags:\n  - tram\ntitle: x\n---\n").0["title"], "x");
    }

    #[test]
    fn lists_and_longer_values_of_known_keys_are_read() {
        for (lines, key, value) in [
            ("authors: [Ann Lee, \"Bo Ek\"]", "author", "Ann Lee, Bo Ek"),
            ("authors:\n  - Ann Lee\n  - 'Bo Ek'", "author", "Ann Lee, Bo Ek"),
            ("authors:\n- name: Ann Lee\n  email: a@b.example\n- name: Bo Ek", "author", "Ann Lee, Bo Ek"),
            ("author:\n  name: Ann Lee\n  url: https://a.example", "author", "Ann Lee"),
            ("headline: >-\n  Trams: a\n  history", "title", "Trams: a history"),
            ("pubDate: '2026-02-03'", "date", "2026-02-03"),
            ("publish_date: 2026-02-03\nlink: https://a.example", "url", "https://a.example"),
        ] {
            let (metadata, _) = front_matter(&format!("---\n{lines}\n---\nBody."));
            assert_eq!(metadata.get(key).map(String::as_str), Some(value), "{lines}");
        }
        assert_eq!(front_matter("+++\nauthors = [\"Ann Lee\"]\n+++\nA.").0["author"], "Ann Lee");
    }
}
