//! A pulse: nothing before its onset, a straight rise to the peak, then a fall by half-lives.
//!
//! ```text
//! f(u) = 0                              u < onset
//!      = (u - onset) / (peak - onset)   onset <= u < peak
//!      = 2^(-(u - peak) / half_life)    u >= peak
//! ```
//!
//! The shape of an economic shock over calendar time, and of a driver's delay over lags.

use std::f64::consts::LN_2;

/// A pulse of height 1; times in months, `onset <= peak`, `half_life > 0`.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    /// Where it begins.
    pub onset: f64,
    /// Where it is 1.
    pub peak: f64,
    /// Months in which it halves after the peak.
    pub half_life: f64,
}

impl Pulse {
    /// The integral over all time.
    pub fn area(&self) -> f64 {
        (self.peak - self.onset) / 2.0 + self.half_life / LN_2
    }

    /// The integral from the onset to `u`.
    pub fn integral(&self, u: f64) -> f64 {
        let rise = self.peak - self.onset;
        if u <= self.onset {
            0.0
        } else if u < self.peak {
            (u - self.onset).powi(2) / (2.0 * rise)
        } else {
            let fall = 1.0 - (-(u - self.peak) / self.half_life).exp2();
            rise / 2.0 + self.half_life / LN_2 * fall
        }
    }

    /// The integrals over the months `first + k`, `k = 0, 1, …`, into `out`.
    ///
    /// After the peak each month is the one before times `2^(-1/half_life)`, which saves an
    /// exponential a month.
    pub fn months(&self, first: f64, out: &mut [f64]) {
        let ratio = (-1.0 / self.half_life).exp2();
        let mut at = first;
        let mut before = self.integral(at);
        let mut last = None;
        for month in out {
            let value = match last {
                Some(value) => value * ratio,
                None => {
                    let after = self.integral(at + 1.0);
                    let value = after - before;
                    before = after;
                    value
                }
            };
            last = (at >= self.peak).then_some(value);
            *month = value;
            at += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hand_worked_pulse() {
        let pulse = Pulse { onset: 1.0, peak: 3.0, half_life: 2.0 };
        assert!((pulse.integral(2.0) - 0.25).abs() < 1e-15);
        assert!((pulse.integral(3.0) - 1.0).abs() < 1e-15);
        assert!((pulse.integral(5.0) - (1.0 + 2.0 / LN_2 * 0.5)).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn months_are_the_exact_integrals_and_sum_to_the_area(
            onset in 0.0..12.0, rise in 0.0..12.0, half_life in 0.05..40.0,
        ) {
            let pulse = Pulse { onset, peak: onset + rise, half_life };
            let mut months = vec![0.0; 1200];
            pulse.months(0.0, &mut months);
            for (k, month) in months.iter().enumerate() {
                let exact = pulse.integral(k as f64 + 1.0) - pulse.integral(k as f64);
                prop_assert!((month - exact).abs() < 1e-9, "{k}: {month} {exact}");
            }
            prop_assert!((months.iter().sum::<f64>() / pulse.area() - 1.0).abs() < 1e-6);
        }
    }
}
