//! `afterwave backtest`.

use std::path::PathBuf;

use clap::Args;

use super::run::{ChartFormat, TableArgs};
use super::values;
use crate::input::study::Inputs;
use crate::month::Month;

/// Projects from before, and scores the projection against what came.
///
/// Every counted month of the baseline after --as-of is scored: by the weighted interval score and
/// its parts, coverage, bias, MAPE and MASE, beside methods the projection must beat; many areas by
/// area, pooled and as a sum. The hindcast is conditional: waves and restrictions are those of the
/// scenario, and only referrals after the cut are hidden. Areas of a baseline that are too young, too
/// short or out of use are left out unless --area names them.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave backtest                                  England, with both built-in packs
  afterwave backtest --area 00V --pack believed-2021  Bury, with what was believed in 2021
  afterwave backtest --baseline ccg.csv               every code with enough history, and the sum
  afterwave backtest two-waves --as-of 2020-12 --pack believed-2021 --pack fitted
  afterwave backtest --hub hub                        quantiles for scoring packages
  afterwave backtest --waits --pack believed-2021     waits against what was published
  afterwave backtest --rolling mine.csv               compare methods of the underlying forecast")]
pub struct BacktestArgs {
    /// Scenario files or built-in names [default: multiple-waves]
    #[arg(value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// The last month known to the projection; later ones are scored
    #[arg(long, value_name = "MONTH", default_value = "2020-02", value_parser = values::month)]
    pub as_of: Month,
    /// Compare methods of the underlying forecast by rolling origin on these baselines (CSV)
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["scenarios", "baseline", "as_of", "pack", "set", "spread", "hub", "charts"])]
    pub rolling: Vec<PathBuf>,
    /// With --rolling: no month from this one on is used
    #[arg(long, value_name = "MONTH", default_value = "2020-03", requires = "rolling", value_parser = values::month)]
    pub before: Month,
    /// With --rolling: how many months ahead
    #[arg(long, value_name = "N", default_value_t = 12, requires = "rolling", value_parser = clap::value_parser!(u16).range(1..=60))]
    pub months_ahead: u16,
    /// Observed referrals by month (CSV) [default: built-in England and Bury]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How it is to be read
    #[command(flatten)]
    pub table: TableArgs,
    /// Pack folder, workbook (.xlsx) or built-in name; may be repeated [default: believed-2021 and
    /// informed]
    #[arg(long, value_name = "DIR|XLSX|NAME")]
    pub pack: Vec<String>,
    /// Score waits against what was published (of `import --waits`) [default: what is built in]
    #[arg(long, value_name = "FILE", num_args = 0.., conflicts_with_all = ["rolling", "charts"])]
    pub waits: Option<Vec<PathBuf>>,
    /// With --waits: capacity by date (CSV), or `held`, of the projection [default: responds]
    #[arg(long, value_name = "FILE", requires = "waits")]
    pub capacity: Option<PathBuf>,
    /// Area to score, such as 00V; may be repeated [default: England, or all of a given baseline]
    #[arg(long, value_name = "CODE")]
    pub area: Vec<String>,
    /// Override a number, such as wave.2.height=1.5; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Joint samples of every uncertain number
    #[arg(long, value_name = "N", default_value_t = 1000, allow_negative_numbers = true, value_parser = values::draws(1))]
    pub draws: u32,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 2020)]
    pub seed: u64,
    /// Put a range of this many percent on every number that has none
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true, value_parser = values::percent)]
    pub spread: Option<f64>,
    /// Print every method and horizon in place of one screen
    #[arg(long)]
    pub full: bool,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "afterwave-out/backtest")]
    pub out: PathBuf,
    /// Folder for the forecasts and what came, as a hub of forecasters takes them (hubverse)
    #[arg(long, value_name = "DIR")]
    pub hub: Option<PathBuf>,
    /// Format of the charts; may be repeated
    #[arg(long, value_enum, default_values_t = [ChartFormat::Svg, ChartFormat::Png])]
    pub charts: Vec<ChartFormat>,
}

impl BacktestArgs {
    /// The inputs with one of the packs.
    pub fn inputs(&self, pack: &str) -> Inputs {
        let scenarios = if self.scenarios.is_empty() {
            vec!["multiple-waves".to_owned()]
        } else {
            self.scenarios.clone()
        };
        Inputs {
            scenarios,
            baseline: self.baseline.clone(),
            capacity: self.capacity.clone(),
            waits: self.waits.clone().unwrap_or_default(),
            library: None,
            levers: Vec::new(),
            packages: Vec::new(),
            pack: Some(pack.to_owned()),
            areas: self.area.clone(),
            with_parts: false,
            only_scored: true,
            settings: self.set.clone(),
            spread: self.spread,
            wishes: self.table.wishes(),
            draws: self.draws as usize,
            seed: self.seed,
        }
    }

    /// The packs to be held side by side.
    pub fn packs(&self) -> Vec<String> {
        if self.pack.is_empty() {
            return ["believed-2021", "informed"].map(str::to_owned).to_vec();
        }
        self.pack.clone()
    }
}
