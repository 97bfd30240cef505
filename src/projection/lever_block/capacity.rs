//! Levers that make room: more starts a month, and shorter treatment.

use super::strengths;
use crate::lane::Lane;
use crate::model::waiting::Capacity;
use crate::study::figures::Sample;
use crate::study::lever::{Acts, Lever, On};
use crate::study::scenario::Scenario;

/// Capacity of a service by month with levers: starts added, and those that a shorter treatment
/// makes room for (`1 / (1 - share)` as many). Nothing where no lever acts on it.
pub fn capacity<const L: usize>(
    scenario: &Scenario,
    service: usize,
    sample: &Sample<L>,
    without: &[Capacity<L>],
) -> Option<Vec<Capacity<L>>> {
    /// Treatment never gets shorter than this share of its length.
    const SHORTEST: f64 = 0.01;
    let adds = |lever: &Lever| lever.action.acts(On::Starts(service));
    let of = |lever: &&Lever| adds(lever) || lever.action.acts(On::Treatment(service));
    let acting: Vec<(&Lever, Vec<Lane<L>>)> = scenario
        .levers
        .iter()
        .filter(of)
        .map(|lever| (lever, strengths(scenario, lever, sample)))
        .filter(|(_, months)| months.iter().flatten().any(|strength| *strength != 0.0))
        .collect();
    let last = without.last().filter(|_| !acting.is_empty())?;
    let month = |t: usize| {
        let (mut added, mut left) = (Lane::<L>::ZERO, Lane::<L>::ONE);
        for (lever, months) in &acting {
            if adds(lever) {
                added += months[t];
            } else {
                left *= 1.0 - months[t];
            }
        }
        let pace = 1.0 / left.max(SHORTEST);
        match *without.get(t).unwrap_or(last) {
            Capacity::Responds { usual, more, wait, response } => {
                Capacity::Responds { usual: usual * pace, more: more + added, wait, response }
            }
            Capacity::Starts(starts) => Capacity::Starts((starts * pace + added).max(0.0)),
            Capacity::Places { places, leave } => {
                let leave = leave * pace;
                let places = (places + added / leave.max(1e-12)).max(0.0);
                Capacity::Places { places, leave }
            }
        }
    };
    Some((0..scenario.months).map(month).collect())
}
