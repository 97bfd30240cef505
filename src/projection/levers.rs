//! The first stage of levers: how strong each is in a block of draws, and what they do to the
//! pathway before demand meets the services.
//!
//! The surge that is reported stays what it is without levers; what levers change about it is kept
//! apart ([`LeverBlock::surge`]) and becomes part of the component `levers`:
//!
//! ```text
//! change(s,t) = surge with levers - surge without, both from the same solver
//! ```
//!
//! Prevention for whole groups cuts who enters the stock at risk; for some conditions only, the
//! rate at which people at risk develop them. The block of entries itself stays without levers.

mod capacity;
pub mod targets;

use super::case::Case;
use super::entries::{Block, Prepared};
use super::parameters::Layouts;
use super::parameters::{leaving, parameters};
use crate::model::exposure::{GroupKind, cap};
use crate::model::lane::Lane;
use crate::model::lever::{Timing, combine, moved};
use crate::model::pathway::{Outcome, Parameters, Schedule, Scheduled, System, Table};
use crate::study::figures::Sample;
use crate::study::lever::{Action, Lever};
use crate::study::pack::Pack;
use crate::study::scenario::Scenario;
pub use capacity::capacity;
use targets::{Flow, Targets};

/// The levers of a case in a block of draws.
#[derive(Debug)]
pub struct LeverBlock<const L: usize> {
    /// By lever and month: reach x effect x ramp.
    strengths: Vec<Vec<Lane<L>>>,
    /// Those of them that are for slices of the population.
    targets: Option<Targets<L>>,
    /// By service: its family.
    families: Vec<usize>,
    /// By service and month: the change of surge referrals as they present.
    pub surge: Option<Table<L>>,
    /// People at risk by group and month, where levers change them.
    pub at_risk: Option<Table<L>>,
    /// People who enter by group and month, soon and late, where levers change them.
    pub entering: Option<[Table<L>; 2]>,
}

impl<const L: usize> LeverBlock<L> {
    fn new(pack: &Pack, case: &Case<'_>, sample: &Sample<L>) -> Self {
        let scenario = case.scenario;
        let strengths = scenario.levers.iter().map(|lever| strengths(scenario, lever, sample));
        Self {
            strengths: strengths.collect(),
            targets: Targets::new(pack, &case.area.id, &scenario.levers, sample),
            families: pack.services.iter().map(|service| service.family).collect(),
            surge: None,
            at_risk: None,
            entering: None,
        }
    }

    /// Its size in memory.
    pub fn bytes(pack: &Pack, levers: usize, months: usize) -> usize {
        let rows =
            if levers == 0 { 0 } else { levers + pack.services.len() + 3 * pack.groups.len() };
        rows * months * L * size_of::<f64>()
    }

    /// The share of a service's referrals that lever `lever` alone changes in month `t`.
    pub fn strength(&self, lever: usize, service: usize, t: usize) -> Lane<L> {
        let strength = &self.strengths[lever][t];
        let flow = Flow::Family(self.families[service]);
        self.targets.as_ref().map_or(*strength, |t| t.share(flow, &[(lever, strength)]))
    }

    /// The share of the people in need that the levers chosen change together in month `t`.
    fn share_of_people(
        &self,
        levers: &[Lever],
        t: usize,
        chosen: impl Fn(&Action) -> bool,
    ) -> Option<Lane<L>> {
        self.share(levers, t, Flow::People, chosen)
    }

    /// The share of a service's referrals that the levers chosen change together in month `t`.
    pub fn share_of_service(
        &self,
        levers: &[Lever],
        t: usize,
        service: usize,
        chosen: impl Fn(&Action) -> bool,
    ) -> Option<Lane<L>> {
        self.share(levers, t, Flow::Family(self.families[service]), chosen)
    }

    fn share(
        &self,
        levers: &[Lever],
        t: usize,
        flow: Flow,
        chosen: impl Fn(&Action) -> bool,
    ) -> Option<Lane<L>> {
        let of = || (0..levers.len()).filter(|lever| chosen(&levers[*lever].action));
        of().next()?;
        if let Some(targets) = &self.targets {
            let strengths: Vec<_> = of().map(|lever| (lever, &self.strengths[lever][t])).collect();
            return Some(targets.share(flow, &strengths));
        }
        Some(Lane::from_fn(|i| combine(of().map(|lever| self.strengths[lever][t][i]))))
    }

    /// The acceptance of a service after `base`.
    pub fn accepted(&self, levers: &[Lever], service: usize, t: usize, base: &Lane<L>) -> Lane<L> {
        let of = |action: &Action| matches!(action, Action::Threshold(s) if s.contains(&service));
        shifted(base, self.share_of_service(levers, t, service, of))
    }

    /// The help-seeking of a group with a condition after `base`.
    pub fn help_seeking(
        &self,
        levers: &[Lever],
        (group, condition): (usize, usize),
        t: usize,
        base: &Lane<L>,
    ) -> Lane<L> {
        let of = |action: &Action| {
            matches!(action, Action::HelpSeeking(p)
                if p.has_group(group) && p.has_condition(condition))
        };
        shifted(base, self.share_of_people(levers, t, of))
    }

