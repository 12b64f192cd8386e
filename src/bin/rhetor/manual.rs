//! `rhetor completions` and `rhetor man`: what shells and manuals know, from the arguments themselves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::args::Args;
use crate::interrupt::Finish;
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
    let Some(folder) = &args.output else {
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
    let page = |command: &clap::Command| {
        let release = concat!("rhetor ", env!("CARGO_PKG_VERSION"));
        let man = clap_mangen::Man::new(command.clone()).source(release).manual("Manual of rhetor");
        let mut page = Vec::new();
        man.render(&mut page)?;
        Ok((man.get_filename(), page))
    };
    commands.map(page).collect()
}
