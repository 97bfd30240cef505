//! Demand held back by restrictions, and the part of it that comes later.
//!
//! ```text
//! felt(t)     = restrictions of wave 1 + gain x those of later waves, at most 1
//! held(t)     = loss x felt(t), at most 1
//! suppressed  = (underlying + surge as presented) x held
//! released    = stock x (1 - 2^(-1 / return_half_life)) x (1 - felt)
//! returning   = returns x released          the rest is lost to services: unmet
//! stock      += suppressed - released
//! ```
//!
//! `loss` is per unit of stringency. The released part of month `t` comes from the stock at its
//! start; it is what holds people back that holds back their return, so that a later lockdown, which
//! holds back less, delays less. Every service has its own figures; nothing is assumed to return in full.

// The loop over the draws must be compiled for the processor's features where it is called.
#![allow(clippy::inline_always)]

use crate::lane::Lane;

/// One service's figures, for `L` draws.
#[derive(Clone, Copy, Debug)]
pub struct Suppression<const L: usize> {
    /// Share of demand lost per unit of stringency.
    pub loss: Lane<L>,
    /// Share of what was held back that ever returns.
    pub returns: Lane<L>,
    /// Months in which half of the stock is released when nothing restricts.
    pub return_half_life: Lane<L>,
}

/// The restrictions of a scenario by month, for `L` draws.
#[derive(Clone, Copy, Debug)]
pub struct Restrictions<'a, const L: usize> {
    /// Mean stringency of the restrictions of wave 1.
    pub first: &'a [Lane<L>],
    /// Mean stringency of later ones.
    pub later: &'a [Lane<L>],
    /// How much a later restriction suppresses, relative to the first.
    pub gain: Lane<L>,
}

/// What a month's suppression did.
#[derive(Clone, Copy, Debug)]
pub struct Held<const L: usize> {
    /// Demand that did not present.
    pub suppressed: Lane<L>,
    /// Earlier suppressed demand that presents now.
    pub returning: Lane<L>,
    /// Earlier suppressed demand that never will.
    pub lost: Lane<L>,
}

impl<const L: usize> Restrictions<'_, L> {
    /// The restrictions of month `t` as they hold people back.
    fn felt(&self, t: usize) -> Lane<L> {
        self.first[t] + self.gain * self.later[t]
    }
}

impl<const L: usize> Suppression<L> {
    /// The share of demand held back in month `t`.
    pub fn held(&self, restrictions: &Restrictions<'_, L>, t: usize) -> Lane<L> {
        (self.loss * restrictions.felt(t)).as_share()
    }

    /// Runs over the months: `presented(t)` is underlying demand and surge, `write(t, held)`
    /// takes the result. Returns the stock still held at the end.
    #[inline(always)]
    pub fn run(
        &self,
        restrictions: &Restrictions<'_, L>,
        presented: impl Fn(usize, usize) -> f64,
        mut write: impl FnMut(usize, &Held<L>),
    ) -> Lane<L> {
        let Self { loss, returns, return_half_life } = self;
        let Restrictions { first, later, gain } = restrictions;
        let release = return_half_life.map(|half_life| 1.0 - (-1.0 / half_life).exp2());
        let mut stock = Lane::<L>::ZERO;
        let mut held = Held { suppressed: stock, returning: stock, lost: stock };
        for (t, (first, later)) in first.iter().zip(*later).enumerate() {
            // One pass over the draws: every value of a month stays in registers.
            for i in 0..L {
                let felt = first[i] + gain[i] * later[i];
                let released = stock[i] * release[i] * (1.0 - felt.min(1.0));
                let suppressed = presented(t, i) * (loss[i] * felt).clamp(0.0, 1.0);
                let returning = returns[i] * released;
                stock[i] += suppressed - released;
                held.suppressed[i] = suppressed;
                held.returning[i] = returning;
                held.lost[i] = released - returning;
            }
            write(t, &held);
        }
        stock
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(loss: f64, returns: f64, half_life: f64, gain: f64) -> (Vec<Held<1>>, f64) {
        let first = [0.0, 0.8, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0].map(Lane::all);
        let later = [0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.4, 0.0].map(Lane::all);
        let figures = Suppression {
            loss: Lane([loss]),
            returns: Lane([returns]),
            return_half_life: Lane([half_life]),
        };
        let restrictions = Restrictions { first: &first, later: &later, gain: Lane([gain]) };
        let mut months = Vec::new();
        let stock = figures.run(&restrictions, |_, _| 100.0, |_, held| months.push(*held));
        (months, stock[0])
    }

    #[test]
    fn a_hand_worked_spring_and_winter() {
        let (months, _) = run(0.5, 0.4, 1.0, 0.2);
        assert_eq!(months[1].suppressed[0], 40.0);
        assert_eq!(months[2].suppressed[0], 25.0);
        // 40 held; half a month's half-life under stringency 0.5: 40 x 0.5 x 0.5 = 10 released.
        assert!((months[2].returning[0] - 4.0).abs() < 1e-12);
        assert!((months[2].lost[0] - 6.0).abs() < 1e-12);
        assert!((months[5].suppressed[0] - 9.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn what_is_held_back_returns_is_lost_or_stays(
            loss in 0.0..2.0, returns in 0.0..=1.0, half_life in 0.1..12.0, gain in 0.0..2.0,
        ) {
            let (months, stock) = run(loss, returns, half_life, gain);
            let sum = |f: fn(&Held<1>) -> f64| months.iter().map(f).sum::<f64>();
            let out = sum(|h| h.returning[0]) + sum(|h| h.lost[0]) + stock;
            prop_assert!((sum(|h| h.suppressed[0]) - out).abs() < 1e-9);
            prop_assert!(months.iter().all(|h| h.suppressed[0] <= 100.0));
        }
    }
}
