//! The waiting list of a service: what capacity makes of the referrals that were accepted.
//!
//! A fluid list in steps of a fifth of a month (six days), taken implicitly so that it is stable
//! and never negative. With `A = list + arrivals` of the step, `mu` the starts that capacity
//! allows in it, `r` the reneging of a step and `K` the friction (people):
//!
//! ```text
//! list' = A - starts - reneged,   starts = mu x list' / (list' + K),   reneged = r x list'
//! ```
//!
//! which is a quadratic in `list'`. With `K = 0` it is the plain fluid list,
//! `list' = max(0, A - mu) / (1 + r)`, empty whenever capacity exceeds demand. Real lists are not:
//! chance alone keeps people waiting below full load. `K` stands for that, and where nobody leaves
//! gives the steady list `K x load / (1 - load)`, the form of the M/M/1 queue (Rider 1976, *A simple
//! approximation to the average queue size in the time-dependent M/M/1 queue*, Journal of the ACM
//! 23; Wang, Tipper and Banerjee 1996, *A simple approximation for modeling nonstationary queues*,
//! INFOCOM). [`Standing`] chooses it.
//!
//! First in, first out: the list remembers when the person at its head was referred, so a start
//! has waited since then, less those who left in between. A list that stands at `S` starts a month
//! while the share `r` of it leaves was joined by `a = S + r list`, of whom `exp(-d u)` still wait
//! after `u` months, and its head has waited longest:
//!
//! ```text
//! d = ln(1 + r step) / step,   a exp(-d wait) = S,   list = (a - S) / r
//! ```
//!
//! Everyone in one place of the queue waits alike in a fluid; [`Standard`] spreads individuals
//! around it. Blocks of `L` draws lie side by side; nothing is allocated.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

use crate::model::lane::Lane;

mod planning;
mod standard;

use pulp::{Simd, WithSimd};

pub use planning::capacity_needed;
pub use standard::{Limit, SIGMA, Standard, Standing};

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
            Self::Starts(starts) => starts[lane],
            Self::Places { places, leave } => places[lane] * leave[lane],
        }
    }

    /// One draw of it.
    pub fn lane(&self, lane: usize) -> Capacity<1> {
        match self {
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
    /// The fluid wait of those who started, in weeks: the median of individual waits.
    pub wait: Lane<L>,
    /// Arrivals over capacity, before any are turned away.
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

    /// The 90th percentile of individual waits, weeks.
    pub fn percentile_90(&self, standard: Standard) -> Lane<L> {
        self.wait.map(|wait| standard.percentile_90(wait))
    }

    /// The share of those who started within `weeks` of being referred.
    pub fn within(&self, standard: Standard, weeks: f64) -> Lane<L> {
        self.wait.map(|wait| standard.within(wait, weeks))
    }
}

/// A list between two months: who waits, who is treated, and since when the first has waited.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct List<const L: usize> {
    waiting: Lane<L>,
    caseload: Lane<L>,
    head: [Head; L],
    month: usize,
}

/// The rate in continuous time at which people fade from a list, where the rate `renege` takes
/// them in implicit steps.
fn fading(renege: f64) -> f64 {
    (renege * STEP).ln_1p() / STEP
}

/// The head of the queue: the arrivals of one step (or the opening list), partly gone.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Head {
    /// The step whose arrivals stand at the head; the opening list is before step 0.
    cohort: Option<usize>,
    /// The share of it already started.
    gone: f64,
    /// The share of those who arrived then that has not left by itself since.
    survived: f64,
    opening: Before,
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

impl<const L: usize> List<L> {
    /// A list of `waiting` people that stands at `starts` a month, of which the rate `renege`
    /// leaves, and `caseload` people in treatment (needed for places alone).
    pub fn opening(waiting: Lane<L>, starts: Lane<L>, renege: Lane<L>, caseload: Lane<L>) -> Self {
        let head = std::array::from_fn(|lane| Head {
            cohort: None,
            gone: 0.0,
            survived: 1.0,
            opening: Before::new(waiting[lane], starts[lane], renege[lane]),
        });
        Self { waiting, caseload, head, month: 0 }
    }

    /// One draw of it.
    pub fn lane(&self, lane: usize) -> List<1> {
        List {
            waiting: Lane([self.waiting[lane]]),
            caseload: Lane([self.caseload[lane]]),
            head: [self.head[lane]],
            month: self.month,
        }
    }

    /// People waiting.
    pub fn waiting(&self) -> &Lane<L> {
        &self.waiting
    }

