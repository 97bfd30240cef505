//! Scores of forecasts against what came; all are better when smaller, coverage when nearer its
//! probability.
//!
//! * Interval score of the central interval `l..u` with probability `1 - a`:
//!   `(u - l) + 2/a x max(0, l - y) + 2/a x max(0, y - u)` (Gneiting and Raftery 2007, *Strictly
//!   proper scoring rules, prediction, and estimation*, Journal of the American Statistical
//!   Association 102).
//! * Weighted interval score: with the median `m` and `K` intervals,
//!   `(1/2 x |y - m| + sum of a/2 x interval score) / (K + 1/2)`; its three parts are the widths
//!   (dispersion), and the penalties for `y` below (overprediction) and above (underprediction)
//!   (Bracher, Ray, Gneiting and Reich 2021, *Evaluating epidemic forecasts in an interval
//!   format*, PLOS Computational Biology 17).
//! * Pinball loss of quantile `q` at probability `p`: `(y - q) x p` above it, `(q - y) x (1 - p)`
//!   below; twice its mean over the quantiles is the weighted interval score.
//! * MASE: the mean absolute error over that of the seasonal naive forecast within the history,
//!   [`naive_error`]
//!   (Hyndman and Koehler 2006, *Another look at measures of forecast accuracy*, International
//!   Journal of Forecasting 22).

use thiserror::Error;

/// How near two probabilities are the same.
const NEAR: f64 = 1e-9;

/// A forecast as quantiles.
#[derive(Clone, PartialEq, Debug)]
pub struct Quantiles {
    levels: Vec<f64>,
    values: Vec<f64>,
}

/// Why quantiles can't be scored.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum QuantileError {
    /// Levels and values differ in number.
    #[error("{levels} levels and {values} values")]
    Uneven {
        /// How many levels.
        levels: usize,
        /// How many values.
        values: usize,
    },
    /// A level is not strictly between 0 and 1, or they do not rise.
    #[error("levels must rise strictly between 0 and 1; {0} does not")]
    Level(f64),
    /// A level has no mirror at one minus it, or the median is missing.
    #[error("levels must be central intervals around a median; {0} has no mirror")]
    Mirror(f64),
    /// A value is no number or less than the one before.
    #[error("quantiles must not fall; {0} does")]
    Value(f64),
}

/// The weighted interval score, in the unit of what is scored, and its parts, which add up to it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct WeightedInterval {
    /// The score.
    pub score: f64,
    /// From the widths of the intervals.
    pub dispersion: f64,
    /// From the truth lying below the forecast.
    pub overprediction: f64,
    /// From the truth lying above the forecast.
    pub underprediction: f64,
}

impl Quantiles {
    /// The `values` at `levels`: rising, mirrored around the median, which is one of them.
    ///
    /// # Errors
    /// If they are not.
    pub fn new(levels: &[f64], values: &[f64]) -> Result<Self, QuantileError> {
        if levels.len() != values.len() || levels.is_empty() {
            return Err(QuantileError::Uneven { levels: levels.len(), values: values.len() });
        }
        let mut before = 0.0;
        for &level in levels {
            if !(level > before && level < 1.0) {
                return Err(QuantileError::Level(level));
            }
            before = level;
        }
        for (&low, &high) in levels.iter().zip(levels.iter().rev()) {
            if (low + high - 1.0).abs() > NEAR {
                return Err(QuantileError::Mirror(low));
            }
        }
        if levels.len().is_multiple_of(2) {
            return Err(QuantileError::Mirror(0.5));
        }
        let mut before = f64::NEG_INFINITY;
        for &value in values {
            if !(value >= before && value.is_finite()) {
                return Err(QuantileError::Value(value));
            }
            before = value;
        }
        Ok(Self { levels: levels.to_vec(), values: values.to_vec() })
    }

    /// The levels with their values, rising.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.levels.iter().copied().zip(self.values.iter().copied())
    }

    /// The value at `level`, if it is one of the levels.
    pub fn at(&self, level: f64) -> Option<f64> {
        self.pairs().find(|(own, _)| (own - level).abs() < NEAR).map(|(_, value)| value)
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.values[self.values.len() / 2]
    }

    /// The central intervals, widest first: what lies outside (`a`), the ends.
    fn intervals(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let ends = self.values.iter().zip(self.values.iter().rev());
        let half = self.levels.len() / 2;
        self.levels.iter().zip(ends).take(half).map(|(&p, (&low, &high))| (2.0 * p, low, high))
    }

    /// The weighted interval score against `y`.
    pub fn weighted_interval(&self, y: f64) -> WeightedInterval {
        let mut parts = WeightedInterval {
            score: 0.0,
            dispersion: 0.0,
            overprediction: 0.5 * (self.median() - y).max(0.0),
            underprediction: 0.5 * (y - self.median()).max(0.0),
        };
        let mut count = 0.5;
        for (a, low, high) in self.intervals() {
            parts.dispersion += 0.5 * a * (high - low);
            parts.overprediction += (low - y).max(0.0);
            parts.underprediction += (y - high).max(0.0);
            count += 1.0;
        }
        let [dispersion, overprediction, underprediction] =
            [parts.dispersion, parts.overprediction, parts.underprediction].map(|p| p / count);
        let score = dispersion + overprediction + underprediction;
        WeightedInterval { score, dispersion, overprediction, underprediction }
    }

    /// Whether `y` lies in the central interval of `probability` (0.5, 0.8, …); `None` where its
    /// ends are not among the levels.
    pub fn covers(&self, probability: f64, y: f64) -> Option<bool> {
        self.intervals()
            .find(|(a, _, _)| (1.0 - a - probability).abs() < NEAR)
            .map(|(_, low, high)| (low..=high).contains(&y))
    }
}

