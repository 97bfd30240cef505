//! How long after the virus need peaks.

use crate::month::Month;

/// A peak of the virus and the peak of need after it, in months as [`crate::month::position`]
/// counts them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// When the virus peaks.
    pub virus: f64,
    /// When need peaks.
    pub need: f64,
}

impl Lag {
    /// From the virus peak at `virus` to the highest month of `need` (from `start` on) before
    /// position `until`, its place between months read off a parabola through its neighbours.
    /// Nothing where need only rises or falls in that time.
    pub fn find(virus: f64, until: f64, start: Month, need: &[f64]) -> Option<Self> {
        let position = |i: usize| start.start_position() + i as f64 + 0.5;
        let is_peak = |i: &usize| need[*i] >= need[*i - 1] && need[*i] > need[*i + 1];
        let i = (1..need.len().saturating_sub(1))
            .filter(|i| (virus - 1.0..until).contains(&position(*i)))
            .filter(is_peak)
            .max_by(|a, b| need[*a].total_cmp(&need[*b]))?;
        let (before, at, after) = (need[i - 1], need[i], need[i + 1]);
        let bend = before - 2.0 * at + after;
        let aside = if bend < 0.0 { 0.5 * (before - after) / bend } else { 0.0 };
        Some(Self { virus, need: position(i) + aside })
    }

    /// Whole weeks from the one to the other, negative where need peaks first.
    pub fn weeks(&self) -> i64 {
        const WEEKS_PER_MONTH: f64 = 365.25 / 12.0 / 7.0;
        ((self.need - self.virus) * WEEKS_PER_MONTH).round() as i64
    }

    /// The lag in words, from the fullest to the shortest.
    pub(super) fn wordings(&self) -> [String; 3] {
        let weeks = self.weeks();
        if weeks == 0 {
            return ["need peaks with the virus", "same week", "0 wk"].map(String::from);
        }
        let count = weeks.unsigned_abs();
        let unit = if count == 1 { "week" } else { "weeks" };
        let (side, aside) = if weeks > 0 { ("after", "") } else { ("before", " before") };
        [
            format!("need peaks {count} {unit} {side} the virus"),
            format!("{count} {unit}{aside}"),
            format!("{count} wk{aside}"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn march() -> Month {
        Month::new(2020, 3).unwrap()
    }

    #[test]
    fn the_peak_of_a_parabola_is_found_between_its_months() {
        let start = march().start_position();
        let peak = 4.2;
        let need: Vec<f64> = (0..9).map(|i| 50.0 - (f64::from(i) + 0.5 - peak).powi(2)).collect();
        let lag = Lag::find(start + 3.0, start + 8.0, march(), &need).unwrap();
        assert!((lag.need - start - peak).abs() < 1e-9, "{lag:?}");
        assert_eq!(lag.weeks(), 5);
        assert_eq!(lag.wordings()[0], "need peaks 5 weeks after the virus");
    }

    #[test]
    fn need_that_only_falls_has_no_peak() {
        let start = march().start_position();
        assert_eq!(Lag::find(start, start + 9.0, march(), &[5.0, 4.0, 3.0, 2.0]), None);
        assert_eq!(Lag::find(start, start + 9.0, march(), &[]), None);
    }

    #[test]
    fn need_may_peak_first() {
        let lag = Lag { virus: 10.0, need: 9.75 };
        assert_eq!(lag.wordings()[0], "need peaks 1 week before the virus");
        assert_eq!(Lag { virus: 10.0, need: 10.05 }.wordings()[0], "need peaks with the virus");
    }
}
