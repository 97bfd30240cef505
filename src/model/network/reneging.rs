//! Giving up: the risk that a patient who has waited `x` days leaves the queue on a day.
//!
//! The four-parameter logistic of Murch et al. (2021) is a daily hazard,
//!
//! ```text
//! h(x) = end + (start - end) / (1 + (x / midpoint)^slope)
//! ```
//!
//! not a distribution of patience: the chance to be still waiting after day `k` is the product
//! of `1 - h(j)` over the days `j` up to it. In continuous time the hazard of day `j` acts at the
//! rate `-ln(1 - h(j))` throughout that day, so that both clocks lose the same share a day.

use rand::{Rng, RngExt as _};
use rand_distr::{Binomial, Distribution as _, Exp1};

/// The risk of giving up, by days waited.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reneging {
    /// The same risk a day, between 0 and 1, however long the wait.
    Constant {
        /// Share of those waiting who leave in a day.
        daily_risk: f64,
    },
    /// A risk a day that goes from `start` to `end` as the wait grows.
    Logistic {
        /// Daily risk at the beginning of the wait.
        start: f64,
        /// Steepness.
        slope: f64,
        /// Days waited at which the risk is half-way.
        midpoint: f64,
        /// Daily risk in the end.
        end: f64,
    },
}

impl Reneging {
    /// The risk of leaving on the day after `days` days of waiting.
    pub fn risk(&self, days: f64) -> f64 {
        let risk = match *self {
            Self::Constant { daily_risk } => daily_risk,
            Self::Logistic { start, slope, midpoint, end } => {
                end + (start - end) / (1.0 + (days / midpoint).powf(slope))
            }
        };
        if risk.is_nan() { 0.0 } else { risk.clamp(0.0, 1.0) }
    }

    /// The risk in continuous time, a day.
    pub fn rate(&self, days: f64) -> f64 {
        // A risk of 1 would be an infinite rate.
        -(-self.risk(days).min(1.0 - 1e-12)).ln_1p()
    }
}

/// The risk at one length of wait, ready to thin a cohort.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    probability: f64,
    /// Of the rarer of leaving and staying: the odds, and the logarithm of its complement.
    odds: f64,
    log_other: f64,
}

impl Risk {
    /// The risks after 0, 1, 2, … `days` days.
    pub(super) fn table(reneging: &Reneging, days: u32) -> Vec<Self> {
        (0..=days).map(|day| Self::new(reneging.risk(f64::from(day)))).collect()
    }

    fn new(probability: f64) -> Self {
        let rarer = probability.min(1.0 - probability);
        Self { probability, odds: rarer / (1.0 - rarer), log_other: (-rarer).ln_1p() }
    }

    /// How many of `n` patients leave: one binomial draw, exactly as if each were asked.
    #[inline]
    pub(super) fn thin(&self, n: u32, generator: &mut impl Rng) -> u32 {
        if self.probability <= 0.0 || n == 0 {
            return 0;
        }
        let u: f64 = generator.random();
        if self.probability > 0.5 {
            return n - self.rarer(n, u, generator);
        }
        // (1 - p)^n >= 1 - n p: most cohorts lose nobody, and need no power to know it.
        if u < 1.0 - f64::from(n) * self.probability {
            return 0;
        }
        self.rarer(n, u, generator)
    }

    /// By inversion from the uniform `u` (Kachitvichyanukul and Schmeiser 1988, BINV); large
    /// numbers by the rejection sampler of the same paper.
    fn rarer(&self, n: u32, u: f64, generator: &mut impl Rng) -> u32 {
        let rarer = self.probability.min(1.0 - self.probability);
        if f64::from(n) * rarer > 30.0 {
            let draw = Binomial::new(u64::from(n), rarer).map(|b| b.sample(generator));
            return draw.unwrap_or(0) as u32;
        }
        let mut mass = (f64::from(n) * self.log_other).exp();
        let mut left = u - mass;
        let mut count = 0;
        while left >= 0.0 && count < n {
            count += 1;
            mass *= self.odds * f64::from(n - count + 1) / f64::from(count);
            left -= mass;
        }
        count
    }
}

/// How long a patient would wait before giving up, in continuous time.
#[derive(Clone, Debug)]
pub(super) enum Patience {
    /// Exponential with this rate a day.
    Constant(f64),
    /// The cumulated rate at the end of each day, from day 0.
    Daily(Vec<f64>),
}

