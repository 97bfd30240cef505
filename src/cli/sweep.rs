//! `afterwave sweep`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Many scenarios, numbers and areas from one file, on one machine or many.
///
/// FILE is TOML: scenarios, areas, and a grid of any numbers that --set takes. A unit is one variant
/// over all areas; every unit has files of its own, so that shards on many machines make the same
/// folder, file for file and byte for byte, as one. A unit that is whole is passed over: what was
/// stopped goes on from there.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  afterwave sweep plan heights.toml                        what it takes, without running it
  afterwave sweep run heights.toml --out S                 all of it
  afterwave sweep run heights.toml --out S --shard 2/8     the second of eight machines
  afterwave sweep merge S                                  one table of cases, comparisons, effects")]
pub struct SweepArgs {
    /// What to do
    #[command(subcommand)]
    pub verb: SweepVerb,
}

/// The verbs of a sweep.
#[derive(Clone, Debug, Subcommand)]
pub enum SweepVerb {
    /// Cases, time, memory and disk that a sweep takes
    Plan(PlanArgs),
    /// Project every unit of a sweep, or of a shard of it
    Run(SweepRunArgs),
    /// Check that all units are there and put them beside each other
    Merge(MergeArgs),
}

/// What it takes.
#[derive(Clone, Debug, Args)]
pub struct PlanArgs {
    /// The sweep file
    pub file: PathBuf,
    /// Time that each shard may take, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 60.0)]
    pub within: f64,
    /// Processors of a machine [default: those of this one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Memory of a machine, in MB
    #[arg(long, value_name = "MB", default_value_t = MEMORY)]
    pub memory: u64,
}

/// What is run, and where its files go.
#[derive(Clone, Debug, Args)]
pub struct SweepRunArgs {
    /// The sweep file
    pub file: PathBuf,
    /// Folder of the results, which all shards may share
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Which part of the units, such as 2/8 [default: all]
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// List areas that can't be projected in failed/, go on, and end with exit code 3
    #[arg(long)]
    pub keep_going: bool,
    /// Threads to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Memory to stay within, in MB; more of it lets more variants share their work
    #[arg(long, value_name = "MB", default_value_t = MEMORY)]
    pub memory: u64,
}

/// What is put together.
#[derive(Clone, Debug, Args)]
pub struct MergeArgs {
    /// The folder of a sweep
    pub folder: PathBuf,
    /// The variant that others are compared with [default: the first]
    #[arg(long, value_name = "VARIANT")]
    pub against: Option<String>,
}

/// What memory is taken without a word, in MB.
const MEMORY: u64 = 400;

/// A part of the units of a sweep: every `of`-th, beginning with `at` (from 0).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which.
    pub at: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// All units.
    pub const ALL: Self = Self { at: 0, of: 1 };

    /// Whether a unit is of it.
    pub const fn holds(self, unit: usize) -> bool {
        unit % self.of == self.at
    }
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(at, of)| {
        Some((at.trim().parse::<usize>().ok()?, of.trim().parse::<usize>().ok()?))
    });
    match parts {
        Some((at, of)) if (1..=of).contains(&at) => Ok(Shard { at: at - 1, of }),
        _ => Err("allowed: K/N with K from 1 to N, such as 2/8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_part_the_units() {
        let holders = |unit| (0..7).filter(|at| Shard { at: *at, of: 7 }.holds(unit)).count();
        assert!((0..50).all(|unit| holders(unit) == 1));
        assert_eq!(shard("2/8"), Ok(Shard { at: 1, of: 8 }));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
