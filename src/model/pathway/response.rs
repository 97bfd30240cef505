//! Many scenarios on the same draws: the stock at risk is linear in the inflow.
//!
//! With `a(k)` the stock at risk `k` months after one person entered it (relapse included), every
//! scenario's is `R(t) = sum over u < t of a(t-1-u) x inflow(u)`. The answer `a` is solved once a
//! group and draw.

use pulp::Simd;

use super::lanes::{Chunked, Lanes, Slab, for_chunks};
use super::system::{TILE, padded};
use super::{Outcome, System, Table};

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
}

struct Respond<'r, 'a, const L: usize> {
    system: &'r mut System<'a, L>,
}

impl<const L: usize> Chunked for Respond<'_, '_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        let months = self.system.months;
        let (zero, one) = (Lanes::all(simd, 0.0), Lanes::all(simd, 1.0));
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
        let months = padded(self.system.months);
        let stride = months + TILE;
        let response = self.system.response.chunk::<S>(chunk);
        let risk = self.system.risk.chunk_mut::<S>(0);
        for g in 0..self.system.layout.groups() {
            let inflow = self.inflow.row(g);
            let response = &response[g * stride..][..stride];
            for first in (0..months).step_by(TILE) {
                let mut stocks = [Lanes::all(simd, 0.0); TILE];
                let last = (first + AHEAD).min(inflow.len());
                for (u, inflow) in inflow[..last].iter().enumerate() {
                    let inflow = Lanes::load(simd, inflow, chunk);
                    // The stock of month `first` hears of month `u` after `first - 1 - u` months.
                    let answer = &response[first + AHEAD - 1 - u..][..TILE];
                    for (stock, answer) in stocks.iter_mut().zip(answer) {
                        *stock += Lanes::new(simd, *answer) * inflow;
                    }
                }
                for (out, stock) in risk[g * months + first..].iter_mut().zip(stocks) {
                    *out = stock.get();
                }
            }
        }
        self.system.services(simd, self.outcome, chunk);
    }
}
