//! Individual waits around the fluid wait, and the share of them within an access standard.
//!
//! An individual waits the fluid wait times a lognormal with median 1 and spread `sigma`, so
//!
//! ```text
//! share within = Phi(ln(limit / wait) / sigma),   90th percentile = wait x exp(1.2816 sigma)
//! ```
//!
//! `sigma` follows from the shares seen within two limits: England's Talking Therapies 1.10, Bury
//! 0.59 in 2019-20 and 0.59 to 0.79 over five years (annual statistics, 6 and 18 weeks).

use super::{WEEKS, fading};

/// England's spread of individual waits (Talking Therapies, shares within 6 and 18 weeks).
pub const SIGMA: f64 = 1.10;

/// The 90th percentile of the standard normal.
const Z90: f64 = 1.281_551_565_544_6;

/// A share of people to be seen within so many weeks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limit {
    /// Weeks.
    pub weeks: f64,
    /// The share, 0 to 1.
    pub share: f64,
}

/// How individuals spread around the fluid wait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standard {
    /// The spread of the logarithm.
    pub sigma: f64,
}

impl Default for Standard {
    fn default() -> Self {
        Self { sigma: SIGMA }
    }
}

impl Standard {
    /// The share who waited at most `limit` weeks where the fluid wait is `wait` weeks.
    pub fn within(&self, wait: f64, limit: f64) -> f64 {
        if wait <= 0.0 { 1.0 } else { normal((limit / wait).ln() / self.sigma) }
    }

    /// The 90th percentile of individual waits.
    pub fn percentile_90(&self, wait: f64) -> f64 {
        wait * (Z90 * self.sigma).exp()
    }

    /// The fluid wait in weeks at which just `limit.share` are seen within `limit.weeks`; `None`
    /// where the share is not strictly between 0 and 1.
    pub fn wait_that_meets(&self, limit: Limit) -> Option<f64> {
        Some(limit.weeks * (-self.sigma * normal_quantile(limit.share)?).exp())
    }
}

/// The list a service stands with in its steady state, and the friction that keeps it there.
///
/// A fluid list alone would be empty at any load below 1; a queue formula alone would have to
/// assume how referrals and treatments scatter. The wait is known, and makes a list.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    /// People waiting.
    pub list: f64,
    /// Those who start, a month.
    pub starts: f64,
    /// The friction of [`super::Queue`], people.
    pub friction: f64,
}

impl Standing {
    /// The steady state of `arrivals` a month at `load` (strictly between 0 and 1) where those who
    /// start have waited `wait` weeks, and those who wait leave at the rate `renege` a month:
    ///
    /// ```text
    /// starts = arrivals exp(-d wait)               those who did not leave first
    /// list   = (arrivals - starts) / renege        arrivals x wait where nobody leaves
    /// K      = list (capacity / starts - 1)        with capacity = arrivals / load
    /// ```
    pub fn waiting(arrivals: f64, load: f64, wait: f64, renege: f64) -> Self {
        let months = wait / WEEKS;
        let fade = -fading(renege) * months;
        let starts = arrivals * fade.exp();
        let list =
            if renege > 0.0 { -arrivals * fade.exp_m1() / renege } else { arrivals * months };
        Self { list, starts, friction: list * ((-fade).exp() / load - 1.0) }
    }
}

/// The standard normal distribution.
fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Its quantile, by bisection: exact to the last digits, and asked for once a service.
fn normal_quantile(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    let (mut low, mut high) = (-38.0, 38.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if normal(middle) < p { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The spread, and the fluid wait in weeks, that give both limits their shares.
    fn through(near: Limit, far: Limit) -> (Standard, f64) {
        let [a, b] = [near, far].map(|limit| normal_quantile(limit.share).unwrap());
        let sigma = (far.weeks / near.weeks).ln() / (b - a);
        (Standard { sigma }, near.weeks * (-sigma * a).exp())
    }

    #[test]
    fn the_spread_of_bury_follows_from_its_shares() {
        for (six, eighteen, sigma) in [(0.59, 0.982, 0.59), (0.42, 0.881, 0.795)] {
            let (bury, wait) =
                through(Limit { weeks: 6.0, share: six }, Limit { weeks: 18.0, share: eighteen });
            assert!((bury.sigma - sigma).abs() < 0.003, "{bury:?}");
            assert!((bury.within(wait, 6.0) - six).abs() < 1e-9);
            assert!((bury.within(wait, 18.0) - eighteen).abs() < 1e-9);
        }
        let half = Limit { weeks: 6.0, share: 0.5 };
        assert!((Standard::default().wait_that_meets(half).unwrap() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn half_wait_longer_than_the_median_and_a_tenth_longer_than_the_90th_percentile() {
        let standard = Standard::default();
        assert!((standard.within(4.0, 4.0) - 0.5).abs() < 1e-12);
        assert!((standard.within(4.0, standard.percentile_90(4.0)) - 0.9).abs() < 1e-9);
        assert_eq!(standard.within(0.0, 6.0), 1.0);
    }

    #[test]
    fn a_steady_list_is_arrivals_times_wait_less_those_who_leave() {
        let standing = Standing::waiting(1_000.0, 0.95, 5.0, 0.0);
        assert!((standing.list - 1_000.0 * 5.0 / WEEKS).abs() < 1e-9);
        assert!((standing.friction * 0.95 / 0.05 / standing.list - 1.0).abs() < 1e-9);
        for renege in [1e-9, 0.02, 1.6] {
            let left = Standing::waiting(1_000.0, 0.95, 5.0, renege);
            let balance = left.starts + renege * left.list;
            assert!((balance / 1_000.0 - 1.0).abs() < 1e-9, "{renege}: {balance}");
            assert!(left.list < standing.list && left.friction > standing.friction);
        }
    }
}
