//! `afterwave import`.

use std::path::PathBuf;

use clap::Args;

/// The options of `import`.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a switch of the command line
#[command(after_help = "Examples:
  afterwave import mhsds MHSDS_Time_Series.csv.gz --list
  afterwave import MHSDS_Time_Series.csv.gz --area 00V --out bury.csv
  afterwave import MHSDS_Time_Series.csv.gz --area sub-icb --measure MHS32
  afterwave import MHSDS_Time_Series.csv.gz --waits --area provider --out eip-waits.csv
  afterwave import covid england-daily.csv --measure admissions --out virus.csv")]
pub struct ImportArgs {
    /// One or more files, after the kind if it is to be named
    #[arg(required = true, value_name = "KIND|FILE")]
    pub files: Vec<PathBuf>,
    /// Show what the files hold: areas, measures and periods
    #[arg(long)]
    pub list: bool,
    /// An area by its code, or a level for all its areas (sub-icb, provider, ...); may be
    /// repeated [default: the whole country]
    #[arg(long, value_name = "CODE")]
    pub area: Vec<String>,
    /// A measure by its id; may be repeated [default: referrals, for covid admissions]
    #[arg(long, value_name = "ID")]
    pub measure: Vec<String>,
    /// The sheet of a workbook [default: the first in sight that holds anything]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The service id to write, in place of the measure's own
    #[arg(long, value_name = "ID")]
    pub service: Option<String>,
    /// Spread rolling periods that do not overlap evenly over their months, marked as derived
    #[arg(long)]
    pub rolling: bool,
    /// Spread years evenly over their months, marked as derived
    #[arg(long)]
    pub spread_annual: bool,
    /// Take what the files tell of waits (seen, within a limit, median, waiting), not referrals:
    /// for `backtest --waits`
    #[arg(long, conflicts_with_all = ["rolling", "spread_annual"])]
    pub waits: bool,
    /// Keep first months that look partial
    #[arg(long)]
    pub keep_partial: bool,
    /// Write here, not to standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
