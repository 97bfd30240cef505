//! How ill the people are who come: a severity mix by condition and service that shifts with
//! pressure and delay.
//!
//! ```text
//! pressure(t) = max(0, referrals / underlying - 1) + returning / referrals
//! new(t)      = share of the surge's people who are severely ill, by what brings them
//! usual(t)    = severe_share + (new(t) - severe_share) x min(1, surge / referrals)
//! severe(t)   = min(1, usual(t) x (1 + severity_shift x pressure(t)))
//! load(t)     = (1 + severe(t) x (severe_stay - 1)) / (1 + severe_share x (severe_stay - 1))
//! ```
//!
//! `new` is the mean over conditions of the severe share of each at this service, weighted by the
//! referrals each brings that month ([`Conditions`]); a condition without a share of its own has
//! the service's. Pressure is demand above the usual, and the part of it that had to wait out a
//! lockdown: both leave people iller by the time they are seen. A severe person stays
//! `severe_stay` times as long as another, so a caseload takes `load(t)` times as long to treat:
//! its monthly leaving is divided by it, which moves caseload, contacts and bed-days, and costs
//! are multiplied by it. The surge has a load of its own, from `new` alone. Without a shift and
//! without conditions of other severity, or with `severe_stay` 1, the load is exactly 1.

use super::demand::Demand;
use crate::lane::Lane;

/// The figures of a service line for a block of draws.
#[derive(Clone, Copy, Debug)]
pub struct Severity<const L: usize> {
    /// Share of people who are severely ill in usual times.
    pub severe_share: Lane<L>,
    /// Relative growth of that share per unit of pressure.
    pub severity_shift: Lane<L>,
    /// Length of treatment of a severe person relative to others.
    pub severe_stay: Lane<L>,
}

/// The mix of one month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mix<const L: usize> {
    /// Share of people who are severely ill.
    pub severe: Lane<L>,
    /// Length of treatment relative to usual times.
    pub load: Lane<L>,
    /// The same for the people of the surge.
    pub surge_load: Lane<L>,
}

impl<const L: usize> Severity<L> {
    /// The mix of a month with this demand, which comes to `referrals` with levers; `new` is the
    /// severe share of the surge, none where its conditions say nothing.
    pub fn mix(&self, demand: &Demand<L>, referrals: Lane<L>, new: Option<Lane<L>>) -> Mix<L> {
        let new = new.unwrap_or(self.severe_share);
        let of_surge = demand.surge.share_of(referrals).min(1.0);
        let usual = self.severe_share + (new - self.severe_share) * of_surge;
        let shift = 1.0 + self.severity_shift * pressure(demand, referrals);
        let severe = (usual * shift).min(1.0);
        Mix { severe, load: self.load(severe), surge_load: self.load((new * shift).min(1.0)) }
    }

    /// The length of treatment, relative to usual times, where so large a share is severe.
    pub fn load(&self, severe: Lane<L>) -> Lane<L> {
        let longer = self.severe_stay - 1.0;
        (1.0 + severe * longer) / (1.0 + self.severe_share * longer)
    }

    /// The figures of one draw.
    pub fn lane(&self, lane: usize) -> Severity<1> {
        Severity {
            severe_share: Lane([self.severe_share[lane]]),
            severity_shift: Lane([self.severity_shift[lane]]),
            severe_stay: Lane([self.severe_stay[lane]]),
        }
    }
}

/// The severe share of a service's surge by what brings people to it: every way from a group
/// through a condition brings `people at risk x referred` of whom `severe` are severely ill.
#[derive(Clone, Debug, Default)]
pub struct Conditions<const L: usize> {
    /// By group: referrals per person at risk, and severe referrals per person at risk.
    groups: Vec<(usize, Lane<L>, Lane<L>)>,
}

impl<const L: usize> Conditions<L> {
    /// Adds a way from `group`, with its referrals per person at risk and the share of them that
    /// is severe.
    pub fn add(&mut self, group: usize, referred: &Lane<L>, severe: &Lane<L>) {
        let known = self.groups.iter().position(|(own, ..)| *own == group);
        let at = known.unwrap_or_else(|| {
            self.groups.push((group, Lane::ZERO, Lane::ZERO));
            self.groups.len() - 1
        });
        let (_, all, ill) = &mut self.groups[at];
        *all += *referred;
        *ill += *referred * *severe;
    }

