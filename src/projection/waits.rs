//! The waiting list of a service line: what stands before the draws, and its months in a block.
//!
//! Capacity is a plan's, or else held at what the year before the start asked for:
//!
//! ```text
//! capacity = baseline referrals a month x accepted / load      (load 0.95 unless a figure says so)
//! ```
//!
//! The list opens at the steady state of that load, with those who start having waited as long as
//! they did before the start ([`Standing`]); starts of treatment are the queue's ([`crate::model::waiting`]).
//! A line that counts starts, contacts or attendances, a total, and a line without a baseline of
//! its own have no list.

use super::case::{Case, Line, Underlying};
use super::lever_block;
use super::measure::Measure;
use crate::model::lane::Lane;
use crate::model::severity::Severity;
use crate::model::waiting::{
    self, Capacity, List, Queue, Standard as Spread, Standing, Threshold, Waited,
};
use crate::month::Month;
use crate::study::Study;
use crate::study::capacity::{Kind, Plan};
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{Standard, WaitFigures};
use crate::study::scenario::Scenario;

/// The least share still accepted where thresholds rise with pressure.
const LEAST_ACCEPTED: f64 = 0.5;

/// How the people of a line wait.
#[derive(Debug)]
pub struct Waiting<'a> {
    /// The access standards, the main one first.
    pub standards: &'a [Standard],
    /// Its capacity over time, where it is given.
    pub plan: Option<&'a Plan>,
    /// Its figures in the area.
    pub figures: &'a WaitFigures,
    throughput: f64,
    threshold: FigureId,
    threshold_applies: bool,
    /// The wait at which the standard is just met, where no wait is known.
    meeting: Option<f64>,
    start: Month,
    months: usize,
    scenario: &'a Scenario,
    service: usize,
}

/// What a median wait says of all waits: it rises or falls with it.
#[derive(Clone, Copy, Debug)]
pub enum Image {
    /// The 90th percentile.
    Percentile90(Spread),
    /// The share within so many weeks.
    Within(Spread, f64),
}

impl Image {
    /// Whether it rises with the wait.
    pub const fn rises(&self) -> bool {
        matches!(self, Self::Percentile90(_))
    }

    /// Its value at a median wait of so many weeks.
    pub fn of(&self, wait: f64) -> f64 {
        match self {
            Self::Percentile90(spread) => spread.percentile_90(wait),
            Self::Within(spread, weeks) => spread.within(wait, *weeks),
        }
    }
}

/// The shares that a line's own figures have in a block.
#[derive(Clone, Copy, Debug)]
pub struct Shares<const L: usize> {
    /// Share of referrals accepted.
    pub accepted: Lane<L>,
    /// Share of a caseload that leaves in a month, in usual times.
    pub leave: Lane<L>,
    /// How the mix of people shifts, and what that does to the length of treatment.
    pub severity: Severity<L>,
}

/// Room for the months of a block, used again by the next.
#[derive(Debug)]
pub struct Months<const L: usize> {
    /// Arrivals: accepted referrals by month.
    pub arrivals: Vec<Lane<L>>,
    /// Length of treatment by month, relative to usual times.
    pub stay: Vec<Lane<L>>,
    /// What became of them.
    pub waited: Vec<Waited<L>>,
    joined: Vec<Lane<L>>,
}

impl<const L: usize> Months<L> {
    /// Room for `months`.
    pub fn new(months: usize) -> Self {
        Self {
            arrivals: vec![Lane::ZERO; months],
            stay: vec![Lane::ONE; months],
            waited: vec![Waited::EMPTY; months],
            joined: vec![Lane::ZERO; months],
        }
    }
}

impl<'a> Waiting<'a> {
    /// The list of a line, if it has one.
    pub fn of(study: &'a Study, case: &Case<'_>, line: &Line<'_>) -> Option<Self> {
        let plans = study.capacity.as_ref()?;
        let service = &study.pack.services[line.service];
        let forecast = matches!(line.underlying, Underlying::Forecast(_));
        let throughput = line.baseline_year.map(|year| year / 12.0).filter(|mean| *mean > 0.0)?;
        if !service.has_list() || !forecast {
            return None;
        }
        let figures = service.waits(&case.area.id);
        let central = |id: FigureId| study.figures.get(id).number.at(0.0);
        let standards = service.standards.as_slice();
        let meeting = standards.first().and_then(|standard| {
            let limit =
                waiting::Limit { weeks: central(standard.weeks), share: central(standard.share?) };
            Spread { sigma: central(figures.spread) }.wait_that_meets(limit)
        });
        let threshold = case.scenario.response.threshold;
        let number = study.figures.get(threshold).number;
        Some(Self {
            standards,
            plan: Plan::find(plans, line.service, &case.area.id),
            figures,
            throughput,
            threshold,
            threshold_applies: number.high > 0.0,
            meeting,
            start: case.scenario.start,
            months: case.months(),
            scenario: &study.scenarios[case.scenario_index],
            service: line.service,
        })
    }

    /// The measures that a list of this kind has.
    pub fn has(&self, measure: Measure, study: &Study) -> bool {
        match measure {
            Measure::WithinStandard(n) => usize::from(n) < self.standards.len(),
            Measure::Reneged => {
                study.figures.get(self.figures.reneging).number.high > 0.0
                    || self.plan.and_then(|plan| plan.reneging).is_some()
            }
            _ => true,
        }
    }

