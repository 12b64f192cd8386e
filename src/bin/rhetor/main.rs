//! The command line of rhetor: arguments, threads, files, exit codes.

mod args;
mod bar;
mod compare;
mod evaluate;
mod figures;
mod finish;
mod inspect;
mod interrupt;
mod manual;
mod output;
mod pages;
mod read;
mod results;
mod score;
mod signals;
mod stream;
mod terminal;
mod train;

use std::process::ExitCode;

use crate::args::{Args, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::of_process();
    terminal::choose(&args.terminal);
    let outcome = match &args.command {
        Command::Score(args) => score::run(args),
        Command::Read(args) => read::run(args),
        Command::Train(args) => train::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref::<rhetor::Error>() {
                // Its message has its source in it; the chain would say that again.
                Some(error) => output::Progress::default().failed(error),
                None => output::say(&format!("rhetor: {error:#}")),
            }
            ExitCode::from(2)
        }
    }
}

/// Whether the reader of our output has gone away, as `head` does: no failure of ours.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let broken = |source: &std::io::Error| source.kind() == std::io::ErrorKind::BrokenPipe;
    matches!(error.downcast_ref(), Some(rhetor::Error::Io { source, .. }) if broken(source))
}
