//! What a month's flows are proportional to, derived from the parameters once.

use pulp::Simd;

use super::lanes::{Chunked, Lanes, Slab};
use super::{Layout, Parameters, Refused};

/// The coefficients of every draw.
#[derive(Clone, Debug)]
pub(super) struct Coefficients {
    /// Per pathway: referrals per person at risk.
    pub(super) referred: Slab,
    /// Per flow: referrals per person at risk.
    pub(super) flow: Slab,
    /// Per flow: `flow x accepted x relapse`.
    pub(super) enter: Slab,
    /// Per flow: `1 - leave` of its service.
    pub(super) flow_stay: Slab,
    /// Per group: those who are referred and stay at risk.
    pub(super) keep: Slab,
    /// Per group: those who turn out to have no need.
    pub(super) no_need: Slab,
    /// Per need: those who never present.
    pub(super) unseen: Slab,
    /// Per need: those who are refused and leave.
    pub(super) refused: Slab,
    /// Per service.
    pub(super) accepted: Slab,
    /// Per service: `1 - leave`.
    pub(super) stay: Slab,
    /// Per service: the share of the caseload that is at risk again next month.
    pub(super) relapse: Slab,
    /// Per service: the share of the caseload that recovers in the month.
    pub(super) recover: Slab,
}

impl Coefficients {
    pub(super) fn new(layout: &Layout, draws: usize) -> Self {
        let slab = |items| Slab::new(items, draws);
        let (groups, services) = (layout.groups(), layout.services());
        let (needs, flows) = (layout.needs().len(), layout.flows().len());
        Self {
            referred: slab(layout.pathways().len()),
            flow: slab(flows),
            enter: slab(flows),
            flow_stay: slab(flows),
            keep: slab(groups),
            no_need: slab(groups),
            unseen: slab(needs),
            refused: slab(needs),
            accepted: slab(services),
            stay: slab(services),
            relapse: slab(services),
            recover: slab(services),
        }
    }
}

/// Derives coefficients from parameters.
pub(super) struct Derive<'a, const L: usize> {
    pub(super) layout: &'a Layout,
    pub(super) fate: Refused,
    pub(super) parameters: &'a Parameters<L>,
    pub(super) coefficients: &'a mut Coefficients,
}

impl<const L: usize> Chunked for Derive<'_, L> {
    #[inline(always)]
    fn chunk<S: Simd>(&mut self, simd: S, chunk: usize) {
        self.services(simd, chunk);
        for group in 0..self.layout.groups() {
            self.group(simd, chunk, group);
        }
        self.flows(simd, chunk);
    }
}

impl<const L: usize> Derive<'_, L> {
    #[inline(always)]
    fn services<S: Simd>(&mut self, simd: S, chunk: usize) {
        let c = &mut *self.coefficients;
        let accepted = c.accepted.chunk_mut::<S>(chunk);
        let stay = c.stay.chunk_mut::<S>(chunk);
        let relapse = c.relapse.chunk_mut::<S>(chunk);
        let recover = c.recover.chunk_mut::<S>(chunk);
        let one = Lanes::all(simd, 1.0);
        for s in 0..accepted.len() {
            let leave = Lanes::load(simd, &self.parameters.leave[s], chunk);
            let recovered = Lanes::load(simd, &self.parameters.recovered[s], chunk);
            accepted[s] = Lanes::load(simd, &self.parameters.accepted[s], chunk).get();
            stay[s] = (one - leave).get();
            relapse[s] = (leave * (one - recovered)).get();
            recover[s] = (leave * recovered).get();
        }
    }

    /// The needs and pathways of one group.
    #[inline(always)]
    fn group<S: Simd>(&mut self, simd: S, chunk: usize, group: usize) {
        let (zero, one) = (Lanes::all(simd, 0.0), Lanes::all(simd, 1.0));
        let c = &mut *self.coefficients;
        let mut sum = zero;
        for n in self.layout.needs_of_group(group) {
            sum += Lanes::load(simd, &self.parameters.rate[n], chunk);
        }
        let scale = one.share_of(sum.max(one));
        c.no_need.chunk_mut::<S>(chunk)[group] = (one - sum).max(zero).get();
        for n in self.layout.needs_of_group(group) {
            let mut total = zero;
            for k in self.layout.pathways_of_need(n) {
                total += Lanes::load(simd, &self.parameters.weight[k], chunk);
            }
            let need = Lanes::load(simd, &self.parameters.rate[n], chunk) * scale;
            let help = Lanes::load(simd, &self.parameters.help_seeking[n], chunk);
            let presenting = (need * help).where_positive(total);
            let unit = presenting.share_of(total);
            c.unseen.chunk_mut::<S>(chunk)[n] = (need - presenting).get();
            let accepted = c.accepted.chunk::<S>(chunk);
            let referred = c.referred.chunk_mut::<S>(chunk);
            let mut turned_away = zero;
            for k in self.layout.pathways_of_need(n) {
                let share = Lanes::load(simd, &self.parameters.weight[k], chunk) * unit;
                let accepted = Lanes::of(simd, accepted, self.layout.pathways()[k].service);
                turned_away += share * (one - accepted);
                referred[k] = share.get();
            }
            let leaves = self.fate == Refused::Leave;
            let refused = if leaves { turned_away } else { zero };
            c.refused.chunk_mut::<S>(chunk)[n] = refused.get();
        }
    }

    #[inline(always)]
    fn flows<S: Simd>(&mut self, simd: S, chunk: usize) {
        let (zero, one) = (Lanes::all(simd, 0.0), Lanes::all(simd, 1.0));
        let c = &mut *self.coefficients;
        let flow = c.flow.chunk_mut::<S>(chunk);
        let referred = c.referred.chunk::<S>(chunk);
        flow.fill(zero.get());
        for (k, share) in referred.iter().enumerate() {
            let f = self.layout.flow_of_pathway(k);
            flow[f] = (Lanes::of(simd, flow, f) + Lanes::new(simd, *share)).get();
        }
        let accepted = c.accepted.chunk::<S>(chunk);
        let (stay, relapse) = (c.stay.chunk::<S>(chunk), c.relapse.chunk::<S>(chunk));
        let (enter, flow_stay) = (c.enter.chunk_mut::<S>(chunk), c.flow_stay.chunk_mut::<S>(chunk));
        let keep = c.keep.chunk_mut::<S>(chunk);
        keep.fill(zero.get());
        for (f, at) in self.layout.flows().iter().enumerate() {
            let accepted = Lanes::of(simd, accepted, at.service);
            let flow = Lanes::of(simd, flow, f);
            enter[f] = (flow * accepted * Lanes::of(simd, relapse, at.service)).get();
            flow_stay[f] = stay[at.service];
            if self.fate == Refused::RePresent {
                let kept = Lanes::of(simd, keep, at.group);
                keep[at.group] = (kept + flow * (one - accepted)).get();
            }
        }
    }
}
