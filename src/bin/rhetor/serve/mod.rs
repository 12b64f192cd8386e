//! `rhetor serve`: a page and an HTTP API that label articles on this machine.

mod api;
mod page;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use rhetor::Model;

use crate::args::ServeArgs;
use crate::server::{self, Guard, Limits, Refusal, common, guarded, json_reply, text_reply};
use crate::terminal::say;

/// The variable that holds the token.
const TOKEN: &str = "RHETOR_TOKEN";
/// The shortest token that is accepted, in characters.
const MIN_TOKEN: usize = 16;
/// The random bytes of a token that is made up.
const N_RANDOM: usize = 16;

/// The description of the API.
const OPENAPI: &str = include_str!("openapi.json");

/// What all requests share.
pub struct Shared {
    pub model: Model,
    pub limits: Limits,
}

pub fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let limits =
        Limits { size: usize::from(args.max_body) << 20, time: Duration::from_secs(args.timeout.into()) };
    let (listener, address) = server::bind(SocketAddr::new(args.listen, args.port))?;
    let (token, is_new) = token(address)?;
    // A token of the user's stays out of logs.
    let query = match &token {
        Some(token) if is_new => format!("?token={token}"),
        Some(_) => format!("?token=…, with the token in {TOKEN}"),
        None => String::new(),
    };
    say(&format!("rhetor: listening on http://{address}/{query}"));
    let app = guarded(routes(Arc::new(Shared { model, limits })), Guard::new(address, token));
    server::run(listener, app, limits.time)?;
    Ok(ExitCode::SUCCESS)
}

/// The token of the environment; for an address that other machines can reach, otherwise a new one. Also whether it is
/// new.
fn token(address: SocketAddr) -> anyhow::Result<(Option<String>, bool)> {
    match std::env::var(TOKEN).ok().filter(|token| !token.is_empty()) {
        Some(token)
            if token.len() < MIN_TOKEN
                || !token.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c)) =>
        {
            anyhow::bail!("{TOKEN}: expected at least {MIN_TOKEN} letters, digits, `-` and `_`")
        }
        Some(token) => Ok((Some(token), false)),
        None if address.ip().is_loopback() => Ok((None, false)),
        None => {
            let mut random = [0; N_RANDOM];
            getrandom::fill(&mut random)
                .map_err(|error| anyhow::anyhow!("{error}"))
                .context("cannot make a token")?;
            Ok((Some(random.iter().map(|byte| format!("{byte:02x}")).collect()), true))
        }
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::form))
        .merge(common())
        .route("/page.css", get(|| async { text_reply("text/css", page::STYLE) }))
        .route("/page.js", get(|| async { text_reply("text/javascript", page::SCRIPT) }))
        .route("/report", post(page::report))
        .route("/v1/score", post(api::score))
        .route("/v1/read", post(api::read))
        .route("/v1/model", get(api::model))
        .route("/v1/openapi.json", get(|| async { json_reply(OPENAPI) }))
        .route("/healthz", get(|| async { json_reply("{\"status\":\"ok\"}") }))
        .fallback(|| async {
            Refusal::new(StatusCode::NOT_FOUND, "there is nothing here; see /v1/openapi.json")
        })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not supported here")
        })
        // Bodies have the limits of `server::whole`.
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_description_names_all_paths_of_the_api() {
        let description: serde_json::Value = serde_json::from_str(super::OPENAPI).unwrap();
        let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/healthz", "/v1/model", "/v1/openapi.json", "/v1/read", "/v1/score"]);
        assert_eq!(description["info"]["version"], "1");
    }
}
