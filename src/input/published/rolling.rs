//! Months from figures over several months: rolling quarters and financial years.
//!
//! Only periods that do not overlap are taken, counted back from the latest, and each is spread
//! evenly over its months. Totals are kept; the shape within a period is not known. More can't be
//! had: differences of a rolling sum `R(t) - R(t-1) = x(t) - x(t-3)` give changes over three
//! months, but never the level of a month, and carry the rounding of every figure along.

use std::collections::BTreeMap;

use super::period::Period;
use crate::month::Month;

/// Months spread from the periods of one length, in order, and how many periods were left out
/// because they overlap a later one.
pub(super) fn spread(figures: &[(Period, Option<f64>)]) -> (BTreeMap<Month, Option<f64>>, usize) {
    let mut months = BTreeMap::new();
    let mut overlapping = 0;
    let mut earliest: Option<Month> = None;
    for (period, value) in figures.iter().rev() {
        if earliest.is_some_and(|first| period.last() >= first) {
            overlapping += 1;
            continue;
        }
        earliest = Some(period.first);
        for month in 0..i32::from(period.months) {
            let share = value.map(|total| total / f64::from(period.months));
            months.insert(period.first.plus(month), share);
        }
    }
    (months, overlapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_of_the_periods_taken_are_kept() {
        let first = Month::new(2020, 1).unwrap();
        let figures: Vec<_> = (0..8)
            .map(|i| (Period { first: first.plus(i), months: 3 }, Some(30.0 + f64::from(i))))
            .collect();
        let (months, overlapping) = spread(&figures);
        // Periods that begin in months 7, 4 and 1 are taken.
        assert_eq!((months.len(), overlapping), (9, 5));
        let total: f64 = months.values().flatten().sum();
        assert!((total - (37.0 + 34.0 + 31.0)).abs() < 1e-9);
        assert!(!months.contains_key(&first));
    }

    #[test]
    fn a_withheld_period_leaves_its_months_missing() {
        let first = Month::new(2020, 4).unwrap();
        let (months, _) = spread(&[(Period { first, months: 12 }, None)]);
        assert_eq!(months.len(), 12);
        assert!(months.values().all(Option::is_none));
    }
}
