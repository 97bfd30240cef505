//! A joint sample that a fit left in its pack: how figures and forecast errors hang together.
//!
//! Ranges alone forget that a deeper fall went with a quicker return. So a fitted pack carries the
//! draws themselves, a column for each figure and for each month's forecast error, and a
//! projection takes its draws from them: draw `i` is row `i`, the first again after the last. A
//! figure's column counts only while the figure still has the range that the column makes (its
//! 5th, 50th and 95th percentile); whatever overrides the range overrides the column.

use std::collections::{BTreeMap, BTreeSet};

use crate::draw::{Uncertain, quantile};
use crate::model::lane::Lane;
use crate::month::Month;

/// A column for the forecast error of month `t` from `start`, in standard normals.
pub fn error_key(area: &str, service: &str, start: Month, t: usize) -> String {
    format!("error/{area}/{service}/{start}+{t}")
}

/// A column for the discrepancy of month `t` from `start`, in standard normals.
pub fn discrepancy_key(area: &str, service: &str, start: Month, t: usize) -> String {
    format!("discrepancy/{area}/{service}/{start}+{t}")
}

/// One column of a joint sample.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    values: Vec<f64>,
    quantiles: [f64; 3],
}

impl Column {
    /// A column of one value or more.
    pub fn new(values: Vec<f64>) -> Option<Self> {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let quantiles = [0.05, 0.5, 0.95].map(|p| quantile(&sorted, p));
        (!values.is_empty()).then_some(Self { values, quantiles })
    }

    /// Its values, by draw.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Its 5th, 50th and 95th percentile (Hyndman and Fan 1996, definition 7).
    pub const fn quantiles(&self) -> [f64; 3] {
        self.quantiles
    }

    /// Its median.
    pub const fn median(&self) -> f64 {
        self.quantiles[1]
    }

    /// The values of the draws of a block.
    pub fn block<const L: usize>(&self, block: u64, out: &mut Lane<L>) {
        let rows = self.values.len();
        let first = (block % rows as u64) as usize * (L % rows);
        for (lane, value) in out.iter_mut().enumerate() {
            *value = self.values[(first + lane) % rows];
        }
    }

    /// Whether it is the sample that `number` sums up.
    pub fn is_of(&self, number: &Uncertain) -> bool {
        [number.low, number.central, number.high] == self.quantiles
    }
}

/// A joint sample, by the name of each number.
#[derive(Clone, PartialEq, Debug)]
pub struct Posterior {
    /// The pack that brought it.
    pub pack: String,
    /// Its columns; all have as many values.
    pub columns: BTreeMap<String, Column>,
}

impl Posterior {
    /// The last month that the fit had seen.
    pub fn until(&self) -> Option<Month> {
        let month = |key: &String| {
            let (start, t) = key.strip_prefix("error/")?.rsplit_once('/')?.1.split_once('+')?;
            Some(start.parse::<Month>().ok()?.plus(t.parse().ok()?))
        };
        self.columns.keys().filter_map(month).max()
    }

    /// The areas whose months the fit had seen.
    pub fn areas(&self) -> BTreeSet<&str> {
        self.columns
            .keys()
            .filter_map(|key| key.strip_prefix("error/")?.split('/').next())
            .collect()
    }

    /// How many draws it holds.
    pub fn draws(&self) -> usize {
        self.columns.values().next().map_or(0, |column| column.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_rows_and_begin_again_after_the_last() {
        let column = Column::new((0..10).map(f64::from).collect()).unwrap();
        let block = |block| {
            let mut out = Lane::<4>::ZERO;
            column.block(block, &mut out);
            out.0
        };
        assert_eq!(block(0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(block(2), [8.0, 9.0, 0.0, 1.0]);
        assert_eq!(block(5), [0.0, 1.0, 2.0, 3.0]);
        assert!(Column::new(Vec::new()).is_none());
    }

    #[test]
    fn the_errors_say_what_the_fit_had_seen() {
        let column = || Column::new(vec![0.0]).unwrap();
        let start = Month::new(2020, 3).unwrap();
        let keys = [error_key("00V", "iapt", start, 9), error_key("E/1", "camhs", start, 3)];
        let columns = keys.into_iter().chain(["services.iapt.loss".to_owned()]);
        let columns = columns.map(|key| (key, column())).collect();
        let posterior = Posterior { pack: "fitted".to_owned(), columns };
        assert_eq!(posterior.until(), Month::new(2020, 12));
        assert_eq!(posterior.draws(), 1);
    }

    #[test]
    fn a_column_belongs_to_the_range_it_makes() {
        let column = Column::new((0..=20).map(f64::from).collect()).unwrap();
        assert_eq!(column.quantiles(), [1.0, 10.0, 19.0]);
        assert!(column.is_of(&Uncertain::range(1.0, 10.0, 19.0)));
        assert!(!column.is_of(&Uncertain::range(1.0, 10.0, 20.0)));
    }
}
