//! A leading indicator beside referrals: how the two move together, at which lag.
//!
//! ```text
//! change(t) = value(t) / value(t - 12) - 1
//! r(lag)    = rank correlation of the indicator's change(t - lag) with the referrals' change(t)
//! ```
//!
//! Changes on the year before, because two series that both grow or both have a winter correlate
//! without having anything to do with each other (Yule 1926). A correlation says nothing of what
//! causes what, and of many lags one is high by chance: `chance` is the size that one lag in twenty
//! reaches where there is nothing, two over the root of the number of pairs.

use crate::evaluate::sensitivity::rank_correlation;
use crate::month::Month;

/// The longest lag tried, in months.
pub const MOST_LAG: usize = 12;
/// Fewer pairs than this say nothing.
const FEWEST: usize = 12;

/// How an indicator goes with referrals at one lag.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lag {
    /// Months by which the indicator goes before.
    pub lag: usize,
    /// Spearman's rank correlation.
    pub correlation: f64,
    /// Pairs of months.
    pub pairs: usize,
    /// What one lag in twenty reaches by chance.
    pub chance: f64,
}

/// The correlation of an indicator with a series at every lag that has pairs enough.
pub fn lags(indicator: &[(Month, f64)], series: &[(Month, f64)]) -> Vec<Lag> {
    let (leading, following) = (changes(indicator), changes(series));
    let at = |lag: usize| {
        let pairs: Vec<(f64, f64)> = following
            .iter()
            .filter_map(|(month, change)| {
                let before = month.plus(-(lag as i32));
                let own = leading.iter().find(|(month, _)| *month == before)?;
                Some((own.1, *change))
            })
            .collect();
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
        (a.len() >= FEWEST).then(|| Lag {
            lag,
            correlation: rank_correlation(&a, &b),
            pairs: a.len(),
            chance: 2.0 / (a.len() as f64).sqrt(),
        })
    };
    (0..=MOST_LAG).filter_map(at).collect()
}

/// Changes on the same month of the year before, where both are above nothing.
fn changes(series: &[(Month, f64)]) -> Vec<(Month, f64)> {
    let year_before = |month: Month| series.iter().find(|(m, _)| *m == month.plus(-12));
    series
        .iter()
        .filter_map(|(month, value)| {
            let (_, before) = year_before(*month)?;
            (*before > 0.0).then(|| (*month, value / before - 1.0))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series whose change on the year before is what `of` says; the first year is flat.
    fn series(months: i32, of: impl Fn(i32) -> f64) -> Vec<(Month, f64)> {
        let start: Month = "2016-01".parse().unwrap_or_else(|_| unreachable!());
        let mut list: Vec<(Month, f64)> = Vec::new();
        for t in 0..months {
            let before = if t < 12 { 100.0 } else { list[t as usize - 12].1 * (1.0 + of(t)) };
            list.push((start.plus(t), before));
        }
        list
    }

    #[test]
    fn a_series_that_follows_three_months_later_is_found_at_lag_three() {
        let noise = |t: i32| f64::from((t * t * 37 + t * 11) % 29) / 100.0;
        let leading = series(60, noise);
        let following = series(60, |t| noise(t - 3));
        let lags = lags(&leading, &following);
        let best = lags.iter().max_by(|a, b| a.correlation.total_cmp(&b.correlation));
        let best = best.copied().unwrap_or_else(|| unreachable!());
        assert_eq!(best.lag, 3);
        assert!(best.correlation > 0.95, "{best:?}");
    }

    #[test]
    fn two_series_that_only_grow_have_no_correlation() {
        let steady = series(60, |_| 0.05);
        for lag in lags(&steady, &steady) {
            assert_eq!(lag.correlation, 0.0);
        }
    }

    #[test]
    fn too_few_months_say_nothing() {
        let short = series(20, f64::from);
        assert!(lags(&short, &short).is_empty());
    }
}