impl Patience {
    pub(super) fn new(reneging: &Reneging, days: u32) -> Self {
        if let Reneging::Constant { .. } = reneging {
            return Self::Constant(reneging.rate(0.0));
        }
        let mut total = 0.0;
        let mut cumulated = vec![0.0];
        for day in 1..=days {
            total += reneging.rate(f64::from(day));
            cumulated.push(total);
        }
        Self::Daily(cumulated)
    }

    /// Infinite for those who never give up before the horizon.
    #[inline]
    pub(super) fn sample(&self, generator: &mut impl Rng) -> f64 {
        let unit: f64 = Exp1.sample(generator);
        match self {
            Self::Constant(rate) => unit / rate,
            Self::Daily(cumulated) => {
                let day = cumulated.partition_point(|&total| total < unit);
                let Some(&after) = cumulated.get(day) else { return f64::INFINITY };
                let before = if day == 0 { 0.0 } else { cumulated[day - 1] };
                let part = if after > before { (unit - before) / (after - before) } else { 0.0 };
                (day as f64 - 1.0 + part).max(0.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stream;

    const COMMUNITY: Reneging =
        Reneging::Logistic { start: 0.0, slope: 5.0, midpoint: 60.0, end: 1.0 };

    #[test]
    fn the_logistic_hazard_implies_the_patience_that_was_computed_elsewhere() {
        // Median and mean in days, and the share above 30: from the product of 1 - h.
        for (slope, midpoint, median, mean, above_30) in [
            (5.0, 30.0, 22, 21.6, 0.0123),
            (5.0, 100.0, 59, 58.3, 0.9867),
            (1.0, 120.0, 13, 14.1, 0.0278),
            (5.0, 60.0, 39, 38.2, 0.8430),
        ] {
            let reneging = Reneging::Logistic { start: 0.0, slope, midpoint, end: 1.0 };
            let waiting: Vec<f64> = (0..400)
                .scan(1.0, |left, day| {
                    *left *= 1.0 - if day == 0 { 0.0 } else { reneging.risk(f64::from(day)) };
                    Some(*left)
                })
                .collect();
            assert_eq!(waiting.iter().position(|&left| left <= 0.5), Some(median));
            assert!((waiting.iter().sum::<f64>() - mean).abs() < 0.06);
            assert!((waiting[30] - above_30).abs() < 1e-4);
        }
    }

    #[test]
    fn thinning_a_cohort_is_binomial() {
        let mut generator = Stream::new(5, "thin").generator(0);
        let few = [1, 2].into_iter().flat_map(|n| [0.51, 0.7, 0.95].map(|p| (n, p)));
        let many = [(64, 1e-4), (64, 0.03), (40, 0.3), (40, 0.7), (3, 0.5), (5000, 0.2)];
        for (n, p) in many.into_iter().chain(few) {
            let risk = Risk::new(p);
            let draws = 100_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..draws {
                let left = f64::from(risk.thin(n, &mut generator));
                sum += left;
                squares += left * left;
            }
            let (mean, variance) = (f64::from(n) * p, f64::from(n) * p * (1.0 - p));
            let seen = sum / f64::from(draws);
            let error = (variance / f64::from(draws)).sqrt();
            assert!((seen - mean).abs() < 4.0 * error, "n {n} p {p}: {seen}");
            let spread = squares / f64::from(draws) - seen * seen;
            assert!((spread / variance - 1.0).abs() < 0.15, "n {n} p {p}: {spread}");
        }
        assert_eq!(Risk::new(1.0).thin(9, &mut generator), 9);
        assert_eq!(Risk::new(0.0).thin(9, &mut generator), 0);
    }

    #[test]
    fn both_clocks_lose_the_same_share_a_day() {
        let mut generator = Stream::new(6, "patience").generator(0);
        let constant = Reneging::Constant { daily_risk: 0.02 };
        for (reneging, days) in [(COMMUNITY, 30.0), (COMMUNITY, 39.0), (constant, 35.0)] {
            let expected: f64 =
                (1..=days as u32).map(|day| 1.0 - reneging.risk(f64::from(day))).product();
            let patience = Patience::new(&reneging, 400);
            let draws = 100_000;
            let above =
                (0..draws).filter(|_| patience.sample(&mut generator) > days).count() as f64;
            assert!((above / f64::from(draws) - expected).abs() < 0.008, "{reneging:?}: {above}");
        }
    }
}
