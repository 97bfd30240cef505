//! The solver: stocks at risk first, then what the services see of them.
//!
//! Of the stocks in treatment, the stock at risk needs only those who will relapse, `B = T x leave
//! x (1 - recovered)` by group and service:
//!
//! ```text
//! R(t+1) = R(t) x keep + inflow(t) + sum over s of B(s,t)
//! B(s,t+1) = B(s,t) x (1 - leave(s)) + R(t) x enter(s)
//! ```
//!
//! The caseload then follows by one recursion a service, because `leave` does not depend on the
//! group. Multiplications and additions are never fused, so that every machine gives the same
//! bytes.

use pulp::{Arch, Simd};

use super::coefficients::{Coefficients, Derive};
use super::register::{Chunked, Register, Slab, for_chunks};
use super::{Detail, Layout, Outcome, Parameters, Refused, Table};

/// Months worked out together in registers.
pub(super) const TILE: usize = 12;

/// A pathway model ready to run for `L` draws side by side: everything is allocated when it is
/// made, nothing when it runs.
#[derive(Clone, Debug)]
pub struct System<'a, const L: usize> {
    pub(super) layout: &'a Layout,
    pub(super) refused: Refused,
    pub(super) months: usize,
    pub(super) arch: Arch,
    pub(super) coefficients: Coefficients,
    /// Stocks at risk of one chunk, by group and month.
    pub(super) risk: Slab,
    /// Those in treatment who will relapse, by flow, one chunk.
    pub(super) relapsing: Slab,
    /// How a group's stock at risk answers one person who enters, by group and month.
    pub(super) response: Slab,
}

/// Months rounded up to whole tiles.
pub(super) const fn padded(months: usize) -> usize {
    months.next_multiple_of(TILE)
}

impl<'a, const L: usize> System<'a, L> {
    /// A system of `layout` over `months` months.
    pub fn new(layout: &'a Layout, refused: Refused, months: usize) -> Self {
        let groups = layout.groups();
        Self {
            layout,
            refused,
            months,
            arch: Arch::new(),
            coefficients: Coefficients::new(layout, L),
            risk: Slab::new(groups * padded(months), L),
            relapsing: Slab::new(layout.flows().len(), L),
            response: Slab::new(groups * (padded(months) + TILE), L),
        }
    }

