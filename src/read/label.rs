//! Labels as people and programs write them.

use serde_json::Value;

/// The keys under which the object of a label has its name.
const NAMES: [&str; 7] = ["name", "label", "class", "title", "value", "text", "choices"];

/// Joins the labels of a list with several.
#[cfg(feature = "train")]
const BETWEEN: &str = "; ";

/// Whether a character has no width: a soft hyphen, a byte order mark, a mark of text direction and the like.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A label without invisible characters and the white space around it, with single spaces inside.
pub fn visible(label: &str) -> String {
    let visible: String = label.chars().filter(|c| !is_invisible(*c)).collect();
    // Inside a word, joiners are part of the spelling of some languages.
    let is_around = |c: char| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}');
    visible.trim_matches(is_around).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The label in a string, a number, an object with a name, or an array of one of these.
pub fn only_label(value: &Value) -> Option<String> {
    match value {
        Value::String(label) => Some(label.clone()),
        Value::Number(label) => Some(label.to_string()),
        Value::Bool(label) => Some(label.to_string()),
        Value::Array(items) if items.len() == 1 => only_label(&items[0]),
        Value::Object(object) => only_label(NAMES.iter().find_map(|name| object.get(*name))?),
        _ => None,
    }
}

/// The label in a cell that holds a list or an object, as pandas writes them: `['report']`. The labels of a longer list
/// are joined; other cells stay as they are.
#[cfg(feature = "train")]
pub fn label_in_cell(cell: &str) -> String {
    let is_json = cell.trim_start().starts_with(['[', '{']);
    let json = || {
        let quoted = || serde_json::from_str(&cell.replace('\'', "\"")).ok();
        serde_json::from_str::<Value>(cell.trim()).ok().or_else(quoted)
    };
    let found = is_json.then(json).flatten().and_then(|value| match &value {
        Value::Array(items) => items.iter().map(only_label).collect::<Option<Vec<_>>>(),
        value => only_label(value).map(|label| vec![label]),
    });
    found.map_or_else(|| cell.to_string(), |labels| labels.join(BETWEEN))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn invisible_characters_are_no_part_of_a_label() {
        for label in
            ["report", "\u{feff}report\u{a0}", "re\u{200b}port", "\u{2003}report\u{200d}", "re\u{ad}port\r"]
        {
            assert_eq!(visible(label), "report", "{label:?}");
        }
        assert_eq!(visible("news\u{a0} \u{202f}report"), "news report");
        assert_eq!(visible("\u{645}\u{6cc}\u{200c}\u{631}"), "\u{645}\u{6cc}\u{200c}\u{631}");
    }

    #[test]
    fn a_label_may_be_an_object_or_a_list_of_one() {
        for value in [
            json!("a"),
            json!(["a"]),
            json!({"name": "a"}),
            json!({"id": 3, "label": "a"}),
            json!([{"name": "a"}]),
            json!({"choices": ["a"]}),
        ] {
            assert_eq!(only_label(&value).as_deref(), Some("a"), "{value}");
        }
        for value in [json!(["a", "b"]), json!({"start": 0}), json!([]), json!(null)] {
            assert_eq!(only_label(&value), None, "{value}");
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn a_cell_may_hold_a_list_or_an_object() {
        for (cell, expected) in [
            ("report", "report"),
            ("['report']", "report"),
            ("[\"report\"]", "report"),
            ("{\"name\": \"report\"}", "report"),
            ("['report', 'analysis']", "report; analysis"),
            ("[report]", "[report]"),
            ("[]", ""),
        ] {
            assert_eq!(label_in_cell(cell), expected, "{cell}");
        }
    }
}
