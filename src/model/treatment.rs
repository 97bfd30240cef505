//! Treatment: who starts, who is treated and who leaves, of all people and of the surge's.
//!
//! ```text
//! caseload    += starts - discharges        discharges = caseload x leave / load
//! starts       = accepted, or what the waiting list starts
//! share        = (surge waiting + surge accepted) / (list + accepted), at most 1
//! surge starts = starts x share             surge waiting = list x share
//! surge caseload += surge starts - surge caseload x leave / surge load
//! places      += surge accepted - places x leave / surge load
//! cost         = people x unit cost x load x stay
//! ```
//!
//! People of the surge wait among the others and start as they do; `places` are those it would
//! take up if nobody waited. The caseload opens at the steady state of the first month's
//! underlying demand, `underlying x accepted / leave`; that of the surge opens empty. A severer
//! mix stays longer ([`super::severity`]) and costs as much more; `stay` is the length of a treatment
//! that levers shorten, relative to its own. Those whom a raised threshold
//! turns away join the list's arrivals and leave at once: they are not accepted.

use super::severity::Mix;
use super::waiting::Waited;
use crate::lane::Lane;

/// The caseload that starts at the rate of `underlying` keep up; none where nobody leaves.
pub fn steady_caseload<const L: usize>(
    underlying: Lane<L>,
    accepted: Lane<L>,
    leave: Lane<L>,
) -> Lane<L> {
    (underlying * accepted).share_of(leave)
}

/// What the treatment of people costs whose stays are so long relative to usual ones.
pub fn cost<const L: usize>(people: Lane<L>, unit_cost: Lane<L>, length: Lane<L>) -> Lane<L> {
    people * unit_cost * length
}

/// Who asks for treatment in a month.
#[derive(Clone, Copy, Debug)]
pub struct Asking<const L: usize> {
    /// All accepted, before a raised threshold turns any away.
    pub accepted: Lane<L>,
    /// Of them, people of the surge.
    pub surge: Lane<L>,
    /// The share of the caseload that leaves, with the usual mix.
    pub leave: Lane<L>,
    /// The length of treatment with levers, relative to that without.
    pub stay: Lane<L>,
    /// How ill they are.
    pub mix: Mix<L>,
}

/// A month of treatment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Treated<const L: usize> {
    /// Accepted.
    pub accepted: Lane<L>,
    /// Treatments started.
    pub starts: Lane<L>,
    /// In treatment at the start of the month.
    pub caseload: Lane<L>,
    /// Left treatment.
    pub discharges: Lane<L>,
    /// Of the caseload, people of the surge.
    pub surge_caseload: Lane<L>,
    /// People of the surge who would be in treatment if nobody waited.
    pub surge_places: Lane<L>,
}

/// A service between two months.
#[derive(Clone, Copy, Debug)]
pub struct Treatment<const L: usize> {
    caseload: Lane<L>,
    list: Lane<L>,
    surge_caseload: Lane<L>,
    surge_waiting: Lane<L>,
    surge_places: Lane<L>,
}

impl<const L: usize> Treatment<L> {
    /// Before the first month, with this caseload and waiting list, none of them of the surge.
    pub fn opening(caseload: Lane<L>, list: Lane<L>) -> Self {
        let none = Lane::ZERO;
        Self { caseload, list, surge_caseload: none, surge_waiting: none, surge_places: none }
    }

    /// The next month; without a waiting list everyone accepted starts at once.
    pub fn month(&mut self, asking: &Asking<L>, waited: Option<&Waited<L>>) -> Treated<L> {
        let (accepted, starts, surge_starts) = match waited {
            None => (asking.accepted, asking.accepted, asking.surge),
            Some(waited) => {
                let waiting = self.surge_waiting + asking.surge;
                let share = waiting.share_of(self.list + asking.accepted).min(1.0);
                self.surge_waiting = waited.list * share;
                self.list = waited.list;
                (asking.accepted - waited.turned_away, waited.starts, waited.starts * share)
            }
        };
        let discharges = self.caseload * (asking.leave / asking.mix.load);
        let surge_leave = asking.leave / asking.mix.surge_load;
        let treated = Treated {
            accepted,
            starts,
            caseload: self.caseload,
            discharges,
            surge_caseload: self.surge_caseload,
            surge_places: self.surge_places,
        };
        self.caseload += starts - discharges;
        self.surge_caseload += surge_starts - self.surge_caseload * surge_leave;
        self.surge_places += asking.surge - self.surge_places * surge_leave;
        treated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(accepted: f64, surge: f64, load: f64) -> Asking<1> {
        let load = Lane([load]);
        Asking {
            accepted: Lane([accepted]),
            surge: Lane([surge]),
            leave: Lane([0.25]),
            stay: Lane::ONE,
            mix: Mix { severe: Lane::ZERO, load, surge_load: load },
        }
    }

    #[test]
    fn a_caseload_in_its_steady_state_stays_there() {
        let caseload = steady_caseload(Lane([100.0]), Lane([0.5]), Lane([0.25]));
        assert_eq!(caseload, Lane([200.0]));
        let mut treatment = Treatment::opening(caseload, Lane::ZERO);
        for _ in 0..5 {
            let month = treatment.month(&asking(50.0, 0.0, 1.0), None);
            assert_eq!((month.caseload, month.discharges), (caseload, month.starts));
        }
        assert_eq!(steady_caseload(Lane([100.0]), Lane::ONE, Lane::ZERO), Lane::<1>::ZERO);
    }

    #[test]
    fn a_severer_mix_stays_longer_and_costs_more() {
        let mut treatment = Treatment::opening(Lane([200.0]), Lane::ZERO);
        assert_eq!(treatment.month(&asking(50.0, 0.0, 1.25), None).discharges, Lane([40.0]));
        assert_eq!(treatment.month(&asking(50.0, 0.0, 1.0), None).caseload, Lane([210.0]));
        assert_eq!(cost(Lane([50.0]), Lane([1000.0]), Lane([1.25])), Lane([62_500.0]));
    }

    #[test]
    fn the_surge_waits_among_the_others_and_starts_as_they_do() {
        let mut treatment = Treatment::opening(Lane([200.0]), Lane([60.0]));
        // 60 wait and 40 come, 20 of them of the surge, and half of all start.
        let waited = Waited { starts: Lane([50.0]), list: Lane([50.0]), ..Waited::EMPTY };
        let first = treatment.month(&asking(40.0, 20.0, 1.0), Some(&waited));
        assert_eq!((first.starts, first.surge_caseload), (Lane([50.0]), Lane([0.0])));
        let second = treatment.month(&asking(50.0, 10.0, 1.0), Some(&waited));
        // A fifth of the starts was of the surge, and a fifth of the list is.
        assert_eq!((second.surge_caseload, second.surge_places), (Lane([10.0]), Lane([20.0])));
        let third = treatment.month(&asking(50.0, 0.0, 1.0), Some(&waited));
        // (10 + 10) / (50 + 50) of 50 starts join the three quarters that stay.
        assert_eq!(third.surge_caseload, Lane([17.5]));
    }

    #[test]
    fn those_turned_away_are_not_accepted() {
        let mut treatment = Treatment::opening(Lane([0.0]), Lane([0.0]));
        let waited = Waited { starts: Lane([30.0]), turned_away: Lane([10.0]), ..Waited::EMPTY };
        let month = treatment.month(&asking(40.0, 0.0, 1.0), Some(&waited));
        assert_eq!(month.accepted, Lane([30.0]));
    }
}
