//! Many scenarios on the same draws: the stock at risk is linear in the inflow.
//!
//! With `a(k)` the stock at risk `k` months after one person entered it (relapse included), every
//! scenario's is `R(t) = sum over u < t of a(t-1-u) x inflow(u)`. The answer `a` is solved once a
//! group and draw.

use super::coefficients::{WIDE, part, width};
use super::system::{Group, TILE, padded};
use super::{Outcome, System, Table};

/// Zeros in front of a response, so that a tile may look before its beginning.
const AHEAD: usize = TILE - 1;

impl<const L: usize> System<'_, L> {
    /// Solves the response of the parameters now set, for [`System::apply`].
    pub fn respond(&mut self) {
        let arch = self.arch;
        arch.dispatch(
            #[inline(always)]
            || {
                for chunk in 0..L / width(L) {
                    if width(L) == WIDE {
                        self.respond_chunk::<WIDE>(chunk);
                    } else {
                        self.respond_chunk::<1>(chunk);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn respond_chunk<const W: usize>(&mut self, chunk: usize) {
        let stride = padded(self.months) + TILE;
        let response = self.response.chunk_mut::<W>(chunk);
        for g in 0..self.layout.groups() {
            let flows = self.layout.flows_of_group(g);
            let group = Group {
                keep: self.coefficients.keep.chunk::<W>(chunk)[g],
                enter: &self.coefficients.enter.chunk::<W>(chunk)[flows.clone()],
                stay: &self.coefficients.flow_stay.chunk::<W>(chunk)[flows.clone()],
                relapsing: &mut self.relapsing.chunk_mut::<W>(0)[flows],
            };
            let row = &mut response[g * stride..][AHEAD..][..self.months];
            group.solve([1.0; W], |_| [0.0; W], row);
        }
    }

    /// Runs another scenario on the draws of the last [`System::respond`]: the same result as
    /// [`System::run`] within rounding, sooner.
    pub fn apply(&mut self, inflow: &Table<L>, outcome: &mut Outcome<L>) {
        let arch = self.arch;
        arch.dispatch(
            #[inline(always)]
            || {
                for chunk in 0..L / width(L) {
                    if width(L) == WIDE {
                        self.apply_chunk::<WIDE>(inflow, outcome, chunk);
                    } else {
                        self.apply_chunk::<1>(inflow, outcome, chunk);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn apply_chunk<const W: usize>(
        &mut self,
        inflow: &Table<L>,
        outcome: &mut Outcome<L>,
        chunk: usize,
    ) {
        let months = padded(self.months);
        let stride = months + TILE;
        let response = self.response.chunk::<W>(chunk);
        let risk = self.risk.chunk_mut::<W>(0);
        for g in 0..self.layout.groups() {
            let inflow = inflow.row(g);
            let response = &response[g * stride..][..stride];
            for first in (0..months).step_by(TILE) {
                let mut stocks = [[0.0; W]; TILE];
                let last = (first + AHEAD).min(inflow.len());
                for (u, inflow) in inflow[..last].iter().enumerate() {
                    let inflow = part::<L, W>(inflow, chunk);
                    // The stock of month `first` hears of month `u` after `first - 1 - u` months.
                    let answer = &response[first + AHEAD - 1 - u..][..TILE];
                    for t in 0..TILE {
                        for l in 0..W {
                            stocks[t][l] += answer[t][l] * inflow[l];
                        }
                    }
                }
                risk[g * months + first..][..TILE].copy_from_slice(&stocks);
            }
        }
        self.services::<W>(outcome, chunk);
    }
}
