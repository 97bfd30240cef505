//! `afterwave import`.

use std::path::PathBuf;

use clap::Args;

use crate::input::dates::DayOrder;

/// The options of `import`.
#[derive(Clone, Debug, Args)]
#[allow(clippy::struct_excessive_bools)] // each is a switch of the command line
#[command(after_help = "Examples:
  afterwave import mhsds MHSDS_Time_Series.csv.gz --list
  afterwave import MHSDS_Time_Series.csv.gz --area 00V --out bury.csv
  afterwave import MHSDS_Time_Series.csv.gz --area sub-icb --measure MHS32
  afterwave import MHSDS_Time_Series.csv.gz --area sub-icb --areas 2022
  afterwave import MHSDS_Time_Series.csv.gz --waits --area provider --out eip-waits.csv
  afterwave import covid england-daily.csv --measure admissions --out virus.csv
  afterwave import waits.csv --date Month --area HB --value Seen --where Age=All")]
pub struct ImportArgs {
    /// One or more files, after the kind if it is to be named
    #[arg(required = true, value_name = "KIND|FILE")]
    pub files: Vec<PathBuf>,
    /// Show what the files hold: areas, measures and periods
    #[arg(long)]
    pub list: bool,
    /// An area by its code or name, a level for all its areas (sub-icb, provider, ...), or the
    /// column of a table that says whose; may be repeated [default: the whole country]
    #[arg(long, value_name = "CODE")]
    pub area: Vec<String>,
    /// Bring old codes to the areas of a year, such as 2022: what was merged is added up, what was
    /// divided is split by residents and marked as derived
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(2013..=2100))]
    pub areas: Option<i16>,
    /// A measure by its id; may be repeated [default: referrals, for covid admissions]
    #[arg(long, value_name = "ID")]
    pub measure: Vec<String>,
    /// The sheet of a workbook [default: the first in sight that holds anything]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The service id to write, in place of the measure's own
    #[arg(long, value_name = "ID")]
    pub service: Option<String>,
    /// Spread quarters, years and weeks evenly over their months, marked as derived
    #[arg(long, aliases = ["rolling", "spread-annual"], overrides_with = "spread_periods")]
    pub spread_periods: bool,
    /// Order of day and month in dates, where it is not certain
    #[arg(long, value_name = "ORDER")]
    pub dates: Option<DayOrder>,
    /// The column that says when, of a table in no published layout; twice for a year and a month
    #[arg(long, value_name = "COL")]
    pub date: Vec<String>,
    /// A column of figures; may be repeated
    #[arg(long, value_name = "COL")]
    pub value: Vec<String>,
    /// Rows with this text in this column only; may be repeated
    #[arg(long = "where", value_name = "COL=VALUE")]
    pub filters: Vec<String>,
    /// Take a stock, such as people waiting, for a line that is projected
    #[arg(long)]
    pub stock: bool,
    /// Take what the files tell of waits (seen, within a limit, median, waiting), not referrals:
    /// for `backtest --waits`
    #[arg(long, conflicts_with = "spread_periods")]
    pub waits: bool,
    /// Keep first months that look partial
    #[arg(long)]
    pub keep_partial: bool,
    /// Write here, not to standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
