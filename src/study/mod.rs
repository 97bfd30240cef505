//! Everything a projection needs, validated together and immutable.
//!
//! | file | holds |
//! | --- | --- |
//! | [`figures`] | every uncertain number with its source, grade and basis |
//! | [`pack`] | drivers, groups, conditions, and the routes from them to services |
//! | [`service`] | service lines with their figures and standards |
//! | [`scenario`] | waves, restrictions, shocks and the response to them |
//! | [`strata`] | slices of the population by which results are split |
//! | [`observed`] | counted months whose level a projection carries forward |
//! | [`checks`] | published figures that results are held against |
//! | [`lever`] | what the system can do about demand |
//! | [`capacity`] | treatment capacity by date |
//! | [`area`] | baselines and how a pack's people are scaled to an area |

pub mod area;
pub mod capacity;
pub mod checks;
pub mod figures;
pub mod lever;
pub mod observed;
pub mod pack;
pub mod scenario;
pub mod service;
pub mod strata;

use crate::diagnostics::Source;
use area::Area;
use figures::Figures;
use pack::Pack;
use scenario::Scenario;

/// A validated set of inputs: one pack, any number of scenarios and areas.
#[derive(Clone, Debug)]
pub struct Study {
    /// Every uncertain number.
    pub figures: Figures,
    /// The pack.
    pub pack: Pack,
    /// The scenarios, in the order asked for.
    pub scenarios: Vec<Scenario>,
    /// The areas, in the order asked for.
    pub areas: Vec<Area>,
    /// Capacity given by date; services without a plan hold that of the baseline. None keeps no
    /// waiting lists at all: everyone accepted starts at once.
    pub capacity: Option<Vec<capacity::Plan>>,
    /// Per service, its baseline a year in the pack's reference area: the mix that weighs the
    /// members of a total.
    pub mix: Vec<Option<f64>>,
    /// Counted months whose level is carried forward, if any.
    pub observed: Option<observed::Observed>,
    /// Published figures that results are held against.
    pub checks: Vec<checks::PublishedFigure>,
    /// The texts everything was read from.
    pub sources: Vec<Source>,
    /// Which summaries a projection makes.
    pub summaries: Summaries,
    /// How many draws (0: central values only) under which seed.
    pub draws: Draws,
}

/// Which summaries a projection makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Summaries {
    /// Months and totals.
    #[default]
    All,
    /// Totals only: for many runs that are compared.
    Totals,
}

/// How the uncertainty is sampled.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    /// Number of joint samples; 0 takes every number at its central value, without noise.
    pub count: usize,
    /// The seed of all streams.
    pub seed: u64,
}
