//! The terminal: colours, width, messages and the progress bar on standard error.

use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use rhetor::report::Styles;

use crate::args::TerminalArgs;

/// Whether only warnings and errors are printed on standard error.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// The bar that is shown, if any. Messages of all threads are printed above it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Work that takes less than this shows no bar.
const DELAY: Duration = Duration::from_millis(500);
/// The redraw interval while nothing changes.
const TICK: Duration = Duration::from_millis(250);

/// Applies the terminal options to the whole process.
pub fn configure(args: &TerminalArgs) {
    IS_QUIET.store(args.quiet, Ordering::Relaxed);
    let choice = match args.color {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// The styles of an output: the requested ones; otherwise none for a file, and those that the terminal supports.
pub fn styles(is_file: bool) -> Styles {
    let color = match (ColorChoice::global(), is_file) {
        (ColorChoice::Always, _) => true,
        (_, true) => false,
        _ => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    };
    Styles { color }
}

/// The width of the terminal in columns, or that of `COLUMNS`, or 80.
pub fn width() -> usize {
    let of_terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let of_environment = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    of_terminal.or_else(of_environment).unwrap_or(80).clamp(40, 400)
}

/// `text` with U+FFFD for control characters that could move the cursor or control a terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    match text.contains(is_control) {
        true => Cow::Owned(text.replace(is_control, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// Prints a line. File names and input in it cannot control the terminal; a failure to print is ignored.
pub fn say(line: &str) {
    let print = || writeln!(std::io::stderr().lock(), "{}", printable(line));
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let _ = shown.map_or_else(print, |bar| bar.suspend(print));
}

/// Prints a line that is neither a warning nor an error, unless --quiet is given.
pub fn note(line: &str) {
    if !IS_QUIET.load(Ordering::Relaxed) {
        say(line);
    }
}

/// Reports how many files were skipped and why, with the names of the first three.
pub fn say_skipped(files: &[PathBuf], why: &str) {
    const NAMED: usize = 3;
    let names: Vec<String> = files.iter().take(NAMED).map(|path| path.display().to_string()).collect();
    let more = if files.len() > NAMED { format!(" and {} more", files.len() - NAMED) } else { String::new() };
    match files.len() {
        0 => {}
        1 => say(&format!("rhetor: skipped 1 file ({why}): {}", names[0])),
        n => say(&format!("rhetor: skipped {n} files ({why}): {}{more}", names.join(", "))),
    }
}

/// Reports an output that is complete: its path, the number of articles and, for a file, its size.
pub fn say_written(path: &Path, n_articles: usize) {
    let articles = if n_articles == 1 { "article" } else { "articles" };
    let size = std::fs::metadata(path).ok().filter(|found| found.is_file());
    let size = size.map(|found| format!(", {}", DecimalBytes(found.len()))).unwrap_or_default();
    note(&format!("rhetor: wrote {}: {n_articles} {articles}{size}", path.display()));
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

/// A progress bar, if one can and should be drawn. Dropping it removes the line.
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// A spinner for work of unknown length.
    pub fn spinner(what: &'static str) -> Bar {
        let bar = drawable(None, "{spinner} {msg} {elapsed}").map(|bar| bar.with_message(what));
        bar.iter().for_each(show);
        Bar(bar)
    }

    /// A bar for reading files with a total of `n_bytes`, if that is known. `has_room` is false if results go to the
    /// same terminal.
    pub fn of_files(n_bytes: Option<u64>, has_room: bool) -> Bar {
        let template = match n_bytes {
            Some(_) => "{bar:12} {eta} left, {prefix}{decimal_bytes_per_sec}, {wide_msg}",
            None => "{spinner} {elapsed}, {prefix}{decimal_bytes_per_sec}, {wide_msg}",
        };
        Bar(drawable(n_bytes, template).filter(|_| has_room))
    }

    /// Shows the numbers of finished files, of bytes read, and of paragraphs.
    pub fn update(&self, n_done: usize, n_files: usize, n_bytes: u64, n_paragraphs: usize) {
        let Some(bar) = &self.0 else { return };
        bar.set_position(n_bytes);
        if n_files > 1 {
            bar.set_prefix(format!("{n_done} of {n_files} files, "));
        }
        let total = bar.length().map(|n| format!(" of {}", DecimalBytes(n))).unwrap_or_default();
        bar.set_message(format!("{n_paragraphs} paragraphs, {}{total}", DecimalBytes(n_bytes)));
        if bar.is_hidden() && bar.elapsed() > DELAY {
            show(bar);
        }
    }
}

/// A bar that is not shown yet; `None` with --quiet or if standard error cannot redraw a line.
fn drawable(length: Option<u64>, template: &str) -> Option<ProgressBar> {
    let style = ProgressStyle::with_template(template).expect("templates are constants, tested below");
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let can_redraw = std::io::stderr().is_terminal() && !is_dumb;
    (can_redraw && !IS_QUIET.load(Ordering::Relaxed)).then(|| {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        bar.with_style(style.progress_chars("━╸ ").tick_chars("|/-\\ "))
    })
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
    fn control_characters_are_replaced() {
        assert_eq!(
            printable("a\u{1b}[31m\0\u{7}\u{9b}2J\u{7f}\r"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}2J\u{fffd}\u{fffd}"
        );
        assert_eq!(printable("café\t\u{202e}1\n"), "café\t\u{202e}1\n");
    }

    #[test]
    fn templates_are_valid() {
        drop(Bar::of_files(Some(1), true));
        drop(Bar::of_files(None, true));
        drop(Bar::spinner("testing"));
    }
}
