//! `afterwave check`.

use clap::Args;

use super::run::InputArgs;

/// Lists every problem in the inputs at once; exit code 2 if there is one.
///
/// Scenarios, a baseline (.csv), a pack folder or a workbook (.xlsx) may be named in any order.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave check                          the built-in inputs
  afterwave check mine.toml mine.csv       a scenario and a baseline
  afterwave check my-pack two-waves        a pack folder with a built-in scenario")]
pub struct CheckArgs {
    /// What to check
    #[command(flatten)]
    pub input: InputArgs,
}
