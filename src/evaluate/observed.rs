//! How a projection did where months were observed: how many of them lay below and above its range.

use crate::month::Month;
use crate::projection::Projection;
use crate::projection::line::FamilyResult;
use crate::projection::measure::Measure;
use crate::study::Study;

/// Observed months of a family beside its range from the 5th to the 95th percentile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// How many months were counted.
    pub months: usize,
    /// Of them, those below the range.
    pub below: usize,
    /// Those above it.
    pub above: usize,
}

/// Months in which every service of the family with a baseline was observed: the sum, and whether
/// any part of it was spread from a longer period.
pub fn months(study: &Study, area: usize, family: &FamilyResult) -> Vec<(Month, f64, bool)> {
    let is_part = |service: &usize| {
        family.services.contains(service) && !family.without_baseline.contains(service)
    };
    let series: Vec<_> =
        study.areas[area].series.iter().filter(|series| is_part(&series.service)).collect();
    let Some(first) = series.first() else { return Vec::new() };
    let of = |month: Month| {
        let sum = series.iter().map(|own| own.at(month)).sum::<Option<f64>>()?;
        let is_derived = |(own, _, derived): (Month, _, bool)| own == month && derived;
        Some((month, sum, series.iter().any(|own| own.months().any(is_derived))))
    };
    first.months().filter_map(|(month, ..)| of(month)).collect()
}

/// How the projection of a family did in the counted months; none where there are none.
pub fn seen(study: &Study, projection: &Projection, family: &FamilyResult) -> Option<Seen> {
    let start = study.scenarios[projection.scenario].learns_before();
    let begins = study.scenarios[projection.scenario].start;
    let referrals = family.course.measure(Measure::Referrals)?;
    let mut seen = Seen { months: 0, below: 0, above: 0 };
    for (month, value, derived) in months(study, projection.area, family) {
        let at = usize::try_from(month.since(begins)).ok().and_then(|t| referrals.get(t));
        let Some(stats) = at.filter(|_| month >= start && !derived) else { continue };
        seen.months += 1;
        seen.below += usize::from(value < stats.q05());
        seen.above += usize::from(value > stats.q95());
    }
    (seen.months > 0).then_some(seen)
}
