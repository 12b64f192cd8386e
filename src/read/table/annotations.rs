//! Labels as annotation tools export them: doccano, Label Studio (full and minimal) and Prodigy.
//!
//! A label of a part of a text becomes a row of its own. Rows of one text share a `doc`.

use serde_json::{Map, Value, json};

use crate::read::label::only_label;

type Object = Map<String, Value>;

/// The fields that Label Studio's minimal export has beside the text and the label.
const MINIMAL: [&str; 8] =
    ["id", "text", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "data"];

/// The fields that samples have beside the text; annotation tools keep them.
const SAMPLED: [&str; 8] =
    ["rhetor_id", "doc", "index", "outlet", "before", "after", "rank", "sampling_weight"];

/// A labelled part of a text: its first character, the character after it, and its label.
type Span = (usize, usize, String);

/// The rows of an annotated text; `None` if `object` is not one. `line` identifies a text without an id.
pub fn annotated_rows(object: &Object, line: usize) -> Option<Vec<Object>> {
    let is_known = ["annotations", "completions", "accept", "answer", "spans", "entities", "annotator"];
    let is_plain = |value: &Value| value.as_array().is_none_or(|items| items.iter().any(Value::is_string));
    let labels = || ["label", "labels"].iter().filter_map(|key| object.get(*key));
    let has_label = labels().any(Value::is_array);
    if !has_label && !is_known.iter().any(|key| object.contains_key(*key)) {
        return None;
    }
    let text = text_of(object)?;
    // The fields that the user imported are in an object of their own in Label Studio and Prodigy.
    let inner = ["meta", "data"].iter().filter_map(|key| object.get(*key)?.as_object()).flatten();
    let mut fields: Object = inner
        .chain(object)
        .filter(|(_, value)| !value.is_array() && !value.is_object())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    for key in ["label", "labels", "data"] {
        fields.remove(key);
    }
    fields.insert("text".to_string(), json!(text));
    let mut spans = Vec::new();
    let choice = match object.get("answer").and_then(Value::as_str) {
        Some("reject" | "ignore") => None,
        // A label of the whole text counts more than what is marked in it.
        _ if object.get("label").is_some_and(Value::is_string) => labels().find_map(only_label),
        _ => {
            ["spans", "entities"]
                .iter()
                .filter_map(|key| object.get(*key))
                .for_each(|found| spans.extend(spans_in(found)));
            labels().filter(|value| !is_plain(value)).for_each(|found| spans.extend(spans_in(found)));
            label_studio(object, &mut spans)
                .or_else(|| only_label(object.get("accept")?))
                .or_else(|| labels().find_map(only_label))
        }
    };
    if spans.is_empty() {
        fields.extend(choice.or_else(|| minimal(object)).map(|label| ("label".to_string(), json!(label))));
        return Some(vec![fields]);
    }
    spans.sort();
    let id = || fields.get("id").map_or_else(|| format!("line {line}"), |id| id.to_string());
    let doc = fields.get("doc").cloned().unwrap_or_else(|| json!(id()));
    // All parts have the number of their text.
    fields.remove("index");
    let row = |(start, end, label): &Span| {
        let mut row = fields.clone();
        let part: String = text.chars().skip(*start).take(end.saturating_sub(*start)).collect();
        row.insert("text".to_string(), json!(part));
        row.insert("label".to_string(), json!(label));
        row.insert("doc".to_string(), doc.clone());
        row
    };
    Some(spans.iter().map(row).collect())
}

fn text_of(object: &Object) -> Option<&str> {
    let data = object.get("data");
    let inner = || data?.get("text").or_else(|| data?.as_object()?.values().find(|value| value.is_string()));
    object.get("text").or_else(inner).and_then(Value::as_str).or_else(|| data?.as_str())
}

/// The labelled parts in a list, in the forms of doccano (`[0, 9, "label"]`, `start_offset`), Prodigy and Label Studio.
fn spans_in(list: &Value) -> Vec<Span> {
    let number = |value: &Value| value.as_u64().map(|n| n as usize);
    let span = |item: &Value| {
        if let Value::Array(triple) = item {
            return Some((number(triple.first()?)?, number(triple.get(1)?)?, only_label(triple.get(2)?)?));
        }
        let value = item.get("value").unwrap_or(item);
        let of = |names: [&str; 2]| names.iter().find_map(|name| value.get(*name));
        Some((
            number(of(["start", "start_offset"])?)?,
            number(of(["end", "end_offset"])?)?,
            only_label(of(["label", "labels"])?)?,
        ))
    };
    list.as_array().into_iter().flatten().filter_map(span).collect()
}

