//! Every draw of the referrals of lines that were also observed: what scores are made of.
//!
//! A projection keeps quantiles alone; scores at other levels need the draws themselves. They are
//! the same draws: the two stages of a projection, without the summary.

use rayon::prelude::*;

use super::case::{Case, Layouts};
use super::entries::{Block, Prepared};
use super::{FIRST_STAGE_BYTES, line};
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
    let layouts = Layouts::new(&study.pack);
    let streams = study.figures.streams(study.draws.seed);
    let cases: Vec<Case<'_>> = (0..study.scenarios.len())
        .flat_map(|scenario| (0..study.areas.len()).map(move |area| (scenario, area)))
        .map(|(scenario, area)| Case::new(study, scenario, area))
        .collect();
    let blocks = draws.div_ceil(L);
    let most_months = cases.iter().map(Case::months).max().unwrap_or(0);
    let most_levers = study.scenarios.iter().map(|s| s.levers.len()).max().unwrap_or(0);
    let bytes = Block::<L>::bytes(&study.pack, most_levers, most_months) * blocks;
    let mut drawn = Vec::new();
    for batch in cases.chunks((FIRST_STAGE_BYTES / bytes.max(1)).max(1)) {
        let stage: Vec<(Prepared<L>, Vec<Block<L>>)> = (0..blocks)
            .into_par_iter()
            .map(|block| {
                let prepared = Prepared::new(study, &streams, block as u64);
                let blocks = prepared.run(study, &layouts, batch);
                (prepared, blocks)
            })
            .collect();
        let prepared: Vec<&Prepared<L>> = stage.iter().map(|(prepared, _)| prepared).collect();
        for (index, case) in batch.iter().enumerate() {
            let entries: Vec<&Block<L>> = stage.iter().map(|(_, blocks)| &blocks[index]).collect();
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