    /// The rate of a condition in a group after `base`.
    pub fn rate(
        &self,
        levers: &[Lever],
        (group, condition): (usize, usize),
        t: usize,
        base: &Lane<L>,
    ) -> Lane<L> {
        let of = |action: &Action| {
            matches!(action, Action::Prevent(p) if !p.conditions.is_empty()
                && p.has_group(group) && p.has_condition(condition))
        };
        let share = self.share_of_people(levers, t, of);
        share.map_or(*base, |share| (*base * (1.0 - share)).as_share())
    }

    /// The share of a caseload that leaves in month `t`, by a treatment shortened as far.
    pub fn leave(
        &self,
        levers: &[Lever],
        service: usize,
        t: usize,
        (decay, months): (&Lane<L>, &Lane<L>),
    ) -> Option<Lane<L>> {
        let of = |action: &Action| matches!(action, Action::Shorten(s) if s.contains(&service));
        let share = self.share_of_service(levers, t, service, of)?;
        Some(leaving(decay, &(*months * (1.0 - share))))
    }
}

/// Reach x effect x ramp by month.
fn strengths<const L: usize>(
    scenario: &Scenario,
    lever: &Lever,
    sample: &Sample<L>,
) -> Vec<Lane<L>> {
    let (reach, effect) = (&sample[lever.reach], &sample[lever.effect]);
    let (lag, ramp) = (&sample[lever.lag], &sample[lever.ramp]);
    let start = scenario.relative(lever.start.start_position());
    (0..scenario.months)
        .map(|t| {
            Lane::from_fn(|i| {
                let timing = Timing { start, lag: lag[i], ramp: ramp[i] };
                reach[i] * effect[i] * timing.mean(t as f64)
            })
        })
        .collect()
}

fn shifted<const L: usize>(base: &Lane<L>, change: Option<Lane<L>>) -> Lane<L> {
    change.map_or(*base, |change| base.with(change, moved))
}

/// Runs the pathway of a case with its levers. `block` holds the entries without them, `system` the
/// block's parameters, and is left with them.
pub fn apply<const L: usize>(
    prepared: &Prepared<L>,
    (pack, layouts): (&Pack, &Layouts),
    case: &Case<'_>,
    system: &mut System<'_, L>,
    block: &mut Block<L>,
) {
    let levers = &case.scenario.levers;
    if levers.is_empty() {
        return;
    }
    let entering = [&block.entering_immediate, &block.entering_longitudinal];
    let entering = entering.map(|table| lengthened(table, system.months()));
    let entering = [&entering[0], &entering[1]];
    let mut own = LeverBlock::new(pack, case, &prepared.sample);
    let stage = Stage { prepared, pack, layouts, case, own: &own };
    let cut = stage.cut(entering);
    let parameters = parameters(pack, layouts, &prepared.sample);
    let schedule = stage.schedule(&parameters, system.months());
    let with = cut.as_ref().map_or(entering, |[early, late]| [early, late]);
    let mut outcome = Outcome::new(system.layout(), system.months());
    let mut run = |system: &mut System<'_, L>, schedule: &Schedule<L>, inflow: [&Table<L>; 2]| {
        if schedule.is_constant() {
            system.apply(&sum(inflow), &mut outcome);
        } else {
            let mut scheduled = Scheduled::new(system.layout());
            scheduled.run(system, &parameters, schedule, &sum(inflow), &mut outcome, |_, _, _| {});
            // The next case expects the block's own parameters.
            system.set(&parameters);
        }
        (outcome.referrals.clone(), outcome.at_risk.clone())
    };
    if cut.is_some() || !schedule.is_constant() {
        let without = if schedule.is_constant() {
            run(system, &schedule, entering).0
        } else {
            run(system, &unchanged(&schedule), entering).0
        };
        let (referrals, at_risk) = run(system, &schedule, with);
        let mut surge = Table::new(pack.services.len(), case.months());
        for service in 0..pack.services.len() {
            let pairs = referrals.row(service).iter().zip(without.row(service));
            for (change, (with, without)) in surge.row_mut(service).iter_mut().zip(pairs) {
                *change = *with - *without;
            }
        }
        own.surge = Some(surge);
        own.at_risk = Some(at_risk);
    }
    own.entering = cut;
    block.levers = Some(own);
}

/// The same with nobody in the months after.
fn lengthened<const L: usize>(table: &Table<L>, months: usize) -> Table<L> {
    let mut long = Table::new(table.rows(), months);
    for row in 0..table.rows() {
        long.row_mut(row)[..table.months()].copy_from_slice(table.row(row));
    }
    long
}

