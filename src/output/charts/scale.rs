//! Round numbers: those of a value axis, and how they are written.

use super::letters::TICK;

/// The round numbers of a value axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    step: f64,
}

impl Scale {
    /// A scale from zero (or below, where values are) that holds `values`, in about `ticks` steps.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, ticks: f64) -> Self {
        Self::covering(values, ticks, true)
    }

    /// The same, of the values alone.
    pub(super) fn around(values: impl IntoIterator<Item = f64>, ticks: f64) -> Self {
        Self::covering(values, ticks, false)
    }

    fn covering(values: impl IntoIterator<Item = f64>, ticks: f64, zero: bool) -> Self {
        const MOST: f64 = 1e12;
        let (mut low, mut high) =
            if zero { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
        for value in values.into_iter().filter(|v| v.is_finite()) {
            low = low.min(value.max(-MOST));
            high = high.max(value.min(MOST));
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-9 * high.abs().max(1e-3) {
            high = low + low.abs().max(1.0);
        }
        let rough = (high - low) / (ticks + 2.0);
        let power = 10f64.powf(rough.log10().floor());
        let held = |step: f64| Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            step,
        };
        // Of the round steps that are not too many, the one that leaves least room unused.
        [1.0, 2.0, 2.5, 5.0, 10.0, 20.0]
            .into_iter()
            .map(|n| n * power)
            .filter(|step| (rough * 0.999..rough * 3.0).contains(step))
            .map(held)
            .min_by(|a, b| (a.high - a.low).total_cmp(&(b.high - b.low)))
            .unwrap_or_else(|| held(10.0 * power))
    }

    /// The distance between ticks.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// A scale with ticks at every `step` from zero, as high as told.
    pub(super) fn fixed(high: f64, step: f64) -> Self {
        Self { low: 0.0, high, step }
    }

    pub(super) fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step + 0.001).floor().min(50.0) as usize;
        (0..=count).map(|i| self.low + self.step * i as f64).collect()
    }

    /// `value` as the axis writes it.
    pub(super) fn write(&self, value: f64) -> String {
        let decimals = (0..6).find(|d| {
            let scaled = self.step * 10f64.powi(*d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
        });
        number(value, decimals.unwrap_or(6) as usize)
    }

    pub(super) fn widest(&self) -> f64 {
        self.ticks().iter().map(|t| TICK.width(&self.write(*t))).fold(0.0, f64::max)
    }
}

/// A number with thousands set apart by commas and a true minus sign.
pub(super) fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{sign}{grouped}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        let scale = Scale::over([3.0, 1234.0], 5.0);
        assert_eq!(scale.ticks(), [0.0, 250.0, 500.0, 750.0, 1000.0, 1250.0]);
        assert_eq!(Scale::over([160e3], 5.0).ticks().last(), Some(&175e3));
        assert_eq!(Scale::over([-38.0, 100.0], 5.0).low, -40.0);
        for odd in [f64::NAN, f64::INFINITY, 1e300, 1e-300, -1e300] {
            assert!(Scale::over([odd], 5.0).high > Scale::over([odd], 5.0).low, "{odd}");
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(-1234.5, 1), "−1,234.5");
        assert_eq!(number(-0.001, 1), "0.0");
        assert_eq!(number(999.0, 0), "999");
        assert_eq!(Scale::fixed(1.0, 0.25).write(0.25), "0.25");
    }
}
