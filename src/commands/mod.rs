//! One file per verb; each reads as the story of that verb. Only here are files written and the
//! terminal spoken to.

use crate::cli::Cli;

/// Runs one command.
pub fn run(cli: &Cli) -> anyhow::Result<()> {
    match cli.command {}
}
