//! The waiting list of a service: what capacity makes of the referrals that were accepted.
//!
//! # The equations
//!
//! A fluid list in steps of `h` = a fifth of a month (six days), taken implicitly so that it is
//! stable and never negative. With `A = list + arrivals x h`, `mu` the most starts a month, `r` the
//! rate a month at which those who wait leave unseen, and `K` the friction (people):
//!
//! ```text
//! list' = A - starts - left,   starts = mu h list' / (list' + K),   left = r h list'
//! ```
//!
//! which is a quadratic in `list'` ([`list`]). What `mu` and `K` are is a matter of capacity:
//!
//! ```text
//! responds   mu = c / (1 - e),   K = c w e / (1 - e)       c: starts at the usual wait, w: that wait
//! held       mu given,           K fixed at the opening    so that the opening list is steady
//! ```
//!
//! A service that responds starts `c l / ((1 - e) l + e)`, where `l = list / (c w)` is the list
//! over its usual length: `e` is the share by which starts follow the list at its usual length, 0
//! for a capacity that is held and towards 1 for one that keeps its wait whatever comes. How `c`
//! and `w` move is in [`response`]. A capacity that is held would keep no list at any load below
//! 1; real lists are there, for chance alone keeps people waiting. `K` stands for that, and where
//! nobody leaves gives the steady list `K x load / (1 - load)`, the form of the M/M/1 queue (Rider
//! 1976, *A simple approximation to the average queue size in the time-dependent M/M/1 queue*,
//! Journal of the ACM 23; Wang, Tipper and Banerjee 1996, *A simple approximation for modeling
//! nonstationary queues*, INFOCOM). [`Standing`] chooses it.
//!
//! First come, first served, by two curves counted in units that do not fade: with `k` the product
//! of `1 + r h` over the steps so far, `I = sum of arrivals x h x k` and `O = sum of starts x k`.
//! Whoever starts in the middle of a month was referred when `I` stood where `O` stands then; of
//! those on the opening list, the first had waited as long as it takes to work it off:
//!
//! ```text
//! wait = (t + 1/2) - I^-1(O(t + 1/2))             within a month units grow evenly: g = (1 + r h)^5,
//!                                                 O(t + 1/2) = O(t) + (O(t + 1) - O(t)) / (1 + sqrt g)
//! opening list, share g of it gone:   wait = -ln(1 - q (1 - g)) / d,   q = r L / (S + r L),   d = ln(1 + r h) / h
//! ```
//!
//! Everyone in one place of the queue waits alike in a fluid; [`Spread`] spreads individuals
//! around it. Blocks of `L` draws lie side by side; nothing is allocated.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

pub mod list;
mod planning;
pub mod response;
mod spread;
mod standing;

use pulp::{Simd, WithSimd};

use crate::lane::Lane;

pub use list::List;
pub use planning::capacity_needed;
pub use spread::{Classes, Limit, Spread, Whose};
pub use standing::Standing;

/// Steps within a month.
pub const STEPS: usize = 5;
/// The length of a step, in months.
const STEP: f64 = 1.0 / STEPS as f64;
/// Weeks in a month.
pub const WEEKS: f64 = 365.25 / 12.0 / 7.0;

/// How people join and leave a list.
#[derive(Clone, PartialEq, Debug)]
pub struct Queue<const L: usize> {
    /// The rate, a month, at which those who wait leave without being seen.
    pub renege: Lane<L>,
    /// The friction `K`, people.
    pub friction: Lane<L>,
    /// What happens to acceptance under pressure.
    pub threshold: Option<Threshold<L>>,
}

impl<const L: usize> Queue<L> {
    /// The plain fluid list: nobody leaves, no friction, no change of thresholds.
    pub const PLAIN: Self = Self { renege: Lane::ZERO, friction: Lane::ZERO, threshold: None };

    /// One draw of it, with thresholds as they were.
    pub fn lane(&self, lane: usize) -> Queue<1> {
        Queue {
            renege: Lane([self.renege[lane]]),
            friction: Lane([self.friction[lane]]),
            threshold: None,
        }
    }
}

/// Thresholds that rise with pressure: a share of the arrivals is turned away as load rises.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Threshold<const L: usize> {
    /// The load (arrivals over capacity) above which fewer are accepted.
    pub above: f64,
    /// The fall of the accepted share for each 1.0 of load above.
    pub fall: Lane<L>,
    /// The least share still accepted.
    pub least: f64,
}

impl<const L: usize> Threshold<L> {
    /// The share of arrivals still accepted at `load`.
    pub fn accepted(&self, lane: usize, load: f64) -> f64 {
        (1.0 - self.fall[lane] * (load - self.above).max(0.0))
            .clamp(self.least.clamp(0.0, 1.0), 1.0)
    }
}

