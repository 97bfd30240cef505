//! `afterwave learn`.

use std::path::PathBuf;

use clap::Args;

use super::run::TableArgs;
use super::values;
use crate::input::study::Inputs;
use crate::month::Month;

/// Learns from many areas' counts how referrals are held back, return and stray.
///
/// Of a baseline of many areas, blocks of neighbouring codes are left out in turn, and the figures
/// sought under which the projections of the others score best: what returns, what is lost, the
/// factor on the surge, how far areas differ and how wide the ranges are. The result is a table that
/// a pack takes as learnt.csv, with the scores of the areas left out beside each figure. Areas that
/// are too young, too short or out of use are left out unless --area names them.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave learn ccg.csv                        from every code with enough history
  afterwave learn ccg.csv --until 2021-06 --pack believed-2021")]
pub struct LearnArgs {
    /// Observed referrals by month of many areas (CSV)
    #[arg(value_name = "BASELINE")]
    pub baseline: PathBuf,
    /// How it is to be read
    #[command(flatten)]
    pub table: TableArgs,
    /// Scenario file or built-in name
    #[arg(long, value_name = "SCENARIO", default_value = "multiple-waves")]
    pub scenario: String,
    /// Pack folder or built-in name that the search starts from
    #[arg(long, value_name = "DIR|NAME", default_value = "believed-2021")]
    pub pack: String,
    /// The service to learn of [default: the one that most areas count]
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<String>,
    /// Area to use, such as 00V; may be repeated [default: all]
    #[arg(long, value_name = "CODE")]
    pub area: Vec<String>,
    /// The last month to score
    #[arg(long, value_name = "MONTH", default_value = "2022-07", value_parser = values::month)]
    pub until: Month,
    /// Blocks of areas that are left out in turn
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u16).range(2..=100))]
    pub folds: u16,
    /// Joint samples of every uncertain number, in blocks of 64
    #[arg(long, value_name = "N", default_value_t = 256, allow_negative_numbers = true, value_parser = values::draws(1))]
    pub draws: u32,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 2020)]
    pub seed: u64,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// The table to write
    #[arg(long, value_name = "FILE", default_value = "learnt.csv")]
    pub out: PathBuf,
}

impl LearnArgs {
    /// The inputs.
    pub fn inputs(&self) -> Inputs {
        Inputs {
            scenarios: vec![self.scenario.clone()],
            baseline: Some(self.baseline.clone()),
            pack: Some(self.pack.clone()),
            areas: self.area.clone(),
            only_scored: true,
            wishes: self.table.wishes(),
            // Whole blocks: a part of one would leave lanes without a draw.
            draws: (self.draws as usize).next_multiple_of(crate::draw::LANES),
            seed: self.seed,
            ..Inputs::default()
        }
    }
}
