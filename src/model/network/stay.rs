//! Lengths of stay, in days.
//!
//! On the daily clock a continuous stay `X` is rounded at random to a neighbouring whole day, so
//! that its mean holds. With `G(k) = E[(k - X)+]`, the integral of the distribution function up
//! to `k`, the rounded stay has
//!
//! ```text
//! P(L = 0) = G(1),      P(L = k) = G(k + 1) - 2 G(k) + G(k - 1)
//! ```
//!
//! exactly, so whole patients draw from a table and never evaluate a density. For a lognormal
//! `G(k) = k N(a) - m N(a - s)`, `a = (ln k - mu) / s`; for a gamma of shape `r` and scale `t`
//! `G(k) = k P(r, k/t) - r t P(r + 1, k/t)` (partial expectations: Johnson, Kotz and Balakrishnan,
//! Continuous Univariate Distributions 1, 2nd edition, chapters 14 and 17).

use rand::Rng;
use rand_distr::{Distribution as _, Exp1, Gamma, StandardNormal};

use super::Choice;

/// The distribution of a length of stay.
#[derive(Clone, PartialEq, Debug)]
pub enum Stay {
    /// The logarithm is normal.
    Lognormal {
        /// Mean of the logarithm.
        meanlog: f64,
        /// Standard deviation of the logarithm, above 0.
        sdlog: f64,
    },
    /// Gamma.
    Gamma {
        /// Shape, above 0.
        shape: f64,
        /// Scale in days, above 0.
        scale: f64,
    },
    /// Exponential with this mean.
    Exponential(f64),
    /// Always the same.
    Constant(f64),
    /// Whole days and their weights.
    Table(Vec<(u32, f64)>),
}

impl Stay {
    /// The lognormal with this mean and standard deviation, both above 0.
    pub fn lognormal(mean: f64, sd: f64) -> Self {
        let variance = (1.0 + (sd / mean).powi(2)).ln();
        Self::Lognormal { meanlog: mean.ln() - variance / 2.0, sdlog: variance.sqrt() }
    }

    /// The gamma with this mean and standard deviation, both above 0.
    pub fn gamma(mean: f64, sd: f64) -> Self {
        Self::Gamma { shape: (mean / sd).powi(2), scale: sd * sd / mean }
    }

    /// The mean in days.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Lognormal { meanlog, sdlog } => (meanlog + sdlog * sdlog / 2.0).exp(),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Exponential(mean) | Self::Constant(mean) => *mean,
            Self::Table(rows) => moment(rows, 1),
        }
    }

    /// The standard deviation divided by the mean.
    pub fn variation(&self) -> f64 {
        match self {
            Self::Lognormal { sdlog, .. } => ((sdlog * sdlog).exp() - 1.0).sqrt(),
            Self::Gamma { shape, .. } => 1.0 / shape.sqrt(),
            Self::Exponential(_) => 1.0,
            Self::Constant(_) => 0.0,
            Self::Table(rows) => {
                let mean = moment(rows, 1);
                (moment(rows, 2) - mean * mean).max(0.0).sqrt() / mean
            }
        }
    }

    /// The same shape, `factor` times as long.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        match self {
            Self::Lognormal { meanlog, sdlog } => {
                Self::Lognormal { meanlog: meanlog + factor.ln(), sdlog: *sdlog }
            }
            Self::Gamma { shape, scale } => Self::Gamma { shape: *shape, scale: scale * factor },
            Self::Exponential(mean) => Self::Exponential(mean * factor),
            Self::Constant(mean) => Self::Constant(mean * factor),
            Self::Table(rows) => Self::Table(scale_table(rows, factor)),
        }
    }

    /// The table of whole days drawn from on the daily clock. Stays that end after `horizon`
    /// days share the value `horizon + 1`.
    pub fn whole_days(&self, horizon: u32) -> Choice {
        if let Self::Table(rows) = self {
            return Choice::new(rows.iter().map(|&(days, w)| (days.min(horizon + 1), w)));
        }
        let shortfall: Vec<f64> = (0..=horizon + 1).map(|k| self.shortfall(f64::from(k))).collect();
        let mut weights = vec![(0, shortfall[1])];
        for k in 1..=horizon as usize {
            let weight = shortfall[k + 1] - 2.0 * shortfall[k] + shortfall[k - 1];
            // Differences of numbers near the horizon carry their rounding errors.
            weights.push((k as u32, if weight > 1e-12 { weight } else { 0.0 }));
        }
        let within: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let beyond = 1.0 - within;
        weights.push((horizon + 1, if beyond > 1e-9 { beyond } else { 0.0 }));
        Choice::new(weights)
    }

    /// `E[(k - X)+]`.
    fn shortfall(&self, k: f64) -> f64 {
        if k <= 0.0 {
            return 0.0;
        }
        match self {
            Self::Lognormal { meanlog, sdlog } => {
                let a = (k.ln() - meanlog) / sdlog;
                k * normal_cdf(a) - self.mean() * normal_cdf(a - sdlog)
            }
            Self::Gamma { shape, scale } => {
                let x = k / scale;
                k * gamma_cdf(*shape, x) - shape * scale * gamma_cdf(shape + 1.0, x)
            }
            Self::Exponential(mean) => k + mean * (-k / mean).exp_m1(),
            Self::Constant(mean) => (k - mean).max(0.0),
            Self::Table(rows) => {
                let total: f64 = rows.iter().map(|(_, w)| w).sum();
                rows.iter().map(|&(d, w)| (k - f64::from(d)).max(0.0) * w / total).sum()
            }
        }
    }

    /// A sampler in continuous time.
    pub(super) fn sampler(&self) -> StaySampler {
        match self {
            Self::Lognormal { meanlog, sdlog } => {
                StaySampler::Lognormal { meanlog: *meanlog, sdlog: *sdlog }
            }
            Self::Gamma { shape, scale } => Gamma::new(*shape, *scale)
                .map_or_else(|_| StaySampler::Constant(self.mean()), StaySampler::Gamma),
            Self::Exponential(mean) => StaySampler::Exponential(*mean),
            Self::Constant(mean) => StaySampler::Constant(*mean),
            Self::Table(rows) => StaySampler::Table(Choice::new(rows.iter().copied())),
        }
    }
}

