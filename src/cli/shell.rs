//! `afterwave completions` and `afterwave man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// Prints what makes a shell complete commands and options.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave completions bash > ~/.local/share/bash-completion/completions/afterwave
  afterwave completions zsh > ~/.zfunc/_afterwave
  afterwave completions powershell >> $PROFILE")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the manual page, or writes one for each command.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave man | man -l -
  afterwave man ~/.local/share/man/man1     afterwave(1), afterwave-run(1) and the others")]
pub struct ManArgs {
    /// Folder for the pages [default: the first to standard output]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
