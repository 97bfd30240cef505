//! The sum over areas: what a roll-up of a projection says, held against what came in all of them.
//!
//! Draw by draw the areas' referrals are added, as a roll-up adds them, so that errors which areas
//! share stay whole in the sum and their own average out. The methods it must beat see the summed
//! series, as a planner of the whole would.

use std::collections::BTreeMap;

use super::{Draws, truth};
use crate::month::Month;
use crate::projection::draws::Drawn;
use crate::study::Study;
use crate::study::area::Series;

/// A line summed over areas.
pub(super) struct Sum {
    pub(super) scenario: usize,
    /// Index of the first of its areas.
    pub(super) first_area: usize,
    /// How many.
    pub(super) areas: usize,
    /// What was counted, in months that all of them have.
    pub(super) series: Series,
    referrals: Vec<Vec<f64>>,
    without_surge: Vec<Vec<f64>>,
    unfitted: Option<Vec<Vec<f64>>>,
    held: Vec<f64>,
}

impl Sum {
    /// Its draws.
    pub(super) fn draws(&self) -> Draws<'_> {
        Draws {
            referrals: &self.referrals,
            without_surge: &self.without_surge,
            unfitted: self.unfitted.as_deref(),
            held: &self.held,
        }
    }
}

/// A line of an area that was drawn: its position among all, its series, its months to score.
type Member<'a> = (usize, &'a Drawn, &'a Series, usize);

/// The sums of every line drawn in two areas or more that were counted in all the months scored.
pub(super) fn sums(
    study: &Study,
    drawn: &[Drawn],
    unfitted: Option<&[Drawn]>,
    as_of: Month,
) -> Vec<Sum> {
    let mut lines: BTreeMap<(usize, usize), Vec<Member<'_>>> = BTreeMap::new();
    for (index, drawn) in drawn.iter().enumerate() {
        let area = &study.areas[drawn.area];
        let Some(series) = area.series.iter().find(|series| series.service == drawn.service) else {
            continue;
        };
        let months = truth(&study.scenarios[drawn.scenario], series, as_of).len();
        let key = (drawn.scenario, drawn.service);
        lines.entry(key).or_default().push((index, drawn, series, months));
    }
    let sum = |members: Vec<Member<'_>>| {
        let most = members.iter().map(|(.., months)| *months).max()?;
        let whole: Vec<Member<'_>> =
            members.into_iter().filter(|(.., months)| *months == most).collect();
        let (_, first, ..) = *whole.first()?;
        let all = || whole.iter().map(|(_, drawn, ..)| *drawn);
        let without = |list: &[Drawn]| {
            added(whole.iter().filter_map(|(index, ..)| list.get(*index)).map(|d| &d.referrals))
        };
        (whole.len() > 1 && most > 0).then_some(())?;
        Some(Sum {
            scenario: first.scenario,
            first_area: first.area,
            areas: whole.len(),
            series: summed(&whole.iter().map(|(_, _, series, _)| *series).collect::<Vec<_>>())?,
            referrals: added(all().map(|drawn| &drawn.referrals)),
            without_surge: added(all().map(|drawn| &drawn.without_surge)),
            unfitted: unfitted.map(without),
            held: (0..first.held.len())
                .map(|t| all().map(|drawn| drawn.held[t]).sum::<f64>() / whole.len() as f64)
                .collect(),
        })
    };
    lines.into_values().filter_map(sum).collect()
}

/// The sum of series, missing where one of them is, derived where one of them is.
fn summed(all: &[&Series]) -> Option<Series> {
    let start = all.iter().map(|series| series.start).min()?;
    let end = all.iter().map(|series| series.start.plus(series.values.len() as i32)).max()?;
    let months = end.since(start).max(0);
    let month = |t: i32| {
        let values = all.iter().map(|series| series.at(start.plus(t)));
        values.sum::<Option<f64>>()
    };
    let is_derived = |t: i32| {
        let at = start.plus(t);
        all.iter().any(|series| {
            let index = usize::try_from(at.since(series.start)).ok();
            index.and_then(|index| series.derived.get(index)).copied().unwrap_or(false)
        })
    };
    let first = all.first()?;
    Some(Series {
        service: first.service,
        measure: first.measure.clone(),
        start,
        values: (0..months).map(month).collect(),
        derived: (0..months).map(is_derived).collect(),
        part: None,
    })
}

/// Draws added one by one, month by month.
fn added<'a>(mut all: impl Iterator<Item = &'a Vec<Vec<f64>>>) -> Vec<Vec<f64>> {
    let mut sum = all.next().cloned().unwrap_or_default();
    for own in all {
        for (sum, own) in sum.iter_mut().flatten().zip(own.iter().flatten()) {
            *sum += own;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(start: &str, values: &[Option<f64>]) -> Series {
        Series {
            service: 0,
            measure: String::new(),
            start: start.parse().unwrap(),
            values: values.to_vec(),
            derived: vec![false; values.len()],
            part: None,
        }
    }

    #[test]
    fn a_sum_is_known_where_every_part_is() {
        let a = series("2020-01", &[Some(1.0), Some(2.0), None, Some(4.0)]);
        let b = series("2020-02", &[Some(10.0), Some(20.0), Some(30.0), Some(40.0)]);
        let sum = summed(&[&a, &b]).unwrap();
        assert_eq!(sum.start, a.start);
        assert_eq!(sum.values, [None, Some(12.0), None, Some(34.0), None]);
    }

    #[test]
    fn draws_are_added_one_by_one() {
        let (a, b) = (vec![vec![1.0, 2.0]; 2], vec![vec![10.0, 20.0]; 2]);
        assert_eq!(added([&a, &b].into_iter()), vec![vec![11.0, 22.0]; 2]);
    }
}
