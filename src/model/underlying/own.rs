//! What a series' own past forecasts say of the spread of the next.
//!
//! The growth of errors by horizon is that of many series, and one series may be steadier. So the
//! forecast is made again from earlier origins `o`, every third month back, each with 25 months
//! before it, for up to twelve months `h`, and its errors are set against the spread of the pool:
//!
//! ```text
//! z(o,h) = error(o,h) / (one_step(o) x growth(h))
//! own^2  = (12 + months x mean of min(|z|, 2.5)^2) / (12 + months)
//! ```
//!
//! `months` is the time over which the series was held against itself: its errors overlap, so they
//! count as that many. What is known beforehand counts as a year, which of 4, 6, 9, 12, 16 and 24
//! months gave the best logarithmic score over the CCGs, by a little; a bad month counts no more than
//! two and a half standard deviations. A series with under 26 months has none of its own: 1. (A
//! variance drawn towards that of like series by degrees of freedom, as in Smyth 2004, *Linear
//! models and empirical Bayes methods*, Statistical Applications in Genetics and Molecular Biology
//! 3.)

use super::MODEL_FROM;
use super::history::History;
use super::methods::Fit;

/// The months that the pool of series counts as.
const PRIOR_MONTHS: f64 = 12.0;
/// Months between origins.
const EVERY: usize = 3;
/// The months ahead that are held against what came.
const AHEAD: usize = 12;
/// The most standard deviations that an error counts as.
const MOST: f64 = 2.5;

/// The multiple of the pool's spread for `fit`, which was fitted to the whole of `history`.
pub(super) fn scale(history: &History, fit: &Fit) -> f64 {
    let values = history.values();
    let enough = |seen: usize| values[..seen].iter().flatten().count() >= MODEL_FROM;
    let Some(first) = (0..values.len()).find(|&origin| enough(origin)) else { return 1.0 };
    let (mut sum, mut count) = (0.0, 0.0);
    for origin in (first..values.len()).rev().step_by(EVERY) {
        let later = &values[origin..values.len().min(origin + AHEAD)];
        let seen = history.before(history.first().plus(origin as i32));
        let again = seen.ok().and_then(|seen| fit.again(&seen, later.len()));
        let Some(again) = again else { continue };
        for (h, observed) in later.iter().enumerate() {
            let Some(observed) = observed else { continue };
            let central = again.central[h];
            let log = values[..origin].iter().flatten().all(|&y| y > 0.0);
            let error = if log { (observed / central).ln() } else { observed - central };
            let z = error.abs() / (again.one_step * again.method.growth(h));
            if !z.is_nan() {
                sum += z.min(MOST).powi(2);
                count += 1.0;
            }
        }
    }
    if count == 0.0 {
        return 1.0;
    }
    let months = (values.len() - first) as f64;
    ((PRIOR_MONTHS + months * sum / count) / (PRIOR_MONTHS + months)).sqrt()
}

#[cfg(test)]
mod tests {
    use crate::model::underlying::{History, Method};
    use crate::month::Month;

    fn own(values: impl Fn(usize) -> f64, months: usize) -> f64 {
        let values: Vec<_> = (0..months).map(|t| Some(values(t))).collect();
        let history = History::new(Month::new(2016, 4).unwrap(), &values).unwrap();
        Method::DEFAULT.fit(&history, 1).own
    }

    /// Steady noise, the same in every run.
    fn noise(t: usize) -> f64 {
        [3.0, -7.0, 5.0, 1.0, -4.0, 8.0, -6.0][(t * t + 3 * t) % 7]
    }

    #[test]
    fn a_steady_series_narrows_its_spread_and_a_breaking_one_widens_it() {
        let steady = own(|t| 1000.0 + noise(t), 60);
        assert!(steady < 0.95, "{steady}");
        let breaking = own(|t| 1000.0 + noise(t) + if t >= 40 { 300.0 } else { 0.0 }, 60);
        assert!(breaking > 1.2, "{breaking}");
    }

    #[test]
    fn a_short_series_takes_the_spread_of_others() {
        assert_eq!(own(|t| 1000.0 + noise(t), 25), 1.0);
        assert!(own(|_| 1000.0, 60).is_finite(), "no error over no spread");
    }
}
