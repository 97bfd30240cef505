//! Many scenarios on the same draws: the stock at risk is linear in the inflow.
//!
//! With `a(k)` the stock at risk `k` months after one person entered it (relapse included), every
//! scenario's is `R(t) = sum over u < t of a(t-1-u) x inflow(u)`. The answer `a` is solved once a
//! group and draw.

use pulp::Simd;

use super::register::{Chunked, Register, Slab, for_chunks};
use super::system::{TILE, padded};
use super::{Outcome, System, Table};
use crate::lane::Lane;

/// Zeros in front of a response, so that a tile may look before its beginning.
const AHEAD: usize = TILE - 1;

impl<const L: usize> System<'_, L> {
    /// Solves the response of the parameters now set, for [`System::apply`].
    pub fn respond(&mut self) {
        for_chunks(self.arch, L, Respond { system: self });
    }

    /// Runs another scenario on the draws of the last [`System::respond`]: the same result as
    /// [`System::run`] within rounding, sooner.
    pub fn apply(&mut self, inflow: &Table<L>, outcome: &mut Outcome<L>) {
        for_chunks(self.arch, L, Apply { system: self, inflow, outcome });
    }

    /// The part of [`System::apply`] that a projection asks for, over the months of `inflow`: adds
    /// the people at risk to `at_risk`, by group, and sets `referrals`, by service.
    pub fn refer(&mut self, inflow: &Table<L>, at_risk: &mut Table<L>, referrals: &mut Table<L>) {
        for_chunks(self.arch, L, Refer { system: self, inflow, at_risk, referrals });
    }

    /// The first part of [`System::refer`] alone: the people at risk by group, over the months of
    /// `inflow`. They are in proportion to who enters, so that areas of other sizes share them.
    pub fn at_risk(&mut self, inflow: &Table<L>, at_risk: &mut Table<L>) {
        for_chunks(self.arch, L, AtRisk { system: self, inflow, stocks: at_risk });
    }

    /// Referrals a month of a person at risk, by flow, of the parameters now set.
    pub fn referred_of_flows(&mut self) -> Vec<Lane<L>> {
        let mut shares = vec![Lane::ZERO; self.layout.flows().len()];
        for_chunks(self.arch, L, OfFlows { system: self, shares: &mut shares });
        shares
    }

    /// The stocks at risk that answer `inflow`, of one chunk.
    #[inline(always)]
    fn superpose<S: Simd>(&mut self, simd: S, inflow: &Table<L>, chunk: usize) {
        let months = padded(self.months);
        let stride = months + TILE;
        let response = self.response.chunk::<S>(chunk);
        let risk = self.risk.chunk_mut::<S>(0);
        for g in 0..self.layout.groups() {
            let inflow = inflow.row(g);
            let response = &response[g * stride..][..stride];
            for first in (0..padded(inflow.len())).step_by(TILE) {
                let mut stocks = [Register::all(simd, 0.0); TILE];
                let last = (first + AHEAD).min(inflow.len());
                for (u, inflow) in inflow[..last].iter().enumerate() {
                    let inflow = Register::load(simd, inflow, chunk);
                    // The stock of month `first` hears of month `u` after `first - 1 - u` months.
                    let answer = &response[first + AHEAD - 1 - u..][..TILE];
                    for (stock, answer) in stocks.iter_mut().zip(answer) {
                        *stock += Register::new(simd, *answer) * inflow;
                    }
                }
                for (out, stock) in risk[g * months + first..].iter_mut().zip(stocks) {
                    *out = stock.get();
                }
            }
        }
    }

    /// Every month of every group of `table` with the stock at risk of the chunk last solved.
    #[inline(always)]
    fn for_stocks<S: Simd>(&self, table: &mut Table<L>, each: impl Fn(&mut Lane<L>, S::f64s)) {
        let stride = padded(self.months);
        let risk = self.risk.chunk::<S>(0);
        for g in 0..self.layout.groups() {
            for (month, own) in table.row_mut(g).iter_mut().zip(&risk[g * stride..]) {
                each(month, *own);
            }
        }
    }
}

struct AtRisk<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
    inflow: &'r Table<L>,
    stocks: &'r mut Table<L>,
}

impl<const L: usize> Chunked for AtRisk<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        self.system.superpose(simd, self.inflow, chunk);
        self.system.for_stocks::<S>(
            self.stocks,
            #[inline(always)]
            |out, own| {
                Register::new(simd, own).store(out, chunk);
            },
        );
    }
}

struct OfFlows<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
    shares: &'r mut Vec<Lane<L>>,
}

impl<const L: usize> Chunked for OfFlows<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let flow = self.system.coefficients.flow.chunk::<S>(chunk);
        for (out, own) in self.shares.iter_mut().zip(flow) {
            Register::new(simd, *own).store(out, chunk);
        }
    }
}

struct Respond<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
}

impl<const L: usize> Chunked for Respond<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let months = self.system.months;
        let (zero, one) = (Register::all(simd, 0.0), Register::all(simd, 1.0));
        for g in 0..self.system.layout.groups() {
            // Group and response are borrowed apart from each other.
            let mut response = std::mem::replace(&mut self.system.response, Slab::new(0, 0));
            let row = &mut response.chunk_mut::<S>(chunk)[g * (padded(months) + TILE)..];
            let row = &mut row[AHEAD..][..months];
            self.system.group::<S>(chunk, g).solve(
                simd,
                one,
                #[inline(always)]
                |_| zero,
                row,
            );
            self.system.response = response;
        }
    }
}

struct Apply<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
    inflow: &'r Table<L>,
    outcome: &'r mut Outcome<L>,
}

impl<const L: usize> Chunked for Apply<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        self.system.superpose(simd, self.inflow, chunk);
        self.system.services(simd, self.outcome, chunk);
    }
}

struct Refer<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
    inflow: &'r Table<L>,
    at_risk: &'r mut Table<L>,
    referrals: &'r mut Table<L>,
}

impl<const L: usize> Chunked for Refer<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        self.system.superpose(simd, self.inflow, chunk);
        self.system.for_stocks::<S>(
            self.at_risk,
            #[inline(always)]
            |sum, own| {
                (Register::load(simd, sum, chunk) + Register::new(simd, own)).store(sum, chunk);
            },
        );
        for s in 0..self.system.layout.services() {
            for (tile, months) in self.referrals.row_mut(s).chunks_mut(TILE).enumerate() {
                let referred = self.system.referred(simd, chunk, s, tile * TILE);
                for (out, referred) in months.iter_mut().zip(referred) {
                    referred.store(out, chunk);
                }
            }
        }
    }
}
