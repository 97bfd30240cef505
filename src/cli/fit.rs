//! `afterwave fit`.

use std::path::PathBuf;

use clap::Args;

use super::run::InputArgs;
use super::values;
use crate::month::Month;

/// Carries the projection on from the months observed so far.
///
/// The last six counted months to --until tell the level at which every line runs, a month the less
/// the more of its demand was held back; the level is carried forward in full. What is written is a
/// pack that holds those counts, which `run --pack` takes with this or another scenario. Months
/// derived from longer periods are not used. Months after --until, where there are any, are scored
/// with and without the fit. One scenario is fitted, multiple-waves unless another is named. Areas of
/// a baseline that are too young, too short or out of use are left out unless --area names them.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave fit two-waves --until 2020-12 --pack believed-2021
  afterwave fit two-waves --until 2021-06 --area 00V --out bury-fitted
  afterwave run two-waves --pack bury-fitted --area 00V")]
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
