//! The rules on what came of a projection.

use super::{LEAST, Withheld, count, each, observed, of_people};
use crate::projection::burden::Burden;
use crate::projection::course::{Course, Period};
use crate::projection::equity::{EquityMeasure, EquityResult};
use crate::projection::line::LineResult;
use crate::projection::measure::Measure;
use crate::projection::need::NeedResult;
use crate::projection::waits_summary::{WaitsResult, When};

/// People who start by month: those a wait is of.
pub(super) fn starts(course: &Course) -> Vec<f64> {
    let of = course.measure(Measure::Starts).or_else(|| course.measure(Measure::Referrals));
    of.unwrap_or_default().iter().map(|stats| stats.mean).collect()
}

/// Whether a measure counts people or what they take, not a share, a wait or money.
fn is_count(measure: Measure) -> bool {
    !matches!(
        measure,
        Measure::WaitMedian
            | Measure::WaitP90
            | Measure::WaitSoFar
            | Measure::WithinStandard(_)
            | Measure::Load
            | Measure::Cost
            | Measure::SurgeCost
            | Measure::Severe
            | Measure::WaitMedianWithout
    )
}

pub(super) fn line(line: &mut LineResult, is_observed: bool) {
    let starts = starts(&line.course);
    let surge = line.course.total(Measure::Surge).map_or(0.0, |stats| stats.mean);
    let peak = line.course.measure(Measure::Referrals).and_then(|all| all.get(line.course.peak.t));
    let peak = peak.map_or(line.course.peak.extra.mean, |stats| stats.mean);
    burden(&mut line.burden, surge, peak);
    course(&mut line.course, &starts, is_observed);
    line.baseline_year = line.baseline_year.and_then(observed);
    if let Some(own) = &mut line.waits {
        waits(own, &starts);
    }
}

fn burden(burden: &mut Burden, surge: f64, peak: f64) {
    burden.costs.iter_mut().for_each(|(_, stats)| of_people(stats, surge));
    burden.staff.iter_mut().for_each(|stats| of_people(stats, surge));
    burden.severe_at_peak.iter_mut().for_each(|stats| of_people(stats, peak));
}

pub(super) fn course(course: &mut Course, starts: &[f64], is_observed: bool) {
    let at_peak = course.measure(Measure::Underlying).and_then(|all| all.get(course.peak.t));
    let at_peak = at_peak.map_or(0.0, |stats| stats.mean);
    course.peak.uplift.iter_mut().for_each(|stats| of_people(stats, at_peak));
    course.peak.extra = each(&course.peak.extra, count);
    for (measure, months) in &mut course.measures {
        for (t, stats) in months.iter_mut().enumerate() {
            if *measure == Measure::Underlying && is_observed {
                *stats = each(stats, |v| observed(v).unwrap_or(Withheld::Hidden.marker()));
            } else if is_count(*measure) {
                *stats = each(stats, count);
            } else {
                of_people(stats, starts.get(t).copied().unwrap_or(0.0));
            }
        }
    }
    for total in &mut course.periods {
        let usual = total.referrals.map_or(0.0, |all| all.mean - total.extra.mean);
        total.extra_share.iter_mut().for_each(|stats| of_people(stats, usual));
        total.surge_share.iter_mut().for_each(|stats| of_people(stats, usual));
        total.referrals = total.referrals.map(|all| each(&all, count));
        total.extra = each(&total.extra, count);
    }
    for (measure, stats) in &mut course.totals {
        if is_count(*measure) {
            *stats = each(stats, count);
        }
    }
}

fn waits(waits: &mut WaitsResult, starts: &[f64]) {
    let at = |t: usize| starts.get(t).copied().unwrap_or(0.0);
    for (measure, months) in &mut waits.against {
        for (t, against) in months.iter_mut().enumerate() {
            for stats in [&mut against.without, &mut against.difference] {
                if is_count(*measure) {
                    *stats = each(stats, count);
                } else {
                    of_people(stats, at(t));
                }
            }
        }
    }
    waits.capacity_first = count(waits.capacity_first);
    let usual = starts.iter().sum::<f64>() / starts.len().max(1) as f64;
    of_people(&mut waits.longest.1, at(waits.longest.0).min(usual));
    for When { months, .. } in [&mut waits.first_overload, &mut waits.months_to_clear] {
        if let Some(stats) = months {
            of_people(stats, usual);
        }
    }
    for year in &mut waits.years {
        let people = usual * year.months as f64;
        year.within.iter_mut().flatten().for_each(|stats| of_people(stats, people));
        if people < LEAST {
            year.missed.iter_mut().flatten().for_each(|share| *share = Withheld::Hidden.marker());
        }
    }
    for needed in &mut waits.needed {
        needed.extra = needed.extra.map(|stats| each(&stats, count));
        needed.staff.iter_mut().for_each(|stats| of_people(stats, usual));
    }
}

/// By strata: a share is of the people that the stratum has of what it is a share of.
pub(super) fn split(result: &mut EquityResult) {
    let counted =
        if result.family.is_none() { EquityMeasure::Need } else { EquityMeasure::Referrals };
    let people: Vec<(usize, Period, f64)> = result
        .rows
        .iter()
        .filter(|row| row.measure == counted)
        .map(|row| (row.stratum, row.period, row.stats.mean))
        .collect();
    for row in &mut result.rows {
        match row.measure {
            EquityMeasure::Need
            | EquityMeasure::Unmet
            | EquityMeasure::Referrals
            | EquityMeasure::Surge
            | EquityMeasure::Suppressed => row.stats = each(&row.stats, count),
            // How many live there is no secret.
            EquityMeasure::PopulationShare => {}
            _ => {
                let own = people.iter().find(|(k, p, _)| (*k, *p) == (row.stratum, row.period));
                of_people(&mut row.stats, own.map_or(f64::INFINITY, |(.., people)| *people));
            }
        }
    }
}

pub(super) fn needs(needs: &mut NeedResult) {
    for row in &mut needs.rows {
        for stats in row.measures.iter_mut().flat_map(|(_, months)| months) {
            *stats = each(stats, count);
        }
    }
    for (group, care) in &mut needs.care {
        let people = needs.by_group.iter().find(|(own, _)| own == group);
        of_people(care, people.map_or(0.0, |(_, stats)| stats.mean));
    }
    needs.total = each(&needs.total, count);
    needs.by_group.iter_mut().for_each(|(_, stats)| *stats = each(stats, count));
    needs.equity.iter_mut().for_each(split);
}
