//! Individual waits around the wait of the list, in two classes, and the share of them within an
//! access standard.
//!
//! Of those who start, the share `u` is urgent and the others are routine. Each class has waits
//! with a log-normal spread, and both lengthen and shorten together: with `m` the median of all,
//!
//! ```text
//! share within x = u F_u(x / m) + (1 - u) F_r(x / m),   F(x) = Phi((ln x - ln median) / sigma)
//! ```
//!
//! where the classes' medians are relative to that of all. `u = 0` is one class. The spread
//! follows from what is published at two limits: raising every wait to the power `k` keeps the
//! form (medians become `median^k`, spreads `k sigma`), so two published points fix `m` and `k`.
//!
//! Those still waiting are others than those seen: a wait of length `x` is on the list as long as
//! it lasts, so what they have waited so far has the density `(1 - F(x)) / mean` ([`Spread::so_far`]).

use super::WEEKS;

/// A share of people to be seen within so many weeks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Limit {
    /// Weeks.
    pub weeks: f64,
    /// The share, 0 to 1.
    pub share: f64,
}

/// How individuals spread around the median wait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    classes: [Class; 2],
    /// The 90th percentile over the median.
    percentile_90: f64,
    /// The mean over the median.
    mean: f64,
}

/// One class of those who start: its share, the logarithm of its median relative to that of all,
/// and its spread.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Class {
    share: f64,
    log_median: f64,
    sigma: f64,
}

impl Class {
    fn within(&self, log: f64) -> f64 {
        if self.share > 0.0 {
            self.share * normal((log - self.log_median) / self.sigma)
        } else {
            0.0
        }
    }
}

/// Whose waits a share is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Everyone who starts.
    All,
    /// The urgent alone.
    Urgent,
    /// The others alone.
    Routine,
}

/// What makes two classes of one service.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Classes {
    /// The share of those who start that is urgent.
    pub urgent: f64,
    /// The median wait of the urgent over that of the routine.
    pub ratio: f64,
    /// The spread of the logarithm of urgent waits.
    pub urgent_sigma: f64,
    /// That of routine ones.
    pub sigma: f64,
}

impl Spread {
    /// One class.
    pub fn one(sigma: f64) -> Self {
        let classes = Classes { urgent: 0.0, ratio: 1.0, urgent_sigma: sigma, sigma };
        Self::new(&classes)
    }

    /// Two classes.
    pub fn new(of: &Classes) -> Self {
        let urgent = of.urgent.clamp(0.0, 1.0);
        let class =
            |share, log_median, sigma: f64| Class { share, log_median, sigma: sigma.max(1e-6) };
        let classes = [
            class(urgent, of.ratio.max(1e-9).ln(), of.urgent_sigma),
            class(1.0 - urgent, 0.0, of.sigma),
        ];
        Self { classes, percentile_90: 1.0, mean: 1.0 }.around_its_median()
    }

    /// The same with every wait to the power `k`.
    #[must_use]
    pub fn stretched(&self, k: f64) -> Self {
        let classes = self.classes.map(|class| Class {
            log_median: k * class.log_median,
            sigma: (k * class.sigma).max(1e-6),
            ..class
        });
        Self { classes, ..*self }.around_its_median()
    }

    /// Medians relative to that of all, and what follows from them.
    fn around_its_median(mut self) -> Self {
        if self.classes.iter().all(|class| class.share > 0.0) {
            let median = self.log_quantile(0.5);
            self.classes.iter_mut().for_each(|class| class.log_median -= median);
        } else {
            self.classes.iter_mut().for_each(|class| class.log_median = 0.0);
        }
        self.percentile_90 = self.log_quantile(0.9).exp();
        let mean = |c: &Class| c.share * (c.log_median + 0.5 * c.sigma * c.sigma).exp();
        self.mean = self.classes.iter().map(mean).sum();
        self
    }

