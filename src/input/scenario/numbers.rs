//! The numbers of a scenario: what each is where no file gives it, and between which bounds it
//! lies, whether a file, a default or `--set` gives it.

use crate::draw::Uncertain;

/// One number of a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    /// Its key.
    pub(super) name: &'static str,
    default: f64,
    low: f64,
    high: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

const fn number(name: &'static str, default: f64, least: f64, most: f64) -> Number {
    Number { name, default, low: default, high: default, least, most }
}

pub(super) const RISE: Number = number("rise", 0.6, 0.01, 60.0);
pub(super) const FALL: Number = number("fall", 1.2, 0.01, 60.0);
pub(super) const HEIGHT: Number = number("height", 1.0, 0.0, 100.0);
/// No wave made ten times as many of the infected severely ill as the first: more is a percentage.
pub(super) const SEVERITY: Number = number("severity", 1.0, 0.0, 10.0);

/// A restriction always gives its own.
pub(super) const STRINGENCY: Number = number("stringency", 0.0, 0.0, 1.0);

pub(super) const DEPTH: Number = number("depth", 1.0, 0.0, 100.0);
pub(super) const HALF_LIFE: Number = number("half_life", 12.0, 0.01, 600.0);

pub(super) const NEED_GAIN: Number = number("need_gain", 0.9, 0.0, 10.0);
pub(super) const SUPPRESSION_GAIN: Number = number("suppression_gain", 0.2, 0.0, 10.0);
pub(super) const SEVERE_DELAY: Number = number("severe_delay", 0.3, 0.0, 12.0);
/// England's restrictions ended in July 2021, 15.5 months after the peak of its first wave; with no
/// vaccine a year after it nobody knew when they would.
pub(super) const WILLING: Number =
    Number { low: 12.0, high: 24.0, ..number("willing", 15.5, 0.0, 600.0) };
pub(super) const THRESHOLD: Number = number("threshold", 0.0, 0.0, 10.0);

impl Number {
    /// What it is where nothing gives it.
    pub(super) const fn default(&self) -> Uncertain {
        Uncertain::range(self.low, self.default, self.high).within(self.least, self.most)
    }
}
