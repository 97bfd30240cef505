//! `afterwave init`.

use std::path::PathBuf;

use clap::Args;

/// Writes a workspace to edit: scenarios, packs and baselines, which `run` takes unchanged.
///
/// With --from, a parameter workbook becomes a pack folder that gives the same numbers.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave init my-area                     the built-in example
  afterwave init my-pack --from params.xlsx  a workbook as a pack folder")]
pub struct InitArgs {
    /// Folder to write
    #[arg(value_name = "DIR", default_value = "afterwave-workspace")]
    pub dir: PathBuf,
    /// A parameter workbook to turn into a pack
    #[arg(long, value_name = "WORKBOOK")]
    pub from: Option<PathBuf>,
}