    /// The measures that are an image of the median wait, the same in every draw; none where its
    /// spread or a standard is uncertain.
    pub fn images(&self, study: &Study) -> Vec<(Measure, Image)> {
        let known = |id: FigureId| {
            let number = study.figures.get(id).number;
            number.is_point().then(|| number.at(0.0))
        };
        let Some(sigma) = known(self.figures.spread) else { return Vec::new() };
        let spread = Spread { sigma };
        let mut images = vec![(Measure::WaitP90, Image::Percentile90(spread))];
        for (n, standard) in (0..).zip(self.standards) {
            let weeks = known(standard.weeks);
            let within = |weeks| (Measure::WithinStandard(n), Image::Within(spread, weeks));
            images.extend(weeks.map(within));
        }
        images
    }

    /// Starts a month that the service could sustain at its load before the start.
    fn held<const L: usize>(&self, sample: &Sample<L>, shares: &Shares<L>) -> Lane<L> {
        let load = &sample[self.figures.load];
        self.throughput * shares.accepted / *load
    }

    /// Capacity by month, with levers; where it is held and none acts on it, one month stands for
    /// all.
    pub fn capacity<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
    ) -> Vec<Capacity<L>> {
        let without = self.capacity_without_levers(sample, shares);
        lever_block::capacity(self.scenario, self.service, sample, &without).unwrap_or(without)
    }

    fn capacity_without_levers<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
    ) -> Vec<Capacity<L>> {
        let held = self.held(sample, shares);
        let Some(plan) = self.plan else { return vec![Capacity::Starts(held)] };
        let leave = shares.leave.map(rate);
        let month = |t: usize| {
            let month = self.start.plus(t as i32);
            match plan.kind {
                Kind::Starts => Capacity::Starts(held.map(|before| plan.mean(month, before))),
                Kind::Places if plan.covers(month) => Capacity::Places {
                    places: (held / leave.max(1e-12)).map(|places| plan.mean(month, places)),
                    leave,
                },
                Kind::Places => Capacity::Starts(held),
            }
        };
        (0..self.months).map(month).collect()
    }

    /// How people join and leave the list, and the list as it opens.
    pub fn opening<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
        caseload: Lane<L>,
        capacity: &[Capacity<L>],
    ) -> (Queue<L>, List<L>) {
        let load = &sample[self.figures.load];
        let wait = |i: usize| match self.figures.opening_wait {
            Some(id) => sample[id][i],
            None => self.meeting.unwrap_or(0.0),
        };
        let arrivals = shares.accepted.map(|accepted| self.throughput * accepted);
        let reneging = self.plan.and_then(|plan| plan.reneging);
        let renege = reneging.map_or(sample[self.figures.reneging], Lane::all).map(rate);
        let standing: [Standing; L] =
            std::array::from_fn(|i| Standing::waiting(arrivals[i], load[i], wait(i), renege[i]));
        let given = self.plan.and_then(|plan| plan.opening);
        let list = standing.map(|standing| given.unwrap_or(standing.list));
        let pace = Lane::from_fn(|i| match given {
            Some(_) => capacity.first().map_or(standing[i].starts, |c| c.sustained(i)),
            None => standing[i].starts,
        });
        let in_treatment = match capacity.first() {
            Some(Capacity::Places { places, .. }) => caseload.with(*places, f64::min),
            _ => caseload,
        };
        let queue = Queue {
            renege,
            friction: Lane(standing.map(|standing| standing.friction)),
            threshold: self.threshold_applies.then(|| Threshold {
                above: 1.0,
                fall: sample[self.threshold],
                least: LEAST_ACCEPTED,
            }),
        };
        (queue, List::opening(Lane(list), pace, renege, in_treatment))
    }

    /// Runs the list over `months.arrivals`.
    pub fn run<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
        caseload: Lane<L>,
        months: &mut Months<L>,
    ) -> Lane<L> {
        let Months { arrivals, stay, waited, joined } = months;
        let capacity = longer_stays(self.capacity(sample, shares), stay);
        let (queue, list) = self.opening(sample, shares, caseload, &capacity);
        let opening = *list.waiting();
        waiting::run(&queue, list, arrivals, &capacity, joined, waited);
        opening
    }

    /// The spread of individual waits by draw.
    pub fn spread<'s, const L: usize>(&self, sample: &'s Sample<L>) -> &'s Lane<L> {
        &sample[self.figures.spread]
    }
}

/// Places are held as long as treatment takes with the mix of each month; starts that are given
/// are starts of whoever comes.
pub fn longer_stays<const L: usize>(
    capacity: Vec<Capacity<L>>,
    stay: &[Lane<L>],
) -> Vec<Capacity<L>> {
    let Some(last) = capacity.last().filter(|c| matches!(c, Capacity::Places { .. })) else {
        return capacity;
    };
    let month = |(t, stay): (usize, &Lane<L>)| match *capacity.get(t).unwrap_or(last) {
        Capacity::Places { places, leave } => Capacity::Places { places, leave: leave / *stay },
        starts @ Capacity::Starts(_) => starts,
    };
    stay.iter().enumerate().map(month).collect()
}

/// The rate, a month, at which a share leaves in a month.
fn rate(share: f64) -> f64 {
    -(-share.clamp(0.0, 1.0 - 1e-9)).ln_1p()
}
