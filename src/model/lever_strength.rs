//! Levers: what the system can do, and how several of them on one flow combine.
//!
//! ```text
//! strength(t) = reach x effect x ramp(t)
//! share(t)    = 1 - product over the levers of a flow of (1 - strength(t))
//! ```
//!
//! `ramp` is 0 until `lag` months after the start, then rises in a straight line to 1 within
//! `ramp` months; a month takes its mean. Levers never add up: two of 60% leave 0.4 x 0.4 of a
//! flow and so give 84%. A negative effect (a cut to prevention) makes the share negative.
//!
//! Levers for slices `k` of the population, each with its share `w` of the flow, act on those alone:
//!
//! ```text
//! share(t) = 1 - sum over k of w(k) x product over the levers of (1 - strength x aim(k))
//! ```
//!
//! `aim` is 1 in the slices a lever is for and 0 elsewhere; for one that reaches everyone in
//! proportion to need per head it is `need(k) / population(k)`, which reaches as many people as a
//! flat offer; for one that spends the same on a single slice `1 / population(k)`. No reach goes
//! beyond 1. Levers for everyone, and for slices of another kind, are held to fall on these
//! slices alike.
//!
//! A share that people have (help-seeking, acceptance) moves towards 1 by the share of those who
//! are left out, `base + share x (1 - base)`, and towards 0 by the share of those who are in,
//! `base x (1 + share)`.

/// When a lever acts, in months from the start of the scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Timing {
    /// The start.
    pub start: f64,
    /// Months from the start to the first effect.
    pub lag: f64,
    /// Months from the first to the whole effect.
    pub ramp: f64,
}

impl Timing {
    /// The mean of the ramp over month `t`, 0 to 1.
    pub fn mean(&self, t: f64) -> f64 {
        let first = self.start + self.lag;
        (self.area(t + 1.0 - first) - self.area(t - first)).clamp(0.0, 1.0)
    }

    /// The integral of the ramp from the first effect to `u` months after it.
    fn area(&self, u: f64) -> f64 {
        if u <= 0.0 {
            0.0
        } else if u < self.ramp {
            u * u / (2.0 * self.ramp)
        } else {
            u - self.ramp / 2.0
        }
    }
}

/// The share of a flow that levers of these strengths change together.
pub fn combine(strengths: impl IntoIterator<Item = f64>) -> f64 {
    1.0 - strengths.into_iter().map(|strength| 1.0 - strength).product::<f64>()
}

/// The share of a flow that levers change together, from the slices' shares of the flow and what is
/// changed of each.
pub fn combine_in_slices(slices: impl IntoIterator<Item = (f64, f64)>) -> f64 {
    let (mut all, mut changed) = (0.0, 0.0);
    for (weight, share) in slices {
        all += weight;
        changed += weight * share;
    }
    if all > 0.0 { changed / all } else { 0.0 }
}

/// How much more of a slice than of everyone a lever reaches, at most all of it: `per_head` is
/// what the slice would get of an offer of `reach` to everyone.
pub fn aim(reach: f64, per_head: f64) -> f64 {
    if reach > 0.0 { per_head.min(1.0 / reach) } else { per_head }
}

/// A share of people after `change`: towards 1 where it is positive, towards 0 where negative.
pub fn moved(base: f64, change: f64) -> f64 {
    let change = change.clamp(-1.0, 1.0);
    if change >= 0.0 { base + change * (1.0 - base) } else { base * (1.0 + change) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_levers_of_60_percent_give_84_never_120() {
        assert!((combine([0.6, 0.6]) - 0.84).abs() < 1e-12);
        assert_eq!(combine([]), 0.0);
        assert_eq!(combine([0.0, 0.0]), 0.0);
    }

    #[test]
    fn two_levers_for_a_fifth_leave_the_others_alone() {
        // Both reach 60% of a fifth: 84% of it, and nothing of the rest.
        let together = combine([0.6, 0.6]);
        let share = combine_in_slices([(0.2, together), (0.8, 0.0)]);
        assert!((share - 0.168).abs() < 1e-12);
    }

    #[test]
    fn an_offer_in_proportion_to_need_prevents_more_with_as_many_people() {
        let (population, need) = ([0.5, 0.5], [0.75, 0.25]);
        let reach = 0.4;
        let by_need: Vec<f64> = (0..2).map(|k| aim(reach, need[k] / population[k])).collect();
        let people: f64 = (0..2).map(|k| population[k] * reach * by_need[k]).sum();
        assert!((people - reach).abs() < 1e-12);
        let flat = combine_in_slices(need.map(|need| (need, reach)));
        let proportionate = combine_in_slices((0..2).map(|k| (need[k], reach * by_need[k])));
        assert!((flat - 0.4).abs() < 1e-12 && (proportionate - 0.5).abs() < 1e-12);
        // Nobody can be reached twice.
        assert_eq!(aim(0.8, 5.0), 1.25);
    }

    #[test]
    fn a_cut_makes_the_share_negative() {
        assert!((combine([-0.2]) + 0.2).abs() < 1e-12);
        assert!((moved(0.5, -0.2) - 0.4).abs() < 1e-12);
        assert!((moved(0.5, 0.2) - 0.6).abs() < 1e-12);
    }

    #[test]
    fn a_ramp_rises_in_a_straight_line() {
        let timing = Timing { start: 1.0, lag: 1.0, ramp: 4.0 };
        let means: Vec<f64> = (0..8).map(|t| timing.mean(f64::from(t))).collect();
        assert_eq!(means, [0.0, 0.0, 0.125, 0.375, 0.625, 0.875, 1.0, 1.0]);
    }

    #[test]
    fn without_a_ramp_the_whole_effect_comes_at_once() {
        let timing = Timing { start: 2.5, lag: 0.0, ramp: 0.0 };
        assert_eq!([1.0, 2.0, 3.0].map(|t| timing.mean(t)), [0.0, 0.5, 1.0]);
    }

    proptest! {
        #[test]
        fn levers_together_do_more_than_each_and_less_than_their_sum(
            strengths in prop::collection::vec(0.0..=1.0, 1..6),
        ) {
            let together = combine(strengths.iter().copied());
            let most = strengths.iter().copied().fold(0.0, f64::max);
            prop_assert!(together >= most - 1e-12);
            prop_assert!(together <= strengths.iter().sum::<f64>() + 1e-12);
            prop_assert!(together <= 1.0);
        }

        #[test]
        fn a_share_stays_a_share(base in 0.0..=1.0, change in -2.0..=2.0) {
            prop_assert!((0.0..=1.0).contains(&moved(base, change)));
        }

        #[test]
        fn a_ramp_never_falls(start in -5.0..20.0, lag in 0.0..12.0, ramp in 0.0..24.0) {
            let timing = Timing { start, lag, ramp };
            let means: Vec<f64> = (0..80).map(|t| timing.mean(f64::from(t))).collect();
            prop_assert!(means.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
            prop_assert!((means[79] - 1.0).abs() < 1e-9);
        }
    }
}
