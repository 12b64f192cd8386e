//! The HTTP API: `/v1/score`, `/v1/read` and `/v1/model`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rhetor::ScoreOptions;
use rhetor::read::ReadOptions;
use serde_json::{Value, json};

use super::Shared;
use crate::scorer::{Answers, Scorer, Task, reason};
use crate::server::{Limits, Lines, Refusal, channel, json_reply, whole};

const NDJSON: &str = "application/x-ndjson";

/// The names that bodies of these types get; other bodies are recognised by their content.
const FILES: [(&str, &str); 5] = [
    ("text/plain", "input.txt"),
    ("text/markdown", "input.md"),
    ("text/html", "input.html"),
    ("text/csv", "input.csv"),
    ("application/octet-stream", "input"),
];

pub async fn score(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    answer(&shared, Task::Score, &uri, &headers, body).await
}

pub async fn read(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    answer(&shared, Task::Read, &uri, &headers, body).await
}

/// What the model is and how good it is.
pub async fn model(State(shared): State<Arc<Shared>>) -> Response {
    let model = &shared.model;
    let text = json!({
        "name": model.name(),
        "version": model.version(),
        "id": model.id(),
        "labels": model.labels(),
        "unsure_below": model.unsure_below(),
        "uses_neighbours": model.uses_neighbours(),
        "card": model.card(),
    });
    json_reply(text.to_string())
}

async fn answer(
    shared: &Shared,
    task: Task,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let scorer = scorer(shared, task, uri.query().unwrap_or_default())?;
    let kind = media_type(headers, header::CONTENT_TYPE);
    if [NDJSON, "application/jsonl", "application/ndjson"].contains(&kind.as_str()) {
        return Ok(stream(scorer, Lines::new(body, shared.limits), shared.limits));
    }
    let is_json = kind == "application/json";
    let name = FILES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name);
    let name = name.or(is_json.then_some("input.jsonl")).ok_or_else(|| unsupported(&kind))?;
    let bytes = whole(body, shared.limits).await?;
    let as_lines = media_type(headers, header::ACCEPT) == NDJSON;
    let work = move || {
        let answers = if is_json { scorer.rows(&rows(&bytes)?) } else { scorer.file(name, bytes) };
        answers.map(|answers| document(&scorer, answers, as_lines)).map_err(Refusal::bad)
    };
    let text = tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::panicked())??;
    Ok(if as_lines { lines_reply(text.into()) } else { json_reply(text) })
}

fn unsupported(kind: &str) -> Refusal {
    let files = FILES.map(|(known, _)| known).join(", ");
    let message = format!("found the content type `{kind}`, expected application/json, {NDJSON}, {files}");
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
}

/// The type that a header names, without its parameters.
fn media_type(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The options in the query of an address.
fn scorer(shared: &Shared, task: Task, query: &str) -> Result<Scorer, Refusal> {
    let mut options = ScoreOptions::default();
    let mut read = ReadOptions::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("explain", n)) if n.parse::<u16>().is_ok() => {
                options.n_reasons = n.parse().unwrap_or_default()
            }
            Some(("context", "true" | "false")) => options.context = pair.ends_with("true"),
            Some(("filter", "true" | "false")) => options.filter = pair.ends_with("true"),
            Some(("unit", "article")) => {}
            Some(("unit", "paragraph")) => read.rows_are_paragraphs = true,
            _ => {
                return Err(Refusal::bad(format!(
                    "found `{pair}` in the address, expected explain=NUMBER, context=false, filter=false or unit=paragraph"
                )));
            }
        }
    }
    Ok(Scorer { model: shared.model.clone(), task, options, read })
}

/// The rows of a JSON document: one object, or an array of objects.
fn rows(bytes: &[u8]) -> Result<Vec<Value>, Refusal> {
    let malformed = |error: serde_json::Error| {
        let what = format!("malformed JSON at column {}: {}", error.column(), reason(&error));
        Refusal::bad_line(error.line(), what)
    };
    let rows = match serde_json::from_slice(bytes).map_err(malformed)? {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    match rows.iter().position(|row| !row.is_object()) {
        Some(index) => {
            Err(Refusal::bad(format!("item {}: found no object, expected one with a `text`", index + 1)))
        }
        None => Ok(rows),
    }
}

/// All answers in one document, or one line for each.
fn document(scorer: &Scorer, answers: Answers, as_lines: bool) -> String {
    if as_lines {
        return answers.articles.iter().map(|article| format!("{article}\n")).collect();
    }
    let (model, problems) = (json!(scorer.model.id()), json!(answers.problems));
    format!("{{\"model\":{model},\"articles\":[{}],\"warnings\":{problems}}}", answers.articles.join(","))
}

/// Answers each line with a line, while more lines arrive. A limit that is exceeded ends the answer with an error.
fn stream(scorer: Scorer, mut lines: Lines, limits: Limits) -> Response {
    let (parts, body) = channel(limits);
    let scorer = Arc::new(scorer);
    tokio::spawn(async move {
        let mut number = 0;
        loop {
            let (text, is_last) = match lines.next().await {
                Ok(None) => return,
                Ok(Some(batch)) => {
                    let (scorer, first) = (Arc::clone(&scorer), number + 1);
                    number += batch.len();
                    let work = move || {
                        batch
                            .iter()
                            .zip(first..)
                            .map(|(line, number)| scorer.line(number, line) + "\n")
                            .collect()
                    };
                    match tokio::task::spawn_blocking(work).await {
                        Ok(text) => (text, false),
                        Err(_) => (failure(first, &Refusal::panicked()), true),
                    }
                }
                Err(refusal) => (failure(number + 1, &refusal), true),
            };
            if !parts.send(text).await || is_last {
                return;
            }
        }
    });
    lines_reply(body)
}

fn failure(line: usize, refusal: &Refusal) -> String {
    json!({"line": line, "error": refusal.message()}).to_string() + "\n"
}

fn lines_reply(body: Body) -> Response {
    ([(header::CONTENT_TYPE, NDJSON)], body).into_response()
}
