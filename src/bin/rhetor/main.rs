//! The command line of rhetor: arguments, threads, files, exit codes.

mod adapt;
mod agree;
mod answer;
mod args;
mod check_labels;
mod cite;
mod drops;
mod compared;
mod evaluate;
mod inspect;
#[cfg(feature = "serve")]
mod label;
mod manual;
mod output;
mod pages;
mod progress;
mod results;
mod run;
mod sample;
mod score;
// Without a server, only lines of text and rows are answered.
#[cfg_attr(not(feature = "serve"), allow(dead_code))]
mod scorer;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
mod server;
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
        Command::Train(args) => match &args.base {
            Some(base) => adapt::run(args, base),
            None => train::run(args),
        },
        Command::Evaluate(args) => evaluate::run(args),
        Command::Sample(args) => sample::run(args),
        Command::Agree(args) => agree::run(args),
        Command::CheckLabels(args) => check_labels::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Cite(args) => cite::run(args),
        #[cfg(feature = "serve")]
        Command::Label(args) => label::run(args),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(args),
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
