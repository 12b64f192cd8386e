//! The line of progress at the foot of a terminal.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// The line that is shown, if one is. One for the process, as its stderr is: whatever is said meanwhile,
/// from whatever thread, stands above it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Work that is done sooner shows no line.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a line is drawn again while nothing new is known.
const TICK: Duration = Duration::from_millis(250);

/// Does `write` while no line stands in its way.
pub(crate) fn above<T>(write: impl FnOnce() -> T) -> T {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Takes the line away, wherever the work stands.
pub(crate) fn clear() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

fn show(bar: &ProgressBar) {
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// A step of which only the time can be told; its line goes when this is dropped.
pub(crate) struct Step(());

impl Step {
    pub(crate) fn begin(what: &'static str) -> Step {
        if terminal::can_redraw() && !terminal::is_quiet() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
            bar.set_style(style("{spinner} {msg} {elapsed}"));
            bar.set_message(what);
            show(&bar);
        }
        Step(())
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        clear();
    }
}

/// How far the reading of files came; its line goes when this is dropped.
pub(crate) struct Bar {
    /// None where no line can or should be drawn.
    bar: Option<ProgressBar>,
    begun: Instant,
    is_shown: bool,
    n_files: usize,
}

impl Bar {
    /// A line for `n_files` of together `n_bytes`, where that is known. `is_clear` says whether the terminal
    /// is free for it, and not taken by the results themselves.
    pub(crate) fn begin(n_files: usize, n_bytes: Option<u64>, is_clear: bool) -> Bar {
        let wanted = is_clear && terminal::can_redraw() && !terminal::is_quiet();
        let bar = wanted.then(|| {
            let bar = ProgressBar::with_draw_target(n_bytes, ProgressDrawTarget::hidden());
            bar.set_style(match n_bytes {
                Some(_) => style("{bar:12} {eta} left, {prefix}{decimal_bytes_per_sec}, {wide_msg}"),
                None => style("{spinner} {elapsed}, {prefix}{decimal_bytes_per_sec}, {wide_msg}"),
            });
            bar
        });
        Bar { bar, begun: Instant::now(), is_shown: false, n_files }
    }

    /// Says how many files are done, how many bytes of them and of the one at work were read, and how many
    /// paragraphs that gave.
    pub(crate) fn at(&mut self, n_done: usize, n_bytes: u64, n_paragraphs: usize) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(n_bytes);
        if self.n_files > 1 {
            bar.set_prefix(format!("{n_done} of {} files, ", self.n_files));
        }
        let of_all = bar.length().map(|n| format!(" of {}", DecimalBytes(n))).unwrap_or_default();
        bar.set_message(format!("{n_paragraphs} paragraphs, {}{of_all}", DecimalBytes(n_bytes)));
        if !self.is_shown && self.begun.elapsed() > PATIENCE {
            self.is_shown = true;
            show(bar);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("a template of this file is well formed");
    style.progress_chars("━╸ ").tick_chars("|/-\\ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_well_formed() {
        drop(Bar::begin(1, Some(1), true));
        drop(Bar::begin(1, None, true));
        drop(Step::begin("testing"));
    }
}
