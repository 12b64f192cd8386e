//! Work on a pool of threads, without the lock of the interpreter, until it is done or interrupted.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::errors::RhetorError;

/// How long Python waits at most before it notices an interrupt.
const PATIENCE: Duration = Duration::from_millis(100);

/// The process and the number of threads that a pool belongs to, and the pool.
type Kept = Option<((u32, usize), Arc<ThreadPool>)>;

/// The pool of the last call.
static POOL: Mutex<Kept> = Mutex::new(None);

/// A pool of `n_threads` threads, or of one per processor if it is 0.
///
/// A forked process has no threads except the one that forked, so it gets a pool of its own.
pub fn pool(n_threads: usize) -> PyResult<Arc<ThreadPool>> {
    let mut kept = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (std::process::id(), n_threads);
    if let Some((of, pool)) = &*kept
        && *of == key
    {
        return Ok(Arc::clone(pool));
    }
    let pool = ThreadPoolBuilder::new().num_threads(n_threads).build();
    let pool = Arc::new(pool.map_err(|err| RhetorError::new_err(format!("cannot start threads: {err}")))?);
    let before = kept.replace((key, Arc::clone(&pool)));
    if let Some(((process, _), pool)) = before
        && process != key.0
    {
        // To end it would wait for threads that this process does not have.
        std::mem::forget(pool);
    }
    Ok(pool)
}

/// The result of `work`. Returns early with `KeyboardInterrupt` if the user interrupts it; the work, which cannot be
/// stopped, then goes on in the background and its result is lost.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    n_threads: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    let (sender, receiver) = channel();
    // The receiver is gone after an interrupt.
    pool(n_threads)?.spawn(move || drop(sender.send(work())));
    let receiver = Mutex::new(receiver);
    loop {
        let result = py.detach(|| {
            let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
            receiver.recv_timeout(PATIENCE)
        });
        match result {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(RhetorError::new_err("the work ended early")),
        }
    }
}
