//! The command line of rhetor: arguments, threads, files, exit codes.

mod args;
mod drops;
mod compared;
mod evaluate;
mod inspect;
mod manual;
mod output;
mod pages;
mod progress;
mod results;
mod run;
mod score;
mod stop;
mod stream;
mod terminal;
mod train;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::progress::Progress;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::of_process();
    terminal::configure(&args.terminal);
    let outcome = match &args.command {
        Command::Score(args) => score::score(args),
        Command::Read(args) => score::read(args),
        Command::Train(args) => train::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Completions { shell } => manual::completions(*shell),
        Command::Man { output } => manual::man(args::file(output)),
    };
    outcome.unwrap_or_else(|error| {
        match error.downcast_ref::<rhetor::Error>() {
            Some(error) if is_closed_pipe(error) => return ExitCode::SUCCESS,
            // Its message includes its source, which the chain would repeat.
            Some(error) => Progress::default().failed(error),
            None => terminal::say(&format!("rhetor: {error:#}")),
        }
        ExitCode::from(2)
    })
}

/// Whether the reader of our output has stopped reading, as `head` does. This is not a failure.
fn is_closed_pipe(error: &rhetor::Error) -> bool {
    matches!(error, rhetor::Error::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
}