    /// The severe share in a month with these people at risk by group, `otherwise` where nobody
    /// comes.
    pub fn severe<'a>(
        &self,
        at_risk: impl Fn(usize) -> &'a Lane<L>,
        otherwise: &Lane<L>,
    ) -> Lane<L> {
        let (mut all, mut ill) = (Lane::<L>::ZERO, Lane::<L>::ZERO);
        for (group, referred, severe) in &self.groups {
            all += *at_risk(*group) * *referred;
            ill += *at_risk(*group) * *severe;
        }
        ill.share_where(all, otherwise)
    }
}

/// Demand above the usual, and the part that waited; nothing where the usual is not known.
fn pressure<const L: usize>(demand: &Demand<L>, referrals: Lane<L>) -> Lane<L> {
    let above = referrals.share_where(demand.underlying, &Lane::ZERO) - 1.0;
    above.max(0.0) + demand.returning.share_of(referrals).as_share()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: Severity<1> = Severity {
        severe_share: Lane([0.2]),
        severity_shift: Lane([0.5]),
        severe_stay: Lane([2.0]),
    };
    const NO_SHIFT: Severity<1> = Severity { severity_shift: Lane([0.0]), ..FIGURES };

    /// The mix with so many usual and so many more of the surge, of whom `new` are severely ill.
    fn mix(figures: &Severity<1>, underlying: f64, surge: f64, new: Option<f64>) -> Mix<1> {
        let demand = Demand {
            underlying: Lane([underlying]),
            surge: Lane([surge.max(0.0)]),
            suppressed: Lane::ZERO,
            returning: Lane::ZERO,
            lost: Lane::ZERO,
        };
        figures.mix(&demand, Lane([underlying + surge]), new.map(Lane::all))
    }

    #[test]
    fn a_fifth_more_demand_makes_a_tenth_more_severe() {
        let mix = mix(&FIGURES, 100.0, 20.0, None);
        assert!((mix.severe[0] - 0.22).abs() < 1e-12);
        assert!((mix.load[0] - 1.22 / 1.2).abs() < 1e-12);
        assert_eq!(mix.load, mix.surge_load);
    }

    #[test]
    fn usual_times_and_no_shift_change_no_bit() {
        let usual = Mix { severe: Lane([0.2]), load: Lane::ONE, surge_load: Lane::ONE };
        assert_eq!(mix(&FIGURES, 100.0, -10.0, None), usual);
        assert_eq!(mix(&NO_SHIFT, 100.0, 400.0, None), usual);
    }

    #[test]
    fn everyone_can_be_severe_and_no_more() {
        let steep = Severity { severity_shift: Lane([1e6]), ..FIGURES };
        assert_eq!(mix(&steep, 1.0, 1e9, None).severe, Lane::ONE);
    }

    #[test]
    fn a_severer_condition_moves_the_mix_by_its_share_of_demand() {
        let mix = mix(&NO_SHIFT, 300.0, 100.0, Some(0.8));
        assert!((mix.severe[0] - (0.75 * 0.2 + 0.25 * 0.8)).abs() < 1e-12);
        assert!((mix.load[0] - 1.35 / 1.2).abs() < 1e-12);
        assert!((mix.surge_load[0] - 1.8 / 1.2).abs() < 1e-12);
    }

    #[test]
    fn conditions_count_by_the_referrals_they_bring() {
        let mut conditions = Conditions::<1>::default();
        conditions.add(0, &Lane([0.1]), &Lane([0.9]));
        conditions.add(0, &Lane([0.3]), &Lane([0.1]));
        conditions.add(1, &Lane([0.2]), &Lane([0.5]));
        let at_risk = [Lane([100.0]), Lane([200.0])];
        let severe = conditions.severe(|group| &at_risk[group], &Lane::ZERO);
        // 10 x 0.9 + 30 x 0.1 + 40 x 0.5 of 80.
        assert!((severe[0] - 32.0 / 80.0).abs() < 1e-12);
        assert_eq!(conditions.severe(|_| &Lane::ZERO, &Lane([0.3])), Lane([0.3]));
    }
}
