//! What becomes, in a month, of the people at risk who develop a condition: who is unseen, who is
//! referred where, and whom every service refuses.
//!
//! ```text
//! need        = rate / max(1, sum of the group's rates)
//! seen        = need x help_seeking, nobody where no service has a weight
//! unseen      = need - seen
//! referred(s) = seen x weight(s) / sum over s of weight(s)
//! refused     = sum over s of referred(s) x (1 - accepted(s)), where the refused leave
//! ```
//!
//! All are shares of the people at risk. The solver takes them in the registers of the processor,
//! the reports of need in draws side by side: both are this rule.

use std::ops::{Add, Mul, Sub};

use super::Refused;
use crate::lane::Lane;

/// A number of several draws.
pub trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The same number in every draw, of as many draws as `self`.
    #[must_use]
    fn like(self, value: f64) -> Self;

    /// The greater of the two.
    #[must_use]
    fn at_least(self, least: Self) -> Self;

    /// `self / whole`, and 0 where the whole is not positive.
    #[must_use]
    fn share_of(self, whole: Self) -> Self;

    /// `self`, and 0 where `weight` is not positive.
    #[must_use]
    fn where_positive(self, weight: Self) -> Self;
}

impl<const L: usize> Number for Lane<L> {
    #[inline]
    fn like(self, value: f64) -> Self {
        Self::all(value)
    }

    #[inline]
    fn at_least(self, least: Self) -> Self {
        self.with(least, f64::max)
    }

    #[inline]
    fn share_of(self, whole: Self) -> Self {
        Self::share_of(self, whole)
    }

    #[inline]
    fn where_positive(self, weight: Self) -> Self {
        self.with(weight, |value, weight| if weight > 0.0 { value } else { 0.0 })
    }
}

/// Shares of a group's people at risk, for one condition.
#[derive(Clone, Copy, Debug)]
pub struct Fate<N> {
    /// They develop the condition.
    pub need: N,
    /// They have it and present to some service.
    pub seen: N,
    /// They have it and never present.
    pub unseen: N,
    /// They present, are refused and leave; nobody where the refused re-present.
    pub refused: N,
    /// Those seen for each unit of weight.
    by_weight: N,
}

impl<N: Number> Fate<N> {
    /// The fate of those with a condition of this `rate`, in a group whose rates add up to
    /// `rates`; `services` gives the weight and the acceptance of each service for it.
    #[inline(always)]
    pub fn new(
        (rate, rates): (N, N),
        help_seeking: N,
        services: impl Iterator<Item = (N, N)>,
        refused: Refused,
    ) -> Self {
        let (zero, one) = (rate.like(0.0), rate.like(1.0));
        let (mut weights, mut refusing) = (zero, zero);
        for (weight, accepted) in services {
            weights = weights + weight;
            refusing = refusing + weight * (one - accepted);
        }
        let need = rate * one.share_of(rates.at_least(one));
        let seen = (need * help_seeking).where_positive(weights);
        let by_weight = seen.share_of(weights);
        let refused = match refused {
            Refused::Leave => refusing * by_weight,
            Refused::RePresent => zero,
        };
        Self { need, seen, unseen: need - seen, refused, by_weight }
    }

    /// They are referred to a service of this weight.
    #[inline(always)]
    pub fn referred(&self, weight: N) -> N {
        weight * self.by_weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(weights: [f64; 2], refused: Refused) -> Fate<Lane<1>> {
        let [a, b] = weights.map(Lane::all);
        let services = [(a, Lane::all(0.5)), (b, Lane::all(1.0))];
        Fate::new((Lane::all(0.2), Lane::all(0.8)), Lane::all(0.5), services.into_iter(), refused)
    }

    #[test]
    fn half_present_and_a_service_refuses_half_of_its_three_quarters() {
        let fate = fate([3.0, 1.0], Refused::Leave);
        assert_eq!((fate.need[0], fate.seen[0], fate.unseen[0]), (0.2, 0.1, 0.1));
        assert!((fate.referred(Lane::all(3.0))[0] - 0.075).abs() < 1e-15);
        assert!((fate.refused[0] - 0.0375).abs() < 1e-15);
    }

    #[test]
    fn without_a_service_all_are_unseen_and_who_re_presents_is_not_lost() {
        let none = fate([0.0, 0.0], Refused::Leave);
        assert_eq!((none.unseen[0], none.seen[0], none.refused[0]), (0.2, 0.0, 0.0));
        assert_eq!(fate([3.0, 1.0], Refused::RePresent).refused[0], 0.0);
    }
}
