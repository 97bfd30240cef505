//! `afterwave fit`.

use std::path::PathBuf;

use clap::Args;

use super::run::InputArgs;
use super::values;
use crate::month::Month;

/// Conditions the projection on the months observed so far.
///
/// Draws many sets of figures, weighs each by how well it explains the counted months of the
/// baseline from the scenario's start to --until, and writes what is left as a pack, which
/// `run --pack` takes: the new ranges, and the draws themselves with the forecast errors learnt.
/// The scenario's own numbers stand beside it in SCENARIO-fitted.toml. Months derived from longer
/// periods are not used. Months after --until, where there are any, are scored with and without
/// the fit. One scenario is fitted, multiple-waves unless another is named, with at least 64 draws,
/// in blocks of 64.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave fit two-waves --until 2020-12 --pack believed-2021
  afterwave fit two-waves --until 2021-06 --area 00V --out bury-fitted
  afterwave run bury-fitted/two-waves-fitted.toml --pack bury-fitted --area 00V")]
pub struct FitArgs {
    /// What to project from; one scenario [default: multiple-waves]
    #[command(flatten)]
    pub input: InputArgs,
    /// The last month to use
    #[arg(long, value_name = "MONTH", value_parser = values::month)]
    pub until: Month,
    /// Print every line, figure and score in place of one screen
    #[arg(long)]
    pub full: bool,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Folder for the pack
    #[arg(long, value_name = "DIR", default_value = "fitted")]
    pub out: PathBuf,
}
