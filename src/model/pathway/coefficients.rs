//! What a month's flows are proportional to, derived from the parameters once.
//!
//! Held in chunks of draws as wide as the machine's vectors, each chunk contiguous, so that the
//! solver's working set stays in the nearest cache.

use super::{Layout, Parameters, Refused};

/// Draws worked on together where there are enough of them.
pub(super) const WIDE: usize = 8;

/// How many draws of `L` are worked on together.
pub(super) const fn width(draws: usize) -> usize {
    if draws.is_multiple_of(WIDE) { WIDE } else { 1 }
}

/// `items` values for each draw, chunk of draws by chunk of draws.
#[derive(Clone, Debug)]
pub(super) struct Slab {
    items: usize,
    values: Vec<f64>,
}

impl Slab {
    pub(super) fn new(items: usize, draws: usize) -> Self {
        Self { items, values: vec![0.0; items * draws] }
    }

    /// The items of chunk `chunk`, `W` draws each.
    #[inline(always)]
    pub(super) fn chunk<const W: usize>(&self, chunk: usize) -> &[[f64; W]] {
        self.values[chunk * self.items * W..][..self.items * W].as_chunks().0
    }

    /// The same, to write.
    #[inline(always)]
    pub(super) fn chunk_mut<const W: usize>(&mut self, chunk: usize) -> &mut [[f64; W]] {
        self.values[chunk * self.items * W..][..self.items * W].as_chunks_mut().0
    }
}

/// Draws `chunk * W ..` of a value of `L` draws.
#[inline(always)]
pub(super) fn part<const L: usize, const W: usize>(value: &[f64; L], chunk: usize) -> &[f64; W] {
    &value.as_chunks().0[chunk]
}

/// The same, to write.
#[inline(always)]
pub(super) fn part_mut<const L: usize, const W: usize>(
    value: &mut [f64; L],
    chunk: usize,
) -> &mut [f64; W] {
    &mut value.as_chunks_mut().0[chunk]
}

/// One value per draw of a chunk.
#[inline(always)]
pub(super) fn lanes<const W: usize>(value: impl Fn(usize) -> f64) -> [f64; W] {
    std::array::from_fn(value)
}

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

    /// Derives one chunk.
    #[inline(always)]
    pub(super) fn derive<const L: usize, const W: usize>(
        &mut self,
        layout: &Layout,
        fate: Refused,
        parameters: &Parameters<L>,
        chunk: usize,
    ) {
        self.derive_services::<L, W>(parameters, chunk);
        self.derive_needs::<L, W>(layout, fate, parameters, chunk);
        self.derive_flows::<W>(layout, fate, chunk);
    }

    #[inline(always)]
    fn derive_services<const L: usize, const W: usize>(
        &mut self,
        parameters: &Parameters<L>,
        chunk: usize,
    ) {
        let accepted = self.accepted.chunk_mut::<W>(chunk);
        let stay = self.stay.chunk_mut::<W>(chunk);
        let relapse = self.relapse.chunk_mut::<W>(chunk);
        let recover = self.recover.chunk_mut::<W>(chunk);
        for s in 0..accepted.len() {
            let leave = part::<L, W>(&parameters.leave[s], chunk);
            let recovered = part::<L, W>(&parameters.recovered[s], chunk);
            accepted[s] = *part(&parameters.accepted[s], chunk);
            stay[s] = lanes(|l| 1.0 - leave[l]);
            relapse[s] = lanes(|l| leave[l] * (1.0 - recovered[l]));
            recover[s] = lanes(|l| leave[l] * recovered[l]);
        }
    }

    #[inline(always)]
    fn derive_needs<const L: usize, const W: usize>(
        &mut self,
        layout: &Layout,
        fate: Refused,
        parameters: &Parameters<L>,
        chunk: usize,
    ) {
        let referred = self.referred.chunk_mut::<W>(chunk);
        let flow = self.flow.chunk_mut::<W>(chunk);
        let no_need = self.no_need.chunk_mut::<W>(chunk);
        let unseen = self.unseen.chunk_mut::<W>(chunk);
        let refused = self.refused.chunk_mut::<W>(chunk);
        let accepted = self.accepted.chunk::<W>(chunk);
        flow.fill([0.0; W]);
        for (g, no_need) in no_need.iter_mut().enumerate() {
            let mut sum = [0.0; W];
            for n in layout.needs_of_group(g) {
                let rate = part::<L, W>(&parameters.rate[n], chunk);
                sum = lanes(|l| sum[l] + rate[l]);
            }
            let scale: [f64; W] = lanes(|l| 1.0 / sum[l].max(1.0));
            *no_need = lanes(|l| (1.0 - sum[l]).max(0.0));
            for n in layout.needs_of_group(g) {
                let rate = part::<L, W>(&parameters.rate[n], chunk);
                let help = part::<L, W>(&parameters.help_seeking[n], chunk);
                let mut total = [0.0; W];
                for k in layout.pathways_of_need(n) {
                    let weight = part::<L, W>(&parameters.weight[k], chunk);
                    total = lanes(|l| total[l] + weight[l]);
                }
                let need: [f64; W] = lanes(|l| rate[l] * scale[l]);
                let presenting: [f64; W] =
                    lanes(|l| if total[l] > 0.0 { need[l] * help[l] } else { 0.0 });
                let unit: [f64; W] =
                    lanes(|l| if total[l] > 0.0 { presenting[l] / total[l] } else { 0.0 });
                unseen[n] = lanes(|l| need[l] - presenting[l]);
                let mut turned_away = [0.0; W];
                for k in layout.pathways_of_need(n) {
                    let weight = part::<L, W>(&parameters.weight[k], chunk);
                    let accepted = &accepted[layout.pathways()[k].service];
                    let share: [f64; W] = lanes(|l| weight[l] * unit[l]);
                    let f = layout.flow_of_pathway(k);
                    flow[f] = lanes(|l| flow[f][l] + share[l]);
                    turned_away = lanes(|l| turned_away[l] + share[l] * (1.0 - accepted[l]));
                    referred[k] = share;
                }
                refused[n] = if fate == Refused::Leave { turned_away } else { [0.0; W] };
            }
        }
    }

    #[inline(always)]
    fn derive_flows<const W: usize>(&mut self, layout: &Layout, fate: Refused, chunk: usize) {
        let flow = self.flow.chunk::<W>(chunk);
        let accepted = self.accepted.chunk::<W>(chunk);
        let stay = self.stay.chunk::<W>(chunk);
        let relapse = self.relapse.chunk::<W>(chunk);
        let enter = self.enter.chunk_mut::<W>(chunk);
        let flow_stay = self.flow_stay.chunk_mut::<W>(chunk);
        let keep = self.keep.chunk_mut::<W>(chunk);
        keep.fill([0.0; W]);
        for (f, at) in layout.flows().iter().enumerate() {
            let (accepted, relapse) = (&accepted[at.service], &relapse[at.service]);
            enter[f] = lanes(|l| flow[f][l] * accepted[l] * relapse[l]);
            flow_stay[f] = stay[at.service];
            if fate == Refused::RePresent {
                let keep = &mut keep[at.group];
                *keep = lanes(|l| keep[l] + flow[f][l] * (1.0 - accepted[l]));
            }
        }
    }
}
