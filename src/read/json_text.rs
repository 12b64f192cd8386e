//! Text in JSON values: strings, arrays of paragraphs, and rich text, which nests pieces of text in objects; and names.

use serde_json::Value;

use super::wrap::ends_sentence;

/// The keys that rich text keeps its text or its children in, most specific first.
const KEYS: [&str; 8] = ["text", "html", "value", "children", "content", "paragraphs", "body", "data"];

/// The text of a string, an array of paragraphs, or rich text; `None` if there is none. Paragraphs are separated by
/// blank lines, and the pieces of one paragraph are joined.
pub fn json_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => KEYS.iter().filter_map(|key| object.get(*key)).find_map(json_text),
        Value::Array(items) => {
            let mut joined: Option<String> = None;
            let mut last = &Value::Null;
            for item in items {
                let Some(text) = json_text(item) else { continue };
                match &mut joined {
                    None => joined = Some(text),
                    Some(before) => {
                        let is_one = goes_on(before, &text);
                        let are_lines = last.is_string() && item.is_string();
                        before.push_str(match () {
                            _ if !is_one => "\n\n",
                            _ if are_lines && !before.ends_with(' ') && !text.starts_with(' ') => " ",
                            _ => "",
                        });
                        before.push_str(&text);
                    }
                }
                last = item;
            }
            joined.filter(|text| !text.trim().is_empty())
        }
        _ => None,
    }
}

/// The keys of an object that its name is under, most specific first.
const NAME_KEYS: [&str; 11] = [
    "name",
    "rendered",
    "main",
    "full_name",
    "fullName",
    "display_name",
    "original",
    "value",
    "text",
    "$date",
    "@id",
];

/// A string, the name of an object, or the names in a list, separated by commas; empty for anything else.
pub fn json_names(value: &Value) -> String {
    match value {
        Value::String(string) => string.clone(),
        Value::Array(items) => join_names(items.iter(), ", "),
        Value::Object(object) => {
            let name = NAME_KEYS.iter().find_map(|key| object.get(*key)).map(json_names);
            let parts = [["first_name", "last_name"], ["firstname", "lastname"], ["given", "family"]];
            let both = |keys: [&str; 2]| keys.iter().filter_map(|key| object.get(*key)).collect::<Vec<_>>();
            let of_parts = || parts.into_iter().map(|keys| join_names(both(keys).into_iter(), " "));
            name.or_else(|| of_parts().find(|name| !name.is_empty())).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn join_names<'a>(values: impl Iterator<Item = &'a Value>, separator: &str) -> String {
    values.map(json_names).filter(|name| !name.is_empty()).collect::<Vec<_>>().join(separator)
}

/// Whether `next` continues the paragraph that ends with `before`: the space between two pieces of one paragraph belongs
/// to one of them.
fn goes_on(before: &str, next: &str) -> bool {
    let is_space = |c: char| c == ' ' || c == '\u{a0}';
    // The end of a long text is enough.
    let end = &before[before.ceil_char_boundary(before.len().saturating_sub(64))..];
    let begins_inside = |c: char| c.is_lowercase() || ",.;:!?)’”".contains(c);
    before.ends_with(is_space)
        || next.starts_with(is_space)
        || (!before.ends_with('\n') && !ends_sentence(end) && next.starts_with(begins_inside))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Option<&str>) {
        assert_eq!(json_text(&value).as_deref(), expected, "{value}");
    }

    #[test]
    fn paragraphs_are_separated() {
        check(json!(["One.", "Two."]), Some("One.\n\nTwo."));
        check(
            json!([{"type": "paragraph", "text": "One."}, {"type": "image"}, {"text": "Two."}]),
            Some("One.\n\nTwo."),
        );
        check(json!(["it was the first of", "two lines"]), Some("it was the first of two lines"));
    }

    #[test]
    fn pieces_of_a_paragraph_are_joined() {
        check(json!(["See ", {"type": "link", "text": "this"}, ", now."]), Some("See this, now."));
        check(
            json!({"content": [
                {"content": [{"value": "One "}, {"value": "and two"}, {"value": "."}]},
                {"content": [{"value": "Three."}]},
            ]}),
            Some("One and two.\n\nThree."),
        );
    }

    #[test]
    fn names_are_found_in_lists_and_objects() {
        for (value, expected) in [
            (
                json!(["Ann Lee", {"name": "Bo Ek"}, {"first_name": "Cy", "last_name": "Ray"}]),
                "Ann Lee, Bo Ek, Cy Ray",
            ),
            (json!({"rendered": "Tram"}), "Tram"),
            (json!({"given": "Ann", "family": "Lee"}), "Ann Lee"),
            (json!([7, {"id": 3}]), ""),
        ] {
            assert_eq!(json_names(&value), expected, "{value}");
        }
    }

    #[test]
    fn other_values_have_no_text() {
        for value in [json!(null), json!(7), json!([]), json!({"id": 3}), json!([1, 2])] {
            check(value, None);
        }
    }
}
