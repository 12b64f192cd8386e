//! `rhetor label`: a page on which a coder labels paragraphs by key.

mod codebook;
mod items;
mod log;
mod page;
mod session;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use rhetor::Model;

use self::codebook::Codebook;
use self::log::Log;
use self::session::{Choice, Session, Unrecorded};
use crate::args::LabelArgs;
use crate::progress::Progress;
use crate::server::{
    self, Guard, Limits, Refusal, common, guarded, json_reply, page_reply, text_reply, whole,
};
use crate::terminal::{note, say};

/// A choice with its note is small and comes from this machine.
const LIMITS: Limits = Limits { size: 1 << 20, time: Duration::from_secs(10) };

/// What all requests share.
struct Shared {
    session: Mutex<Session>,
    page: String,
}

pub fn run(args: &LabelArgs) -> anyhow::Result<ExitCode> {
    if let Some(path) = &args.export {
        let n_choices = log::export(&args.output, path)?;
        note(&format!("rhetor: wrote {n_choices} choices to {}", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let codebook = Codebook::load(args.codebook.as_deref())?;
    let model = args.model.as_deref().map_or_else(Model::embedded, Model::load)?;
    let mut progress = Progress::default();
    let mut items = match args.paths.is_empty() {
        true => Vec::new(),
        false => items::read(&args.paths, &model, &mut progress)?,
    };
    if !args.adjudicate.is_empty() {
        let records: anyhow::Result<Vec<_>> = args.adjudicate.iter().map(|path| log::read(path)).collect();
        items::disagreements(&mut items, &records?.concat(), &args.coder);
    }
    if items.iter().all(|item| item.is_context) {
        let what = if args.adjudicate.is_empty() {
            "paragraph"
        } else {
            "paragraph that coders labelled differently"
        };
        anyhow::bail!("found no {what}, so there is nothing to label");
    }
    items::guess(&mut items, &model);
    let (log, records) = Log::open(&args.output)?;
    let page = page::page(&codebook, &args.coder, &args.output);
    let session = Session::new(items, codebook, &args.coder, args.show_model, log, &records);
    note(&format!("rhetor: {} of {} paragraphs are labelled", session.n_labelled(), session.n_items()));
    let shared = Arc::new(Shared { session: Mutex::new(session), page });
    serve(args, &shared)?;
    let session = shared.session.lock().unwrap_or_else(PoisonError::into_inner);
    note(&format!("rhetor: {} of {} paragraphs are labelled", session.n_labelled(), session.n_items()));
    Ok(progress.exit_code())
}

fn serve(args: &LabelArgs, shared: &Arc<Shared>) -> anyhow::Result<()> {
    let (listener, address) = server::bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), args.port))?;
    let url = format!("http://{address}/");
    say(&format!("rhetor: label on {url} and press Ctrl-C here when you are done"));
    if !args.no_browser {
        open_browser(&url);
    }
    server::run(listener, guarded(routes(Arc::clone(shared)), Guard::new(address, None)), LIMITS.time)
}

/// Opens a page in the default browser, if there is one; its address has been printed.
fn open_browser(url: &str) {
    let (program, args): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[url]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler", url]),
        _ => ("xdg-open", &[url]),
    };
    let _ = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
}

fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(|State(shared): State<Arc<Shared>>| async move { page_reply(shared.page.clone(), page::POLICY) }))
        .merge(common())
        .route("/label.css", get(|| async { text_reply("text/css", page::STYLE) }))
        .route("/label.js", get(|| async { text_reply("text/javascript", page::SCRIPT) }))
        .route("/state", get(state))
        .route("/choice", post(choice))
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "there is nothing here") })
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    json_reply(shared.session.lock().unwrap_or_else(PoisonError::into_inner).state().to_string())
}

/// Records a choice and returns the new state. The choice is on the disk before the answer is sent.
async fn choice(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    // Browsers let other sites send forms, but not JSON.
    if headers.get(header::CONTENT_TYPE).is_none_or(|value| value != "application/json") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected application/json"));
    }
    let bytes = whole(body, LIMITS).await?;
    let choice: Choice = serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::bad_line(error.line(), crate::scorer::reason(&error)))?;
    let work = move || {
        let mut session = shared.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.choose(choice).map(|()| session.state().to_string())
    };
    match tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::panicked())? {
        Ok(state) => Ok(json_reply(state)),
        Err(Unrecorded::Refused(why)) => Err(Refusal::new(StatusCode::CONFLICT, why)),
        Err(Unrecorded::Failed(error)) => {
            say(&format!("rhetor: {error:#}"));
            Err(Refusal::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("the choice was not saved: {error:#}"),
            ))
        }
    }
}
