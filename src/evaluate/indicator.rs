//! A leading indicator beside referrals: how the two move together, at which lag.
//!
//! ```text
//! change(t) = value(t) / value(t - 12) - 1
//! r(lag)    = rank correlation of the indicator's change(t - lag) with the referrals' change(t)
//! chance    = tanh(1.96 / sqrt(n - 3))
//! n         = pairs / (1 + 2 sum over k of 1 to 12 of max(0, a(k) b(k)))
//! ```
//!
//! Changes on the year before, because two series that both grow or both have a winter correlate
//! without having anything to do with each other (Yule 1926). A correlation says nothing of what
//! causes what, and of many lags one is high by chance: `chance` is the size that one lag in twenty
//! reaches where there is nothing. Neighbouring changes resemble each other, if only because they
//! overlap by eleven months, so the pairs count as `n` independent ones, by the autocorrelations
//! `a(k)` and `b(k)` of the two lists of ranks (Bartlett 1935, *Some aspects of the time-correlation
//! problem*, Journal of the Royal Statistical Society 98; products below 0 count as nothing, for so
//! few months can't tell). `tanh(1.96 / sqrt(n - 3))` is Fisher's bound of a correlation. With three
//! or fewer there is no bound under 1. The tests measure how often unrelated series pass.

use crate::evaluate::sensitivity::{correlation, ranks};
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
        let pairs = following.iter().filter_map(|(month, change)| {
            let before = month.plus(-(lag as i32));
            let own = leading.iter().find(|(month, _)| *month == before)?;
            Some((*month, (own.1, *change)))
        });
        let (months, (a, b)): (Vec<Month>, (Vec<f64>, Vec<f64>)) = pairs.unzip();
        let (a, b) = (ranks(&a), ranks(&b));
        (a.len() >= FEWEST).then(|| Lag {
            lag,
            correlation: correlation(&a, &b),
            pairs: a.len(),
            chance: chance(&months, &a, &b),
        })
    };
    (0..=MOST_LAG).filter_map(at).collect()
}

/// What the correlation of two lists of ranks reaches by chance, one time in twenty.
fn chance(months: &[Month], a: &[f64], b: &[f64]) -> f64 {
    let alike = |k: usize| (autocorrelation(months, a, k) * autocorrelation(months, b, k)).max(0.0);
    let independent = a.len() as f64 / (1.0 + 2.0 * (1..=12).map(alike).sum::<f64>());
    if independent > 3.0 { (1.96 / (independent - 3.0).sqrt()).tanh() } else { 1.0 }
}

/// How far ranks go with those `apart` months later; 0 where all are the same.
fn autocorrelation(months: &[Month], ranks: &[f64], apart: usize) -> f64 {
    // Ranks from 1, ties sharing theirs.
    let mean = (ranks.len() + 1) as f64 / 2.0;
    let square: f64 = ranks.iter().map(|rank| (rank - mean).powi(2)).sum();
    let later = |month: &Month| months.binary_search(&month.plus(apart as i32)).ok();
    let product: f64 = months
        .iter()
        .zip(ranks)
        .filter_map(|(month, rank)| Some((rank - mean) * (ranks[later(month)?] - mean)))
        .sum();
    if square > 0.0 { product / square } else { 0.0 }
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
    use crate::draw::Stream;
    use crate::lane::Lane;

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

    /// Independent series of a process `x(t) = carry x(t-1) + noise`, and how many of a hundred
    /// pairs of them have a correlation beyond chance without a lag.
    fn pass(months: usize, carry: f64) -> f64 {
        const PAIRS: u64 = 1000;
        let walk = |key: &str, index: u64| -> Vec<(Month, f64)> {
            let mut normals = Lane::<200>::ZERO;
            Stream::new(1, key).normals(index, &mut normals);
            let first = normals.len() - months;
            let mut x = 0.0;
            let path = normals.iter().map(|z| {
                x = carry * x + z;
                x
            });
            let start: Month = "2016-01".parse().unwrap_or_else(|_| unreachable!());
            let level = |x: f64| 100.0 * (0.05 * x).exp();
            (0..).map(|t| start.plus(t)).zip(path.skip(first).map(level)).collect()
        };
        let passes = |index: &u64| {
            let found = lags(&walk("leading", *index), &walk("following", *index));
            found.first().is_some_and(|lag| lag.correlation.abs() > lag.chance)
        };
        100.0 * (0..PAIRS).filter(passes).count() as f64 / PAIRS as f64
    }

    #[test]
    fn unrelated_series_pass_one_time_in_twenty_however_slowly_they_change() {
        for months in [36, 60, 96] {
            for carry in [0.0, 0.5, 0.8, 1.0] {
                let share = pass(months, carry);
                println!("{months} months, carry {carry}: {share:.1}%");
                assert!((0.5..=7.0).contains(&share), "{months} {carry}: {share}");
            }
        }
    }

    #[test]
    fn too_few_months_say_nothing() {
        let short = series(20, f64::from);
        assert!(lags(&short, &short).is_empty());
    }
}
