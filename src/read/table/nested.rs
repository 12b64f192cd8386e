//! The rows inside a JSON value: APIs and exports put an array of articles into an object, and the text of an article
//! into objects and arrays.
//!
//! [`rows_in`] is called only for objects without a string under one of the usual names of the text.

use serde_json::{Map, Value};

use crate::read::json_text::json_text;
use crate::read::known::is_known;
use crate::read::{ColumnNames, Role};

pub type Object = Map<String, Value>;

/// How deep the text of a row may be in objects: `hits.hits[]._source.body` is two deep.
const MAX_TEXT_DEPTH: usize = 3;
/// How deep rows may be in a value.
const MAX_DEPTH: usize = 8;
/// How many elements of an array are tried for a text.
const N_TRIED: usize = 50;
/// The fewest objects in an object of rows, such as `{"0": {…}, "1": {…}}`.
const MIN_IN_MAP: usize = 2;

/// A row.
#[derive(Debug, PartialEq)]
pub struct NestedRow {
    /// The name of the text and the text; `None` if the text, if any, is a string among the fields.
    pub text: Option<(String, String)>,
    pub fields: Object,
}

/// Why there are no rows.
#[derive(Debug, PartialEq)]
pub enum NoRows {
    /// There is no text.
    NoText,
    /// These paths have rows with a text.
    Several(Vec<String>),
}

/// The rows in an object.
pub fn rows_in(object: Object, names: &ColumnNames) -> Result<Vec<NestedRow>, NoRows> {
    if let Some(path) = names.text.as_deref().filter(|path| path.contains(['.', '['])) {
        let mut rows = Vec::new();
        let keys: Vec<&str> = path.split(['.', '[', ']']).filter(|key| !key.is_empty()).collect();
        rows_at(object, &keys, path, &mut rows);
        return if rows.is_empty() { Err(NoRows::NoText) } else { Ok(rows) };
    }
    if let Some(rows) = columns_of(&object, names) {
        return Ok(rows.into_iter().map(|fields| NestedRow { text: None, fields }).collect());
    }
    if let Some(found) = text_of(&object, names, MAX_TEXT_DEPTH) {
        let articles = if found.name.contains('.') { titled_rows(&object, names) } else { Vec::new() };
        let is_one = articles.len() < MIN_IN_MAP || has_id(&object, names);
        return if is_one { Ok(vec![row(object, found)]) } else { Err(NoRows::Several(articles)) };
    }
    let mut places = Vec::new();
    find_rows(&Value::Object(object), String::new(), names, MAX_DEPTH, &mut places);
    match places.len() {
        0 => Err(NoRows::NoText),
        1 => Ok(places.swap_remove(0).1),
        _ => Err(NoRows::Several(places.into_iter().map(|(path, _)| path).collect())),
    }
}

/// Whether the values of an object are rows with a text, as in `{"0": {…}, "1": {…}}`. Other values, such as counts, may
/// be among them. An object with an id or a title of its own is a row.
fn is_map_of_rows(object: &Object, names: &ColumnNames, depth: usize) -> bool {
    if depth == 0 || has_id(object, names) || object.keys().any(|key| is_known(key)) {
        return false;
    }
    let objects: Vec<&Object> = object.values().filter_map(Value::as_object).take(N_TRIED).collect();
    // Looked at once, because it takes long in deep objects.
    let with_text: Vec<&Object> =
        objects.iter().copied().filter(|row| text_of(row, names, depth - 1).is_some()).collect();
    let n_rows = with_text.iter().filter(|row| are_alike(with_text[0], row)).count();
    n_rows >= MIN_IN_MAP && 2 * n_rows >= objects.len()
}

fn has_id(object: &Object, names: &ColumnNames) -> bool {
    names.candidates(Role::Id).iter().chain(&["_id"]).any(|name| entry(object, name).is_some())
}

/// The keys of the objects in an object that have a text and a title of their own.
fn titled_rows(object: &Object, names: &ColumnNames) -> Vec<String> {
    let is_article = |value: &Value| {
        value.as_object().is_some_and(|row| {
            row.keys().any(|key| is_known(key)) && text_of(row, names, MAX_TEXT_DEPTH - 1).is_some()
        })
    };
    object.iter().filter(|(_, value)| is_article(value)).map(|(key, _)| key.clone()).collect()
}

/// Whether two objects have a title or the like, or at least half of their keys in common, as rows have.
fn are_alike(one: &Object, other: &Object) -> bool {
    let n_common = one.keys().filter(|key| other.contains_key(*key)).count();
    let are_titled = [one, other].iter().all(|object| object.keys().any(|key| is_known(key)));
    are_titled || 2 * n_common >= one.len().max(other.len())
}

