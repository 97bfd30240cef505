//! Tracks: the monthly signals of a scenario that drivers follow.
//!
//! ```text
//! virus(t)        = sum over waves of height x 2^-((d / w)^2), averaged over the month;
//!                   d = months from the peak, w = rise before it, fall after it
//! severe(t)       = virus delayed, each wave times its severity
//! restrictions(t) = the month's mean stringency, 0 to 1
//! economy(t)      = sum over shocks of depth x pulse(from, peak, half_life)
//! ```
//!
//! Height 1 is England's first wave. Months are `t = 0 ..` from the scenario's start; positions
//! are months on the axis of [`crate::month::position`], here relative to the start.

use std::f64::consts::{LN_2, PI};

use super::pulse::Pulse;

/// One wave of infections.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wave {
    /// Its peak, in months from the start.
    pub peak: f64,
    /// Months from half height to the peak.
    pub rise: f64,
    /// Months from the peak to half height.
    pub fall: f64,
}

impl Wave {
    /// The mean of the wave (height 1) over month `t`.
    ///
    /// The integral of `2^-((d/w)^2)` from 0 to `d` is `w/2 x sqrt(pi/ln 2) x erf(d sqrt(ln 2)/w)`.
    pub fn mean(&self, t: f64) -> f64 {
        self.integral(t + 1.0) - self.integral(t)
    }

    /// The height of the wave (peak 1) at time `t`.
    pub fn at(&self, t: f64) -> f64 {
        let d = t - self.peak;
        let width = if d < 0.0 { self.rise } else { self.fall };
        (-(d / width).powi(2)).exp2()
    }

    fn integral(&self, t: f64) -> f64 {
        let d = t - self.peak;
        let width = if d < 0.0 { self.rise } else { self.fall };
        width / 2.0 * (PI / LN_2).sqrt() * libm::erf(d * LN_2.sqrt() / width)
    }
}

/// The share of month `t` that lies between two positions.
pub fn share_of_month(from: f64, to: f64, t: f64) -> f64 {
    (to.min(t + 1.0) - from.max(t)).clamp(0.0, 1.0)
}

/// The mean of a shock of depth 1 over month `t`.
pub fn shock_mean(pulse: &Pulse, t: f64) -> f64 {
    pulse.integral(t + 1.0) - pulse.integral(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_height_is_reached_rise_before_and_fall_after_the_peak() {
        let wave = Wave { peak: 10.0, rise: 0.6, fall: 1.2 };
        let density = |t: f64| (wave.integral(t + 1e-5) - wave.integral(t - 1e-5)) / 2e-5;
        assert!((density(10.0) - 1.0).abs() < 1e-6);
        assert!((density(9.4) - 0.5).abs() < 1e-6);
        assert!((density(11.2) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_months_of_a_wave_sum_to_its_area() {
        let wave = Wave { peak: 10.3, rise: 0.6, fall: 1.2 };
        let sum: f64 = (0..40).map(|t| wave.mean(f64::from(t))).sum();
        assert!((sum - 0.9 * (PI / LN_2).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_restriction_counts_by_its_share_of_the_month() {
        assert_eq!(share_of_month(0.25, 2.5, 0.0), 0.75);
        assert_eq!(share_of_month(0.25, 2.5, 1.0), 1.0);
        assert_eq!(share_of_month(0.25, 2.5, 2.0), 0.5);
        assert_eq!(share_of_month(0.25, 2.5, 3.0), 0.0);
    }
}
