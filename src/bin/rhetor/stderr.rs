//! Messages and the progress bar on standard error.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;

/// The bar that is shown, if any. Messages of all threads are printed above it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Shorter work shows no bar.
const DELAY: Duration = Duration::from_millis(500);
/// The redraw interval while nothing changes.
const TICK: Duration = Duration::from_millis(250);

/// Prints a line. File names and input in it cannot control the terminal; a failure to print is ignored.
pub fn say(line: &str) {
    let print = || writeln!(std::io::stderr().lock(), "{}", terminal::printable(line));
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let _ = match shown {
        Some(bar) => bar.suspend(print),
        None => print(),
    };
}

/// Prints a line that is neither a warning nor an error, unless --quiet is given.
pub fn note(line: &str) {
    if !terminal::is_quiet() {
        say(line);
    }
}

/// Prints warnings about an input.
pub fn warn(warnings: &[rhetor::Warning]) {
    warnings.iter().for_each(|warning| say(&format!("rhetor: {warning}")));
}

/// Reports how many files were skipped and why, with the names of the first three.
pub fn say_skipped(files: &[PathBuf], why: &str) {
    const NAMED: usize = 3;
    if files.is_empty() {
        return;
    }
    let names: Vec<String> = files.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = if files.len() > NAMED { format!(" and {} more", files.len() - NAMED) } else { String::new() };
    let noun = if files.len() == 1 { "file" } else { "files" };
    say(&format!("rhetor: skipped {} {noun} ({why}): {}{more}", files.len(), names.join(", ")));
}

/// Removes the bar.
pub fn clear() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

fn show(bar: &ProgressBar) {
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// A progress bar; dropping it removes the line.
pub struct Bar {
    /// `None` where no bar can or should be drawn.
    bar: Option<ProgressBar>,
    begun: Instant,
    n_files: usize,
}

impl Bar {
    /// A spinner for work of unknown length.
    pub fn spinner(what: &'static str) -> Bar {
        let bar = Bar::new(None, true, "{spinner} {msg} {elapsed}", 1);
        if let Some(bar) = &bar.bar {
            bar.set_message(what);
            show(bar);
        }
        bar
    }

    /// A bar for reading `n_files` with a total of `n_bytes`, if that is known. `has_room` is false if results go to
    /// the same terminal.
    pub fn of_files(n_files: usize, n_bytes: Option<u64>, has_room: bool) -> Bar {
        let template = match n_bytes {
            Some(_) => "{bar:12} {eta} left, {prefix}{decimal_bytes_per_sec}, {wide_msg}",
            None => "{spinner} {elapsed}, {prefix}{decimal_bytes_per_sec}, {wide_msg}",
        };
        Bar::new(n_bytes, has_room, template, n_files)
    }

    fn new(length: Option<u64>, has_room: bool, template: &str, n_files: usize) -> Bar {
        let style = ProgressStyle::with_template(template).expect("templates are constants, tested below");
        let bar = (has_room && terminal::can_redraw() && !terminal::is_quiet()).then(|| {
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
            bar.with_style(style.progress_chars("━╸ ").tick_chars("|/-\\ "))
        });
        Bar { bar, begun: Instant::now(), n_files }
    }

    /// Shows the numbers of finished files, of bytes read, and of paragraphs.
    pub fn update(&mut self, n_done: usize, n_bytes: u64, n_paragraphs: usize) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(n_bytes);
        if self.n_files > 1 {
            bar.set_prefix(format!("{n_done} of {} files, ", self.n_files));
        }
        let total = bar.length().map(|n| format!(" of {}", DecimalBytes(n))).unwrap_or_default();
        bar.set_message(format!("{n_paragraphs} paragraphs, {}{total}", DecimalBytes(n_bytes)));
        if bar.is_hidden() && self.begun.elapsed() > DELAY {
            show(bar);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_valid() {
        drop(Bar::of_files(1, Some(1), true));
        drop(Bar::of_files(1, None, true));
        drop(Bar::spinner("testing"));
    }
}
