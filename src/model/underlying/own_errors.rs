//! What a series' own past forecasts say of the spread of the next.
//!
//! How errors grow by horizon is measured on many series, and one series may be steadier than they
//! are, in the first month or in how fast its errors grow. So the forecast is made again from every
//! earlier origin `o` with 25 months before it, for up to twelve months `h`, and its errors tell
//! the series' own level and slope, each drawn towards the pool's (1 and 1):
//!
//! ```text
//! variance(h) = level x (growth(0)^2 + slope x (growth(h)^2 - growth(0)^2)),  in one_step^2
//! log level, log slope ~ normal(0, 0.5^2)
//! z(o,h)      = error(o,h) / one_step(o),   |z| at most 2 x growth(h)
//! log likelihood = -months/2 x mean over o and h of (log variance(h) + z(o,h)^2 / variance(h))
//! ```
//!
//! Level and slope are the exponentials of their posterior means. `months` is the time over which
//! the series was held against itself: its errors overlap, so they count as that many; and a bad
//! month counts no more than two standard deviations. A series with under 26 months has no past
//! forecasts: 1 and 1. (An empirical Bayes estimate of a variance, as in Smyth 2004, *Linear models
//! and empirical Bayes methods*, Statistical Applications in Genetics and Molecular Biology 3, with
//! a slope beside it.)
//!
//! The two 0.5 and the 2 were chosen by scores over seven sets of series (`docs/evidence.md`):
//! referrals, contacts, caseloads and inpatients of areas and providers.

use super::MODEL_FROM;
use super::history::History;

/// The months ahead that are held against what came.
const AHEAD: usize = 12;
/// The most standard deviations of the pool that an error counts as.
const MOST: f64 = 2.0;
/// How far series differ from the pool: the standard deviation of the logarithm of either number.
const BETWEEN: f64 = 0.5;

/// A series' own multiples of the pool's spread.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Own {
    /// Of the variance of the first month.
    level: f64,
    /// Of its growth from there.
    slope: f64,
}

impl Own {
    /// The spread of the pool as it is.
    pub(super) const POOL: Self = Self { level: 1.0, slope: 1.0 };

    /// The variance of the error of month `h` (0 is the first) over that of one step within the
    /// fit.
    pub(super) fn variance(self, growth: Growth<'_>, h: usize) -> f64 {
        let first = growth(0).powi(2);
        self.level * (first + self.slope * (growth(h).powi(2) - first))
    }

    /// What the past forecasts of `history` say: `again` makes them, from the months it is given to
    /// so many ahead.
    pub(super) fn learn(
        history: &History,
        growth: Growth<'_>,
        again: impl Fn(&History, usize) -> Option<Past>,
    ) -> Self {
        Record::of(history, growth, again).map_or(Self::POOL, |record| record.posterior(growth))
    }
}

/// How the error of the month `h` ahead grows over one step within the fit, in the pool of series.
pub(super) type Growth<'a> = &'a dyn Fn(usize) -> f64;

/// A forecast as it would have been made.
pub(super) struct Past {
    /// By month ahead.
    pub(super) central: Vec<f64>,
    /// The standard deviation of one step within its fit.
    pub(super) one_step: f64,
}

/// Errors of past forecasts in steps within the fit, by month ahead.
struct Record {
    squares: [f64; AHEAD],
    forecasts: [f64; AHEAD],
    /// The time over which they were made.
    months: f64,
}

impl Record {
    fn of(
        history: &History,
        growth: Growth<'_>,
        again: impl Fn(&History, usize) -> Option<Past>,
    ) -> Option<Self> {
        let values = history.values();
        let enough = |seen: usize| values[..seen].iter().flatten().count() >= MODEL_FROM;
        let first = (0..values.len()).find(|&origin| enough(origin))?;
        let months = (values.len() - first) as f64;
        let mut record = Self { squares: [0.0; AHEAD], forecasts: [0.0; AHEAD], months };
        for origin in first..values.len() {
            record.add(history, growth, &again, origin);
        }
        (record.forecasts.iter().sum::<f64>() > 0.0).then_some(record)
    }