    /// Goes on by one month. `arrivals` is what was accepted in each month so far, this one last;
    /// `joined` is that less those turned away: this month's is written by the call, earlier ones
    /// must stand as earlier calls wrote them.
    #[inline(always)]
    fn step_month(
        &mut self,
        queue: &Queue<L>,
        arrivals: &Lane<L>,
        joined: &mut [Lane<L>],
        capacity: &Capacity<L>,
        out: &mut Waited<L>,
    ) {
        let month = self.month;
        *out = Waited::EMPTY;
        for lane in 0..L {
            let load = arrivals[lane] / capacity.sustained(lane).max(1e-12);
            let share = queue.threshold.map_or(1.0, |t| t.accepted(lane, load));
            out.load[lane] = load;
            joined[month][lane] = arrivals[lane] * share;
            out.turned_away[lane] = arrivals[lane] - joined[month][lane];
        }
        let keep = queue.renege.map(|rate| 1.0 + rate * STEP);
        let fade = keep.map(|keep| 1.0 / keep);
        for step in month * STEPS..(month + 1) * STEPS {
            self.step(step, queue, (&keep, &fade), joined, capacity, out);
        }
        for lane in 0..L {
            let starts = out.starts[lane];
            out.list[lane] = self.waiting[lane];
            out.wait[lane] = if starts > 0.0 { WEEKS * out.wait[lane] / starts } else { 0.0 };
        }
        self.month += 1;
    }

    /// One step of all draws: first the quadratics, side by side, then who it was that started.
    /// `keep` is how many there would be for one who is left, had nobody left, `fade` the inverse.
    /// `out.wait` gathers the months waited by all who start.
    #[inline(always)]
    fn step(
        &mut self,
        step: usize,
        queue: &Queue<L>,
        (keep, fade): (&Lane<L>, &Lane<L>),
        joined: &[Lane<L>],
        capacity: &Capacity<L>,
        out: &mut Waited<L>,
    ) {
        let h = STEP;
        let most: Lane<L> = Lane::from_fn(|lane| self.starts_allowed(lane, capacity, h));
        // Outside the loop, for nothing in it may panic: lanes then could not go side by side.
        let joining = &joined[self.month];
        let Queue { friction, .. } = queue;
        let mut starts = Lane::<L>::ZERO;
        for lane in 0..L {
            let here = self.waiting[lane] + joining[lane] * h;
            let left = left_waiting(here, most[lane], keep[lane], friction[lane]);
            let reneged = (keep[lane] - 1.0) * left;
            starts[lane] = (here - left - reneged).max(0.0).min(here);
            out.reneged[lane] += here - left - starts[lane];
            out.starts[lane] += starts[lane];
            self.waiting[lane] = left;
            self.caseload[lane] += starts[lane];
        }
        for lane in 0..L {
            let arrived = |step: usize| joined[step / STEPS][lane] * h;
            let loss = (keep[lane], fade[lane]);
            let referred = self.head[lane].serve(starts[lane], step, loss, arrived);
            out.wait[lane] += (starts[lane] * (step as f64 + 0.5) * h - referred).max(0.0);
        }
    }

    /// The starts that capacity allows in a step; with places, what leaves makes room.
    #[inline(always)]
    fn starts_allowed(&mut self, lane: usize, capacity: &Capacity<L>, h: f64) -> f64 {
        match capacity {
            Capacity::Starts(starts) => starts[lane].max(0.0) * h,
            Capacity::Places { places, leave } => {
                self.caseload[lane] /= 1.0 + leave[lane] * h;
                (places[lane] - self.caseload[lane]).max(0.0)
            }
        }
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

impl Head {
    /// Takes `starts` people from the head in step `now`, and says when they were referred: the sum
    /// of it over them, in months (of the opening list before 0).
    #[inline]
    fn serve(
        &mut self,
        starts: f64,
        now: usize,
        (keep, fade): (f64, f64),
        arrived: impl Fn(usize) -> f64,
    ) -> f64 {
        let mut wanted = starts;
        let mut moments = 0.0;
        while wanted > 0.0 {
            let people = self.cohort.map_or(self.opening.people, &arrived);
            let referred = |gone: f64| match self.cohort {
                None => -self.opening.waited(gone),
                Some(step) => (step as f64 + gone) * STEP,
            };
            let there = people * self.survived;
            let rest = there * (1.0 - self.gone);
            if rest > wanted || self.cohort == Some(now) {
                let share = if there > 0.0 { wanted / there } else { 0.0 };
                moments += wanted * referred((self.gone + 0.5 * share).min(1.0));
                self.gone = (self.gone + share).min(1.0);
                break;
            }
            moments += rest * referred(0.5 * (1.0 + self.gone));
            wanted -= rest;
            self.cohort = Some(self.cohort.map_or(0, |step| step + 1));
            self.gone = 0.0;
            // The opening list and the arrivals of step 0 meet the same first reneging.
            self.survived =
                if self.cohort == Some(0) { self.survived } else { self.survived * keep };
        }
        // Those who did not start may leave before the next step.
        self.survived *= fade;
        moments
    }
}

/// Runs a list over the months of `arrivals` (accepted referrals a month), each with its capacity
/// (the last one holds where fewer are given), and writes a month each to `out`. `joined` is room
/// for the arrivals less those turned away, as long as `arrivals`.
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
        list.month = 0;
        for month in 0..months {
            let capacity = capacity.get(month).unwrap_or(last);
            list.step_month(queue, &arrivals[month], joined, capacity, &mut out[month]);
        }
        list
    }
}

#[cfg(test)]
mod tests;
