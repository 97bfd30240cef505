//! How every service line answers to each track, draw by draw: what lets a page move the waves of
//! a scenario with the model's own numbers.
//!
//! Delay, exposure and pathway are linear in the tracks and the same in every month, as long as no
//! lever acts and nobody of a population would enter twice. So the surge of a line is the sum over
//! tracks of a convolution,
//!
//! ```text
//! surge(t) = sum over tracks of sum over u <= t of track(u) x kernel(track, t - u)
//! ```
//!
//! and a draw's kernel is its surge after one month of a track at [`IMPULSE`], over that. Kernels
//! do not depend on the scenario: one set serves all with the same start and months. What is not
//! linear (suppression, return, quantiles) is worked out again by whoever moves the waves.
//!
//! The threshold, nobody enters twice, is the share of a population that has entered by the end:
//! at most the sum over tracks of `entering x sum over months of the track`. Below 1 it cuts nobody.

use rayon::prelude::*;

use super::block::Prepared;
use super::case::{Case, Line, Underlying};
use super::line::{self, Ingredients, LIST_FIGURES};
use super::parameters::Layouts;
use super::waits::{Basis, Waiting};
use crate::diagnostics::Source;
use crate::draw::LANES;
use crate::lane::Lane;
use crate::model::waiting::Spread;
use crate::month::Month;
use crate::study::Study;
use crate::study::figures::{Figure, FigureId, Streams};
use crate::study::pack::{GroupKind, Pack, Track};
use crate::study::scenario::{OwnTrack, Response, Scenario};

/// Draws that are kept: enough for medians within half a percent of those of a thousand.
pub const KEPT: usize = 200;

/// A month of a track so small that no population is ever full.
const IMPULSE: f64 = 1e-3;

/// The tracks that are moved, in the order of [`Track::BUILT_IN`].
pub const TRACKS: usize = 4;

/// Why a scenario can't be moved by its kernels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fixed {
    /// Its levers act in time.
    Levers,
    /// Its groups enter by the curves of a pack.
    Curves,
    /// A series of the user's own stands for a track.
    OwnTrack,
    /// The pack gives what returns of suppressed demand.
    Given,
    /// It carries on from counted months, whose level hangs on the waves.
    Fitted,
    /// It runs over other months than the first that can be moved.
    OtherMonths,
}

/// What moves with the waves, of the scenarios of one area that share their months.
#[derive(Debug)]
pub struct Responses {
    /// The area.
    pub area: usize,
    /// Of each scenario of the study: none where it can be moved, else why not.
    pub fixed: Vec<Option<Fixed>>,
    /// The first month.
    pub start: Month,
    /// How many months.
    pub months: usize,
    /// How many draws: the first of the run.
    pub draws: usize,
    /// The service lines.
    pub lines: Vec<LineResponse>,
    /// Of each uncertain number of the scenarios, by its key, the standard normal of each draw.
    pub numbers: Vec<(String, Vec<f32>)>,
    /// The populations that are reached.
    pub populations: Vec<Population>,
}

/// A line's answer, draw by draw; rows of months.
#[derive(Debug)]
pub struct LineResponse {
    /// The service.
    pub service: usize,
    /// Underlying demand by draw.
    pub underlying: Vec<Vec<f32>>,
    /// Surge after a month of each track at 1, by draw and track.
    pub kernels: Vec<[Vec<f32>; TRACKS]>,
    /// By draw: loss, returns, and the half-life of return.
    pub suppression: Vec<[f32; 3]>,
    /// Its waiting list, where it has one whose capacity responds.
    pub list: Option<ListResponse>,
}

/// What a waiting list is made of beside the referrals, draw by draw.
#[derive(Debug)]
pub struct ListResponse {
    /// Starts a month at the usual wait, before a lockdown takes any, by month.
    pub starts: Vec<Vec<f32>>,
    /// The usual wait by month, in months.
    pub waits: Vec<Vec<f32>>,
    /// What is the same in every month.
    pub figures: Vec<[f32; LIST_FIGURES]>,
    /// How individual waits spread around the median.
    pub spread: Spread,
}

/// Of a population, the share that enters in all months for a track whose months sum to 1.
#[derive(Debug)]
pub struct Population {
    /// The group.
    pub group: usize,
    /// By draw, the share for each track.
    pub entering: Vec<[f32; TRACKS]>,
}

/// The responses of the lines of `services` in an area; none where no scenario can be moved.
pub fn responses(study: &Study, area: usize, services: &[usize]) -> Option<Responses> {
    if study.draws.count == 0 {
        in_lanes::<1>(study, area, services, 1)
    } else {
        in_lanes::<LANES>(study, area, services, study.draws.count.min(KEPT))
    }
}

