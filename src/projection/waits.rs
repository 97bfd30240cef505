//! The waiting list of a service line: what stands before the draws, and its months in a block.
//!
//! Capacity is a plan's, or responds ([`crate::model::waiting::response`]), or is held at what the
//! year before the start asked for:
//!
//! ```text
//! held = baseline referrals a month x accepted / load      (load 0.95 unless a figure says so)
//! ```
//!
//! The list opens as it is published, else at the steady state ([`usual`]); it runs twice, with the
//! pandemic and without it, over the same draws and the same capacity but for lockdown.
//! A line that counts starts, contacts or attendances, a total, and a line without a baseline of
//! its own have no list.

pub mod given;
pub mod known;
pub mod usual;

use super::case::{Case, Line, Underlying};
use super::lever_block;
use super::measure::Measure;
use crate::lane::Lane;
use crate::model::severity::Severity;
use crate::model::waiting::response::{Response, demand};
use crate::model::waiting::{self, Capacity, Limit, List, Queue, Spread, Threshold, Waited, Whose};
use crate::month::Month;
use crate::study::Study;
use crate::study::area::nation;
use crate::study::capacity::{Kind, Plan};
use crate::study::figures::{FigureId, Sample};
use crate::study::pack::{Standard, WaitFigures, same_name};
use crate::study::scenario::Scenario;
use crate::study::waits::Published;
use known::Known;
use usual::{Counted, Opening, Spreads, Usual, rate, shape};

/// The least share still accepted where thresholds rise with pressure.
const LEAST_ACCEPTED: f64 = 0.5;
/// A service never follows its list wholly: the wait would be the same whatever comes.
const MOST_RESPONSE: f64 = 0.98;

/// Where capacity comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// It follows demand and the list.
    Responds,
    /// That of the year before, held.
    Held,
    /// A plan's.
    Given,
}

/// How the people of a line wait.
#[derive(Debug)]
pub struct Waiting<'a> {
    /// The access standards, the main one first.
    pub standards: &'a [Standard],
    /// Its capacity over time, where it is given.
    pub plan: Option<&'a Plan>,
    /// Its figures in the area.
    pub figures: &'a WaitFigures,
    /// Where capacity comes from.
    pub basis: Basis,
    /// How people waited before the start.
    pub usual: Usual<'a>,
    /// What is published of it in the area, and in its nation.
    pub published: [Option<&'a Published>; 2],
    /// The nation of the area.
    pub nation: &'static str,
    throughput: f64,
    threshold: FigureId,
    threshold_applies: bool,
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
    Within(Spread, f64, Whose),
    /// What those still waiting have waited so far, over the median of those who start.
    SoFar(f64),
}

impl Image {
    /// Whether it rises with the wait.
    pub const fn rises(&self) -> bool {
        matches!(self, Self::Percentile90(_) | Self::SoFar(_))
    }

