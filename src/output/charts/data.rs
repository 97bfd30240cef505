//! What charts are made of. `NaN` is a value that is not known: a line breaks there.

use crate::month::Month;

/// The words around a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// What the picture shows, as a finding: "IAPT referrals fall by a third, then overshoot".
    pub title: String,
    /// What is drawn, of where, in what unit: "Referrals a month, England, two waves".
    pub subtitle: String,
    /// Where the figures come from, and what must be known to read them.
    pub source: String,
}

impl Words {
    /// Title, subtitle and source.
    pub fn new(
        title: impl Into<String>,
        subtitle: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        Self { title: title.into(), subtitle: subtitle.into(), source: source.into() }
    }
}

/// A value a month, from `start` on.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The first month.
    pub start: Month,
    /// The values of it and the months after it.
    pub values: Vec<f64>,
}

impl Series {
    /// A series.
    pub fn new(start: Month, values: impl Into<Vec<f64>>) -> Self {
        Self { start, values: values.into() }
    }

    pub(super) fn extent(&self) -> (Month, usize) {
        (self.start, self.values.len())
    }
}

/// The two edges of a range, a value a month each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// The lower edge.
    pub low: Vec<f64>,
    /// The upper edge.
    pub high: Vec<f64>,
}

impl Band {
    /// A range.
    pub fn new(low: impl Into<Vec<f64>>, high: impl Into<Vec<f64>>) -> Self {
        Self { low: low.into(), high: high.into() }
    }

    pub(super) fn len(&self) -> usize {
        self.low.len().min(self.high.len())
    }

    /// Its last known edges.
    pub(super) fn last(&self) -> Option<(f64, f64)> {
        self.low
            .iter()
            .copied()
            .zip(self.high.iter().copied())
            .rfind(|(low, high)| low.is_finite() && high.is_finite())
    }
}

/// A projection a month: its median and up to three ranges of draws.
/// A range left empty is not drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Fan {
    /// The first month.
    pub start: Month,
    /// The 50th percentile.
    pub median: Vec<f64>,
    /// The 25th and 75th percentile.
    pub band50: Band,
    /// The 10th and 90th percentile.
    pub band80: Band,
    /// The widest range: the 5th and 95th percentile of a projection, or the 2.5th and 97.5th of a
    /// score.
    pub outer: Band,
}

impl Fan {
    pub(super) fn extent(&self) -> (Month, usize) {
        let bands = [&self.band50, &self.band80, &self.outer].map(Band::len);
        (self.start, bands.into_iter().fold(self.median.len(), usize::max))
    }

    /// The same, begun at the last value of `before` where that ends the month before, so that
    /// line and fan meet.
    pub(super) fn joined(&self, before: Option<&Series>) -> Self {
        let mut fan = self.clone();
        let end = before.filter(|s| s.start.plus(s.values.len() as i32) == self.start);
        if let Some(value) = end.and_then(|s| s.values.last()).filter(|v| v.is_finite()) {
            fan.start = self.start.plus(-1);
            fan.median.insert(0, *value);
            for band in [&mut fan.band50, &mut fan.band80, &mut fan.outer] {
                if band.len() > 0 {
                    band.low.insert(0, *value);
                    band.high.insert(0, *value);
                }
            }
        }
        fan
    }

    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        let bands = [&self.band50, &self.band80, &self.outer];
        let edges = bands.into_iter().flat_map(|band| band.low.iter().chain(&band.high));
        self.median.iter().chain(edges).copied()
    }
}

/// The last known value.
pub(super) fn last(values: &[f64]) -> Option<f64> {
    values.iter().copied().rfind(|v| v.is_finite())
}

/// The greatest known value and its place.
pub(super) fn peak(values: &[f64]) -> Option<(usize, f64)> {
    values
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, v)| v.is_finite())
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The value at `i`, nothing where there is none.
pub(super) fn number_at(values: &[f64], i: usize) -> f64 {
    values.get(i).copied().filter(|v| v.is_finite()).unwrap_or(0.0)
}
