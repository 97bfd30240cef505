//! Everything a projection needs, validated together and immutable.
//!
//! | file | holds |
//! | --- | --- |
//! | [`figures`] | every uncertain number with its source, grade and basis |
//! | [`pack`] | drivers, groups, conditions, and the routes from them to services |
//! | [`service`] | service lines with their figures and standards |
//! | [`followed`] | what of a scenario followed from its waves |
//! | [`scenario`] | waves, restrictions, shocks and the response to them |
//! | [`strata`] | slices of the population by which results are split |
//! | [`observed`] | counted months whose level a projection carries forward |
//! | [`checks`] | published figures that results are held against |
//! | [`lever`] | what the system can do about demand |
//! | [`package`] | levers that would be bought together, and within what |
//! | [`capacity`] | treatment capacity by date |
//! | [`place`] | areas that are and were, and who lives there |
//! | [`waits`] | waits as published |
//! | [`area`] | baselines and how a pack's people are scaled to an area |

pub mod area;
pub mod capacity;
pub mod checks;
pub mod figures;
pub mod followed;
pub mod lever;
mod names;
pub mod observed;
pub mod pack;
pub mod package;
pub mod place;
pub mod scenario;
pub mod service;
pub mod strata;
pub mod waits;

use crate::diagnostics::Source;
use area::{Area, AreaScale, Series, Sizing};
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
    /// Capacity given by date; services without a plan respond. None keeps no
    /// waiting lists at all: everyone accepted starts at once.
    pub capacity: Option<Vec<capacity::Plan>>,
    /// Whether capacity without a plan is held at that of the baseline, not responding.
    pub is_held: bool,
    /// Waits as published.
    pub published: Vec<waits::Published>,
    /// Whether waits are said that nothing published can be held against.
    pub says_unchecked: bool,
    /// The baseline of the pack's reference area, at most one series a service line.
    pub reference: Vec<Series>,
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

impl Study {
    /// Per service, its baseline a year in the pack's reference area, of the months that a
    /// scenario may know: the mix that weighs the members of a total.
    pub fn mix(&self, scenario: &Scenario) -> Vec<Option<f64>> {
        mix(&self.reference, self.pack.services.len(), scenario)
    }

    /// How large an area is, as a scenario may know it.
    pub fn sizing(&self, scenario: &Scenario, area: &Area) -> Sizing {
        let of = sizing(&self.pack, &self.reference, scenario, (area.scale, &area.series));
        of.unwrap_or_else(|| Sizing::of_people(0.0, self.pack.services.len()))
    }
}

/// The year before a scenario by service, of `series`.
pub fn mix(series: &[Series], services: usize, scenario: &Scenario) -> Vec<Option<f64>> {
    let year = |series: &Series| series.year_before(scenario.learns_before());
    (0..services).map(|s| series.iter().find(|one| one.service == s).and_then(year)).collect()
}

/// The size of an area of some series; none where nothing says it. A scenario alone decides: what
/// other scenarios of a study may know is nothing to it.
pub fn sizing(
    pack: &Pack,
    reference: &[Series],
    scenario: &Scenario,
    (scale, series): (AreaScale, &[Series]),
) -> Option<Sizing> {
    let services = pack.services.len();
    match scale {
        AreaScale::Reference => Some(Sizing::of_people(1.0, services)),
        AreaScale::Population(factor) => Some(Sizing::of_people(factor, services)),
        AreaScale::Shares => {
            let year = |series: &Series| series.year_before(scenario.learns_before());
            let share = |service: usize| {
                let own = series.iter().find(|own| own.service == service)?;
                let whole = year(reference.iter().find(|whole| whole.counts_as(own))?)?;
                year(own).filter(|_| whole > 0.0).map(|own| own / whole)
            };
            let shares: Vec<Option<f64>> = (0..services).map(share).collect();
            Sizing::of_shares(&shares, |service| pack.like(service))
        }
    }
}

/// Which summaries a projection makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Summaries {
    /// Months and totals.
    #[default]
    All,
    /// Totals only: for many runs that are compared.
    Totals,
    /// Totals, and how they fall on strata.
    Splits,
}

impl Summaries {
    /// Whether every month is summarised, and the waits of each.
    pub fn has_months(self) -> bool {
        self == Self::All
    }

    /// Whether totals are split by strata.
    pub fn has_splits(self) -> bool {
        self != Self::Totals
    }
}

/// How the uncertainty is sampled.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    /// Number of joint samples; 0 takes every number at its central value, without noise.
    pub count: usize,
    /// The seed of all streams.
    pub seed: u64,
}
