//! Every draw of the referrals of lines that were also observed: what scores are made of.
//!
//! A projection keeps quantiles alone; scores at other levels need the draws themselves. They are
//! the same draws: the two stages of a projection, without the summary.

use rayon::prelude::*;

use super::batches::{Batches, Part, of_case};
use super::case::{Case, Line};
use super::entries::Block;
use super::line;
use crate::draw::LANES;
use crate::study::Study;

/// The draws of one line's referrals.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// Every draw, by month from the scenario's start.
    pub referrals: Vec<Vec<f64>>,
    /// The same draws as they would be if nobody came because of the pandemic: no surge.
    pub without_surge: Vec<Vec<f64>>,
}

/// Draws the referrals of every line with an observation from its scenario's start on.
pub fn referrals(study: &Study) -> Vec<Drawn> {
    if study.draws.count == 0 {
        in_lanes::<1>(study, 1)
    } else {
        in_lanes::<LANES>(study, study.draws.count)
    }
}

fn in_lanes<const L: usize>(study: &Study, draws: usize) -> Vec<Drawn> {
    let all = Batches::<L>::new(study, draws);
    let prepared = all.prepared();
    let (mut drawn, mut stage) = (Vec::new(), Vec::new());
    for cases in all.batches() {
        all.run(cases, &mut stage, Part::Services);
        let draw = |stage: &[Vec<Block<L>>]| -> Vec<Vec<Vec<f64>>> {
            let of_line = |(index, line): (usize, &Line<'_>)| {
                let entries = of_case(stage, index);
                line::draws(study, &cases[index], line, (&prepared, &entries), draws)
            };
            observed(cases).collect::<Vec<_>>().into_par_iter().map(of_line).collect()
        };
        let with = draw(&stage);
        for block in stage.iter_mut().flatten() {
            block.immediate.clear();
            block.longitudinal.clear();
        }
        let without = draw(&stage);
        let both = with.into_iter().zip(without);
        let lines = observed(cases).zip(both);
        drawn.extend(lines.map(|((index, line), (referrals, without_surge))| Drawn {
            scenario: cases[index].scenario_index,
            area: cases[index].area_index,
            service: line.service,
            referrals,
            without_surge,
        }));
    }
    drawn
}

/// The lines of some cases that were counted, each with the position of its case.
fn observed<'c, 'a>(cases: &'c [Case<'a>]) -> impl Iterator<Item = (usize, &'c Line<'a>)> {
    cases.iter().enumerate().flat_map(|(index, case)| {
        let is_observed = move |line: &&Line<'_>| line::is_known(line) && is_observed(case, line);
        case.lines.iter().filter(is_observed).map(move |line| (index, line))
    })
}

/// Whether a month of the scenario was counted.
fn is_observed(case: &Case<'_>, line: &Line<'_>) -> bool {
    let first = case.scenario.start;
    line.series.is_some_and(|series| {
        series.months().any(|(month, value, derived)| month >= first && value.is_some() && !derived)
    })
}
