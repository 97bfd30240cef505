//! A list between two months: who waits, who is treated, and since when the first has waited.

use super::{Capacity, Queue, STEP, STEPS, Waited};
use crate::lane::Lane;

/// The people who wait, and the curves that tell how long.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct List<const L: usize> {
    waiting: Lane<L>,
    caseload: Lane<L>,
    opening: [Before; L],
    /// `k`: how many there would be for one who is left, had nobody left by himself.
    grown: Lane<L>,
    /// By how much `k` grows in a month, and the logarithm of that.
    growth: Lane<L>,
    log_growth: Lane<L>,
    /// `O`: those who started, in units that do not fade.
    out: Lane<L>,
    /// The month in which the one at the head joined, where it was after the start.
    head: [usize; L],
    month: usize,
}

/// The rate in continuous time at which people fade from a list, where the rate `renege` takes
/// them in implicit steps.
pub(super) fn fading(renege: f64) -> f64 {
    (renege * STEP).ln_1p() / STEP
}

/// How many there would be for one who is left after a step, had nobody left by himself.
fn kept(renege: f64) -> f64 {
    1.0 + renege * STEP
}

/// The opening list.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Before {
    people: f64,
    /// People for each start a month: the months waited by the first, if nobody left.
    months: f64,
    /// The share of those who joined that left before the one at the head starts, and the rate.
    left: f64,
    fading: f64,
}

impl Before {
    fn new(people: f64, starts: f64, renege: f64) -> Self {
        let starts = starts.max(1e-12);
        let leaving = renege * people;
        let left = leaving / (starts + leaving);
        Self { people, months: people / starts, left, fading: fading(renege) }
    }

    /// How long the one at the head has waited, in months, when the share `gone` has started.
    fn waited(&self, gone: f64) -> f64 {
        if self.fading > 0.0 {
            -(-self.left * (1.0 - gone)).ln_1p() / self.fading
        } else {
            self.months * (1.0 - gone)
        }
    }
}

/// How long the first of a list of `people` has waited, in months, that stands at `starts` a month
/// while the rate `renege` leaves.
pub fn waited(people: f64, starts: f64, renege: f64) -> f64 {
    Before::new(people, starts, renege).waited(0.0)
}

impl<const L: usize> List<L> {
    /// A list of `waiting` people that stands at `starts` a month, of which the rate `renege`
    /// leaves, and `caseload` people in treatment (needed for places alone).
    pub fn opening(waiting: Lane<L>, starts: Lane<L>, renege: Lane<L>, caseload: Lane<L>) -> Self {
        let opening =
            std::array::from_fn(|lane| Before::new(waiting[lane], starts[lane], renege[lane]));
        Self {
            waiting,
            caseload,
            opening,
            grown: Lane::ONE,
            growth: Lane::ONE,
            log_growth: Lane::ZERO,
            out: Lane::ZERO,
            head: [0; L],
            month: 0,
        }
    }

    /// One draw of it.
    pub fn lane(&self, lane: usize) -> List<1> {
        List {
            waiting: Lane([self.waiting[lane]]),
            caseload: Lane([self.caseload[lane]]),
            opening: [self.opening[lane]],
            grown: Lane([self.grown[lane]]),
            growth: Lane([self.growth[lane]]),
            log_growth: Lane([self.log_growth[lane]]),
            out: Lane([self.out[lane]]),
            head: [self.head[lane]],
            month: self.month,
        }
    }

    /// People waiting.
    pub fn waiting(&self) -> &Lane<L> {
        &self.waiting
    }

    /// Begins at month 0 of arrivals.
    pub(super) fn begin(&mut self, queue: &Queue<L>) {
        self.month = 0;
        self.growth = queue.renege.map(|rate| kept(rate).powi(STEPS as i32));
        self.log_growth = self.growth.map(f64::ln);
    }

    /// People in treatment.
    #[cfg(test)]
    pub(super) fn caseload(&self) -> &Lane<L> {
        &self.caseload
    }