/// The same schedule with every factor 1: the solver of the levers without them.
fn unchanged<const L: usize>(schedule: &Schedule<L>) -> Schedule<L> {
    let ones = |table: &Option<Table<L>>| table.as_ref().map(|t| filled(t.rows(), t.months()));
    Schedule {
        rate: ones(&schedule.rate),
        help_seeking: ones(&schedule.help_seeking),
        accepted: ones(&schedule.accepted),
        leave: ones(&schedule.leave),
    }
}

fn filled<const L: usize>(rows: usize, months: usize) -> Table<L> {
    let mut table = Table::new(rows, months);
    for row in 0..rows {
        table.row_mut(row).fill(Lane::ONE);
    }
    table
}

fn sum<const L: usize>([a, b]: [&Table<L>; 2]) -> Table<L> {
    let mut sum = a.clone();
    for row in 0..sum.rows() {
        for (total, part) in sum.row_mut(row).iter_mut().zip(b.row(row)) {
            *total += *part;
        }
    }
    sum
}

struct Stage<'a, const L: usize> {
    prepared: &'a Prepared<L>,
    pack: &'a Pack,
    layouts: &'a Layouts,
    case: &'a Case<'a>,
    own: &'a LeverBlock<L>,
}

impl<const L: usize> Stage<'_, L> {
    /// Entries with prevention for whole groups; nothing where there is none.
    fn cut(&self, entering: [&Table<L>; 2]) -> Option<[Table<L>; 2]> {
        let levers = &self.case.scenario.levers;
        let months = self.case.months();
        let mut cut = entering.map(Clone::clone);
        let mut changed = false;
        for (group, named) in self.pack.groups.iter().enumerate() {
            let of = |action: &Action| matches!(action, Action::Prevent(p) if p.conditions.is_empty() && p.has_group(group));
            let mut grows = false;
            for t in 0..months {
                let Some(share) = self.own.share_of_people(levers, t, of) else { break };
                changed |= share.iter().any(|share| *share != 0.0);
                grows |= share.iter().any(|share| *share < 0.0);
                for table in &mut cut {
                    table[(group, t)] *= 1.0 - share;
                }
            }
            if grows && named.kind == GroupKind::Population {
                let overlap = &self.prepared.sample[self.pack.overlap.factor];
                let size = &self.prepared.sample[named.size];
                let size = *size * self.case.scale[group] * *overlap;
                let [early, late] = &mut cut;
                cap(named.kind, &size, early.row_mut(group), late.row_mut(group));
            }
        }
        changed.then_some(cut)
    }

    /// What levers do to the pathway's parameters; parts without a lever, or with one of no
    /// effect, are left out.
    fn schedule(&self, parameters: &Parameters<L>, months: usize) -> Schedule<L> {
        let levers = &self.case.scenario.levers;
        let needs = self.layouts.pathway.needs();
        let services = self.pack.services.len();
        let sample = &self.prepared.sample;
        let ratio = |new: Lane<L>, base: &Lane<L>| {
            new.with(*base, |new, base| if base > 0.0 { new / base } else { 1.0 })
        };
        let has = |kind: fn(&Action) -> bool| levers.iter().any(|lever| kind(&lever.action));
        let of = |is_there: bool, rows: usize, factor: &dyn Fn(usize, usize) -> Lane<L>| {
            is_there.then(|| self.factors(rows, months, factor)).flatten()
        };
        Schedule {
            rate: of(has(|a| matches!(a, Action::Prevent(_))), needs.len(), &|n, t| {
                let base = &parameters.rate[n];
                let at = (needs[n].group, needs[n].condition);
                ratio(self.own.rate(levers, at, t, base), base)
            }),
            help_seeking: of(has(|a| matches!(a, Action::HelpSeeking(_))), needs.len(), &|n, t| {
                let base = &parameters.help_seeking[n];
                let at = (needs[n].group, needs[n].condition);
                ratio(self.own.help_seeking(levers, at, t, base), base)
            }),
            accepted: of(has(|a| matches!(a, Action::Threshold(_))), services, &|s, t| {
                let base = &parameters.accepted[s];
                ratio(self.own.accepted(levers, s, t, base), base)
            }),
            leave: of(has(|a| matches!(a, Action::Shorten(_))), services, &|s, t| {
                let figures = &self.pack.services[s].figures;
                let treatment = (&sample[figures.decay], &sample[figures.months]);
                let base = &parameters.leave[s];
                self.own.leave(levers, s, t, treatment).map_or(Lane::ONE, |new| ratio(new, base))
            }),
        }
    }

    /// Factors by row and month; those after the horizon stay as in its last month.
    fn factors(
        &self,
        rows: usize,
        months: usize,
        factor: &dyn Fn(usize, usize) -> Lane<L>,
    ) -> Option<Table<L>> {
        let last = self.case.months() - 1;
        let mut table = Table::new(rows, months);
        let mut changed = false;
        for row in 0..rows {
            for t in 0..months {
                let value = factor(row, t.min(last));
                changed |= value.iter().any(|value| *value != 1.0);
                table[(row, t)] = value;
            }
        }
        changed.then_some(table)
    }
}
