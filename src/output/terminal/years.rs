//! Which families and which financial years the first screen is about.

use crate::projection::Projection;
use crate::projection::course::{Period, PeriodTotal};
use crate::projection::line::FamilyResult;
use crate::projection::quantiles::Stats;
use crate::study::Study;

/// No more families than this are on the first screen.
const MOST: usize = 4;

/// The headline families of an area with a baseline, in the order of the pack; where the pack names
/// none, those with most referrals, and where no baseline is known, those with most surge.
pub(super) fn families(study: &Study, projection: &Projection) -> Vec<usize> {
    let all = || projection.families.iter();
    let is_known = |family: &&FamilyResult| family.baseline_year.is_some_and(|year| year > 0.0);
    let headline = all().filter(|family| study.pack.families[family.family].headline);
    let mut chosen: Vec<&FamilyResult> = headline.filter(is_known).collect();
    if chosen.is_empty() {
        chosen = all().filter(is_known).collect();
        chosen.sort_by(|a, b| {
            b.baseline_year.unwrap_or(0.0).total_cmp(&a.baseline_year.unwrap_or(0.0))
        });
    }
    if chosen.is_empty() {
        let extra = |family: &FamilyResult| {
            family.course.period(Period::Horizon).map_or(0.0, |total| total.extra.median())
        };
        chosen = all().collect();
        chosen.sort_by(|a, b| extra(b).total_cmp(&extra(a)));
    }
    chosen.into_iter().take(MOST).map(|family| family.family).collect()
}

/// The result of a family.
pub(super) fn of(projection: &Projection, family: usize) -> Option<&FamilyResult> {
    projection.families.iter().find(|result| result.family == family)
}

/// How far a total is from the usual: as a share of it, or in numbers where that is unknown.
pub(super) fn weight(total: &PeriodTotal) -> f64 {
    total.extra_share.as_ref().map_or_else(|| total.extra.median(), Stats::median).abs()
}

/// The `most` financial years in which families are furthest from the usual in any scenario, the
/// earliest first. Years of which the horizon holds less than half stay out if they can.
pub(super) fn that_matter(
    study: &Study,
    projections: &[&Projection],
    families: &[usize],
    most: usize,
) -> Vec<Period> {
    let mut years: Vec<(Period, f64)> = Vec::new();
    for projection in projections {
        let scenario = &study.scenarios[projection.scenario];
        let months = |period: Period| {
            let own = |t: &usize| Period::Financial(scenario.month(*t).financial_year()) == period;
            (0..scenario.months).filter(own).count()
        };
        for family in families.iter().filter_map(|family| of(projection, *family)) {
            let of_years = family.course.periods.iter();
            for total in of_years.filter(|total| matches!(total.period, Period::Financial(_))) {
                let part = if months(total.period) < 6 { 0.0 } else { 1.0 };
                let weight = weight(total) * part;
                match years.iter_mut().find(|(period, _)| *period == total.period) {
                    Some((_, sum)) => *sum += weight,
                    None => years.push((total.period, weight)),
                }
            }
        }
    }
    years.sort_by(|a, b| b.1.total_cmp(&a.1));
    years.truncate(most);
    let start = |period: &Period| match period {
        Period::Financial(year) => year.0,
        Period::Horizon | Period::Year(_) => i32::MIN,
    };
    years.sort_by_key(|(period, _)| start(period));
    years.into_iter().map(|(period, _)| period).collect()
}