    /// The logarithm of a quantile over the median, by bisection.
    fn log_quantile(&self, share: f64) -> f64 {
        let (mut low, mut high) = (-60.0, 60.0);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            let within: f64 = self.classes.iter().map(|class| class.within(middle)).sum();
            if within < share { low = middle } else { high = middle }
        }
        f64::midpoint(low, high)
    }

    /// The share who waited at most `limit` weeks where the median is `median` weeks.
    pub fn within(&self, median: f64, limit: f64) -> f64 {
        if median <= 0.0 {
            return 1.0;
        }
        let log = (limit / median).ln();
        self.classes.iter().map(|class| class.within(log)).sum()
    }

    /// The same of one class alone; of everyone where nobody is of the class.
    pub fn within_of(&self, whose: Whose, median: f64, limit: f64) -> f64 {
        let class = match whose {
            Whose::All => None,
            Whose::Urgent => Some(&self.classes[0]),
            Whose::Routine => Some(&self.classes[1]),
        };
        match class.filter(|class| class.share > 0.0 && median > 0.0) {
            Some(class) => class.within((limit / median).ln()) / class.share,
            None => self.within(median, limit),
        }
    }

    /// The 90th percentile of individual waits.
    pub fn percentile_90(&self, median: f64) -> f64 {
        median * self.percentile_90
    }

    /// The mean of individual waits.
    pub fn mean(&self, median: f64) -> f64 {
        median * self.mean
    }

    /// The median at which just `limit.share` are seen within `limit.weeks`; `None` where the share
    /// is not strictly between 0 and 1.
    pub fn wait_that_meets(&self, limit: Limit) -> Option<f64> {
        let is_share = limit.share > 0.0 && limit.share < 1.0;
        is_share.then(|| limit.weeks * (-self.log_quantile(limit.share)).exp())
    }

    /// The median, in weeks, and the stretch that fit published points (weeks, share within):
    /// through two, nearest to more; one fixes the median alone. `None` without a point.
    pub fn through(&self, points: &[Limit]) -> Option<(f64, Self)> {
        /// Points nearer than this say nothing of the stretch.
        const APART: f64 = 0.2;
        let is_point = |p: &&Limit| p.share > 0.0 && p.share < 1.0 && p.weeks > 0.0;
        let points: Vec<(f64, f64)> = points
            .iter()
            .filter(is_point)
            .map(|p| (self.log_quantile(p.share), p.weeks.ln()))
            .collect();
        let count = points.len() as f64;
        if points.is_empty() {
            return None;
        }
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|p| p.0), mean(|p| p.1));
        let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
        let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread;
        let k = if spread.sqrt() > APART { slope.clamp(0.3, 3.0) } else { 1.0 };
        Some(((y - k * x).exp(), self.stretched(k)))
    }

    /// The median of what those still waiting have waited so far, over the median of those seen.
    ///
    /// ```text
    /// share so far below a = sum over classes of  share [a (1 - F(a)) + mean F(a; ln median + sigma^2)] / mean of all
    /// ```
    pub fn so_far(&self) -> f64 {
        let below = |a: f64| -> f64 {
            let of = |c: &Class| {
                let mean = (c.log_median + 0.5 * c.sigma * c.sigma).exp();
                let z = (a.ln() - c.log_median) / c.sigma;
                c.share * (a * (1.0 - normal(z)) + mean * normal(z - c.sigma))
            };
            self.classes.iter().filter(|c| c.share > 0.0).map(of).sum::<f64>() / self.mean
        };
        let (mut low, mut high) = (-30.0_f64, 30.0_f64);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if below(middle.exp()) < 0.5 { low = middle } else { high = middle }
        }
        f64::midpoint(low, high).exp()
    }

    /// The mean wait in months where the median is `median` weeks.
    pub fn mean_months(&self, median: f64) -> f64 {
        self.mean(median) / WEEKS
    }
}

/// The standard normal distribution.
fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// England's spread of individual waits (Talking Therapies, shares within 6 and 18 weeks).
    const SIGMA: f64 = 1.10;

    #[test]
    fn two_published_points_fix_the_median_and_the_spread() {
        let near = |a: f64, b: f64, by: f64| assert!((a - b).abs() < by, "{a} {b}");
        for (six, eighteen, sigma) in [(0.59, 0.982, 0.59), (0.42, 0.881, 0.795)] {
            let points = [Limit { weeks: 6.0, share: six }, Limit { weeks: 18.0, share: eighteen }];
            let (median, bury) = Spread::one(SIGMA).through(&points).unwrap();
            near(bury.classes[1].sigma, sigma, 0.003);
            near(bury.within(median, 6.0), six, 1e-9);
            near(bury.within(median, 18.0), eighteen, 1e-9);
        }
        let half = Limit { weeks: 6.0, share: 0.5 };
        near(Spread::one(SIGMA).wait_that_meets(half).unwrap(), 6.0, 1e-9);
        near(Spread::one(SIGMA).through(&[half]).unwrap().0, 6.0, 1e-9);
    }

    /// England's first psychosis in 2018 (Unify): 34% within one week, 76% within two, 90% within
    /// four: a prompt many and a slow few, which no one class holds.
    #[test]
    fn two_classes_hold_what_one_cannot() {
        let two = Spread::new(&EIP);
        let told = [(1.0, 0.344), (2.0, 0.756), (3.0, 0.845), (4.0, 0.893), (8.0, 0.966)];
        for (weeks, share) in told {
            assert!(
                (two.within(1.25, weeks) - share).abs() < 0.02,
                "{weeks}: {}",
                two.within(1.25, weeks)
            );
        }
    }

    const EIP: Classes = Classes { urgent: 0.7, ratio: 0.4, urgent_sigma: 0.45, sigma: 1.0 };

    #[test]
    fn half_wait_longer_than_the_median_and_a_tenth_longer_than_the_90th_percentile() {
        for spread in [Spread::one(1.1), Spread::new(&EIP)] {
            assert!((spread.within(4.0, 4.0) - 0.5).abs() < 1e-12);
            assert!((spread.within(4.0, spread.percentile_90(4.0)) - 0.9).abs() < 1e-9);
            assert_eq!(spread.within(0.0, 6.0), 1.0);
        }
    }

    /// Of exponential-like waits those still waiting have waited as the seen do; of waits without
    /// a spread, half as long.
    #[test]
    fn those_still_waiting_have_waited_half_of_an_even_wait() {
        assert!((Spread::one(1e-4).so_far() - 0.5).abs() < 1e-3);
        let wide = Spread::one(1.1).so_far();
        assert!(wide > 1.0, "{wide}");
    }
}