/// The mean of what was forecast less what came, pairs of (forecast, truth): positive where too
/// much was forecast. `None` without pairs.
pub fn bias(pairs: &[(f64, f64)]) -> Option<f64> {
    mean(pairs.iter().map(|(forecast, y)| forecast - y))
}

/// The mean absolute percentage error, per cent; pairs whose truth is 0 have none and are left
/// out.
pub fn mape(pairs: &[(f64, f64)]) -> Option<f64> {
    let shares = pairs.iter().filter(|(_, y)| *y != 0.0).map(|(f, y)| ((f - y) / y).abs());
    mean(shares).map(|share| 100.0 * share)
}

/// The mean absolute difference of `history` from its own value `season` months before; `None`
/// where that is 0 or unknown.
pub fn naive_error(history: &[Option<f64>], season: usize) -> Option<f64> {
    let differences = history
        .iter()
        .zip(history.iter().skip(season))
        .filter_map(|(before, now)| Some(((*now)? - (*before)?).abs()));
    mean(differences).filter(|&error| error > 0.0)
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    (n > 0.0).then(|| sum / n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The interval score of `low..high`, the central interval of `probability`.
    fn interval(low: f64, high: f64, probability: f64, y: f64) -> f64 {
        let a = 1.0 - probability;
        (high - low) + 2.0 / a * ((low - y).max(0.0) + (y - high).max(0.0))
    }

    /// The pinball loss of `quantile` at `probability`.
    fn pinball(quantile: f64, probability: f64, y: f64) -> f64 {
        if y >= quantile {
            (y - quantile) * probability
        } else {
            (quantile - y) * (1.0 - probability)
        }
    }

    fn quantiles() -> Quantiles {
        Quantiles::new(&[0.1, 0.25, 0.5, 0.75, 0.9], &[70.0, 85.0, 100.0, 120.0, 150.0]).unwrap()
    }

    #[test]
    fn the_weighted_interval_score_of_a_worked_example() {
        // Truth 160. 80% interval 70..150: width 80, above by 10: 0.1 x 80 + 10 = 18.
        // 50% interval 85..120: width 35, above by 40: 0.25 x 35 + 40 = 48.75.
        // Median: half of 60 = 30. Sum 96.75 over 2.5 = 38.7.
        let wis = quantiles().weighted_interval(160.0);
        assert!((wis.score - 38.7).abs() < 1e-12, "{wis:?}");
        assert!((wis.dispersion - 16.75 / 2.5).abs() < 1e-12);
        assert!((wis.underprediction - 80.0 / 2.5).abs() < 1e-12);
        assert_eq!(wis.overprediction, 0.0);
        // The same from its definition in interval scores.
        let score = 0.5 * 60.0
            + 0.1 * interval(70.0, 150.0, 0.8, 160.0)
            + 0.25 * interval(85.0, 120.0, 0.5, 160.0);
        assert!((wis.score - score / 2.5).abs() < 1e-9);
    }

    #[test]
    fn coverage_counts_the_ends_in() {
        let q = quantiles();
        assert_eq!(q.covers(0.8, 150.0), Some(true));
        assert_eq!(q.covers(0.5, 150.0), Some(false));
        assert_eq!(q.covers(0.95, 150.0), None);
    }

    #[test]
    fn seasonal_naive_errs_by_the_growth_of_a_year() {
        let history: Vec<_> =
            (0..36).map(|t| (t != 5).then_some(f64::from(t / 12) * 10.0)).collect();
        assert_eq!(naive_error(&history, 12), Some(10.0));
        assert_eq!(naive_error(&history[..12], 12), None);
        assert_eq!(bias(&[(40.0, 20.0), (50.0, 70.0)]), Some(0.0));
    }

    #[test]
    fn percentages_of_nothing_are_left_out() {
        let percent = mape(&[(110.0, 100.0), (3.0, 0.0), (80.0, 100.0)]).unwrap();
        assert!((percent - 15.0).abs() < 1e-9);
        assert_eq!(mape(&[(3.0, 0.0)]), None);
        assert_eq!(bias(&[]), None);
    }

    #[test]
    fn quantiles_that_cannot_be_scored_are_refused() {
        let wrong = |levels: &[f64], values: &[f64]| Quantiles::new(levels, values).unwrap_err();
        assert_eq!(wrong(&[0.5], &[]), QuantileError::Uneven { levels: 1, values: 0 });
        assert_eq!(wrong(&[0.5, 0.2], &[1.0, 2.0]), QuantileError::Level(0.2));
        assert_eq!(wrong(&[0.1, 0.5, 0.8], &[1.0, 2.0, 3.0]), QuantileError::Mirror(0.1));
        assert_eq!(wrong(&[0.1, 0.9], &[1.0, 2.0]), QuantileError::Mirror(0.5));
        assert_eq!(wrong(&[0.1, 0.5, 0.9], &[1.0, 3.0, 2.0]), QuantileError::Value(2.0));
    }

    proptest! {
        #[test]
        fn twice_the_mean_pinball_loss_is_the_weighted_interval_score(
            mut values in proptest::collection::vec(-1e3..1e3, 7),
            y in -2e3..2e3,
        ) {
            let levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
            values.sort_by(f64::total_cmp);
            let wis = Quantiles::new(&levels, &values).unwrap().weighted_interval(y);
            let loss: f64 = levels.iter().zip(&values).map(|(&p, &q)| pinball(q, p, y)).sum();
            prop_assert!((wis.score - 2.0 * loss / 7.0).abs() < 1e-8);
            let parts = wis.dispersion + wis.overprediction + wis.underprediction;
            prop_assert!((parts - wis.score).abs() < 1e-8);
        }
    }
}
