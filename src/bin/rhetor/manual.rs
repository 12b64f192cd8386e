//! `rhetor completions` and `rhetor man`, generated from the definitions of the arguments.

use std::path::Path;
use std::process::ExitCode;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::args::{Args, EXIT_CODES};
use crate::output::Sink;
use crate::stop::Finish;

pub fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::checked_command(), "rhetor", &mut script);
    print(&script)
}

pub fn man(folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut command = Args::checked_command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = folder else { return print(&page(&command)?.1) };
    std::fs::create_dir_all(folder).map_err(rhetor::Error::io(folder, "write"))?;
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        let (name, page) = page(command)?;
        let path = folder.join(name);
        std::fs::write(&path, page).map_err(rhetor::Error::io(&path, "write"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &[u8]) -> anyhow::Result<ExitCode> {
    let mut sink = Sink::open(None)?;
    sink.write(&String::from_utf8_lossy(text))?;
    sink.finish(false)?;
    Ok(ExitCode::SUCCESS)
}

/// The file name and the text of a command's manual page: that of clap_mangen, but with values in the synopsis,
/// and exit codes in a section of their own.
fn page(command: &clap::Command) -> anyhow::Result<(String, Vec<u8>)> {
    let release = concat!("rhetor ", env!("CARGO_PKG_VERSION"));
    let command = command.clone().after_help(None::<&str>).override_usage(synopsis(command));
    let man = Man::new(command).source(release).manual("Manual of rhetor");
    let mut page = Vec::new();
    man.render(&mut page)?;
    Roff::new().control("SH", ["EXIT STATUS"]).text([roman(EXIT_CODES)]).to_writer(&mut page)?;
    Ok((man.get_filename(), page))
}

/// How a command is called, with all options and their values.
fn synopsis(command: &clap::Command) -> String {
    let mut line = command.get_bin_name().unwrap_or(command.get_name()).to_string();
    let is_shown = |arg: &&clap::Arg| !arg.is_hide_set();
    let (positionals, options): (Vec<&clap::Arg>, Vec<&clap::Arg>) =
        command.get_arguments().filter(is_shown).partition(|arg| arg.is_positional());
    for option in options {
        let short = option.get_short().map(|short| format!("-{short}|")).unwrap_or_default();
        match option.is_required_set() {
            true => line += &format!(" {short}{option}"),
            false => line += &format!(" [{short}{option}]"),
        }
    }
    positionals.iter().for_each(|positional| line += &format!(" {positional}"));
    if command.has_subcommands() { line + " <COMMAND>" } else { line }
}
