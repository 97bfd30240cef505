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

use pulp::Arch;

use super::coefficients::{Coefficients, Slab, WIDE, lanes, part, part_mut, width};
use super::{Detail, Layout, Outcome, Outflows, Parameters, Refused, Table};

/// Months worked out together in registers.
pub(super) const TILE: usize = 4;

/// A pathway model ready to run for `L` draws side by side: everything is allocated when it is
/// made, nothing when it runs.
#[derive(Clone, Debug)]
pub struct System<'a, const L: usize> {
    pub(super) layout: &'a Layout,
    pub(super) fate: Refused,
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
    pub fn new(layout: &'a Layout, fate: Refused, months: usize) -> Self {
        let groups = layout.groups();
        Self {
            layout,
            fate,
            months,
            arch: Arch::new(),
            coefficients: Coefficients::new(layout, L),
            risk: Slab::new(groups * padded(months), width(L)),
            relapsing: Slab::new(layout.flows().len(), width(L)),
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
        let (layout, fate) = (self.layout, self.fate);
        let coefficients = &mut self.coefficients;
        self.arch.dispatch(
            #[inline(always)]
            || {
                for chunk in 0..L / width(L) {
                    if width(L) == WIDE {
                        coefficients.derive::<L, WIDE>(layout, fate, parameters, chunk);
                    } else {
                        coefficients.derive::<L, 1>(layout, fate, parameters, chunk);
                    }
                }
            },
        );
    }

    /// Runs from empty stocks: `inflow` is by group and month.
    pub fn run(&mut self, inflow: &Table<L>, outcome: &mut Outcome<L>) {
        let arch = self.arch;
        arch.dispatch(
            #[inline(always)]
            || {
                for chunk in 0..L / width(L) {
                    if width(L) == WIDE {
                        self.run_chunk::<WIDE>(inflow, outcome, chunk);
                    } else {
                        self.run_chunk::<1>(inflow, outcome, chunk);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn run_chunk<const W: usize>(
        &mut self,
        inflow: &Table<L>,
        outcome: &mut Outcome<L>,
        chunk: usize,
    ) {
        let stride = padded(self.months);
        for g in 0..self.layout.groups() {
            let inflow = inflow.row(g);
            let flows = self.layout.flows_of_group(g);
            let group = Group {
                keep: self.coefficients.keep.chunk::<W>(chunk)[g],
                enter: &self.coefficients.enter.chunk::<W>(chunk)[flows.clone()],
                stay: &self.coefficients.flow_stay.chunk::<W>(chunk)[flows.clone()],
                relapsing: &mut self.relapsing.chunk_mut::<W>(0)[flows],
            };
            let risk = &mut self.risk.chunk_mut::<W>(0)[g * stride..][..self.months];
            group.solve([0.0; W], |t| *part(&inflow[t], chunk), risk);
        }
        self.services::<W>(outcome, chunk);
    }

    /// Writes the stocks at risk, and what the services see of them.
    #[inline(always)]
    pub(super) fn services<const W: usize>(&self, outcome: &mut Outcome<L>, chunk: usize) {
        let stride = padded(self.months);
        let risk = self.risk.chunk::<W>(0);
        let flow = self.coefficients.flow.chunk::<W>(chunk);
        for g in 0..self.layout.groups() {
            let row = outcome.at_risk.row_mut(g);
            for (out, value) in row.iter_mut().zip(&risk[g * stride..]) {
                *part_mut(out, chunk) = *value;
            }
        }
        for s in 0..self.layout.services() {
            let accepted = self.coefficients.accepted.chunk::<W>(chunk)[s];
            let stay = self.coefficients.stay.chunk::<W>(chunk)[s];
            let flows = self.layout.flows_of_service(s);
            let referrals = outcome.referrals.row_mut(s);
            let starts = outcome.starts.row_mut(s);
            let caseload = outcome.caseload.row_mut(s);
            let mut treated = [0.0; W];
            for first in (0..self.months).step_by(TILE) {
                let mut referred = [[0.0; W]; TILE];
                for &f in flows {
                    let at = self.layout.flows()[f].group * stride + first;
                    let (share, risk) = (&flow[f], &risk[at..at + TILE]);
                    for t in 0..TILE {
                        for l in 0..W {
                            referred[t][l] += risk[t][l] * share[l];
                        }
                    }
                }
                for (t, referred) in (first..self.months.min(first + TILE)).zip(&referred) {
                    let started: [f64; W] = lanes(|l| referred[l] * accepted[l]);
                    *part_mut(&mut referrals[t], chunk) = *referred;
                    *part_mut(&mut starts[t], chunk) = started;
                    *part_mut(&mut caseload[t], chunk) = treated;
                    treated = lanes(|l| treated[l] * stay[l] + started[l]);
                }
            }
        }
    }

    /// Who leaves the model in month `month` of an outcome of the parameters now set.
    pub fn outflows(&self, outcome: &Outcome<L>, month: usize) -> Outflows<L> {
        let zero = [0.0; L];
        let mut out =
            Outflows { no_need: zero, unseen: zero, below_threshold: zero, recovered: zero };
        let c = &self.coefficients;
        for g in 0..self.layout.groups() {
            let risk = &outcome.at_risk[(g, month)];
            add_product(&c.no_need, g, risk, &mut out.no_need);
            for n in self.layout.needs_of_group(g) {
                add_product(&c.unseen, n, risk, &mut out.unseen);
                add_product(&c.refused, n, risk, &mut out.below_threshold);
            }
        }
        for s in 0..self.layout.services() {
            let caseload = &outcome.caseload[(s, month)];
            add_product(&c.recover, s, caseload, &mut out.recovered);
        }
        out
    }

    pub(super) fn unserved(
        &self,
        outcome: &Outcome<L>,
        month: usize,
        unseen: &mut Table<L>,
        below_threshold: &mut Table<L>,
    ) {
        for (n, need) in self.layout.needs().iter().enumerate() {
            let risk = &outcome.at_risk[(need.group, month)];
            let (unseen, below) = (&mut unseen[(n, month)], &mut below_threshold[(n, month)]);
            (*unseen, *below) = ([0.0; L], [0.0; L]);
            add_product(&self.coefficients.unseen, n, risk, unseen);
            add_product(&self.coefficients.refused, n, risk, below);
        }
    }

    /// The pathways of one month, from the stocks at risk.
    pub(super) fn expand(&self, outcome: &Outcome<L>, month: usize, detail: &mut Detail<L>) {
        self.arch.dispatch(
            #[inline(always)]
            || {
                for chunk in 0..L / width(L) {
                    if width(L) == WIDE {
                        self.expand_chunk::<WIDE>(outcome, month, detail, chunk);
                    } else {
                        self.expand_chunk::<1>(outcome, month, detail, chunk);
                    }
                }
            },
        );
    }

    #[inline(always)]
    fn expand_chunk<const W: usize>(
        &self,
        outcome: &Outcome<L>,
        month: usize,
        detail: &mut Detail<L>,
        chunk: usize,
    ) {
        let now = detail.at(month);
        let (until_now, next) = detail.caseload.split_at_mut(now.end);
        let caseload = &mut until_now[now.clone()];
        let starts = &mut detail.starts[now.clone()];
        let referrals = &mut detail.referrals[now];
        let referred = self.coefficients.referred.chunk::<W>(chunk);
        let accepted = self.coefficients.accepted.chunk::<W>(chunk);
        let stay = self.coefficients.stay.chunk::<W>(chunk);
        for (k, pathway) in self.layout.pathways().iter().enumerate() {
            let risk = part::<L, W>(&outcome.at_risk[(pathway.group, month)], chunk);
            let (accepted, stay) = (&accepted[pathway.service], &stay[pathway.service]);
            let flow: [f64; W] = lanes(|l| risk[l] * referred[k][l]);
            let started: [f64; W] = lanes(|l| flow[l] * accepted[l]);
            *part_mut(&mut referrals[k], chunk) = flow;
            *part_mut(&mut starts[k], chunk) = started;
            if month == 0 {
                *part_mut(&mut caseload[k], chunk) = [0.0; W];
            }
            if let Some(next) = next.get_mut(k) {
                let treated = part::<L, W>(&caseload[k], chunk);
                *part_mut(next, chunk) = lanes::<W>(|l| treated[l] * stay[l] + started[l]);
            }
        }
    }
}

/// One group's stocks of one chunk of draws.
pub(super) struct Group<'a, const W: usize> {
    pub(super) keep: [f64; W],
    pub(super) enter: &'a [[f64; W]],
    pub(super) stay: &'a [[f64; W]],
    pub(super) relapsing: &'a mut [[f64; W]],
}

impl<const W: usize> Group<'_, W> {
    /// The stock at risk at the start of each month, from `risk` people at risk and nobody in
    /// treatment.
    #[inline(always)]
    pub(super) fn solve(
        self,
        mut risk: [f64; W],
        inflow: impl Fn(usize) -> [f64; W],
        stocks: &mut [[f64; W]],
    ) {
        let Self { keep, enter, stay, relapsing } = self;
        relapsing.fill([0.0; W]);
        for (t, stock) in stocks.iter_mut().enumerate() {
            *stock = risk;
            let mut back = [[0.0; W]; 4];
            let (fours, rest) = relapsing.as_chunks_mut::<4>();
            let (enter_fours, enter_rest) = enter.as_chunks::<4>();
            let (stay_fours, stay_rest) = stay.as_chunks::<4>();
            for ((b, e), s) in fours.iter_mut().zip(enter_fours).zip(stay_fours) {
                for i in 0..4 {
                    for l in 0..W {
                        back[i][l] += b[i][l];
                        b[i][l] = b[i][l] * s[i][l] + risk[l] * e[i][l];
                    }
                }
            }
            for ((b, e), s) in rest.iter_mut().zip(enter_rest).zip(stay_rest) {
                for l in 0..W {
                    back[0][l] += b[l];
                    b[l] = b[l] * s[l] + risk[l] * e[l];
                }
            }
            let inflow = inflow(t);
            risk = lanes(|l| {
                let back = (back[0][l] + back[1][l]) + (back[2][l] + back[3][l]);
                risk[l] * keep[l] + inflow[l] + back
            });
        }
    }
}

/// Adds `value` times item `item` of a slab, draw by draw.
fn add_product<const L: usize>(slab: &Slab, item: usize, value: &[f64; L], out: &mut [f64; L]) {
    for chunk in 0..L / width(L) {
        if width(L) == WIDE {
            let factor = slab.chunk::<WIDE>(chunk)[item];
            let (value, out) = (part::<L, WIDE>(value, chunk), part_mut(out, chunk));
            *out = lanes::<WIDE>(|l| out[l] + value[l] * factor[l]);
        } else {
            out[chunk] += value[chunk] * slab.chunk::<1>(chunk)[item][0];
        }
    }
}
