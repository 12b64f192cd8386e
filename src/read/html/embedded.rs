//! The article that a script of a page has: `articleBody` in JSON-LD, or the data from which a script builds the page.

use dom_query::Document;
use serde_json::{Deserializer, Value};

use super::fragment;
use crate::article::{Paragraph, Part};
use crate::read::json_text::json_text;
use crate::read::text;

/// Scripts are searched only if the page shows less prose than this, in bytes.
const LITTLE: usize = 2000;
/// The article in a script has at least this many times as much text as the page shows.
const MUCH_MORE: usize = 2;
/// The fewest bytes of an article in a script.
const MIN_TEXT: usize = 300;
/// Marks of a page whose scripts may have an article.
const MARKS: [&str; 3] = ["articleBody", "application/json", "window."];

/// The paragraphs of the article that a script of `page` has, if the page shows much less text: `n_shown` bytes of prose
/// in the blocks `shown`.
pub fn embedded_article(page: &str, shown: &[Paragraph], n_shown: usize) -> Option<Vec<Paragraph>> {
    if n_shown >= LITTLE || !MARKS.iter().any(|mark| page.contains(mark)) {
        return None;
    }
    let document = Document::from(page);
    let scripts = document.select("script");
    let texts = scripts.nodes().iter().map(|node| (node.attr("type").unwrap_or_default(), node.text()));
    let (mut linked, mut state) = (Vec::new(), String::new());
    for (kind, text) in texts {
        let is_linked = kind.trim().eq_ignore_ascii_case("application/ld+json");
        let Some(value) = json_in(&text) else { continue };
        if is_linked { article_bodies(&value, &mut linked) } else { find_text(&value, &mut state) }
    }
    // `max_by_key` returns the last of equals.
    let linked = linked.into_iter().rev().max_by_key(String::len);
    let is_much = |text: &String| text.len() >= MIN_TEXT && text.len() > MUCH_MORE * n_shown;
    // Such data have many other texts, so the text has to begin as the page does.
    let first = shown.iter().find(|block| block.part == Some(Part::Body)).map(|block| block.text.as_str());
    let is_same = |text: &String| {
        let start = first.unwrap_or_default();
        text.contains(&start[..start.floor_char_boundary(40)])
    };
    let state = Some(state).filter(|text| is_much(text) && (n_shown == 0 || is_same(text)));
    let body = linked.filter(is_much).or(state)?;
    Some(paragraphs(&body, shown))
}

/// The JSON value in a script, which may be assigned to a variable.
fn json_in(script: &str) -> Option<Value> {
    let script = script.trim_start();
    let json = match script.starts_with(['{', '[']) {
        true => script,
        false if script.starts_with("window.") => script.split_once('=')?.1.trim_start(),
        false => return None,
    };
    Deserializer::from_str(json).into_iter().next()?.ok()
}

/// The article bodies that JSON-LD describes. The updates of a live blog are one body.
fn article_bodies(value: &Value, bodies: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| article_bodies(item, bodies)),
        Value::Object(object) => {
            let mut updates = Vec::new();
            object.get("liveBlogUpdate").into_iter().for_each(|update| article_bodies(update, &mut updates));
            let body = object.get("articleBody").and_then(json_text);
            let whole: Vec<String> = body.into_iter().chain(updates).collect();
            bodies.extend((!whole.is_empty()).then(|| whole.join("\n\n")));
            let others = object.iter().filter(|(key, _)| *key != "liveBlogUpdate");
            others.for_each(|(_, item)| article_bodies(item, bodies));
        }
        _ => {}
    }
}

/// Finds the longest text in the data of a page that may be an article: prose, or an array of paragraphs.
fn find_text(value: &Value, longest: &mut String) {
    let text = match value {
        Value::String(text) => is_prose(text).then(|| text.clone()),
        Value::Array(_) => json_text(value).filter(|text| is_prose(text)),
        _ => None,
    };
    match (text, value) {
        (Some(text), _) if text.len() > longest.len() => *longest = text,
        (Some(_), _) => {}
        (None, Value::Array(items)) => items.iter().for_each(|item| find_text(item, longest)),
        (None, Value::Object(object)) => object.values().for_each(|item| find_text(item, longest)),
        _ => {}
    }
}

/// Whether a text has several sentences, and is not a script, a style or the like.
fn is_prose(text: &str) -> bool {
    let n_sentences = text.matches(". ").count() + text.matches(".\n").count() + text.matches("</p>").count();
    let is_code =
        text.contains("function(") || text.contains("=>") || text.trim_start().starts_with(['{', '.', '@']);
    text.len() >= MIN_TEXT && n_sentences >= 2 && !is_code
}

/// The paragraphs of `body`. A body without line breaks is divided where the paragraphs that the page shows end.
fn paragraphs(body: &str, shown: &[Paragraph]) -> Vec<Paragraph> {
    let body = body.trim();
    let mut paragraphs = fragment(body).unwrap_or_else(|| {
        let mut divided = String::new();
        let mut rest = body;
        for block in shown.iter().filter(|_| !body.contains('\n')) {
            if let Some(after) = rest.strip_prefix(block.text.trim()) {
                divided.push_str(block.text.trim());
                divided.push_str("\n\n");
                rest = after.trim_start();
            }
        }
        divided.push_str(rest);
        text::paragraphs(&divided, 0)
    });
    paragraphs.iter_mut().for_each(|paragraph| paragraph.part = paragraph.part.or(Some(Part::Body)));
    paragraphs
}