/// What limits starts in a month.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Capacity<const L: usize> {
    /// Starts follow the list.
    Responds {
        /// Starts a month at the usual wait.
        usual: Lane<L>,
        /// Starts a month added on top of them, at the usual list.
        more: Lane<L>,
        /// The usual wait: the usual list over `usual`, in months.
        wait: Lane<L>,
        /// The share by which starts follow the list.
        response: Lane<L>,
    },
    /// So many starts a month.
    Starts(Lane<L>),
    /// So many places, freed as the caseload leaves at a rate a month.
    Places {
        /// Places.
        places: Lane<L>,
        /// The rate, a month, at which a person in treatment leaves it.
        leave: Lane<L>,
    },
}

impl<const L: usize> Capacity<L> {
    /// Starts a month that it can sustain.
    pub fn sustained(&self, lane: usize) -> f64 {
        match self {
            Self::Responds { usual, more, .. } => usual[lane] + more[lane],
            Self::Starts(starts) => starts[lane],
            Self::Places { places, leave } => places[lane] * leave[lane],
        }
    }

    /// Arrivals a month that it can meet: starts, and for one that responds those who leave a list
    /// of usual length.
    pub fn met(&self, lane: usize, renege: f64) -> f64 {
        match self {
            Self::Responds { wait, .. } => self.sustained(lane) * (1.0 + renege * wait[lane]),
            Self::Starts(_) | Self::Places { .. } => self.sustained(lane),
        }
    }

    /// One draw of it.
    pub fn lane(&self, lane: usize) -> Capacity<1> {
        match self {
            Self::Responds { usual, more, wait, response } => Capacity::Responds {
                usual: Lane([usual[lane]]),
                more: Lane([more[lane]]),
                wait: Lane([wait[lane]]),
                response: Lane([response[lane]]),
            },
            Self::Starts(starts) => Capacity::Starts(Lane([starts[lane]])),
            Self::Places { places, leave } => {
                Capacity::Places { places: Lane([places[lane]]), leave: Lane([leave[lane]]) }
            }
        }
    }
}

/// What a month brought.
#[derive(Clone, PartialEq, Debug)]
pub struct Waited<const L: usize> {
    /// People waiting at the month's end.
    pub list: Lane<L>,
    /// Treatments started.
    pub starts: Lane<L>,
    /// People who left the list without being seen.
    pub reneged: Lane<L>,
    /// People turned away by a raised threshold: they join `below_threshold`.
    pub turned_away: Lane<L>,
    /// How long the one who starts in the middle of the month has waited in the fluid, in months;
    /// 0 in a month in which nobody starts, which has no wait.
    pub wait: Lane<L>,
    /// Arrivals over capacity, before any are turned away; 0 without a capacity.
    pub load: Lane<L>,
}

impl<const L: usize> Waited<L> {
    /// A month in which nothing happened yet.
    pub const EMPTY: Self = Self {
        list: Lane::ZERO,
        starts: Lane::ZERO,
        reneged: Lane::ZERO,
        turned_away: Lane::ZERO,
        wait: Lane::ZERO,
        load: Lane::ZERO,
    };
}

/// Runs a list over the months of `arrivals` (accepted referrals a month), each with its capacity
/// (the last one holds where fewer are given), and writes a month each to `out`. `joined` is room
/// for the curve of those who joined, as long as `arrivals`.
///
/// Months beyond the shortest of the three slices are left as they are.
pub fn run<const L: usize>(
    queue: &Queue<L>,
    list: List<L>,
    arrivals: &[Lane<L>],
    capacity: &[Capacity<L>],
    joined: &mut [Lane<L>],
    out: &mut [Waited<L>],
) -> List<L> {
    pulp::Arch::new().dispatch(Run { queue, list, arrivals, capacity, joined, out })
}

/// [`run`], compiled for the vector units of the processor at hand.
struct Run<'a, const L: usize> {
    queue: &'a Queue<L>,
    list: List<L>,
    arrivals: &'a [Lane<L>],
    capacity: &'a [Capacity<L>],
    joined: &'a mut [Lane<L>],
    out: &'a mut [Waited<L>],
}

impl<const L: usize> WithSimd for Run<'_, L> {
    type Output = List<L>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> List<L> {
        let Self { queue, mut list, arrivals, capacity, joined, out } = self;
        let months = arrivals.len().min(joined.len()).min(out.len());
        let Some(last) = capacity.last() else { return list };
        list.begin(queue);
        for month in 0..months {
            let capacity = capacity.get(month).unwrap_or(last);
            list.step_month(queue, &arrivals[month], joined, capacity, &mut out[month]);
        }
        list
    }
}

#[cfg(test)]
mod queueing;
#[cfg(test)]
mod tests;
