//! Months at the start of a code or of a collection that are not complete yet.
//!
//! A month is partial where it is under half of the median of the twelve months after it, and
//! that median at least 50, below which chance alone can halve a month. Only months at the very
//! start are looked at, one after another, twelve at most: Bury's April 2016 has 75 referrals
//! against about 1,130; Bristol's code of April 2018 takes four months to fill.

use crate::month::Month;

const SHARE: f64 = 0.5;
const LEAST: f64 = 50.0;
const YEAR: usize = 12;

/// The partial months of a series.
pub(super) struct Partial {
    /// The months and their figures.
    pub(super) months: Vec<(Month, f64)>,
    /// The median of the year after them.
    pub(super) usual: f64,
}

/// The partial months at the start of a series in order, if there are any.
pub(super) fn at_start(series: &[(Month, f64)]) -> Option<Partial> {
    let mut usual = None;
    let mut count = 0;
    for (i, (_, value)) in series.iter().enumerate().take(YEAR) {
        let after = series.iter().skip(i + 1).take(YEAR).map(|(_, value)| *value).collect();
        match median(after) {
            Some(median) if median >= LEAST && *value < SHARE * median => usual = Some(median),
            _ => break,
        }
        count = i + 1;
    }
    Some(Partial { months: series[..count].to_vec(), usual: usual? })
}

/// The middle value of at least three.
fn median(mut values: Vec<f64>) -> Option<f64> {
    if values.len() < 3 {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partial(values: &[f64]) -> usize {
        let first = Month::new(2016, 4).unwrap();
        let series: Vec<_> =
            values.iter().enumerate().map(|(i, v)| (first.plus(i as i32), *v)).collect();
        at_start(&series).map_or(0, |partial| partial.months.len())
    }

    #[test]
    fn bury_has_one_partial_month_and_bristol_four() {
        assert_eq!(partial(&[75.0, 1135.0, 1195.0, 1110.0, 1175.0, 1090.0]), 1);
        let bristol = [
            540.0, 615.0, 175.0, 535.0, 4115.0, 3870.0, 4345.0, 4170.0, 3890.0, 4470.0, 3745.0,
            4340.0, 4225.0,
        ];
        assert_eq!(partial(&bristol), 4);
    }

    #[test]
    fn a_dip_later_on_and_small_counts_are_left_alone() {
        assert_eq!(partial(&[1000.0, 1010.0, 400.0, 1020.0, 990.0]), 0);
        assert_eq!(partial(&[5.0, 20.0, 25.0, 15.0, 20.0]), 0);
        assert_eq!(partial(&[5.0, 1000.0]), 0);
    }
}
