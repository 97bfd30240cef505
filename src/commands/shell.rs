//! `afterwave completions` and `afterwave man`, made from the command line itself.

use clap::CommandFactory as _;

use crate::cli::Cli;
use crate::cli::line::CommandLine;
use crate::cli::shell::{CompletionsArgs, ManArgs};
use crate::output::files::Files;
use crate::output::record::NoMore;

/// Prints completions.
pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "afterwave", &mut text);
    super::print(&String::from_utf8(text)?)
}

/// Prints the first manual page, or writes all.
pub(super) fn man(args: &ManArgs, line: &CommandLine) -> anyhow::Result<()> {
    let mut command = Cli::command();
    // Gives each its whole name: afterwave-run.
    command.build();
    let page = |command: &clap::Command| -> anyhow::Result<(String, Vec<u8>)> {
        let (man, mut text) = (clap_mangen::Man::new(command.clone()), Vec::new());
        man.render(&mut text)?;
        Ok((man.get_filename(), text))
    };
    let Some(dir) = &args.dir else {
        return super::print(&String::from_utf8(page(&command)?.1)?);
    };
    let folder = super::hold(line, "DIR", dir)?;
    let mut files = Files::default();
    let own = command.get_subcommands().filter(|own| own.get_name() != "help");
    for command in std::iter::once(&command).chain(own) {
        let (name, text) = page(command)?;
        files.add(name, text);
    }
    folder.replace(files, &[], &NoMore {})?;
    Ok(())
}
