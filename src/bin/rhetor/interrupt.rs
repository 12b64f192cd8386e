//! What an interrupt does: work ends behind the batch at hand, and what was done stays.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::finish::{Finish, Kept};
use crate::output::{Progress, note, say};
use crate::{bar, signals};

/// The signal that asked for an end; 0 until one did. Signals are for the process.
static ASKED: AtomicI32 = AtomicI32::new(0);

/// Whether all articles are done, and results are being put in their place.
static IS_FINISHING: AtomicBool = AtomicBool::new(false);

/// What shells add to the number of the signal that ended a program.
const ENDED: i32 = 128;

/// From here on the first SIGINT, SIGTERM or SIGHUP asks for an end, and the second one ends the process.
///
/// Nothing changes for text that is typed in, which ends at once as it always did: it has no next batch.
pub(crate) fn listen(paths: &[PathBuf]) {
    if paths.iter().any(|path| path == Path::new("-")) && std::io::stdin().is_terminal() {
        return;
    }
    // Where no handler can be set, signals do what they do without one.
    let _ = signals::each(asked);
}

fn asked(signal: i32) {
    if ASKED.swap(signal, Ordering::SeqCst) != 0 {
        bar::clear();
        for path in rhetor::remove_unfinished() {
            say(&format!("rhetor: {}: not removed", path.display()));
        }
        std::process::exit(ENDED + signal);
    }
    note(match IS_FINISHING.load(Ordering::SeqCst) {
        true => "rhetor: all articles are done, results are being written; interrupt again to end at once",
        false => "rhetor: stopping behind the articles at work; interrupt again to end at once",
    });
}

pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst) != 0
}

/// Where a run stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) n_files_done: usize,
    pub(crate) n_files: usize,
    pub(crate) n_articles: usize,
}

/// Makes visible what `results` were given: all, or what there was before `stop`; nothing where nothing was read.
pub(crate) fn finish(results: impl Finish, stop: Option<Stop>, progress: &Progress) -> anyhow::Result<Kept> {
    IS_FINISHING.store(true, Ordering::SeqCst);
    match stop {
        Some(stop) if stop.n_articles > 0 => return results.finish_partial(),
        None if !progress.is_nothing() => results.finish()?,
        _ => {}
    }
    Ok(Kept::Nothing("there are no results"))
}

impl Stop {
    /// Says how far it came, and gives the exit code. Results that are not all there are worth an error, whoever
    /// wants to hear nothing else.
    pub(crate) fn tell(self, kept: &Kept) -> ExitCode {
        let Stop { n_files_done, n_files, n_articles } = self;
        let (say, end): (fn(&str), String) = match kept {
            Kept::Written => (say, "the results up to there are whole".to_string()),
            Kept::InFile(path) => (say, format!("their results are whole, in {}", path.display())),
            Kept::Nothing(why) => (note, why.to_string()),
        };
        say(&format!(
            "rhetor: stopped after {n_files_done} of {n_files} files, {n_articles} articles; {end}"
        ));
        let code = u8::try_from(ENDED + ASKED.load(Ordering::SeqCst));
        ExitCode::from(code.unwrap_or(u8::MAX))
    }
}
