//! Exposure: how many people of a group enter the at-risk stock each month.
//!
//! ```text
//! entering(d, g, t) = size(g) x susceptible(d, g) x delayed gained track(d)(t) / reference(track)
//! ```
//!
//! A group of *events* (the bereaved, ICU survivors) takes the sum over its drivers: new events
//! bring new people. A *population* is the same people under every driver, so that its drivers
//! combine as `1 - product(1 - susceptible)` and its cumulative entries never exceed its size; a
//! capped month cuts all drivers and both lags by one factor.

use crate::lane::Lane;

/// Whether a group is made by events or is a fixed population.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupKind {
    /// People per reference exposure; no cap.
    Event,
    /// A number of people, each entering at most once.
    Population,
}

/// The factor that turns the sum of susceptible shares into their combination:
/// `(1 - product(1 - s)) / sum(s)`, 1 where nobody is susceptible or for events.
pub fn overlap<const L: usize>(kind: GroupKind, susceptible: &[Lane<L>]) -> Lane<L> {
    if kind == GroupKind::Event {
        return Lane::ONE;
    }
    let sum: Lane<L> = susceptible.iter().copied().sum();
    let none = susceptible.iter().fold(Lane::<L>::ONE, |none, share| none * (1.0 - *share));
    (1.0 - none).share_where(sum, &Lane::ONE)
}

/// Cuts entries in place so that nobody of a population enters twice; says how many were cut.
pub fn cap<const L: usize>(
    kind: GroupKind,
    size: &Lane<L>,
    immediate: &mut [Lane<L>],
    longitudinal: &mut [Lane<L>],
) -> Lane<L> {
    let mut cut = Lane::<L>::ZERO;
    if kind == GroupKind::Event {
        return cut;
    }
    let mut left = *size;
    for (early, late) in immediate.iter_mut().zip(longitudinal) {
        let entering = *early + *late;
        let kept = entering.with(left, |all, left| if all > left { left / all } else { 1.0 });
        *early *= kept;
        *late *= kept;
        cut += (entering - left).max(0.0);
        left = (left - entering).max(0.0);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn drivers_of_a_population_combine_as_independent_chances() {
        let factor = overlap(GroupKind::Population, &[Lane([0.6]), Lane([0.6])]);
        assert!((1.2 * factor[0] - 0.84).abs() < 1e-12);
        assert_eq!(overlap(GroupKind::Event, &[Lane([0.6]), Lane([0.6])]), Lane::ONE);
        assert_eq!(overlap(GroupKind::Population, &[Lane::<1>::ZERO]), Lane::ONE);
    }

    proptest! {
        #[test]
        fn nobody_enters_twice(entries in prop::collection::vec((0.0..50.0, 0.0..50.0), 1..40)) {
            let size = Lane([300.0]);
            let mut early: Vec<Lane<1>> = entries.iter().map(|e| Lane([e.0])).collect();
            let mut late: Vec<Lane<1>> = entries.iter().map(|e| Lane([e.1])).collect();
            let cut = cap(GroupKind::Population, &size, &mut early, &mut late);
            let wanted: f64 = entries.iter().map(|e| e.0 + e.1).sum();
            let entered: f64 = early.iter().chain(&late).map(|e| e[0]).sum();
            prop_assert!(entered <= 300.0 + 1e-9);
            prop_assert!((entered + cut[0] - wanted).abs() < 1e-9);
            for (k, entry) in entries.iter().enumerate() {
                let share = entry.0 * late[k][0] - entry.1 * early[k][0];
                prop_assert!(share.abs() < 1e-6, "both lags are cut alike");
            }
        }
    }
}
