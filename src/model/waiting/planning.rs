//! Questions asked of a list: how long until it clears, how much capacity is needed, and which
//! capacity would explain the waits that were seen.
//!
//! Each runs the list of one draw (the central one, as a rule) and searches for the capacity by
//! bisection: more capacity never lengthens a list, so there is one answer.

use super::{Capacity, Limit, List, Queue, Standard, Waited};

/// Halvings of a search for a fitted path: to one part in a million million.
const HALVINGS: usize = 40;
/// Halvings of a search for enough capacity: to one part in a million.
const HALVINGS_OF_ENOUGH: usize = 20;
/// Doublings in the search for enough.
const DOUBLINGS: usize = 30;

/// Months until a list of `list` people is gone at `spare` starts a month beyond arrivals, while
/// those who wait renege at a rate `renege` a month: `ln(1 + renege x list / spare) / renege`.
/// Infinite where nothing is to spare.
pub fn months_to_clear(list: f64, spare: f64, renege: f64) -> f64 {
    if list <= 0.0 {
        0.0
    } else if spare <= 0.0 {
        f64::INFINITY
    } else if renege <= 0.0 {
        list / spare
    } else {
        (renege * list / spare).ln_1p() / renege
    }
}

/// The extra capacity (starts a month, or places) with which `limit` is met in every month from
/// `by` on (0: over the whole horizon); 0 where it is met without. `None` where no capacity does
/// it: people who have waited too long already are seen too late at any speed.
pub fn capacity_needed(
    queue: &Queue<1>,
    list: List<1>,
    arrivals: &[f64],
    capacity: &[Capacity<1>],
    (standard, limit): (Standard, Limit),
    by: usize,
) -> Option<f64> {
    let arrivals: Vec<[f64; 1]> = arrivals.iter().map(|&a| [a]).collect();
    let mut joined = vec![[0.0]; arrivals.len()];
    let mut months = vec![Waited::EMPTY; arrivals.len()];
    let mut met = |extra: f64| {
        let capacity: Vec<_> = capacity.iter().map(|c| with_extra(c, extra)).collect();
        super::run(queue, list, &arrivals, &capacity, &mut joined, &mut months);
        months.iter().skip(by).all(|m| standard.within(m.wait[0], limit.weeks) >= limit.share)
    };
    if met(0.0) {
        return Some(0.0);
    }
    let largest = arrivals.iter().map(|a| a[0]).fold(1.0, f64::max);
    let enough = (0..DOUBLINGS).map(|n| largest * f64::from(1 << n) / 16.0).find(|&x| met(x))?;
    let (mut less, mut enough) = (0.0, enough);
    for _ in 0..HALVINGS_OF_ENOUGH {
        let middle = f64::midpoint(less, enough);
        if met(middle) { enough = middle } else { less = middle }
    }
    Some(enough)
}

fn with_extra(capacity: &Capacity<1>, extra: f64) -> Capacity<1> {
    match *capacity {
        Capacity::Starts([starts]) => Capacity::Starts([starts + extra]),
        Capacity::Places { places: [places], leave } => {
            Capacity::Places { places: [places + extra], leave }
        }
    }
}

/// The capacity of a period that gives its observed share within the limit: fitted, not observed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FittedCapacity {
    /// Starts a month, held over the period.
    pub starts: f64,
    /// The share within the limit that it gives.
    pub share: f64,
    /// The people waiting at the period's end.
    pub list: f64,
}

/// The capacity path, constant over periods of `period` months, that would have given each
/// period's `shares` of starts within `weeks`. It explains waits by capacity alone, so it is a
/// fitted number and must be shown as one. A share that no capacity gives (the list carried over
/// is too long, or too short) gets the nearest: [`FittedCapacity::share`] tells.
pub fn capacity_that_gives(
    queue: &Queue<1>,
    mut list: List<1>,
    arrivals: &[f64],
    period: usize,
    shares: &[f64],
    (standard, weeks): (Standard, f64),
) -> Vec<FittedCapacity> {
    let arrivals: Vec<[f64; 1]> = arrivals.iter().map(|&a| [a]).collect();
    let mut joined = vec![[0.0]; arrivals.len()];
    let mut fitted = Vec::with_capacity(shares.len());
    for (share, months) in shares.iter().zip(arrivals.chunks(period.max(1))) {
        let mut run = |starts: f64| {
            let (mut after, mut month) = (list, Waited::EMPTY);
            let (mut seen, mut within) = (0.0, 0.0);
            for arrivals in months {
                let capacity = Capacity::Starts([starts]);
                after.step_month(queue, arrivals, &mut joined, &capacity, &mut month);
                seen += month.starts[0];
                within += month.starts[0] * standard.within(month.wait[0], weeks);
            }
            (after, if seen > 0.0 { within / seen } else { 0.0 })
        };
        let (mut less, mut enough) = (0.0, 16.0 * months.iter().map(|a| a[0]).fold(1.0, f64::max));
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(less, enough);
            if run(middle).1 >= *share { enough = middle } else { less = middle }
        }
        let (after, reached) = run(enough);
        fitted.push(FittedCapacity { starts: enough, share: reached, list: after.waiting[0] });
        list = after;
    }
    fitted
}
