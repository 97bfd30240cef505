//! Every draw of the referrals of lines that were also observed: what scores are made of.
//!
//! A projection keeps quantiles alone; scores at other levels need the draws themselves. They are
//! the same draws: the two stages of a projection, without the summary.

use rayon::prelude::*;

use super::batches::{Batches, Part, of_case};
use super::block::{Block, Prepared};
use super::case::{Case, Line};
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
    /// The level of every draw by the months counted since the start, as a logarithm; 0 without.
    pub level: Vec<f64>,
    /// The mean share of demand held back, by month.
    pub held: Vec<f64>,
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
    let (mut drawn, mut stage) = (Vec::new(), Vec::new());
    for cases in all.batches() {
        all.run(cases, &mut stage, Part::Services);
        let prepared: Vec<_> = cases.iter().map(|case| all.prepared(case)).collect();
        let lines: Vec<(usize, &Line<'_>)> = observed(cases).collect();
        let samples = |index: usize| -> Vec<&Prepared<L>> {
            prepared[index].iter().map(AsRef::as_ref).collect()
        };
        let draw = |stage: &[Vec<Block<L>>]| -> Vec<Vec<Vec<f64>>> {
            let of_line = |(index, line): &(usize, &Line<'_>)| {
                let (prepared, entries) = (samples(*index), of_case(stage, *index));
                line::draws(study, &cases[*index], line, (&prepared, &entries), draws)
            };
            lines.par_iter().map(of_line).collect()
        };
        let with = draw(&stage);
        let levels = |(index, line): &(usize, &Line<'_>)| {
            let (prepared, entries) = (samples(*index), of_case(&stage, *index));
            line::levels_and_held(study, &cases[*index], line, (&prepared, &entries), draws)
        };
        let levels: Vec<(Vec<f64>, Vec<f64>)> = lines.par_iter().map(levels).collect();
        for block in stage.iter_mut().flatten() {
            block.immediate.clear();
            block.longitudinal.clear();
        }
        let without = draw(&stage);
        let of_lines = lines.iter().zip(levels).zip(with.into_iter().zip(without));
        drawn.extend(of_lines.map(
            |(((index, line), (level, held)), (referrals, without_surge))| Drawn {
                scenario: cases[*index].scenario_index,
                area: cases[*index].area_index,
                service: line.service,
                referrals,
                without_surge,
                level,
                held,
            },
        ));
    }
    drawn
}

/// Every draw of a line's referrals.
#[derive(Clone, Debug)]
pub struct EveryDraw {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// Its mean referrals a year before the start.
    pub baseline_year: Option<f64>,
    /// The draws, by month from the scenario's start.
    pub referrals: Vec<Vec<f64>>,
}

/// Draws the referrals of every line with a baseline.
pub fn every_line(study: &Study) -> Vec<EveryDraw> {
    if study.draws.count == 0 {
        every_line_in_lanes::<1>(study, 1)
    } else {
        every_line_in_lanes::<LANES>(study, study.draws.count)
    }
}

fn every_line_in_lanes<const L: usize>(study: &Study, draws: usize) -> Vec<EveryDraw> {
    let all = Batches::<L>::new(study, draws);
    let (mut list, mut stage) = (Vec::new(), Vec::new());
    for cases in all.batches() {
        all.run(cases, &mut stage, Part::Services);
        for (index, case) in cases.iter().enumerate() {
            let prepared = all.prepared(case);
            let prepared: Vec<_> = prepared.iter().map(AsRef::as_ref).collect();
            let entries = of_case(&stage, index);
            let known: Vec<&Line<'_>> = case.lines.iter().filter(|l| line::is_known(l)).collect();
            list.par_extend(known.into_par_iter().map(|own| EveryDraw {
                scenario: case.scenario_index,
                area: case.area_index,
                service: own.service,
                baseline_year: own.baseline_year,
                referrals: line::draws(study, case, own, (&prepared, &entries), draws),
            }));
        }
    }
    list
}

/// One observed line with its parts, for many trials of what holds referrals back.
#[derive(Debug)]
pub struct Trialled {
    /// Index of the area.
    pub area: usize,
    /// The service.
    pub service: usize,
    /// Its parts, block by block.
    pub parts: Vec<line::Parts<LANES>>,
}

/// The parts of every observed line of the first scenario.
pub fn trialled(study: &Study) -> Vec<Trialled> {
    let all = Batches::<LANES>::new(study, study.draws.count);
    let (mut list, mut stage) = (Vec::new(), Vec::new());
    for cases in all.batches() {
        all.run(cases, &mut stage, Part::Services);
        let of_line = |(index, line): (usize, &Line<'_>)| {
            let (case, entries) = (&cases[index], of_case(&stage, index));
            let prepared = all.prepared(case);
            let prepared: Vec<_> = prepared.iter().map(AsRef::as_ref).collect();
            let parts = line::parts(study, case, line, (&prepared, &entries))?;
            Some(Trialled { area: case.area_index, service: line.service, parts })
        };
        let lines: Vec<(usize, &Line<'_>)> = observed(cases).collect();
        list.par_extend(lines.into_par_iter().filter_map(of_line));
    }
    list
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
