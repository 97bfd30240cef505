//! The first stage of levers: what they do to the pathway before demand meets the services.
//!
//! The surge that is reported stays what it is without levers; what levers change about it is kept
//! apart ([`LeverBlock::surge`]) and becomes part of the component `levers`:
//!
//! ```text
//! change(s,t) = surge with levers - surge without, both from the same solver
//! ```
//!
//! So is how ill those are who still come. Prevention for whole groups cuts who enters the stock at risk; for some conditions only, the
//! rate at which people at risk develop them. The block of entries itself stays without levers.

use super::block::{Block, Prepared, size_services};
use super::case::Case;
use super::lever_block::LeverBlock;
use super::parameters::{Layouts, parameters};
use super::severe_share::{Ways, severe_shares, ways_by};
use crate::lane::Lane;
use crate::model::exposure::{GroupKind, cap};
use crate::model::pathway::{Outcome, Parameters, Schedule, Scheduled, System, Table};
use crate::study::lever::{Acts, On};
use crate::study::pack::Pack;

/// Runs the pathway of a case with its levers. `block` holds the entries without them, `system` the
/// block's parameters, and is left with them.
pub(super) fn apply<const L: usize>(
    prepared: &Prepared<L>,
    (pack, layouts): (&Pack, &Layouts),
    case: &Case<'_>,
    (system, ways): (&mut System<'_, L>, &[Ways<L>]),
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
            scheduled.run(system, &parameters, schedule, &sum(inflow), &mut outcome);
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
        size_services(&mut surge, &case.services);
        let severe = stage.severe(ways, (&parameters, &schedule), &at_risk);
        own.severe = Some(severe);
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
            let mut grows = false;
            for t in 0..months {
                let Some(share) = self.own.share(levers, t, On::Entering(group)) else { break };
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

    /// The severe share of the surge by month, for the services of `ways`.
    fn severe(
        &self,
        ways: &[Ways<L>],
        (parameters, schedule): (&Parameters<L>, &Schedule<L>),
        at_risk: &Table<L>,
    ) -> Vec<(usize, Vec<Lane<L>>)> {
        let of_pack = (self.pack, &self.prepared.sample);
        let mut shares = severe_shares(ways, of_pack, at_risk);
        let factors = [&schedule.rate, &schedule.help_seeking, &schedule.accepted];
        if factors.iter().all(|factor| factor.is_none()) {
            return shares;
        }
        for t in 0..self.case.months() {
            let now = |factor: usize, row: usize, base: &[Lane<L>]| {
                factors[factor].as_ref().map_or(base[row], |table| base[row] * table[(row, t)])
            };
            let of_month = ways_by(
                (self.pack, self.layouts),
                of_pack.1,
                |need| now(0, need, &parameters.rate),
                |need| now(1, need, &parameters.help_seeking),
                |service| now(2, service, &parameters.accepted),
            );
            for ((_, months), ways) in shares.iter_mut().zip(&of_month) {
                months[t] = ways.severe(of_pack, at_risk, t);
            }
        }
        shares
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
        let at = |need: usize| (needs[need].group, needs[need].condition);
        let of_need = |on: fn(usize, usize) -> On| move |need: usize| on(at(need).0, at(need).1);
        Schedule {
            rate: self.factors(needs.len(), months, of_need(On::Developing), |n, t| {
                let base = &parameters.rate[n];
                ratio(self.own.rate(levers, at(n), t, base), base)
            }),
            help_seeking: self.factors(needs.len(), months, of_need(On::HelpSeeking), |n, t| {
                let base = &parameters.help_seeking[n];
                ratio(self.own.help_seeking(levers, at(n), t, base), base)
            }),
            accepted: self.factors(services, months, On::Acceptance, |s, t| {
                let base = &parameters.accepted[s];
                ratio(self.own.accepted(levers, s, t, base), base)
            }),
            leave: self.factors(services, months, On::Treatment, |s, t| {
                let figures = &self.pack.services[s].figures;
                let treatment = (&sample[figures.decay], &sample[figures.months]);
                let base = &parameters.leave[s];
                self.own.leave(levers, s, t, treatment).map_or(Lane::ONE, |new| ratio(new, base))
            }),
        }
    }

    /// Factors by row and month on numbers that some lever acts on; those after the horizon stay
    /// as in its last month. Nothing where all are 1.
    fn factors(
        &self,
        rows: usize,
        months: usize,
        on: impl Fn(usize) -> On,
        factor: impl Fn(usize, usize) -> Lane<L>,
    ) -> Option<Table<L>> {
        let acts = |on: On| self.case.scenario.levers.iter().any(|lever| lever.action.acts(on));
        let changed: Vec<usize> = (0..rows).filter(|row| acts(on(*row))).collect();
        changed.first()?;
        let last = self.case.months() - 1;
        let mut table = filled(rows, months);
        let mut is_changed = false;
        for row in changed {
            for t in 0..months {
                let value = factor(row, t.min(last));
                is_changed |= value != Lane::ONE;
                table[(row, t)] = value;
            }
        }
        is_changed.then_some(table)
    }
}
