//! Parameters that change from month to month: what levers do to the pathway.
//!
//! Each month's coefficients are derived from the parameters times that month's factors, and the
//! stocks go one step on with them. A month whose factors are those of the month before costs no
//! derivation.

use pulp::Simd;

use super::register::{Chunked, Register, for_chunks};
use super::{Layout, Outcome, Parameters, System, Table};
use crate::lane::Lane;

/// Factors on parameters by month; a part left out is 1 throughout.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Schedule<const L: usize> {
    /// By need and month, on `rate`.
    pub rate: Option<Table<L>>,
    /// By need and month, on `help_seeking`.
    pub help_seeking: Option<Table<L>>,
    /// By service and month, on `accepted`.
    pub accepted: Option<Table<L>>,
    /// By service and month, on `leave`.
    pub leave: Option<Table<L>>,
}

impl<const L: usize> Schedule<L> {
    /// Whether nothing changes.
    pub fn is_constant(&self) -> bool {
        let parts = [&self.rate, &self.help_seeking, &self.accepted, &self.leave];
        parts.into_iter().all(Option::is_none)
    }

    /// Whether month `month` has other factors than the month before it.
    fn changes(&self, month: usize) -> bool {
        let differs = |table: &Table<L>| {
            (0..table.rows()).any(|row| table[(row, month)] != table[(row, month - 1)])
        };
        month == 0
            || [&self.rate, &self.help_seeking, &self.accepted, &self.leave]
                .into_iter()
                .flatten()
                .any(differs)
    }

    /// The parameters of month `month`: shares times factors, between 0 and 1.
    fn apply(&self, base: &Parameters<L>, month: usize, now: &mut Parameters<L>) {
        let parts = [
            (&self.rate, &base.rate, &mut now.rate),
            (&self.help_seeking, &base.help_seeking, &mut now.help_seeking),
            (&self.accepted, &base.accepted, &mut now.accepted),
            (&self.leave, &base.leave, &mut now.leave),
        ];
        for (factors, base, now) in parts {
            let Some(factors) = factors else { continue };
            for (i, (base, now)) in base.iter().zip(now).enumerate() {
                let factor = &factors[(i, month)];
                *now = (*base * *factor).as_share();
            }
        }
    }
}

/// What a scheduled run needs beside the [`System`], reused from run to run.
#[derive(Clone, Debug)]
pub struct Scheduled<const L: usize> {
    parameters: Parameters<L>,
    /// Next month's stock at risk, by group.
    next: Vec<Lane<L>>,
    /// The stock in treatment, by flow.
    treated: Vec<Lane<L>>,
}

impl<const L: usize> Scheduled<L> {
    /// Room for a scheduled run of `layout`.
    pub fn new(layout: &Layout) -> Self {
        Self {
            parameters: Parameters::new(layout),
            next: vec![Lane::ZERO; layout.groups()],
            treated: vec![Lane::ZERO; layout.flows().len()],
        }
    }

    /// Runs `system` from empty stocks with parameters that follow `schedule`.
    pub fn run(
        &mut self,
        system: &mut System<L>,
        parameters: &Parameters<L>,
        schedule: &Schedule<L>,
        inflow: &Table<L>,
        outcome: &mut Outcome<L>,
    ) {
        self.parameters.clone_from(parameters);
        self.next.fill(Lane::ZERO);
        self.treated.fill(Lane::ZERO);
        for month in 0..system.months {
            if schedule.changes(month) {
                schedule.apply(parameters, month, &mut self.parameters);
                system.set(&self.parameters);
            }
            let step = Step { stocks: self, system, inflow, outcome, month };
            for_chunks(system.arch, L, step);
        }
    }
}

/// One month.
struct Step<'r, 'a, const L: usize> {
    stocks: &'r mut Scheduled<L>,
    system: &'r System<'a, L>,
    inflow: &'r Table<L>,
    outcome: &'r mut Outcome<L>,
    month: usize,
}

impl<const L: usize> Chunked for Step<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let (c, layout, month) = (&self.system.coefficients, self.system.layout, self.month);
        let (flow, keep) = (c.flow.chunk::<S>(chunk), c.keep.chunk::<S>(chunk));
        let (accepted, stay) = (c.accepted.chunk::<S>(chunk), c.stay.chunk::<S>(chunk));
        let relapse = c.relapse.chunk::<S>(chunk);
        let Outcome { at_risk, referrals, starts, caseload } = &mut *self.outcome;
        for s in 0..layout.services() {
            Register::all(simd, 0.0).store(&mut referrals[(s, month)], chunk);
            Register::all(simd, 0.0).store(&mut caseload[(s, month)], chunk);
        }
        for g in 0..layout.groups() {
            let risk = Register::load(simd, &self.stocks.next[g], chunk);
            risk.store(&mut at_risk[(g, month)], chunk);
            let entering = Register::load(simd, &self.inflow[(g, month)], chunk);
            let mut next = risk * Register::of(simd, keep, g) + entering;
            for f in layout.flows_of_group(g) {
                let s = layout.flows()[f].service;
                let treated = Register::load(simd, &self.stocks.treated[f], chunk);
                let referred = risk * Register::of(simd, flow, f);
                let of_service = Register::load(simd, &referrals[(s, month)], chunk);
                (of_service + referred).store(&mut referrals[(s, month)], chunk);
                let of_service = Register::load(simd, &caseload[(s, month)], chunk);
                (of_service + treated).store(&mut caseload[(s, month)], chunk);
                next += treated * Register::of(simd, relapse, s);
                let started = referred * Register::of(simd, accepted, s);
                (treated * Register::of(simd, stay, s) + started)
                    .store(&mut self.stocks.treated[f], chunk);
            }
            next.store(&mut self.stocks.next[g], chunk);
        }
        for s in 0..layout.services() {
            let referred = Register::load(simd, &referrals[(s, month)], chunk);
            (referred * Register::of(simd, accepted, s)).store(&mut starts[(s, month)], chunk);
        }
    }
}
