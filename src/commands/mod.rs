//! One file per verb; each reads as the story of that verb. Only here are files written and the
//! terminal spoken to.

pub mod network;

use crate::cli::{Cli, Command};

/// Runs one command.
pub fn run(cli: &Cli) -> anyhow::Result<()> {
    match &cli.command {
        Command::Network(args) => network::run(args, cli.json),
    }
}
