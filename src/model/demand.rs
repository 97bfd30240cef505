//! Demand at the door of a service.
//!
//! ```text
//! referrals = underlying - suppressed + returning + surge + levers
//! ```
//!
//! Suppression and return ([`super::suppression`]) act on the underlying demand and the surge
//! together. Both are linear, so that any part of demand goes through them alone: what of the surge
//! presents, and what of a lever's change of it, is this equation without the other parts.

// The loop over the draws must be compiled for the processor's features where it is called.
#![allow(clippy::inline_always)]

use super::suppression::{Restrictions, Suppression};
use crate::lane::Lane;

/// A month of demand, before levers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Demand<const L: usize> {
    /// Would have come anyway.
    pub underlying: Lane<L>,
    /// New need.
    pub surge: Lane<L>,
    /// Of both, held back by restrictions.
    pub suppressed: Lane<L>,
    /// Held back earlier, and presents now.
    pub returning: Lane<L>,
    /// Held back earlier, and never will.
    pub lost: Lane<L>,
}

impl<const L: usize> Demand<L> {
    /// All referrals, where levers change them by `levers`.
    #[inline]
    pub fn referrals(&self, levers: Lane<L>) -> Lane<L> {
        self.before_levers() + levers
    }

    /// All referrals without levers.
    #[inline]
    pub fn before_levers(&self) -> Lane<L> {
        self.underlying - self.suppressed + self.returning + self.surge
    }
}

impl<const L: usize> std::ops::AddAssign for Demand<L> {
    fn add_assign(&mut self, other: Self) {
        self.underlying += other.underlying;
        self.surge += other.surge;
        self.suppressed += other.suppressed;
        self.returning += other.returning;
        self.lost += other.lost;
    }
}

impl<const L: usize> Demand<L> {
    /// Nobody.
    pub const NONE: Self = Self {
        underlying: Lane::ZERO,
        surge: Lane::ZERO,
        suppressed: Lane::ZERO,
        returning: Lane::ZERO,
        lost: Lane::ZERO,
    };

    /// A share of it.
    #[must_use]
    pub fn share(&self, share: Lane<L>) -> Self {
        Self {
            underlying: self.underlying * share,
            surge: self.surge * share,
            suppressed: self.suppressed * share,
            returning: self.returning * share,
            lost: self.lost * share,
        }
    }
}

/// Demand month by month, from underlying demand and surge, as `write` takes it. Where what returns is
/// given by month, it stands for what the rule would bring back.
#[inline(always)]
pub fn each_month<const L: usize>(
    suppression: &Suppression<L>,
    restrictions: &Restrictions<'_, L>,
    (underlying, surge): (&[Lane<L>], &[Lane<L>]),
    given_returning: Option<&[f64]>,
    mut write: impl FnMut(usize, &Demand<L>),
) {
    suppression.run(
        restrictions,
        |t, i| underlying[t][i] + surge[t][i],
        |t, held| {
            let month = Demand {
                underlying: underlying[t],
                surge: surge[t],
                suppressed: held.suppressed,
                returning: given_returning.map_or(held.returning, |given| Lane::all(given[t])),
                lost: held.lost,
            };
            write(t, &month);
        },
    );
}

/// The same, all months together.
pub fn by_month<const L: usize>(
    suppression: &Suppression<L>,
    restrictions: &Restrictions<'_, L>,
    underlying: &[Lane<L>],
    surge: &[Lane<L>],
    given_returning: Option<&[f64]>,
) -> Vec<Demand<L>> {
    let mut months = Vec::with_capacity(surge.len());
    let parts = (underlying, surge);
    each_month(suppression, restrictions, parts, given_returning, |_, month| months.push(*month));
    months
}

/// A part of the surge by month as it presents, by itself.
pub fn of_part<const L: usize>(
    suppression: &Suppression<L>,
    restrictions: &Restrictions<'_, L>,
    part: &[Lane<L>],
) -> Vec<Demand<L>> {
    by_month(suppression, restrictions, &vec![Lane::ZERO; part.len()], part, None)
}

/// How many of a part present, by month.
pub fn presenting<const L: usize>(
    suppression: &Suppression<L>,
    restrictions: &Restrictions<'_, L>,
    part: &[Lane<L>],
    months: &mut Vec<Lane<L>>,
) {
    months.clear();
    suppression.run(
        restrictions,
        |t, i| part[t][i],
        |t, held| months.push(held.returning - held.suppressed + part[t]),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF_HELD: Suppression<1> =
        Suppression { loss: Lane([0.5]), returns: Lane([0.4]), return_half_life: Lane([1.0]) };

    fn restrictions() -> ([Lane<1>; 3], [Lane<1>; 3]) {
        ([Lane([1.0]), Lane([0.0]), Lane([0.0])], [Lane::ZERO; 3])
    }

    #[test]
    fn a_lockdown_holds_half_of_both_and_a_fifth_of_it_comes_a_month_later() {
        let (first, later) = restrictions();
        let restrictions = Restrictions { first: &first, later: &later, gain: Lane::ONE };
        let (underlying, surge) = ([Lane([100.0]); 3], [Lane([20.0]); 3]);
        let months = by_month(&HALF_HELD, &restrictions, &underlying, &surge, None);
        assert_eq!(months[0].before_levers(), Lane([60.0]));
        // 60 held, half of it released, two fifths of that returns.
        assert_eq!(months[1].referrals(Lane([-2.0])), Lane([130.0]));
        assert_eq!(months[1].lost, Lane([18.0]));
    }

    #[test]
    fn the_parts_make_the_whole() {
        let (first, later) = restrictions();
        let restrictions = Restrictions { first: &first, later: &later, gain: Lane::ONE };
        let (underlying, surge) = ([Lane([100.0]); 3], [Lane([20.0]); 3]);
        let whole = by_month(&HALF_HELD, &restrictions, &underlying, &surge, None);
        let parts = [&underlying, &surge].map(|part| of_part(&HALF_HELD, &restrictions, part));
        for (t, month) in whole.iter().enumerate() {
            let sum = parts[0][t].before_levers() + parts[1][t].before_levers();
            assert!((sum - month.before_levers())[0].abs() < 1e-12);
        }
        let mut alone = Vec::new();
        presenting(&HALF_HELD, &restrictions, &surge, &mut alone);
        let part: Vec<Lane<1>> = parts[1].iter().map(Demand::before_levers).collect();
        assert_eq!(alone, part);
    }

    #[test]
    fn what_returns_may_be_given() {
        let (first, later) = restrictions();
        let restrictions = Restrictions { first: &first, later: &later, gain: Lane::ONE };
        let flows = ([Lane([100.0]); 3], [Lane::ZERO; 3]);
        let given = [0.0, 7.0, 7.0];
        let months = by_month(&HALF_HELD, &restrictions, &flows.0, &flows.1, Some(&given));
        assert_eq!(months[1].before_levers(), Lane([107.0]));
    }
}
