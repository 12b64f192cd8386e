//! Bodies of requests, with limits of size and time, and bodies of answers that are sent in parts.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use hyper::body::Frame;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::refusal::Refusal;

/// What a request may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest body or line, in bytes.
    pub size: usize,
    /// In which the body or line has to arrive, and its answer has to be taken.
    pub time: Duration,
}

/// Up to this many times the limit of a body is read and thrown away: a client that is still sending would not see the
/// answer.
const PATIENCE: usize = 4;

/// The whole body.
pub async fn whole(mut body: Body, limits: Limits) -> Result<Vec<u8>, Refusal> {
    let most = limits.size.saturating_mul(PATIENCE);
    if body.size_hint().lower() > most as u64 {
        return Err(too_large(limits));
    }
    let reading = async {
        let (mut bytes, mut n_read) = (Vec::new(), 0);
        while let Some(piece) = next(&mut body).await? {
            n_read += piece.len();
            if n_read > most {
                break;
            }
            if n_read <= limits.size {
                bytes.extend_from_slice(&piece);
            }
        }
        if n_read > limits.size { Err(too_large(limits)) } else { Ok(bytes) }
    };
    timeout(limits.time, reading).await.unwrap_or_else(|_| Err(too_slow(limits)))
}

/// The lines of a body, as they arrive.
pub struct Lines {
    body: Body,
    limits: Limits,
    buffer: Vec<u8>,
    is_ended: bool,
}

impl Lines {
    pub fn new(body: Body, limits: Limits) -> Lines {
        Lines { body, limits, buffer: Vec::new(), is_ended: false }
    }

    /// All complete lines that have arrived, at least one; `None` at the end of the body.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<u8>>>, Refusal> {
        let limits = self.limits;
        timeout(limits.time, self.arrived()).await.unwrap_or_else(|_| Err(too_slow(limits)))
    }

    async fn arrived(&mut self) -> Result<Option<Vec<Vec<u8>>>, Refusal> {
        while !self.is_ended {
            match next(&mut self.body).await? {
                None => self.is_ended = true,
                Some(piece) => {
                    let start = self.buffer.len();
                    self.buffer.extend_from_slice(&piece);
                    if let Some(end) = memrchr(&self.buffer[start..]) {
                        let rest = self.buffer.split_off(start + end + 1);
                        let complete = std::mem::replace(&mut self.buffer, rest);
                        return Ok(Some(
                            complete[..start + end].split(|&c| c == b'\n').map(<[u8]>::to_vec).collect(),
                        ));
                    }
                    if self.buffer.len() > self.limits.size {
                        return Err(too_large(self.limits));
                    }
                }
            }
        }
        let last = std::mem::take(&mut self.buffer);
        Ok((!last.is_empty()).then(|| vec![last]))
    }
}

fn memrchr(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|&c| c == b'\n')
}

/// The next piece of a body; `None` at its end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
    match frame {
        None => Ok(None),
        Some(Err(_)) => Err(Refusal::bad("the body is incomplete")),
        // Trailers are of no use here.
        Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap_or_default())),
    }
}

fn too_large(limits: Limits) -> Refusal {
    let limit = limits.size >> 20;
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("found more than {limit} MB, expected a smaller body or line"),
    )
}

fn too_slow(limits: Limits) -> Refusal {
    let limit = limits.time.as_secs();
    Refusal::new(StatusCode::REQUEST_TIMEOUT, format!("the body or line took more than {limit} s to arrive"))
}

/// A body that is sent in parts, and where to put them.
pub fn channel(limits: Limits) -> (Parts, Body) {
    // One part is prepared while another is sent.
    let (sender, receiver) = mpsc::channel(1);
    (Parts { sender, limits }, Body::new(Received(receiver)))
}

/// Sends the parts of a body.
pub struct Parts {
    sender: mpsc::Sender<Bytes>,
    limits: Limits,
}

impl Parts {
    /// Sends a part; false if the client has gone or does not take it in time.
    pub async fn send(&self, part: String) -> bool {
        matches!(timeout(self.limits.time, self.sender.send(part.into())).await, Ok(Ok(())))
    }
}

struct Received(mpsc::Receiver<Bytes>);

impl HttpBody for Received {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| Ok(Frame::data(part))))
    }
}
