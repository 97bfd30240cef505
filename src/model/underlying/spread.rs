//! How far a forecast may err: the spread by horizon, and the memory between months.
//!
//! The error of month `h` (0 is the first) is `sd(h) x u(h)`, where `u` is a standard normal
//! made of the months' own independent normals `z`:
//!
//! ```text
//! u(h)      = (carried(h) + z(h)) / sqrt(1 + variance of carried(h))
//! carried(0) = 0,   carried(h+1) = keep x carried(h) + carry x z(h)
//! ```
//!
//! This is the error of exponential smoothing (`carry` its alpha, `keep` 1: what was wrong about
//! the level stays wrong) divided by its own spread, so that the spread is free and exact at every
//! horizon; with `carry = keep` it is a first-order autoregression. On the log scale demand is
//! `central x exp(error)`, on the linear scale `central + error`, never below 0.

use crate::draw::Scale;
use crate::lane::Lane;

/// How much of one month's error the next months carry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Memory {
    /// The share of a month's own error that becomes an error of the level.
    pub carry: f64,
    /// The share of the level's error that is still there a month later.
    pub keep: f64,
}

impl Memory {
    fn next_variance(self, carried: f64) -> f64 {
        self.keep * self.keep * carried + self.carry * self.carry
    }
}

/// The error of a forecast.
#[derive(Clone, PartialEq, Debug)]
pub struct Spread {
    /// The scale it lies on: [`Scale::Log`] or [`Scale::Linear`].
    pub scale: Scale,
    /// The standard deviation of each month, on that scale.
    pub sd: Vec<f64>,
    /// How months are tied together.
    pub memory: Memory,
}

impl Spread {
    /// The demand of month `h` whose forecast is `central`, at `u` standard deviations.
    pub fn at(&self, h: usize, central: f64, u: f64) -> f64 {
        match self.scale {
            Scale::Log => central * (self.sd[h] * u).exp(),
            Scale::Linear | Scale::Logit => (central + self.sd[h] * u).max(0.0),
        }
    }

    /// Turns independent standard normals, a block of draws per month, into demand around
    /// `central`, in place. Months beyond the shortest of the three are left as they are.
    pub fn draw<const L: usize>(&self, central: &[f64], normals: &mut [Lane<L>]) {
        let mut carried = Lane::<L>::ZERO;
        let mut variance = 0.0_f64;
        for (h, (z, &central)) in normals.iter_mut().zip(central).enumerate().take(self.sd.len()) {
            let unit = (1.0 + variance).sqrt().recip();
            for (z, carried) in z.iter_mut().zip(carried.iter_mut()) {
                let u = (*carried + *z) * unit;
                *carried = self.memory.keep * *carried + self.memory.carry * *z;
                *z = self.at(h, central, u);
            }
            variance = self.memory.next_variance(variance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stream;

    impl Memory {
        /// Months err independently.
        const NONE: Self = Self { carry: 0.0, keep: 0.0 };

        /// The correlation of the errors of months `h` and `h + lag`.
        fn correlation(self, h: usize, lag: usize) -> f64 {
            if lag == 0 {
                return 1.0;
            }
            let variance = |h: usize| (0..h).fold(0.0, |v, _| self.next_variance(v));
            // The later month holds the earlier one's carried error and its own, faded alike.
            let shared = self.keep * variance(h) + self.carry;
            shared * self.keep.powi(lag as i32 - 1)
                / ((1.0 + variance(h)) * (1.0 + variance(h + lag))).sqrt()
        }
    }

    const MONTHS: usize = 14;

    fn drawn(spread: &Spread, central: f64) -> Vec<Vec<f64>> {
        let mut draws = vec![Vec::new(); MONTHS];
        for block in 0..400 {
            let mut z = [Lane::<50>::ZERO; MONTHS];
            for (h, z) in z.iter_mut().enumerate() {
                Stream::new(7, &format!("month {h}")).normals(block, z);
            }
            spread.draw(&[central; MONTHS], &mut z);
            for (all, z) in draws.iter_mut().zip(&z) {
                all.extend(z);
            }
        }
        draws
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let sum = |f: &dyn Fn(usize) -> f64| (0..a.len()).map(f).sum::<f64>();
        sum(&|i| (a[i] - ma) * (b[i] - mb))
            / (sum(&|i| (a[i] - ma).powi(2)) * sum(&|i| (b[i] - mb).powi(2))).sqrt()
    }

    #[test]
    fn drawn_errors_have_the_spread_and_the_memory_they_were_given() {
        let sd: Vec<f64> = (0..MONTHS).map(|h| 0.05 + 0.01 * h as f64).collect();
        for memory in
            [Memory { carry: 0.4, keep: 1.0 }, Memory { carry: 0.7, keep: 0.7 }, Memory::NONE]
        {
            let spread = Spread { scale: Scale::Log, sd: sd.clone(), memory };
            let errors: Vec<Vec<f64>> = drawn(&spread, 100.0)
                .into_iter()
                .map(|month| month.into_iter().map(|y| (y / 100.0).ln()).collect())
                .collect();
            for h in [0, 1, 6, 13] {
                let variance =
                    errors[h].iter().map(|e| e * e).sum::<f64>() / errors[h].len() as f64;
                assert!((variance.sqrt() / sd[h] - 1.0).abs() < 0.02, "{memory:?} month {h}");
            }
            for (h, lag) in [(0, 1), (0, 6), (5, 1), (5, 8)] {
                let seen = correlation(&errors[h], &errors[h + lag]);
                let told = memory.correlation(h, lag);
                assert!((seen - told).abs() < 0.025, "{memory:?} {h}+{lag}: {seen} {told}");
            }
        }
        let ar = Memory { carry: 0.7, keep: 0.7 };
        assert!((ar.correlation(60, 3) - 0.7_f64.powi(3)).abs() < 1e-6);
    }

    #[test]
    fn demand_is_never_negative() {
        let spread = Spread { scale: Scale::Linear, sd: vec![5.0; MONTHS], memory: Memory::NONE };
        assert!(drawn(&spread, 1.0).iter().flatten().all(|&y| y >= 0.0));
    }
}