    /// Its value at a median wait of so many weeks.
    pub fn of(&self, wait: f64) -> f64 {
        match self {
            Self::Percentile90(spread) => spread.percentile_90(wait),
            Self::Within(spread, weeks, whose) => spread.within_of(*whose, wait, *weeks),
            Self::SoFar(ratio) => wait * ratio,
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

/// What capacity follows in a block of draws.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'b, const L: usize> {
    /// Underlying demand by month.
    pub underlying: &'b [Lane<L>],
    /// Stringency of the first lockdown by month.
    pub lockdown: &'b [Lane<L>],
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
    /// What would have become of those referred without a pandemic.
    pub without: Vec<Waited<L>>,
    /// The median wait of those who start in weeks for each month waited in the fluid.
    pub weeks_a_month: Lane<L>,
    joined: Vec<Lane<L>>,
}

impl<const L: usize> Months<L> {
    /// Room for `months`.
    pub fn new(months: usize) -> Self {
        Self {
            arrivals: vec![Lane::ZERO; months],
            stay: vec![Lane::ONE; months],
            waited: vec![Waited::EMPTY; months],
            without: vec![Waited::EMPTY; months],
            weeks_a_month: Lane::ONE,
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
        let scenario = &study.scenarios[case.scenario_index];
        let figures = service.waits(&case.area.id);
        let plan = Plan::find(plans, line.service, &case.area.id);
        let before = scenario.start.plus(-1);
        let known_at = scenario.as_of.map_or(before, |as_of| as_of.min(before));
        let nation = nation(&case.area.id);
        let of = |area: &str| Published::find(&study.published, line.service, area);
        let published = [of(&case.area.id), of(nation)];
        let form = shape(&study.figures, figures);
        let known = published[0]
            .map_or_else(Known::default, |own| Known::at(own, published[1], known_at, &form));
        let usual_of_nation = published[1].and_then(|p| known::usual_median(p, known_at, &form));
        let central = |id: FigureId| study.figures.get(id).number.at(0.0);
        let main = service.standards.iter().find(|s| s.applies(nation, scenario.start));
        let limit = main.and_then(|standard| {
            Some(Limit { weeks: central(standard.weeks), share: central(standard.share?) })
        });
        let threshold = case.scenario.response.threshold;
        let number = study.figures.get(threshold).number;
        Some(Self {
            standards: &service.standards,
            plan,
            figures,
            basis: match (plan, study.is_held) {
                (Some(plan), _) if !plan.points.is_empty() => Basis::Given,
                (_, true) => Basis::Held,
                (_, false) => Basis::Responds,
            },
            usual: Usual::new(
                &study.figures,
                figures,
                known,
                usual_of_nation,
                limit,
                !same_name(nation, &case.area.id),
            ),
            published,
            nation,
            throughput,
            threshold,
            threshold_applies: number.high > 0.0,
            start: case.scenario.start,
            months: case.months(),
            scenario,
            service: line.service,
        })
    }

    /// Whether its waits can be held against anything published, or a plan of the user's own says
    /// what capacity there is.
    pub fn is_checked(&self) -> bool {
        self.plan.is_some() || self.published.iter().any(Option::is_some)
    }

    /// The standards that are in force in the area in some month, by their place.
    pub fn in_force(&self) -> impl Iterator<Item = (u8, &'a Standard)> + '_ {
        let holds = |standard: &&Standard| self.months_under(standard).next().is_some();
        self.standards.iter().filter(holds).map(|standard| (standard.place, standard))
    }

    /// The months in which a standard is in force in the area.
    pub fn months_under(&self, standard: &Standard) -> impl Iterator<Item = usize> {
        let applies = |t: &usize| standard.applies(self.nation, self.start.plus(*t as i32));
        (0..self.months).filter(applies)
    }

    /// The measures that a list of this kind has.
    pub fn has(&self, measure: Measure, study: &Study) -> bool {
        match measure {
            Measure::WithinStandard(n) => self.in_force().any(|(own, _)| own == n),
            Measure::Reneged => {
                study.figures.get(self.figures.reneging).number.high > 0.0
                    || self.plan.and_then(|plan| plan.reneging).is_some()
                    || self.usual.known.leaving.is_some()
            }
            _ => true,
        }
    }

    /// The measures that are an image of the median wait, the same in every draw; none where its
    /// spread or a standard is uncertain.
    pub fn images(&self, study: &Study) -> Vec<(Measure, Image)> {
        let Some(spread) = self.usual.spread() else { return Vec::new() };
        let mut images = vec![
            (Measure::WaitP90, Image::Percentile90(spread)),
            (Measure::WaitSoFar, Image::SoFar(spread.so_far())),
        ];
        for (n, standard) in self.in_force() {
            let number = study.figures.get(standard.weeks).number;
            if number.is_point() {
                let within = Image::Within(spread, number.at(0.0), standard.whose);
                images.push((Measure::WithinStandard(n), within));
            }
        }
        images
    }

    /// Referrals accepted in a usual month.
    fn usual_arrivals<const L: usize>(&self, shares: &Shares<L>) -> Lane<L> {
        self.throughput * shares.accepted
    }

    /// The list as it opens.
    pub fn opening_of<const L: usize>(&self, sample: &Sample<L>, shares: &Shares<L>) -> Opening<L> {
        let counted = self.plan.and_then(|plan| {
            let before = self.start.plus(-1);
            let starts = plan.covers(before).then(|| plan.mean(before, 0.0));
            let starts = starts.filter(|starts| plan.kind == Kind::Starts && *starts > 0.0);
            Some(Counted { list: plan.opening?, starts })
        });
        let reneging = self.plan.and_then(|plan| plan.reneging);
        self.usual.opening(sample, self.usual_arrivals(shares), reneging, counted)
    }

    /// Capacity by month, with levers; where it is held and none acts on it, one month stands for
    /// all.
    pub fn capacity<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
        opening: &Opening<L>,
        around: Surroundings<'_, L>,
    ) -> Vec<Capacity<L>> {
        let usual = self.usual_capacity(sample, shares, opening, around.underlying);
        self.with_levers(sample, self.in_lockdown(usual, sample, around.lockdown))
    }

    fn with_levers<const L: usize>(
        &self,
        sample: &Sample<L>,
        without: Vec<Capacity<L>>,
    ) -> Vec<Capacity<L>> {
        lever_block::capacity(self.scenario, self.service, sample, &without).unwrap_or(without)
    }

    /// What a lockdown leaves of a capacity that responds; others are as they were planned.
    fn in_lockdown<const L: usize>(
        &self,
        usual: Vec<Capacity<L>>,
        sample: &Sample<L>,
        lockdown: &[Lane<L>],
    ) -> Vec<Capacity<L>> {
        match self.basis {
            Basis::Responds => closed(usual, &self.usual.response(sample), lockdown),
            Basis::Held | Basis::Given => usual,
        }
    }

    /// Capacity without a lockdown and without levers.
    fn usual_capacity<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
        opening: &Opening<L>,
        underlying: &[Lane<L>],
    ) -> Vec<Capacity<L>> {
        let held = self.usual_arrivals(shares) / sample[self.figures.load];
        let plan = match (self.basis, self.plan) {
            (Basis::Responds, _) => {
                let before = Lane::all(self.throughput);
                let usual = &self.usual;
                return responding(usual, self.figures, sample, opening, (underlying, before));
            }
            (Basis::Given, Some(plan)) => plan,
            (Basis::Given | Basis::Held, _) => return vec![Capacity::Starts(held)],
        };
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
    pub fn queue<const L: usize>(
        &self,
        sample: &Sample<L>,
        opening: &Opening<L>,
        caseload: Lane<L>,
        capacity: &[Capacity<L>],
    ) -> (Queue<L>, List<L>) {
        let in_treatment = match capacity.first() {
            Some(Capacity::Places { places, .. }) => caseload.with(*places, f64::min),
            _ => caseload,
        };
        let queue = Queue {
            renege: opening.renege,
            friction: opening.friction,
            threshold: self.threshold_applies.then(|| Threshold {
                above: 1.0,
                fall: sample[self.threshold],
                least: LEAST_ACCEPTED,
            }),
        };
        (queue, List::opening(opening.list, opening.starts, opening.renege, in_treatment))
    }

    /// Runs the list over `months.arrivals`, and over underlying demand alone; the list it opened
    /// with.
    pub fn run<const L: usize>(
        &self,
        sample: &Sample<L>,
        shares: &Shares<L>,
        caseload: Lane<L>,
        around: Surroundings<'_, L>,
        months: &mut Months<L>,
    ) -> Lane<L> {
        let opening = self.opening_of(sample, shares);
        let usual = self.usual_capacity(sample, shares, &opening, around.underlying);
        let with =
            self.with_levers(sample, self.in_lockdown(usual.clone(), sample, around.lockdown));
        let with = longer_stays(with, &months.stay);
        let (queue, list) = self.queue(sample, &opening, caseload, &with);
        months.weeks_a_month = opening.weeks_a_month;
        waiting::run(&queue, list, &months.arrivals, &with, &mut months.joined, &mut months.waited);
        for (arrivals, all) in months.arrivals.iter_mut().zip(around.underlying) {
            *arrivals = (*all * shares.accepted).max(0.0);
        }
        let (joined, without) = (&mut months.joined, &mut months.without);
        waiting::run(&queue, list, &months.arrivals, &usual, joined, without);
        opening.list
    }

    /// What those still waiting have waited so far, over the median of those who start.
    pub fn so_far<const L: usize>(&self, spreads: &Spreads<L>) -> Lane<L> {
        match spreads {
            Spreads::One(spread) => Lane::all(spread.so_far()),
            Spreads::Each(spreads) => Lane(spreads.map(|spread| spread.so_far())),
        }
    }

    /// How individual waits spread in a block.
    pub fn spreads<const L: usize>(&self, sample: &Sample<L>) -> Spreads<L> {
        self.usual.spreads(sample)
    }
}

/// Capacity that responds, by month and without a lockdown. `before` is the mean month of underlying
/// demand in the year before the start.
pub fn responding<const L: usize>(
    usual: &Usual<'_>,
    figures: &WaitFigures,
    sample: &Sample<L>,
    opening: &Opening<L>,
    (underlying, before): (&[Lane<L>], Lane<L>),
) -> Vec<Capacity<L>> {
    let response = usual.response(sample);
    let follows = sample[figures.response].max(0.0).min(MOST_RESPONSE);
    let wait = opening.list.share_of(opening.starts);
    let starts = response.starts(&demand(underlying, before)).into_iter();
    let month = |(t, starts)| Capacity::Responds {
        usual: opening.starts * starts,
        more: Lane::ZERO,
        wait: wait * response.wait(t),
        response: follows,
    };
    starts.enumerate().map(month).collect()
}

/// What a lockdown leaves of the starts of a capacity that responds, month by month.
pub fn closed<const L: usize>(
    mut capacity: Vec<Capacity<L>>,
    response: &Response<L>,
    lockdown: &[Lane<L>],
) -> Vec<Capacity<L>> {
    for (capacity, lockdown) in capacity.iter_mut().zip(lockdown) {
        if let Capacity::Responds { usual, .. } = capacity {
            *usual *= response.left(lockdown);
        }
    }
    capacity
}

/// Places are held as long as treatment takes with the mix of each month; starts are starts of
/// whoever comes.
pub fn longer_stays<const L: usize>(
    capacity: Vec<Capacity<L>>,
    stay: &[Lane<L>],
) -> Vec<Capacity<L>> {
    let Some(last) = capacity.last().filter(|c| matches!(c, Capacity::Places { .. })) else {
        return capacity;
    };
    let month = |(t, stay): (usize, &Lane<L>)| match *capacity.get(t).unwrap_or(last) {
        Capacity::Places { places, leave } => Capacity::Places { places, leave: leave / *stay },
        other => other,
    };
    stay.iter().enumerate().map(month).collect()
}
