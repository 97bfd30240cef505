//! Months of a series so far from what is around them that a slip of the hand is likely.
//!
//! A month is held against medians: of the [`AROUND`] months before it, of those after it, and of
//! the same month in other years. It is far off where it is more than [`FAR`] times all of them, or
//! less than one part in [`FAR`], and further from each than chance takes a count: on the scale of
//! square roots, on which counts by chance vary by a half whatever their size, by [`CHANCE`] times
//! that. A lasting break is no slip: the months on one side of it are like it. Of 246 published
//! series by local area, 1 month in 290 is far off, all in months for which a provider sent
//! little or too much.

/// So many times what is around it is far off.
const FAR: f64 = 4.0;

/// So many standard deviations of a count are beyond chance.
const CHANCE: f64 = 6.0;

/// Months to each side that a month is held against.
const AROUND: usize = 3;

/// Fewer months around it, or on one side of it, say nothing.
const FEWEST: usize = 3;
const FEWEST_BESIDE: usize = 2;

/// A month far off what is around it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Slip {
    /// The month, by its place in the series.
    pub(super) at: usize,
    /// What it holds.
    pub(super) value: f64,
    /// The median of the months around it.
    pub(super) around: f64,
    /// The median of the same month in other years, if there are any.
    pub(super) other_years: Option<f64>,
}

impl Slip {
    /// The count with its point moved to where it fits best, if moving it makes it fit.
    pub(super) fn moved(&self) -> Option<f64> {
        let places = [10.0, 100.0, 1000.0];
        let candidates =
            places.iter().flat_map(|factor| [self.value / factor, self.value * factor]);
        let off = |value: &f64| (value / self.around).ln().abs();
        let best = candidates.min_by(|a, b| off(a).total_cmp(&off(b)))?;
        (off(&best) < 2.0_f64.ln() && best.fract() == 0.0).then_some(best)
    }
}

/// The months of a series that are far off, in the order of time.
pub(super) fn far_off(values: &[Option<f64>]) -> Vec<Slip> {
    (0..values.len()).filter_map(|at| slip(values, at)).collect()
}

fn slip(values: &[Option<f64>], at: usize) -> Option<Slip> {
    let value = values[at]?;
    let known = |months: &mut dyn Iterator<Item = usize>| -> Vec<f64> {
        months.filter_map(|month| *values.get(month)?).collect()
    };
    let before = known(&mut (at.saturating_sub(AROUND)..at));
    let after = known(&mut (at + 1..=at + AROUND));
    if before.len() + after.len() < FEWEST {
        return None;
    }
    let years = &mut (at % 12..values.len()).step_by(12).filter(|month| *month != at);
    let other_years = median(known(years));
    let sides = [&before, &after].into_iter().filter(|side| side.len() >= FEWEST_BESIDE);
    let usual: Vec<f64> =
        sides.filter_map(|side| median(side.clone())).chain(other_years).collect();
    let is_above = |usual: &f64| value > FAR * usual && is_beyond_chance(value, *usual);
    let is_below = |usual: &f64| *usual > FAR * value && is_beyond_chance(value, *usual);
    let is_far = usual.iter().all(is_above) || usual.iter().all(is_below);
    let around = median([before, after].concat())?;
    is_far.then_some(Slip { at, value, around, other_years })
}

fn is_beyond_chance(value: f64, usual: f64) -> bool {
    2.0 * (value.sqrt() - usual.sqrt()).abs() > CHANCE
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().checked_sub(1)? / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn season(months: usize) -> Vec<Option<f64>> {
        (0..months).map(|t| Some(if t % 12 == 8 { 180.0 } else { 240.0 + t as f64 })).collect()
    }

    #[test]
    fn a_digit_too_many_or_too_few_is_found_and_moved_back() {
        for (typed, meant) in [(2600.0, 260.0), (26.0, 260.0)] {
            let mut values = season(36);
            values[20] = Some(typed);
            let found = far_off(&values);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].at, found[0].moved()), (20, Some(meant)));
        }
    }

    #[test]
    fn a_season_a_break_and_the_chance_of_small_counts_are_no_slips() {
        assert_eq!(far_off(&season(36)), []);
        let halved = |t: usize, value: Option<f64>| value.map(|v| if t < 18 { v } else { v / 8.0 });
        let broken: Vec<_> =
            season(36).into_iter().enumerate().map(|(t, v)| halved(t, v)).collect();
        assert_eq!(far_off(&broken), []);
        let few = [1.0, 0.0, 2.0, 1.0, 7.0, 0.0, 1.0, 2.0].map(Some);
        assert_eq!(far_off(&few), []);
    }

    #[test]
    fn a_month_like_the_same_month_of_other_years_is_no_slip() {
        let yearly: Vec<_> =
            (0..36).map(|t| Some(if t % 12 == 7 { 10.0 } else { 900.0 })).collect();
        assert_eq!(far_off(&yearly), []);
    }
}