/// The rows in an object of rows: its keys are the ids of rows without one.
fn rows_in_map(map: &Object, names: &ColumnNames) -> Vec<NestedRow> {
    let objects = || map.iter().filter_map(|(key, value)| Some((key, value.as_object()?)));
    let has_text = |row: &Object| text_of(row, names, MAX_TEXT_DEPTH - 1).is_some();
    let Some((_, first)) = objects().find(|(_, row)| has_text(row)) else { return Vec::new() };
    let mut rows: Vec<(&String, &Object)> =
        objects().filter(|(_, row)| are_alike(first, row) || has_text(row)).collect();
    // The keys of an object are in the order of their letters: 0, 1, 10, 2.
    rows.sort_by_key(|(key, _)| key.parse().unwrap_or(u64::MAX));
    let with_id = |(key, object): (&String, &Object)| {
        let mut row = row_of(object, names);
        if !has_id(&row.fields, names) {
            row.fields.insert("id".to_string(), Value::String(key.clone()));
        }
        row
    };
    rows.into_iter().map(with_id).collect()
}

/// A text, the name it was found under, and the other fields of the object it was found in, if that is another one.
struct Text {
    name: String,
    text: String,
    fields: Object,
}

/// The text of a row: a string, an array of paragraphs, rich text, or one of these in an object inside the row.
fn text_of(object: &Object, names: &ColumnNames, depth: usize) -> Option<Text> {
    let own = names.candidates(Role::Text).into_iter().find_map(|name| {
        let (key, value) = entry(object, name)?;
        let text = if is_text(value, names) { json_text(value)? } else { rendered(value)?.to_string() };
        Some(Text { name: key.to_string(), text, fields: Object::new() })
    });
    own.or_else(|| {
        // The text of the first of several rows is not that of the whole.
        let is_searched = depth > 0 && !is_map_of_rows(object, names, depth);
        let inner =
            object.iter().filter(|_| is_searched).filter_map(|(key, value)| Some((key, value.as_object()?)));
        let mut texts = inner.filter_map(|(key, inner)| {
            let found = text_of(inner, names, depth - 1)?;
            let mut fields = scalars(inner);
            fields.remove(&found.name);
            fields.extend(found.fields);
            Some(Text { name: format!("{key}.{}", found.name), fields, ..found })
        });
        texts.next()
    })
}

/// The entry with this name in any case, or in the case given if there are both.
fn entry<'a>(object: &'a Object, name: &str) -> Option<(&'a str, &'a Value)> {
    let exact = object.get_key_value(name);
    let found = exact.or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
    found.map(|(key, value)| (key.as_str(), value))
}

/// Whether a value under a name for texts is one: not an array of rows.
fn is_text(value: &Value, names: &ColumnNames) -> bool {
    let is_row = |item: &Value| {
        let object = item.as_object();
        object.is_some_and(|object| {
            object.keys().any(|key| is_known(key)) && text_of(object, names, 1).is_some()
        })
    };
    match value {
        Value::String(_) => true,
        Value::Array(items) => !items.iter().take(N_TRIED).any(is_row),
        Value::Object(object) => {
            let has = |key: &&str| object.contains_key(*key);
            ["children", "content", "paragraphs", "blocks"].iter().any(has)
                && !object.keys().any(|key| is_known(key))
        }
        _ => false,
    }
}

/// The string in an object that wraps one: WordPress has `{"rendered": …}`.
fn rendered(value: &Value) -> Option<&str> {
    ["rendered", "main", "plain", "html", "value"].iter().find_map(|key| value.get(key)?.as_str())
}

