//! What a waiting list comes to over the whole horizon, draw by draw, for runs that are compared:
//! beside it the same list had there been no pandemic.
//!
//! ```text
//! weeks waited = sum over months of the list at the end of the month x weeks of a month
//! within       = sum of starts x share within the standard / sum of starts
//! ```
//!
//! Without a pandemic the months weigh by underlying demand: who would start then is not kept.

use super::buffer::Buffer;
use super::measure::Measure;
use super::waits::Waiting;
use crate::study::figures::Figures;

/// Weeks of a mean month.
const WEEKS_A_MONTH: f64 = 365.25 / 12.0 / 7.0;

/// The list of a service line over the horizon, by draw.
#[derive(Clone, Debug)]
pub struct WaitTotals {
    /// Whether anything published can be held against it.
    pub is_checked: bool,
    /// As it is.
    pub with: ListTotals,
    /// Had there been no pandemic.
    pub without: ListTotals,
}

/// A waiting list over the horizon, by draw.
#[derive(Clone, PartialEq, Debug)]
pub struct ListTotals {
    /// People on the list at the end.
    pub end: Vec<f64>,
    /// Weeks that all people together spent on it.
    pub weeks: Vec<f64>,
    /// The share that started within the main standard in the months it is in force; none without
    /// a standard, or where nobody starts in some draw.
    pub within: Option<Vec<f64>>,
}

impl WaitTotals {
    /// Sums up the list of a line from its draws.
    pub(super) fn new<const L: usize>(
        waiting: &Waiting<'_>,
        figures: &Figures,
        buffer: &Buffer<L>,
        draws: usize,
    ) -> Option<Self> {
        let months = buffer.months;
        let kept = [Measure::Waiting, Measure::WaitingWithout, Measure::Underlying];
        if months == 0 || !kept.into_iter().all(|measure| buffer.has(measure)) {
            return None;
        }
        let main = waiting.in_force().next();
        let within = main.and_then(|(place, standard)| {
            let share = |t| buffer.draws(Measure::WithinStandard(place), t);
            let starts = |t| buffer.draws(Measure::Starts, t);
            mean_share(waiting.months_under(standard), draws, starts, share)
        });
        let within_without = main.and_then(|(_, standard)| {
            let spread = waiting.usual.spread()?;
            let weeks = figures.get(standard.weeks).number.at(0.0);
            let share = |t| {
                let medians = buffer.draws(Measure::WaitMedianWithout, t).into_iter();
                medians.map(|median| spread.within_of(standard.whose, median, weeks)).collect()
            };
            let usual = |t| buffer.draws(Measure::Underlying, t);
            mean_share(waiting.months_under(standard), draws, usual, share)
        });
        let list = |measure, within| {
            let mut weeks = vec![0.0; draws];
            for t in 0..months {
                buffer.add_to_sums(measure, t, &mut weeks);
            }
            for weeks in &mut weeks {
                *weeks *= WEEKS_A_MONTH;
            }
            ListTotals { end: buffer.draws(measure, months - 1), weeks, within }
        };
        Some(Self {
            is_checked: waiting.is_checked(),
            with: list(Measure::Waiting, within),
            without: list(Measure::WaitingWithout, within_without),
        })
    }
}

/// The mean of a share over months by their weights, draw by draw; none where a draw has no weight.
fn mean_share(
    months: impl Iterator<Item = usize>,
    draws: usize,
    weight: impl Fn(usize) -> Vec<f64>,
    share: impl Fn(usize) -> Vec<f64>,
) -> Option<Vec<f64>> {
    let mut sums = vec![(0.0, 0.0); draws];
    for t in months {
        for ((all, within), (weight, share)) in
            sums.iter_mut().zip(weight(t).into_iter().zip(share(t)))
        {
            if weight > 0.0 {
                *all += weight;
                *within += weight * share;
            }
        }
    }
    sums.into_iter().map(|(all, within)| (all > 0.0).then(|| within / all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_weigh_by_who_starts_in_them() {
        // 10 start with 90% in time, 30 with 50%, nobody in the third: 24 of 40.
        let weights = [10.0, 30.0, 0.0];
        let shares = [0.9, 0.5, f64::NAN];
        let mean = mean_share(0..3, 1, |t| vec![weights[t]], |t| vec![shares[t]]);
        assert_eq!(mean, Some(vec![0.6]));
        assert_eq!(mean_share(2..3, 1, |t| vec![weights[t]], |t| vec![shares[t]]), None);
    }
}
