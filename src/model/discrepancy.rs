//! How well a course of referrals explains what was counted, and what it would still get wrong.
//!
//! ```text
//! y(t) ~ negative binomial, mean m(t) = referrals(t), variance m + m^2 / size
//! referrals(t) of underlying(t) x exp(d(t)), suppressed and added to as any other
//! d(t) = memory x d(t-1) + sqrt(1 - memory^2) x sd x z(t),   d(0) = sd x z(0)
//! ```
//!
//! `d` is the discrepancy: what the model would still get wrong at its true figures. Without it a
//! year of counts in the hundreds of thousands would claim to know every figure exactly. Its `sd`
//! is the spread of the log-ratio of a year's referrals between local areas in a year without a
//! pandemic, 0.11 (78 clinical commissioning groups, Talking Therapies annual statistics), half
//! of that for a nation; months share most of it (`memory`), so that many months do not average
//! it away. `size` leaves single months the scatter of the seasonal residual of one area.

use rand::Rng;
use rand_distr::{Distribution as _, Gamma, Poisson};

use super::underlying::Extent;
use crate::model::lane::Lane;

/// What a model would get wrong at its true figures.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Discrepancy {
    /// Standard deviation of the logarithm.
    pub sd: f64,
    /// Correlation of a month with the next.
    pub memory: f64,
    /// Size of the negative binomial: a month scatters by `1 / sqrt(size)` about its mean.
    pub size: f64,
}

impl Discrepancy {
    /// That of an area.
    pub const fn of(extent: Extent) -> Self {
        match extent {
            Extent::Local => Self { sd: 0.11, memory: 0.8, size: 400.0 },
            Extent::Nation => Self { sd: 0.055, memory: 0.8, size: 1600.0 },
        }
    }

    /// The factor on referrals by month, from standard normals, in place.
    pub fn factors<const L: usize>(&self, normals: &mut [Lane<L>]) {
        let fresh = (1.0 - self.memory * self.memory).sqrt();
        let mut carried: Option<Lane<L>> = None;
        for z in normals {
            let d: Lane<L> = match &carried {
                None => *z,
                Some(before) => self.memory * *before + fresh * *z,
            };
            *z = d.map(|d| (self.sd * d).exp());
            carried = Some(d);
        }
    }

    /// The logarithm of the probability of `count` at `mean`, but for what does not depend on
    /// the mean.
    pub fn log_probability(&self, mean: f64, count: f64) -> f64 {
        let mean = mean.max(0.5);
        let total = self.size + mean;
        self.size * (self.size / total).ln() + count * (mean / total).ln()
    }

    /// A count with `mean`.
    pub fn count(&self, mean: f64, generator: &mut impl Rng) -> f64 {
        let mean = mean.max(0.5);
        let Ok(gamma) = Gamma::new(self.size, mean / self.size) else { return mean };
        let rate: f64 = gamma.sample(generator);
        Poisson::new(rate.max(1e-9)).map_or(rate, |poisson| poisson.sample(generator))
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{Discrete as _, NegativeBinomial};

    use super::*;
    use crate::draw::Stream;

    #[test]
    fn the_likelihood_is_greatest_where_the_mean_is_the_count() {
        let own = Discrepancy::of(Extent::Local);
        let at = |mean| own.log_probability(mean, 800.0);
        assert!(at(800.0) > at(790.0) && at(800.0) > at(810.0));
        // As the probability itself, from another implementation.
        let other =
            |mean: f64| NegativeBinomial::new(400.0, 400.0 / (400.0 + mean)).unwrap().ln_pmf(800);
        assert!(((at(700.0) - at(800.0)) - (other(700.0) - other(800.0))).abs() < 1e-6);
    }

    #[test]
    fn counts_have_their_mean_and_variance_and_discrepancies_their_memory() {
        let own = Discrepancy::of(Extent::Local);
        let mut generator = Stream::new(1, "counts").generator(0);
        let counts: Vec<f64> = (0..20_000).map(|_| own.count(500.0, &mut generator)).collect();
        let mean = counts.iter().sum::<f64>() / 20_000.0;
        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 500.0).abs() < 1.0, "{mean}");
        assert!((variance / (500.0 + 500.0 * 500.0 / 400.0) - 1.0).abs() < 0.05, "{variance}");
        let mut factors = vec![Lane::<1000>::ZERO; 4];
        for (t, z) in factors.iter_mut().enumerate() {
            Stream::new(1, &format!("{t}")).normals(0, z);
        }
        own.factors(&mut factors);
        let log = |t: usize| factors[t].iter().map(|f| f.ln() / own.sd);
        let correlation = log(2).zip(log(3)).map(|(a, b)| a * b).sum::<f64>() / 1000.0;
        assert!((correlation - own.memory).abs() < 0.1, "{correlation}");
    }
}