    /// The layout it was made for.
    pub fn layout(&self) -> &'a Layout {
        self.layout
    }

    /// How many months it covers.
    pub fn months(&self) -> usize {
        self.months
    }

    /// Takes the parameters of `L` draws.
    pub fn set(&mut self, parameters: &Parameters<L>) {
        let (layout, refused) = (self.layout, self.refused);
        let coefficients = &mut self.coefficients;
        for_chunks(self.arch, L, Derive { layout, refused, parameters, coefficients });
    }

    /// Runs from empty stocks: `inflow` is by group and month.
    pub fn run(&mut self, inflow: &Table<L>, outcome: &mut Outcome<L>) {
        for_chunks(self.arch, L, Run { system: self, inflow, outcome });
    }

    /// The pathways, from the stocks at risk.
    pub(super) fn expand(&self, outcome: &Outcome<L>, detail: &mut Detail<L>) {
        for_chunks(self.arch, L, Expand { system: self, outcome, detail });
    }

    /// One group's part of the model, for chunk `chunk`.
    #[inline(always)]
    pub(super) fn group<S: Simd>(&mut self, chunk: usize, group: usize) -> Group<'_, S> {
        let flows = self.layout.flows_of_group(group);
        Group {
            keep: self.coefficients.keep.chunk::<S>(chunk)[group],
            enter: &self.coefficients.enter.chunk::<S>(chunk)[flows.clone()],
            stay: &self.coefficients.flow_stay.chunk::<S>(chunk)[flows.clone()],
            relapsing: &mut self.relapsing.chunk_mut::<S>(0)[flows],
        }
    }

    /// Writes the stocks at risk, and what the services see of them.
    #[inline(always)]
    pub(super) fn services<S: Simd>(&self, simd: S, outcome: &mut Outcome<L>, chunk: usize) {
        let stride = padded(self.months);
        let risk = self.risk.chunk::<S>(0);
        for g in 0..self.layout.groups() {
            for (t, out) in outcome.at_risk.row_mut(g).iter_mut().enumerate() {
                Register::of(simd, risk, g * stride + t).store(out, chunk);
            }
        }
        for s in 0..self.layout.services() {
            self.service(simd, outcome, chunk, s);
        }
    }

    /// Referrals to a service in the months of a tile, from the stocks at risk.
    #[inline(always)]
    pub(super) fn referred<S: Simd>(
        &self,
        simd: S,
        chunk: usize,
        service: usize,
        first: usize,
    ) -> [Register<S>; TILE] {
        let stride = padded(self.months);
        let risk = self.risk.chunk::<S>(0);
        let flow = self.coefficients.flow.chunk::<S>(chunk);
        let mut referred = [Register::all(simd, 0.0); TILE];
        for &f in self.layout.flows_of_service(service) {
            let at = self.layout.flows()[f].group * stride + first;
            let share = Register::of(simd, flow, f);
            let risk = &risk[at..at + TILE];
            for (referred, risk) in referred.iter_mut().zip(risk) {
                *referred += Register::new(simd, *risk) * share;
            }
        }
        referred
    }

    #[inline(always)]
    fn service<S: Simd>(&self, simd: S, outcome: &mut Outcome<L>, chunk: usize, s: usize) {
        let accepted = Register::of(simd, self.coefficients.accepted.chunk::<S>(chunk), s);
        let stay = Register::of(simd, self.coefficients.stay.chunk::<S>(chunk), s);
        let referrals = outcome.referrals.row_mut(s);
        let starts = outcome.starts.row_mut(s);
        let caseload = outcome.caseload.row_mut(s);
        let mut treated = Register::all(simd, 0.0);
        for first in (0..self.months).step_by(TILE) {
            let referred = self.referred(simd, chunk, s, first);
            for (t, referred) in (first..self.months.min(first + TILE)).zip(referred) {
                let started = referred * accepted;
                referred.store(&mut referrals[t], chunk);
                started.store(&mut starts[t], chunk);
                treated.store(&mut caseload[t], chunk);
                treated = treated * stay + started;
            }
        }
    }
}

struct Run<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
    inflow: &'r Table<L>,
    outcome: &'r mut Outcome<L>,
}

impl<const L: usize> Chunked for Run<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let months = self.system.months;
        for g in 0..self.system.layout.groups() {
            let inflow = self.inflow.row(g);
            // Group and stocks are borrowed apart from each other.
            let mut risk = std::mem::replace(&mut self.system.risk, Slab::new(0, 0));
            let stocks = &mut risk.chunk_mut::<S>(0)[g * padded(months)..][..months];
            let empty = Register::all(simd, 0.0);
            self.system.group::<S>(chunk, g).solve(
                simd,
                empty,
                #[inline(always)]
                |t| Register::load(simd, &inflow[t], chunk),
                stocks,
            );
            self.system.risk = risk;
        }
        self.system.services(simd, self.outcome, chunk);
    }
}

/// One group's stocks of one chunk of draws.
pub(super) struct Group<'a, S: Simd> {
    keep: S::f64s,
    enter: &'a [S::f64s],
    stay: &'a [S::f64s],
    relapsing: &'a mut [S::f64s],
}