fn in_lanes<const L: usize>(
    study: &Study,
    area: usize,
    services: &[usize],
    draws: usize,
) -> Option<Responses> {
    let mut fixed: Vec<Option<Fixed>> = Vec::new();
    let mut base: Option<Case<'_>> = None;
    for (index, scenario) in study.scenarios.iter().enumerate() {
        let own = match &base {
            Some(base) => has_months(scenario, base.scenario).or_else(|| fixed_alone(scenario)),
            None => {
                let case = Case::new(study, index, area);
                let own = fixed_alone(scenario).or_else(|| given(&case));
                if own.is_none() {
                    base = Some(case);
                }
                own
            }
        };
        fixed.push(own);
    }
    let base = base?;
    let scenario = base.scenario;
    let impulses: Vec<Scenario> = Track::BUILT_IN
        .iter()
        .zip(study.pack.reference)
        .map(|(name, reference)| impulse(scenario, name, reference))
        .collect();
    let cases: Vec<Case<'_>> = impulses
        .iter()
        .map(|impulse| Case {
            scenario_index: base.scenario_index,
            scenario: impulse,
            area_index: base.area_index,
            area: base.area,
            lines: [].into(),
            scale: base.scale.clone(),
            services: base.services.clone(),
        })
        .collect();
    let lines: Vec<_> = base.lines.iter().filter(|l| services.contains(&l.service)).collect();
    let numbers = numbers(study, &fixed);
    let is_threshold = study
        .scenarios
        .iter()
        .any(|own| study.figures.get(own.response.threshold).number.high > 0.0);
    let streams = study.figures.streams(study.draws.seed);
    let layouts = Layouts::new(&study.pack);
    let blocks: Vec<OfBlock> = (0..draws.div_ceil(L))
        .into_par_iter()
        .map(|block| {
            let whole = Prepared::<L>::new(study, &streams, block as u64);
            let prepared = whole.in_area(study, &streams, &base.area.id);
            let entries = prepared.run(study, &layouts, &cases);
            let lanes = (draws - block * L).min(L);
            let of_line = |line: &&Line<'_>| {
                // A threshold that falls under pressure is no matter of capacity alone.
                let waiting = Waiting::of(study, &base, line).filter(|own| {
                    !is_threshold && own.basis == Basis::Responds && own.is_checked()
                });
                let parts =
                    line::ingredients(study, &base, line, (&prepared, &entries), waiting.as_ref());
                LineResponse::of_lanes(line.service, &parts, lanes)
            };
            let population = |group: usize| {
                let size = prepared.size(&study.pack, &base, group);
                let share = |lane: usize| -> [f32; TRACKS] {
                    std::array::from_fn(|track| {
                        let block = &entries[track];
                        let early = block.entering_immediate.row(group);
                        let entering = early.iter().chain(block.entering_longitudinal.row(group));
                        let people: f64 = entering.map(|month| month[lane]).sum();
                        if size[lane] > 0.0 { (people / size[lane] / IMPULSE) as f32 } else { 0.0 }
                    })
                };
                Population { group, entering: (0..lanes).map(share).collect() }
            };
            let is_population = |g: &usize| study.pack.groups[*g].kind == GroupKind::Population;
            OfBlock {
                lines: lines.iter().map(of_line).collect(),
                populations: (0..study.pack.groups.len())
                    .filter(is_population)
                    .map(population)
                    .collect(),
                numbers: numbers
                    .iter()
                    .map(|number| number.of_block::<L>(study, &streams, prepared.block, lanes))
                    .collect(),
            }
        })
        .collect();
    let mut all = Responses {
        area,
        fixed,
        start: scenario.start,
        months: scenario.months,
        draws,
        lines: Vec::new(),
        numbers: numbers.into_iter().map(|number| (number.key, Vec::new())).collect(),
        populations: Vec::new(),
    };
    for block in blocks {
        all.append(block);
    }
    all.populations.retain(|p| p.entering.iter().flatten().any(|share| *share > 0.0));
    Some(all)
}

/// Where a scenario has not the same months, nor the same history, as the first that can be moved.
fn has_months(scenario: &Scenario, of: &Scenario) -> Option<Fixed> {
    (!scenario.sees_as(of)).then_some(Fixed::OtherMonths)
}

/// Where a pack's own series stand for what returns, or counted months for the level.
fn given(case: &Case<'_>) -> Option<Fixed> {
    let is_given = |line: &Line<'_>| matches!(line.underlying, Underlying::Given { .. });
    if case.lines.iter().any(|line| line.counted.is_some()) {
        return Some(Fixed::Fitted);
    }
    case.lines.iter().any(is_given).then_some(Fixed::Given)
}

/// Why a scenario alone, whatever its lines, can't be moved.
fn fixed_alone(scenario: &Scenario) -> Option<Fixed> {
    if !scenario.levers.is_empty() {
        Some(Fixed::Levers)
    } else if scenario.curve.is_some() {
        Some(Fixed::Curves)
    } else {
        (!scenario.tracks.is_empty()).then_some(Fixed::OwnTrack)
    }
}