    /// Goes on by one month of `arrivals`. `joined` is the curve `I` of those who joined, at the
    /// end of each month: this month's point is written by the call, earlier ones must stand as
    /// earlier calls wrote them.
    #[inline(always)]
    pub(super) fn step_month(
        &mut self,
        queue: &Queue<L>,
        arrivals: &Lane<L>,
        joined: &mut [Lane<L>],
        capacity: &Capacity<L>,
        out: &mut Waited<L>,
    ) {
        let month = self.month;
        (out.starts, out.reneged, out.wait) = (Lane::ZERO, Lane::ZERO, Lane::ZERO);
        let mut joining = *arrivals;
        for lane in 0..L {
            let sustained = capacity.met(lane, queue.renege[lane]);
            let load = if sustained > 0.0 { arrivals[lane] / sustained } else { 0.0 };
            let share = queue.threshold.map_or(1.0, |t| t.accepted(lane, load));
            out.load[lane] = load;
            joining[lane] = arrivals[lane] * share;
            out.turned_away[lane] = arrivals[lane] - joining[lane];
        }
        let keep = queue.renege.map(kept);
        let (mut into, mut out_of) = (Lane::<L>::ZERO, Lane::<L>::ZERO);
        let (mut most, friction) = allowed(queue, capacity);
        for _ in 0..STEPS {
            if let Capacity::Places { places, leave } = capacity {
                most = self.free(places, leave);
            }
            for lane in 0..L {
                let (most, friction) = (most[lane] * STEP, friction[lane]);
                let here = self.waiting[lane] + joining[lane] * STEP;
                let left = left_waiting(here, most, keep[lane], friction);
                let reneged = (keep[lane] - 1.0) * left;
                // What rounding leaves is no start where there is no capacity.
                let starts = (here - left - reneged).max(0.0).min(here).min(most);
                out.reneged[lane] += here - left - starts;
                out.starts[lane] += starts;
                into[lane] += joining[lane] * STEP * self.grown[lane];
                out_of[lane] += starts * self.grown[lane];
                self.waiting[lane] = left;
                self.caseload[lane] += starts;
                self.grown[lane] *= keep[lane];
            }
        }
        let before = month.checked_sub(1).and_then(|last| joined.get(last)).copied();
        let before = before.unwrap_or(Lane::ZERO);
        for lane in 0..L {
            joined[month][lane] = before[lane] + into[lane];
            // Units grow by this much in a month; half of one brings 1 / (1 + sqrt) of them.
            let middle = self.out[lane] + out_of[lane] / (1.0 + self.growth[lane].sqrt());
            self.out[lane] += out_of[lane];
            if out.starts[lane] > 0.0 {
                let referred = self.referred(lane, middle, joined);
                out.wait[lane] = (month as f64 + 0.5 - referred).max(0.0);
            }
        }
        out.list = self.waiting;
        self.month += 1;
    }

    /// The most starts a month in a step, as many as find a place; what leaves makes room.
    #[inline(always)]
    fn free(&mut self, places: &Lane<L>, leave: &Lane<L>) -> Lane<L> {
        for lane in 0..L {
            self.caseload[lane] /= 1.0 + leave[lane] * STEP;
        }
        Lane::from_fn(|lane| (places[lane] - self.caseload[lane]).max(0.0) / STEP)
    }

    /// When the one was referred who stands at `position` of the curve of those who joined, in
    /// months; before 0 on the opening list. Positions never go back.
    #[inline(always)]
    fn referred(&mut self, lane: usize, position: f64, joined: &[Lane<L>]) -> f64 {
        let opening = &self.opening[lane];
        let position = position - opening.people;
        if position < 0.0 {
            return -opening.waited(1.0 + position / opening.people);
        }
        while self.head[lane] < self.month && joined[self.head[lane]][lane] < position {
            self.head[lane] += 1;
        }
        let head = self.head[lane];
        let from = if head > 0 { joined[head - 1][lane] } else { 0.0 };
        let width = joined[head][lane] - from;
        let share = if width > 0.0 { ((position - from) / width).clamp(0.0, 1.0) } else { 1.0 };
        // Within a month people join evenly, and their units grow.
        let more = self.growth[lane] - 1.0;
        let share =
            if more > 1e-9 { (share * more).ln_1p() / self.log_growth[lane] } else { share };
        head as f64 + share
    }
}

/// The most starts a month, and the friction; places are asked step by step ([`List::free`]).
#[inline(always)]
fn allowed<const L: usize>(queue: &Queue<L>, capacity: &Capacity<L>) -> (Lane<L>, Lane<L>) {
    match capacity {
        Capacity::Responds { usual, more, wait, response } => {
            let rest = Lane::ONE - *response;
            ((*usual + *more).max(0.0) / rest, *usual * *wait * *response / rest)
        }
        Capacity::Starts(starts) => (starts.max(0.0), queue.friction),
        Capacity::Places { .. } => (Lane::ZERO, queue.friction),
    }
}

/// The positive root of the step's quadratic: people still waiting after it.
#[inline(always)]
fn left_waiting(here: f64, most: f64, keep: f64, friction: f64) -> f64 {
    let b = friction * keep + most - here;
    let sum = b.abs() + (b * b + 4.0 * keep * friction * here).sqrt();
    // Two forms of the same root; each is exact where the other would cancel. Chosen one by one,
    // which needs no branch.
    let over = if b > 0.0 { 2.0 * friction * here } else { sum };
    let under = if b > 0.0 { sum } else { 2.0 * keep };
    over / under
}
