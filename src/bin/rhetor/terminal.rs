//! Properties of the terminal: colours, width, and text that is safe to print on it.

use std::borrow::Cow;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use rhetor::report::Styles;

use crate::args::TerminalArgs;

/// Whether only warnings and errors are printed on standard error.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

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

pub fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// The styles of an output: those that were asked for, else none in a file and those that a terminal supports.
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

/// Whether standard error is a terminal that can redraw a line.
pub fn can_redraw() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// `text` with U+FFFD for control characters that could move the cursor or control a terminal.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    match text.contains(is_control) {
        true => Cow::Owned(text.replace(is_control, "\u{fffd}")),
        false => Cow::Borrowed(text),
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
}
