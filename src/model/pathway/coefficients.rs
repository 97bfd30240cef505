//! What a month's flows are proportional to, derived from the parameters once.

use pulp::Simd;

use super::register::{Chunked, Register, Slab};
use super::{Fate, Layout, Parameters, Refused};

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
    /// Per service.
    pub(super) accepted: Slab,
    /// Per service: `1 - leave`.
    pub(super) stay: Slab,
    /// Per service: the share of the caseload that is at risk again next month.
    pub(super) relapse: Slab,
}

impl Coefficients {
    pub(super) fn new(layout: &Layout, draws: usize) -> Self {
        let slab = |items| Slab::new(items, draws);
        let (groups, services) = (layout.groups(), layout.services());
        let flows = layout.flows().len();
        Self {
            referred: slab(layout.pathways().len()),
            flow: slab(flows),
            enter: slab(flows),
            flow_stay: slab(flows),
            keep: slab(groups),
            accepted: slab(services),
            stay: slab(services),
            relapse: slab(services),
        }
    }
}

/// Derives coefficients from parameters.
pub(super) struct Derive<'a, const L: usize> {
    pub(super) layout: &'a Layout,
    pub(super) refused: Refused,
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
        let one = Register::all(simd, 1.0);
        for s in 0..accepted.len() {
            let leave = Register::load(simd, &self.parameters.leave[s], chunk);
            let recovered = Register::load(simd, &self.parameters.recovered[s], chunk);
            accepted[s] = Register::load(simd, &self.parameters.accepted[s], chunk).get();
            stay[s] = (one - leave).get();
            relapse[s] = (leave * (one - recovered)).get();
        }
    }

    /// The needs and pathways of one group.
    #[inline(always)]
    fn group<S: Simd>(&mut self, simd: S, chunk: usize, group: usize) {
        let (parameters, layout) = (self.parameters, self.layout);
        let c = &mut *self.coefficients;
        let mut rates = Register::all(simd, 0.0);
        for n in layout.needs_of_group(group) {
            rates += Register::load(simd, &parameters.rate[n], chunk);
        }
        let accepted = c.accepted.chunk::<S>(chunk);
        let referred = c.referred.chunk_mut::<S>(chunk);
        for n in layout.needs_of_group(group) {
            let rate = Register::load(simd, &parameters.rate[n], chunk);
            let help_seeking = Register::load(simd, &parameters.help_seeking[n], chunk);
            let weight = |k: usize| Register::load(simd, &parameters.weight[k], chunk);
            let service =
                |k: usize| (weight(k), Register::of(simd, accepted, layout.pathways()[k].service));
            let pathways = layout.pathways_of_need(n);
            let services = pathways.clone().map(service);
            let fate = Fate::new((rate, rates), help_seeking, services, self.refused);
            for k in pathways {
                referred[k] = fate.referred(weight(k)).get();
            }
        }
    }

    #[inline(always)]
    fn flows<S: Simd>(&mut self, simd: S, chunk: usize) {
        let (zero, one) = (Register::all(simd, 0.0), Register::all(simd, 1.0));
        let c = &mut *self.coefficients;
        let flow = c.flow.chunk_mut::<S>(chunk);
        let referred = c.referred.chunk::<S>(chunk);
        flow.fill(zero.get());
        for (k, share) in referred.iter().enumerate() {
            let f = self.layout.flow_of_pathway(k);
            flow[f] = (Register::of(simd, flow, f) + Register::new(simd, *share)).get();
        }
        let accepted = c.accepted.chunk::<S>(chunk);
        let (stay, relapse) = (c.stay.chunk::<S>(chunk), c.relapse.chunk::<S>(chunk));
        let (enter, flow_stay) = (c.enter.chunk_mut::<S>(chunk), c.flow_stay.chunk_mut::<S>(chunk));
        let keep = c.keep.chunk_mut::<S>(chunk);
        keep.fill(zero.get());
        for (f, at) in self.layout.flows().iter().enumerate() {
            let accepted = Register::of(simd, accepted, at.service);
            let flow = Register::of(simd, flow, f);
            enter[f] = (flow * accepted * Register::of(simd, relapse, at.service)).get();
            flow_stay[f] = stay[at.service];
            if self.refused == Refused::RePresent {
                let kept = Register::of(simd, keep, at.group);
                keep[at.group] = (kept + flow * (one - accepted)).get();
            }
        }
    }
}
