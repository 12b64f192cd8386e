//! `rhetor completions` and `rhetor man`: what shells and manuals know, from the arguments themselves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::args::{Args, EXIT_CODES};
use crate::finish::Finish;
use crate::output::Sink;

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// The folder that a page for rhetor and one for each command are written to
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::checked_command(), "rhetor", &mut script);
    print(&script)
}

pub(crate) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let pages = pages()?;
    let Some(folder) = args.output.as_ref().filter(|path| *path != Path::new("-")) else {
        let (_, page) = pages.first().expect("the command itself has a page");
        return print(page);
    };
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| rhetor::Error::Io { path, action: "write", source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, page) in pages {
        let path = folder.join(name);
        std::fs::write(&path, page).map_err(failed(&path))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &[u8]) -> anyhow::Result<ExitCode> {
    let mut sink = Sink::open(None)?;
    sink.write(&String::from_utf8_lossy(text))?;
    sink.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The name and the text of each manual page: that of rhetor, then one for each of its commands.
fn pages() -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut command = Args::checked_command().disable_help_subcommand(true);
    command.build();
    let commands = std::iter::once(&command).chain(command.get_subcommands());
    commands.map(page).collect()
}

/// The name and the text of a command's page. What clap_mangen makes of a whole command has no values in its
/// synopsis, and the exit codes under a heading that says nothing.
fn page(command: &clap::Command) -> anyhow::Result<(String, Vec<u8>)> {
    let release = concat!("rhetor ", env!("CARGO_PKG_VERSION"));
    let command = command.clone().override_usage(synopsis(command));
    let (has_commands, has_version) = (command.has_subcommands(), command.get_version().is_some());
    let man = Man::new(command).source(release).manual("Manual of rhetor");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    Roff::new().control("SH", ["EXIT STATUS"]).text([roman(EXIT_CODES)]).to_writer(&mut page)?;
    if has_version {
        man.render_version_section(&mut page)?;
    }
    Ok((man.get_filename(), page))
}

/// How a command is called: all its options with their values.
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
