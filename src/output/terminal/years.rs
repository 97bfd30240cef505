//! Which families and which financial years the first screen is about.

use crate::month::FinancialYear;
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

/// The financial years, the earliest first, of which the horizon holds half or more (all, where it
/// holds half of none).
pub(super) fn all(study: &Study, projections: &[&Projection]) -> Vec<Period> {
    let mut months: Vec<(FinancialYear, usize)> = Vec::new();
    for projection in projections {
        let scenario = &study.scenarios[projection.scenario];
        for year in (0..scenario.months).map(|t| scenario.month(t).financial_year()) {
            match months.iter_mut().find(|(own, _)| *own == year) {
                Some((_, count)) => *count += 1,
                None => months.push((year, 1)),
            }
        }
    }
    let least = 6 * projections.len();
    if months.iter().any(|(_, count)| *count >= least) {
        months.retain(|(_, count)| *count >= least);
    }
    months.sort_by_key(|(year, _)| year.0);
    months.into_iter().map(|(year, _)| Period::Financial(year)).collect()
}

/// The two financial years that matter, the earliest first: the one in which families are furthest
/// above the usual, each by its own measure, and the one with the deepest fall of any, where one
/// falls by a twentieth or more; else the second furthest above.
pub(super) fn that_matter(
    study: &Study,
    projections: &[&Projection],
    families: &[usize],
) -> Vec<Period> {
    let years = all(study, projections);
    let signed = |total: &PeriodTotal| {
        total.extra_share.as_ref().map_or_else(|| total.extra.median(), Stats::median)
    };
    let of_family = |family: usize, year: Period| {
        projections
            .iter()
            .filter_map(|p| Some(signed(of(p, family)?.course.period(year)?)))
            .collect::<Vec<f64>>()
    };
    let mut above: Vec<(Period, f64)> = years.iter().map(|year| (*year, 0.0)).collect();
    let mut deepest: Option<(Period, f64)> = None;
    for family in families {
        let sums: Vec<f64> = years
            .iter()
            .map(|year| of_family(*family, *year).iter().sum::<f64>().max(0.0))
            .collect();
        let most = sums.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        for ((_, sum), own) in above.iter_mut().zip(&sums) {
            *sum += own / most;
        }
        for year in &years {
            for fall in of_family(*family, *year) {
                if fall < deepest.map_or(-0.05, |(_, least)| least) {
                    deepest = Some((*year, fall));
                }
            }
        }
    }
    above.sort_by(|a, b| b.1.total_cmp(&a.1));
    let first = above.first().map(|(year, _)| *year);
    let fallen = deepest.map(|(year, _)| year).filter(|year| Some(*year) != first);
    let second = fallen.or(above.get(1).map(|(year, _)| *year));
    years.into_iter().filter(|year| Some(*year) == first || Some(*year) == second).collect()
}
