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

use super::WEEKS;

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
    /// The spread, and the fluid wait in weeks, that give both limits their shares (each strictly
    /// between 0 and 1, the longer limit the larger share); `None` where no spread can.
    pub fn through(near: Limit, far: Limit) -> Option<(Self, f64)> {
        let (a, b) = (normal_quantile(near.share)?, normal_quantile(far.share)?);
        let sigma = (far.weeks / near.weeks).ln() / (b - a);
        let wait = near.weeks * (-sigma * a).exp();
        (sigma.is_finite() && sigma > 0.0).then_some((Self { sigma }, wait))
    }

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
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    /// People waiting.
    pub list: f64,
    /// The friction of [`super::Queue`], people.
    pub friction: f64,
}

impl Standing {
    /// The steady state of `arrivals` a month at `load` (between 0 and 1) where people wait
    /// `wait` weeks.
    pub fn waiting(arrivals: f64, load: f64, wait: f64) -> Self {
        let list = arrivals * wait / WEEKS;
        Self { list, friction: list * (1.0 - load) / load }
    }

    /// The steady state of `arrivals` a month at `load` (strictly between 0 and 1), with `limit`
    /// just met: waits are what the published share within the limit tells (Little's law makes
    /// them a list), and friction is what makes that list stand at this load. `None` where load
    /// or share are out of range.
    ///
    /// A fluid list alone would be empty at any load below 1; a queue formula alone would have to
    /// assume how referrals and treatments scatter. The share that is really met is known.
    pub fn at(arrivals: f64, load: f64, limit: Limit, standard: Standard) -> Option<Self> {
        let wait = standard.wait_that_meets(limit)?;
        (load > 0.0 && load < 1.0).then(|| Self::waiting(arrivals, load, wait))
    }

    /// The steady list at another load below 1: `K x load / (1 - load)`.
    pub fn list_at(&self, load: f64) -> f64 {
        if load < 1.0 { self.friction * load.max(0.0) / (1.0 - load) } else { f64::INFINITY }
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

    #[test]
    fn the_spread_of_bury_follows_from_its_shares() {
        for (six, eighteen, sigma) in [(0.59, 0.982, 0.59), (0.42, 0.881, 0.795)] {
            let (bury, wait) = Standard::through(
                Limit { weeks: 6.0, share: six },
                Limit { weeks: 18.0, share: eighteen },
            )
            .unwrap();
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
    fn a_steady_list_is_arrivals_times_wait() {
        let limit = Limit { weeks: 6.0, share: 0.75 };
        let standing = Standing::at(1_000.0, 0.95, limit, Standard::default()).unwrap();
        let wait = Standard::default().wait_that_meets(limit).unwrap();
        assert!((standing.list - 1_000.0 * wait / WEEKS).abs() < 1e-9);
        assert!((standing.list_at(0.95) - standing.list).abs() < 1e-6);
        assert!(Standing::at(1_000.0, 1.0, limit, Standard::default()).is_none());
    }
}