/// The scenario with nothing but one month of a track at [`IMPULSE`].
fn impulse(of: &Scenario, name: &str, reference: f64) -> Scenario {
    let mut values = vec![0.0; of.months];
    if let Some(first) = values.first_mut() {
        *first = IMPULSE;
    }
    Scenario {
        waves: Vec::new(),
        restrictions: Vec::new(),
        shocks: Vec::new(),
        levers: Vec::new(),
        economy_follows: false,
        tracks: vec![OwnTrack {
            name: name.to_owned(),
            values,
            reference,
            source: Source::default(),
        }],
        ..of.clone()
    }
}

/// What a block of draws gives.
struct OfBlock {
    lines: Vec<LineResponse>,
    populations: Vec<Population>,
    numbers: Vec<Vec<f32>>,
}

impl Responses {
    fn append(&mut self, block: OfBlock) {
        for ((_, all), some) in self.numbers.iter_mut().zip(block.numbers) {
            all.extend(some);
        }
        if self.lines.is_empty() {
            (self.lines, self.populations) = (block.lines, block.populations);
            return;
        }
        for (all, some) in self.lines.iter_mut().zip(block.lines) {
            all.underlying.extend(some.underlying);
            all.kernels.extend(some.kernels);
            all.suppression.extend(some.suppression);
            if let (Some(all), Some(some)) = (&mut all.list, some.list) {
                all.starts.extend(some.starts);
                all.waits.extend(some.waits);
                all.figures.extend(some.figures);
            }
        }
        for (all, some) in self.populations.iter_mut().zip(block.populations) {
            all.entering.extend(some.entering);
        }
    }
}

impl LineResponse {
    fn of_lanes<const L: usize>(service: usize, parts: &Ingredients<L>, lanes: usize) -> Self {
        let column = |months: &[Lane<L>], lane: usize, scale: f64| {
            months.iter().map(|month| (month[lane] / scale) as f32).collect::<Vec<f32>>()
        };
        let held = &parts.suppression;
        let figures = |lane: usize| {
            [held.loss[lane], held.returns[lane], held.return_half_life[lane]].map(|x| x as f32)
        };
        let kernels = |lane| {
            std::array::from_fn(|track| {
                parts.surges.get(track).map_or_else(Vec::new, |s| column(s, lane, IMPULSE))
            })
        };
        Self {
            service,
            underlying: (0..lanes).map(|lane| column(&parts.underlying, lane, 1.0)).collect(),
            kernels: (0..lanes).map(kernels).collect(),
            suppression: (0..lanes).map(figures).collect(),
            list: parts.list.as_ref().map(|list| ListResponse {
                starts: (0..lanes).map(|lane| column(&list.starts, lane, 1.0)).collect(),
                waits: (0..lanes).map(|lane| column(&list.waits, lane, 1.0)).collect(),
                figures: (0..lanes)
                    .map(|lane| list.figures.map(|figure| figure[lane] as f32))
                    .collect(),
                spread: list.spread,
            }),
        }
    }
}

/// An uncertain number of a scenario.
struct Number {
    key: String,
    id: FigureId,
}

impl Number {
    fn of_block<const L: usize>(
        &self,
        study: &Study,
        streams: &Streams,
        block: u64,
        lanes: usize,
    ) -> Vec<f32> {
        let numbers: Lane<L> =
            if study.draws.count > 0 { streams.of(self.id, block) } else { Lane::ZERO };
        numbers.iter().take(lanes).map(|z| *z as f32).collect()
    }
}

/// Every uncertain number of the scenarios that can be moved, once for each key: the same key is
/// the same stream in every scenario.
fn numbers(study: &Study, fixed: &[Option<Fixed>]) -> Vec<Number> {
    let ids = study.scenarios.iter().zip(fixed).filter(|(_, fixed)| fixed.is_none());
    let mut numbers: Vec<Number> = Vec::new();
    for id in ids.flat_map(|(scenario, _)| figures_of(&study.pack, scenario)) {
        let figure: &Figure = study.figures.get(id);
        if figure.number.is_point() || numbers.iter().any(|number| number.key == figure.key) {
            continue;
        }
        numbers.push(Number { key: figure.key.clone(), id });
    }
    numbers
}

/// The figures that make a scenario's tracks.
fn figures_of(pack: &Pack, scenario: &Scenario) -> Vec<FigureId> {
    let waves = scenario.waves.iter().flat_map(|w| [w.rise, w.fall, w.height, w.severity]);
    let restrictions = scenario.restrictions.iter().map(|r| r.stringency);
    let shocks = scenario.shocks.iter().flat_map(|s| [s.depth, s.half_life]);
    let Response { need_gain, suppression_gain, severe_delay, willing, .. } = scenario.response;
    let response = [need_gain, suppression_gain, severe_delay, willing];
    let rules = &pack.rules;
    let follow = [rules.strength, rules.rise, rules.fall];
    let economy = [rules.depth, rules.peak, rules.half_life, rules.later];
    let own = waves.chain(restrictions).chain(shocks).chain(response);
    own.chain(follow).chain(economy).collect()
}
