//! Every command and option, one file per verb; the doc comments are the help texts.

pub mod network;

use clap::{Parser, Subcommand};

/// Mental health demand after a wave of Covid-19: baselines and scenarios in, projected demand
/// per service line out, with its range.
///
/// Every projection is conditional: if this scenario, then this demand. Population figures only:
/// nothing here says anything about a person's risk.
#[derive(Debug, Parser)]
#[command(name = "afterwave", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// One JSON document on standard output, nothing else there
    #[arg(long, global = true)]
    pub json: bool,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Follow patients through a network of services: waits, queues and who gives up
    Network(network::NetworkArgs),
}
