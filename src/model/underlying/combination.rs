//! The mean of four plain forecasts.
//!
//! ```text
//! x(h) = sum over the members of w(h) x(h) / sum of w(h)          h = 0 is the first month
//! w(h) = 1              damped Holt-Winters; a level with a season
//! w(h) = min(h/12, 1)   seasonal naive; the trend with monthly profile
//! ```
//!
//! `x` is the logarithm of referrals, or their number where some month has none. Near months hang
//! on the level of late, which smoothing follows; a year ahead it is forgotten, and what the last
//! year was and where it was heading say as much. Whether a series has a trend or a season is
//! seldom clear from two or three years of it: a mean need not decide (Bates and Granger 1969, *The
//! combination of forecasts*, Operational Research Quarterly 20). Weights are equal, since those
//! learnt from so few months hardly do better (Smith and Wallis 2009, *A simple explanation of the
//! forecast combination puzzle*, Oxford Bulletin of Economics and Statistics 71); what was tried,
//! and on what, is in `docs/evidence.md`.

use super::smoothing::{ErrorKind, Kind, Season};

/// The members that smooth: damped Holt-Winters, and a level with a season.
pub(super) const SMOOTHED: [Kind; 2] = [HOLT_WINTERS, Kind { damped_trend: false, ..HOLT_WINTERS }];

/// Damped Holt-Winters.
pub(super) const HOLT_WINTERS: Kind =
    Kind { error: ErrorKind::Additive, damped_trend: true, season: Season::Additive };

/// What the members that smooth estimate, at the least: a first level and twelve seasons. Damped
/// Holt-Winters has a growth beside them.
pub(super) const ESTIMATED: f64 = 13.0;

/// The mean of the members in month `h` (0 is the first).
pub(super) fn mean(h: usize, smoothed: [f64; 2], naive: f64, trend: f64) -> f64 {
    let far = (h as f64 / 12.0).min(1.0);
    (smoothed.iter().sum::<f64>() + far * (naive + trend)) / (2.0 + 2.0 * far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_month_is_smoothing_and_a_year_on_all_four_count_alike() {
        let at = |h| mean(h, [1.0, 3.0], 10.0, 20.0);
        assert_eq!(at(0), 2.0);
        assert_eq!(at(6), 19.0 / 3.0);
        assert_eq!((at(12), at(35)), (34.0 / 4.0, 34.0 / 4.0));
    }
}
