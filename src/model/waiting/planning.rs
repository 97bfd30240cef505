//! Questions asked of a list: how long until it clears, how much capacity is needed, and which
//! capacity would explain the waits that were seen.
//!
//! Each runs the list of one draw again and again: more capacity never lengthens a wait, so there
//! is one answer, found between what is too little and what is enough.

use super::{Capacity, Limit, List, Queue, Standard, Waited};

/// Halvings of a search for a fitted path: to one part in a million million.
const HALVINGS: usize = 40;
/// Steps of a search for enough capacity, at most; most take six.
const STEPS_TO_ENOUGH: usize = 30;
/// The answer is enough, and at most this share of it too much.
const TOO_MUCH: f64 = 1e-4;
/// More capacity than any service has, in times the busiest month's arrivals.
const BOUNDLESS: f64 = 1e7;

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
/// it: people who have waited too long already are seen too late at any speed. `at_most` is an
/// answer for an earlier month, which is one for this month too, if not the least.
pub fn capacity_needed(
    queue: &Queue<1>,
    list: List<1>,
    arrivals: &[f64],
    capacity: &[Capacity<1>],
    (standard, limit): (Standard, Limit),
    by: usize,
    at_most: Option<f64>,
) -> Option<f64> {
    let Some(last) = capacity.last() else { return Some(0.0) };
    let arrivals: Vec<[f64; 1]> = arrivals.iter().map(|&a| [a]).collect();
    let mut joined = vec![[0.0]; arrivals.len()];
    // The wait up to which the limit is met: a comparison a month instead of a distribution.
    let longest = match standard.wait_that_meets(limit) {
        Some(wait) => wait,
        None if limit.share <= 0.0 => return Some(0.0),
        None => 0.0,
    };
    // By how many weeks the longest wait is too long.
    let mut excess = |extra: f64| {
        let (mut list, mut month) = (list, Waited::EMPTY);
        list.month = 0;
        let mut most = f64::NEG_INFINITY;
        for (t, arrivals) in arrivals.iter().enumerate() {
            let capacity = with_extra(capacity.get(t).unwrap_or(last), extra);
            list.step_month(queue, arrivals, &mut joined, &capacity, &mut month);
            if t >= by {
                most = most.max(month.wait[0] - longest);
            }
        }
        most
    };
    match at_most {
        Some(known) if known <= 0.0 => return at_most,
        // Mostly the worst month is a late one, and asks for as much.
        Some(known) if excess(known * (1.0 - 2.0 * TOO_MUCH)) > 0.0 => return at_most,
        _ => {}
    }
    let without = excess(0.0);
    if without <= 0.0 {
        return Some(0.0);
    }
    let largest = arrivals.iter().map(|a| a[0]).fold(1.0, f64::max);
    let mut less = (0.0, without);
    let mut enough = (largest / 16.0, excess(largest / 16.0));
    if enough.1 > 0.0 && excess(largest * BOUNDLESS) > 0.0 {
        return None;
    }
    while enough.1 > 0.0 {
        less = enough;
        enough = (enough.0 * 4.0, excess(enough.0 * 4.0));
    }
    Some(least(&mut excess, less, enough))
}

/// Where a falling function crosses zero between two points (with its values there), from the
/// side on which it is below. The Illinois method (Dowell and Jarratt 1971, *A modified regula
/// falsi method for computing the root of an equation*, BIT 11): the secant through the ends,
/// with the value of an end that stays halved. A step beyond the root by half of what may be too
/// much brings the other end near, too.
fn least(of: &mut impl FnMut(f64) -> f64, mut above: (f64, f64), mut below: (f64, f64)) -> f64 {
    let mut kept = 0;
    for _ in 0..STEPS_TO_ENOUGH {
        let width = below.0 - above.0;
        let tolerance = TOO_MUCH * below.0;
        if width <= tolerance {
            break;
        }
        let secant = above.0 + width * above.1 / (above.1 - below.1);
        let beyond = if kept > 0 { 0.5 } else { -0.5 } * tolerance;
        let middle = (secant + beyond).clamp(above.0 + 0.01 * width, below.0 - 0.01 * width);
        let value = of(middle);
        if value > 0.0 {
            above = (middle, value);
            below.1 *= if kept > 0 { 0.5 } else { 1.0 };
            kept = 1;
        } else {
            below = (middle, value.min(-f64::MIN_POSITIVE));
            above.1 *= if kept < 0 { 0.5 } else { 1.0 };
            kept = -1;
        }
    }
    below.0
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
