//! What a command names as the inputs of a study.

use std::path::PathBuf;

use crate::input::tidy::Wishes;

/// What a command names as its inputs.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Scenario files or built-in names; none is the built-in set, or the pack's own.
    pub scenarios: Vec<String>,
    /// A baseline file; none is the built-in England and Bury.
    pub baseline: Option<PathBuf>,
    /// A pack folder, workbook or built-in name.
    pub pack: Option<String>,
    /// Areas of the baseline; none is the reference area, or all of a given file.
    pub areas: Vec<String>,
    /// Whether the parts of an area that is asked for by itself are projected beside it.
    pub with_parts: bool,
    /// Without `areas`, leaves out those of the baseline that no score can be made of.
    pub only_scored: bool,
    /// Treatment capacity by date, or `held`; none responds.
    pub capacity: Option<PathBuf>,
    /// Waits as published; those built in come after them.
    pub waits: Vec<PathBuf>,
    /// A library of levers; none is the built-in one.
    pub library: Option<PathBuf>,
    /// Levers of the library to add to every scenario.
    pub levers: Vec<String>,
    /// Files of packages, whose levers are added to every scenario.
    pub packages: Vec<PathBuf>,
    /// `KEY=VALUE` overrides.
    pub settings: Vec<String>,
    /// A range, in percent, to put on every figure that has none.
    pub spread: Option<f64>,
    /// How the baseline's table is to be read.
    pub wishes: Wishes,
    /// How many draws.
    pub draws: usize,
    /// The seed.
    pub seed: u64,
}