    /// The forecast from one origin, held against what came.
    fn add(
        &mut self,
        history: &History,
        growth: Growth<'_>,
        again: impl Fn(&History, usize) -> Option<Past>,
        origin: usize,
    ) {
        let values = history.values();
        let later = &values[origin..values.len().min(origin + AHEAD)];
        let Ok(seen) = history.before(history.first().plus(origin as i32)) else { return };
        let Some(past) = again(&seen, later.len()) else { return };
        let log = seen.is_positive();
        for (h, observed) in later.iter().enumerate() {
            let Some(observed) = observed else { continue };
            let central = past.central[h];
            let error = if log { (observed / central).ln() } else { observed - central };
            let z = error.abs() / past.one_step;
            if !z.is_nan() {
                self.squares[h] += z.min(MOST * growth(h)).powi(2);
                self.forecasts[h] += 1.0;
            }
        }
    }

    fn log_likelihood(&self, own: Own, growth: Growth<'_>) -> f64 {
        let all: f64 = self.forecasts.iter().sum();
        let of_month = |h: usize| {
            let variance = own.variance(growth, h);
            self.forecasts[h] * variance.ln() + self.squares[h] / variance
        };
        -0.5 * self.months / all * (0..AHEAD).map(of_month).sum::<f64>()
    }

    /// The means of the logarithms, summed over a grid of quarter standard deviations to three.
    fn posterior(&self, growth: Growth<'_>) -> Own {
        let steps = || (-12..=12).map(|k| 0.25 * f64::from(k));
        let grid = || steps().flat_map(|a| steps().map(move |b| (a, b)));
        let own = |a: f64, b: f64| Own { level: (BETWEEN * a).exp(), slope: (BETWEEN * b).exp() };
        let logs: Vec<f64> = grid()
            .map(|(a, b)| self.log_likelihood(own(a, b), growth) - 0.5 * (a * a + b * b))
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut level, mut slope) = (0.0, 0.0, 0.0);
        for ((a, b), log) in grid().zip(logs) {
            let weight = (log - most).exp();
            sum += weight;
            level += weight * a;
            slope += weight * b;
        }
        own(level / sum, slope / sum)
    }
}

#[cfg(test)]
mod tests {
    use super::super::methods::Method;
    use super::*;
    use crate::month::Month;

    fn own(values: impl Fn(usize) -> f64, months: usize) -> Own {
        let values: Vec<_> = (0..months).map(|t| Some(values(t))).collect();
        let history = History::new(Month::new(2016, 4).unwrap(), &values).unwrap();
        Method::DEFAULT.fit(&history, 1).own
    }

    fn growth(h: usize) -> f64 {
        Method::DEFAULT.growth(h)
    }

    /// Steady noise, the same in every run.
    fn noise(t: usize) -> f64 {
        [3.0, -7.0, 5.0, 1.0, -4.0, 8.0, -6.0][(t * t + 3 * t) % 7]
    }

    #[test]
    fn a_steady_series_narrows_its_spread_and_a_breaking_one_widens_it() {
        let steady = own(|t| 1000.0 + noise(t), 60);
        let far = |own: Own| own.variance(&growth, 11) / Own::POOL.variance(&growth, 11);
        assert!(far(steady) < 0.8, "{steady:?}");
        let breaking = own(|t| 1000.0 + noise(t) + if t >= 40 { 300.0 } else { 0.0 }, 60);
        assert!(far(breaking) > 1.3, "{breaking:?}");
    }

    #[test]
    fn a_short_series_takes_the_spread_of_others() {
        assert_eq!(own(|t| 1000.0 + noise(t), 25), Own::POOL);
        let still = own(|_| 1000.0, 60);
        assert!(still.level.is_finite() && still.slope.is_finite(), "no error over no spread");
    }

    /// A long record overrules the pool: errors of the first month twice its variance, growing
    /// half as fast.
    #[test]
    fn level_and_slope_come_back_from_a_long_record() {
        let truth = Own { level: 2.0, slope: 0.5 };
        let squares = std::array::from_fn(|h| 100.0 * truth.variance(&growth, h));
        let record = Record { squares, forecasts: [100.0; AHEAD], months: 5_000.0 };
        let found = record.posterior(&growth);
        assert!((found.level / truth.level - 1.0).abs() < 0.1, "{found:?}");
        assert!((found.slope / truth.slope - 1.0).abs() < 0.15, "{found:?}");
        let short = Record { months: 3.0, ..record }.posterior(&growth);
        assert!(short.level > 1.0 && short.level < found.level, "{short:?}");
    }
}
