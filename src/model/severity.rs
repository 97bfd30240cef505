//! How ill the people are who come: a severity mix that shifts with pressure and delay.
//!
//! ```text
//! pressure(t) = max(0, referrals / underlying - 1) + returning / referrals
//! severe(t)   = min(1, severe_share x (1 + severity_shift x pressure(t)))
//! load(t)     = (1 + severe(t) x (severe_stay - 1)) / (1 + severe_share x (severe_stay - 1))
//! ```
//!
//! Pressure is demand above the usual, and the part of it that had to wait out a lockdown: both
//! leave people iller by the time they are seen. A severe person stays `severe_stay` times as long
//! as another, so a caseload takes `load(t)` times as long to treat: its monthly leaving is
//! divided by it, which moves caseload, contacts and bed-days, and costs are multiplied by it.
//! Without a shift, or with `severe_stay` 1, the load is exactly 1.

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
}

impl Mix {
    /// Usual times, with nobody severe.
    pub const USUAL: Self = Self { severe: 0.0, load: 1.0 };
}

impl<const L: usize> Severity<L> {
    /// The mix of draw `lane` in a month with these referrals.
    pub fn mix(&self, lane: usize, underlying: f64, referrals: f64, returning: f64) -> Mix {
        let usual = self.severe_share[lane];
        let severe = (usual
            * (1.0 + self.severity_shift[lane] * pressure(underlying, referrals, returning)))
        .min(1.0);
        Mix { severe, load: self.load(lane, severe) }
    }

    /// The length of treatment, relative to usual times, where so large a share is severe.
    pub fn load(&self, lane: usize, severe: f64) -> f64 {
        let longer = self.severe_stay[lane] - 1.0;
        (1.0 + severe * longer) / (1.0 + self.severe_share[lane] * longer)
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

    #[test]
    fn a_fifth_more_demand_makes_a_tenth_more_severe() {
        let mix = FIGURES.mix(0, 100.0, 120.0, 0.0);
        assert!((mix.severe - 0.22).abs() < 1e-12);
        assert!((mix.load - 1.22 / 1.2).abs() < 1e-12);
    }

    #[test]
    fn usual_times_and_no_shift_change_no_bit() {
        assert_eq!(FIGURES.mix(0, 100.0, 90.0, 0.0), Mix { severe: 0.2, load: 1.0 });
        let none = Severity { severity_shift: [0.0], ..FIGURES };
        assert_eq!(none.mix(0, 100.0, 500.0, 50.0), Mix { severe: 0.2, load: 1.0 });
    }

    #[test]
    fn everyone_can_be_severe_and_no_more() {
        let steep = Severity { severity_shift: [1e6], ..FIGURES };
        assert_eq!(steep.mix(0, 1.0, 1e9, 0.0).severe, 1.0);
    }
}
