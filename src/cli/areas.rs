//! `afterwave areas`.

use clap::Args;

/// Lists the areas that are built in: their codes, residents, baselines, and what became of them.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave areas                       what there is
  afterwave areas lancashire            every area with it in its name
  afterwave areas 00V                   one area, of any year
  afterwave run --area \"Greater Manchester\"
  afterwave run --area region:\"North West\" --area all-sub-icb")]
pub struct AreasArgs {
    /// A code of any year, or a name or part of one
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
}