/// The choice in the first finished annotation of Label Studio; labelled parts are added to `spans`.
fn label_studio(object: &Object, spans: &mut Vec<Span>) -> Option<String> {
    let annotations = object.get("annotations").or_else(|| object.get("completions"))?.as_array()?;
    let is_finished = |item: &&Value| item.get("was_cancelled") != Some(&json!(true));
    let result = annotations.iter().find(is_finished)?.get("result")?;
    spans.extend(spans_in(result));
    result.as_array()?.iter().find_map(|item| only_label(item.get("value")?.get("choices")?))
}

/// The label of Label Studio's minimal export, which is under a name that its user chose: the only field left.
fn minimal(object: &Object) -> Option<String> {
    let is_other = |key: &&String| !MINIMAL.contains(&key.as_str()) && !SAMPLED.contains(&key.as_str());
    let mut others = object.keys().filter(|_| object.contains_key("annotator")).filter(is_other);
    let name = others.next().filter(|_| others.next().is_none())?;
    let value = &object[name];
    only_label(value.get("choices").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the texts and labels of the rows.
    #[track_caller]
    fn check(value: Value, expected: &[(&str, Option<&str>)]) {
        let rows = annotated_rows(value.as_object().unwrap(), 1).unwrap_or_default();
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row["text"].as_str().unwrap(), row.get("label").and_then(Value::as_str)))
            .collect();
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn one_label_in_the_forms_of_the_tools() {
        for value in [
            json!({"text": "One.", "label": ["a"]}),
            json!({"text": "One.", "label": [{"name": "a"}]}),
            json!({"data": "One.", "labels": ["a"]}),
            json!({"text": "One.", "accept": ["a"], "answer": "accept"}),
            json!({"text": "One.", "label": "a", "answer": "accept"}),
            json!({"data": {"text": "One."}, "annotations": [{"result": [{"type": "choices", "value": {"choices": ["a"]}}]}]}),
            json!({"text": "One.", "sentiment": "a", "annotator": 1, "annotation_id": 2, "lead_time": 1.5}),
            json!({"text": "One.", "act": {"choices": ["a"]}, "annotator": 1}),
            json!({"text": "One.", "act": "a", "rhetor_id": "r", "doc": "d", "index": 1, "outlet": "o", "before": "", "annotator": 1}),
        ] {
            check(value, &[("One.", Some("a"))]);
        }
    }

    #[test]
    fn parts_of_a_text_are_rows() {
        for value in [
            json!({"text": "Öne. Two.", "label": [[5, 9, "b"], [0, 4, "a"]]}),
            json!({"text": "Öne. Two.", "entities": [{"start_offset": 0, "end_offset": 4, "label": "a"}, {"start_offset": 5, "end_offset": 9, "label": "b"}]}),
            json!({"text": "Öne. Two.", "spans": [{"start": 0, "end": 4, "label": "a"}, {"start": 5, "end": 9, "label": "b"}], "answer": "accept"}),
            json!({"data": {"text": "Öne. Two."}, "annotations": [{"result": [
                {"type": "labels", "value": {"start": 0, "end": 4, "labels": ["a"]}},
                {"type": "labels", "value": {"start": 5, "end": 9, "labels": ["b"]}},
            ]}]}),
            json!({"text": "Öne. Two.", "label": [{"start": 0, "end": 4, "labels": ["a"]}, {"start": 5, "end": 9, "labels": ["b"]}], "annotator": 1}),
        ] {
            check(value, &[("Öne.", Some("a")), ("Two.", Some("b"))]);
        }
    }

    #[test]
    fn fields_of_the_import_are_kept() {
        for value in [
            json!({"text": "One.", "label": ["a"], "doc": "d", "index": 3}),
            json!({"text": "One.", "label": ["a"], "id": 1, "meta": {"doc": "d", "index": 3}}),
            json!({"text": "One.", "accept": ["a"], "answer": "accept", "meta": {"doc": "d", "index": 3}}),
            json!({"id": 1, "data": {"text": "One.", "doc": "d", "index": 3}, "annotations": []}),
        ] {
            let rows = annotated_rows(value.as_object().unwrap(), 1).unwrap();
            assert_eq!((&rows[0]["doc"], &rows[0]["index"]), (&json!("d"), &json!(3)), "{value}");
        }
        let spans = json!({"text": "One. Two.", "label": [[0, 4, "a"], [5, 9, "b"]], "doc": "d", "index": 3});
        let rows = annotated_rows(spans.as_object().unwrap(), 1).unwrap();
        assert!(rows.iter().all(|row| row["doc"] == "d" && !row.contains_key("index")));
    }

    #[test]
    fn rejected_and_multiple_labels_are_none() {
        check(json!({"text": "One.", "accept": ["a"], "answer": "reject"}), &[("One.", None)]);
        check(json!({"text": "One.", "label": ["a", "b"]}), &[("One.", None)]);
        check(json!({"text": "One.", "label": "a"}), &[]);
    }
}