impl<S: Simd> Group<'_, S> {
    /// The stock at risk at the start of each month, from `risk` people at risk and nobody in
    /// treatment.
    #[inline(always)]
    pub(super) fn solve(
        self,
        simd: S,
        mut risk: Register<S>,
        inflow: impl Fn(usize) -> Register<S>,
        stocks: &mut [S::f64s],
    ) {
        /// Sums kept apart, so that one addition need not wait for another.
        const SUMS: usize = 4;
        let Self { keep, enter, stay, relapsing } = self;
        let zero = Register::all(simd, 0.0);
        let keep = Register::new(simd, keep);
        relapsing.fill(zero.get());
        for (t, stock) in stocks.iter_mut().enumerate() {
            *stock = risk.get();
            let mut back = [zero; SUMS];
            let (bundles, rest) = relapsing.as_chunks_mut::<SUMS>();
            let (enter_bundles, enter_rest) = enter.as_chunks::<SUMS>();
            let (stay_bundles, stay_rest) = stay.as_chunks::<SUMS>();
            for ((b, e), s) in bundles.iter_mut().zip(enter_bundles).zip(stay_bundles) {
                for i in 0..SUMS {
                    let now = Register::of(simd, b, i);
                    back[i] += now;
                    b[i] = (now * Register::of(simd, s, i) + risk * Register::of(simd, e, i)).get();
                }
            }
            for (i, b) in rest.iter_mut().enumerate() {
                let now = Register::new(simd, *b);
                back[i] += now;
                *b = (now * Register::of(simd, stay_rest, i)
                    + risk * Register::of(simd, enter_rest, i))
                .get();
            }
            let back = (back[0] + back[1]) + (back[2] + back[3]);
            risk = risk * keep + inflow(t) + back;
        }
    }
}

struct Expand<'r, 'a, const L: usize> {
    system: &'r System<'a, L>,
    outcome: &'r Outcome<L>,
    detail: &'r mut Detail<L>,
}

impl<const L: usize> Chunked for Expand<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let (c, layout) = (&self.system.coefficients, self.system.layout);
        let (accepted, stay) = (c.accepted.chunk::<S>(chunk), c.stay.chunk::<S>(chunk));
        let by_pathway = self.detail.by_pathway.chunk_mut::<S>(chunk);
        for (of, pathway) in by_pathway.as_chunks_mut::<2>().0.iter_mut().zip(layout.pathways()) {
            *of = [accepted[pathway.service], stay[pathway.service]];
        }
        for month in 0..self.outcome.months() {
            for g in 0..layout.groups() {
                self.group(simd, chunk, month, g);
            }
        }
    }
}

impl<const L: usize> Expand<'_, '_, L> {
    #[inline(always)]
    fn group<S: Simd>(&mut self, simd: S, chunk: usize, month: usize, group: usize) {
        let pathways = self.system.layout.pathways_of_group(group);
        let now = self.detail.at(month);
        let (until_now, next) = self.detail.caseload.split_at_mut(now.end);
        let caseload = &mut until_now[now.clone()][pathways.clone()];
        let referrals = &mut self.detail.referrals[now.clone()][pathways.clone()];
        let starts = &mut self.detail.starts[now][pathways.clone()];
        let risk = Register::load(simd, &self.outcome.at_risk[(group, month)], chunk);
        let referred = &self.system.coefficients.referred.chunk::<S>(chunk)[pathways.clone()];
        let by_pathway = self.detail.by_pathway.chunk::<S>(chunk).as_chunks::<2>().0;
        let by_pathway = &by_pathway[pathways.clone()];
        if month == 0 {
            for out in &mut *caseload {
                Register::all(simd, 0.0).store(out, chunk);
            }
        }
        for k in 0..pathways.len() {
            let flow = risk * Register::of(simd, referred, k);
            flow.store(&mut referrals[k], chunk);
            (flow * Register::of(simd, &by_pathway[k], 0)).store(&mut starts[k], chunk);
        }
        if let Some(next) = next.get_mut(pathways) {
            for (k, next) in next.iter_mut().enumerate() {
                let stay = Register::of(simd, &by_pathway[k], 1);
                let started = Register::load(simd, &starts[k], chunk);
                (Register::load(simd, &caseload[k], chunk) * stay + started).store(next, chunk);
            }
        }
    }
}
