//! Levers that make room: more starts a month, and shorter treatment.

use super::strengths;
use crate::model::waiting::Capacity;
use crate::study::figures::Sample;
use crate::study::lever::{Action, Lever};
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
    let of = |lever: &&Lever| match &lever.action {
        Action::Capacity(services) | Action::Shorten(services) => services.contains(&service),
        _ => false,
    };
    let acting: Vec<(&Lever, Vec<[f64; L]>)> = scenario
        .levers
        .iter()
        .filter(of)
        .map(|lever| (lever, strengths(scenario, lever, sample)))
        .filter(|(_, months)| months.as_flattened().iter().any(|strength| *strength != 0.0))
        .collect();
    let last = without.last().filter(|_| !acting.is_empty())?;
    let month = |t: usize| {
        let (mut added, mut left) = ([0.0; L], [1.0; L]);
        for (lever, months) in &acting {
            let adds = matches!(lever.action, Action::Capacity(_));
            for i in 0..L {
                if adds {
                    added[i] += months[t][i];
                } else {
                    left[i] *= 1.0 - months[t][i];
                }
            }
        }
        let pace = left.map(|left| 1.0 / left.max(SHORTEST));
        match *without.get(t).unwrap_or(last) {
            Capacity::Starts(starts) => {
                Capacity::Starts(std::array::from_fn(|i| (starts[i] * pace[i] + added[i]).max(0.0)))
            }
            Capacity::Places { places, leave } => {
                let leave: [f64; L] = std::array::from_fn(|i| leave[i] * pace[i]);
                let more = |i: usize| added[i] / leave[i].max(1e-12);
                let places = std::array::from_fn(|i| (places[i] + more(i)).max(0.0));
                Capacity::Places { places, leave }
            }
        }
    };
    Some((0..scenario.months).map(month).collect())
}