/// The fields of an object that a record can hold.
fn scalars(object: &Object) -> Object {
    let fields =
        object.iter().filter(|(_, value)| !value.is_array() && !value.is_object() && !value.is_null());
    fields.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The row of an object with this text. Strings that are wrapped in objects become fields.
fn row(object: Object, found: Text) -> NestedRow {
    let mut fields = Object::new();
    for (key, value) in object.into_iter().filter(|(key, _)| *key != found.name) {
        let wrapped = rendered(&value).map(|text| Value::String(text.to_string()));
        fields.insert(key, wrapped.unwrap_or(value));
    }
    for (key, value) in found.fields {
        fields.entry(key).or_insert(value);
    }
    // Elasticsearch keeps the id beside the article.
    if let Some(id) = fields.get("_id").cloned().filter(|_| entry(&fields, "id").is_none()) {
        fields.insert("id".to_string(), id);
    }
    NestedRow { text: Some((found.name, found.text)), fields }
}

/// The row of an object, which may have no text.
fn row_of(object: &Object, names: &ColumnNames) -> NestedRow {
    match text_of(object, names, MAX_TEXT_DEPTH - 1) {
        Some(found) => row(object.clone(), found),
        None => NestedRow { text: None, fields: object.clone() },
    }
}

/// The rows at the end of a path, in the arrays on the way. The fields of the objects on the way belong to each row.
fn rows_at(mut object: Object, keys: &[&str], path: &str, rows: &mut Vec<NestedRow>) {
    let Some((key, rest)) = keys.split_first() else { return };
    let Some(key) = entry(&object, key).map(|(key, _)| key.to_string()) else { return };
    let value = object.remove(&key).unwrap_or_default();
    if rest.is_empty() {
        rows.extend(
            json_text(&value).map(|text| NestedRow { text: Some((path.to_string(), text)), fields: object }),
        );
        return;
    }
    let outer = scalars(&object);
    let inner: Vec<Value> = match value {
        Value::Array(items) => items,
        value => vec![value],
    };
    for item in inner {
        let Value::Object(mut item) = item else { continue };
        for (key, value) in &outer {
            item.entry(key.clone()).or_insert_with(|| value.clone());
        }
        rows_at(item, rest, path, rows);
    }
}

/// The rows of a table that pandas wrote by column, `{"text": {"0": …}}`, or with its columns apart, `{"columns": […],
/// "data": [[…]]}`.
fn columns_of(object: &Object, names: &ColumnNames) -> Option<Vec<Object>> {
    let is_text = |name: &str| names.is_text(name);
    if let (Some(Value::Array(columns)), Some(Value::Array(data))) =
        (object.get("columns"), object.get("data"))
    {
        let columns: Option<Vec<&str>> = columns.iter().map(Value::as_str).collect();
        let columns = columns.filter(|columns| columns.iter().any(|name| is_text(name)))?;
        let row = |cells: &Value| {
            let cells = cells.as_array().into_iter().flatten().cloned();
            columns.iter().map(|name| name.to_string()).zip(cells).collect()
        };
        return Some(data.iter().map(row).collect());
    }
    let is_column = |column: &Object| {
        !column.is_empty() && column.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let columns: Vec<(&String, &Object)> =
        object.iter().filter_map(|(name, column)| Some((name, column.as_object()?))).collect();
    let (_, texts) = columns.iter().find(|(name, column)| is_text(name) && is_column(column))?;
    let cell = |index: &str, (name, column): &(&String, &Object)| {
        Some(((*name).clone(), column.get(index)?.clone()))
    };
    let mut indices: Vec<&String> = texts.keys().collect();
    // The keys of an object are in the order of their letters: 0, 1, 10, 2.
    indices.sort_by_key(|index| index.parse().unwrap_or(u64::MAX));
    Some(
        indices
            .into_iter()
            .map(|index| columns.iter().filter_map(|column| cell(index, column)).collect())
            .collect(),
    )
}

/// Collects the rows of each path that has rows with a text.
fn find_rows(
    value: &Value,
    path: String,
    names: &ColumnNames,
    depth: usize,
    places: &mut Vec<(String, Vec<NestedRow>)>,
) {
    let (rows, path) = match value {
        Value::Array(items) => {
            let objects = || items.iter().filter_map(Value::as_object);
            let has_text = |object: &Object| text_of(object, names, MAX_TEXT_DEPTH - 1).is_some();
            let is_rows = objects().take(N_TRIED).any(has_text);
            // Rows without a text stay, so that each is reported.
            (is_rows.then(|| objects().map(|object| row_of(object, names)).collect()), format!("{path}[]"))
        }
        Value::Object(object) => {
            let is_rows = is_map_of_rows(object, names, MAX_TEXT_DEPTH);
            (is_rows.then(|| rows_in_map(object, names)), path.clone())
        }
        _ => return,
    };
    if let Some(rows) = rows {
        match places.iter_mut().find(|(place, _)| *place == path) {
            Some((_, found)) => found.extend(rows),
            None => places.push((path, rows)),
        }
        return;
    }
    if depth == 0 {
        return;
    }
    match value {
        Value::Object(object) => {
            for (key, item) in object {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                find_rows(item, inner, names, depth - 1, places);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| find_rows(item, path.clone(), names, depth - 1, places));
        }
        _ => {}
    }
}
