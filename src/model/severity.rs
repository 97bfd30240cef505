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

/// The figures of a service line for a block of draws.
#[derive(Clone, Copy, Debug)]
pub struct Severity<const L: usize> {
    /// Share of people who are severely ill in usual times.
    pub severe_share: [f64; L],
    /// Relative growth of that share per unit of pressure.
    pub severity_shift: [f64; L],
    /// Length of treatment of a severe person relative to others.
    pub severe_stay: [f64; L],
}

/// The mix of one month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mix {
    /// Share of people who are severely ill.
    pub severe: f64,
    /// Length of treatment relative to usual times.
    pub load: f64,
    /// The same for the people of the surge.
    pub surge_load: f64,
}

/// Demand of one month and draw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Demand {
    /// Would have come anyway.
    pub underlying: f64,
    /// All that comes.
    pub referrals: f64,
    /// Of it, what was held back before.
    pub returning: f64,
    /// Of it, new need.
    pub surge: f64,
    /// The share of that new need that is severe; none where its conditions say nothing.
    pub severe: Option<f64>,
}

impl Mix {
    /// Usual times, with nobody severe.
    pub const USUAL: Self = Self { severe: 0.0, load: 1.0, surge_load: 1.0 };
}

impl<const L: usize> Severity<L> {
    /// The mix of draw `lane` in a month with this demand.
    pub fn mix(&self, lane: usize, demand: &Demand) -> Mix {
        let share = self.severe_share[lane];
        let new = demand.severe.unwrap_or(share);
        let of_surge =
            if demand.referrals > 0.0 { (demand.surge / demand.referrals).min(1.0) } else { 0.0 };
        let usual = share + (new - share) * of_surge;
        let shift = 1.0
            + self.severity_shift[lane]
                * pressure(demand.underlying, demand.referrals, demand.returning);
        let load = |severe: f64| self.load(lane, severe);
        let severe = (usual * shift).min(1.0);
        Mix { severe, load: load(severe), surge_load: load((new * shift).min(1.0)) }
    }

    /// The length of treatment, relative to usual times, where so large a share is severe.
    pub fn load(&self, lane: usize, severe: f64) -> f64 {
        let longer = self.severe_stay[lane] - 1.0;
        (1.0 + severe * longer) / (1.0 + self.severe_share[lane] * longer)
    }
}

/// The severe share of a service's surge by what brings people to it: every way from a group
/// through a condition brings `people at risk x referred` of whom `severe` are severely ill.
#[derive(Clone, Debug, Default)]
pub struct Conditions<const L: usize> {
    /// By group: referrals per person at risk, and severe referrals per person at risk.
    groups: Vec<(usize, [f64; L], [f64; L])>,
}

impl<const L: usize> Conditions<L> {
    /// Adds a way from `group`, with its referrals per person at risk and the share of them that
    /// is severe.
    pub fn add(&mut self, group: usize, referred: &[f64; L], severe: &[f64; L]) {
        let known = self.groups.iter().position(|(own, ..)| *own == group);
        let at = known.unwrap_or_else(|| {
            self.groups.push((group, [0.0; L], [0.0; L]));
            self.groups.len() - 1
        });
        let (_, all, ill) = &mut self.groups[at];
        for i in 0..L {
            all[i] += referred[i];
            ill[i] += referred[i] * severe[i];
        }
    }

    /// The severe share in a month with these people at risk by group; none where nobody comes.
    pub fn severe<'a>(&self, at_risk: impl Fn(usize) -> &'a [f64; L]) -> [Option<f64>; L] {
        let (mut all, mut ill) = ([0.0; L], [0.0; L]);
        for (group, referred, severe) in &self.groups {
            let people = at_risk(*group);
            for i in 0..L {
                all[i] += people[i] * referred[i];
                ill[i] += people[i] * severe[i];
            }
        }
        std::array::from_fn(|i| (all[i] > 0.0).then(|| ill[i] / all[i]))
    }
}

/// Demand above the usual, and the part that waited; nothing where the usual is not known.
fn pressure(underlying: f64, referrals: f64, returning: f64) -> f64 {
    let above = if underlying > 0.0 { (referrals / underlying - 1.0).max(0.0) } else { 0.0 };
    let waited = if referrals > 0.0 { (returning / referrals).clamp(0.0, 1.0) } else { 0.0 };
    above + waited
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIGURES: Severity<1> =
        Severity { severe_share: [0.2], severity_shift: [0.5], severe_stay: [2.0] };

    fn demand(underlying: f64, referrals: f64, returning: f64) -> Demand {
        let surge = (referrals - underlying).max(0.0);
        Demand { underlying, referrals, returning, surge, severe: None }
    }

    #[test]
    fn a_fifth_more_demand_makes_a_tenth_more_severe() {
        let mix = FIGURES.mix(0, &demand(100.0, 120.0, 0.0));
        assert!((mix.severe - 0.22).abs() < 1e-12);
        assert!((mix.load - 1.22 / 1.2).abs() < 1e-12);
        assert_eq!(mix.load, mix.surge_load);
    }

    #[test]
    fn usual_times_and_no_shift_change_no_bit() {
        let usual = Mix { severe: 0.2, load: 1.0, surge_load: 1.0 };
        assert_eq!(FIGURES.mix(0, &demand(100.0, 90.0, 0.0)), usual);
        let none = Severity { severity_shift: [0.0], ..FIGURES };
        assert_eq!(none.mix(0, &demand(100.0, 500.0, 50.0)), usual);
    }

    #[test]
    fn everyone_can_be_severe_and_no_more() {
        let steep = Severity { severity_shift: [1e6], ..FIGURES };
        assert_eq!(steep.mix(0, &demand(1.0, 1e9, 0.0)).severe, 1.0);
    }

    #[test]
    fn a_severer_condition_moves_the_mix_by_its_share_of_demand() {
        let none = Severity { severity_shift: [0.0], ..FIGURES };
        let mix = none.mix(0, &Demand { severe: Some(0.8), ..demand(300.0, 400.0, 0.0) });
        assert!((mix.severe - (0.75 * 0.2 + 0.25 * 0.8)).abs() < 1e-12);
        assert!((mix.load - 1.35 / 1.2).abs() < 1e-12);
        assert!((mix.surge_load - 1.8 / 1.2).abs() < 1e-12);
    }

    #[test]
    fn conditions_count_by_the_referrals_they_bring() {
        let mut conditions = Conditions::<1>::default();
        conditions.add(0, &[0.1], &[0.9]);
        conditions.add(0, &[0.3], &[0.1]);
        conditions.add(1, &[0.2], &[0.5]);
        let at_risk = [[100.0], [200.0]];
        let severe = conditions.severe(|group| &at_risk[group])[0];
        // 10 x 0.9 + 30 x 0.1 + 40 x 0.5 of 80.
        assert!((severe.unwrap_or(0.0) - 32.0 / 80.0).abs() < 1e-12);
        assert_eq!(conditions.severe(|_| &[0.0])[0], None);
    }
}
