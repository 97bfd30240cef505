//! `afterwave explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::run::OptionArgs;

/// Where a figure comes from: its parts, what drives it, the inputs behind it and what its range
/// hangs on.
///
/// WHAT is a service and, if wanted, a month: `iapt 2021-01`. Without a month, the whole horizon.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the command line")]
#[command(after_help = "\
Examples:
  afterwave explain iapt 2021-01 --scenario two-waves
  afterwave explain camhs --pack believed-2021
  afterwave explain --assumptions                every number with source and grade
  afterwave explain --assumptions --changed --set wave.2.height=2
  afterwave explain camhs --indicator absence.csv  do absences go before referrals?
  afterwave explain --graph mermaid              driver to group to condition to service")]
pub struct ExplainArgs {
    /// A service, and a month
    #[arg(value_name = "WHAT", num_args = 0..=2)]
    pub what: Vec<String>,
    /// Scenario file or built-in name
    #[arg(long, value_name = "NAME", default_value = "two-waves")]
    pub scenario: String,
    /// List every number with its range, source, grade and basis
    #[arg(long)]
    pub assumptions: bool,
    /// With --assumptions: only those changed from the defaults
    #[arg(long, requires = "assumptions")]
    pub changed: bool,
    /// Draw driver, group, condition and service as text for a graph tool
    #[arg(long, value_enum, conflicts_with = "assumptions")]
    pub graph: Option<GraphFormat>,
    /// First-order and total Sobol indices of the strongest inputs (slower)
    #[arg(long)]
    pub sobol: bool,
    /// Also write sensitivity.csv and a tornado chart to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also show how series of yours (CSV: month and a column each) move with its referrals
    #[arg(long, value_name = "FILE", conflicts_with_all = ["assumptions", "graph"])]
    pub indicator: Option<PathBuf>,
    /// Print every part, input and source in place of one screen
    #[arg(long)]
    pub full: bool,
    /// Everything else
    #[command(flatten)]
    pub options: OptionArgs,
}

/// The language of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum GraphFormat {
    /// Mermaid, for documents.
    Mermaid,
    /// DOT, for Graphviz.
    Dot,
}
