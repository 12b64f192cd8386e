//! A small HTTP server: connections with time limits, checks of every request, and an orderly end.

mod body;
mod guard;
mod refusal;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use maud::{Markup, html};
use tokio::sync::Semaphore;

use crate::terminal::say;

pub use body::{Limits, Lines, channel, whole};
pub use guard::{Guard, guarded};
pub use refusal::{Refusal, json_reply, page_reply, text_reply};

/// How many connections may be open; more of them wait to be accepted.
const MAX_CONNECTIONS: usize = 256;
/// The pause after a connection could not be accepted, for instance because too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// The icon of all pages, so that browsers do not ask for another.
const ICON: &str = concat!(
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><circle cx=\"4\" cy=\"8\" r=\"3\" fill=\"#1f5fa8\"/>",
    "<path d=\"M8 13l3-10 4 10z\" fill=\"#b03a06\"/></svg>"
);

/// The style and the icon of all pages.
pub fn common<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/base.css", get(|| async { text_reply("text/css", rhetor::report::STYLE) }))
        .route("/icon.svg", get(|| async { text_reply("image/svg+xml", ICON) }))
}

/// The head of a page whose own style is at `style`.
pub fn head(title: &str, style: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " – rhetor" }
            link rel="icon" href="/icon.svg";
            link rel="stylesheet" href="/base.css";
            link rel="stylesheet" href=(style);
        }
    }
}

/// A socket that listens on `address`.
pub fn bind(address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves `app` until the process is interrupted or terminated. Requests in progress then have `timeout` to finish.
pub fn run(listener: TcpListener, app: Router, timeout: Duration) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let served = runtime.block_on(serve(listener, app, timeout));
    // Work whose client has gone need not be finished.
    runtime.shutdown_background();
    served
}

async fn serve(listener: TcpListener, app: Router, timeout: Duration) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let mut stop = Signals::new()?;
    let connections = Arc::new(GracefulShutdown::new());
    let accepting = tokio::spawn(accept(listener, app, timeout, Arc::clone(&connections)));
    stop.wait().await;
    say("rhetor: stopping after the requests in progress; interrupt again to quit now");
    accepting.abort();
    // The only result of an endless task is that it was aborted.
    let _ = accepting.await;
    tokio::spawn(async move {
        stop.wait().await;
        std::process::exit(130)
    });
    let Some(connections) = Arc::into_inner(connections) else { return Ok(()) };
    if tokio::time::timeout(timeout, connections.shutdown()).await.is_err() {
        say("rhetor: some requests took too long and were cut off");
    }
    Ok(())
}

/// Accepts connections for ever.
///
/// The limit for headers begins with the connection. It also ends connections that stay idle.
async fn accept(
    listener: tokio::net::TcpListener,
    app: Router,
    timeout: Duration,
    connections: Arc<GracefulShutdown>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(timeout);
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Answers are small; without this the last part of one could wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(app.clone());
        let connection = connections.watcher().watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A client that breaks off or is too slow has ended its connection; nothing else is affected.
            let _ = connection.await;
            drop(slot);
        });
    }
}

/// The signals that stop the server.
#[cfg(unix)]
struct Signals(tokio::signal::unix::Signal, tokio::signal::unix::Signal);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals(signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
    }

    async fn wait(&mut self) {
        std::future::poll_fn(|context| {
            let (interrupt, terminate) = (self.0.poll_recv(context), self.1.poll_recv(context));
            if interrupt.is_ready() { interrupt } else { terminate }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Signals> {
        Ok(Signals)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
