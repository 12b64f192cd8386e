//! What an interrupt does: work ends behind the batch at hand, and what was done stays.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::bar;
use crate::output::{Progress, say};

/// Whether an end was asked for; signals are for the process.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// What shells say of a program that SIGINT ended.
const CODE: u8 = 130;

/// From here on the first SIGINT or SIGTERM asks for an end, and the second one ends the process.
///
/// A signal that whoever started this process had ignored (`nohup`, a job in the background of a script) stays
/// so. And nothing changes for text that is typed in, which ends at once as it always did: it has no next batch.
pub(crate) fn listen(paths: &[PathBuf]) {
    if paths.iter().any(|path| path == Path::new("-")) && std::io::stdin().is_terminal() {
        return;
    }
    let asked = || {
        if IS_ASKED.swap(true, Ordering::SeqCst) {
            bar::clear();
            std::process::exit(i32::from(CODE));
        }
        say("rhetor: stopping behind the articles at work; interrupt again to end at once");
    };
    // Where no handler can be set, signals do what they do without one.
    let _ = ctrlc::try_set_handler(asked);
}

pub(crate) fn is_asked() -> bool {
    IS_ASKED.load(Ordering::SeqCst)
}

/// Where a run stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) n_files_done: usize,
    pub(crate) n_files: usize,
    pub(crate) n_articles: usize,
}

/// What became of the results of a run that was stopped.
pub(crate) enum Kept {
    /// They are out, each article whole.
    Written,
    /// They are in this file, beside the one that was asked for.
    InFile(PathBuf),
    /// There are none, for this reason.
    Nothing(&'static str),
}

/// Where results gather until they are made visible.
pub(crate) trait Finish {
    /// Makes all of them visible.
    fn finish(self) -> anyhow::Result<()>;

    /// Makes visible what there is of results that were cut short: of a file or folder, beside the one that was
    /// wanted.
    fn finish_partial(self) -> anyhow::Result<Kept>;
}

/// Makes visible what `results` were given: all, or what there was before `stop`; nothing where nothing was read.
pub(crate) fn finish(results: impl Finish, stop: Option<Stop>, progress: &Progress) -> anyhow::Result<Kept> {
    match stop {
        Some(stop) if stop.n_articles > 0 => return results.finish_partial(),
        None if !progress.is_nothing() => results.finish()?,
        _ => {}
    }
    Ok(Kept::Nothing("there are no results"))
}

impl Stop {
    /// Says how far it came, and gives the exit code.
    pub(crate) fn tell(self, kept: &Kept) -> ExitCode {
        let Stop { n_files_done, n_files, n_articles } = self;
        let end = match kept {
            Kept::Written => "the results up to there are whole".to_string(),
            Kept::InFile(path) => format!("their results are whole, in {}", path.display()),
            Kept::Nothing(why) => why.to_string(),
        };
        say(&format!(
            "rhetor: stopped after {n_files_done} of {n_files} files, {n_articles} articles; {end}"
        ));
        ExitCode::from(CODE)
    }
}
