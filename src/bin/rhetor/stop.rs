//! Interrupts: a run stops after the articles in progress and keeps the results so far.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::progress::Progress;
use crate::terminal::{self, note, say};

/// The signal that asked the process to stop; 0 before that.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// Whether all articles are done and the results are being moved to their path.
static IS_FINISHING: AtomicBool = AtomicBool::new(false);

/// The temporary file or folder of the run's output, which the second signal removes.
static TEMPORARY: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The number of SIGINT on all systems.
const SIGINT: i32 = 2;

/// Shells add this to the number of the signal that ended a program.
const EXIT_BASE: i32 = 128;

/// Makes the first SIGINT, SIGTERM or SIGHUP stop the run and the second one end the process.
///
/// Signals keep their usual effect if text is typed at a terminal, where the next batch may never come, or if no
/// handler can be set.
pub fn listen(paths: &[PathBuf]) {
    if paths.iter().any(|path| path == Path::new("-")) && std::io::stdin().is_terminal() {
        return;
    }
    let _ = handle_signals(on_signal);
}

fn on_signal(signal: i32) {
    if SIGNAL.swap(signal, Ordering::SeqCst) != 0 {
        terminal::clear();
        remove_temporary();
        std::process::exit(EXIT_BASE + signal);
    }
    note(match IS_FINISHING.load(Ordering::SeqCst) {
        true => "rhetor: all articles are done, writing results; interrupt again to quit now",
        false => "rhetor: stopping after the articles in progress; interrupt again to quit now",
    });
}

/// Registers the temporary file or folder of the output, once per run.
pub fn set_temporary(path: Option<&Path>) {
    *TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner) = path.map(Path::to_path_buf);
}

fn remove_temporary() {
    let path = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A finished output has already been renamed.
    let Some(path) = path.filter(|path| path.exists()) else { return };
    let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    if removed.is_err() && path.exists() {
        say(&format!("rhetor: {}: cannot remove", path.display()));
    }
}

/// Whether a signal has asked the run to stop.
pub fn is_requested() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// Where a run stopped.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    pub n_files_done: usize,
    pub n_files: usize,
    pub n_articles: usize,
}

/// Collects results that become visible all at once.
pub trait Finish {
    /// Makes the results visible. The results of a stopped run are partial; returns their path if it is not the
    /// requested one.
    fn finish(self, is_partial: bool) -> anyhow::Result<Option<PathBuf>>;
}

/// Finishes `results` of a whole run, or of one that ended at `stop`, and returns the exit code. If there are no
/// results, nothing appears.
pub fn finish(results: impl Finish, stop: Option<Stop>, progress: &Progress) -> anyhow::Result<ExitCode> {
    IS_FINISHING.store(true, Ordering::SeqCst);
    match stop {
        Some(stop) if stop.n_articles == 0 => Ok(stop.without_results("there are no results")),
        Some(stop) => {
            // Incomplete results are worth a message even with --quiet.
            say(&stop.message(&match results.finish(true)? {
                None => "the results so far are complete".to_string(),
                Some(path) => format!("the results so far are in {}", path.display()),
            }));
            Ok(exit_code())
        }
        None => {
            if !progress.is_nothing() {
                results.finish(false)?;
            }
            Ok(progress.exit_code())
        }
    }
}

impl Stop {
    /// Reports that there are no results, and returns the exit code.
    pub fn without_results(self, why: &str) -> ExitCode {
        note(&self.message(why));
        exit_code()
    }

    fn message(self, end: &str) -> String {
        let Stop { n_files_done, n_files, n_articles } = self;
        format!("rhetor: stopped after {n_files_done} of {n_files} files ({n_articles} articles); {end}")
    }
}

fn exit_code() -> ExitCode {
    ExitCode::from(u8::try_from(EXIT_BASE + SIGNAL.load(Ordering::SeqCst)).unwrap_or(u8::MAX))
}

/// Calls `handle` for each signal from a thread of its own. A signal that was ignored when the process started, as
/// under `nohup` or in a background job, stays ignored. Fails if no handler can be set.
#[cfg(unix)]
fn handle_signals(handle: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut signals = signal_hook::iterator::Signals::new(not_ignored(&status))?;
    let run = move || signals.forever().for_each(handle);
    std::thread::Builder::new().name("signals".to_string()).spawn(run).map(drop)
}

/// Calls `handle` for each interrupt. Fails if no handler can be set.
#[cfg(not(unix))]
fn handle_signals(handle: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    ctrlc::try_set_handler(move || handle(SIGINT)).map_err(std::io::Error::other)
}

/// The signals that are not ignored according to `/proc/self/status`. On systems without it, only unsafe code could
/// tell, so SIGHUP, the signal that `nohup` ignores, keeps its usual effect.
#[cfg(unix)]
fn not_ignored(status: &str) -> Vec<i32> {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(ignored) => {
            let is_handled = |signal: &i32| (ignored >> (signal - 1)) & 1 == 0;
            [SIGINT, SIGTERM, SIGHUP].into_iter().filter(is_handled).collect()
        }
        None => vec![SIGINT, SIGTERM],
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_not_handled() {
        for (status, expected) in [
            ("Name:\trhetor\nSigIgn:\t0000000000000000\n", &[2, 15, 1][..]),
            ("SigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\n", &[2, 15]),
            ("SigIgn:\t0000000000000006\n", &[15, 1]),
            ("SigIgn:\t0000000000004003\n", &[]),
            ("", &[2, 15]),
        ] {
            assert_eq!(not_ignored(status), expected, "{status}");
        }
    }
}