/// Draws stays in continuous time.
#[derive(Clone, Debug)]
pub(super) enum StaySampler {
    Lognormal { meanlog: f64, sdlog: f64 },
    Gamma(Gamma<f64>),
    Exponential(f64),
    Constant(f64),
    Table(Choice),
}

impl StaySampler {
    #[inline]
    pub(super) fn sample(&self, generator: &mut impl Rng) -> f64 {
        match self {
            Self::Exponential(mean) => {
                let unit: f64 = Exp1.sample(generator);
                mean * unit
            }
            Self::Lognormal { meanlog, sdlog } => {
                let z: f64 = StandardNormal.sample(generator);
                (meanlog + sdlog * z).exp()
            }
            Self::Gamma(gamma) => gamma.sample(generator),
            Self::Constant(mean) => *mean,
            Self::Table(choice) => f64::from(choice.sample(generator)),
        }
    }
}

fn moment(rows: &[(u32, f64)], power: i32) -> f64 {
    let total: f64 = rows.iter().map(|(_, weight)| weight).sum();
    rows.iter().map(|&(days, weight)| f64::from(days).powi(power) * weight).sum::<f64>() / total
}

/// Days multiplied by `factor`, each split between its two whole neighbours so that the mean
/// holds.
fn scale_table(rows: &[(u32, f64)], factor: f64) -> Vec<(u32, f64)> {
    let mut scaled = Vec::with_capacity(2 * rows.len());
    for &(days, weight) in rows {
        let exact = f64::from(days) * factor;
        let part = exact - exact.floor();
        scaled.push((exact as u32, weight * (1.0 - part)));
        scaled.push(((exact as u32).saturating_add(1), weight * part));
    }
    scaled.retain(|(_, weight)| *weight > 0.0);
    scaled
}

/// The standard normal distribution function.
fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The regularised lower incomplete gamma function `P(a, x)`: its series for `x < a + 1`, else
/// Lentz's continued fraction of the complement (Abramowitz and Stegun 6.5.29 and 6.5.31).
fn gamma_cdf(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() - x - libm::lgamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..10_000 {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        return front * sum;
    }
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for i in 1..10_000 {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = 1.0 / (numerator * d + b).abs().max(TINY).copysign(numerator * d + b);
        c = b + numerator / c;
        if c.abs() < TINY {
            c = TINY;
        }
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 - front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stream;
    use statrs::distribution::ContinuousCDF as _;

    fn stays() -> Vec<Stay> {
        vec![
            Stay::lognormal(60.0, 24.0),
            Stay::gamma(13.0, 14.0),
            Stay::gamma(30.0, 6.0),
            Stay::Exponential(5.0),
            Stay::Constant(2.3),
            Stay::Table(vec![(1, 0.2), (2, 0.5), (3, 0.3)]),
        ]
    }

    #[test]
    fn whole_days_keep_the_mean_of_the_stay() {
        for stay in stays() {
            let table = stay.whole_days(5000);
            let mut generator = Stream::new(3, "stay").generator(0);
            let draws = 200_000;
            let days: Vec<f64> =
                (0..draws).map(|_| f64::from(table.sample(&mut generator))).collect();
            let mean = days.iter().sum::<f64>() / f64::from(draws);
            let spread = stay.variation() * stay.mean() + 0.5;
            let error = spread / f64::from(draws).sqrt();
            assert!((mean - stay.mean()).abs() < 4.0 * error, "{stay:?}: {mean}");
        }
    }

    #[test]
    fn continuous_draws_have_the_same_mean_and_spread() {
        for stay in stays() {
            let sampler = stay.sampler();
            let mut generator = Stream::new(4, "stay").generator(0);
            let draws = 200_000;
            let days: Vec<f64> = (0..draws).map(|_| sampler.sample(&mut generator)).collect();
            let mean = days.iter().sum::<f64>() / f64::from(draws);
            let error = stay.variation() * stay.mean() / f64::from(draws).sqrt() + 1e-9;
            assert!((mean - stay.mean()).abs() < 4.0 * error, "{stay:?}: {mean}");
        }
    }

    #[test]
    fn the_incomplete_gamma_agrees_with_statrs() {
        for shape in [0.3, 1.0, 2.5, 25.0, 400.0] {
            let reference = statrs::distribution::Gamma::new(shape, 1.0).unwrap();
            for x in [0.01, 0.5, 1.0, 3.0, 20.0, 30.0, 390.0, 500.0] {
                assert!((gamma_cdf(shape, x) - reference.cdf(x)).abs() < 1e-11, "{shape} {x}");
            }
        }
    }

    #[test]
    fn mean_and_spread_give_the_parameters_back() {
        let Stay::Lognormal { meanlog, sdlog } = Stay::lognormal(60.0, 23.9256) else { panic!() };
        assert!((meanlog - 4.0205).abs() < 1e-3 && (sdlog - 0.38441).abs() < 1e-3);
        assert!((Stay::gamma(10.0, 5.0).variation() - 0.5).abs() < 1e-12);
        for stay in stays() {
            let longer = stay.scaled(1.02);
            assert!((longer.mean() / stay.mean() - 1.02).abs() < 1e-9, "{stay:?}");
        }
    }
}
