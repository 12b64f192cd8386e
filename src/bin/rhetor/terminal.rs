//! What a terminal gets: colours, its width, and how much talk.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use rhetor::Styles;

/// What a terminal gets.
#[derive(Debug, clap::Args)]
pub(crate) struct TerminalArgs {
    /// Colours in tables and help: on terminals that have them, as NO_COLOR, CLICOLOR and TERM say,
    /// always or never
    #[arg(long, value_name = "WHEN", global = true, default_value_t = clap::ColorChoice::Auto, help_heading = "Terminal")]
    pub(crate) color: clap::ColorChoice,
    /// Say nothing on standard error but warnings and errors: no progress, no closing words
    #[arg(short, long, global = true, help_heading = "Terminal")]
    pub(crate) quiet: bool,
}

/// Whether talk that is no warning and no error is left out. One for the process, as its stderr is.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Makes the choices of the command line those of the whole process.
pub(crate) fn choose(args: &TerminalArgs) {
    IS_QUIET.store(args.quiet, Ordering::Relaxed);
    let choice = match args.color {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

pub(crate) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// `--color` as it will be parsed: help and complaints about other arguments are coloured before that.
pub(crate) fn color_of_help() -> clap::ColorChoice {
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let value_of = |(index, arg): (usize, &String)| match arg.strip_prefix("--color") {
        Some("") => args.get(index + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_string),
        None => None,
    };
    let options = args.iter().enumerate().take_while(|(_, arg)| *arg != "--");
    let choice = options.filter_map(value_of).last();
    choice.and_then(|choice| clap::ColorChoice::from_str(&choice, false).ok()).unwrap_or_default()
}

/// The styles of what goes to a file, or to standard output: those of a terminal that has colours, or any
/// that were asked for.
pub(crate) fn styles(is_file: bool) -> Styles {
    let color = match (ColorChoice::global(), is_file) {
        (ColorChoice::Always, _) => true,
        (_, true) => false,
        _ => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    };
    Styles { color }
}

/// The columns of the terminal, or of `COLUMNS`, or 80.
pub(crate) fn width() -> usize {
    let of_terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let of_environment = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    of_terminal.or_else(of_environment).unwrap_or(80).clamp(40, 400)
}

/// Whether standard error is a terminal on which a line can be drawn again.
pub(crate) fn can_redraw() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
