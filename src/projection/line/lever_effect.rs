//! Levers at the services: what each line gains and loses, draw by draw.
//!
//! ```text
//! P(s)      = underlying - suppressed + returning + surge, with levers on the pathway
//! moved(s)  = P(s) x share of the levers that divert from s, at most all of it
//! levers(s) = P(s) - P(s) without levers - moved(s) + sum over s' of what moves from s' to s
//! ```
//!
//! Suppression is linear in demand, so that the change of the surge goes through it alone. The
//! surge goes the same ways as all demand, in the proportion it has of it at the door: what is left
//! of it at each service makes its burden. Several
//! diversions from one service share what is moved in proportion to their strengths. All move at
//! once: what arrives at a service is not moved on in the same month. A total takes the sum of its
//! members' lines. More capacity that sends people on adds, at the service they are sent to, that
//! share of the starts it adds, of which there are at most as many as are referred in the month.

use super::Stage;
use crate::lane::Lane;
use crate::model::demand::{self, Demand};
use crate::projection::block::{Block, Prepared};
use crate::projection::case::Line;
use crate::projection::lever_block::LeverBlock;
use crate::projection::line_figures::LineFigures;
use crate::projection::parameters::leaving;
use crate::study::lever::{Acts, Lever, On};
use crate::study::pack::Refused;

/// What levers do to a line in a block of draws, by month.
pub(super) struct Effect<const L: usize> {
    /// Their net effect on referrals.
    pub(super) referrals: Vec<Lane<L>>,
    /// Of it, that on the surge as it presents.
    surge: Vec<Lane<L>>,
    /// Their effect on demand at the door: on the surge, and on what of it is held back, returns and
    /// is lost.
    demand: Vec<Demand<L>>,
    /// The share of referrals accepted.
    pub(super) accepted: Vec<Lane<L>>,
    /// The share of the caseload that leaves.
    pub(super) leave: Vec<Lane<L>>,
}

impl<const L: usize> Effect<L> {
    /// The demand of month `t` with levers, in which the surge is what is left of it.
    pub(super) fn on(&self, t: usize, demand: &Demand<L>) -> Demand<L> {
        let mut with = *demand;
        with += self.demand[t];
        Demand { surge: left(with.surge, demand.surge), ..with }
    }

    /// What presents with levers in month `t` of a surge of which so many present without.
    pub(super) fn surge_of(&self, t: usize, presented: Lane<L>, surge: Lane<L>) -> Lane<L> {
        left(presented + self.surge[t], surge)
    }
}

/// What is left of a surge: of one that is prevented in full nothing, not a rounding error.
fn left<const L: usize>(left: Lane<L>, of: Lane<L>) -> Lane<L> {
    left.with(of, |left, of| if left > 1e-9 * of { left } else { 0.0 })
}

/// People at a door, and those of the surge among them.
#[derive(Clone, Copy, Debug)]
struct People<const L: usize> {
    all: Lane<L>,
    surge: Lane<L>,
}

impl<const L: usize> People<L> {
    const NOBODY: Self = Self { all: Lane::ZERO, surge: Lane::ZERO };

    fn add(&mut self, all: Lane<L>, surge: Lane<L>) {
        self.all += all;
        self.surge += surge;
    }
}

/// What levers change about a line over the horizon, by draw.
#[derive(Clone, Debug, Default)]
pub struct LeverTotals {
    /// Referrals moved away to other services.
    pub diverted: Vec<f64>,
    /// Referrals moved here and accepted.
    pub taken_in: Vec<f64>,
    /// Referrals accepted that were not before, diversion aside; negative for those avoided.
    pub gained: Vec<f64>,
    /// More referrals refused for good.
    pub refused: Vec<f64>,
    /// More demand lost to restrictions for good.
    pub lost: Vec<f64>,
    /// More referrals accepted, all in all.
    pub accepted: Vec<f64>,
    /// People reached here by all levers, of those who come without any; somebody reached by two
    /// counts twice.
    pub reached: Vec<f64>,
}

/// Demand at the door of one service with and without levers, before any diversion.
struct Door<const L: usize> {
    without: Vec<People<L>>,
    with: Vec<People<L>>,
    /// The change of the surge, and what of it is held back, returns and is lost.
    change: Vec<Demand<L>>,
}

