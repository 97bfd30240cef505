//! The level at which an area runs: how far above or below the projection its counts of late lie.
//!
//! ```text
//! sum over the last six months of w(t) (log y(t) - log(exp(level) a(t) + b(t))) = 0
//! w(t) = 1 / (0.05^2 + log(1 - held(t))^2)
//! ```
//!
//! `y` is what was counted, `a` what the projection makes of underlying demand and `b` of the
//! surge, so that the level is that of the demand there always was. A month counts the less the
//! more of its demand was held back: what a lockdown does to referrals says little of the level.
//! Levels stay: over 174 clinical commissioning groups before the pandemic the error of months 5
//! to 10 of a forecast carried into months 11 to 22 with a slope of 0.91 to 1.16 (MHS32). So it is
//! carried forward in full, and only what comes on top of it is drawn anew
//! ([`super::discrepancy`]).

/// The last months that tell the level.
pub const MONTHS: usize = 6;

/// How far a single month strays of itself: the standard deviation of its logarithm.
const SCATTER: f64 = 0.05;
/// No level is further from the projection: a factor of 20.
const FURTHEST: f64 = 3.0;

/// A month that was counted, beside what the projection makes of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Seen {
    /// What was counted.
    pub counted: f64,
    /// Referrals that come of underlying demand.
    pub usual: f64,
    /// Referrals that come of the surge.
    pub surge: f64,
    /// The share of demand held back.
    pub held: f64,
}

/// The level that the `months` tell, as a logarithm; 0 where they tell nothing.
pub fn level(months: &[Seen]) -> f64 {
    let weight = |month: &Seen| {
        let held = (1.0 - month.held.clamp(0.0, 0.99)).ln();
        1.0 / (SCATTER * SCATTER + held * held)
    };
    let told: Vec<(f64, &Seen)> =
        months.iter().filter(|month| month.usual > 0.0).map(|m| (weight(m), m)).collect();
    let mut level = 0.0_f64;
    // Newton's method: the sum falls with the level, and is all but linear in it.
    for _ in 0..50 {
        let (mut sum, mut slope) = (0.0, 0.0);
        for (weight, month) in &told {
            let usual = level.exp() * month.usual;
            let all = (usual + month.surge).max(0.5);
            sum += weight * (month.counted.max(0.5).ln() - all.ln());
            slope += weight * usual / all;
        }
        if slope <= 0.0 || !slope.is_finite() {
            break;
        }
        let step = (sum / slope).clamp(-1.0, 1.0);
        level = (level + step).clamp(-FURTHEST, FURTHEST);
        if step.abs() < 1e-9 {
            break;
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(counted: f64, held: f64) -> Seen {
        Seen { counted, usual: 100.0, surge: 0.0, held }
    }

    #[test]
    fn open_months_tell_the_mean_of_their_logarithms() {
        let told = level(&[month(120.0, 0.0), month(100.0, 0.0)]);
        assert!((told - 1.2_f64.ln() / 2.0).abs() < 1e-9, "{told}");
        assert_eq!(level(&[]), 0.0);
    }

    #[test]
    fn a_month_held_back_counts_little() {
        // Half of demand held back: a weight of 0.0025 / (0.0025 + 0.48) of an open month's.
        let weight = 0.0025 / (0.0025 + 0.5_f64.ln().powi(2));
        let told = level(&[month(100.0, 0.0), month(50.0, 0.5)]);
        assert!((told - weight * 0.5_f64.ln() / (1.0 + weight)).abs() < 1e-9, "{told}");
    }

    #[test]
    fn the_surge_keeps_its_size() {
        let seen = Seen { counted: 130.0, usual: 100.0, surge: 20.0, held: 0.0 };
        assert!((level(&[seen]) - 1.1_f64.ln()).abs() < 1e-9);
        // More surge than there was anything: as low as levels go, and a number.
        let told = level(&[Seen { counted: 10.0, surge: 50.0, ..seen }]);
        assert!((-FURTHEST..-2.0).contains(&told), "{told}");
        assert!(level(&[Seen { counted: 0.0, ..seen }]).is_finite());
    }
}
