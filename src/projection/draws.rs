//! Every draw of the referrals of lines that were also observed: what scores are made of.
//!
//! A projection keeps quantiles alone; scores at other levels need the draws themselves. They are
//! the same draws: the two stages of a projection, without the summary.

use rayon::prelude::*;

use super::batches::{Batches, Part, of_case};
use super::case::Case;
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
        for (index, case) in cases.iter().enumerate() {
            let entries = of_case(&stage, index);
            let lines: Vec<Drawn> = case
                .lines
                .par_iter()
                .filter(|line| line::is_known(line) && is_observed(case, line))
                .map(|line| Drawn {
                    scenario: case.scenario_index,
                    area: case.area_index,
                    service: line.service,
                    referrals: line::draws(study, case, line, (&prepared, &entries), draws),
                })
                .collect();
            drawn.extend(lines);
        }
    }
    drawn
}

/// Whether a month of the scenario was counted.
fn is_observed(case: &Case<'_>, line: &super::case::Line<'_>) -> bool {
    let first = case.scenario.start;
    line.series.is_some_and(|series| {
        series.months().any(|(month, value, derived)| month >= first && value.is_some() && !derived)
    })
}