impl<const L: usize> Stage<'_, L> {
    /// The effect of the scenario's levers on a line; none where there are no levers.
    pub(super) fn lever_effect(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
    ) -> Option<Effect<L>> {
        let own = entries.levers.as_ref()?;
        let mut effect = self.treatment(line, prepared, own);
        for (member, _) in &line.members {
            let Some(part) = self.line_of(*member) else { continue };
            let share = self.share_of_member(line, *member, prepared);
            let door = self.door(part, prepared, entries, own);
            let arriving = self.arriving(*member, prepared, entries, own);
            let onward = self.sent_on(*member, prepared, entries, own);
            for t in 0..self.case.months() {
                let (with, without) = (door.with[t], door.without[t]);
                let moved = self.moved(*member, t, &with, own);
                let change = |of: fn(&People<L>) -> Lane<L>| {
                    of(&with) - of(&without) - of(&moved) + (of(&arriving[t]) + of(&onward[t]))
                };
                let surge = change(|people| people.surge);
                effect.referrals[t] += share * change(|people| people.all);
                effect.surge[t] += share * surge;
                let routed = surge - (with.surge - without.surge);
                let mut demand = door.change[t];
                demand.surge += routed;
                effect.demand[t] += demand.share(share);
            }
        }
        Some(effect)
    }

    /// What levers change about a line over the horizon; none for totals and without levers.
    pub(super) fn lever_totals(&self, line: &Line<'_>) -> Option<LeverTotals> {
        if !self.has_levers() || line.members.len() != 1 {
            return None;
        }
        let mut totals: [Vec<f64>; 7] = Default::default();
        let refused_leave = self.study.pack.refused == Refused::Leave;
        for (prepared, entries) in self.prepared.iter().zip(self.entries) {
            let own = entries.levers.as_ref()?;
            let base = LineFigures::new(self.study, line, &prepared.sample).accepted;
            let door = self.door(line, prepared, entries, own);
            let arriving = self.arriving(line.service, prepared, entries, own);
            let onward = self.sent_on(line.service, prepared, entries, own);
            let now = self.treatment(line, prepared, own).accepted;
            let mut sums = [Lane::<L>::ZERO; 7];
            for t in 0..self.case.months() {
                let moved = self.moved(line.service, t, &door.with[t], own);
                let (with, without) = (door.with[t].all, door.without[t].all);
                let (moved, arriving) = (moved.all, arriving[t].all);
                let referrals = with - moved + arriving + onward[t].all;
                let refused = (1.0 - now[t]) * referrals - (1.0 - base) * without;
                let values = [
                    moved,
                    now[t] * arriving,
                    now[t] * with - base * without,
                    if refused_leave { refused } else { Lane::ZERO },
                    door.change[t].lost,
                    now[t] * referrals - base * without,
                    self.reached(line.service, t, (without, base), own),
                ];
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += value;
                }
            }
            for (total, sum) in totals.iter_mut().zip(sums) {
                total.extend(sum);
            }
        }
        for total in &mut totals {
            total.truncate(self.draws);
        }
        let [diverted, taken_in, gained, refused, lost, accepted, reached] = totals;
        Some(LeverTotals { diverted, taken_in, gained, refused, lost, accepted, reached })
    }

    /// The people whom levers reach at a service in a month, of the referrals without any.
    fn reached(
        &self,
        service: usize,
        t: usize,
        (referrals, accepted): (Lane<L>, Lane<L>),
        own: &LeverBlock<L>,
    ) -> Lane<L> {
        let referrals = referrals.max(0.0);
        let flows = [
            (On::Referrals(service), referrals),
            (On::Acceptance(service), referrals * (1.0 - accepted)),
            (On::Treatment(service), referrals * accepted),
        ];
        let mut reached = Lane::ZERO;
        for (index, lever) in self.levers().iter().enumerate() {
            for (on, flow) in flows.iter().filter(|(on, _)| lever.action.reaches(*on)) {
                reached += *flow * own.reached(index, *on, t);
            }
            if lever.action.reaches(On::Starts(service)) {
                reached += own.strength(index, service, t);
            }
        }
        reached
    }

    /// Whether any lever acts.
    pub(super) fn has_levers(&self) -> bool {
        !self.levers().is_empty()
    }

    fn levers(&self) -> &[Lever] {
        &self.case.scenario.levers
    }

    fn line_of(&self, service: usize) -> Option<&Line<'_>> {
        self.case.lines.iter().find(|line| line.service == service)
    }

    /// Acceptance and leaving of a line by month, weighted over its members.
    fn treatment(&self, line: &Line<'_>, prepared: &Prepared<L>, own: &LeverBlock<L>) -> Effect<L> {
        let base = LineFigures::new(self.study, line, &prepared.sample);
        let months = self.case.months();
        let mut effect = Effect {
            referrals: vec![Lane::ZERO; months],
            surge: vec![Lane::ZERO; months],
            demand: vec![Demand::NONE; months],
            accepted: vec![base.accepted; months],
            leave: vec![base.leave; months],
        };
        let is_named = |service: usize| {
            let acts = |on: On| self.levers().iter().any(|lever| lever.action.acts(on));
            acts(On::Acceptance(service)) || acts(On::Treatment(service))
        };
        for (member, weight) in line.members.iter().filter(|(member, _)| is_named(*member)) {
            let figures = &self.study.pack.services[*member].figures;
            let accepted = &prepared.sample[figures.accepted];
            let treatment = (&prepared.sample[figures.decay], &prepared.sample[figures.months]);
            let leave = leaving(treatment.0, treatment.1);
            for t in 0..months {
                let now = own.accepted(self.levers(), *member, t, accepted);
                let leaves = own.leave(self.levers(), *member, t, treatment).unwrap_or(leave);
                effect.accepted[t] += *weight * (now - *accepted);
                effect.leave[t] += *weight * (leaves - leave);
            }
        }
        effect
    }

    fn door(
        &self,
        line: &Line<'_>,
        prepared: &Prepared<L>,
        entries: &Block<L>,
        own: &LeverBlock<L>,
    ) -> Door<L> {
        let figures = LineFigures::new(self.study, line, &prepared.sample);
        let underlying = self.underlying(line, prepared, Some(entries), &figures);
        let surge = self.surge(line, prepared, entries);
        let demand = self.demand(line, (prepared, entries), &figures, &underlying, &surge.all);
        let restrictions = self.restrictions(prepared, entries);
        let of_part = |part: &[Lane<L>]| demand::of_part(&figures.suppression, &restrictions, part);
        let without: Vec<People<L>> = demand
            .iter()
            .zip(of_part(&surge.all))
            .map(|(all, surge)| People { all: all.before_levers(), surge: surge.before_levers() })
            .collect();
        let Some(surge) = &own.surge else {
            let change = vec![Demand::NONE; without.len()];
            return Door { with: without.clone(), change, without };
        };
        let change = of_part(surge.row(line.service));
        let with = |(people, change): (&People<L>, &Demand<L>)| {
            let mut with = *people;
            with.add(change.before_levers(), change.before_levers());
            with
        };
        Door { with: without.iter().zip(&change).map(with).collect(), change, without }
    }

    /// Who moves away from a service in a month.
    fn moved(&self, service: usize, t: usize, at: &People<L>, own: &LeverBlock<L>) -> People<L> {
        let share = own.share(self.levers(), t, On::Referrals(service));
        share.map_or(People::NOBODY, |share| People {
            all: at.all.max(0.0) * share,
            surge: at.surge.max(0.0) * share,
        })
    }

    /// Whom other services move to a service, by month.
    fn arriving(
        &self,
        service: usize,
        prepared: &Prepared<L>,
        entries: &Block<L>,
        own: &LeverBlock<L>,
    ) -> Vec<People<L>> {
        let mut arriving = vec![People::NOBODY; self.case.months()];
        let to_here = |lever: &Lever| lever.action.to() == Some(service);
        if !self.levers().iter().any(to_here) {
            return arriving;
        }
        for source in self.case.lines.iter() {
            let from_here = |lever: &Lever| lever.action.acts(On::Referrals(source.service));
            if !self.levers().iter().any(|lever| to_here(lever) && from_here(lever)) {
                continue;
            }
            let door = self.door(source, prepared, entries, own);
            for (t, arriving) in arriving.iter_mut().enumerate() {
                let moved = self.moved(source.service, t, &door.with[t], own);
                let (mut here, mut all) = (Lane::<L>::ZERO, Lane::<L>::ZERO);
                for (index, lever) in self.levers().iter().enumerate() {
                    if from_here(lever) {
                        let strength = own.strength(index, source.service, t);
                        all += strength;
                        if to_here(lever) {
                            here += strength;
                        }
                    }
                }
                let part = |moved: Lane<L>| (moved * here).share_of(all);
                arriving.add(part(moved.all), part(moved.surge));
            }
        }
        arriving
    }

    /// Those whom more capacity elsewhere starts and sends on to a service, by month.
    fn sent_on(
        &self,
        service: usize,
        prepared: &Prepared<L>,
        entries: &Block<L>,
        own: &LeverBlock<L>,
    ) -> Vec<People<L>> {
        let mut onward = vec![People::NOBODY; self.case.months()];
        for (index, lever) in self.levers().iter().enumerate() {
            let Some(sent) = lever.onward.filter(|sent| sent.to == service) else { continue };
            let starts = |line: &Line<'_>| lever.action.acts(On::Starts(line.service));
            let share = &prepared.sample[sent.share];
            for source in self.case.lines.iter().filter(|l| starts(l)) {
                let door = self.door(source, prepared, entries, own);
                for (t, onward) in onward.iter_mut().enumerate() {
                    let started = own.strength(index, source.service, t);
                    let (most, surge) = (door.with[t].all.max(0.0), door.with[t].surge.max(0.0));
                    let sent =
                        *share * started.with(most, |started, most| started.clamp(-most, most));
                    onward.add(sent, sent * surge.share_of(most));
                }
            }
        }
        onward
    }
}
