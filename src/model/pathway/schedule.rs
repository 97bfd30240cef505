//! Parameters that change from month to month: what levers do to the pathway.
//!
//! Each month's coefficients are derived from the parameters times that month's factors, and the
//! stocks go one step on with them. A month whose factors are those of the month before costs no
//! derivation.

use super::coefficients::{WIDE, lanes, part, part_mut, width};
use super::{Layout, Outcome, Parameters, System, Table};

/// Factors on parameters by month; a part left out is 1 throughout.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Schedule<const L: usize> {
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
        self.help_seeking.is_none() && self.accepted.is_none() && self.leave.is_none()
    }

    /// Whether month `month` has other factors than the month before it.
    fn changes(&self, month: usize) -> bool {
        let differs = |table: &Table<L>| {
            (0..table.rows()).any(|row| table[(row, month)] != table[(row, month - 1)])
        };
        month == 0
            || [&self.help_seeking, &self.accepted, &self.leave].into_iter().flatten().any(differs)
    }

    /// The parameters of month `month`: shares times factors, between 0 and 1.
    fn apply(&self, base: &Parameters<L>, month: usize, now: &mut Parameters<L>) {
        let parts = [
            (&self.help_seeking, &base.help_seeking, &mut now.help_seeking),
            (&self.accepted, &base.accepted, &mut now.accepted),
            (&self.leave, &base.leave, &mut now.leave),
        ];
        for (factors, base, now) in parts {
            let Some(factors) = factors else { continue };
            for (i, (base, now)) in base.iter().zip(now).enumerate() {
                let factor = &factors[(i, month)];
                *now = lanes(|l| (base[l] * factor[l]).clamp(0.0, 1.0));
            }
        }
    }
}

/// What a scheduled run needs beside the [`System`], reused from run to run.
#[derive(Clone, Debug)]
pub struct Scheduled<const L: usize> {
    parameters: Parameters<L>,
    /// Next month's stock at risk, by group.
    next: Vec<[f64; L]>,
    /// The stock in treatment, by flow.
    treated: Vec<[f64; L]>,
}

impl<const L: usize> Scheduled<L> {
    /// Room for a scheduled run of `layout`.
    pub fn new(layout: &Layout) -> Self {
        Self {
            parameters: Parameters::new(layout),
            next: vec![[0.0; L]; layout.groups()],
            treated: vec![[0.0; L]; layout.flows().len()],
        }
    }

    /// Runs `system` from empty stocks with parameters that follow `schedule`.
    ///
    /// `after` is called after each month while the system holds that month's coefficients: the
    /// place for [`Detail::month`](super::Detail::month), [`Unserved::month`](super::Unserved::month)
    /// and [`System::outflows`].
    pub fn run(
        &mut self,
        system: &mut System<L>,
        parameters: &Parameters<L>,
        schedule: &Schedule<L>,
        inflow: &Table<L>,
        outcome: &mut Outcome<L>,
        mut after: impl FnMut(&System<L>, &Outcome<L>, usize),
    ) {
        self.parameters.clone_from(parameters);
        self.next.fill([0.0; L]);
        self.treated.fill([0.0; L]);
        for month in 0..system.months {
            if schedule.changes(month) {
                schedule.apply(parameters, month, &mut self.parameters);
                system.set(&self.parameters);
            }
            let arch = system.arch;
            arch.dispatch(
                #[inline(always)]
                || {
                    for chunk in 0..L / width(L) {
                        if width(L) == WIDE {
                            self.step::<WIDE>(system, inflow, outcome, month, chunk);
                        } else {
                            self.step::<1>(system, inflow, outcome, month, chunk);
                        }
                    }
                },
            );
            after(system, outcome, month);
        }
    }

    /// One month of one chunk of draws.
    #[inline(always)]
    fn step<const W: usize>(
        &mut self,
        system: &System<L>,
        inflow: &Table<L>,
        outcome: &mut Outcome<L>,
        month: usize,
        chunk: usize,
    ) {
        let c = &system.coefficients;
        let (flow, keep) = (c.flow.chunk::<W>(chunk), c.keep.chunk::<W>(chunk));
        let (accepted, stay) = (c.accepted.chunk::<W>(chunk), c.stay.chunk::<W>(chunk));
        let relapse = c.relapse.chunk::<W>(chunk);
        for s in 0..system.layout.services() {
            *part_mut(&mut outcome.referrals[(s, month)], chunk) = [0.0; W];
            *part_mut(&mut outcome.caseload[(s, month)], chunk) = [0.0; W];
        }
        for g in 0..system.layout.groups() {
            let risk: [f64; W] = *part(&self.next[g], chunk);
            *part_mut(&mut outcome.at_risk[(g, month)], chunk) = risk;
            let entering = part::<L, W>(&inflow[(g, month)], chunk);
            let mut next: [f64; W] = lanes(|l| risk[l] * keep[g][l] + entering[l]);
            for f in system.layout.flows_of_group(g) {
                let s = system.layout.flows()[f].service;
                let treated = part_mut::<L, W>(&mut self.treated[f], chunk);
                let referrals = part_mut::<L, W>(&mut outcome.referrals[(s, month)], chunk);
                let caseload = part_mut::<L, W>(&mut outcome.caseload[(s, month)], chunk);
                for l in 0..W {
                    let referred = risk[l] * flow[f][l];
                    referrals[l] += referred;
                    caseload[l] += treated[l];
                    next[l] += treated[l] * relapse[s][l];
                    treated[l] = treated[l] * stay[s][l] + referred * accepted[s][l];
                }
            }
            *part_mut(&mut self.next[g], chunk) = next;
        }
        for (s, accepted) in accepted.iter().enumerate() {
            let referrals = part::<L, W>(&outcome.referrals[(s, month)], chunk);
            *part_mut(&mut outcome.starts[(s, month)], chunk) =
                lanes::<W>(|l| referrals[l] * accepted[l]);
        }
    }
}
