//! Scenarios against the first, draw by draw.

use crate::projection::Projection;
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::quantiles::{Stats, Summariser};
use crate::study::Study;

/// What waiting lists are compared by: the list at the end, the longest median wait of any month,
/// and the share within the standard over the horizon.
const OF_WAITS: [&str; 3] = ["waiting_end", "wait_longest", "within_standard"];

/// The difference of one scenario from the first, draw by draw.
#[derive(Debug)]
pub struct Difference {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// Index of the service.
    pub service: usize,
    /// The measure: a total over the horizon, or what a waiting list comes to.
    pub measure: &'static str,
    /// The total of the first scenario.
    pub first: Stats,
    /// The difference from it.
    pub difference: Stats,
    /// In which share of the draws the scenario has more.
    pub share_of_draws_above: f64,
}

/// A scenario against the first, in the same area. Totals of other months are no comparison.
pub fn differences(study: &Study, first: &Projection, own: &Projection) -> Vec<Difference> {
    let [of_own, of_first] = [own, first].map(|p| &study.scenarios[p.scenario]);
    if first.scenario == own.scenario || !of_own.has_months_of(of_first) {
        return Vec::new();
    }
    let mut list = Vec::new();
    let mut summariser = Summariser::default();
    for line in &own.lines {
        let Some(before) = first.lines.iter().find(|l| l.service == line.service) else {
            continue;
        };
        for measure in compared() {
            let (Some(draws), Some(other)) = (draws(line, measure), draws(before, measure)) else {
                continue;
            };
            let difference: Vec<f64> = draws.iter().zip(other).map(|(a, b)| a - b).collect();
            let above = difference.iter().filter(|d| **d > 0.0).count();
            list.push(Difference {
                scenario: own.scenario,
                area: own.area,
                service: line.service,
                measure,
                first: summariser.stats(other.iter().copied()),
                share_of_draws_above: above as f64 / difference.len().max(1) as f64,
                difference: summariser.stats(difference.into_iter()),
            });
        }
    }
    list
}

/// What scenarios are compared by.
fn compared() -> impl Iterator<Item = &'static str> {
    Measure::COMPARED.into_iter().map(Measure::name).chain(OF_WAITS)
}

/// A line's draws of one of them.
fn draws<'a>(line: &'a LineResult, name: &str) -> Option<&'a [f64]> {
    let course = line.course.draws.iter().map(|(measure, draws)| (measure.name(), draws));
    let waits = line.waits.iter().flat_map(|waits| waits.draws.iter().map(|(n, d)| (*n, d)));
    course.chain(waits).find(|(own, _)| *own == name).map(|(_, draws)| draws.as_slice())
}
