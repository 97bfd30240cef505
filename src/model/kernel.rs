//! A driver's delay: which share of an exposure acts how many months later.
//!
//! ```text
//! kernel = (1 - persistent) x fast + persistent x slow
//! ```
//!
//! `fast` is a [`Pulse`] from `onset` over `peak` with the driver's `half_life`, `slow` the same
//! rise with a half-life of [`SLOW_HALF_LIFE`] months; each is scaled to sum to 1. Lag `k` takes
//! the exact integral over `[k, k + 1]`. Lags under [`IMMEDIATE`] months are the immediate need,
//! the rest the longitudinal one.

// What runs inside the dispatch on the processor's features must be compiled into it.
#![allow(clippy::inline_always)]

use pulp::{Arch, Simd, WithSimd};

use super::pulse::Pulse;
use crate::lane::Lane;

/// The half-life, in months, of the part of need that persists.
pub const SLOW_HALF_LIFE: f64 = 36.0;

/// Lags below this many months are immediate.
pub const IMMEDIATE: usize = 3;

/// One driver's delay; `onset` and `peak` in months, `persistent` a share.
#[derive(Clone, Copy, Debug)]
pub struct Delay {
    /// Months to the first effect.
    pub onset: f64,
    /// Months to the greatest effect; drawn below `onset` it counts as `onset`.
    pub peak: f64,
    /// Months in which the fast part halves after the peak.
    pub half_life: f64,
    /// The share that fades slowly.
    pub persistent: f64,
}

impl Delay {
    /// Writes the share of the effect at each lag of `weights`; what falls later is returned.
    pub fn weights(&self, weights: &mut [f64]) -> f64 {
        let peak = self.peak.max(self.onset);
        let fast = Pulse { onset: self.onset, peak, half_life: self.half_life };
        let slow = Pulse { half_life: SLOW_HALF_LIFE, ..fast };
        fast.months(0.0, weights);
        let fast_share = (1.0 - self.persistent) / fast.area();
        let slow_share = self.persistent / slow.area();
        let mut slow_weights = [0.0; 24];
        let mut total = 0.0;
        for (start, chunk) in (0..).step_by(slow_weights.len()).zip(weights.chunks_mut(24)) {
            slow.months(f64::from(start), &mut slow_weights);
            for (weight, slow_weight) in chunk.iter_mut().zip(slow_weights) {
                *weight = *weight * fast_share + slow_weight * slow_share;
                total += *weight;
            }
        }
        (1.0 - total).max(0.0)
    }
}

/// Delays a track: `out[t] = sum over lags k of weights[k] x track[t - k]`, lags under
/// [`IMMEDIATE`] into `immediate`, the others into `longitudinal`. All are months of `L` draws.
pub fn delay_track<const L: usize>(
    track: &[Lane<L>],
    weights: &[Lane<L>],
    immediate: &mut [Lane<L>],
    longitudinal: &mut [Lane<L>],
) {
    Arch::new().dispatch(Delaying { track, weights, immediate, longitudinal });
}

struct Delaying<'a, const L: usize> {
    track: &'a [Lane<L>],
    weights: &'a [Lane<L>],
    immediate: &'a mut [Lane<L>],
    longitudinal: &'a mut [Lane<L>],
}

impl<const L: usize> WithSimd for Delaying<'_, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        /// Draws whose sums stay in registers.
        const ABREAST: usize = 8;
        let Self { track, weights, immediate, longitudinal } = self;
        for t in 0..track.len() {
            let lags = weights.len().min(t + 1);
            let sum = |lags: std::ops::Range<usize>, out: &mut Lane<L>| {
                let (some, rest) = out.0.as_chunks_mut::<ABREAST>();
                for (chunk, out) in some.iter_mut().enumerate() {
                    let mut sums = [0.0; ABREAST];
                    for k in lags.clone() {
                        let of = |lane: &Lane<L>| lane.0.as_chunks::<ABREAST>().0[chunk];
                        let (weight, signal) = (of(&weights[k]), of(&track[t - k]));
                        for i in 0..ABREAST {
                            sums[i] += weight[i] * signal[i];
                        }
                    }
                    *out = sums;
                }
                let done = L - rest.len();
                for (i, out) in rest.iter_mut().enumerate() {
                    let products =
                        lags.clone().map(|k| weights[k][done + i] * track[t - k][done + i]);
                    *out = products.fold(0.0, |sum, product| sum + product);
                }
            };
            sum(0..lags.min(IMMEDIATE), &mut immediate[t]);
            sum(IMMEDIATE.min(lags)..lags, &mut longitudinal[t]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_delay_loses_nobody(
            onset in 0.0..12.0, rise in 0.0..12.0, half_life in 0.1..24.0, persistent in 0.0..=1.0,
        ) {
            let delay = Delay { onset, peak: onset + rise, half_life, persistent };
            let mut weights = vec![0.0; 60];
            let later = delay.weights(&mut weights);
            prop_assert!(weights.iter().all(|w| (0.0..=1.0).contains(w)));
            prop_assert!((weights.iter().sum::<f64>() + later - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn with_no_delay_and_a_short_half_life_everything_is_immediate() {
        let delay = Delay { onset: 0.0, peak: 0.0, half_life: 0.1, persistent: 0.0 };
        let mut weights = [0.0; 4];
        delay.weights(&mut weights);
        assert!(weights[0] > 0.999);
        let track = [1.0, 0.0, 0.0, 0.0].map(|value| Lane([value]));
        let (mut immediate, mut longitudinal) = ([Lane::<1>::ZERO; 4], [Lane::ZERO; 4]);
        let kernel = weights.map(|w| Lane([w]));
        delay_track(&track, &kernel, &mut immediate, &mut longitudinal);
        assert!(immediate[0][0] > 0.999 && longitudinal[3][0] < 1e-3);
    }

    #[test]
    fn the_slow_part_has_its_own_half_life() {
        let delay = Delay { onset: 0.0, peak: 0.0, half_life: 1.0, persistent: 1.0 };
        let mut weights = [0.0; 40];
        delay.weights(&mut weights);
        assert!((weights[37] / weights[1] - 0.5).abs() < 1e-12);
    }
}
