//! How much capacity a list needs to meet a standard.
//!
//! The list of one draw is run again and again: more capacity never lengthens a wait, so there is
//! one answer, found between what is too little and what is enough.

use super::{Capacity, List, Queue, Waited};
use crate::lane::Lane;

/// Steps of a search for enough capacity, at most.
const STEPS_TO_ENOUGH: usize = 30;
/// The answer is enough, and at most this share of it too much.
const TOO_MUCH: f64 = 1e-4;
/// More capacity than any service has, in times the busiest month's arrivals.
const BOUNDLESS: f64 = 1e7;

/// The extra capacity (starts a month, or places) with which nobody at the head of the list has
/// waited longer than `longest` months in any month from `by` on (0: over the whole horizon); 0
/// where that is so without. `None` where no capacity does it: people who have waited too long
/// already are seen too late at any speed. `at_most` is an answer for an earlier month, which is
/// one for this month too, if not the least.
pub fn capacity_needed(
    queue: &Queue<1>,
    list: List<1>,
    arrivals: &[f64],
    capacity: &[Capacity<1>],
    longest: f64,
    by: usize,
    at_most: Option<f64>,
) -> Option<f64> {
    let Some(last) = capacity.last() else { return Some(0.0) };
    let arrivals: Vec<Lane<1>> = arrivals.iter().map(|&a| Lane([a])).collect();
    let mut joined = vec![Lane::ZERO; arrivals.len()];
    // By how many months the longest wait is too long.
    let mut excess = |extra: f64| {
        let (mut list, mut month) = (list, Waited::EMPTY);
        list.begin(queue);
        let mut most = f64::NEG_INFINITY;
        for (t, arrivals) in arrivals.iter().enumerate() {
            let capacity = with_extra(capacity.get(t).unwrap_or(last), extra);
            list.step_month(queue, arrivals, &mut joined, &capacity, &mut month);
            if t >= by {
                // Where nobody is seen though some wait, no wait is short enough.
                let is_closed = month.starts[0] <= 0.0 && month.list[0] > 0.0;
                let wait = if is_closed { 1e9 } else { month.wait[0] };
                most = most.max(wait - longest);
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
        Capacity::Responds { usual, more, wait, response } => {
            Capacity::Responds { usual, more: more + extra, wait, response }
        }
        Capacity::Starts(starts) => Capacity::Starts(starts + extra),
        Capacity::Places { places, leave } => Capacity::Places { places: places + extra, leave },
    }
}
