//! Answers: JSON, pages, and requests that are refused.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request is not answered.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    message: String,
    line: Option<usize>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal { status, message: message.into(), line: None }
    }

    /// The input is at fault.
    pub fn bad(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// The input is at fault in this line, from 1.
    pub fn bad_line(line: usize, message: impl Into<String>) -> Refusal {
        Refusal { line: Some(line), ..Refusal::bad(message) }
    }

    /// The work on a request ended with a panic, whose message is on standard error.
    pub fn panicked() -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "rhetor failed on this request; the server goes on")
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = json!({"message": self.message});
        if let Some(line) = self.line {
            error["line"] = line.into();
        }
        (self.status, json_reply(json!({"error": error}).to_string())).into_response()
    }
}

/// A JSON document.
pub fn json_reply(text: impl Into<Body>) -> Response {
    reply("application/json", text)
}

/// A file of the program.
pub fn text_reply(content_type: &'static str, text: &'static str) -> Response {
    reply(content_type, text)
}

/// A page under this content security policy.
pub fn page_reply(page: String, policy: &str) -> Response {
    let mut response = reply("text/html; charset=utf-8", page);
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn reply(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}
